"""Random variables as objects: what can be drawn, with which probability; and gradients through both."""

from .bernoulli import Bernoulli
from .categorical import Categorical
from .distribution import Distribution
from .kl import kl_divergence
from .normal import Normal
from .uniform import Uniform

__all__ = ["Bernoulli", "Categorical", "Distribution", "Normal", "Uniform", "kl_divergence"]


def __getattr__(name):
    if name[:1].isupper():
        raise AttributeError(f"minigrad has no torch.distributions.{name}: write its log_prob and sample as functions.")
    raise AttributeError(f"module 'torch.distributions' has no attribute {name!r}")
