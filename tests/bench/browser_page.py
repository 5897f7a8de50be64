"""The page of compare_browser.py: a static server of several folders, and a tab of headless Chromium that shows it."""

import http.server
import json
import os
import sys

import programs

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in (("support", "browser"), ("wasm", "page")):
    sys.path.insert(0, os.path.join(os.path.dirname(HERE), *folder))

import devtools  # noqa: E402
import server  # noqa: E402

TYPES = {".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm"}


class Handler(http.server.BaseHTTPRequestHandler):
    """Files below the folders of `places`, {"name": folder}, at /name/. The headers isolate the page: it then has a finer
    clock, and shared memory, which wllama needs even for one thread."""

    places = {}

    def path_of(self):
        name, _, rest = self.path.lstrip("/").partition("/")
        if name not in self.places or ".." in rest.split("/"):
            return None
        return os.path.join(self.places[name], rest)

    def do_GET(self):
        path = self.path_of()
        if not path or not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as file:
            data = file.read()
        self.send_response(200)
        for header, value in (("Content-Type", TYPES.get(os.path.splitext(path)[1], "application/octet-stream")),
                              ("Content-Length", str(len(data))), ("Cross-Origin-Opener-Policy", "same-origin"),
                              ("Cross-Origin-Embedder-Policy", "require-corp")):
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def serve(places):
    """The server of these folders, and its address."""
    return server.serve_by(type("Places", (Handler,), {"places": places}))


class Page:
    """A tab with measure.js. A program of it is "ringlet" or "wllama"."""

    def __init__(self, browser, address):
        self.tab = devtools.Tab(browser)
        self.tab.call("Page.navigate", url=f"{address}bench/index.html")
        self.tab.until("Boolean(globalThis.measure)", 30)

    def _call(self, name, *values):
        try:
            return self.tab.run(f"measure.{name}({', '.join(map(json.dumps, values))})")
        except (AssertionError, RuntimeError) as error:
            raise programs.Failure(f"the page could not {name} {values[0]}: {error}") from error

    def load(self, program, path, options):
        """Loads a model, and says what the program says of itself."""
        return self._call("load", program, path, options)

    def decode(self, program, tokens):
        return self._call("decode", program, tokens)

    def close(self):
        self.tab.close()


class Site:
    """The server and the browser."""

    def __init__(self, program, places):
        self.server, self.address = serve({"bench": os.path.join(HERE, "browser"), **places})
        self.browser = devtools.Browser(program)
        self.version = self.browser.call("Browser.getVersion")["product"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.close()
        self.server.shutdown()
        self.server.server_close()

    def page(self):
        return Page(self.browser, self.address)
