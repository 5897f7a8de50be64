"""Byte-fallback BPE in the Llama 2 form: training, encoding, decoding, file format.

Ids: 0 <unk>, 1 <s>, 2 </s>, 3..258 the bytes, then single characters and merged
pieces. A space is written '▁'; a text begins with one dummy space. Pieces never
cross a word boundary: '▁' occurs only at the start of a piece. The score of the
piece with id i is -(i - 259), so merging the best-scoring pair first repeats the merges in
the order in which they were learned.
"""

import json
import re
from collections import Counter, defaultdict

UNK, BOS, EOS, FIRST_BYTE, FIRST_PIECE = 0, 1, 2, 3, 259
SPACE = "\u2581"
_CHUNKS = re.compile(rf"{SPACE}[^{SPACE}\n]*|[^{SPACE}\n]+|\n")


def chunks(text):
    """Split `text` (after the dummy space is added) into parts that merge separately."""
    return _CHUNKS.findall(SPACE + text.replace(" ", SPACE))


def train(texts, vocab_size):
    """Return (pieces, merges) of `vocab_size` ids in all, learned from an iterable of texts."""
    counts = Counter()
    for text in texts:
        counts.update(chunks(text))
    counts.pop("\n", None)  # newline stays a byte token
    words = [(list(word), count) for word, count in sorted(counts.items())]
    pieces = sorted({char for word, _ in words for char in word})
    merges = []
    pairs, places = Counter(), defaultdict(set)
    for index, (symbols, count) in enumerate(words):
        for pair in zip(symbols, symbols[1:]):
            pairs[pair] += count
            places[pair].add(index)
    while FIRST_PIECE + len(pieces) < vocab_size:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        pieces.append(best[0] + best[1])
        for index in sorted(places[best]):
            _merge_word(words[index], index, best, pairs, places)
        del pairs[best]
    return pieces, merges


def _merge_word(word, index, best, pairs, places):
    symbols, count = word
    for pair in zip(symbols, symbols[1:]):
        pairs[pair] -= count
    at = 0
    while at < len(symbols) - 1:
        if (symbols[at], symbols[at + 1]) == best:
            symbols[at:at + 2] = [best[0] + best[1]]
        at += 1
    for pair in zip(symbols, symbols[1:]):
        pairs[pair] += count
        places[pair].add(index)


class Tokenizer:
    """Encodes and decodes with the pieces of a JSON file written by `save`."""

    def __init__(self, path):
        data = json.loads(path.read_text(encoding="utf-8"))
        self.pieces, self.merges = data["pieces"], [tuple(pair) for pair in data["merges"]]
        self._ids = {piece: FIRST_PIECE + i for i, piece in enumerate(self.pieces)}
        self._known = {}

    @property
    def vocab_size(self):
        """Number of ids, special and byte tokens included."""
        return FIRST_PIECE + len(self.pieces)

    def encode(self, text):
        """Return the ids of `text`, without <s>."""
        ids = []
        for chunk in chunks(text):
            known = self._known.get(chunk)
            if known is None:
                known = self._known[chunk] = self._encode_chunk(chunk)
            ids.extend(known)
        return ids

    def _encode_chunk(self, chunk):
        symbols = list(chunk)
        while len(symbols) > 1:
            ranks = [self._ids.get(a + b, 1 << 30) for a, b in zip(symbols, symbols[1:])]
            best = min(ranks)
            if best == 1 << 30:
                break
            at = ranks.index(best)
            symbols[at:at + 2] = [symbols[at] + symbols[at + 1]]
        ids = []
        for symbol in symbols:
            if symbol in self._ids:
                ids.append(self._ids[symbol])
            else:
                ids.extend(FIRST_BYTE + byte for byte in symbol.encode("utf-8"))
        return ids

    def decode(self, ids):
        """Return the text of `ids`; special tokens vanish, the dummy space is dropped."""
        data = bytearray()
        for token in ids:
            if token >= FIRST_PIECE:
                data += self.pieces[token - FIRST_PIECE].replace(SPACE, " ").encode("utf-8")
            elif token >= FIRST_BYTE:
                data.append(token - FIRST_BYTE)
        return data.decode("utf-8", errors="replace").removeprefix(" ")


def save(path, pieces, merges):
    """Write pieces and merges as JSON."""
    data = {"pieces": pieces, "merges": merges}
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
