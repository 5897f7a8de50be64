"""Perplexity of a text, from the logits: logits.py MODEL TEXT"""
import math
import sys

import ringlet

model = ringlet.Model(sys.argv[1])
session = model.session()
total, count = 0.0, 0
tokens = model.encode(sys.argv[2])
for token in ([model.bos] if model.bos is not None else []) + tokens:
    logits = session.logits  # a view of the session's memory, None before the first token
    if logits is not None:
        most = max(logits)
        total += math.log(sum(math.exp(x - most) for x in logits)) + most - logits[token]
        count += 1
    session.append([token])
print(f"{math.exp(total / count):.3f} over {count} tokens")
