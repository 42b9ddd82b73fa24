"""One marked notebook becomes its student's page: the points of each cell, why, and nothing of the hidden tests."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote

from markupsafe import Markup
from nbformat import NotebookNode

from minigrad.grading.exercises import heading_in
from minigrad.grading.hidden import HIDDEN_FAILED, MARK_SCHEME, Delimiters, Learnt, parted
from minigrad.grading.record import (
    BY_HAND,
    FAILED,
    HIDDEN_TESTS,
    LOST,
    MISSING,
    PARTLY,
    PASSED,
    TOO_SLOW,
    UNDECIDED,
    UNFIT,
    Verdict,
)
from minigrad.grading.safe_html import code, from_terminal, picture, safe_html
from minigrad.grading.scores import Score
from minigrad.grading.templates import TEMPLATES
from minigrad.grading.text_cell import Room, from_markdown

LONGEST = 20_000  # letters of one text that a cell shows
LONGEST_REASON = 2_000
LARGEST = 3_000_000  # letters of anything else, such as a picture

WORDS = {
    PASSED: ("✓", "passed"),
    PARTLY: ("◐", "in part"),
    FAILED: ("✗", "not passed"),
    TOO_SLOW: ("✗", "took too long"),
    LOST: ("✗", "not passed"),
    UNFIT: ("○", "not decided yet"),
    UNDECIDED: ("○", "not decided yet"),
    BY_HAND: ("○", "not marked yet"),
    MISSING: ("✗", "not handed in"),
}
LEFT_OUT = "Its output is not shown here."
ERROR_LEFT_OUT = "When it was graded, it ended in an error, which is not shown here."
OPEN, NOTHING = ("○", "not marked yet"), ("✗", "no points")
MARKED, TO_CONFIRM = ("●", "marked by your instructor"), ("●", "marked by your instructor, to be confirmed")
OF_A_CELL = re.compile(r"Cell (\d+): (.+)", re.DOTALL)  # a note that belongs to a cell of the notebook


@dataclass(frozen=True)
class Sum:
    """The points of a notebook or an assignment: those there are, of how many, and how many are not decided yet."""

    points: float
    most: float
    open: float = 0.0

    @classmethod
    def of(cls, scores: Iterable[Score], penalty: float) -> Self:
        scores = list(scores)
        decided = [score for score in scores if score.decided]
        points = max(0.0, sum(score.points for score in decided) - penalty)
        return cls(points, sum(score.most for score in decided), sum(each.most for each in scores if not each.decided))


@dataclass(frozen=True)
class Marks:
    """What is known of one notebook that was handed in, but for what is in it."""

    assignment: str
    notebook: str
    student: str
    scores: Mapping[str, Score] = field(default_factory=dict)  # by cell
    comments: Mapping[str, str] = field(default_factory=dict)  # by cell
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)  # by cell
    penalty: float = 0.0
    notes: Sequence[str] = ()
    unanswered: Collection[str] = ()  # the cells that were left as they were given out
    before: Collection[str] = ()  # what the notebook showed when it was handed in
    cells_before: Mapping[str, Sequence[NotebookNode]] = field(default_factory=dict)  # the outputs then, by source
    all_notebooks: Mapping[str, Sum] = field(default_factory=dict)  # of the assignment
    folder: Path | None = None  # where the pictures lie that it names

    @property
    def sum(self) -> Sum:
        return Sum.of(self.scores.values(), self.penalty)

    @property
    def in_all(self) -> Sum:
        """The points of the assignment."""
        sums = self.all_notebooks.values()
        return Sum(sum(each.points for each in sums), sum(each.most for each in sums), sum(each.open for each in sums))


@dataclass
class Part:
    """A cell, as the page shows it."""

    place: str  # what links to it name; "" if it is not there, and has points all the same
    name: str  # nbgrader's grade_id
    kind: str  # "Test", "Your answer", "Task"; "" for a cell that is neither marked nor the student's
    section: str  # the heading above it
    text: Markup | None = None
    code: Markup | None = None
    outputs: tuple[Markup, ...] = ()
    score: Score | None = None
    mark: tuple[str, str] = ("", "")  # a glyph and its word
    told: tuple[str, ...] = ()  # sentences about the points, or about what happened here
    comment: Markup | None = None
    shows_error: bool = False
    trouble: str = ""  # what kept the cell from running to its end


def page(notebook: NotebookNode, marks: Marks, delimiters: Delimiters = (HIDDEN_TESTS, MARK_SCHEME)) -> str:
    """The page's HTML, which needs no other file, no script and no net; what is between the delimiters is not in it."""
    parts = parts_of(notebook, marks, delimiters)
    notes = [note for note in marks.notes if not OF_A_CELL.fullmatch(note)]
    for note in filter(None, map(OF_A_CELL.fullmatch, marks.notes)):
        shown = next((part for part in parts if part.place == f"cell-{note[1]}"), None)
        if shown is None:
            notes.append(note[0])
        else:
            shown.told = (*(each for each in shown.told if each not in (LEFT_OUT, ERROR_LEFT_OUT)), note[2])
            shown.trouble = note[2]
    template = TEMPLATES.get_template("feedback.html.j2")
    return template.render(marks=marks, parts=parts, notes=notes, is_there=bool(notebook.cells), address=address)


def address(notebook: str) -> str:
    """Where the page of another notebook is."""
    return f"./{quote(notebook)}.html"


def parts_of(notebook: NotebookNode, marks: Marks, delimiters: Delimiters) -> list[Part]:
    visible = [parted(cell.source, delimiters)[0] for cell in notebook.cells]
    learnt = Learnt("\n".join(visible), marks.before)
    room = Room(marks.folder)
    parts: list[Part] = []
    section = ""
    for number, (cell, source) in enumerate(zip(notebook.cells, visible), 1):
        if cell.cell_type == "markdown":
            section = heading_in(source) or section
        parts.append(part(cell, f"cell-{number}", section, marks, delimiters, learnt, room))
    there = {part.name for part in parts}
    return parts + [Part("", name, "", "", score=score, mark=mark(score, current(name, score, marks), False))
                    for name, score in marks.scores.items() if name not in there]  # fmt: skip


def part(
    cell: NotebookNode, place: str, section: str, marks: Marks, delimiters: Delimiters, learnt: Learnt, room: Room
) -> Part:
    facts = cell.metadata.get("nbgrader", {})
    name = str(facts.get("grade_id", ""))
    source, secret = parted(cell.source, delimiters)
    score, verdict = marks.scores.get(name), marks.verdicts.get(name)
    hidden = secret is not None or verdict is not None and verdict.hidden
    shown = Part(place, name, kind_of(facts), section, score=score)
    if cell.cell_type == "code":
        shown.code = code(source) if source.strip() else None
        if hidden:
            learnt.meet(secret or "")
        else:
            add_outputs(shown, cell, learnt, marks.cells_before, room)
    elif cell.cell_type == "markdown":
        shown.text = from_markdown(source, room, cell.get("attachments"))
    else:
        shown.text = from_terminal(source)
    if score is not None:
        verdict = current(name, score, marks)
        shown.mark = mark(score, verdict, shown.kind == "Test")
        if not (shown.kind == "Test" and shown.shows_error):  # it says so itself
            shown.told += tuple(sentences(score, verdict, hidden and shown.kind == "Test", learnt))
        if hidden and shown.told and (line := failed_line(verdict, cell.source, source)):
            shown.told += (f"It failed in this line: {line}",)
    if name in marks.unanswered:
        shown.told += ("It was left as it was given out.",)
    if name in marks.comments:
        shown.comment = from_markdown(marks.comments[name], room)
    return shown


def add_outputs(shown: Part, cell: NotebookNode, learnt: Learnt, before: Mapping[str, Sequence[NotebookNode]],
                room: Room) -> None:  # fmt: skip
    """What a cell showed; where that may tell of hidden tests, what it showed when it was handed in."""
    is_test = shown.kind == "Test"
    outputs: Sequence[NotebookNode] = learnt.harmless(cell, is_test)
    if len(outputs) < len(cell.outputs):
        if not is_test:
            outputs = before.get(cell.source, outputs)
        if has_error(cell.outputs) and not has_error(outputs):
            shown.told = (ERROR_LEFT_OUT,)
        elif not outputs:
            shown.told = (LEFT_OUT,)
    shown.outputs = tuple(output for each in outputs for output in displayed(each, room))
    shown.shows_error = has_error(outputs)


def has_error(outputs: Iterable[NotebookNode]) -> bool:
    return any(output.output_type == "error" for output in outputs)


def current(name: str, score: Score, marks: Marks) -> Verdict | None:
    """The verdict on a cell, unless nbgrader alone has graded it since."""
    verdict = marks.verdicts.get(name)
    return verdict if verdict is not None and verdict.points == score.auto else None


def kind_of(facts: Mapping[str, object]) -> str:
    if facts.get("task"):
        return "Task"
    if facts.get("solution"):
        return "Your answer"
    return "Test" if facts.get("grade") else ""


def mark(score: Score, verdict: Verdict | None, is_test: bool) -> tuple[str, str]:
    """How a cell ended. What a person decided goes before what the grader found."""
    if score.by_hand:
        return TO_CONFIRM if score.open else MARKED
    if verdict is not None:
        return WORDS[verdict.kind]
    if score.open:
        return OPEN
    if not is_test and score.points <= 0:
        return NOTHING
    return WORDS[PASSED if score.points >= score.most else PARTLY if score.points > 0 else FAILED]


def sentences(score: Score, verdict: Verdict | None, hidden: bool, learnt: Learnt) -> Iterable[str]:
    """What is to be said of the points: the reason; of a hidden test no more than that."""
    if score.by_hand or verdict is None and score.open:
        return
    if verdict is not None and verdict.reason:
        kind, colon, _ = verdict.reason.partition(":")  # of an error, its class comes first
        told = f"{kind}{'.' if colon else ''}" if learnt.tells(verdict.reason) else verdict.reason.rstrip(": ")
        yield told if len(told) <= LONGEST_REASON else f"{told[:LONGEST_REASON]} …"
    elif hidden and score.points < score.most:
        yield HIDDEN_FAILED


def failed_line(verdict: Verdict | None, source: str, visible: str) -> str:
    """The line of a test that failed, if it can be seen; where there is no error to be shown, it would not be known."""
    told = re.match(r"line (\d+): ", verdict.detail) if verdict and not verdict.hidden else None
    lines = source.splitlines()
    if told is None or not 0 < int(told[1]) <= len(lines):
        return ""
    line = lines[int(told[1]) - 1]
    return line.strip() if line in visible.splitlines() else ""


def displayed(output: NotebookNode, room: Room) -> Iterable[Markup]:
    """What an output shows, in the richest of its forms that can be shown."""
    if output.output_type == "stream":
        yield terminal(output.text)
    elif output.output_type == "error":
        yield terminal("\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
    else:
        yield next(filter(None, forms(output.data, room)), terminal("(an output that cannot be shown here)"))


def forms(data: Mapping[str, str], room: Room) -> Iterable[Markup | None]:
    """The forms of an output, from the richest on; None for one that shows nothing here, such as a script."""
    plain = str(data.get("text/plain", ""))
    for kind in ("text/html", "image/svg+xml", "text/latex", "image/png", "image/jpeg", "image/gif", "text/markdown"):
        if not isinstance(value := data.get(kind), str):
            continue
        if len(value) > LARGEST:
            yield Markup("<p>An output of {:,} letters is left out.</p>").format(len(value))
        elif kind == "text/html":
            yield framed(safe_html(value))
        elif kind in ("text/latex", "text/markdown"):
            yield framed(from_markdown(value, room))
        else:
            yield framed(picture(kind, value, plain or "a picture"))
    if plain:
        yield terminal(plain)


def framed(html: Markup) -> Markup | None:
    """What a student's code displayed, in a frame that it cannot leave; None if there is nothing to see in it."""
    if not html.striptags().strip() and "<img" not in html and "<svg" not in html:
        return None
    return Markup('<div class="theirs" role="group" aria-label="shown by the cell" tabindex="0">{}</div>').format(html)


def terminal(text: str) -> Markup:
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}\n… and {len(text) - LONGEST:,} letters more"
    return Markup("<pre class='printed'>{}</pre>").format(from_terminal(text))
