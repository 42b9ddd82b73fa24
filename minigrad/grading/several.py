"""Several files that may all be one notebook: the one counts in which somebody has written something."""

import re
from collections.abc import Collection, Mapping

from minigrad.grading.released import squeezed
from minigrad.grading.repair import Unreadable, read_cells


def choose(paths: Collection[str], files: Mapping[str, bytes], given: Mapping[str, str],
           named: str = "") -> tuple[str, list[str]]:  # fmt: skip
    """The one that counts; and if that is a guess, all that it may be.

    That is the one `named` as it should be, unless others have answers and it has none; or else the last one that has:
    programs count copies up. Where several have, and not the same ones, that is a guess. `given` are the texts of cells
    as students got them, by grade_id.
    """
    if len(paths) == 1:
        return next(iter(paths)), []
    written = {path: texts_in(files[path], given) for path in sorted(paths, key=by_number)}
    best = max(map(worth, written.values()))
    rest = [path for path in written if worth(written[path]) == best]
    if named in rest:
        return named, []
    return rest[-1], rest if len({written[path] for path in rest}) > 1 else []


def texts_in(data: bytes, given: Mapping[str, str]) -> frozenset[str] | None:
    """The cells that are not as they were given out; None if the file cannot be read.

    Where cells still have their names, others do not count: the course may have put a header above what it gave out.
    """
    try:
        cells, _ = read_cells(data)
    except Unreadable:
        return None
    texts = [(cell.name, squeezed(cell.source)) for cell in cells]
    if any(name in given for name, _ in texts):
        changed = {text for name, text in texts if name in given and text != given[name]}
    else:
        changed = {text for _, text in texts} - set(given.values())
    return frozenset(filter(None, changed))


def worth(texts: frozenset[str] | None) -> int:
    return 0 if texts is None else 2 if texts else 1


def by_number(path: str) -> list[tuple[int, str]]:
    """To sort "ps1 (10)" behind "ps1 (2)"."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path)]
