"""Errors of the library as exceptions."""
from __future__ import annotations

import ctypes
import enum

from . import _structs as s
from ._native import lib


class ErrorCode(enum.Enum):
    """The kind of an error."""

    INVALID_ARGUMENT = 1
    INVALID_MODEL = 2
    UNSUPPORTED = 3
    NOT_ENOUGH_MEMORY = 4
    OUT_OF_RANGE = 5
    CHECKSUM_MISMATCH = 6
    CANCELLED = 7
    INVALID_SNAPSHOT = 8
    NOT_FINITE = 9
    NOT_TRUSTED = 10


class RingletError(Exception):
    """What the library refused. The message says what is wrong and how to fix it.

    `where` is the field or argument at fault; `index` its layer or entry, or None. If `setting` is not None, the call
    succeeds with `suggestion` as the value of that setting.
    """

    def __init__(self, message: str, code: ErrorCode, where: str = "", what: str = "", index: int | None = None,
                 needed: int | None = None, actual: int | None = None, setting: str | None = None,
                 suggestion: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.where = where
        self.what = what
        self.index = index
        self.needed = needed
        self.actual = actual
        self.setting = setting
        self.suggestion = suggestion


_NEEDS, _AT_MOST, _GOT = 1, 2, 3


def _text(value: bytes | None) -> str:
    return value.decode() if value else ""


def error_of(status: s.Status, subject: str = "") -> RingletError:
    line = ctypes.create_string_buffer(512)
    lib.ringlet_status_describe(ctypes.byref(status), line, len(line))
    message = f"{subject}: {_text(line.value)}" if subject else _text(line.value)
    return RingletError(message, ErrorCode(status.code), _text(status.where), _text(status.what),
                        index=status.index if status.index >= 0 else None,
                        needed=status.needed if status.numbers in (_NEEDS, _AT_MOST) else None,
                        actual=status.actual if status.numbers in (_NEEDS, _AT_MOST, _GOT) else None,
                        setting=_text(status.setting) or None,
                        suggestion=status.suggestion if status.setting else None)


def check(status: s.Status, subject: str = "") -> None:
    """Raises the error of a status, if it is one."""
    if status.code:
        raise error_of(status, subject)
