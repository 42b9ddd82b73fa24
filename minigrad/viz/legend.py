"""What the shapes in a picture mean, for those that occur in it."""

from .boxes import BLOCK, DATA, LEAF, OPERATION, PARAMETER, carries_gradient
from .shapes import COLOURS, DASHES, badge, cards, draw_arrow, inner_border, number, rectangle
from .text import is_number_untracked

LETTER = 6.0  # of a proportional font of size 11.5
LINE = 19
MARKS = {"now": "runs in this step", "sent": "just got a gradient", "done": "ran before"}


def legend(boxes, room, with_marks):
    """As many lines as the room asks for: the SVG, its width and its height."""
    parts, x, y, widest = [], 0.0, 0, 0.0
    for icon, words in entries(boxes, with_marks):
        words_at = 24 if icon else 0
        width = words_at + len(words) * LETTER
        if x and x + width > room:
            x, y = 0.0, y + LINE
        parts.append(f'<g transform="translate({number(x)} {y})">{icon}<text x="{words_at}" y="9.5">{words}</text></g>')
        widest = max(widest, x + width)
        x += width + 18
    return parts, widest, y + 11


def entries(boxes, with_marks):
    """The (icon, words) of everything that occurs."""
    kinds = {box.kind for box in boxes}
    blue, grey = COLOURS["leaf border"], COLOURS["data border"]
    if PARAMETER in kinds:
        yield rectangle(16, 11, 0, COLOURS["leaf"], blue, 2) + inner_border(16, 11, blue), "parameter"
    if LEAF in kinds:
        yield rectangle(16, 11, 0, COLOURS["leaf"], blue, 2), "leaf"
    if any(box.kind == DATA and not box.operation for box in boxes):
        yield rectangle(16, 11, 0, COLOURS["data"], grey, 1), "data, not tracked"
    if any(box.operation and box.is_tracked and box.kind == OPERATION for box in boxes):
        yield operation("strip", COLOURS["operation border"]), "operation and its result"
    if any(box.operation and not box.is_tracked for box in boxes):
        yield operation("data strip", grey, DASHES), "operation that no gradient passes"
    if BLOCK in kinds:
        border = COLOURS["operation border"]
        yield cards(12, 9, 3, border, 2) + operation("strip", border, "", 12, 9), "the same several times over"
    arrows = {carries_gradient(boxes[source], box)
              for box in boxes for source in box.inputs if source is not None}  # fmt: skip
    if True in arrows:
        yield draw_arrow([(-1, 5.5), (17, 5.5)], True), "forward; backward goes the other way"
    if False in arrows:
        yield draw_arrow([(-1, 5.5), (17, 5.5)], True, quiet=True), "forward only"
    if any(box.inputs.count(None) > is_number_untracked(box) for box in boxes):
        yield "", "untracked inputs are not in the graph"
    if with_marks:
        for mark, words in MARKS.items():
            yield f'<g transform="translate(8 5.5)">{badge(mark)}</g>', words


def operation(fill, border, dashes="", width=16, height=11):
    return rectangle(width, height, 3, COLOURS["paper"], border, 1.2, dashes) + (
        f'<path d="M.6 5V3q0 -2.4 2.4 -2.4H{width - 3}q2.4 0 2.4 2.4V5z" fill="{COLOURS[fill]}"/>'
    )
