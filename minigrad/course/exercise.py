"""An exercise is data: its text, the right programs, and the wrong programs that known beliefs lead to."""

import importlib
import pkgutil
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from zlib import crc32

from minigrad.course.case import Case

SETUP = """\
import minigrad as torch
from minigrad.course import check, hint, progress"""  # what every exercises notebook begins with

KINDS = ("predict", "fill", "order", "write", "mend", "draw", "choose")


@dataclass(frozen=True)
class Held:
    """A belief as the program that somebody who holds it would write, and what to tell them in this exercise."""

    belief: str  # its id in beliefs.py
    program: str
    message: str

    def __post_init__(self):
        _clean(self, "program")
        _unwrap(self, "message")


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise. Programs are source text: each is run in a namespace of its own where `torch` is minigrad,
    after the right answers of the exercises it builds on and after `given`, and defines
    `names`, which are what the learner passes to `check`."""

    id: str  # "01.3": the lesson and the place in it
    title: str
    kind: str
    names: tuple[str, ...]
    text: str  # markdown
    builds_on: tuple[str, ...] = ()  # ids of the exercises whose answers this one uses
    picture: str = ""  # a program that makes `picture`, a Drawing, which is shown below the text
    given: str = ""  # code the learner is given above the answer, not to be changed
    stub: str
    reference: str
    cases: Callable[[int], list[Case]]  # a seed -> the cases; the same seed gives the same cases
    beliefs: tuple[Held, ...]
    also_right: tuple[str, ...]
    hints: tuple[str, str, str]
    explanation: str
    points: int
    difficulty: int  # 1 to 3
    minutes: int

    def __post_init__(self):
        for name in ("text", "picture", "given", "stub", "reference"):
            _clean(self, name)
        _unwrap(self, "explanation")
        object.__setattr__(self, "also_right", tuple(_dedent(program) for program in self.also_right))
        object.__setattr__(self, "hints", tuple(" ".join(hint.split()) for hint in self.hints))
        if self.kind not in KINDS:
            raise ValueError(f"exercise {self.id}: kind must be one of {', '.join(KINDS)}. Got {self.kind!r}.")

    @property
    def lesson(self) -> str:
        """The lesson's number, "01"."""
        return self.id.partition(".")[0]

    @property
    def seed(self) -> int:
        """The seed of the check that the learner sees; a hidden check passes its own."""
        return crc32(self.id.encode())

    @property
    def start(self) -> str:
        """The program that an answer to it goes on from: the right answers that it builds on, then what is given."""
        below = [find(name) for name in self.builds_on]
        return "".join(part for exercise in below for part in (exercise.given, exercise.reference)) + self.given

    @property
    def cell_prefix(self) -> str:
        """What the names of its cells begin with in a notebook, "ex-01-3-"."""
        return f"ex-{self.id.replace('.', '-')}-"

    @property
    def check_source(self) -> str:
        """The source of the check cell, `check("01.3", w, b)`."""
        return f'check("{self.id}", {", ".join(self.names)})'


@cache
def registry() -> dict[str, Exercise]:
    """All exercises by id, in the order of the course."""
    from minigrad.course import exercises

    found = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(exercises.__path__) if info.name.startswith("ex")):
        for exercise in importlib.import_module(f"{exercises.__name__}.{module}").EXERCISES:
            if exercise.id in found:
                raise ValueError(f"two exercises have the id {exercise.id}; the second is in {module}.py")
            found[exercise.id] = exercise
    return found


def find(name: object) -> Exercise:
    """The exercise "01.3", also as "1.3" or 1.3; LookupError says in one sentence which there are."""
    exercises = registry()
    numbers = _numbers(str(name))
    # As a number, 1.1 may as well be meant to be 1.10.
    unclear = isinstance(name, float) and numbers and (*numbers[:-1], numbers[-1] * 10) in map(_numbers, exercises)
    for exercise in exercises.values():
        if _numbers(exercise.id) == numbers and not unclear:
            return exercise
    lessons = groupby(exercises, lambda name: name.partition(".")[0])
    ranges = [f"{names[0]} to {names[-1]}" for names in (list(names) for _, names in lessons)]
    raise LookupError(f"There is no exercise {str(name).strip() or 'without a number'}. "
                      f"The exercises are {', '.join(ranges)}.")


def _numbers(name: str) -> tuple[int, ...]:
    """The numbers of the lesson and of the place in it; () if that is not what it says."""
    match = re.fullmatch(r"\s*(\d{1,4})\.(\d{1,4})\s*", name)
    return tuple(map(int, match.groups())) if match else ()


def _dedent(text: str) -> str:
    return textwrap.dedent(text).strip("\n") + "\n" if text.strip() else ""


def _clean(item, name: str) -> None:
    object.__setattr__(item, name, _dedent(getattr(item, name)))


def _unwrap(item, name: str) -> None:
    object.__setattr__(item, name, " ".join(getattr(item, name).split()))
