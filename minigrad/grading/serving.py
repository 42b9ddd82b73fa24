"""The warm process of the trusted side: once ready for an assignment, it grades each submission in a copy of itself."""

import json
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING

from minigrad.grading.channel import Channel, ChannelError, tell
from minigrad.grading.copies import Copies
from minigrad.grading.copy_of_process import Ended, die_with_parent, last_words
from minigrad.grading.quick_start import loading
from minigrad.grading.record import job_from, task_from, to_json
from minigrad.grading.sandbox.ceilings import limit_own_memory
from minigrad.grading.sandbox.descriptors import forget
from minigrad.grading.sandbox.either import sandboxes
from minigrad.grading.sandbox.start import Refused

if TYPE_CHECKING:
    from minigrad.grading.worker import Grader

NOT_SANDBOXED = "--no-sandbox"
READ_WITHIN = 60  # seconds
MEMORY = 2048  # megabytes that a copy may take beyond what this starts with


def main() -> None:
    """Serve the socket that came as standard input, until the other side closes it."""
    connection = socket.socket(fileno=os.dup(0))
    forget(0)
    die_with_parent()  # also while a test holds on to the interpreter, and nothing else is heard
    with connection, suppress(ChannelError):
        serve(connection, NOT_SANDBOXED not in sys.argv)
    os._exit(0)  # to take all apart that was loaded would take as long as to grade a submission


def serve(connection: socket.socket, sandboxed: bool) -> None:
    """Say `ready`, or why not; then, whenever a socket comes, have a copy of this process serve that."""
    channel = Channel(connection)
    try:
        warm = sandboxes(sandboxed)  # first: it loads what it needs while this does
        with loading():
            from minigrad.grading.worker import Grader  # here, so that what it misses is told

            _, task = channel.receive()
            grader = Grader(task_from(bytes(task)), warm, alarm(channel))
    except ChannelError:
        raise
    except Refused as error:
        return tell(channel, "refused", str(error))
    except Ended as error:
        return tell(channel, "refused", f"Grading cannot start: the assignment's own answers end it ({error}).")
    except Exception as error:
        return tell(channel, "refused", f"Grading cannot start because of a mistake in minigrad: {last_words(error)}")
    limit_own_memory(MEMORY)  # a student may have a test build something huge here; a sandbox has its own limit
    tell(channel, "ready", {"isolation": grader.isolation, "unfit": grader.unfit, "remarks": grader.remarks})
    with closing(warm):
        Copies(warm.revive, partial(grade, grader)).serve(connection)


def grade(grader: "Grader", channel: Channel) -> None:
    """Be the copy that grades one submission: say any number of `alarm`, then `graded`; or what went wrong."""
    try:
        channel.deadline = time.monotonic() + READ_WITHIN
        skip, job = channel.receive()
        channel.deadline = None
        graded = grader.graded(job_from(job), json.loads(bytes(skip)), alarm(channel))
        channel.send([b"graded", to_json(graded)])
    except ChannelError:
        raise
    except MemoryError:
        tell(channel, "lost", "Its tests took too much memory.")
    except BaseException as error:
        tell(channel, "broken", last_words(error))


def alarm(channel: Channel) -> Callable[[str, float], None]:
    return lambda cell, seconds: tell(channel, "alarm", [cell, seconds])


if __name__ == "__main__":
    main()
