"""torch.linalg: norms, determinants, inverses, solutions."""

import numpy as np
from ops import at, family, lines, real

OPS, op = family()

SQUARE = np.array([[3.0, 1.0, 0.5], [-1.0, 2.0, 0.3], [0.2, -0.4, 1.5]])
BATCH = np.stack([SQUARE, SQUARE.T + np.eye(3)])
MATRICES = [at(x=SQUARE), at(x=BATCH)]

op("torch.linalg.inv(x)", "torch.inverse(x)", "x.inverse()", on=MATRICES)
op("torch.linalg.det(x)", "torch.det(x)", "x.det()", on=MATRICES)
op("torch.linalg.slogdet(x)[1]", "torch.slogdet(x)[1]", "x.slogdet().logabsdet", on=MATRICES)
op("torch.logdet(x)", "x.logdet()", on=[at(x=SQUARE)])
op("torch.linalg.solve(x, y)", on=[at(x=SQUARE, y=real(3)), at(x=SQUARE, y=real(3, 2)), at(x=BATCH, y=real(2, 3, 2)),
                                   at(x=BATCH, y=real(2, 3))])  # fmt: skip
op("torch.linalg.solve(x, y, left=False)", on=[at(x=SQUARE, y=real(2, 3))])
op("torch.linalg.cholesky(x @ x.mT)", on=[at(x=SQUARE), at(x=BATCH)])
op("torch.linalg.vector_norm(x)", on=[at(x=real(2, 3)), at(x=real(3))])
op("torch.linalg.vector_norm(x, 1, dim=0)", on=[at(x=real(2, 3))])
op("torch.linalg.norm(x)", on=[at(x=real(2, 3)), at(x=real(3))])
op("torch.linalg.norm(x, dim=1, keepdim=True)", on=[at(x=real(2, 3))])
op("torch.linalg.norm(x, 3)", on=[at(x=real(3))])
for order in ('"fro"', "1", "-1", "inf", "-inf"):
    op(f"torch.linalg.matrix_norm(x, {order})", f"torch.linalg.norm(x, {order})", on=[at(x=real(2, 3))])
    op(f"torch.linalg.matrix_norm(x, {order})", on=[at(x=real(2, 2, 3))])
op("torch.linalg.matrix_norm(x, 1, keepdim=True)", on=[at(x=real(2, 2, 3))])
op("torch.linalg.multi_dot([x, y])", on=[at(x=real(2, 3), y=real(3, 2, start=4))])
op("torch.linalg.matrix_power(x, 2)", "torch.matrix_power(x, 2)", "x.matrix_power(2)", on=MATRICES)
op("torch.linalg.matrix_power(x, 0)", on=[at(x=SQUARE)])
op("torch.linalg.diagonal(x)", on=MATRICES)

# Up to the signs of singular vectors and of Q's columns, which are the library's choice
TALL = at(x=real(4, 3))
FACTORED = [TALL, at(x=SQUARE), at(x=real(2, 2, 4))]
for program in ("torch.linalg.svd(x, full_matrices=False)[0].abs()", "torch.svd(x)[0].abs()", "torch.svd(x).V.abs()",
                "torch.linalg.svd(x, full_matrices=False).Vh.abs()", "torch.linalg.svd(x).S",
                "torch.linalg.svdvals(x)"):
    op(program, on=FACTORED)
op("U, S, V = torch.svd(x); U @ (S ** 2).diag() @ V.mT", on=[TALL])
op("torch.linalg.eigh(x + x.mT).eigenvalues", "torch.linalg.eigvalsh(x + x.mT)", on=MATRICES)
op("torch.linalg.eigh(x + x.mT)[1] ** 2", on=MATRICES)
op("torch.linalg.qr(x).Q ** 2", on=[TALL, at(x=BATCH)])
op("torch.linalg.qr(x).R ** 2", on=[TALL, at(x=BATCH)])
op("torch.linalg.pinv(x)", "torch.pinverse(x)", on=FACTORED)
op("torch.linalg.lstsq(x, y).solution", on=[at(x=real(4, 3), y=real(4, 2, start=5))])
for arguments in ("upper=True", "upper=False", "upper=False, unitriangular=True"):
    op(f"torch.linalg.solve_triangular(x, y, {arguments})", on=[at(x=SQUARE, y=real(3, 2))])
op("torch.linalg.cond(x)", on=MATRICES)
for order in ("2", "-2", '"nuc"'):
    op(f"torch.linalg.matrix_norm(x, {order})", on=FACTORED)
    op(f"torch.linalg.matrix_norm(x, {order}, keepdim=True)", on=FACTORED)

EXPRESSIONS = lines("""
torch.linalg.svd(torch.diag(torch.tensor([3.0, 2.0])))
torch.linalg.eigh(torch.tensor([[2.0, 1.0], [1.0, 2.0]])).eigenvalues
torch.linalg.matrix_rank(torch.ones(2, 3, 3)).tolist()
torch.linalg.matrix_rank(torch.eye(3), tol=2.0).item()
torch.cholesky_solve(torch.ones(2, 1), torch.tensor([[2.0, 0.0], [1.0, 1.0]]))
torch.linalg.lstsq(torch.eye(3)[:, :2], torch.ones(3, 1))
torch.svd(torch.diag(torch.tensor([3.0, 2.0])), compute_uv=False)
torch.linalg.svd(torch.ones(2, 2).long())
torch.linalg.eigh(torch.ones(2, 3))
torch.linalg.qr(torch.ones(2, 2).long())
torch.linalg.inv(torch.zeros(2, 2))
torch.linalg.inv(torch.ones(2, 3))
torch.linalg.inv(torch.ones(2))
torch.linalg.inv(torch.ones(2, 2).long())
torch.linalg.solve(torch.zeros(2, 2), torch.ones(2))
torch.linalg.solve(torch.eye(2), torch.ones(3))
torch.linalg.det(torch.ones(2, 3))
torch.linalg.det(torch.ones(2, 2))
torch.linalg.slogdet(torch.eye(2))
torch.linalg.cholesky(-torch.eye(2))
torch.linalg.cholesky(torch.tensor([[1.0, 2.0], [2.0, 1.0]]))
torch.special.expit(torch.ones(2))
torch.special.gammaln(torch.ones(2))
torch.special.softmax(torch.ones(2), 0)
torch.special.xlogy(torch.ones(2), 2)
""")

OWN_WORDS = {
    "torch.svd(torch.diag(torch.tensor([3.0, 2.0])), compute_uv=False)": "NotImplementedError: minigrad's svd has no "
    "compute_uv=False: use torch.linalg.svdvals for the singular values alone.",
}
