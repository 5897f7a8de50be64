"""Writes a GGUF file (version 3) of the llama architecture with random float16 weights.

It writes the file from front to back, a few megabytes at a time. Speed does not depend on the weights as long as they
are ordinary numbers: here a normal distribution in 256 steps, with a standard deviation of 1/sqrt(columns).
"""

import random
import statistics
import struct

ALIGNMENT = 32
CHUNK = 1 << 23  # bytes

# Types of metadata, and of tensors, as GGUF numbers them.
UINT32, INT32, FLOAT32, STRING, ARRAY = 4, 5, 6, 8, 9
TENSOR_F32, TENSOR_F16 = 0, 1
MOSTLY_F16 = 1
PIECE_NORMAL, PIECE_UNKNOWN, PIECE_CONTROL, PIECE_BYTE = 1, 2, 3, 6

_SCALARS = {UINT32: "<I", INT32: "<i", FLOAT32: "<f"}


def _string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(kind, value):
    return _string(value) if kind == STRING else struct.pack(_SCALARS[kind], value)


def _entry(key, kind, value):
    return _string(key) + struct.pack("<I", kind) + _value(kind, value)


def _array(key, kind, values):
    head = _string(key) + struct.pack("<IIQ", ARRAY, kind, len(values))
    return head + b"".join(_value(kind, value) for value in values)


def _tokenizer(vocab_size):
    """Unknown, beginning, end, the bytes, and numbers: what the random models of ringlet-convert have."""
    texts = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    kinds = [PIECE_UNKNOWN, PIECE_CONTROL, PIECE_CONTROL] + [PIECE_BYTE] * 256
    if vocab_size < len(texts):
        raise ValueError(f"a vocabulary of {vocab_size} has no room for the {len(texts)} pieces of a byte tokenizer")
    more = range(len(texts), vocab_size)
    texts += [f"\u2581{number}" for number in more]
    kinds += [PIECE_NORMAL] * len(more)
    return [
        _entry("tokenizer.ggml.model", STRING, "llama"),
        _array("tokenizer.ggml.tokens", STRING, texts),
        _array("tokenizer.ggml.scores", FLOAT32, [0.0] * vocab_size),
        _array("tokenizer.ggml.token_type", INT32, kinds),
        _entry("tokenizer.ggml.unknown_token_id", UINT32, 0),
        _entry("tokenizer.ggml.bos_token_id", UINT32, 1),
        _entry("tokenizer.ggml.eos_token_id", UINT32, 2),
    ]


def _metadata(a, name):
    return [
        _entry("general.architecture", STRING, "llama"),
        _entry("general.name", STRING, name),
        _entry("general.file_type", UINT32, MOSTLY_F16),
        _entry("general.alignment", UINT32, ALIGNMENT),
        _entry("llama.vocab_size", UINT32, a["vocab_size"]),
        _entry("llama.context_length", UINT32, a["context"]),
        _entry("llama.embedding_length", UINT32, a["dim"]),
        _entry("llama.block_count", UINT32, a["layers"]),
        _entry("llama.feed_forward_length", UINT32, a["hidden_dim"]),
        _entry("llama.attention.head_count", UINT32, a["heads"]),
        _entry("llama.attention.head_count_kv", UINT32, a["kv_heads"]),
        _entry("llama.attention.key_length", UINT32, a["head_dim"]),
        _entry("llama.attention.value_length", UINT32, a["head_dim"]),
        _entry("llama.attention.layer_norm_rms_epsilon", FLOAT32, a["norm_epsilon"]),
        _entry("llama.rope.dimension_count", UINT32, a["rotary_dim"]),
        _entry("llama.rope.freq_base", FLOAT32, a["rope_theta"]),
    ] + _tokenizer(a["vocab_size"])


def _tensors(a):
    """(name, rows, columns) of every tensor in order; a gain has no rows."""
    dim, hidden = a["dim"], a["hidden_dim"]
    query, kv = a["heads"] * a["head_dim"], a["kv_heads"] * a["head_dim"]
    tensors = [("token_embd.weight", a["vocab_size"], dim)]
    for layer in range(a["layers"]):
        tensors += [(f"blk.{layer}.{name}.weight", rows, columns) for name, rows, columns in (
            ("attn_norm", 0, dim), ("attn_q", query, dim), ("attn_k", kv, dim), ("attn_v", kv, dim),
            ("attn_output", dim, query), ("ffn_norm", 0, dim), ("ffn_gate", hidden, dim), ("ffn_up", hidden, dim),
            ("ffn_down", dim, hidden))]
    tensors.append(("output_norm.weight", 0, dim))
    if not a["tied_embedding"]:
        tensors.append(("output.weight", a["vocab_size"], dim))
    return tensors


def _bytes_of(rows, columns):
    return rows * columns * 2 if rows else columns * 4


def _aligned(size):
    return -size % ALIGNMENT + size


def _description(name, rows, columns, offset):
    shape = [columns, rows] if rows else [columns]  # the innermost first
    kind = TENSOR_F16 if rows else TENSOR_F32
    return _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def _upper_bytes(deviation):
    """The upper byte of a normal float16 number (sign, exponent, two bits of fraction) at each of 256 quantiles."""
    normal = statistics.NormalDist(0, deviation)
    return bytes(struct.pack("<e", normal.inv_cdf((step + 0.5) / 256))[1] for step in range(256))


def _write_weights(file, generator, rows, columns):
    upper = _upper_bytes(columns ** -0.5)
    left = rows * columns * 2
    while left > 0:
        chunk = bytearray(generator.randbytes(min(left, CHUNK)))
        chunk[1::2] = chunk[1::2].translate(upper)
        file.write(chunk)
        left -= len(chunk)


def write(path, architecture, name, seed=1):
    """Writes the file. `architecture` is what `ringlet inspect --json` says of a model of the same shape."""
    metadata = _metadata(architecture, name)
    tensors = _tensors(architecture)
    generator = random.Random(seed)
    with open(path, "wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
        file.writelines(metadata)
        offset = 0
        for tensor, rows, columns in tensors:
            file.write(_description(tensor, rows, columns, offset))
            offset += _aligned(_bytes_of(rows, columns))
        file.write(bytes(-file.tell() % ALIGNMENT))
        for _, rows, columns in tensors:
            if rows:
                _write_weights(file, generator, rows, columns)
            else:
                file.write(struct.pack("<f", 1.0) * columns)
            file.write(bytes(-file.tell() % ALIGNMENT))
