#!/usr/bin/env python3
"""The page of `ringlet serve` in headless Chromium. Skipped (77) only without Chromium."""

import os
import shutil
import sys
import unittest

import support
from chat_test import ChatTest  # noqa: F401
from markdown_test import MarkdownTest  # noqa: F401
from trouble_test import TroubleTest  # noqa: F401
from views_test import ViewsTest  # noqa: F401

if __name__ == "__main__":
    chromium = os.environ.get("RINGLET_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        print("SKIPPED: Chromium is not installed (tools/setup --all installs it)", file=sys.stderr)
        sys.exit(77)
    support.PICTURES.mkdir(parents=True, exist_ok=True)
    support.browser = support.devtools.Browser(chromium)
    try:
        outcome = unittest.main(exit=False).result
    finally:
        support.browser.close()
    sys.exit(not outcome.wasSuccessful())
