"""torch.linalg at its edges: what is deprecated, empty, singular; gradients that exist, and that do not."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% matrix functions of before
import warnings

warnings.simplefilter("ignore")
spd = torch.tensor([[4.0, 2.0], [2.0, 2.0]])
attempt(lambda: torch.cholesky(spd))
attempt(lambda: torch.cholesky(spd, upper=True))
attempt(lambda: torch.cholesky(-spd))
attempt(lambda: torch.cholesky(torch.ones(2, 3)))
attempt(lambda: torch.qr(torch.diag(torch.tensor([3.0, 2.0]))).R.abs())
attempt(lambda: torch.qr(torch.ones(3, 2), some=False).Q.shape)
attempt(lambda: torch.qr(torch.ones(3)))
attempt(lambda: torch.cholesky_inverse(torch.tensor([[2.0, 0.0], [1.0, 1.0]])))
attempt(lambda: torch.slogdet(spd))
attempt(lambda: torch.logdet(-torch.eye(3)))
attempt(lambda: torch.logdet(torch.zeros(2, 2)))

# %% nothing, and next to nothing
from torch import linalg

for A in (torch.ones(0, 3), torch.ones(3, 0)):
    for order in (1, 2, float("inf"), "nuc", "fro", -1):
        attempt(lambda: linalg.norm(A, order))
attempt(lambda: linalg.matrix_rank(torch.zeros(2, 2)))
attempt(lambda: linalg.matrix_rank(torch.ones(0, 3)))
for named in ({"rtol": 0.1}, {"atol": 0.1}, {"atol": 0.1, "rtol": 0.0}, {"tol": 4.0}, {"hermitian": True}):
    attempt(lambda: linalg.matrix_rank(torch.diag(torch.tensor([3.0, -1e-3])), **named))
    if "tol" not in named:
        attempt(lambda: linalg.pinv(torch.diag(torch.tensor([3.0, -1e-3])), **named))
attempt(lambda: linalg.pinv(torch.diag(torch.tensor([3.0, 1e-3])).expand(2, 2, 2), atol=torch.tensor([0.1, 0.0])))
for order in (1, -1, 2, -2, float("inf"), "fro", "nuc"):
    attempt(lambda: linalg.cond(torch.diag(torch.tensor([3.0, 2.0])), order))
attempt(lambda: linalg.cond(torch.stack([torch.eye(2), torch.zeros(2, 2)]), 1))
attempt(lambda: linalg.det(torch.tensor([[torch.nan, 2.0], [2.0, 4.0]])))
attempt(lambda: linalg.cholesky(torch.tensor([[torch.nan, 2.0], [2.0, 4.0]])))

# %% types of results
from torch import linalg

spd = torch.tensor([[4.0, 2.0], [2.0, 2.0]])
attempt(lambda: linalg.slogdet(spd.clone().requires_grad_()))
attempt(lambda: torch.slogdet(spd.clone().requires_grad_()))
attempt(lambda: linalg.svd(torch.diag(torch.tensor([3.0, 2.0]))))
attempt(lambda: torch.svd(torch.diag(torch.tensor([3.0, 2.0])).requires_grad_(), compute_uv=False))
attempt(lambda: linalg.qr(torch.eye(2).requires_grad_(), mode="r"))
for driver in ("gels", "gelsy", "gelsd", "gelss", "other"):
    attempt(lambda: linalg.lstsq(torch.eye(3)[:, :2], torch.ones(3, 1), driver=driver))
attempt(lambda: linalg.lstsq(torch.eye(3)[:, :2].expand(2, 3, 2), torch.ones(2, 3, 2), driver="gelsd"))
attempt(lambda: linalg.lstsq(torch.ones(2, 3, 2), torch.ones(3, 1)))
attempt(lambda: linalg.lstsq(torch.eye(3)[:, :2].expand(2, 3, 2), torch.ones(2, 3), driver="gels"))
for A, B in (((0, 3), (0, 2)), ((0, 3, 2), (0, 3, 1)), ((2, 0, 3), (2, 0, 2))):
    attempt(lambda: linalg.lstsq(torch.ones(A), torch.ones(B)).solution)
print(linalg.LinAlgError, linalg.LinAlgError.__mro__[1])

# %% gradients of matrix functions
from torch import linalg



def gradient(function, *entries):
    A = torch.tensor(entries, dtype=torch.float64, requires_grad=True)
    attempt(lambda: torch.autograd.grad(function(A), A)[0].mul(1000).round().add(0.0))


gradient(linalg.det, [1, 2], [2, 4])
gradient(lambda A: torch.det(A) ** 2, [1, 2], [3, 4])
gradient(linalg.det, [1, 2, 3], [2, 4, 6], [1, 0, 1])
gradient(lambda A: linalg.slogdet(A).logabsdet, [1, 2], [3, 4])
gradient(lambda A: linalg.qr(A, "r").R.sum(), [1, 2], [3, 4])
gradient(lambda A: linalg.qr(A, "complete").R.sum(), [1, 2], [3, 4], [5, 6])
gradient(lambda A: linalg.qr(A, "complete").R.abs().sum(), [1, 2, 0], [3, 4, 1])
gradient(lambda A: torch.cholesky_inverse(A).sum(), [2, 0], [1, 1])
gradient(lambda A: linalg.pinv(A).sum(), [1, 2], [3, 5], [0, 1])
gradient(lambda A: linalg.eigh(A)[1].abs().sum(), [1, 9], [2, 3])
gradient(lambda A: linalg.matrix_exp(A)[0, 1], [0, 1], [-1, 0])
gradient(lambda A: linalg.lstsq(A, torch.ones(3, 1, dtype=torch.float64)).solution.sum(), [1, 2], [3, 5], [0, 1])

# %% results of matrix functions into tensors that are given
from torch import linalg

x = torch.tensor([[4.0, 2.0], [2.0, 2.0]])
for function in (linalg.inv, linalg.det, linalg.cholesky, linalg.norm, linalg.svdvals, linalg.eigvalsh, linalg.pinv):
    out = torch.empty(0)
    print(function(x, out=out) is out, out)
print(linalg.slogdet(x, out=(torch.empty(0), torch.empty(0))))
print(type(linalg.qr(x, out=(torch.empty(0), torch.empty(0)))))
print(linalg.matrix_power(input=x, n=2), linalg.norm(x, axis=0))

# %% the sign of a complex determinant turns
z = torch.tensor([[1 + 1j, 2], [3, 4 - 1j]], requires_grad=True)
sign, log = torch.linalg.slogdet(z)
print(sign, log)
print(torch.autograd.grad(sign.imag, z, retain_graph=True)[0])
print(torch.autograd.grad(sign.real + log, z)[0])
A, b = torch.tensor([[1 + 1j], [2], [1j]]), torch.tensor([[1 + 0j], [2], [3]])
print(torch.linalg.lstsq(A, b, driver="gelsd").residuals)
print(torch.linalg.lstsq(A, b, driver="gels").residuals, torch.linalg.lstsq(A, b, driver="gelsd").singular_values.dtype)

# %% column after column in memory
import warnings
from torch import linalg

warnings.simplefilter("ignore")
A = torch.tensor([[4.0, 1.0, 0.5], [1.0, 5.0, 0.3], [0.5, 0.3, 6.0]])
for A in (A, A[:, :2], A.expand(2, 3, 3)):
    print([x.stride() for x in (*linalg.svd(A), *linalg.qr(A), linalg.pinv(A), *torch.svd(A))])
    if A.shape[-1] == 3:
        square = (linalg.inv(A), linalg.solve(A, A[..., :2]), linalg.solve(A, A[..., 0]), linalg.cholesky(A),
                  linalg.solve(A, A, left=False), linalg.cholesky(A, upper=True), torch.cholesky_inverse(A),
                  torch.cholesky_solve(A[..., :2], A), linalg.solve_triangular(A, A, upper=True), linalg.eigh(A)[1],
                  linalg.eig(A)[1], linalg.lstsq(A, A)[0])
        print([x.stride() for x in square])
attempt(lambda: linalg.inv(A).view(-1))

# %% the upper triangle alone
A = torch.tensor([[4.0, 9.0], [2.0, 5.0]])
attempt(lambda: torch.linalg.cholesky(A))
attempt(lambda: torch.linalg.cholesky(A, upper=True))
attempt(lambda: torch.linalg.cholesky(A.mT, upper=True))

# %% tangents of norms of nothing but zeros
import warnings
import torch.autograd.forward_ad as fwAD

warnings.simplefilter("ignore")
with fwAD.dual_level():
    for order in (1, 1.5, 2, 2.5, 3.5, float("inf")):
        for x in (torch.zeros(2), torch.tensor([0.0, 2.0])):
            x = fwAD.make_dual(x, torch.tensor([1.0, -3.0]))
            print(order, fwAD.unpack_dual(torch.linalg.vector_norm(x, order)).tangent)

# %% tangents by factors
import torch.autograd.forward_ad as fwAD

L, B, V = torch.tensor([[2.0, 0.0], [1.0, 1.0]]), torch.tensor([[1.0], [2.0]]), torch.tensor([[1.0, -3.0], [2.0, 0.5]])
with fwAD.dual_level():
    print(fwAD.unpack_dual(torch.cholesky_solve(B, fwAD.make_dual(L, V))).tangent)
    print(fwAD.unpack_dual(torch.linalg.cholesky(fwAD.make_dual(L @ L.mT, V + V.mT), upper=True)).tangent)

# %% too few columns for a covariance
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(torch.cov(torch.ones(2, 3), correction=5), torch.ones(3).cov(correction=3))
print([str(w.message).split(" (Triggered")[0] for w in caught])
