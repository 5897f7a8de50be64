"""Byte-level byte-pair encoding of a tokenizer.json, slow and straight from its definition.

It follows Hugging Face's tokenizers (models/bpe/model.rs, pre_tokenizers, tokenizer/added_vocabulary.rs) as a
description, and checks the converter and the runtime: it shares neither code nor tables with them. It needs only
Python's standard library, whose Unicode can be older than the converter's, so texts should use long-established
characters.
"""
import json
import re
import unicodedata

PRINTABLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
OTHERS = [byte for byte in range(256) if byte not in PRINTABLE]
ALPHABET = {byte: chr(byte) for byte in PRINTABLE} | {byte: chr(0x100 + i) for i, byte in enumerate(OTHERS)}
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
CONTRACTION = re.compile("'s|'t|'re|'ve|'m|'ll|'d")
# GPT-2's other alternatives, over one letter for the class of each character.
CLASSES = re.compile(r" ?L+| ?N+| ?o+|[ s]+(?![^ s])|[ s]+")


def class_of(char):
    """L: letter, N: number, a plain space for itself, s: other white space, o: anything else."""
    if char in SPACES:
        return " " if char == " " else "s"
    category = unicodedata.category(char)[0]
    return category if category in "LN" else "o"


def is_punctuation(char):
    return unicodedata.category(char)[0] == "P" or char in "$+<=>^`|~"


def is_number(char):
    return unicodedata.category(char)[0] == "N"


def gpt2_words(text):
    classes = "".join(map(class_of, text))
    at = 0
    while at < len(text):
        match = CONTRACTION.match(text, at) or CLASSES.match(classes, at)
        yield text[at:match.end()]
        at = match.end()


def cut_at(text, separates, behavior):
    """The matches and what is between them, each with whether it is a match; then by behavior."""
    parts = []
    for char in text:
        if separates(char) or not parts or parts[-1][1]:
            parts.append([char, separates(char)])
        else:
            parts[-1][0] += char
    if behavior == "Removed":
        return [part for part, is_match in parts if not is_match]
    if behavior == "Isolated":
        return [part for part, _ in parts]
    if behavior == "Contiguous":
        joined = []
        for part, is_match in parts:
            if joined and joined[-1][1] == is_match:
                joined[-1][0] += part
            else:
                joined.append([part, is_match])
        return [part for part, _ in joined]
    raise ValueError(behavior)


def cut_at_regex(text, expression):
    at = 0
    for match in re.finditer(expression, text):
        if match.start() > at:
            yield text[at:match.start()]
        yield match.group()
        at = match.end()
    if at < len(text):
        yield text[at:]


class BytePairs:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            root = json.load(file)
        model = root["model"]
        self.vocab = model["vocab"]
        self.unknown = model.get("unk_token")
        merges = [merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"]]
        self.ranks = {tuple(merge): rank for rank, merge in enumerate(merges)}
        self.added = {token["content"]: token["id"] for token in root["added_tokens"]}
        steps = root["pre_tokenizer"]
        self.steps = steps["pretokenizers"] if steps["type"] == "Sequence" else [steps]
        self.size = max([*self.vocab.values(), *self.added.values()]) + 1

    def words(self, text):
        words = [text]
        for step in self.steps:
            words = [part for word in words for part in self.cut(word, step)]
        return words

    @staticmethod
    def cut(word, step):
        kind = step["type"]
        if kind == "ByteLevel":
            words = gpt2_words(word) if step.get("use_regex", True) else [word]
            return ["".join(ALPHABET[byte] for byte in part.encode()) for part in words]
        if kind == "Digits":
            return cut_at(word, is_number, "Isolated" if step["individual_digits"] else "Contiguous")
        if kind == "Punctuation":
            return cut_at(word, is_punctuation, step["behavior"])
        if kind == "Split" and step["behavior"] == "Isolated":
            return cut_at_regex(word, step["pattern"]["Regex"])
        raise ValueError(kind)

    def merged(self, word):
        """A character without a piece is the unknown token, or disappears, and its neighbours meet."""
        symbols = [char if char in self.vocab else self.unknown for char in word]
        symbols = [symbol for symbol in symbols if symbol is not None]
        while True:
            pairs = [self.ranks.get(pair, len(self.ranks)) for pair in zip(symbols, symbols[1:])]
            best = min(pairs, default=len(self.ranks))
            if best == len(self.ranks):
                return [self.vocab[symbol] for symbol in symbols]
            at = pairs.index(best)
            symbols[at:at + 2] = [symbols[at] + symbols[at + 1]]

    def encode(self, text):
        ids = []
        longest_first = sorted(self.added, key=len, reverse=True)
        parts = re.split("(" + "|".join(map(re.escape, longest_first)) + ")", text) if self.added else [text]
        for part in parts:
            if part in self.added:
                ids.append(self.added[part])
            elif part:
                ids += [token for word in self.words(part) for token in self.merged(word)]
        return ids
