"""Models by name: `ringlet list`, `ringlet remove`, and MODEL in other commands."""

import fcntl
import json
import os
import shutil
import struct
import unittest

from support import TestCase, environment, model, read, ringlet, write


class Models(TestCase):
    def setUp(self):
        self.folder = os.path.join(environment()["XDG_DATA_HOME"], "ringlet", "models")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.addCleanup(shutil.rmtree, self.folder, True)

    def place(self, name, weights="int8", **record):
        """Puts a model into the folder, as a pull does."""
        os.makedirs(self.folder, exist_ok=True)
        target = shutil.copy(model(weights), os.path.join(self.folder, name + ".ringlet"))
        if record:
            checksum, = struct.unpack_from("<I", read(target), 12)
            known = {"version": 1, "source": "", "revision": "main", "commit": "", "endpoint": "", "licence": "",
                     "options": "", "pulled": "2026-12-01T20:15:00Z", "file": f"{checksum:08x}"}
            with open(os.path.join(self.folder, name + ".json"), "w", encoding="utf-8") as file:
                json.dump({**known, **record}, file)
        return target

    def listed(self):
        return {entry["name"]: entry for entry in json.loads(self.succeeds("list", "--json"))["models"]}

    def test_no_models(self):
        self.assertEqual(self.succeeds("list"), b"")
        self.assertEqual(json.loads(self.succeeds("list", "--json")), {"folder": self.folder, "models": [], "unfinished": []})
        self.assertEqual(self.fails(1, "run", "tiny"), "ringlet: tiny: does not exist; there are no pulled models; "
                         "ringlet pull OWNER/NAME gets one\n")

    def test_list(self):
        target = self.place("tiny", source="someone/Tiny", commit="0123456789abcdef" * 2 + "01234567", licence="mit")
        self.place("by-hand", "int4")
        entries = self.listed()
        self.assertEqual(entries["tiny"], {
            "name": "tiny", "path": target, "bytes": os.path.getsize(target), "weights": "int8", "source": "someone/Tiny",
            "revision": "main", "commit": "0123456789abcdef0123456789abcdef01234567", "licence": "mit", "options": None,
            "pulled": "2026-12-01T20:15:00Z"})
        self.assertEqual((entries["by-hand"]["weights"], entries["by-hand"]["source"]), ("int4", None))
        lines = self.succeeds("list").decode().splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["name", "by-hand", "tiny"])
        self.assertEqual(lines[2].split()[-3:], ["2026-12-01", "0123456789ab", "someone/Tiny"])

    def test_a_record_of_another_file_says_nothing(self):
        self.place("tiny", source="someone/Tiny")
        for content in (read(model("int4")), b"no model"):
            with open(os.path.join(self.folder, "tiny.ringlet"), "wb") as file:
                file.write(content)
            self.assertIsNone(self.listed()["tiny"]["source"])
        self.assertEqual(self.listed()["tiny"]["weights"], "damaged")
        for damaged in (b"", b"{", b"[]", b'{"version": 2}', b"[" * 60000, b'{"version": 1, "source": 5}'):
            self.place("tiny")
            with open(os.path.join(self.folder, "tiny.json"), "wb") as file:
                file.write(damaged)
            self.assertIsNone(self.listed()["tiny"]["source"])

    def test_commands_take_names(self):
        self.place("tiny", source="someone/Tiny")
        expected = self.succeeds("run", model(), "-n", "5", "-q", "--seed", "1", "-p", "Once")
        for name in ("tiny", "Tiny", "someone/Tiny", "Someone/tiny"):
            self.assertEqual(self.succeeds("run", name, "-n", "5", "-q", "--seed", "1", "-p", "Once"), expected)
        self.assertEqual(self.succeeds("run", "-m", "tiny", "-n", "5", "-q", "--seed", "1", "Once"), expected)
        for command in ("plan", "inspect", "verify", "digest", "bench"):
            self.succeeds(command, "tiny", *(("-p", "4", "-n", "4", "-r", "1") if command == "bench" else ()))
        self.succeeds("tokenize", "tiny", "Once")
        self.succeeds("plan", model(), "--draft", "tiny")
        self.assertIn("tiny.ringlet.minisig: does not exist", self.fails(1, "verify", "tiny", "--public-key", "x"))

    def test_a_file_wins_over_a_name(self):
        self.place("tiny", "int4")
        here = os.getcwd()
        os.chdir(os.path.dirname(model()))
        self.addCleanup(os.chdir, here)
        shutil.copy(model(), "tiny")
        self.addCleanup(os.remove, "tiny")
        self.assertEqual(self.succeeds("digest", "tiny"), self.succeeds("digest", model()))
        self.assertNotEqual(self.succeeds("digest", "tiny"), self.succeeds("digest", model("int4")))

    def test_wrong_names_say_what_there_is(self):
        self.place("smollm2-360m-instruct", source="HuggingFaceTB/SmolLM2-360M-Instruct")
        self.place("stories")
        for wrong, expected in (
                ("smollm2", "smollm2: does not exist; did you mean smollm2-360m-instruct?"),
                ("storis", "storis: does not exist; did you mean stories?"),
                ("other", "other: does not exist; the pulled models are smollm2-360m-instruct, stories"),
                ("someone/Other:Q4_0", "someone/Other:Q4_0: does not exist; get the model with: ringlet pull "
                                       "someone/Other:Q4_0"),
                ("other.ringlet", "other.ringlet: does not exist"), ("./stories", "./stories: does not exist"),
                ("/stories", "/stories: does not exist")):
            self.assertEqual(self.fails(1, "run", wrong), f"ringlet: {expected}\n")
        for i in range(8):
            self.place(f"another{i}")
        self.assertEqual(self.fails(1, "run", "x"), "ringlet: x: does not exist; ringlet list shows the pulled models\n")

    def test_ambiguous_names_are_refused(self):
        self.place("Tiny", source="someone/Tiny")
        self.place("tiny", source="someone/tiny")
        self.succeeds("verify", "-q", "tiny")
        self.succeeds("verify", "-q", "Tiny")
        self.assertEqual(self.fails(1, "verify", "TINY"),
                         "ringlet: TINY: could be Tiny or tiny; write it with the capitals of one of them\n")
        self.assertEqual(self.fails(1, "verify", "someone/TINY"),
                         "ringlet: someone/TINY: was pulled more than once; name one of Tiny, tiny\n")

    def test_names_lead_nowhere_else(self):
        outside = write("outside.ringlet", b"precious")
        os.makedirs(self.folder, exist_ok=True)
        for name in ("../outside", "../../../outside", "..", ".", "a/../../outside", ".hidden", "", "a\nb", "x" * 101):
            self.assertNotEqual(ringlet("remove", name).returncode, 0)
        self.assertEqual(read(outside), b"precious")

    def test_remove(self):
        self.place("tiny", source="someone/Tiny")
        self.place("other")
        os.makedirs(os.path.join(self.folder, "tiny.source"))
        with open(os.path.join(self.folder, ".tiny.ringlet.writing"), "wb"):
            pass  # of a killed converter
        os.makedirs(os.path.join(self.folder, "half.source"))
        with open(os.path.join(self.folder, "half.source", "part"), "wb") as file:
            file.write(bytes(3000))
        self.assertEqual(json.loads(self.succeeds("list", "--json"))["unfinished"], [{"name": "half", "bytes": 3000}])
        self.fails(1, "remove", "tiny", "nosuch")
        self.assertEqual(set(self.listed()), {"tiny", "other"})
        self.assertEqual(self.succeeds("remove", "tiny", "half"), b"")
        self.assertEqual(os.listdir(self.folder), ["other.ringlet"])
        self.assertIn("NAME is required", self.fails(2, "remove"))

    def test_a_model_that_is_being_pulled_stays(self):
        self.place("tiny")
        with open(os.path.join(self.folder, ".tiny.lock"), "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(self.fails(1, "remove", "tiny"),
                             "ringlet: tiny: another process is pulling or removing this model; wait for it\n")
        self.assertEqual(set(self.listed()), {"tiny"})
        self.succeeds("remove", "tiny")
        self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    unittest.main()
