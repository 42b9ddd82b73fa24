"""Feedback lies where nbgrader looks for it, says what the gradebook says, and no student's trouble is another's."""

import json
import os
import shutil
import stat

import nbformat
import pytest
from a_class import CANARY, course, hand_in, opened, put
from commands import runner
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader import api
from nbgrader.api import Comment
from sqlalchemy import update

from minigrad.command.feedback import feedback, way_out
from minigrad.grading.feedback import Before, problem_of, shown_before

run = runner(feedback)


@pytest.fixture(scope="module")
def whole_class(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    course(folder)
    hand_in(folder, "ada", manual={"essay": 4.5}, comment="Well **put**, ada.")
    hand_in(folder, "bob", auto=(0.0, 1.0, None), penalty=0.5, text="bob was here",
            notes=["Cell 2 was stopped after 30 seconds."])  # fmt: skip
    return folder


@pytest.fixture
def folder(whole_class, tmp_path, monkeypatch):
    shutil.copytree(whole_class, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def page(folder, student):
    return (folder / "feedback" / student / "ps1" / "p1.html").read_text(encoding="utf-8")


def test_every_student_gets_a_page_where_nbgrader_looks_for_it(folder):
    assert run("ps1") == (0, "ps1: feedback for 2 students, 2 of it new. "
                             "The pages: feedback/STUDENT/ps1/*.html "
                             "Hand them out with `nbgrader release_feedback ps1`.")  # fmt: skip
    for student in ("ada", "bob"):
        there = folder / "feedback" / student / "ps1"
        assert {path.name for path in there.iterdir()} == {"p1.html", "timestamp.txt", "submission_secret.txt"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in there.iterdir()} == {0o644}
        assert CANARY not in page(folder, student)
    assert "all is well" in page(folder, "ada") and "bob was here" not in page(folder, "ada")


def test_a_page_has_what_people_have_decided_and_what_the_grader_found(folder):
    run("ps1")
    assert "p1: 9.5 of 10 points" in page(folder, "ada") and "Well <strong>put</strong>, ada." in page(folder, "ada")
    bob = page(folder, "bob")
    assert "p1: 0.5 of 5 points so far" in bob and "5 more are not marked yet." in bob
    assert "Handed in late" in bob and "not marked yet" in bob
    assert "It is not right yet." in bob and "Cell 2 was stopped after 30 seconds." in bob


@pytest.mark.filterwarnings("ignore")  # nbgrader leaves files open
def test_nbgrader_hands_out_what_we_wrote(folder, tmp_path_factory):
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    run("ps1")
    exchange = tmp_path_factory.mktemp("exchange")
    exchange.chmod(0o777)
    settings = Config({"Exchange": {"root": str(exchange)}, "CourseDirectory": {"course_id": "numbers"}})
    done = NbGraderAPI(config=settings).release_feedback("ps1")
    assert done["success"], done["log"]
    handed_out = sorted((exchange / "numbers" / "feedback").iterdir())
    assert sorted(path.read_text() for path in handed_out) == sorted(page(folder, name) for name in ("ada", "bob"))


@pytest.mark.filterwarnings("ignore")  # nbgrader leaves files open
def test_nbgraders_way_to_hand_out_is_told_only_where_it_works(folder, tmp_path_factory):
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    hand_in(folder, "zoe")
    (folder / "autograded/bob/ps1/submission_secret.txt").unlink()
    (folder / "autograded/zoe/ps1/timestamp.txt").unlink()
    said = run("ps1")[1]
    option = "--CourseDirectory.student_id_exclude=bob,zoe"
    assert f"Hand them out with `nbgrader release_feedback ps1 {option}`; in your own way to bob, zoe, whose" in said
    exchange = tmp_path_factory.mktemp("exchange")
    exchange.chmod(0o777)
    course = {"course_id": "numbers", "student_id_exclude": "bob,zoe"}
    settings = Config({"Exchange": {"root": str(exchange)}, "CourseDirectory": course})
    assert NbGraderAPI(config=settings).release_feedback("ps1")["success"]
    (folder / "autograded/ada/ps1/timestamp.txt").unlink()
    assert "Hand them out in your own way" in (said := run("ps1")[1]) and "release_feedback" not in said


def test_who_gets_pages_in_which_way():
    assert way_out("release", ["a", "b"], [], ["c"]) == "Hand them out with `release`."
    assert "student_id_exclude=c,b`; in your own way to b, whose" in way_out("release", ["a", "b"], ["b"], ["c"])
    assert "release --student ID`; in your own way to 1 student" in way_out("release", ["a", "b,c"], ["b,c"], [])


def test_an_answer_that_was_left_as_it_was_and_a_limit_are_told_in_words_for_the_student(folder):
    hand_in(folder, "eve", notes=["It filled the disk."])
    with opened(folder) as book:
        book.execute(update(Comment.__table__).where(Comment.id == "eve").values(auto_comment="No response."))
    run("ps1")
    text = page(folder, "eve")
    assert "<p>Your notebook filled the disk.</p>" in text
    assert "It was left as it was given out." in text and "No response." not in text


def test_each_page_of_an_assignment_with_several_notebooks_has_their_sum(folder):
    with opened(folder) as book:
        put(book, api.Notebook, id="p2", name="p2", assignment_id="ps1")
        put(book, api.BaseCell, id="mean2", name="test-mean", notebook_id="p2", type="GradeCell")
        put(book, api.GradeCell, id="mean2", max_score=7, cell_type="code")
        put(book, api.SubmittedNotebook, id="ada2", assignment_id="ada", notebook_id="p2")
        put(book, api.Grade, id="ada2", notebook_id="ada2", cell_id="mean2", auto_score=6.0, needs_manual_grade=False)
    shutil.copyfile(folder / "autograded/ada/ps1/p1.ipynb", folder / "autograded/ada/ps1/p2.ipynb")
    run("ps1")
    assert 'ps1: 15.5 of 17 points, in its notebooks p1 (9.5 of 10), <a href="./p2.html">' in page(folder, "ada")
    assert "p2: 6 of 7 points" in (folder / "feedback/ada/ps1/p2.html").read_text(encoding="utf-8")
    assert "in its notebooks" not in page(folder, "bob")


def test_a_student_is_told_why_a_notebook_could_not_be_read_but_not_what_concerns_others(folder):
    (folder / "autograded/ada/ps1/p1.ipynb").unlink()
    hand_in(folder, "eve", (None, None, None), problem="p1.ipynb: The file ends in the middle.")
    (folder / "autograded/eve/ps1/p1.ipynb").unlink()
    run("ps1")
    assert "<p>The file ends in the middle.</p>" in page(folder, "eve") and "going to look at it" in page(folder, "eve")
    problem = "a.ipynb: One: two. b a.ipynb: Three. a.ipynb: Four."
    assert problem_of("a", ["a", "b a"], problem) == ["One: two.", "Four."]
    assert problem_of("a", ["a"], "The folder is a link to another submission, bob/ps1.") == []


def test_what_has_not_changed_is_not_written_again_unless_it_is_to_be(folder):
    run("ps1")
    path = folder / "feedback/ada/ps1/p1.html"
    os.utime(path, (1, 1))
    assert "feedback for 2 students, 0 of it new." in run("ps1")[1] and path.stat().st_mtime == 1
    assert "feedback for 1 student, 1 of it new." in run("ps1", "--student", "ada", "--force")[1]
    assert path.stat().st_mtime > 1


def test_a_later_comment_makes_that_page_new(folder):
    run("ps1")
    with opened(folder) as book:
        book.execute(update(Comment.__table__).where(Comment.id == "bob").values(manual_comment="Look again."))
    assert "feedback for 2 students, 1 of it new." in run("ps1")[1]
    assert "Look again." in page(folder, "bob")


def test_a_damaged_notebook_is_named_and_stops_nobody_else(folder):
    (folder / "autograded/ada/ps1/p1.ipynb").write_text(json.dumps({"cells": 3}))
    code, said = run("ps1")
    assert code == 1 and "ada/ps1/p1.ipynb cannot be read as a notebook: grade this submission again" in said
    assert "feedback for 1 student, 1 of it new." in said and not (folder / "feedback/ada").exists()
    shutil.rmtree(folder / "autograded/ada")
    assert "grade this submission again, with --force." in run("ps1", "--student", "ada")[1]


def test_half_a_letter_in_an_error_of_a_students_stops_nobody(folder):
    hand_in(folder, "eve", auto=(2.0, 0.0, None), reason="ValueError: \ud800")
    assert run("ps1")[0] == run("ps1")[0] == 0
    assert "ValueError: ?" in page(folder, "eve")


def test_a_notebook_that_was_not_there_to_be_marked_has_a_page_that_says_so(folder):
    (folder / "autograded/ada/ps1/p1.ipynb").unlink()
    assert run("ps1", "--student", "ada")[0] == 0
    text = page(folder, "ada")
    assert "This notebook was not handed in, or cannot be read." in text and "p1: 9.5 of 10 points" in text
    assert text.count("<tr>") == 1 + 3 + 1 and "<section" not in text


def test_a_page_of_a_notebook_that_is_no_more_is_taken_away(folder):
    run("ps1")
    (folder / "feedback/ada/ps1/p0.html").write_text("old")
    run("ps1")
    assert not (folder / "feedback/ada/ps1/p0.html").exists()


def test_a_notebook_of_more_values_than_memory_can_take_is_not_looked_at(monkeypatch, tmp_path):
    output = new_output("stream", text="a, b")
    nbformat.write(new_notebook(cells=[new_code_cell(outputs=[output])]), tmp_path / "p1.ipynb")
    before = shown_before(tmp_path)
    assert before.texts == {"a, b"} and before.cells == {"": [output]}
    monkeypatch.setattr("minigrad.grading.feedback.MOST_VALUES", 10)
    assert shown_before(tmp_path) == Before()


def test_of_what_was_handed_in_no_more_is_shown_than_a_page_can_hold():
    large, small = (new_code_cell(source, outputs=[new_output("stream", text=99 * source)]) for source in ("xx", "y"))
    before = Before(left=250)
    before.add(new_notebook(cells=[large, small]))
    assert list(before.cells) == ["y"]


@pytest.mark.parametrize("arguments, said", [
    (["ps2"], "The gradebook knows no assignment ps2 yet: run `minigrad grade ps2` first."),
    (["ps1", "--student", "eve"], "eve has no marks for ps1 yet: run `minigrad grade ps1 --student eve` first."),
])  # fmt: skip
def test_what_is_not_there_is_said_in_one_sentence(folder, arguments, said):
    assert run(*arguments) == (1, f"Error: {said}")


def test_without_a_gradebook_none_is_made(folder):
    (folder / "gradebook.db").unlink()
    assert run("ps1") == (1, "Error: The gradebook knows no assignment ps1 yet: run `minigrad grade ps1` first.")
    assert not (folder / "gradebook.db").exists()


def test_a_student_that_the_settings_leave_out_gets_none(folder):
    with open(folder / "nbgrader_config.py", "a") as settings:
        settings.write('c.CourseDirectory.student_id_exclude = "bob"\nc.CourseDirectory.feedback_directory = "back"\n')
    run("ps1")
    assert [path.name for path in (folder / "back").iterdir()] == ["ada"]


def test_whom_the_pages_are_shared_with_is_as_the_settings_say(folder):
    with open(folder / "nbgrader_config.py", "a") as settings:
        settings.write("c.CourseDirectory.groupshared = True\n")
    run("ps1")
    assert stat.S_IMODE((folder / "feedback/ada/ps1/p1.html").stat().st_mode) == 0o664


def test_other_delimiters_of_hidden_tests_are_honoured(folder):
    path = folder / "autograded/ada/ps1/p1.ipynb"
    path.write_text(path.read_text().replace("HIDDEN TESTS", "SECRETS"))
    with open(folder / "nbgrader_config.py", "a") as settings:
        settings.write('c.ClearHiddenTests.begin_test_delimeter = "BEGIN SECRETS"\n'
                       'c.ClearHiddenTests.end_test_delimeter = "END SECRETS"\n')  # fmt: skip
    run("ps1")
    assert CANARY not in page(folder, "ada") and "SECRETS" not in page(folder, "ada")
