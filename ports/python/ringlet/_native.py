"""The functions of the C interface that this package calls; tests/python compares them with the headers."""
from __future__ import annotations

import ctypes
from ctypes import POINTER, c_bool, c_char_p, c_float, c_size_t, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import Any

from . import _structs as s

NO_TOKEN = 0xFFFFFFFF
ALIGNMENT = 64  # of the memory of a session and of model files

_P = POINTER
# By name: the result, then the arguments. A pointer to bytes is a c_void_p.
FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "ringlet_status_describe": (c_size_t, _P(s.Status), c_char_p, c_size_t),
    "ringlet_kv_format_name": (c_char_p, c_uint32),
    "ringlet_model_open": (s.Status, _P(s.Model), c_void_p, c_size_t),
    "ringlet_model_verify_data": (s.Status, _P(s.Model), c_void_p, c_void_p),
    "ringlet_model_architecture": (s.Architecture, _P(s.Model)),
    "ringlet_model_hash": (c_uint64, _P(s.Model)),
    "ringlet_config_default": (s.Config,),
    "ringlet_section_name": (c_char_p, c_uint32),
    "ringlet_plan_create": (s.Status, _P(s.Model), _P(s.Config), _P(s.Plan)),
    "ringlet_plan_longest_context": (c_uint32, _P(s.Model), _P(s.Config), c_uint64),
    "ringlet_kernels_best": (c_void_p,),
    "ringlet_kernels_name": (c_char_p, c_void_p),
    "ringlet_threads_start": (c_void_p, c_uint32),
    "ringlet_threads_team": (s.Team, c_void_p),
    "ringlet_threads_stop": (None, c_void_p),
    "ringlet_session_create": (s.Status, _P(s.Session), _P(s.Model), _P(s.Config), c_void_p, c_size_t, c_void_p, _P(s.Team)),
    "ringlet_session_prefill": (s.Status, _P(s.Session), _P(c_uint32), c_size_t, _P(s.Progress)),
    "ringlet_session_prefill_text": (s.Status, _P(s.Session), _P(s.Tokenizer), s.Text, _P(s.PromptOptions), _P(c_uint64)),
    "ringlet_session_step": (s.Status, _P(s.Session), c_uint32),
    "ringlet_session_logits": (c_void_p, _P(s.Session)),
    "ringlet_session_position": (c_uint64, _P(s.Session)),
    "ringlet_session_truncate": (s.Status, _P(s.Session), c_uint64),
    "ringlet_session_reset": (None, _P(s.Session)),
    "ringlet_session_config": (s.Config, _P(s.Session)),
    "ringlet_session_sampler": (s.Status, _P(s.Session), _P(s.SamplerOptions), _P(s.Sampler)),
    "ringlet_digest_options_default": (s.DigestOptions,),
    "ringlet_session_digest": (s.Status, _P(s.Session), _P(s.DigestOptions), _P(c_uint64)),
    "ringlet_snapshot_bytes": (s.Status, _P(s.Model), _P(s.Config), c_uint64, _P(c_uint64)),
    "ringlet_snapshot_info_read": (s.Status, _P(s.SnapshotInfo), c_void_p, c_size_t),
    "ringlet_session_save": (s.Status, _P(s.Session), s.Span, _P(s.Sampler), _P(c_size_t)),
    "ringlet_session_restore": (s.Status, _P(s.Session), c_void_p, c_size_t, _P(s.Sampler)),
    "ringlet_model_sampler_options": (s.SamplerOptions, _P(s.Model)),
    "ringlet_sampler_sample": (c_uint32, _P(s.Sampler), c_void_p, c_size_t),
    "ringlet_sampler_sample_masked": (c_uint32, _P(s.Sampler), c_void_p, c_size_t, _P(c_uint32), c_size_t),
    "ringlet_sampler_observe": (None, _P(s.Sampler), c_uint32),
    "ringlet_sampler_reset": (None, _P(s.Sampler)),
    "ringlet_tokenizer_open": (s.Status, _P(s.Tokenizer), _P(s.Model)),
    "ringlet_tokenizer_workspace_bytes": (c_uint64, c_uint32),
    "ringlet_tokenizer_encode": (s.Status, _P(s.Tokenizer), c_void_p, c_size_t, c_bool, s.Span, _P(c_uint32), c_size_t,
                                 _P(s.ControlTokens), _P(s.Encoded)),
    "ringlet_tokenizer_bos": (c_uint32, _P(s.Tokenizer)),
    "ringlet_tokenizer_eos": (c_uint32, _P(s.Tokenizer)),
    "ringlet_tokenizer_ends_text": (c_bool, _P(s.Tokenizer), c_uint32),
    "ringlet_detokenizer_begin": (None, _P(s.Detokenizer), _P(s.Tokenizer), c_bool),
    "ringlet_detokenizer_next": (s.Text, _P(s.Detokenizer), c_uint32),
    "ringlet_detokenizer_next_bytes": (s.Text, _P(s.Detokenizer), c_void_p, c_size_t),
    "ringlet_detokenizer_finish": (s.Text, _P(s.Detokenizer)),
    "ringlet_grammar_compile": (c_void_p, c_uint32, c_void_p, c_size_t, c_char_p, c_bool, c_uint32),
    "ringlet_compiled_file": (s.Bytes, c_void_p),
    "ringlet_compiled_message": (s.Text, c_void_p),
    "ringlet_compiled_free": (None, c_void_p),
    "ringlet_grammar_open": (s.Status, _P(s.Grammar), c_void_p, c_size_t),
    "ringlet_grammar_list_count": (c_uint32, _P(s.Grammar)),
    "ringlet_grammar_list_name": (s.Text, _P(s.Grammar), c_uint32),
    "ringlet_words_sorted_bytes": (c_uint64, _P(s.Text), c_size_t),
    "ringlet_words_sort": (s.Status, _P(s.WordList), _P(s.Text), c_size_t, s.Span),
    "ringlet_token_trie_open": (s.Status, _P(s.TokenTrie), _P(s.Model)),
    "ringlet_token_trie_open_memory": (s.Status, _P(s.TokenTrie), _P(s.Model), c_void_p, c_size_t),
    "ringlet_token_trie_build": (s.Status, _P(s.Model), s.Span, _P(c_size_t)),
    "ringlet_grammar_workspace_bytes": (c_uint64, _P(s.Model), _P(s.Grammar), _P(s.GrammarOptions)),
    "ringlet_grammar_create": (s.Status, _P(s.GrammarState), _P(s.TokenTrie), _P(s.Grammar), _P(s.GrammarOptions), s.Span),
    "ringlet_grammar_set_list": (s.Status, _P(s.GrammarState), c_char_p, _P(s.WordList)),
    "ringlet_grammar_set_span": (s.Status, _P(s.GrammarState), c_void_p, c_size_t),
    "ringlet_grammar_reset": (s.Status, _P(s.GrammarState), c_bool),
    "ringlet_grammar_mask": (_P(c_uint32), _P(s.GrammarState), _P(c_size_t)),
    "ringlet_grammar_accept": (c_bool, _P(s.GrammarState), c_uint32),
    "ringlet_grammar_text": (s.Text, _P(s.GrammarState)),
    "ringlet_grammar_done": (c_bool, _P(s.GrammarState)),
    "ringlet_grammar_ended": (c_bool, _P(s.GrammarState)),
    "ringlet_confidence_begin": (s.Confidence,),
    "ringlet_confidence_observe": (None, _P(s.Confidence), c_void_p, c_size_t, _P(c_uint32), c_size_t, c_uint32),
}


def _load() -> Any:
    library = ctypes.CDLL(str(Path(__file__).with_name("libringlet.so")))
    for name, (result, *arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


lib = _load()


def bytes_of(text: Any) -> bytes:
    """A copy of what a Text or Bytes points to."""
    return ctypes.string_at(text.data, text.size) if text.size else b""
