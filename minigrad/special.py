"""torch.special: functions that statistics and physics have names for; many are torch's own by another name."""

import math

import numpy as np

from . import error_and_gamma as on_arrays
from .derivatives import digamma as digamma_row, erf as erf_row, exp, log, masked_fill
from .kernels import in_floats, to_float
from .methods import FUNCTIONS, function_of
from .record import operation, unary
from .tensor import Tensor, refuse

SAME = {"expit": "sigmoid", "gammaln": "lgamma", "psi": "digamma"} | {name: name for name in """
    digamma erf erfc erfinv exp2 expm1 log1p log_softmax logit logsumexp polygamma round sinc softmax xlogy
""".split()}

# On numpy arrays


def _entr(self):
    return np.where(self > 0, -self * np.log(self), np.where(self == 0, 0, np.where(self < 0, -np.inf, self)))


@on_arrays.in_double
def _log_ndtr(x):
    """Where erfc is too small, the first terms of what it is far out (Abramowitz and Stegun, 26.2.12)."""
    below, above = (on_arrays.erfc(np.maximum(y, -30) / -math.sqrt(2)) / 2 for y in (x, -x))
    square = np.square(np.minimum(x, -30))
    series = -1 / square + 3 / square**2 - 15 / square**3 + 105 / square**4
    far = -square / 2 - np.log(2 * math.pi * square) / 2 + np.log1p(series)
    return np.where(x < -30, far, np.where(x > 0, np.log1p(-above), np.log(below)))


def _xlog1py(self, other):
    self, other = in_floats(self, other)
    return np.where((self == 0) & ~np.isnan(other), 0, self * np.log1p(other)).astype(self.dtype, copy=False)


def _mvlgamma(self, p):
    x = to_float(self)
    parts = [on_arrays.lgamma(x - x.dtype.type(j / 2)) for j in range(p)]
    return x.dtype.type(p * (p - 1) / 4 * math.log(math.pi)) + sum(parts)


# The table, continued

_entr_row = unary("SpecialEntrBackward0", _entr, int_to_float=True, self=lambda grad, self: grad * -(1 + log(self)))
_log_ndtr_row = operation("SpecialLogNdtrBackward0", lambda self: _log_ndtr(to_float(self)),
                          self=lambda grad, self, result:
                              grad * exp(-(result + self * self / 2)) / math.sqrt(2 * math.pi))
_xlog1py_row = operation("SpecialXlog1PyBackward0", _xlog1py, promote=True,
                         self=lambda grad, self, other:
                             masked_fill(_xlog1py_row(grad, other), (self == 0) & (other <= -1), 0),
                         other=lambda grad, self, other: grad * self / (other + 1))
_number_xlog1py = operation("SpecialXlog1PyBackward1", _xlog1py,
                            other=lambda grad, self, other: grad * self / (other + 1))
_xlog1py_number = operation("SpecialXlog1PyBackward2", _xlog1py,
                            self=lambda grad, self, other: grad * math.log1p(other) if other > -1 else
                                masked_fill(_xlog1py_number(grad, other), self == 0, 0))
_mvlgamma_row = operation("MvlgammaBackward0", _mvlgamma,
                          self=lambda grad, self, p: grad * sum(digamma_row(self - j / 2) for j in range(p)))


def entr(input):
    """``-input * log(input)``, what each probability adds to the entropy; 0 at 0, -inf below.

    >>> import minigrad as torch
    >>> torch.special.entr(torch.tensor([0.25, 0.75])).sum()
    tensor(0.5623)
    """
    return _entr_row(input)


def ndtr(input):
    """The share of a standard normal variable's values that are below `input`."""
    return (1 + erf_row(input * math.sqrt(0.5))) * 0.5


def log_ndtr(input):
    """The logarithm of `ndtr`, exact where that is near 0; not of float16.

    >>> import minigrad as torch
    >>> torch.special.log_ndtr(torch.tensor([-10.0, 0.0]))
    tensor([-53.2313,  -0.6931])
    """
    refuse(input.array.dtype == np.float16 and "\"log_ndtr_cpu\" not implemented for 'Half'", NotImplementedError)
    return _log_ndtr_row(input)


def xlog1py(input, other):
    """``input * log1p(other)``, and 0 where `input` is 0; one of them may be a number."""
    if isinstance(other, Tensor):
        return _xlog1py_row(input, other) if isinstance(input, Tensor) else _number_xlog1py(input, other)
    return _xlog1py_number(input, other)


def multigammaln(input, p):
    """The logarithm of the gamma function in `p` dimensions."""
    refuse(p < 1 and "p has to be greater than or equal to 1")
    refuse(input.array.dtype == bool and "The input tensor may not be a boolean tensor.")
    return _mvlgamma_row(input, p)


entr, ndtr, log_ndtr, xlog1py, multigammaln = [
    function_of(f"special_{each.__name__}", each) for each in (entr, ndtr, log_ndtr, xlog1py, multigammaln)]


def __getattr__(name):
    """What torch has too, by its name here."""
    if name in SAME:
        return globals().setdefault(name, function_of(f"special_{name}", FUNCTIONS[SAME[name]]))
    if name in {"ndtri", "erfcx", "zeta", "i0", "i0e", "i1", "i1e", "gammainc", "gammaincc"}:
        raise AttributeError(f"minigrad has no torch.special.{name}.")
    raise AttributeError(f"module 'torch.special' has no attribute {name!r}")
