"""What is written to the gradebook and to autograded/ is what nbgrader writes, and nbgrader can go on from there."""

import csv
import shutil

import pytest
from nbgrader_courses import files, grade, hand_in, make_course, nbgrader, stock, tables

from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.record import BY_HAND, PASSED, Graded, MarkedNotebook, Verdict

RIGHT = {"p1-double": "def double(x):\n    return x + x", "p1-why": "Two of them.", "p1-plot": "print('plot')",
         "p2-double": "def double(x):\n    return 2 * x"}  # fmt: skip
WRONG = {"p1-double": "def double(x):\n    return 2"}
LATE = """
c = get_config()
c.CourseDirectory.course_id = "course"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.submitted_directory = "handed_in"
c.CourseDirectory.autograded_directory = "marked"
c.CourseDirectory.db_url = "sqlite:///marks.db"
c.CourseDirectory.student_id_exclude = "teacher,tester"
from nbgrader.plugins import LateSubmissionPlugin
class PerHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 3600
c.AssignLatePenalties.plugin_class = PerHour
"""



@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same submissions, graded by nbgrader, and written by us with the marks that nbgrader gave."""
    theirs, ours = tmp_path_factory.mktemp("theirs"), tmp_path_factory.mktemp("ours")
    make_course(theirs, ["p1", "p2"])
    extra = {"data.csv": b"mine", "notes/a.txt": b"a", "x/__pycache__/y": b""}
    hand_in(theirs, "right", RIGHT, ["p1", "p2"], files=extra)
    hand_in(theirs, "wrong", WRONG, ["p1"], at="2026-01-01 12:30:00 UTC")
    hand_in(theirs, "untouched", {}, ["p1"], at=None)
    hand_in(theirs, "teacher", RIGHT, ["p1"])
    (theirs / "source").rename(theirs / "solutions")
    (theirs / "submitted").rename(theirs / "handed_in")
    (theirs / "nbgrader_config.py").write_text(LATE)
    shutil.copytree(theirs, ours, dirs_exist_ok=True)
    nbgrader(theirs, "db assignment add ps1 --duedate=2026-01-01T12:00:00", "generate_assignment ps1", "autograde ps1")
    nbgrader(ours, "db assignment add ps1 --duedate=2026-01-01T12:00:00")
    grade(CourseFolder(ours), graded=lambda job, task: as_graded_by(theirs, job.student))
    return theirs, ours


def as_graded_by(root, student):
    """A submission with the marks and notebooks that nbgrader has left in a course folder."""
    with stock(CourseFolder(root)) as book:
        marked = []
        for notebook in book.find_submission("ps1", student).notebooks:
            path = root / "marked" / student / "ps1" / f"{notebook.name}.ipynb"
            if path.exists():
                verdicts = tuple(verdict_of(grade) for grade in notebook.grades)
                marked.append(MarkedNotebook(notebook.name, verdicts, path.read_text()))
    return Graded(student, tuple(marked))


def verdict_of(grade):
    by_hand = grade.name.endswith(("why", "plot", "task"))  # nbgrader gives nothing there where nobody has answered
    points = None if by_hand else grade.auto_score
    return Verdict(grade.name, points, grade.max_score, BY_HAND if by_hand else PASSED)


def test_every_row_of_the_gradebook_is_as_nbgrader_writes_it(both):
    theirs, ours = (tables(f"sqlite:///{root}/marks.db") for root in both)
    assert len(ours.pop("minigrad_grading")) == 3
    assert theirs == ours
    assert len(ours["grade"]) == 3 * 2 * 5 and any("No response." in row for row in ours["comment"])
    penalties = {row for row in ours["submitted_notebook"] if "'late_submission_penalty': None" not in row}
    assert len(penalties) == 3  # "wrong" is half an hour late, "right" more than that: no notebook falls below 0


def test_every_file_in_autograded_is_as_nbgrader_writes_it(both):
    theirs, ours = (files(root / "marked") for root in both)
    assert theirs == ours
    assert ours["right/ps1/data.csv"][1] == b"1,2\n" and ours["right/ps1/notes/a.txt"][1] == b"a"
    assert not any("teacher" in name or "pycache" in name for name in ours)


def test_marks_that_nbgrader_has_put_in_their_place_are_given_again(both, tmp_path):
    theirs, ours = both
    shutil.copytree(ours, tmp_path / "ours")
    course = CourseFolder(tmp_path / "ours")

    def again():
        return grade(course, graded=lambda job, task: as_graded_by(theirs, job.student))

    assert again() == []
    with stock(course) as book:
        book.find_grade("p1-test", "p1", "ps1", "right").auto_score = 0.25
        book.find_grade("p1-why", "p1", "ps1", "right").auto_score = 0.25  # nothing was found out about it
        book.find_grade("p1-test", "p1", "ps1", "wrong").manual_score = 0.25
        book.db.commit()
    assert again() == ["right"] and again() == []
    with stock(course) as book:
        assert book.find_grade("p1-test", "p1", "ps1", "right").auto_score == 2
        assert book.find_grade("p1-test", "p1", "ps1", "wrong").manual_score == 0.25


def test_nbgrader_goes_on_from_what_was_written(both, tmp_path):
    theirs, ours = both
    shutil.copytree(ours, tmp_path / "ours")
    with stock(CourseFolder(tmp_path / "ours")) as book:
        book.find_grade("p1-why", "p1", "ps1", "right").manual_score = 3.5
        book.db.commit()
    root = tmp_path / "ours"
    nbgrader(root, "autograde ps1", "autograde ps1 --force --student wrong", "generate_feedback ps1", "export")
    assert len(list((root / "feedback").rglob("*.html"))) == 4
    told = {row["student_id"]: row for row in csv.DictReader((root / "grades.csv").read_text().splitlines())}
    assert float(told["right"]["raw_score"]) == 13.5
