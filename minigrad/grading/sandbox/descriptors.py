"""What C code and other programs write to descriptors 1 and 2, which Python's sys.stdout never sees.

It goes to files without a name, whose size the disk's limit holds: nothing waits for a reader, and no thread has to
read.
"""

import ctypes
import os
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache

MOST_BYTES = 4  # of a letter in UTF-8


class Descriptors:
    """Has descriptors lead to files, and takes out what was written."""

    def __init__(self, descriptors: Collection[int]) -> None:
        self.files = {descriptor: tempfile.TemporaryFile("wb+", buffering=0) for descriptor in descriptors}
        for descriptor, file in self.files.items():
            os.dup2(file.fileno(), descriptor)

    def taken(self, most: int) -> Iterator[tuple[int, str]]:
        """By descriptor, what has been written since the last time: the first `most` letters of it."""
        flush()
        for descriptor, file in self.files.items():
            if os.fstat(file.fileno()).st_size:
                file.seek(0)
                yield descriptor, file.read(MOST_BYTES * max(most, 1)).decode(errors="replace")
                file.seek(0)  # which is where others write on, too
                file.truncate()


def forget(descriptor: int) -> None:
    """Have it lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


@cache
def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def flush() -> None:
    """Have Python's and C's own streams write what they have kept back."""
    for stream in (sys.__stdout__, sys.__stderr__):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()  # type: ignore[union-attr]
    if os.name == "posix":
        libc().fflush(None)
