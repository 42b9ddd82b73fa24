"""The uniform distribution."""

from ..operators.sampling import rand
from .distribution import Distribution, together


class Uniform(Distribution):
    """Numbers in [low, high), all equally likely.

    >>> Uniform(0.0, 4.0).mean
    tensor(2.)
    """

    limits = {"low": lambda self: (f"LessThan(upper_bound={self.high})", lambda x: x < self.high),
              "high": lambda self: (f"GreaterThan(lower_bound={self.low})", lambda x: x > self.low)}
    has_rsample = True

    def __init__(self, low, high, validate_args=None):
        self.low, self.high = together(low, high)
        super().__init__(self.low.size(), validate_args)

    mean = property(lambda self: (self.high + self.low) / 2, doc="The mean.")
    variance = property(lambda self: (self.high - self.low).pow(2) / 12,
                        doc="The mean square of the distance from the mean.")

    def support(self):
        return (f"Interval(lower_bound={self.low}, upper_bound={self.high})",
                lambda x: (self.low <= x) & (x <= self.high))

    def rsample(self, sample_shape=()):
        return self.low + rand(self._shape(sample_shape), dtype=self.low.dtype) * (self.high - self.low)

    def log_prob(self, value):
        """The logarithm of the density at `value`."""
        self._check(value)
        inside = self.low.le(value).type_as(self.low) * self.high.gt(value).type_as(self.low)
        return inside.log() - (self.high - self.low).log()

    def entropy(self):
        """The mean of -log_prob."""
        return (self.high - self.low).log()
