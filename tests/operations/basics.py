"""What every program uses: arithmetic, comparisons, reductions, shapes, indexing, in-place changes, conversions."""

import numpy as np
from ops import at, bools, family, ints, kink, lines, positive, real

OPS, op = family()

# Elementwise, one input

ANY = [at(x=real(2, 3)), at(x=real()), at(x=real(0)), at(x=real(2, 0, 3))]
POSITIVE = [at(x=positive(2, 3)), at(x=positive()), at(x=positive(0))]

op("-x", "torch.neg(x)", "x.neg()", "torch.negative(x)", on=ANY)
op("+x", on=ANY)
op("torch.exp(x)", "x.exp()", on=ANY)
op("torch.log(x)", "x.log()", on=[*POSITIVE, kink(x=[0.0, 1.0])])
op("torch.sqrt(x)", "x.sqrt()", on=[*POSITIVE, kink(x=[0.0, 4.0])])
op("torch.sin(x)", "x.sin()", on=ANY)
op("torch.cos(x)", "x.cos()", on=ANY)
op("torch.tanh(x)", "x.tanh()", on=[*ANY, at(x=[-30.0, 30.0, 0.0])])
op("torch.sigmoid(x)", "x.sigmoid()", on=[*ANY, at(x=[-30.0, 30.0, 0.0]), kink(x=[-800.0, 800.0])])
op("torch.relu(x)", "x.relu()", on=[*ANY, kink(x=[-1.0, 0.0, -0.0, 2.0])])
op("torch.abs(x)", "x.abs()", "abs(x)", on=[*ANY, kink(x=[-1.0, 0.0, -0.0, 2.0])])
op("torch.square(x)", "x.square()", on=ANY)
op("torch.reciprocal(x)", "x.reciprocal()", on=[*ANY, kink(x=[0.0, 2.0])])
op("torch.sign(x)", "x.sign()", on=[*ANY, kink(x=[-1.0, 0.0, -0.0, 2.0])])
op("torch.floor(x)", "x.floor()", on=[*ANY, kink(x=[-1.0, 0.0, 2.0])])
op("x.clone()", "torch.clone(x)", on=ANY)
op("x.detach()", "torch.detach(x)", on=ANY)


# Elementwise, two inputs, which broadcast both ways

BROADCAST = [((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((), (2, 3)), ((2, 3), ()), ((), ()),
             ((1, 1), (2,)), ((0, 3), (3,)), ((1,), (0,)), ((2, 1, 3), (4, 1))]  # fmt: skip
PAIRS = [at(x=real(*a), y=real(*b, start=7)) for a, b in BROADCAST]
POSITIVE_PAIRS = [at(x=positive(*a), y=real(*b, start=7)) for a, b in BROADCAST]
TIES = kink(x=[[1.0, 2.0, 3.0], [-0.0, 0.0, 5.0]], y=[[1.0, 3.0, 2.0], [0.0, -0.0, 5.0]])

op("x + y", "torch.add(x, y)", "x.add(y)", on=PAIRS)
op("x - y", "torch.sub(x, y)", "x.sub(y)", "torch.subtract(x, y)", on=PAIRS)
op("x * y", "torch.mul(x, y)", "x.mul(y)", "torch.multiply(x, y)", on=PAIRS)
op("x / y", "torch.div(x, y)", "x.div(y)", "torch.true_divide(x, y)", on=[*PAIRS, kink(x=[1.0, 0.0], y=[0.0, 0.0])])
op("x // y", "torch.floor_divide(x, y)", on=PAIRS)
UNEVEN = [at(x=real(*a), y=real(*b, start=10)) for a, b in BROADCAST]  # no quotient is near an integer
for mode in ("floor", "trunc"):
    op(f'torch.div(x, y, rounding_mode="{mode}")', f'x.div(y, rounding_mode="{mode}")', on=UNEVEN)
    op(f'torch.div(x, 2.5, rounding_mode="{mode}")', on=ANY)
op("x % y", "torch.remainder(x, y)", "x.remainder(y)",
   on=[at(x=real(*a), y=real(*b, start=7) + 0.03) for a, b in BROADCAST])  # fmt: skip
op("x ** y", "torch.pow(x, y)", "x.pow(y)",
   on=[*POSITIVE_PAIRS, kink(x=[0.0, 0.0, 0.0, -2.0, -2.0], y=[0.0, 1.0, 2.5, 3.0, 2.0])])  # fmt: skip
op("torch.add(x, y, alpha=2.5)", "x.add(y, alpha=2.5)", on=PAIRS)
op("torch.sub(x, y, alpha=2.5)", "x.sub(y, alpha=2.5)", on=PAIRS)
op("torch.maximum(x, y)", "torch.max(x, y)", "x.maximum(y)", "x.max(y)", on=[*PAIRS, TIES])
op("torch.minimum(x, y)", "torch.min(x, y)", "x.minimum(y)", "x.min(y)", on=[*PAIRS, TIES])
for symbol, name in {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}.items():
    op(f"x {symbol} y", f"torch.{name}(x, y)", f"x.{name}(y)", on=[*PAIRS, TIES])
op("torch.where(x > 0, x, y)", "x.where(x > 0, y)", on=PAIRS)
op("torch.where(c, x, y)", "x.where(c, y)", on=[
    at(c=bools([True], [False]), x=real(2, 3), y=real(3, start=7)),
    at(c=bools(True, False, True), x=real(), y=real(2, 1, start=7)),
    at(c=np.array(True), x=real(), y=real(start=7)),
    at(c=np.zeros((0,), bool), x=real(1), y=real(start=7)),
])  # fmt: skip
op("torch.where(x > 1, x, 0.0)", on=ANY)
op("torch.masked_fill(x, x > 1, 0.5)", "x.masked_fill(x > 1, 0.5)", on=ANY)
op("x.masked_fill(c, 0.5)", on=[at(x=real(2, 3), c=bools(True, False, True))])
op("torch.where(x > 1, 2.0, x)", on=ANY)


# A Python number on either side

for scalar in ("2", "2.5", "True"):
    op(f"x + {scalar}", f"torch.add(x, {scalar})", f"x.add({scalar})", on=ANY)
    op(f"{scalar} + x", on=ANY)
    op(f"x * {scalar}", f"torch.mul(x, {scalar})", f"x.mul({scalar})", on=ANY)
    op(f"{scalar} * x", on=ANY)
    op(f"x / {scalar}", f"torch.div(x, {scalar})", f"x.div({scalar})", on=ANY)
    op(f"{scalar} / x", on=ANY)
for scalar in ("2", "2.5"):
    op(f"x - {scalar}", f"torch.sub(x, {scalar})", f"x.sub({scalar})", on=ANY)
    op(f"{scalar} - x", on=ANY)
    op(f"x // {scalar}", f"torch.floor_divide(x, {scalar})", on=ANY)
    op(f"{scalar} // x", on=ANY)
    op(f"x % {scalar}", f"torch.remainder(x, {scalar})", on=ANY)
    op(f"{scalar} % x", on=ANY)
op("torch.add(x, 3, alpha=2)", "x.add(3, alpha=2)", on=ANY)
op("torch.sub(x, 3, alpha=2)", "x.sub(3, alpha=2)", on=ANY)
for exponent in ("2", "3", "1", "0", "2.0"):
    op(f"x ** {exponent}", f"torch.pow(x, {exponent})", f"x.pow({exponent})", on=[*ANY, at(x=[0.0, -1.0])])
for exponent in ("0.5", "2.5", "-1", "-2", "-0.5"):
    op(f"x ** {exponent}", f"torch.pow(x, {exponent})", f"x.pow({exponent})", on=[*POSITIVE, kink(x=[0.0, 1.0])])
op("2 ** x", "torch.pow(2, x)", on=ANY)
op("2.5 ** x", "torch.pow(2.5, x)", on=ANY)
op("0 ** x", on=[kink(x=[0.0, 1.0, 2.0])])
for symbol in ("==", "!=", "<", "<=", ">", ">="):
    op(f"x {symbol} 0.7", on=ANY)
    op(f"0.7 {symbol} x", on=ANY)

EDGES = kink(x=[-2.0, -1.0, 0.0, 1.5, 2.0])
op("torch.clamp(x, -1.0, 1.5)", "x.clamp(-1.0, 1.5)", "x.clamp(min=-1.0, max=1.5)", on=[*ANY, EDGES])
op("torch.clamp(x, min=-1)", "x.clamp(-1)", "x.clamp(min=-1)", on=[*ANY, EDGES])
op("torch.clamp(x, max=1.5)", "x.clamp(None, 1.5)", "x.clamp(max=1.5)", on=[*ANY, EDGES])
op("torch.clamp(x, min=2.0, max=1.0)", on=[at(x=real(2, 3))])
op("torch.clamp(x, a, b)", "x.clamp(a, b)", "x.clamp(min=a, max=b)", on=[
    at(x=real(2, 3), a=[[-1.0], [-0.5]], b=[1.0, 1.25, 1.35]),
    at(x=real(3), a=np.array(-1.0), b=np.array(1.0)),
    kink(x=[-2.0, -1.0, 0.0, 1.5, 2.0], a=[-1.0] * 5, b=[1.5] * 5),
    kink(x=[0.5, 1.5, 2.5], a=[2.0] * 3, b=[1.0] * 3),
])  # fmt: skip
op("torch.clamp(x, min=a)", "x.clamp(a)", on=[at(x=real(2, 3), a=real(3, start=8)), kink(x=[1.0, 2.0], a=[1.0, 3.0])])
op("torch.clamp(x, max=b)", "x.clamp(max=b)",
   on=[at(x=real(2, 3), b=real(3, start=8)), kink(x=[1.0, 2.0], b=[1.0, 3.0])])  # fmt: skip


# Products of matrices, in every combination of ranks

MATMUL = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 2)), ((4, 2, 3), (3,)), ((3,), (4, 3, 2)),
          ((4, 2, 3), (3, 2)), ((2, 3), (4, 3, 2)), ((4, 2, 3), (4, 3, 2)), ((4, 2, 3), (1, 3, 2)),
          ((1, 2, 3), (4, 3, 2)), ((2, 1, 2, 3), (3, 3, 2)), ((2, 3), (2, 1, 3, 2)), ((2, 1, 2, 3), (3, 2)),
          ((3,), (2, 1, 3, 2)), ((2, 1, 2, 3), (3,)), ((1, 3), (3, 1)),
          ((2, 0), (0, 3)), ((0, 3), (3, 2)), ((0,), (0,)), ((0, 2, 3), (3, 2))]  # fmt: skip
op("x @ y", "torch.matmul(x, y)", "x.matmul(y)", on=[at(x=real(*a), y=real(*b, start=7)) for a, b in MATMUL])
op("torch.mm(x, y)", "x.mm(y)", on=[at(x=real(2, 3), y=real(3, 2, start=7)), at(x=real(2, 0), y=real(0, 2))])
op("torch.mv(x, y)", "x.mv(y)", on=[at(x=real(2, 3), y=real(3, start=7)), at(x=real(2, 0), y=real(0))])
op("torch.dot(x, y)", "x.dot(y)", on=[at(x=real(3), y=real(3, start=7)), at(x=real(0), y=real(0))])
op("torch.bmm(x, y)", "x.bmm(y)",
   on=[at(x=real(4, 2, 3), y=real(4, 3, 2, start=7)), at(x=real(0, 2, 3), y=real(0, 3, 2))])  # fmt: skip


# Reductions

op("torch.sum(x)", "x.sum()", on=ANY)
op("torch.mean(x)", "x.mean()", on=ANY)
ZEROS = [at(x=[2.0, 0.0, -3.0]), at(x=[0.0, 2.0, 0.0]), at(x=[[2.0, 0.0], [0.0, 0.0], [3.0, 4.0]])]
op("torch.prod(x)", "x.prod()", on=[*ANY, *ZEROS])
MATRIX = [at(x=real(2, 3)), at(x=real(2, 3, 2))]
for name in ("sum", "mean"):
    for dim in ("0", "-1", "(0, 1)", "(-1, 0)", "[1]", "()"):
        op(f"torch.{name}(x, {dim})", f"x.{name}({dim})", f"x.{name}(dim={dim})", on=MATRIX)
    for dim in ("0", "-1", "(0, 1)"):
        op(f"torch.{name}(x, {dim}, keepdim=True)", f"x.{name}({dim}, True)", on=MATRIX)
    op(f"x.{name}(0)", on=[at(x=real(0, 3)), at(x=real()), at(x=real(2, 0))])
    op(f"x.{name}(-1)", on=[at(x=real())])
op("x.sum(dim=None)", on=MATRIX)
for dim in ("0", "-1"):
    op(f"torch.prod(x, {dim})", f"x.prod({dim})", f"x.prod(dim={dim})",
       on=[*MATRIX, *ZEROS[2:], at(x=real()), at(x=real(2, 0))])  # fmt: skip
    op(f"torch.prod(x, {dim}, keepdim=True)", f"x.prod({dim}, True)", on=MATRIX)

PEAKS = kink(x=[[3.0, 1.0, 3.0], [1.0, 3.0, 1.0]])
for name in ("max", "min"):
    op(f"torch.{name}(x)", f"x.{name}()", on=[at(x=real(2, 3)), at(x=real()), PEAKS])
    for dim in ("0", "-1"):
        op(f"torch.{name}(x, {dim})", f"x.{name}({dim})", f"x.{name}(dim={dim})",
           on=[*MATRIX, at(x=real()), PEAKS])  # fmt: skip
        op(f"torch.{name}(x, {dim}, keepdim=True)", f"x.{name}({dim}, True)", on=MATRIX)
    op(f"torch.{name}(x, 1)[0]", f"x.{name}(1).values", on=MATRIX)
    op(f"torch.a{name}(x)", f"x.a{name}()", on=[at(x=real(2, 3)), at(x=real()), PEAKS])
    for dim in ("0", "-1", "(0, 1)"):
        op(f"torch.a{name}(x, {dim})", f"x.a{name}({dim})", on=[*MATRIX, PEAKS])
        op(f"torch.a{name}(x, {dim}, keepdim=True)", f"x.a{name}({dim}, True)", on=MATRIX)
    op(f"torch.arg{name}(x)", f"x.arg{name}()", on=[*MATRIX, PEAKS])
    op(f"torch.arg{name}(x, 1)", f"x.arg{name}(dim=1)", on=[*MATRIX, PEAKS])
    op(f"torch.arg{name}(x, 0, keepdim=True)", f"x.arg{name}(0, True)", on=[*MATRIX, PEAKS])
op("torch.median(x)", "x.median()", on=[at(x=real(5)), at(x=real(2, 3)), at(x=real()), PEAKS])
for dim in ("0", "-1"):
    op(f"torch.median(x, {dim})", f"x.median({dim})", on=[*MATRIX, at(x=real()), at(x=real(3, 3)), PEAKS])
    op(f"torch.median(x, {dim}, keepdim=True)", f"x.median({dim}, True)", on=MATRIX)
op("torch.all(x > 0)", "(x > 0).all()", on=ANY)
op("torch.any(x > 0)", "(x > 0).any()", on=ANY)

ORIGIN = [kink(x=[0.0, 0.0]), kink(x=[0.0, -3.0, 4.0]), kink(x=[0.0])]
op("torch.norm(x)", "x.norm()", "x.norm(2)", 'x.norm(p="fro")', on=[*ANY, *ORIGIN])
for p in ("1", "2.0", "inf", "-inf", "3", "1.5", "0"):
    op(f"torch.norm(x, p={p})", f"x.norm({p})", on=[at(x=real(2, 3)), at(x=real()), *ORIGIN])
op("x.norm(inf)", on=[kink(x=[3.0, -3.0, 1.0])])
op("x.norm(-inf)", on=[kink(x=[3.0, -3.0, 1.0, -1.0])])
for p in ("1", "2", "inf", "3"):
    for dim in ("0", "-1", "(0, 1)"):
        op(f"torch.norm(x, {p}, {dim})", f"x.norm({p}, {dim})", f"x.norm(p={p}, dim={dim})", on=MATRIX)
    op(f"torch.norm(x, {p}, 1, keepdim=True)", f"x.norm({p}, 1, True)", on=MATRIX)
op("x.norm(dim=1)", on=[at(x=real(2, 3)), kink(x=[[0.0, 0.0], [3.0, 4.0]])])


# The same numbers in another shape: views, and copies where a view cannot be

op("x.reshape(3, 2)", "torch.reshape(x, (3, 2))", "x.reshape((3, 2))", "x.reshape(-1, 2)", on=[at(x=real(2, 3))])
op("x.reshape(-1)", on=[at(x=real(2, 3)), at(x=real()), at(x=real(0, 3))])
op("x.reshape(2, 3)", on=[at(x=real(2, 3))])
op("x.t().reshape(-1)", on=[at(x=real(2, 3))])
op("x.view(3, 2)", "x.view((3, 2))", "x.view(-1, 2)", on=[at(x=real(2, 3))], needs_contiguous=True)
op("x.view(-1)", on=[at(x=real(2, 3)), at(x=real()), at(x=real(0, 3))], needs_contiguous=True)
op("x.view(2, 1, 3)", on=[at(x=real(2, 3))], needs_contiguous=True)
op("x.t().contiguous()", on=[at(x=real(2, 3))])
op("x.contiguous()", on=[at(x=real(2, 3))], needs_contiguous=True)
op("x.transpose(0, 1)", "torch.transpose(x, 0, 1)", "x.transpose(-2, 1)", on=[at(x=real(2, 3))])
op("x.transpose(0, -1)", on=[at(x=real(2, 3, 2)), at(x=real(2)), at(x=real())])
op("x.t()", "torch.t(x)", on=[at(x=real(2, 3)), at(x=real(3)), at(x=real())])
op("x.T", on=[at(x=real(2, 3))])
op("x.mT", on=[at(x=real(2, 3)), at(x=real(2, 2, 3))])
op("x.permute(2, 0, 1)", "x.permute((2, 0, 1))", "torch.permute(x, (2, 0, 1))", "x.permute(-1, 0, 1)",
   on=[at(x=real(2, 3, 4))])  # fmt: skip
op("x.squeeze()", "torch.squeeze(x)", on=[at(x=real(1, 3, 1)), at(x=real(2, 3)), at(x=real())])
op("x.squeeze(0)", "torch.squeeze(x, 0)", "x.squeeze(dim=0)",
   on=[at(x=real(1, 3, 1)), at(x=real(2, 3)), at(x=real())])  # fmt: skip
op("x.squeeze((0, -1))", "torch.squeeze(x, (0, -1))", on=[at(x=real(1, 3, 1))])
op("x.unsqueeze(0)", "torch.unsqueeze(x, 0)", "x.unsqueeze(dim=0)", on=[at(x=real(2, 3)), at(x=real())])
op("x.unsqueeze(-1)", on=[at(x=real(2, 3)), at(x=real())])
op("x.expand(2, 3)", "x.expand((2, 3))", "x.expand(2, -1)", on=[at(x=real(3)), at(x=real(1, 3)), at(x=real(2, 3))])
op("x.expand(4, -1, 3)", on=[at(x=real(2, 1))])
op("x.expand(3)", on=[at(x=real())])
op("x.expand_as(y)", on=[at(x=real(3), y=real(2, 3, start=7))])
op("x.flatten()", "torch.flatten(x)", on=[at(x=real(2, 3)), at(x=real(3)), at(x=real()), at(x=real(2, 0))])
op("x.flatten(1)", "torch.flatten(x, 1)", "x.flatten(start_dim=1)", on=[at(x=real(2, 3, 2))])
op("x.flatten(0, 1)", "torch.flatten(x, 0, 1)", "x.flatten(0, -2)", on=[at(x=real(2, 3, 2))])
op("x.t().flatten()", on=[at(x=real(2, 3))])
op("x.split(2)", "torch.split(x, 2)", on=[at(x=real(3, 2)), at(x=real(4))])
op("x.split([1, 2], 1)", "torch.split(x, [1, 2], dim=1)", on=[at(x=real(2, 3))])
op("x.chunk(2)", "torch.chunk(x, 2)", on=[at(x=real(3, 2)), at(x=real(4))])
op("x.select(1, 2)", "torch.select(x, 1, 2)", on=[at(x=real(2, 3))])
op("x.narrow(1, 1, 2)", "torch.narrow(x, 1, 1, 2)", on=[at(x=real(2, 3))])
op("x.movedim(0, -1)", "torch.movedim(x, 0, -1)", "x.moveaxis(0, -1)", on=[at(x=real(2, 3, 4))])
op("x.swapaxes(0, 1)", "torch.swapaxes(x, 0, 1)", "x.swapdims(0, 1)", on=[at(x=real(2, 3))])
op("x.broadcast_to((2, 3))", "torch.broadcast_to(x, (2, 3))", on=[at(x=real(3))])
op("x.view_as(y)", "x.reshape_as(y)", on=[at(x=real(2, 3), y=real(3, 2, start=7))], needs_contiguous=True)
op("x.unbind()", "torch.unbind(x)", "torch.unbind(x, 0)", on=[at(x=real(2, 3)), at(x=real(2))])
op("x.unbind(-1)", on=[at(x=real(2, 3))])
op("tuple(x)", on=[at(x=real(2, 3))])


# Indexing

GRID = [at(x=real(3, 4))]
CUBE = [at(x=real(2, 3, 4))]
for index in ("0", "-1", "1, 2", "0:2", "::2", "1:, ::2", "-2:", ":, 1", ":, -1:", "None", "..., 0", "...", "()",
              "1, ...", ":, None, 0:3:2", "None, 1, None", "5:", "2:1", "..., None", "True", "False"):  # fmt: skip
    op(f"x[{index}]", on=GRID)
for index in ("0, :, 1", "..., 1", "0, ..., 1", ":, 1:, ::3", "1, 2, 3", ":, 0"):
    op(f"x[{index}]", on=CUBE)
for index in ("[0, 2]", "[2, 0, 2, 2]", ":, [0, 0]", "[0, 1], [1, 1]", "[[0, 1], [2, 0]]", "0, [1, 2, 1]",
              "[1, 0], 1:3", "[-1, -3]", "[0], :", "[True, False, True]", "None, [0, 2]", "[0, 2], None",
              "[1, 0], ..., None"):  # fmt: skip
    op(f"x[{index}]", on=GRID)
# A number among index lists is a select first, and only then are the lists one index; numpy does it otherwise.
for index in ("[0, 1], :, [1, 1]", ":, [0, 1], 0", "0, :, [1, 2]", "[1], :, 2", ":, [0, 2], [1, 3]", "..., [0, 0]",
              "[[0], [1]], [0, 2]", ":, [0, 1], 1:", "[0, 1], 1, [2, 3]", "[1, 0], None, [0, 1]"):  # fmt: skip
    op(f"x[{index}]", on=CUBE)
op("x[x > 0]", on=[at(x=real(3, 4)), at(x=real(5)), at(x=real())])
op("x[c]", on=[
    at(x=real(3, 4), c=bools(True, False, True)),
    at(x=real(2, 2), c=bools([True, False], [True, True])),
    at(x=real(2, 2), c=bools([False, False], [False, False])),
    at(x=real(2, 2), c=np.array(True)),
])  # fmt: skip
op("x[:, c]", on=[at(x=real(3, 4), c=bools(True, False, True, False))])
op("x[c, 1]", on=[at(x=real(3, 4), c=bools(True, False, True))])
op("x[c, [1, 3]]", on=[at(x=real(3, 4), c=bools(True, False, True))])
op("x[i]", on=[
    at(x=real(3, 4), i=ints(2, 0, 2)),
    at(x=real(3, 4), i=ints([0, 1], [1, 1])),
    at(x=real(3, 4), i=np.array(1)),
    at(x=real(5), i=ints(-1, 0, -1, 4)),
    at(x=real(3, 4), i=np.zeros((0,), np.int64)),
])  # fmt: skip
op("x[i, j]", on=[
    at(x=real(3, 4), i=ints(2, 0, 2), j=ints(1, 1, 1)),
    at(x=real(3, 4), i=ints([0], [1]), j=ints(0, 3, 0)),
])  # fmt: skip
op("x[:, i]", "x[..., i]", on=[at(x=real(3, 4), i=ints(2, 0, 2))])
op("x[1:][:, [0, 2]][0]", on=GRID)
op("x.take(i)", "torch.take(x, i)", on=[at(x=real(3, 4), i=ints([0, 11], [5, 0]))])
op("x[i] * y", on=[at(x=real(3), i=ints(0, 0, 2), y=real(3, start=7))])

for target, value in {"0": "y[0]", "1:, 2": "y[0, 1:3]", "...": "y", ":, ::2": "y[:, :2]", "0:2": "y[0]",
                      "None, 2": "y[:1]", "2, 3": "y[0, 0]", "[0, 2]": "y[:2]", ":, [1, 3]": "y[:, :2]",
                      "[0, 1], [2, 2]": "y[0, :2]", "x > 0": "y[x > 0]", "x < 0": "y[0, 0]",
                      "[True, False, True]": "y[1:]"}.items():  # fmt: skip
    op(f"z = x.clone(); z[{target}] = {value}; z", on=[at(x=real(3, 4), y=real(3, 4, start=5))])
op("z = x.clone(); z[:, [1, 1]] = y[:, :2]; z", on=[kink(x=real(3, 4), y=real(3, 4, start=5))])
for target in ("0", "1:, 2", "...", "x > 0", "[0, 2]", ":, [1, 1]", "2, 3", "5:"):
    op(f"z = x.clone(); z[{target}] = 1.5; z", on=GRID)
op("z = x.clone(); z[1:] += y; z", on=[at(x=real(3, 4), y=real(4, start=5))])
op("z = x.clone(); z[[0, 2]] *= y; z", on=[at(x=real(3, 4), y=real(4, start=5))])
op("z = x.clone(); z[i] = y; z", on=[at(x=real(4), i=ints(3, 1), y=real(2, start=5))])
op("z = x.clone(); z[c] = y; z", on=[at(x=real(4), c=bools(True, False, True, True), y=real(3, start=5)),
                                     at(x=real(4), c=bools(False, False, True, True), y=real(start=5))])  # fmt: skip


# Several tensors into one

TWO = at(x=real(2, 3), y=real(2, 3, start=7))
op("torch.cat([x, y])", "torch.cat((x, y))", "torch.cat((x, y), 0)", "torch.cat((x, y), dim=-2)",
   "torch.concat([x, y])",
   on=[TWO, at(x=real(2, 3), y=real(1, 3, start=7)), at(x=real(0, 3), y=real(2, 3))])  # fmt: skip
op("torch.cat([x, y], 1)", "torch.cat((x, y), dim=-1)", on=[TWO, at(x=real(2, 3), y=real(2, 1, start=7))])
op("torch.cat([x, y, x])", on=[TWO])
op("torch.cat([x])", on=[at(x=real(2, 3))])
op("torch.cat([x, y[:0].reshape(-1)[:0]])", on=[at(x=real(2, 3), y=real(2))])
op("torch.stack([x, y])", "torch.stack((x, y), 0)", "torch.stack((x, y), dim=-3)",
   on=[TWO])  # fmt: skip
op("torch.stack([x, y, x])", on=[at(x=real(), y=real(start=7)), at(x=real(2), y=real(2, start=7))])
op("torch.stack([x, y], -1)", "torch.stack((x, y), dim=2)", on=[TWO])


# In place, on a clone, since a leaf that requires grad may not be changed

for name in ("add", "sub", "mul", "div"):
    symbol = {"add": "+", "sub": "-", "mul": "*", "div": "/"}[name]
    op(f"x.clone().{name}_(y)", on=[at(x=real(*a), y=real(*b, start=7)) for a, b in BROADCAST[:2] + BROADCAST[5:7]])
    op(f"x.clone().{name}_(2.5)", on=ANY)
    op(f"z = x.clone(); z {symbol}= y; z", on=[at(x=real(2, 3), y=real(3, start=7))])
op("x.clone().add_(y, alpha=2)", on=[TWO])
op("x.clone().sub_(y, alpha=2)", on=[TWO])
op("x.clone().pow_(y)", on=POSITIVE_PAIRS[:2])
op("x.clone().pow_(3)", "z = x.clone(); z **= 3; z", on=ANY)
for name in ("neg", "exp", "tanh", "sigmoid", "relu", "abs", "sin", "cos"):
    op(f"x.clone().{name}_()", on=ANY)
for name in ("sqrt", "log"):
    op(f"x.clone().{name}_()", on=POSITIVE)
op("x.clone().clamp_(-1.0, 1.0)", "x.clone().clamp_(min=-1.0, max=1.0)", on=ANY)
op("x.clone().clamp_(min=a)", on=[at(x=real(2, 3), a=real(3, start=8))])
op("x.clone().zero_()", on=ANY)
op("x.clone().masked_fill_(x > 1, 0.5)", on=ANY)
op("x.clone().remainder_(1.25)", on=ANY)
for name in ("square", "reciprocal", "sign", "floor"):
    op(f"x.clone().{name}_()", on=ANY)
op("x.clone().fill_(2.5)", on=ANY)
op("x.clone().fill_(y)", on=[at(x=real(2, 3), y=real(start=7))])
op("x.clone().copy_(y)", on=[TWO, at(x=real(2, 3), y=real(3, start=7)), at(x=real(2, 3), y=real(start=7))])
op("x.clone().mul_(x)", on=ANY)
op("z = x.clone(); z.mul_(z); z", on=ANY)

# ... and through views: whatever was made from the same numbers sees the change, and its gradient
VIEWED = [at(x=real(2, 3), y=real(3, start=7))]
op("z = x.clone(); z[0].mul_(y); z", on=VIEWED)
op("z = x.clone(); v = z[0]; v.mul_(y); v", on=VIEWED)
op("z = x.clone(); v = z[0]; z.mul_(y); v", on=VIEWED)
op("z = x.clone(); v = z.t(); v[:, 1].mul_(y); z", on=VIEWED)
op("z = x.clone(); v = z.view(6); v[::2].exp_(); z * 2", on=VIEWED, needs_contiguous=True)
op("z = x.clone(); v = z.t(); w = v[1:]; w.mul_(2); v * z.t()", on=VIEWED)
op("z = x.clone(); z.t()[0] = 4.0; z", on=VIEWED)
op("z = x.clone(); a, b = z[0], z[1]; a.mul_(b); z", on=VIEWED)
op("z = x.clone(); z[1].copy_(y); z", on=VIEWED)
op("z = x.clone(); z.squeeze().unsqueeze(0).tanh_(); z", on=VIEWED)
op("z = x.clone(); z.permute(1, 0).add_(1).mul_(3); z", on=VIEWED)


# To another dtype

op("x.float()", "x.to(torch.float32)", "x.type(torch.float32)", on=ANY)
op("x.half()", "x.to(torch.float16)", on=[at(x=[0.5, -1.25])])
op("x.double()", "x.to(torch.float64)", "x.to(x.dtype)", on=ANY)
op("x.long()", "x.to(torch.int64)", on=ANY)
op("x.int()", "x.to(torch.int32)", on=ANY)
op("x.bool()", "x.to(torch.bool)", on=ANY)
# Kinks in that finite differences see only the rounding of the narrower dtype.
op("x.float() * y", on=[kink(x=real(2, 3), y=real(2, 3, start=7))])
op("x.float() * y.half()", on=[kink(x=[0.5, 1.5], y=[0.25, 2.0])])


# One-line programs whose outcome is a tensor without history, a plain Python value, or an error

EXPRESSIONS = lines("""
torch.tensor(1.5)
torch.tensor([1, 2])
torch.tensor([1, 2.5])
torch.tensor([True, False])
torch.tensor([True, 2])
torch.tensor([[1.0, 2.0], [3.0, 4.0]])
torch.tensor([])
torch.tensor([[], []])
torch.tensor([1, 2], dtype=torch.float64)
torch.tensor([1.7, -2.7], dtype=torch.int64)
torch.tensor(np.arange(3))
torch.tensor(np.array([1.5, 2.5], dtype=np.float32))
torch.tensor(np.float64(2.5))
torch.tensor([torch.tensor(1.0), torch.tensor(2.0)])
torch.tensor((1, 2, 3))
torch.tensor(range(3))
torch.tensor([[1, 2], [3]])
torch.tensor(["a"])
torch.tensor("a")
torch.tensor(None)
torch.tensor([1, None])
torch.tensor([1, 2], requires_grad=True)
torch.tensor([True], requires_grad=True)
torch.tensor([1.0], dtype=torch.int64, requires_grad=True)
torch.tensor(2 ** 40)
torch.tensor(3e38) * 10
torch.tensor(300, dtype=torch.uint8)
torch.zeros(2, 3)
torch.zeros((2, 3))
torch.zeros([2, 3])
torch.zeros(2, dtype=torch.int64)
torch.zeros(())
torch.zeros(0)
torch.zeros(-1)
torch.zeros(2, -3)
torch.zeros(2.0)
torch.zeros("a")
torch.ones(2, 3, dtype=torch.bool)
torch.ones(2, requires_grad=True, dtype=torch.int64)
torch.full((2, 2), 3)
torch.full((2, 2), 3.5)
torch.full((2,), True)
torch.full((), 7.0)
torch.full((2,), 2.7, dtype=torch.int64)
torch.full(2, 3)
torch.arange(5)
torch.arange(1, 4)
torch.arange(1, 2, 0.25)
torch.arange(5, 0, -2)
torch.arange(3.0)
torch.arange(0, 3, dtype=torch.float32)
torch.arange(1, 1)
torch.arange(5, 1)
torch.arange(0, 5, 0)
torch.arange(0, 1, 0.1)
torch.linspace(0, 1, 5)
torch.linspace(-1, 1, 1)
torch.linspace(3, 1, 3)
torch.linspace(0, 1, 0)
torch.linspace(0, 10, 5, dtype=torch.int64)
torch.linspace(0, 1, steps=3, dtype=torch.float64)
torch.linspace(0, 1, -1)
torch.eye(2)
torch.eye(2, 3)
torch.eye(2, dtype=torch.int64)
torch.eye(-1)
torch.zeros_like(torch.ones(2, 2, dtype=torch.int64))
torch.ones_like(torch.zeros(2), dtype=torch.float64)
torch.full_like(torch.zeros(2), 3)
torch.full_like(torch.zeros(2, dtype=torch.int64), 2.5)
torch.empty(2, 3).shape
torch.empty_like(torch.zeros(3)).shape
torch.from_numpy(np.arange(3.0))
torch.from_numpy(np.arange(3, dtype=np.int32))
torch.from_numpy(np.array(["a"]))
torch.from_numpy([1, 2])
torch.as_tensor([1, 2])
torch.as_tensor(np.ones(2)).dtype
torch.tensor([1.0, 2.0]).item()
torch.tensor([]).item()
torch.tensor([[2.5]]).item()
torch.tensor(3).item()
torch.tensor(True).item()
torch.tensor(1.1).item()
torch.tensor([[1, 2], [3, 4]]).tolist()
torch.tensor(1.5).tolist()
torch.tensor([]).tolist()
torch.tensor([1.5, 2.5]).numpy().tolist()
torch.tensor([1.5, 2.5]).numpy().dtype.name
torch.tensor(1.5).numpy().shape
np.asarray(torch.tensor([1, 2])).dtype.name
bool(torch.tensor([1, 2]))
bool(torch.tensor([]))
bool(torch.tensor([2.0]))
bool(torch.tensor(0))
int(torch.tensor(2.7))
int(torch.tensor([1, 2]))
float(torch.tensor(2))
float(torch.tensor([1.0, 2.0]))
round(torch.tensor(2.567).item(), 2)
len(torch.ones(2, 3))
len(torch.tensor(1.0))
list(torch.tensor(1.0))
3 in torch.tensor([1, 2, 3])
torch.ones(2, 3).shape
torch.ones(2, 3).size()
torch.ones(2, 3).size(1)
torch.ones(2, 3).size(-1)
torch.ones(2, 3).size(2)
torch.ones(2, 3).dim()
torch.ones(2, 3).ndim
torch.ones(2, 3).numel()
torch.ones(2, 3).nelement()
torch.ones(2, 3).stride()
torch.ones(2, 3).t().stride()
torch.ones(2, 3).t().is_contiguous()
torch.ones(2, 3).element_size()
torch.ones(2).is_floating_point()
torch.is_tensor(torch.ones(2))
torch.is_floating_point(torch.ones(2, dtype=torch.int64))
torch.float32.is_floating_point
torch.float16.itemsize
torch.ones(2).device
torch.ones(2).type()
torch.get_default_dtype()
torch.result_type(torch.ones(2, dtype=torch.int64), 1.5)
torch.promote_types(torch.int64, torch.float16)
torch.can_cast(torch.float32, torch.int64)
torch.equal(torch.ones(2), torch.ones(2))
torch.equal(torch.ones(2), torch.ones(3))
torch.allclose(torch.ones(2), torch.ones(2) + 1e-9)
torch.isnan(torch.tensor([1.0, float("nan")]))
torch.isinf(torch.tensor([1.0, float("inf")]))
torch.isfinite(torch.tensor([1.0, float("inf")]))
torch.numel(torch.ones(2, 3))
torch.is_grad_enabled()
torch.tensor([7, -7]) // 2
torch.tensor([7, -7]) // -2
torch.tensor([7, -7]) % 3
torch.tensor([7, -7]) % -3
torch.tensor([7.5, -7.5]) % -3
torch.tensor([7, -7]) // 2.0
torch.tensor([7, -7]) / 2
torch.tensor([1, 2]) // 0
torch.tensor([1, 2]) % 0
torch.tensor([1.0, -1.0, 0.0]) / 0
torch.tensor([1.0, -1.0]) // 0
torch.tensor([1.0]) % 0
torch.tensor([1, 2]) / 0
torch.tensor([2, 3]) ** 2
torch.tensor([2, 3]) ** 2.0
torch.tensor([2, 3]) ** -1
torch.tensor([2, 3]) ** torch.tensor([-1, 2])
2 ** torch.tensor([3, 4])
2 ** torch.tensor([-1, 2])
torch.tensor([-2.0]) ** 0.5
torch.tensor([200], dtype=torch.uint8) + 100
torch.tensor([1], dtype=torch.uint8) - 2
-torch.tensor([1], dtype=torch.uint8)
torch.tensor([2 ** 31 - 1], dtype=torch.int32) + 1
-torch.tensor([True])
torch.tensor([True]) - torch.tensor([False])
torch.tensor([True]) - 1
True - torch.tensor([True])
torch.tensor([True]) + torch.tensor([True])
torch.tensor([True]) * torch.tensor([False])
torch.tensor([True]) / torch.tensor([True])
torch.tensor([True]) ** torch.tensor([True])
torch.tensor([True]) // torch.tensor([True])
torch.tensor([True]) + 2
torch.add(torch.tensor([True]), torch.tensor([True]), alpha=2)
torch.add(torch.tensor([1]), torch.tensor([1]), alpha=0.5)
~torch.tensor([True, False])
~torch.tensor([1, 2])
~torch.tensor([1.0])
torch.tensor([True, False]) & torch.tensor([True, True])
torch.tensor([True, False]) | torch.tensor([True, True])
torch.tensor([True, False]) ^ torch.tensor([True, True])
torch.tensor([1.0]) & torch.tensor([1.0])
torch.tensor([1, 2]).exp()
torch.tensor([True]).sin()
torch.tensor([1, 4]).sqrt()
torch.tensor([1, -4]).abs()
torch.tensor([True]).abs()
torch.tensor([1, -4]).relu()
torch.tensor([True]).relu()
torch.tensor([1, 2]).sigmoid()
torch.tensor([-1.0]).log()
torch.tensor([0.0]).log()
torch.tensor([-1.0]).sqrt()
torch.tensor([1, 5]).clamp(2, 3)
torch.tensor([1, 5]).clamp(2.5)
torch.tensor([1, 5], dtype=torch.int32).clamp(min=torch.tensor([2, 2]))
torch.tensor([1.0, float("nan")]).clamp(0, 1)
torch.tensor([1.0]).clamp()
torch.clamp(torch.ones(2), torch.zeros(2), 1.0)
torch.tensor([1, 2]).sum()
torch.tensor([True, True]).sum()
torch.tensor([1, 2], dtype=torch.uint8).sum()
torch.tensor([1, 2], dtype=torch.int32).prod()
torch.tensor([1, 2]).mean()
torch.tensor([True]).mean()
torch.tensor([[1, 2]]).mean(0)
torch.tensor([1, 2]).norm()
torch.tensor([1.0, 2.0]).sum(dtype=torch.float64)
torch.tensor([1, 2]).mean(dtype=torch.float32)
torch.tensor([1, 2]).max()
torch.tensor([True, False]).max()
torch.tensor([3, 1, 2]).median()
torch.tensor([4, 1, 2, 3]).median()
torch.tensor([1.0, float("nan"), 0.0]).max()
torch.tensor([1.0, float("nan"), 0.0]).median()
torch.tensor([1.0, float("nan")]).sum()
torch.tensor([[1, 5], [7, 2]]).max(dim=1).indices
torch.tensor([[1, 5], [7, 2]]).max(dim=1)[1]
torch.tensor([]).sum()
torch.tensor([]).prod()
torch.tensor([]).mean()
torch.tensor([]).max()
torch.tensor([]).min()
torch.tensor([]).median()
torch.tensor([]).norm()
torch.tensor([]).argmax()
torch.ones(0, 3).max(0)
torch.ones(0, 3).amax(0)
torch.ones(0).norm(float("inf"))
torch.ones(2, 3).sum(2)
torch.ones(2, 3).sum(-3)
torch.ones(2, 3).sum((0, 0))
torch.ones(2, 3).sum((0, -2))
torch.ones(2, 3).sum("a")
torch.ones(2, 3).sum(1.0)
torch.ones(2, 3).mean(5)
torch.ones(2, 3).prod(5)
torch.ones(2, 3).prod((0, 1))
torch.ones(2, 3).max(2)
torch.ones(2, 3).max((0, 1))
torch.ones(2, 3).min(-3)
torch.ones(2, 3).median(2)
torch.ones(2, 3).norm(2, 2)
torch.ones(2, 3).amax(3)
torch.ones(2, 3).norm(p="nuc")
torch.tensor(1.0).sum(0)
torch.tensor(1.0).sum(1)
torch.ones(2, 3) + torch.ones(2)
torch.ones(2, 3) - torch.ones(4, 3)
torch.ones(2, 3) * torch.ones(3, 2)
torch.ones(2, 1, 3) / torch.ones(4, 2)
torch.ones(2, 3) ** torch.ones(2)
torch.ones(2, 3) < torch.ones(2)
torch.ones(2, 3) == torch.ones(2)
torch.maximum(torch.ones(2, 3), torch.ones(2))
torch.where(torch.ones(2, dtype=torch.bool), torch.ones(3), torch.ones(2))
torch.where(torch.ones(2), torch.ones(2), torch.ones(2))
torch.where(torch.tensor([True, False]), 1, 2)
torch.where(torch.tensor([True, False]), 1.0, 2)
torch.where(torch.tensor([True, False]), torch.tensor([1, 2]), 0.5)
torch.where(torch.tensor([True, False, True]))
torch.ones(2) + "a"
torch.ones(2) + None
torch.ones(2) + [1, 2]
"a" + torch.ones(2)
torch.ones(2) * None
torch.ones(2) - "a"
torch.ones(2) / [1]
torch.ones(2) @ 3
torch.ones(2) == None
torch.ones(2) == "a"
torch.ones(2) != None
torch.ones(2) < "a"
torch.exp(1.0)
torch.exp("a")
torch.add(1, 2)
torch.ones(2) + np.float64(1.0)
np.float64(2.0) * torch.ones(2)
torch.ones(2) * np.float32(2.0)
torch.ones(2) + np.ones(2)
torch.ones(2, 3) @ torch.ones(2, 3)
torch.ones(2, 3) @ torch.ones(2)
torch.ones(2) @ torch.ones(3, 2)
torch.ones(2) @ torch.ones(3)
torch.ones(4, 2, 3) @ torch.ones(4, 2, 3)
torch.ones(4, 2, 3) @ torch.ones(5, 3, 2)
torch.ones(4, 2, 3) @ torch.ones(2, 3)
torch.ones(2, 3) @ torch.ones(4, 2, 3)
torch.ones(4, 2, 3) @ torch.ones(2)
torch.ones(2) @ torch.ones(4, 3, 2)
torch.ones(2, 1, 2, 3) @ torch.ones(3, 2, 3)
torch.tensor(2.0) @ torch.ones(2)
torch.ones(2) @ torch.tensor(2.0)
torch.ones(2, 3) @ torch.ones(3, 2, dtype=torch.float64)
torch.ones(2, 3) @ torch.ones(3, 2, dtype=torch.int64)
torch.ones(2) @ torch.ones(2, dtype=torch.int64)
torch.ones(2, 3) @ torch.ones(3, dtype=torch.float64)
torch.ones(4, 2, 3) @ torch.ones(4, 3, 2, dtype=torch.float64)
torch.tensor([[1, 2]]) @ torch.tensor([[3], [4]])
torch.tensor([True, True]) @ torch.tensor([True, True])
torch.mm(torch.ones(2, 3), torch.ones(2, 3))
torch.mm(torch.ones(3), torch.ones(3, 2))
torch.mm(torch.ones(2, 3), torch.ones(3))
torch.mv(torch.ones(2, 3), torch.ones(2))
torch.mv(torch.ones(3), torch.ones(3))
torch.dot(torch.ones(2), torch.ones(3))
torch.dot(torch.ones(2, 3), torch.ones(3))
torch.dot(torch.ones(2), torch.ones(2, dtype=torch.float64))
torch.bmm(torch.ones(2, 3), torch.ones(3, 2))
torch.bmm(torch.ones(2, 3, 4), torch.ones(3, 4, 2))
torch.bmm(torch.ones(2, 3, 4), torch.ones(2, 3, 4))
torch.matmul(torch.ones(2, 3), 2)
torch.ones(2, 3).reshape(4, 2)
torch.ones(2, 3).reshape(-1, -1)
torch.ones(2, 3).reshape(-1, 4)
torch.ones(2, 3).reshape(-2, 3)
torch.ones(0, 3).reshape(-1, 0)
torch.ones(2, 3).reshape()
torch.ones(2, 3).reshape("a")
torch.ones(2, 3).view(4, 2)
torch.ones(2, 3).view(-1, 4)
torch.ones(2, 3).t().view(6)
torch.ones(2, 3).t().view(3, 2)
torch.ones(4, 6)[:, ::2].view(-1)
torch.ones(4, 6)[:, :3].view(2, 2, 3)
torch.ones(2, 3).expand(4, 2, 3).view(-1)
torch.ones(2, 3).transpose(0, 2)
torch.ones(2, 3).transpose(-3, 0)
torch.ones(2, 3, 4).t()
torch.ones(2, 3, 4).permute(0, 1)
torch.ones(2, 3, 4).permute(0, 1, 1)
torch.ones(2, 3).permute(0, 2)
torch.ones(3).mT
torch.ones(2, 3).squeeze(2)
torch.ones(2, 3).unsqueeze(3)
torch.ones(2, 3).unsqueeze(-4)
torch.ones(2, 3).expand(4, 3)
torch.ones(2, 3).expand(3)
torch.ones(3).expand(-1, 3)
torch.ones(3).expand(2, 4)
torch.ones(2, 3).flatten(2)
torch.ones(2, 3).flatten(1, 0)
torch.ones(2, 3).unbind(2)
torch.tensor(1.0).unbind()
torch.ones(3)[3]
torch.ones(3)[-4]
torch.ones(2, 3)[0, 3]
torch.ones(2, 3)[2]
torch.ones(2, 3)[0, 0, 0]
torch.ones(2, 3)[..., ...]
torch.tensor(1.0)[0]
torch.tensor(1.0)[:]
torch.tensor(1.0)[()]
torch.tensor(1.0)[None]
torch.tensor(1.0)[...]
torch.ones(3)[1.0]
torch.ones(3)["a"]
torch.ones(3)[::-1]
torch.ones(3)[::0]
torch.ones(3)[[0, 3]]
torch.ones(3)[torch.tensor([0, 3])]
torch.ones(3)[torch.tensor([0.0])]
torch.ones(2, 3)[[0, 1], [0, 1, 2]]
torch.ones(3)[torch.tensor([True, False])]
torch.ones(2, 3)[torch.tensor([True, False, True])]
torch.ones(2, 3)[:, torch.tensor([True, False])]
torch.arange(4)[np.array([0, 2])]
torch.arange(4)[np.int64(1)]
torch.arange(4)[torch.tensor(2)]
torch.arange(4)[torch.tensor(1):torch.tensor(3)]
torch.arange(6).reshape(2, 3)[torch.tensor([0, 1], dtype=torch.int32)]
torch.arange(4)[torch.tensor([0, 1], dtype=torch.uint8)]
torch.zeros(3).__setitem__(5, 1.0)
torch.zeros(3).__setitem__(slice(0, 2), torch.ones(3))
torch.zeros(2, 3).__setitem__(0, torch.ones(2))
torch.zeros(3).__setitem__([0, 1], torch.ones(3))
torch.zeros(3).__setitem__(torch.tensor([True, False, True]), torch.ones(3))
torch.zeros(3).__setitem__(0, "a")
torch.zeros(3).__setitem__(0, [1.0])
torch.cat([torch.ones(2, 3), torch.ones(2, 4)])
torch.cat([torch.ones(2, 3), torch.ones(3)])
torch.cat([torch.ones(2, 3), torch.ones(2, 3)], 2)
torch.cat([])
torch.cat(torch.ones(2))
torch.cat([torch.tensor(1.0), torch.tensor(2.0)])
torch.cat([torch.ones(2), torch.tensor(2.0)])
torch.cat([torch.zeros(0), torch.tensor(2.0)])
torch.cat([torch.ones(2), torch.ones(2, dtype=torch.int64)])
torch.cat([torch.ones(2), 3])
torch.cat([torch.ones(2, dtype=torch.float16), torch.ones(2, dtype=torch.float64)])
torch.stack([torch.ones(2), torch.ones(3)])
torch.stack([torch.ones(2), torch.ones(2)], 2)
torch.stack([])
torch.stack([torch.ones(2), torch.ones(2, dtype=torch.int64)])
torch.ones(2).add_(torch.ones(3))
torch.ones(2).add_(torch.ones(2, 2))
torch.ones(2, dtype=torch.int64).add_(1.5)
torch.ones(2, dtype=torch.int64).add_(torch.ones(2))
torch.ones(2, dtype=torch.int64).div_(2)
torch.ones(2, dtype=torch.int64).mul_(2)
torch.ones(2, dtype=torch.int64).exp_()
torch.ones(2, dtype=torch.int64).pow_(2.0)
torch.ones(2, dtype=torch.bool).add_(1)
torch.ones(2, dtype=torch.int64).copy_(torch.tensor([1.7, -2.7]))
torch.ones(2).copy_(torch.ones(3))
torch.ones(2).copy_([1.0, 2.0])
torch.ones(2).copy_(torch.ones(2, 2))
torch.ones(2).fill_("a")
torch.ones(2).fill_(torch.ones(2))
torch.ones(2, dtype=torch.int64).fill_(2.7)
torch.ones(2).add_("a")
torch.ones(3).expand(2, 3).add_(1)
torch.tensor([1.7, -2.7]).int()
torch.tensor([1.7, -2.7]).long()
torch.tensor([0.0, -2.7, float("nan")]).bool()
torch.tensor([1, 0]).bool()
torch.tensor([1.1]).double()
torch.tensor([70000.0]).half()
torch.tensor([1, 2]).to("cpu")
torch.tensor([1, 2]).to(torch.ones(1))
torch.tensor([1, 2]).to(float)
torch.tensor([1, 2]).type("torch.FloatTensor")
torch.tensor([1.5]).type_as(torch.tensor([1]))
torch.Tensor([1, 2])
torch.Tensor(2, 3).shape
torch.FloatTensor([1, 2])
torch.LongTensor([1, 2])
torch.Size([2, 3])
torch.Size([2, 3]).numel()
torch.ones(2, 3).shape + (4,)
torch.ones(2, 3).foo
torch.ones(2).exp(2)
torch.ones(2).sum(dims=0)
torch.ones(2).reshape(2, bar=1)
torch.exp()
torch.ones(2).add()
torch.matmul(torch.ones(2))
torch.zeros(2, dtype="float32")
torch.tensor([1.0], dtype=np.float32)
torch.sum([1, 2])
torch.neg(1)
torch.numel(1)
torch.remainder(7, torch.tensor([2, 3]))
torch.floor_divide(7, torch.tensor([2, 3]))
torch.pow(2, torch.tensor([2, 3]))
7 // torch.tensor([2, 0])
7 % torch.tensor([2, 0])
7.5 // torch.tensor([2, 0])
torch.div(torch.tensor([7, -7]), 2, rounding_mode="trunc")
torch.div(torch.tensor([7, -7]), 2, rounding_mode="floor")
torch.div(torch.tensor([7]), 0, rounding_mode="trunc")
torch.div(torch.tensor([7.0]), 2, rounding_mode="up")
torch.add(torch.tensor([True]), True, alpha=2)
torch.add(torch.tensor([1]), 1.5, alpha=2.5)
torch.sub(torch.tensor([True]), True, alpha=2)
torch.clamp(torch.tensor([1, 5], dtype=torch.uint8), -1, 300)
torch.clamp(torch.tensor([True]), 0, 1)
torch.tensor([1, -1, -1, 2]) ** torch.tensor([-1, -1, -2, -3])
torch.tensor([True]) ** True
torch.tensor([True]) ** 2
torch.logical_not(torch.tensor([1.0, 0.0]))
torch.tensor([1.5, 0.0]).all()
torch.ones(2, dtype=torch.uint8).any()
torch.ones(2, 3).all((0, 1))
torch.ones(2, 3).amax("a")
torch.ones(2, 3).argmax("a")
torch.tensor([]).amin()
torch.ones(0, 3).amin(1)
torch.ones(0, 3).median(0)
torch.ones(0, 3).argmin(0)
torch.ones(0, 3).argmin(1)
torch.ones(0, 3).norm(float("inf"), 0)
torch.ones(0, 3).norm(float("inf"), 1)
torch.ones(0, 3).norm(-1)
torch.tensor([1.0, float("nan")]).argmax()
torch.ones(2, 3).H
torch.ones(3).H
torch.ones(2, 2, 2).H
torch.ones(2, 3).movedim((0, 1), (1, 0))
torch.ones(2, 3, 4).movedim((0, 2), (1, 0)).shape
torch.ones(2, 3).narrow(1, 2, 2)
torch.ones(2, 3).narrow(0, 3, 1)
torch.ones(2, 3).narrow(1, -1, 1)
torch.tensor(1.0).select(0, 0)
torch.ones(2, 3).select(0, 5)
torch.ones(2, 3).take(torch.tensor([6]))
torch.ones(2, 3).take(torch.tensor([-1]))
torch.ones(2, 3).take(torch.tensor([1.0]))
torch.ones(2, 3).take(0)
torch.ones(2, 3).split(0)
torch.ones(2, 3).split(-1)
torch.ones(2, 3).chunk(0)
torch.zeros(0, 3).split(2)
torch.tensor(1.0).split(1)
torch.tensor(1.0).chunk(1)
torch.tensor([300.5], dtype=torch.uint8)
torch.tensor(-1, dtype=torch.uint8)
torch.tensor(float("nan"), dtype=torch.int64)
torch.tensor(2 ** 70)
torch.tensor([[1, "a"]])
torch.full((2,), "a")
torch.eye(2, -1)
torch.ones(-1)
torch.ones(2).type("foo")
torch.tensor([1.5]).to(bool)
torch.ones(2) @ torch.ones(1, 3, 2)
torch.float
torch.double
torch.long
torch.int
torch.half
torch.float32 == torch.float
torch.inf
torch.nan
torch.pi
torch.e
""")


# Where minigrad answers otherwise than PyTorch, on purpose: what it says instead, and for an operation why.
# A test fails if an entry is no longer needed.

OWN_WORDS = {
    # A wrong number of arguments, or a wrong name, is Python's to refuse:
}
# ("value" | "gradient" | "double" | "stale" | "dtypes", program) -> why
DIFFERENT: dict[tuple[str, str], str] = {
    ("value", "x.sum(dim=None)"): "SumBackward0 of everything: that dim was named leaves no trace in the graph",
    ("gradient", "z = x.clone(); a, b = z[0], z[1]; a.mul_(b); z"): "the error names what made b, which is gone",
} | {
    ("stale", f'torch.div(x, y, rounding_mode="{mode}")'): "the gradient is zero whatever x and y are: none is saved"
    for mode in ("floor", "trunc")
}
