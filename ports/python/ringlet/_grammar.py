"""Texts that follow a grammar."""
from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterable, Mapping
from ctypes import byref
from pathlib import Path

from . import _structs as s
from ._errors import ErrorCode, RingletError, check, error_of
from ._memory import Memory
from ._model import Model
from ._native import NO_TOKEN, bytes_of, lib

_JSON_SCHEMA, _GBNF, _REGEX, _CHOICE = range(4)
MOST_SPAN_BYTES = 4096


class Grammar:
    """A compiled grammar: the bytes of a file of `ringlet-grammar`, or what the functions from_… compile.

    `notes` says what the compiler wants to be known. Raises RingletError for bytes that are no grammar.
    """

    def __init__(self, file: bytes | bytearray | memoryview, notes: str = "") -> None:
        self._file = Memory.of(file)
        self._grammar = s.Grammar()
        self.notes = notes
        check(lib.ringlet_grammar_open(byref(self._grammar), self._file.address, self._file.size), "grammar")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Grammar:
        """Reads a file of `ringlet-grammar`."""
        return cls(Path(path).read_bytes())

    @classmethod
    def _compile(cls, kind: int, text: str, name: str, compact: bool = False, depth: int = 8) -> Grammar:
        source = text.encode()
        compiled = lib.ringlet_grammar_compile(kind, source, len(source), name.encode(), compact, depth)
        if not compiled:
            raise MemoryError
        try:
            file = bytes_of(lib.ringlet_compiled_file(compiled))
            message = bytes_of(lib.ringlet_compiled_message(compiled)).decode()
        finally:
            lib.ringlet_compiled_free(compiled)
        if not file:
            raise RingletError(message, ErrorCode.INVALID_ARGUMENT, where=name, what=message)
        return cls(file, message)

    @classmethod
    def from_json_schema(cls, schema: str | Mapping[str, object], *, compact: bool = False, depth: int = 8) -> Grammar:
        """The JSON texts of a schema. Rules contain themselves at most `depth` times; `compact` allows no spaces."""
        text = schema if isinstance(schema, str) else json.dumps(schema)
        return cls._compile(_JSON_SCHEMA, text, "schema", compact, depth)

    @classmethod
    def from_gbnf(cls, text: str, *, depth: int = 8) -> Grammar:
        """A grammar in llama.cpp's notation."""
        return cls._compile(_GBNF, text, "grammar", depth=depth)

    @classmethod
    def from_regex(cls, expression: str) -> Grammar:
        """The texts that match a regular expression as a whole."""
        return cls._compile(_REGEX, expression, "expression")

    @classmethod
    def from_choices(cls, texts: Iterable[str]) -> Grammar:
        """One of these texts."""
        escaped = (text.replace("\\", "\\\\").replace(",", "\\,") for text in texts)
        return cls._compile(_CHOICE, ",".join(escaped), "choices")

    @property
    def lists(self) -> list[str]:
        """Names of the lists of words that are given with each text."""
        count = lib.ringlet_grammar_list_count(byref(self._grammar))
        return [bytes_of(lib.ringlet_grammar_list_name(byref(self._grammar), i)).decode() for i in range(count)]

    def to_bytes(self) -> bytes:
        """The file, for `ringlet run --grammar` and for firmware."""
        return bytes(self._file.view())


def token_trie(model: Model) -> tuple[s.TokenTrie, Memory | None]:
    """The tokens of a model by their bytes: from its file, or built where that has none."""
    trie = s.TokenTrie()
    status = lib.ringlet_token_trie_open(byref(trie), byref(model._model))
    if status.code != ErrorCode.UNSUPPORTED.value:
        check(status, model.name)
        return trie, None
    size = ctypes.c_size_t()
    status = lib.ringlet_token_trie_build(byref(model._model), s.Span(None, 0), byref(size))
    if status.code != ErrorCode.NOT_ENOUGH_MEMORY.value or status.needed == 0:
        raise error_of(status, model.name)
    memory = Memory(status.needed)
    check(lib.ringlet_token_trie_build(byref(model._model), memory.span(), byref(size)), model.name)
    check(lib.ringlet_token_trie_open_memory(byref(trie), byref(model._model), memory.address, size.value), model.name)
    return trie, memory


class Follower:
    """Follows one text through a grammar. Its memory is beside that of the session."""

    def __init__(self, model: Model, grammar: Grammar, trie: s.TokenTrie, lists: Mapping[str, Iterable[str]],
                 span: str | None) -> None:
        self._grammar = grammar
        self._kept: list[Memory] = []
        options = s.GrammarOptions(span_bytes=0 if span is None else min(max(len(span.encode()), 1), MOST_SPAN_BYTES))
        self._workspace = Memory(
            lib.ringlet_grammar_workspace_bytes(byref(model._model), byref(grammar._grammar), byref(options)))
        self.state = s.GrammarState()
        check(lib.ringlet_grammar_create(byref(self.state), byref(trie), byref(grammar._grammar), byref(options),
                                         self._workspace.span()), "grammar")
        for name, words in lists.items():
            self._set_list(name, words)
        if span is not None:
            text = self._keep(Memory.of(span.encode()))
            check(lib.ringlet_grammar_set_span(byref(self.state), text.address, text.size), "span")
        check(lib.ringlet_grammar_reset(byref(self.state), False), "grammar")
        self.confidence: s.Confidence = lib.ringlet_confidence_begin()

    def _keep(self, memory: Memory) -> Memory:
        self._kept.append(memory)
        return memory

    def _set_list(self, name: str, words: Iterable[str]) -> None:
        copies = [Memory.of(word.encode()) for word in words]
        texts = (s.Text * len(copies))(*(s.Text(copy.address, copy.size) for copy in copies))
        memory = self._keep(Memory(lib.ringlet_words_sorted_bytes(texts, len(copies))))
        sorted_words = s.WordList()
        check(lib.ringlet_words_sort(byref(sorted_words), texts, len(copies), memory.span()), f"list '{name}'")
        check(lib.ringlet_grammar_set_list(byref(self.state), name.encode(), byref(sorted_words)), f"list '{name}'")

    def sample(self, sampler: s.Sampler, logits: int, count: int) -> int:
        """Chooses a token that the grammar allows, and appends it."""
        words = ctypes.c_size_t()
        mask = lib.ringlet_grammar_mask(byref(self.state), byref(words))
        token = int(lib.ringlet_sampler_sample_masked(byref(sampler), logits, count, mask, words))
        if token != NO_TOKEN:
            lib.ringlet_confidence_observe(byref(self.confidence), logits, count, mask, words, token)
        if not lib.ringlet_grammar_accept(byref(self.state), token):
            raise RingletError("grammar: the vocabulary has no token that continues the text", ErrorCode.UNSUPPORTED,
                               "grammar")
        return token

    def text(self) -> s.Text:
        text: s.Text = lib.ringlet_grammar_text(byref(self.state))
        return text

    def ended(self) -> bool:
        return bool(lib.ringlet_grammar_ended(byref(self.state)))
