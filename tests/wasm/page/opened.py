"""Chromium and a server for the tests of a page. The process is skipped (77) where something that they need is missing."""

import contextlib
import os
import shutil
import sys

import devtools
import server


def chromium():
    """Return the path of the browser, or None."""
    return os.environ.get("RINGLET_CHROMIUM") or shutil.which("chromium")


def _skip(reason):
    print(f"SKIPPED: {reason}", file=sys.stderr)
    sys.exit(77)


@contextlib.contextmanager
def opened(page, pictures, *needed):
    """Serve a folder, and give a browser and the folder's address; `pictures` is made, and the files `needed` must exist."""
    if not chromium():
        _skip("Chromium is not installed (tools/setup --all installs it)")
    for file in needed:
        if not file.exists():
            _skip(f"{file} is missing")
    pictures.mkdir(parents=True, exist_ok=True)
    http, address = server.serve(page)
    browser = devtools.Browser(chromium())
    try:
        yield browser, address
    finally:
        browser.close()
        http.shutdown()
