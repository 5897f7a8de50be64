"""Signed models: minisign signs and `ringlet verify` checks. SKIPPED if minisign or libsodium is missing."""
import base64
import os
import shutil
import subprocess
import unittest

from support import EMULATOR, TestCase, model, path, read, write


def minisign(*arguments):
    subprocess.run(["minisign", *arguments], check=True, capture_output=True)


@unittest.skipIf(EMULATOR, "SKIPPED: a cross build is without libsodium")
@unittest.skipUnless(shutil.which("minisign"), "SKIPPED: minisign is not installed (tools/setup --all)")
class Signature(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = shutil.copy(model(), path("signed.ringlet"))
        cls.key, cls.secret = path("ours.pub"), path("ours.key")
        minisign("-G", "-W", "-f", "-p", cls.key, "-s", cls.secret)
        cls.part = path("part")

    def sign(self, *options, secret=None):
        """Signs the model as the page says, and returns the signature's file."""
        self.succeeds("verify", "-q", self.model, "--write-signed-part", self.part)
        minisign("-S", "-s", secret or self.secret, "-m", self.part, "-x", f"{self.model}.minisig",
                 "-t", "storyteller, first edition", *options)
        return f"{self.model}.minisig"

    def test_both_kinds_of_signature_are_accepted(self):
        for options in ((), ("-l", )):  # hashed first; the message itself
            self.sign(*options)
            for key in (self.key, read(self.key).split(b"\n")[1].decode()):
                said = self.succeeds("verify", "-q", self.model, "--public-key", key).decode()
                self.assertIn("signed: storyteller, first edition\n", said)

    def test_the_signed_part_is_the_file_up_to_the_weights(self):
        self.sign()
        part = read(self.part)
        self.assertEqual(part, read(self.model)[:len(part)])
        self.assertGreater(len(part), 64)

    def test_a_changed_byte_is_found(self):
        signature = self.sign()
        content = bytearray(read(self.model))
        for position in (len(read(self.part)) - 1, len(content) - 1):
            content[position] ^= 1
            changed = write("changed.ringlet", content)
            self.fails(1, "verify", "-q", changed, "--public-key", self.key, "--signature", signature)
            content[position] ^= 1

    def test_another_key_and_another_model_are_refused(self):
        signature = self.sign()
        other, secret = path("other.pub"), path("other.key")
        minisign("-G", "-W", "-f", "-p", other, "-s", secret)
        self.assertIn("another key", self.fails(1, "verify", self.model, "--public-key", other))
        # The same key identifier in front of another key.
        mine, theirs = (base64.b64decode(read(name).split(b"\n")[1]) for name in (self.key, other))
        mixed = base64.b64encode(mine[:10] + theirs[10:]).decode()
        self.fails(1, "verify", self.model, "--public-key", mixed)
        another = model("int4")
        error = self.fails(1, "verify", another, "--public-key", self.key, "--signature", signature)
        self.assertIn("signature: not accepted", error)

    def test_the_comment_is_signed_too(self):
        signature = self.sign()
        lines = read(signature).replace(b"first", b"worst")
        forged = write("forged.minisig", lines)
        error = self.fails(1, "verify", self.model, "--public-key", self.key, "--signature", forged)
        self.assertIn("trusted comment", error)

    def test_what_is_no_key_and_no_signature_is_named(self):
        signature = self.sign()
        for key in ("RWnonsense", self.model, path("missing"), "RW" + "A" * 53 + "="):
            self.fails(1, "verify", self.model, "--public-key", key)
        self.assertIn("ringlet: --public-key: 'nosuch' is neither a minisign key nor a file that can be read\n",
                      self.fails(1, "verify", self.model, "--public-key", "nosuch"))
        lines = read(signature).split(b"\n")
        for broken in (b"", b"\n".join(lines[:2]), b"\n".join([lines[0], lines[1][:-4], *lines[2:]]), bytes(100000),
                       b"\n".join([lines[0], b"!" + lines[1][1:], *lines[2:]])):
            name = write("broken.minisig", broken)
            error = self.fails(1, "verify", self.model, "--public-key", self.key, "--signature", name)
            self.assertIn("broken.minisig", error)
        self.fails(2, "verify", self.model, "--signature", signature)

    def test_the_missing_signature_is_named(self):
        os.path.exists(f"{self.model}.minisig") and os.remove(f"{self.model}.minisig")
        self.assertIn("signed.ringlet.minisig: does not exist; name the signature with --signature\n",
                      self.fails(1, "verify", self.model, "--public-key", self.key))
        self.assertIn("nosuch.minisig: cannot be read: No such file",
                      self.fails(1, "verify", self.model, "--public-key", self.key, "--signature", path("nosuch.minisig")))


if __name__ == "__main__":
    unittest.main()
