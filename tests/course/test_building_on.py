"""An exercise may build on others, be checked by programs, and have to do without any other engine."""

import dataclasses
import sys
import types
from contextlib import suppress
from operator import add, matmul, mul, sub

import numpy as np
import pytest
from sample import SLOPE, running

import minigrad as torch
from minigrad.course import check, progress_file
from minigrad.course.case import run
from minigrad.course.exercise import registry
from minigrad.course.exercises import ex09_build_an_engine as lesson
from minigrad.course.judge import judge
from minigrad.course.runner import KernelRunner, namespace
from minigrad.course.snapshot import Snapshot
from minigrad.course.verdict import Correct, NotAttempted

EXERCISES = [exercise for exercise in registry().values() if exercise.lesson == "09"]


def snapshot(source: str, program: str, **options) -> Snapshot:
    """What a program shows that uses the learner's `f`."""
    [found] = running(source, "f").run([run("", "f", program, **options)])
    assert Snapshot.from_json(found.to_json()) == found
    return found


# Programs


def test_the_value_of_the_last_line_is_looked_at():
    assert snapshot("def f(x): return x + 1", "x = np.ones(2)\nf(x)").result["values"] == [2.0, 2.0]
    assert str(run("", "f", "x = 3\nf(x)")) == "f(x)"


def test_a_program_leaves_the_learners_names_alone():
    space = namespace("x = 1\ndef f(): return x\n")
    [found] = KernelRunner({"f": space["f"]}).run([run("", "f", "x = 5\nf()")])
    assert found.result["value"] == 1 and space["x"] == 1


def test_the_learners_line_that_raised_is_named_not_the_checks():
    found = snapshot("def f():\n    return [][1]\n", "f()")
    assert found.exception["type"] == "IndexError" and found.exception["line"][0] == 2


# Alone

WRAPPED = {
    "minigrad, by the name that notebooks have": "def f(x): return torch.tensor(x).sin().item()",
    "minigrad, imported inside": "def f(x):\n    import minigrad\n    return (minigrad.tensor(x) * 2).item()",
    "only its backward": "w = torch.tensor(1.0, requires_grad=True)\ny = w * w\ndef f(x): y.backward()",
    "torch, imported before": "import torch as other\ndef f(x): return other.tensor(x)",
    "a function of torch": "from torch import tensor\ndef f(x): return tensor(x)",
    "torch, imported inside": "def f(x):\n    import torch.nn as nn\n    return x",
    "torch, by importlib": "from importlib import import_module\ndef f(x): return import_module('torch').tensor(x)",
    "and the error is caught": "def f(x):\n    try:\n        import torch\n    except ImportError:\n        return x",
}


@pytest.fixture
def pytorch(monkeypatch):
    """Something in PyTorch's place, whether it is installed or not."""
    def tensor(data):
        return data

    tensor.__module__ = "torch"
    module = types.ModuleType("torch")
    module.tensor = tensor
    module.nn = types.ModuleType("torch.nn")
    monkeypatch.setitem(sys.modules, "torch", module)
    monkeypatch.setitem(sys.modules, "torch.nn", module.nn)
    return module


@pytest.mark.parametrize("source", WRAPPED.values(), ids=WRAPPED)
def test_a_wrapped_engine_is_noticed(source, pytorch):
    found = snapshot(source, "f(2.0)", own_engine=True)
    assert found.outcome == "not alone"
    assert found.exception["type"] == ("minigrad" if "minigrad" in source or "import" not in source else "torch")
    assert snapshot(source, "f(2.0)").outcome == "returned"
    assert sys.modules["torch"] is pytorch and sys.modules["torch.nn"] is pytorch.nn


def test_an_engine_that_is_there_and_not_used_does_no_harm(pytorch):
    source = "import torch as other\ndef f(x): return x * 2"
    assert snapshot(source, "f(2.0)", own_engine=True).result["value"] == 4.0
    space = namespace(source)
    KernelRunner({"f": space["f"]}).run([run("", "f", "f(2.0)", own_engine=True)])
    assert space["other"] is pytorch


def test_what_another_thread_computes_is_not_held_against_the_answer():
    source = (
        "from threading import Thread\n"
        "def f(x):\n    thread = Thread(target=lambda: torch.ones(2) * 2)\n    thread.start()\n    thread.join()\n"
    )
    assert snapshot(source, "f(2.0)", own_engine=True).outcome == "returned"


def test_the_sentence_says_which_engine():
    exercise = next(exercise for exercise in EXERCISES if exercise.id == "09.5")
    answer = "def backward(tensor, gradient=None): torch.ones(2) * 2\n"
    verdict = judge(exercise, running(exercise.start + answer, *exercise.names))
    assert verdict.points == 0
    assert {result.sentence for result in verdict.results} == {"Your engine called minigrad. It has to do without."}


# Building on


def test_it_starts_from_the_right_answers_below():
    for exercise in EXERCISES[1:7]:
        assert exercise.builds_on == tuple(other.id for other in EXERCISES[: EXERCISES.index(exercise)])
    assert EXERCISES[1].start.startswith(EXERCISES[0].given + EXERCISES[0].reference)


def test_what_builds_on_stubs_is_not_attempted():
    stubs = "".join(exercise.given + exercise.stub for exercise in EXERCISES)
    for exercise in EXERCISES:
        assert isinstance(judge(exercise, running(stubs, *exercise.names)), NotAttempted), exercise.id


def test_a_learner_is_told_what_to_solve_first(capsys):
    exercise = EXERCISES[1]
    space = namespace(exercise.start + exercise.stub)
    check(exercise.id, *(space[name] for name in exercise.names))
    assert "It builds on 09.1, which is not solved yet." in capsys.readouterr().out
    first = namespace(EXERCISES[0].start + EXERCISES[0].reference)
    check(EXERCISES[0].id, first["unbroadcast"])
    capsys.readouterr()
    check(exercise.id, *(space[name] for name in exercise.names))
    assert "builds on" not in capsys.readouterr().out


def test_without_progress_nobody_is_told_so(monkeypatch, capsys):
    monkeypatch.setenv("MINIGRAD_PROGRESS", "off")
    monkeypatch.setattr(progress_file, "_unsaved", {})
    space = namespace(EXERCISES[1].start + EXERCISES[1].stub)
    check(EXERCISES[1].id, *(space[name] for name in EXERCISES[1].names))
    assert "builds on" not in capsys.readouterr().out


def test_seeds_that_give_the_same_cases_are_proved_once(monkeypatch):
    from minigrad.course import proof

    asked = []
    monkeypatch.setattr(proof, "_grading", lambda exercise, seed: asked.append(seed) or [])
    proof.prove(dataclasses.replace(SLOPE, cases=lambda seed: SLOPE.cases(7)), seeds=(None, 1, 2))
    proof.prove(SLOPE, seeds=(None, 1, 2))
    assert asked == [None, None, 1, 2]


# The engine of lesson 09


def engine(source: str) -> dict:
    space = {}
    exec(source, space)
    return space


OPERATIONS = {"add": add, "mul": mul, "sub": sub, "matmul": matmul, "relu": lambda a, _: a.relu()}
ENGINES = {"the reference": lesson.ENGINE, "the other": lesson.OTHER_ENGINE}


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("seed", range(20))
def test_it_agrees_with_minigrad_on_random_programs(name, seed):
    space, rng = engine(ENGINES[name]), np.random.default_rng(seed)
    shapes = [(2, 3), (3,), (2, 1), (1,), (3, 2), (2, 3)]
    arrays = [rng.normal(size=shape) for shape in shapes]
    tracked = rng.random(len(shapes)) < 0.7
    tracked[0] = True
    steps = [(rng.choice([*OPERATIONS]), rng.random(), rng.random()) for _ in range(12)]

    def program(make):
        leaves = [make(array, bool(flag)) for array, flag in zip(arrays, tracked)]
        values = [*leaves]
        for kind, *places in steps:
            a, b = (values[int(place * len(values))] for place in places)
            if kind == "matmul" and not (len(a.shape) == len(b.shape) == 2 and a.shape[1] == b.shape[0]):
                kind = "relu"
            with suppress(ValueError, RuntimeError):  # shapes that do not broadcast
                values.append(OPERATIONS[kind](a, b))
        loss = leaves[0].sum()
        for value in values[-4:]:
            loss = loss + value.sum()
        return loss, leaves

    loss, mine = program(lambda array, flag: space["Tensor"](array, requires_grad=flag))
    loss.backward()
    loss.backward()
    loss, theirs = program(lambda array, flag: torch.tensor(array.tolist(), dtype=torch.float64, requires_grad=flag))
    loss.backward()
    for one, other in zip(mine, theirs):
        assert (one.grad is None) == (other.grad is None)
        if one.grad is not None:
            np.testing.assert_allclose(one.grad, 2 * other.grad.numpy(), atol=1e-10)


def test_wrong_engines_are_many_and_each_is_another():
    wrong = [program for group in lesson.WRONG_ENGINES.values() for program in group.values()]
    held = [held.program for exercise in EXERCISES for held in exercise.beliefs]
    assert len(set(wrong)) == len(wrong) == 16 and len(set(held)) == len(held) >= 60


def test_every_belief_of_the_lesson_is_met_twice():
    from minigrad.course.beliefs.lesson09 import BELIEFS

    met = [held.belief for exercise in EXERCISES for held in exercise.beliefs]
    assert {belief.id for belief in BELIEFS if met.count(belief.id) < 2} == set()


def test_the_learners_engine_passes_the_learners_test():
    space = namespace("".join(exercise.given + exercise.reference for exercise in EXERCISES))
    space["test_engine"](space["Tensor"], space["no_grad"])
    last = EXERCISES[-1]
    assert isinstance(judge(last, KernelRunner({"test_engine": space["test_engine"]})), Correct)
