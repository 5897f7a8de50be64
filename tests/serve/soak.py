"""A long job: clients of all kinds at once, for minutes, against a server that may be built with sanitizers.

    RINGLET_PROGRAM=build/asan-ubsan/bin/ringlet RINGLET_BUNDLED_MODEL=tools/demo-model/storyteller.ringlet \\
        python3 tests/serve/soak.py [SECONDS]

Every answer is compared with what the server said to the same request alone. Fails if one differs, if the server says
anything on standard error that is not its own message, or if its memory grows. (The sanitizers' own memory grows with threads, so
there it is only printed; leaks are reported at the end.)
"""

import json
import random
import socket
import struct
import sys
import threading
import time

from serve_support import BUNDLED, Server, support

PROMPTS = ["Once upon a time", "The dog", "Lily and Tom", "In the garden there was a big tree. One day", "A red ball"]


def request_of(generator):
    return {"prompt": generator.choice(PROMPTS), "max_tokens": generator.choice((1, 20, 60)), "temperature": 0.8,
            "seed": generator.randrange(4)}


def client(server, expected, end, seed, failures):
    generator = random.Random(seed)
    while time.monotonic() < end and not failures:
        fields = request_of(generator)
        kind = generator.randrange(10)
        try:
            if kind == 0:  # goes away
                gone = server.open("/v1/completions", {**fields, "stream": generator.random() < 0.5})
                time.sleep(generator.random() * 0.05)
                if generator.random() < 0.5:
                    gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                gone.close()
            elif kind == 1:  # says nonsense
                server.raw(bytes(generator.randrange(256) for _ in range(generator.randrange(1, 300))) + b"\r\n\r\n")
            elif kind < 5:
                events = list(server.events("/v1/completions", fields))
                said = "".join(json.loads(e)["choices"][0]["text"] for e in events[:-1])
                if said != expected[json.dumps(fields)]:
                    failures.append((fields, said))
            else:
                status, reply = server.post("/v1/completions", fields)
                if status != 503 and reply["choices"][0]["text"] != expected[json.dumps(fields)]:
                    failures.append((fields, reply))
        except (ConnectionError, RuntimeError) as error:
            if "503" not in str(error):
                failures.append((fields, error))


def has_sanitizer():
    with open(support.PROGRAM[-1], "rb") as file:
        program = file.read()
    return b"__asan_" in program or b"__tsan_" in program


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600
    # What a server with the address sanitizer has freed stays in its memory up to this size.
    environment = {**support.environment(), "ASAN_OPTIONS": "quarantine_size_mb=2:thread_local_quarantine_size_kb=64"}
    with Server(BUNDLED, "--seats", "2", "--context", "128", "--deadline", "3600", env=environment) as server:
        expected = {}
        for prompt in PROMPTS:
            for tokens in (1, 20, 60):
                for seed in range(4):
                    fields = {"prompt": prompt, "max_tokens": tokens, "temperature": 0.8, "seed": seed}
                    expected[json.dumps(fields)] = server.text(**fields)
        before = server.memory()
        failures = []
        end = time.monotonic() + seconds
        threads = [threading.Thread(target=client, args=(server, expected, end, i, failures)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        grown = server.memory() - before
        answers = server.metric("answers_total")
        status, said = server.stop()
    print(f"{answers} answers, memory grew by {grown} bytes, status {status}, {len(failures)} failures")
    foreign = [line for line in said.splitlines() if line and not line.startswith("ringlet: ")]
    if failures or status != 0 or foreign or (grown > 8 << 20 and not has_sanitizer()):
        sys.exit(f"{failures[:3]}\n{said}")


if __name__ == "__main__":
    main()
