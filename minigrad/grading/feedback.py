"""Feedback for each student: pages that lie where nbgrader looks for them when it hands them out."""

import shutil
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme

from minigrad.course.whole_file import write_whole
from minigrad.grading import scores, verdict_table
from minigrad.grading.course_folder import CourseFolder, Problem, made, refusal
from minigrad.grading.feedback_page import Marks, page
from minigrad.grading.handed_in import files_in
from minigrad.grading.hidden import shown_by
from minigrad.grading.record import MISSING, Graded
from minigrad.grading.repair import LARGEST

MOST_VALUES = 2_000_000  # of a notebook that was handed in
GO_WITH_IT = ("timestamp.txt", "submission_secret.txt")  # what nbgrader needs to know whose the pages are


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
        pages = {path.stem: self.page(path, student, submission, graded, before) for path in notebooks}
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

    def page(
        self, path: Path, student: str, submission: scores.Submission, graded: Graded | None, before: Collection[str]
    ) -> str:
        marks = marks_of(path.stem, self.assignment, student, submission, graded)
        if not path.parent.is_dir():
            raise Problem(f"There is no {path.parent}: grade this submission again, with --force.")
        if not path.exists():
            is_missing = any(verdict.kind == MISSING for verdict in marks.verdicts.values())
            notes = marks.notes if is_missing else [*marks.notes, "This notebook was not handed in, or cannot be read."]
            return page(nbformat.v4.new_notebook(), replace(marks, notes=notes), self.delimiters)
        try:
            notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
            return page(notebook, replace(marks, before=before, folder=path.parent), self.delimiters)
        except (ValueError, KeyError, AttributeError, TypeError):
            raise Problem(f"{path} cannot be read as a notebook: grade this submission again, with --force.") from None


def marks_of(name: str, assignment: str, student: str, submission: scores.Submission, graded: Graded | None) -> Marks:
    """What there is to say of one notebook."""
    marked = next((each for each in graded.notebooks if each.name == name), None) if graded else None
    notes = list(marked.notes) if marked else []
    if graded and graded.problem:
        notes.append("Not all of it could be marked yet: your instructor is going to look at it.")
    return Marks(
        assignment,
        name,
        student,
        scores={cell: score for (where, cell), score in submission.scores.items() if where == name},
        comments={cell: words for (where, cell), words in submission.comments.items() if where == name},
        verdicts={verdict.name: verdict for verdict in marked.verdicts} if marked else {},
        penalty=submission.penalties[name],
        notes=notes,
    )


def shown_before(folder: Path) -> set[str]:
    """What the notebooks showed when they were handed in, as far as they can be read."""
    found: set[str] = set()
    for name, path in files_in(folder) if folder.is_dir() else ():
        with suppress(OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError):
            if name.endswith(".ipynb") and path.stat().st_size <= LARGEST and has_few_values(data := path.read_bytes()):
                found |= shown_by(nbformat.v4.reads(data.decode("utf-8-sig")))
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
