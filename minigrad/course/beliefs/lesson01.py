"""Beliefs about requires_grad: what is tracked, who asked for it, and what it costs."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "every-tensor-is-tracked",
        "Every tensor is tracked.",
        "A tensor you make is tracked only if you ask for it with requires_grad; a result is tracked only if "
        "something it was computed from is.",
    ),
    Belief(
        "flag-computes-now",
        "Setting requires_grad computes something now.",
        "The flag only says that operations on this tensor are to be recorded from now on. Gradients are computed "
        "by backward(), and by nothing before it.",
    ),
    Belief(
        "grad-starts-at-zero",
        "`.grad` starts at 0.",
        "`.grad` is None until a backward pass has reached the tensor; None means that nothing was computed, "
        "zero means that the gradient was computed and is zero.",
    ),
    Belief(
        "integers-have-gradients",
        "Integers can have gradients.",
        "A derivative asks what happens after a small change, and an integer has no small changes: only floating "
        "point and complex tensors can require gradients.",
    ),
    Belief(
        "requires-grad-copies",
        "requires_grad_() returns a copy.",
        "The underscore says that the tensor itself is changed; what is returned is the same tensor.",
    ),
    Belief(
        "data-must-be-tracked",
        "Data must be tracked to train the weights.",
        "A gradient with respect to the weights needs the weights to be tracked. Tracking the data computes and "
        "stores gradients that nobody reads.",
    ),
    Belief(
        "flag-works-backwards",
        "Switching requires_grad on also covers what I computed before.",
        "Operations are recorded while they run. What ran before the flag was on has left nothing to go back "
        "through, so the flag must be on before the computation starts.",
    ),
    Belief(
        "flag-defaults-to-false",
        "requires_grad_() without an argument switches tracking off.",
        "Its argument is True if you leave it out. To switch tracking off, write requires_grad_(False).",
    ),
    Belief(
        "grad-on-every-tensor",
        "backward() fills `.grad` of every tensor that requires grad.",
        "Gradients of the tensors in between are computed on the way and then dropped. They are kept for leaves "
        "only: the tensors that you made yourself.",
    ),
    Belief(
        "tracked-becomes-array",
        "A tracked tensor turns into a numpy array like any other.",
        "numpy does not record what it does, so PyTorch refuses to lose the track in silence. detach() first says "
        "that you mean it.",
    ),
    Belief(
        "backward-takes-any-shape",
        "backward() works on a result with any number of elements.",
        "backward() without an argument asks how one number changes. With several numbers it cannot know which "
        "one you mean, so make one of them first, with sum() or mean().",
    ),
    Belief(
        "one-sided-is-as-good",
        "A step to one side is as good as a step to both.",
        "With a step to one side, the bend of the curve goes into the answer. With steps to both sides it cancels, "
        "and the error shrinks with the square of the step.",
    ),
    Belief(
        "all-at-once",
        "I can move all elements at once and read off every slope.",
        "If all elements move together, the result shows the sum of their effects. To find the slope of one "
        "element, move that one and hold the others still.",
    ),
    Belief(
        "assignment-copies",
        "`a = x` makes a copy of x.",
        "An assignment gives the same tensor a second name. What you change under one name is changed under the "
        "other. clone() makes a copy.",
    ),
    Belief(
        "step-counted-once",
        "The distance between `x + step` and `x - step` is one step.",
        "One point lies a step above x, the other a step below it. They are two steps apart.",
    ),
    Belief(
        "autograd-is-finite-differences",
        "Autograd changes each input by a little and looks at what happens.",
        "Autograd takes no steps. It computes the function once, records its operations, and applies the exact "
        "derivative of each of them on the way back.",
    ),
    Belief(
        "gradient-is-flat",
        "A gradient is a list of numbers, whatever the shape of x.",
        "There is one slope for each element of x, so the gradient has the shape of x.",
    ),
    Belief(
        "node-keeps-all-inputs",
        "A node keeps all the inputs of its operation.",
        "A node keeps what its derivative formula needs, and no more: for a product the other factor, for a sum "
        "nothing at all.",
    ),
    Belief(
        "node-keeps-the-tracked",
        "To find the gradient of w, a node keeps w.",
        "The slope of w * x, seen from w, is x. So it is the other factor that is kept.",
    ),
    Belief(
        "frozen-is-still-recorded",
        "Freezing only stops the update; the operations are recorded as before.",
        "A frozen tensor does not ask for anything to be recorded. An operation on untracked tensors makes no node "
        "and keeps no values.",
    ),
    Belief(
        "graph-holds-no-values",
        "The graph holds the names of the operations, and no values.",
        "The chain rule needs numbers: the slope of w * x is the value of x. Nodes keep such values, and that is "
        "the memory that tracking costs.",
    ),
    Belief(
        "elements-are-bytes",
        "A tensor takes as many bytes as it has elements.",
        "An element takes as many bytes as its dtype says: 4 for float32, 8 for float64.",
    ),
    Belief(
        "tensors-come-untracked",
        "A tensor that I am given is untracked.",
        "It may come from anywhere, with its flag on or off. What must not be tracked has to be switched off.",
    ),
    Belief(
        "dtype-is-inherited",
        "A tensor made from numbers has the dtype of the tensor they came from.",
        "A Python number has no memory of a tensor: torch.tensor makes float32 of floats unless a dtype is given.",
    ),
)
