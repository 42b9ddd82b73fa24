"""Boxes and a layout become SVG: nothing but rectangles, paths and text, which every viewer shows alike.

No ids, no style sheet, no script: two pictures on one page cannot disturb each other, and no sanitizer cuts one up.
"""

import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from .boxes import BLOCK, DATA, LEAF, OPERATION, PARAMETER, Box, carries_gradient
from .layout import lay_out
from .legend import legend
from .shapes import (
    COLOURS,
    DASHES,
    MONO,
    SANS,
    STRIP,
    badge,
    cards,
    draw_arrow,
    inner_border,
    number,
    rectangle,
    strip,
)
from .text import as_text, cut_words, sources, title, together

LETTER = 7.6  # width of a monospaced letter of size 12.5, a little generously: the reader's font is not known here
LINE = 18
PADDING = 11
MARGIN = 16
NARROWEST = 76
STACK = 6  # how far the cards of a block stick out
LONGEST_LINE = 42  # letters of a rule, before it goes on in the next line
LARGEST_ACROSS = 8  # more boxes than this run from top to bottom
WIDEST_ACROSS = 1200  # and so does what would become wider


@dataclass(frozen=True)
class Line:
    """A line of text in a box: centred words, or a label and its fact."""

    label: str = ""
    fact: str = ""
    words: str = ""
    indent: int = 0  # in letters


class Picture:
    """Where everything in a picture stands, worked out once, so that it can be drawn again with other facts.

    `boxes` say how large each box has to be; boxes drawn later have the same inputs, and facts that are no wider.
    """

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.boxes = boxes
        self.taken = [taken(box, boxes) for box in boxes]
        self.sizes = [box_size(box, what) for box, what in zip(boxes, self.taken)]
        self.arrows = [(source, target) for target, box in enumerate(boxes) for source in box.inputs
                       if source is not None]  # fmt: skip
        self.left_to_right = len(boxes) <= LARGEST_ACROSS
        self.layout = lay_out(self.sizes, self.arrows, self.left_to_right)
        if self.left_to_right and self.layout.width > WIDEST_ACROSS:
            self.left_to_right = False
            self.layout = lay_out(self.sizes, self.arrows, self.left_to_right)

    def svg(
        self, boxes: Sequence[Box] | None = None, marks: Mapping[int, str] | None = None, live: bool = False
    ) -> str:
        """The SVG text of the boxes, or of other `boxes` in their places.

        `marks` has "now", "sent" or "done" for the places of some boxes; with marks, even none, the legend explains
        them. `live` is for scripts: attributes that tell which box, which arrow and which fact an element shows.
        """
        boxes = self.boxes if boxes is None else boxes
        layout, marked = self.layout, marks or {}
        key, key_width, key_height = legend(boxes, max(layout.width, 280), marks is not None)
        width = max(layout.width, key_width) + 2 * MARGIN
        height = layout.height + key_height + 3 * MARGIN
        shift = f"{number((width - layout.width) / 2)} {MARGIN}"
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" role="{"group" if live else "img"}" width="{number(width)}" '
            f'height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}">',
            f"<title>{escape(title(boxes))}</title>",
            *([] if live else [f"<desc>{escape(as_text(boxes))}</desc>"]),
            f'<rect width="100%" height="100%" rx="6" fill="{COLOURS["paper"]}"/>',
            f'<g transform="translate({shift})" font-family="{MONO}" font-size="12.5" fill="{COLOURS["ink"]}">',
            *self.draw_arrows(boxes, live),
            *(self.draw_box(index, box, marked.get(index, ""), live) for index, box in enumerate(boxes)),
            "</g>",
            f'<g transform="translate({MARGIN} {number(layout.height + 2 * MARGIN)})" font-family="{SANS}" '
            f'font-size="11.5" fill="{COLOURS["quiet"]}">',
            *key,
            "</g>",
            "</svg>",
            "",
        ])

    def draw_arrows(self, boxes, live=False):
        """Those along which no gradient flows first: where others share their way, these cover them."""
        drawn = []
        for (source, target), points in zip(self.arrows, branches(self.layout.arrows)):
            quiet = not carries_gradient(boxes[source], boxes[target])
            arrow = draw_arrow(points, self.left_to_right, quiet)
            drawn.append((not quiet, f'<g data-arrow="{source}-{target}">{arrow}</g>' if live else arrow))
        return [arrow for _, arrow in sorted(drawn, key=lambda found: found[0])]

    def draw_box(self, index: int, box: Box, mark: str = "", live: bool = False) -> str:
        """The <g> element of one box."""
        (x, y), (width, height) = self.layout.corners[index], self.sizes[index]
        data = f' data-box="{index}"' if live else ""
        parts = [f'<g{data} transform="translate({number(x)} {number(y)})">']
        if box.kind == BLOCK:
            width, height = width - STACK, height - STACK
        parts.extend([outline(box, width, height, mark), *written(box, self.taken[index], width, live)])
        if mark:
            parts.append(badge(mark))
        return "".join([*parts, "</g>"])


def as_svg(boxes: Sequence[Box]) -> str:
    return Picture(boxes).svg()


def outline(box, width, height, mark):
    """A leaf has square corners and a thick border, an operation round ones and its name on a strip.

    What no gradient reaches is grey: data has a thin border, an operation a dashed one.
    """
    border = COLOURS[f"{mark} border"] if mark else ""
    thick = {"now": 3, "sent": 3, "done": 2}.get(mark, 0)
    if not box.operation or box.kind in (PARAMETER, LEAF):
        kind = "data" if box.kind == DATA else "leaf"
        border = border or COLOURS[f"{kind} border"]
        inner = inner_border(width, height, border) if box.kind == PARAMETER else ""
        if box.operation:  # several leaves in one box
            inner += f'<path d="M0 {STRIP}H{number(width)}" stroke="{border}" stroke-width="1"/>'
        return rectangle(width, height, 0, COLOURS[mark or kind], border, thick or (1 if kind == "data" else 2)) + inner
    border, thick = border or COLOURS["operation border" if box.is_tracked else "data border"], thick or 1.2
    dashes = "" if box.is_tracked else DASHES
    return (
        (cards(width, height, 7, border, STACK // 2) if box.kind == BLOCK else "")
        + rectangle(width, height, 7, COLOURS[mark or "paper"], border, thick, dashes)
        + strip(width, height, COLOURS["strip" if box.is_tracked else "data strip"], border, thick)
    )


def taken(box, boxes):
    """Which results a box takes of other boxes that have several; the arrow alone does not tell."""
    several = [(source, pick) for source, pick in sources(box) if source is not None and boxes[source].results]
    return ", ".join(boxes[source].results[pick] or f"[{pick}]" for source, pick in several)


def written(box, taken, width, live):
    """The text in a box, as SVG."""
    middle = number(width / 2)
    top, y = (STRIP if box.operation else 0), (STRIP if box.operation else 0) + PADDING / 2 + 13
    if top:
        colour = COLOURS["strip ink" if box.is_tracked and box.kind in (OPERATION, BLOCK) else "ink"]
        yield centred(middle, 16.5, box.operation, f' fill="{colour}"')
    for part, lines in enumerate(parts_of(box, taken)):
        if part and lines:
            yield f'<path d="M{PADDING} {number(y - 11)}H{number(width - PADDING)}" stroke="{COLOURS["data border"]}" '
            yield 'stroke-width=".6"/>'
            y += PADDING / 2
        left = (width - columns_width(lines) * LETTER) / 2
        for line in lines:
            if line.words:
                yield centred(middle, y, line.words)
            else:
                yield quiet(left + line.indent * LETTER, y, line.label)
                if line.fact:
                    data = f" data-fact={quoteattr(line.label)}" if live and not part else ""
                    fact_left = number(left + label_width(lines) * LETTER)
                    yield f'<text x="{fact_left}" y="{number(y)}"{data}>{escape(line.fact)}</text>'
            y += LINE


def centred(x, y, words, colour=""):
    return f'<text x="{x}" y="{number(y)}" text-anchor="middle" font-weight="bold"{colour}>{escape(words)}</text>'


def quiet(x, y, words):
    return f'<text x="{number(x)}" y="{number(y)}" fill="{COLOURS["quiet"]}">{escape(words)}</text>'


def parts_of(box, taken):
    """The lines that stand below the strip: the name and the facts, then what the node saved."""
    facts = [Line(words=box.name)] if box.name else []
    facts += [Line("takes", taken)] if taken else []
    facts += [Line(label, fact) for label, fact in box.facts]
    facts += [Line(words=cut_words(box))] if box.operation and not box.is_tracked else []
    saved = []
    for rules, values in together(box.saved):
        saved += [Line(f"saves {value.name}", value.value) for value in values]
        for name, rule in rules:
            rule_lines = textwrap.wrap(f"for {name}: {rule}", LONGEST_LINE, break_long_words=False)
            saved += [Line(line, indent=4 if at else 2) for at, line in enumerate(rule_lines)]
    return [facts, saved]


def box_size(box, taken):
    parts = parts_of(box, taken)
    widths = [cells(box.operation), *map(columns_width, parts)]
    widths += [cells(line.words) for lines in parts for line in lines]
    lines = sum(map(len, parts))
    body = lines * LINE + PADDING + (PADDING / 2 if parts[1] else 0) if lines else 0
    stack = STACK if box.kind == BLOCK else 0
    width = max(NARROWEST, max(widths) * LETTER + 2 * PADDING)
    return width + stack, (STRIP if box.operation else 0) + body + stack


def columns_width(lines):
    alone = max((line.indent + cells(line.label) for line in lines if not line.fact), default=0)
    return max(alone, label_width(lines) + max((cells(line.fact) for line in lines), default=0))


def label_width(lines):
    return max((cells(line.label) + 1 for line in lines if line.fact), default=0)


def cells(text):
    """How many letters wide: an East Asian letter takes the place of two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def branches(arrows):
    """Each arrow from where it leaves the ones before it, so that what they share is drawn once."""
    drawn = set()
    for points in arrows:
        pieces = list(zip(points, points[1:]))
        shared = next((index for index, piece in enumerate(pieces) if piece not in drawn), 0)
        drawn.update(pieces[shared:])
        yield points[shared - shared % 2 :]
