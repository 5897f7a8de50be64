"""Who can use the server: hosts, origins and keys, and what it says of them when it starts."""

import json
import unittest

import serve_support
from serve_support import BUNDLED, Server


class Access(unittest.TestCase):
    def test_host_and_origin(self):
        with Server(BUNDLED, "--seats", "1", "--context", "64") as server:
            for headers, status in (({}, 200), ({"Host": "localhost:1"}, 200), ({"Host": "[::1]:80"}, 200),
                                    ({"Host": "example.org"}, 403), ({"Host": "127.0.0.1.example.org"}, 403),
                                    ({"Origin": "http://example.org"}, 403), ({"Origin": "null"}, 403),
                                    ({"Host": "localhost", "Origin": "evil://localhost"}, 403), ({"Host": "localhost", "Origin": "://localhost"}, 403),
                                    ({"Host": "localhost", "Origin": "https://LOCALHOST"}, 200),
                                    ({"Host": "localhost", "Origin": "http://localhost"}, 200)):
                got, reply_headers, _ = server.request("GET", "/v1/models", headers=headers)
                self.assertEqual(got, status, headers)
                self.assertNotIn("Access-Control-Allow-Origin", reply_headers)

    def test_cors(self):
        with Server(BUNDLED, "--seats", "1", "--context", "64", "--cors", "https://a.example") as server:
            status, headers, _ = server.request("OPTIONS", "/v1/chat/completions", headers={
                "Origin": "https://a.example", "Access-Control-Request-Method": "POST"})
            self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (204, "https://a.example"))
            # The package `openai` sends more of them in a page.
            self.assertIn("*", headers["Access-Control-Allow-Headers"].split(", "))
            status, headers, _ = server.request("GET", "/v1/models", headers={"Origin": "https://a.example"})
            self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (200, "https://a.example"))
            self.assertEqual(server.request("GET", "/v1/models", headers={"Origin": "https://b.example"})[0], 403)

    def test_cors_takes_origins_alone(self):
        for text in ("example.org", "https://example.org/", "://example.org"):
            done = serve_support.support.ringlet("serve", BUNDLED, "--port", "0", "--cors", text)
            self.assertEqual(done.returncode, 2, text)
            self.assertIn(b"is not an origin", done.stderr)

    def test_unknown_host(self):
        done = serve_support.support.ringlet("serve", BUNDLED, "--port", "0", "--host", "nowhere.invalid")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"nowhere.invalid:0: is not an address of this machine", done.stderr)

    def test_an_empty_name_is_refused(self):
        done = serve_support.support.ringlet("serve", BUNDLED, "--port", "0", "--name", "")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"--name: is empty", done.stderr)

    def test_start_says_what_will_be_refused(self):
        with Server(BUNDLED, "--seats", "1", "--context", "64", "--host", "0.0.0.0") as server:
            said = [server.process.stderr.readline() for _ in range(2)]
        self.assertIn(b"has no chat template", said[0])
        self.assertIn(b"--api-key", said[1])

    def test_keys(self):
        keys = serve_support.support.write("keys", b"first\n \tsecond \r\n\n# third\n#third")
        with Server(BUNDLED, "--seats", "1", "--context", "64", "--api-key", keys) as server:
            for key, status in ((None, 401), ("first", 200), ("second", 200), ("third", 401), ("# third", 401), ("", 401)):
                headers = {} if key is None else {"Authorization": "Bearer " + key}
                got, reply_headers, body = server.request("GET", "/v1/models", headers=headers)
                self.assertEqual(got, status)
                if status == 401:
                    self.assertEqual(json.loads(body)["error"]["code"], "invalid_api_key")
                    self.assertEqual(reply_headers["WWW-Authenticate"], "Bearer")
            self.assertEqual(server.request("GET", "/health")[0], 200)


if __name__ == "__main__":
    unittest.main()
