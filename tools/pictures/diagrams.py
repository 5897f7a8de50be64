"""The pictures of runtime/cache/EXPLAINED.md: boxes with words, drawn from the ideas alone. Standard library only."""

import charts
import svg

CELL, GAP = 58, 6


def _page(height, title, subtitle):
    page = svg.Page(charts.WIDTH, height, title, "sans")
    page.text(charts.MARGIN, 26, title, bold=True)
    page.text(charts.MARGIN, 45, subtitle, "dim")
    return page


def _cell(page, x, y, words, kind="frame", width=CELL, height=28):
    page.rectangle(kind, x, y, width, height, 4)
    text = {"ours": "over", "recomputed": "overgrey"}.get(kind, "plain")
    page.text(x + width / 2, y + height / 2 + 4, words, text, anchor="middle")


def _legend(page, x, y, entries):
    for kind, words in entries:
        page.rectangle(kind, x, y - 10, 12, 12, 2)
        page.text(x + 18, y, words, "dim")
        x += 26 + 6.4 * len(words)


def kept():
    """What a token computes, and what later tokens need of it."""
    tokens = ["The", "little", "dog", "ran", "to", "the"]
    page = _page(330, "Each token asks once, and is asked for ever",
                 "One layer while the token “the” is computed. Earlier tokens are not computed again.")
    left, top = 150, 96
    for i, token in enumerate(tokens):
        newest = i == len(tokens) - 1
        x = left + i * (CELL + GAP)
        page.text(x + CELL / 2, top - 12, token, "accent" if newest else "plain", anchor="middle", bold=newest)
        _cell(page, x, top, "q" if newest else "—", "recomputed" if newest else "page")
        _cell(page, x, top + 62, "k", "ours")
        _cell(page, x, top + 124, "v", "ours")
    end = left + len(tokens) * (CELL + GAP)
    for row, (name, use) in enumerate((("query Q", "used now, by this token only"),
                                       ("keys K", "compared with the query: a score for each token"),
                                       ("values V", "added up, weighted by the scores"))):
        page.text(left - 16, top + 62 * row + 18, name, bold=True, anchor="end")
        page.text(end + 14, top + 62 * row + 18, use, "dim")
    page.line(left, top + 45, end - GAP, top + 45)
    _legend(page, left, top + 190, (("ours", "cached: each later token reads it"),
                                    ("recomputed", "not cached: no later token reads it")))
    return str(page)


def ring():
    """Slots of a ring with sinks before and after a token."""
    page = _page(330, "The ring: constant memory, and nothing is moved",
                 "A window of 8 positions behind 2 sinks. Position p lies in slot (p − 2) mod 8, for ever or until it is overwritten.")
    left, top, size = 90, 92, 62
    for row, newest in enumerate((9, 10, 17)):
        y = top + row * 66
        page.text(left - 16, y + 18, f"p = {newest}", bold=True, anchor="end")
        for sink in range(2):
            _cell(page, left + sink * (size + GAP), y, str(sink), "recomputed", size)
        for slot in range(8):
            # The newest position that lies in the slot.
            position = max(p for p in range(2, newest + 1) if (p - 2) % 8 == slot)
            _cell(page, left + 20 + (slot + 2) * (size + GAP), y, str(position),
                  "ours" if position == newest else "frame", size)
    _legend(page, left, top + 216, (("recomputed", "sinks: the first tokens, kept for ever"),
                                    ("ours", "the newest token"), ("frame", "the window")))
    return str(page)


def rows():
    """One pass over the rows of a pool."""
    page = _page(330, "A pass over rows: the weights are read once for all",
                 "A row is a token of some session at some position. Drafts and prompts are rows like others.")
    left, top = 110, 84
    sessions = (("session A", ("token",), ()), ("session B", ("token", "draft", "draft", "draft"), (1, 2)),
                ("session C", ("prompt",) * 6, ()), ("session D", ("token",), ()))
    for index, (name, tokens, right) in enumerate(sessions):
        y = top + index * 46
        page.text(left - 16, y + 18, name, bold=True, anchor="end")
        for i, token in enumerate(tokens):
            kind = "ours" if token == "token" or i in right else "recomputed" if token == "draft" else "frame"
            _cell(page, left + i * (CELL + GAP), y, token, kind)
    x = left + 6 * (CELL + GAP) + 24
    page.rectangle("frame", x, top, 110, 46 * 4 - 18, 6)
    for line, words in enumerate(("one pass", "over all", "12 rows")):
        page.text(x + 55, top + 70 + 17 * line, words, anchor="middle")
    for index, words in enumerate(("1 new token", "3 new tokens: 2 drafts held", "6 tokens read", "1 new token")):
        page.text(x + 124, top + 46 * index + 18, words, "dim")
    _legend(page, left, top + 216, (("ours", "tokens of the text"), ("recomputed", "a draft that did not hold: taken back"),
                                    ("frame", "a piece of a prompt")))
    return str(page)
