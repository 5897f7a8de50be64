"""tools/commands-model/makers/mqtt_bridge.py: decisions, faults of the program and of the broker. With paho-mqtt, in the
search path of Python, also the bridge at a broker; without it that part is skipped."""

import importlib.util
import json
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unittest
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

from fake_ringlet import FAULTS, NONE, OFF, ON, UNLOCK
from tiny_broker import Broker

ROOT = Path(__file__).resolve().parents[2]
MAKERS = ROOT / "tools/commands-model/makers"
FAKE = str(Path(__file__).with_name("fake_ringlet.py"))
sys.path.insert(0, str(MAKERS))
import mqtt_bridge  # noqa: E402
from child import Child, Fault  # noqa: E402

PAHO = importlib.util.find_spec("paho")
NEEDS_PAHO = unittest.skipUnless(PAHO, "SKIPPED: paho-mqtt is missing (apt install python3-paho-mqtt)")


def answer(actions, confidence=1.0, allowed=1.0, complete=True):
    return {"text": json.dumps(actions), "complete": complete, "confidence": confidence, "allowed": allowed}


class Messages(unittest.TestCase):
    def test_one_for_each_action_that_is_sure(self):
        self.assertEqual(list(mqtt_bridge.messages("s", answer([OFF, ON], 0.5))), [("act", OFF), ("act", ON)])

    def test_one_for_an_answer_that_is_not(self):
        for actions, confidence, allowed, topic in (
                ([ON], 0.499, 1, "ask"), ([ON, UNLOCK], 0.899, 1, "ask"), ([ON], 0.099, 1, "ignore"), ([ON], 1, 0.019, "ignore"),
                ([NONE], 1, 1, "ignore")):
            report = {"said": "s", "actions": actions, "confidence": confidence, "allowed": allowed}
            self.assertEqual(list(mqtt_bridge.messages("s", answer(actions, confidence, allowed))), [(topic, report)])

    def test_nothing_is_done_by_half_an_answer(self):
        half = {"text": '[{"do":"on"', "complete": False, "confidence": 1, "allowed": 1}
        self.assertEqual([topic for topic, _ in mqtt_bridge.messages("s", half)], ["ignore"])

    def test_numbers_are_those_of_the_firmware(self):
        folder = ROOT / "ports/firmware/commands"
        constants = dict(re.findall(r"float (\w+) = ([\d.]+)F;", (folder / "decision.hpp").read_text()))
        obey = mqtt_bridge.obey
        self.assertEqual({name: float(value) for name, value in constants.items()},
                         {"act_confidence": obey.ACT, "careful_confidence": obey.CAREFUL, "ask_confidence": obey.ASK,
                          "least_allowed": obey.LEAST_ALLOWED})
        longest = re.search(r"longest = (\d+);", (folder / "command_line.hpp").read_text())[1]
        self.assertEqual(int(longest), mqtt_bridge.LONGEST)


class Page(unittest.TestCase):
    @unittest.skipUnless(shutil.which("jq"), "SKIPPED: jq is missing (apt install jq)")
    def test_the_filter_for_zigbee2mqtt(self):
        code = re.search(r"<!-- lamps.jq -->\n```\n(.*?)```", (MAKERS / "README.md").read_text(), re.DOTALL)[1]
        actions = [ON, OFF, {**ON, "in_minutes": 5}, {"do": "brightness", "name": "strip", "area": "hall", "value": 30},
                   {"do": "toggle", "name": "strip"}, {"do": "on", "name": "it"}]
        done = subprocess.run(["jq", "-r", code], input="\n".join(map(json.dumps, actions)), text=True, check=True,
                              capture_output=True)
        sent = [line.split("\t") for line in done.stdout.splitlines()]
        self.assertEqual([(topic, json.loads(text)) for topic, text in sent], [
            ("zigbee2mqtt/desk lamp/set", {"state": "ON"}), ("zigbee2mqtt/strip/set", {"state": "ON", "brightness": 76}),
            ("zigbee2mqtt/strip/set", {"state": "TOGGLE"})])

    def test_faults_and_topics_are_those_of_the_program(self):
        page, source = (MAKERS / "README.md").read_text(), "".join(path.read_text() for path in MAKERS.glob("*.py"))
        names = set(re.findall(r"(signal|exit|silence|answer|line|busy|retained)\b[^`|]*…`", page))
        self.assertEqual(names, {"signal", "exit", "silence", "answer", "line", "busy", "retained"})
        for name in names:
            self.assertRegex(source, rf'"{name}[: ]')
        for topic in re.findall(r"^\| `ringlet/(\w+)` \|", page, re.MULTILINE):
            self.assertIn(f"| `ringlet/{topic}` |", mqtt_bridge.__doc__)


class Logic(unittest.TestCase):
    """The bridge with a client that only remembers."""

    def setUp(self):
        child = Child([FAKE], timeout=2)
        self.addCleanup(child.stop)
        self.sent, self.subscribed, self.rc, self.notes = [], [], 0, StringIO()
        client = types.SimpleNamespace(subscribe=self.subscribed.append, publish=self.publish)
        self.bridge = mqtt_bridge.Bridge(client, child, "home")
        self.client = client

    def publish(self, topic, text):
        self.sent.append((topic, json.loads(text)))
        return types.SimpleNamespace(rc=self.rc)

    def say(self, payload, retain=False):
        with redirect_stderr(self.notes):
            self.client.on_message(self.client, None, types.SimpleNamespace(payload=payload, retain=retain))

    def work(self):
        """Answer what waits, and return what was published since."""
        with redirect_stderr(self.notes):
            while not self.bridge.sentences.empty():
                self.bridge.answer(self.bridge.sentences.get())
        sent, self.sent[:] = self.sent[:], []
        return sent

    def test_sentences_are_read_as_recognisers_write_them(self):
        self.say(b" Lamp on.")
        self.say(b" [BLANK_AUDIO]")
        self.say("Nice day\u2026".encode())
        ignored = {"said": "nice day", "actions": [NONE], "confidence": 0.99, "allowed": 0.99}
        self.assertEqual(self.work(), [("home/act", ON), ("home/ignore", ignored)])

    def test_after_a_fault_the_next_sentence_is_answered(self):
        for said, why in FAULTS.items():
            self.say(said.encode())
            self.say(b"lamp on")
            self.assertEqual(self.work(), [("home/fault", {"said": said, "fault": why}), ("home/act", ON)])
            self.assertIn(f"mqtt_bridge: '{said}': {why}\nmqtt_bridge: the program runs again\n", self.notes.getvalue())

    def test_a_program_that_cannot_be_started_again_ends_the_bridge(self):
        self.bridge.child.command = ["/nowhere/ringlet"]
        self.say(b"crash")
        with self.assertRaisesRegex(Fault, "start: /nowhere/ringlet"):
            self.work()
        self.assertEqual(self.sent[0][0], "home/fault")

    def test_what_is_not_answered_is_named(self):
        self.say(b"lamp on", retain=True)
        self.say(b"lamp " * 40)
        self.assertEqual([(topic, report["fault"].split(":")[0]) for topic, report in self.work()],
                         [("home/fault", "retained"), ("home/fault", "line")])
        for _ in range(mqtt_bridge.WAITING + 1):
            self.say(b"nice day")
        sent = self.work()
        self.assertEqual([topic for topic, _ in sent], ["home/fault"] + ["home/ignore"] * mqtt_bridge.WAITING)
        self.assertEqual(sent[0][1]["fault"], "busy: 8 sentences are waiting")

    def test_what_the_broker_does_not_take_is_noted(self):
        self.rc = 4
        self.say(b"lamp on")
        self.work()
        self.assertIn('the broker has not got act: {"do":"on","name":"desk lamp"}', self.notes.getvalue())

    def test_callbacks_take_the_arguments_of_both_versions(self):
        with redirect_stderr(self.notes):
            for more in ((), ({},)):
                self.client.on_connect(self.client, None, {}, 0, *more)
                self.client.on_connect(self.client, None, {}, 5, *more)
            self.client.on_disconnect(self.client, None, 7)
            self.client.on_disconnect(self.client, None, {}, 7, None)
        self.assertEqual(self.subscribed, ["home/say"] * 2)
        self.assertEqual(self.notes.getvalue().count("refuses the connection: 5"), 2)


class Program(unittest.TestCase):
    """The bridge as it is started, at a broker."""

    def start(self, *options):
        command = [sys.executable, "-B", MAKERS / "mqtt_bridge.py", "model", "--grammar", "g", "--prefix", "p", "--lists", "l",
                   "--ringlet", FAKE, "--topic", "home", *options]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    @NEEDS_PAHO
    def test_at_a_broker(self):
        broker = Broker()
        self.addCleanup(broker.close)
        with tempfile.NamedTemporaryFile("w") as password:
            password.write("secret\n")
            password.flush()
            process = self.start("--port", str(broker.port), "--user", "maker", "--password-file", password.name)
            for connection in range(2):
                self.assertEqual(broker.topics.get(timeout=30), "home/say")
                for said in (b"All off and lamp on.", b"kill", b"Unlock!"):
                    broker.publish("home/say", said)
                got = [broker.messages.get(timeout=30) for _ in range(4)]
                self.assertEqual([topic for topic, _ in got], ["home/act", "home/act", "home/fault", "home/ask"])
                self.assertEqual([json.loads(text) for _, text in got[:3]], [OFF, ON, {"said": "kill", "fault": FAULTS["kill"]}])
                if connection == 0:
                    broker.hang_up()
        self.assertIsNone(process.poll())
        process.terminate()
        self.assertIn("the connection to the broker is lost", process.stderr.read())
        with self.assertRaises(queue.Empty):
            broker.messages.get(timeout=0.1)

    @NEEDS_PAHO
    def test_a_broker_that_refuses(self):
        broker = Broker(code=5)  # not authorised
        self.addCleanup(broker.close)
        process = self.start("--port", str(broker.port))
        self.assertIn("mqtt_bridge: the broker refuses the connection: ", process.stderr.readline())

    @NEEDS_PAHO
    def test_what_is_wrong_is_one_line(self):
        for options, why in ((("--port", "1"), "localhost:1: Connection refused"),
                             (("--lists", "/nowhere"), "the program does not run: exit 1: ringlet: /nowhere: does not exist")):
            process = self.start(*options)
            self.assertEqual(process.wait(30), 1)
            self.assertEqual(process.stderr.read(), f"mqtt_bridge: {why}\n")

    @unittest.skipIf(PAHO, "paho-mqtt is here")
    def test_without_paho_it_says_what_is_missing(self):
        process = self.start()
        self.assertEqual(process.wait(30), 1)
        self.assertIn("apt install python3-paho-mqtt", process.stderr.read())


if __name__ == "__main__":
    unittest.main()
