"""The Hugging Face form of a model: model.safetensors, config.json, tokenizer.json."""

import json
import struct

import bpe
from model import KERNEL

# Names of a layer's weights in LlamaForCausalLM and Lfm2ForCausalLM
LLAMA = {"attention_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
         "wq": "self_attn.q_proj", "wk": "self_attn.k_proj", "wv": "self_attn.v_proj",
         "wo": "self_attn.o_proj",
         "w1": "mlp.gate_proj", "w2": "mlp.down_proj", "w3": "mlp.up_proj"}
LFM2 = {"attention_norm": "operator_norm", "ffn_norm": "ffn_norm",
        "wq": "self_attn.q_proj", "wk": "self_attn.k_proj", "wv": "self_attn.v_proj",
        "wo": "self_attn.out_proj",
        "q_norm": "self_attn.q_layernorm", "k_norm": "self_attn.k_layernorm",
        "w_in": "conv.in_proj", "kernel": "conv.conv", "w_out": "conv.out_proj",
        "w1": "feed_forward.w1", "w2": "feed_forward.w2", "w3": "feed_forward.w3"}


def write_folder(model, tokenizer, folder, added=()):
    """Write the three files, and tokenizer_config.json, into `folder`.

    `added` are texts of tokens that follow the tokenizer's own: each is one token wherever it stands.
    """
    _write_safetensors(_tensors(model), folder / "model.safetensors")
    _write_json(_config(model.config), folder / "config.json")
    _write_json(_tokenizer(tokenizer, added), folder / "tokenizer.json")
    _write_json({"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "<unk>",
                 "bos_token": "<s>", "eos_token": "</s>", "clean_up_tokenization_spaces": False,
                 "model_max_length": model.config.context}, folder / "tokenizer_config.json")


def _write_json(value, path):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _half_split(weight, heads):
    """Reorder rows from pairs (2i, 2i+1) to pairs (i, i + head_dim/2), as the format expects."""
    pairs = weight.view(heads, len(weight) // heads // 2, 2, -1)
    return pairs.transpose(1, 2).reshape(weight.shape)


def _tensors(model):
    """Return tensors by the names that the format gives them; the head is tied and has none."""
    c = model.config
    names, norm = (LFM2, "embedding_norm") if c.mixers else (LLAMA, "norm")
    rotated = {"wq": c.heads, "wk": c.kv_heads, "q_norm": 1, "k_norm": 1}
    tensors = {"model.embed_tokens.weight": model.embedding,
               f"model.{norm}.weight": model.norm.weight}
    for i, layer in enumerate(model.layers):
        weights = {name.removesuffix(".weight"): part for name, part in layer.named_parameters()}
        for name in rotated.keys() & weights.keys():
            weights[name] = _half_split(weights[name], rotated[name])
        tensors |= {f"model.layers.{i}.{names[name]}.weight": weights[name]
                    for name in names if name in weights}
    return {name: tensor.detach().numpy().astype("<f4") for name, tensor in tensors.items()}


def _write_safetensors(tensors, path):
    """Write the container: header length, JSON header padded to 8 bytes, then the data."""
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors.items():
        end = at + tensor.nbytes
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            out.write(tensor.tobytes())


def _config(c):
    if c.mixers:
        return _lfm2_config(c)
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
        "hidden_size": c.dim, "intermediate_size": c.hidden, "num_hidden_layers": c.layers,
        "num_attention_heads": c.heads, "num_key_value_heads": c.kv_heads, "head_dim": c.head_dim,
        "vocab_size": c.vocab, "max_position_embeddings": c.context, "rms_norm_eps": c.eps,
        "rope_theta": c.theta, "rope_scaling": None, "tie_word_embeddings": True,
        "attention_bias": False, "mlp_bias": False,
        "bos_token_id": bpe.BOS, "eos_token_id": bpe.EOS,
        "torch_dtype": "float32",
    }


def _lfm2_config(c):
    kinds = {"a": "full_attention", "c": "conv"}
    return {
        "architectures": ["Lfm2ForCausalLM"], "model_type": "lfm2",
        "hidden_size": c.dim, "intermediate_size": c.hidden, "block_auto_adjust_ff_dim": False,
        "num_hidden_layers": c.layers, "layer_types": [kinds[mixer] for mixer in c.mixers],
        "num_attention_heads": c.heads, "num_key_value_heads": c.kv_heads,
        "conv_L_cache": KERNEL, "conv_bias": False,
        "vocab_size": c.vocab, "max_position_embeddings": c.context, "norm_eps": c.eps,
        "rope_theta": c.theta, "tie_word_embeddings": True,
        "bos_token_id": bpe.BOS, "eos_token_id": bpe.EOS,
        "torch_dtype": "float32",
    }


def _tokenizer(tokenizer, added):
    """Return the 'BPE with byte fallback' form, as for Llama 2."""
    names = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *tokenizer.pieces]
    own = len(names)
    names += added
    whole = [{"id": i, "content": names[i], "single_word": False, "lstrip": False,
              "rstrip": False, "normalized": False, "special": i < bpe.FIRST_BYTE}
             for i in [*range(bpe.FIRST_BYTE), *range(own, len(names))]]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": whole,
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": bpe.SPACE},
            {"type": "Replace", "pattern": {"String": " "}, "content": bpe.SPACE}]},
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing", "single": _after_bos("A", 0),
            "pair": _after_bos("A", 0) + _after_bos("B", 1),
            "special_tokens": {"<s>": {"id": "<s>", "ids": [bpe.BOS], "tokens": ["<s>"]}}},
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": bpe.SPACE}, "content": " "},
            {"type": "ByteFallback"}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>",
                  "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": True, "byte_fallback": True,
                  "vocab": {name: i for i, name in enumerate(names)},
                  "merges": _merges(tokenizer)},
    }


def _after_bos(part, type_id):
    return [{"SpecialToken": {"id": "<s>", "type_id": type_id}},
            {"Sequence": {"id": part, "type_id": type_id}}]


def _merges(tokenizer):
    """Return all ways to put a piece together from two, best-scoring piece first.

    Joining by score allows every split of a piece, not only the one learned first.
    """
    known = set(tokenizer.pieces)
    return [f"{piece[:cut]} {piece[cut:]}" for piece in tokenizer.pieces
            for cut in range(1, len(piece)) if piece[:cut] in known and piece[cut:] in known]
