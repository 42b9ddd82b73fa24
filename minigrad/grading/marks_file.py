"""The marks of an assignment as one JSON file, for whoever works on with another program."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

import nbformat

from minigrad.course.whole_file import write_whole
from minigrad.grading import assignment
from minigrad.grading.record import Task
from minigrad.grading.scores import Score, Submission

Marks = dict[str, dict[str, float | None]]


def marks_of(task: Task, students: Collection[str], found: Mapping[str, Submission]) -> Marks:
    """{student: {grade_id: points}}, as the gradebook has them; None where neither a test nor a person gave any yet.

    A grade_id that several notebooks of the assignment have is written as "notebook:grade_id".
    """
    keys = keys_of(task)
    marks: Marks = {}
    for student in students:
        scores = found[student].scores if student in found else {}
        marks[student] = {key: given(scores.get(place)) for place, key in keys.items()}
    return marks


def given(score: Score | None) -> float | None:
    return None if score is None or score.auto is None and not score.by_hand else score.points


def keys_of(task: Task) -> dict[tuple[str, str], str]:
    """How each graded cell is called, by its notebook and grade_id."""
    places = [(name, grade_id) for name, data in task.masters.items() for grade_id in graded_cells(data)]
    ids = [grade_id for _, grade_id in places]
    return {(name, own): f"{name}:{own}" if ids.count(own) > 1 else own for name, own in places}


def graded_cells(notebook: bytes) -> list[str]:
    cells = assignment.read("", nbformat.reads(notebook.decode(), as_version=4)).cells
    return [cell.name for cell in cells if cell.kind in (assignment.TEST, *assignment.MARKED_BY_HAND)]


def write(marks: Marks, path: Path) -> None:
    write_whole(path, json.dumps(marks, indent=1, ensure_ascii=False) + "\n")
