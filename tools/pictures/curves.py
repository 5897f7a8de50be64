"""The picture of what cached keys and values save, from the document of tests/bench/without_cache.py. Standard library
only. The program draws the same for its user (tools/ringlet/without_cache_svg.cpp)."""

import itertools
import math

import charts
import svg

HEIGHT, LEFT, TOP = 424, 50, 116
PLOT_WIDTH, PLOT_HEIGHT, GAP = 350, 220, 30


def figure(value):
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


class Plot:
    """Both curves above the tokens of the text, on axes that begin at zero."""

    def __init__(self, page, x, title, cached, recomputed):
        self.page, self.x, self.tokens = page, x, len(cached)
        step = charts.nice_step(max(cached + recomputed), 5)
        self.top = step * math.ceil(max(cached + recomputed) / step)
        page.text(x, TOP - 12, title, bold=True)
        for tick in range(round(self.top / step) + 1):
            self.rule(tick * step)
        for token in range(0, self.tokens + 1, max(1, round(charts.nice_step(self.tokens, 6)))):
            page.text(self.at(token, 0)[0], TOP + PLOT_HEIGHT + 16, figure(token), "dim", anchor="middle")
        page.text(x + PLOT_WIDTH / 2, TOP + PLOT_HEIGHT + 34, "tokens", "dim", anchor="middle")
        for kind, values in (("recomputedcurve", recomputed), ("ourcurve", cached)):
            self.curve(kind, values)

    def at(self, token, value):
        return self.x + PLOT_WIDTH * token / self.tokens, TOP + PLOT_HEIGHT * (1 - value / self.top)

    def rule(self, value):
        x, y = self.at(0, value)
        self.page.line(x, y, x + PLOT_WIDTH, y)
        self.page.text(x - 6, y + 4, figure(value), "dim", anchor="end")

    def curve(self, kind, values):
        """Every second token, which is more than a pixel wide, and the last."""
        tokens = [*range(1, self.tokens, 2), self.tokens]
        self.page.curve(kind, [self.at(token, values[token - 1]) for token in tokens])
        x, y = self.at(self.tokens, max(values[-self.tokens // 10:]))  # above the curve, wherever the text is
        self.page.text(x, y - 7, figure(values[-1]), anchor="end")


def without_cache(document):
    result = document["without_cache"]
    times = result["best_token_seconds"]
    title = (f"{result['tokens']:,} tokens with and without the cache: the same bits, "
             f"{figure(result['ratio'])} times the time")
    page = svg.Page(charts.WIDTH, HEIGHT, title, "sans")
    page.text(charts.MARGIN, 26, title, bold=True)
    page.text(charts.MARGIN, 45, f"{document['model']}, {charts.in_words(result['threads'])}, kv {result['kv']}, "
              f"{result['isa']}, chunks of {result['prefill_chunk']}", "dim")
    for x, kind, words in ((20, "ours", "with cached keys and values"),
                           (230, "recomputed", "without: all tokens so far computed again for each token")):
        page.rectangle(kind, x, 62, 12, 12)
        page.text(x + 17, 72, words)
    milliseconds = [[1e3 * value for value in times[way]] for way in ("cached", "recomputed")]
    seconds = [list(itertools.accumulate(times[way])) for way in ("cached", "recomputed")]
    Plot(page, LEFT, "Time of each token, ms", *milliseconds)
    Plot(page, LEFT + PLOT_WIDTH + GAP + LEFT, "Time of the text so far, s", *seconds)
    ours = document["ringlet"]
    for index, line in enumerate((f"Measured {document['measured']} on {document['machine']}; the fastest of "
                                  f"{result['repetitions']} repetitions of each token.",
                                  f"Ringlet {ours['commit']}, {ours['compiler']}, {ours['build_type']}.")):
        page.text(charts.MARGIN, HEIGHT - 29 + 17 * index, line, "dim")
    return str(page)
