"""Beliefs about training: what a falling loss says, what freezing is, and how large a step is."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "falling-loss-means-right-gradients",
        "The loss goes down, so the gradients are right.",
        "Many wrong directions lead downhill as well, and the parts that do get their gradient can make up for those "
        "that do not. Whether a gradient is right is seen by looking at it, and by comparing it with small steps.",
    ),
    Belief(
        "freezing-is-not-passing",
        "To freeze a weight, I leave it out of the optimizer.",
        "Then the optimizer does not move it, but its gradient is still computed, kept, and added up: zero_grad() "
        "does not reach it either. Freezing is requires_grad_(False).",
    ),
    Belief(
        "sum-is-as-good-as-mean",
        "Whether I take the sum or the mean of the errors makes no difference.",
        "Both are least at the same place, but the gradient of the sum is as many times larger as there are "
        "elements.",
    ),
    Belief(
        "passed-is-trained",
        "What I pass to the optimizer is trained.",
        "The optimizer switches no flag. It reads `.grad`, and skips what has none: a parameter that is not tracked "
        "gets no gradient, whoever holds it.",
    ),
    Belief(
        "zero-grad-empties-everything",
        "optimizer.zero_grad() empties all gradients.",
        "It empties those of the parameters that this optimizer was given. All others go on adding up.",
    ),
    Belief(
        "gradient-is-a-step",
        "A weight that gets a gradient is trained.",
        "backward() changes no weight. The step does, and it moves the parameters that the optimizer was given, and "
        "no others.",
    ),
    Belief(
        "bias-is-no-parameter",
        "A layer is its weight.",
        "A layer has a weight and, as a rule, a bias. Both are trained, and both have to be frozen.",
    ),
    Belief(
        "smaller-steps-mend-it",
        "If the loss explodes, a smaller learning rate mends it.",
        "It hides that the gradient grows with the number of elements. With more data the same rate is too large "
        "again.",
    ),
    Belief(
        "mean-needs-smaller-steps",
        "With the mean, the learning rate has to be divided too.",
        "The mean has divided the gradient already. To divide the rate as well makes the steps too small by the same "
        "factor again.",
    ),
    Belief(
        "square-of-the-mean",
        "The mean of the squares is the square of the mean.",
        "Errors of opposite sign cancel in a mean, and a square of it does not see them. Square first.",
    ),
    Belief(
        "mean-is-over-rows",
        "The mean divides by the number of rows.",
        "mean() without an argument divides by the number of all elements: rows times columns.",
    ),
    Belief(
        "leftover-needs-no-step",
        "The rows that are left over at the end can wait.",
        "Their gradient is in `.grad`, but no step has used it. Either they get a step of their own, or they are lost, "
        "or they are added to a batch they do not belong to.",
    ),
    Belief(
        "present-is-right",
        "A gradient that is there is right.",
        "A cut leaves None, and that is easy to see. A wrong rule leaves a number, and only a comparison shows that it "
        "is a wrong one.",
    ),
    Belief(
        "sign-is-enough",
        "If its sign is right, a gradient is right.",
        "The sign says which way is downhill. The size says how far to go, against all the other parameters: with a "
        "wrong size the step goes elsewhere.",
    ),
    Belief(
        "one-entry-is-enough",
        "One entry of a gradient stands for all.",
        "Each entry is a slope of its own. A fault in an index or in a mask spoils some of them and leaves the others "
        "right.",
    ),
)
