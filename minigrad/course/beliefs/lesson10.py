"""Beliefs about operations of one's own: what they keep, what they return, how they are checked and derived again."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "attribute-is-saving",
        "ctx.x = x does the same as ctx.save_for_backward(x).",
        "An attribute is just another name of the tensor. If the tensor is changed in place before backward, nobody "
        "notices, and the gradient is computed from the new values. save_for_backward keeps the tensor's version too, "
        "and backward refuses a tensor that has changed.",
    ),
    Belief(
        "saving-copies",
        "What is kept for backward is a copy.",
        "Neither save_for_backward nor an attribute copies anything: both keep the tensor itself. save_for_backward "
        "notices a later change and refuses. An attribute notices nothing.",
    ),
    Belief(
        "a-copy-is-as-good",
        "A clone kept on ctx is as good as a saved tensor.",
        "forward runs without recording, so a clone made there has no history. The first gradient is right, but the "
        "second derivative loses every term that goes through the clone. And a clone takes memory.",
    ),
    Belief(
        "backward-counts-outputs",
        "backward returns as many gradients as forward has outputs.",
        "backward goes the other way: it is given one gradient for each output of forward, and returns one for each "
        "input. For an input that has none, it returns None.",
    ),
    Belief(
        "each-argument-has-a-gradient",
        "backward has to return a tensor for every argument of forward.",
        "There is a place for every argument, but an argument that is no tensor has no gradient. Its place is None.",
    ),
    Belief(
        "function-is-a-function",
        "A Python function of tensor operations is a Function.",
        "Such a function leaves a node for each operation in it, each with PyTorch's own rule. A Function is a class "
        "with forward and backward. Its apply leaves one node, and the rule is yours.",
    ),
    Belief(
        "forward-is-recorded",
        "What forward computes on the way is recorded.",
        "forward runs without recording: its operations are not in the graph. A value that it computed and saved is a "
        "constant for the second derivative. Save inputs and outputs, and compute the rest in backward.",
    ),
    Belief(
        "gradients-are-constants",
        "A gradient is a number, and has no derivative itself.",
        "A gradient is computed from the inputs by tensor operations. With create_graph=True these are recorded, and "
        "the gradient can be derived like any other result.",
    ),
    Belief(
        "create-graph-is-retain-graph",
        "create_graph and retain_graph are the same.",
        "retain_graph keeps the old graph, so that it can be walked once more; the gradient is untracked. create_graph "
        "records the backward pass itself as a new graph, so that the gradient has a derivative.",
    ),
    Belief(
        "float32-gradcheck-is-fine",
        "gradcheck works in float32.",
        "gradcheck takes steps of one millionth. float32 has about seven digits, so what is left of the difference is "
        "mostly rounding, and right gradients fail. Use float64.",
    ),
    Belief(
        "gradcheck-tracks-its-inputs",
        "gradcheck tracks the inputs it is given.",
        "It checks the gradients of those inputs that require grad, and raises an error if there is none.",
    ),
    Belief(
        "gradcheck-only-answers",
        "gradcheck returns True or False.",
        "Where gradients differ it raises an error that shows both. It returns False only with raise_exception=False.",
    ),
    Belief(
        "no-error-means-right",
        "If backward() runs without an error, the gradients are right.",
        "backward() uses the rules it is given, and cannot know whether they are right. To know, compare with another "
        "way, such as finite differences.",
    ),
    Belief(
        "second-is-first-squared",
        "The second derivative is the first one, squared.",
        "The second derivative is the slope of the slope: how the first one changes when x changes.",
    ),
    Belief(
        "again-is-second",
        "To ask for the gradient of y twice gives the second derivative.",
        "To ask the same question again gives the same answer. For the second derivative, ask for the gradient of the "
        "first gradient.",
    ),
    Belief(
        "second-is-slope-at-the-slope",
        "The second derivative is the derivative of f at the place f'(x).",
        "It is the derivative of f' at the place x. The function changes, and the place stays.",
    ),
)
