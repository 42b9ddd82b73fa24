"""A check says the same in a notebook's own process and in the sandbox: of right answers, of stubs, of a belief.

tests/full/test_all_beliefs_in_the_sandbox.py asks it of all beliefs.
"""

from itertools import groupby

import pytest
from sandboxes import needs_linux

from minigrad.course.exercise import registry
from minigrad.course.judge import judge
from minigrad.course.runner import ProgramRunner
from minigrad.grading.checks import RemoteRunner
from minigrad.grading.record import Limits
from minigrad.grading.remote import Remote
from minigrad.grading.sandbox.start import Zygote

LESSONS = {lesson: list(each) for lesson, each in groupby(registry().values(), lambda exercise: exercise.lesson)}


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote()
    yield zygote
    zygote.close()


@needs_linux
@pytest.mark.parametrize("lesson", LESSONS)
def test_the_verdict_is_the_same(zygote, lesson):
    sandbox = zygote.sandbox(Limits())
    remote = Remote(sandbox, {}, {})
    try:
        for exercise in LESSONS[lesson]:
            for program in programs(exercise)[:3]:
                assert_same(remote, exercise, program)
    finally:
        sandbox.close()


def programs(exercise):
    return exercise.reference, exercise.stub, *(held.program for held in exercise.beliefs)


def assert_same(remote, exercise, program):
    here = judge(exercise, ProgramRunner(exercise.start + program, exercise.names), seed=5)
    there = judge(exercise, defined_there(remote, exercise, program), seed=5)
    assert summary(there) == summary(here), (exercise.id, program)


def defined_there(remote, exercise, program):
    remote.begin()
    for name in exercise.names:
        remote.ask("cell", f"globals().pop({name!r}, None)")
    remote.ask("cell", f"import minigrad as torch\n{exercise.start}{program}")
    objects = {}
    for name in exercise.names:
        try:
            objects[name] = remote.ask("get", name)
        except KeyError:
            continue
    return RemoteRunner(remote, objects)


def summary(verdict):
    held = verdict.held.belief if verdict.held else ""
    return type(verdict).__name__, verdict.points, held, [result.passed for result in verdict.results]
