"""Asks the compiler of grammars (oracle.cpp), and writes JSON as it does."""

import itertools
import json
import os
import subprocess


class Oracle:
    def __init__(self):
        emulator = os.environ.get("RINGLET_EMULATOR", "").split()
        command = emulator + [os.environ["RINGLET_GRAMMAR_ORACLE"]]
        # An emulator and a sanitizer reserve more memory than they use.
        self.may_be_limited = not emulator and not os.environ.get("RINGLET_SANITIZERS")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        encoding="utf-8")

    def ask(self, source, kind="schema", **question):
        if not isinstance(source, str):
            source = json.dumps(source)
        self.process.stdin.write(json.dumps({"kind": kind, "source": source, **question}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the compiler ended: {question} {source[:2000]}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait() == 0


def texts_of(value, limit=200):
    """The value in compact JSON, with the members of objects in every order."""
    if isinstance(value, dict):
        texts = []
        for members in itertools.islice(itertools.permutations(value.items()), limit):
            parts = [texts_of(member, limit) for _, member in members]
            for choice in itertools.islice(itertools.product(*parts), limit):
                keys = [json.dumps(key, ensure_ascii=False) for key, _ in members]
                texts.append("{" + ",".join(key + ":" + text for key, text in zip(keys, choice)) + "}")
        return texts[:limit]
    if isinstance(value, list):
        parts = [texts_of(element, limit) for element in value]
        return ["[" + ",".join(choice) + "]" for choice in itertools.islice(itertools.product(*parts), limit)]
    return [json.dumps(value, ensure_ascii=False)]
