"""A belief: what a learner holds to be true of autograd, and is not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Belief:
    """A wrong belief: in the learner's words, and why it is wrong."""

    id: str
    words: str
    why: str
