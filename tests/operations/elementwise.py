"""Functions of numbers, one by one: exponentials, angles, rounding, choices, comparisons, logic, bits."""

from ops import at, bools, family, ints, kink, lines, positive, real

from operations.basics import ANY, BROADCAST, PAIRS, POSITIVE

OPS, op = family()

# One input: where each is defined, and what it does at the ends

FRACTION = [at(x=real(2, 3) / 4), at(x=real() / 4), at(x=real(0))]
SPECIAL = kink(x=[0.0, -0.0, 1.0, -1.0, float("inf"), float("-inf"), float("nan")])

for name in """exp2 expm1 tan atan sinh cosh asinh sinc erf erfc deg2rad rad2deg frac ceil trunc round sgn
            """.split():  # fmt: skip
    op(f"torch.{name}(x)", f"x.{name}()", on=[*ANY, SPECIAL])
for name in ("digamma", "lgamma"):
    op(f"torch.{name}(x)", f"x.{name}()", on=ANY)
for name in "log1p log2 log10 rsqrt".split():
    op(f"torch.{name}(x)", f"x.{name}()", on=[*POSITIVE, SPECIAL])
for name in "asin acos atanh erfinv".split():
    op(f"torch.{name}(x)", f"x.{name}()", on=[*FRACTION, SPECIAL])
op("torch.acosh(x)", "x.acosh()", on=[at(x=positive(2, 3) + 1.1), SPECIAL])
op("torch.logit(x)", "x.logit()", on=[at(x=positive(2, 3) / 4), kink(x=[0.0, 1.0, -0.5, 1.5, float("nan")])])
op("torch.logit(x, 0.2)", "x.logit(0.2)", "x.logit(eps=0.2)",
   on=[at(x=positive(2, 3) / 4), kink(x=[0.0, 1.0, -0.5, 1.5, 0.2, 0.8])])  # fmt: skip
for n in (0, 1, 2):
    op(f"torch.polygamma({n}, x)", f"x.polygamma({n})", on=[*POSITIVE])
for decimals in (1, 2, -1):
    op(f"torch.round(x, decimals={decimals})", f"x.round(decimals={decimals})", on=[at(x=real(2, 3) * 7.123)])
op("torch.nan_to_num(x)", "x.nan_to_num()", on=[*ANY, SPECIAL])
op("torch.nan_to_num(x, 1.5, 2.5, -2.5)", "x.nan_to_num(nan=1.5, posinf=2.5, neginf=-2.5)", on=[SPECIAL])
op("torch.round(x)", on=[kink(x=[0.5, 1.5, 2.5, -0.5, -1.5])])
op("torch.positive(x)", "x.positive()", on=ANY)
op("torch.arcsin(x)", "torch.asin(x)", "x.arcsin()", on=FRACTION)
op("torch.arctan(x)", "x.arctan()", on=ANY)

# Two inputs

POSITIVE_SECOND = [at(x=positive(*a), y=positive(*b, start=7)) for a, b in BROADCAST]
ENDS = kink(x=[0.0, 0.0, 1.0, -1.0, float("inf"), float("nan")], y=[0.0, 2.0, 0.0, float("nan"), 1.0, 1.0])
EQUAL = kink(x=[1.0, 2.0, 3.0, float("nan"), 1.0], y=[1.0, 3.0, 2.0, 1.0, float("nan")])

op("torch.atan2(x, y)", "x.atan2(y)", "torch.arctan2(x, y)", on=[*PAIRS, ENDS])
for name in ("hypot", "logaddexp", "logaddexp2"):
    op(f"torch.{name}(x, y)", f"x.{name}(y)", on=PAIRS)
for name in ("fmax", "fmin"):
    op(f"torch.{name}(x, y)", f"x.{name}(y)", on=[*PAIRS, EQUAL])
op("torch.xlogy(x, y)", "x.xlogy(y)", on=[*POSITIVE_SECOND, ENDS])
op("torch.xlogy(x, 2.5)", "x.xlogy(2.5)", on=[*ANY, SPECIAL])
op("torch.xlogy(2, x)", on=[*POSITIVE, SPECIAL])
op("torch.copysign(x, y)", "x.copysign(y)", on=[*PAIRS, ENDS])
op("torch.copysign(x, -1)", "x.copysign(-1)", on=[*ANY, SPECIAL])
op("torch.fmod(x, y)", "x.fmod(y)", on=[at(x=real(*a), y=real(*b, start=7) + 0.03) for a, b in BROADCAST])
op("torch.fmod(x, 1.25)", "x.fmod(1.25)", on=ANY)
op("torch.rsub(x, y)", on=PAIRS)
op("torch.rsub(x, y, alpha=2)", on=PAIRS[:2])
op("torch.rsub(x, 2)", on=ANY)
op("torch.float_power(x, y)", "x.float_power(y)", on=[at(x=positive(2, 3), y=real(2, 3, start=7))])
op("torch.float_power(x, 2)", "x.float_power(2)", on=ANY)
op("torch.float_power(2, x)", on=ANY)
op("x.float().float_power(2)", on=[kink(x=real(2, 3))])
op("torch.heaviside(x, y)", "x.heaviside(y)", on=[*PAIRS[:2], ENDS])
for name, bound in {"min": "-0.5", "max": "1.5"}.items():
    op(f"torch.clamp_{name}(x, {bound})", f"x.clamp_{name}({bound})", f"x.clamp_{name}({name}={bound})",
       on=[*ANY, kink(x=[-2.0, -0.5, 0.0, 1.5, 2.0])])  # fmt: skip
    op(f"torch.clamp_{name}(x, y)", f"x.clamp_{name}(y)", on=[*PAIRS[:4], EQUAL])

# Three

TRIPLES = [at(x=real(*a), y=real(*b, start=7), z=real(*c, start=3))
           for a, b, c in [((2, 3), (2, 3), (2, 3)), ((2, 3), (3,), (2, 1)), ((), (2,), ()), ((0,), (0,), (1,))]]
op("torch.lerp(x, y, z)", "x.lerp(y, z)", "torch.lerp(input=x, end=y, weight=z)", on=TRIPLES)
for weight in ("0.25", "0.75", "2"):
    op(f"torch.lerp(x, y, {weight})", f"x.lerp(y, {weight})", on=PAIRS[:4])
for name in ("addcmul", "addcdiv"):
    op(f"torch.{name}(x, y, z)", f"x.{name}(y, z)", on=TRIPLES)
    op(f"torch.{name}(x, y, z, value=2.5)", f"x.{name}(y, z, value=2.5)", on=TRIPLES[:2])

# Comparisons, logic and bits

op("torch.greater(x, y)", "x.greater(y)", "torch.gt(x, y)", on=PAIRS[:2])
for name in ("logical_and", "logical_or", "logical_xor"):
    op(f"torch.{name}(x, y)", f"x.{name}(y)", on=[*PAIRS[:2], ENDS])
for name in ("isposinf", "isneginf", "isreal", "signbit", "logical_not", "isnan", "isinf", "isfinite"):
    op(f"torch.{name}(x)", f"x.{name}()", on=[*ANY, SPECIAL])
BITS = [at(i=ints(6, 3, -5, 0), j=ints(3, 2, 1, 4)), at(i=bools(True, False), j=bools(True, True)),
        at(i=ints([1], [2]), j=ints(1, 0, 3))]  # fmt: skip
for symbol, name in {"&": "bitwise_and", "|": "bitwise_or", "^": "bitwise_xor"}.items():
    op(f"i {symbol} j", f"torch.{name}(i, j)", f"i.{name}(j)", on=BITS)
for symbol, name in {"<<": "bitwise_left_shift", ">>": "bitwise_right_shift"}.items():
    op(f"i {symbol} j", f"torch.{name}(i, j)", f"i.{name}(j)", on=[BITS[0], BITS[2]])
    op(f"i {symbol} 1", f"torch.{name}(i, 1)", on=[BITS[0]])
for name in ("gcd", "lcm"):
    op(f"torch.{name}(i, j)", f"i.{name}(j)", on=[BITS[0], BITS[2]])
op("~i", "torch.bitwise_not(i)", "i.bitwise_not()", on=BITS)

# In place

for name in """exp2 expm1 tan atan sinh cosh asinh sinc erf erfc deg2rad rad2deg frac ceil trunc round sgn
            digamma lgamma nan_to_num""".split():  # fmt: skip
    op(f"x.clone().{name}_()", on=ANY[:1])
for name in "log1p log2 log10 rsqrt".split():
    op(f"x.clone().{name}_()", on=POSITIVE[:1])
for name in "asin acos atanh erfinv".split():
    op(f"x.clone().{name}_()", on=FRACTION[:1])
for call in ("atan2_(y)", "hypot_(y)", "copysign_(y)", "lerp_(y, 0.25)", "addcmul_(y, x)",
             "addcdiv_(y, x, value=2)", "clamp_min_(y)", "clamp_max_(0.5)", "float_power_(2)",
             "heaviside_(y)", "arctan_()", "multiply_(y)", "subtract_(y)",
             "fix_()", "greater_(y)"):  # fmt: skip
    op(f"x.clone().{call}", on=[at(x=real(2, 3), y=real(3, start=7))])
for name in ("eq", "ne", "lt", "le", "gt", "ge"):
    op(f"x.clone().{name}_(y)", on=[at(x=real(2, 3), y=real(3, start=7))])
    op(f"x.clone().{name}_(0.65)", on=[at(x=real(2, 3))])
for call in ("logical_and_(y)", "logical_not_()"):  # which leave the history as it was, though it is not theirs
    op(f"x.clone().{call}", on=[kink(x=real(2, 3), y=real(3, start=7))])
op("x.clone().fmod_(y)", on=[at(x=real(2, 3), y=real(3, start=7) + 0.03)])
op("x.clone().xlogy_(y)", on=[at(x=positive(2, 3), y=positive(3, start=7))])
op("torch.exp_(x.clone())", "torch.clone(x).exp_()", on=ANY[:1])
for symbol in ("&", "|", "^", "<<", ">>"):
    op(f"k = i.clone(); k {symbol}= j; k", on=BITS[:1])

EXPRESSIONS = lines("""
torch.erf("a")
torch.erf(torch.tensor(True))
torch.tensor([4, 6]).gcd(torch.tensor([4.0]))
torch.tensor([4, 6]).gcd(4)
torch.gcd(torch.tensor([4, 6]), 4)
torch.tensor([4, 6]) << 1
torch.tensor([4.0]) << 1
1 << torch.tensor([1, 2])
8 >> torch.tensor([1, 2])
True & torch.tensor([True, False])
torch.bitwise_not(torch.tensor([1.0]))
torch.logical_and(torch.ones(2), 2)
torch.ones(2).logical_and(2)
torch.logical_and(torch.ones(2), torch.zeros(3))
torch.ones(2).atan2(1)
torch.atan2(torch.ones(2), 1)
torch.atan2(torch.ones(2), torch.ones(3))
torch.maximum(torch.ones(2), 1)
torch.ones(2).maximum(1)
torch.maximum(1, torch.ones(2))
torch.nan_to_num(torch.tensor([1, 2]))
torch.round(torch.ones(2, dtype=torch.int64), decimals=1)
torch.round(torch.tensor([1.5, 2.5]), decimals=0)
torch.square(torch.tensor([True]))
torch.fmod(torch.tensor([7, -7]), 0)
torch.fmod(torch.tensor([7, -7]), 3)
torch.fmod(torch.tensor([True]), 3)
torch.fmod(torch.tensor([7.0, -7.0]), 0)
torch.fmod(torch.ones(2), "a")
torch.ones(2).fmod("a")
torch.fmod(2, torch.ones(2))
torch.pow(torch.ones(2), "a")
torch.pow(input=torch.ones(2), exponent=2)
torch.ones(2).pow(exponent=2)
torch.add(input=torch.ones(2), other=2)
torch.add("a", torch.ones(2))
torch.add(torch.ones(2), "a")
torch.ones(2).add("a")
torch.mul(2, torch.ones(2))
torch.eq(torch.ones(2), "a")
torch.ones(2).eq("a")
torch.eq(2, torch.ones(2))
torch.exp(input=torch.ones(2))
torch.lerp(torch.ones(2), torch.zeros(2), "a")
torch.lerp(torch.ones(2, dtype=torch.int64), torch.zeros(2, dtype=torch.int64), 0.5)
torch.lerp(torch.ones(2), torch.zeros(2, dtype=torch.float64), 0.5)
torch.lerp(torch.ones(2), torch.zeros(3), 0.5)
torch.lerp(torch.ones(2), 1, 0.5)
torch.addcmul(torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64))
torch.addcmul(torch.tensor([1]), torch.tensor([2]), torch.tensor([3]), value=2.5)
torch.addcdiv(torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64), torch.ones(2, dtype=torch.int64))
torch.copysign(torch.tensor([1, 2]), -1)
torch.copysign(torch.tensor([1, 2]), torch.tensor([-1, 1]))
torch.heaviside(torch.tensor([1, 2]), torch.tensor([1.0]))
torch.heaviside(torch.tensor([1, 0]), torch.tensor([5]))
torch.heaviside(torch.ones(2), 1)
torch.clamp_min(torch.tensor([1, 5]), 2.5)
torch.clamp_min(torch.tensor([1, 5]), "a")
torch.clamp(torch.tensor([1, 5]), torch.tensor(2.5))
torch.clamp(torch.tensor([1, 5], dtype=torch.int32), torch.tensor([2]))
torch.float_power(torch.tensor([1, 2]), 2)
torch.float_power(torch.tensor([1, 2]), torch.tensor([2.5]))
torch.xlogy(torch.tensor([1, 0]), torch.tensor([0, 0]))
torch.xlogy(2, torch.tensor([1, 2]))
torch.xlogy(torch.tensor([1, 2]), 2)
torch.xlogy(torch.ones(2), "a")
torch.logit(torch.tensor([1, 0]))
torch.polygamma(-1, torch.ones(1))
torch.polygamma(1, torch.tensor([1, 2]))
torch.erfinv(torch.tensor([1.0, -1.0, 2.0, 0.0, 0.999999]))
torch.lgamma(torch.tensor([0.0, -1.0, -1.5, 1e10, float("inf"), -float("inf")]))
torch.digamma(torch.tensor([0.0, -0.0, -1.0, -1.5, 1e10, float("inf"), -float("inf")]))
torch.isclose(torch.ones(2), torch.ones(2) + 1e-6).tolist()
torch.isclose(torch.ones(2), torch.ones(2, dtype=torch.float64))
torch.isclose(torch.ones(2), torch.ones(3))
torch.isclose(torch.ones(2), 1)
torch.isclose(torch.tensor([1, 2]), torch.tensor([1, 3])).tolist()
torch.isclose(torch.tensor([True, False]), torch.tensor([True, True])).tolist()
torch.isclose(torch.tensor([torch.nan, torch.inf, 1.0]), torch.tensor([torch.nan, torch.inf, torch.inf])).tolist()
torch.isclose(torch.tensor([float("nan")]), torch.tensor([float("nan")]), equal_nan=True).tolist()
torch.isclose(torch.ones(2), torch.ones(2), rtol=-1)
torch.allclose(torch.ones(2), torch.ones(2, dtype=torch.float64))
torch.allclose(torch.ones(2), torch.ones(2) + 1e-3, atol=1e-2)
torch.equal(torch.ones(2), 2)
torch.equal(torch.ones(2), torch.ones(2, dtype=torch.int64))
torch.equal(torch.tensor([float("nan")]), torch.tensor([float("nan")]))
torch.ones(2).equal("a")
torch.subtract(torch.ones(2), 2, alpha=2)
torch.divide(torch.ones(2), 2, rounding_mode="floor")
torch.ones(2).true_divide(torch.ones(2) * 4)
torch.true_divide(torch.tensor([1, 2]), 2)
torch.rsub(torch.tensor([True]), torch.tensor([True]))
torch.isreal(torch.tensor([1]))
torch.isposinf(torch.tensor([1]))
torch.signbit(torch.tensor([-1, 1, 0]))
torch.signbit(torch.tensor([-0.0, 0.0]))
torch.softmax(torch.ones(2, 3, dtype=torch.int64), 0)
torch.ones(2).exp_()
torch.ones(2, dtype=torch.int64).ceil_()
torch.ones(2, dtype=torch.int64).atan2_(torch.ones(2, dtype=torch.int64))
torch.ones(2, dtype=torch.bool).logical_xor_(torch.ones(2))
torch.ones(2, dtype=torch.int64).eq_(1)
""")

# Where minigrad answers otherwise than PyTorch, on purpose: see basics.py.
OWN_WORDS: dict[str, str] = {}
DIFFERENT = {
    ("dtypes", "torch.sinc(x)"): "float16 is rounded at other steps",
    ("dtypes", "x.clone().sinc_()"): "float16 is rounded at other steps",
    ("dtypes", "torch.polygamma(0, x)"): "PyTorch's own is less exact in float32",
    ("gradient", "x.clone().heaviside_(y)"): "the error names heaviside, not heaviside_",
} | {
    (aspect, f"x.clone().{name}_()"): "PyTorch has no derivative for this one in place"
    for aspect in ("value", "gradient") for name in ("asinh", "atanh")
}  # fmt: skip
