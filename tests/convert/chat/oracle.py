"""Jinja2 with the settings of Hugging Face's tokenizers, and the converter's own renderer.

The settings are those of transformers.utils.chat_template_utils: an immutable sandbox that trims
blocks, the loop controls, the block "generation", the filter "tojson" without HTML escapes,
raise_exception() and strftime_now().
"""
import datetime
import functools
import json
import os
import subprocess
import sys

try:
    import jinja2
    import jinja2.ext
    import jinja2.nodes
    import jinja2.sandbox
except ImportError:
    print("SKIPPED: Jinja2 is not installed (Debian's package python3-jinja2)")
    sys.exit(77)

DATA = os.environ.get("RINGLET_TEST_DATA", "")
PROGRAM = os.environ.get("RINGLET_RENDER_PROGRAM", "")
EMULATOR = os.environ.get("RINGLET_EMULATOR", "").split()
CLOCK = datetime.datetime(2031, 2, 3, 16, 5, 9)  # as in render.cpp


class Generation(jinja2.ext.Extension):
    """{% generation %}: the block that Transformers follows an assistant's tokens with."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        call = self.call_method("_write")
        return jinja2.nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _write(self, caller):
        return caller()


def to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators,
                      sort_keys=sort_keys)


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def environment(clock=True):
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True,
        extensions=[Generation, jinja2.ext.loopcontrols])
    made.filters["tojson"] = to_json
    made.globals["raise_exception"] = raise_exception
    if clock:
        made.globals["strftime_now"] = CLOCK.strftime
    return made


ENVIRONMENT = environment()
WITHOUT_CLOCK = environment(clock=False)


@functools.lru_cache(maxsize=64)
def compiled(template, clock):
    return (ENVIRONMENT if clock else WITHOUT_CLOCK).from_string(template)


def jinja2_answer(template, variables, clock=True):
    """{"text": ...} or {"error": ...}, as the converter's renderer answers."""
    try:
        return {"text": compiled(template, clock).render(**variables)}
    except Exception as error:  # whatever a template can make Python raise
        return {"error": f"{type(error).__name__}: {error}"}


class Renderer:
    """tests/convert/chat/render.cpp, asked line by line."""

    def __init__(self):
        self.process = subprocess.Popen(EMULATOR + [PROGRAM], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, encoding="utf-8")

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the renderer ended at {request!r}")
        return json.loads(line)

    def render(self, template, variables, clock=True):
        return self.ask({"template": template, "variables": variables, "clock": clock})

    def close(self):
        self.process.stdin.close()
        self.process.wait()
