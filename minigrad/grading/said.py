"""What the student's code prints and warns of for a test: kept there, and said again here, where it may look."""

import builtins
import linecache
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

MOST_WARNINGS, LONGEST_LINE, MOST_LINES = 100, 200, 10_000
STUDENTS_CODE = "your code"
SHOWN_ONCE: dict = {}  # the warnings that need not be shown again, as Python keeps them for each module


@contextmanager
def warned_of(caught: bool) -> Iterator[list[warnings.WarningMessage]]:
    """The warnings of what a test asks for; those of a cell are shown below it, and its filters stay."""
    if not caught:
        yield []
        return
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        yield warned


def parts(warned: list[warnings.WarningMessage]) -> tuple[tuple[str, str, int, str], ...]:
    """Of each warning its class and text, and the line that it is about."""
    return tuple((each.category.__name__, str(each.message), each.lineno,
                  linecache.getline(each.filename, each.lineno).strip()[:LONGEST_LINE])
                 for each in warned[:MOST_WARNINGS])  # fmt: skip


def say(printed: tuple, warned: tuple) -> None:
    """Say it again here. A warning is shown with the student's line, which Python looks up by the name of a file."""
    for stream, text in printed:
        (sys.stderr if stream == "stderr" else sys.stdout).write(text)
    for kind, text, number, line in warned:
        found = vars(builtins).get(kind)
        is_known = isinstance(found, type) and issubclass(found, Warning)
        number = number if 0 < number < MOST_LINES else 1
        linecache.cache[STUDENTS_CODE] = (0, None, [*["\n"] * (number - 1), f"{line}\n"], STUDENTS_CODE)
        warnings.warn_explicit(text, found if is_known else UserWarning, STUDENTS_CODE, number, registry=SHOWN_ONCE)
