"""What counts as equal, aspect by aspect."""

import math

import numpy as np
import pytest
from sample import running

import minigrad as torch
from minigrad.course.case import call, look, tensor
from minigrad.course.compare import differences, same
from minigrad.course.runner import KernelRunner


def told(expected, got, *aspects, **options) -> list[tuple]:
    """The differences between two values, as (what, expected, got)."""
    case = look("v", **({"compare": aspects} if aspects else {}), **options)
    [one], [other] = (KernelRunner({"v": value}).run([case]) for value in (expected, got))
    return [(found.what, found.expected, found.got) for found in differences(case, one, other)]


@pytest.mark.parametrize(
    "one, other",
    [(2, 2.0), (2, np.float64(2)), ([1, 2], (1, 2)), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), (0.1 + 0.2, 0.3),
     ({1, 2}, {2, 1}), (True, np.bool_(True)), (None, None), (math.inf, math.inf), (math.nan, math.nan)],
)
def test_equal(one, other):
    assert told(one, other) == []


@pytest.mark.parametrize(
    "one, other",
    [(True, 1), (0, False), (1, 2), (1, "1"), ([1], [1, 2]), ({"a": 1}, {"b": 1}), (None, 0), (0.0, float("nan")),
     (torch.tensor(1.0), 1.0), (np.ones(2), torch.ones(2)), (10**30, 10**30 + 1)],
)
def test_different(one, other):
    assert told(one, other) != []


def test_a_tensor_is_compared_in_each_aspect_named():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    plain = torch.tensor([1.0, 2.0])
    assert told(w, plain) == [("requires_grad", "True", "False")]
    assert told(w, plain, "value") == []
    assert told(plain, plain.double(), "value", "dtype") == [("dtype", "torch.float32", "torch.float64")]
    assert told(plain, torch.tensor([[1.0, 2.0]])) == [("shape", "(2,)", "(1, 2)")]
    assert told(w * 1, w, "is_leaf") == [("is_leaf", "False", "True")]
    assert told(w * 1, w + 1, "graph") == [
        ("graph", "MulBackward0(torch::autograd::AccumulateGrad, None)",
         "AddBackward0(torch::autograd::AccumulateGrad, None)")]


def pictures_agree(answer, reference) -> bool:
    case = call("", "f", *(tensor([2.0, 3.0], requires_grad=True) for _ in range(3)), compare=("picture",))
    [one], [other] = (KernelRunner({"f": f}).run([case]) for f in (reference, answer))
    return same(case, one, other)


def both(h, a, b):
    return (h * a) + (b * h)


def of_twins(combine):
    """What is computed from two results that nothing but their place in the graph tells apart."""
    return lambda a, b, c: combine(a.exp(), a.exp())


@pytest.mark.parametrize(
    "one, other",
    [(lambda a, b, c: a * b + c, lambda a, b, c: c + b * a), (lambda a, b, c: a * 2.0, lambda a, b, c: 2.0 * a),
     (lambda a, b, c: both(a.exp(), b, c), lambda a, b, c: both(a.exp(), c, b)),
     (of_twins(lambda h, k: h * k * h.sin()), of_twins(lambda h, k: k * h * h.sin())),
     (lambda a, b, c: (a - b) * (b - a), lambda a, b, c: (b - a) * (a - b)), (lambda a, b, c: a, lambda a, b, c: a)],
)
def test_in_a_picture_no_factor_and_no_summand_stands_first(one, other):
    assert pictures_agree(one, other) and pictures_agree(other, one)


@pytest.mark.parametrize(
    "one, other",
    [(lambda a, b, c: a - b, lambda a, b, c: b - a), (lambda a, b, c: a / b, lambda a, b, c: b / a),
     (lambda a, b, c: a * b, lambda a, b, c: a + b), (lambda a, b, c: a * b, lambda a, b, c: a * c),
     (lambda a, b, c: a * b, lambda a, b, c: a * 2.0), (lambda a, b, c: a, lambda a, b, c: a * 1.0),
     (lambda a, b, c: a * (a * a), lambda a, b, c: (a * b) * (a * b)),
     (lambda a, b, c: both(a.exp(), b, c), lambda a, b, c: a.exp() * b + a.exp() * c),
     (of_twins(lambda h, k: h * h + k * k), of_twins(lambda h, k: h * k + h * k)),
     (lambda a, b, c: a * b * c, lambda a, b, c: a * (b * c)),
     (lambda a, b, c: (a - 1.0) * (1.0 - a), lambda a, b, c: (a - 1.0) * (a - 1.0))],
)
def test_in_a_picture_anything_else_counts(one, other):
    assert not pictures_agree(one, other) and not pictures_agree(other, one)


def test_a_gradient_of_zero_is_not_none():
    one, other = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    (other * 0).sum().backward()
    assert told(one, other, "grad") == [("grad", "None", "tensor([0.])")]


def test_values_that_look_alike_are_shown_with_more_digits():
    [(_, expected, got)] = told(torch.tensor(1.0), torch.tensor(1.00002))
    assert (expected, got) == ("tensor(1.)", "tensor(1.000020027)")


def test_where_a_difference_is_inside_a_container():
    [(what, _, _)] = told({"w": [torch.ones(1), torch.ones(1)]}, {"w": [torch.ones(1), torch.zeros(1)]})
    assert what == "result['w'][1]"


def test_the_tolerance_is_the_cases():
    assert told(1.0, 1.01, atol=0.1) == [] != told(1.0, 1.01)




def outcome(answer, reference, *aspects, **options) -> bool:
    case = call("", "f", tensor([1.0, 2.0], requires_grad=True), compare=aspects, **options)
    [one], [other] = (KernelRunner({"f": f}).run([case]) for f in (reference, answer))
    return same(case, one, other)


def raising(error):
    def f(x):
        raise error

    return f


def test_an_exception_is_compared_by_type_and_if_asked_by_text():
    assert outcome(raising(ValueError("a")), raising(ValueError("b")))
    assert not outcome(raising(ValueError("a")), raising(ValueError("b")), "message")
    assert not outcome(raising(TypeError("a")), raising(ValueError("a")))
    assert outcome(raising(KeyError("a")), raising(LookupError("a")))
    assert not outcome(lambda x: 1, raising(ValueError("a")))


def test_the_same_object_and_shared_memory():
    assert not outcome(lambda x: x.clone(), lambda x: x, "identity")
    assert not outcome(lambda x: x.detach(), lambda x: x, "identity")
    assert outcome(lambda x: x.detach(), lambda x: x.view(2), "identity", "storage")
    assert not outcome(lambda x: x.clone(), lambda x: x.detach(), "storage")


def test_of_places_that_are_the_same_object_only_those_that_differ_are_told():
    case = call("", "f", tensor(1.0), tensor(2.0), compare=("identity",))
    one, other = (KernelRunner({"f": f}).run([case])[0] for f in (lambda a, b: (a, b), lambda a, b: (a, b.clone())))
    [found] = differences(case, one, other)
    assert (found.expected, found.got) == ("argument 1 = result[1]", "none")


def test_arrays_are_shown_as_numpy_prints_them_by_itself():
    with np.printoptions(precision=2):
        [(_, expected, got)] = told(np.array(5.3125, np.float32), np.array(1.5, np.float32))
    assert (expected, got) == ("array(5.3125, dtype=float32)", "array(1.5, dtype=float32)")


def test_arguments_warnings_prints_modes_and_versions():
    def nothing(x):
        pass

    assert not outcome(lambda x: (x * x).sum().backward(), nothing, "arguments")
    assert not outcome(lambda x: x.requires_grad_(False) and None, nothing, "arguments")
    assert not outcome(lambda x: (x * x).grad, nothing, "warnings")
    assert not outcome(lambda x: print(1), nothing, "printed")
    assert not outcome(lambda x: torch.set_grad_enabled(False) and None, nothing, "modes")
    assert not outcome(lambda x: x.detach().add_(0), lambda x: x.detach(), "version")


@pytest.mark.parametrize(
    ("raised", "asked", "answer"),
    [("ValueError", "ValueError", True), ("IndexError", "LookupError", True), ("ValueError", "RuntimeError", False),
     ("NotImplementedError", "RuntimeError", False), ("NotImplementedError", "NotImplementedError", True)],
)
def test_what_is_not_written_yet_is_no_runtime_error_that_was_meant(raised, asked, answer):
    [found] = running(f"def f(): raise {raised}", "f").run([call("", "f")])
    assert found.raised(asked) == answer
    [expected] = running(f"def f(): raise {asked}", "f").run([call("", "f")])
    assert same(call("", "f"), expected, found) == answer
