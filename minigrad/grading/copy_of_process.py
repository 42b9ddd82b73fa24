"""Work done in a copy of this process: what a test replaces, seeds or leaves behind is gone with the copy."""

import os
import signal
import sys
import traceback
from collections.abc import Callable


class Ended(Exception):
    """The copy ended before its work was done."""


def in_a_copy(work: Callable[[], bytes]) -> bytes:
    """What `work` returns. Where processes cannot be copied (Windows), it is done right here."""
    if not hasattr(os, "fork"):
        return work()
    reading, writing = os.pipe()
    copy = os.fork()
    if copy == 0:
        os.close(reading)
        os._exit(tell(work, writing))
    os.close(writing)
    with open(reading, "rb") as told:
        result = told.read()
    _, status = os.waitpid(copy, 0)
    if status:
        said = result.decode(errors="replace")
        raise Ended(f"The process that runs the tests has ended ({signal_or_code(status)}). {said}")
    return result


def tell(work: Callable[[], bytes], writing: int) -> int:
    """Do it in the copy, whose last act is to say what came of it, or why nothing did."""
    if sys.platform == "linux":
        from minigrad.grading.sandbox.linux import die_with_parent

        die_with_parent(signal.SIGKILL)
    with open(writing, "wb") as out:
        try:
            out.write(work())
            return 0
        except BaseException:
            out.write(traceback.format_exc(limit=-3).encode())
            return 1


def signal_or_code(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return signal.Signals(-code).name if code < 0 else f"code {code}"
