"""What pictures are put together from, as SVG text: rectangles, strips, arrows, badges, and their colours."""

from .layout import HEAD

# Blue, vermilion, green and yellow of Okabe and Ito, whom everyone can tell apart. Shape, border, badges and words say
# the same things.
COLOURS = {
    "paper": "#ffffff",
    "ink": "#1b2733",
    "quiet": "#566370",
    "leaf": "#e6f2fa",
    "leaf border": "#0072b2",
    "strip": "#fdeadb",
    "strip ink": "#7a3300",
    "operation border": "#c05000",
    "data": "#f1f3f5",
    "data strip": "#e3e7eb",
    "data border": "#6b7783",
    "arrow": "#4a5560",
    "now": "#fdf3b4",
    "now border": "#1b2733",
    "sent": "#dff3ec",
    "sent border": "#00785a",
    "done": "#eef0f2",
    "done border": "#566370",
}
MONO = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
SANS = "system-ui, 'DejaVu Sans', 'Segoe UI', Helvetica, Arial, sans-serif"
STRIP = 24
DASHES = ' stroke-dasharray="5 3"'


def rectangle(width, height, radius, fill, stroke, stroke_width, dashes=""):
    return (
        f'<rect width="{number(width)}" height="{number(height)}" rx="{radius}" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="{stroke_width}"{dashes}/>'
    )


def inner_border(width, height, stroke):
    """What tells a parameter from any other leaf."""
    return (
        f'<rect x="4" y="4" width="{number(width - 8)}" height="{number(height - 8)}" fill="none" '
        f'stroke="{stroke}" stroke-width="1"/>'
    )


def strip(width, height, fill, stroke, border):
    """The upper part of an operation's box, or all of a box that has no lines, just inside a border so thick."""
    edge, c, right = number(border / 2), number(7 - border / 2), number(width - 7)
    lower, line = f"V{STRIP}H{edge}", f'<path d="M0 {STRIP}H{number(width)}" stroke="{stroke}" stroke-width="1"/>'
    if height <= STRIP:
        lower, line = f"V{number(height - 7)}q0 {c} -{c} {c}H7q-{c} 0 -{c} -{c}", ""
    return f'<path d="M{edge} 7q0 -{c} {c} -{c}H{right}q{c} 0 {c} {c}{lower}z" fill="{fill}"/>{line}'


def cards(width, height, radius, stroke, step):
    """The cards that lie behind the uppermost of a stack."""
    return "".join(
        f'<rect x="{shift}" y="{shift}" width="{number(width)}" height="{number(height)}" rx="{radius}" '
        f'fill="{COLOURS["paper"]}" stroke="{stroke}" stroke-width="1.2"/>'
        for shift in (2 * step, step)
    )


def badge(mark):
    """The sign of a mark, in a disc around (0, 0): a triangle on what runs, a plus where a sum grew, a tick behind it.

    Drawn, not written, since not every font has such signs.
    """
    sign = {
        "now": '<path d="M-3 -4.5L5 0L-3 4.5z" fill="{paper}"/>',
        "sent": '<path d="M-4.5 0H4.5M0 -4.5V4.5" stroke="{paper}" stroke-width="2"/>',
        "done": '<path d="M-4 .5L-1 3.5L4 -3" fill="none" stroke="{paper}" stroke-width="2"/>',
    }[mark].format(paper=COLOURS["paper"])
    return f'<circle r="8.5" fill="{COLOURS[f"{mark} border"]}" stroke="{COLOURS["paper"]}"/>{sign}'


def draw_arrow(points, left_to_right, quiet=False):
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
    colour = COLOURS["data border" if quiet else "arrow"]
    dashes = DASHES if quiet else ""
    sides = ((x - HEAD, y - 4), (x - HEAD, y + 4)) if left_to_right else ((x - 4, y - HEAD), (x + 4, y - HEAD))
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.4"{dashes}/>'
        f'<path d="M{pair((x, y))}L{pair(sides[0])}L{pair(sides[1])}z" fill="{colour}"/>'
    )


def pair(point):
    return f"{number(point[0])} {number(point[1])}"


def number(value):
    """One decimal, and none that is zero: fine enough for the eye, and the same on every machine."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # + 0.0 turns -0.0 into 0.0
