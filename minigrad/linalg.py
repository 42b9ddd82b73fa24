"""torch.linalg: what matrices are asked for besides products: norms, determinants, inverses, solutions, powers."""

import functools
import importlib
import math

import numpy as np

from . import derivatives as d
from .operators.joining import cat
from .operators.products import cross as cross_of, matmul as matmul, vdot
from .operators.reductions import amax, amin, in_dtype, norm as vector_norm_of, return_type
from .operators.several import several_results
from .positions import tril
from .record import broadcast, operation, title
from .tensor import check_dim, refuse, wrap


class LinAlgError(RuntimeError):
    """A matrix has no inverse, or no factors of the kind that was asked for."""


LinAlgError.__module__, LinAlgError.__name__, LinAlgError.__qualname__ = "torch._C", "_LinAlgError", "_LinAlgError"


def _is_vector(A, B):
    return B.ndim == 1 or B.shape == A.shape[:-1]


def _solution(A, B, left):
    """X in AX = B, or XA = B; of vectors if B is one."""
    if not left:
        return _solution(A.swapaxes(-1, -2), B.swapaxes(-1, -2), True).swapaxes(-1, -2)
    return _by_columns(np.linalg.solve(A, B[..., None])[..., 0] if _is_vector(A, B) else np.linalg.solve(A, B))


def _by_columns(array):
    """The same matrices, laid out one column after the other in memory, as LAPACK leaves them."""
    return array.swapaxes(-1, -2).copy().swapaxes(-1, -2) if array.ndim > 1 else array


def _determinant(A):
    return np.where(np.isnan(A).any((-2, -1)), A.dtype.type(np.nan), np.linalg.det(A))  # numpy may give 0 for these


_inv = operation("LinalgInvExBackward0", lambda A: _by_columns(np.linalg.inv(A)),
                 A=lambda grad, result: -(result.mT @ (grad @ result.mT)))
_det = operation("LinalgDetBackward0", _determinant,
                 A=lambda grad, A, result: grad[..., None, None] * _cofactors(A, result))
_solve = operation("LinalgSolveExBackward0", _solution,
                   A=lambda grad, A, result, left: _minus_outer(A, _solve(A.mT, grad, left), result, left),
                   B=lambda grad, A, left: _solve(A.mT, grad, left))
_cholesky = operation("LinalgCholeskyExBackward0",
                      lambda A, upper: _by_columns(np.linalg.cholesky(A, upper=upper)),
                      A=lambda grad, upper, result:
                          _cholesky_gradient(grad.mH, result.mH) if upper else _cholesky_gradient(grad, result))
_matrix_exp = operation("LinalgMatrixExpBackward0", lambda A: _exponential(A),
                        A=lambda grad, A: _exponential_gradient(grad, A.mT))


def _slogdet_gradient(grad_sign, grad_logabsdet, A, sign):
    if grad_sign is not None and A.is_complex():  # the sign can turn
        turn = (grad_sign.conj() * sign).imag * 1j
        grad_logabsdet = -turn if grad_logabsdet is None else grad_logabsdet - turn
    return None if grad_logabsdet is None else grad_logabsdet[..., None, None] * inv(A).mH


_slogdet = several_results("LinalgSlogdetBackward0", _slogdet_gradient, ("A",), ("sign",))


def _cofactors(A, det):
    """det(A) A⁻ᵀ; of a singular matrix 0, as PyTorch has it, though there are cofactors that are not."""
    eye = wrap(np.eye(A.array.shape[-1], dtype=A.array.dtype))
    return det[..., None, None] * _inv(d.where((det == 0)[..., None, None], eye, A)).mT


def _minus_outer(A, grad, solution, left):
    if solution.ndim < A.ndim:
        return -(grad[..., :, None] * solution[..., None, :])
    return -(grad @ solution.mT) if left else -(solution.mT @ grad)


def _adjoint(array):
    return np.conj(array.swapaxes(-1, -2))


def _cholesky_gradient(grad, L):
    """`L` as rules have it: of complex numbers the conjugates."""
    inner = L.mT @ grad
    return _solve(L.mT, _solve(L.conj(), (tril(inner, 0) + tril(inner, -1).mH) / 2, False), True)


def _exponential(A):
    """The sum of Aⁿ / n!, of so small a share of A that 20 terms do; it is squared as often as A was halved."""
    largest = np.abs(A).sum(-1).max(initial=0)
    halvings = max(0, 1 + math.frexp(largest)[1]) if np.isfinite(largest) else 0
    small = A / A.dtype.type(2**halvings)
    term = total = np.broadcast_to(np.eye(A.shape[-1], dtype=A.dtype), A.shape)
    for n in range(1, 20):
        term = term @ small / A.dtype.type(n)
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


def _exponential_gradient(grad, A):
    """How exp(A) changes along `grad`: the upper right of exp([[A, grad], [0, A]])  (R. Mathias, 1996)."""
    n = A.array.shape[-1]
    blocks = cat([cat([A, grad], -1), cat([d.zeros_like(A), A], -1)], -2)
    return _matrix_exp(blocks)[..., :n, n:]


def _floating(function, A):
    """`A`, if it is made of floats."""
    if A.array.dtype.kind not in "fc":
        raise RuntimeError(f"{function}: Expected a floating point or complex tensor as input. Got {title(A.array)}")
    return A


def _checked(function, A, kernel=None):
    """`A`, if it is made of square matrices of floats, in more than half precision."""
    _square(function, A)
    if A.array.dtype == np.float16 and kernel is not None:
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Half'")
    refuse(A.array.dtype == np.float16 and f"{function}: Low precision dtypes not supported. Got Half")
    return _floating(function, A)


def _matrix(function, A, name="A"):
    refuse(A.array.ndim < 2 and f"{function}: The input tensor {name} must have at least 2 dimensions.")


def _square(function, A):
    _matrix(function, A)
    rows, columns = A.array.shape[-2:]
    refuse(rows != columns and f"{function}: A must be batches of square matrices, but they are {rows} by {columns} "
           "matrices")


def _same_dtype(function, A, B, names="A and B"):
    a, b = names.split(" and ")
    kinds = title(A.array), title(B.array)
    refuse(kinds[0] != kinds[1] and f"{function}: Expected {names} to have the same dtype, but found {a} of type "
           f"{kinds[0]} and {b} of type {kinds[1]} instead")


def _check_equation(function, A, shape, left):
    """B's shape must have as many rows as A, in AX = B, or as many columns, in XA = B."""
    (m, n), (rows, columns) = A.array.shape[-2:], shape[-2:]
    refuse((rows if left else columns) != n and f"{function}: Incompatible shapes of A and B for the equation "
           f"{'AX = B' if left else 'XA = B'} ({m}x{n} and {rows}x{columns})")


def _failed(text, array, step):
    """The LinAlgError for the first matrix for which `step`, where it fails, is not 0."""
    matrices = array.reshape(-1, *array.shape[-2:])
    where, at = next(((i, step(matrix)) for i, matrix in enumerate(matrices) if step(matrix)), (0, array.shape[-1]))
    return LinAlgError(text.format(batch=f"(Batch element {where}): " if array.ndim > 2 else "", at=at))


def _zero_pivot(matrix):
    """In which step elimination finds nothing to divide by, counted from 1; 0 if in none."""
    matrix = matrix.copy()
    for i in range(len(matrix)):
        largest = i + np.argmax(np.abs(matrix[i:, i]))
        if matrix[largest, i] == 0:
            return i + 1
        matrix[[i, largest]] = matrix[[largest, i]]
        matrix[i + 1 :] -= matrix[i + 1 :, i, None] / matrix[i, i] * matrix[i]
    return 0


def _not_positive(matrix):
    """The order of the first leading minor that has no Cholesky factor."""
    for order in range(1, len(matrix) + 1):
        try:
            if np.isnan(np.linalg.cholesky(matrix[:order, :order])).any():
                return order
        except np.linalg.LinAlgError:
            return order
    return 0


SINGULAR = ("The diagonal element {at} is zero, the inversion could not be completed because the input matrix is "
            "singular.")


def inv(A):
    """The inverse of a matrix (n, n), or of each in a batch (..., n, n); LinAlgError if there is none.

    >>> import minigrad as torch
    >>> torch.linalg.inv(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    try:
        return _inv(_checked("linalg.inv", A))
    except np.linalg.LinAlgError:
        raise _failed("linalg.inv: {batch}" + SINGULAR, A.array, _zero_pivot) from None


inverse = inv


def det(A):
    """The determinant of each matrix (..., n, n): (...); its gradient is the matrix of cofactors."""
    return _det(_checked("linalg.det", A, "lu_cpu"))


SignAndLog, OldSignAndLog = (return_type(name, ("sign", "logabsdet")) for name in ("linalg_slogdet", "slogdet"))


def slogdet(A):
    """The determinant's sign, and the logarithm of its absolute value."""
    return SignAndLog(*_slogdet(A, np.linalg.slogdet(_checked("linalg.slogdet", A).array), A))


def sign_and_log_of_det(input):
    """The determinant's sign, and the logarithm of its absolute value."""
    return OldSignAndLog(*slogdet(input))


def logdet(A):
    """The logarithm of the determinant; nan if that is negative."""
    sign, log = slogdet(_checked("logdet", A))
    if A.is_complex():
        return d.log(sign) + log
    return d.where(wrap(sign.array == -1), wrap(np.asarray(np.nan, A.array.dtype)), log)


def solve(A, B, *, left=True):
    """X in ``AX = B``, or with `left=False` in ``XA = B``; LinAlgError if A is singular.

    A is (..., n, n), B (..., n, k), or a vector: (n,), or (..., n) with A's own dimensions before the n.

    >>> import minigrad as torch
    >>> torch.linalg.solve(torch.tensor([[2.0, 0.0], [0.0, 4.0]]), torch.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    _checked("linalg.solve", A, "lu_cpu")
    _same_dtype("linalg.solve", A, B)
    columns = B[..., None] if _is_vector(A.array, B.array) else B
    _matrix("linalg.solve", columns, "B")
    _check_equation("linalg.solve", A, columns.shape, left)
    broadcast(columns.shape[:-2], A.shape[:-2])
    try:
        return _solve(A, B, left)
    except np.linalg.LinAlgError:
        raise _failed("torch.linalg.solve: {batch}The solver failed because the input matrix is singular.",
                      A.array, _zero_pivot) from None


def cholesky(input, *, upper=False):
    """L, lower triangular, with ``L @ L.mT == A``; or `upper` its transpose; LinAlgError if A is not positive definite.

    >>> import minigrad as torch
    >>> torch.linalg.cholesky(torch.tensor([[4.0, 2.0], [2.0, 2.0]]))
    tensor([[2., 0.],
            [1., 1.]])
    """
    return _cholesky_factor("linalg.cholesky", input, upper)


def _cholesky_factor(function, A, upper):
    try:
        L = _cholesky(_checked(function, A, "cholesky_cpu"), upper)
        refuse(np.isnan(L.array).any() and "not of numbers", np.linalg.LinAlgError)
    except np.linalg.LinAlgError:
        raise _failed(function + ": {batch}The factorization could not be completed because the input is not "
                      "positive-definite (the leading minor of order {at} is not positive-definite).",
                      A.array, _not_positive) from None
    return L


def vector_norm(input, ord=2, dim=None, keepdim=False, *, dtype=None):
    """``(sum |x|^ord)^(1/ord)`` over all elements or over `dim`."""
    refuse(isinstance(ord, str) and "linalg_vector_norm(): argument 'ord' (position 2) must be Number, not str",
           TypeError)
    return vector_norm_of(input, ord, dim, keepdim, dtype)


def matrix_norm(input, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None):
    """The Frobenius norm; the largest (ord 1, inf) or smallest (-1, -inf) sum of a column's or row's
    sizes; or the largest (2) or smallest (-2) singular value, or the sum of all ("nuc")."""
    refuse(ord not in (1, 2, -1, -2, math.inf, -math.inf, "fro", "nuc") and "linalg.matrix_norm: Order "
           f"{ord if isinstance(ord, str) else format(ord, 'g')} not supported.")
    _matrix("linalg.matrix_norm", input)
    _floating("linalg.matrix_norm", input)
    dims = dim if isinstance(dim, (tuple, list)) else (dim,)
    refuse(len(dims) != 2 and f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dims))}")
    dims = tuple(check_dim(n, input.ndim) for n in dims)
    refuse(dims[0] == dims[1] and f"linalg.matrix_norm: dims must be different. Got ({dims[0]}, {dims[1]})")
    refuse(input.array.dtype == np.float16 and ord in (2, -2, "nuc") and "linalg.matrix_norm: Low precision dtypes not "
           "supported. Got Half")
    input = in_dtype("linalg.matrix_norm", input, dtype)
    if ord == "fro":
        return vector_norm_of(input, 2, dims, keepdim)
    if ord in (2, -2, "nuc"):
        values = __getattr__("svdvals")(input.movedim(dims, (-2, -1)))
        result = values.sum(-1, keepdim) if ord == "nuc" else _extreme(values, ord > 0, -1, keepdim)
        return result.unsqueeze(-1).movedim((-2, -1), dims) if keepdim else result
    summed, left = dims if abs(ord) == 1 else dims[::-1]
    return _extreme(d.norm(input, 1, (summed,), keepdim), ord > 0, left - (not keepdim and left > summed), keepdim)


def _extreme(values, largest, dim, keepdim):
    """The largest along `dim`, where that is 0 of nothing, or the smallest."""
    if largest and not values.array.shape[dim]:
        return values.sum(dim, keepdim)
    return (amax if largest else amin)(values, dim, keepdim)


def norm(input, ord=None, dim=None, keepdim=False, *, dtype=None):
    """`vector_norm`; or `matrix_norm` where `ord` is given for a matrix, or `dim` names two dimensions.

    >>> import minigrad as torch
    >>> A = torch.tensor([[3.0, 0.0], [0.0, 4.0]])
    >>> torch.linalg.norm(A), torch.linalg.norm(A, 2), torch.linalg.norm(A, "nuc")
    (tensor(5.), tensor(4.), tensor(7.))
    """
    dims = dim if dim is None or isinstance(dim, (tuple, list)) else (dim,)
    refuse(dims is not None and len(dims) not in (1, 2) and "linalg.norm: If dim is specified, it must be of length "
           f"1 or 2. Got {list(dims or ())}")
    refuse(ord is not None and dims is None and input.ndim not in (1, 2) and "linalg.norm: If dim is not "
           f"specified but ord is, the input must be 1D or 2D. Got {input.ndim}D.")
    if isinstance(ord, str) or (ord is not None and (input.ndim if dims is None else len(dims)) == 2):
        return matrix_norm(input, ord, dims or (-2, -1), keepdim, dtype=dtype)
    return vector_norm_of(input, 2 if ord is None else ord, dim, keepdim, dtype)


def norm_of_either(input, p="fro", dim=None, keepdim=False, dtype=None):
    """The p-norm ``(sum |x|^p)^(1/p)`` over all elements or over `dim`; "nuc" is the matrix_norm of that name.

    p may be 0, inf, -inf or "fro" (2).

    >>> import minigrad as torch
    >>> torch.tensor([3.0, -4.0]).norm(), torch.tensor([3.0, -4.0]).norm(1)
    (tensor(5.), tensor(7.))
    """
    if isinstance(p, str) and p != "fro":
        dims = range(input.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
        return matrix_norm(input, p, list(dims), keepdim, dtype=dtype)
    return vector_norm_of(input, 2 if p is None or p == "fro" else p, dim, keepdim, dtype)


def cond(input, p=None):
    """How much A can enlarge a relative error: ``norm(A, p) * norm(inv(A), p)``, inf if A is singular; p as in `norm`.

    By default the norm of order 2: then it is the largest singular value over the smallest.
    """
    if isinstance(p, str):
        _square(f"linalg.cond(ord={p})", input)
    refuse(input.array.ndim < 2 and "linalg.cond: The input tensor must have at least 2 dimensions.")
    refuse(p not in (None, 1, 2, -1, -2, math.inf, -math.inf, "fro", "nuc") and "linalg.cond got an invalid norm type: "
           f"{p}")
    if not input.array.size:
        return wrap(np.zeros(input.array.shape[:-2], input.array.real.dtype))
    if p in (None, 2, -2, "nuc"):
        S = __getattr__("svdvals")(input)
        if p == "nuc":
            return S.sum(-1) * S.reciprocal().sum(-1)
        return (S[..., -1:] / S[..., :1] if p == -2 else S[..., :1] / S[..., -1:]).squeeze(-1)
    _floating("linalg.inv", input)
    _square(f"linalg.cond(ord={p})", input)
    matrices = input.array.reshape(-1, *input.array.shape[-2:])
    singular = wrap(np.array([_zero_pivot(m) > 0 for m in matrices]).reshape(input.array.shape[:-2]))
    eye = wrap(np.eye(input.array.shape[-1], dtype=input.array.dtype))
    invertible = d.where(singular[..., None, None], eye, input)
    return d.masked_fill(matrix_norm(input, p) * matrix_norm(inv(invertible), p), singular, math.inf)


def multi_dot(tensors):
    """The product of several matrices, from left to right; the first and the last may be vectors."""
    refuse(len(tensors) < 2 and f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    last = len(tensors) - 1
    for i, x in enumerate(tensors):
        allowed, said = ((1, 2), "1D or 2D") if i in (0, last) else ((2,), "2D")
        which = {0: "the first tensor", last: "the last tensor"}.get(i, f"tensor {i}")
        refuse(x.ndim not in allowed and f"multi_dot(): {which} must be {said} but got {x.ndim}D")
    for i, (x, y) in enumerate(zip(tensors, tensors[1:])):
        refuse(x.shape[-1] != y.shape[0] and f"multi_dot(): tensors {i} and {i + 1} with shapes {list(x.shape)} and "
               f"{list(y.shape)} cannot be multiplied")
    product = functools.reduce(matmul, tensors)
    return product.view(product.shape)


def cross(input, other, *, dim=-1):
    """The cross product of vectors of 3 elements along `dim`."""
    return cross_of(input, other, dim)


def vecdot(x, y, *, dim=-1):
    """The dot products of the vectors along `dim`."""
    _floating("linalg.vecdot", x)
    _same_dtype("linalg.vecdot", x, y, "x and y")
    return vdot(x, y) if x.array.ndim == y.array.ndim == 1 else (x.conj() * y).sum(dim)


def diagonal(A, *, offset=0, dim1=-2, dim2=-1):
    """`torch.diagonal`, of the last two dimensions."""
    return A.diagonal(offset, dim1, dim2)


def matrix_power(input, n):
    """``A @ A @ ...``, n factors; of the inverse if n is negative."""
    _square("linalg.matrix_power", input)
    if n == 0:
        return input.clone().copy_(wrap(np.eye(input.array.shape[-1], dtype=input.array.dtype)))
    return functools.reduce(matmul, [input if n > 0 else inv(input)] * abs(n))


def matrix_exp(input):
    """The sum of all ``A^n / n!``, which solves ``x' = Ax``: ``matrix_exp(A * t) @ x``; A is (..., n, n).

    >>> import minigrad as torch
    >>> torch.linalg.matrix_exp(torch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    tensor([[1., 1.],
            [0., 1.]])
    """
    _square("linalg.matrix_exp", input)
    return _matrix_exp(_floating("linalg.matrix_exp", input))


def vander(x, *, N=None):
    """The powers 0 to N - 1 (by default, as many as elements) of each element, in a last dimension."""
    kind = title(x.array)
    refuse(kind in ("Bool", "Half") and "linalg.vander supports floating point, complex, and integer tensors, but got "
           f"{kind}")
    x = x if x.array.ndim else x[None]
    N = x.array.shape[-1] if N is None else N
    refuse(N <= 1 and "N must be greater than 1.")
    repeated = x[..., None].expand(*x.shape, N - 1)
    return cat([wrap(np.ones((*x.shape, 1), x.array.dtype)), repeated.cumprod(-1)], -1)


def __getattr__(name):
    factors = importlib.import_module(f"{__package__}.factors")
    if name in factors.NAMES:
        return getattr(factors, name)
    if name in "inv_ex solve_ex cholesky_ex lu lu_factor lu_solve ldl_factor tensorsolve tensorinv".split():
        raise AttributeError(f"minigrad has no torch.linalg.{name}.")
    raise AttributeError(f"module 'torch.linalg' has no attribute {name!r}")
