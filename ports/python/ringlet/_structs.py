"""The structs of ringlet.h that this package uses, field by field; tests/python compares them with the headers."""
from __future__ import annotations

from ctypes import (CFUNCTYPE, POINTER, Structure, c_bool, c_char_p, c_float, c_int64, c_size_t, c_uint32, c_uint64,
                    c_void_p)


class Status(Structure):
    _fields_ = [("needed", c_uint64), ("actual", c_uint64), ("index", c_int64), ("what", c_char_p), ("where", c_char_p),
                ("setting", c_char_p), ("suggestion", c_uint32), ("code", c_uint32), ("numbers", c_uint32)]


class Text(Structure):
    _fields_ = [("data", c_void_p), ("size", c_size_t)]


class Bytes(Structure):
    _fields_ = [("data", c_void_p), ("size", c_size_t)]


class Span(Structure):
    _fields_ = [("data", c_void_p), ("size", c_size_t)]


class KvFormats(Structure):
    _fields_ = [("keys", c_uint32), ("values", c_uint32)]


class Architecture(Structure):
    _fields_ = [("vocab_size", c_uint32), ("dim", c_uint32), ("hidden_dim", c_uint32), ("layers", c_uint32),
                ("heads", c_uint32), ("kv_heads", c_uint32), ("head_dim", c_uint32), ("rotary_dim", c_uint32),
                ("trained_context", c_uint32), ("norm_epsilon", c_float), ("attention_scale", c_float),
                ("tied_embedding", c_bool), ("norm", c_uint32), ("activation", c_uint32), ("embedding_scale", c_float),
                ("attention_softcap", c_float), ("logit_softcap", c_float), ("rotary_scale", c_float),
                ("local_rotary", c_bool), ("learned_positions", c_uint32), ("residual_scale", c_float),
                ("parallel_blocks", c_bool), ("norm_after_rotary", c_bool), ("query_growth", c_float),
                ("query_growth_length", c_uint32), ("convolution", c_uint32), ("state_heads", c_uint32),
                ("state_key_heads", c_uint32), ("state_head_dim", c_uint32), ("state_key_dim", c_uint32),
                ("attended_gate", c_bool)]


class Model(Structure):
    _fields_ = [("opaque", c_uint64 * 16)]


class Config(Structure):
    _fields_ = [("context", c_uint32), ("sinks", c_uint32), ("kv", KvFormats), ("hot_window", c_uint32),
                ("prefill_chunk", c_uint32), ("threads", c_uint32), ("longest_word", c_uint32),
                ("repeat_window", c_uint32), ("allow_longer_context", c_bool), ("sinks_in_snapshot", c_bool),
                ("accelerator_bytes", c_uint64), ("draft_tokens", c_uint32), ("lookup_window", c_uint32),
                ("draft_bytes", c_uint64), ("rewind", c_uint32), ("grammar_bytes", c_uint64),
                ("token_trie_bytes", c_uint64)]


SECTION_COUNT = 44


class Section(Structure):
    _fields_ = [("offset", c_uint64), ("bytes", c_uint64), ("id", c_uint32), ("first_stage", c_uint32),
                ("last_stage", c_uint32), ("permanent", c_bool)]


class Plan(Structure):
    _fields_ = [("total", c_uint64), ("count", c_uint32), ("sections", Section * SECTION_COUNT)]


class Team(Structure):
    _fields_ = [("threads", c_uint32), ("user_data", c_void_p), ("run", c_void_p)]


REPORT = CFUNCTYPE(c_bool, c_void_p, c_uint64, c_uint64)


class Progress(Structure):
    _fields_ = [("report", REPORT), ("user_data", c_void_p)]


class Session(Structure):
    _fields_ = [("state", c_void_p)]


class DigestOptions(Structure):
    _fields_ = [("tokens", c_uint64), ("chunk", c_uint32), ("from_start", c_bool)]


class Tokenizer(Structure):
    _fields_ = [("opaque", c_uint64 * 2)]


class Encoded(Structure):
    _fields_ = [("tokens", c_size_t), ("bytes", c_size_t), ("beginning", c_bool)]


class ControlTokens(Structure):
    _fields_ = [("literal", Text), ("enabled", c_bool), ("literal_is_plain", c_bool)]


class Detokenizer(Structure):
    _fields_ = [("opaque", c_uint64 * 104)]


class SamplerOptions(Structure):
    _fields_ = [("temperature", c_float), ("top_k", c_uint32), ("top_p", c_float), ("min_p", c_float),
                ("repeat_penalty", c_float), ("repeat_window", c_uint32), ("seed", c_uint64)]


class Sampler(Structure):
    _fields_ = [("opaque", c_uint64 * 12)]


class PromptOptions(Structure):
    _fields_ = [("control_tokens", ControlTokens), ("sampler", POINTER(Sampler)), ("detokenizer", POINTER(Detokenizer)),
                ("progress", Progress), ("room", POINTER(c_uint32)), ("room_size", c_size_t), ("drafter", c_void_p),
                ("bos", c_uint32)]


class SnapshotInfo(Structure):
    _fields_ = [("model_hash", c_uint64), ("position", c_uint64), ("context", c_uint32), ("sinks", c_uint32),
                ("hot_window", c_uint32), ("prefill_chunk", c_uint32), ("kv", KvFormats), ("has_logits", c_bool),
                ("has_sampler", c_bool)]


class Grammar(Structure):
    _fields_ = [("opaque", c_uint64 * 2)]


class WordList(Structure):
    _fields_ = [("text", c_void_p), ("ends", POINTER(c_uint32)), ("begin", c_uint32), ("count", c_uint32)]


class TokenTrie(Structure):
    _fields_ = [("opaque", c_uint64 * 4)]


class GrammarOptions(Structure):
    _fields_ = [("undo_tokens", c_uint32), ("span_bytes", c_uint32)]


class GrammarState(Structure):
    _fields_ = [("state", c_void_p)]


class Confidence(Structure):
    _fields_ = [("confidence", c_float), ("allowed", c_float)]
