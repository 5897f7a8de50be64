"""Keyword arguments as the structs of the library."""
from __future__ import annotations

from ctypes import byref, c_uint64
from typing import TypedDict

from . import _structs as s
from ._native import lib

_FORMATS = {lib.ringlet_kv_format_name(number).decode(): number for number in (0, 1, 2, 3, 255)}


class ConfigOptions(TypedDict, total=False):
    """What costs memory. What is left out is the library's default."""

    context: int  # tokens that attention sees at once; default: the trained context
    sinks: int  # first tokens, which are never evicted
    kv: str  # f32, f16, int8, int4, recommended, or keys and values apart: "int8/int4"
    hot_window: int  # newest tokens that an INT4 cache keeps in INT8
    prefill_chunk: int  # tokens of a prompt per forward pass
    threads: int
    longest_word: int  # of a prompt, in bytes
    repeat_window: int  # recent tokens that the repetition penalty considers
    allow_longer_context: bool  # than the trained one
    rewind: int  # positions that a recurrent model's session can go back


class SamplingOptions(TypedDict, total=False):
    """How tokens are chosen. What is left out is the model file's recommendation; the default seed is 0."""

    temperature: float  # 0 always takes the most likely token
    top_k: int
    top_p: float
    min_p: float
    repeat_penalty: float
    seed: int


class SessionOptions(ConfigOptions, SamplingOptions, total=False):
    """All options of a session."""


SAMPLING = frozenset(SamplingOptions.__annotations__)
CONFIG = frozenset(ConfigOptions.__annotations__)


def _formats(name: str) -> s.KvFormats:
    keys, _, values = name.partition("/")
    try:
        return s.KvFormats(_FORMATS[keys], _FORMATS[values or keys])
    except KeyError as error:
        raise ValueError(f"kv: there is no format {error}; there are {', '.join(_FORMATS)}") from None


def _fill(struct: s.Config | s.SamplerOptions, options: dict[str, object], known: frozenset[str]) -> None:
    for name, value in options.items():
        if name not in known:
            raise TypeError(f"there is no option '{name}'; there are {', '.join(sorted(known))}")
        if name == "kv":
            if not isinstance(value, str):
                raise TypeError("kv: must be the name of a format")
            value = _formats(value)
        elif isinstance(value, int):
            field = dict(struct._fields_)[name]
            limit = 2**64 if field is c_uint64 else 2**32
            if not 0 <= value < limit:
                raise ValueError(f"{name}: must be from 0 to {limit - 1} (got {value})")
        setattr(struct, name, value)


def config_of(options: dict[str, object]) -> s.Config:
    config: s.Config = lib.ringlet_config_default()
    _fill(config, options, CONFIG)
    return config


def sampling_of(model: s.Model, repeat_window: int, options: dict[str, object]) -> s.SamplerOptions:
    result: s.SamplerOptions = lib.ringlet_model_sampler_options(byref(model))
    result.repeat_window = repeat_window
    _fill(result, options, SAMPLING)
    return result
