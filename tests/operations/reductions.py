"""Reductions and what runs along a dimension: sums, spreads, softmax, running sums, sorting, counting."""

from ops import at, family, real

from operations.basics import MATRIX

OPS, op = family()

ALONG = [*MATRIX, at(x=real()), at(x=real(0)), at(x=real(2, 0))]
for name in ("softmax", "log_softmax"):
    for dim in ("0", "-1"):
        op(f"torch.{name}(x, {dim})", f"x.{name}(dim={dim})", on=ALONG)
