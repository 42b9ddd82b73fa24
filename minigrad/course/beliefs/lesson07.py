"""Beliefs about detach: cutting a graph, sharing memory, freezing."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "frozen-layer-blocks",
        "A frozen layer stops the gradient on its way to the layers before it.",
        "Freezing a weight means that no gradient is computed for that weight. The gradient still passes through "
        "the layer to what came before.",
    ),
    Belief(
        "detach-changes-its-source",
        "detach() changes the tensor itself.",
        "detach() returns a new tensor that is not tracked, and leaves the old one as it was. Methods that change "
        "the tensor itself end with an underscore.",
    ),
    Belief(
        "detach-copies",
        "detach() makes a copy.",
        "The detached tensor is untracked, but it shares its memory with the old one: what you change in one is "
        "changed in the other. clone() makes a copy.",
    ),
)
