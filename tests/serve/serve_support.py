"""What the tests of `ringlet serve` share: a server on a free port, and a client that sees every byte.

Environment: RINGLET_PROGRAM, RINGLET_CONVERT_PROGRAM, RINGLET_BUNDLED_MODEL.
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import support  # noqa: E402
from support import PROGRAM  # noqa: E402

BUNDLED = os.environ.get("RINGLET_BUNDLED_MODEL", "")


class Server:
    """A running server; ends with the `with` block."""

    def __init__(self, model, *options, env=None):
        self.process = subprocess.Popen(
            PROGRAM + ["serve", model, "--port", "0", "--weights-in", "map", *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env or support.environment())
        self.greeting = self.process.stderr.readline().decode()
        found = re.search(r"http://\S*:(\d+) ", self.greeting)
        if not found:
            rest = self.process.communicate(timeout=60)[1].decode()
            raise RuntimeError("the server did not start: " + self.greeting + rest)
        self.port = int(found.group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, number=signal.SIGTERM, timeout=60):
        """Ends the server, and returns its exit status and what else it said."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        said = self.process.communicate(timeout=timeout)[1].decode()
        return self.process.returncode, said

    def memory(self):
        """Resident bytes without those of the model file."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"RssAnon:\s+(\d+)", file.read()).group(1)) * 1024

    def request(self, method, path, body=None, headers=None, timeout=120):
        """Status, headers and body of a reply."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            connection.close()

    def post(self, path, fields, headers=None, timeout=120):
        """The status and the JSON of a reply."""
        body = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
        status, _, reply = self.request("POST", path, body,
                                        {"Content-Type": "application/json", **(headers or {})}, timeout)
        return status, json.loads(reply)

    def get(self, path):
        status, _, reply = self.request("GET", path)
        return status, json.loads(reply)

    def text(self, prompt, **fields):
        """The text of a completion."""
        status, reply = self.post("/v1/completions", {"prompt": prompt, **fields})
        if status != 200:
            raise RuntimeError(str(reply))
        return reply["choices"][0]["text"]

    def open(self, path, fields, receive_buffer=None):
        """A socket on which a request has been sent."""
        raw = json.dumps(fields).encode()
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(120)
        client.connect(("127.0.0.1", self.port))
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       f"Content-Length: {len(raw)}\r\n\r\n".encode() + raw)
        return client

    def events(self, path, fields, headers=None):
        """The data of every event of a stream, read as they come."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("POST", path, json.dumps({**fields, "stream": True}),
                               {"Content-Type": "application/json", **(headers or {})})
            reply = connection.getresponse()
            if reply.status != 200:
                raise RuntimeError(f"{reply.status}: {reply.read()}")
            for line in reply:
                if line.startswith(b"data: "):
                    yield line[6:].strip().decode()
        finally:
            connection.close()

    def metric(self, name):
        _, _, text = self.request("GET", "/metrics")
        return int(re.search(rf"^ringlet_{name} (\d+)$", text.decode(), re.MULTILINE).group(1))

    def raw(self, data, timeout=30):
        """Sends bytes, and returns all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as client:
            client.sendall(data)
            return receive(client)


def receive(client):
    received = b""
    while True:
        try:
            block = client.recv(65536)
        except ConnectionResetError:
            break
        if not block:
            break
        received += block
    return received


def run_text(model, prompt, tokens, *options):
    """What `ringlet run` says after the prompt."""
    done = support.ringlet("run", model, "-p", prompt, "--no-echo", "-q", "-n", str(tokens), *options)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return done.stdout.decode()[:-1]  # and a newline
