"""An exercise is data: its text, the right programs, and the wrong programs that known beliefs lead to."""

import importlib
import pkgutil
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from zlib import crc32

from minigrad.course.case import Case

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
    after `given`, and defines `names`, which are what the learner passes to `check`."""

    id: str  # "01.3": the lesson and the place in it
    title: str
    kind: str
    names: tuple[str, ...]
    text: str  # markdown
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
        for name in ("text", "given", "stub", "reference"):
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


def find(exercise_id: str) -> Exercise:
    """The exercise with this id; LookupError says which there are."""
    exercises = registry()
    if exercise_id in exercises:
        return exercises[exercise_id]
    lesson = str(exercise_id).partition(".")[0]
    near = [name for name in exercises if name.startswith(f"{lesson}.")] or list(exercises)
    raise LookupError(f"There is no exercise {exercise_id!r}. There are: {', '.join(near)}.")


def _dedent(text: str) -> str:
    return textwrap.dedent(text).strip("\n") + "\n" if text.strip() else ""


def _clean(item, name: str) -> None:
    object.__setattr__(item, name, _dedent(getattr(item, name)))


def _unwrap(item, name: str) -> None:
    object.__setattr__(item, name, " ".join(getattr(item, name).split()))
