#!/usr/bin/python3
"""Obey sentences that come over MQTT: a message for each action, for a house to do.

    mqtt_bridge.py commands.ringlet --grammar commands.rglg --prefix home.prefix --lists home.lists --topic ringlet

| topic | payload |
|---|---|
| `ringlet/say` | read: a sentence, as a recogniser writes it |
| `ringlet/act` | an action to be done now or later: {"do":"on","name":"desk lamp"} |
| `ringlet/ask` | what wants a yes: {"said": …, "actions": […], "confidence": …, "allowed": …} |
| `ringlet/ignore` | the same, of what is not for the house or too unsure |
| `ringlet/fault` | {"said": …, "fault": …}: a sentence that was not answered, and why |

It needs paho-mqtt 1.x or 2.x: apt install python3-paho-mqtt
"""

import argparse
import json
import queue
import sys
from pathlib import Path

from child import Child, Fault
from recogniser_text import plain

sys.path.append(str(Path(__file__).resolve().parents[1]))
import obey  # noqa: E402

LONGEST = 160  # bytes of a sentence, as on a board
WAITING = 8  # sentences


def messages(said, answer):
    """Yield (topic, payload) for an answer of the program, by the thresholds of the firmware."""
    actions = json.loads(answer["text"]) if answer["complete"] else []
    decision = obey.decide(actions, answer["confidence"], answer["allowed"])
    if decision == "act":
        yield from (("act", action) for action in actions)
    else:
        yield decision, {"said": said, "actions": actions, "confidence": answer["confidence"], "allowed": answer["allowed"]}


class Bridge:
    """Sentences from a client of MQTT to a child, and messages back."""

    def __init__(self, client, child, topic):
        self.client, self.child, self.topic = client, child, topic
        self.sentences = queue.Queue(WAITING)
        client.on_connect, client.on_disconnect, client.on_message = self.connected, self.disconnected, self.heard

    # paho 1.x and 2.x pass these different numbers of arguments.
    def connected(self, client, _data, _flags, code, *_more):
        if code != 0:
            return note(f"the broker refuses the connection: {code}")
        client.subscribe(f"{self.topic}/say")
        return note(f"listening to {self.topic}/say")

    def disconnected(self, *_about):
        note("the connection to the broker is lost")

    def heard(self, _client, _data, message):
        """Put a sentence into the queue. A retained one is old: the broker would have it obeyed at every connection."""
        text = message.payload.decode(errors="replace")
        if message.retain:
            return self.fault(text, "retained: publish sentences without the retain flag")
        said = plain(text)
        if len(said.encode()) > LONGEST:
            return self.fault(text, f"line: longer than a command can be (at most {LONGEST} bytes, got {len(said.encode())})")
        try:
            return self.sentences.put_nowait(said) if said else None
        except queue.Full:
            return self.fault(said, f"busy: {WAITING} sentences are waiting")

    def answer(self, said):
        """Answer a sentence. Raises Fault if the child cannot be started again after a fault."""
        try:
            for topic, payload in messages(said, self.child.ask(said)):
                self.publish(topic, payload)
        except Fault as fault:
            self.fault(said, str(fault))
            self.child.start()
            note("the program runs again")

    def fault(self, said, why):
        note(f"'{said}': {why}")
        self.publish("fault", {"said": said, "fault": why})

    def publish(self, topic, payload):
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        if self.client.publish(f"{self.topic}/{topic}", text).rc != 0:
            note(f"the broker has not got {topic}: {text}")

    def run(self):
        while True:
            self.answer(self.sentences.get())


def note(text):
    print(f"mqtt_bridge: {text}", file=sys.stderr, flush=True)


def client_of(args):
    """Return a connected client of paho-mqtt."""
    try:
        import paho.mqtt.client as mqtt
    except ImportError:
        sys.exit("mqtt_bridge: paho-mqtt is missing; apt install python3-paho-mqtt")
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2) if hasattr(mqtt, "CallbackAPIVersion") else mqtt.Client()
    if args.user:
        client.username_pw_set(args.user, args.password_file and args.password_file.read_text().strip())
    return client


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    obey.add_options(parser)
    parser.add_argument("--topic", default="ringlet", help="what all topics begin with (default ringlet)")
    parser.add_argument("--host", default="localhost", help="the broker (default localhost)")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--user", metavar="NAME")
    parser.add_argument("--password-file", type=Path, metavar="FILE")
    parser.add_argument("--timeout", type=float, default=30, metavar="SECONDS", help="how long an answer can take (default 30)")
    args = parser.parse_args()
    client = client_of(args)
    try:
        bridge = Bridge(client, Child(obey.command_of(args), args.timeout), args.topic)
        client.connect(args.host, args.port)
        client.loop_start()
        bridge.run()
    except Fault as fault:
        sys.exit(f"mqtt_bridge: the program does not run: {fault}")
    except OSError as error:
        sys.exit(f"mqtt_bridge: {args.host}:{args.port}: {error.strerror or error}")
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        client.disconnect()
        client.loop_stop()  # when all is sent


if __name__ == "__main__":
    main()
