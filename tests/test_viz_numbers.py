"""How pictures write numbers: few of them by value, many by their shape or their norm."""

import numpy as np
import pytest

import minigrad as torch
from minigrad.viz import draw, trace
from minigrad.viz.numbers import show_gradient, show_if_small, show_value


def test_what_fits_a_slide_about_broadcasting_is_shown_by_value():
    w, v = torch.ones(2, 3, requires_grad=True), torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
    y = w * v
    assert "value [[1.0, -2.0, 0.5], [1.0, -2.0, 0.5]]" in draw(y, names={"w": w, "v": v, "y": y}).text
    told = repr(trace(y, torch.ones(2, 3), names={"w": w, "v": v, "y": y}))
    assert "[[1.0, -2.0, 0.5], [1.0, -2.0, 0.5]] to w and [2.0, 2.0, 2.0] to v (summed to its shape (3,))" in told


@pytest.mark.parametrize(
    "values, shown",
    [
        (np.arange(6.0), "[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]"),
        (np.full(3, -1.2345e-10), "[-1.234e-10, -1.234e-10, -1.234e-10]"),
        (np.arange(7.0), ""),
        (np.full(4, -1.2345e-10), ""),
        (np.zeros((0, 3)), "[]"),
    ],
)
def test_more_than_six_numbers_or_thirty_six_letters_are_not(values, shown):
    assert show_if_small(values) == shown
    assert show_value(values) == (shown or f"shape {values.shape}")
    assert show_gradient(values).startswith(shown or "norm ")
