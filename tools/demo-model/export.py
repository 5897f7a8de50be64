#!/usr/bin/env python3
"""Export a checkpoint for other programs: a Hugging Face folder and, for a Llama, a llama2.c file.

The weights are float32. --int4 first rounds them to the INT4 (linear layers) and INT8
(embedding) grids that they were trained against, so that a converter that searches for the
best scales finds exactly these numbers again.
"""

import argparse
import struct
from pathlib import Path

import bpe
import export_hf
import model as m


def write_checkpoint(model, path):
    """Write a llama2.c checkpoint of version 1: a 256-byte header, then all weights."""
    c = model.config
    header = struct.pack("<Ii7iB", 0x616B3432, 1, c.dim, c.hidden, c.layers, c.heads,
                         c.kv_heads, c.vocab, c.context, 1)
    layers = model.layers
    weights = [*(layer.attention_norm.weight for layer in layers),
               *(layer.ffn_norm.weight for layer in layers), model.norm.weight, model.embedding]
    for name in ("wq", "wk", "wv", "wo", "w1", "w2", "w3"):
        weights += [getattr(layer, name).weight for layer in layers]
    with path.open("wb") as out:
        out.write(header.ljust(256, b"\0"))
        for weight in weights:
            out.write(weight.detach().numpy().astype("<f4").tobytes())


def write_tokenizer(tokenizer, path):
    """Write llama2.c's tokenizer.bin: length of the longest piece, then score, length, bytes."""
    entries = [(0.0, "<unk>"), (0.0, "\n<s>\n"), (0.0, "\n</s>\n")]
    entries += [(0.0, f"<0x{byte:02X}>") for byte in range(256)]
    entries += [(float(-rank), piece.replace(bpe.SPACE, " "))
                for rank, piece in enumerate(tokenizer.pieces)]
    encoded = [(score, text.encode("utf-8")) for score, text in entries]
    with path.open("wb") as out:
        out.write(struct.pack("<i", max(len(data) for _, data in encoded)))
        for score, data in encoded:
            out.write(struct.pack("<fi", score, len(data)) + data)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with tokenizer.json")
    parser.add_argument("checkpoint", type=Path, help="checkpoint.pt of train.py")
    parser.add_argument("out", type=Path, help="folder for llama2c/ and hf/")
    parser.add_argument("--int4", action="store_true", help="round the weights to INT4 first")
    args = parser.parse_args()
    tokenizer = bpe.Tokenizer(args.data / "tokenizer.json")
    model = m.load(args.checkpoint, args.int4)
    hf, llama2c = args.out / "hf", args.out / "llama2c"
    hf.mkdir(parents=True, exist_ok=True)
    export_hf.write_folder(model, tokenizer, hf)
    if not model.config.mixers:  # llama2.c has no convolutions
        llama2c.mkdir(exist_ok=True)
        write_checkpoint(model, llama2c / "model.bin")
        write_tokenizer(tokenizer, llama2c / "tokenizer.bin")


if __name__ == "__main__":
    main()
