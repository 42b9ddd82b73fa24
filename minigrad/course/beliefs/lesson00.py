"""Beliefs about what `backward()` leaves behind, and about being checked."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "gradient-is-the-value",
        "The gradient is the value of the result.",
        "The value says how large the result is. The gradient says how fast it changes when an input changes.",
    ),
    Belief(
        "backward-changes-its-leaf",
        "backward() puts the gradient into the tensor itself.",
        "backward() stores the gradient beside the tensor, in `.grad`. The tensor's value stays as it was; to change "
        "it is a step of its own.",
    ),
    Belief(
        "backward-returns-the-gradient",
        "backward() returns the gradient.",
        "backward() returns None. There may be many tensors that get a gradient, so each finds its own in `.grad`.",
    ),
    Belief(
        "backward-covers-what-follows",
        "backward() also covers what is computed after it.",
        "It goes back once, when it is called, through what has been computed by then. Call it after the last line "
        "that computes.",
    ),
    Belief(
        "right-once-right-always",
        "What gives the right answer once is right.",
        "One example may fit by chance. A check looks at several inputs, so write what the text asks for, and not "
        "what one example needs.",
    ),
)
