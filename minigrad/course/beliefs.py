"""The catalogue of beliefs: what learners hold to be true of autograd and is not. Exercises refer to it by id."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Belief:
    """A wrong belief: in the learner's words, why it is wrong, and the lesson that meets it first."""

    id: str
    words: str
    why: str
    lesson: str


BELIEFS = {
    belief.id: belief
    for belief in (
        Belief(
            "every-tensor-is-tracked",
            "Every tensor is tracked.",
            "A tensor you make is tracked only if you ask for it with requires_grad; a result is tracked only if "
            "something it was computed from is.",
            "01",
        ),
        Belief(
            "flag-computes-now",
            "Setting requires_grad computes something now.",
            "The flag only says that operations on this tensor are to be recorded from now on. Gradients are computed "
            "by backward(), and by nothing before it.",
            "01",
        ),
        Belief(
            "grad-starts-at-zero",
            "`.grad` starts at 0.",
            "`.grad` is None until a backward pass has reached the tensor; None means that nothing was computed, "
            "zero means that the gradient was computed and is zero.",
            "01",
        ),
        Belief(
            "integers-have-gradients",
            "Integers can have gradients.",
            "A derivative asks what happens after a small change, and an integer has no small changes: only floating "
            "point and complex tensors can require gradients.",
            "01",
        ),
        Belief(
            "requires-grad-copies",
            "requires_grad_() returns a copy.",
            "The underscore says that the tensor itself is changed; what is returned is the same tensor.",
            "01",
        ),
        Belief(
            "data-must-be-tracked",
            "Data must be tracked to train the weights.",
            "A gradient with respect to the weights needs the weights to be tracked. Tracking the data computes and "
            "stores gradients that nobody reads.",
            "01",
        ),
    )
}
