#!/usr/bin/python3
"""Write the JSON Schema of the answers, which ringlet-grammar compiles: json_schema.py > commands.json.

The name of a list says which of a home's names are in it: `light+fan+it` has the lights, the fans and
the word "it".
"""

import json
import sys

import schema

INTEGERS = {"hour": 23, "minute": 59, "value": 100}  # the largest; 999 for the others
TEMPERATURES = {"set_temperature", "warmer", "cooler"}


def _words(names):
    return {"type": "string", "x-ringlet-list": "+".join(names), "x-ringlet-spaced": True}


def _value(intent, key):
    if key in ("name", "except_name"):
        return _words([*schema.TABLE[intent].kinds, "it"])
    if key in ("area", "except_area"):
        return _words(["area"])  # rooms, floors and the word "all"
    if key in schema.SPANS:
        return {"type": "string", "x-ringlet-span": "words", "x-ringlet-spaced": True}
    if key in schema.CHOICES:
        return {"enum": schema.CHOICES[key]}
    if key == "value" and intent in TEMPERATURES:
        return {"type": "number", "minimum": 0, "maximum": 99}
    return {"type": "integer", "minimum": 0, "maximum": INTEGERS.get(key, 999)}


def action(intent):
    """Return the schema of one action."""
    table = schema.TABLE[intent]
    properties = {"do": {"const": intent}, **{key: _value(intent, key) for key in table.keys}}
    result = {"type": "object", "properties": properties, "required": ["do"], "additionalProperties": False}
    if table.needs:
        result["allOf"] = [{"anyOf": [{"required": [key]} for key in group if key in table.keys]} for group in table.needs]
    return result


def answer():
    """Return the schema of an answer: one to three actions."""
    return {"type": "array", "minItems": 1, "maxItems": 3, "items": {"anyOf": [action(intent) for intent in schema.INTENTS]}}


def list_names():
    """Return the names of the lists that the schema refers to."""
    values = [_value(intent, key) for intent in schema.INTENTS for key in schema.TABLE[intent].keys]
    return sorted({value["x-ringlet-list"] for value in values if "x-ringlet-list" in value})


if __name__ == "__main__":
    json.dump(answer(), sys.stdout, indent=1)
