"""The normal distribution."""

import math

from ..grad_mode import no_grad
from ..operators.creation import ones, zeros
from ..operators.sampling import normal
from .distribution import REAL, Distribution, together


class Normal(Distribution):
    """Normal numbers with mean `loc` and standard deviation `scale`, numbers or tensors.

    >>> Normal(0.0, 1.0).log_prob(zeros(1))
    tensor([-0.9189])
    """

    limits = {"loc": REAL, "scale": ("GreaterThan(lower_bound=0.0)", lambda x: x > 0)}
    has_rsample = True

    def __init__(self, loc, scale, validate_args=None):
        self.loc, self.scale = together(loc, scale)
        super().__init__(self.loc.size(), validate_args)

    mean = mode = property(lambda self: self.loc, doc="The mean.")
    stddev = property(lambda self: self.scale, doc="The standard deviation.")
    variance = property(lambda self: self.scale**2, doc="The mean square of the distance from the mean.")

    def support(self):
        return REAL

    def sample(self, sample_shape=()):
        shape = self._shape(sample_shape)
        with no_grad():
            return normal(self.loc.expand(shape), self.scale.expand(shape))

    def rsample(self, sample_shape=()):
        shape, kind = self._shape(sample_shape), self.loc.dtype
        return self.loc + normal(zeros(shape, dtype=kind), ones(shape, dtype=kind)) * self.scale

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._check(value)
        return -((value - self.loc) ** 2) / (2 * self.variance) - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value):
        """The probability of less than `value`."""
        self._check(value)
        return 0.5 * (1 + ((value - self.loc) * self.scale.reciprocal() / math.sqrt(2)).erf())

    def icdf(self, value):
        """The number below which a share `value` lies."""
        return self.loc + self.scale * (2 * value - 1).erfinv() * math.sqrt(2)

    def entropy(self):
        """The mean of -log_prob."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()
