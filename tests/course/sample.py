"""One small exercise that the tests of the checks share."""

import random

from minigrad.course.case import Helper, call, tensor
from minigrad.course.exercise import Exercise, Held
from minigrad.course.runner import ProgramRunner


def cases(seed):
    at = round(random.Random(seed).uniform(0.5, 1.5), 3)
    return [
        call("the slope of a square", "slope", Helper("lambda x: x * x"), tensor(at), compare=("value", "calls")),
        call("the slope of sin", "slope", Helper("torch.sin"), tensor(at), compare=("value", "arguments"), atol=1e-2),
    ]


SLOPE = Exercise(
    id="99.1",
    title="The slope <of> a function",
    kind="write",
    names=("slope",),
    text="Write `slope(f, x)`.",
    stub="""
        def slope(f, x):
            raise NotImplementedError
        """,
    reference="""
        def slope(f, x):
            return (f(x + 0.01) - f(x - 0.01)) / 0.02
        """,
    cases=cases,
    beliefs=(
        Held("every-tensor-is-tracked", "def slope(f, x): return f(x + 0.01) - f(x - 0.01)", "Divide by the step."),
        Held("flag-computes-now", "def slope(f, x): return f(x)", "That is the value, not the slope."),
    ),
    also_right=("def slope(f, x): h = 0.01; return (f(x + h) - f(x - h)) / (2 * h)",),
    hints=("Look at two points.", "Divide by their distance.", "(f(x + h) - f(x - h)) / (2 * h)"),
    explanation="A slope is a difference over a distance.",
    points=3,
    difficulty=1,
    minutes=5,
)


def running(program: str, *names: str) -> ProgramRunner:
    return ProgramRunner(program, names)
