"""A matrix as a product of simpler ones: singular values, eigenvalues, Q and R. Imported when first asked for.

The rules are those of J. Townsend, "Differentiating the singular value decomposition" (2016), and of H.-J. Liao et al.,
"Differentiable programming tensor networks" (2019).
"""

import math
import warnings

import numpy as np

from . import derivatives as d
from .linalg import (
    SINGULAR,
    LinAlgError,
    _adjoint,
    _by_columns,
    _check_equation,
    _cholesky_factor,
    _failed,
    _floating,
    _is_vector,
    _matrix,
    _minus_outer,
    _solve,
    _square,
)
from .methods import function_of
from .operators.joining import cat
from .operators.reductions import return_type
from .operators.several import several_results
from .positions import tril, triu
from .record import broadcast, operation, title, to_array
from .tensor import refuse, wrap


def _eye(n, like):
    return wrap(np.eye(n, dtype=like.array.dtype))


def _over_gaps(matrix, values):
    """The matrix, each element divided by the difference of two values; 0 on the diagonal."""
    eye = _eye(values.array.shape[-1], values)
    return matrix * (1 - eye) / (values[..., None, :] - values[..., :, None] + eye)


def _on_diagonal(values, like):
    return values[..., None] * _eye(values.array.shape[-1], like)


def _turned(matrix):
    """How far it is from symmetric, or Hermitian."""
    return matrix - matrix.mH


def _eigh_gradient(grad_L, grad_V, L, V):
    """Of A = V diag(L) Vᵀ."""
    inner = 0 if grad_V is None else _over_gaps(_turned(V.mH @ grad_V) / 2, L)
    return V @ (inner if grad_L is None else inner + _on_diagonal(grad_L, V)) @ V.mH


def _eig_gradient(grad_L, grad_V, L, V):
    """Of A = V diag(L) V⁻¹, of complex numbers."""
    inner = 0
    if grad_V is not None:
        VhgV, VhV = V.mH @ grad_V, V.mH @ V
        lengths = VhgV.diagonal(0, -2, -1).real[..., None, :]  # eigenvectors have length 1, and keep it
        inner = _over_gaps(VhgV - VhV * lengths, L.conj())
    inner = inner if grad_L is None else inner + _on_diagonal(grad_L, V)
    return _solve(V.mH, inner @ V.mH, True)  # of which, if A is real, the engine takes the real part


def _svd_gradient(grad_U, grad_S, grad_Vh, U, S, Vh):
    """Of A = U diag(S) Vᵀ; of U and Vᵀ the columns and rows that A is made of."""
    m, n, k = U.array.shape[-2], Vh.array.shape[-1], S.array.shape[-1]
    U, Vh = U[..., :k], Vh[..., :k, :]
    inner = 0 if grad_S is None else _on_diagonal(grad_S, U)
    beside = 0
    if grad_U is not None:
        grad_U = grad_U[..., :k]
        turn = _turned(U.mH @ grad_U)
        inner = inner + _over_gaps(turn, S * S) * S[..., None, :]
        if turn.is_complex():  # whose diagonal is imaginary
            inner = inner + turn * _eye(k, turn) / (2 * S[..., None, :])
        if m > k:
            part = grad_U / S[..., None, :]
            beside = (part - U @ (U.mH @ part)) @ Vh
    if grad_Vh is not None:
        grad_Vh = grad_Vh[..., :k, :]
        inner = inner + S[..., :, None] * _over_gaps(_turned(Vh @ grad_Vh.mH), S * S)
        if n > k:
            part = grad_Vh / S[..., :, None]
            beside = beside + U @ (part - (part @ Vh.mH) @ Vh)
    return U @ inner @ Vh + beside


def _qr_gradient(grad_Q, grad_R, Q, R):
    """Of A = QR."""
    refuse(Q.array.ndim < R.array.ndim and "The derivative of linalg.qr depends on Q, which is not computed when "
           "mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr.")
    k, n = R.array.shape[-2:]
    refuse(k > n and "The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
    if n <= k:
        return _tall_qr_gradient(grad_Q, grad_R, Q, R)
    # A wide A is [X, Y] with X = QU and Y = QV: V depends on Q, and so on X.
    U, V = R[..., :k], R[..., k:]
    if grad_R is None:
        return cat([_tall_qr_gradient(grad_Q, None, Q, U), d.zeros_like(V)], -1)
    grad_V = grad_R[..., k:]
    through_Q = Q @ V @ grad_V.mH
    grad_Q = through_Q if grad_Q is None else grad_Q + through_Q
    return cat([_tall_qr_gradient(grad_Q, grad_R[..., :k], Q, U), Q @ grad_V], -1)


def _tall_qr_gradient(grad_Q, grad_R, Q, R):
    inner = 0 if grad_R is None else grad_R @ R.mH
    if grad_Q is not None:
        inner = inner - Q.mH @ grad_Q
    upper = triu(inner, 0)
    inner = Q @ (upper + upper.mH - upper.real * _eye(Q.array.shape[-1], Q))
    return _solve(R.mH, inner if grad_Q is None else inner + grad_Q, False)


Svd, Eig, Eigh, Qr = (return_type(f"linalg_{name}", fields) for name, fields in (
    ("svd", ("U", "S", "Vh")), ("eig", ("eigenvalues", "eigenvectors")), ("eigh", ("eigenvalues", "eigenvectors")),
    ("qr", ("Q", "R"))))
OldSvd, OldQr = return_type("svd", ("U", "S", "V")), return_type("qr", ("Q", "R"))
Lstsq = return_type("linalg_lstsq", ("solution", "residuals", "rank", "singular_values"))

_svd = several_results("LinalgSvdBackward0", _svd_gradient, (), Svd._fields)
_eig = several_results("LinalgEigBackward0", _eig_gradient, (), Eig._fields)
_eigh = several_results("LinalgEighBackward0", _eigh_gradient, (), Eigh._fields)
_qr = several_results("LinalgQrBackward0", _qr_gradient, (), Qr._fields)


def _precise(array):
    return array.dtype.kind in "fc" and array.dtype != np.float16


def _tried(kernel, function, A, *arguments, caller=""):
    """The arrays that `function` finds, if the matrix is of a dtype that `kernel`, PyTorch's, takes."""
    refuse(not _precise(A) and f"\"{kernel}\" not implemented for '{title(A)}'", NotImplementedError)
    try:
        return [found if found.ndim < A.ndim else _by_columns(found) for found in function(A, *arguments)]
    except np.linalg.LinAlgError:
        raise LinAlgError(f"{caller}The algorithm failed to converge because the input matrix contained non-finite "
                          "values.") from None


def _svd_of(A, full_matrices=False):
    return _tried("linalg_svd_cpu", np.linalg.svd, A, full_matrices, caller="linalg.svd: ")


def svd(A, full_matrices=True, *, driver=None):
    """U, S and Vᵀ with ``A == U @ diag(S) @ Vh``: U (m, m), S (min(m, n),), Vh (n, n), or as few as A is made of.

    >>> import minigrad as torch
    >>> torch.linalg.svd(torch.tensor([[3.0, 0.0], [0.0, 2.0]])).S
    tensor([3., 2.])
    """
    _matrix("linalg.svd", A)
    refuse(driver is not None and "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with "
           "cuSOLVER backend.")
    return Svd(*_svd(A, _svd_of(_floating("linalg.svd", A).array, full_matrices)))


def svdvals(A, *, driver=None):
    """The singular values, the largest first."""
    return svd(A, False, driver=driver).S


def svd_and_v(input, some=True, compute_uv=True):
    """`torch.svd`: V itself, and by default no more of U and V than A is made of; or zeros in their place."""
    refuse(input.ndim < 2 and "linalg.svd: input should have at least 2 dimensions, but has "
           f"{input.ndim} dimensions instead")
    if not compute_uv:
        zeros = [wrap(np.zeros((*input.shape[:-2], n, n), input.array.dtype)) for n in input.shape[-2:]]
        return OldSvd(zeros[0], svdvals(input), zeros[1])
    U, S, Vh = svd(input, not some)
    return OldSvd(U, S, Vh.mH)


def eig(input):
    """The eigenvalues (..., n) of any square matrix (..., n, n), and its eigenvectors, in columns: complex numbers.

    >>> import minigrad as torch
    >>> torch.linalg.eig(torch.tensor([[0.0, -1.0], [1.0, 0.0]])).eigenvalues
    tensor([0.+1.j, 0.-1.j])
    """
    return Eig(*_eig_of("linalg.eig", input))


def _eig_of(function, A):
    _square(function, A)
    refuse(A.array.dtype.kind not in "fc" and f"Unknown Complex ScalarType for {title(A.array)}")
    refuse(not np.isfinite(A.array).all() and f"torch.{function}: input tensor should not contain infs or NaNs.")
    found = _tried("linalg_eig_out_cpu", np.linalg.eig, A.array)
    kind = np.result_type(A.array, np.complex64)
    return _eig(A, [array.astype(kind) for array in found])


def eigvals(input):
    """The eigenvalues of any square matrix: complex numbers."""
    return _eig_of("linalg.eigvals", input)[0]


def eigh(input, UPLO="L"):
    """A symmetric matrix's eigenvalues, the smallest first, and its eigenvectors, in columns."""
    _square("linalg.eigh", input)
    refuse(UPLO.upper() not in ("L", "U") and f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return Eigh(*_eigh(input, _tried("linalg_eigh_cpu", np.linalg.eigh, input.array, UPLO)))


def eigvalsh(input, UPLO="L"):
    """A symmetric matrix's eigenvalues, the smallest first."""
    return eigh(input, UPLO)[0]


def qr(A, mode="reduced"):
    """Q of orthonormal columns and R, an upper triangle, with ``A == Q @ R``.

    For A (m, n) they are (m, k) and (k, n), where k is the smaller of m and n, or m with ``mode="complete"``; with
    ``mode="r"`` Q is not computed, and empty.
    """
    _matrix("linalg.qr", A)
    refuse(mode not in ("reduced", "r", "complete") and f"qr received unrecognized mode '{mode}' but expected one of "
           "'reduced' (default), 'r', or 'complete'")
    Q, R = _tried("geqrf_cpu", np.linalg.qr, _floating("linalg.qr", A).array, mode if mode == "complete" else "reduced")
    return Qr(*_qr(A, (np.empty(0, R.dtype) if mode == "r" else Q, R)))


OLD_QR = """torch.qr is deprecated in favor of torch.linalg.qr and will be removed in a future PyTorch release.
The boolean parameter 'some' has been replaced with a string parameter 'mode'.
Q, R = torch.qr(A, some)
should be replaced with
Q, R = torch.linalg.qr(A, 'reduced' if some else 'complete')"""
OLD_CHOLESKY = """\
torch.cholesky is deprecated in favor of torch.linalg.cholesky and will be removed in a future PyTorch release.
L = torch.cholesky(A)
should be replaced with
L = torch.linalg.cholesky(A)
and
U = torch.cholesky(A, upper=True)
should be replaced with
U = torch.linalg.cholesky(A).mH
This transform will produce equivalent results for all valid (symmetric positive definite) inputs."""


def old_qr(input, some=True):
    """`torch.qr`, which warns that it is deprecated."""
    warnings.warn(OLD_QR, stacklevel=3)
    return OldQr(*qr(input, "reduced" if some else "complete"))


def old_cholesky(input, upper=False):
    """`torch.cholesky`, which warns that it is deprecated."""
    warnings.warn(OLD_CHOLESKY, stacklevel=3)
    return _cholesky_factor("cholesky", input, upper)


def _pinv_gradient(grad, A, P):
    """Of P, the pseudoinverse of A (Golub and Pereyra, 1973); of complex matrices the rules have the conjugates."""
    A, P, K = A.conj(), P.conj(), grad.mH
    return -(P @ K @ P).mH + (K - A @ (P @ K)) @ (P @ P.mH) + (P.mH @ P) @ (K - (K @ P) @ A)


def _pseudoinverse(A, hermitian, atol, rtol):
    U, S, Vh = _svd_of(_mirrored(A) if hermitian else A)
    inverses = np.where(_counts(S, A.shape, atol, rtol), 1 / S, S.dtype.type(0))
    return (_adjoint(Vh) * inverses[..., None, :]) @ _adjoint(U)


def _mirrored(A):
    """The Hermitian matrices whose lower triangles are those of A, of which the others are not looked at."""
    lower = np.tril(A, -1)
    return lower + _adjoint(lower) + A.real * np.eye(A.shape[-1], dtype=A.dtype)


def _counts(S, shape, atol, rtol):
    """Which singular values count: those larger than ``max(atol, rtol * the largest)``."""
    atol, rtol = to_array(atol), to_array(rtol)
    if rtol is None:
        rtol = np.where(0 if atol is None else atol, 0, max(shape[-2:]) * np.finfo(S.dtype).eps)
    least = np.maximum(0 if atol is None else atol, rtol * S.max(-1, initial=0)).astype(S.dtype)
    return S > least[..., None]


def _nearest(A, B):
    """The X for which AX is nearest to B, for each matrix in a batch; of vectors if B is one."""
    if B.ndim < A.ndim:
        return _nearest(A, B[..., None])[..., 0]
    batch = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    matrices = [np.broadcast_to(x, (*batch, *x.shape[-2:])).reshape(math.prod(batch), *x.shape[-2:]) for x in (A, B)]
    found = np.array([np.linalg.lstsq(a, b)[0] for a, b in zip(*matrices)], A.dtype)
    return _by_columns(found.reshape(*batch, A.shape[-1], B.shape[-1]))


_pinv = operation("LinalgPinvBackward0", _pseudoinverse,
                  A=lambda grad, A, result: _pinv_gradient(grad, A, result))
_least_squares = operation("LinalgLstsqBackward0", _nearest,
                           A=lambda grad, A, B, result:
                               _pinv_gradient(_columns(grad, A) @ _columns(B, A).mT, A, pinv(A)),
                           B=lambda grad, A, B: (pinv(A).mT @ _columns(grad, A)).reshape(B.shape))
_solve_triangular = operation("LinalgSolveTriangularBackward0",
                              lambda A, B, upper, left, unit: _by_columns(_substituted(A, B, upper, left, unit)),
                              A=lambda grad, A, result, upper, left, unit: (triu if upper else tril)(
                                  _minus_outer(A, _solve_triangular(A.mT, grad, not upper, left, unit), result, left),
                                  int(unit) if upper else -int(unit)),
                              B=lambda grad, A, upper, left, unit: _solve_triangular(A.mT, grad, not upper, left, unit))


_cholesky_solve = operation("CholeskySolveBackward0",
                            lambda self, input2, upper: _solution_from_factor(self, input2, upper),
                            self=lambda grad, input2, upper: _cholesky_solve(grad, input2.conj(), upper),
                            input2=lambda grad, input2, upper, result: _factor_gradient(
                                _cholesky_solve(grad, input2.conj(), upper) @ result.mT, input2.conj(), upper))
_cholesky_inverse = operation("CholeskyInverseBackward0",
                              lambda self, upper:
                                  _solution_from_factor(np.eye(self.shape[-1], dtype=self.dtype), self, upper),
                              self=lambda grad, self, upper, result:
                                  _factor_gradient(result.mT @ grad @ result.mT, self.conj(), upper))


def _solution_from_factor(B, L, upper):
    """X in ``L Lᴴ X = B``."""
    L = _adjoint(L) if upper else L
    return _by_columns(_substituted(_adjoint(L), _substituted(L, B, False, True, False), True, True, False))


def _factor_gradient(minus, L, upper):
    """Of L, without regard to its other triangle; `minus` is what LLᴴ would get, but for the sign."""
    both = -(minus + minus.mH)
    return L @ both if upper else both @ L


def _columns(x, A):
    """`x`, or if it is a vector where A is a matrix, a matrix of one column."""
    return x[..., None] if x.ndim < A.ndim else x


def _substituted(A, B, upper, left, unit):
    """X in AX = B, row by row: each equation has one unknown more than the one before; or in XA = B."""
    if not left:
        return _substituted(A.swapaxes(-1, -2), B.swapaxes(-1, -2), not upper, True, unit).swapaxes(-1, -2)
    X = np.broadcast_to(B, (*np.broadcast_shapes(A.shape[:-2], B.shape[:-2]), *B.shape[-2:])).copy()
    n = A.shape[-1]
    for i in reversed(range(n)) if upper else range(n):
        known = slice(i + 1, n) if upper else slice(0, i)
        X[..., i, :] -= (A[..., i, None, known] @ X[..., known, :])[..., 0, :]
        if not unit:
            X[..., i, :] /= A[..., i, i, None]
    return X


def pinv(input, rcond=None, hermitian=False, *, atol=None, rtol=None):
    """The pseudoinverse: what is nearest to an inverse.

    Singular values up to ``max(atol, rtol * the largest)`` count as 0; numbers, or tensors with one for each matrix.
    Of matrices that are said to be `hermitian` only the lower triangle is looked at.

    >>> import minigrad as torch
    >>> torch.linalg.pinv(torch.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    given = f"{title(input.array)}{{{list(input.shape)}}}"
    refuse((not _precise(input.array) or input.ndim < 2) and f"linalg.pinv({given}): expected a tensor with 2 or more "
           "dimensions of float, double, cfloat or cdouble types")
    if hermitian:
        _square("linalg.eigh", input)
    return _pinv(input, hermitian, atol, rcond if rtol is None else rtol)


def matrix_rank(input, tol=None, hermitian=False, *, atol=None, rtol=None):
    """How many singular values are larger than ``max(atol, rtol * the largest)``, or than `tol`."""
    _matrix("torch.linalg.matrix_rank", input, "input")
    refuse(not _precise(input.array) and "This function doesn't handle types other than float and double")
    if hermitian:
        _square("linalg.eigh", input)
    S = _svd_of(_mirrored(input.array) if hermitian else input.array)[1]
    atol, rtol = (atol, rtol) if tol is None else (tol, 0)
    return wrap(np.asarray(_counts(S, input.array.shape, atol, rtol).sum(-1)))


def lstsq(input, b, rcond=None, *, driver="gelsy"):
    """X for which ``A @ X`` is nearest to B, for A (..., m, n) and B (..., m, k) or (..., m).

    What else is computed depends on `driver`, as it does in LAPACK: the rank but with gels; the singular values with
    gelsd and gelss; the squared distances, where A is taller than wide and of full rank, with all but gelsy.
    """
    refuse(input.ndim < 2 and "torch.linalg.lstsq: input must have at least 2 dimensions.")
    refuse(b.ndim < 1 and "torch.linalg.lstsq: other must have at least 1 dimension.")
    refuse(not 0 <= input.ndim - b.ndim <= 1 and "torch.linalg.lstsq: input.dim() must be greater or equal to "
           "other.dim() and (input.dim() - other.dim()) <= 1")
    driver, drivers = driver or "gelsy", ("gels", "gelsy", "gelsd", "gelss")
    kinds = title(input.array), title(b.array)
    refuse(kinds[0] != kinds[1] and "torch.linalg.lstsq: Expected input and other to have the same dtype, but got "
           f"input's dtype {kinds[0]} and other's dtype {kinds[1]}")
    refuse(driver not in drivers and "torch.linalg.lstsq: parameter `driver` should be one of "
           f"({', '.join(drivers)})")
    refuse(not _precise(input.array) and "This function doesn't handle types other than float and double")
    rows = -1 if _is_vector(input, b) else -2
    refuse(input.shape[-2] != b.shape[rows] and f"torch.linalg.lstsq: input.size(-2) should match other.size({rows})")
    broadcast(input.shape[:-2], b.shape[:-1] if b.ndim < input.ndim else b.shape[:-2])
    if rows == -2 and b.ndim < input.ndim:
        b = b[None]  # a matrix for all, and no vector for each
    X, nothing, count = _least_squares(input, b), wrap(np.empty(0, input.array.real.dtype)), matrix_rank(input)
    rank = wrap(np.empty(0, np.int64)) if driver == "gels" else count
    S = svdvals(input.detach()) if driver in ("gelsd", "gelss") else nothing
    overdetermined = input.shape[-2] > input.shape[-1] and (count.array == input.shape[-1]).all()
    residuals = nothing
    if driver != "gelsy" and overdetermined:
        residuals = ((input @ _columns(X, input) - _columns(b, input)).abs() ** 2).sum(-2)
    return Lstsq(X, residuals, rank, S)


def solve_triangular(input, B, *, upper, left=True, unitriangular=False):
    """X in ``AX = B``, looking at A's one triangle only; with `left=False` in ``XA = B``."""
    _square("linalg.solve_triangular", input)
    _matrix("linalg.solve_triangular", B, "B")
    _check_equation("linalg.solve_triangular", input, B.array.shape, left)
    broadcast(B.shape[:-2], input.shape[:-2])
    refuse(not _precise(input.array) and f"\"triangular_solve_cpu\" not implemented for '{title(input.array)}'",
           NotImplementedError)
    return _solve_triangular(input, B, upper, left, unitriangular)


def cholesky_solve(input, input2, upper=False):
    """X in ``L @ L.mH @ X == input``, where `input2` is L, or with `upper` its transpose."""
    for name, x in (("b", input), ("u", input2)):
        refuse(x.ndim < 2 and f"{name} should have at least 2 dimensions, but has {x.ndim} dimensions instead")
    kinds, (m, n), (rows, columns) = (title(input.array), title(input2.array)), input2.shape[-2:], input.shape[-2:]
    refuse(kinds[0] != kinds[1] and f"Expected b and A to have the same dtype, but found b of type {kinds[0]} and A of "
           f"type {kinds[1]} instead.")
    refuse(m != n and f"A must be batches of square matrices, but they are {m} by {n} matrices")
    refuse(n != rows and f"Incompatible matrix sizes for cholesky_solve: each A matrix is {m} by {n} but each b matrix "
           f"is {rows} by {columns}")
    broadcast(input.shape[:-2], input2.shape[:-2])
    refuse(not _precise(input.array) and f"\"cholesky_solve_cpu\" not implemented for '{kinds[0]}'",
           NotImplementedError)
    return _cholesky_solve(input, input2, upper)


def cholesky_inverse(input, upper=False):
    """The inverse of ``L @ L.mH``, where `input` is L, or with `upper` its transpose; LinAlgError if there is none."""
    _square("cholesky_inverse", input)
    refuse(not _precise(input.array) and f"\"cholesky_inverse_out_cpu\" not implemented for '{title(input.array)}'",
           NotImplementedError)
    if (input.array.diagonal(0, -2, -1) == 0).any():
        raise _failed("cholesky_inverse: {batch}" + SINGULAR, input.array,
                      lambda matrix: next((i for i, x in enumerate(matrix.diagonal(), 1) if x == 0), 0))
    return _cholesky_inverse(input, upper)


NAMES = "svd svdvals eig eigvals eigh eigvalsh qr pinv matrix_rank lstsq solve_triangular".split()
globals().update({name: function_of(f"linalg_{name}", globals()[name]) for name in NAMES})
OF_TORCH = {"svd": svd_and_v, "pinverse": lambda input, rcond=1e-15: pinv(input, rcond=rcond),
            "cholesky_solve": cholesky_solve, "cholesky_inverse": cholesky_inverse, "cholesky": old_cholesky,
            "qr": old_qr}
