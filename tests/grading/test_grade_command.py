"""`minigrad grade`: what it writes and tells, and one sentence for everything that can go wrong."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from nbgrader_courses import hand_in, make_course, stock, tables

from minigrad.command import progress
from minigrad.command.grading_run import lateness
from minigrad.grading import marks_file
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.gradebook import Gradebook
from minigrad.grading.pool import Ready
from minigrad.grading.problem import Problem
from minigrad.grading.record import PASSED, Graded, MarkedNotebook, Task, Verdict
from minigrad.grading.scores import Score, Submission

RIGHT = {"p1-double": "def double(x):\n    return 2 * x"}


@pytest.fixture(scope="module")
def new_course(tmp_path_factory):
    """A right answer, a wrong one, and one that is no notebook."""
    root = tmp_path_factory.mktemp("courses") / "course"
    root.mkdir()
    make_course(root)
    hand_in(root, "ada", RIGHT)
    hand_in(root, "bob", {"p1-double": "def double(x):\n    return x"})
    (hand_in(root, "eve") / "p1.ipynb").write_bytes(b"\x00\x01")
    return root


@pytest.fixture
def course(new_course, tmp_path, monkeypatch):
    shutil.copytree(new_course, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture(scope="module")
def graded_course(new_course, tmp_path_factory):
    """The same, graded; with what was told, and the exit code."""
    root = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(new_course, root)
    command = [sys.executable, "-m", "minigrad.cli", "grade", "ps1", "--marks", "marks.json", "--jobs", "1"]
    result = subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True, timeout=120)
    return root, result


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def test_all_are_graded_and_who_needs_the_instructor_is_named(graded_course):
    root, result = graded_course
    assert (result.returncode, result.stderr) == (1, "")
    isolation, eve, by_hand, summary = result.stdout.splitlines()
    assert isolation.startswith("Isolated by ") and eve.startswith("eve: ")
    assert by_hand == "With cells to mark by hand, in formgrader (`jupyter lab`, menu Nbgrader): 2."
    assert summary.startswith("ps1: 2 graded, 0 unchanged, 1 in need of you; ")
    assert (root / "autograded" / "ada" / "ps1" / "p1.ipynb").exists()


def test_the_marks_are_written_as_json(graded_course):
    root, _ = graded_course
    by_hand = {"p1-why": 0.0, "p1-plot": 0.0, "p1-task": None}  # nothing was written there: that is decided
    nothing = dict.fromkeys(by_hand)
    assert json.loads((root / "marks.json").read_text()) == {
        "ada": {"p1-test": 2.0, "p1-partly": 3.0, **by_hand},
        "bob": {"p1-test": 0.0, "p1-partly": 1.5, **by_hand},
        "eve": {"p1-test": None, "p1-partly": None, **nothing},
    }


def test_who_has_handed_in_no_notebook_gets_no_points_once_and_is_named(new_course, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(new_course, root)
    shutil.rmtree(root / "submitted")
    hand_in(root, "ann", notebooks=[], files={"p1.pdf": b"%PDF"})
    for number in (1, 0):
        command = [sys.executable, "-m", "minigrad.cli", "grade", "ps1", "--marks", "marks.json", "--jobs", "1"]
        result = subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True, timeout=120)
        assert (result.returncode, result.stderr) == (0, "")
        assert ("Notebooks that were not handed in get no points: ann (p1)." in result.stdout) == number
        assert f"ps1: {number} graded, {1 - number} unchanged, none in need of you" in result.stdout
        assert set(json.loads((root / "marks.json").read_text())["ann"].values()) == {0.0}
        assert all("'auto_score': 0.0" in row for row in tables(f"sqlite:///{root}/gradebook.db")["grade"])
    assert sorted(path.name for path in (root / "autograded/ann/ps1").iterdir()) == [
        "data.csv", "p1.pdf", "timestamp.txt"]  # fmt: skip


def test_what_is_graded_is_not_graded_again_and_its_marks_are_still_told(graded_course, run, tmp_path, monkeypatch):
    root, _ = graded_course
    monkeypatch.chdir(root)
    before = tables(f"sqlite:///{root}/gradebook.db")
    code, out, err = run("grade", "ps1", "--student", "ada", "--marks", tmp_path / "marks.json")
    assert (code, err) == (0, "")
    assert out == "ps1: 0 graded, 1 unchanged, none in need of you; --force grades again what is unchanged.\n"
    assert list(json.loads((tmp_path / "marks.json").read_text())) == ["ada"]
    assert tables(f"sqlite:///{root}/gradebook.db") == before


@pytest.mark.parametrize("arguments, code, sentence", [
    ("grade", 2, "Missing argument 'ASSIGNMENT'."),
    ("grade ps1 --jobs 0", 2, "Invalid value for '--jobs': 0 is not in the range x>=1."),
    ("grade ps1 --timeout abc", 2, "Invalid value for '--timeout': 'abc' is not a valid number."),
    ("grade ps1 --jobs 2 --scheduler tcp://127.0.0.1:8786", 2, "--jobs is for this machine; a Dask cluster has its own "
     "workers. Leave one of them out."),
    ("grade ps1 --marks nowhere/marks.json", 1, "Cannot write to {course}/nowhere: choose another folder for --marks."),
    ("grade ps2", 1, "There is no assignment ps2 in {course}/source. The assignments are: ps1."),
    ("grade ps1/ --student ada,bob", 1, "ada,bob has not handed in ps1: there is no {course}/submitted/ada,bob/ps1. "
     "Name each in a --student of its own."),
    ("grade ps1 --student zoe", 1, "zoe has not handed in ps1: there is no {course}/submitted/zoe/ps1."),
])  # fmt: skip
def test_what_cannot_be_done_is_told_in_one_sentence(run, course, arguments, code, sentence):
    assert run(*arguments.split()) == (code, "", sentence.format(course=course) + "\n")


def test_outside_of_a_course_it_says_so(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("grade", "ps1")
    assert (code, out) == (1, "") and err.startswith(f"{tmp_path} is not an nbgrader course folder")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("missing, arguments, told", [
    ("nbgrader", [], 'nbgrader is not installed: run {python} -m pip install "minigrad-course[lab]".'),
    ("distributed", ["--scheduler", "tcp://127.0.0.1:8786"], "Grading on a cluster needs Dask: run {python} -m pip "
     'install "minigrad-course[cluster]".'),
])  # fmt: skip
def test_what_is_not_installed_is_named(run, course, monkeypatch, missing, arguments, told):
    monkeypatch.setitem(sys.modules, missing, None)
    assert run("grade", "ps1", *arguments) == (1, "", told.format(python=sys.executable) + "\n")


class Answers:
    """Workers that have the answers ready."""

    def __init__(self, *_, **__):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def prepare(self, task):
        return Ready("No isolation at all.", {"p1:p1-test": "line 1: TypeError: no"})

    def grade(self, jobs):
        for job in jobs:
            yield Graded(job.student, (MarkedNotebook("p1", (Verdict("p1-test", 1.0, 2.0, PASSED),), '{"cells": []}'),))


@pytest.fixture
def answers(monkeypatch):
    monkeypatch.setattr("minigrad.grading.pool.Pool", Answers)


def test_a_test_that_cannot_be_run_is_named_first(run, course, answers):
    code, out, _ = run("grade", "ps1", "--student", "ada")
    first, second, *_ = out.splitlines()
    assert code == 1  # some marks could not be given
    assert first == "No isolation at all."
    assert second == "p1:p1-test gives no points: line 1: TypeError: no."


@pytest.mark.parametrize("seconds, told", [
    (3, "1 minute"), (119, "2 minutes"), (7_000, "117 minutes"), (37_860, "11 hours"), (2e5, "2 days")])  # fmt: skip
def test_how_late_it_is_is_told_as_people_would(seconds, told):
    assert lateness(seconds) == told


def test_who_handed_in_late_is_told(run, course, answers):
    with stock(CourseFolder(course)) as book:
        book.add_assignment("ps1", duedate="2026-01-02 09:00:00")
    hand_in(course, "bob", at="2026-01-02 08:00:00 UTC")
    _, out, _ = run("grade", "ps1")
    assert "Handed in late: ada (60 minutes), eve (60 minutes)." in out.splitlines()


def test_what_lies_in_the_wrong_place_is_told(run, course, answers):
    for name in ("ann/PS1", "ian/ps2", "joe", "__MACOSX/ps1"):
        (course / "submitted" / name).mkdir(parents=True)
    (course / "submitted/joe/p1.ipynb").touch()
    _, out, _ = run("grade", "ps1")
    assert "Not looked at, for there is no folder ps1: ann (has PS1), joe (has p1.ipynb)." in out.splitlines()
    assert "ps1: 3 graded" in out


def test_how_many_submissions_have_notes_is_told(run, course, answers, monkeypatch):
    def grade(self, jobs):
        for job in jobs:
            notes = ("problem.ipynb was taken for it.",) if job.student != "bob" else ()
            yield Graded(job.student, (MarkedNotebook("p1", (), '{"cells": []}', notes),))

    monkeypatch.setattr(Answers, "grade", grade)
    _, out, _ = run("grade", "ps1")
    told = "Submissions in which something was mended, guessed or cut off: 2. `minigrad report ps1` says what."
    assert told in out.splitlines()


def test_one_that_cannot_be_written_does_not_stop_the_others(run, course, answers, monkeypatch):
    put = Gradebook.put

    def fail_for_ada(self, graded):
        if graded.student == "ada":
            raise Problem("The gradebook knows no student ada.")
        put(self, graded)

    monkeypatch.setattr(Gradebook, "put", fail_for_ada)
    code, out, err = run("grade", "ps1")
    assert (code, err) == (1, "")
    assert "ada: The gradebook knows no student ada." in out.splitlines() and "ps1: 2 graded" in out


def test_what_goes_wrong_for_all_stops_the_run(run, course, answers, monkeypatch):
    def fail(self, graded):
        raise Problem(f"autograded/{graded.student}: Permission denied.")

    monkeypatch.setattr(Gradebook, "put", fail)
    code, _, err = run("grade", "ps1")
    assert (code, err) == (1, "autograded/bob: Permission denied.\n")


def records_in(course):
    return tables(f"sqlite:///{course}/gradebook.db").get("minigrad_grading")


def test_stopped_it_says_what_is_kept_and_goes_on_where_it_was(run, course):
    hand_in(course, "ada", {"p1-double": "import time\ntime.sleep(100)"})
    shutil.rmtree(course / "submitted" / "eve")
    hand_in(course, "bob", RIGHT)
    command = [sys.executable, "-m", "minigrad.cli", "grade", "ps1", "--jobs", "2", "--timeout", "200"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True) as running:  # fmt: skip
        while running.poll() is None and "bob" not in str(records_in(course)):
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate()
    assert running.returncode == 1
    assert err == "Stopped. What has been graded is kept, 1 of 2: run the same again to go on.\n"
    hand_in(course, "ada", RIGHT)
    code, out, _ = run("grade", "ps1", "--timeout", "200", "--jobs", "1")
    assert code == 0 and "ps1: 1 graded" in out and "1 unchanged" in out


def test_cells_of_the_same_name_are_told_apart_by_their_notebook(course):
    task = Task("ps1", {name: (course / "source" / "ps1" / "p1.ipynb").read_bytes() for name in ("a", "b")})
    found = Submission({("b", "p1-test"): Score(2.0, 2.0, open=False, by_hand=False, auto=2.0)})
    marks = marks_file.marks_of(task, ["ada"], {"ada": found})
    assert marks["ada"]["b:p1-test"] == 2.0 and marks["ada"]["a:p1-test"] is None and "p1-test" not in marks["ada"]


def test_marks_that_people_gave_are_written_before_those_of_tests(run, course, answers, tmp_path):
    run("grade", "ps1")
    with stock(CourseFolder(course)) as book:
        for name, points in (("p1-test", 0.5), ("p1-why", 3.0)):
            book.find_grade(name, "p1", "ps1", "ada").manual_score = points
        book.find_grade("p1-why", "p1", "ps1", "ada").extra_credit = 0.25
        book.db.commit()
    run("grade", "ps1", "--marks", tmp_path / "marks.json")
    marks = json.loads((tmp_path / "marks.json").read_text())
    assert (marks["ada"]["p1-test"], marks["ada"]["p1-why"], marks["ada"]["p1-plot"]) == (0.5, 3.25, None)
    assert (marks["bob"]["p1-test"], marks["bob"]["p1-why"]) == (1.0, None)


def test_who_has_all_marks_that_people_give_is_not_counted_among_those_to_mark_by_hand(run, course, answers):
    def to_mark():
        return re.search(r"by hand, in formgrader .*: (\d)\.", run("grade", "ps1", "--force")[1])[1]

    assert to_mark() == "3"
    with stock(CourseFolder(course)) as book:
        for mark in book.find_submission_notebook("p1", "ps1", "ada").grades:
            mark.manual_score, mark.needs_manual_grade = 1.0, False
        book.db.commit()
    assert to_mark() == "2"


def test_marks_of_whoever_has_a_name_that_no_file_can_hold_are_written(tmp_path):
    marks_file.write({"\udcff": {"p1-test": None}}, tmp_path / "marks.json")
    assert json.loads((tmp_path / "marks.json").read_text()) == {"?": {"p1-test": None}}


def test_where_nobody_watches_progress_is_told_in_lines(monkeypatch, capsys):
    monkeypatch.setattr(progress, "LINE_EVERY", 0.0)
    from minigrad.command.console import console

    with progress.progress(console, "ps1", 3) as advance:
        advance([])
        advance({"fred", "ada"})
        advance([])
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("ps1: 1 of 3, ") and re.search(r" seconds? left$", first)
    assert second.startswith("ps1: 2 of 3, ") and second.endswith(" a minute, waiting for ada, fred")
    assert third.startswith("ps1: 3 of 3, ") and third.endswith(" 0 seconds left")


def test_the_last_ones_are_named_while_they_are_waited_for(run, course, answers, monkeypatch):
    told = []

    @contextmanager
    def watched(*_):
        yield lambda last: told.append(sorted(last))

    monkeypatch.setattr("minigrad.command.grading_run.progress", watched)
    grade = Answers.grade
    monkeypatch.setattr(Answers, "grade", lambda self, jobs: grade(self, list(jobs)))
    run("grade", "ps1")
    assert told == [["bob", "eve"], ["eve"], []]


def test_commands_for_instructors_are_listed_apart(run):
    _, out, _ = run("--help")
    learners, instructors = out.partition("Commands:")[2].split("For instructors:")
    assert [line.split()[0] for line in instructors.split("\n  ")[1:]] == ["course", "feedback", "grade", "report"]
    assert "  check " in learners and "  grade " not in learners


def test_the_help_names_every_option_with_its_unit(run):
    code, out, _ = run("grade", "--help")
    assert code == 0
    options = {"--student": "ID", "--force": "", "--jobs": "N", "--timeout": "SECONDS", "--memory": "MB",
               "--disk": "MB", "--processes": "N", "--output": "KB", "--scheduler": "ADDRESS", "--marks": "FILE.json",
               "--no-sandbox": ""}  # fmt: skip
    for option, unit in options.items():
        assert re.search(rf"^  {option} +{unit}", out, re.MULTILINE)
