"""Whatever a student did to the cells, the answers run, and each cell of the instructor's runs once, unchanged."""

import json
from copy import deepcopy

import nbformat
import pytest
from an_assignment import ASSIGNMENT, MASTER, SOLVED, TESTS, find, name_of, new, order, read, released, solved

from minigrad.grading import assignment
from minigrad.grading.as_given_out import as_given_out
from minigrad.grading.assignment import BY_HAND, LOCKED, TEST, TEXT, WRITTEN
from minigrad.grading.submission import Reader

ORDER = ["setup", "scale", "test-scale", "test-scale-again", "middle", "test-middle", "total", "test-total",
         "essay", "sketch", "draw"]  # fmt: skip


def without(notebook, *names):
    notebook["cells"] = [cell for cell in notebook["cells"] if name_of(cell) not in names]
    return notebook


def moved(notebook, name, to):
    """The cell, moved to stand before the cell `to`, or to the end."""
    cell = find(notebook, name)
    notebook["cells"].remove(cell)
    notebook["cells"].insert(len(notebook["cells"]) if to is None else place(notebook, to), cell)
    return notebook


def place(notebook, name):
    return notebook["cells"].index(find(notebook, name))


def added(notebook, before, *cells):
    at = len(notebook["cells"]) if before is None else place(notebook, before)
    notebook["cells"][at:at] = cells
    return notebook


def forgetful(notebook, ids=True):
    """Without nbgrader's metadata, as some programs save notebooks, and perhaps without ids."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        if ids:
            del cell["id"]
    return notebook


def swapped(notebook, *names):
    """Two cells have each other's metadata."""
    first, second = (find(notebook, name) for name in names)
    first["metadata"], second["metadata"] = second["metadata"], first["metadata"]
    return notebook


def answers(submission):
    return {cell.name: cell.source for cell in submission.cells if cell.name in SOLVED}


def with_sources(notebook, **sources):
    for cell in notebook["cells"]:
        cell["source"] = sources.get(name_of(cell).replace("-", "_"), cell["source"])
    return notebook


def renamed(notebook, name, to):
    find(notebook, name)["metadata"]["nbgrader"]["grade_id"] = to
    return notebook


def retyped(notebook, name, kind):
    cell = find(notebook, name)
    cell["cell_type"] = kind
    cell.pop("outputs", None), cell.pop("execution_count", None)
    return notebook


def worth(notebook, name, points):
    find(notebook, name)["metadata"]["nbgrader"]["points"] = points
    return notebook


def assert_sound(submission):
    """What holds for each submission: the instructor's cells are there once and are the instructor's."""
    masters = {cell.name: cell for cell in ASSIGNMENT.cells}
    for kind in (TEST, LOCKED, BY_HAND, WRITTEN):
        names = [cell.name for cell in submission.cells if cell.kind == kind]
        assert sorted(names) == sorted(cell.name for cell in ASSIGNMENT.cells if cell.kind == kind)
    for node, cell in zip(submission.notebook.cells, submission.cells, strict=True):
        assert node.source == cell.source
        if cell.kind in (TEST, LOCKED):
            assert cell == masters[cell.name]
        if cell.name:
            assert cell.kind == masters[cell.name].kind and cell.points == masters[cell.name].points
            assert node.metadata.nbgrader.grade_id == cell.name
            assert node.metadata.nbgrader.get("points", 0) == cell.points
        else:
            assert node.metadata == {}
    nbformat.validate(submission.notebook)


def test_a_notebook_that_was_only_filled_in_is_as_it_should_be_and_nothing_is_said():
    submission = read(solved())
    assert_sound(submission)
    assert [cell.name for cell in submission.cells] == [cell.name for cell in ASSIGNMENT.cells]
    assert answers(submission) == SOLVED
    assert submission.notes == ()


AS_IT_WAS = {
    "a test was deleted": without(solved(), "test-scale"),
    "all tests were deleted": without(solved(), *TESTS),
    "the imports were deleted": without(solved(), "setup"),
    "a task was deleted": without(solved(), "draw"),
    "questions were deleted": without(solved(), "title", "scale-text"),
    "a test was copied": added(solved(), "middle", find(solved(), "test-scale")),
    "a test was copied to the end": added(solved(), None, find(solved(), "test-scale")),
    "the imports were copied to the end": added(solved(), None, find(solved(), "setup")),
    "a test was moved above its answer": moved(solved(), "test-scale", "setup"),
    "a test was moved to the end": moved(solved(), "test-scale", None),
    "two tests changed places": moved(solved(), "test-scale-again", "test-scale"),
    "the imports were moved to the end": moved(solved(), "setup", None),
    "the imports were moved below the first answer": moved(solved(), "setup", "test-scale"),
    "a test was changed": with_sources(solved(), test_scale="assert True"),
    "a test was emptied": with_sources(solved(), test_scale=""),
    "the data were changed": with_sources(solved(), setup="DATA = [0, 0, 0]"),
    "points were changed": worth(solved(), "test-scale", 1000),
    "a test was given another's name": renamed(solved(), "test-scale", "test-middle"),
    "a test was given an unknown name": renamed(solved(), "test-scale", "test-mine"),
    "a test was given an answer's name": renamed(solved(), "test-scale", "scale"),
    "two tests swapped their marks": swapped(solved(), "test-scale", "test-middle"),
    "two answers swapped their marks": swapped(solved(), "scale", "middle"),
    "an answer and a test swapped their marks": swapped(solved(), "scale", "test-scale"),
    "an answer is of no kind of nbgrader's": renamed(solved(), "scale", "my-scale"),
    "an answer became a text": retyped(solved(), "scale", "markdown"),
    "an answer became raw": retyped(solved(), "middle", "raw"),
    "a test became a text": retyped(solved(), "test-scale", "markdown"),
    "an essay became code": retyped(solved(), "essay", "code"),
    "all marks were lost": forgetful(solved(), ids=False),
    "all marks and ids were lost": forgetful(solved()),
    "all marks were lost, and the tests deleted": forgetful(without(solved(), *TESTS)),
}


@pytest.mark.parametrize("notebook", AS_IT_WAS.values(), ids=AS_IT_WAS)
def test_all_runs_in_the_instructors_order_although(notebook):
    submission = read(deepcopy(notebook))
    assert_sound(submission)
    assert order(submission) == ORDER
    assert answers(submission) == SOLVED


@pytest.mark.parametrize("notebook", AS_IT_WAS.values(), ids=AS_IT_WAS)
def test_reading_twice_gives_the_same_notebook_although(notebook):
    assert read(notebook) == read(notebook)


def test_what_was_done_to_tests_is_told():
    assert read(without(solved(), "test-scale")).notes == ('Put back, as missing: "test-scale".',)
    assert read(with_sources(solved(), test_scale="pass")).notes == (
        'Changed, and so put back as it was: "test-scale".',)  # fmt: skip
    assert read(added(solved(), None, find(solved(), "test-scale"))).notes == (
        'There more than once; one counts: "test-scale".',)  # fmt: skip
    assert read(moved(solved(), "test-scale", None)).notes == (
        'Run where it belongs, not where it stood: "test-scale".',)  # fmt: skip


# Where tests run when the student's own cells have another order.

HELPER = new("def helper(v):\n    return v")


def test_cells_that_are_added_below_an_answer_run_before_its_test():
    assert order(read(added(solved(), "test-scale", HELPER)))[1:4] == ["scale", "def helper(v):", "test-scale"]
    deleted = without(added(solved(), "test-scale", HELPER), "test-scale", "test-scale-again")
    assert order(read(deleted))[1:5] == ["scale", "def helper(v):", "test-scale", "test-scale-again"]


def test_cells_that_are_added_below_a_test_run_after_it():
    assert order(read(added(solved(), "middle", HELPER)))[2:5] == ["test-scale", "test-scale-again", "def helper(v):"]


def test_the_test_of_an_answer_that_was_moved_below_runs_below():
    assert order(read(moved(solved(), "scale", None))) == [
        "setup", "middle", "test-middle", "total", "test-total", "essay", "sketch", "draw", "scale", "test-scale",
        "test-scale-again"]  # fmt: skip


def test_questions_that_changed_places_keep_their_tests():
    notebook = solved()
    for name in ("middle", "test-middle"):
        moved(notebook, name, "scale")
    assert order(read(notebook))[:5] == ["setup", "middle", "test-middle", "scale", "test-scale"]


def test_answers_in_each_others_cells_are_told_by_what_they_define():
    submission = read(with_sources(solved(), scale=SOLVED["middle"], middle=SOLVED["scale"]))
    assert_sound(submission)
    assert answers(submission) == SOLVED
    assert order(submission)[:6] == ["setup", "middle", "test-middle", "scale", "test-scale", "test-scale-again"]


def test_a_name_that_two_questions_share_is_tested_between_them():
    """`total` may be used for something else in the next question; moved tests must not see that."""
    notebook = moved(added(solved(), "essay", new("total = 0")), "test-total", None)
    assert order(read(notebook)).index("test-total") < order(read(notebook)).index("essay")


def test_answers_that_came_to_stand_above_the_imports_run_below_them():
    notebook = moved(solved(), "scale", "setup")
    assert order(read(notebook))[:3] == ["setup", "scale", "test-scale"]


def test_locked_cells_stay_where_the_student_has_them_if_nothing_before_needs_them():
    assert order(read(added(solved(), "setup", HELPER)))[:3] == ["def helper(v):", "setup", "scale"]


def test_what_a_student_adds_to_the_imports_runs_and_then_the_instructors():
    submission = read(with_sources(solved(), setup="import numpy as np\nimport math\nDATA = [0]"))
    assert_sound(submission)
    assert order(submission)[:3] == ["import numpy as np", "setup", "scale"]
    assert submission.notes == (
        "Run although they are the instructor's, since they hold something that is new: cell 2, once \"setup\".",)


# Other instructors' notebooks.

def reader_of(config=None, **sources):
    """As READER, of the assignment with other sources."""
    master = deepcopy(MASTER)
    for cell in master.cells:
        cell.source = sources.get(name_of(cell).replace("-", "_"), cell.source)
    return Reader(*as_given_out(master, config or {}), assignment.read("ps1", master).cells)


def read_by(reader, notebook):
    return reader.read(json.dumps(notebook).encode())


def test_a_test_runs_after_all_answers_whose_names_it_reads():
    reader = reader_of(test_middle="assert middle(scale([1, 1])) == 0.5")
    assert order(read_by(reader, moved(solved(), "scale", None)))[-4:] == [
        "scale", "test-scale", "test-scale-again", "test-middle"]  # fmt: skip


def test_a_test_runs_after_the_answers_that_those_need():
    reader = reader_of(middle="def middle(v):\n    return sum(scale(v)) / len(v)")
    assert order(read_by(reader, moved(solved(), "scale", None)))[-2:] == ["test-scale-again", "test-middle"]


def test_a_test_runs_after_the_answer_before_it_even_if_it_reads_other_names_only():
    reader = reader_of(test_total="assert open('total.txt').read() == str(DATA)")
    assert order(read_by(reader, moved(solved(), "total", None)))[-2:] == ["total", "test-total"]


def test_an_answer_need_not_have_all_that_the_instructors_has():
    """What the tests do not use is the instructor's way to the answer, and so is what it imports."""
    reader = reader_of(scale=f"import math\n\ndef helper(v):\n    return v\n\n{SOLVED['scale']}",
                       test_scale="assert math.isclose(scale(DATA)[0], 1 / 7)")  # fmt: skip
    notebook = added(released(), "scale", new(SOLVED["scale"]))
    find(notebook, "scale")["source"] = reader.given[3].node.source
    submission = read_by(reader, notebook)
    assert answers(submission)["scale"] == SOLVED["scale"]
    assert order(submission)[1:4] == ["scale", "# YOUR CODE HERE", "test-scale"]


def test_a_test_that_binds_an_answers_name_is_no_answer_when_it_was_changed():
    reader = reader_of(test_total="total = total * 1\nassert total == 12")
    notebook = with_sources(unanswered("total"), test_total="print(total)\ntotal = total * 1\nassert total == 12")
    assert order(read_by(reader, notebook)) == ORDER


def test_an_essay_that_was_moved_is_known_by_its_name_or_by_its_id():
    for lost in ("id", "metadata"):
        notebook = moved(solved(), "essay", "setup")
        find(notebook, "essay").update({lost: {} if lost == "metadata" else "other"})
        assert answers(read(notebook))["essay"] == SOLVED["essay"]


# Answers in other places.

TWICE = "def scale(v):\n    return 2"


def test_both_copies_of_an_answer_run_and_the_last_one_counts():
    again = find(solved(), "scale") | {"source": TWICE, "id": "again"}
    submission = read(added(solved(), "test-scale", again))
    assert_sound(submission)
    assert order(submission)[1:4] == ["def scale(v):", "scale", "test-scale"]
    assert answers(submission)["scale"] == TWICE
    assert submission.notes == ('The answer "scale" is there 2 times; cell 5 counts as the answer.',)


def test_the_test_of_an_answer_that_was_copied_runs_after_the_last_copy():
    again = find(solved(), "scale") | {"source": TWICE, "id": "again"}
    assert order(read(added(solved(), "total", again)))[:7] == [
        "setup", "def scale(v):", "middle", "test-middle", "scale", "test-scale", "test-scale-again"]  # fmt: skip


def test_a_copy_that_is_still_the_stub_does_not_replace_the_answer():
    stub = find(released(), "scale") | {"id": "again"}
    submission = read(added(solved(), "test-scale", stub))
    assert order(submission)[1:4] == ["def scale(v):", "scale", "test-scale"]
    assert answers(submission) == SOLVED


def test_an_essay_that_was_copied_counts_where_it_was_written():
    stub = find(released(), "essay") | {"id": "again"}
    for before in ("essay", "sketch"):
        submission = read(added(solved(), before, stub))
        assert_sound(submission)
        assert answers(submission)["essay"] == SOLVED["essay"]


def unanswered(*names):
    notebook = solved()
    for name in names:
        find(notebook, name)["source"] = find(released(), name)["source"]
    return notebook


def test_an_answer_in_a_new_cell_above_the_stub_is_not_undone_by_it():
    submission = read(added(unanswered("scale"), "scale", new(SOLVED["scale"])))
    assert order(submission)[1:4] == ["scale", "def scale(v):", "test-scale"]
    assert submission.notes == ('The answer "scale" was found in: cell 4.',)


def test_an_answer_in_a_new_cell_far_below_is_tested_there():
    submission = read(added(unanswered("scale"), None, new(SOLVED["scale"])))
    assert order(submission)[-3:] == ["def scale(v):", "test-scale", "test-scale-again"]


def test_an_answer_beside_another_one_is_tested():
    notebook = with_sources(unanswered("scale", "middle"), scale=SOLVED["scale"] + "\n\n" + SOLVED["middle"])
    assert order(read(notebook))[1:6] == ["middle", "scale", "test-scale", "test-scale-again", "test-middle"]


def test_an_answer_that_was_written_into_its_test_runs():
    notebook = with_sources(unanswered("scale"), test_scale=SOLVED["scale"] + "\nassert scale(DATA)[0] == 1 / 7")
    submission = read(notebook)
    assert_sound(submission)
    assert order(submission)[1:4] == ["scale", "def scale(v):", "test-scale"]
    told = 'Run although they are the instructor\'s, since they hold an answer: cell 5, once "test-scale".'
    assert told in submission.notes


@pytest.mark.parametrize("left", ["", "# see below", "raise NotImplementedError()"])
def test_it_runs_also_where_its_own_cell_was_left_with_nothing_in_it(left):
    notebook = with_sources(solved(), scale=left, test_scale=SOLVED["scale"] + "\nassert scale(DATA)[0] == 1 / 7")
    assert order(read(notebook))[2:4] == ["def scale(v):", "test-scale"]


def test_an_answer_in_a_cell_of_its_own_takes_the_place_of_one_that_was_deleted():
    submission = read(added(without(solved(), "scale"), "test-scale", new(SOLVED["scale"])))
    assert_sound(submission)
    assert (order(submission), answers(submission)) == (ORDER, SOLVED)
    assert submission.notes == ('Recognised without its name: cell 4 as "scale".',)


def test_an_attempt_that_was_set_aside_as_text_does_not_run_where_there_is_an_answer():
    notebook = added(retyped(solved(), "scale", "raw"), "scale", new(TWICE))
    find(notebook, "scale")["source"] = "def scale(v):\n    return 1"
    assert answers(read(notebook))["scale"] == TWICE
    assert "def scale(v):" not in order(read(notebook))


def test_an_essay_whose_cell_was_deleted_is_there_as_it_was_given_out():
    submission = read(without(solved(), "essay", "sketch"))
    assert_sound(submission)
    assert answers(submission)["essay"] == "YOUR ANSWER HERE"
    assert submission.notes == ('Put back, as missing: "essay", "sketch".',)


def test_an_essay_is_no_code_whatever_its_cell_has_become():
    for notebook in (solved(), retyped(solved(), "essay", "code")):
        assert [cell.kind for cell in read(notebook).cells if cell.name == "essay"] == [WRITTEN]


def test_an_essay_in_a_new_cell_below_the_empty_one_is_pointed_out():
    notebook = added(unanswered("essay"), "sketch", new("It follows.", "markdown"))
    assert read(notebook).notes == (
        'The answer "essay" is as it was given out, but cell 14 below it is a new one.',)  # fmt: skip


def test_one_cell_that_does_not_parse_changes_nothing_for_the_others():
    submission = read(with_sources(solved(), scale="def scale(v:\n  return"))
    assert_sound(submission)
    assert order(submission) == ORDER


def test_stubs_and_hidden_tests_are_those_of_the_course():
    """They are found without their names, even where nbgrader's settings make other texts of them."""
    config = {"ClearSolutions": {"code_stub": {"python": "..."}},
              "ClearHiddenTests": {"begin_test_delimeter": "SECRET", "end_test_delimeter": "OPEN"}}  # fmt: skip
    reader = reader_of(config, test_scale="assert True\n# SECRET\nassert scale([5])[0] == 1\n# OPEN")
    notebook = forgetful(with_sources(solved(), test_scale="assert True"))
    stub = new("def scale(v):\n    ...")
    notebook["cells"].insert(5, stub)
    submission = read_by(reader, notebook)
    assert order(submission)[1:4] == ["def scale(v):", "scale", "test-scale"]
    assert order(submission).count("test-scale") == 1


def test_a_pasted_test_is_the_students_where_the_test_itself_is_there():
    submission = read(added(solved(), "test-scale", new("assert scale(DATA)[0] == 1 / 7")))
    assert_sound(submission)
    assert order(submission)[1:4] == ["scale", "assert scale(DATA)[0] == 1 / 7", "test-scale"]


def test_own_cells_may_claim_to_be_anything():
    cheat = new("assert True")
    cheat["metadata"] = {"nbgrader": {"grade": True, "grade_id": "extra", "points": 100, "locked": True,
                                      "solution": False, "schema_version": 3, "task": False}}  # fmt: skip
    submission = read(added(solved(), None, cheat))
    assert_sound(submission)
    assert [cell.points for cell in submission.cells if cell.name == "extra"] == []


def test_a_notebook_without_cells_has_the_instructors():
    submission = read(released() | {"cells": []})
    assert_sound(submission)
    assert [name for name in order(submission) if name in TESTS] == TESTS


def test_what_a_student_left_in_metadata_and_outputs_is_gone():
    notebook = solved()
    notebook["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}, "widgets": {"x": 1}}
    find(notebook, "scale")["metadata"] |= {"tags": ["raises-exception"], "collapsed": True}
    find(notebook, "scale")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1.0"}]
    submission = read(notebook)
    assert submission.notebook.metadata == MASTER.metadata
    node = next(node for node, cell in zip(submission.notebook.cells, submission.cells) if cell.name == "scale")
    assert node.outputs == [] and set(node.metadata) == {"nbgrader", "deletable"}


def test_pictures_that_were_pasted_into_an_essay_stay():
    notebook = solved()
    find(notebook, "essay")["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo=", "": 1}, "b": 3}
    submission = read(notebook)
    node = next(node for node, cell in zip(submission.notebook.cells, submission.cells) if cell.name == "essay")
    assert node.attachments == {"a.png": {"image/png": "iVBORw0KGgo="}}
    nbformat.validate(submission.notebook)


def test_unmarked_text_of_the_instructors_is_text():
    assert [cell.kind for cell in read(solved()).cells if cell.source == "A text that is nobody's."] == [TEXT]
