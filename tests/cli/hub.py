"""A server that behaves as Hugging Face's hub does, and badly on request.

Large files are in another server (another origin), to which the hub redirects, as it does to its content network. Faults
are functions that take a request in place of the usual answer.
"""

import hashlib
import http.server
import json
import re
import threading
import time
import urllib.parse

LARGE = 2000  # bytes from which files are in LFS


def git_blob(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Repository:
    def __init__(self, files, licence="apache-2.0", gated=False):
        self.files, self.licence, self.gated = dict(files), licence, gated
        self.listing = None  # replaces what is derived from the files: a function of it

    @property
    def commit(self):
        return hashlib.sha1(repr(sorted((k, hashlib.sha1(v).hexdigest()) for k, v in self.files.items())).encode()).hexdigest()

    def describe(self, name):
        siblings = []
        for path, content in self.files.items():
            entry = {"rfilename": path, "size": len(content), "blobId": git_blob(content)}
            if len(content) >= LARGE:
                entry["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
                entry["blobId"] = "f" * 40  # of the pointer
            siblings.append(entry)
        document = {"id": name, "sha": self.commit, "gated": "manual" if self.gated else False, "private": False,
                    "cardData": {"license": self.licence}, "siblings": siblings}
        return self.listing(document) if self.listing else document


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *arguments):
        pass

    @property
    def hub(self):
        return self.server.hub

    def handle(self):
        try:
            super().handle()
        except ConnectionError:
            pass  # a client that has had enough

    def do_GET(self):
        self.hub.requests.append((self.server.role, self.path, dict(self.headers)))
        for fault in list(self.hub.faults):
            role, pattern, times, action = fault
            if role == self.server.role and re.search(pattern, self.path) and fault[2] != 0:
                fault[2] = times - 1
                try:
                    action(self)
                except ConnectionError:
                    self.close_connection = True
                return
        try:
            self.answer_cdn() if self.server.role == "cdn" else self.answer_hub()
        except ConnectionError:
            self.close_connection = True

    def send(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, code, message):
        self.send(status, json.dumps({"error": message}).encode(), X_Error_Code=code, X_Error_Message=message)

    def has_token(self):
        given = self.headers.get("Authorization")
        return given is not None and given == f"Bearer {self.hub.token}"

    def answer_hub(self):
        path = urllib.parse.urlsplit(self.path).path
        given = self.headers.get("Authorization")
        if given is not None and not self.has_token():
            return self.refuse(401, "", "Invalid credentials in Authorization header")
        listing = re.fullmatch(r"/api/models/([^/]+/[^/]+)/revision/([^/]+)", path)
        file = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([0-9a-f]{40})/(.+)", path)
        name = (listing or file)[1] if listing or file else ""
        if name in self.hub.renamed:
            return self.send(307, Location=self.path.replace(name, self.hub.renamed[name]))
        repository = self.hub.repositories.get(name)
        if repository is None:
            return self.refuse(401 if given is None else 404, "RepoNotFound", "Repository not found")
        if listing:
            revision = urllib.parse.unquote(listing[2])
            if revision not in (*self.hub.branches, repository.commit):
                return self.refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
            assert urllib.parse.urlsplit(self.path).query == "blobs=true", self.path
            return self.send(200, json.dumps(repository.describe(name)).encode(), Content_Type="application/json")
        if repository.gated and not self.has_token():
            return self.refuse(401, "GatedRepo", f"Access to model {name} is restricted")
        content = repository.files.get(urllib.parse.unquote(file[3]))
        if content is None or file[2] != repository.commit:
            return self.refuse(404, "EntryNotFound", "Entry not found")
        if len(content) < LARGE:
            return self.send_content(content, git_blob(content))
        digest = hashlib.sha256(content).hexdigest()
        self.hub.blobs[digest] = content
        # A relative redirect first, as for renamed repositories and the resolve cache.
        if "direct" not in self.path:
            return self.send(307, Location=f"{self.path}?direct=1")
        self.send(302, Location=f"{self.hub.cdn_address}/{digest}/{file[3]}?Signature=abc", X_Linked_Etag=f'"{digest}"',
                  X_Linked_Size=str(len(content)), X_Repo_Commit=repository.commit)

    def answer_cdn(self):
        digest = self.path.split("/")[1]
        self.send_content(self.hub.blobs[digest], self.hub.etags.get(digest, digest))

    def part_of(self, content, etag):
        """The first byte to send, and the last but one; the whole content where a range is missing or outdated."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked or self.headers.get("If-Range", f'"{etag}"') != f'"{etag}"' or not self.hub.ranges:
            return None
        return int(asked[1]), min(int(asked[2]) + 1 if asked[2] else len(content), len(content))

    def send_content(self, content, etag, cut=None):
        part = self.part_of(content, etag)
        first, end = part or (0, len(content))
        if first >= len(content) > 0:
            return self.send(416, Content_Range=f"bytes */{len(content)}")
        self.send_response(206 if part else 200)
        self.send_header("ETag", f'"{etag}"')
        self.send_header("Content-Length", str(end - first))
        if part:
            self.send_header("Content-Range", f"bytes {first}-{end - 1}/{len(content)}")
        self.end_headers()
        body = content[first:end]
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)


class Hub:
    """Two servers on this machine. `requests` has what arrived: role, path, headers."""

    def __init__(self, token="hf_secret"):
        self.token, self.requests, self.faults = token, [], []
        self.repositories, self.blobs, self.etags, self.renamed = {}, {}, {}, {}
        self.branches, self.ranges = {"main"}, True
        self.servers = []
        for role in ("hub", "cdn"):
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            server.daemon_threads = True
            server.role, server.hub = role, self
            threading.Thread(target=server.serve_forever, args=(0.02, ), daemon=True).start()
            self.servers.append(server)
        self.address, self.cdn_address = (f"http://127.0.0.1:{server.server_port}" for server in self.servers)

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def fault(self, pattern, action, times=1, role="cdn"):
        self.faults.append([role, pattern, times, action])

    def sent_to(self, role, pattern=""):
        return [(path, headers) for where, path, headers in self.requests if where == role and re.search(pattern, path)]


# Faults of the content network.

def content_of(handler):
    digest = handler.path.split("/")[1]
    return handler.hub.blobs[digest], handler.hub.etags.get(digest, digest)


def cut_after(count):
    """Closes the connection after so many bytes of the body."""
    return lambda handler: handler.send_content(*content_of(handler), cut=count)


def status(code, **headers):
    return lambda handler: handler.send(code, b"busy", **headers)


def damaged(handler):
    content, etag = content_of(handler)
    handler.send_content(content[:-1] + bytes([content[-1] ^ 1]), etag)


def endless(handler):
    """Sends without end, and without a length."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    content, _ = content_of(handler)
    handler.wfile.write(content)
    while True:
        handler.wfile.write(bytes(1 << 16))


def lying_length(difference):
    """Promises another number of bytes than it sends."""
    def answer(handler):
        content, etag = content_of(handler)
        handler.send_response(200)
        handler.send_header("ETag", f'"{etag}"')
        handler.send_header("Content-Length", str(len(content) + difference))
        handler.end_headers()
        handler.wfile.write(content[:len(content) + min(difference, 0)])
        handler.close_connection = True
    return answer


def stalled(handler):
    """Sends a little, and then nothing."""
    content, etag = content_of(handler)
    handler.send_response(200)
    handler.send_header("ETag", f'"{etag}"')
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[:500])
    handler.wfile.flush()
    time.sleep(8)
    handler.close_connection = True
