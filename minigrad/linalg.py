"""torch.linalg: what matrices are asked for besides products: norms, determinants, inverses, solutions."""

import functools
import importlib

import numpy as np

from . import derivatives as d
from .operators.products import cross as cross_of, matmul as matmul
from .operators.reductions import amax, amin, norm as vector_norm_of, return_type
from .positions import tril
from .record import operation, title
from .tensor import refuse, wrap


class LinAlgError(RuntimeError):
    """A matrix has no inverse, or no factors of the kind that was asked for."""


LinAlgError.__module__, LinAlgError.__name__, LinAlgError.__qualname__ = "torch._C", "_LinAlgError", "_LinAlgError"


def _solution(A, B, left):
    """X in AX = B, or XA = B; of vectors if B is one."""
    if not left:
        return _solution(A.swapaxes(-1, -2), B.swapaxes(-1, -2), True).swapaxes(-1, -2)
    return np.linalg.solve(A, B[..., None])[..., 0] if B.ndim == A.ndim - 1 else np.linalg.solve(A, B)


_inv = operation("LinalgInvExBackward0", lambda A: np.linalg.inv(A),
                 A=lambda grad, result: -(result.mT @ (grad @ result.mT)))
_det = operation("LinalgDetBackward0", lambda A: np.linalg.det(A),
                 A=lambda grad, A, result: (grad * result)[..., None, None] * _inv(A).mT)
_log_abs_det = operation("LinalgSlogdetBackward0", lambda A: np.linalg.slogdet(A)[1],
                         A=lambda grad, A: grad[..., None, None] * _inv(A).mT)
_solve = operation("LinalgSolveExBackward0", _solution,
                   A=lambda grad, A, result, left: _minus_outer(A, _solve(A.mT, grad, left), result, left),
                   B=lambda grad, A, left: _solve(A.mT, grad, left))
_cholesky = operation("LinalgCholeskyExBackward0", lambda A: np.linalg.cholesky(A),
                      A=lambda grad, result:
                          _symmetric(_solve(result.mT, _solve(result, _lower(result.mT @ grad), False), True)))


def _minus_outer(A, grad, solution, left):
    if solution.ndim < A.ndim:
        return -(grad[..., :, None] * solution[..., None, :])
    return -(grad @ solution.mT) if left else -(solution.mT @ grad)


def _lower(matrix):
    """The lower triangle, with half of the diagonal."""
    return (tril(matrix, 0) + tril(matrix, -1)) / 2


def _symmetric(matrix):
    return (matrix + matrix.mT) / 2


def _floating(function, A):
    """`A`, if it is made of floats."""
    if A.array.dtype.kind != "f":
        raise RuntimeError(f"{function}: Expected a floating point or complex tensor as input. Got {title(A.array)}")
    return A


def _checked(function, A, kernel=None):
    """`A`, if it is made of square matrices of floats, in more than half precision."""
    _square(function, A)
    if A.array.dtype == np.float16 and kernel is not None:
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Half'")
    refuse(A.array.dtype == np.float16 and f"{function}: Low precision dtypes not supported. Got Half")
    return _floating(function, A)


def _square(function, A):
    refuse(A.array.ndim < 2 and f"{function}: The input tensor A must have at least 2 dimensions.")
    rows, columns = A.array.shape[-2:]
    refuse(rows != columns and f"{function}: A must be batches of square matrices, but they are {rows} by {columns} "
           "matrices")


def inv(A):
    """The inverse of a matrix, or of each in a batch; LinAlgError if there is none.

    >>> import minigrad as torch
    >>> torch.linalg.inv(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    try:
        return _inv(_checked("linalg.inv", A))
    except np.linalg.LinAlgError:
        where = 1 + int(np.argmin(np.abs(np.diagonal(np.linalg.qr(A.array)[1], axis1=-2, axis2=-1)).reshape(-1)))
        raise LinAlgError(f"linalg.inv: The diagonal element {where} is zero, the inversion could not be completed "
                          "because the input matrix is singular.") from None


inverse = inv


def det(A):
    """The determinant."""
    return _det(_checked("linalg.det", A, "lu_cpu"))


SignAndLog = return_type("linalg_slogdet", ("sign", "logabsdet"))


def slogdet(A):
    """The determinant's sign, and the logarithm of its absolute value."""
    _checked("linalg.slogdet", A)
    return SignAndLog(wrap(np.asarray(np.linalg.slogdet(A.array)[0])), _log_abs_det(A))


def logdet(A):
    """The logarithm of the determinant; nan if that is negative."""
    sign, log = slogdet(_checked("logdet", A))
    return d.where(wrap(sign.array == -1), wrap(np.asarray(np.nan, A.array.dtype)), log)


def solve(A, B, *, left=True):
    """X in ``AX = B``, or with `left=False` in ``XA = B``; B may be a vector."""
    _checked("linalg.solve", A, "lu_cpu")
    a, b = A.array, B.array
    rows = b.shape[-1] if b.ndim == a.ndim - 1 or not left else b.shape[-2]
    if rows != a.shape[-1]:
        shape = f"{b.shape[-1]}x1" if b.ndim == a.ndim - 1 else f"{b.shape[-2]}x{b.shape[-1]}"
        equation = "AX = B" if left else "XA = B"
        raise RuntimeError(f"linalg.solve: Incompatible shapes of A and B for the equation {equation} "
                           f"({a.shape[-2]}x{a.shape[-1]} and {shape})")
    try:
        return _solve(A, B, left)
    except np.linalg.LinAlgError:
        raise LinAlgError("torch.linalg.solve: The solver failed because the input matrix is singular.") from None


def cholesky(A):
    """The lower triangular L with ``L @ L.mT == A``; LinAlgError if A is not positive definite."""
    try:
        return _cholesky(_checked("linalg.cholesky", A, "cholesky_cpu"))
    except np.linalg.LinAlgError:
        order = next(n for n in range(1, len(A.array) + 1) if np.linalg.det(A.array[:n, :n]) <= 0)
        raise LinAlgError("linalg.cholesky: The factorization could not be completed because the input is not "
                          f"positive-definite (the leading minor of order {order} is not positive-definite).") from None


def vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None):
    """``(sum |x|^ord)^(1/ord)`` over all elements or over `dim`."""
    return vector_norm_of(x, ord, dim, keepdim, dtype)


def matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None):
    """The Frobenius norm; the largest (ord 1, inf) or smallest (-1, -inf) sum of a column's or row's
    sizes; or the largest (2) or smallest (-2) singular value, or the sum of all ("nuc")."""
    _floating("linalg.matrix_norm", A)
    if ord == "fro":
        return vector_norm_of(A, 2, dim, keepdim, dtype)
    if ord in (2, -2, "nuc"):
        refuse(A.array.dtype == np.float16 and "linalg.matrix_norm: Low precision dtypes not supported. Got Half")
        values = __getattr__("svdvals")(A.movedim(dim, (-2, -1)))
        result = values.sum(-1, keepdim) if ord == "nuc" else (amax if ord > 0 else amin)(values, -1, keepdim)
        return result.unsqueeze(-1).movedim((-2, -1), dim) if keepdim else result
    refuse(ord not in (1, -1, float("inf"), -float("inf")) and f"minigrad has no matrix_norm with ord={ord!r}: use "
           "'fro', 'nuc', 1, -1, 2, -2, inf or -inf.", NotImplementedError)
    summed, left = (n % A.ndim for n in (dim if abs(ord) == 1 else dim[::-1]))
    sums = d.norm(A, 1, (summed,), keepdim)
    return (amax if ord > 0 else amin)(sums, left - (not keepdim and left > summed), keepdim)


def norm(A, ord=None, dim=None, keepdim=False, *, dtype=None):
    """`vector_norm`; or `matrix_norm` where `ord` is given for a matrix, or `dim` names two dimensions."""
    matrix = ord is not None and (A.ndim == 2 if dim is None else isinstance(dim, (tuple, list)) and len(dim) == 2)
    if matrix:
        return matrix_norm(A, ord, dim or (-2, -1), keepdim, dtype=dtype)
    return vector_norm_of(A, 2 if ord is None else ord, dim, keepdim, dtype)


def multi_dot(tensors):
    """The product of several matrices, from left to right."""
    product = functools.reduce(matmul, tensors)
    return product.view(product.shape)


def cross(input, other, *, dim=-1):
    """The cross product of vectors of 3 elements along `dim`."""
    return cross_of(input, other, dim)


def vecdot(x, y, *, dim=-1):
    """The dot products of the vectors along `dim`."""
    return (x * y).sum(dim)


def diagonal(A, *, offset=0, dim1=-2, dim2=-1):
    """`torch.diagonal`, of the last two dimensions."""
    return A.diagonal(offset, dim1, dim2)


def matrix_power(A, n):
    """``A @ A @ ...``, n factors; of the inverse if n is negative."""
    if n == 0:
        return A.clone().copy_(wrap(np.eye(A.array.shape[-1], dtype=A.array.dtype)))
    return functools.reduce(matmul, [A if n > 0 else inv(A)] * abs(n))


def __getattr__(name):
    factors = importlib.import_module(f"{__package__}.factors")
    if name in factors.NAMES:
        return getattr(factors, name)
    if name in "eig eigvals matrix_exp lu lu_factor".split():
        raise AttributeError(f"minigrad has no torch.linalg.{name}.")
    raise AttributeError(f"module 'torch.linalg' has no attribute {name!r}")
