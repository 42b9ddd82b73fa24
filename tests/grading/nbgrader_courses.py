"""Course folders to grade in, and marks made up for the submissions in them: what the gradebook's tests share."""

import json
import os
import subprocess
import sys
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook as Stock
from nbgrader_cells import marked
from sqlalchemy import create_engine, inspect, text

from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.database import opened
from minigrad.grading.gradebook import Gradebook
from minigrad.grading.record import BY_HAND, FAILED, PASSED, Graded, MarkedNotebook, Verdict

CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'course'\n"


def cell(kind, name, source, **metadata):
    return marked(kind(source, id=name), name, **metadata)


def master(prefix=""):
    """A notebook with one cell of each kind that nbgrader knows."""
    stub = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    tests = "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(5) == 10\n### END HIDDEN TESTS"
    partly = "(1 + (double(3) == 6)) / 2 * 3"
    cells = [
        new_markdown_cell("# Doubling", id="title"),
        cell(new_code_cell, f"{prefix}setup", "import math", locked=True),
        cell(new_code_cell, f"{prefix}double", stub, solution=True),
        cell(new_code_cell, f"{prefix}test", tests, grade=True, locked=True, points=2),
        cell(new_code_cell, f"{prefix}partly", partly, grade=True, locked=True, points=3),
        cell(new_markdown_cell, f"{prefix}why", "Because.", grade=True, solution=True, points=4),
        cell(new_code_cell, f"{prefix}plot", "# draw it", grade=True, solution=True, points=1),
        cell(new_markdown_cell, f"{prefix}task", "Do something.", task=True, locked=True, points=5),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@cache
def empty_gradebook() -> bytes:
    """A new gradebook: nbgrader takes seconds to make one."""
    with TemporaryDirectory() as folder:
        opened(make_course(Path(folder), gradebook=False)).close()
        return (Path(folder) / "gradebook.db").read_bytes()


def make_course(root: Path, notebooks=("p1",), config=CONFIG, gradebook=True) -> CourseFolder:
    """A course folder with an assignment ps1, and a data file beside its notebooks."""
    if gradebook:
        (root / "gradebook.db").write_bytes(empty_gradebook())
    source = root / "source" / "ps1"
    source.mkdir(parents=True)
    for name in notebooks:
        nbformat.write(master(f"{name}-"), source / f"{name}.ipynb")
    (source / "data.csv").write_text("1,2\n")
    (root / "nbgrader_config.py").write_text(config)
    return CourseFolder(root)


# What students get of the cells that they are to fill in.
CODE = "# YOUR CODE HERE\nraise NotImplementedError()"
RELEASED = {"double": "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
            "why": "YOUR ANSWER HERE", "plot": CODE}  # fmt: skip


def hand_in(root: Path, student: str, answers=(), notebooks=("p1",), at="2026-01-02 10:00:00 UTC", files=()):
    """A student's submission. `answers` are the sources of cells, by name; the others are as they were released."""
    folder = root / "submitted" / student / "ps1"
    folder.mkdir(parents=True, exist_ok=True)
    for name in notebooks:
        notebook = master(f"{name}-")
        for each in notebook.cells:
            released = RELEASED.get(each.id.removeprefix(f"{name}-"), each.source.partition("### BEGIN")[0])
            each.source = dict(answers).get(each.id, released)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    for name, data in dict(files).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    if at:
        (folder / "timestamp.txt").write_text(at)
    return folder


def made_up(job, task, points=None, problem=""):
    """A Graded for a submission: the points given by cell name, or else ones that depend on what was handed in."""
    marked = []
    for name in task.masters:
        if f"{name}.ipynb" not in job.files:
            continue
        notebook = nbformat.reads(job.files[f"{name}.ipynb"].decode(), as_version=4)
        verdicts = []
        for each in notebook.cells:
            marks = each.metadata.get("nbgrader", {})
            if marks.get("grade"):
                by_hand = marks["solution"]
                got = None if by_hand else float(len(job.files[f"{name}.ipynb"]) % 3 % (marks["points"] + 1))
                got = got if points is None else points.get(each.id)
                kind = BY_HAND if by_hand else PASSED if got else FAILED
                verdicts.append(Verdict(each.id, got, marks["points"], kind, beliefs=() if got else ("a-belief",)))
        marked.append(MarkedNotebook(name, tuple(verdicts), json.dumps(notebook)))
    return Graded(job.student, tuple(marked), problem)


def grade(course, force=False, only=(), graded=made_up, limits=None):
    """What the command does, with marks made up; the students that were graded."""
    task = course.task("ps1", limits)
    with Gradebook(course, task) as gradebook:
        waiting = gradebook.todo(course.students("ps1", only), force)
        for job in gradebook.jobs(waiting, gradebook.put):
            gradebook.put(graded(job, task))
    return waiting


# nbgrader's commands, each in a process of its own, since they leave things behind; but loading it takes a second.
COMMANDS = """
import os, sys
from nbgrader.apps.nbgraderapp import NbGraderApp
for words in sys.argv[1:]:
    child = os.fork()
    if not child:
        NbGraderApp.launch_instance([*words.split(), "--log-level=ERROR"])
        sys.exit()
    if os.waitpid(child, 0)[1]:
        sys.exit(words + " failed")
"""


def nbgrader(root, *commands):
    """Run commands of nbgrader's in a course folder, as `nbgrader ...` would, and apart from this user's settings."""
    programs = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
    apart = {"PATH": programs, "JUPYTER_CONFIG_DIR": f"{root}/.jupyter", "IPYTHONDIR": f"{root}/.ipython"}
    result = subprocess.run([sys.executable, "-c", COMMANDS, *commands], cwd=root, env={**os.environ, **apart},
                            capture_output=True, text=True)  # fmt: skip
    assert result.returncode == 0, result.stderr


def stock(course):
    """nbgrader's own view of the gradebook."""
    return Stock(course.gradebook, course.settings.course_id)


def tables(address: str) -> dict[str, list[str]]:
    """All rows of a gradebook, with what each random id stands for in its place."""
    engine = create_engine(address)
    with engine.connect() as connection:
        names = sorted(inspect(connection).get_table_names())
        rows = {name: list(map(dict, connection.execute(text(f"select * from {name}")).mappings())) for name in names}
    engine.dispose()
    called = {row["id"]: row["name"] for row in rows["assignment"]}
    keys = {"notebook": ("assignment_id", "name"), "base_cell": ("notebook_id", "type", "name"),
            "source_cell": ("notebook_id", "name"), "submitted_assignment": ("assignment_id", "student_id"),
            "submitted_notebook": ("assignment_id", "notebook_id"), "grade": ("notebook_id", "cell_id"),
            "comment": ("notebook_id", "cell_id")}  # fmt: skip
    for name, parts in keys.items():
        for row in rows[name]:
            called[row["id"]] = f"{name} {'/'.join(str(called.get(row[part], row[part])) for part in parts)}"
    return {name: sorted(repr({key: called.get(value, plain(value)) for key, value in row.items()})
                         for row in rows[name]) for name in names}  # fmt: skip


def plain(value):
    """What databases keep in their own ways, in SQLite's."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return int(value) if isinstance(value, bool) else value


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """All files in a folder, hidden ones too, with their permissions and what is in them."""
    return {str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
            for path in sorted(folder.rglob("*"))}  # fmt: skip
