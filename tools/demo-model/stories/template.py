"""The template language: '[one|two|]' is a choice, '{slot}' a reference.

Choices nest, an empty branch is allowed, and slots are looked up by the caller.
"""

from functools import lru_cache


def expand(template, rng, lookup):
    """Return `template` with choices drawn from `rng` and slots given by `lookup(name)`."""
    return _render(_parse(template), rng, lookup)


def _render(nodes, rng, lookup):
    out = []
    for kind, value in nodes:
        if kind == "text":
            out.append(value)
        elif kind == "slot":
            out.append(lookup(value))
        else:
            out.append(_render(value[int(rng.random() * len(value))], rng, lookup))
    return "".join(out)


@lru_cache(maxsize=None)
def _parse(template):
    branches, end = _parse_branches(template, 0, closed=False)
    if end != len(template) or len(branches) != 1:
        raise ValueError(f"stray bracket or bar in template: {template!r}")
    return branches[0]


def _parse_branches(text, pos, closed):
    """Parse from `pos` to the matching ']' (or the end) into a list of branches."""
    branches, nodes, plain = [], [], pos
    while pos < len(text):
        char = text[pos]
        if char not in "[{|]":
            pos += 1
            continue
        if pos > plain:
            nodes.append(("text", text[plain:pos]))
        if char == "[":
            inner, pos = _parse_branches(text, pos + 1, closed=True)
            nodes.append(("choice", inner))
        elif char == "{":
            end = text.index("}", pos)
            nodes.append(("slot", text[pos + 1:end]))
            pos = end + 1
        elif char == "|" and closed:
            branches.append(nodes)
            nodes, pos = [], pos + 1
        elif char == "]" and closed:
            return branches + [nodes], pos + 1
        else:
            raise ValueError(f"stray {char!r} in template: {text!r}")
        plain = pos
    if closed:
        raise ValueError(f"unclosed choice in template: {text!r}")
    if pos > plain:
        nodes.append(("text", text[plain:pos]))
    return [nodes], pos
