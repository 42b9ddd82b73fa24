"""Complex numbers: made of two real ones and taken apart again, conjugated, turned.

Arithmetic treats them as it does real numbers. `real`, `imag` and `view_as_real` are views: parts can be written to.
"""

import warnings

from .. import derivatives as d
from ..inplace import copy_
from ..positions import select
from ..record import title
from ..tensor import refuse
from .shapes import H as transposed, mT


def complex(real, imag):
    """``real + 1j * imag``, broadcast; both are float32, or both float64 (RuntimeError).

    >>> import minigrad as torch
    >>> torch.complex(torch.tensor([1.0, 2.0]), torch.tensor(0.5))
    tensor([1.+0.5000j, 2.+0.5000j])
    """
    _check_parts(real, imag)
    return d.complex(real, imag)


def polar(abs, angle):
    """The complex numbers of these sizes, at these angles in radians: ``abs * (cos(angle) + 1j * sin(angle))``."""
    _check_parts(abs, angle)
    return d.polar(abs, angle)


def _check_parts(a, b):
    a, b = a.array, b.array
    refuse((a.dtype.kind != "f" or b.dtype.kind != "f") and "Expected both inputs to be Half, Float or Double tensors "
           f"but got {title(a)} and {title(b)}")
    refuse(a.dtype != b.dtype and f"Expected object of scalar type {title(a)} but got scalar type {title(b)} for "
           "second argument")


def view_as_real(input):
    """A view of complex numbers as pairs of real ones: shape (...) becomes (..., 2).

    >>> import minigrad as torch
    >>> z = torch.tensor([1 + 2j])
    >>> torch.view_as_real(z).mul_(10)
    tensor([[10., 20.]])
    >>> z
    tensor([10.+20.j])
    """
    refuse(not input.is_complex() and "view_as_real is only supported for complex tensors")
    return d.view_as_real(input)


def view_as_complex(input):
    """A view of pairs of real numbers, next to each other in memory, as complex ones: shape (..., 2) becomes (...)."""
    array = input.array
    refuse(array.dtype.kind != "f" and "view_as_complex is only supported for half, float and double tensors, but got "
           f"a tensor of scalar type: {title(array)}")
    refuse(array.ndim == 0 and "Input tensor must have one or more dimensions")
    refuse(array.shape[-1] != 2 and "Tensor must have a last dimension of size 2")
    refuse(input.stride(-1) != 1 and "Tensor must have a last dimension with stride 1")
    refuse(any(step % 2 for step in input.stride()[:-1]) and "Tensor must have a stride divisible by 2 for all but "
           "last dimension")
    return d.view_as_complex(input)


def real(input):
    """The real parts, as a view; of real numbers the tensor itself."""
    return select(d.view_as_real(input), -1 % (input.array.ndim + 1), 0) if input.is_complex() else input


def imag(input):
    """The imaginary parts, as a view; only complex numbers have any (RuntimeError)."""
    refuse(not input.is_complex() and "imag is not implemented for tensors with non-complex dtypes.")
    return select(d.view_as_real(input), -1 % (input.array.ndim + 1), 1)


def part(get):
    """`real` or `imag` as an attribute, which can be set."""
    return property(get, lambda self, value: copy_(get(self), value), doc=get.__doc__)


def conj(input):
    """The conjugates, with the imaginary parts' signs changed; of real numbers the tensor itself.

    A new tensor. In PyTorch it shares memory with `input`, and whoever reads it changes the signs.
    """
    return d.conj(input) if input.is_complex() else input


def conj_physical(input):
    """`conj`."""
    return d.conj_physical(input) if input.is_complex() else input


def resolve_conj(input):
    """The tensor itself: here, no conjugation is left to be done."""
    return input


def adjoint(self):
    """The last two dimensions exchanged, and the conjugates of complex numbers."""
    ndim = self.array.ndim
    refuse(ndim == 1 and "tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.")
    if not ndim:
        what = "adjoint() is deprecated on 0-D tensors. Consider using x.conj()."
        warnings.warn(what, UserWarning, stacklevel=2)
    return conj(mT(self) if ndim else self)


def H(self):
    """The transpose of a matrix, and the conjugates of complex numbers."""
    return conj(transposed(self))


def angle(input):
    """The angle of each number, in radians from -pi to pi; of real numbers 0, or pi for negative ones."""
    return d.angle(input)
