"""A broker of MQTT 3.1.1 for one client: CONNECT, SUBSCRIBE, PUBLISH of quality 0, PINGREQ. The test is what else is connected."""

import queue
import socket
import struct
import threading

CONNECT, CONNACK, PUBLISH, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP = 1, 2, 3, 8, 9, 12, 13


class Broker(threading.Thread):
    """Accepts clients one after the other. `messages` is what they publish, `topics` what they subscribe."""

    def __init__(self, code=0):
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port, self.code = self.server.getsockname()[1], code
        self.messages, self.topics, self.client = queue.Queue(), queue.Queue(), None
        self.start()

    def run(self):
        while True:
            try:
                self.client, _ = self.server.accept()
                with self.client, self.client.makefile("rb") as stream:
                    self._serve(stream)
            except (OSError, EOFError):
                if self.server.fileno() < 0:
                    return

    def publish(self, topic, payload, retain=False):
        """Send a message to the client."""
        name = topic.encode()
        self._send(PUBLISH << 4 | retain, struct.pack("!H", len(name)) + name + payload)

    def hang_up(self):
        """Close the connection of the client."""
        self.client.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()

    def _send(self, head, body):
        assert len(body) < 1 << 14
        size = bytes([len(body)]) if len(body) < 128 else bytes([len(body) & 127 | 128, len(body) >> 7])
        self.client.sendall(bytes([head]) + size + body)

    def _serve(self, stream):
        while True:
            kind, body = self._packet(stream)
            if kind == CONNECT:
                self._send(CONNACK << 4, bytes([0, self.code]))
            elif kind == SUBSCRIBE:
                size = struct.unpack("!H", body[2:4])[0]
                self._send(SUBACK << 4, body[:2] + b"\0")
                self.topics.put(body[4:4 + size].decode())
            elif kind == PUBLISH:
                size = struct.unpack("!H", body[:2])[0]
                self.messages.put((body[2:2 + size].decode(), body[2 + size:].decode()))
            elif kind == PINGREQ:
                self._send(PINGRESP << 4, b"")

    @staticmethod
    def _packet(stream):
        """Return kind and body of the next packet."""
        def byte():
            if not (read := stream.read(1)):
                raise EOFError
            return read[0]

        kind, size, shift = byte() >> 4, 0, 0
        while True:
            part = byte()
            size |= (part & 127) << shift
            shift += 7
            if part < 128:
                return kind, stream.read(size)
