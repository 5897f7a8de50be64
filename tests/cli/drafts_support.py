"""What the tests of drafts share: each kind of drafter, and what the program says about them."""

import os
import re

from chat_source import chat_model
from support import model, path

CHAT, _ = chat_model()  # a vocabulary of bytes, unlike that of model()
# With a fixed prefetch distance the tuning ends at once, so that drafts begin with the second token.
AT_ONCE = ("--prefetch", "2K")
GREEDY = ("--temperature", "0")
TEXT = "Once the and was the and was"


def drafters():
    """Each kind of drafter, with its number of tokens."""
    return (("--lookup", "--draft-tokens", "1"),
            ("--lookup", "--draft-tokens", "15"),
            ("--draft", model("int4"), "--draft-tokens", "3"),  # the same vocabulary
            ("--draft", CHAT, "--draft-tokens", "6"),  # another
            ("--lookup", "--draft", model("int4"), "--draft-tokens", "5"),
            ("--lookup", "--draft", CHAT))  # as many as pay


def accepted(error):
    """The share of accepted drafts in a line of statistics, and the number of drafts."""
    said = re.search(r" \| drafts: (\d+) % of ([\d,]+) accepted, \d+\.\d\d tokens a pass", error.decode())
    return said and (int(said[1]), int(said[2].replace(",", "")))


def fresh(name):
    if os.path.exists(path(name)):
        os.remove(path(name))
    return path(name)
