"""Progress survives damage, read-only folders and a kill, and is not kept where it should not be."""

import json
import os
import sys

import pytest

from minigrad.course import progress_file
from minigrad.course.beliefs import BELIEFS
from minigrad.course.exercise import registry
from minigrad.course.lesson import recall
from minigrad.course.progress_file import (
    NAME,
    Entry,
    forget,
    held_before,
    load,
    note_check,
    note_hint,
    place,
    rows,
    start,
)


@pytest.fixture(autouse=True)
def nothing_unsaved():
    progress_file._unsaved.clear()
    yield
    progress_file._unsaved.clear()
    progress_file._damaged.clear()


def test_the_best_result_is_kept(tmp_path):
    note_check("01.1", 2, True)
    note_check("01.1", 0.5, True)
    assert load() == {"01.1": Entry(best=2, last=0.5, tries=2, turn=2)}
    assert json.loads((tmp_path / NAME).read_text())["version"] == 1


def test_the_nearest_folder_that_has_the_file_is_used(tmp_path, monkeypatch):
    monkeypatch.delenv("MINIGRAD_PROGRESS")
    below = tmp_path / "exercises" / "01_topic"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert place() == below / NAME
    start(tmp_path)
    assert place() == tmp_path / NAME
    note_hint("01.1")
    start(tmp_path)
    assert load()["01.1"].hints == 1 and not (below / NAME).exists()


@pytest.mark.parametrize("name, value", [("MINIGRAD_PROGRESS", "off"), ("NBGRADER_EXECUTION", "autograde")])
def test_nothing_is_kept_when_off_or_when_nbgrader_runs(name, value, monkeypatch, tmp_path):
    monkeypatch.setenv(name, value)
    note_check("01.1", 2, True)
    assert place() is None and os.listdir(tmp_path) == []


def test_hints_go_on_where_nothing_can_be_kept(monkeypatch):
    monkeypatch.setenv("MINIGRAD_PROGRESS", "off")
    assert [note_hint("01.1"), note_hint("01.1")] == [1, 2]


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe\x00", b"[]", b'{"exercises": 3}', b'{"exercises": {"a": 1}}'])
def test_a_damaged_file_is_set_aside(damage, tmp_path):
    (tmp_path / NAME).write_bytes(damage)
    assert load() == {}
    assert (tmp_path / f"{NAME}.damaged-1").read_bytes() == damage
    note_check("01.1", 1, True)
    assert load()["01.1"].best == 1


def test_what_is_forgotten_was_not_attempted(tmp_path):
    note_check("01.1", 2, True)
    note_check("01.2", 1, True)
    assert forget("01.1") and list(load()) == ["01.2"]
    assert not forget("01.1")
    note_check("01.1", 0, False)
    assert not forget("01.1")


def test_wrong_numbers_count_as_nothing(tmp_path):
    entry = {"best": "3", "last": -1, "tries": True, "hints": 1e999}
    (tmp_path / NAME).write_text(json.dumps({"exercises": {"01.1": entry}}))
    assert load() == {"01.1": Entry()}


def test_a_folder_that_cannot_be_written_is_no_obstacle(monkeypatch, tmp_path):
    monkeypatch.setenv("MINIGRAD_PROGRESS", str(tmp_path / "nowhere"))
    note_check("01.1", 1, True)
    assert load()["01.1"].best == 1


def test_a_write_that_fails_leaves_the_old_file_and_no_other(monkeypatch, tmp_path):
    note_check("01.1", 1, True)

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr(progress_file.os, "replace", full)
    note_check("01.1", 2, True)
    assert os.listdir(tmp_path) == [NAME]
    assert json.loads((tmp_path / NAME).read_text())["exercises"]["01.1"]["best"] == 1
    assert load()["01.1"].best == 2


@pytest.mark.skipif(sys.platform == "win32", reason="names files that Windows cannot have")
def test_a_folder_in_place_of_the_file_is_no_obstacle(tmp_path):
    (tmp_path / NAME).mkdir()
    note_check("01.1", 1, True)
    assert load()["01.1"].best == 1


def test_the_table_has_a_row_for_each_exercise(slope):
    assert [(row.id, row.state) for row in rows()] == [("99.1", "not attempted")]
    note_check("99.1", 1, True)
    assert rows()[0].state == "begun" and rows()[0].points == 1
    note_check("99.1", 30, True)
    assert rows()[0].state == "solved" and rows()[0].points == 3


# Where to go on, and what to look back at


def following():
    exercise = progress_file.next_exercise()
    return exercise and exercise.id


def test_a_beginner_begins_at_the_beginning():
    assert following() == next(iter(registry()))


def test_one_goes_on_at_the_exercise_checked_last_until_it_is_solved():
    first, second, third, *_ = registry().values()
    note_check(second.id, 1, True)
    assert following() == second.id
    note_check(second.id, second.points, True)
    assert following() == third.id
    note_check(first.id, 0, True)
    assert following() == first.id


def test_after_the_last_exercise_come_those_that_were_left_out():
    exercises = list(registry().values())
    for exercise in exercises[1:]:
        note_check(exercise.id, exercise.points, True)
    assert following() == exercises[0].id
    note_check(exercises[0].id, exercises[0].points, True)
    assert following() is None


def test_beliefs_come_back_in_later_lessons_the_latest_first():
    note_check("01.1", 0, True, held="grad-starts-at-zero")
    note_check("01.2", 0, True, held="flag-computes-now")
    note_check("01.3", 0, True, held="grad-starts-at-zero")
    note_check("01.4", 1, True)
    assert held_before("02") == [("01.3", "grad-starts-at-zero"), ("01.2", "flag-computes-now")]
    assert held_before("01") == []


def test_a_belief_in_the_file_that_is_no_text_is_left_out(tmp_path):
    note_check("01.1", 0, True, held="flag-computes-now")
    text = (tmp_path / NAME).read_text()
    (tmp_path / NAME).write_text(text.replace('"flag-computes-now"', '"flag-computes-now", 7, null'))
    assert load()["01.1"].held == ("flag-computes-now",)


def test_recall_shows_the_latest_belief_and_nothing_where_there_is_none(capsys):
    recall("02")
    assert capsys.readouterr().out == ""
    note_check("01.1", 0, True, held="no-belief-of-this-edition")
    note_check("01.2", 0, True, held="flag-computes-now")
    recall("02")
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "Looking back at exercise 01.2" and BELIEFS["flag-computes-now"].words in shown[1]
    assert shown[2] == BELIEFS["flag-computes-now"].why
