"""Where the programs read weights from: the mapped file, or a copy."""

import json
import unittest

import support

# Above 8 MiB, so that a copy pays.
LARGE = support.random_model("large.ringlet", "llama:dim=128,layers=2,heads=4,kv_heads=4,head_dim=32,ffn=256,vocab=64000,context=128")
TEXT = ("-n", "20", "-p", "once upon a time", "--seed", "3")


def note(done):
    return done.stderr.decode().splitlines()[-1]


class Weights(support.TestCase):
    def run_with(self, model, *options):
        done = support.ringlet("run", model, *TEXT, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_the_text_does_not_depend_on_the_place(self):
        for model in (support.model(), LARGE):
            plain = self.run_with(model, "--weights-in", "map")
            self.assertNotIn("weights", note(plain))
            for place in ("copy", "auto"):
                self.assertEqual(self.run_with(model, "--weights-in", place).stdout, plain.stdout)

    def test_a_long_run_reads_the_copy(self):
        done = self.run_with(LARGE, "--weights-in", "copy", "-n", "400", "--ignore-eos")
        self.assertIn(" | weights in huge pages", note(done))

    def bench(self, model, *options):
        small = ("-r", "1", "-p", "0", "-n", "2", "-t", "1", "--json")
        return json.loads(self.succeeds("bench", model, *small, *options))["weights"]

    def test_measurements_wait_for_the_copy(self):
        self.assertEqual(self.bench(LARGE, "--weights-in", "map"),
                         {"in": "file", "huge_page_bytes": 0, "description": "in the file's pages (as asked)"})
        copy = self.bench(LARGE, "--weights-in", "copy")
        self.assertEqual(copy["in"], "copy")
        self.assertRegex(copy["description"], r"^in a copy \(after [\d,]+ ms; \d+ of \d+ MiB in huge pages\)$")
        self.assertEqual(self.bench(support.model())["description"], "in the file's pages (less than 8 MiB)")

    def test_every_measurement_says_where_weights_are(self):
        for options in (("--sessions", "2", "-n", "1"), ("--lookup", "-n", "8"), ("--without-cache", "-n", "4")):
            table = self.succeeds("bench", support.model(), "-r", "1", "-t", "1", *options).decode()
            self.assertIn(", weights in the file's pages (less than 8 MiB)", table.splitlines()[0])

    def test_ram_limits_the_session(self):
        error = self.fails(1, "run", support.model(), *TEXT, "--ram", "1K")
        self.assertRegex(error, r"does not fit into 1,024 bytes of RAM \(needs [0-9,]+\); raise --ram$")
        error = self.fails(1, "run", support.model(), *TEXT, "--ram", "72K")
        context = error.split("--context ")[1].split()[0]
        self.run_with(support.model(), "--ram", "72K", "--context", context)
        more = str(int(context) + 32)
        self.assertIn("does not fit", self.fails(1, "run", support.model(), *TEXT, "--ram", "72K", "--context", more, "--allow-longer-context"))

    def test_ram_limits_the_copy(self):
        session = json.loads(self.succeeds("plan", LARGE, "--json", "--threads", "1"))["ram_bytes"]
        size = len(support.read(LARGE))
        options = ("--threads", "1")
        done = self.run_with(LARGE, *options, "--ram", str(session + size - 1))
        self.assertNotIn("weights", note(done))
        error = self.fails(1, "run", LARGE, *TEXT, *options, "--ram", str(session + size - 1), "--weights-in", "copy")
        self.assertIn("--weights-in copy: ", error)
        self.assertIn("a copy would exceed the limit of memory", error)
        self.run_with(LARGE, *options, "--ram", str(session + size), "--weights-in", "copy")

    def test_a_damaged_file_ends_the_run(self):
        content = bytearray(support.read(LARGE))
        content[-5000] ^= 1
        damaged = support.write("damaged.ringlet", content)
        options = ("-n", "5000", "--ignore-eos", "--no-verify", "--weights-in")
        done = support.ringlet("run", damaged, *TEXT, *options, "copy")
        self.assertEqual(done.returncode, 1)
        self.assertIn("damaged", note(done))
        self.assertIn("copy or convert the file again", note(done))

    def test_other_places_are_refused(self):
        self.assertIn("--weights-in", self.fails(2, "run", LARGE, "--weights-in", "ram"))


if __name__ == "__main__":
    unittest.main()
