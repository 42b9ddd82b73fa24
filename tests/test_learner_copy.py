"""The learner's copy: what was changed is never touched, what was not is kept up to date."""

import json

import pytest

from minigrad.course.learner_copy import back_up, changed, fingerprint, readable, update_copy
from minigrad.course.reset import restore

LESSON = "notebooks/01_topic.ipynb"


def notebook(*sources, outputs=()):
    return {
        "cells": [
            {"cell_type": "code", "source": source, "outputs": list(outputs), "execution_count": 1, "metadata": {}}
            for source in sources
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def course(tmp_path):
    write(tmp_path / "course" / LESSON, notebook("x = 1", outputs=[{"output_type": "stream", "text": "the answer"}]))
    write(tmp_path / "course" / "exercises/01_topic/01_topic.ipynb", notebook("flags = ..."))
    (tmp_path / "course" / "notebooks/01_topic.py").write_text("# %%\nx = 1")
    return tmp_path / "course"


@pytest.fixture
def copy(tmp_path, course):
    update_copy(tmp_path / "copy", course)
    return tmp_path / "copy"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def everything(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_copy_holds_the_notebooks_and_nothing_else(copy):
    assert sorted(everything(copy)) == ["exercises/01_topic/01_topic.ipynb", LESSON]


def test_a_prediction_is_not_answered_on_the_page(copy):
    assert "the answer" not in (copy / LESSON).read_text(encoding="utf-8")


def test_a_second_time_changes_no_byte(copy, course):
    before = everything(copy)
    update = update_copy(copy, course)
    assert everything(copy) == before
    assert not update.made and not update.updated and not update.beside


def test_an_untouched_file_is_brought_up_to_date(copy, course):
    write(course / LESSON, notebook("x = 2"))
    update = update_copy(copy, course)
    assert [name.as_posix() for name in update.updated] == [LESSON]
    assert "x = 2" in (copy / LESSON).read_text(encoding="utf-8")


def test_running_a_notebook_does_not_count_as_changing_it(copy, course):
    edit(copy / LESSON, '"outputs": []', '"outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]')
    write(course / LESSON, notebook("x = 2"))
    assert update_copy(copy, course).updated


def test_outputs_stay_while_there_is_nothing_newer(copy, course):
    edit(copy / LESSON, '"outputs": []', '"outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]')
    before = everything(copy)
    update_copy(copy, course)
    assert everything(copy) == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: edit(path, "x = 1", "x = 1  # mine"),
        lambda path: path.write_text("not a notebook"),
        lambda path: path.write_text("[]"),
        lambda path: edit(path, '"minigrad"', '"other"'),
        lambda path: edit(path, '"source"', '"sauce"'),
    ],
    ids=["changed", "not json", "not a notebook", "mark lost", "broken"],
)
def test_what_may_be_work_is_not_touched_and_the_newer_version_lies_beside_it(copy, course, damage):
    damage(copy / LESSON)
    mine = (copy / LESSON).read_bytes()
    write(course / LESSON, notebook("x = 2"))
    update = update_copy(copy, course)
    assert (copy / LESSON).read_bytes() == mine
    damaged = [beside for name, beside in update.damaged if name.as_posix() == LESSON]
    assert [name.as_posix() for name in update.beside + damaged] == ["notebooks/01_topic.newer.ipynb"]
    assert bool(damaged) != readable(copy / LESSON)
    assert "x = 2" in (copy / "notebooks/01_topic.newer.ipynb").read_text(encoding="utf-8")


def test_changed_work_gets_nothing_beside_it_while_there_is_nothing_newer(copy, course):
    edit(copy / LESSON, "x = 1", "x = 1  # mine")
    before = everything(copy)
    update_copy(copy, course)
    assert everything(copy) == before


def test_the_newer_version_is_put_there_once_and_kept_up_to_date(copy, course):
    edit(copy / LESSON, "x = 1", "x = 1  # mine")
    write(course / LESSON, notebook("x = 2"))
    update_copy(copy, course)
    assert not update_copy(copy, course).beside
    write(course / LESSON, notebook("x = 3"))
    update_copy(copy, course)
    assert "x = 3" in (copy / "notebooks/01_topic.newer.ipynb").read_text(encoding="utf-8")


def test_work_in_the_newer_version_is_not_touched_either(copy, course):
    edit(copy / LESSON, "x = 1", "x = 1  # mine")
    write(course / LESSON, notebook("x = 2"))
    update_copy(copy, course)
    newer = copy / "notebooks/01_topic.newer.ipynb"
    edit(newer, "x = 2", "x = 2  # mine too")
    mine = newer.read_bytes()
    write(course / LESSON, notebook("x = 3"))
    update_copy(copy, course)
    assert newer.read_bytes() == mine
    assert "x = 3" in (copy / "notebooks/01_topic.newer-2.ipynb").read_text(encoding="utf-8")


def test_saving_in_another_program_is_not_a_change(copy):
    content = json.loads((copy / LESSON).read_text(encoding="utf-8"))
    content["cells"][0]["source"] = ["x = 1"]
    (copy / LESSON).write_text(json.dumps(content, indent=4), encoding="utf-8-sig")
    assert not changed(copy / LESSON)


def test_moving_a_line_from_one_cell_to_the_next_is_a_change():
    assert fingerprint(notebook("a\nb", "c")) != fingerprint(notebook("a", "b\nc"))


def test_backups_do_not_overwrite_each_other(copy):
    names = [back_up(copy / LESSON).name for _ in range(3)]
    assert names == ["01_topic.backup.ipynb", "01_topic.backup-2.ipynb", "01_topic.backup-3.ipynb"]


class TestRestoringOneExercise:
    class exercise:
        cell_prefix = "ex-01-2-"

    def cells(self, *names):
        made = notebook(*names)
        for cell, name in zip(made["cells"], names, strict=True):
            grade_id = name.split("=")[0]
            cell["metadata"] = {"nbgrader": {"grade_id": grade_id}} if grade_id.startswith("ex") else {}
        return made

    def restored(self, *names):
        mine = self.cells(*names)
        shipped = self.cells("ex-01-1-answer", "ex-01-2-text", "ex-01-2-answer", "ex-01-2-check", "ex-01-3-answer")
        restore(mine, shipped, self.exercise)
        return [cell["source"] for cell in mine["cells"]]

    fresh = ["ex-01-2-text", "ex-01-2-answer", "ex-01-2-check"]

    def test_only_its_cells_change(self):
        assert self.restored(
            "ex-01-1-answer=1", "ex-01-2-text", "ex-01-2-answer=2", "note", "ex-01-2-check", "ex-01-3-answer=3"
        ) == ["ex-01-1-answer=1", *self.fresh[:2], "note", self.fresh[2], "ex-01-3-answer=3"]

    def test_deleted_cells_come_back_in_their_place(self):
        assert self.restored("ex-01-1-answer=1", "ex-01-2-check", "ex-01-3-answer=3") == [
            "ex-01-1-answer=1", *self.fresh, "ex-01-3-answer=3"
        ]
        assert self.restored("note", "ex-01-1-answer=1", "ex-01-3-answer=3") == [
            "note", "ex-01-1-answer=1", *self.fresh, "ex-01-3-answer=3"
        ]

    def test_copies_of_a_cell_go(self):
        assert self.restored(
            "ex-01-1-answer=1", "ex-01-2-text", "ex-01-2-answer=2", "ex-01-2-answer=2b", "ex-01-2-check"
        ) == ["ex-01-1-answer=1", *self.fresh]

    def test_the_setup_cell_comes_back_but_is_not_replaced(self):
        for mine, whole in (["note"], ["ex-01-setup", "note"]), (["ex-01-setup=mine"], ["ex-01-setup=mine"]):
            made = self.cells(*mine)
            restore(made, self.cells("ex-01-setup", "ex-01-2-answer"), self.exercise)
            sources = [cell["source"] for cell in made["cells"]]
            assert [source for source in sources if source != "ex-01-2-answer"] == whole
