"""The learner's own copy of the course: made once, brought up to date, and never at the cost of the learner's work."""

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from minigrad.course import progress_file
from minigrad.course.files import course_folder, course_notebooks
from minigrad.course.notebook_file import Notebook, read, source, write

DEFAULT = "minigrad-course"


@dataclass
class Update:
    """What bringing a copy up to date did, file by file, as paths relative to the copy."""

    made: list[Path] = field(default_factory=list)
    updated: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    beside: list[Path] = field(default_factory=list)
    damaged: list[tuple[Path, Path]] = field(default_factory=list)  # what cannot be read, and the fresh one beside it


def update_copy(folder: Path, course: Path | None = None) -> Update:
    """Bring `folder` to the state of the course: new files are made, files that nobody changed are replaced.

    A file whose cells' sources were changed stays as it is, and a newer version is put beside it, once.
    """
    course = course or course_folder()
    update = Update()
    for name in course_notebooks(course):
        theirs, ours = folder / name, for_the_learner(read(course / name))
        if not theirs.exists():
            write(theirs, ours)
            update.made.append(name)
        elif shipped_as(theirs) == shipped(ours):
            update.kept.append(name)
        elif not changed(theirs):
            write(theirs, ours)
            update.updated.append(name)
        else:
            update.kept.append(name)
            beside, new = put_beside(theirs, ours)
            if not readable(theirs):
                update.damaged.append((name, beside.relative_to(folder)))
            elif new:
                update.beside.append(beside.relative_to(folder))
    return update


def find_copy(start: Path) -> Path | None:
    """The learner's copy that `start` lies in, or the one that `minigrad lab` has made there; None if there is none."""
    for folder in (start, *start.parents, start / DEFAULT):
        notebooks = list(folder.glob("exercises/*/*.ipynb")) if folder != course_folder() else []
        # Another clone has such notebooks too, but neither a learner's progress nor the mark of a copy.
        if notebooks and ((folder / progress_file.NAME).is_file() or any(map(shipped_as, notebooks))):
            return folder
    return None


def put_beside(theirs: Path, ours: Notebook) -> tuple[Path, bool]:
    """`topic.newer.ipynb`, or `topic.newer-2.ipynb` where that one has been worked in too; and whether it is new."""
    number = 1
    while True:
        beside = theirs.with_name(f"{theirs.stem}.newer{'' if number == 1 else f'-{number}'}.ipynb")
        if beside.exists() and shipped_as(beside) == shipped(ours):
            return beside, False
        if not beside.exists() or not changed(beside):
            write(beside, ours)
            return beside, True
        number += 1


def for_the_learner(notebook: Notebook) -> Notebook:
    """Without outputs, so that a prediction is not answered on the page, and marked with what it was shipped as."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    # The mark travels with the file: it may be moved, renamed, mailed home, and is still told from the learner's work.
    notebook["metadata"]["minigrad"] = {"shipped": fingerprint(notebook)}
    return notebook


def fingerprint(notebook: Notebook) -> str:
    """A hash of the cells' kinds and sources, in order: what a person writes, and nothing that running changes."""
    cells = [[cell["cell_type"], source(cell)] for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def shipped(notebook: Notebook) -> str | None:
    return notebook["metadata"].get("minigrad", {}).get("shipped")


def shipped_as(path: Path) -> str | None:
    """What the file was when it was put there; None if that cannot be known any more."""
    try:
        return shipped(read(path))
    except ValueError:
        return None


def readable(path: Path) -> bool:
    try:
        read(path)
    except ValueError:
        return False
    return True


def changed(path: Path) -> bool:
    """Whether there may be a learner's work in the file; one that cannot be read is not ours to judge."""
    if not readable(path):
        return True
    notebook = read(path)
    return shipped(notebook) != fingerprint(notebook)


def back_up(path: Path) -> Path:
    """A copy of the file beside it, under a name that is free: `topic.backup.ipynb`, `topic.backup-2.ipynb` ..."""
    number = 1
    while True:
        backup = path.with_name(f"{path.stem}.backup{'' if number == 1 else f'-{number}'}.ipynb")
        if not backup.exists():
            shutil.copy2(path, backup)
            return backup
        number += 1
