"""Schemas that people have: the tools of Home Assistant's assistants, and answers of fixed shape."""

import json
import random
import unittest

from grammar_oracle import Oracle

DOMAINS = ["light", "switch", "fan", "cover", "lock", "media_player", "climate", "vacuum", "scene", "valve"]
CLASSES = ["awning", "blind", "curtain", "door", "garage", "gate", "shade", "shutter", "window", "outlet", "switch",
           "tv", "speaker", "receiver", "water", "gas"]
STRING = {"type": "string"}
PLACE = {"name": STRING, "area": STRING, "floor": STRING}
KIND = {"domain": {"type": "array", "items": {"type": "string", "enum": DOMAINS}},
        "device_class": {"type": "array", "items": {"type": "string", "enum": CLASSES}}}


def percent(least=0):
    return {"type": "integer", "minimum": least, "maximum": 100}


def whole():
    return {"type": "integer", "minimum": 0}


def tool(properties, required=()):
    return {"type": "object", "properties": properties, "required": list(required)}


DURATION = {"hours": whole(), "minutes": whole(), "seconds": whole()}
# The intents of Home Assistant, with the arguments that its language models get.
TOOLS = {
    "HassTurnOn": tool(PLACE | KIND),
    "HassTurnOff": tool(PLACE | KIND),
    "HassLightSet": tool(PLACE | {"domain": {"type": "array", "items": {"type": "string", "enum": ["light"]}},
                                  "color": STRING, "temperature": whole(), "brightness": percent()}),
    "HassSetPosition": tool(PLACE | KIND | {"position": percent()}, ["position"]),
    "HassClimateSetTemperature": tool({"temperature": {"type": "number"}} | PLACE, ["temperature"]),
    "HassSetVolume": tool(PLACE | {"volume_level": percent()}, ["volume_level"]),
    "HassSetVolumeRelative": tool(PLACE | {"volume_step": {"anyOf": [{"type": "string", "enum": ["up", "down"]},
                                                                    {"type": "integer", "minimum": -100,
                                                                     "maximum": 100}]}}, ["volume_step"]),
    "HassMediaSearchAndPlay": tool({"search_query": STRING, "media_class": {
        "type": "string", "enum": ["album", "artist", "music", "playlist", "podcast", "track", "tv_show"]}} | PLACE,
        ["search_query"]),
    "HassListAddItem": tool({"item": STRING, "name": STRING}, ["item", "name"]),
    "HassStartTimer": tool(DURATION | {"name": STRING, "conversation_command": STRING}),
    "HassIncreaseTimer": tool({"start_" + key: value for key, value in DURATION.items()} | PLACE | DURATION),
    "HassBroadcast": tool({"message": STRING}, ["message"]),
    "HassGetState": tool(PLACE | KIND | {"state": {"type": "array", "items": STRING}}),
    "HassVacuumStart": tool({"name": STRING, "area": STRING}),
    "GetLiveContext": tool({}),
    "GetDateTime": {"type": "object", "properties": {}},
    "script": tool({"when": {"type": "string", "format": "date-time"}, "volume": {"type": "number", "minimum": 0.0,
                                                                                  "maximum": 1.0},
                    "days": {"type": "array", "items": {"enum": ["mon", "tue", "wed"]}, "minItems": 1, "maxItems": 3},
                    "note": {"type": ["string", "null"], "maxLength": 40}, "extra": {"type": "object"}}, ["when"]),
}
CALL = {"anyOf": [{"type": "object", "properties": {"name": {"const": name}, "arguments": schema},
                   "required": ["name", "arguments"], "additionalProperties": False}
                  for name, schema in TOOLS.items()]}


class Tools(unittest.TestCase):
    def setUp(self):
        self.oracle = Oracle()

    def tearDown(self):
        self.oracle.close()

    def valid(self, schema, texts):
        try:
            import jsonschema
        except ImportError:
            print("SKIPPED: python3-jsonschema is not installed (tools/setup --all installs it)")
            return
        validator = jsonschema.Draft202012Validator(schema)
        for text in texts:
            self.assertTrue(validator.is_valid(json.loads(text)), text)

    def test_home_assistant(self):
        for name, schema in TOOLS.items():
            answer = self.oracle.ask(schema, samples=100)
            self.assertNotIn("refused", answer, name)
            self.valid(schema, answer["samples"])
            print(f"  {name}: {answer['states']} states, depth {answer['depth']}")

    def test_all_tools_in_one(self):
        answer = self.oracle.ask(CALL, samples=500, texts=[
            '{"name":"HassTurnOn","arguments":{"name":"Küche","domain":["light"]}}',
            '{"name":"HassTurnOn","arguments":{"area":"x","device_class":["door","gate"]}}',
            '{"name":"HassTurnOn","arguments":{"area":"x","device_class":["house"]}}',
            '{"name":"HassSetPosition","arguments":{"name":"a","position":100}}',
            '{"name":"HassSetPosition","arguments":{"name":"a","position":101}}',
            '{"name":"HassSetPosition","arguments":{"name":"a"}}',
            '{"name":"GetLiveContext","arguments":{}}',
            '{"name":"GetLiveContext","arguments":{"name":"a"}}',
        ])
        self.assertEqual(answer["accepted"], [True, True, False, True, False, False, True, False])
        self.valid(CALL, answer["samples"])
        print(f"  all in one: {answer['states']} states, depth {answer['depth']}")

    # Optional members with a common beginning, from every one to the next.
    def test_optional_members_that_begin_alike(self):
        names = ["d", "do", "dom", "domain", "device", "device_class", "e"]
        schema = tool({name: {"type": "integer", "minimum": 0, "maximum": 9} for name in names})
        rng = random.Random(1)
        texts = []
        wanted = []
        for _ in range(300):
            chosen = [name for name in names if rng.random() < 0.5]
            if rng.random() < 0.3:
                rng.shuffle(chosen)
            texts.append(json.dumps({name: rng.randrange(10) for name in chosen}, separators=(",", ":")))
            wanted.append(chosen == sorted(chosen, key=names.index))
        self.assertEqual(self.oracle.ask(schema, texts=texts)["accepted"], wanted)

    def test_lists_and_spans(self):
        schema = {"type": "object", "properties": {
            "area": {"type": "string", "x-ringlet-list": "rooms"}, "item": {"type": "string", "x-ringlet-span": "words"},
            "query": {"type": "string", "x-ringlet-span": True}}, "additionalProperties": False}
        answer = self.oracle.ask(schema, lists={"rooms": ["bath", "bathroom", "Küche"]}, text="buy oat milk", texts=[
            '{"area":"bath"}', '{"area":"bathroom"}', '{"area":"bathr"}', '{"area":""}', '{"area":"Küche"}',
            '{"item":"oat milk"}', '{"item":"at milk"}', '{"query":"at mi"}', '{"query":"milk oat"}', '{"query":""}',
        ])
        self.assertEqual(answer["lists"], ["rooms"])
        self.assertEqual(answer["accepted"], [True, True, False, False, True, True, False, True, False, False])

    def test_a_list_is_alone(self):
        schema = {"anyOf": [{"type": "string", "x-ringlet-list": "rooms"}, {"const": "all"}]}
        self.assertIn("where the list 'rooms' can begin", self.oracle.ask(schema)["refused"])

    # White space is one of two forms, and nothing else.
    def test_white_space(self):
        schema = tool({"a": {"type": "array", "items": {"type": "null"}}, "b": {"enum": [{"x": [1, 2]}]}})
        value = {"a": [None, None], "b": {"x": [1, 2]}}
        compact, spaced = json.dumps(value, separators=(",", ":")), json.dumps(value)
        texts = [compact, spaced, json.dumps(value, indent=1)]
        self.assertEqual(self.oracle.ask(schema, texts=texts)["accepted"], [True, False, False])
        self.assertEqual(self.oracle.ask(schema, texts=texts, whitespace="one")["accepted"], [False, True, False])

    def test_refused_by_name(self):
        for schema, reason in [
            ({"not": {}}, "#: 'not' is not supported"),
            (tool({"a": {"maxLenght": 3}}), "#/properties/a: unknown keyword 'maxLenght'; did you mean 'maxLength'?"),
            (tool({"a/b": {"type": "text"}}), "#/properties/a~1b/type: is not the name of a type"),
            ({"type": "array", "uniqueItems": True}, "#/uniqueItems: 'uniqueItems' is not supported"),
            ({"oneOf": [{"type": "integer"}, {"minimum": 2}]}, "#/oneOf: a value can satisfy both branch 0 and branch 1"),
            ({"type": "string", "enum": []}, "#/enum: has no values"),
            ({"$ref": "other.json"}, "#/$ref: refers to 'other.json'"),
            ({"type": "number", "exclusiveMinimum": True}, "#/exclusiveMinimum: is draft 4's"),
            ({"type": "integer", "multipleOf": 5}, "#/multipleOf: 'multipleOf' is supported for 1 only"),
            ({"type": "integer", "minimum": 2, "maximum": 1}, "no text satisfies it"),
            ({"x-ringlet-list": "rooms"}, "#/x-ringlet-list: needs \"type\": \"string\""),
            ({"x-ringlet-lists": "rooms", "type": "string"}, "unknown keyword 'x-ringlet-lists'; did you mean"),
            ({"type": "string", "x-ringlet-span": True, "maxLength": 3}, "#: a list or span cannot have"),
            ({"$schema": "http://json-schema.org/draft-04/schema#"}, "#/$schema: this dialect is not supported"),
        ]:
            self.assertIn(reason, self.oracle.ask(schema).get("refused", "accepted"), schema)

    def test_notes(self):
        answer = self.oracle.ask(tool({"mail": {"type": "string", "format": "email"}}))
        self.assertEqual(answer["notes"], ["#/properties/mail/format: the format 'email' is not checked"])


if __name__ == "__main__":
    unittest.main()
