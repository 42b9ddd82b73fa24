"""Beliefs about the backward pass and the chain rule."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "local-is-the-gradient",
        "The derivative of one operation is the gradient.",
        "The derivative of one operation is one factor. The gradient is the product of all the factors between "
        "the result and the tensor.",
    ),
)
