"""The public JSON-Schema-Test-Suite: what the compiler accepts is valid, without exception, and what is valid in
canonical form is accepted.

RINGLET_JSON_SCHEMA_SUITE names the suite's folder `tests`.
"""

import collections
import json
import os
import pathlib
import sys
import unittest

from grammar_oracle import Oracle, texts_of

SUITE = pathlib.Path(os.environ.get("RINGLET_JSON_SCHEMA_SUITE") or "/nonexistent")
# Drafts whose keywords the compiler reads, with the validator that judges random texts.
DRAFTS = {"draft2020-12": "Draft202012Validator", "draft7": "Draft7Validator"}
# Formats that the compiler checks. All others are annotations.
FORMATS = {"date", "time", "date-time", "uuid", "ipv4"}
SAMPLES = int(os.environ.get("RINGLET_GRAMMAR_SAMPLES", "60"))


def files(draft):
    folder = SUITE / draft
    found = sorted(folder.glob("*.json")) + sorted((folder / "optional").glob("*.json"))
    found += [folder / "optional" / "format" / (name + ".json") for name in sorted(FORMATS)]
    # In draft 7 a validator may decode strings; the compiler, as later drafts say, does not.
    return [file for file in found if file.exists() and file.name != "content.json"]


def objects_in(value):
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from objects_in(member)
    elif isinstance(value, list):
        for element in value:
            yield from objects_in(element)


def numbers_in(value):
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from numbers_in(member)
    elif isinstance(value, list):
        for element in value:
            yield from numbers_in(element)


def declared(schema):
    """Whether something says which members an object has."""
    return any("properties" in part or part.get("additionalProperties") is False for part in objects_in(schema))


def names_in(schema):
    names = set()
    for part in objects_in(schema):
        for keyword in ("properties", "required"):
            if isinstance(part.get(keyword), (dict, list)):
                names |= set(part[keyword])
    return names


def why_not_canonical(file, schema, value):
    """Why a valid value is not in canonical form (tools/grammar/README.md), or None."""
    keys = {key for part in objects_in(value) for key in part}
    if keys - names_in(schema) and declared(schema):
        return "a member that the schema does not declare"
    branches = [set(branch.get("properties", {})) for branch in schema.get("anyOf", []) if isinstance(branch, dict)]
    if keys and branches and not any(keys <= branch for branch in branches) and "properties" not in schema:
        return "members of two branches of anyOf in one object"
    if any(isinstance(number, float) and number == int(number) for number in numbers_in(value)):
        return "a whole number with a fraction of zero"
    if any(isinstance(number, float) and number == int(number) for number in numbers_in(schema)):
        return "a whole number that the schema writes with a fraction of zero"
    if any(len(str(abs(number))) > 15 for number in numbers_in(value)):
        return "a number of more digits than the canonical form has"
    if any(part.get("format") in FORMATS for part in objects_in(schema)):
        if file.name == "format.json":
            return "a format that is only an annotation by default"
        if ":60" in value:
            return "a leap second"
        if value != value.upper():
            return "a small t or z in a time"
        if "999999999999999" in value:
            return "a time with more than nine digits of a second"
    beside = [part for part in objects_in(schema) if "$ref" in part and len(part) > 1]
    if beside and "draft7" in str(file):
        return "keywords beside $ref, which draft 7 ignores"
    return None


@unittest.skipUnless(SUITE.is_dir(), "SKIPPED: RINGLET_JSON_SCHEMA_SUITE names no folder")
class SchemaSuite(unittest.TestCase):
    def setUp(self):
        self.oracle = Oracle()
        self.counts = collections.Counter()
        self.reasons = collections.Counter()

    def tearDown(self):
        self.oracle.close()
        print(f"{self.id().split('.')[-1]}: {dict(self.counts)}; valid, but not canonical: {dict(self.reasons)}")

    def groups(self):
        for draft in DRAFTS:
            for file in files(draft):
                for group in json.loads(file.read_text()):
                    yield draft, file, group

    def check_group(self, file, group):
        texts = [texts_of(case["data"]) for case in group["tests"]]
        answer = self.oracle.ask(group["schema"], texts=[text for some in texts for text in some])
        if "refused" in answer:
            self.counts["schemas refused"] += 1
            # A refusal names a place: "source: #/properties/x: …", or a place in an expression.
            self.assertRegex(answer["refused"], r"^source: (#|any value|the grammar)")
            return
        self.counts["schemas compiled"] += 1
        accepted = iter(answer["accepted"])
        for case, some in zip(group["tests"], texts):
            is_accepted = any([next(accepted) for _ in some])
            where = f"{file}: {group['description']}: {case['description']}"
            if not case["valid"]:
                self.assertFalse(is_accepted, where)
                self.counts["invalid values refused"] += 1
            elif is_accepted:
                self.counts["valid values accepted"] += 1
            else:
                reason = why_not_canonical(file, group["schema"], case["data"])
                self.assertIsNotNone(reason, where)
                self.reasons[reason] += 1

    def test_instances(self):
        for _, file, group in self.groups():
            try:
                self.check_group(file, group)
            except UnicodeEncodeError:
                self.counts["half of a surrogate pair, which is no text"] += 1
        self.assertGreater(self.counts["schemas compiled"], 350)
        self.assertGreater(self.counts["valid values accepted"], 880)
        self.assertGreater(self.counts["invalid values refused"], 760)

    def test_random_texts(self):
        try:
            import jsonschema
        except ImportError:
            print("SKIPPED: python3-jsonschema is not installed (tools/setup --all installs it)")
            self.skipTest("python3-jsonschema")
        for draft, file, group in self.groups():
            # Python's \w and \s are not those of ECMA-262, and it does not know \c.
            if file.name == "ecmascript-regex.json":
                continue
            answer = self.oracle.ask(group["schema"], samples=SAMPLES, seed=len(group["description"]))
            if "refused" in answer:
                continue
            validator = getattr(jsonschema, DRAFTS[draft])(group["schema"])
            for text in answer["samples"]:
                self.counts["random texts"] += 1
                self.assertTrue(validator.is_valid(json.loads(text)),
                                f"{file}: {group['description']}: {text}")
        self.assertGreater(self.counts["random texts"], 200 * SAMPLES)


if __name__ == "__main__":
    if not SUITE.is_dir():
        print("SKIPPED: RINGLET_JSON_SCHEMA_SUITE names no folder with the JSON-Schema-Test-Suite")
        sys.exit(77)
    unittest.main()
