"""What no client should do: an error of the protocol for the one, and nothing for everybody else."""

import json
import os
import signal
import socket
import struct
import threading
import time
import unittest

import serve_support
from serve_support import BUNDLED, Server, receive
from chat_source import chat_model

# Longer than any test: such an answer ends when nobody waits for it. To this prompt, the model repeats one byte for ever.
MOST = 100_000_000
LONG = {"prompt": "The dog", "max_tokens": MOST, "temperature": 0}
HEAD = b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n"


def status_of(reply):
    return int(reply.split(b" ", 2)[1])


def error_of(reply):
    return json.loads(reply.partition(b"\r\n\r\n")[2])["error"]


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(chat_model("hostile")[0], "--seats", "2", "--context", "256", "--queue", "2",
                            "-n", str(MOST))

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.clients = []

    def tearDown(self):
        for client in self.clients:
            client.close()
        self.eventually(lambda: self.is_at(busy=0, waiting=0))
        # Whatever has happened, others are answered.
        self.assertEqual(self.server.text("Once", max_tokens=3, temperature=0),
                         self.server.text("Once", max_tokens=3, temperature=0))

    def send(self, fields, count, **options):
        """Sends a request on some connections, which are open until the test ends or closes them."""
        for _ in range(count):
            self.clients.append(self.server.open("/v1/completions", fields, **options))

    def eventually(self, condition):
        """Waits for what must come, however slow the machine."""
        end = time.monotonic() + 100
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)

    def is_at(self, busy, waiting):
        return self.server.metric("seats_busy") == busy and self.server.metric("requests_waiting") == waiting

    def refused(self, body, status, **error):
        got, reply = self.server.post("/v1/completions", body)
        self.assertEqual(got, status, reply)
        for name, value in error.items():
            self.assertEqual(reply["error"][name], value)

    def test_bodies(self):
        self.refused(b"", 400, code="invalid_json")
        self.refused(b"{", 400, code="invalid_json")
        self.refused(b"[]", 400, code="invalid_json")
        self.refused(b"{\"prompt\": \"\xff\xfe\"}", 400, code="invalid_json")
        self.refused(b"{\"prompt\": \"\\ud800\"}", 400, code="invalid_json")
        self.refused(b"{\"prompt\": 1e999}", 400, code="invalid_json")
        self.refused(b"{\"a\":" * 100000 + b"1" + b"}" * 100000, 400, code="invalid_json")
        self.refused(b"[" * 500000, 400, code="invalid_json")
        self.refused(b"{\"prompt\": [" + b"1," * 400000 + b"1]}", 400, code="invalid_json")
        self.refused(b"{" + b",".join(b"\"%d\":1" % i for i in range(50000)) + b"}", 400, code="invalid_json")

    def test_large_body(self):
        body = json.dumps({"prompt": "x" * (10 << 20)}).encode()
        self.refused(body, 413, code="body_too_large")
        # Announced, and never sent.
        reply = self.server.raw(HEAD + b"Content-Length: 10485760\r\nExpect: 100-continue\r\n\r\n")
        self.assertEqual(status_of(reply), 413)
        # In chunks, whose sum nobody announces.
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        reply = self.server.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 40 + b"0\r\n\r\n")
        self.assertEqual(status_of(reply), 413)
        self.assertLess(self.server.memory(), 256 << 20)

    def test_heads(self):
        self.assertEqual(status_of(self.server.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n" +
                                                   b"".join(b"X-%d: y\r\n" % i for i in range(100000)) + b"\r\n")), 431)
        self.assertEqual(status_of(self.server.raw(b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")), 414)
        self.assertEqual(status_of(self.server.raw(b"hello\r\n\r\n")), 400)
        self.assertEqual(status_of(self.server.raw(HEAD + b"Content-Length: -1\r\n\r\n")), 400)
        self.assertEqual(status_of(self.server.raw(HEAD + b"Content-Length: 99999999999999999999\r\n\r\n")), 413)
        self.assertEqual(status_of(self.server.raw(HEAD + b"Content-Length: 5x\r\n\r\nhello")), 400)

    def test_heads_that_can_be_read_in_two_ways(self):
        chunks = b"0\r\n\r\n"
        for lines, status in ((b"Content-Length: 2\r\nContent-Length: 3", 400), (b"Content-Length: 2\r\nContent-Length: 2", 400),
                              (b"Content-Length: 5\r\nTransfer-Encoding: chunked", 400), (b"Transfer-Encoding: gzip, chunked", 501),
                              (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400), (b"Transfer-Encoding: identity", 501),
                              (b"Origin: http://localhost\r\nOrigin: http://elsewhere.example\r\nContent-Length: 5", 400),
                              (b"X: a\r\n folded\r\nContent-Length: 5", 400), (b"X: a\0b\r\nContent-Length: 5", 400),
                              (b"X: a\x7fb\r\nContent-Length: 5", 400)):
            begin = time.monotonic()
            reply = self.server.raw(HEAD + lines + b"\r\n\r\n" + chunks)
            self.assertEqual(status_of(reply), status, lines)
            self.assertIn(b'"error"', reply, lines)
            self.assertLess(time.monotonic() - begin, 5, lines)
            self.assertEqual(status_of(self.server.raw(HEAD + b"Expect: 100-continue\r\n" + lines + b"\r\n\r\n")), status, lines)
        body = json.dumps({"prompt": "Once", "max_tokens": 1}).encode()
        for encoding, status in ((b"zstd", 415), (b"gzip, gzip", 415), (b"gzip", 400), (b"identity", 200), (b"", 200)):
            head = HEAD + b"Connection: close\r\nContent-Encoding: " + encoding + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
            self.assertEqual(status_of(self.server.raw(head + body)), status, encoding)
        for host in (b"localhost\0.example", b"localhost\r\n .example"):
            self.assertEqual(status_of(self.server.raw(b"GET /v1/models HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")), 400)

    def test_hosts(self):
        for head, status in ((b"HTTP/1.1\r\n", 400), (b"HTTP/1.0\r\n", 200), (b"HTTP/1.1\r\nHost:\r\n", 400),
                             (b"HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere.example\r\n", 400),
                             (b"HTTP/1.0\r\nHost: localhost\r\nHost: localhost\r\n", 400), (b"HTTP/1.0\r\nHost: elsewhere.example\r\n", 403),
                             (b"HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", 200)):
            reply = self.server.raw(b"GET /v1/models " + head + b"\r\n")
            self.assertEqual(status_of(reply), status, head)
            if status != 200:
                self.assertIn(b"Host", reply.split(b"\r\n\r\n")[1], head)

    def test_paths(self):
        for method, path, status in (("GET", "/v2/models", 404), ("GET", "/../../etc/passwd", 404),
                                     ("POST", "/v1/models", 405), ("GET", "/v1/completions", 405), ("DELETE", "/", 405)):
            got, _, body = self.server.request(method, path)
            self.assertEqual(got, status, path)
            self.assertIn("message", json.loads(body)["error"])

    def test_refused_methods_say_what_is_allowed(self):
        for method, path, allowed in (("POST", "/v1/models", "GET, HEAD"), ("DELETE", "/", "GET, HEAD"),
                                      ("POST", "/v1/models/x", "GET, HEAD"), ("GET", "/v1/completions", "POST")):
            self.assertEqual(self.server.request(method, path)[1]["Allow"], allowed)

    def test_targets_of_proxies(self):
        host = f"127.0.0.1:{self.server.port}"
        for target, status in ((f"http://{host}/v1/models", 200), (f"http://{host}/nothing", 404), (f"http://{host}", 200),
                               (f"HTTP://{host}/v1/models", 200), ("http:///v1/models", 403), ("HTTP://elsewhere.example/", 403),
                               ("http://elsewhere.example/v1/models", 403)):
            head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            self.assertEqual(status_of(self.server.raw(head.encode())), status, target)

    def test_tags_of_the_page_in_all_forms(self):
        tag = self.server.request("GET", "/")[1]["ETag"]
        for known, status in ((tag, 304), (f"W/{tag}", 304), (f'"other", {tag}', 304), ("*", 304), ('"other"', 200)):
            self.assertEqual(self.server.request("GET", "/", headers={"If-None-Match": known})[0], status, known)

    def test_stream_of_an_old_client_ends_with_its_connection(self):
        body = json.dumps({"prompt": "Once", "max_tokens": 8, "temperature": 0, "stream": True}).encode()
        reply = self.server.raw(b"POST /v1/completions HTTP/1.0\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        head, _, events = reply.partition(b"\r\n\r\n")
        self.assertEqual(status_of(reply), 200)
        self.assertNotIn(b"chunked", head)
        self.assertTrue(events.endswith(b"data: [DONE]\n\n"))
        chunks = [json.loads(event[6:]) for event in events.split(b"\n\n")[:-2]]
        self.assertEqual("".join(chunk["choices"][0]["text"] for chunk in chunks),
                         self.server.text("Once", max_tokens=8, temperature=0))

    def test_half_requests_do_not_hold_seats(self):
        clients = []
        for data in (b"", b"POST", HEAD, HEAD + b"Content-Length: 100\r\n\r\n{\"prompt\""):
            client = socket.create_connection(("127.0.0.1", self.server.port))
            client.sendall(data)
            clients.append(client)
        started = time.monotonic()
        self.server.text("Once", max_tokens=5)
        self.assertLess(time.monotonic() - started, 60)
        for client in clients:
            client.close()

    def test_gone_clients_free_their_seats(self):
        for stream in (True, False):
            self.send({**LONG, "stream": stream}, 4)
            self.eventually(lambda: self.is_at(busy=2, waiting=2))
            for client in self.clients[-4:]:
                # With a reset, as when a program is killed.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
            self.eventually(lambda: self.is_at(busy=0, waiting=0))

    def test_slow_readers_delay_nobody(self):
        before = self.server.metric("tokens_total")
        tokens = 4000
        self.send({**LONG, "max_tokens": tokens, "stream": True}, 2, receive_buffer=4096)
        # Nobody reads them, and both are computed to their end; then their seats are others'.
        self.eventually(lambda: self.server.metric("tokens_total") - before == 2 * tokens)
        self.eventually(lambda: self.is_at(busy=0, waiting=0))
        self.server.text("Once", max_tokens=3)

    def test_full_queue(self):
        # As many as seats and queue take, at once.
        self.send(LONG, 4)
        self.eventually(lambda: self.is_at(busy=2, waiting=2))
        status, headers, body = self.server.request("POST", "/v1/completions", b"{\"prompt\": \"x\"}")
        self.assertEqual((status, headers["Retry-After"], json.loads(body)["error"]["code"]), (503, "1", "queue_full"))

    def test_more_connections_than_threads(self):
        clients = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(40)]
        time.sleep(0.3)
        replies = []
        for client in clients[-5:]:
            client.settimeout(20)
            replies.append(receive(client))
        self.assertTrue(all(reply.startswith(b"HTTP/1.1 503") for reply in replies if reply))
        for client in clients:
            client.close()
        time.sleep(0.3)

    def test_two_requests_on_a_connection(self):
        body = b"{\"prompt\": \"Once\", \"max_tokens\": 2}"
        one = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=60) as client:
            client.sendall(one + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            self.assertEqual(receive(client).count(b"HTTP/1.1 200"), 2)

    def test_refusals_announce_the_end_of_the_connection(self):
        get = b"GET %s HTTP/1.1\r\nHost: localhost\r\n"
        for head in (get % b"/nothing", get % b"/nothing" + b"Connection: close\r\n", get % b"/health" + b"Connection: close\r\n",
                     HEAD + b"Content-Length: x\r\n", HEAD + b"Expect: 100-continue\r\nContent-Length: 10485760\r\n"):
            reply = self.server.raw(head + b"\r\n")
            self.assertEqual((reply.count(b"Connection: close\r\n"), reply.count(b"Keep-Alive:")), (1, 0), head)

    def test_half_closed_connections_get_no_empty_success(self):
        with self.server.open("/v1/completions", {"prompt": "Once", "max_tokens": 60}) as client:
            client.shutdown(socket.SHUT_WR)
            reply = receive(client)
        self.assertTrue(not reply or reply.startswith(b"HTTP/1.1 400") or b"completion_tokens" in reply, reply)

    def test_tls_is_refused_at_once(self):
        began = time.monotonic()
        self.assertEqual(self.server.raw(b"\x16\x03\x01\x02\x00\x01" + bytes(60)), b"")
        self.assertLess(time.monotonic() - began, 8)  # the head of a request has ten seconds

    def test_a_part_of_the_page_is_no_whole_page(self):
        status, headers, body = self.server.request("GET", "/", headers={"Range": "bytes=0-9"})
        self.assertEqual((status, len(body)), (206, 10))
        self.assertTrue(headers["Content-Range"].startswith("bytes 0-9/"))

    def test_addresses_as_clients_join_them(self):
        for path in ("/v1//models", "/v1/models/", "//v1/models", "/v1/models?api-version=1"):
            self.assertEqual(self.server.request("GET", path)[0], 200, path)
        name = self.server.get("/v1/models")[1]["data"][0]["id"]
        self.assertEqual(self.server.get("/v1/models/" + name)[1]["id"], name)
        self.assertEqual(self.server.get("/v1/models/other")[1]["error"]["code"], "model_not_found")
        status, reply = self.server.post("/chat/completions", {})
        self.assertEqual((status, reply["error"]["message"]), (404, "there is no /chat/completions; the protocol is at /v1"))


class Stopping(unittest.TestCase):
    def test_running_answers_are_finished(self):
        server = Server(BUNDLED, "--seats", "2", "--context", "256")
        replies = []
        threads = [threading.Thread(target=lambda: replies.append(
            server.post("/v1/completions", {"prompt": "Once", "max_tokens": 150}))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for _ in range(100):
            if server.metric("seats_busy") == 2:
                break
            time.sleep(0.02)
        status, said = server.stop(signal.SIGTERM)
        for thread in threads:
            thread.join()
        self.assertEqual(status, 0, said)
        self.assertEqual([(s, r["usage"]["completion_tokens"] > 0) for s, r in replies], [(200, True)] * 2)

    def test_new_requests_are_refused_meanwhile(self):
        with Server(chat_model("stopping")[0], "--seats", "1", "--context", "256", "-n", str(MOST)) as server:
            with server.open("/v1/completions", LONG):
                while server.metric("seats_busy") < 1:
                    time.sleep(0.02)
                server.process.send_signal(signal.SIGTERM)
                end = time.monotonic() + 20
                status, reply = 200, None
                while status == 200 and time.monotonic() < end:
                    status, reply = server.get("/v1/models")
            self.assertEqual((status, reply["error"]["code"]), (503, "stopping"))

    def test_memory_stays(self):
        with Server(BUNDLED, "--seats", "2", "--context", "128") as server:
            for _ in range(20):
                server.text("Once", max_tokens=8)
            before = server.memory()
            for _ in range(int(os.environ.get("RINGLET_SERVE_REQUESTS", "200"))):
                server.text("Once upon", max_tokens=4)
            self.assertLess(server.memory() - before, 4 << 20)

    def test_taken_port(self):
        with Server(BUNDLED, "--seats", "1", "--context", "64") as server:
            with self.assertRaisesRegex(RuntimeError, "cannot be listened on.*choose another with --port"):
                Server(BUNDLED, "--port", str(server.port), "--context", "64")


if __name__ == "__main__":
    unittest.main()
