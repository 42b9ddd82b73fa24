"""What a student hands in, and the marks it should get."""

from collections.abc import Callable
from dataclasses import dataclass, field
from textwrap import dedent

import nbformat
from nbformat import NotebookNode

from suite.assignment import BY_HAND, FUNCTIONS, NAME, SOLUTIONS, TESTS, right
from suite.notebooks import find, release

Marks = dict[str, float | tuple | None]  # by cell; a tuple holds all that are fair
Edit = Callable[[NotebookNode], NotebookNode | bytes | dict[str, bytes] | None]

NONE_EARNED: Marks = {**dict.fromkeys(TESTS, 0), **dict.fromkeys(BY_HAND, (None, 0))}
ALL_EARNED: Marks = {**TESTS, **dict.fromkeys(BY_HAND, None)}
UNDECIDED: Marks = dict.fromkeys((*TESTS, *BY_HAND), None)


@dataclass(frozen=True)
class Submission:
    """`edit` takes the answered notebook and says what is handed in: a notebook, a file's bytes, files by name."""

    title: str
    answers: dict[str, str]
    marks: Marks
    edit: Edit = lambda notebook: notebook
    told: bool = False  # whether the instructor must be told that it could not be graded
    noted: bool = False  # whether a note must say what was restored or which limit was hit
    supervised: bool = False  # whether it can hang the process that marks it, so that another one has to watch
    slow: bool = False  # whether it uses up its time
    names: tuple[str, ...] = field(default=())  # what must be in a problem, a note or a reason
    missing: bool = False  # whether the instructor is told that the notebook was not handed in

    def files(self) -> dict[str, bytes]:
        notebook = release()
        for name, source in self.answers.items():
            find(notebook, name).source = dedent(source).strip("\n")
        edited = self.edit(notebook)
        edited = notebook if edited is None else edited
        if isinstance(edited, NotebookNode):
            edited = nbformat.writes(edited).encode()
        return {f"{NAME}.ipynb": edited} if isinstance(edited, bytes) else edited


RIGHT = {**{name: right(name) for name in SOLUTIONS}, "plot": "print('my plot')", "explain": "Nothing overflows."}


def honest(title: str, lost: Marks | None = None, edit: Edit = lambda notebook: notebook, told=False, noted=False,
           slow=False, names=(), **answers: str) -> Submission:  # fmt: skip
    """The right answers, but for those given; all marks, but for those `lost`."""
    return Submission(title, {**RIGHT, **answers}, {**ALL_EARNED, **(lost or {})}, edit, told, noted, slow=slow,
           names=names)


def attack(title: str, program: str, answer: str = "None", earned: Marks | None = None, polynomial: str = "pass",
           warmest: str = "warmest = None", supervised=False, slow=False) -> Submission:  # fmt: skip
    """A program in the first solution cell, and nothing solved: each function's `answer` is all that it returns."""
    functions = f"\n{' = '.join(FUNCTIONS)} = lambda *args, **kwargs: {answer}"
    answers = {**dict.fromkeys(SOLUTIONS, "pass"), "polynomial": polynomial, "warmest": warmest}
    answers["normalize"] = dedent(program).strip("\n") + functions
    return Submission(title, answers, {**NONE_EARNED, **(earned or {})}, supervised=supervised, slow=slow)


def beside(title: str, program: str, lost: Marks | None = None, cell: int = 2, **how) -> Submission:
    """The right answers, and a program in a cell of its own before cell number `cell`."""

    def add(notebook: NotebookNode) -> None:
        notebook.cells.insert(cell, nbformat.v4.new_code_cell(dedent(program).strip("\n")))

    return honest(title, lost, add, **how)


def unreadable(title: str, edit: Edit, names: tuple[str, ...] = ()) -> Submission:
    """Nothing can be marked, and the instructor is told."""
    return Submission(title, RIGHT, UNDECIDED, edit, told=True, names=names)
