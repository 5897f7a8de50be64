"""A browser and a server for the tests of a page. The process is skipped (77) where something that they need is missing."""

import contextlib
import pathlib
import sys

import server

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support/browser"))

import started  # noqa: E402


@contextlib.contextmanager
def opened(page, pictures, *needed):
    """Serve a folder, and give a browser and the folder's address; `pictures` is made, and the files `needed` must exist."""
    for file in needed:
        if not file.exists():
            started.skip(f"{file} is missing")
    with started.started(pictures) as browser:
        http, address = server.serve(page)
        try:
            yield browser, address
        finally:
            http.shutdown()
