#!/usr/bin/python3
"""Turn what a speech recogniser writes into what the commands' model reads.

    RECOGNISER | recogniser_text.py [--after "hey house"] | ...

A line in, a line out; lines in which nothing was said are left out. The model reads lower case, words and digits, and no
punctuation but commas, apostrophes (../FORM.md) and the hyphens of names.
"""

import argparse
import re
import sys
import unicodedata

# Each rule in this order: a pattern, and what stands in its place. The text is in lower case.
RULES = [(re.compile(pattern), new) for pattern, new in (
    (r"\x1b\[[0-9;?]*[a-z]", " "),                           # what moves the cursor of a terminal
    (r"^\s*###.*", ""),                                      # whisper-stream's marks around a block
    (r"\[[^]]*\]|\([^)]*\)|<[^>]*>|\*[^*]*\*|♪[^♪]*♪?", " "),  # times and noises: [blank_audio], (music), <unk>
    ("[\u2018\u2019\u02bc`]", "'"),
    (r"(\d)\s*½", r"\1 and a half"),
    ("½", " half "),
    (r"\b[a-z](?:\.[a-z])+\b\.?", lambda found: found[0].replace(".", "")),  # p.m., t.v.
    (r"\b(mr|mrs|ms|dr|st)\.", r"\1"),
    (r"(?<=\d),(?=\d{3}\b)", ""),                            # 1,500
    (r"\b(\d{1,2})\.(\d\d)(?=\s*[ap]m\b)", r"\1:\2"),        # 7.30 pm
    (r"(\d)\s*([ap]m)\b", r"\1 \2"),
    (r"(\d)\s*%", r"\1 percent "),
    (r"(\d)\s*°\s*(?:[cf]\b)?", r"\1 degrees "),
    (r"degrees\s+degrees", "degrees"),
    (r"(?:(?<=\s)|^)[-−](?=\d)", "minus "),
    ("&", " and "),
    (r"\.{2,}|…", " "),
    (r"[.?!;:]+(?=\s|$)|[.](?!\d)|[?!;]|[–—]|\s-+\s", ","),   # ends of sentences, pauses
    (r"[^\w\s',.:-]|_", " "),
    (r"(?<![^\W\d])-|-(?![^\W\d])", " "),                    # 10-minute; names can be hyphenated
    (r"(?<!\d)[.:]|[.:](?!\d)", " "),                        # but 21.5 and 7:30
    (r"(?<!\w)'((?:[^']|\w'\w)*)'(?!\w)|(?<!\w)'(?!\w)", r" \1 "),  # quotes; an apostrophe is at a letter
    (r"\s*,[\s,]*", ", "),
    (r"\s+", " "))]


def plain(text):
    """Return a recogniser's text in the form that the model reads; empty if nothing was said."""
    text = unicodedata.normalize("NFD", text.lower().replace("ß", "ss"))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))  # as in the names of a home: u for ü
    for pattern, new in RULES:
        text = pattern.sub(new, text)
    return text.strip(" ,")


def after(words, text):
    """Return what follows the first `words` in a plain text (a wake word); empty if they were not said."""
    found = re.search(rf"\b{re.escape(plain(words))}\b", text)
    return text[found.end():].strip(" ,") if found else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--after", metavar="WORDS", help="pass on only what follows these words")
    args = parser.parse_args()
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.reconfigure(encoding="utf-8")
    for line in sys.stdin:
        text = plain(line)
        if args.after:
            text = after(args.after, text)
        if text:
            print(text, flush=True)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(1)
