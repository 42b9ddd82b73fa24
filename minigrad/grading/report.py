"""How a class did in an assignment: its points, in all and in each exercise, what is open, and the beliefs it holds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import fmean, median, quantiles
from typing import TypeVar

from minigrad.course.beliefs import BELIEFS, LESSON_OF
from minigrad.course.files import lessons
from minigrad.grading import scores, verdict_table
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.exercises import Exercise, exercises, spelled
from minigrad.grading.problem import Problem
from minigrad.grading.record import UNDECIDED, Graded

BINS = 10  # of the histogram
HARDEST = 5
Value = TypeVar("Value")


@dataclass(frozen=True)
class Spread:
    """How some numbers lie: half of them between the quartiles."""

    mean: float
    median: float
    lower: float
    upper: float


@dataclass(frozen=True)
class ExerciseReport:
    """What a class has for one exercise. `spread` is None until it is marked for everybody who can be marked."""

    title: str
    notebook: str  # "" where the assignment has no other
    cells: tuple[str, ...]
    most: float
    marked: int  # students whose points are decided
    of: int  # students who can be marked
    full: int  # of the marked, those with all points
    spread: Spread | None

    @property
    def whole_title(self) -> str:
        return f"{self.notebook}: {self.title}" if self.notebook else self.title

    @property
    def lost(self) -> float:
        """How much of the points the class has not, from 0 to 1."""
        return round(1 - self.spread.mean / self.most, 9) if self.spread and self.most else 0.0


@dataclass(frozen=True)
class BeliefReport:
    """A belief that wrong answers came from: whose, where it showed, and which lesson is about it."""

    words: str
    why: str
    lesson: str
    students: int
    exercises: tuple[str, ...]  # their titles


@dataclass(frozen=True)
class Note:
    """What was guessed or mended in a submission, or which limit it hit."""

    student: str
    notebook: str  # "" where the assignment has no other
    sentence: str


@dataclass(frozen=True)
class Waiting:
    """Cells that a person has to mark: how many students have each of them open, and how many have any."""

    students: int
    cells: Mapping[str, int]


@dataclass(frozen=True)
class Report:
    """All that there is to say of a class and an assignment."""

    assignment: str
    students: Mapping[str, str]  # everybody in the gradebook: ids and names
    submissions: Mapping[str, scores.Submission]
    problems: Mapping[str, str]  # whose submission could not be graded, and why
    ungraded: Sequence[str]  # who has handed in, and has no marks
    absent: Sequence[str]  # who has not
    not_handed_in: Mapping[str, Sequence[str]]  # by student, the notebooks that were not in a submission
    withdrawn: Sequence[str]  # whose marks stay, though the submission is in the folder no more
    by_hand: Waiting
    notes: Sequence[Note]
    counted: int  # students whom what follows is about: those who handed in something that could be graded
    most: float
    spread: Spread | None  # of the points in all
    histogram: Sequence[int]  # how many students have 0 to 10 % of the points, 10 to 20 % ...; nothing without points
    exercises: Sequence[ExerciseReport]
    cells: Mapping[scores.Place, str]  # those that give points, and what tables call them
    beliefs: Sequence[BeliefReport]
    checked: bool  # whether minigrad has graded any of it, so that beliefs could be found

    @property
    def graded(self) -> int:
        """As `minigrad grade` counts: what is still to be marked by hand is graded."""
        return len(self.submissions) - len(self.problems)

    @property
    def hardest(self) -> list[ExerciseReport]:
        """The exercises in which the class has lost most; none that lost as much as one that is left out."""
        ordered = sorted((each for each in self.exercises if each.spread), key=lambda each: -each.lost)
        least = ordered[HARDEST].lost if len(ordered) > HARDEST else 0.0
        return [each for each in ordered[:HARDEST] if each.lost > least]


def report(course: CourseFolder, assignment: str) -> Report:
    """Read the gradebook, in a few queries. Raises Problem if it has no marks for the assignment."""
    with scores.reading(course, assignment) as connection:
        most = scores.cells(connection, assignment)
        students = counted_in(course, scores.students(connection))
        submissions = counted_in(course, scores.submissions(connection, assignment))
        found = counted_in(course, verdict_table.read(connection, assignment))
    if not submissions:
        raise Problem(f"Nobody has marks for {assignment} yet: run `minigrad grade {assignment}` first.")
    there = in_the_folder(course, assignment)
    ungraded = sorted(there - submissions.keys())
    listed = exercises(course, assignment, most)
    names = spelled([place for each in listed for place in places_of(each)])
    notebooks = {each.notebook for each in listed}
    problems = {student: reason for student, submission in submissions.items()
                if (reason := problem(submission, found.get(student)))}  # fmt: skip
    missing = {student: there_are_no for student in submissions
               if (there_are_no := not_handed_in(found.get(student)))}  # fmt: skip
    counted = {student: submission for student, submission in submissions.items()
               if student not in problems and len(missing.get(student, ())) < len(submission.penalties)}  # fmt: skip
    totals = [submission.total for submission in counted.values()]
    return Report(
        assignment,
        students,
        submissions,
        problems,
        ungraded=ungraded,
        absent=[student for student in students if student not in submissions and student not in ungraded],
        not_handed_in=missing,
        withdrawn=[student for student in submissions if student not in there] if there else [],
        by_hand=waiting(counted.values(), listed, names),
        notes=list(notes(found.values(), len(notebooks) > 1)),
        counted=len(counted),
        most=sum(most.values()),
        spread=spread(totals),
        histogram=histogram(totals, sum(most.values())),
        exercises=[exercise_report(each, most, counted, names, len(notebooks) > 1) for each in listed],
        cells=names,
        beliefs=belief_reports(found.values(), listed),
        checked=bool(found),
    )


def counted_in(course: CourseFolder, by_student: Mapping[str, Value]) -> dict[str, Value]:
    """Without those that the course's settings leave out: they are not graded, and get no feedback."""
    return {student: value for student, value in by_student.items() if not course.leaves_out(student)}


def problem(submission: scores.Submission, graded: Graded | None) -> str:
    """Why a submission could not be graded, "" if it could, or if the instructor has seen to all of it since."""
    if graded is None:
        return ""
    open_cells = {place for place, score in submission.scores.items() if score.open}
    undecided = [f"{verdict.name}: {verdict.reason}" for marked in graded.notebooks for verdict in marked.verdicts
                 if verdict.kind == UNDECIDED and (marked.name, verdict.name) in open_cells]  # fmt: skip
    told = [graded.problem] if open_cells or not submission.scores else []
    return next(filter(None, told + undecided), "")


def not_handed_in(graded: Graded | None) -> list[str]:
    return [marked.name for marked in graded.notebooks if marked.is_missing] if graded else []


def in_the_folder(course: CourseFolder, assignment: str) -> set[str]:
    """Who has a submission there now; nobody, where all of it was put elsewhere."""
    with suppress(Problem):
        return set(course.students(assignment))
    return set()


def waiting(
    submissions: Iterable[scores.Submission], listed: Iterable[Exercise], names: Mapping[scores.Place, str]
) -> Waiting:
    titles = {(each.notebook, cell): title_of_cell(each, names[each.notebook, cell])
              for each in listed for cell in each.cells}  # fmt: skip
    open_cells = [[place for place, score in submission.scores.items() if score.open] for submission in submissions]
    times = Counter(place for each in open_cells for place in each)
    return Waiting(sum(map(bool, open_cells)), {title: times[place] for place, title in titles.items() if times[place]})


def title_of_cell(exercise: Exercise, name: str) -> str:
    return name if exercise.title.endswith(name) else f"{name} ({exercise.title})"


def notes(found: Iterable[Graded], with_notebook: bool) -> Iterable[Note]:
    for graded in found:
        for marked in graded.notebooks:
            if not marked.is_missing:
                for sentence in marked.notes:
                    yield Note(graded.student, marked.name if with_notebook else "", sentence)


def spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    lower, _, upper = quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
    return Spread(fmean(values), median(values), lower, upper)


def histogram(totals: Iterable[float], most: float) -> list[int]:
    """How many have 0 to 10 % of the points, 10 to 20 %, and so on; all of them count as 90 to 100 %."""
    if not most:
        return []
    bins = Counter(min(max(int(BINS * total / most), 0), BINS - 1) for total in totals)
    return [bins[number] for number in range(BINS)]


def places_of(exercise: Exercise) -> list[scores.Place]:
    return [(exercise.notebook, cell) for cell in exercise.cells]


def exercise_report(
    exercise: Exercise,
    most: Mapping[scores.Place, float],
    submissions: Mapping[str, scores.Submission],
    names: Mapping[scores.Place, str],
    with_notebook: bool,
) -> ExerciseReport:
    places = places_of(exercise)
    whole = sum(most[place] for place in places)
    found = [[submission.scores[place] for place in places] for submission in submissions.values()
             if all(place in submission.scores for place in places)]  # fmt: skip
    points = [sum(score.points for score in each) for each in found if all(score.decided for score in each)]
    all_marked = spread(points) if len(points) == len(found) else None
    full = sum(each >= whole for each in points)
    notebook = exercise.notebook if with_notebook else ""
    called = tuple(names[place] for place in places)
    return ExerciseReport(exercise.title, notebook, called, whole, len(points), len(found), full, all_marked)


def belief_reports(found: Iterable[Graded], listed: Iterable[Exercise]) -> list[BeliefReport]:
    """The beliefs that were found, those of most students first."""
    holders: dict[str, set[str]] = defaultdict(set)
    seen: dict[str, set[scores.Place]] = defaultdict(set)
    for graded in found:
        for notebook, verdict in ((each.name, verdict) for each in graded.notebooks for verdict in each.verdicts):
            for belief in verdict.beliefs:
                holders[belief].add(graded.student)
                seen[belief].add((notebook, verdict.name))
    notebooks = {number: path.stem for number, path in lessons().items()}
    return [
        BeliefReport(
            BELIEFS[belief].words if belief in BELIEFS else belief,
            BELIEFS[belief].why if belief in BELIEFS else "This version of minigrad does not know it.",
            notebooks.get(LESSON_OF.get(belief, ""), ""),
            len(students),
            tuple(each.title for each in listed if not seen[belief].isdisjoint(places_of(each))),
        )
        for belief, students in sorted(holders.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
