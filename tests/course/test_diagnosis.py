"""A belief is named where the evidence is its own, and not where many causes look like that."""

import textwrap

import pytest

from minigrad.course.exercise import find
from minigrad.course.judge import judge
from minigrad.course.runner import KernelRunner, ProgramRunner

GRADIENT = "def gradient_at(f, x):\n"
CHOOSE = "def choose(x, w1, b1, w2, b2, w3, b3, target):\n"
ON = "    for tensor in (w1, b1, w3, b3):\n        tensor.requires_grad_()\n"
SAME_EIGHT = "    return x, w1, b1, w2, b2, w3, b3, target\n"


def told(exercise_id: str, program: str) -> str:
    """The belief that is named for a program, or ""."""
    exercise = find(exercise_id)
    found = judge(exercise, ProgramRunner(textwrap.dedent(program), exercise.names))
    return found.held.belief if found.held else ""


def lines(*names: str) -> str:
    return GRADIENT + "".join(f"    {line}\n" for line in names)


COPY, TRACK, VALUE, BACK = "p = x.clone()", "p.requires_grad_()", "value = f(p)", "value.backward()"


def test_a_forgotten_return_is_no_belief():
    assert told("01.4", lines(COPY, TRACK, VALUE, BACK)) == ""
    assert told("01.4", lines(COPY, TRACK, VALUE, BACK, "return None")) == ""
    assert told("01.4", lines("return None")) == ""


def test_returning_before_backward_is_a_belief():
    assert told("01.4", lines(COPY, TRACK, VALUE, "return p.grad", BACK)) == "flag-computes-now"


@pytest.mark.parametrize("more", [(), (TRACK,)])
def test_reading_the_gradient_of_a_copy_of_a_tracked_tensor_is_a_belief(more):
    program = lines("x.requires_grad_()", COPY, *more, VALUE, BACK, "return p.grad")
    assert told("01.4", program) == "grad-on-every-tensor"


def test_an_exception_of_the_same_type_with_another_text_is_another_cause():
    assert told("01.4", lines(COPY, TRACK, VALUE, BACK, "return p.grd")) == ""
    assert told("01.4", lines(COPY, TRACK, "p.grad.zero_()", VALUE, BACK, "return p.grad")) == "grad-starts-at-zero"


def test_half_an_answer_and_a_dropped_copy_are_not_taken_for_detach():
    assert told("01.6", CHOOSE + ON + SAME_EIGHT) == "tensors-come-untracked"
    copied = "    x, w2, b2, target = x.clone(), w2.clone(), b2.clone(), target.clone()\n"
    assert told("01.6", CHOOSE + ON + copied + SAME_EIGHT) == ""
    assert told("01.6", CHOOSE + ON + copied.replace("clone", "detach") + SAME_EIGHT) == "detach-changes-its-source"


def test_flags_set_rightly_are_right_whatever_is_returned():
    right = CHOOSE + ON + "    for tensor in (x, w2, b2, target):\n        tensor.requires_grad_(False)\n"
    exercise = find("01.6")
    assert judge(exercise, ProgramRunner(right, exercise.names)).points == exercise.points


def test_a_belief_must_explain_more_than_half_of_what_is_wrong():
    exercise = find("01.3")
    right = ProgramRunner(exercise.reference, ()).program
    answers = {}
    exec(right, answers)

    def named(**changes) -> str:
        found = judge(exercise, KernelRunner({"raises": answers["raises"] | changes}))
        return found.held.belief if found.held else ""

    assert named(i=True) == named(i=True, a=...) == "data-must-be-tracked"
    assert named(**dict.fromkeys("abcdefghi", True)) == ""
    assert named(a=False, c=False, h=False) == "integers-have-gradients"


def test_a_gradient_that_is_none_has_two_causes_and_the_warning_tells_them_apart():
    program = """
        def error_and_gradient(start, x, target):
            w = torch.tensor(start, dtype=torch.float32, requires_grad=True)
            error = ((w * x - target) ** 2).mean()
            error.backward()
            return error.detach().numpy(), w.grad.numpy()
        """
    assert told("01.5", program.replace("            error.backward()\n", "")) == ""
    assert told("01.5", program.replace("requires_grad=True)", "requires_grad=True) * 1.0")) == "grad-on-every-tensor"
