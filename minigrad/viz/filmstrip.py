"""A backward pass as something to read: a picture of every step, or, of a longer one, a picture and a table.

Static HTML without a script or a style sheet, as that is what a notebook stores and what is left of it where scripts
are taken out: tables, paragraphs, and pictures as <img>.
"""

from dataclasses import replace
from html import escape
from os import PathLike

from .boxes import Box
from .drawing import image, save_page
from .frames import GRADIENT, Frame, frames, widest
from .steps import Passes
from .svg import Picture
from .words import as_text, formulas, name_of, sentence, title

MOST_PICTURES = 16
MOST_ROWS, LAST_ROWS = 300, 20  # of more steps the table has the first ones and the last


class Filmstrip:
    """A recorded backward pass: a notebook shows it as pictures, a terminal as text.

    Raises ValueError if it has no steps.
    """

    def __init__(self, passes: Passes) -> None:
        refuse_no_steps(passes)
        self.passes = passes

    def save(self, path: str | PathLike[str]) -> None:
        """Write what a notebook shows to a web page of its own; raises ValueError if its name does not end in .html."""
        save_page(path, self._repr_html_(), title(self.passes))

    def __repr__(self) -> str:
        return as_text(self.passes)

    def _repr_html_(self) -> str:
        return filmstrip(self.passes)


def refuse_no_steps(passes):
    if not passes.steps:
        raise ValueError("no backward pass was recorded, so there are no steps to show: call backward() first")


def filmstrip(passes: Passes) -> str:
    """The HTML of all steps."""
    film = frames(passes)
    picture = Picture(widest(film))
    if picture.left_to_right and len(film) <= MOST_PICTURES:  # low enough to stand below one another
        return picture_by_picture(passes, film, picture)
    return picture_and_table(passes, film)


def picture_by_picture(passes, film, picture):
    parts = [f"<p><b>{escape(title(passes))}</b></p>"]
    for index, frame in enumerate(film):
        parts.append(f"<p><b>Step {index + 1} of {len(film)}.</b> {escape(sentence(passes, index))}</p>")
        parts.extend(f"<p><code>{escape(str(formula))}</code></p>" for formula in formulas(passes, index))
        alt = f"The graph in step {index + 1}: {look(passes, frame)}."
        parts.append(f"<p>{image(picture.svg(list(frame.boxes), frame.marks), alt)}</p>")
    return "\n".join(['<div class="minigrad-filmstrip">', *parts, "</div>"])


def picture_and_table(passes, film):
    boxes = [with_numbers(box, index, passes) for index, box in enumerate(film[-1].boxes)]
    alt = "The graph, each box with the numbers of its steps; the table below tells what happens in them."
    columns = "".join(f'<th scope="col">{column}</th>' for column in ("Step", "What happened", "Formulas"))
    return "\n".join([
        '<div class="minigrad-filmstrip">',
        f"<p><b>{escape(title(passes))}</b></p>",
        f"<p>{image(Picture(boxes).svg(), alt)}</p>",
        "<table>",
        f"<thead><tr>{columns}</tr></thead>",
        "<tbody>",
        *rows(passes),
        "</tbody>",
        "</table>",
        "</div>",
    ])


def rows(passes: Passes) -> list[str]:
    count = len(passes.steps)
    if count <= MOST_ROWS:
        return [row(passes, index) for index in range(count)]
    first, last = range(MOST_ROWS - LAST_ROWS), range(count - LAST_ROWS, count)
    left_out = f'<tr><td colspan="3">… {count - MOST_ROWS} more steps: print the trace to read them …</td></tr>'
    return [*(row(passes, index) for index in first), left_out, *(row(passes, index) for index in last)]


def row(passes: Passes, index: int) -> str:
    lines = "<br>".join(f"<code>{escape(str(formula))}</code>" for formula in formulas(passes, index))
    return f"<tr><td>{index + 1}</td><td>{escape(sentence(passes, index))}</td><td>{lines}</td></tr>"


def with_numbers(box: Box, index: int, passes: Passes) -> Box:
    numbers = [str(number) for number, step in enumerate(passes.steps, 1) if step.box == index]
    fact = ("steps" if len(numbers) > 1 else "step", ", ".join(numbers))
    return replace(box, facts=(fact, *box.facts)) if numbers else box


def look(passes: Passes, frame: Frame) -> str:
    """What is marked in a frame, in words."""
    words = {"now": "runs", "sent": "just got a gradient"}
    return ", ".join(
        f"{name_of(passes, box)} {words[mark]} ({GRADIENT} {dict(frame.boxes[box].facts).get(GRADIENT, 'unknown')})"
        for box, mark in sorted(frame.marks.items())
        if mark in words
    )
