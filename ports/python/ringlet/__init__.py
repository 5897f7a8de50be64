"""Runs language models in a fixed amount of memory, with the same bits on every processor."""
from ._errors import ErrorCode, RingletError
from ._grammar import Grammar
from ._model import Architecture, Model, Plan, Section
from ._native import lib as _lib
from ._session import Answer, Session
from ._settings import ConfigOptions, SamplingOptions, SessionOptions

__all__ = ["Answer", "Architecture", "ConfigOptions", "ErrorCode", "Grammar", "Model", "Plan", "RingletError",
           "SamplingOptions", "Section", "Session", "SessionOptions", "kernels"]


def kernels() -> str:
    """The instruction set that sessions use: the best one of this processor that passes its self-test."""
    name: bytes = _lib.ringlet_kernels_name(_lib.ringlet_kernels_best())
    return name.decode()
