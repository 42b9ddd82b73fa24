"""How pictures write numbers: four digits of a few of them, the shape or the norm of many."""

import math
from typing import Any

# A tensor with more elements, or more letters, than this is described by its shape, and its gradient by a norm.
MOST_ELEMENTS = 6
MOST_LETTERS = 36


def show_numbers(numbers: object) -> str:
    """Four digits: enough to follow a computation, and few enough to be the same on every machine."""
    if isinstance(numbers, list):
        return "[" + ", ".join(map(show_numbers, numbers)) + "]"
    if not isinstance(numbers, float):
        return str(numbers)
    text = f"{numbers:.4g}"
    return text + ".0" if text.lstrip("-").isdigit() else text


def show_shape(shape: tuple[int, ...]) -> str:
    return str(tuple(shape))


def show_if_small(values: Any) -> str:
    """The numbers of a tensor or an array, or "" if they are too many."""
    if math.prod(values.shape) > MOST_ELEMENTS:
        return ""
    numbers = show_numbers(values.tolist())
    return numbers if len(numbers) <= MOST_LETTERS else ""


def show_value(values: Any) -> str:
    """The numbers of a tensor or an array, or its shape if they are too many."""
    return show_if_small(values) or f"shape {show_shape(values.shape)}"


def show_gradient(gradient: Any) -> str:
    """The numbers of a tensor or an array, or their norm if they are too many; "None" if there is none."""
    if gradient is None:
        return "None"
    return show_if_small(gradient) or f"norm {show_numbers(norm(gradient))}"


def norm(values: Any) -> float:
    """The root of the sum of all squares, in double precision, and scaled: squares overflow long before it does."""
    sizes = abs(values.detach()).double() if hasattr(values, "detach") else abs(values).astype("float64")
    largest = float(sizes.max()) if math.prod(values.shape) else 0.0
    if largest == 0 or not math.isfinite(largest):
        return largest
    scale = 2.0 ** (math.frexp(largest)[1] - 1)  # a power of two, by which division is exact
    return scale * math.sqrt(float(((sizes / scale) ** 2).sum()))
