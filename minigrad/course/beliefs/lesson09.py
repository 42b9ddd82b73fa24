"""Beliefs about how an engine works: what goes wrong when one is written by somebody who holds them."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "overwrites-at-fan-out",
        "The gradient that arrives at a value is its gradient.",
        "A value that is used in several places gets a gradient from each of them. Its gradient is their sum, so what "
        "arrives is added to what is there, and overwrites nothing.",
    ),
    Belief(
        "visits-twice",
        "Whenever a gradient arrives at a node, the node hands it on.",
        "Then a node runs once for each path that leads to it, and there are as many paths as 2 to the power of the "
        "number of forks. A node runs once, with the sum of all that has arrived.",
    ),
    Belief(
        "wrong-order",
        "As long as each node runs once, the order does not matter.",
        "A node that runs before one of its users has run hands on a gradient that is not complete. It must wait for "
        "all of its users.",
    ),
    Belief(
        "walks-forwards",
        "Backward goes through the nodes in the order in which they were computed.",
        "It starts at the result, where the gradient is known, and goes the other way: each node after those that "
        "used its value.",
    ),
    Belief(
        "forgets-to-unbroadcast",
        "A gradient that comes out of a rule fits its input.",
        "If the input was broadcast, the gradient has the shape of the result. The input was used once for each copy, "
        "so the gradients of the copies are added up until the shape is that of the input.",
    ),
    Belief(
        "only-new-axes",
        "Broadcasting adds axes in front, and that is all.",
        "It also stretches axes of size 1. The gradient is summed along these too, and they stay, with size 1.",
    ),
    Belief(
        "ignores-no-grad",
        "no_grad is something that backward() looks at.",
        "It is looked at when an operation runs: the result is recorded or it is not. An engine that does not look at "
        "the mode there has no no_grad.",
    ),
    Belief(
        "shares-one-grad",
        "An array that arrives at a leaf can be kept as its gradient.",
        "A rule may give the same array to several inputs. If they keep it, they have one gradient together, and what "
        "is added to the one is added to the other. A leaf needs an array of its own.",
    ),
    Belief(
        "nodes-keep-their-gradient",
        "What has arrived at a node can stay there.",
        "Only `.grad` of a leaf is added up over several passes. On the way, each pass begins with nothing; if it "
        "finds sums of an earlier one, it counts them again.",
    ),
    Belief(
        "recursion-is-deep-enough",
        "A graph can be walked by a function that calls itself.",
        "Python allows about a thousand calls inside one another, and a graph may be longer: a loop of a few thousand "
        "steps is one. A list of what is still to be done has no such limit.",
    ),
    Belief(
        "same-value-is-same-tensor",
        "Two tensors with the same values are the same tensor.",
        "A graph is made of objects. Two weights may be equal by chance, and each has a gradient of its own.",
    ),
    Belief(
        "detach-keeps-the-graph",
        "A detached tensor still knows where it came from.",
        "That is just what it does not. It has the values, and no node, so that no gradient goes through it.",
    ),
    Belief(
        "saves-too-late",
        "A rule can look up the values it needs when backward() runs.",
        "By then they may have changed, by a step of training for instance, and the gradient would be that of another "
        "computation. A node notes what it saw when the operation ran, and refuses if that has changed.",
    ),
    Belief(
        "refuses-after-any-change",
        "A tensor that was changed in place can never be used in a graph again.",
        "What counts is whether it has changed since it was saved. A weight is changed in every step of training, and "
        "saved anew in every forward pass.",
    ),
    Belief(
        "new-array-is-in-place",
        "Putting a new array into a tensor changes it in place.",
        "In place means that the memory is the same afterwards: whoever shares it sees the change. A new array is seen "
        "by nobody else.",
    ),
)
