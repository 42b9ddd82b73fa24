"""Times grading: the same submissions with nbgrader's autograde, and with `minigrad grade` and 1 and 2 jobs.

    python tests/benchmarks/grading.py [--submissions 40] [--only minigrad]

It is no test: nothing fails but where marks differ. The assignment is an ordinary one, numpy functions and a class with
visible and hidden asserts; of the answers some are right and some wrong, and all run through in nbgrader. Memory is the
most that a command and all that it has started take at the same time, with what they share counted once.
"""

import argparse
import json
import os
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import psutil

TESTS = Path(__file__).parent.parent
sys.path.insert(0, str(TESTS / "grading"))

from suite.assignment import NAME, SOLUTIONS  # noqa: E402
from suite.notebooks import master_text  # noqa: E402
from suite.submission import honest  # noqa: E402

ENVIRONMENT = {**os.environ, "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))}
LOOK_EVERY = 1.0  # seconds, at the memory
WRONG = "def {name}(*args, **kwargs):\n    return None"


def course(root: Path, count: int) -> None:
    """A course folder in which so many students have handed in; every third has one answer wrong, every ninth two."""
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'course'\n")
    (root / "source" / "ps1").mkdir(parents=True)
    (root / "source" / "ps1" / f"{NAME}.ipynb").write_text(master_text())
    run(root, "nbgrader", "generate_assignment", "ps1")
    functions = [name for name in SOLUTIONS if name not in ("polynomial", "warmest")]
    for number in range(count):
        wrong = functions[number % len(functions)], functions[number % 5]
        answers = {name: WRONG.format(name=name) for name in wrong[: (number % 3 == 0) + (number % 9 == 0)]}
        folder = root / "submitted" / f"student{number:05}" / "ps1"
        folder.mkdir(parents=True)
        for name, data in honest("", **answers).files().items():
            (folder / name).write_bytes(data)


def run(root: Path, *command: str) -> tuple[float, float]:
    """Run a command to its end; the seconds that it took, and how many megabytes."""
    begun, most = time.perf_counter(), 0
    with TemporaryFile("w+") as told:
        process = psutil.Popen([sys.executable, "-m", *command], cwd=root, env=ENVIRONMENT, stdout=told, stderr=told)
        while process.poll() is None:
            most = max(most, memory(process))
            with suppress(psutil.TimeoutExpired):
                process.wait(LOOK_EVERY)
        spent = time.perf_counter() - begun
        told.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{told.read()[-6000:]}")
    return spent, most / 2**20


def memory(process: psutil.Process) -> int:
    """What a process and all that it has started take, in bytes, as far as we may ask."""
    taken = 0
    with suppress(psutil.NoSuchProcess):
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                taken += each.memory_full_info().pss
    return taken


def marks(root: Path) -> dict[str, dict[str, float]]:
    """The automatic marks in the gradebook, by student and cell."""
    from nbgrader.api import Gradebook

    found: dict[str, dict[str, float]] = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for submission in book.assignment_submissions("ps1"):
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            found[submission.student.id] = {grade.name: grade.auto_score for grade in grades}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=40)
    parser.add_argument("--only", choices=["minigrad"], help="leave nbgrader out")
    chosen = parser.parse_args()
    ways = {
        "nbgrader autograde": ("nbgrader", "autograde", "ps1"),
        "minigrad grade, 1 job": ("minigrad.cli", "grade", "ps1", "--jobs", "1"),
        "minigrad grade, 2 jobs": ("minigrad.cli", "grade", "ps1", "--jobs", "2"),
    }
    if chosen.only:
        del ways["nbgrader autograde"]
    spent, given = {}, {}
    with TemporaryDirectory() as folder:
        template = Path(folder, "template")
        template.mkdir()
        course(template, chosen.submissions)
        for way, command in ways.items():
            root = Path(folder, "course")
            shutil.copytree(template, root)
            spent[way] = run(root, *command)
            given[way] = marks(root)
            if way == list(ways)[-1]:
                spent["minigrad feedback"] = run(root, "minigrad.cli", "feedback", "ps1")
            shutil.rmtree(root)
    slowest, _ = next(iter(spent.values()))
    print(f"{chosen.submissions} submissions of {len(SOLUTIONS)} answers each")
    print(f"{'':24}{'seconds':>9}{'a minute':>10}{'times':>7}{'MB':>7}")
    for way, (seconds, megabytes) in spent.items():
        rate = 60 * chosen.submissions / seconds
        print(f"{way:24}{seconds:9.1f}{rate:10.0f}{slowest / seconds:7.1f}{megabytes:7.0f}")
    different = [way for way, each in given.items() if each != next(iter(given.values()))]
    print(f"marks: {'the same' if not different else json.dumps(given)}")
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
