"""Beliefs about accumulation and zeroing: what adds up in `.grad`, when to empty it, and what emptying does."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "backward-overwrites",
        "backward() writes the new gradient over the old one.",
        "It adds the new gradient to what is in `.grad`. To start from nothing, empty `.grad` before the next "
        "backward pass.",
    ),
    Belief(
        "zeroing-before-the-step",
        "The gradient can be zeroed as soon as backward() has computed it.",
        "The step reads the gradient. If it is emptied between backward() and the step, the step has nothing to go by.",
    ),
    Belief(
        "zeroing-the-weight",
        "Zeroing before the next step means setting the weight to zero.",
        "What has to be emptied is the gradient, `w.grad`. The weight holds all that was learned, and zeroing it "
        "throws that away.",
    ),
    Belief(
        "none-is-zero",
        "For `.grad`, None and 0 are the same.",
        "None says that there is no gradient, and an optimizer leaves such a parameter alone. With 0 it takes a step, "
        "and momentum or weight decay make that step move the parameter.",
    ),
    Belief(
        "zero-grad-resets-weights",
        "zero_grad() takes the weights back to where they started.",
        "zero_grad() empties `.grad` of the parameters and touches nothing else: not the weights, and not what the "
        "optimizer remembers.",
    ),
    Belief(
        "each-use-has-its-own-grad",
        "A tensor that is used twice has a gradient for each use.",
        "A tensor has one `.grad`, and what comes back from all its uses is added up in it. That sum is the "
        "derivative: if the tensor changes, it changes in all the places where it is used.",
    ),
    Belief(
        "reading-grad-copies-it",
        "`first = w.grad` keeps the gradient as it is now.",
        "It gives the tensor in `w.grad` a second name. The next backward pass adds to that very tensor, and zero_() "
        "empties it. clone() makes a copy.",
    ),
    Belief(
        "zeroing-once-is-enough",
        "It is enough to zero the gradient once.",
        "Each backward pass adds to `.grad`, so `.grad` has to be emptied once for each step.",
    ),
    Belief(
        "zero-before-every-backward",
        "Before every backward() the gradient must be zeroed.",
        "It must be emptied once for each step. Several backward passes for one step may add up in `.grad`, and that "
        "is how a batch is split into parts.",
    ),
    Belief(
        "loss-follows-the-weights",
        "When the weights change, the loss changes with them.",
        "A loss is a number that was computed once, from the weights as they were. After each step it has to be "
        "computed again, and that also makes a new graph to go back through.",
    ),
    Belief(
        "step-before-backward",
        "It does not matter whether the step or backward() comes first.",
        "The step uses what is in `.grad` at that moment. Before backward() that is nothing, or the gradient of an "
        "earlier pass.",
    ),
    Belief(
        "one-step-for-all",
        "One step at the end makes up for all the backward passes.",
        "Then all gradients are computed at the same weights, and the weights move once. Descent is many small steps, "
        "each with the gradient at the place that the last one led to.",
    ),
    Belief(
        "step-after-every-backward",
        "After every backward() comes a step.",
        "A step may use the gradients of several backward passes: those of the parts of a batch are added up first, "
        "and then one step is taken.",
    ),
    Belief(
        "last-loss-holds-all",
        "backward() on the last loss covers the losses computed before it.",
        "It goes back from that one result. A loss that has been given another name, or none, gets no backward pass.",
    ),
    Belief(
        "zero-gradient-is-no-step",
        "With a gradient of 0 a step changes nothing.",
        "That is so for plain gradient descent. Momentum goes on moving with the gradients of earlier steps, and "
        "weight decay pulls a weight towards 0 whatever its gradient is.",
    ),
    Belief(
        "zero-grad-leaves-zeros",
        "After zero_grad() the gradients are 0.",
        "They are None, unless you ask for zeros with set_to_none=False. It has been so since PyTorch 2.0; older texts "
        "say otherwise.",
    ),
    Belief(
        "zero-grad-clears-momentum",
        "zero_grad() also clears the momentum.",
        "Momentum is kept by the optimizer, in its state. zero_grad() empties `.grad` only.",
    ),
    Belief(
        "decay-scales-the-gradient",
        "Weight decay makes the gradient smaller.",
        "It adds a multiple of the weight to the gradient. So a weight whose gradient is 0 still moves towards 0.",
    ),
    Belief(
        "step-moves-everything",
        "step() changes all the parameters of an optimizer.",
        "It skips parameters whose `.grad` is None, and with plain gradient descent a gradient of 0 moves nothing "
        "either.",
    ),
    Belief(
        "parts-count-equally",
        "Each part of a batch counts the same.",
        "In the mean over the batch each row counts the same, so a part counts by its number of rows. The last part is "
        "often a shorter one.",
    ),
    Belief(
        "losses-can-wait",
        "I can add up the losses of the parts and go back once at the end.",
        "The sum is right, but until backward() the graphs of all parts stay in memory, with all the values they keep. "
        "A backward pass for each part frees its graph at once.",
    ),
    Belief(
        "batch-must-be-whole",
        "The gradient of a batch has to be computed in one pass.",
        "The derivative of a sum is the sum of the derivatives, and `.grad` adds them up. So a batch can go through in "
        "parts.",
    ),
    Belief(
        "uses-multiply",
        "Where a tensor is used twice, the gradients of the two uses are multiplied.",
        "Factors along one path are multiplied. What comes back on different paths is added.",
    ),
    Belief(
        "uses-are-averaged",
        "Where a tensor is used twice, its gradient is the mean over the uses.",
        "It is their sum. If the tensor changes by a little, both uses change, and their effects add up.",
    ),
)
