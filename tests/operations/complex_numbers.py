"""Complex numbers: their parts and conjugates, and what real numbers know too, with PyTorch's conjugate gradients."""

import numpy as np
from ops import at, bools, complex_, family, ints, kink, lines, positive, real

OPS, op = family()

ANY = [at(z=complex_(2, 3)), at(z=complex_()), at(z=complex_(0))]
MIXED = [at(z=complex_(2, 3), x=real(3, start=4)), at(z=complex_(), x=real(2, start=4))]
PAIRS = [at(z=complex_(2, 3), w=complex_(2, 3, start=5)), at(z=complex_(2, 1), w=complex_(3, start=5))]
AXES = kink(z=np.array([0, 1, -1, 2j, -2j, 1 + 1e-30j]))
PARTS = [at(x=real(2, 3), y=real(2, 3, start=5)), at(x=real(2, 1), y=real(3, start=5)), at(x=real(), y=real())]

DTYPES = ["float32", "float64", "uint8", "int32", "int64", "bool", "complex64"]  # there is no complex32

# Their parts

op("torch.view_as_real(z)", on=ANY)
op("torch.view_as_complex(x)", on=[at(x=real(3, 2)), at(x=real(2))], needs_contiguous=True)
op("z.real", "torch.real(z)", on=ANY)
op("z.imag", "torch.imag(z)", on=ANY)
op("torch.complex(x, y)", on=PARTS)
op("torch.polar(x, y)", on=[at(x=positive(2, 3), y=real(2, 3)), at(x=positive(2, 1), y=real(3)),
                            kink(x=[-2.0], y=[1.0])])  # fmt: skip
op("z.conj()", on=ANY)
op("z.conj() * 2", on=ANY)
op("z.conj_physical()", "torch.conj_physical(z)", on=ANY)
op("z.mH * 2", "z.H * 2", "z.adjoint() * 2", on=[at(z=complex_(2, 3))])
op("z.abs()", "torch.abs(z)", "abs(z)", "torch.absolute(z)", on=[*ANY, AXES])
op("z.angle()", "torch.angle(z)", on=[*ANY, kink(z=AXES.inputs["z"][1:])])
op("x.angle()", on=[at(x=real(2, 3)), kink(x=[0.0, -0.0, np.nan])])
op("z.sgn()", "torch.sgn(z)", on=[*ANY, AXES])
op("z.clone().sgn_()", on=ANY)
op("z.abs() + z.real * z.imag", on=ANY)

# Of one argument

op("-z", "z.neg()", on=ANY)
for name in """exp log sqrt rsqrt reciprocal square exp2 expm1 log1p log2 log10 sin cos tan asin acos atan sinh cosh
               tanh asinh acosh atanh sigmoid sinc""".split():
    op(f"torch.{name}(z)", f"z.{name}()", on=ANY)
op("z.clone().exp_()", on=ANY)
for exponent in ("2", "3", "0.5", "-1", "0", "1j", "(1 - 2j)"):
    op(f"z ** {exponent}", f"z.pow({exponent})", on=ANY[:2])
    if exponent != "0":
        op(f"{exponent} ** z", on=ANY[:1])
op("x ** 1j", on=[at(x=[0.5, 1.5, 2.0])])
op("(1 - 2j) ** x", on=[at(x=real(2, 3))])
op("z ** x", on=MIXED)
op("x ** z", on=[at(x=[0.5, 1.5, 2.0], z=complex_(3))])
op("z ** w", "torch.pow(z, w)", on=[*PAIRS, kink(z=np.array([0j, 1j]), w=np.array([2 + 0j, 0j]))])

# Of two

for symbol in "+-*/":
    op(f"z {symbol} w", on=PAIRS)
    op(f"z {symbol} x", on=MIXED)
    op(f"x {symbol} z", on=MIXED)
    op(f"z {symbol} (2 - 1j)", on=ANY)
    op(f"(2 - 1j) {symbol} z", on=ANY)
    op(f"z {symbol} 2.5", on=ANY)
    op(f"x {symbol} (2 - 1j)", on=[at(x=real(2, 3))])
    op(f"(2 - 1j) {symbol} x", on=[at(x=real(2, 3))])
op("torch.add(z, w, alpha=2j)", on=PAIRS)
op("torch.sub(z, w, alpha=1 - 2j)", on=PAIRS)
op("torch.addcmul(z, w, w, value=2j)", on=PAIRS)
op("torch.addcdiv(z, w, w, value=2j)", on=PAIRS)
op("torch.lerp(z, w, 0.25)", on=PAIRS)
op("torch.logaddexp(z, w)", on=PAIRS)
op("a = z.clone(); a.mul_(w); a", on=PAIRS[:1])
op("a = z.clone(); a.mul_(x); a", on=MIXED[:1])
op("a = z.clone(); a.mul_(2j); a", on=ANY)
op("z * x.sum()", on=MIXED[:1])

# Of several elements

for reduction in ("sum", "mean", "prod"):
    op(f"z.{reduction}()", on=ANY[:2])
    op(f"z.{reduction}(0)", on=ANY[:1])
op("z.prod()", on=[kink(z=np.array([1j, 0, 2 + 1j]))])
op("z.var()", "torch.var(z)", on=ANY[:1])
op("z.std(1)", "torch.std(z, 1)", on=ANY[:1])
op("torch.logsumexp(z, 0)", on=ANY[:1])
op("torch.cumsum(z, 0)", on=ANY[:1])
op("torch.cumprod(z, 1)", on=ANY[:1])
op("torch.logcumsumexp(z, 0)", on=ANY[:1])
for p in ("2", "1", "3", "0.5", 'float("inf")', "0"):
    op(f"z.norm({p})", on=[at(z=complex_(2, 3))])
op("torch.dist(z, w)", on=PAIRS)

# Of vectors and matrices

op("torch.dot(z, w)", on=[at(z=complex_(3), w=complex_(3, start=5))])
op("torch.vdot(z, w)", on=[at(z=complex_(3), w=complex_(3, start=5))])
op("torch.outer(z, w)", on=[at(z=complex_(3), w=complex_(2, start=5))])
op("z @ w", "torch.matmul(z, w)", on=[
    at(z=complex_(2, 3), w=complex_(3, 2, start=5)), at(z=complex_(2, 3), w=complex_(3, start=5)),
    at(z=complex_(2, 2, 3), w=complex_(2, 3, 1, start=5))])  # fmt: skip
op('torch.einsum("ij,kj->ik", z, w)', on=[at(z=complex_(2, 3), w=complex_(4, 3, start=5))])
op("torch.addmm(z, w, w, beta=1j, alpha=2)", on=[at(z=complex_(2, 2), w=complex_(2, 2, start=5))])
SQUARE = complex_(3, 3) + 3 * np.eye(3)
for name in ("inv", "det"):
    op(f"torch.linalg.{name}(z)", on=[at(z=SQUARE)])
for output in (0, 1):
    op(f"torch.linalg.slogdet(z)[{output}]", on=[at(z=SQUARE)])
op("torch.linalg.solve(z, w)", on=[at(z=SQUARE, w=complex_(3, 2))])
op("torch.linalg.cholesky(z @ z.mH)", on=[at(z=SQUARE)])
op("torch.linalg.cholesky(z)", on=[kink(z=SQUARE @ SQUARE.conj().T)])
LOWER = np.tril(SQUARE, -1) + np.diag([2.0, 3.0, 1.5])
op("torch.cholesky_solve(w, z)", on=[kink(w=complex_(3, 2), z=LOWER)])
op("torch.cholesky_inverse(z, upper=True)", on=[kink(z=LOWER.T)])
op("torch.linalg.eigh(z)[1].abs()", on=[kink(z=SQUARE @ SQUARE.conj().T)])
op("torch.logdet(z)", on=[at(z=SQUARE)])
op("torch.linalg.eigvalsh(z + z.mH)", on=[at(z=SQUARE)])
op("torch.linalg.svdvals(z)", on=[at(z=SQUARE), at(z=complex_(4, 3))])
op("torch.linalg.svd(z, full_matrices=False)[0].abs()", on=[at(z=complex_(4, 3))])
op("torch.linalg.pinv(z)", on=[at(z=complex_(4, 3))])
op("torch.cov(z)", on=ANY[:1])
op("torch.corrcoef(z)", on=[at(z=complex_(2, 4))])

# By shape and position

for program in ("z.reshape(-1)", "z.t()", "z[0]", "z[:, 1:]", "z.sum(0).expand(2, 3)", "z.flip(0)", "z.tril()",
                "torch.diagonal(z)", "z.clone()", "z.unbind()[1]", "z.repeat(2, 1)", "z.to(torch.complex64)"):
    op(program, on=ANY[:1])
op("z[i]", on=[at(z=complex_(2, 3), i=ints(1, 0, 1))])
op("z[m]", on=[at(z=complex_(3), m=bools(True, False, True))])
op("torch.where(m, z, w)", on=[at(z=complex_(3), w=complex_(3, start=5), m=bools(True, False, True))])
op("z.masked_fill(m, 2j)", on=[at(z=complex_(3), m=bools(True, False, True))])
op("torch.cat([z, w])", on=PAIRS[:1])
op("torch.cat([z, x])", on=[at(z=complex_(2), x=real(3))])
op("torch.stack([z, w])", on=PAIRS[:1])
op("x.to(torch.complex128)", "x.cdouble()", on=[at(x=real(2, 3))])

# In place, through a view of the parts

op("a = z.clone(); a.real.mul_(x); a", on=[at(z=complex_(3), x=real(1, start=4))])
op("a = z.clone(); a.imag = x; a", on=[at(z=complex_(3), x=real(1, start=4))])
op("a = x.clone(); torch.view_as_complex(a).mul_(z); a", on=[at(x=real(3, 2), z=complex_(3))],
   needs_contiguous=True)
op("a = z.clone(); a[0] = x[0]; a", on=[at(z=complex_(3), x=real(3, start=4))])

SHARES = "PyTorch's conj is a view of the same memory, whose readers change the signs; here it is a copy"
DIFFERENT = {(aspect, "z.conj()"): SHARES for aspect in ("value", "dtypes")} | {
    ("stale", "torch.cholesky_solve(w, z)"): "PyTorch saves w too, though no formula asks for it"}

EXPRESSIONS = lines("""
torch.xlogy(torch.ones(2), 1j)
torch.copysign(torch.ones(2), 1j)
torch.lerp(torch.ones(2), torch.zeros(2), 1j)
torch.lerp(torch.ones(1), torch.zeros(1), 0.5 + 0j), torch.lerp(torch.ones(1) * 1j, torch.zeros(1) * 1j, 1j)
torch.complex64, torch.cfloat is torch.complex64, torch.cdouble is torch.complex128
torch.complex64.is_complex, torch.complex64.is_floating_point, torch.complex64.is_signed, torch.complex64.itemsize
torch.complex64.to_real(), torch.float64.to_complex(), torch.int64.to_real()
torch.int64.to_complex()
torch.finfo(torch.complex64)
torch.iinfo(torch.complex64)
torch.tensor([1+2j])
torch.tensor([[1, 2], [3j, 4.5]])
torch.tensor([1+2j], dtype=torch.float32)
torch.tensor([1+2j], dtype=torch.int64)
torch.tensor([1, 2.5], dtype=torch.complex64)
torch.tensor(np.array([1j]))
torch.from_numpy(np.array([1j], np.complex64))
torch.full((2,), 1j)
torch.full((2,), 1j, dtype=torch.float32)
torch.zeros(2, dtype=torch.complex64)
torch.eye(2, dtype=torch.complex128)
torch.arange(3, dtype=torch.complex64)
torch.linspace(0, 1j, 3)
[torch.manual_seed(0), torch.randn(3, dtype=torch.complex64)][1]
[torch.manual_seed(0), torch.randn(20, dtype=torch.complex128)][1]
[torch.manual_seed(0), torch.rand(3, dtype=torch.complex64)][1]
[torch.manual_seed(0), torch.randn_like(torch.zeros(3, dtype=torch.complex64))][1]
torch.randint(3, (3,), dtype=torch.complex64)
torch.zeros(2, dtype=torch.complex64).bernoulli_()
torch.zeros(2, dtype=torch.complex64).exponential_()
torch.complex(torch.ones(2), torch.ones(2, dtype=torch.float64))
torch.complex(torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64))
torch.view_as_real(torch.ones(2))
torch.view_as_complex(torch.ones(3))
torch.view_as_complex(torch.tensor(1.0))
torch.view_as_complex(torch.ones(2, dtype=torch.int64))
torch.view_as_complex(torch.ones(2, 3).t())
torch.tensor([1+2j]).tolist()
torch.tensor([1+2j]).item()
complex(torch.tensor([1+2j]))
float(torch.tensor([1+2j]))
float(torch.tensor([1+0j]))
int(torch.tensor([1+2j]))
bool(torch.tensor(1j)), bool(torch.tensor(0j))
torch.tensor([1+2j]).is_complex(), torch.is_complex(torch.ones(1)), torch.tensor([1j]).is_floating_point()
torch.isreal(torch.tensor([1+0j, 1j]))
torch.ones(2, dtype=torch.float64) * 1j
torch.ones(2, dtype=torch.int64) * 1j
torch.ones(2, dtype=torch.float64) + torch.ones(2, dtype=torch.complex64)
torch.ones(2, dtype=torch.float64) + torch.ones((), dtype=torch.complex64)
torch.ones(2) + torch.ones((), dtype=torch.complex128)
torch.ones((), dtype=torch.float64) + torch.ones(2, dtype=torch.complex64)
torch.ones(2, dtype=torch.int64) + torch.ones((), dtype=torch.complex128)
torch.promote_types(torch.float64, torch.complex64), torch.promote_types(torch.int64, torch.complex64)
torch.can_cast(torch.complex64, torch.float32), torch.can_cast(torch.float64, torch.complex64)
torch.result_type(torch.ones(2, dtype=torch.float64), 1j)
torch.tensor([1j]) == torch.tensor([1j, 1])
torch.tensor([1j]) != 1j
torch.tensor([1.0]) == 1j
torch.tensor([1j]) < torch.tensor([1j])
torch.tensor([1j]) > 1
torch.tensor([1.0]) >= 1j
torch.isclose(torch.tensor([1+1j]), torch.tensor([1+1.000001j])).all()
torch.allclose(torch.tensor([1+1j]), torch.tensor([1+1.1j]))
torch.equal(torch.tensor([1j]), torch.tensor([1j]))
torch.tensor([1+2j]).sort()
torch.tensor([1+2j]).topk(1)
torch.tensor([1+2j]).max()
torch.tensor([1+2j]).max(0)
torch.tensor([1+2j]).amin()
torch.tensor([1+2j]).argmax()
torch.maximum(torch.tensor([1+2j]), torch.tensor([1j]))
torch.tensor([1+2j]).median()
torch.tensor([1+2j]).unique()
torch.isin(torch.tensor([1j]), torch.tensor([1j]))
torch.tensor([1+2j]).clamp(0, 1)
torch.tensor([1+2j]).clamp_min(0)
torch.relu(torch.tensor([1+2j]))
torch.sign(torch.tensor([1+2j]))
torch.floor(torch.tensor([1+2j]))
torch.round(torch.tensor([1+2j]))
torch.erf(torch.tensor([1+2j]))
torch.tensor([1+2j]) // 2
torch.tensor([1+2j]) % 2
torch.atan2(torch.tensor([1j]), torch.tensor([1j]))
torch.softmax(torch.tensor([1+2j]), 0)
torch.nansum(torch.tensor([1+2j]))
torch.heaviside(torch.tensor([1j]), torch.tensor([1j]))
torch.tensor([1+2j]).abs_()
~torch.tensor([1j])
torch.logical_not(torch.tensor([1j, 0]))
torch.count_nonzero(torch.tensor([1j, 0]))
torch.isnan(torch.tensor([complex("nan"), 1j]))
1j in torch.tensor([1j, 0])
torch.dot(torch.tensor([1j]), torch.tensor([1.0]))
torch.mm(torch.tensor([[1j]]), torch.tensor([[1.0]]))
torch.ones(1).add(torch.ones(1), alpha=1j)
torch.ones(1).add_(1j)
torch.ones(1).add_(torch.tensor([1j]))
torch.ones(1).fill_(1j)
torch.ones(1).masked_fill(torch.tensor([True]), 1j)
torch.tensor([1j]).requires_grad_()
torch.set_default_dtype(torch.complex64)
torch.tensor([1j]).type()
torch.tensor([1.5]).to(complex)
torch.tensor([1.5]).cfloat()
torch.tensor([1j]).new_tensor([2.0])
torch.nn.Linear(2, 1, dtype=torch.complex64).weight.dtype
torch.nn.functional.mse_loss(torch.tensor([1j]), torch.tensor([1j]))
""")
