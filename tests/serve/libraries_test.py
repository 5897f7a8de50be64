"""What the server needs is loaded when it starts, and is in the memory of no other command."""

import os
import re
import shutil
import subprocess
import unittest

from serve_support import BUNDLED, PROGRAM, Server, support


class Libraries(unittest.TestCase):
    def test_the_program_is_not_linked_with_them(self):
        dynamic = subprocess.run(["readelf", "-d", PROGRAM[-1]], check=True, capture_output=True, text=True).stdout
        needed = re.findall(r"NEEDED.*\[(\S+)\]", dynamic)
        self.assertIn("libc.so.6", needed)
        self.assertEqual([name for name in needed if re.match("lib(cpp-httplib|ssl|crypto|z|brotli)", name)], [])

    def test_a_server_has_them(self):
        with Server(BUNDLED, "--seats", "1", "--context", "64") as server:
            with open(f"/proc/{server.process.pid}/maps", encoding="ascii") as file:
                self.assertIn("libcpp-httplib", file.read())

    def test_a_program_without_its_library_says_so(self):
        folder = support.path("alone/bin")
        os.makedirs(folder)
        shutil.copy(PROGRAM[-1], folder)
        done = subprocess.run([folder + "/ringlet", "serve", BUNDLED, "--port", "0"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"ringlet-sockets\.so: cannot be loaded .*; install the package libcpp-httplib0\.11")


if __name__ == "__main__":
    unittest.main()
