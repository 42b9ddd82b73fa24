"""All submissions of the suite, the slow ones among them, through `minigrad grade` in a course folder."""

import json
import os
import subprocess
import sys

import pytest
from suite.course import STUDENTS, make_course
from suite.judging import assert_fair_marks, nothing_outside_changes

LIMITS = ["--timeout", "2", "--memory", "512", "--disk", "32"]
IDS = [f"{student}: {submission.title}" for student, submission in STUDENTS.items()]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("suite") / "course"
    root.mkdir()
    make_course(root)
    with nothing_outside_changes():
        command = [sys.executable, "-m", "minigrad.cli", "grade", "ps1", "--marks", "marks.json", *LIMITS]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        result = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=3600)
    (root / "told.txt").write_text(result.stdout + result.stderr)
    return root, result


def test_the_command_says_that_some_could_not_be_graded(course):
    _, result = course
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


@pytest.mark.parametrize("student", STUDENTS, ids=IDS)
def test_marks_are_fair(course, student):
    root, result = course
    submission, marks = STUDENTS[student], json.loads((root / "marks.json").read_text()).get(student, {})
    assert_fair_marks(submission, marks, (root / "told.txt").read_text()[-2000:])
    assert (student in result.stdout + result.stderr) == (submission.told or submission.missing)
