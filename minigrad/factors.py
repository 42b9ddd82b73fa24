"""A matrix as a product of simpler ones: singular values, eigenvalues, Q and R. Imported when first asked for.

One decomposition has several results, and so one node several outputs: it gets a gradient, or None, for each. The rules
are those of J. Townsend, "Differentiating the singular value decomposition" (2016), and of H.-J. Liao et al.,
"Differentiable programming tensor networks" (2019).
"""

import numpy as np

from .grad_mode import keep_tangents, mode
from .graph import Node, gradient_edge, guard, seam
from .linalg import LinAlgError, _floating, _minus_outer, _solve, _square
from .operators.reductions import return_type
from .positions import tril, triu
from .record import operation, saved_result, title
from .tensor import refuse, wrap


class Factors(Node):
    """The node of a decomposition: `gradient` makes A's of those of its factors, and of these."""

    __slots__ = ("num_outputs",)

    def backward(self, grad, needed=None):
        factors = self.unpack()
        if mode.enabled:
            factors = [self._with_edge(saved, i) for i, saved in enumerate(factors)]
        return (self.gradient(*(grad if self.num_outputs > 1 else [grad]), *factors),)

    def saved_value(self, i):
        return self._with_edge(super().saved_value(i), i)

    def _with_edge(self, saved, output):
        factor = wrap(saved.array)
        factor._counter, factor._requires_grad, factor._edge = saved._counter, True, (self, output)
        keep_tangents(saved, factor)
        return factor


def _decomposed(kind, A, arrays):
    """Tensors for `arrays`, A's factors, all outputs of one node."""
    results = tuple([wrap(np.asarray(array)) for array in arrays])
    if seam.computed is not None:
        seam.computed(kind.__name__, (A,), results, lambda edges: _node_for(kind, edges, results))
    if mode.enabled and A.requires_grad:
        node = _node_for(kind, (gradient_edge(A),), results)
        for output, result in enumerate(results):
            result._requires_grad, result._edge = True, (node, output)
    return results


def _node_for(kind, edges, results):
    shapes, dtypes = zip(*[(result.array.shape, result.array.dtype) for result in results])
    node = kind(edges, shapes, dtypes)
    node.num_outputs, node._saved = len(results), tuple([saved_result(result) for result in results])
    node._guards = tuple([guard(saved) for saved in node._saved])
    return node


def _eye(n, like):
    return wrap(np.eye(n, dtype=like.array.dtype))


def _over_gaps(matrix, values):
    """The matrix, each element divided by the difference of two values; 0 on the diagonal."""
    eye = _eye(values.array.shape[-1], values)
    return matrix * (1 - eye) / (values[..., None, :] - values[..., :, None] + eye)


def _on_diagonal(values):
    return values[..., None] * _eye(values.array.shape[-1], values)


def _turned(matrix):
    """How far it is from symmetric."""
    return matrix - matrix.mT


class LinalgEighBackward0(Factors):
    """A = V diag(L) Vᵀ."""

    __slots__ = ()
    saved_names = ("eigenvalues", "eigenvectors")

    def gradient(self, grad_L, grad_V, L, V):
        inner = 0 if grad_V is None else _over_gaps(V.mT @ grad_V, L)
        return V @ (inner if grad_L is None else inner + _on_diagonal(grad_L)) @ V.mT


class LinalgSvdBackward0(Factors):
    """A = U diag(S) Vᵀ; of U and Vᵀ the columns and rows that A is made of."""

    __slots__ = ()
    saved_names = ("U", "S", "Vh")

    def gradient(self, grad_U, grad_S, grad_Vh, U, S, Vh):
        m, n, k = U.array.shape[-2], Vh.array.shape[-1], S.array.shape[-1]
        U, Vh = U[..., :k], Vh[..., :k, :]
        inner = 0 if grad_S is None else _on_diagonal(grad_S)
        beside = 0
        if grad_U is not None:
            grad_U = grad_U[..., :k]
            inner = inner + _over_gaps(_turned(U.mT @ grad_U), S * S) * S[..., None, :]
            if m > k:
                part = grad_U / S[..., None, :]
                beside = (part - U @ (U.mT @ part)) @ Vh
        if grad_Vh is not None:
            grad_Vh = grad_Vh[..., :k, :]
            inner = inner + S[..., :, None] * _over_gaps(_turned(Vh @ grad_Vh.mT), S * S)
            if n > k:
                part = grad_Vh / S[..., :, None]
                beside = beside + U @ (part - (part @ Vh.mT) @ Vh)
        return U @ inner @ Vh + beside


class LinalgQrBackward0(Factors):
    """A = QR."""

    __slots__ = ()
    saved_names = ("Q", "R")

    def gradient(self, grad_Q, grad_R, Q, R):
        (rows, k), n = Q.array.shape[-2:], R.array.shape[-1]
        refuse((n > k or k > min(rows, n)) and "minigrad has no derivative of this qr: use mode='reduced', and a "
               "matrix with at least as many rows as columns.")
        inner = 0 if grad_R is None else grad_R @ R.mT
        if grad_Q is not None:
            inner = inner - Q.mT @ grad_Q
        upper = triu(inner, 0)
        inner = Q @ (upper + upper.mT - upper * _eye(k, Q))
        return _solve(R.mT, inner if grad_Q is None else inner + grad_Q, False)


def _precise(array):
    return array.dtype.kind == "f" and array.dtype != np.float16


def _tried(kernel, function, A, *arguments):
    """What `function` finds, if the matrix is of a dtype that `kernel`, PyTorch's, takes."""
    refuse(not _precise(A) and f"\"{kernel}\" not implemented for '{title(A)}'", NotImplementedError)
    try:
        return function(A, *arguments)
    except np.linalg.LinAlgError:
        raise LinAlgError("The algorithm failed to converge because the input matrix contained non-finite values.") \
            from None


Svd, Eigh, Qr = (return_type(f"linalg_{name}", fields) for name, fields in (
    ("svd", ("U", "S", "Vh")), ("eigh", ("eigenvalues", "eigenvectors")), ("qr", ("Q", "R"))))
OldSvd = return_type("svd", ("U", "S", "V"))
Lstsq = return_type("linalg_lstsq", ("solution", "residuals", "rank", "singular_values"))


def svd(A, full_matrices=True):
    """U, S and Vᵀ with ``A == U @ diag(S) @ Vh``: U (m, m), S (min(m, n),), Vh (n, n), or as few as A is made of.

    >>> import minigrad as torch
    >>> torch.linalg.svd(torch.tensor([[3.0, 0.0], [0.0, 2.0]])).S
    tensor([3., 2.])
    """
    _floating("linalg.svd", A)
    return Svd(*_decomposed(LinalgSvdBackward0, A, _tried("linalg_svd_cpu", np.linalg.svd, A.array, full_matrices)))


def svdvals(A):
    """The singular values, the largest first."""
    return svd(A, False).S


def svd_and_v(input, some=True, compute_uv=True):
    """`torch.svd`: V itself, and by default no more of U and V than A is made of."""
    refuse(not compute_uv and "minigrad's svd has no compute_uv=False: use torch.linalg.svdvals for the singular "
           "values alone.", NotImplementedError)
    U, S, Vh = svd(input, not some)
    return OldSvd(U, S, Vh.mT)


def eigh(A, UPLO="L"):
    """A symmetric matrix's eigenvalues, the smallest first, and its eigenvectors, in columns."""
    _square("linalg.eigh", A)
    return Eigh(*_decomposed(LinalgEighBackward0, A, _tried("linalg_eigh_cpu", np.linalg.eigh, A.array, UPLO)))


def eigvalsh(A, UPLO="L"):
    """A symmetric matrix's eigenvalues, the smallest first."""
    return eigh(A, UPLO)[0]


def qr(A, mode="reduced"):
    """Q of orthonormal columns and R, an upper triangle, with ``A == Q @ R``."""
    _floating("linalg.qr", A)
    return Qr(*_decomposed(LinalgQrBackward0, A, _tried("geqrf_cpu", np.linalg.qr, A.array, mode)))


def _pinv_gradient(grad, A, P):
    """Of P, the pseudoinverse of A (Golub and Pereyra, 1973)."""
    K = grad.mT
    return -(P @ K @ P).mT + (K - A @ (P @ K)) @ (P @ P.mT) + (P.mT @ P) @ (K - (K @ P) @ A)


_pinv = operation("LinalgPinvBackward0", lambda A, rcond: np.linalg.pinv(A, rcond),
                  A=lambda grad, A, result: _pinv_gradient(grad, A, result))
_least_squares = operation("LinalgLstsqBackward0", lambda A, B: np.linalg.lstsq(A, B)[0],
                           A=lambda grad, A, B, result:
                               _pinv_gradient(grad @ B.mT, A, _pinv(A, _tolerance(A.array))),
                           B=lambda grad, A: _pinv(A, _tolerance(A.array)).mT @ grad)
_solve_triangular = operation("LinalgSolveTriangularBackward0",
                              lambda A, B, upper, unit:
                                  _tried("triangular_solve_cpu", np.linalg.solve, _triangle(A, upper, unit), B),
                              A=lambda grad, A, result, upper, unit: (triu if upper else tril)(
                                  _minus_outer(A, _solve_triangular(A.mT, grad, not upper, unit), result, True),
                                  int(unit) if upper else -int(unit)),
                              B=lambda grad, A, upper, unit: _solve_triangular(A.mT, grad, not upper, unit))


def _triangle(array, upper, unit):
    """The upper or lower triangle; with ones on the diagonal if `unit`."""
    triangle = np.triu(array, int(unit)) if upper else np.tril(array, -int(unit))
    return triangle + np.eye(array.shape[-1], dtype=array.dtype) if unit else triangle


def _tolerance(array):
    return max(array.shape[-2:]) * np.finfo(array.dtype).eps


def pinv(A, *, atol=None, rtol=None, hermitian=False, rcond=None):
    """The pseudoinverse: what is nearest to an inverse."""
    rtol = rcond if rtol is None else rtol
    refuse((not _precise(A.array) or A.ndim < 2) and f"linalg.pinv({title(A.array)}{{{list(A.shape)}}}): expected a "
           "tensor with 2 or more dimensions of float, double, cfloat or cdouble types")
    return _pinv(A, _tolerance(A.array) if rtol is None else rtol)


def matrix_rank(A, tol=None, *, atol=None, rtol=None, hermitian=False):
    """How many singular values are larger than ``max(atol, rtol * the largest)``."""
    S = np.linalg.svd(A.array, compute_uv=False)
    least = (_tolerance(A.array) if rtol is None and tol is atol is None else rtol or 0) * S.max(-1, initial=0)
    return wrap(np.asarray((S > np.maximum(least, atol or tol or 0)[..., None]).sum(-1)))


def cond(A, p=None):
    """How much A can enlarge a relative error: its largest singular value over the smallest."""
    refuse(p not in (None, 2) and f"minigrad has no cond with p={p!r}: use p=2.", NotImplementedError)
    S = svdvals(A)
    return (S[..., :1] / S[..., -1:]).squeeze(-1)


def lstsq(A, B, rcond=None, *, driver=None):
    """X for which ``A @ X`` is nearest to B."""
    refuse(not _precise(A.array) and "This function doesn't handle types other than float and double")
    nothing = wrap(np.empty(0, A.array.dtype))
    return Lstsq(_least_squares(A, B), nothing, matrix_rank(A), nothing)


def solve_triangular(A, B, *, upper, left=True, unitriangular=False):
    """X in ``AX = B``, looking at A's one triangle only."""
    if not left:
        return solve_triangular(A.mT, B.mT, upper=not upper, unitriangular=unitriangular).mT
    return _solve_triangular(A, B, upper, unitriangular)


def cholesky_solve(B, L, upper=False):
    """X in ``L @ L.mT @ X == B``."""
    L = L.mT if upper else L
    return solve_triangular(L.mT, solve_triangular(L, B, upper=False), upper=True)


NAMES = set("""
    svd svdvals eigh eigvalsh qr pinv matrix_rank cond lstsq solve_triangular
""".split())
OF_TORCH = {"svd": svd_and_v, "pinverse": lambda input, rcond=1e-15: pinv(input, rcond=rcond),
            "cholesky_solve": cholesky_solve}
