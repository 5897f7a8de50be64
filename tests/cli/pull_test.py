"""`ringlet pull` against a server that behaves as the hub does, and badly. SKIPPED in a build without libcurl."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
import unittest

import hub as servers
from convert_test import gguf
from hub import Hub, Repository
from hub_models import NEEDED, folder_model, huge_safetensors, safetensors
from support import EMULATOR, PROGRAM, TestCase, environment, on_terminal, path, read, ringlet, run_converter

# Sanitizers test the client with hostile servers only.
AT_LENGTH = unittest.skipIf(os.environ.get("RINGLET_SANITIZERS"), "SKIPPED under a sanitizer: no hostile server")
SOURCE = "Someone/Tiny-Chat"
DATA = os.environ.get("RINGLET_TEST_DATA", "")
PUBLISHED = os.path.join(DATA, "models")


def without_network():
    nowhere = environment(HF_ENDPOINT="http://127.0.0.1:9")
    return EMULATOR or b"built without libcurl" in ringlet("pull", "a/b", env=nowhere).stderr


class WithoutLibraries(TestCase):
    @unittest.skipUnless(os.environ.get("RINGLET_WITHOUT_CURL"), "SKIPPED: there is no such program")
    def test_a_build_without_libcurl_refuses_by_name(self):
        program = os.environ["RINGLET_WITHOUT_CURL"]
        done = subprocess.run([program, "pull", SOURCE], capture_output=True, text=True, env=environment(), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "ringlet: this program was built without libcurl; install libcurl4-openssl-dev and "
                         "libssl-dev and build it again, or download the files and convert them with ringlet-convert\n")
        self.assertEqual(subprocess.run([program, "list"], capture_output=True, env=environment(), check=False).returncode, 0)

    def test_the_libraries_are_loaded_by_pull_alone(self):
        if EMULATOR or not shutil.which("readelf"):
            self.skipTest("SKIPPED: no readelf, or a cross build")
        needed = subprocess.run(["readelf", "-d", PROGRAM[0]], capture_output=True, text=True, check=True).stdout
        self.assertNotRegex(needed, "libcurl|libcrypto|libssl")


@unittest.skipIf(without_network(), "SKIPPED: this build is without libcurl")
class PullCase(TestCase):
    def setUp(self):
        self.hub = Hub()
        self.addCleanup(self.hub.close)
        self.home = path("home")
        self.folder = os.path.join(self.home, "data", "ringlet", "models")
        shutil.rmtree(self.home, ignore_errors=True)
        os.makedirs(self.home)
        self.addCleanup(shutil.rmtree, self.home, True)

    def env(self, **extra):
        result = environment(HOME=self.home, XDG_DATA_HOME=self.home + "/data", HF_ENDPOINT=self.hub.address,
                             HF_HUB_DOWNLOAD_TIMEOUT="2", no_proxy="*")
        for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HOME", "HF_TOKEN_PATH", "XDG_CACHE_HOME", "HF_HUB_OFFLINE"):
            result.pop(name, None)
        return {**result, **extra}

    def serve(self, name=SOURCE, **changes):
        repository = self.hub.repositories[name] = Repository(folder_model(**changes))
        return repository

    def pull(self, *arguments, calibrated=False, **extra):
        """What it says. Without a calibration, which takes long, where none is asked for."""
        quick = () if calibrated or "--weights" in arguments else ("--calibrate", "none")
        done = ringlet("pull", *arguments, *quick, env=self.env(**extra))
        error = done.stderr.decode()
        self.assertEqual(done.returncode, 0, error)
        self.assertEqual(done.stdout, b"")
        return error

    def refuses(self, expected, *arguments, status=1, **extra):
        """The last line, which has `expected`."""
        done = ringlet("pull", *arguments, env=self.env(**extra))
        error = done.stderr.decode()
        self.assertEqual(done.returncode, status, error)
        line = error.splitlines()[-1]
        self.assertTrue(line.startswith("ringlet: "), error)
        self.assertIn(expected, line)
        return line

    def path_of(self, name):
        return os.path.join(self.folder, name)

    def files(self):
        return set(os.listdir(self.folder)) if os.path.isdir(self.folder) else set()

    def listed(self):
        return {entry["name"]: entry for entry in json.loads(self.succeeds("list", "--json", env=self.env()))["models"]}


@AT_LENGTH
class Pull(PullCase):
    def test_a_model_chats_after_one_command(self):
        commit = self.serve().commit
        notes = self.pull(SOURCE)
        self.assertIn(f"Someone/Tiny-Chat, revision main ({commit[:12]}), licence apache-2.0\n", notes)
        self.assertRegex(notes, r"\n  download  5 files, 11\d\.\d KiB; ")
        self.assertRegex(notes, r"\n  model     tiny-chat, 3\d\.\d KiB in ")
        self.assertRegex(notes, r"\n  memory    at most \d+\.\d KiB for a session with context 512, beside the weights; ")
        self.assertRegex(notes, r"\n  disk      .* more until it is converted; .* are free\n")
        self.assertTrue(notes.endswith("tiny-chat is ready: ringlet chat tiny-chat\n"), notes)
        self.assertEqual(self.files(), {"tiny-chat.ringlet", "tiny-chat.json"})
        entry = self.listed()["tiny-chat"]
        self.assertEqual((entry["source"], entry["revision"], entry["commit"], entry["licence"], entry["weights"]),
                         (SOURCE, "main", commit, "apache-2.0", "int4"))
        self.hub.close()  # works offline
        self.assertTrue(self.succeeds("chat", "tiny-chat", "-p", "Hello", "-n", "4", env=self.env()))
        self.assertTrue(self.succeeds("run", "tiny-chat", "-p", "Hello", "-n", "4", env=self.env()))
        about = json.loads(self.succeeds("inspect", "tiny-chat", "--json", env=self.env()))["provenance"]
        self.assertEqual((about["name"], about["licence"]), ("Tiny-Chat", "apache-2.0"))

    def test_the_model_is_that_of_the_converter(self):
        files = self.serve().files
        os.makedirs(path("by-hand"), exist_ok=True)
        for name in NEEDED:
            with open(os.path.join(path("by-hand"), name), "wb") as file:
                file.write(files[name])
        by_hand = run_converter(path("by-hand.ringlet"), path("by-hand"), "--weights", "int8")
        self.pull(SOURCE, "--weights", "int8", "--name", "mine", "-q")
        self.assertEqual(self.listed()["mine"]["options"], "--weights int8")
        self.assertEqual(self.succeeds("digest", "mine", env=self.env()), self.succeeds("digest", by_hand))

    def test_calibration_is_the_default_and_can_be_left_out(self):
        self.serve()
        for name, options in (("fitted", ()), ("own", ("--calibrate", "own")), ("quick", ("--calibrate", "none"))):
            notes = self.pull(SOURCE, "--name", name, *options, calibrated=True)
            self.assertEqual("calibrating on" in notes, name != "quick", notes)
        fitted, own, quick = (self.succeeds("digest", name, env=self.env()) for name in ("fitted", "own", "quick"))
        self.assertEqual(fitted, own)
        self.assertNotEqual(fitted, quick)
        self.assertEqual(self.listed()["quick"]["options"], "--calibrate none")

    def test_only_what_is_needed_is_downloaded(self):
        self.serve()
        self.pull(SOURCE)
        got = {p.split("?")[0].split("/", 5)[-1] for p, _ in self.hub.sent_to("hub", "/resolve/")}
        self.assertEqual(got, NEEDED)

    def test_shards(self):
        self.serve(shards=3)
        self.pull(SOURCE, "--keep-source")
        kept = self.files() - {"tiny-chat.ringlet", "tiny-chat.json"}
        self.assertEqual(kept, {"tiny-chat.source"})
        self.assertEqual({name for name in os.listdir(self.path_of("tiny-chat.source")) if name.endswith(".safetensors")},
                         {f"model-0000{i}-of-00003.safetensors" for i in (1, 2, 3)})
        whole = json.loads(self.succeeds("inspect", "tiny-chat", "--json", env=self.env()))
        self.serve("Someone/Whole")
        self.pull("Someone/Whole")
        self.assertEqual(whole["parameters"],
                         json.loads(self.succeeds("inspect", "whole", "--json", env=self.env()))["parameters"])
        self.succeeds("remove", "tiny-chat", "whole", env=self.env())
        self.assertEqual(self.files(), set())

    def test_files_of_an_earlier_pull_are_not_read(self):
        stale = self.path_of("tiny-chat.source")
        os.makedirs(os.path.join(stale, "folder"))
        for name, content in (("model.safetensors", folder_model(seed=9)["model.safetensors"]), ("tokenizer.model", b"x"),
                              ("added_tokens.json", b"{"), ("x.safetensors.0123456789abcdef.part", b"x")):
            with open(os.path.join(stale, name), "wb") as file:
                file.write(content)
        self.serve(shards=2)
        self.pull(SOURCE, "--keep-source")
        self.assertEqual(set(os.listdir(stale)), NEEDED - {"model.safetensors"} | {
            "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"})
        self.serve("Someone/Whole")
        self.pull("Someone/Whole")
        self.assertEqual(self.succeeds("digest", "tiny-chat", env=self.env()), self.succeeds("digest", "whole", env=self.env()))

    def test_the_same_pull_again_is_up_to_date(self):
        repository = self.serve()
        self.pull(SOURCE)
        before = len(self.hub.requests)
        self.assertEqual(self.pull(SOURCE), f"tiny-chat is up to date ({repository.commit[:12]})\n")
        self.assertEqual(len(self.hub.requests), before + 1)
        repository.files.update(folder_model(seed=2))
        self.assertIn("is ready", self.pull(SOURCE))
        self.assertEqual(self.listed()["tiny-chat"]["commit"], repository.commit)
        self.assertIn("is ready", self.pull(SOURCE, "--weights", "int8"))
        self.assertEqual(self.listed()["tiny-chat"]["weights"], "int8")

    def test_a_name_belongs_to_one_source(self):
        self.serve()
        self.serve("Other/Tiny-Chat")
        self.pull(SOURCE)
        self.refuses("tiny-chat: is the name of the model from Someone/Tiny-Chat; choose another with --name", "Other/Tiny-Chat")
        os.remove(self.path_of("tiny-chat.json"))
        self.refuses("tiny-chat: is the name of a model that was not pulled; choose another with --name", SOURCE)
        self.pull("Other/Tiny-Chat", "--name", "other")
        self.refuses("--name: 'a/b' cannot be a name", SOURCE, "--name", "a/b", status=2)

    def test_other_ways_to_name_a_source(self):
        commit = self.serve().commit
        self.hub.branches |= {"refs/pr/1"}
        for given, revision in (("https://huggingface.co/Someone/Tiny-Chat", "main"), ("hf.co/Someone/Tiny-Chat/", "main"),
                                ("https://huggingface.co/Someone/Tiny-Chat/tree/main", "main"),
                                (f"Someone/Tiny-Chat@{commit}", commit), ("Someone/Tiny-Chat@refs/pr/1", "refs/pr/1")):
            self.pull(given, "--dry-run")
            self.assertEqual(self.hub.sent_to("hub", "/api/")[-1][0].split("/revision/")[1],
                             revision.replace("/", "%2F") + "?blobs=true")
        for wrong in ("tiny", "/", "a/", "/b", "a//b", "a/b/c", "../b", "a/..", "a/b@", "a/b:", "a b/c", "a/b\n", "a/b--c",
                      "https://example.org/a/b", "a/b/../c.gguf@x"):
            self.refuses("does not name a model of the hub; write OWNER/NAME", wrong, status=2)

    def test_a_renamed_repository(self):
        self.serve()
        self.hub.renamed["Someone/Old"] = SOURCE
        self.pull("Someone/Old")
        self.assertEqual(self.listed()["tiny-chat"]["source"], SOURCE)

    def test_a_context_that_would_fit_is_named(self):
        self.serve(max_position_embeddings=1 << 29)
        self.assertRegex(self.pull(SOURCE, "--dry-run"),
                         r"for a session with context 536,870,912, beside the weights; .* are available here; "
                         r"--context \d+ would fit\n")

    def test_dry_run_downloads_no_weights(self):
        self.serve()
        self.assertIn("  disk  ", self.pull(SOURCE, "--dry-run"))
        self.assertEqual(self.files(), set())

    def test_what_is_here_was_here_before(self):
        self.serve()
        self.assertIn("; 0 bytes of it are here\n", self.pull(SOURCE, "--dry-run"))
        self.hub.fault("safetensors", servers.cut_after(70000))
        self.refuses("cut", SOURCE, "--retries", "0")
        self.assertRegex(self.pull(SOURCE, "--dry-run"), r"; [67]\d\.\d KiB of it are here\n")

    def test_a_refused_pull_leaves_nothing(self):
        self.serve().gated = True
        self.refuses("is gated", SOURCE)
        self.hub.fault("resolve", lambda handler: handler.refuse(403, "GatedRepo", "Ask for access"), role="hub")
        self.refuses("is gated", SOURCE, HF_TOKEN=self.hub.token)
        self.assertEqual([name for name in self.files() if not name.startswith(".")], [])
        self.assertEqual(json.loads(self.succeeds("list", "--json", env=self.env()))["unfinished"], [])

    def test_quiet(self):
        self.serve()
        self.assertEqual(self.pull(SOURCE, "-q"), "")

    def test_progress_is_for_terminals(self):
        self.serve()
        self.hub.fault("safetensors", servers.cut_after(30000), times=1)
        seen = on_terminal(PROGRAM + ["pull", SOURCE], **self.env())
        self.assertIn(b"trying again in 1 second", seen)
        self.assertIn(b"is ready: ringlet chat tiny-chat", seen)

    def test_what_the_forecast_says_is_what_happens(self):
        self.serve()
        notes = self.pull(SOURCE)
        said = re.search(r"model     tiny-chat, ([\d.]+) KiB", notes)[1]
        self.assertEqual(said, f"{os.path.getsize(self.path_of('tiny-chat.ringlet')) / 1024:.1f}")
        memory = float(re.search(r"at most ([\d.]+) KiB", notes)[1])
        planned = json.loads(self.succeeds("plan", "tiny-chat", "--json", env=self.env()))["ram_bytes"]
        self.assertLessEqual(planned / 1024, memory + 0.05)
        self.assertGreater(planned / 1024, memory * 0.5)


@AT_LENGTH
class Secrets(PullCase):
    def test_the_token_goes_to_the_hub_and_nowhere_else(self):
        self.serve().gated = True
        self.pull(SOURCE, HF_TOKEN=self.hub.token)
        self.assertTrue(self.hub.sent_to("cdn"))
        for _, headers in self.hub.sent_to("hub"):
            self.assertEqual(headers.get("Authorization"), f"Bearer {self.hub.token}")
        for _, headers in self.hub.sent_to("cdn"):
            self.assertNotIn("Authorization", headers)
            self.assertNotIn(self.hub.token, str(headers))
        self.assertNotIn(self.hub.token, read(self.path_of("tiny-chat.json")).decode())

    def test_no_token_without_one(self):
        self.serve()
        self.pull(SOURCE)
        self.assertFalse([headers for _, _, headers in self.hub.requests if "Authorization" in headers])

    def test_where_tokens_are_found(self):
        self.serve().gated = True

        def token_at(name, content=self.hub.token + "\n"):
            os.makedirs(os.path.dirname(os.path.join(self.home, name)), exist_ok=True)
            with open(os.path.join(self.home, name), "w", encoding="ascii") as file:
                file.write(content)
            return os.path.join(self.home, name)

        for env in ({"HF_TOKEN": f"  {self.hub.token}\n"}, {"HUGGING_FACE_HUB_TOKEN": self.hub.token},
                    {"HF_TOKEN_PATH": token_at("a/my-token")}, {"HF_HOME": os.path.dirname(token_at("b/token"))},
                    {"XDG_CACHE_HOME": os.path.dirname(os.path.dirname(token_at("c/huggingface/token")))}):
            self.pull(SOURCE, "--dry-run", **env)
        token_at(".cache/huggingface/token")
        self.pull(SOURCE, "--dry-run")
        self.refuses("the hub does not accept the token in HF_TOKEN; make another at https://huggingface.co/settings/tokens, "
                     "or unset it", SOURCE, HF_TOKEN="hf_wrong")
        self.refuses("HF_TOKEN: is not a token of the hub; it has blanks inside", SOURCE, HF_TOKEN="hf_a\r\nX-Evil: 1")

    def test_gated_private_and_missing_repositories(self):
        self.serve().gated = True
        self.refuses(f"Someone/Tiny-Chat: is gated (\"Access to model Someone/Tiny-Chat is restricted\"); accept its terms at "
                     f"{self.hub.address}/Someone/Tiny-Chat, then set HF_TOKEN to a token of", SOURCE)
        self.hub.fault("resolve", lambda handler: handler.refuse(403, "GatedRepo", "Ask for access"), role="hub")
        self.refuses("is gated (\"Ask for access\"); accept its terms at", SOURCE, HF_TOKEN=self.hub.token)
        self.refuses("Someone/None: the hub does not show it: it does not exist, or is private or gated; check the name, or "
                     "set HF_TOKEN", "Someone/None")
        self.refuses("Someone/None: does not exist (\"Repository not found\"); check the name", "Someone/None",
                     HF_TOKEN=self.hub.token)
        self.refuses("Someone/Tiny-Chat: has no revision 'v9'; check its branches and tags", SOURCE + "@v9")
        self.hub.fault("api", lambda handler: handler.refuse(403, "", "No scope \x1b[31m"), role="hub")
        line = self.refuses("the hub refuses access (\"No scope", SOURCE)
        self.assertNotIn("\x1b", line)

    def test_secrets_do_not_travel_in_the_clear(self):
        self.refuses("is not encrypted and would show the token of HF_TOKEN to the network; use https, or unset the token",
                     SOURCE, HF_TOKEN="hf_secret", HF_ENDPOINT="http://mirror.example")
        for address in ("mirror.example", "ftp://mirror.example", "https://", "https://user:pass@host", "https://a b",
                        "https://h:99999999"):
            self.refuses("HF_ENDPOINT: '", SOURCE, HF_ENDPOINT=address)
        self.serve()
        for target, expected in (("http://other.example/file", "which is not encrypted"),
                                 ("file:///etc/passwd", "which is no address of the web"), ("", "which is no address of the web"),
                                 ("gopher://127.0.0.1/", "which is no address of the web")):
            self.hub.fault("api", lambda handler, to=target: handler.send(302, Location=to), role="hub")
            self.refuses(expected, SOURCE)
        self.hub.fault("api", lambda handler: handler.send(302, Location=handler.path), times=100, role="hub")
        self.refuses("redirects more than 8 times", SOURCE)

    def test_offline_is_said(self):
        self.refuses("HF_HUB_OFFLINE is set, so nothing can be pulled; unset it", SOURCE, HF_HUB_OFFLINE="1")
        start = time.monotonic()
        self.refuses("http://127.0.0.1:9 cannot be reached (", SOURCE, HF_ENDPOINT="http://127.0.0.1:9")
        self.assertLess(time.monotonic() - start, 5)


class Transfers(PullCase):
    WEIGHTS = "/model.safetensors"

    def test_a_cut_connection_is_continued_where_it_was_cut(self):
        content = self.serve().files["model.safetensors"]
        self.hub.fault("safetensors", servers.cut_after(70000))
        self.hub.fault("safetensors", servers.cut_after(20000))
        notes = self.pull(SOURCE)
        self.assertIn("model.safetensors: the connection was cut (", notes)
        asked = [headers for p, headers in self.hub.sent_to("cdn", "safetensors")]
        self.assertEqual([headers.get("Range") for headers in asked], [None, "bytes=70000-", "bytes=90000-"])
        etag = hashlib.sha256(content).hexdigest()
        self.assertEqual([headers.get("If-Range") for headers in asked], [None, f'"{etag}"', f'"{etag}"'])

    def test_an_earlier_run_is_continued(self):
        self.serve()
        self.hub.fault("safetensors", servers.cut_after(70000))
        self.refuses("model.safetensors: the connection was cut (", SOURCE, "--retries", "0")
        self.assertEqual(self.files(), {"tiny-chat.source"})
        self.assertIn("tiny-chat: unfinished", ringlet("list", env=self.env()).stderr.decode())
        self.pull(SOURCE)
        self.assertEqual(self.hub.sent_to("cdn", "safetensors")[-1][1]["Range"], "bytes=70000-")
        self.assertEqual(self.files(), {"tiny-chat.ringlet", "tiny-chat.json"})

    def test_a_server_without_ranges_starts_again(self):
        self.serve()
        self.hub.ranges = False
        self.hub.fault("safetensors", servers.cut_after(70000))
        self.pull(SOURCE)

    def test_a_file_that_changed_in_between_starts_again(self):
        self.serve()
        self.hub.fault("safetensors", servers.cut_after(70000))
        self.refuses("cut", SOURCE, "--retries", "0")
        repository = self.serve(seed=2)  # another commit: another checksum in the list
        self.pull(SOURCE, "--keep-source")
        self.assertEqual(read(self.path_of("tiny-chat.source/model.safetensors")), repository.files["model.safetensors"])
        self.assertFalse([name for name in os.listdir(self.path_of("tiny-chat.source")) if "part" in name])

    def test_another_etag_starts_again(self):
        content = self.serve().files["model.safetensors"]
        self.hub.fault("safetensors", servers.cut_after(70000))
        self.refuses("cut", SOURCE, "--retries", "0")
        self.hub.etags[hashlib.sha256(content).hexdigest()] = "another"
        self.pull(SOURCE)
        self.assertEqual(self.hub.sent_to("cdn", "safetensors")[-1][1]["Range"], "bytes=70000-")

    def test_damage_on_disk_is_noticed_and_mended(self):
        self.serve()
        self.hub.fault("safetensors", servers.cut_after(70000))
        self.refuses("cut", SOURCE, "--retries", "0")
        part, = (name for name in os.listdir(self.path_of("tiny-chat.source")) if name.endswith(".part"))
        with open(self.path_of("tiny-chat.source/" + part), "r+b") as file:
            file.seek(60000)
            file.write(b"damage")
        self.pull(SOURCE)
        self.assertEqual([headers.get("Range") for _, headers in self.hub.sent_to("cdn", "safetensors")],
                         [None, "bytes=70000-", None])

    def test_a_wrong_checksum_is_refused(self):
        self.serve()
        self.hub.fault("safetensors", servers.damaged, times=2)
        line = self.refuses("model.safetensors: arrived twice with another content than the hub lists: SHA-256 is", SOURCE)
        self.assertIn("; try again later, or another HF_ENDPOINT", line)
        self.assertNotIn("tiny-chat.ringlet", self.files())
        self.pull(SOURCE)

    def test_a_small_file_has_a_checksum_too(self):
        self.serve()
        wrong = lambda handler: handler.send(200, b'{"model_type": "evil"}')
        self.hub.fault("config.json", wrong, times=20, role="hub")
        self.refuses("config.json: ", SOURCE, "--retries", "0")
        size = len(self.hub.repositories[SOURCE].files["config.json"])
        self.hub.faults.clear()
        self.hub.fault("/config.json", lambda handler: handler.send(200, b" " * size), times=2, role="hub")
        self.refuses("config.json: arrived twice with another content than the hub lists: git's SHA-1 is", SOURCE)

    def test_wrong_lengths_and_bodies_without_end(self):
        self.serve()
        self.hub.fault("safetensors", servers.lying_length(-5000))
        self.assertIn("the server ended early (got ", self.pull(SOURCE))
        self.succeeds("remove", "tiny-chat", env=self.env())
        self.hub.fault("safetensors", servers.lying_length(5000))
        self.pull(SOURCE)  # everything is there
        self.succeeds("remove", "tiny-chat", env=self.env())
        self.hub.fault("safetensors", servers.endless, times=9)
        self.pull(SOURCE)  # what comes after the end of the file is not read
        self.succeeds("remove", "tiny-chat", env=self.env())
        self.hub.faults.clear()

        def endless_list(handler):
            handler.send_response(200)
            handler.send_header("Connection", "close")
            handler.end_headers()
            while True:
                handler.wfile.write(b" " * (1 << 20))

        self.hub.fault("api", endless_list, role="hub")
        self.refuses("the hub's list of files is longer than any", SOURCE)

        def endless_headers(handler):
            handler.send_response(200)
            handler.flush_headers()
            while True:
                handler.wfile.write(b"X-Header: " + b"x" * 1000 + b"\r\n")

        self.hub.fault("api", endless_headers, role="hub")
        self.refuses("the connection was cut", SOURCE, "--retries", "0")

    def test_a_stalled_server_is_left(self):
        self.serve()
        self.hub.fault("safetensors", servers.stalled)
        self.assertIn("model.safetensors: the connection was cut (", self.pull(SOURCE))

    def test_busy_servers_are_asked_again(self):
        self.serve()
        self.hub.fault("api", servers.status(503), role="hub")
        self.hub.fault("safetensors", servers.status(502))
        start = time.monotonic()
        self.hub.fault("safetensors", servers.status(429, Retry_After="3"))
        notes = self.pull(SOURCE)
        self.assertGreater(time.monotonic() - start, 4)
        self.assertIn("Someone/Tiny-Chat: the hub answers 503; trying again in 1 second\n", notes)
        self.assertIn("model.safetensors: the hub has had too many requests; trying again in 3 seconds\n", notes)
        self.hub.fault("api", servers.status(429, RateLimit='"api";r=0;t=900'), role="hub")
        self.refuses("too many requests; it asks to wait 900 seconds, so pull again then", SOURCE)
        self.hub.fault("api", servers.status(500), times=9, role="hub")
        self.refuses("Someone/Tiny-Chat: the hub answers 500, after 2 attempts; pull again to continue", SOURCE, "--retries", "1")
        self.hub.faults.clear()
        self.hub.fault("api", servers.status(418), role="hub")
        self.refuses("the hub answers 418; is HF_ENDPOINT right?", SOURCE)

    def test_ctrl_c_keeps_what_has_arrived(self):
        self.serve()
        self.hub.fault("safetensors", servers.stalled)
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(PROGRAM + ["pull", SOURCE], env=self.env(HF_HUB_DOWNLOAD_TIMEOUT="60"),
                                       stderr=subprocess.PIPE)
            while not self.hub.sent_to("cdn", "safetensors"):
                time.sleep(0.05)
            time.sleep(0.5)
            process.send_signal(number)
            error = process.communicate(timeout=20)[1].decode()
            self.assertEqual(process.returncode, 128 + number, error)
            self.assertTrue(error.endswith("ringlet: interrupted; the same command continues where it stopped\n"), error)
            self.assertEqual(self.files(), {"tiny-chat.source"})
            self.hub.requests.clear()
            self.hub.fault("safetensors", servers.stalled)
        self.hub.faults.clear()
        self.hub.requests.clear()
        self.pull(SOURCE)
        self.assertRegex(self.hub.sent_to("cdn", "safetensors")[0][1]["Range"], "bytes=[1-9]")

    def test_two_pulls_at_once(self):
        self.serve()
        os.makedirs(self.folder)
        with open(self.path_of(".tiny-chat.lock"), "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refuses("tiny-chat: another process is pulling or removing this model; wait for it", SOURCE)
        processes = [subprocess.Popen(PROGRAM + ["pull", SOURCE, "-q"], env=self.env(), stderr=subprocess.PIPE) for _ in range(4)]
        for process in processes:
            error = process.communicate(timeout=60)[1].decode()
            self.assertTrue(process.returncode == 0 or "another process" in error, error)
        self.assertIn(0, [process.returncode for process in processes])
        self.assertEqual(self.files(), {"tiny-chat.ringlet", "tiny-chat.json"})
        self.succeeds("verify", "tiny-chat", env=self.env())


class Untrusted(PullCase):
    def list_as(self, change, name=SOURCE):
        repository = self.serve(name)
        repository.listing = change
        return repository

    def test_names_stay_in_their_folder(self):
        for evil in ("../evil.safetensors", "/tmp/evil.safetensors", "..", ".", "a/../../evil.safetensors", ".hidden.safetensors",
                     "a\nb.safetensors", "a\\b.safetensors", "-o.safetensors", "x" * 300 + ".safetensors"):
            repository = self.serve(shards=2)
            index = json.loads(repository.files["model.safetensors.index.json"])
            shard = "model-00002-of-00002.safetensors"
            index["weight_map"] = {k: evil if v == shard else v for k, v in index["weight_map"].items()}
            repository.files["model.safetensors.index.json"] = json.dumps(index).encode()
            repository.files[evil] = repository.files.pop(shard)
            self.refuses("which is not a safetensors file beside it", SOURCE)
            self.assertEqual(set(os.listdir(self.home)), {"data"})
            self.succeeds("remove", "tiny-chat", env=self.env())

    def test_gguf_names_too(self):
        for evil in ("../evil-Q8_0.gguf", "a/../evil-Q8_0.gguf", "/etc/evil-Q8_0.gguf"):
            self.hub.repositories["Someone/G"] = Repository({evil: bytes(3000)})
            self.refuses("Someone/G: has no GGUF files; leave out 'Q8_0'", "Someone/G:Q8_0")
            self.assertEqual(set(os.listdir(self.home)), {"data"})
            self.assertEqual({name for _, _, names in os.walk(self.home) for name in names}, set())

    def test_nonsense_in_the_list(self):
        def with_file(**changes):
            return lambda document: {**document, "siblings": [
                {**entry, **changes} if entry["rfilename"] == "config.json" else entry for entry in document["siblings"]]}

        for change, expected in (
                (lambda document: [], "must be an object"), (lambda document: {**document, "sha": "../.."}, "sha is not a commit"),
                (lambda document: {**document, "id": "../../x"}, "does not name a model of the hub"),
                (lambda document: {**document, "siblings": 5}, "must be a list"),
                (with_file(size=-1), "size is not that of a file"), (with_file(size=2**63), "size is not that of a file"),
                (with_file(size=2**64), "size is not that of a file"), (with_file(size=1.5), "size is not that of a file"),
                (with_file(size=2**40), "that cannot be right"),
                (with_file(blobId="abc"), "has neither a config.json nor a GGUF file"),
                (lambda document: {**document, "siblings": [{"rfilename": "x", "size": 1, "blobId": "a" * 40}] * 100001},
                 "has too many files")):
            self.list_as(change)
            self.refuses(expected, SOURCE)
        for text in (b"", b"<html>", b"[" * 100000, b'{"id": "\xff"}', b"null"):
            self.hub.fault("api", lambda handler, body=text: handler.send(200, body), role="hub")
            self.refuses("the answer of the hub", SOURCE)

    def test_a_header_that_is_none(self):
        for content in (b"\xff" * 3000, b"\0" * 3000, safetensors({})[:4] + b"\x7f" * 3000):
            self.serve().files["model.safetensors"] = content
            self.refuses("Someone/Tiny-Chat: cannot be converted: " if content[0] == 0 else "is not a safetensors file", SOURCE)


@AT_LENGTH
@unittest.skipUnless(os.path.exists(os.path.join(PUBLISHED, "gguf")), f"SKIPPED: no models in RINGLET_TEST_DATA ('{DATA}')")
class Published(PullCase):
    """Models that others trained, as they are on the hub."""

    def test_a_folder(self):
        folder = os.path.join(PUBLISHED, "safetensors", "TinyStories-656K")
        self.hub.repositories["raincandy-u/TinyStories-656K"] = Repository(
            {name: read(os.path.join(folder, name)) for name in os.listdir(folder)})
        self.hub.fault("safetensors", servers.cut_after(1500000))
        self.pull("raincandy-u/TinyStories-656K")
        told = self.succeeds("run", "tinystories-656k", "-p", "Once", "-n", "20", "--temp", "0", "-q", env=self.env())
        by_hand = run_converter(path("published.ringlet"), folder, "--calibrate", "none")
        self.assertEqual(told, self.succeeds("run", by_hand, "-p", "Once", "-n", "20", "--temp", "0", "-q"))
        self.assertIn(b"little girl", told)

    def test_gguf_files(self):
        names = ("stories3M-Q4_0.gguf", "stories3M-Q8_0.gguf", "stories3M-F16.gguf")
        self.hub.repositories["someone/stories3M-GGUF"] = Repository(
            {name: read(os.path.join(PUBLISHED, "gguf", name)) for name in names})
        self.refuses("choose one: someone/stories3M-GGUF:Q4_0 (1.8 MiB), someone/stories3M-GGUF:Q8_0 (3.3 MiB), "
                     "someone/stories3M-GGUF:F16", "someone/stories3M-GGUF")
        self.pull("someone/stories3M-GGUF:Q4_0")
        told = self.succeeds("run", "stories3m-q4_0", "-p", "Once", "-n", "20", "--temp", "0", "-q", env=self.env())
        by_hand = run_converter(path("published.ringlet"), os.path.join(PUBLISHED, "gguf", names[0]))
        self.assertEqual(told, self.succeeds("run", by_hand, "-p", "Once", "-n", "20", "--temp", "0", "-q"))


@AT_LENGTH
class Choices(PullCase):
    def gguf(self, name):
        return {"Q8_0": lambda: gguf(8, 34), "Q4_0": lambda: gguf(2, 18), "F16": lambda: gguf(1, 64)}[name]()

    def serve_ggufs(self, **files):
        self.hub.repositories["Someone/Tiny-GGUF"] = Repository({"README.md": b"x", **files})

    def test_a_tag_chooses_a_gguf_file(self):
        self.serve_ggufs(**{"tiny-Q8_0.gguf": self.gguf("Q8_0"), "tiny.Q4_0.gguf": self.gguf("Q4_0"),
                            "mmproj-tiny-F16.gguf": bytes(9)})
        size = f"{len(self.gguf('Q8_0')) / 1024:.1f} KiB"
        line = self.refuses("Someone/Tiny-GGUF: has several GGUF files; choose one: Someone/Tiny-GGUF:Q8_0 "
                            f"({size}), Someone/Tiny-GGUF:Q4_0 (", "Someone/Tiny-GGUF")
        self.assertNotIn("mmproj", line)
        self.refuses("has no GGUF file 'Q5_K_M'; choose one: Someone/Tiny-GGUF:Q8_0", "Someone/Tiny-GGUF:Q5_K_M")
        self.pull("hf.co/Someone/Tiny-GGUF:q8_0")
        self.pull("Someone/Tiny-GGUF/tiny.Q4_0.gguf")
        entries = self.listed()
        self.assertEqual({name: (entry["source"], entry["weights"]) for name, entry in entries.items()},
                         {"tiny-q8_0": ("Someone/Tiny-GGUF:Q8_0", "int8"), "tiny-q4_0": ("Someone/Tiny-GGUF:Q4_0", "int4")})
        self.succeeds("verify", "tiny-q4_0", env=self.env())

    def test_the_only_gguf_file_needs_no_tag(self):
        self.serve_ggufs(**{"sub/tiny-f16.gguf": self.gguf("F16")})
        self.pull("Someone/Tiny-GGUF")
        self.assertEqual(self.listed()["tiny-f16"]["source"], "Someone/Tiny-GGUF:f16")

    def test_parts_belong_together(self):
        first, second = self.gguf("Q8_0"), self.gguf("Q8_0")
        self.serve_ggufs(**{"Q8_0/tiny-Q8_0-00001-of-00002.gguf": first, "Q8_0/tiny-Q8_0-00002-of-00002.gguf": second,
                            "tiny-Q4_0-00001-of-00003.gguf": first})
        self.pull("Someone/Tiny-GGUF:Q8_0", "--keep-source")
        self.assertEqual(set(os.listdir(self.path_of("tiny-q8_0.source"))),
                         {f"tiny-Q8_0-0000{i}-of-00002.gguf" for i in (1, 2)})
        self.assertTrue(self.hub.sent_to("cdn", "00002-of-00002"))
        self.refuses("has no GGUF file 'Q4_0'", "Someone/Tiny-GGUF:Q4_0")

    def test_one_tag_twice_is_named_by_its_file(self):
        self.serve_ggufs(**{"a-Q8_0.gguf": self.gguf("Q8_0"), "b-Q8_0.gguf": self.gguf("Q8_0")})
        self.refuses("has more than one GGUF file 'Q8_0'; choose one: Someone/Tiny-GGUF:a-Q8_0.gguf", "Someone/Tiny-GGUF:Q8_0")
        self.pull("Someone/Tiny-GGUF:a-Q8_0.gguf", "--name", "a")
        self.pull("Someone/Tiny-GGUF:b-Q8_0", "--name", "b")

    def test_what_cannot_be_converted_is_refused_before_the_weights(self):
        self.serve(model_type="mixtral", num_local_experts=8)
        line = self.refuses("Someone/Tiny-Chat: cannot be converted: ", SOURCE)
        self.assertIn("(--yes downloads it all the same)", line)
        self.assertEqual(self.files(), set())
        self.assertNotIn(self.home, line)
        self.refuses("tiny-chat: was downloaded to ", SOURCE, "--yes")
        self.hub.repositories["Someone/Old"] = Repository({"config.json": b"{}", "pytorch_model.bin": bytes(9)})
        self.refuses("Someone/Old: has no safetensors weights; its weights are in pytorch_model.bin, which ringlet-convert "
                     "cannot read; look for a copy with safetensors or GGUF", "Someone/Old")
        self.hub.repositories["Someone/Data"] = Repository({"README.md": b"x"})
        self.refuses("has neither a config.json nor a GGUF file; is it a language model?", "Someone/Data")

    def test_a_full_disk_is_said_before(self):
        """A model of terabytes, of which the server has the beginning."""
        huge = {"hidden_size": 1 << 15, "intermediate_size": 1 << 17, "num_attention_heads": 256, "num_key_value_heads": 8,
                "num_hidden_layers": 80}
        beginning, size = huge_safetensors(huge)
        repository = self.serve(**huge)
        repository.files["model.safetensors"] = beginning
        repository.listing = lambda document: {**document, "siblings": [
            {**entry, "lfs": {**entry["lfs"], "size": size}} if entry["rfilename"] == "model.safetensors" else entry
            for entry in document["siblings"]]}

        def answer(handler):
            body = beginning[:1 << 20]
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes 0-{len(body) - 1}/{size}")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.hub.fault("/model.safetensors", answer, times=99)
        line = self.refuses("Someone/Tiny-Chat: needs ", SOURCE)
        self.assertRegex(line, r"needs \d\.\d TiB in .*, where .* are free; make room, set XDG_DATA_HOME to another disk, "
                         "or try with --yes")
        self.assertEqual(self.files(), set())
        notes = self.pull(SOURCE, "--dry-run")
        self.assertIn(" TiB more until it is converted", notes)


if __name__ == "__main__":
    unittest.main()
