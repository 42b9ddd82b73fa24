"""Only one process at a time grades an assignment in a course folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from minigrad.grading.problem import Problem

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Raises Problem where another process is in here for the same folder. Who is killed is out of it at once."""
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(f"{folder.name} is being graded here already, by another process: wait until it has "
                          "ended.") from None
        yield
    finally:
        os.close(descriptor)
