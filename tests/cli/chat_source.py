"""Makes a chat model: random weights, a byte tokenizer, and a chat template."""

import json
import os
import subprocess

from support import CHAT_TEMPLATE, CONVERT, byte_letters, path, write


SMALL = "llama:dim=32,layers=2,heads=4,kv_heads=2,ffn=48,vocab=258,context=512"


def chat_model(name="chat", template=CHAT_TEMPLATE, shape=SMALL, texts=(), missing=""):
    """The model file, and what the converter said. `texts`: further tokens, which `shape` must count.
    `missing`: a character that the vocabulary cannot write."""
    os.makedirs(path(name + "-source"), exist_ok=True)
    vocab = {"zzz" if chr(byte) == missing else letter: byte for byte, letter in byte_letters().items()}
    added = [{"id": 256 + i, "content": text, "special": True}
             for i, text in enumerate(("<|im_start|>", "<|im_end|>"))]
    added += [{"id": 258 + i, "content": text, "special": False} for i, text in enumerate(texts)]
    tokenizer = {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False}, "added_tokens": added,
                 "model": {"type": "BPE", "vocab": vocab, "merges": []}}
    config = {"eos_token": "<|im_end|>", "chat_template": template}
    write(name + "-source/tokenizer.json", json.dumps(tokenizer).encode())
    write(name + "-source/tokenizer_config.json", json.dumps(config).encode())
    done = subprocess.run(CONVERT + ["--random", shape,
                                     "-o", path(name + ".ringlet"), "--tokenizer", path(name + "-source")],
                          capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return path(name + ".ringlet"), done.stderr.decode()
