"""Yes or no: 1 with a given probability, else 0."""

from ..dtypes import finfo
from ..grad_mode import no_grad
from ..nn.losses import binary_cross_entropy_with_logits
from ..operators.sampling import bernoulli
from .distribution import REAL, Distribution, lazily, together

ONE_OF_BOTH = "Either `probs` or `logits` must be specified, but not both."


def inside(probs):
    """Probabilities, cut off where their logarithms would not be finite."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


class Bernoulli(Distribution):
    """1 with the probability `probs`, else 0; or `logits` gives log(p / (1 - p)).

    >>> Bernoulli(0.25).variance
    tensor(0.1875)
    """

    limits = {"probs": ("Interval(lower_bound=0.0, upper_bound=1.0)", lambda x: (x >= 0) & (x <= 1)), "logits": REAL}

    def __init__(self, probs=None, logits=None, validate_args=None):
        if (probs is None) == (logits is None):
            raise ValueError(ONE_OF_BOTH)
        name = "logits" if probs is None else "probs"
        (value,) = together(logits if probs is None else probs)
        self.__dict__[name] = value
        super().__init__(value.size(), validate_args)

    @lazily
    def probs(self):
        """The probability of 1."""
        return self.logits.sigmoid()

    @lazily
    def logits(self):
        """log(p / (1 - p))."""
        probs = inside(self.probs)
        return probs.log() - (-probs).log1p()

    mean = property(lambda self: self.probs, doc="The mean.")
    variance = property(lambda self: self.probs * (1 - self.probs),
                        doc="The mean square of the distance from the mean.")

    def support(self):
        return "Boolean()", lambda x: (x == 0) | (x == 1)

    def sample(self, sample_shape=()):
        with no_grad():
            return bernoulli(self.probs.expand(self._shape(sample_shape)))

    def log_prob(self, value):
        """The logarithm of the probability of `value`."""
        self._check(value)
        logits, value = together(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self):
        """The mean of -log_prob."""
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")
