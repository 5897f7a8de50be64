"""Makes small sources of every kind, and models from them, for the tests that make calls fail."""

import json
import os
import random
import struct

from support import CHAT_TEMPLATE, byte_letters, convert, path, read, ringlet, write

DIM, HIDDEN, HEADS, LAYERS, CONTEXT = 32, 32, 4, 1, 64
VOCAB = {letter: byte for byte, letter in byte_letters().items()}
ADDED = ("<|im_start|>", "<|im_end|>")
VOCAB_SIZE = len(VOCAB) + len(ADDED)


def _shapes():
    """The tensors of a Llama model by Hugging Face's names."""
    shapes = {"model.embed_tokens.weight": [VOCAB_SIZE, DIM], "model.norm.weight": [DIM]}
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        shapes |= {prefix + "input_layernorm.weight": [DIM], prefix + "post_attention_layernorm.weight": [DIM]}
        shapes |= {f"{prefix}self_attn.{name}_proj.weight": [DIM, DIM] for name in "qkvo"}
        shapes |= {f"{prefix}mlp.{name}_proj.weight": [HIDDEN, DIM] for name in ("gate", "up", "down")}
    return shapes


def _values(shape, generator):
    if len(shape) == 1:
        return struct.pack(f"<{shape[0]}f", *([1.0] * shape[0]))
    count = shape[0] * shape[1]
    return struct.pack(f"<{count}f", *(generator.gauss(0, shape[1] ** -0.5) for _ in range(count)))


def huggingface(name):
    """A folder with two files of tensors, a tokenizer of bytes and a chat template."""
    os.makedirs(path(name), exist_ok=True)
    config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": DIM,
              "intermediate_size": HIDDEN, "num_attention_heads": HEADS, "num_hidden_layers": LAYERS,
              "vocab_size": VOCAB_SIZE, "max_position_embeddings": CONTEXT, "rms_norm_eps": 1e-5,
              "tie_word_embeddings": True, "bos_token_id": 256, "eos_token_id": 257, "torch_dtype": "float32"}
    added = [{"id": len(VOCAB) + i, "content": text, "special": True} for i, text in enumerate(ADDED)]
    tokenizer = {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False}, "added_tokens": added,
                 "model": {"type": "BPE", "vocab": VOCAB, "merges": []}}
    parts = ([], [])
    for i, item in enumerate(sorted(_shapes().items())):
        parts[i % 2].append(item)
    index = {}
    for number, part in enumerate(parts, 1):
        file_name = f"model-{number:05}-of-00002.safetensors"
        _safetensors(f"{name}/{file_name}", part)
        index |= {tensor: file_name for tensor, _ in part}
    for file_name, document in (("config.json", config), ("tokenizer.json", tokenizer),
                                ("generation_config.json", {"temperature": 0.7, "top_p": 0.9}),
                                ("tokenizer_config.json", {"eos_token": ADDED[1], "chat_template": CHAT_TEMPLATE}),
                                ("model.safetensors.index.json", {"metadata": {}, "weight_map": index})):
        write(f"{name}/{file_name}", json.dumps(document).encode())
    return path(name)


def _safetensors(name, tensors):
    generator = random.Random(7)
    header, data = {}, b""
    for tensor, shape in tensors:
        values = _values(shape, generator)
        header[tensor] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    write(name, struct.pack("<Q", len(text)) + text + data)


def _string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value):
    """A value of GGUF's metadata with its type in front."""
    if isinstance(value, bool):
        return struct.pack("<IB", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + _string(value)
    kind = 8 if isinstance(value[0], str) else 5
    items = b"".join(_string(item) if kind == 8 else struct.pack("<i", item) for item in value)
    return struct.pack("<IIQ", 9, kind, len(value)) + items


GGUF_NAMES = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "input_layernorm": "attn_norm",
              "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
              "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate",
              "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def gguf(name):
    """A file with a tokenizer of bytes and a chat template."""
    generator = random.Random(8)
    pieces = sorted(VOCAB, key=VOCAB.get) + list(ADDED)
    settings = {"general.architecture": "llama", "general.name": "tiny", "llama.context_length": CONTEXT,
                "llama.embedding_length": DIM, "llama.feed_forward_length": HIDDEN, "llama.block_count": LAYERS,
                "llama.attention.head_count": HEADS, "llama.attention.layer_norm_rms_epsilon": 1e-5,
                "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2", "tokenizer.ggml.tokens": pieces,
                "tokenizer.ggml.token_type": [1] * len(VOCAB) + [3] * len(ADDED),
                "tokenizer.ggml.merges": ["a b"], "tokenizer.ggml.bos_token_id": 256,
                "tokenizer.ggml.eos_token_id": 257, "tokenizer.chat_template": CHAT_TEMPLATE}
    pieces[0:1] = ["ab"]  # what the one merge makes; the byte 0 has no piece
    tensors, data = b"", b""
    for tensor, shape in _shapes().items():
        layer = tensor.split(".")[2] if ".layers." in tensor else None
        base = tensor.removesuffix(".weight").removeprefix(f"model.layers.{layer}.")
        gguf_name = (f"blk.{layer}." if layer else "") + GGUF_NAMES[base] + ".weight"
        dimensions = tuple(reversed(shape))
        tensors += _string(gguf_name) + struct.pack(f"<I{len(dimensions)}QIQ", len(dimensions), *dimensions, 0,
                                                    len(data))
        data += _values(shape, generator)
        data += bytes(-len(data) % 32)
    keys = b"".join(_string(key) + _value(value) for key, value in settings.items())
    head = b"GGUF" + struct.pack("<IQQ", 3, len(_shapes()), len(settings)) + keys + tensors
    return write(name, head + bytes(-len(head) % 32) + data)


def chat_model():
    """A model with a chat format."""
    return convert(huggingface("chat-folder"), path("chat-model.ringlet"))


GBNF = 'root ::= "[" (number ("," number){0,3})? "]"\nnumber ::= "-"? [0-9] [0-9]?\n'
SCHEMA = {"type": "object", "required": ["room", "level"], "additionalProperties": False, "properties": {
    "room": {"type": "string", "x-ringlet-list": "rooms"}, "level": {"type": "integer", "minimum": -5, "maximum": 120},
    "said": {"type": "string", "x-ringlet-span": True}, "kind": {"$ref": "#/$defs/kind"},
    "code": {"type": "string", "pattern": "^[A-Z]{2}[0-9]+$"}, "note": {"type": "string", "maxLength": 9}},
    "$defs": {"kind": {"anyOf": [{"enum": ["on", "off"]}, {"type": "array", "items": {"type": "boolean"}}]}}}
ALLOWED = '{"room": "bath", "level": 7, "kind": "off"}'


def grammars():
    """A JSON Schema, GBNF, and lists of words."""
    return (write("schema.json", json.dumps(SCHEMA).encode()), write("list.gbnf", GBNF.encode()),
            write("home.json", b'{"rooms": ["kitchen", "bath", "bathroom"], "others": []}'))


HOME = b"""areas:
  kitchen: {light: [ceiling light, {strip: led strip}]}
house: {scene: movie night}
"""


def homes():
    """A home in YAML, and a folder .storage."""
    os.makedirs(path("storage"), exist_ok=True)
    entries = {"area": [{"id": "kitchen", "name": "Kitchen", "aliases": ["galley"]}],
               "floor": [{"floor_id": "up", "name": "Upstairs"}],
               "device": [{"id": "d", "name": "Lamp", "area_id": "kitchen"}],
               "entity": [{"entity_id": "light.lamp", "device_id": "d", "has_entity_name": True}]}
    for name, entry in entries.items():
        plural = "entities" if name == "entity" else name + "s"
        store = {"version": 1, "key": f"core.{name}_registry", "data": {plural: entry}}
        write(f"storage/core.{name}_registry", json.dumps(store).encode())
    return write("home.yaml", HOME), path("storage")


def session(model, options):
    """The bytes of a session's file."""
    done = ringlet("run", model, *options, "-p", "In the", "--session", path("old.session"))
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return read(path("old.session"))


def chat_session(model, target):
    """A conversation that was saved."""
    done = ringlet("chat", model, "-q", "-n", "3", "--seed", "1", stdin=f"Hi\n/save {target}\n".encode())
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return target
