"""minigrad prints what PyTorch prints: recorded from PyTorch (record_printing.py), and live where it is installed."""

import json

import numpy as np
import pytest
from record_printing import (
    EXPRESSIONS,
    FILE,
    OPTIONS,
    VERSION,
    arrays,
    expressions,
    line_widths,
    options,
    printed,
    shown,
    text,
)

import minigrad
from minigrad.operators.printing import get_printoptions, set_printoptions, tensor_repr

RECORD = json.loads(FILE.read_text(encoding="utf-8"))
ARRAYS = arrays()


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_prints_what_is_recorded(expression):
    assert text(minigrad, expression) == RECORD["expressions"][expression]


@pytest.mark.parametrize("title", ARRAYS)
def test_prints_an_array_as_recorded(title):
    assert repr(minigrad.from_numpy(ARRAYS[title])) == RECORD["arrays"][title]


@pytest.mark.parametrize("calls", OPTIONS, ids=str)
def test_print_options_act_as_recorded(calls):
    assert shown(minigrad, calls) == RECORD["options"][json.dumps(calls)]


def test_lines_break_where_recorded():
    assert line_widths(minigrad) == RECORD["line widths"]


def test_print_options_are_kept_until_changed_but_sci_mode_is_set_by_every_call():
    default = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}
    assert get_printoptions() == default
    try:
        set_printoptions(precision=2, sci_mode=True)
        set_printoptions(edgeitems=1)
        assert get_printoptions() == default | {"precision": 2, "edgeitems": 1}
        set_printoptions(profile="full", sci_mode=False)
        assert get_printoptions() == default | {"threshold": np.inf, "sci_mode": False}
    finally:
        set_printoptions(profile="default")
    assert get_printoptions() == default


def test_dtype_is_not_printed_if_it_is_the_default():
    try:
        minigrad.set_default_dtype(minigrad.float64)
        assert repr(minigrad.tensor([0.5])) == "tensor([0.5000])"
        assert repr(minigrad.tensor([0.5], dtype=minigrad.float32)) == "tensor([0.5000], dtype=torch.float32)"
        assert repr(minigrad.zeros(0, dtype=minigrad.float32)) == "tensor([], dtype=torch.float32)"
    finally:
        minigrad.set_default_dtype(minigrad.float32)


def test_a_subclass_prints_its_name_unless_told_another():
    class Masked(minigrad.Tensor):
        pass

    tensor = minigrad.tensor([[1.0], [2.0]])
    tensor.__class__ = Masked
    assert repr(tensor) == "Masked([[1.],\n        [2.]])"
    assert tensor_repr(tensor, "tensor") == "tensor([[1.],\n        [2.]])"


def test_a_subclass_takes_no_format():
    tensor = minigrad.tensor(2.5)
    assert f"{tensor:.2f}" == "2.50"
    tensor.__class__ = type("Masked", (minigrad.Tensor,), {})
    assert f"{tensor}" == "Masked(2.5000)"
    with pytest.raises(TypeError, match="unsupported format string passed to Masked.__format__"):
        f"{tensor:.2f}"


def test_a_node_is_printed_without_its_namespace():
    class CopySlices:
        def name(self):
            return "torch::autograd::CopySlices"

    class Changed:
        array, requires_grad, grad_fn = np.ones(2, np.float32), True, CopySlices()

    assert tensor_repr(Changed(), "tensor") == "tensor([1., 1.], grad_fn=<CopySlices>)"


def test_printing_leaves_the_array_alone():
    array = np.arange(2000.0).reshape(2, 1000)
    repr(minigrad.from_numpy(array))
    assert (array == np.arange(2000.0).reshape(2, 1000)).all()


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch", reason="PyTorch 2.13 is not installed")
    if torch.__version__.split("+")[0] != VERSION:
        pytest.skip("PyTorch 2.13 is not installed")
    return torch


def test_pytorch_still_prints_what_is_recorded(torch):
    assert expressions(torch) == RECORD["expressions"]
    assert options(torch) == RECORD["options"]
    assert line_widths(torch) == RECORD["line widths"]
    assert printed(torch) == RECORD["arrays"]


def test_random_arrays_print_as_in_pytorch(torch):
    for seed in range(1, 6):
        for title, array in arrays(seed).items():
            assert repr(minigrad.from_numpy(array)) == repr(torch.from_numpy(array)), (seed, title)
