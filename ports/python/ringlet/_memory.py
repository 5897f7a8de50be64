"""Aligned memory that Python owns."""
from __future__ import annotations

import ctypes

from ._native import ALIGNMENT
from ._structs import Span


class Memory:
    """An aligned part of a bytearray, which keeps its address because the part is exported."""

    def __init__(self, size: int, buffer: bytearray | None = None) -> None:
        if buffer is None:
            buffer = bytearray(size + ALIGNMENT - 1)
        first = ctypes.addressof(ctypes.c_char.from_buffer(buffer)) if buffer else 0
        self.offset = -first % ALIGNMENT
        if len(buffer) < self.offset + size:
            raise ValueError(f"memory: has {len(buffer)} bytes, needs {size + ALIGNMENT - 1} to hold {size} at an address "
                             f"that is a multiple of {ALIGNMENT}")
        self.size = size
        self.buffer = buffer
        # While this view lives, a bytearray refuses to change its size, which would move it.
        self._exported = (ctypes.c_char * size).from_buffer(buffer, self.offset)
        self.address = ctypes.addressof(self._exported)

    @classmethod
    def of(cls, data: bytes | bytearray | memoryview) -> Memory:
        """An aligned copy."""
        memory = cls(len(data))
        memory.buffer[memory.offset:memory.offset + len(data)] = data
        return memory

    def span(self) -> Span:
        return Span(self.address, self.size)

    def view(self) -> memoryview:
        return memoryview(self.buffer)[self.offset:self.offset + self.size]
