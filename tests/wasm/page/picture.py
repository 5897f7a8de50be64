#!/usr/bin/env python3
"""Writes README's picture of the page: picture.py build/wasm/page tools/pictures/browser.png

There is no speed in it, so it does not age with the kernels."""

import pathlib
import shutil
import sys

import server

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support/browser"))

import devtools  # noqa: E402


def main(folder, path):
    http, address = server.serve(folder)
    browser = devtools.Browser(shutil.which("chromium"))
    try:
        tab = devtools.Tab(browser)
        tab.look(1000, 900, motion="reduce")
        tab.call("Page.navigate", url=address)
        tab.until("document.querySelector('#digest-mark.equal') !== null")
        tab.run("document.getElementById('speed').parentElement.hidden = true")
        tab.until("Number(document.getElementById('position').textContent) >= 110")
        tab.run("document.getElementById('toggle').click()")
        bottom = tab.run("document.querySelector('section.ring .legend').getBoundingClientRect().bottom + scrollY")
        tab.picture(path, {"x": 0, "y": 0, "width": 1000, "height": round(bottom) + 8, "scale": 0.85})
    finally:
        browser.close()
        http.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
