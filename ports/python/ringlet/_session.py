"""A session: a text in a fixed amount of memory."""
from __future__ import annotations

import ctypes
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ctypes import byref
from typing import TYPE_CHECKING, NamedTuple

from . import _structs as s
from ._errors import ErrorCode, RingletError, check
from ._grammar import Follower, Grammar, token_trie
from ._memory import Memory
from ._model import Model
from ._native import bytes_of, lib
from ._settings import SAMPLING, SamplingOptions, SessionOptions, config_of, sampling_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

Progress = Callable[[int, int], object]


class Answer(NamedTuple):
    """A text under a grammar."""

    text: str
    complete: bool  # whether the text is whole, not cut off after `tokens`
    confidence: float  # the probability that the model says this text
    allowed: float  # the smallest probability that a step left to what the grammar allows


class _Report:
    """Calls a function of Python from a prefill. What that raises stops the prefill and is raised after it."""

    def __init__(self, progress: Progress | None) -> None:
        self.error: BaseException | None = None

        def report(_user_data: int | None, done: int, total: int) -> bool:
            try:
                if progress is not None:
                    progress(done, total)
                return True
            except BaseException as error:  # KeyboardInterrupt, too
                self.error = error
                return False

        self.progress = s.Progress(s.REPORT(report), None)

    def check(self, status: s.Status, subject: str) -> None:
        if self.error is not None:
            raise self.error
        check(status, subject)


class Session:
    """A text of a model, with all of its state in one bytearray.

    `memory` is a bytearray of the plan's size and 63 bytes more; otherwise the session makes one. It must not be
    written. The other options are those of ConfigOptions and SamplingOptions. Threads of Python can share a session;
    one call runs at a time.
    """

    def __init__(self, model: Model, *, memory: bytearray | None = None, **options: Unpack[SessionOptions]) -> None:
        given = dict(options)
        sampling = {name: given.pop(name) for name in SAMPLING & given.keys()}
        config = config_of(given)
        plan = s.Plan()
        check(lib.ringlet_plan_create(byref(model._model), byref(config), byref(plan)), model.name)
        self.model = model
        self._vocabulary = model.architecture.vocab_size
        self._memory = Memory(plan.total, memory)
        self._lock = threading.RLock()
        self._text = 0  # the number of the text that is generated
        self._session = s.Session()
        check(lib.ringlet_session_create(byref(self._session), byref(model._model), byref(config), self._memory.address,
                                         self._memory.size, lib.ringlet_kernels_best(), self._team(config.threads)),
              model.name)
        self._config: s.Config = lib.ringlet_session_config(byref(self._session))
        self._sampler = s.Sampler()
        self._trie: tuple[s.TokenTrie, Memory | None] | None = None
        self._sample_with(sampling)

    def _team(self, threads: int) -> ctypes._CArgObject | None:
        if threads <= 1:
            return None
        team = lib.ringlet_threads_start(threads)
        if not team:
            raise RuntimeError(f"threads: the system cannot start {threads}")
        weakref.finalize(self, lib.ringlet_threads_stop, team)
        return byref(lib.ringlet_threads_team(team))

    def _sample_with(self, options: dict[str, object]) -> None:
        settings = sampling_of(self.model._model, self._config.repeat_window, options)
        check(lib.ringlet_session_sampler(byref(self._session), byref(settings), byref(self._sampler)), "sampling")

    def set_sampling(self, **options: Unpack[SamplingOptions]) -> None:
        """Chooses tokens in another way from now on. What is left out is the model file's recommendation."""
        with self._lock:
            self._sample_with(dict(options))

    @property
    def memory(self) -> bytearray:
        """The bytes that the session lives in."""
        return self._memory.buffer

    @property
    def position(self) -> int:
        """Tokens so far."""
        return int(lib.ringlet_session_position(byref(self._session)))

    @property
    def logits(self) -> memoryview | None:
        """Scores of the next token, a view of floats that the next call changes. None before the first token."""
        address = lib.ringlet_session_logits(byref(self._session))
        if not address:
            return None
        begin = address - self._memory.address
        return self._memory.view()[begin:begin + 4 * self._vocabulary].cast("f").toreadonly()

    def append(self, tokens: Sequence[int], *, progress: Progress | None = None) -> None:
        """Appends tokens. `progress` is called with the number done and the total."""
        for token in tokens:
            self._check_token(token)
        array = (ctypes.c_uint32 * len(tokens))(*tokens)
        report = _Report(progress)
        with self._lock:
            self._text += 1
            before = self.position
            status = lib.ringlet_session_prefill(byref(self._session), array, len(array), byref(report.progress))
            for token in array[:self.position - before]:
                lib.ringlet_sampler_observe(byref(self._sampler), token)
            report.check(status, self.model.name)

    def append_text(self, text: str, *, control_tokens: bool = False, progress: Progress | None = None) -> int:
        """Appends a text, with the begin-of-text token at the start if the vocabulary wants it. Returns the number of
        tokens. With `control_tokens`, spellings of control tokens become them."""
        detokenizer = s.Detokenizer()
        with self._lock:
            self._text += 1
            return self._append_text(text, control_tokens, progress, detokenizer)

    def _append_text(self, text: str, control_tokens: bool, progress: Progress | None, detokenizer: s.Detokenizer) -> int:
        tokenizer = self.model._open_tokenizer()
        lib.ringlet_detokenizer_begin(byref(detokenizer), byref(tokenizer), self.position == 0)
        data = Memory.of(text.encode())
        report = _Report(progress)
        options = s.PromptOptions(control_tokens=s.ControlTokens(enabled=control_tokens),
                                  sampler=ctypes.pointer(self._sampler), detokenizer=ctypes.pointer(detokenizer),
                                  progress=report.progress)
        count = ctypes.c_uint64()
        report.check(lib.ringlet_session_prefill_text(byref(self._session), byref(tokenizer), s.Text(data.address, data.size),
                                                      byref(options), byref(count)), self.model.name)
        return count.value

    def _require_logits(self) -> int:
        address = lib.ringlet_session_logits(byref(self._session))
        if not address:
            raise ValueError("the session is empty: give it a prompt")
        return int(address)

    def sample(self) -> int:
        """Chooses a token from the logits. Append it to continue with it."""
        with self._lock:
            return int(lib.ringlet_sampler_sample(byref(self._sampler), self._require_logits(), self._vocabulary))

    def _check_token(self, token: int) -> None:
        # ctypes would take the lowest 32 bits.
        if not 0 <= token < self._vocabulary:
            raise ValueError(f"token: must be from 0 to {self._vocabulary - 1} (got {token})")

    def step(self, token: int) -> None:
        """Appends a token that sample() returned."""
        self._check_token(token)
        with self._lock:
            self._text += 1
            self._step(token)

    def _step(self, token: int) -> None:
        check(lib.ringlet_session_step(byref(self._session), token), self.model.name)

    def generate(self, prompt: str = "", *, tokens: int | None = None, ignore_end: bool = False,
                 control_tokens: bool = False, progress: Progress | None = None) -> Iterator[str]:
        """Appends the prompt, and returns an iterator of what follows, in whole characters.

        The text ends after `tokens`, or when the model ends it. Without a prompt the session's text continues, also one
        whose iterator was left early. Any other call that appends ends the iterator with an error.
        """
        detokenizer = s.Detokenizer()
        with self._lock:
            self._text += 1
            self._append_text(prompt, control_tokens, progress, detokenizer)
            self._require_logits()
            return self._continue(self._text, detokenizer, tokens, ignore_end)

    def _continue(self, text: int, detokenizer: s.Detokenizer, tokens: int | None, ignore_end: bool) -> Iterator[str]:
        tokenizer = self.model._open_tokenizer()
        count = 0
        while tokens is None or count < tokens:
            with self._lock:
                if self._text != text:
                    raise RuntimeError("the session has begun another text")
                token = self.sample()
                if not ignore_end and lib.ringlet_tokenizer_ends_text(byref(tokenizer), token):
                    break
                piece = bytes_of(lib.ringlet_detokenizer_next(byref(detokenizer), token)).decode()
                self._step(token)
            count += 1
            if piece:
                yield piece
        rest = bytes_of(lib.ringlet_detokenizer_finish(byref(detokenizer))).decode()
        if rest:
            yield rest

    def answer(self, prompt: str, grammar: Grammar, *, lists: Mapping[str, Iterable[str]] | None = None,
               span: str | None = None, tokens: int = 256, control_tokens: bool = False) -> Answer:
        """Appends the prompt and a text that follows the grammar.

        `lists` has the words of the grammar's lists, `span` is the text of which it takes pieces. A text that is not
        whole after `tokens` is returned with complete=False.
        """
        detokenizer = s.Detokenizer()
        with self._lock:
            if self._trie is None:
                self._trie = token_trie(self.model)
            follower = Follower(self.model, grammar, self._trie[0], lists or {}, span)
            self._text += 1
            self._append_text(prompt, control_tokens, None, detokenizer)
            parts: list[bytes] = []
            for _ in range(tokens):
                token = follower.sample(self._sampler, self._require_logits(), self._vocabulary)
                if follower.ended():
                    break
                text = follower.text()
                parts.append(bytes_of(lib.ringlet_detokenizer_next_bytes(byref(detokenizer), text.data, text.size)))
                self._step(token)
            parts.append(bytes_of(lib.ringlet_detokenizer_finish(byref(detokenizer))))
            return Answer(b"".join(parts).decode(), follower.ended(), follower.confidence.confidence,
                          follower.confidence.allowed)

    def truncate(self, position: int) -> None:
        """Goes back to an earlier position."""
        with self._lock:
            self._text += 1
            check(lib.ringlet_session_truncate(byref(self._session), position), self.model.name)

    def reset(self) -> None:
        """Goes back to the start, also of the seed's random numbers."""
        with self._lock:
            self._text += 1
            lib.ringlet_session_reset(byref(self._session))
            lib.ringlet_sampler_reset(byref(self._sampler))

    def digest(self, tokens: int = 128) -> int:
        """Resets the session and hashes the logits of a fixed sequence: what `ringlet digest` prints with its settings."""
        if tokens < 1:
            raise ValueError(f"tokens: must be at least 1 (got {tokens})")
        options = lib.ringlet_digest_options_default()
        options.tokens = tokens
        value = ctypes.c_uint64()
        with self._lock:
            self._text += 1
            check(lib.ringlet_session_digest(byref(self._session), byref(options), byref(value)), self.model.name)
        return value.value

    def save(self) -> bytes:
        """A snapshot of the session and of its random numbers: the file that `ringlet run --session` writes."""
        size = ctypes.c_uint64()
        with self._lock:
            check(lib.ringlet_snapshot_bytes(byref(self.model._model), byref(self._config), self.position, byref(size)))
            memory, written = Memory(size.value), ctypes.c_size_t()
            check(lib.ringlet_session_save(byref(self._session), memory.span(), byref(self._sampler), byref(written)))
        return bytes(memory.view()[:written.value])

    def restore(self, snapshot: bytes | bytearray | memoryview) -> None:
        """Continues from a snapshot of the same model and settings. On an error the session is unchanged."""
        memory, info = Memory.of(snapshot), s.SnapshotInfo()
        check(lib.ringlet_snapshot_info_read(byref(info), memory.address, memory.size), "snapshot")
        sampler = byref(self._sampler) if info.has_sampler else None
        with self._lock:
            check(lib.ringlet_session_restore(byref(self._session), memory.address, memory.size, sampler), "snapshot")
            self._text += 1
