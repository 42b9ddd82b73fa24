"""What is built from the exercises: nbgrader's source notebooks, and the release that learners get."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

import nbformat

from minigrad.course.built import BuildError, notebook_text
from minigrad.course.source_notebook import NO_STUB, source_notebook, topics

CONFIG = f"""\
c = get_config()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
{NO_STUB}
"""


def build_sources(into: Path, lessons: Collection[str] = ()) -> list[str]:
    """Write `solutions/` below `into`, of all lessons or of these; the names of the assignments."""
    names = []
    for number, name in topics().items():
        if lessons and number not in lessons:
            continue
        path = into / "solutions" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(source_notebook(number), encoding="utf-8", newline="\n")
        names.append(name)
    return names


def run_nbgrader(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an nbgrader command in the course folder `root`."""
    return run_in(root, "-m", "nbgrader", *arguments)


def run_in(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the course folder `root`, apart from the settings and the PATH of whoever runs it."""
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(root / ".jupyter"),
        "IPYTHONDIR": str(root / ".ipython"),
        # nbgrader calls `alembic`, which lies beside our Python, and an environment need not be activated to be used.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, encoding="utf-8")


def release(root: Path, names: Iterable[str]) -> None:
    """Let nbgrader make `exercises/` from `solutions/` below `root`, as an instructor would."""
    for name in names:
        result = run_nbgrader(root, "generate_assignment", name, "--create")
        if result.returncode:
            raise BuildError(f"nbgrader generate_assignment {name} failed.\n{result.stderr}")
    for path in root.glob("exercises/*/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        path.write_text(notebook_text(notebook), encoding="utf-8", newline="\n")


def build_exercises(into: Path, lessons: Collection[str] = ()) -> None:
    """Write `solutions/` and `exercises/` below `into`; nbgrader's gradebook stays in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        names = build_sources(root, lessons)
        release(root, names)
        for part in ("solutions", "exercises") if names else ():
            shutil.move(root / part, into / part)
