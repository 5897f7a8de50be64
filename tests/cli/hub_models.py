"""Small models as repositories have them: a Hugging Face folder with random weights and a chat template."""

import json
import math
import random
import struct

from support import CHAT_TEMPLATE, byte_letters

DIM, HIDDEN, HEADS, KV_HEADS, LAYERS, VOCABULARY = 32, 64, 4, 2, 2, 258


def _shapes(dim=DIM, hidden=HIDDEN, heads=HEADS, kv_heads=KV_HEADS, layers=LAYERS):
    kv = dim // heads * kv_heads
    shapes = {"model.embed_tokens.weight": (VOCABULARY, dim), "model.norm.weight": (dim, )}
    for layer in range(layers):
        block = f"model.layers.{layer}."
        for name in ("input_layernorm", "post_attention_layernorm"):
            shapes[f"{block}{name}.weight"] = (dim, )
        for name, rows, columns in (("q", dim, dim), ("k", kv, dim), ("v", kv, dim), ("o", dim, dim)):
            shapes[f"{block}self_attn.{name}_proj.weight"] = (rows, columns)
        for name, rows, columns in (("gate", hidden, dim), ("up", hidden, dim), ("down", dim, hidden)):
            shapes[f"{block}mlp.{name}_proj.weight"] = (rows, columns)
    return shapes


def _values(shape, generator):
    if len(shape) == 1:
        return [1.0] * shape[0]
    return [generator.gauss(0, shape[1] ** -0.5) for _ in range(shape[0] * shape[1])]


def safetensors(tensors):
    header, data = {}, b""
    for name, (shape, values) in tensors.items():
        content = struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def huge_safetensors(config):
    """The first megabyte of a file with the weights of such a config.json, all of them zero, and the size of the file."""
    shapes = _shapes(config["hidden_size"], config["intermediate_size"], config["num_attention_heads"],
                     config["num_key_value_heads"], config["num_hidden_layers"])
    header, size = {}, 0
    for name, shape in shapes.items():
        bytes_of = 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [size, size + bytes_of]}
        size += bytes_of
    text = json.dumps(header).encode()
    return (struct.pack("<Q", len(text)) + text).ljust(1 << 20, b"\0"), 8 + len(text) + size


def folder_model(shards=1, seed=1, **changes):
    """Files of a repository. Also some that the converter does not need."""
    generator = random.Random(seed)
    tensors = {name: (shape, _values(shape, generator)) for name, shape in _shapes().items()}
    config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": DIM, "intermediate_size": HIDDEN,
              "num_attention_heads": HEADS, "num_key_value_heads": KV_HEADS, "num_hidden_layers": LAYERS,
              "vocab_size": VOCABULARY, "max_position_embeddings": 512, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
              "tie_word_embeddings": True, "hidden_act": "silu", "torch_dtype": "float32", **changes}
    vocabulary = {letter: byte for byte, letter in byte_letters().items()}
    added = [{"id": 256 + i, "content": text, "special": True} for i, text in enumerate(("<|im_start|>", "<|im_end|>"))]
    files = {
        "config.json": json.dumps(config).encode(),
        "generation_config.json": b'{"temperature": 0.5}',
        "tokenizer.json": json.dumps({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False},
                                      "added_tokens": added,
                                      "model": {"type": "BPE", "vocab": vocabulary, "merges": []}}).encode(),
        "tokenizer_config.json": json.dumps({"eos_token": "<|im_end|>", "chat_template": CHAT_TEMPLATE}).encode(),
        "README.md": b"# A model\n" * 50, ".gitattributes": b"*.safetensors filter=lfs\n",
        "vocab.json": b"{}", "onnx/model.onnx": bytes(5000), "pytorch_model.bin": bytes(5000)}
    if shards == 1:
        return {**files, "model.safetensors": safetensors(tensors)}
    names = list(tensors)
    weight_map = {}
    for i in range(shards):
        shard = f"model-{i + 1:05}-of-{shards:05}.safetensors"
        own = names[i::shards]
        files[shard] = safetensors({name: tensors[name] for name in own})
        weight_map.update({name: shard for name in own})
    return {**files, "model.safetensors.index.json": json.dumps({"metadata": {}, "weight_map": weight_map}).encode()}


NEEDED = {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"}
