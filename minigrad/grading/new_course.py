"""A new course folder with all of minigrad's exercises, from which nbgrader can release at once."""

import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from minigrad.course.source_notebook import NO_STUB, source_notebook, topics
from minigrad.grading.course_folder import CONFIG, CourseFolder
from minigrad.grading.database import as_problems, opened
from minigrad.grading.problem import Problem
from minigrad.grading.registered import register
from minigrad.grading.templates import TEMPLATES

SETTINGS = """\
# nbgrader's settings for this course; https://nbgrader.readthedocs.io says which others there are.
c = get_config()
c.CourseDirectory.course_id = "{course}"
{no_stub}
"""

UNFINISHED = ".unfinished"
FIRST = "01_requires_grad"  # where a course begins, after a word of welcome


def new_course(folder: Path, tell: Callable[[str], None] = lambda name: None) -> list[str]:
    """Make the course folder; the names of its assignments. `tell` is given what is being made.

    Raises Problem if there is something at that place. What was broken off before is begun anew.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise Problem(f"{folder} is a file: name a folder that is not there yet.")
    if folder.exists() and {path.name for path in folder.iterdir()} - {UNFINISHED}:
        raise Problem(f"{folder} is not empty: name a folder that is not there yet.")
    there, unfinished = folder.exists(), folder / UNFINISHED
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        names = write_files(unfinished, folder.name, tell)
        register_all(unfinished, names, tell)
        for path in unfinished.iterdir():
            path.rename(folder / path.name)
    except OSError as error:
        raise Problem(f"{folder} cannot be made: {error.strerror}. Name another folder.") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not there and folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
    return names


def write_files(folder: Path, called: str, tell: Callable[[str], None]) -> list[str]:
    """The settings, the instructions, and each assignment's notebook, with hidden inputs for this course alone."""
    key = secrets.token_hex()
    names = []
    for number, name in topics().items():
        tell(name)
        path = folder / "source" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(source_notebook(number, key), encoding="utf-8", newline="\n")
        names.append(name)
    course = re.sub(r"[^\w.-]+", "-", called, flags=re.ASCII).strip("-.") or "minigrad"
    (folder / CONFIG).write_text(SETTINGS.format(course=course, no_stub=NO_STUB), encoding="utf-8")
    readme = TEMPLATES.get_template("course.md.j2").render(course=course, number=len(names), first=FIRST)
    (folder / "README.md").write_text(readme + "\n", encoding="utf-8")
    return names


def register_all(folder: Path, names: list[str], tell: Callable[[str], None]) -> None:
    """Put all assignments into a new gradebook, so that formgrader knows them and their points."""
    course = CourseFolder(folder)
    book = opened(course)
    try:
        with as_problems(course):
            for name in names:
                tell(f"gradebook: {name}")
                register(book, course, course.task(name))
    finally:
        book.close()
