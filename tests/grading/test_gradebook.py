"""What is still to be graded, and that a submission's marks and files are written together or not at all."""

import json
import os
import re
import sqlite3
import threading
from dataclasses import replace

import nbformat
import pytest
from nbgrader.converters import Autograde
from nbgrader.preprocessors import SaveCells
from nbgrader_courses import CONFIG, files, grade, hand_in, made_up, make_course, master, nbgrader, stock, tables
from sqlalchemy import create_engine

from minigrad.grading import autograded, verdict_table
from minigrad.grading.alone import alone
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.gradebook import Gradebook
from minigrad.grading.problem import Problem
from minigrad.grading.record import Graded, Limits


@pytest.fixture
def course(tmp_path):
    course = make_course(tmp_path)
    for student in ("ann", "bob", "eve"):
        hand_in(tmp_path, student, {"p1-double": f"# {student}"})
    return course


def rows(course):
    return tables(course.gradebook)


def known(course, only=()):
    engine = create_engine(course.gradebook)
    with engine.connect() as connection:
        found = verdict_table.read(connection, "ps1", only)
    engine.dispose()
    return found


def test_what_is_graded_is_not_graded_again(course):
    assert grade(course) == ["ann", "bob", "eve"]
    before = rows(course), files(course.root / "autograded")
    assert grade(course) == []
    assert grade(course, force=True) == ["ann", "bob", "eve"]
    assert before == (rows(course), files(course.root / "autograded"))


def test_only_those_asked_for_are_graded(course):
    assert grade(course, only=["eve"]) == ["eve"]
    assert [row for row in rows(course)["student"]] == ["{'id': 'eve', 'first_name': None, 'last_name': None, "
                                                        "'email': None, 'lms_user_id': None}"]  # fmt: skip


def test_another_submission_takes_the_place_of_the_one_before(course, tmp_path):
    hand_in(tmp_path, "ann", files={"old.txt": b"old"})
    grade(course)
    (tmp_path / "submitted/ann/ps1/old.txt").unlink()
    hand_in(tmp_path, "ann", {"p1-double": "def double(x): return 2 * x"}, at="2026-01-03 10:00:00 UTC")
    assert grade(course) == ["ann"]
    assert b"return 2 * x" in (tmp_path / "autograded/ann/ps1/p1.ipynb").read_bytes()
    assert not (tmp_path / "autograded/ann/ps1/old.txt").exists()
    assert any("2026-01-03 10:00" in row for row in rows(course)["submitted_assignment"])


def test_the_same_work_handed_in_later_is_graded_again(course, tmp_path):
    grade(course)
    (tmp_path / "submitted/ann/ps1/timestamp.txt").write_text("2026-02-02 10:00:00 UTC")
    assert grade(course) == ["ann"]


def test_everybody_is_graded_again_where_the_tests_or_the_limits_have_changed(course, tmp_path):
    grade(course)
    assert grade(course, limits=Limits(seconds=5)) == ["ann", "bob", "eve"]
    grade(course)
    changed = master("p1-")
    changed.cells[3].source += "\nassert double(7) == 14"
    nbformat.write(changed, tmp_path / "source/ps1/p1.ipynb")
    assert grade(course) == ["ann", "bob", "eve"]
    assert any("double(7)" in row for row in rows(course)["source_cell"])
    (tmp_path / "source/ps1/data.csv").write_text("3,4\n")
    assert grade(course) == ["ann", "bob", "eve"]


def test_who_lost_the_folder_or_was_forgotten_by_nbgrader_is_graded_again(course, tmp_path):
    grade(course)
    autograded.remove(tmp_path / "autograded/ann")
    with stock(course) as book:
        book.remove_submission("ps1", "bob")
    assert grade(course) == ["ann", "bob"]


def test_what_needed_the_instructor_is_tried_again(course):
    assert grade(course, graded=lambda job, task: made_up(job, task, problem="no"), only=["ann"]) == ["ann"]
    assert known(course)["ann"].problem == "no"
    assert grade(course) == ["ann", "bob", "eve"]


def test_a_forced_run_that_was_broken_off_goes_on(course):
    grade(course)
    task = course.task("ps1")
    with Gradebook(course, task) as gradebook:
        waiting = gradebook.todo(["ann", "bob", "eve"], force=True)
        gradebook.put(made_up(next(gradebook.jobs(waiting, print)), task))
    assert grade(course) == ["bob", "eve"]


def test_what_people_have_given_stays(course):
    grade(course)
    before = rows(course)
    with stock(course) as book:
        mark = book.find_grade("p1-test", "p1", "ps1", "ann")
        mark.manual_score, mark.extra_credit, mark.needs_manual_grade = 1.5, 0.25, False
        book.find_comment("p1-why", "p1", "ps1", "ann").manual_comment = "Well said."
        task = book.find_grade("p1-task", "p1", "ps1", "ann")
        task.manual_score, task.needs_manual_grade = 4.0, False
        book.db.commit()
    grade(course, force=True)
    with stock(course) as book:
        mark = book.find_grade("p1-test", "p1", "ps1", "ann")
        assert (mark.manual_score, mark.extra_credit, mark.needs_manual_grade) == (1.5, 0.25, False)
        assert book.find_comment("p1-why", "p1", "ps1", "ann").comment == "Well said."
        assert book.find_grade("p1-task", "p1", "ps1", "ann").needs_manual_grade is False
    assert rows(course)["submitted_notebook"] == before["submitted_notebook"]


def test_marks_that_people_gave_are_to_be_looked_at_again_where_something_has_changed(course, tmp_path):
    def settle(*students):
        with stock(course) as book:
            for student, name in ((student, name) for student in students for name in ("p1-why", "p1-plot")):
                mark = book.find_grade(name, "p1", "ps1", student)
                mark.manual_score, mark.needs_manual_grade = 0.5, False
            book.db.commit()

    def asked():
        with stock(course) as book:
            return [(student, name) for student in ("ann", "bob") for name in ("p1-why", "p1-plot")
                    if book.find_grade(name, "p1", "ps1", student).needs_manual_grade]  # fmt: skip

    grade(course)
    settle("ann", "bob")
    (tmp_path / "submitted/ann/ps1/timestamp.txt").write_text("2026-02-02 10:00:00 UTC")
    changed = master("p1-")
    changed.cells[3].source += "\nassert double(7) == 14"
    nbformat.write(changed, tmp_path / "source/ps1/p1.ipynb")
    assert grade(course, limits=Limits(seconds=5)) == ["ann", "bob", "eve"] and asked() == []
    hand_in(tmp_path, "ann", {"p1-double": "# new"})
    assert grade(course, limits=Limits(seconds=5)) == ["ann"] and asked() == [("ann", "p1-why"), ("ann", "p1-plot")]
    assert grade(course) == ["ann", "bob", "eve"] and asked() == [("ann", "p1-why"), ("ann", "p1-plot")]
    settle("ann")
    changed.cells[5].source += " Really?"
    nbformat.write(changed, tmp_path / "source/ps1/p1.ipynb")
    assert grade(course) == ["ann", "bob", "eve"] and asked() == [("ann", "p1-why"), ("bob", "p1-why")]


def test_what_has_changed_for_those_who_are_graded_again_is_told(course, tmp_path):
    grade(course, only=["ann", "bob"], limits=Limits(seconds=5, output=2000))

    def changes(**limits):
        with Gradebook(course, course.task("ps1", Limits(**limits))) as gradebook:
            gradebook.todo(["ann", "bob", "eve"])
            return dict(gradebook.changes)

    assert changes(seconds=5, output=2000) == {}
    assert changes(seconds=2.5, output=3000) == {"--timeout was 5, now 2.5, --output was 2, now 3": 2}
    hand_in(tmp_path, "ann", {"p1-double": "# new"})
    assert changes(seconds=5, output=2000) == {}
    (tmp_path / "source/ps1/data.csv").write_text("3,4\n")
    assert changes(seconds=5, output=2000) == {"your data.csv has changed": 2}


def test_points_that_are_not_known_are_left_to_a_person(course):
    grade(course, graded=lambda job, task: made_up(job, task, points={"p1-test": None, "p1-partly": 0.0}))
    with stock(course) as book:
        unknown, none = (book.find_grade(name, "p1", "ps1", "bob") for name in ("p1-test", "p1-partly"))
        assert (unknown.auto_score, unknown.needs_manual_grade) == (None, True)
        assert (none.auto_score, none.needs_manual_grade, none.failed_tests) == (0.0, False, True)


def test_a_submission_that_could_not_be_marked_has_no_points_and_waits_for_a_person(course):
    grade(course, graded=lambda job, task: Graded(job.student, problem="It is no notebook."))
    assert all("'auto_score': None" in row and "'needs_manual_grade': 1" in row for row in rows(course)["grade"])
    assert (course.root / "autograded/ann/ps1/data.csv").exists()


def test_a_notebook_that_was_not_handed_in_gets_no_points_until_it_is(tmp_path):
    course = make_course(tmp_path, ["p1", "p2"])
    hand_in(tmp_path, "ann", notebooks=["p1"])
    grade(course)
    missing = [row for row in rows(course)["grade"] if "notebook ps1/p2'" in row]
    assert len(missing) == 5
    assert all("'auto_score': 0.0" in row and "'needs_manual_grade': 0" in row for row in missing)
    hand_in(tmp_path, "ann", notebooks=["p1", "p2"])
    hand_in(tmp_path, "bob", notebooks=["p1", "p2"])
    grade(course)
    told = rows(course)["grade"]
    assert [row.replace("ann", "bob") for row in told if "ann" in row] == [row for row in told if "bob" in row]


def test_the_record_says_what_came_of_each_cell(course):
    assert known(course) == {}
    grade(course)
    found = known(course)
    assert list(found) == ["ann", "bob", "eve"] and list(known(course, ["bob"])) == ["bob"]
    [notebook] = found["ann"].notebooks
    assert [verdict.name for verdict in notebook.verdicts] == ["p1-test", "p1-partly", "p1-why", "p1-plot"]
    assert notebook.notebook == "", "the notebooks are files already"


def test_marks_and_files_are_written_together_or_not_at_all(course, monkeypatch):
    grade(course)
    before = rows(course), files(course.root / "autograded")
    task = course.task("ps1")

    def stopped(*_):
        raise KeyboardInterrupt

    for owner, name in ((autograded.Staged, "add"), (autograded.Staged, "publish"), (Autograde, "set_permissions")):
        with Gradebook(course, task) as gradebook, monkeypatch.context() as patched:
            job = next(gradebook.jobs(["ann"], print))
            patched.setattr(owner, name, stopped)
            with pytest.raises(KeyboardInterrupt):
                gradebook.put(made_up(job, task, points={}))
        assert before == (rows(course), files(course.root / "autograded")), name


def test_what_a_killed_grader_left_beside_the_folder_is_cleared_away(course):
    grade(course)
    before = files(course.root / "autograded")
    for place in autograded.beside(course.autograded("ps1", "ann")):
        place.mkdir()
        (place / "p1.ipynb").write_text("half")
    assert grade(course) == []
    assert files(course.root / "autograded") == before


def test_a_gradebook_that_others_are_writing_is_waited_for(course):
    grade(course)
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None, check_same_thread=False)
    other.execute("begin immediate")
    timer = threading.Timer(0.3, other.rollback)
    timer.start()
    assert grade(course, force=True) == ["ann", "bob", "eve"]
    timer.join()
    other.close()


def test_only_one_process_at_a_time_grades_an_assignment(course):
    with Gradebook(course, course.task("ps1")):
        with pytest.raises(Problem, match="ps1 is being graded here already"):
            grade(course)
    with pytest.raises(BlockingIOError), alone(course.masters("ps1")):
        raise BlockingIOError("something else that would have to wait")
    assert grade(course) == ["ann", "bob", "eve"]


def test_letters_that_no_file_can_keep_do_not_stop_the_grading(course, tmp_path):
    odd = "\ud800"

    def graded(job, task):
        plain = made_up(job, task)
        notebook = json.loads(plain.notebooks[0].notebook)
        notebook["cells"][2]["source"] += f"print('{odd}')"
        notebook["cells"][1]["metadata"]["nbgrader"] = [odd]
        marked = replace(plain.notebooks[0], notebook=json.dumps(notebook, ensure_ascii=False), notes=(odd,))
        return replace(plain, notebooks=(marked,))

    os.mkdir(os.fsencode(tmp_path) + b"/submitted/\xff")
    os.mkdir(os.fsencode(tmp_path) + b"/submitted/\xff/ps1")
    assert len(grade(course, force=True, graded=graded, only=["ann"])) == 1
    assert known(course)["ann"].notebooks[0].notes == (odd,)
    refused = []
    with Gradebook(course, course.task("ps1")) as gradebook:
        waiting = gradebook.todo(course.students("ps1"), force=True)
        assert [job.student for job in gradebook.jobs(waiting, refused.append)] == ["ann", "bob", "eve"]
    assert "rename it" in refused[0].problem


def test_cells_that_have_marks_are_never_taken_away(course, tmp_path):
    grade(course)
    before = rows(course)
    changed = master("p1-")
    del changed.cells[4]
    changed.cells[3].metadata.nbgrader["grade_id"] = "p1-renamed"
    nbformat.write(changed, tmp_path / "source/ps1/p1.ipynb")
    with pytest.raises(Problem, match=r"now without p1-partly of p1, p1-test of p1 and with p1-renamed of p1: marks"):
        grade(course)
    assert rows(course) == before


def test_cells_without_marks_follow_the_instructors_notebook(course, tmp_path):
    with Gradebook(course, course.task("ps1")):
        pass
    changed = master("p1-")
    del changed.cells[4]
    nbformat.write(changed, tmp_path / "source/ps1/p2.ipynb")
    (tmp_path / "source/ps1/p1.ipynb").unlink()
    with Gradebook(course, course.task("ps1")), stock(course) as book:
        [notebook] = book.find_assignment("ps1").notebooks
        assert (notebook.name, notebook.max_score) == ("p2", 12)
    assert len(rows(course)["source_cell"]) == 6


def test_what_nbgrader_has_generated_is_left_as_it_is(course, monkeypatch):
    nbgrader(course.root, "generate_assignment ps1")
    monkeypatch.delattr(SaveCells, "preprocess")
    grade(course)


def test_a_notebook_that_nbgrader_would_not_release_is_named(course, tmp_path):
    wrong = master("p1-")
    wrong.cells[3].metadata.nbgrader["grade_id"] = wrong.cells[4].metadata.nbgrader["grade_id"]
    nbformat.write(wrong, tmp_path / "source/ps1/p1.ipynb")
    with pytest.raises(Problem, match=r"p1.ipynb of ps1 cannot be released: .*p1-partly"):
        grade(course)


def test_the_settings_on_students_and_notebooks_are_kept_to(tmp_path):
    course = make_course(tmp_path, ["p1", "p2"])
    for student in ("ann", "bob"):
        hand_in(tmp_path, student, notebooks=["p1", "p2"], files={"own.py": b"mine", "data.csv": b"mine"})
    grade(course)
    both = files(tmp_path / "autograded")
    (tmp_path / "source/ps1/own.py").write_text("given")
    settings = "c.CourseDirectory.notebook_id = 'p2'\nc.Autograde.exclude_overwriting = {'ps1': ['data.csv']}\n"
    (tmp_path / "nbgrader_config.py").write_text(CONFIG + settings + "c.Autograde.permissions = 640\n")
    assert grade(CourseFolder(tmp_path)) == ["ann", "bob"]
    place = tmp_path / "autograded/ann/ps1"
    assert (place / "p1.ipynb").read_bytes() == both["ann/ps1/p1.ipynb"][1]
    assert [(place / name).read_bytes() for name in ("own.py", "data.csv")] == [b"given", b"mine"]
    assert (place / "p2.ipynb").stat().st_mode & 0o777 == 0o640
    (tmp_path / "nbgrader_config.py").write_text(CONFIG + "c.Autograde.create_student = False\n")
    hand_in(tmp_path, "new")
    with pytest.raises(Problem, match="The gradebook has no new: run `nbgrader db student add new`"):
        grade(CourseFolder(tmp_path), only=["new"])


def test_a_plugin_for_late_submissions_that_fails_is_named(tmp_path):
    plugin = """
from nbgrader.plugins import LateSubmissionPlugin
class Broken(LateSubmissionPlugin):
    def late_submission_penalty(self, *_):
        return score / 2
c.AssignLatePenalties.plugin_class = Broken
"""
    course = make_course(tmp_path, config=CONFIG + plugin)
    hand_in(tmp_path, "ann")
    with stock(course) as book:
        book.add_assignment("ps1", duedate="2025-01-01")
    with pytest.raises(Problem, match="late submissions in nbgrader_config.py failed: name 'score' is not defined"):
        grade(course)


@pytest.mark.parametrize(("address", "sentence"), [
    ("sqlite:////nowhere/gradebook.db", r"cannot be in /nowhere: there is no such folder"),
    ("sqlite:///nbgrader_config.py", r"file is not a database"),
    ("oracle+nothing://x", r"cannot be opened.*oracle"),
    ("postgresql+psycopg2://me:secret@localhost:1/x", r"psycopg2|refused"),
])  # fmt: skip
def test_a_gradebook_that_cannot_be_opened_is_one_sentence_without_the_password(tmp_path, address, sentence):
    course = make_course(tmp_path, config=f"{CONFIG}c.CourseDirectory.db_url = {address!r}\n")
    with pytest.raises(Problem, match=sentence) as told:
        Gradebook(course, course.task("ps1"))
    assert "secret" not in str(told.value) and "\n" not in str(told.value)
    assert re.search(r"[.]$", str(told.value))
