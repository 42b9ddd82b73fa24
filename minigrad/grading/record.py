"""What there is to grade and what came of it, as plain data: it crosses between processes and machines as such."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

# How a graded cell ended.
PASSED, PARTLY, FAILED = "passed", "partly", "failed"
TOO_SLOW, LOST = "too slow", "lost"  # out of time; the student's process ended or broke the rules of the conversation
UNFIT = "unfit"  # is not run: the instructor's own answer fails it, at least with its code in another process
UNDECIDED = "undecided"  # the test would run as a program what it has from the student as data
BY_HAND = "by hand"
MISSING = "missing"  # with its notebook, which was not handed in

HIDDEN_TESTS = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")  # nbgrader's own, where a course does not choose others

MEGABYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """What a submission may use, in all its processes together where that can be measured."""

    seconds: float = 30.0  # for each cell, and for each test
    memory: int = 1024  # megabytes
    disk: int = 64  # megabytes
    processes: int = 64
    output: int = 1_000_000  # letters that a cell may show


@dataclass(frozen=True)
class Task:
    """An assignment: its notebooks with the right answers, by name, and the files beside them, by relative path."""

    assignment: str
    masters: dict[str, bytes]
    files: dict[str, bytes] = field(default_factory=dict)
    limits: Limits = Limits()
    config: dict[str, dict] = field(default_factory=dict)  # of nbgrader, by class: how it marks solutions and tests
    given: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)  # by notebook, what as_given_out makes of it

    @property
    def hidden(self) -> tuple[str, str]:
        """What stands in the lines around hidden tests."""
        chosen = self.config.get("ClearHiddenTests", {})
        begin, end = HIDDEN_TESTS
        return chosen.get("begin_test_delimeter", begin), chosen.get("end_test_delimeter", end)


@dataclass(frozen=True)
class Job:
    """One submission: all its files, by path relative to its folder. Notebooks are among them."""

    student: str
    files: dict[str, bytes]


@dataclass(frozen=True)
class Verdict:
    """What came of one graded cell. `points` is None where they could not be decided or a person decides."""

    name: str  # nbgrader's grade_id
    points: float | None
    most: float
    kind: str
    reason: str = ""  # a sentence for the student; tells nothing of hidden tests
    detail: str = ""  # for the instructor: the error with its line, hidden or not
    hidden: bool = False  # whether `detail` and the cell's outputs tell of hidden tests
    beliefs: tuple[str, ...] = ()  # ids of the beliefs that a check found to be behind a wrong answer


@dataclass(frozen=True)
class MarkedNotebook:
    """One notebook, marked: `notebook` is what goes to autograded/, as nbformat's JSON; "" if none was handed in."""

    name: str
    verdicts: tuple[Verdict, ...]
    notebook: str
    notes: tuple[str, ...] = ()  # for both: what was restored, or which limit was hit

    @property
    def is_missing(self) -> bool:
        """Whether it was not handed in."""
        return any(verdict.kind == MISSING for verdict in self.verdicts)


@dataclass(frozen=True)
class Graded:
    """One submission, graded. With a `problem` it needs the instructor; what could be marked all the same is in it."""

    student: str
    notebooks: tuple[MarkedNotebook, ...] = ()
    problem: str = ""


def to_json(value: Task | Graded) -> bytes:
    """An assignment, or what came of a submission, for the journey."""
    return json.dumps(value, default=plain).encode()


def plain(value: Any) -> str | dict[str, Any]:
    """What JSON has no form for: bytes as text, and one of the above by its fields."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else vars(value)


def packed(job: Job) -> bytes:
    """A submission for the journey: in JSON what there is, and behind it the files as they are: they may be large."""
    told = json.dumps([job.student, {name: len(data) for name, data in job.files.items()}]).encode()
    return b"".join([len(told).to_bytes(8), told, *job.files.values()])


def task_from(data: bytes) -> Task:
    told = json.loads(data)
    return Task(told["assignment"], decoded(told["masters"]), decoded(told["files"]), Limits(**told["limits"]),
                told["config"], {name: given_from(pair) for name, pair in told["given"].items()})


def job_from(data: bytes | memoryview) -> Job:
    view, files = memoryview(data), {}
    end = 8 + int.from_bytes(view[:8])
    student, sizes = json.loads(bytes(view[8:end]))
    for name, size in sizes.items():
        files[name] = bytes(view[end : end + size])
        end += size
    return Job(student, files)


def graded_from(data: bytes) -> Graded:
    told = json.loads(data)
    return Graded(told["student"], tuple(map(notebook_from, told["notebooks"])), told["problem"])


def notebook_from(told: dict) -> MarkedNotebook:
    verdicts = tuple(Verdict(**{**each, "beliefs": tuple(each["beliefs"])}) for each in told["verdicts"])
    return MarkedNotebook(told["name"], verdicts, told["notebook"], tuple(told["notes"]))


def given_from(told: list[str]) -> tuple[bytes, bytes]:
    kept, shown = map(base64.b64decode, told)
    return kept, shown


def decoded(files: dict[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(data) for name, data in files.items()}
