"""First values for parameters: each function fills a tensor in place, with PyTorch's numbers for the same seed."""

import math
import warnings

import numpy as np

from ..grad_mode import no_grad
from ..operators.arithmetic import where
from ..operators.creation import empty_like
from ..operators.sampling import randperm
from ..tensor import wrap

GAINS = {"linear": 1, "conv1d": 1, "conv2d": 1, "conv3d": 1, "conv_transpose1d": 1, "conv_transpose2d": 1,
         "conv_transpose3d": 1, "sigmoid": 1, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}  # fmt: skip
NOTHING = "Initializing zero-element tensors is a no-op"


def calculate_gain(nonlinearity, param=None):
    """By how much to widen the values in front of a nonlinearity, so that the variance stays what it is.

    `param` is leaky_relu's slope. ValueError for a nonlinearity without a known gain.

    >>> calculate_gain("relu")
    1.4142135623730951
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {slope} not a valid number")
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return GAINS[nonlinearity]


def _calculate_fan_in_and_fan_out(tensor):
    """From how many elements each output is computed, and into how many each input goes."""
    if tensor.dim() < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    window = math.prod(tensor.size()[2:])
    return tensor.size(1) * window, tensor.size(0) * window


def _calculate_correct_fan(tensor, mode):
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return _calculate_fan_in_and_fan_out(tensor)[mode == "fan_out"]


def _written(tensor, values):
    with no_grad():
        return tensor.copy_(wrap(np.asarray(values, tensor.array.dtype)))


def uniform_(tensor, a=0.0, b=1.0, generator=None):
    """Uniform numbers in [a, b)."""
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor, mean=0.0, std=1.0, generator=None):
    """Normal numbers."""
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None):
    """Normal numbers, drawn again where they are not in [a, b].

    If few would be, they are drawn uniformly from it, and kept with the normal density, relative to its maximum there,
    as probability: rejection sampling, after von Neumann, "Various Techniques Used in Connection with Random Digits",
    1951.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )
    below = [(1 + math.erf((bound - mean) / std / math.sqrt(2))) / 2 for bound in (a, b)]
    highest = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2

    def draw(values):
        """Fill `values` with candidates; returns which of them to keep."""
        if below[1] - below[0] > 0.3:
            values.normal_(mean, std, generator=generator)
            return (values >= a) & (values <= b)
        values.uniform_(a, b, generator=generator)
        logarithm = -0.5 * ((values - mean) / std) ** 2 - highest
        return empty_like(values).uniform_(generator=generator).log() <= logarithm

    with no_grad():
        keep, result = draw(tensor), tensor
        while not keep.all():
            again = empty_like(tensor)
            keep, result = keep | draw(again), where(keep, result, again)
        return tensor if result is tensor else tensor.copy_(result)


def constant_(tensor, val):
    """`val` everywhere."""
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor):
    """1 everywhere."""
    return constant_(tensor, 1.0)


def zeros_(tensor):
    """0 everywhere."""
    return constant_(tensor, 0.0)


def eye_(tensor):
    """The identity matrix."""
    if tensor.dim() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _written(tensor, np.eye(*tensor.size()))


def dirac_(tensor, groups=1):
    """The convolution that leaves as many channels as it can as they are."""
    if tensor.dim() not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if tensor.size(0) % groups:
        raise ValueError("dim 0 must be divisible by groups")
    values, per_group = np.zeros(tensor.size()), tensor.size(0) // groups
    middle = tuple(n // 2 for n in tensor.size()[2:])
    for group in range(groups):
        for channel in range(min(per_group, tensor.size(1))):
            values[(group * per_group + channel, channel, *middle)] = 1
    return _written(tensor, values)


def xavier_uniform_(tensor, gain=1.0, generator=None):
    """Uniform, for a variance of 2 / (fan_in + fan_out) (Glorot and Bengio, 2010)."""
    a = math.sqrt(3.0) * (gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor)))))
    return uniform_(tensor, -a, a, generator)


def xavier_normal_(tensor, gain=1.0, generator=None):
    """Normal, with a variance of 2 / (fan_in + fan_out) (Glorot and Bengio, 2010)."""
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor)))), generator)


def _kaiming(tensor, a, mode, nonlinearity):
    """The standard deviation of He and others (2015)."""
    return calculate_gain(nonlinearity, a) / math.sqrt(_calculate_correct_fan(tensor, mode))


def kaiming_uniform_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    """Uniform, for a variance of gain**2 / fan (He and others, 2015); `a` is leaky_relu's slope."""
    if 0 in tensor.size():
        warnings.warn(NOTHING, stacklevel=2)
        return tensor
    bound = math.sqrt(3.0) * _kaiming(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    """Normal, with a variance of gain**2 / fan (He and others, 2015); `a` is leaky_relu's slope."""
    if 0 in tensor.size():
        warnings.warn(NOTHING, stacklevel=2)
        return tensor
    return normal_(tensor, 0, _kaiming(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor, gain=1, generator=None):
    """Orthogonal rows or columns of length `gain` (Saxe and others, 2013); as PyTorch's to about 6 digits."""
    if tensor.dim() < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    rows, columns = tensor.size(0), tensor.numel() // tensor.size(0)
    with no_grad():
        flat = wrap(np.empty((rows, columns), tensor.array.dtype)).normal_(0, 1, generator=generator).array
    q, r = np.linalg.qr(flat.T if rows < columns else flat)
    q = q * np.sign(np.diag(r))
    return _written(tensor, gain * (q.T if rows < columns else q).reshape(tensor.size()))


def sparse_(tensor, sparsity, std=0.01, generator=None):
    """Normal, with the share `sparsity` of each column set to 0."""
    if tensor.dim() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.size()
    with no_grad():
        tensor.normal_(0, std, generator=generator)
        for column in range(columns):
            tensor[randperm(rows)[: math.ceil(sparsity * rows)], column] = 0
    return tensor


def _deprecated(function):
    old = function.__name__[:-1]

    def deprecated(*args, **kwargs):
        warnings.warn(
            f"`nn.init.{old}` is now deprecated in favor of `nn.init.{function.__name__}`.", FutureWarning, stacklevel=2
        )
        return function(*args, **kwargs)

    deprecated.__name__ = deprecated.__qualname__ = old
    deprecated.__doc__ = f"`{function.__name__}` under its old name."
    return deprecated


for _function in (uniform_, normal_, constant_, eye_, dirac_, xavier_uniform_, xavier_normal_, kaiming_uniform_,
                  kaiming_normal_, orthogonal_, sparse_):  # fmt: skip
    globals()[_function.__name__[:-1]] = _deprecated(_function)
