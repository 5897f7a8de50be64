"""Charts of speed and memory from the document of a comparison (tests/bench/comparison.py). Standard library only."""

import math
import statistics
import textwrap

import svg

WIDTH, MARGIN, LABELS = 860, 20, 118
BAR, ROW, GAP = 14, 42, 36
LETTER = 6.6  # the width of a digit, on the safe side
TYPES = {"int4": "INT4 / Q4_0", "int8": "INT8 / Q8_0"}


def nice_step(maximum, ticks):
    """The least of 1, 2, 2.5 and 5 times a power of ten of which `ticks` reach the maximum."""
    power = 10.0 ** math.floor(math.log10(maximum / ticks))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power * ticks >= maximum)


def short(value):
    return f"{math.floor(value + 0.5):,}" if value >= 100 else f"{value:.1f}"


class Panel:
    """Bars on an axis that begins at zero. A row is a list of (class, figure)."""

    def __init__(self, page, x, y, width, rows, row_height=ROW):
        largest = max(figure for row in rows for _, figure in row)
        step = nice_step(largest, 5)
        ticks = math.ceil(largest / step)
        self.page, self.x, self.width, self.top = page, x, width, step * ticks
        bottom = y + len(rows) * row_height
        for tick in range(ticks + 1):
            at = x + width * tick / ticks
            page.line(at, y, at, bottom)
            page.text(at, bottom + 15, f"{step * tick:,g}", "dim", anchor="middle")
        for index, row in enumerate(rows):
            self.bars(y + index * row_height + (row_height - BAR * len(row)) / 2, row)

    def bars(self, y, row):
        for kind, value in row:
            self.bar(kind, y, value)
            y += BAR

    def bar(self, kind, y, value):
        length = self.width * value / self.top
        label = short(value)
        self.page.rectangle(kind, self.x, y, length, BAR - 1)
        if length + 4 + len(label) * LETTER <= self.width:
            self.page.text(self.x + length + 4, y + 11, label)
        else:
            self.page.text(self.x + length - 4, y + 11, label, "over" if kind == "ours" else "overgrey", anchor="end")


def parameters(shape):
    return shape.removeprefix("llama-").upper().replace("M", " million").replace("B", " billion") + " parameters"


def middle(samples, key):
    return statistics.median(sample[key] for sample in samples)


def chosen(document):
    """The results beside one build of llama.cpp, the first, by (shape, type, threads)."""
    first = document["results"][0]["build"]
    return {(result["shape"], result["type"], result["threads"]): result
            for result in document["results"] if result["build"] == first}


def notes(document):
    """Who measured what, and when: the lines below a chart."""
    ours = document["ringlet"]
    sets = sorted({sample["isa"] for result in document["results"] for sample in result["ringlet"]})
    lines = [f"Measured {document['measured']} on {document['machine']} ({', '.join(sets)}).",
             f"Ringlet {ours['commit']}, {ours['compiler']}, {ours['build_type']}."]
    first = document["results"][0]["build"]
    if not first:
        lines.append("Nothing is measured beside it yet.")
    else:
        theirs = document["llama.cpp"][first]
        lines.append(f"llama.cpp {theirs['commit']}, {theirs['compiler']}, build {first}: {theirs['flags']}.")
    if document.get("provisional"):
        lines.append(f"PROVISIONAL: {document['provisional']}.")
    return [part for line in lines for part in textwrap.wrap(line, 120)]


def chart(document, title, subtitle, keys, value, more=None):
    """One panel for each shape; keys are (row's label, type, threads), value(result) the pair of figures. more(page, y)
    draws what else there is from y on; it has a height."""
    results = chosen(document)
    shapes = list(dict.fromkeys(shape for shape, _, _ in results))
    keys = [key for key in keys if (shapes[0], key[1], key[2]) in results]
    lines = notes(document)
    top = 106
    bottom = top + len(keys) * ROW + 22
    end = bottom + (more.height if more else 0)
    height = end + 17 * len(lines) + 12
    page = svg.Page(WIDTH, height, title, "sans")
    page.text(MARGIN, 26, title, bold=True)
    page.text(MARGIN, 45, subtitle, "dim")
    legend(page, MARGIN, 66, document["llama.cpp"])
    for index, (label, _, _) in enumerate(keys):
        page.text(MARGIN, top + index * ROW + ROW / 2 + 4, label)
    width = (WIDTH - MARGIN * 2 - LABELS - GAP * (len(shapes) - 1)) / len(shapes)
    for index, shape in enumerate(shapes):
        x = MARGIN + LABELS + index * (width + GAP)
        page.text(x, top - 8, parameters(shape), bold=True)
        Panel(page, x, top, width, [value(results[shape, kind, threads]) for _, kind, threads in keys])
    if more:
        more.draw(page, bottom)
    for index, line in enumerate(lines):
        page.text(MARGIN, end + 17 * (index + 1), line, "dim")
    return str(page)


def legend(page, x, y, peers):
    for kind, name in (("ours", "Ringlet"), ("theirs", "llama.cpp"))[:2 if peers else 1]:
        page.rectangle(kind, x, y - 10, BAR - 2, BAR - 2)
        page.text(x + 17, y, name)
        x += 85


def speed(document):
    keys = [(f"{kind.upper()}, {in_words(threads)}", kind, threads)
            for kind in TYPES for threads in (1, 2)]
    options = document["options"]
    return chart(document, "Decoding: tokens per second, more is better",
                 f"Median of {options['repeats']} runs of {options['tokens']} tokens from an empty cache. "
                 f"{beside(document)}Each panel has its own axis.", keys,
                 lambda result: pair(middle(result["ringlet"], "speed"), result["llama.cpp"], "speed"))


def memory(document, board):
    threads = max(result["threads"] for result in document["results"])
    keys = [(TYPES[kind] if document["llama.cpp"] else kind.upper(), kind, threads) for kind in TYPES]
    return chart(document, "A process's own memory in MiB, less is better",
                 "Largest resident size without the pages of the mapped model file. "
                 f"{in_words(threads).capitalize()}, {document['options']['tokens']} tokens. "
                 "Each panel has its own axis.", keys,
                 lambda result: pair(result["ringlet_memory"]["own"], result["llama.cpp"], "own", 2**20),
                 Microcontroller(board))


def in_words(threads):
    return "1 thread" if threads == 1 else f"{threads} threads"


def beside(document):
    return "Ringlet's INT4 beside Q4_0, its INT8 beside Q8_0. " if document["llama.cpp"] else ""


def pair(ours, samples, key, unit=1):
    """The bars of a row: ours, and the median of their samples where there are any."""
    return [("ours", ours / unit)] + ([("theirs", middle(samples, key) / unit)] if samples else [])


class Microcontroller:
    """What the bundled model takes on a board, in bytes: rows of (label, figure)."""

    height, row_height = 130, 22

    def __init__(self, rows):
        self.rows = rows

    def draw(self, page, y):
        title = "The bundled model on a Cortex-M7, in KiB: the library's budget, the file, the plan"
        page.text(MARGIN, y + 24, title, bold=True)
        for index, (label, _) in enumerate(self.rows):
            page.text(MARGIN, y + 34 + index * self.row_height + 15, label)
        Panel(page, MARGIN + LABELS, y + 34, WIDTH - MARGIN * 2 - LABELS,
              [[("ours", figure / 1024)] for _, figure in self.rows], self.row_height)
