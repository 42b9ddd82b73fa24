"""The working folder of the trusted side: the instructor's files, the student's, and copies of what their code writes.

A student's file is data: nothing is imported from here.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from minigrad.grading.record import MEGABYTE
from minigrad.grading.remote import Remote

PIECE = 8 * MEGABYTE  # of a file, as it crosses: bytes are text on the way, which a message has not much room for


class Scratch:
    """For the tests of one submission: this process works there until `close`, which removes it."""

    def __init__(self, own: Mapping[str, bytes], theirs: Mapping[str, bytes], most: int) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="minigrad-")
        self.left = most * MEGABYTE
        self.known: Mapping[str, tuple[int, int]] = {}  # what the student's process says of each file: size and time
        for name, data in {**theirs, **own}.items():
            self.put(name, data)
        self.seen = seen(Path(self.folder.name))  # what the other side knows to lie here
        os.chdir(self.folder.name)

    def put(self, name: str, data: bytes) -> None:
        """Write a file, unless its name leads out of the folder."""
        parts = PurePosixPath(name).parts
        if PurePosixPath(name).is_absolute() or ".." in parts or not parts:
            return
        path = Path(self.folder.name, *parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError:  # a folder where a file is to be, or a name that this machine does not take
            return

    def give(self, remote: Remote) -> None:
        """Have the other side see what a test has written or removed since the last time."""
        there = seen(Path(self.folder.name))
        for name in there.keys() | self.seen.keys():
            if there.get(name) != self.seen.get(name):
                data = Path(self.folder.name, name).read_bytes() if name in there else None
                for start in range(0, len(data or b"") or 1, PIECE):
                    remote.ask("put", name, data and data[start : start + PIECE], start)
        self.seen = there

    def update(self, remote: Remote, there: Mapping[str, tuple[int, int]]) -> None:
        """Copy what has been written on the other side since the last time, of what is `there`."""
        for name, facts in there.items():
            if self.known.get(name) != facts and facts[0] <= self.left:
                with suppress(OSError):  # which the student's code may not read either
                    data = b"".join(pieces(remote, name, facts[0]))
                    self.left -= len(data)
                    self.put(name, data)
        self.known, self.seen = there, seen(Path(self.folder.name))

    def expect(self, remote: Remote) -> None:
        """What lies there at the beginning is no news."""
        self.known = remote.files()

    def close(self) -> None:
        os.chdir("/")
        self.folder.cleanup()


def seen(folder: Path) -> dict[str, tuple[int, int]]:
    """The files right in a folder, with size and time."""
    with os.scandir(folder) as entries:
        return {each.name: (each.stat().st_size, each.stat().st_mtime_ns) for each in entries if each.is_file()}


def pieces(remote: Remote, name: str, size: int) -> Iterator[bytes]:
    """A file of the student's, as far as it is as large as it was said to be."""
    for start in range(0, size, PIECE):
        piece = remote.ask("file", name, start, PIECE)
        yield piece[:PIECE] if isinstance(piece, bytes) else b""
