"""Feedback for each student: pages that lie where nbgrader looks for them when it hands them out."""

import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme

from minigrad.course.whole_file import write_whole
from minigrad.grading import scores, verdict_table
from minigrad.grading.course_folder import CourseFolder, made, refusal
from minigrad.grading.feedback_page import Marks, Sum, page
from minigrad.grading.handed_in import files_in
from minigrad.grading.hidden import shown_by
from minigrad.grading.problem import Problem
from minigrad.grading.record import Graded
from minigrad.grading.repair import LARGEST

MOST_VALUES = 2_000_000  # of a notebook that was handed in
MOST_SHOWN = 3_000_000  # letters of the outputs that were handed in, of one submission
GO_WITH_IT = ("timestamp.txt", "submission_secret.txt")  # what nbgrader needs to know whose the pages are
SUBJECT = re.compile(r"^It\b")  # in a note on a limit
TO_BE_SEEN = "Not all of it could be marked yet: your instructor is going to look at it."

Value = TypeVar("Value")


@dataclass(frozen=True)
class Written:
    """What came of one student's feedback: how many pages there are, whether any is new, and what was in the way."""

    student: str
    pages: int = 0
    new: bool = False
    problem: str = ""


class Feedback:
    """The feedback of one assignment, from the autograded notebooks and what the gradebook says of them."""

    def __init__(self, course: CourseFolder, assignment: str) -> None:
        self.course, self.assignment = course, assignment
        self.converter = made(GenerateFeedback, course.app)  # never started: it knows the permissions
        tests, scheme = ClearHiddenTests(parent=self.converter), ClearMarkScheme(parent=self.converter)
        self.delimiters = (
            (tests.begin_test_delimeter, tests.end_test_delimeter),
            (scheme.begin_mark_scheme_delimeter, scheme.end_mark_scheme_delimeter),
        )

    def write(self, only: Collection[str] = (), force: bool = False) -> Iterator[Written]:
        """Write the pages that have changed, or with `force` all, of these students or of all. One fails for itself."""
        with scores.reading(self.course, self.assignment) as connection:
            found = scores.submissions(connection, self.assignment, only)
            told = verdict_table.read(connection, self.assignment, only)
        if unknown := [student for student in only if student not in found]:
            raise Problem(f"{unknown[0]} has no marks for {self.assignment} yet: "
                          f"run `minigrad grade {self.assignment} --student {unknown[0]}` first.")  # fmt: skip
        if not found:
            raise Problem(f"Nobody has marks for {self.assignment} yet: run `minigrad grade {self.assignment}` first.")
        for student, submission in found.items():
            if student not in only and self.course.leaves_out(student):
                continue
            try:
                yield self.write_one(student, submission, told.get(student), force)
            except OSError as error:
                yield Written(student, problem=refusal(error))
            except Problem as problem:
                yield Written(student, problem=str(problem))

    def write_one(self, student: str, submission: scores.Submission, graded: Graded | None, force: bool) -> Written:
        marked = self.course.autograded(self.assignment, student)
        folder = self.course.feedback(self.assignment, student)
        notebooks = [marked / f"{name}.ipynb" for name in submission.penalties]
        before = shown_before(self.course.submitted(self.assignment, student))
        sums = {name: Sum.of(of_notebook(submission.scores, name).values(), submission.penalties[name])
                for name in submission.penalties}  # fmt: skip
        marks = {path: replace(marks_of(path.stem, self.assignment, student, submission, graded), all_notebooks=sums)
                 for path in notebooks}  # fmt: skip
        pages = {path.stem: self.page(path, marks[path], before) for path in notebooks}
        folder.mkdir(parents=True, exist_ok=True)
        new = [put(folder / f"{name}.html", text, force) for name, text in pages.items()]
        for path in folder.glob("*.html"):
            if path.stem not in pages:
                path.unlink()  # or it would be released
        for name in GO_WITH_IT:
            (folder / name).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                shutil.copyfile(marked / name, folder / name)
        self.converter.set_permissions(self.assignment, student)
        return Written(student, len(pages), any(new))

    def without_exchange(self) -> list[str]:
        """Whose pages `nbgrader release_feedback` would stop at: it finds students by what its exchange leaves."""
        folders = {student: self.course.feedback(self.assignment, student) for student in self.with_pages()}
        return [student for student, folder in folders.items()
                if not all((folder / name).is_file() for name in GO_WITH_IT)]  # fmt: skip

    def with_pages(self) -> list[str]:
        return [student for student in self.course.with_feedback(self.assignment)
                if not self.course.leaves_out(student)]  # fmt: skip

    def page(self, path: Path, marks: Marks, before: "Before") -> str:
        if not path.parent.is_dir():
            raise Problem(f"There is no {path.parent}: grade this submission again, with --force.")
        if not path.exists():
            notes = marks.notes or ["This notebook was not handed in, or cannot be read."]
            return page(nbformat.v4.new_notebook(), replace(marks, notes=notes), self.delimiters)
        try:
            notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
            marks = replace(marks, before=before.texts, cells_before=before.cells, folder=path.parent)
            return page(notebook, marks, self.delimiters)
        except (ValueError, KeyError, AttributeError, TypeError):
            raise Problem(f"{path} cannot be read as a notebook: grade this submission again, with --force.") from None


def marks_of(name: str, assignment: str, student: str, submission: scores.Submission, graded: Graded | None) -> Marks:
    """What there is to say of one notebook."""
    marked = next((each for each in graded.notebooks if each.name == name), None) if graded else None
    own = of_notebook(submission.scores, name)
    notes = [SUBJECT.sub("Your notebook", note) for note in marked.notes] if marked else []
    if graded and graded.problem and any(score.open for score in own.values()):
        notes += [*problem_of(name, submission.penalties, graded.problem), TO_BE_SEEN]
    return Marks(
        assignment,
        name,
        student,
        scores=own,
        comments=of_notebook(submission.comments, name),
        unanswered={cell for where, cell in submission.unanswered if where == name},
        verdicts={verdict.name: verdict for verdict in marked.verdicts} if marked else {},
        penalty=submission.penalties[name],
        notes=notes,
    )


def of_notebook(by_place: Mapping[scores.Place, Value], name: str) -> dict[str, Value]:
    return {cell: value for (where, cell), value in by_place.items() if where == name}


def problem_of(name: str, notebooks: Collection[str], problem: str) -> list[str]:
    """What a submission's problem says of one notebook. What is said of the whole is for the instructor alone."""
    begins = "|".join(map(re.escape, sorted(notebooks, key=len, reverse=True)))
    parts = re.split(rf"(?:^|(?<=\. ))({begins})\.ipynb: ", problem)[1:]
    return [text.strip() for which, text in zip(parts[::2], parts[1::2]) if which == name]


@dataclass
class Before:
    """What the notebooks showed when they were handed in."""

    texts: set[str] = field(default_factory=set)
    cells: dict[str, list[NotebookNode]] = field(default_factory=dict)  # the outputs of each cell, by its source
    left: int = MOST_SHOWN

    def add(self, notebook: NotebookNode) -> None:
        self.texts |= shown_by(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.outputs and cell.source not in self.cells:
                size = len(str(cell.outputs))
                if size <= self.left:
                    self.left -= size
                    self.cells[cell.source] = cell.outputs


def shown_before(folder: Path) -> Before:
    """What the notebooks showed when they were handed in, as far as they can be read."""
    found = Before()
    for name, path in files_in(folder) if folder.is_dir() else ():
        with suppress(OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError):
            if name.endswith(".ipynb") and path.stat().st_size <= LARGEST and has_few_values(data := path.read_bytes()):
                found.add(nbformat.v4.reads(data.decode("utf-8-sig")))
    return found


def has_few_values(data: bytes) -> bool:
    """Whether JSON takes little memory: in front of each value but a dictionary's first stands one of these."""
    return sum(map(data.count, (b"[", b"{", b","))) < MOST_VALUES


def put(path: Path, text: str, force: bool) -> bool:
    """Write a page if it says something new; whether it did."""
    if not force and path.is_file() and path.read_bytes() == text.encode(errors="replace"):
        return False
    write_whole(path, text)
    return True
