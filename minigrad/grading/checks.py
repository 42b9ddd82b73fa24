"""`check(...)` in a test cell: cases go into the sandbox, snapshots of what they did come out and are judged here."""

import json
from typing import Any

from minigrad import course
from minigrad.course.card import verdict_card
from minigrad.course.case import Case
from minigrad.course.exercise import find
from minigrad.course.judge import judge
from minigrad.course.snapshot import Snapshot
from minigrad.course.verdict import Incorrect
from minigrad.grading.cases import cases_to
from minigrad.grading.remote import Remote
from minigrad.grading.testcell import Space


class RemoteRunner:
    """Carries out cases on the student's objects where they are. What it tells is a claim: plain data, and no more."""

    def __init__(self, remote: Remote, objects: dict[str, Any]) -> None:
        self.remote, self.objects = remote, objects

    def run(self, cases: list[Case]) -> list[Snapshot]:
        told = json.loads(self.remote.ask("cases", tuple(self.objects.items()), cases_to(cases)))
        snapshots = [Snapshot(**each) for each in told]
        return snapshots if len(snapshots) == len(cases) else [Snapshot("not run") for _ in cases]


class Checks:
    """The checks of one submission. In the space of its tests, `check` is the one that asks the student's process."""

    def __init__(self, space: Space) -> None:
        self.remote: Remote | None = None
        self.beliefs: list[str] = []
        self.shown: list[dict] = []
        space.instead[id(course.check)] = self.check

    def meet(self, remote: Remote) -> None:
        self.remote, self.beliefs, self.shown = remote, [], []

    def check(self, exercise_id: str | float, *answers, seed: int | None = None, **named) -> int | float:
        assert self.remote
        exercise = find(exercise_id)
        objects = dict(zip(exercise.names, answers, strict=False)) | named
        if len(answers) + len(named) != len(exercise.names) or set(objects) != set(exercise.names):
            raise TypeError(f"Exercise {exercise.id} is checked with {exercise.check_source}.")
        verdict = judge(exercise, RemoteRunner(self.remote, objects), seed)
        if isinstance(verdict, Incorrect) and verdict.held:
            self.beliefs.append(verdict.held.belief)
        card = verdict_card(verdict)
        self.shown.append({"output_type": "display_data", "metadata": {},
                           "data": {"text/html": card._repr_html_(), "text/plain": repr(card)}})  # fmt: skip
        return verdict.points
