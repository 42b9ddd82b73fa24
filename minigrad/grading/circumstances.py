"""What a submission was graded with, noted beside its marks: so that one can say later what has changed since."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict

from minigrad.grading.record import Job, Task

# The options of the command, and what one of their units is in Limits.
OPTIONS = {"seconds": ("--timeout", 1), "memory": ("--memory", 1), "disk": ("--disk", 1),
           "processes": ("--processes", 1), "output": ("--output", 1000)}  # fmt: skip


def circumstances(task: Task) -> dict:
    """Those that are the same for all submissions, as JSON can hold them. Of texts there is a short mark."""
    masters = {f"{name}.ipynb": data for name, data in task.masters.items()}
    files = {name: mark(data) for name, data in {**task.files, **masters}.items()}
    cells = dict(each for name, data in task.masters.items() for each in cells_of(name, data))
    return {"limits": asdict(task.limits), "files": files, "cells": cells}


def cells_of(notebook: str, data: bytes) -> Iterator[tuple[str, str]]:
    for cell in json.loads(data)["cells"]:
        if about := cell["metadata"].get("nbgrader"):
            known = [cell["cell_type"], "".join(cell["source"]), about.get("points")]
            yield f"{notebook}:{about.get('grade_id')}", mark(json.dumps(known).encode())


def handed_in(job: Job) -> str:
    """A mark of all that a student made; when it was handed in is the same work."""
    return mark(b"".join(f"{len(data)} {name!r}\n".encode() + data for name, data in sorted(job.files.items())
                         if name != "timestamp.txt"))  # fmt: skip


def mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def unchanged(before: dict, now: dict) -> set[str]:
    """The instructor's cells, as "notebook:grade_id", that are as they were, if so is what the student handed in."""
    if not before or before["submission"] != now["submission"]:
        return set()
    return {name for name, text in now["cells"].items() if before["cells"].get(name) == text}


def what_has_changed(before: dict, now: dict) -> str:
    """In the instructor's hands, for a sentence; "" if nothing has that is noted here."""
    if not before:
        return ""
    limits = [f"{option} was {before['limits'][name] / unit:g}, now {now['limits'][name] / unit:g}"
              for name, (option, unit) in OPTIONS.items()
              if before["limits"][name] != now["limits"][name]]  # fmt: skip
    files = sorted(name for name in {**before["files"], **now["files"]}
                   if before["files"].get(name) != now["files"].get(name))  # fmt: skip
    return ", ".join([*limits, *(f"your {name} has changed" for name in files)])
