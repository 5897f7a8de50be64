"""Tells a story: story.py MODEL PROMPT [TOKENS]"""
import sys

import ringlet

path, prompt, limit = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 200
model = ringlet.Model(path)  # a mapped file; its tables are verified
session = model.session(context=256, kv="int8", seed=1)
print(prompt, end="")
for text in session.generate(prompt, tokens=limit):
    print(text, end="", flush=True)
print()
