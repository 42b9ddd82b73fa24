"""A Jacobian becomes SVG: cells shaded and hatched by their numbers, and the row that backward computes below them."""

import textwrap
from math import inf, isfinite, isnan
from xml.sax.saxutils import escape

from .numbers import show_numbers
from .shapes import COLOURS, MONO, SANS, draw_arrow, number, rectangle
from .svg import LETTER, MARGIN, cells

# Blue and vermilion of Okabe and Ito on white, from near 0 to the largest number of J; hatched where they are negative.
POSITIVE = ("#e0eef6", "#c2ddec", "#a3cce3", "#85bbda")
NEGATIVE = ("#faebe0", "#f5d7c2", "#f0c3a3", "#ebaf85")
HATCH = "#c87b45"
NO_NUMBER = "#fff3c4"

NARROWEST, CELL_HEIGHT = 60, 38
HEAD = 40  # above the cells, for the names of the inputs
DROP = 34  # from J down to the row that backward computes
PADDING = 10
SENTENCE_LETTER = 6.6  # of a proportional font of size 12.5
SENTENCE_LINE = 18
NARROWEST_TEXT = 68  # letters in a line of the sentences
LEGEND_LETTER = 6.0  # of size 11.5

PICKED = "the row v picks"
DARKER = "darker: further from zero"
CENTRED, AT_END, BOLD = ' text-anchor="middle"', ' text-anchor="end"', ' font-weight="bold"'
QUIET = f' fill="{COLOURS["quiet"]}"'


def as_svg(facts, title, text, sentences):
    """The picture of a Jacobian, with `sentences` below it; `title` and `text` are for those who cannot see it."""
    grid = Grid(facts)
    letters = max(NARROWEST_TEXT, int(grid.right / SENTENCE_LETTER))
    heading = textwrap.wrap(title, letters)
    lines = [line for sentence in sentences for line in textwrap.wrap(sentence, letters)]
    grid_top = len(heading) * SENTENCE_LINE + 12
    text_top = grid_top + grid.bottom + 30
    key_top = text_top + len(lines) * SENTENCE_LINE + 4
    key, key_width = legend(facts)
    width = max(grid.right, key_width, *(len(line) * SENTENCE_LETTER for line in [*heading, *lines])) + 2 * MARGIN
    height = key_top + 12 + 2 * MARGIN
    start = f'<g transform="translate({MARGIN} {{}})" fill="{{}}" font-family="{{}}" font-size="{{}}">'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{number(width)}" height="{number(height)}" '
        f'viewBox="0 0 {number(width)} {number(height)}">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(text)}</desc>",
        f'<rect width="100%" height="100%" rx="6" fill="{COLOURS["paper"]}"/>',
        start.format(MARGIN, COLOURS["ink"], SANS, 12.5),
        *(words(0, 12 + i * SENTENCE_LINE, line, BOLD) for i, line in enumerate(heading)),
        *(words(0, text_top + i * SENTENCE_LINE, line) for i, line in enumerate(lines)),
        "</g>",
        start.format(number(MARGIN + grid_top), COLOURS["ink"], MONO, 12.5),
        *grid.parts(),
        "</g>",
        start.format(number(MARGIN + key_top), COLOURS["quiet"], SANS, 11.5),
        *key,
        "</g>",
        "</svg>",
        "",
    ])


class Grid:
    """Where everything stands: labels, weights, cells, and below them the row that backward computed."""

    def __init__(self, facts):
        self.facts = facts
        shown = [*facts.numbers, *([facts.product] if facts.product is not None else [])]
        heads = [text for label, at in facts.columns for text in (label, show_numbers(at))]
        if facts.product is not None:
            heads += [grad_label(label) for label, _ in facts.columns]
        self.cell = max(NARROWEST, widest([*heads, *(show_numbers(entry) for row in shown for entry in row)]) + 18)
        labels = [text for label, value in facts.rows for text in (label, show_numbers(value))] + ["vᵀJ"]
        self.labels = widest(labels) + PADDING
        weights = [] if facts.v is None else [show_numbers(weight) for weight in facts.v]
        self.weight = max(44, widest(weights) + PADDING) if weights else 0
        self.left = self.labels + (self.weight + 26 if weights else 0)  # of the cells
        self.cells_bottom = HEAD + len(facts.rows) * CELL_HEIGHT
        self.bottom = self.cells_bottom if facts.product is None else self.cells_bottom + DROP + CELL_HEIGHT + 20
        note = 0 if self.facts.picked is None else widest([PICKED]) + 24
        self.cells_right = self.left + len(facts.columns) * self.cell
        self.right = self.cells_right + note
        finite = [abs(entry) for row in facts.numbers for entry in row if isfinite(entry)]
        self.largest = max(finite, default=0.0)

    def parts(self):
        yield from self.column_heads()
        for i in range(len(self.facts.rows)):
            yield from self.row(i)
        if self.facts.picked is not None:
            y = HEAD + self.facts.picked * CELL_HEIGHT
            yield translate(self.left, y, rectangle(self.cells_right - self.left, CELL_HEIGHT, 0, "none",
                                                    COLOURS["ink"], 3))
            point = f"M{number(self.cells_right + 6)} {number(y + CELL_HEIGHT / 2)}"
            yield f'<path d="{point}l9 -5v10z" fill="{COLOURS["ink"]}"/>'
            yield words(self.cells_right + 21, y + CELL_HEIGHT / 2 + 4.5, PICKED, BOLD)
        if self.facts.product is not None:
            yield from self.product()

    def column_heads(self):
        if self.facts.v is not None:
            yield words(self.labels + self.weight / 2, HEAD - 8, "v", CENTRED + BOLD)
        for j, (label, at) in enumerate(self.facts.columns):
            middle = self.left + (j + 0.5) * self.cell
            yield words(middle, HEAD - 24, label, CENTRED + BOLD)
            yield words(middle, HEAD - 8, show_numbers(at), CENTRED + QUIET)

    def row(self, i):
        y, (label, value) = HEAD + i * CELL_HEIGHT, self.facts.rows[i]
        right = self.labels - PADDING
        yield words(right, y + 16, label, AT_END + BOLD)
        yield words(right, y + 31, show_numbers(value), AT_END + QUIET)
        if self.facts.v is not None:
            box = rectangle(self.weight, CELL_HEIGHT - 10, 4, COLOURS["paper"], COLOURS["arrow"], 1.2)
            yield translate(self.labels, y + 5, box)
            yield words(self.labels + self.weight / 2, y + 23.5, show_numbers(self.facts.v[i]), CENTRED)
            yield words(self.labels + self.weight + 13, y + 23.5, "×", CENTRED)
        for j, entry in enumerate(self.facts.numbers[i]):
            yield self.shaded(self.left + j * self.cell, y, entry)

    def shaded(self, x, y, entry):
        fill, hatched = shade(entry, self.largest)
        parts = [rectangle(self.cell, CELL_HEIGHT, 0, fill, COLOURS["arrow"], 0.8)]
        if hatched:
            plate = widest([show_numbers(entry)]) + 4
            parts.append(hatch(self.cell, CELL_HEIGHT))
            parts.append(translate((self.cell - plate) / 2, CELL_HEIGHT / 2 - 9, f'<rect width="{number(plate)}" '
                                   f'height="18" fill="{fill}"/>'))
        parts.append(words(self.cell / 2, CELL_HEIGHT / 2 + 4.5, show_numbers(entry), CENTRED))
        return translate(x, y, "".join(parts))

    def product(self):
        top = self.cells_bottom + DROP
        yield words(self.left - PADDING, top + 23.5, "vᵀJ =", AT_END + BOLD)
        for j, entry in enumerate(self.facts.product):
            x = self.left + j * self.cell
            middle = x + self.cell / 2
            yield draw_arrow([(middle, self.cells_bottom + 5), (middle, top - 4)], left_to_right=False)
            box = rectangle(self.cell, CELL_HEIGHT, 0, COLOURS["leaf"], COLOURS["leaf border"], 2)
            value = words(self.cell / 2, CELL_HEIGHT / 2 + 4.5, show_numbers(entry), CENTRED)
            yield translate(x, top, box + value)
            yield words(middle, top + CELL_HEIGHT + 16, grad_label(self.facts.columns[j][0]), CENTRED + QUIET)


def widest(texts):
    return max(map(cells, texts), default=0) * LETTER


def words(x, y, text, style=""):
    return f'<text x="{number(x)}" y="{number(y)}"{style}>{escape(text)}</text>'


def translate(x, y, inside):
    return f'<g transform="translate({number(x)} {number(y)})">{inside}</g>'


def grad_label(label):
    """Where what stands above goes to: "x.grad[0] +=" for "x[0]"."""
    name, bracket, places = label.partition("[")
    return f"{name}.grad{bracket}{places} +="


def shade(entry, largest):
    """The fill of a cell, and whether it is hatched: four shades, by the share of the largest number of J."""
    if isnan(entry):
        return NO_NUMBER, False
    if entry == 0:
        return COLOURS["paper"], False
    share = 1.0 if entry in (inf, -inf) else abs(entry) / largest
    shades = POSITIVE if entry > 0 else NEGATIVE
    return shades[min(int(share * len(shades)), len(shades) - 1)], entry < 0


def hatch(width, height):
    """Diagonals from the lower left to the upper right, cut at the edges by hand: a pattern would need an id."""
    lines = []
    for start in range(8, int(width + height), 8):  # where the line meets the upper edge, or would
        right, top = (start, 0.0) if start <= width else (width, start - width)
        left, bottom = (0.0, start) if start <= height else (start - height, height)
        lines.append(f"M{number(left)} {number(bottom)}L{number(right)} {number(top)}")
    return f'<path d="{"".join(lines)}" stroke="{HATCH}" stroke-width="0.7" fill="none"/>'


def legend(facts):
    """What the fills mean that occur: the SVG and its width."""
    entries = [entry for row in facts.numbers for entry in row]
    fills = [
        (POSITIVE[2], False, "positive", any(entry > 0 for entry in entries)),
        (NEGATIVE[2], True, "negative", any(entry < 0 for entry in entries)),
        (COLOURS["paper"], False, "zero", 0 in entries),
        (NO_NUMBER, False, "not a number", any(map(isnan, entries))),
    ]
    parts, x = [], 0.0
    for fill, hatched, meaning, occurs in fills:
        if occurs:
            icon = rectangle(22, 12, 0, fill, COLOURS["arrow"], 0.8) + (hatch(22, 12) if hatched else "")
            parts.append(translate(x, 0, icon + words(28, 10, meaning)))
            x += 28 + LEGEND_LETTER * len(meaning) + 16
    if any(fills[0][3:] + fills[1][3:]):
        parts.append(translate(x, 0, words(0, 10, DARKER)))
        x += LEGEND_LETTER * len(DARKER)
    return parts, x
