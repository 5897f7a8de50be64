"""A small SVG writer: text, boxes and lines in two sets of colours, for light and for dark pages."""

from xml.sax.saxutils import escape

# Class, what it sets, its colour on a light page and on a dark one.
COLOURS = (("page", "fill", "#fff", "#14181c"), ("frame", "fill", "#f3f6f9", "#1b2126"),
           ("rule", "stroke", "#d3d9df", "#39424a"), ("ours", "fill", "#2a72b5", "#58a6e6"),
           ("theirs", "fill", "#b4bcc4", "#6d7883"),
           ("recomputed", "fill", "#7b8791", "#93a0ac"),
           ("ourcurve", "stroke", "#2a72b5", "#58a6e6"), ("recomputedcurve", "stroke", "#7b8791", "#93a0ac"),
           ("plain", "fill", "#123", "#e4e8ec"), ("dim", "fill", "#5a6772", "#9aa6b1"),
           ("accent", "fill", "#1d5c96", "#7cbcf0"), ("over", "fill", "#fff", "#0d1a26"),
           ("overgrey", "fill", "#123", "#fff"))
FONTS = {"sans": "12px system-ui,sans-serif", "mono": "13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"}


def _rules(column):
    return "".join(f".{colour[0]}{{{colour[1]}:{colour[column]}}}" for colour in COLOURS)


def number(value):
    return f"{value:.1f}".removesuffix(".0")


class Page:
    """Elements are drawn in the order of the calls."""

    def __init__(self, width, height, title, font):
        self.width, self.height, self.title, self.font = width, height, title, font
        self.elements = []

    def rectangle(self, kind, x, y, width, height, radius=0):
        corner = f' rx="{radius}"' if radius else ""
        self.elements.append(f'<rect class="{kind}" x="{number(x)}" y="{number(y)}" width="{number(width)}" '
                             f'height="{number(height)}"{corner}/>')

    def line(self, x1, y1, x2, y2):
        self.elements.append(f'<line class="rule" x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" '
                             f'y2="{number(y2)}"/>')

    def curve(self, kind, points):
        """A line through all points."""
        words = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self.elements.append(f'<polyline class="{kind}" fill="none" stroke-width="2" points="{words}"/>')

    def text(self, x, y, words, kind="plain", *, anchor="", bold=False, length=0):
        """With a length the letters are set to exactly that width, whichever font the reader has."""
        more = f' text-anchor="{anchor}"' if anchor else ""
        kind += " bold" if bold else ""
        more += f' textLength="{number(length)}" lengthAdjust="spacingAndGlyphs"' if length else ""
        self.elements.append(f'<text class="{kind}" x="{number(x)}" y="{number(y)}"{more}>{escape(words)}</text>')

    def __str__(self):
        body = "\n".join(self.elements)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(self.width)}" height="{number(self.height)}" '
                f'viewBox="0 0 {number(self.width)} {number(self.height)}" role="img" xml:space="preserve">\n'
                f'<title>{escape(self.title)}</title>\n'
                f'<style>text{{font:{FONTS[self.font]}}}.bold{{font-weight:bold}}{_rules(2)}'
                f'@media(prefers-color-scheme:dark){{{_rules(3)}}}</style>\n'
                f'<rect class="page" width="100%" height="100%"/>\n{body}\n</svg>\n')
