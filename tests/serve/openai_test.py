"""npm's client `openai` drives a server: chats, streams, tools, JSON of a schema, errors.

SKIPPED without node, or where npm's registry cannot be reached."""

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import unittest
import urllib.error
import urllib.request

from serve_support import Server, support
from chat_source import chat_model

CLIENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "openai_client.mjs")
# It needs no other package, so npm is not needed either.
PACKAGE = "https://registry.npmjs.org/openai/-/openai-6.48.0.tgz"
SHA512 = "KhVp+FyV50QrXNextvL9hIU5l6ox5HYuKQjGVk7lIqprgJol90+dQXWONV6S1lRWsKA1bXjrow8RsUT14M1hNA=="


def download():
    """The folder of the package."""
    for attempt in range(3):
        try:
            with urllib.request.urlopen(PACKAGE, timeout=30) as reply:
                content = reply.read()
            break
        except (urllib.error.URLError, TimeoutError) as error:
            if attempt == 2:
                raise unittest.SkipTest(f"SKIPPED: {PACKAGE}: {error}") from error
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != SHA512:
        raise RuntimeError(f"{PACKAGE} has another content")
    with tarfile.open(support.write("openai.tgz", content)) as archive:
        archive.extractall(support.path("openai"))
    return support.path("openai/package")


@unittest.skipUnless(shutil.which("node"), "SKIPPED: node is not installed")
class OpenAI(unittest.TestCase):
    def test_client(self):
        folder = download()
        model, _ = chat_model("openai-model")
        with Server(model, "--seats", "2", "--context", "4096", "--allow-longer-context") as server:
            done = subprocess.run(["node", CLIENT, folder, str(server.port)], capture_output=True, timeout=300, check=False)
            self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
            self.assertEqual(done.stdout.count(b"ok "), 10)


if __name__ == "__main__":
    unittest.main()
