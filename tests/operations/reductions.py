"""Reductions and what runs along a dimension: sums, spreads, softmax, running sums, sorting, counting."""

from ops import at, family, ints, kink, lines, real

from operations.basics import MATRIX, PEAKS

OPS, op = family()

ALONG = [*MATRIX, at(x=real()), at(x=real(0)), at(x=real(2, 0))]
SPACED = [at(x=[[0.7, -1.3, 2.2], [-0.4, 1.6, -2.7]]), at(x=real(2, 3, 2)), at(x=real())]
TIED = kink(x=[[3.0, 1.0, 3.0, 2.0], [1.0, 3.0, 1.0, 1.0]])
NANS = kink(x=[[3.0, float("nan"), 1.0], [2.0, 5.0, float("nan")], [float("nan"), 4.0, 7.0]])
ZEROS = kink(x=[[2.0, 0.0, -3.0, 1.5], [0.0, 2.0, 0.0, 4.0], [1.0, 2.0, 3.0, 0.0]])

for name in ("softmax", "log_softmax"):
    for dim in ("0", "-1"):
        op(f"torch.{name}(x, {dim})", f"x.{name}(dim={dim})", f"torch.{name}(input=x, dim={dim})", on=ALONG)
    op(f"torch.{name}(x, 1, dtype=torch.float64)", f"x.{name}(1, torch.float64)", on=MATRIX)

# Spread

for name in ("var", "std"):
    op(f"torch.{name}(x)", f"x.{name}()", on=[*MATRIX, at(x=real(3)), kink(x=[2.0, 2.0])])
    op(f"torch.{name}(x, 1)", f"x.{name}(1)", f"x.{name}(dim=1)", f"x.{name}(axis=1)", on=MATRIX)
    op(f"torch.{name}(x, (0, -1))", f"x.{name}(dim=(0, -1))", on=MATRIX)
    op(f"torch.{name}(x, -1, keepdim=True)", f"x.{name}(-1, True, True)", on=MATRIX)
    op(f"torch.{name}(x, unbiased=False)", f"x.{name}(False)", f"x.{name}(correction=0)", on=MATRIX)
    op(f"torch.{name}(x, 0, correction=0)", f"x.{name}(0, False)", f"x.{name}(0, unbiased=False)", on=MATRIX)
    op(f"torch.{name}_mean(x)", on=MATRIX)
    op(f"torch.{name}_mean(x, 1)", f"torch.{name}_mean(x, dim=1)", on=MATRIX)
    op(f"torch.{name}_mean(x, 0, correction=0, keepdim=True)", on=MATRIX)
    op(f"torch.{name}_mean(x, 1)[1]", on=MATRIX)
    op(f"torch.{name}_mean(x, 1)[0]", on=MATRIX)
op("torch.std(x, 1)", on=[kink(x=[[2.0, 2.0], [1.0, 3.0]])])
op("torch.dist(x, y)", "x.dist(y)", on=[at(x=real(2, 3), y=real(3, start=7)), kink(x=[1.0, 2.0], y=[1.0, 2.0])])
for p in ("1", "3"):
    op(f"torch.dist(x, y, {p})", f"x.dist(y, p={p})", on=[at(x=real(2, 3), y=real(2, 3, start=7))])

# Sums

for dim in ("0", "-1"):
    op(f"torch.logsumexp(x, {dim})", f"x.logsumexp({dim})", f"x.logsumexp(dim={dim})", on=ALONG)
op("torch.logsumexp(x, (0, 1), keepdim=True)", "x.logsumexp((0, 1), True)", on=MATRIX)
op("torch.logsumexp(x, 1)", on=[kink(x=[[-float("inf"), 0.0], [-float("inf"), -float("inf")], [float("inf"), 1.0]])])
op("torch.nansum(x)", "x.nansum()", on=[*MATRIX, NANS])
op("torch.nansum(x, 1)", "x.nansum(1)", "x.nansum(dim=1)", on=[*MATRIX, NANS])
op("torch.nansum(x, 0, keepdim=True)", on=[*MATRIX, NANS])
op("torch.nanmean(x)", "x.nanmean()", on=[*MATRIX, NANS])
op("torch.nanmean(x, 1)", "x.nanmean(1)", on=[*MATRIX, NANS])
op("torch.nanmedian(x)", "x.nanmedian()", on=[*MATRIX, NANS])
op("torch.nanmedian(x, 1)", "x.nanmedian(1)", "x.nanmedian(dim=1)", on=[*MATRIX, NANS])
op("torch.nanmedian(x, 0, True)", on=[*MATRIX, NANS])

for name in ("max", "min", "median", "nanmedian", "amax"):
    op(f"torch.{name}(x)", on=[kink(x=[float("nan"), 1.0, float("nan"), 1.0]), kink(x=[float("nan")] * 3)])
op("torch.norm(x, float('inf'), 1)", on=[NANS])
op("torch.norm(x, 0.5)", "x.norm(0.5)", on=[kink(x=[0.0, 2.0]), kink(x=[0.0, 0.0])])

# Running

for name in ("cumsum", "cumprod", "logcumsumexp", "cummax", "cummin"):
    for dim in ("0", "-1"):
        op(f"torch.{name}(x, {dim})", f"x.{name}({dim})", f"x.{name}(dim={dim})",
           on=ALONG if name == "cumsum" else [*MATRIX, at(x=real())])  # fmt: skip
op("torch.cumprod(x, 1)", on=[ZEROS])
op("torch.cumprod(x, 0)", on=[ZEROS])
for name in ("cummax", "cummin"):
    op(f"torch.{name}(x, 1)", on=[TIED, NANS])
op("x.cumsum(1, dtype=torch.float64)", "torch.cumsum(x, dim=1, dtype=torch.float64)", on=MATRIX)
op("x.clone().cumsum_(1)", on=MATRIX)
op("x.clone().cumprod_(1)", on=MATRIX)
op("torch.diff(x)", "x.diff()", on=[*MATRIX, at(x=real(1))])
op("torch.diff(x, 2, 0)", "x.diff(n=2, dim=0)", on=[at(x=real(4, 2)), at(x=real(1, 2))])
op("torch.diff(x, prepend=y)", "x.diff(prepend=y)", on=[at(x=real(2, 3), y=real(2, 1, start=7))])
op("torch.diff(x, dim=0, append=y)", on=[at(x=real(2, 3), y=real(2, 3, start=7))])

# Order

op("torch.sort(x)", "x.sort()", "x.sort(-1)", "torch.sort(x, dim=-1)", on=[*SPACED, TIED, NANS, at(x=real(0))])
op("torch.sort(x, 0, True)", "x.sort(0, descending=True)", "x.sort(dim=0, descending=True)", on=[*SPACED, TIED, NANS])
op("torch.sort(x, dim=1, stable=True)", "x.sort(dim=1, stable=True)", on=[*SPACED[:2], TIED])
op("torch.msort(x)", "x.msort()", on=SPACED[:2])
op("torch.argsort(x)", "x.argsort()", on=[*SPACED, TIED, NANS])
op("torch.argsort(x, 0, True)", "x.argsort(dim=0, descending=True)", on=[*SPACED, TIED, NANS])
op("torch.topk(x, 2)", "x.topk(2)", "x.topk(2, -1)", "torch.topk(x, k=2, dim=-1)", on=[*SPACED[:2], NANS])
op("torch.topk(x, 2, largest=False)", "x.topk(2, -1, False)", on=[*SPACED[:2], NANS])
op("torch.topk(x, 1, 0)", "x.topk(1, dim=0)", on=SPACED)
# Which of equal ones comes first
MANY = kink(x=[float(7 * i * i % 11) for i in range(40)])
for call in ("sort()", "sort(descending=True)", "sort(stable=True)", "sort(stable=False)", "argsort()", "mode()",
             "argsort(descending=True, stable=True)", "topk(3)", "topk(5, largest=False)", "topk(9, sorted=False)",
             "topk(25)", "kthvalue(3)", "kthvalue(17)"):
    op(f"x.{call}", on=[MANY])
op("torch.kthvalue(x, 2)", on=[TIED])
op("torch.topk(x, 2)", on=[TIED, kink(x=[[1.0, 1.0, 1.0, 1.0, 1.0]])])
op("torch.kthvalue(x, 2, -1)", "x.kthvalue(2)", on=SPACED[:2])
op("torch.kthvalue(x, 1, 0, True)", "x.kthvalue(1, dim=0, keepdim=True)", on=SPACED)
op("torch.mode(x)", "x.mode()", "x.mode(-1)", on=[*SPACED, TIED])
op("torch.mode(x, 0, True)", "x.mode(dim=0, keepdim=True)", on=[*SPACED, TIED])
op("torch.aminmax(x)", "x.aminmax()", on=[*SPACED, PEAKS])
op("torch.aminmax(x, dim=1)", "x.aminmax(dim=1)", on=[*SPACED[:2], PEAKS])
op("torch.aminmax(x, dim=0, keepdim=True)", on=[*SPACED, PEAKS])
op("torch.aminmax(x, dim=1).max", on=[*SPACED[:2], PEAKS])
op("torch.max(x, dim=1, keepdim=True)", "x.max(1, True)", "torch.max(x, axis=1, keepdims=True)", on=[*SPACED[:2], TIED])
op("torch.max(x, other=y)", on=[at(x=real(2, 3), y=real(3, start=7))])

QUANTILES = ("torch.quantile(x, 0.3)", "torch.quantile(x, torch.tensor([0.1, 0.5], dtype=x.dtype), dim=1)")
op(QUANTILES[0], on=[kink(x=real(2, 3)), kink(x=real())])
op(QUANTILES[1], on=[kink(x=real(2, 3, 2))])

# Counting

op("torch.argwhere(x)", "x.argwhere()", on=[ZEROS])
op("torch.isin(i, j)", on=[at(i=ints([3, 1], [1, 2]), j=ints(1, 2))])
op("torch.isin(i, 3)", "torch.isin(i, torch.tensor(3))", on=[at(i=ints([3, 1], [1, 2]))])
op("torch.isin(i, j, invert=True)", on=[at(i=ints([3, 1], [1, 2]), j=ints(1, 2))])

op("torch.unique(x)", "x.unique()", on=[kink(x=[[2.0, 1.0], [1.0, 3.0]])])
op("torch.unique(i)", "i.unique()", "torch.unique(i, sorted=True)", on=[at(i=ints([3, 1], [1, 3])), at(i=ints())])
op("torch.unique(i, return_inverse=True, return_counts=True)", on=[at(i=ints([3, 1], [1, 2]))])
for dim in ("0", "1"):
    op(f"torch.unique(i, dim={dim}, return_inverse=True, return_counts=True)",
       on=[at(i=ints([3, 1, 3], [3, 1, 3], [1, 1, 1]))])  # fmt: skip
op("torch.unique_consecutive(i)", "i.unique_consecutive()", on=[at(i=ints(3, 1, 1, 3, 3)), at(i=ints([1, 1], [1, 2]))])
op("torch.unique_consecutive(i, return_inverse=True, return_counts=True)", on=[at(i=ints([3, 1], [1, 3]))])
op("torch.unique_consecutive(i, dim=0)", on=[at(i=ints([3, 1], [3, 1], [1, 1]))])
op("torch.nonzero(x)", "x.nonzero()", on=[kink(x=[[1.0, 0.0], [0.0, -2.0]]), kink(x=1.5), kink(x=0.0)])
op("torch.nonzero(x, as_tuple=True)", "x.nonzero(as_tuple=True)",
   on=[kink(x=[[1.0, 0.0], [0.0, -2.0]]), kink(x=1.5), kink(x=0.0)])  # fmt: skip
op("torch.count_nonzero(x)", "x.count_nonzero()", on=[ZEROS])
op("torch.count_nonzero(x, 1)", "x.count_nonzero(dim=1)", on=[ZEROS])
op("torch.count_nonzero(x, (0, 1))", on=[ZEROS])
for name in ("all", "any"):
    for call in ("", "1", "(0, 1)", "dim=-1, keepdim=True", "()"):
        op(f"x.{name}({call})", on=[ZEROS])
op("torch.bincount(i)", "i.bincount()", on=[at(i=ints(1, 1, 3))])
op("torch.bincount(i, x)", on=[at(i=ints(1, 1, 3), x=real(3))])
op("torch.bincount(i, minlength=6)", on=[at(i=ints(1, 1, 3))])

EXPRESSIONS = lines("""
torch.softmax(torch.ones(2), 1)
torch.softmax(torch.ones(2), "a")
torch.ones(2).softmax("a")
torch.softmax(torch.ones(2, dtype=torch.int64), 0, dtype=torch.float32)
torch.softmax(torch.tensor([1000.0, 0.0, -1000.0]), 0)
torch.log_softmax(torch.tensor([1000.0, 0.0, -1000.0]), 0)
torch.softmax(torch.tensor([-float("inf"), -float("inf")]), 0)
torch.cumsum(torch.ones(2), 3)
torch.cumsum(torch.ones(2), "a")
torch.cumsum(torch.tensor([True, True]), 0)
torch.cumsum(torch.ones(2, dtype=torch.int32), 0)
torch.cumprod(torch.tensor([2, 3], dtype=torch.uint8), 0)
torch.cumsum(torch.ones(2), dim=0, dtype=torch.int32)
torch.logcumsumexp(torch.tensor([1, 2]), 0)
torch.logcumsumexp(torch.tensor([1000.0, 1000.0]), 0)
torch.cummax(torch.ones(0), 0)
torch.logsumexp(torch.ones(2, dtype=torch.int32), 0)
torch.logsumexp(torch.ones(0), 0)
torch.logsumexp(torch.tensor([1000.0, 1000.0]), 0)
torch.var(torch.ones(2, dtype=torch.int32))
torch.std_mean(torch.tensor([1, 2]))
torch.var(torch.ones(1))
torch.var(torch.ones(0))
torch.std(torch.ones(2, 3), (0, 0))
torch.std(torch.ones(2, 3), 2)
torch.std(torch.ones(2, 3), correction=2)
torch.tensor([1.0, 2.0, 4.0]).std()
torch.sort(torch.tensor([True, False]))
torch.sort(torch.tensor([3, 1, 2], dtype=torch.uint8), descending=True)
torch.sort(torch.ones(2), 5)
torch.sort(torch.tensor([3.0, 1.0])).indices
repr(torch.sort(torch.tensor([3.0, 1.0])))
repr(torch.topk(torch.tensor([3.0, 1.0]), 1))
repr(torch.aminmax(torch.tensor([3.0, 1.0])))
repr(torch.max(torch.tensor([3.0, 1.0]), 0))
repr(torch.mode(torch.tensor([3.0, 1.0])))
repr(torch.cummax(torch.tensor([3.0, 1.0]), 0))
torch.topk(torch.ones(2), 3)
torch.topk(torch.ones(2), -1)
torch.topk(torch.ones(2), "a")
torch.tensor([1, 5, 3]).topk(2)
torch.kthvalue(torch.ones(2), 3)
torch.kthvalue(torch.ones(2), 0)
torch.kthvalue(torch.ones(0), 1)
torch.mode(torch.ones(0))
torch.mode(torch.tensor([1, 3, 2, 3]))
torch.aminmax(torch.ones(0))
torch.aminmax(torch.tensor([3, 1, 2]))
torch.argmax(torch.ones(2, 2), keepdim=True)
torch.argmax(torch.tensor([[1, 5], [7, 2]]), dim=1, keepdim=True)
torch.ones(2).max(keepdim=True)
torch.unique(torch.tensor([3.0, 1.0, float("nan"), float("nan")]))
torch.unique(torch.tensor([True, False, True]))
torch.unique(torch.ones(2), dim=3)
torch.count_nonzero(torch.ones(2, 3), 5)
torch.any(torch.ones(2), 5)
torch.ones(2, 2).any(dim=(0, 1))
torch.diff(torch.tensor([1, 3, 6]), prepend=torch.tensor([0]))
torch.diff(torch.tensor([True, False]))
torch.diff(torch.tensor(1))
torch.diff(torch.ones(3), n=-1)
torch.nanmean(torch.tensor([1, 2]))
torch.nansum(torch.tensor([1, 2]))
torch.nansum(torch.tensor([1.0, float("nan")]), dtype=torch.float64)
torch.tensor([1, 2]).sum(dtype=torch.bool)
torch.tensor([1, 2]).sum(axis=0, dtype=torch.float32)
torch.tensor([1.5, 2.5]).sum(dtype=torch.int64)
torch.tensor([1.5, 2.5]).prod(dtype=torch.int64)
torch.sum(input=torch.ones(2), axis=0)
torch.mean(torch.ones(2, 2), axis=1, keepdims=True)
torch.tensor([True, True]).prod()
torch.ones(3, dtype=torch.float16).sum()
torch.full((3000,), 1.0, dtype=torch.float16).sum()
torch.full((70000,), 1.0, dtype=torch.float16).mean()
torch.quantile(torch.arange(6.0).reshape(2, 3), 0.4).tolist()
torch.quantile(torch.arange(6.0).reshape(2, 3), 0.4, keepdim=True).tolist()
torch.quantile(torch.arange(6.0).reshape(2, 3), 0.4, 0).tolist()
torch.quantile(torch.arange(6.0).reshape(2, 3), 0.4, 1, keepdim=True).tolist()
torch.quantile(torch.arange(6.0).reshape(2, 3), torch.tensor([0.1, 1.0])).tolist()
torch.quantile(torch.arange(6.0).reshape(2, 3), torch.tensor([0.1, 0.5]), 0).tolist()
torch.quantile(torch.arange(6.0).reshape(2, 3), torch.tensor([0.1, 0.5]), 1, keepdim=True).tolist()
torch.quantile(torch.tensor([[1.0, torch.nan, 2.0], [3.0, 1.0, 0.5]]), 0.3, dim=1).tolist()
torch.quantile(torch.ones(2), 1.5)
torch.quantile(torch.ones(0), 0.5)
torch.quantile(torch.tensor([1, 2]), 0.5)
torch.bincount(torch.tensor([-1]))
torch.cdist(torch.ones(2, 3), torch.ones(2, 2))
torch.cdist(torch.arange(6.0).reshape(2, 3), torch.ones(1, 3))
torch.cdist(torch.ones(2, 2).half(), torch.ones(2, 2).half())
torch.cdist(torch.ones(3), torch.ones(2, 3))
torch.cdist(torch.ones(2, 3), torch.ones(2, 3).long())
torch.cdist(torch.ones(2, 3), torch.ones(2, 3), p=-1.0)
torch.histc(torch.tensor([1, 2]))
torch.histc(torch.tensor([1.0, 2.0, 1.0]), 4, 0, 3)
torch.tensor([1.0, 2.0, 1.0]).histc(bins=2)
torch.histc(torch.tensor([1.0, 2.0]), min=2, max=1)
torch.histc(torch.ones(3), bins=2)
torch.histogram(torch.tensor([1.0, 2.0, 1.0]), 4)
torch.histogram(torch.tensor([1.0, 2.0, 1.0], requires_grad=True), 2)
torch.histogram(torch.tensor([1.0, 2.0, 1.0]), torch.tensor([0.0, 1.5, 3.0]))
torch.histogram(torch.tensor([1.0, 2.0, 1.0]), bins=3, range=(0.0, 3.0), density=True)
torch.histogram(torch.tensor([1.0, 2.0]), bins=2, weight=torch.tensor([1.0, 3.0]))
torch.histogram(torch.ones(3), bins=2)
torch.histogram(torch.ones(3), bins=0)
torch.histogram(torch.ones(3).long(), bins=2)
torch.trapz(torch.tensor([1.0, 2.0, 1.0]))
torch.trapezoid(torch.tensor([1.0, 2.0, 1.0]), torch.tensor([0.0, 1.0, 3.0]))
torch.trapezoid(torch.tensor([1.0, 2.0, 1.0]), torch.tensor([0.0, 1.0]))
torch.trapezoid(torch.ones(2, 3), dx=2, dim=0)
torch.trapezoid(torch.ones(2, 3), torch.tensor([0.0, 2.0]), dim=0)
torch.trapezoid(torch.ones(0)).item()
torch.trapezoid(torch.tensor(1.0))
torch.bincount(torch.tensor([1.0]))
torch.ones(2, 3).std(dim=[0, 1])
torch.ones(2, 3).sum(dim=[])
torch.ones(0, 3).sum(0)
torch.ones(0, 3).mean(0)
torch.ones(0, 3).prod(0)
torch.ones(0, 3).var(0)
torch.ones(0, 3).all()
torch.ones(0, 3).any(0)
torch.ones(0, 3).argsort(0)
""")

OWN_WORDS: dict[str, str] = {}
DIFFERENT = {
    ("dtypes", f"x.clone().{name}_(1)"): "the usual words for a result that does not fit"
    for name in ("cumsum", "cumprod")
} | {
    (aspect, program): "its last step is a squeeze, but the way there is shorter"
    for aspect in ("value", "dtypes") for program in QUANTILES
}  # fmt: skip
