"""Which file is which notebook, whatever students, browsers and operating systems call it."""

import json
from copy import deepcopy

import pytest
from an_assignment import ASSIGNMENT, MASTER, name_of, new, released, solved
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_notebook
from test_submission_cells import forgetful

from minigrad.grading.released import squeezed
from minigrad.grading.repair import Unreadable
from minigrad.grading.which_notebook import find_notebooks
from minigrad.grading.worker import NOT_HANDED_IN, missing

DATA = json.dumps(solved()).encode()
OTHER = json.dumps(new_notebook(cells=[new_code_cell("1")])).encode()
ONE = {"problem1": MASTER}
TWO = {"problem1": MASTER, "problem2": new_notebook(cells=[new_code_cell("x = 1"), new_code_cell("y = 2")])}


def paths(files, masters=ONE):
    return find_notebooks(dict.fromkeys(files, DATA) if not isinstance(files, dict) else files, masters).paths


RENAMED = ["problem1 (1).ipynb", "problem1(2).ipynb", "Problem1.ipynb", "PROBLEM1.IPYNB", "problem1-Copy1.ipynb",
           "problem1 copy.ipynb", "Copy of problem1.ipynb", "problem1 - Copy (2).ipynb", "problem_1.ipynb",
           "problem1.ipynb.txt", "problem1.ipynb.json", "problem1_final.ipynb", "ps1/problem1.ipynb",
           "ada_lovelace_problem1.ipynb", "problem1-ada.lovelace.ipynb", "PS1 problem1 Ada.ipynb"]  # fmt: skip


@pytest.mark.parametrize("path", RENAMED)
def test_a_notebook_is_found_under_the_name(path):
    found = find_notebooks({path: DATA, "data.csv": b"1", "notes.txt": b"problem1"}, TWO)
    assert found.paths == {"problem1": path}
    assert found.notes == {"problem1": (f"problem1.ipynb was not handed in: {path} was taken for it.",)}


def test_the_exact_name_comes_first_and_copies_are_named():
    found = find_notebooks({"problem1 (1).ipynb": DATA, "problem1.ipynb": DATA, "Problem1.ipynb": DATA}, ONE)
    assert found.paths == {"problem1": "problem1.ipynb"}
    told = "Of several copies problem1.ipynb was graded, not Problem1.ipynb, problem1 (1).ipynb."
    assert found.notes == {"problem1": (told,)}
    assert find_notebooks({"problem1.ipynb": DATA, "other.ipynb": OTHER}, ONE).notes == {}


def test_a_copy_takes_the_place_of_a_file_that_cannot_be_read():
    found = find_notebooks({"problem1.ipynb": b"", "problem1 (1).ipynb": DATA, "problem1 (2).ipynb": b"{"}, ONE)
    assert found.paths == {"problem1": "problem1 (1).ipynb"}
    assert paths({"problem1.ipynb": b"", "problem1 (2).ipynb": b"{"}) == {"problem1": "problem1.ipynb"}


def test_of_several_copies_the_last_is_taken():
    assert paths(["problem1 (9).ipynb", "problem1 (10).ipynb"]) == {"problem1": "problem1 (10).ipynb"}


def with_header(notebook):
    return json.dumps(notebook | {"cells": [new("# The course", "markdown"), *notebook["cells"]]}).encode()


GIVEN = {"problem1": {name_of(cell) or cell["source"]: squeezed(cell["source"]) for cell in released()["cells"]}}
BLANK = with_header(released())
FIRST = with_header(json.loads(DATA.replace(b"3 * 4", b"6 * 2")))
NAMELESS = json.dumps(forgetful(released())).encode()


@pytest.mark.parametrize("files, taken, is_guess", [
    ({"problem1-Copy1.ipynb": DATA, "problem1-Copy2.ipynb": BLANK}, "problem1-Copy1.ipynb", False),
    ({"problem1.ipynb": BLANK, "problem1-Copy1.ipynb": DATA}, "problem1-Copy1.ipynb", False),
    ({"problem1.ipynb": FIRST, "problem1-Copy1.ipynb": DATA}, "problem1.ipynb", False),
    ({"problem1 (1).ipynb": FIRST, "problem1 (2).ipynb": DATA, "problem1 (3).ipynb": b"{"}, "problem1 (2).ipynb", True),
    ({"problem1.ipynb": b"{", "problem1 (1).ipynb": FIRST, "problem1 (2).ipynb": DATA}, "problem1 (2).ipynb", True),
    ({"problem1 (1).ipynb": DATA, "problem1 (2).ipynb": NAMELESS}, "problem1 (1).ipynb", False),
    ({"problem1 (1).ipynb": BLANK, "problem1 (2).ipynb": BLANK}, "problem1 (2).ipynb", False),
])  # fmt: skip
def test_of_several_copies_one_with_answers_is_taken(files, taken, is_guess):
    found = find_notebooks(files, ONE, GIVEN)
    assert found.paths == {"problem1": taken}
    assert all(path in found.notes["problem1"][0] for path in files)
    assert ("problem1" in found.doubts) == is_guess
    if is_guess:
        assert found.doubts["problem1"].startswith("problem1 (1).ipynb, problem1 (2).ipynb hold different answers")


@pytest.mark.parametrize("path", [
    ".ipynb_checkpoints/problem1.ipynb", "problem1-checkpoint.ipynb", "a/.ipynb_checkpoints/problem1-checkpoint.ipynb",
    "__MACOSX/problem1.ipynb", "._problem1.ipynb", ".Trash/problem1.ipynb"])  # fmt: skip
def test_copies_that_programs_make_for_themselves_are_not_handed_in(path):
    assert paths([path]) == {}


def test_a_name_within_another_is_not_taken_for_it():
    masters = {"problem1": MASTER, "problem1 extra": new_notebook()}
    assert paths(["ada problem1 extra.ipynb", "ada problem1.ipynb"], masters) == {
        "problem1": "ada problem1.ipynb", "problem1 extra": "ada problem1 extra.ipynb"}  # fmt: skip
    assert paths({"problem10.ipynb": OTHER}, TWO) == {}


@pytest.mark.parametrize("path", ["problem1", "problem1.json", "problem1.ipynb.download", "ada.txt"])
def test_a_notebook_is_known_whatever_its_name_ends_with(path):
    for data in (DATA, b"\xef\xbb\xbf\r\n" + DATA):
        assert paths({path: data, "rows.json": b'{"cells": 3}', "data.csv": b"1"}) == {"problem1": path}


def test_each_of_two_renamed_notebooks_is_found():
    found = paths(["Problem2.ipynb", "Problem1.ipynb"], TWO)
    assert found == {"problem1": "Problem1.ipynb", "problem2": "Problem2.ipynb"}


def test_a_notebook_with_a_name_of_its_own_is_known_by_what_is_in_it():
    lost = json.dumps(forgetful(deepcopy(solved()))).encode()
    for data in (DATA, lost, b"\xef\xbb\xbf" + DATA):
        assert paths({"Untitled.ipynb": OTHER, "homework.ipynb": data}, TWO) == {"problem1": "homework.ipynb"}


def test_notebooks_that_have_each_others_names_are_known_by_what_is_in_them():
    second = json.dumps(TWO["problem2"]).encode()
    found = find_notebooks({"problem1.ipynb": second, "problem2.ipynb": DATA}, TWO)
    assert found.paths == {"problem1": "problem2.ipynb", "problem2": "problem1.ipynb"}
    assert found.notes["problem1"] == ("problem2.ipynb holds the notebook problem1, and was graded as that.",)
    assert paths({"problem2.ipynb": DATA}, TWO) == {"problem1": "problem2.ipynb"}
    for named in ({"problem1.ipynb": DATA, "problem2.ipynb": second}, {"problem1.ipynb": DATA, "problem2.ipynb": DATA}):
        found = find_notebooks(named, TWO)
        assert found.paths == {"problem1": "problem1.ipynb", "problem2": "problem2.ipynb"} and found.notes == {}


def test_cells_that_were_pasted_into_another_notebook_are_found_there():
    second = json.loads(DATA)
    for cell in second["cells"]:
        cell["metadata"] = {"nbgrader": {**cell["metadata"].get("nbgrader", {}), "grade_id": f"second-{cell['id']}"}}
    masters = {"problem1": MASTER, "problem2": from_dict(second)}
    both = json.dumps({**second, "cells": json.loads(DATA)["cells"] + second["cells"]}).encode()
    assert paths({"problem1.ipynb": both}, masters) == dict.fromkeys(masters, "problem1.ipynb")
    assert paths({"problem1.ipynb": DATA}, masters) == {"problem1": "problem1.ipynb"}


def test_the_only_notebook_is_the_only_one_asked_for():
    assert paths({"Untitled.ipynb": OTHER}) == {"problem1": "Untitled.ipynb"}
    assert paths({"Untitled.ipynb": OTHER}, TWO) == {}
    assert paths({"Untitled.ipynb": OTHER, "Untitled1.ipynb": OTHER}) == {}


def test_nothing_is_found_where_nothing_was_handed_in():
    assert paths([]) == {} and paths({"problem1.py": b"1", "problem1.pdf": b"%PDF"}) == {}


def test_what_may_be_the_notebook_is_asked_about():
    assert find_notebooks({"notes.txt": b"1", "problem1.pdf": b"%PDF"}, ONE).path("problem1") is None
    for files in ({"problem1.zip": b"PK"}, {"a.ipynb": OTHER, "b.ipynb": OTHER}):
        with pytest.raises(Unreadable, match="was not handed in, unless " + ", ".join(files)):
            find_notebooks(files, ONE).path("problem1")


def test_what_is_told_is_short_and_can_be_printed():
    found = find_notebooks({"problem1 " + "\x1b[31m\n" * 100 + ".ipynb": DATA}, ONE)
    [note] = found.notes["problem1"]
    assert note.isprintable() and len(note) < 200


def test_files_that_are_no_notebooks_do_no_harm():
    files = {"a.ipynb": b"", "b.ipynb": b"{", "c.ipynb": b"[" * 10**5, "d.ipynb": b'{"cells": [3, {"id": []}]}'}
    assert paths(files, TWO) == {}


def test_what_there_is_in_the_place_of_a_notebook_is_told():
    assert missing(ASSIGNMENT, ["b.csv", "a.py"]).notes == (NOT_HANDED_IN, "In its place there is: a.py, b.csv.")
    assert missing(ASSIGNMENT, []).notes == (NOT_HANDED_IN,)
