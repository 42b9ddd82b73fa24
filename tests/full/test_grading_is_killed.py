"""Grading is killed at any moment and run again: the result is as if it had never been disturbed."""

import multiprocessing
import random
import re
import shutil
import subprocess
import sys
import time

import pytest
from nbgrader_courses import empty_gradebook, files, grade, hand_in, make_course, tables

from minigrad.grading.course_folder import CourseFolder

STUDENTS = [f"student-{number}" for number in range(10)]
WITHIN_ONE_PROCESS = multiprocessing.get_context("fork")  # what takes long has been imported once


def new(root):
    """A course folder where nothing has been graded yet, and no gradebook."""
    make_course(root, ["p1", "p2"], gradebook=False)
    for number, student in enumerate(STUDENTS):
        hand_in(root, student, {"p1-double": f"def double(x): {number}"}, ["p1", "p2"], files={"sub/own.txt": b"own"})


def with_a_gradebook(root):
    new(root)
    (root / "gradebook.db").write_bytes(empty_gradebook())


def graded_before(root):
    """Everybody has marks, and half of them have handed in again."""
    with_a_gradebook(root)
    grade(CourseFolder(root))
    for student in STUDENTS[::2]:
        hand_in(root, student, {"p1-double": "def double(x): return 2 * x"}, at="2026-01-05 10:00:00 UTC")


def all_that_is_there(root):
    names = sorted(path.name for path in root.iterdir())
    return tables(f"sqlite:///{root / 'gradebook.db'}"), files(root / "autograded"), names


def run(root, kill_after=None, force=False):
    """Grade in a process of its own; how long it took."""
    begun = time.monotonic()
    process = WITHIN_ONE_PROCESS.Process(target=grade, args=(CourseFolder(root), force))
    process.start()
    if kill_after is not None:
        time.sleep(kill_after)
        process.kill()
    process.join()
    process.close()
    return time.monotonic() - begun


@pytest.mark.parametrize(("begin", "times", "force"), [
    (new, 5, False), (with_a_gradebook, 8, False), (graded_before, 8, False), (graded_before, 8, True),
])  # fmt: skip
def test_grading_that_was_killed_and_run_again_ends_as_if_undisturbed(tmp_path, begin, times, force):
    seed = random.randrange(10**6)
    moments = random.Random(seed)
    begun = tmp_path / "begun"
    begun.mkdir()
    begin(begun)
    undisturbed = shutil.copytree(begun, tmp_path / "undisturbed")
    seconds = run(undisturbed, force=force)
    expected = all_that_is_there(undisturbed)
    assert len(expected[0]["grade"]) == 100
    halfway = 0
    for number in range(times):
        root = shutil.copytree(begun, tmp_path / str(number))
        run(root, kill_after=moments.uniform(0, seconds), force=force)
        halfway += all_that_is_there(root) != expected if (root / "gradebook.db").exists() else 1
        run(root)
        assert all_that_is_there(root) == expected, f"seed {seed}, {number}"
    assert halfway, "it was always too late"


def test_the_command_that_was_killed_half_way_goes_on(tmp_path):
    begun, command = tmp_path / "begun", [sys.executable, "-m", "minigrad.cli", "grade", "ps1", "--jobs", "2"]
    begun.mkdir()
    with_a_gradebook(begun)
    undisturbed = shutil.copytree(begun, tmp_path / "undisturbed")
    subprocess.run(command, cwd=undisturbed, check=True, capture_output=True)
    root = shutil.copytree(begun, tmp_path / "killed")
    for done in (1, 4, 8):
        with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as grading:
            while grading.poll() is None and len(list(root.glob("autograded/*/ps1"))) < done:
                time.sleep(0.001)
            grading.kill()
        assert all_that_is_there(root) != all_that_is_there(undisturbed)
    result = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    assert all_that_is_there(root) == all_that_is_there(undisturbed)
    assert re.search(r"\b[1-9]\d* unchanged", result.stdout)
