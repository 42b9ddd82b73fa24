"""The kinds of numbers a tensor can hold, and which kind comes out when two of them meet."""

import builtins

import numpy as np


class PrintsAsTorch(type):
    """Makes ``print(type(x))`` show ``<class 'torch.Tensor'>``, as a program written for PyTorch expects.

    The classes of subpackages show their path: it is PyTorch's, since the files are named as there. (Only `operators`
    is a folder of ours.)
    """

    def __repr__(cls):
        package, *path = cls.__module__.split(".")
        if package != __name__.partition(".")[0]:
            return type.__repr__(cls)
        shown = path if len(path) > 1 and path[0] != "operators" else ()
        return f"<class '{'.'.join(['torch', *shown, cls.__qualname__])}'>"


class dtype(metaclass=PrintsAsTorch):
    """A kind of number, such as ``float32``; there is one object of each kind.

    >>> import minigrad
    >>> minigrad.float32, minigrad.float32.itemsize, minigrad.int64.is_floating_point
    (torch.float32, 4, False)
    """

    def __init__(self, name, numpy, title, c_name):
        self.name = name
        self.numpy = np.dtype(numpy)
        self.title, self.c_name = title, c_name  # how PyTorch's errors call it: "expected Float", or "expected float"

    itemsize = property(lambda self: self.numpy.itemsize, doc="Bytes per element.")
    is_floating_point = property(lambda self: self.numpy.kind == "f")
    is_complex = property(lambda self: self.numpy.kind == "c")
    is_signed = property(lambda self: self.numpy.kind in "ifc")

    def to_real(self):
        """The dtype of the real and the imaginary part; itself if it is not complex."""
        return {complex64: float32, complex128: float64}.get(self, self)

    def to_complex(self):
        """The complex dtype whose parts are of this one; itself if it is complex. RuntimeError for integers.

        >>> float64.to_complex(), complex64.to_real()
        (torch.complex128, torch.float32)
        """
        return _by_numpy[complex_of(self.numpy)]

    def __getattr__(self, name):  # only reached for names there are none of
        raise AttributeError(f"'torch.dtype' object has no attribute '{name}'")

    def __repr__(self):
        return f"torch.{self.name}"

    def __reduce__(self):
        return self.name  # pickled by reference to the module's global, so that `is` goes on working


float16 = half = dtype("float16", np.float16, "Half", "c10::Half")
float32 = float = dtype("float32", np.float32, "Float", "float")
float64 = double = dtype("float64", np.float64, "Double", "double")
uint8 = dtype("uint8", np.uint8, "Byte", "unsigned char")
int8 = dtype("int8", np.int8, "Char", "signed char")
int16 = short = dtype("int16", np.int16, "Short", "short int")
int32 = int = dtype("int32", np.int32, "Int", "int")
int64 = long = dtype("int64", np.int64, "Long", "long int")
bool = dtype("bool", np.bool_, "Bool", "bool")
complex64 = cfloat = dtype("complex64", np.complex64, "ComplexFloat", "c10::complex<float>")
complex128 = cdouble = dtype("complex128", np.complex128, "ComplexDouble", "c10::complex<double>")

ALL = (float16, float32, float64, uint8, int8, int16, int32, int64, bool, complex64, complex128)
_by_numpy = {d.numpy: d for d in ALL}
_default = float32


def from_numpy_dtype(numpy_dtype):
    """The dtype that stands for a numpy dtype; TypeError for those no tensor can hold."""
    try:
        return _by_numpy[numpy_dtype]
    except KeyError:
        swapped = _by_numpy.get(numpy_dtype.newbyteorder("="))
        if swapped is not None:
            raise ValueError("given numpy array has byte order different from the native byte order. Conversion "
                             "between byte orders is currently not supported.") from None
        supported = "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint8, and bool"
        if numpy_dtype.kind not in "ui":  # no numbers at all: PyTorch's words, and its longer list
            supported = ("float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, "
                         "uint16, uint8, and bool")
        raise TypeError(f"can't convert np.ndarray of type numpy.{numpy_dtype.type.__name__}. The only supported types "
                        f"are: {supported}.") from None


def get_default_dtype():
    """The dtype of float literals and of factory functions; float32 unless changed."""
    return _default


def set_default_dtype(d):
    """Make `d` (a floating-point dtype) the default dtype."""
    global _default
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _default = d


# Promotion. A dtype belongs to a category (bool < integers < floats < complex). Operands come in three ranks: tensors
# with dimensions, 0-d tensors, Python numbers. A lower rank changes the result only if its category is higher:
# float32[3] * float64[] stays float32, but int64[3] * float64[] becomes float64. Floats that become complex keep their
# precision: float64[3] * 1j is complex128.
# https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc


def category(numpy_dtype):
    """0 for bool, 1 for integers, 2 for floats, 3 for complex numbers."""
    return {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}[numpy_dtype.kind]


def complex_of(numpy_dtype):
    """The complex numpy dtype for a float one, or for one that is complex already."""
    if numpy_dtype.kind not in "fc":
        raise RuntimeError(f"Unknown Complex ScalarType for {_by_numpy[numpy_dtype].title}")
    if numpy_dtype == np.float16:
        raise NotImplementedError("minigrad has no complex32: use complex64.")
    return np.promote_types(numpy_dtype, np.complex64)


def _promote_numpy(a, b):
    """The dtype that holds both of two numpy dtypes; unlike numpy's, int64 and float32 make float32."""
    category_a, category_b = category(a), category(b)
    if category_a != category_b and min(category_a, category_b) < 2:
        return a if category_a > category_b else b
    return np.promote_types(a, b)


def promote_types(type1, type2):
    """The smallest dtype that both convert to.

    >>> promote_types(int64, float16)
    torch.float16
    """
    a = _checked_dtype("promote_types", "type1", 1, type1)
    b = _checked_dtype("promote_types", "type2", 2, type2)
    return _by_numpy[_promote_numpy(a.numpy, b.numpy)]


def number_dtype(number):
    """The numpy dtype that a Python number stands for: bool, int64, the default dtype or the complex one for it."""
    kind = np.result_type(number).kind
    if kind == "O":
        raise OverflowError("int too big to convert")
    if kind == "c":
        return complex_of(_default.numpy)
    return bool.numpy if kind == "b" else int64.numpy if kind in "iu" else _default.numpy


def as_kind(number, kind):
    """A Python number as an array of a numpy dtype; RuntimeError if it is too large, while a negative one wraps."""
    return np.asarray(fitting(number, kind)).astype(kind)


def fitting(number, kind):
    """The number as numpy takes it for the dtype `kind`; RuntimeError if it is too large for that."""
    number = number_for(number, kind)
    if kind.kind in "iuf" and not -100 < number < 100 and (kind.kind != "f" or number - number == 0):  # or not finite
        limits = np.finfo(kind) if kind.kind == "f" else np.iinfo(kind)
        least, largest = (-limits.max.item(), limits.max.item()) if kind.kind == "f" else (-limits.max - 1, limits.max)
        if not least <= number <= largest:
            if isinstance(number, builtins.int) and abs(number) >= 2**64 and kind.kind != "f":
                raise OverflowError("int too big to convert")
            raise _overflow(kind)
    return number


def number_for(number, kind):
    """A Python number as the numpy dtype `kind` takes it: RuntimeError for a complex one where it has to be real."""
    if not isinstance(number, complex) or kind.kind in "bc":
        return number
    if number.imag:
        raise _overflow(kind)
    return number.real


def _overflow(kind):
    name = f"{kind.name}_t" if kind.kind in "iu" and kind != np.int32 else _by_numpy[kind].c_name
    return RuntimeError(f"value cannot be converted to type {name} without overflow")


def result_numpy_dtype(*operands):
    """The numpy dtype in which numpy arrays and Python numbers are combined."""
    ranks = [None, None, None]  # with dimensions, 0-d, numbers
    for operand in operands:
        if isinstance(operand, np.ndarray):
            rank, kind = (0 if operand.ndim else 1), operand.dtype
        else:
            rank, kind = 2, number_dtype(operand)
        ranks[rank] = kind if ranks[rank] is None else _promote_numpy(ranks[rank], kind)
    result = None
    for kind in reversed(ranks):
        if kind is not None:
            if result is None or category(result) <= category(kind):
                result = kind
            elif category(kind) == 2:  # so the result is complex, and of a lower rank
                result = complex_of(kind)
    return result


def can_cast(from_, to):
    """Whether `promote_types` would ever turn `from_` into `to`: not from float to integer, nor from integer to bool.

    >>> can_cast(int64, float16), can_cast(float32, int64)
    (True, False)
    """
    from_, to = _checked_dtype("can_cast", "from_", 1, from_), _checked_dtype("can_cast", "to", 2, to)
    return category(from_.numpy) <= category(to.numpy)


class _Limits:
    """Shown as PyTorch shows them: `shown` is how it spells the names of the numbers."""

    def __repr__(self):
        numbers = (f"{name}={getattr(self, name):g}" for name in self.shown.split())
        return f"{type(self).__name__}({', '.join(numbers)}, dtype={self.dtype})"

    def __eq__(self, other):
        return type(self) is type(other) and self.dtype == other.dtype

    def __hash__(self):
        return hash(self.dtype)


class finfo(_Limits, metaclass=PrintsAsTorch):
    """Limits of a floating-point dtype: ``bits eps max min tiny smallest_normal resolution``.

    >>> finfo(float32).eps
    1.1920928955078125e-07
    """

    shown = "resolution min max eps smallest_normal tiny"

    def __init__(self, type=None):
        kind = _default if type is None else _checked_dtype("finfo", "type", 1, type)
        kind = kind.to_real()
        if not kind.is_floating_point:
            raise TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle "
                            "'torch.finfo'")
        info = np.finfo(kind.numpy)
        self.dtype, self.bits = kind.name, info.bits
        for name in self.shown.split():
            setattr(self, name, getattr(info, name).item())
        self.resolution = 10.0**-info.precision  # numpy's is rounded to the dtype


class iinfo(_Limits, metaclass=PrintsAsTorch):
    """Limits of an integer dtype: ``bits max min``."""

    shown = "min max"

    def __init__(self, type):
        kind = _checked_dtype("iinfo", "type", 1, type)
        if kind.is_floating_point or kind.is_complex:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        if kind is bool:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        info = np.iinfo(kind.numpy)
        self.dtype, self.bits, self.max, self.min = kind.name, info.bits, info.max, info.min


def _checked_dtype(function, argument, position, d):
    if not isinstance(d, dtype):
        kind = builtins.type(d).__name__
        raise TypeError(f"{function}(): argument '{argument}' (position {position}) must be torch.dtype, not {kind}")
    return d
