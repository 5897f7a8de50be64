"""Answers with JSON: answer.py MODEL QUESTION"""
import json
import sys

import ringlet

model = ringlet.Model(sys.argv[1])
schema = {"type": "object", "required": ["pet"],
          "properties": {"pet": {"enum": ["bird", "cat", "dog"]}, "age": {"type": "integer", "minimum": 0, "maximum": 20}}}
grammar = ringlet.Grammar.from_json_schema(schema)
session = model.session(temperature=0)
answer = session.answer(sys.argv[2], grammar)
print(json.loads(answer.text)["pet"], f"{answer.confidence:.3f}")
