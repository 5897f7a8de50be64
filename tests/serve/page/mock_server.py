"""A server that speaks the protocol of `ringlet serve` as far as its page does, with replies that a test prescribes.

It can be stopped, which cuts its connections, and started again at the same address."""

import http.server
import json
import queue
import socket
import threading
import time

POLICY = "frame-ancestors 'none'"  # what a page cannot say of itself


class Reply:
    """What one request for a chat gets. `pieces` are texts, ("reasoning", text), ("tool", name), ("wait", seconds), ("raw", bytes),
    or "cut", which drops the connection."""

    def __init__(self, *pieces, pause=0.0, end="stop", status=200, headers=(), message="", usage=True):
        self.pieces, self.pause, self.end, self.status = pieces, pause, end, status
        self.headers, self.message, self.usage = dict(headers), message, usage
        self.sent = 0  # pieces
        self.over = threading.Event()
        self.aborted = False



class MockServer:
    def __init__(self, page, plan):
        self.page, self.plan = page, plan
        self.key = ""
        self.model = "storyteller"
        self.healthy = True
        self.replies = queue.Queue()
        self.requests = []  # bodies of chats
        self.heads = []  # Authorization of each request
        self.port = 0
        self.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}/"

    def will(self, *replies):
        for reply in replies:
            self.replies.put(reply)
        return replies[0] if len(replies) == 1 else replies

    def start(self):
        mock = self
        self.sockets = set()

        class Bound(Handler):
            server_of_test = mock

        class Listening(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False  # replies may still be waiting for their next piece

        self.http = Listening(("127.0.0.1", self.port), Bound)
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        for connection in list(self.sockets):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of_test = None

    def log_message(self, *_):
        pass

    def setup(self):
        super().setup()
        self.server_of_test.sockets.add(self.connection)

    def finish(self):
        self.server_of_test.sockets.discard(self.connection)
        super().finish()

    def handle(self):
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def answer(self, status, kind, data, headers=()):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(data))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def error(self, status, message, headers=()):
        body = {"error": {"message": message, "type": "invalid_request_error", "code": None, "param": None}}
        self.answer(status, "application/json", json.dumps(body).encode(), headers)

    def allowed(self):
        mock = self.server_of_test
        mock.heads.append(self.headers.get("Authorization"))
        if not mock.key or self.headers.get("Authorization") == f"Bearer {mock.key}":
            return True
        self.error(401, "the API key is missing or wrong")
        return False

    def do_GET(self):
        mock = self.server_of_test
        if self.path == "/":
            self.answer(200, "text/html; charset=utf-8", mock.page.encode(), [("Content-Security-Policy", POLICY)])
        elif self.path == "/health":
            if mock.healthy:
                self.answer(200, "application/json", b'{"status":"ok"}')
            else:
                self.error(503, "loading the model")
        elif self.path.startswith("/sources/"):  # modules by themselves, for a page without a policy
            self.answer(200, "text/javascript", (mock.sources / self.path[9:]).read_bytes())
        elif self.path == "/blank":
            self.answer(200, "text/html; charset=utf-8", b"<!doctype html><title>blank</title><body>")
        elif not self.allowed():
            pass
        elif self.path == "/v1/models":
            body = {"object": "list", "data": [{"id": mock.model, "object": "model", "owned_by": "ringlet"}]}
            self.answer(200, "application/json", json.dumps(body).encode())
        elif self.path == "/plan":
            self.answer(200, "application/json", json.dumps(mock.plan).encode())
        elif self.path == "/metrics":
            self.answer(200, "text/plain; version=0.0.4", (
                "# HELP ringlet_generated_tokens_total Tokens generated\n# TYPE ringlet_generated_tokens_total counter\n"
                f"ringlet_generated_tokens_total {len(mock.requests) * 1234}\n"
                "# HELP ringlet_seats Seats\n# TYPE ringlet_seats gauge\nringlet_seats{state=\"busy\"} 1\nringlet_seats{state=\"free\"} 3\n"
            ).encode())
        else:
            self.error(404, f"there is no {self.path}")

    def do_POST(self):
        mock = self.server_of_test
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions" or not self.allowed():
            return
        mock.requests.append(body)
        try:
            reply = mock.replies.get_nowait()
        except queue.Empty:
            reply = Reply("This was not prescribed.")
        if reply.status != 200:
            self.error(reply.status, reply.message, reply.headers.items())
            reply.over.set()
            return
        try:
            self.stream(reply, body)
        except OSError:
            reply.aborted = True
            self.close_connection = True
        reply.over.set()

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def event(self, body, choices, **more):
        event = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body.get("model", ""),
                 "choices": choices, **more}
        self.chunk(b"data: " + json.dumps(event).encode() + b"\n\n")

    def stream(self, reply, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

        def delta(**fields):
            self.event(body, [{"index": 0, "delta": fields, "finish_reason": None}])
        delta(role="assistant", content="")
        for piece in reply.pieces:
            if reply.pause:
                time.sleep(reply.pause)
            if piece == "cut":
                self.connection.shutdown(socket.SHUT_RDWR)
                raise ConnectionAbortedError
            if isinstance(piece, str):
                delta(content=piece)
            elif piece[0] == "reasoning":
                delta(reasoning_content=piece[1])
            elif piece[0] == "tool":
                function = {"name": piece[1], "arguments": "{}"}
                delta(tool_calls=[{"index": 0, "id": "call_1", "type": "function", "function": function}])
            elif piece[0] == "raw":
                self.chunk(piece[1])
            elif piece[0] == "wait":
                time.sleep(piece[1])
            reply.sent += 1
        self.event(body, [{"index": 0, "delta": {}, "finish_reason": reply.end}])
        if reply.usage and body.get("stream_options", {}).get("include_usage"):
            count = len(reply.pieces)
            self.event(body, [], usage={"prompt_tokens": 17, "completion_tokens": count, "total_tokens": 17 + count})
        self.chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")
