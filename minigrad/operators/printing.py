"""How PyTorch prints a tensor: all numbers in one format, which is chosen by looking at them first."""

import math
import textwrap
from types import SimpleNamespace

import numpy as np

from ..dtypes import bool as bool_dtype, complex64, complex128, float64, from_numpy_dtype, get_default_dtype, int64
from ..grad_mode import levels, mode
from ..graph import begins_outside, transform_of
from ..tensor import Tensor


class PrintOptions(SimpleNamespace):
    """precision  digits after the point
    threshold  a tensor with more elements than this is shortened to its corners ...
    edgeitems  ... which are so many elements long
    linewidth  in characters
    sci_mode   scientific notation: always (True), never (False), or where it helps (None)
    """


PROFILES: dict[str | None, dict] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80}}

options = PrintOptions(**PROFILES["default"], sci_mode=None)


def set_printoptions(precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None):
    """Change how tensors are printed; what is None stays as it is, except `sci_mode`, which every call sets anew.

    `profile`, one of "default", "short" and "full", sets the first four, before those that are given.

    >>> set_printoptions(precision=2)
    >>> import minigrad as torch
    >>> torch.tensor([1.12345])
    tensor([1.12])
    >>> set_printoptions(profile="default")
    """
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    changes = PROFILES.get(profile, {}) | {name: value for name, value in given.items() if value is not None}
    for name, value in changes.items():
        setattr(options, name, value)
    options.sci_mode = sci_mode


def get_printoptions() -> dict:
    """The options in force, as `set_printoptions` takes them."""
    return dict(vars(options))


def tensor_repr(tensor: Tensor, name: str | None = None) -> str:
    """What PyTorch prints for a tensor; `name` stands before the bracket, for a subclass that is its class's name.

    >>> import minigrad as torch
    >>> torch.tensor([1.0, 2.5], requires_grad=True) * 2
    tensor([2., 5.], grad_fn=<MulBackward0>)
    """
    depth = _depth(tensor) if mode.transforms else 0
    while depth and "argument" in tensor.__dict__:
        tensor = tensor.argument
    opening = (name or ("tensor" if type(tensor) is Tensor else type(tensor).__name__)) + "("
    text = opening + _values(tensor.array, indent=len(opening))
    width = len(text.rpartition("\n")[2]) + 2  # of the last line, and two columns that PyTorch keeps free after numbers
    for fact in _facts(tensor, depth):
        if width + len(fact) + 2 > options.linewidth:
            text += ",\n" + " " * len(opening) + fact
            width = len(opening) + len(fact)
        else:
            text += ", " + fact
            width += len(fact) + 2
    text += ")"
    for number in range(1, depth + 1):
        text = f"GradTrackingTensor(lvl={number}, value=\n{textwrap.indent(text, '    ')}\n)"
    return text


def _depth(tensor):
    """In how many of torch.func's transforms it is, one inside the other, which PyTorch shows as so many brackets."""
    return sum(transform_of(tensor) >= number for number in mode.transforms)


def tensor_format(tensor: Tensor, spec: str) -> str:
    """`f"{loss:.3f}"` formats the number in a 0-d tensor; other tensors, and subclasses, take no format.

    >>> import minigrad as torch
    >>> f"{torch.tensor(2.0):.3f}"
    '2.000'
    """
    if tensor.array.ndim == 0 and type(tensor) is Tensor:
        return format(tensor.array.item(), spec)
    return object.__format__(tensor, spec)


def _facts(tensor, depth):
    """What the numbers do not show: the size of an empty tensor, an unusual dtype, and where the tensor comes from.

    In a transform of torch.func that is what is known outside of all of them.
    """
    array, dtype, usual = tensor.array, from_numpy_dtype(tensor.array.dtype), [get_default_dtype()]
    if array.size:
        hidden = options.edgeitems == 0
        usual += [int64, bool_dtype]  # 1 and True are seen to be no floats, and 1j
        usual.append(complex128 if usual[0] is float64 else complex64)
    else:
        hidden = array.ndim != 1
    if hidden:
        yield f"size={array.shape}"
    if dtype not in usual:
        yield f"dtype={dtype}"
    if depth and not begins_outside([tensor]):
        return
    try:
        node = tensor.grad_fn
    except RuntimeError:  # one of several views, changed in place meanwhile: it has no valid history
        yield "grad_fn=<Invalid>"
        return
    if node is not None:
        yield f"grad_fn=<{node.name().rpartition('::')[2]}>"  # without C++ namespaces
    elif tensor.requires_grad:
        yield "requires_grad=True"
    if levels and not depth and levels[0].tangent_of(tensor) is not None:
        yield f"tangent={levels[0].tangent_of(tensor)}"


def _values(array, indent):
    if array.size == 0:
        return "[]"
    shortened = array.size > options.threshold
    kind = ComplexFormat if array.dtype.kind == "c" else NumberFormat
    return _brackets(array, indent, shortened, kind(_corners(array) if shortened else array))


def _corners(array):
    """The elements of a shortened tensor that are printed: of each long dimension, both ends."""
    edge = options.edgeitems
    for axis, length in enumerate(array.shape):
        if length > 2 * edge:
            array = np.delete(array, slice(edge, length - edge), axis)
    return array


def _brackets(array, indent, shortened, write):
    """The array in square brackets, the first of which stands in column `indent`."""
    if array.ndim == 0:
        return write(array.item())
    edge, length = options.edgeitems, len(array)
    cut = shortened and length > 2 * edge
    shown = [*range(edge), *range(length - edge, length)] if cut else range(length)
    rows = [_brackets(array[i], indent + 1, shortened, write) for i in shown]
    if cut:
        rows.insert(edge, " ..." if array.ndim == 1 and edge else "...")
    if array.ndim == 1:
        per_line = max(1, (options.linewidth - indent) // (write.width + len(", ")))
        rows = [", ".join(rows[i : i + per_line]) for i in range(0, len(rows), per_line)]
    newlines = "\n" * max(1, array.ndim - 1)
    return "[" + f",{newlines}{' ' * (indent + 1)}".join(rows) + "]"


class NumberFormat:
    """A function from a number to its text, all of one width, made for the numbers of an array.

    Floats that are all whole are written `1.`; others with `precision` digits, in scientific notation if they are very
    large, very small or very different. Zeros, infinities and nan have no say in this, nor in the width, which they may
    exceed.
    """

    def __init__(self, array):
        telling = array.ravel()
        self.spec, self.dot, self.width = "", False, 1
        if array.dtype.kind == "f":
            telling = telling[np.isfinite(telling) & (telling != 0)]
            scientific = telling.size > 0 and _needs_exponent(telling)
            whole = (telling == np.ceil(telling)).all()
            self.dot = whole and not scientific
            self.spec = ".0f" if self.dot else f".{options.precision}{'e' if scientific else 'f'}"
        self.width = max((len(self(number)) for number in telling.tolist()), default=1)

    def __call__(self, number):
        text = format(number, self.spec)
        if self.dot and math.isfinite(number):
            text += "."
        return text.rjust(self.width)


class ComplexFormat:
    """The same for complex numbers: their real and their imaginary parts have a format each."""

    def __init__(self, array):
        self.real, self.imag = NumberFormat(array.real), NumberFormat(array.imag)
        self.width = self.real.width + self.imag.width + 1

    def __call__(self, number):
        imag = self.imag(number.imag).lstrip()
        return f"{self.real(number.real)}{'' if imag[0] == '-' else '+'}{imag}j"


def _needs_exponent(numbers):
    if options.sci_mode is not None:
        return options.sci_mode
    sizes = np.abs(numbers)
    smallest, largest = float(sizes.min()), float(sizes.max())  # Python's: the ratio may be too large for a float16
    return largest / smallest > 1000 or largest > 1e8 or smallest < 1e-4
