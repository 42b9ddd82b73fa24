"""Seldom met: nothing at all, positions counted round and round, numbers that do not fit, complex logarithms."""

import numpy as np
from ops import at, complex_, family, ints, lines, real

OPS, op = family()

# Along a dimension

SOME = [at(x=real(3, 4)), at(x=complex_(2, 3))]
op("torch.diff(x, 0)", "x.diff(n=0, prepend=torch.ones_like(x))", on=SOME)
GRADIENT = ["torch.gradient(x, dim=1)[0]", "torch.gradient(x, spacing=0.5, dim=1, edge_order=2)[0]"]
for program in GRADIENT:
    op(program, on=SOME)
QUANTILES = [at(x=real(5), q=np.array([0.1, 0.65])), at(x=real(4), q=np.array(0.3)),
             at(x=real(4, 3), q=np.array([0.1, 0.65]))]
QUANTILE = ["torch.quantile(x, q)", "torch.quantile(x, q, 0, True)", "torch.quantile(x, q, keepdim=True)",
            "torch.nanquantile(x, q, 0, True)"]
for program in QUANTILE:
    op(program, on=QUANTILES)
op("x.logcumsumexp(0)", on=[at(x=complex_(4)), at(x=40 * complex_(3, 2)), at(x=complex_())])
op("torch.logaddexp(x, y)", on=[at(x=complex_(4), y=20 * complex_(4, start=2))])

# By position

op("x.take_along_dim(i, 1)", on=[at(x=real(2, 3), i=ints([-1, 0, 4], [1, -5, 2]))])
op("x.index_fill(0, i, y)", on=[at(x=real(3, 2), i=ints(1, 1, 0), y=real(start=7))])
op("torch.gather(x, -1, i)", on=[at(x=real(3), i=np.zeros((2, 0), int))])

# Parts with nothing in them, which have a tangent too

op("torch.cat(x.split_with_sizes([1, 2, 0]))", on=[at(x=real(3, 2))])
op("torch.stack(x.unbind(0))", on=[at(x=real(2, 0))])

EXPRESSIONS = lines("""
torch.diff(torch.ones(2), prepend=torch.ones(1, 1))
torch.diff(torch.ones(2, 2), append=torch.ones(3, 1))
torch.gradient(torch.tensor([1.0, torch.nan, 3, 5, 8]))[0].nan_to_num(77)
torch.gradient(torch.tensor([1, 2, 4]), spacing=torch.tensor(2.0))
torch.gradient(torch.tensor([1, 2, 4]), spacing=(torch.tensor([1, 2, 4], dtype=torch.float64),))
torch.gradient(torch.tensor([1, 2, 4]), spacing=None)
torch.gradient(torch.tensor([True, False]))
torch.func.grad(lambda y: torch.gradient(torch.tensor([1.0, 2, 4]), spacing=(y,))[0].prod())(torch.tensor([0.5, 1, 4]))
torch.logaddexp(torch.tensor([complex(torch.inf, 2), torch.inf]), torch.tensor([1j, torch.inf + 9j]))
torch.logaddexp(torch.tensor([complex(-torch.inf, 3)]), torch.tensor([complex(-torch.inf, -3)]))
torch.logaddexp(torch.tensor([complex(torch.nan, 2)]), torch.tensor([1j])).real.isnan()
torch.logcumsumexp(torch.tensor([complex(-torch.inf, 1), -3 - 3j, 2, complex(torch.inf, 2)]), 0)
torch.logcumsumexp(torch.zeros(2, 0, dtype=torch.complex64), 0)
torch.gather(torch.ones(1, 1), 1, torch.ones(2, 2, dtype=torch.long))
torch.scatter(torch.ones(3, 5), 0, torch.full((2, 2), 34), torch.ones(2, 5, 2))
torch.scatter_add(torch.ones(3, 5), 0, torch.full((2, 6), 34), torch.ones(2, 6))
torch.scatter(torch.tensor([3, 4]), 0, torch.tensor([0]), 2.5, reduce="multiply")
torch.scatter(torch.tensor([-3, 4]), 0, torch.tensor([0]), 2.5, reduce="add")
torch.scatter(torch.tensor([3, 4], dtype=torch.int8), 0, torch.tensor([0]), 300, reduce="add")
torch.scatter(torch.tensor([3, 4]), 0, torch.tensor([0]), 2.5j)
torch.index_fill(torch.tensor([3, 4], dtype=torch.int8), 0, torch.tensor([0]), 300)
torch.index_fill(torch.tensor([3, 4]), 0, torch.tensor([0]), torch.tensor(1j))
torch.zeros(2).masked_fill(torch.tensor(True), 1e300)
torch.zeros(2).masked_fill(torch.tensor(True), -torch.inf)
torch.zeros(2).long().masked_fill(torch.tensor(True), torch.tensor(1j))
torch.zeros(2).long().masked_fill(torch.tensor(True), torch.tensor(2 + 0j))
torch.zeros(2).long().fill_(torch.inf)
torch.zeros(2).long().fill_(1e30)
torch.zeros(2).long().__setitem__(0, torch.nan)
torch.zeros(2).__setitem__(0, 1e39)
(lambda x: (x.__setitem__(0, 1e39), x))(torch.zeros(2).half())
torch.searchsorted(torch.zeros(2, 0), torch.zeros(2, 3))
torch.searchsorted(torch.zeros(0, 3), torch.zeros(0, 2))
torch.unravel_index(torch.tensor([0, 0]), ())
torch.unravel_index(torch.tensor([0, 1]), (0, 3))
torch.broadcast_shapes((0, 1, 3), (0, 10, 3))
torch.broadcast_shapes((0,), (2,))
torch.broadcast_shapes((1,), (-1,))
torch.ones(1).reshape(0, -1)
torch.ones(0).view(0, -1)
torch.unique_consecutive(torch.tensor(1.0), dim=0)
torch.unique_consecutive(torch.ones(0), return_counts=True)
torch.unique_consecutive(torch.ones(0, 3), dim=1)
torch.unique_consecutive(torch.ones(0, 3), dim=0)
torch.unique(torch.ones(0, 3), dim=1)
torch.tile(torch.ones(0), (-1,))
torch.ones(2, 1).repeat(3, -2)
torch.repeat_interleave(torch.tensor(1.0), torch.tensor(2), 0)
torch.tensor(1.0).unflatten(0, (1, 1))
torch.ones(3).unflatten(0, (0, -1))
torch.vander(torch.ones(2, 2))
torch.vander(torch.tensor([2, 3], dtype=torch.int8), 0)
torch.vander(torch.tensor([2, 3], dtype=torch.int8), 3)
torch.vander(torch.tensor([2.0, 3]), -1)
torch.vander(torch.tensor([2.0, 3], requires_grad=True)).requires_grad
torch.tensor(1j).adjoint().item()
torch.ones(3).adjoint()
torch.topk(torch.tensor(1.0), 1, 1)
torch.amax(torch.ones(3, 0), (0, -1))
torch.nanmedian(torch.ones(3, 0), -1)
torch.chunk(torch.ones(0), 2)
torch.unsafe_chunk(torch.ones(2, 0), 2, 1)
torch.unbind(torch.tensor(1.0), 1)
torch.ones(3).split([1, 1], -1)
torch.trapezoid(torch.tensor(1.0), dim=0)
torch.ones(3, 4).sum_to_size(1, 4)
torch.ones(3, 4).sum_to_size(2)
torch.ones(3).sum_to_size(2, 3)
torch.ones(2, 3, 4).movedim((2, -2), (1, 0, -1))
torch.ones(2, 3, 4).movedim((0, 2, -3), (1, 0, 2))
torch.ones(2, 3).narrow(1, torch.tensor([1]), 1)
torch.ones(2, 3).narrow(1, torch.tensor(True), 1)
torch.ones(2, 3).narrow(1, torch.tensor(1), 1)
torch.ones(5, 0).aminmax(dim=1)
torch.linspace(4.3, -3, 9, dtype=torch.int64)
torch.logspace(0.5, 3.3, 4, dtype=torch.int64)
torch.linspace(torch.ones(2), torch.ones(1, 1), 3)
torch.logspace(1, torch.ones(1), 3)
torch.arange(0, 3, 0.5, dtype=torch.int64)
torch.arange(0, 3, 0.5, out=torch.zeros(0, dtype=torch.int32))
torch.linspace(0, 3, 4, out=torch.zeros(0, dtype=torch.int32))
torch.zeros(2, out=torch.ones(0), dtype=torch.int32)
torch.zeros(2, out=3)
torch.add(torch.ones(3), 1, out=torch.ones(1).expand(3))
(lambda x: torch.exp(x[:3], out=x[1:4]))(torch.arange(6.0))
(lambda x: torch.cat([x[:2], x[3:5]], out=x[1:5]))(torch.arange(6.0))
(lambda x: torch.mul(x, 2, out=x))(torch.arange(6.0))
torch.gather(torch.ones(2), 0, torch.tensor([1]), out=torch.zeros(0).double())
torch.max(torch.ones(2, 2), 0, out=(torch.zeros(0), torch.zeros(0).int()))
torch.argmax(torch.ones(2), 0, out=torch.tensor(0.0))
torch.amax(torch.ones(3, 3), 0, out=torch.zeros(0).int())
torch.round(torch.ones(3), out=torch.zeros(0).double())
torch.complex(torch.ones(3), torch.ones(3), out=torch.zeros(0))
torch.index_select(torch.ones(3), 0, torch.tensor([1]), out=torch.zeros(0).double())
torch.masked_select(torch.ones(3), torch.tensor(True), out=torch.zeros(0).double())
torch.multinomial(torch.ones(3), 2, out=torch.zeros(0))
torch.normal(torch.ones(2), torch.zeros(2), out=torch.zeros(0))
torch.histc(torch.arange(1.0, 3.0, 0.03).half(), 9)
torch.histc(torch.tensor([0.1, 0.2, 0.3, 0.7, 1.1, torch.nan]), 7, 0.1, 0.8)
torch.multinomial(torch.tensor([1.0, -1, 2]), 2, True)
torch.multinomial(torch.tensor([1.0, torch.inf, 2]), 2, True)
torch.multinomial(torch.tensor([1.0, torch.inf, 2]), 2)
torch.pow(2, 3)
torch.float_power(2, 3)
torch.bitwise_and(2, 3)
torch.remainder(2, 3)
torch.floor_divide(5, 3)
torch.clamp_max(2, torch.ones(3))
torch.rsub(2, torch.ones(3))
torch.tensor([1.0, 2]).__rpow__(torch.tensor([3.0, 4]))
torch.tensor([1.0, 2]).__rmod__(torch.tensor([3.5, 4]))
torch.tensor([1.0, 2]).__rfloordiv__(torch.tensor([3.5, 4]))
torch.tensor([1.0, 2]).__rtruediv__(torch.tensor([3.5, 4]))
torch.tensor([1.0, 2]).__rmatmul__(torch.tensor([3.5, 4]))
torch.tensor([1.0]).float_power_(2)
torch.tensor([3.0]).double().float_power_(2)
torch.tensor([1j, 2]).conj_physical_()
torch.topk(torch.arange(60.0).reshape(3, 5, 4), 2, 1)[0].stride()
torch.sort(torch.ones(20, 10), 0)[1].stride()
torch.rot90(torch.ones(2, 3, 4)).stride()
torch.multinomial(torch.ones(3, 10), 3).stride()
""")

DIFFERENT = {
    (aspect, program): "its last step is a squeeze, but the way there is shorter"
    for aspect in ("value", "dtypes") for program in QUANTILE
} | {
    ("value", program): "PyTorch's node for a C++ number has another number" for program in GRADIENT
}  # fmt: skip
