"""Shows a session's memory, a digest, and an error: check.py MODEL"""
import sys

import ringlet

model = ringlet.Model(sys.argv[1])
plan = model.plan(context=128, kv="int4")
print(plan.total)  # bytes, before there is a session
largest = max(plan.sections, key=lambda section: section.bytes)
print(f"{largest.name}: {largest.bytes}")
print(model.longest_context(200_000, kv="int4"))  # whose session fits into so many bytes
print(f"{model.digest(kv='int8'):016x}")  # what `ringlet digest --kv int8` prints
try:
    model.plan(context=4096)
except ringlet.RingletError as error:
    print(f"{error} [{error.setting}: {error.suggestion}]")
