#!/usr/bin/env python3
"""The page of `ringlet serve` in headless Chromium. Skipped (77) only without Chromium."""

import page_support
from chat_test import ChatTest  # noqa: F401
from markdown_test import MarkdownTest  # noqa: F401
from trouble_test import TroubleTest  # noqa: F401
from views_test import ViewsTest  # noqa: F401

if __name__ == "__main__":
    page_support.run_in_browser()
