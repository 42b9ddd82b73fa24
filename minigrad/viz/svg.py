"""Boxes and a layout become SVG: nothing but rectangles, paths and text, which every viewer shows alike.

No ids, no style sheet, no script: two pictures on one page cannot disturb each other, and no sanitizer cuts one up.
"""

import unicodedata
from xml.sax.saxutils import escape

from .layout import HEAD, lay_out
from .text import as_text, title

# Blue and vermilion of Okabe and Ito, whom everyone can tell apart; shape, border and words say the same things.
COLOURS = {
    "paper": "#ffffff",
    "ink": "#1b2733",
    "quiet": "#566370",
    "leaf": "#e6f2fa",
    "leaf border": "#0072b2",
    "strip": "#fdeadb",
    "strip ink": "#7a3300",
    "operation border": "#c05000",
    "arrow": "#4a5560",
}
MONO = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
SANS = "system-ui, 'DejaVu Sans', 'Segoe UI', Helvetica, Arial, sans-serif"
LETTER = 7.6  # width of a monospaced letter of size 12.5, a little generously: the reader's font is not known here
LEGEND_LETTER = 6.0  # of a proportional one of size 11.5
LINE = 18
LEGEND_LINE = 19
STRIP = 24
PADDING = 11
MARGIN = 16
NARROWEST = 76
LARGEST_ACROSS = 8  # more boxes than this run from top to bottom


def as_svg(boxes):
    sizes = [box_size(box) for box in boxes]
    arrows = [(source, target) for target, box in enumerate(boxes) for source in box.inputs if source is not None]
    left_to_right = len(boxes) <= LARGEST_ACROSS
    layout = lay_out(sizes, arrows, left_to_right)
    key, key_width, key_height = legend(boxes, max(layout.width, 280))
    width = max(layout.width, key_width) + 2 * MARGIN
    height = layout.height + key_height + 3 * MARGIN
    shift = f"{number((width - layout.width) / 2)} {MARGIN}"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{number(width)}" height="{number(height)}" '
        f'viewBox="0 0 {number(width)} {number(height)}">',
        f"<title>{escape(title(boxes))}</title>",
        f"<desc>{escape(as_text(boxes))}</desc>",
        f'<rect width="100%" height="100%" rx="6" fill="{COLOURS["paper"]}"/>',
        f'<g transform="translate({shift})" font-family="{MONO}" font-size="12.5" fill="{COLOURS["ink"]}">',
        *(draw_arrow(points, left_to_right) for points in branches(layout.arrows)),
        *(draw_box(box, *corner, *size) for box, corner, size in zip(boxes, layout.corners, sizes, strict=True)),
        "</g>",
        f'<g transform="translate({MARGIN} {number(layout.height + 2 * MARGIN)})" font-family="{SANS}" '
        f'font-size="11.5" fill="{COLOURS["quiet"]}">',
        *key,
        "</g>",
        "</svg>",
        "",
    ])


def box_size(box):
    widths = [cells(box.operation or "") * LETTER, cells(box.name) * LETTER, facts_width(box) * LETTER]
    lines = bool(box.name) + len(box.facts)
    body = lines * LINE + PADDING if lines else 0
    return max(NARROWEST, max(widths) + 2 * PADDING), (STRIP if box.operation else 0) + body


def facts_width(box):
    return label_width(box) + max((cells(fact) for _, fact in box.facts), default=0)


def label_width(box):
    return max((cells(label) + 1 for label, _ in box.facts), default=0)


def cells(text):
    """How many letters wide: an East Asian letter takes the place of two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def draw_box(box, x, y, width, height):
    """A leaf has square corners and a thick border, an operation round ones and its name on a strip."""
    parts = [f'<g transform="translate({number(x)} {number(y)})">']
    middle, top = number(width / 2), 0
    if box.operation is None:
        parts.append(rectangle(width, height, 0, COLOURS["leaf"], COLOURS["leaf border"], 2))
    else:
        parts.append(rectangle(width, height, 7, COLOURS["paper"], COLOURS["operation border"], 1.2))
        parts.append(strip(width, height))
        parts.append(
            f'<text x="{middle}" y="16.5" text-anchor="middle" font-weight="bold" fill="{COLOURS["strip ink"]}">'
            f"{escape(box.operation)}</text>"
        )
        top = STRIP
    line = top + PADDING / 2 + 13
    if box.name:
        parts.append(
            f'<text x="{middle}" y="{number(line)}" text-anchor="middle" font-weight="bold">{escape(box.name)}</text>'
        )
        line += LINE
    left = (width - facts_width(box) * LETTER) / 2
    for label, fact in box.facts:
        parts.append(f'<text x="{number(left)}" y="{number(line)}" fill="{COLOURS["quiet"]}">{escape(label)}</text>')
        fact_left = number(left + label_width(box) * LETTER)
        parts.append(f'<text x="{fact_left}" y="{number(line)}">{escape(fact)}</text>')
        line += LINE
    return "".join([*parts, "</g>"])


def rectangle(width, height, radius, fill, stroke, stroke_width):
    return (
        f'<rect width="{number(width)}" height="{number(height)}" rx="{radius}" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="{stroke_width}"/>'
    )


def strip(width, height):
    """The upper part of an operation's box, or all of a box that has no lines."""
    right = number(width - 7)
    lower = f"V{STRIP}H0" if height > STRIP else f"V{STRIP - 7}q0 7 -7 7H7q-7 0 -7 -7"
    return (
        f'<path d="M0 7q0 -7 7 -7H{right}q7 0 7 7{lower}z" '
        f'fill="{COLOURS["strip"]}" stroke="{COLOURS["operation border"]}" stroke-width="1.2"/>'
    )


def branches(arrows):
    """Each arrow from where it leaves the ones before it, so that what they share is drawn once."""
    drawn = set()
    for points in arrows:
        pieces = list(zip(points, points[1:], strict=False))
        shared = next((index for index, piece in enumerate(pieces) if piece not in drawn), 0)
        drawn.update(pieces[shared:])
        yield points[shared - shared % 2 :]


def draw_arrow(points, left_to_right):
    """Straight pieces and curves in turn, then a head. A curve sets out and arrives in the direction of the layout."""
    *points, (x, y) = points
    points.append((x - HEAD, y) if left_to_right else (x, y - HEAD))  # the line ends where the head begins
    path = f"M{pair(points[0])}"
    for index in range(1, len(points)):
        start, end = points[index - 1 : index + 1]
        if index % 2 == 0 and start[0] != end[0] and start[1] != end[1]:
            halfway = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
            turns = [(halfway[0], start[1]), (halfway[0], end[1])]
            if not left_to_right:
                turns = [(start[0], halfway[1]), (end[0], halfway[1])]
            path += "C" + " ".join(map(pair, [*turns, end]))
        elif start != end:
            path += f"L{pair(end)}"
    return (
        f'<path d="{path}" fill="none" stroke="{COLOURS["arrow"]}" stroke-width="1.4"/>'
        + arrowhead(x, y, left_to_right)
    )


def arrowhead(x, y, left_to_right):
    sides = ((x - HEAD, y - 4), (x - HEAD, y + 4)) if left_to_right else ((x - 4, y - HEAD), (x + 4, y - HEAD))
    return f'<path d="M{pair((x, y))}L{pair(sides[0])}L{pair(sides[1])}z" fill="{COLOURS["arrow"]}"/>'


def pair(point):
    return f"{number(point[0])} {number(point[1])}"


def number(value):
    """One decimal, and none that is zero: fine enough for the eye, and the same on every machine."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # + 0.0 turns -0.0 into 0.0


def legend(boxes, room):
    """What shapes and arrows mean, in as many lines as the room asks for: the SVG, its width and its height."""
    leaf = rectangle(16, 11, 0, COLOURS["leaf"], COLOURS["leaf border"], 2)
    operation = rectangle(16, 11, 3, COLOURS["paper"], COLOURS["operation border"], 1.2) + (
        f'<path d="M0 5V3q0 -3 3 -3H13q3 0 3 3V5z" fill="{COLOURS["strip"]}" stroke="{COLOURS["operation border"]}"/>'
    )
    arrow = draw_arrow([(-1, 5.5), (17, 5.5)], True)
    entries = [(leaf, "leaf"), (operation, "operation and its result"), (arrow, "forward; backward goes the other way")]
    if any(source is None for box in boxes for source in box.inputs):
        entries.append(("", "untracked inputs are not in the graph"))
    parts, x, y, widest = [], 0.0, 0, 0.0
    for icon, words in entries:
        words_at = 24 if icon else 0
        width = words_at + len(words) * LEGEND_LETTER
        if x and x + width > room:
            x, y = 0.0, y + LEGEND_LINE
        parts.append(f'<g transform="translate({number(x)} {y})">{icon}<text x="{words_at}" y="9.5">{words}</text></g>')
        widest = max(widest, x + width)
        x += width + 18
    return parts, widest, y + 11
