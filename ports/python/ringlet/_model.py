"""A model file and what is known of it before there is a session."""
from __future__ import annotations

import ctypes
import mmap
import os
from ctypes import byref
from typing import TYPE_CHECKING, NamedTuple

from . import _structs as s
from ._errors import check
from ._memory import Memory
from ._native import NO_TOKEN, bytes_of, lib
from ._settings import ConfigOptions, SessionOptions, config_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._session import Session


class Section(NamedTuple):
    """A part of a session's memory. Parts that are not in use at the same time share bytes."""

    name: str
    offset: int
    bytes: int
    permanent: bool  # keeps its content from one token to the next


class Plan(NamedTuple):
    """The memory of a session, the same number on every machine."""

    total: int
    sections: list[Section]


class Architecture(NamedTuple):
    """The sizes of a model."""

    vocab_size: int
    dim: int
    hidden_dim: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    trained_context: int


class Model:
    """A model file, mapped and verified once. Its weights are read in place.

    `source` is a path, or the bytes of a file, which are copied. Raises RingletError or OSError.
    """

    def __init__(self, source: str | os.PathLike[str] | bytes | bytearray | memoryview) -> None:
        self.name = "model"
        if isinstance(source, (bytes, bytearray, memoryview)):
            self._file: Memory | mmap.mmap = Memory.of(source)
            address, size = self._file.address, self._file.size
        else:
            self.name = os.fspath(source)
            address, size = self._map(self.name)
        self._model = s.Model()
        check(lib.ringlet_model_open(byref(self._model), address, size), self.name)
        self._tokenizer: s.Tokenizer | None = None

    def _map(self, path: str) -> tuple[int, int]:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                raise ValueError(f"{path}: is empty")
            # Copy-on-write, since ctypes takes addresses of writable memory alone. Nothing writes it.
            self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        # While this view lives, the mapping cannot be closed.
        self._exported = (ctypes.c_char * len(self._file)).from_buffer(self._file)
        return ctypes.addressof(self._exported), len(self._file)

    def verify(self) -> None:
        """Reads and checks every weight. Raises RingletError if the file is damaged."""
        check(lib.ringlet_model_verify_data(byref(self._model), None, None), self.name)

    @property
    def architecture(self) -> Architecture:
        sizes = lib.ringlet_model_architecture(byref(self._model))
        return Architecture(*(getattr(sizes, name) for name in Architecture._fields))

    @property
    def hash(self) -> int:
        """Identifies the model by its checksums."""
        return int(lib.ringlet_model_hash(byref(self._model)))

    def plan(self, **options: Unpack[ConfigOptions]) -> Plan:
        """The memory that a session needs, before there is one."""
        plan = s.Plan()
        check(lib.ringlet_plan_create(byref(self._model), byref(config_of(dict(options))), byref(plan)), self.name)
        sections = [Section(lib.ringlet_section_name(part.id).decode(), part.offset, part.bytes, part.permanent)
                    for part in plan.sections[:plan.count]]
        return Plan(plan.total, sections)

    def longest_context(self, memory: int, **options: Unpack[ConfigOptions]) -> int:
        """The longest context whose session fits into `memory` bytes, or 0."""
        return int(lib.ringlet_plan_longest_context(byref(self._model), byref(config_of(dict(options))), memory))

    def session(self, *, memory: bytearray | None = None, **options: Unpack[SessionOptions]) -> Session:
        """A session of this model; see Session."""
        from ._session import Session
        return Session(self, memory=memory, **options)

    def digest(self, tokens: int = 128, **options: Unpack[ConfigOptions]) -> int:
        """A hash of the logits of a fixed sequence: the number that `ringlet digest` prints on every machine.

        The context is 64 by default, as there, so that the ring wraps.
        """
        options.setdefault("context", min(64, self.architecture.trained_context))
        return self.session(**options).digest(tokens)

    def _open_tokenizer(self) -> s.Tokenizer:
        if self._tokenizer is None:
            tokenizer = s.Tokenizer()
            check(lib.ringlet_tokenizer_open(byref(tokenizer), byref(self._model)), self.name)
            self._tokenizer = tokenizer
        return self._tokenizer

    def encode(self, text: str, *, control_tokens: bool = False) -> list[int]:
        """The tokens of a text, without a begin-of-text token. With `control_tokens`, their spellings become them."""
        tokenizer = self._open_tokenizer()
        data = text.encode()
        source = Memory.of(data)
        # No word is longer than the text. Normalization can lengthen it.
        workspace = Memory(lib.ringlet_tokenizer_workspace_bytes(max(1024, 4 * len(data))))
        room = (ctypes.c_uint32 * max(512, 4 * len(data)))()  # a word has at most a token for each of its bytes
        meaning = s.ControlTokens(enabled=control_tokens)
        done, at = s.Encoded(beginning=True), 0
        result: list[int] = []
        while at < len(data):
            check(lib.ringlet_tokenizer_encode(byref(tokenizer), source.address + at, len(data) - at, done.beginning,
                                               workspace.span(), room, len(room), byref(meaning), byref(done)), self.name)
            result += room[:done.tokens]
            at += done.bytes
        return result

    def decode(self, tokens: list[int]) -> str:
        """The text of tokens."""
        detokenizer = s.Detokenizer()
        lib.ringlet_detokenizer_begin(byref(detokenizer), byref(self._open_tokenizer()), True)
        parts = [bytes_of(lib.ringlet_detokenizer_next(byref(detokenizer), token)) for token in tokens]
        return b"".join((*parts, bytes_of(lib.ringlet_detokenizer_finish(byref(detokenizer))))).decode()

    def _token(self, token: int) -> int | None:
        return None if token == NO_TOKEN else token

    @property
    def bos(self) -> int | None:
        """The begin-of-text token."""
        return self._token(lib.ringlet_tokenizer_bos(byref(self._open_tokenizer())))

    @property
    def eos(self) -> int | None:
        """The end-of-text token."""
        return self._token(lib.ringlet_tokenizer_eos(byref(self._open_tokenizer())))
