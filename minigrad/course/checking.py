"""`check("01.3", f)`, `hint("01.3")` and `progress()`: what a learner calls."""

import dataclasses
import re
import sys
from collections.abc import Iterable

from minigrad.course import progress_file
from minigrad.course.card import hint_card, note_card, progress_card, verdict_card
from minigrad.course.exercise import find
from minigrad.course.guard import names_replaced
from minigrad.course.judge import judge
from minigrad.course.runner import KernelRunner
from minigrad.course.verdict import Correct, Incorrect, NotAttempted


def check(exercise_id: str | float, *answers, seed: int | None = None, **named) -> int | float:
    """Check answers to an exercise, show what was found out, and return the points.

    `answers` stand in the order in which the exercise asks for them, or are given by name. With a `seed`, the inputs
    are others, and the result is not noted as progress. The points are a plain number, as nbgrader needs it; full
    marks are an int.

    If there is no such exercise, one sentence says which there are, and the points are 0. Raises TypeError if the
    answers do not fit the exercise's names.
    """
    try:
        exercise = find(exercise_id)
    except LookupError as error:
        note_card(str(error)).show()
        return 0
    objects = dict(zip(exercise.names, answers, strict=False)) | named
    if len(answers) + len(named) != len(exercise.names) or set(objects) != set(exercise.names):
        raise TypeError(f"Exercise {exercise.id} is checked with {exercise.check_source}.")
    verdict = judge(exercise, KernelRunner(objects), seed)
    if isinstance(verdict, Incorrect | NotAttempted) and (unsolved := progress_file.unsolved(exercise.builds_on)):
        verdict = dataclasses.replace(verdict, reason=f"It builds on {unsolved[0]}, which is not solved yet.")
    notes = [verdict.reason]
    if changed := names_replaced():
        notes.append(f"This notebook has replaced {', '.join(changed)}; the check used minigrad's own.")
    if answer_just_failed(exercise.names):
        notes.append("The cell of your answer ended in an error: what was checked is what it had made before.")
    verdict = dataclasses.replace(verdict, reason=" ".join(filter(None, notes)))
    if seed is None:
        attempted = isinstance(verdict, Correct | Incorrect)
        held = verdict.held.belief if isinstance(verdict, Incorrect) and verdict.held else ""
        progress_file.note_check(exercise.id, verdict.points, attempted, repr(verdict_card(verdict)), held)
    verdict_card(verdict).show()
    tell_of_damage()
    return verdict.points


def hint(exercise_id: str | float) -> None:
    """Show the next hint of an exercise; after the last one, the last one again."""
    try:
        exercise = find(exercise_id)
    except LookupError as error:
        note_card(str(error)).show()
        return
    number = min(progress_file.note_hint(exercise.id), len(exercise.hints))
    title = f"Hint {number} of {len(exercise.hints)} · {exercise.id} {exercise.title}"
    hint_card(title, exercise.hints[number - 1]).show()
    tell_of_damage()


def progress() -> None:
    """Show all exercises of the course, with the points so far, and which comes next."""
    progress_card(progress_file.rows(), progress_file.next_exercise()).show()
    tell_of_damage()


def answer_just_failed(names: Iterable[str]) -> bool:
    """Whether the cell that ran just before, in a notebook, was to define one of the names and ended in an error."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    last = shell and shell.last_execution_result
    if last is None or last.success:
        return False
    name = "|".join(map(re.escape, names))
    defines = rf"^((def|class) ({name})\b|({name}) *=)"
    return re.search(defines, last.info.raw_cell, re.MULTILINE) is not None


def tell_of_damage() -> None:
    """Nobody shall wonder where their progress has gone."""
    if sentence := progress_file.told_of_damage():
        note_card(sentence).show()
