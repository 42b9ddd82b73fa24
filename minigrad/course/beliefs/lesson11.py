"""Beliefs about training."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "sum-is-as-good-as-mean",
        "Whether I take the sum or the mean of the errors makes no difference.",
        "Both are least at the same place, but the gradient of the sum is as many times larger as there are "
        "elements.",
    ),
)
