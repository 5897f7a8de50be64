"""Servers on a free port of this machine: of one folder, or by a handler of the caller."""

import functools
import http.server
import threading


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript",
                      ".wasm": "application/wasm", ".json": "application/json", ".svg": "image/svg+xml"}

    def log_message(self, *_):
        pass


def serve(folder):
    """The server of a folder, and its address."""
    return serve_by(functools.partial(Handler, directory=folder))


def serve_by(handler):
    """The server that answers by this handler, and its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"
