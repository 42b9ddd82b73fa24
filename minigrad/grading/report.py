"""How a class did in an assignment: its points, in all and in each cell, what is open, and the beliefs it holds."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import fmean, median, quantiles

import nbformat

from minigrad.course.beliefs import BELIEFS, LESSON_OF
from minigrad.course.files import lessons
from minigrad.grading import scores, verdict_table
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.record import Graded

BINS = 10  # of the histogram
HARDEST = 5


@dataclass(frozen=True)
class Spread:
    """How some numbers lie: half of them between the quartiles."""

    mean: float
    median: float
    lower: float
    upper: float


@dataclass(frozen=True)
class CellReport:
    """What a class has for one cell. `spread` is None while it is marked for nobody."""

    place: scores.Place
    title: str
    most: float
    marked: int  # students whose points are decided
    full: int  # of these, those with all points
    spread: Spread | None

    @property
    def share(self) -> float:
        """How much of the points the class has, from 0 to 1."""
        return self.spread.mean / self.most if self.spread and self.most else 1.0


@dataclass(frozen=True)
class BeliefReport:
    """A belief that wrong answers came from: whose, where it showed, and which lesson is about it."""

    words: str
    why: str
    lesson: str
    students: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """All that there is to say of a class and an assignment."""

    assignment: str
    students: Mapping[str, str]  # everybody in the gradebook: ids and names
    submissions: Mapping[str, scores.Submission]
    waiting: Mapping[str, str]  # whose submission needs the instructor, and why
    missing: Sequence[str]  # who has handed in nothing
    most: float
    spread: Spread | None  # of the points in all
    histogram: Sequence[int]  # how many students have 0 to 10 % of the points, 10 to 20 % ...
    cells: Sequence[CellReport]
    beliefs: Sequence[BeliefReport]
    checked: bool  # whether minigrad has graded any of it, so that beliefs could be found

    @property
    def graded(self) -> int:
        return len(self.submissions) - len(self.waiting)

    @property
    def hardest(self) -> list[CellReport]:
        """The cells in which the class has lost most of the points."""
        lost = [cell for cell in self.cells if cell.share < 1]
        return sorted(lost, key=lambda cell: cell.share)[:HARDEST]


def report(course: CourseFolder, assignment: str) -> Report:
    """Read the gradebook, in a few queries. Raises Problem if it does not know the assignment."""
    with scores.reading(course, assignment) as connection:
        most = scores.cells(connection, assignment)
        students = scores.students(connection)
        submissions = scores.submissions(connection, assignment)
        found = verdict_table.read(connection, assignment)
    most = {place: most[place] for place in in_order(course, assignment, most)}
    title = "{}" if len({notebook for notebook, _ in most}) == 1 else "{1}/{0}"
    totals = [submission.total for submission in submissions.values()]
    waiting = {student: reason for student, submission in submissions.items()
               if (reason := what_waits(submission, found.get(student)))}  # fmt: skip
    return Report(
        assignment,
        students,
        submissions,
        waiting,
        missing=[student for student in students if student not in submissions],
        most=sum(most.values()),
        spread=spread(totals),
        histogram=histogram(totals, sum(most.values())),
        cells=[cell_report(place, title.format(*reversed(place)), points, submissions)
               for place, points in most.items()],
        beliefs=belief_reports(found.values()),
        checked=bool(found),
    )  # fmt: skip


def what_waits(submission: scores.Submission, graded: Graded | None) -> str:
    """Why a submission needs the instructor, "" if it does not."""
    cells = [cell for (_, cell), score in submission.scores.items() if score.open]
    if graded and graded.problem and not all(score.by_hand for score in submission.scores.values()):
        return graded.problem
    return f"to be marked by hand: {', '.join(cells)}" if cells else ""


def in_order(course: CourseFolder, assignment: str, places: Iterable[scores.Place]) -> list[scores.Place]:
    """The cells as they follow each other in the instructor's notebooks; by name, where these cannot be read."""
    listed: list[scores.Place] = []
    with suppress(OSError, ValueError, AttributeError, KeyError):
        for path in sorted(course.masters(assignment).glob("*.ipynb")):
            notebook = nbformat.v4.reads(path.read_text(encoding="utf-8-sig"))
            listed += [(path.stem, cell.metadata.get("nbgrader", {}).get("grade_id", "")) for cell in notebook.cells]
    rank = {place: number for number, place in enumerate(listed)}
    return sorted(places, key=lambda place: (rank.get(place, len(rank)), numbers_as_numbers("/".join(place))))


def numbers_as_numbers(name: str) -> list[tuple[int, str]]:
    """Sorts question-10 behind question-9."""
    parts = re.findall(r"\d+|\D+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    lower, _, upper = quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
    return Spread(fmean(values), median(values), lower, upper)


def histogram(totals: Iterable[float], most: float) -> list[int]:
    """How many have 0 to 10 % of the points, 10 to 20 %, and so on; all of them count as 90 to 100 %."""
    bins = Counter(min(max(int(BINS * total / most), 0), BINS - 1) if most else BINS - 1 for total in totals)
    return [bins[number] for number in range(BINS)]


def cell_report(
    place: scores.Place, title: str, most: float, submissions: Mapping[str, scores.Submission]
) -> CellReport:
    points = [score.points for submission in submissions.values()
              if (score := submission.scores.get(place)) and not score.open]  # fmt: skip
    return CellReport(place, title, most, len(points), sum(each >= most for each in points), spread(points))


def belief_reports(found: Iterable[Graded]) -> list[BeliefReport]:
    """The beliefs that were found, those of most students first."""
    holders: dict[str, set[str]] = defaultdict(set)
    cells: dict[str, set[str]] = defaultdict(set)
    for graded in found:
        for verdict in (verdict for notebook in graded.notebooks for verdict in notebook.verdicts):
            for belief in verdict.beliefs:
                holders[belief].add(graded.student)
                cells[belief].add(verdict.name)
    notebooks = {number: path.stem for number, path in lessons().items()}
    return [
        BeliefReport(
            BELIEFS[belief].words if belief in BELIEFS else belief,
            BELIEFS[belief].why if belief in BELIEFS else "This version of minigrad does not know it.",
            notebooks.get(LESSON_OF.get(belief, ""), ""),
            len(students),
            tuple(sorted(cells[belief], key=numbers_as_numbers)),
        )
        for belief, students in sorted(holders.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
