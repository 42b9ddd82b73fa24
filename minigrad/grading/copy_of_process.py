"""Work done in a copy of this process: what a test replaces, seeds or leaves behind is gone with the copy."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

WRONG, NO_MEMORY = 1, 2  # how a copy ends whose work is not done


class Ended(Exception):
    """The copy was ended before its work was done, or had no memory left for it; the text says how."""


class WentWrong(Exception):
    """An error of the work itself; the text says which, and where."""


def in_a_copy(work: Callable[[], bytes]) -> bytes:
    """What `work` returns."""
    reading, writing = os.pipe()
    copy = os.fork()
    if copy == 0:
        os.close(reading)
        os._exit(tell(work, writing))
    os.close(writing)
    with open(reading, "rb") as told:
        result = told.read()
    _, status = os.waitpid(copy, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == WRONG:
        raise WentWrong(result.decode(errors="replace"))
    if code == NO_MEMORY:
        raise Ended("Its tests took too much memory.")
    if code:
        raise Ended(f"The process of its tests has ended: {signal.Signals(-code).name if code < 0 else code}.")
    return result


def tell(work: Callable[[], bytes], writing: int) -> int:
    """Do it in the copy, whose last act is to say what came of it, or why nothing did."""
    die_with_parent()
    with open(writing, "wb") as out:
        try:
            out.write(work())
            return 0
        except MemoryError:
            return NO_MEMORY
        except BaseException as error:
            out.write(last_words(error).encode())
            return WRONG


def die_with_parent() -> None:
    """Where the system can see to that."""
    if sys.platform == "linux":
        from minigrad.grading.sandbox import linux

        linux.die_with_parent(signal.SIGKILL)


def last_words(error: BaseException) -> str:
    """An error of the grader's own, with the line it happened in, for whoever will mend it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {str(error)[:500]} ({Path(frame.filename).name}, line {frame.lineno})"
