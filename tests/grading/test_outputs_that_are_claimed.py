"""What a student's process claims to have shown is kept as far as a notebook can hold it, and does no harm."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from minigrad.grading.channel import ChannelError
from minigrad.grading.outputs import outputs_from

PICTURE = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBO", "text/plain": "<Figure>"}}
VALUE = {"output_type": "execute_result", "metadata": {}, "execution_count": 3, "data": {"text/plain": "1.0"}}
PRINTED = {"output_type": "stream", "name": "stderr", "text": "careful\n"}
ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["line 1", "line 2"]}
WIDGET = {"output_type": "display_data", "metadata": {}, "data": {
    "application/vnd.plotly.v1+json": {"x": [1, 2.5, None, "\u00e9"]}, "application/json": [1]}}  # fmt: skip


def test_what_notebooks_hold_is_kept():
    shown = [PICTURE, PRINTED, ERROR, WIDGET, VALUE]
    assert outputs_from(json.dumps([shown, True])) == [*shown[:-1], VALUE | {"execution_count": None}]


NONE = ["[[], true]", "[[7, null, [], {}], true]", '["ab", true]',
        '[[{"output_type": "hologram"}, {"output_type": []}, {"output_type": "stream"}], true]',
        '[[{"output_type": "stream", "name": "stdin", "text": "x"}], true]',
        '[[{"output_type": "stream", "name": "stdout", "text": 7}], true]',
        '[[{"output_type": "error", "ename": 7, "evalue": "", "traceback": []}], true]',
        '[[{"output_type": "display_data", "data": 7}], true]']  # fmt: skip


@pytest.mark.parametrize("reply", NONE)
def test_what_is_no_output_is_left_out(reply):
    assert outputs_from(reply) == []


@pytest.mark.parametrize("reply", [None, 3, [], {}, "[", "[" * 10**5, "null", "{}", "[]", "[7, 8]", '[{"a": 1}, true]'])
def test_who_does_not_say_what_was_shown_breaks_the_rules_of_the_conversation(reply):
    with pytest.raises(ChannelError):
        outputs_from(reply)


def deep(levels):
    return "[" * levels + "]" * levels


ODD = [
    {"text/plain": 7, "text/html": ["a"], "image/png": {}, "": "x", "no type": "x", "text/latex": "x"},
    {"application/json": float("nan"), "application/x+json": [float("inf")], "application/y+json": 10**300},
    {"text/plain": "\ud800", "application/json": "\ud800", "application/z+json": {"\udfff": 1}},
]


@pytest.mark.parametrize("data", ODD, ids=range(len(ODD)))
def test_all_that_is_kept_can_be_written(data):
    shown = [VALUE | {"data": data, "more": 1, "metadata": 7}, ERROR | {"traceback": [7, "\ud800", None]}]
    [value, error] = outputs = outputs_from(json.dumps([shown, True]))
    assert error["traceback"] == ["\ufffd"]
    notebook = new_notebook(cells=[new_code_cell("1", outputs=[nbformat.from_dict(each) for each in outputs])])
    nbformat.validate(notebook)
    assert "NaN" not in nbformat.writes(notebook) and "Infinity" not in nbformat.writes(notebook)
    assert nbformat.writes(notebook).encode()


def test_what_is_nested_deeply_is_left_out():
    for levels in (5, 100, 900):
        reply = json.dumps([[VALUE | {"data": {"text/plain": "x", "application/json": "HERE"}}], True])
        [value] = outputs_from(reply.replace('"HERE"', deep(levels))) or [{"data": {}}]
        assert ("application/json" in value["data"]) == (levels == 5)
