"""assert_close: whether two results agree within the rounding of their dtype; make_tensor: what to try them on."""

import math
import warnings
from collections.abc import Mapping, Sequence

import numpy as np

from .dtypes import bool as bool_, finfo, float16, float32, float64, iinfo, int64
from .operators.creation import as_tensor, empty
from .operators.sampling import randint
from .tensor import Tensor, refuse

TOLERANCES = {float16: (1e-3, 1e-5), float32: (1.3e-6, 1e-5), float64: (1e-7, 1e-7)}  # relative, absolute


def assert_close(actual, expected, *, allow_subclasses=True, rtol=None, atol=None, equal_nan=False, check_device=True,
                 check_dtype=True, check_layout=True, check_stride=False, msg=None):
    """Raise AssertionError unless ``|actual - expected| <= atol + rtol * |expected|`` for each element.

    `actual` and `expected` are tensors, numbers, numpy arrays, or sequences or mappings of them. Without `rtol` and
    `atol`, which are given together or not at all, the dtype decides. `msg` is a text in place of the explanation, or a
    function of it.

    >>> import minigrad as torch
    >>> assert_close(torch.tensor([0.1]) + 0.2, torch.tensor([0.3]))
    """
    if (rtol is None) != (atol is None):
        missing = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
    tolerances = None if rtol is None else (rtol, atol)
    for place, a, b in _pairs(actual, expected, ()):
        text = _difference(a, b, tolerances, equal_nan, check_dtype, check_stride)
        if text is not None:
            if place:
                text += f"\n\nThe failure occurred for item {''.join(f'[{key!r}]' for key in place)}"
            raise AssertionError(text if msg is None else msg(text) if callable(msg) else msg)


def assert_allclose(actual, expected, rtol=None, atol=None, equal_nan=True, msg=""):
    """`assert_close` with other tolerances; deprecated."""
    warnings.warn("`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. "
                  "Please use `torch.testing.assert_close()` instead. You can find detailed upgrade instructions in "
                  "https://github.com/pytorch/pytorch/issues/61844.", FutureWarning, stacklevel=2)
    if rtol is None and atol is None:
        rtol, atol = {float16: (1e-3, 1e-3), float64: (1e-5, 1e-8)}.get(as_tensor(actual).dtype, (1e-4, 1e-5))
    options = {"check_device": True, "check_dtype": False, "check_stride": False, "msg": msg or None}
    assert_close(as_tensor(actual), as_tensor(expected), rtol=rtol, atol=atol, equal_nan=equal_nan, **options)


def _pairs(actual, expected, place):
    """Each two things to compare, with where they are."""
    if _both(actual, expected, Sequence) and not isinstance(actual, str):
        if len(actual) != len(expected):
            raise AssertionError(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}")
        for i, (a, b) in enumerate(zip(actual, expected)):
            yield from _pairs(a, b, (*place, i))
    elif _both(actual, expected, Mapping):
        if actual.keys() != expected.keys():
            raise AssertionError("The keys of the mappings do not match:\nMissing keys in the actual mapping: "
                                 f"{sorted(expected.keys() - actual.keys())}\nAdditional keys in the actual mapping: "
                                 f"{sorted(actual.keys() - expected.keys())}")
        for key in actual:
            yield from _pairs(actual[key], expected[key], (*place, key))
    else:
        yield place, actual, expected


def _both(a, b, kind):
    return isinstance(a, kind) and isinstance(b, kind)


def _difference(a, b, tolerances, equal_nan, check_dtype, check_stride):
    """How `a` differs from `b`, in words; None if it does not."""
    if a is None or b is None:
        return None if a is b else f"None mismatch: {a} is not {b}"
    if _both(a, b, (bool, np.bool_)):
        return None if a == b else f"Booleans mismatch: {a} is not {b}"
    if _both(a, b, (int, float, complex, np.number)):
        if check_dtype and type(a) is not type(b):
            return f"The (d)types do not match: {type(a)} != {type(b)}."
        exact = not isinstance(a, (float, complex)) and not isinstance(b, (float, complex))
        tolerances = tolerances or ((0, 0) if exact else TOLERANCES[float64])
        return _parting(np.asarray(a), np.asarray(b), *tolerances, equal_nan)
    if not _both(a, b, Tensor) and not _both(a, b, np.ndarray):
        raise TypeError(f"No comparison pair was able to handle inputs of type {type(a)} and {type(b)}.")
    a, b = as_tensor(a), as_tensor(b)
    for name, checked, ours, theirs in (
        ("shape", True, a.shape, b.shape),
        ("dtype", check_dtype, a.dtype, b.dtype),
        ("stride()", check_stride, a.stride(), b.stride()),
    ):
        if checked and ours != theirs:
            return f"The values for attribute '{name}' do not match: {ours} != {theirs}."
    tolerances = tolerances or tuple(map(max, zip(*(TOLERANCES.get(x.dtype.to_real(), (0.0, 0.0)) for x in (a, b)))))
    return _parting(a.array, b.array, *tolerances, equal_nan)


def _parting(a, b, rtol, atol, equal_nan):
    kind = np.promote_types(a.dtype, b.dtype)
    kind = np.dtype(np.int64) if kind.kind == "b" else kind
    a, b = a.astype(kind), b.astype(kind)
    with np.errstate(all="ignore"):
        away, size = np.abs(a - b), np.abs(b)
        close = (a == b) | (np.isfinite(b) & (away <= atol + rtol * size))
        if equal_nan:
            close |= (a != a) & (b != b)
        if close.all():
            return None
        relative = away / size if kind.kind in "fc" else (away / size).astype(np.float32 if a.ndim else np.float64)
    away, relative = np.where(close, 0, away), np.where(close, 0, relative)
    exact = rtol == atol == 0
    allowed = ["", ""] if exact else [f" (up to {atol} allowed)", f" (up to {rtol} allowed)"]
    what = "equal" if exact else "close"
    if a.ndim == 0:
        return (f"Scalars are not {what}!\n\nExpected {b.item()} but got {a.item()}.\n"
                f"Absolute difference: {away.item()}{allowed[0]}\nRelative difference: {relative.item()}{allowed[1]}")
    wrong = close.size - int(close.sum())
    lines = [f"Tensor-likes are not {what}!", ""]
    lines.append(f"Mismatched elements: {wrong} / {close.size} ({wrong / close.size:.1%})")
    for name, values, up_to in (("absolute", away, allowed[0]), ("relative", relative, allowed[1])):
        place = tuple(map(int, np.unravel_index(np.argmax(values), values.shape)))
        lines.append(f"Greatest {name} difference: {values[place].item()} at index {place}{up_to}")
    return "\n".join(lines)


def __getattr__(name):
    raise AttributeError(f"module 'torch.testing' has no attribute {name!r}")


def make_tensor(*shape, dtype, device, low=None, high=None, requires_grad=False, noncontiguous=False,
                exclude_zero=False, memory_format=None):
    """A tensor to try an operation on, of random numbers between `low` and `high`: small ones, unless these are given.

    noncontiguous  it shows every other element of its memory
    exclude_zero   the least positive number, or 1, takes the place of zeros
    ValueError for limits without a number between them, and for integers that shall require grad.

    >>> import minigrad as torch
    >>> make_tensor(2, 3, dtype=torch.float64, device="cpu", noncontiguous=True).stride()
    (6, 2)
    """
    shape = tuple(shape[0] if len(shape) == 1 and isinstance(shape[0], Sequence) else shape)
    refuse(noncontiguous and memory_format is not None and "The parameters `noncontiguous` and `memory_format` are "
           f"mutually exclusive, but got {noncontiguous=} and {memory_format=}", ValueError)
    floating = dtype.is_floating_point or dtype.is_complex
    refuse(requires_grad and not floating and "`requires_grad=True` is not supported for boolean and integral dtypes, "
           f"but got {dtype=}", ValueError)
    if noncontiguous := noncontiguous and math.prod(shape) > 1:
        shape = *shape[:-1], 2 * shape[-1]
    low, high = _limits(dtype, low, high)
    if not floating:
        result = randint(math.ceil(low), math.ceil(high), shape, dtype=dtype, device=device)
    elif high - low < finfo(dtype).max:
        result = empty(shape, dtype=dtype, device=device).uniform_(low, high)
    else:
        result = empty(shape, dtype=dtype, device=device).uniform_(low / 2, high / 2).mul_(2)
    if noncontiguous:
        result = result[..., 1::2]
    if exclude_zero:
        result[result == 0] = finfo(dtype).tiny if floating else 1
    return result.requires_grad_(requires_grad)


def _limits(dtype, low, high):
    """Between which numbers those of a `make_tensor` lie."""
    floating = dtype.is_floating_point or dtype.is_complex
    if dtype is bool_:
        default, least, end = (0, 2), 0, 2
    else:
        info = finfo(dtype) if floating else iinfo(dtype)
        default, least, end = (-9, 9 if floating else 10), info.min, info.max + (not floating and dtype is not int64)
    low, high = default[0] if low is None else low, default[1] if high is None else high
    refuse((low != low or high != high) and f"`low` and `high` cannot be NaN, but got {low=} and {high=}", ValueError)
    if low == high and floating:
        warnings.warn("Passing `low==high` to `torch.testing.make_tensor` for floating or complex types is deprecated "
                      "since 2.1 and will be removed in 2.3. Use `torch.full(...)` instead.", FutureWarning, 3)
    else:
        refuse(low >= high and f"`low` must be less than `high`, but got {low} >= {high}", ValueError)
    refuse((high < least or low >= end) and f"The value interval specified by `low` and `high` is [{low}, {high}), but "
           f"{dtype} only supports [{least}, {end})", ValueError)
    return min(max(low, least), end), min(max(high, least), end)
