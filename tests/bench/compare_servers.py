#!/usr/bin/env python3
"""Compares `ringlet serve` with llama-server, on random models of the same shape and the same bits per weight.

Two questions: how many tokens a second some clients get together, and how long a client waits for its first token while
another's long prompt is read. Both servers have as many seats as there are clients at most, the same threads and a
cache of f16, and draft nothing, since a random model repeats itself. Rounds alternate, each with prompts of its own, so
that neither server finds the beginning of a prompt in its cache.
"""

import argparse
import http.client
import itertools
import json
import os
import random
import re
import socket
import statistics
import string
import subprocess
import sys
import threading
import time

import comparison
import models
import programs
from compare_llama_cpp import llama_build, positive

DEFAULT_CLIENTS = [1, 2, 4, 8]
SHORT, LONG = 64, 2000  # bytes of a prompt, each of which is a token of these models
SOON = 0.1  # seconds after which the second client comes; a long prompt takes longer


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--llama", required=True, type=llama_build, metavar="NAME=DIR",
                        help="a build of llama.cpp or ik_llama.cpp with llama-server and llama-quantize")
    parser.add_argument("--ringlet", required=True, metavar="DIR", help="a build directory of Ringlet")
    parser.add_argument("--cache", required=True, metavar="DIR", help="folder for models")
    parser.add_argument("--shape", default="llama-135m", help="shape of the models (default: %(default)s)")
    parser.add_argument("--type", choices=models.TYPES, default="int4",
                        help="int4 (with Q4_0) or int8 (with Q8_0) (default: %(default)s)")
    parser.add_argument("--clients", type=positive, action="append",
                        help=f"clients at once; repeatable (default: {', '.join(map(str, DEFAULT_CLIENTS))})")
    parser.add_argument("--threads", type=positive, default=2, help="threads (default: %(default)s)")
    parser.add_argument("-n", "--tokens", type=positive, default=64, help="tokens of an answer (default: %(default)s)")
    parser.add_argument("-r", "--repeats", type=positive, default=5, help="rounds (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="also write every sample to a file")
    return parser.parse_args(arguments)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A server that is ready; `command` is a function of its port."""

    def __init__(self, command):
        self.port = free_port()
        self.process = subprocess.Popen(command(self.port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 120
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise programs.Failure(f"{command(self.port)[0]} does not answer")
            time.sleep(0.1)

    def _is_ready(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def stop(self):
        self.process.kill()
        self.process.wait()

    def memory(self):
        """Resident bytes without those of the model file."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"RssAnon:\s+(\d+)", file.read()).group(1)) * 1024

    def complete(self, prompt, tokens):
        """Seconds until the first token, and until the end. Fails unless the answer has so many tokens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        begin = time.monotonic()
        connection.request("POST", "/v1/completions", json.dumps({
            "prompt": prompt, "max_tokens": tokens, "temperature": 0, "stream": True, "ignore_eos": True,
            "stream_options": {"include_usage": True}}), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        first, told = None, 0
        for line in reply:
            if not line.startswith(b"data: {"):
                continue
            first = first or time.monotonic() - begin
            told = (json.loads(line[6:]).get("usage") or {}).get("completion_tokens", told)
        connection.close()
        if reply.status != 200 or told != tokens:
            raise programs.Failure(f"port {self.port} answered with {reply.status} and {told} of {tokens} tokens")
        return first, time.monotonic() - begin


def at_once(calls):
    """Calls functions in threads of their own: seconds in all, and what they return."""
    results, failures = [None] * len(calls), []

    def work(index, call):
        try:
            results[index] = call()
        except (programs.Failure, OSError) as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(calls)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise programs.Failure(str(failures[0]))
    return time.monotonic() - begin, results


class Prompts:
    """Prompts that never begin alike; the same in every run of the script."""

    def __init__(self):
        self._generator = random.Random(1)

    def next(self, length):
        return "".join(self._generator.choice(string.ascii_letters) for _ in range(length))


def throughput(server, clients, tokens, prompts):
    """Tokens a second of all clients together, prompts included in the time."""
    calls = [lambda prompt=prompts.next(SHORT): server.complete(prompt, tokens) for _ in range(clients)]
    seconds, _ = at_once(calls)
    return {"speed": clients * tokens / seconds}


def beside_a_prompt(server, prompts):
    """Seconds until the first token of a short prompt, alone and while a long prompt is read, and those of the long one."""
    alone, _ = server.complete(prompts.next(SHORT), 1)

    def later(prompt=prompts.next(SHORT)):
        time.sleep(SOON)
        return server.complete(prompt, 1)

    _, (neighbour, late) = at_once([lambda prompt=prompts.next(LONG): server.complete(prompt, 1), later])
    if neighbour[0] < SOON + late[0]:
        print("the long prompt was read before the short one", file=sys.stderr)
    return {"alone": alone, "beside": late[0], "long": neighbour[0]}


def commands(options, tools, ours, theirs):
    """How both are started, by name."""
    seats = max(options.clients or DEFAULT_CLIENTS)
    context = LONG + options.tokens + 8
    threads = str(options.threads)
    return {
        "ringlet": lambda port: [tools["ringlet"], "serve", ours, "--port", str(port), "--seats", str(seats), "--context",
                                 str(context), "--allow-longer-context", "--threads", threads, "--kv", "f16",
                                 "--draft-tokens", "0", "--quiet"],
        "llama.cpp": lambda port: [tools["server"], "-m", theirs, "--port", str(port), "-np", str(seats), "-c",
                                   str(seats * context), "-t", threads, "-tb", threads],
    }


def measure(options, servers):
    """Alternating rounds of both servers. The one that waits computes nothing."""
    prompts = Prompts()
    results = {"throughput": [], "first_token": {name: [] for name in servers}}
    for server in servers.values():
        server.complete(prompts.next(SHORT), options.tokens)  # pages and caches are warm
    for clients in options.clients or DEFAULT_CLIENTS:
        samples = {name: [] for name in servers}
        for _, (name, server) in itertools.product(range(options.repeats), servers.items()):
            samples[name].append(throughput(server, clients, options.tokens, prompts))
        results["throughput"].append({"clients": clients, **samples})
    for _, (name, server) in itertools.product(range(options.repeats), servers.items()):
        results["first_token"][name].append(beside_a_prompt(server, prompts))
    results["memory"] = {name: server.memory() for name, server in servers.items()}
    return results


def pairs(ours, theirs, key, better):
    """The median of the ratios of neighbouring rounds; above 1 ours is better."""
    ratios = [a[key] / b[key] if better == "more" else b[key] / a[key] for a, b in zip(ours, theirs)]
    return statistics.median(ratios)


def rows(results):
    """The table, as cells."""
    for result in results["throughput"]:
        ours, theirs = result["ringlet"], result["llama.cpp"]
        clients = result["clients"]
        yield [f"{clients} client{'s' if clients > 1 else ''}, tokens a second",
               f"{comparison.median(ours, 'speed'):.0f}", f"{comparison.median(theirs, 'speed'):.0f}",
               f"{pairs(ours, theirs, 'speed', 'more'):.2f}"]
    ours, theirs = results["first_token"]["ringlet"], results["first_token"]["llama.cpp"]
    for key, name in (("alone", "first token alone, ms"), ("beside", f"first token beside a prompt of {LONG:,} tokens, ms"),
                      ("long", f"first token after {LONG:,} tokens, ms")):
        yield [name, f"{1000 * comparison.median(ours, key):.0f}", f"{1000 * comparison.median(theirs, key):.0f}",
               f"{pairs(ours, theirs, key, 'less'):.2f}"]
    memory = results["memory"]
    yield ["memory of its own, MiB", *(f"{memory[name] / 2**20:.0f}" for name in ("ringlet", "llama.cpp")),
           f"{memory['llama.cpp'] / memory['ringlet']:.2f}"]


HEADINGS = ["", "ours", "theirs", "ratio (above 1: ours is better)"]


def table(document):
    """How the figures were obtained, and the figures."""
    options = document["options"]
    return "\n".join([
        f"{document['machine']}, {document['measured']}. {options['shape']}, {options['type']} / "
        f"{models.TYPES[options['type']]}, {options['threads']} threads, answers of {options['tokens']} tokens,\n"
        f"{options['repeats']} alternating rounds, medians; {document['pages']}\n",
        *comparison.builds(document), "", comparison.line(HEADINGS), "|---" * len(HEADINGS) + "|",
        *(comparison.line(row) for row in rows(document["results"]))])


def make_models(options, tools):
    os.makedirs(options.cache, exist_ok=True)
    ours = models.make_ringlet(tools, options.cache, options.shape, options.type)
    theirs = models.make_gguf(tools, options.cache, options.shape, [options.type], ours)[options.type]
    for model in (ours, theirs):
        models.read_through(model)
    return ours, theirs


def describe(options):
    """A document without results."""
    options.kv, options.head, options.provisional, options.llama = "f16", "alike", None, [options.llama]
    document = comparison.describe(options)
    document["options"].update(shape=options.shape, type=options.type, threads=options.threads)
    return document


def main(arguments):
    options = parse(arguments)
    tools = {"ringlet": programs.find(options.ringlet, "ringlet"),
             "convert": programs.find(options.ringlet, "ringlet-convert"),
             "quantize": programs.find(options.llama["folder"], "llama-quantize"),
             "server": programs.find(options.llama["folder"], "llama-server")}
    ours, theirs = make_models(options, tools)
    servers = {}
    try:
        for name, command in commands(options, tools, ours, theirs).items():
            servers[name] = Server(command)
        document = describe(options)
        document["results"] = measure(options, servers)
    finally:
        for server in servers.values():
            server.stop()
    print(table(document))
    if options.json:
        comparison.write(options.json, document)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except programs.Failure as failure:
        sys.exit(f"compare_servers: {failure}")
