"""How far one distribution is from another of the same kind: Kullback and Leibler's divergence."""

from ..nn.functional import softplus
from .bernoulli import Bernoulli
from .categorical import Categorical
from .normal import Normal


def _normal(p, q):
    ratio, distance = (p.scale / q.scale).pow(2), ((p.loc - q.loc) / q.scale).pow(2)
    return 0.5 * (ratio + distance - 1 - ratio.log())


def _categorical(p, q):
    terms = p.probs * (p.logits - q.logits)
    terms = terms.masked_fill((q.probs == 0).expand_as(terms), float("inf"))
    return terms.masked_fill((p.probs == 0).expand_as(terms), 0).sum(-1)


def _bernoulli(p, q):
    ones = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    zeros = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    return ones + zeros


FORMULAS = {Normal: _normal, Categorical: _categorical, Bernoulli: _bernoulli}


def kl_divergence(p, q):
    """The mean over `p` of ``p.log_prob - q.log_prob``; NotImplementedError where there is no formula.

    >>> kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
    tensor(0.5000)
    """
    if type(p) is not type(q) or type(p) not in FORMULAS:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}")
    return FORMULAS[type(p)](p, q)
