"""Beliefs about leaves: what a leaf is, how one is lost, and where gradients are kept."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "leaf-means-requires-grad",
        "A leaf is a tensor that requires grad.",
        "These are two questions. A leaf is a tensor that no recorded operation made. Every untracked tensor is a "
        "leaf, and most tracked tensors, those that were computed, are none.",
    ),
    Belief(
        "leaf-means-last",
        "The leaves are the tensors at the end of the computation.",
        "The leaves are where the computation begins. The backward pass starts at the other end, and the leaves are "
        "where it ends: hence the name.",
    ),
    Belief(
        "minus-keeps-the-leaf",
        "`w = w - lr * w.grad` goes on training the same w.",
        "It computes another tensor and gives it the name w. Outside no_grad that tensor is no leaf, so its `.grad` "
        "stays None. Inside no_grad it is a leaf that tracks nothing.",
    ),
    Belief(
        "conversion-keeps-the-leaf",
        "Another dtype, or a factor, leaves a leaf a leaf.",
        "`.to(another dtype)` and `* 0.1` are operations. On a tracked tensor they are recorded, and their result is "
        "no leaf. Convert and scale first, and track what comes out.",
    ),
    Belief(
        "retain-grad-makes-a-leaf",
        "After retain_grad() a tensor is a leaf.",
        "retain_grad() makes backward() keep the gradient of a tensor that is not a leaf. The tensor is still the "
        "result of an operation: it has its grad_fn, and gradients go through it to what it was computed from.",
    ),
    Belief(
        "leaf-changes-in-place",
        "A tracked leaf may be changed in place, like any other tensor.",
        "A change in place would be one more operation between the leaf and what is computed, and the leaf would be "
        "a leaf no more. PyTorch refuses it, unless it is told, by no_grad, not to record.",
    ),
    Belief(
        "computed-is-no-leaf",
        "Whatever was computed is no leaf.",
        "What counts is whether the operation was recorded. What is computed from untracked tensors alone is not "
        "recorded, and its result is a leaf.",
    ),
    Belief(
        "conversion-always-copies",
        "`.to(dtype)` always makes another tensor.",
        "If the tensor has that dtype already, there is nothing to do, and `.to` returns the very tensor it was "
        "called on.",
    ),
    Belief(
        "only-leaves-keep-gradients",
        "Only a leaf can have a gradient in `.grad`.",
        "Unless you ask otherwise. retain_grad(), called before backward(), has the gradient of a result kept as well, "
        "and nothing has to be made a leaf for that.",
    ),
    Belief(
        "minus-starts-anew",
        "After `v = w - lr * w.grad`, v has nothing to do with w any more.",
        "The subtraction is recorded like any other operation. The backward pass goes through it to the old w, and "
        "adds to the gradient there.",
    ),
    Belief(
        "every-none-warns",
        "Reading a `.grad` that is None gives a warning.",
        "The warning is for tensors of which backward() drops the gradient: results that did not ask to keep it. A "
        "leaf may have None in silence.",
    ),
    Belief(
        "assignment-changes-the-tensor",
        "`w = ...` changes the tensor w.",
        "It gives the name w to another tensor. Everybody else who holds the old one still holds the old one. In place "
        "means w -= ..., w.add_(...), or w[...] = ...",
    ),
    Belief(
        "same-value-same-graph",
        "Expressions with the same value have the same graph.",
        "The graph records what ran: which operations, on which tensors, how often. Two ways to the same number are "
        "two graphs.",
    ),
    Belief(
        "retain-grad-works-backwards",
        "retain_grad() can be called after backward().",
        "The gradients of results are dropped while backward() runs. Whoever wants to keep one must say so before.",
    ),
    Belief(
        "floats-are-float64",
        "Python's floats become float64.",
        "In numpy they do. torch.tensor makes float32 of them unless a dtype is given.",
    ),
)
