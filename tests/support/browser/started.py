"""Chromium for the tests of a page. The process is skipped (77) where something that they need is missing."""

import contextlib
import os
import shutil
import sys

import devtools


def chromium():
    """Return the path of the browser, or None."""
    return os.environ.get("RINGLET_CHROMIUM") or shutil.which("chromium")


def skip(reason):
    print(f"SKIPPED: {reason}", file=sys.stderr)
    sys.exit(77)


@contextlib.contextmanager
def started(pictures):
    """Give a browser until the end; the folder `pictures` is made."""
    if not chromium():
        skip("Chromium is not installed (tools/setup --all installs it)")
    pictures.mkdir(parents=True, exist_ok=True)
    browser = devtools.Browser(chromium())
    try:
        yield browser
    finally:
        browser.close()
