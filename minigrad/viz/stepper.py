"""A backward pass to go through forwards and back: the filmstrip, and a custom element that turns it into a stepper.

It is one piece of HTML without any connection to Python. So it answers at once while the kernel is busy, and goes on
working in a saved notebook without a kernel and in exported HTML; where scripts are taken out the filmstrip is left.
The script holds no logic beyond showing step k: what each step looks like is worked out here.
"""

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from .filmstrip import Filmstrip, filmstrip
from .frames import Frame, frames, widest
from .shapes import COLOURS, badge
from .steps import LEAF, START, Passes
from .svg import Picture
from .words import formulas, name_of, runner, sentence, title

MARKS = ("now", "sent", "done")
MOST_STEPS = 1000  # nobody goes through more, and a notebook would grow by a megabyte


class Stepper(Filmstrip):
    """A recorded backward pass: a notebook shows one step at a time, with controls; a terminal prints them all.

    Raises ValueError if it has no steps, or more than 1000.
    """

    def __init__(self, passes: Passes) -> None:
        super().__init__(passes)
        if len(passes.steps) > MOST_STEPS:
            raise ValueError(
                f"{len(passes.steps)} steps are too many to go through one by one, at most {MOST_STEPS} can be: "
                "trace a smaller part of the computation, or print the trace to read them all"
            )

    def _repr_html_(self) -> str:
        return stepper_html(self.passes)


def stepper_html(passes: Passes) -> str:
    """The stepper's element, in it the filmstrip and the data, and after it the script that makes it live."""
    source, element = script()
    data = json.dumps(film_data(passes), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return "\n".join([
        f"<{element}>",
        filmstrip(passes),
        f'<script type="application/json">{data}</script>',
        f"</{element}>",
        f'<script>(NAME => {{\n{source}}})("{element}");</script>',
    ])


@cache
def script() -> tuple[str, str]:
    """The script, and the name of its element: another one for each version, since both may be on one page."""
    source = files(__package__).joinpath("stepper.js").read_text(encoding="utf-8")
    return source, f"minigrad-stepper-{hashlib.sha256(source.encode()).hexdigest()[:8]}"


def film_data(passes: Passes) -> dict[str, Any]:
    """What the script needs to show any step: the picture once, and what changes in it.

    A mark or a fact is given as [step, text] pairs: from this step on it is this text.
    """
    film = frames(passes)
    picture = Picture(widest(film))  # drawn with the widest facts, so that the script can put any in their places
    return {
        "title": title(passes),
        "style": "".join(map(mark_style, MARKS)),
        "badges": {mark: badge(mark) for mark in MARKS},
        "tall": not picture.left_to_right,
        "svg": picture.svg(marks={}, live=True),
        "boxes": {str(box): changing for box in range(len(passes.boxes)) if (changing := box_data(film, box))},
        "steps": [
            {
                "box": step.box,
                "name": step_name(passes, index),
                "sentence": sentence(passes, index),
                "formulas": ["\n".join(formula.lines()) for formula in formulas(passes, index)],
            }
            for index, step in enumerate(passes.steps)
        ],
    }


def step_name(passes: Passes, index: int) -> str:
    """A step in a list of all steps."""
    step = passes.steps[index]
    if step.kind == START:
        return f"start at {name_of(passes, step.box)}"
    return f"{runner(passes, step)}{'.grad' if step.kind == LEAF else ''}"


def box_data(film: list[Frame], box: int) -> dict[str, Any]:
    """The marks and the facts of a box that are not the same in all steps."""
    facts = [dict(frame.boxes[box].facts) for frame in film]
    changing = {label: changes([fact[label] for fact in facts]) for label in facts[0]}
    marks = changes([frame.marks.get(box, "") for frame in film])
    found_facts = {label: pairs for label, pairs in changing.items() if len(pairs) > 1}
    return {"marks": marks, "facts": found_facts} if found_facts or marks != [[0, ""]] else {}


def changes(texts: list[str]) -> list[list[Any]]:
    return [[step, text] for step, text in enumerate(texts) if step == 0 or text != texts[step - 1]]


def mark_style(mark: str) -> str:
    """What Picture draws around a marked box, as a style for boxes that are drawn without marks."""
    fill, border = COLOURS[mark], COLOURS[f"{mark} border"]
    box = f"[data-mark={mark}]"
    return (
        f"{box}>rect,{box}>path[stroke]{{stroke:{border}}}"
        f"{box}>rect:first-of-type{{fill:{fill};stroke-width:3}}\n"
    )
