"""One of several: a number from 0 to n - 1, each with a given probability."""

import math

from ..dtypes import finfo
from ..grad_mode import no_grad
from ..operators.creation import full
from ..operators.rearranging import broadcast_tensors
from ..operators.sampling import multinomial
from ..operators.scans import softmax
from .bernoulli import ONE_OF_BOTH, inside
from .distribution import Distribution, lazily


def _sum_to_1(x):
    return (x >= 0).all(-1) & ((x.sum(-1) - 1).abs() < 1e-6)


class Categorical(Distribution):
    """Indices drawn with the probabilities `probs`, of shape (..., n); or `logits` gives their logarithms.

    Both are scaled so that the probabilities add up to 1.

    >>> import minigrad as torch
    >>> Categorical(torch.tensor([1.0, 3.0])).probs
    tensor([0.2500, 0.7500])
    """

    limits = {"probs": ("Simplex()", _sum_to_1),
              "logits": ("IndependentConstraint(Real(), 1)", lambda x: (x == x).all(-1))}

    def __init__(self, probs=None, logits=None, validate_args=None):
        if (probs is None) == (logits is None):
            raise ValueError(ONE_OF_BOTH)
        name, value = ("logits", logits) if probs is None else ("probs", probs)
        if value.dim() < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if probs is None:
            self.logits = value - value.logsumexp(dim=-1, keepdim=True)
        else:
            self.probs = value / value.sum(-1, keepdim=True)
        self._num_events = value.size(-1)
        super().__init__(value.size()[:-1], validate_args)

    @lazily
    def probs(self):
        """The probabilities, which add up to 1."""
        return softmax(self.logits, -1)

    @lazily
    def logits(self):
        """Their logarithms."""
        return inside(self.probs).log()

    mean = variance = property(
        lambda self: full(self.batch_shape, float("nan"), dtype=self.probs.dtype), doc="Names have none: nan.")
    mode = property(lambda self: self.probs.argmax(dim=-1), doc="What is most likely.")

    def support(self):
        last = self._num_events - 1
        return (f"IntegerInterval(lower_bound=0, upper_bound={last})",
                lambda x: (x % 1 == 0) & (x >= 0) & (x <= last))

    def sample(self, sample_shape=()):
        rows = self.probs.reshape(-1, self._num_events)
        with no_grad():
            return multinomial(rows, math.prod(sample_shape), True).T.reshape(self._shape(sample_shape))

    def log_prob(self, value):
        """The logarithm of the probability of `value`."""
        self._check(value)
        value, logits = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logits.gather(-1, value[..., :1]).squeeze(-1)

    def entropy(self):
        """The mean of -log_prob."""
        return -(self.logits.clamp(min=finfo(self.logits.dtype).min) * self.probs).sum(-1)
