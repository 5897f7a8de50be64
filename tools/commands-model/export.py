#!/usr/bin/python3
"""Export a checkpoint as a Hugging Face folder, from which ringlet-convert makes the model file."""

import argparse
from pathlib import Path

import torch

from network import Network, config
from tokens import PIECES, Tokens

import export_hf  # of the demo model


def load(path):
    """Return the network of a checkpoint, its weights on the grids that they were trained for."""
    state = torch.load(path, map_location="cpu")
    network = Network(config(state["size"]))
    network.load_state_dict(state["model"])
    if state["quantized"]:
        network.round_weights()
    return network.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with tokenizer.json")
    parser.add_argument("checkpoint", type=Path, help="checkpoint.pt of train.py")
    parser.add_argument("out", type=Path, help="folder to write")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokens(args.data / "tokenizer.json").bpe
    export_hf.write_folder(load(args.checkpoint), tokenizer, args.out, PIECES)


if __name__ == "__main__":
    main()
