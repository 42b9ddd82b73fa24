"""One worker's process: it grades what is sent to it, and says beforehand of each thing that it may hang."""

import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

from minigrad.grading.channel import Channel, ChannelError
from minigrad.grading.copy_of_process import Ended, WentWrong, last_words
from minigrad.grading.record import job_from, task_from, to_json
from minigrad.grading.sandbox.start import Refused

IDLE = 600  # seconds without work, after which it ends: a cluster may have forgotten it
MEMORY = 2 * 2**30  # bytes that the trusted side may take beyond what it starts with


def main() -> None:
    """Serve the socket that came as standard input, until the other side closes it."""
    connection = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    if sys.platform == "linux":
        from minigrad.grading.sandbox.linux import die_with_parent

        die_with_parent(signal.SIGKILL)  # also while a test holds on to the interpreter, and nothing else is heard
    with connection, suppress(ChannelError):
        serve(Channel(connection))


def serve(channel: Channel) -> None:
    """Say `ready`, then for each job any number of `alarm` and `graded`; or what went wrong, as the last word."""
    try:
        import minigrad.grading.quick_start  # noqa: F401
        from minigrad.grading.worker import Grader  # here, so that what it misses is told

        task, sandboxed = channel.receive()
        grader = Grader(task_from(bytes(task)), lambda cell, seconds: tell(channel, "alarm", [cell, seconds]),
                        sandboxed=json.loads(bytes(sandboxed)))  # fmt: skip
    except ChannelError:
        raise
    except Refused as error:
        return tell(channel, "refused", str(error))
    except Exception as error:
        return tell(channel, "refused", f"Grading cannot start because of a mistake in minigrad: {last_words(error)}")
    limit_memory()
    tell(channel, "ready", {"isolation": grader.isolation, "unfit": grader.unfit})
    try:
        while True:
            channel.deadline = time.monotonic() + IDLE
            job, skip = channel.receive()
            channel.deadline = None
            channel.send([b"graded", to_json(grader.grade(job_from(bytes(job)), json.loads(bytes(skip))))])
    except ChannelError:
        raise
    except Ended as error:
        tell(channel, "lost", str(error))
    except WentWrong as error:
        tell(channel, "broken", str(error))
    except Exception as error:
        tell(channel, "broken", last_words(error))
    finally:
        grader.close()


def tell(channel: Channel, kind: str, what: object) -> None:
    channel.send([kind.encode(), json.dumps(what).encode()])


def limit_memory() -> None:
    """A student may have a test build something huge here. A sandbox may raise the limit again: it has its own."""
    with suppress(ImportError, OSError):  # not every system has it
        import resource

        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, most))


if __name__ == "__main__":
    main()
