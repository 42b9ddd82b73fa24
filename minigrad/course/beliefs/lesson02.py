"""Beliefs about how the flag is handed on, and what the graph holds."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "only-tracked-pass-gradients",
        "A gradient passes only through layers whose weights are tracked.",
        "It passes through every result that is tracked, and one tracked input makes a result tracked. The weights "
        "of a layer serve there as plain numbers.",
    ),
    Belief(
        "all-inputs-must-be-tracked",
        "A result is tracked only if all its inputs are.",
        "One tracked input is enough: the result depends on it, so there is a gradient to be found.",
    ),
    Belief(
        "flag-is-not-handed-on",
        "The flag stays with the tensor that I set it on.",
        "The flag is handed on. If an input of an operation is tracked, so is the result. Otherwise there would be "
        "no way back from the loss to the weights.",
    ),
    Belief(
        "op-changes-its-input",
        "An untracked tensor becomes tracked when it is used together with a tracked one.",
        "An operation makes a new tensor and hands the flag on to that one. It leaves the flags of its inputs alone.",
    ),
    Belief(
        "flag-belongs-to-the-name",
        "A name that stood for a tracked tensor stays tracked.",
        "The flag belongs to the tensor. An assignment gives the name to another tensor, which has a flag of its own.",
    ),
    Belief(
        "constants-are-nodes",
        "Numbers and untracked tensors are nodes of the graph too.",
        "No gradient is to be found for them, so the graph has no place for them. Where an operation has an untracked "
        "input, next_functions says None; for a plain number there is often not even that.",
    ),
    Belief(
        "leaves-have-no-node",
        "A leaf has no node, since its grad_fn is None.",
        "grad_fn is the node that made a tensor, and no operation made a leaf. But a tracked leaf that was used has a "
        "node at the end of the way back, AccumulateGrad, which adds what arrives to .grad.",
    ),
    Belief(
        "every-tensor-has-a-grad-fn",
        "Every tensor has a grad_fn.",
        "Only results of tracked operations have one. For an untracked tensor and for a leaf it is None.",
    ),
    Belief(
        "graph-is-the-code",
        "The graph is a picture of my code: each line once, and both branches of an if.",
        "The graph is written down while the code runs. A line that runs three times leaves three nodes, a branch "
        "that is not taken leaves none, and the next run writes a new graph.",
    ),
    Belief(
        "only-the-last-is-kept",
        "When I assign to y again, what y was before is gone from the graph.",
        "The new node holds the node before it, and that one the node before that. The name y now stands for the "
        "last result, but the whole way back is kept.",
    ),
    Belief(
        "next-is-forwards",
        "next_functions lead forwards, from the first operation to the last.",
        "They lead backwards, the way that gradients go: from the node of a result to the nodes of its inputs.",
    ),
    Belief(
        "first-input-only",
        "next_functions[0][0], again and again, leads through the whole graph.",
        "It leads along one way, through the first input of each operation. There is an entry for each input, and "
        "each can lead to other leaves.",
    ),
    Belief(
        "graph-is-a-tree",
        "What is used twice stands in the graph twice.",
        "A result has one node, however often it is used. Several ways lead to that one node, so the graph is not a "
        "tree, and whoever walks along all ways comes by several times.",
    ),
    Belief(
        "each-use-is-a-leaf",
        "Each use of a weight is a leaf of its own.",
        "A leaf has one node, however often it is used. All ways from the uses end there.",
    ),
    Belief(
        "item-keeps-the-graph",
        "A number that I read with .item() is still connected with its tensor.",
        "A Python number has no grad_fn. What is computed with it is computed with a constant: no gradient goes back "
        "to where the number came from, and no error says so.",
    ),
    Belief(
        "numpy-keeps-the-graph",
        "A tensor that was a numpy array in between is still connected.",
        "numpy records nothing. What comes back is a new tensor without a history, so no gradient goes back through "
        "it.",
    ),
    Belief(
        "comparison-keeps-the-graph",
        "A comparison is recorded like any other operation.",
        "It gives True and False. These jump and have no slope, so the result is never tracked, and converting it "
        "to floats does not change that.",
    ),
    Belief(
        "cast-keeps-the-graph",
        "After a cast to integers and back to floats, the tensor is still connected.",
        "Integers are never tracked, so the graph ends at the cast. The cast back starts from an untracked tensor.",
    ),
    Belief(
        "every-cast-cuts",
        "Every change of dtype cuts the graph.",
        "A change from one floating point dtype to another is a recorded operation like others. Only integers and "
        "truth values are never tracked.",
    ),
    Belief(
        "rounding-cuts-the-graph",
        "round() cuts the graph, as a cast to integers does.",
        "Its result is still floating point, so it is recorded and tracked. The gradient goes through it, but it is "
        "zero: a step function is flat almost everywhere.",
    ),
    Belief(
        "mask-cuts-the-graph",
        "Where a comparison stands in an expression, no gradient passes.",
        "No gradient passes through the comparison. In y * (y > 0) it passes through the other factor: the mask "
        "serves as a constant.",
    ),
)
