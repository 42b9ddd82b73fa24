"""One way to write a test cell, with answers right and wrong and the points that each gets in one process."""

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Style:
    """`answer` is the instructor's; `others` are (program, points). `setup` is a locked cell, `before` an earlier test.

    What cannot be asked of objects in another process is `unfit`: it is named, and gets no points and no zero.
    """

    title: str
    answer: str
    test: str
    points: float
    others: tuple[tuple[str, float], ...]
    setup: str = ""
    before: str = ""
    unfit: bool = False

    def programs(self) -> list[tuple[str, float]]:
        """Every answer with its points, the right one first."""
        return [(self.answer, self.points), *self.others]


def style(title: str, answer: str, test: str, *others: tuple[str, float], points: float = 1, setup: str = "",
          before: str = "", unfit: bool = False) -> Style:  # fmt: skip
    answer, test, setup, before = (dedent(text).strip() for text in (answer, test, setup, before))
    return Style(title, answer, test, points, tuple((dedent(text).strip(), earned) for text, earned in others), setup,
           before, unfit)


def wrong(program: str) -> tuple[str, float]:
    return program, 0


def right(program: str) -> tuple[str, float]:
    return program, 1


def partly(program: str, points: float) -> tuple[str, float]:
    return program, points
