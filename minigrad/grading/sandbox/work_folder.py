"""The folder where a submission works, with the files that belong to it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

MOST_FILES = 1000


def lay_out(folder: str | Path, given: Mapping[str, bytes]) -> None:
    """Write files, by relative path; one that would lie outside of the folder is left out."""
    os.makedirs(folder, exist_ok=True)
    for name, content in given.items():
        path = Path(os.path.normpath(Path(folder, name)))
        if path != Path(folder) and path.is_relative_to(folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


class WorkFolder:
    """The current folder, as the student's process tells the test of it, and has it changed by the test."""

    def __init__(self) -> None:
        self.folder = Path.cwd()
        self.seen: dict[str, tuple[int, int]] = {}  # with size and time of the last change

    def files(self) -> tuple:
        """What lies in there: relative path, and size and time of the last change."""
        found = ((path, os.lstat(path)) for path in islice(self.paths(), MOST_FILES) if os.path.isfile(path))
        return tuple((os.path.relpath(path, self.folder), (info.st_size, info.st_mtime_ns)) for path, info in found)

    def paths(self) -> Iterator[str]:
        """Those of all files that are not hidden."""
        for place, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            yield from (os.path.join(place, name) for name in names if not name.startswith("."))

    def has_changed(self) -> bool:
        """Whether something right in it, and not further below, is not as it was the last time."""
        before, self.seen = self.seen, {}
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in islice(entries, MOST_FILES):
                if entry.is_file(follow_symlinks=False):
                    self.seen[entry.name] = (entry.stat().st_size, entry.stat().st_mtime_ns)
        return before != self.seen

    def put(self, name: str, piece: bytes | None, start: int) -> None:
        """What the test writes; nothing, where it removes the file."""
        if piece is None:
            (self.folder / name).unlink(missing_ok=True)
        else:
            with open(self.folder / name, "ab" if start else "wb") as file:
                file.write(piece)
        self.has_changed()

    def piece(self, name: str, start: int, most: int) -> bytes:
        with open(self.folder / name, "rb") as file:
            file.seek(start)
            return file.read(most)
