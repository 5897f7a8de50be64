"""Sources that would take much time or memory: the compiler answers soon, and refuses by name what it does not do."""

import json
import os
import resource
import time
import unittest

from grammar_oracle import Oracle

# Far above what any of them takes; the machine that tests can be busy or emulated.
SECONDS = 60
MEMORY = 1 << 31
# Sources that take seconds because they reach the limit of states or steps. A sanitizer makes each take a quarter of a minute.
LONG = {} if not os.environ.get("RINGLET_SANITIZERS") else {
    "large enum", "many members", "many parts", "long string", "long bounded string", "long array", "long array of anything",
    "((a|b){1,50}){1,50}", "(a{0,100}){0,100}b", "(a?){500}a{500}", "a{65535}", "[\U00010000-\U0010ffff]{3000}",
    "many alternatives", "palindromes"}


def nested(depth, make, inner):
    for _ in range(depth):
        inner = make(inner)
    return inner


def array_of(inner):
    return {"type": "array", "items": inner}


def all_of(inner):
    return {"allOf": [inner]}


SCHEMAS = {
    "deep text": "[" * 100_000,
    "deep objects": '{"not":' * 100_000,
    "deep schema that is allowed": json.dumps(nested(60, array_of, {"type": "null"})),
    "deep allOf": json.dumps(nested(90, all_of, {"type": "null"})),
    "deep enum": '{"enum":[' + "[" * 150 + "]" * 150 + "]}",
    "reference to itself": '{"$ref":"#"}',
    "two that refer to each other": '{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}',
    "reference through allOf": '{"allOf":[{"$ref":"#"}]}',
    "reference through anyOf": '{"anyOf":[{"$ref":"#"},{"type":"null"}]}',
    "array of itself": '{"type":"array","items":{"$ref":"#"}}',
    "itself must be inside": '{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}',
    "exponential conjunction": json.dumps({"allOf": [{"anyOf": [{"type": "string"}, {"type": "null"}]}] * 40}),
    "exponential references": json.dumps(
        {"$ref": "#/$defs/d0",
         "$defs": {f"d{i}": {"anyOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(40)} | {"d40": {"type": "null"}}}),
    "exponential recursion": json.dumps(
        {"$ref": "#/$defs/a",
         "$defs": {"a": {"anyOf": [{"type": "null"}] + [
             {"type": "array", "items": {"$ref": "#/$defs/a"}, "minItems": n, "maxItems": 9} for n in range(9)]}}}),
    "large enum": json.dumps({"enum": [f"value number {i * 7919 % 10007}" for i in range(4000)]}),
    "huge enum": json.dumps({"enum": [f"{i:x}" * 20 for i in range(20_000)]}),
    "many members": json.dumps({"type": "object", "properties": {f"key{i}": {"type": "string"} for i in range(1500)}}),
    "too many members": json.dumps({"type": "object", "properties": {f"k{i}": True for i in range(5000)}}),
    "many parts": json.dumps({"anyOf": [{"type": "object", "properties": {f"k{i}": {"const": i} for i in range(60)}}] * 80}),
    "long string": '{"type":"string","minLength":60000}',
    "long bounded string": '{"type":"string","maxLength":65535}',
    "too long string": '{"type":"string","maxLength":1e300}',
    "long array": '{"type":"array","items":{"type":"integer"},"minItems":20000,"maxItems":60000}',
    "long array of anything": '{"type":"array","maxItems":60000}',
    "long patterns together": json.dumps(
        {"type": "string", "allOf": [{"pattern": f"^(a|b)*a(a|b){{{n}}}$"} for n in range(12)]}),
    "long bounds": '{"type":"number","minimum":-1e-300,"maximum":1e308}',
    "pattern with exponential automaton": '{"type":"string","pattern":"(a|b)*a(a|b){20}$"}',
    "counted counts": '{"type":"string","pattern":"^(((a{1000}){1000}){1000}){1000}$"}',
    "empty counts": '{"type":"string","pattern":"^(((){60000}){60000}){60000}$"}',
    "deep groups": json.dumps({"type": "string", "pattern": "(" * 5000 + "a" + ")" * 5000}),
    "long expression": json.dumps({"type": "string", "pattern": "(a|b|[c-z])?" * 3000}),
    "pointer to nowhere": '{"$ref":"#/a/b/c"}',
    "long pointer": json.dumps({"$ref": "#" + "/a" * 100_000}),
    "wrong types": '{"type":{"type":[]},"properties":[],"items":3}',
    "not a schema": "3",
    "nothing": "",
}

EXPRESSIONS = ["(a|a)*b", "(a*)*b", "((a*)*)*b", "(a|aa)*c", "(x+x+)+y", "([a-z]+)*[0-9]", "(a{0,100}){0,100}b",
               "(.*a){12}", "(.*a.*b){6}", "((a|b){1,50}){1,50}", "a{65535}", "(a?){500}a{500}", "(" * 150 + ")" * 150,
               "[\U00010000-\U0010ffff]{3000}"]

GRAMMARS = {
    "left recursion": 'root ::= root "a" | "b"',
    "left recursion through others": 'root ::= a "x"\na ::= b? root\nb ::= "b"',
    "no end": 'root ::= "a" root',
    "not deterministic": 'root ::= a | b\na ::= "(" a ")" | "x"\nb ::= "(" b "]" | "x"',
    "ambiguous": 'root ::= root2 root2\nroot2 ::= "a" root2 | "a" | ""',
    "palindromes": 'root ::= "a" root "a" | "b" root "b" | "a" | "b" | ""',
    "many alternatives": "root ::= " + " | ".join(f'"{i}" root "{i}"' for i in range(300)) + ' | "x"',
    "many rules": "root ::= r0\n" + "".join(f"r{i} ::= r{i + 1}\n" for i in range(20_000)) + 'r20000 ::= "a"\n',
    "many recursive rules": "root ::= r0\n" + "".join(
        f'r{i} ::= "(" r{(i * 7 + 1) % 200} ")" r{(i * 3 + 2) % 200} | "x"\n' for i in range(200)),
    "counted rule": "root ::= a{60000}\n" + 'a ::= "(" a ")" | "x"',
    "counted counts": 'root ::= ((("ab"){1000}){1000}){1000}',
    "deep groups": "root ::= " + "(" * 10_000 + '"a"' + ")" * 10_000,
    "a long name": "root ::= " + "a" * 1_000_000,
    "many postfixes": 'root ::= "a"' + "*" * 100_000,
}


class Hostile(unittest.TestCase):
    def setUp(self):
        self.oracle = Oracle()
        if self.oracle.may_be_limited:
            resource.prlimit(self.oracle.process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))

    def tearDown(self):
        self.oracle.close()

    def ask(self, name, source, **question):
        if name in LONG:
            print(f"  SKIPPED under a sanitizer: {name}")
            return {"refused": ""}
        begin = time.monotonic()
        answer = self.oracle.ask(source, **question)
        seconds = time.monotonic() - begin
        result = answer.get("refused") or f"{answer['states']} states, depth {answer['depth']}"
        print(f"  {seconds:5.2f} s  {name}: {result[:120]}")
        self.assertLess(seconds, SECONDS, name)
        if "refused" in answer:
            self.assertRegex(answer["refused"], "^source[:, ]|^source is not valid JSON")
            self.assertNotIn("\n", answer["refused"])
            self.assertLess(len(answer["refused"]), 1_000_500)
        return answer

    def test_schemas(self):
        for name, source in SCHEMAS.items():
            self.ask(name, source)

    def test_expressions(self):
        for expression in EXPRESSIONS:
            self.ask(expression[:60], expression, kind="regex")
            self.ask(expression[:60], {"type": "string", "pattern": expression})

    def test_grammars(self):
        for name, source in GRAMMARS.items():
            self.ask(name, source, kind="gbnf")
            self.ask(name, source, kind="gbnf", depth=64)

    def test_stack_is_limited(self):
        source = 'root ::= "(" root ")" "x"{200} | "[" root "]" "x"{200} | "{" root "}" "x"{200} | "y"'
        for depth in (8, 63, 64, 1000):
            answer = self.ask(f"depth {depth}", source, kind="gbnf", depth=depth)
            if "refused" not in answer:
                self.assertLessEqual(answer["depth"], 64)


if __name__ == "__main__":
    unittest.main()
