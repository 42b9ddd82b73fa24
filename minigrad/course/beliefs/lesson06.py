"""Beliefs about the grad modes: what no_grad switches, for how long, and what it leaves alone."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "no-grad-changes-tensors",
        "no_grad switches requires_grad off for the tensors that I use inside.",
        "no_grad changes no tensor. It switches the recording off: results made inside have no node, and the tensors "
        "they were made from keep their flags.",
    ),
    Belief(
        "no-grad-lasts",
        "After a no_grad block, recording stays off.",
        "The end of the block puts the switch back to what it was before, so the next line is recorded again.",
    ),
    Belief(
        "inside-can-be-backpropagated",
        "What I computed inside no_grad can still be differentiated later.",
        "Nothing was written down while it was computed, so there is no way back through it. In a later computation "
        "it is a constant.",
    ),
    Belief(
        "all-inside-is-untracked",
        "Everything that is made inside no_grad is untracked.",
        "no_grad holds for the results of operations. A tensor that is made with requires_grad=True is tracked "
        "wherever it is made, and a view of a tracked tensor has its flag.",
    ),
    Belief(
        "backward-is-forbidden-inside",
        "backward() cannot run inside no_grad.",
        "backward() walks a graph that is there already and has nothing to record. It needs a graph that was made "
        "while recording was on; where it is called makes no difference.",
    ),
    Belief(
        "eval-is-no-grad",
        "eval() switches the recording off.",
        "eval() sets the flag `training` of a model and its layers, and dropout and batch norm look at it. Operations "
        "are recorded as before.",
    ),
    Belief(
        "no-grad-is-eval",
        "Under no_grad, dropout and batch norm behave as in evaluation.",
        "These layers look at their own flag `training`, which eval() and train() set. no_grad does not touch it.",
    ),
    Belief(
        "no-grad-line-switches",
        "`torch.no_grad()` on a line of its own switches the recording off.",
        "That line makes an object that can switch, and drops it. The switch is turned where a `with` block begins, "
        "or where a decorated function is called.",
    ),
    Belief(
        "outer-block-wins",
        "Inside no_grad, enable_grad can do nothing.",
        "There is one switch, and the block that was entered last has turned it. At its end it is put back.",
    ),
    Belief(
        "enable-grad-tracks",
        "Inside enable_grad, everything is tracked.",
        "enable_grad switches the recording on, which is how it is from the start. A result is still tracked only if "
        "one of its inputs is.",
    ),
    Belief(
        "end-switches-on",
        "When a block or a function is over, recording is on again.",
        "A block puts back what was set before it, and that may be off. Whoever turns the switch by hand has to look "
        "at it first, and put that back.",
    ),
    Belief(
        "mode-stops-at-the-call",
        "A no_grad block holds for the lines in it, and not for the functions that they call.",
        "There is one switch, not one for each function. As long as it is off, nothing is recorded, in whichever "
        "function the operation stands.",
    ),
    Belief(
        "block-covers-what-is-defined",
        "A function that is defined inside no_grad runs without recording.",
        "The switch is looked at when an operation runs. By the time the function is called, the block in which it "
        "was defined is over.",
    ),
    Belief(
        "mode-ends-with-the-function",
        "What I set with set_grad_enabled() holds until the end of my function.",
        "Called as a function, set_grad_enabled() turns the switch, and nobody turns it back. As a `with` block or as "
        "a decorator it puts back what was before.",
    ),
    Belief(
        "errors-put-back",
        "If an error ends my function, what it has switched is switched back.",
        "An error skips the lines that follow it. Only a `with` block, or a `finally`, puts the switch back whatever "
        "happens.",
    ),
    Belief(
        "set-returns-the-mode",
        "set_grad_enabled() returns what the switch was before.",
        "It returns an object for a `with` block. What the switch is set to, torch.is_grad_enabled() tells.",
    ),
    Belief(
        "view-leads-back",
        "A view leads back to its source, wherever it was made.",
        "The way back is a node, and inside no_grad no node is made. The view has the flag of its source and shares "
        "its memory, but no gradient finds the way.",
    ),
    Belief(
        "backward-ends-tracking",
        "After backward(), the loss is a plain number.",
        "backward() frees what the nodes have saved. The loss keeps its flag and its node, so it stays tracked until "
        "it is detached.",
    ),
    Belief(
        "eval-ends-by-itself",
        "eval() holds for one evaluation.",
        "It sets a flag that stays until somebody calls train(). A model that is left in evaluation mode trains "
        "without dropout, and nobody is told.",
    ),
    Belief(
        "train-is-the-normal-mode",
        "After an evaluation, the model belongs into training mode.",
        "It may have been in evaluation mode before. Look at its flag `training` first, and put that back.",
    ),
    Belief(
        "train-restores-layers",
        "train() puts each layer back into the mode that it was in.",
        "train() and eval() set the flag of the model and of all the layers in it. A layer that was kept in "
        "evaluation mode on purpose loses that.",
    ),
)
