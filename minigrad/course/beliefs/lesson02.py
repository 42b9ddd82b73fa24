"""Beliefs about how the flag is handed on, and what the graph holds."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "only-tracked-pass-gradients",
        "A gradient passes only through layers whose weights are tracked.",
        "It passes through every result that is tracked, and one tracked input makes a result tracked. The weights "
        "of a layer serve there as plain numbers.",
    ),
    Belief(
        "all-inputs-must-be-tracked",
        "A result is tracked only if all its inputs are.",
        "One tracked input is enough: the result depends on it, so there is a gradient to be found.",
    ),
    Belief(
        "flag-is-not-handed-on",
        "The flag stays with the tensor that I set it on.",
        "The flag is handed on. If an input of an operation is tracked, so is the result. Otherwise there would be "
        "no way back from the loss to the weights.",
    ),
)
