"""A damaged file is read where that can be done without guessing at answers; otherwise one sentence says why not."""

import json
import tracemalloc
from copy import deepcopy

import nbformat
import pytest
from an_assignment import SOLVED, find, read, released, solved
from test_submission_cells import ORDER, answers, assert_sound, order

from minigrad.grading import repair
from minigrad.grading.repair import Unreadable


def text(notebook, **options):
    return json.dumps(notebook, ensure_ascii=False, **options)


def accented():
    notebook = solved()
    find(notebook, "essay")["source"] = "Voilà, naïve"
    return notebook


def each_cell(notebook, change):
    notebook = deepcopy(notebook)
    for cell in notebook["cells"]:
        change(cell)
    return notebook


def in_worksheets(notebook):
    """As nbformat 3 had it."""
    cells = []
    for cell in notebook["cells"]:
        rest = {"input": cell["source"], "language": "python", "outputs": [], "prompt_number": 1, "collapsed": False}
        of_its_kind = rest if cell["cell_type"] == "code" else {"source": cell["source"]}
        cells.append({"cell_type": cell["cell_type"], "metadata": cell["metadata"]} | of_its_kind)
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


def lines(cell):
    cell["source"] = cell["source"].splitlines(keepends=True)


def lines_without_ends(cell):
    cell["source"] = cell["source"].split("\n")


def windows(cell):
    cell["source"] = cell["source"].replace("\n", "\r\n")


def without(*fields):
    return lambda cell: [cell.pop(field, None) for field in fields]


def same_id(cell):
    cell["id"] = "same"


WELL = {
    "a byte-order mark": text(solved()).encode("utf-8-sig"),
    "two byte-order marks": b"\xef\xbb\xbf" * 2 + text(solved()).encode(),
    "UTF-16": text(solved()).encode("utf-16"),
    "UTF-16 without a mark": text(solved()).encode("utf-16-be"),
    "UTF-32": text(solved()).encode("utf-32"),
    "line ends of Windows": text(solved(), indent=1).replace("\n", "\r\n").encode(),
    "line ends of Windows in the cells": text(each_cell(solved(), windows)).encode(),
    "raw line ends in strings": text(solved()).replace("\\n", "\n").encode(),
    "nbformat 3": text(in_worksheets(solved())).encode(),
    "nbformat 4.0": text(each_cell(solved(), without("id")) | {"nbformat_minor": 0}).encode(),
    "nbformat 4.99": text(solved() | {"nbformat_minor": 99, "new": {}}).encode(),
    "no nbformat": text({"cells": solved()["cells"]}).encode(),
    "nbformat of a wrong type": text(solved() | {"nbformat": "four", "nbformat_minor": None, "metadata": 3}).encode(),
    "ids that are all the same": text(each_cell(solved(), same_id)).encode(),
    "no outputs": text(each_cell(solved(), without("outputs", "execution_count"))).encode(),
    "no kinds of cells": text(each_cell(solved(), without("cell_type"))).encode(),
    "sources in lines": text(each_cell(solved(), lines)).encode(),
    "sources in lines without their ends": text(each_cell(solved(), lines_without_ends)).encode(),
    "outputs of wrong types": text(each_cell(solved(), lambda cell: cell.update(outputs=3, attachments=[1]))).encode(),
    "NaN": text(solved() | {"metadata": {"x": float("nan"), "y": float("-inf")}}).encode(),
    "a number without end": text(solved()).replace('"nbformat": 4,', f'"nbformat": {"9" * 100_000},').encode(),
    "zeros at the end": text(solved()).encode() + b"\0" * 1000,
    "the end of an older file": (text(solved()) + 'me": "x"}]\n}').encode(),
    "a line before it": (")]}',\n" + text(solved())).encode(),
    "things that are no cells": text(solved() | {"cells": [None, 3, [], "x", *solved()["cells"], {}]}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("data", WELL.values(), ids=WELL)
def test_a_notebook_is_read_with(data):
    submission = read(data)
    assert_sound(submission)
    assert order(submission)[: len(ORDER)] == ORDER
    assert answers(submission) == SOLVED


def test_letters_of_western_europe_are_read_in_files_that_are_not_utf_8():
    for encoding in ("cp1252", "utf-8", "utf-16"):
        assert answers(read(text(accented()).encode(encoding)))["essay"] == "Voilà, naïve"
    assert read(text(accented()).encode("cp1252")).notes == (
        "The file is not in UTF-8: some letters may have been read wrongly.",)  # fmt: skip


def test_one_damaged_letter_leaves_the_others():
    data = text(accented()).encode().replace("ï".encode(), b"\xef")
    assert answers(read(data))["essay"] == "Voilà, naïve"


def test_half_a_letter_is_replaced():
    notebook = solved()
    find(notebook, "essay")["source"] = "half \ud83d, whole \U0001f600"
    submission = read(json.dumps(notebook).encode())
    assert answers(submission)["essay"] == "half \ufffd, whole \U0001f600"
    assert nbformat.writes(submission.notebook).encode()


def test_a_cell_of_50_megabytes_is_left_out():
    notebook = solved()
    find(notebook, "middle")["source"] = "#" * 50_000_000
    submission = read(notebook)
    assert_sound(submission)
    assert submission.notes == ("Cell 8 is 50000000 letters long and was left out.",)
    assert [name for name in order(submission) if name in ORDER] == ORDER


def test_what_a_million_outputs_say_is_not_kept_while_a_notebook_is_read():
    outputs = '{"output_type": "stream"},' * 10**6
    data = text(solved()).replace('"outputs": []', f'"outputs": [{outputs}null]', 1).encode()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    submission = read(data)
    taken = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert answers(submission) == SOLVED
    assert taken < 4 * len(data)  # dictionaries of all outputs take fifteen times as much


def conflict(notebook):
    mine, theirs = text(notebook), text(released())
    return f"<<<<<<< HEAD\n{mine}\n=======\n{theirs}\n>>>>>>> theirs\n".encode()


def conflict_within(notebook):
    whole = text(notebook, indent=1).split("\n")
    return "\n".join([*whole[:40], "<<<<<<< HEAD", whole[40], "=======", whole[41], ">>>>>>> x", *whole[41:]]).encode()


CUT_OFF = "The file ends in the middle of the notebook: it was not saved or sent whole."
NO_CELLS = "The file is JSON, but not a notebook: it has no cells."
NO_JSON = "The file is not a notebook: there is no JSON object in it."
COMMA = "The file is damaged: from line 14 on it is no JSON (Expecting value)."
IN_CONFLICT = "The file holds two versions of the notebook, with the marks of a merge conflict between them."
WHOLE = text(solved(), indent=1).encode()
ILL = {
    "empty": (b"", "The file is empty."),
    "all zeros": (b"\0" * 4096, "The file is empty."),
    "only a mark": (b"\xef\xbb\xbf\n", "The file is empty."),
    "cut off": (WHOLE[: len(WHOLE) // 2], CUT_OFF),
    "cut off in a string": (WHOLE[: WHOLE.index(b"Problem") + 3], CUT_OFF),
    "without a brace": (WHOLE.rstrip()[:-1], CUT_OFF),
    "a comma too many": (WHOLE.replace(b'"cells": [', b'"cells": [,'), COMMA),
    "a program": (b"def scale(v):\n    return {v: v}\n", NO_JSON),
    "a web page": (b"<!DOCTYPE html>\n<html><style>a {b: c}</style>", "The file is a web page, not a notebook."),
    "an archive": (b"PK\x03\x04\x14\0\x06\0\x08\0" + bytes(range(256)), "The file is a ZIP archive, not a notebook."),
    "noise": (bytes(range(256)) * 50, NO_JSON),
    "a number": (b"3", NO_JSON),
    "a list": (b"[1, 2]", NO_JSON),
    "other JSON": (b'{"a": [1, 2]}', NO_CELLS),
    "cells of a wrong type": (b'{"cells": {"a": 1}}', NO_CELLS),
    "worksheets of a wrong type": (b'{"worksheets": [3, {"cells": 4}]}', NO_CELLS),
    "too deep": (b'{"cells": ' + b"[" * 200_000, "The file is JSON that is nested too deeply for a notebook."),
    "in conflict": (conflict(solved()), IN_CONFLICT),
    "in conflict within": (conflict_within(solved()), IN_CONFLICT),
    "too many cells": (b'{"cells": [' + b"{}," * 5000 + b"{}]}",
                       "The notebook has 5001 cells; more than 5000 are not read."),
}  # fmt: skip


@pytest.mark.parametrize(("data", "sentence"), ILL.values(), ids=ILL)
def test_why_a_file_cannot_be_read(data, sentence):
    with pytest.raises(Unreadable) as error:
        read(data)
    assert str(error.value) == sentence


def test_what_looks_like_an_output_may_be_a_notebook():
    assert answers(read(solved() | {"output_type": "stream"})) == SOLVED
    with pytest.raises(Unreadable, match="it has no cells"):
        read({"output_type": "stream"})


def test_a_file_that_is_too_large_is_not_read(monkeypatch):
    monkeypatch.setattr(repair, "LARGEST", 10**6)
    with pytest.raises(Unreadable, match="The file has 1.0 MB; more than 1 MB are not read."):
        read(b" " * 1_000_001)


def test_deep_json_in_what_is_not_looked_at_does_no_harm():
    notebook = text(solved() | {"metadata": {"deep": "HERE"}})
    for depth in (10, 100, 500):
        deep = "[" * depth + "]" * depth
        assert answers(read(notebook.replace('"HERE"', deep).encode())) == SOLVED
