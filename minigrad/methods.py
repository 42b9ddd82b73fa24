"""Every operator and method of Tensor, on one page, bound once when minigrad is imported."""

import functools
import importlib
import inspect

from .operators import arithmetic as a, conversions as c, products as p, reductions as r, shapes as s
from . import derivatives as d
from .operators import comparisons, complex_numbers as z, creation, einsum, gathering, joining, out, printing
from . import dtypes, indexing, inplace, linalg
from .operators import rearranging, sampling, scans
from .operators.arguments import NUMPY_NAMES, misuse
from .record import NUMBERS, not_a_tensor, parameters_of
from .tensor import Tensor, refuse

# Operators. They answer NotImplemented to what they cannot take, so that Python asks the other operand.

Tensor.__add__ = Tensor.__radd__ = d.add
Tensor.__sub__, Tensor.__rsub__ = a.subtract, a.rsub
Tensor.__mul__ = Tensor.__rmul__ = d.mul
Tensor.__truediv__, Tensor.__rtruediv__ = d.div, a.rdiv
Tensor.__floordiv__, Tensor.__rfloordiv__ = a.floor_divide.operator, a.rfloordiv
Tensor.__mod__, Tensor.__rmod__ = a.remainder.operator, a.rmod
Tensor.__pow__, Tensor.__rpow__ = a.pow.operator, a.rpow
Tensor.__neg__, Tensor.__pos__, Tensor.__abs__, Tensor.__invert__ = a.neg, a.positive, d.abs, comparisons.invert
Tensor.__and__ = Tensor.__rand__ = comparisons.bitwise_and.operator
Tensor.__or__ = Tensor.__ror__ = comparisons.bitwise_or.operator
Tensor.__xor__ = Tensor.__rxor__ = comparisons.bitwise_xor.operator
Tensor.__lshift__, Tensor.__rshift__ = comparisons.bitwise_left_shift.operator, comparisons.bitwise_right_shift.operator
Tensor.__rlshift__ = lambda self, number: comparisons.bitwise_left_shift(number, self)
Tensor.__rrshift__ = lambda self, number: comparisons.bitwise_right_shift(number, self)
for _name in "eq ne lt le gt ge".split():
    setattr(Tensor, f"__{_name}__", getattr(comparisons, _name).operator)
Tensor.__eq__ = comparisons.equals
Tensor.__matmul__ = lambda self, other: p.matmul(self, other) if isinstance(other, Tensor) else NotImplemented
Tensor.__rmatmul__ = lambda self, other: p.matmul(other, self) if isinstance(other, Tensor) else NotImplemented
Tensor.__getitem__, Tensor.__setitem__ = indexing.getitem, inplace.setitem
Tensor.__repr__, Tensor.__format__ = printing.tensor_repr, printing.tensor_format


def _iterate(self):
    refuse(self.array.ndim == 0 and "iteration over a 0-d tensor", TypeError)
    return iter(joining.unbind(self))


def _contains(self, value):
    if not isinstance(value, (Tensor, *NUMBERS)):
        what = f"but you passed in a {type(value)}."
        raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, {what}")
    return bool((self.array == getattr(value, "array", value)).any())


Tensor.__iter__, Tensor.__contains__ = _iterate, _contains
Tensor.__reversed__ = lambda self: rearranging.flip(self, 0) if self.array.ndim else self

# What the table's functions of one number are, in a word

FLOATS = {
    "exp": "e to the power of `input`", "exp2": "2 to the power of `input`",
    "log": "The natural logarithm of `input`", "log2": "The logarithm of `input` to base 2",
    "log10": "The logarithm of `input` to base 10", "log1p": "``log(1 + input)``, accurate near 0",
    "expm1": "``exp(input) - 1``, accurate near 0", "sqrt": "The square root of `input`",
    "rsqrt": "``1 / sqrt(input)``", "reciprocal": "``1 / input``", "sigmoid": "``1 / (1 + exp(-input))``",
    "sinc": "``sin(pi * input) / (pi * input)``, and 1 at 0", "erf": "The error function of `input`",
    "erfc": "``1 - erf(input)``, accurate where that is near 0", "erfinv": "The number whose error function is `input`",
    "lgamma": "The logarithm of the absolute value of the gamma function of `input`",
    "digamma": "The derivative of lgamma at `input`", "deg2rad": "Degrees as radians", "rad2deg": "Radians as degrees"}
for _name, _what in {"sin": "sine", "cos": "cosine", "tan": "tangent"}.items():
    FLOATS |= {_name: f"The {_what} of `input`, in radians", f"a{_name}": f"The angle whose {_what} is `input`",
               f"{_name}h": f"The hyperbolic {_what} of `input`",
               f"a{_name}h": f"The number whose hyperbolic {_what} is `input`"}
for _name, _what in FLOATS.items():
    getattr(d, _name).__doc__ = f"{_what}, element by element; integers give floats."
KEEPING_DTYPE = {
    "relu": "`input` where it is positive, else 0; the gradient at 0 is 0",
    "abs": "`input` without its sign; the gradient at 0 is 0",
    "sign": "-1, 0 or 1; its gradient is 0",
    "sgn": "`sign`, and of a complex number the one of size 1 in the same direction",
    "floor": "The largest integer that is not above `input`; its gradient is 0",
    "ceil": "The smallest integer that is not below `input`; its gradient is 0",
    "trunc": "`input` without its decimals; its gradient is 0",
    "frac": "The decimals of `input`, with its sign; of floats only"}
for _name, _what in KEEPING_DTYPE.items():
    getattr(d, _name).__doc__ = f"{_what}. Element by element."

# Methods that are functions too: x.exp() is torch.exp(x)

ELEMENTWISE = " ".join([*FLOATS, *KEEPING_DTYPE])
FUNCTIONS = {
    name: getattr(module, name)
    for module, names in {
        d: ELEMENTWISE,
        a: """add sub mul div neg pow square floor_divide remainder rsub positive float_power fmod xlogy copysign round
              logit polygamma clamp clamp_min clamp_max nan_to_num where maximum minimum fmax fmin
              ldexp nextafter atan2 hypot logaddexp logaddexp2 heaviside lerp addcmul addcdiv""",
        comparisons: """eq ne lt le gt ge equal isclose allclose isnan isinf isfinite isposinf isneginf isreal signbit
                        logical_not logical_and logical_or logical_xor bitwise_not bitwise_and bitwise_or bitwise_xor
                        bitwise_left_shift bitwise_right_shift gcd lcm""",
        r: """sum mean prod dist nansum nanmean logsumexp var std var_mean std_mean all any count_nonzero nonzero frexp
              bincount histc histogram unique unique_consecutive max min median nanmedian amax amin aminmax argmax
              argmin""",
        scans: """softmax log_softmax cumsum cumprod logcumsumexp cummax cummin sort argsort msort topk kthvalue mode
                  diff gradient quantile nanquantile""",
        s: """reshape flatten transpose t permute movedim broadcast_to unsqueeze squeeze select narrow ravel unflatten
              swapaxes""",
        gathering: """gather scatter scatter_add scatter_reduce take_along_dim index_select index_add index_reduce
                        index_copy index_fill index_put masked_fill masked_select masked_scatter take put argwhere""",
        rearranging: """flip fliplr flipud roll rot90 tile repeat_interleave tril triu diagonal diag_embed diag diagflat
                        trace as_strided select_scatter slice_scatter diagonal_scatter""",
        joining: """unbind split chunk split_with_sizes tensor_split hsplit vsplit dsplit unsafe_split unsafe_chunk
                      unsafe_split_with_sizes atleast_1d atleast_2d atleast_3d""",
        p: """matmul dot mv mm bmm vdot addmm addmv addr baddbmm addbmm outer inner kron cross
                cov corrcoef""",
        c: "clone",
        z: "real imag conj conj_physical resolve_conj adjoint angle",
        linalg: "det logdet matrix_power matrix_exp inverse",
        sampling: "bernoulli multinomial",
        Tensor: """detach numel is_floating_point is_complex is_inference is_signed is_nonzero is_same_size is_conj
                   is_neg""",
    }.items()
    for name in names.split()}


def _factored(name, what):
    """A function of factors.py, which is imported when it is called."""

    def function(self, *arguments, **named):
        return importlib.import_module(f"{__package__}.factors").OF_TORCH[name](self, *arguments, **named)

    function.__name__, function.__doc__ = name, what
    return function


FUNCTIONS |= {"norm": linalg.norm_of_either, "slogdet": linalg.sign_and_log_of_det}
FUNCTIONS |= {name: _factored(name, what) for name, what in {
    "svd": "U, S and V, so that `input` is ``U @ diag(S) @ V.T``; S falls.",
    "pinverse": "The pseudo-inverse of a matrix.",
    "cholesky_solve": "The X with ``A @ X = input``, from the Cholesky factor `input2` of A.",
    "cholesky_inverse": "The inverse of A, from its Cholesky factor.",
    "cholesky": "As torch.linalg.cholesky; deprecated.",
    "qr": "As torch.linalg.qr; deprecated.",
}.items()}
ALIASES = {
    "sub": "subtract", "mul": "multiply", "div": "divide true_divide", "neg": "negative", "abs": "absolute",
    "clamp": "clip", "gt": "greater", "ge": "greater_equal", "lt": "less", "le": "less_equal", "ne": "not_equal",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
    "atan2": "arctan2", "trunc": "fix", "outer": "ger", "transpose": "swapdims", "movedim": "moveaxis",
    "resolve_conj": "resolve_neg"}
FUNCTIONS |= {alias: FUNCTIONS[name] for name, aliases in ALIASES.items() for alias in aliases.split()}
NOT_METHODS = "gradient rsub polygamma var_mean std_mean atleast_1d atleast_2d atleast_3d".split()
for _name, _method in FUNCTIONS.items():
    if _name not in NOT_METHODS:
        setattr(Tensor, _name, _method)
Tensor.polygamma = lambda self, n: a.polygamma(n, self)
Tensor.where = lambda self, condition, other: a.where(condition, self, other)


def _layer(name):
    """A function of nn, which is imported when it is called."""

    def method(self, *arguments, **named):
        return getattr(importlib.import_module(f"{__package__}.nn.functional"), name)(self, *arguments, **named)

    method.__name__, method.__doc__ = name, f"`nn.functional.{name}` of this tensor."
    return method


Tensor.prelu, Tensor.hardshrink = _layer("prelu"), _layer("hardshrink")
FUNCTIONS |= {"_unique": r._unique, "_unique2": r._unique2}
TORCH_NAMES = {numpys: name for name, numpys in NUMPY_NAMES.items()}


def _renamed(arguments):
    """Arguments that have numpy's names under PyTorch's: `x.sum(axis=0)` is tried as it is, and then with `dim`."""
    return {TORCH_NAMES.get(name, name): value for name, value in arguments.items()}


# Functions only


NAMES = ("__module__", "__name__", "__qualname__", "__doc__")  # reading annotations too would make a dict for each


def function_of(name, method):
    """The method as a function; its first argument may be named `input`."""
    first = next(iter(parameters_of(method)), "").replace("self", "input")

    @functools.wraps(method, NAMES)
    def function(*args, **kwargs):
        if "out" in kwargs:
            return out.call_into(name, function, args, kwargs)
        try:
            if "input" in kwargs and first == "input" and not args:
                return method(kwargs["input"], **{key: value for key, value in kwargs.items() if key != "input"})
            return method(*args, **kwargs)
        except Exception as error:
            if not TORCH_NAMES.keys().isdisjoint(kwargs):
                return function(*args, **_renamed(kwargs))
            better = misuse(name, args, kwargs)
            if better is None and first == "input" and isinstance(error, AttributeError):
                given = args[0] if args else kwargs.get(first)
                better = None if isinstance(given, Tensor) else not_a_tensor(name, first, 1, given)
            if better is None:
                raise
            raise better from None

    return function


FUNCTIONS |= {
    name: getattr(module, name)
    for module, names in {
        joining: "cat stack hstack vstack dstack column_stack block_diag",
        rearranging: """broadcast_tensors broadcast_shapes meshgrid cartesian_prod combinations tril_indices
                        triu_indices""",
        gathering: "searchsorted bucketize unravel_index",
        p: "tensordot",
        r: "cdist",
        scans: "trapezoid cumulative_trapezoid vander",
        z: "complex polar view_as_real view_as_complex",
        einsum: "einsum",
        c: "is_tensor result_type typename",
        comparisons: "isin",
    }.items()
    for name in names.split()
} | {"row_stack": joining.vstack, "concat": joining.cat, "concatenate": joining.cat, "trapz": scans.trapezoid}
def _of_one_tuple(method):
    """``x.reshape(2, 3)`` is ``torch.reshape(x, (2, 3))``: the function takes no separate numbers."""

    @functools.wraps(method, NAMES)
    def function(input, *sizes, **named):
        if len(sizes) > 1 or sizes and isinstance(sizes[0], int):
            raise TypeError
        return method(input, *sizes, **named)

    return function


FUNCTIONS |= {name: _of_one_tuple(FUNCTIONS[name]) for name in ("reshape", "permute", "flip", "tile")}
FUNCTIONS = {name: function_of(name, method) for name, method in FUNCTIONS.items()}
for _name in """inv det slogdet solve cholesky vector_norm matrix_norm norm cond multi_dot cross vecdot matrix_power
                matrix_exp vander diagonal""".split():
    setattr(linalg, _name, function_of("linalg_" + _name, getattr(linalg, _name)))

# Methods only

Tensor.view, Tensor.expand, Tensor.sum_to_size = s.view, s.expand, s.sum_to_size
Tensor.repeat, Tensor.unfold, Tensor.fill_diagonal_ = rearranging.repeat, rearranging.unfold, rearranging.fill_diagonal_
Tensor.contiguous, Tensor.to, Tensor.type, Tensor.type_as = c.contiguous, c.to, c.type_, c.type_as
Tensor.as_subclass = c.as_subclass
Tensor.view_as = lambda self, other: s.view(self, other.shape)
Tensor.reshape_as = lambda self, other: s.reshape(self, other.shape)
Tensor.expand_as = lambda self, other: s.expand(self, other.shape)
Tensor.cpu = lambda self, memory_format=None: self
Tensor.cuda = lambda self, device="cuda", non_blocking=False, memory_format=None: c.to(self, device)
Tensor.xpu = lambda self, device="xpu", non_blocking=False, memory_format=None: c.to(self, device)
Tensor.get_device = lambda self: -1
Tensor.to_dense = Tensor.share_memory_ = c.itself
Tensor.real, Tensor.imag = z.part(z.real), z.part(z.imag)
Tensor.T = property(s.T, doc=s.T.__doc__)
Tensor.mT = property(s.mT, doc=s.mT.__doc__)
Tensor.H = property(z.H, doc=z.H.__doc__)
Tensor.apply_, Tensor.map_ = inplace.apply_, inplace.map_
Tensor.mH = property(z.adjoint, doc=z.adjoint.__doc__)


def _conversion(kind):
    """`x.double()` is `x.to(torch.float64)`."""
    return lambda self, memory_format=None: c.to(self, kind, memory_format=memory_format)


for _name, _kind in {"half": dtypes.float16, "float": dtypes.float32, "double": dtypes.float64, "long": dtypes.int64,
                     "int": dtypes.int32, "short": dtypes.int16, "bool": dtypes.bool, "byte": dtypes.uint8,
                     "char": dtypes.int8, "cfloat": dtypes.complex64, "cdouble": dtypes.complex128}.items():
    setattr(Tensor, _name, _conversion(_kind))


def _new_like(make):
    """`x.new_zeros(2)` is `zeros(2)` in the dtype of x."""
    return lambda self, *args, dtype=None, **options: make(*args, dtype=dtype or self.dtype, **options)


for _name in ("tensor", "zeros", "ones", "empty", "full", "empty_strided"):
    setattr(Tensor, "new_" + _name, _new_like(getattr(creation, _name)))
Tensor.new = lambda self, *data: creation.TENSOR_TYPES[f"{self.dtype.title}Tensor"](*data)

# In place: x.add_(y) is x + y, written into x

IN_PLACE = f"""{ELEMENTWISE} add sub mul div neg pow square floor_divide remainder fmod xlogy copysign round
    logit polygamma nan_to_num atan2 hypot ldexp nextafter heaviside lerp addcmul addcdiv
    scatter scatter_add scatter_reduce index_add index_reduce index_copy index_fill index_put masked_fill masked_scatter
    put tril triu addmm addmv addr addbmm baddbmm
    logical_not logical_and logical_or logical_xor bitwise_not bitwise_and bitwise_or bitwise_xor
    cumsum cumprod bitwise_left_shift bitwise_right_shift gcd lcm conj_physical""".split()
for _name in IN_PLACE:
    for _alias in (_name, *ALIASES.get(_name, "").split()):
        setattr(Tensor, _alias + "_", inplace.in_place(getattr(Tensor, _name)))
for _name in "scatter_ scatter_add_ scatter_reduce_ index_add_ index_reduce_ index_copy_ index_put_ put_".split():
    setattr(Tensor, _name, inplace.reading_elsewhere(getattr(Tensor, _name)))
Tensor.__iadd__, Tensor.__isub__ = inplace.in_place(d.add), inplace.in_place(a.subtract)
Tensor.__imul__, Tensor.__itruediv__ = inplace.in_place(d.mul), inplace.in_place(d.div)
Tensor.__ipow__, Tensor.__ifloordiv__ = inplace.in_place(a.pow.operator), inplace.in_place(a.floor_divide.operator)
Tensor.__imod__ = inplace.in_place(a.remainder.operator)
for _name, _long in {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor", "lshift": "bitwise_left_shift",
                     "rshift": "bitwise_right_shift"}.items():
    setattr(Tensor, f"__i{_name}__", inplace.in_place(getattr(comparisons, _long).operator))
Tensor.copy_, Tensor.fill_, Tensor.zero_ = inplace.copy_, inplace.fill_, inplace.zero_
Tensor.float_power_ = a.float_power_
Tensor.resize_, Tensor.resize_as_, Tensor.set_ = out.resize_, out.resize_as_, out.set_
for _method in sampling.IN_PLACE:
    setattr(Tensor, _method.__name__, _method)
for _name in "t transpose swapaxes swapdims squeeze unsqueeze as_strided".split():
    setattr(Tensor, _name + "_", inplace.reshaping(getattr(Tensor, _name)))
Tensor.clamp_ = Tensor.clip_ = inplace.in_place(a.clamp, type_name="c_name")
Tensor.clamp_min_, Tensor.clamp_max_ = (inplace.in_place(f, type_name="c_name") for f in (a.clamp_min, a.clamp_max))
for _name in d.COMPARISONS:
    for _alias in (_name, *ALIASES.get(_name, "").split()):
        setattr(Tensor, _alias + "_", inplace.in_place(comparisons.writing(_name)))

# Functions that change their first argument: torch.exp_(x) is x.exp_()

FUNCTIONS |= {
    f"{name}_": function_of(f"{name}_", getattr(Tensor, f"{name}_"))
    for name in (*FLOATS, "relu", "abs", "ceil", "floor", "trunc", "frac", "neg", "square", "round", "clamp", "fix",
                 *"""negative clip clamp_min clamp_max nan_to_num logit xlogy gcd lcm zero fill detach index_put addmv
                     resize_as arccos arccosh arcsin arcsinh arctan arctanh""".split())
    if name not in ("digamma", "lgamma", "erfinv")}

# What was written in a line has a name and a word of help too

SHORT = {name: f"The tensor as {name}: `to` with that dtype." for name in
         "half float double long int short bool byte char".split()} | {
    "view_as": "`view` in the shape of `other`.", "reshape_as": "`reshape` to the shape of `other`.",
    "expand_as": "`expand` to the shape of `other`.", "where": "`self` where `condition` is true, else `other`.",
    "polygamma": "The n-th derivative of digamma.", "new": "A tensor of the same type from `data`.",
    "cpu": "The tensor itself: it is on the CPU.", "cuda": "An error: there is no such device here.",
    "xpu": "An error: there is no such device here.", "get_device": "-1, the number of the CPU.",
}
for _name, _given in vars(Tensor).items():
    if getattr(_given, "__name__", "") == "<lambda>":
        _given.__name__, _given.__qualname__ = _name, f"Tensor.{_name}"
        _given.__doc__ = SHORT.get(_name, "")
for _name in ("tensor", "zeros", "ones", "empty", "full", "empty_strided"):
    getattr(Tensor, "new_" + _name).__doc__ = f"`torch.{_name}` in the dtype of this tensor, unless another is given."

# A method that fails says whether its arguments do not fit. That costs 65 ns a call, so rows of the table do without.


def _method(name, method):
    @functools.wraps(method, NAMES)
    def explaining(self, *args, **kwargs):
        try:
            return method(self, *args, **kwargs)
        except Exception:
            if not TORCH_NAMES.keys().isdisjoint(kwargs):
                return explaining(self, *args, **_renamed(kwargs))
            better = misuse("." + name, args, kwargs)
            if better is None:
                raise
            raise better from None

    return explaining


for _name, _given in list(vars(Tensor).items()):
    _is_row = hasattr(_given, "node") and not hasattr(_given, "__wrapped__")
    if inspect.isfunction(_given) and _name[0] != "_" and not _is_row:
        if _given.__module__ != Tensor.__module__ or _name in ("size", "stride", "numpy", "requires_grad_"):
            setattr(Tensor, _name, _method(_name, _given))

# What is found out about a tensor cannot be assigned


def _fixed(name):
    def refuse(self, *value):
        raise AttributeError(f"attribute '{name}' of 'torch._C.TensorBase' objects is not writable")

    return refuse


for _name, _given in list(vars(Tensor).items()):
    if isinstance(_given, property) and _given.fset is None:
        setattr(Tensor, _name, _given.setter(_fixed(_name)).deleter(_fixed(_name)))
