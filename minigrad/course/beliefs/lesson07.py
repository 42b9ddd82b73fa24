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
    Belief(
        "detach-is-no-grad",
        "detach() and no_grad do the same thing.",
        "detach() gives you one untracked tensor, and everything else is recorded as before. no_grad makes no "
        "tensor: it leaves out every operation that runs in its block, whichever tensors are used there.",
    ),
    Belief(
        "data-is-safe",
        "To change a tensor through `.data` is safe: it is outside the graph.",
        "`.data` shares the memory that the graph may need for going back, but not the counter of changes. So "
        "PyTorch does not notice the change, and the gradient can come out wrong without an error.",
    ),
    Belief(
        "detaching-the-loss-is-harmless",
        "A detached loss has the same value, so I can go on with it.",
        "The value is the same, but the way back is gone. backward() has to be called on the loss that has the "
        "graph; the detached one is for looking at. requires_grad_() silences the error, but brings no graph back.",
    ),
    Belief(
        "clone-cuts",
        "clone() gives a tensor that has nothing to do with the old one.",
        "clone() has memory of its own, but it is an operation like any other: it is recorded, and gradients pass "
        "through it. detach() cuts.",
    ),
    Belief(
        "detached-comes-back",
        "A detached tensor is in the graph again as soon as it meets a tracked one.",
        "The result is tracked, because of the tracked one. The detached tensor serves there as a plain number, and "
        "no gradient goes to where it came from.",
    ),
    Belief(
        "freezing-clears-the-gradient",
        "Freezing a weight also takes away the gradient it has.",
        "Switching the flag off means that no new gradient is computed. What is in `.grad` stays there, and an "
        "optimizer that finds it uses it.",
    ),
    Belief(
        "stored-loss-is-a-number",
        "A loss that I add up or put in a list is just a number.",
        "It is a tensor with its graph, and whatever holds it keeps the graph alive. Store loss.item() or "
        "loss.detach().",
    ),
)
