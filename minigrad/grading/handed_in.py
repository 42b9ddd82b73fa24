"""The files of a folder that a student handed in, found without leaving that folder."""

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

# What no honest submission has, and what would cost the grader time, memory or its stack.
MOST_FILES, DEEPEST = 10_000, 40


def files_in(folder: Path, ignore: Sequence[str] = ()) -> Iterator[tuple[str, Path]]:
    """The files that count, as (path relative to `folder`, with slashes; where it is), always in the same order.

    Left out are what matches `ignore` (also as a folder on the way), what is no file (reading a pipe would wait for
    ever), and links that lead elsewhere: to another student's work, or to the tests.
    """
    home = folder.resolve()
    waiting, found = [(home, "", 0)], 0
    while waiting:
        place, prefix, depth = waiting.pop()
        for entry in sorted(os.scandir(place), key=lambda entry: entry.name):
            if any(fnmatch(entry.name, pattern) for pattern in ignore):
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth < DEEPEST:
                    waiting.append((Path(entry.path), f"{prefix}{entry.name}/", depth + 1))
            elif path := within(home, Path(entry.path)):
                found += 1
                if found > MOST_FILES:
                    return
                yield prefix + entry.name, path


def within(home: Path, path: Path) -> Path | None:
    """The ordinary file that a path leads to, if it lies in `home`."""
    try:
        path = path.resolve(strict=True)
    except (OSError, RuntimeError):  # leads nowhere, or round in circles
        return None
    return path if path.is_relative_to(home) and path.is_file() else None
