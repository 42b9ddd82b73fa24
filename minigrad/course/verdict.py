"""A verdict: not attempted, incorrect, uncheckable or correct; with points, the belief behind it, and each case."""

from dataclasses import dataclass
from typing import ClassVar

from minigrad.course.compare import Difference
from minigrad.course.exercise import Exercise, Held
from minigrad.viz.compare import Comparison


@dataclass(frozen=True)
class Result:
    """How one case went."""

    title: str
    passed: bool
    call: str = ""  # the call as the learner would write it
    program: str = ""  # what was run, if that is more than a call
    sentence: str = ""  # what went wrong, if there is more to say than expected and got
    differences: tuple[Difference, ...] = ()
    printed: str = ""
    warnings: tuple[str, ...] = ()
    attempted: bool = True
    comparison: Comparison | None = None  # of an engine's walk with the right one

    @property
    def mark(self) -> tuple[str, str]:
        """A glyph and a word for how it went."""
        return ("✓", "passed") if self.passed else ("✗", "failed") if self.attempted else ("○", "not attempted")


@dataclass(frozen=True)
class Verdict:
    """What a check found out. `points` is an int when it is all or nothing, otherwise a float."""

    exercise: Exercise
    results: tuple[Result, ...] = ()
    held: Held | None = None
    reason: str = ""  # why it could not be checked, or what else is to be said

    word: ClassVar[str]
    glyph: ClassVar[str]

    @property
    def passed(self) -> int:
        return sum(result.passed for result in self.results)

    @property
    def points(self) -> int | float:
        return 0


class NotAttempted(Verdict):
    """The answer behaves as the untouched stub does."""

    word, glyph = "not attempted", "○"


class Incorrect(Verdict):
    """Some case failed; the cases that passed count."""

    word, glyph = "not yet", "✗"

    @property
    def points(self) -> int | float:
        points = round(self.exercise.points * self.passed / len(self.results), 2)
        return min(points, self.exercise.points - 0.01) if points else 0


class Uncheckable(Verdict):
    """The exercise itself is broken, here and now; nobody gets marks for that, and the reason says so."""

    word, glyph = "could not be checked", "!"


class Correct(Verdict):
    """All cases passed."""

    word, glyph = "correct", "✓"

    @property
    def points(self) -> int | float:
        return self.exercise.points
