"""Beliefs about backward(v): what v is, what it is multiplied by, and what comes back through broadcasting."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "backward-needs-a-scalar",
        "backward() works on a single number only.",
        "Without an argument it does. With a v of the result's shape, backward(v) works on any result: v says how much "
        "each element counts.",
    ),
    Belief(
        "v-is-a-step-size",
        "The argument of backward() is a step size.",
        "backward(v) takes no step and changes no tensor but `.grad`. v has one number for each element of the "
        "result: the weight of that element's row of the Jacobian.",
    ),
    Belief(
        "backward-returns-the-jacobian",
        "backward() computes the Jacobian.",
        "`.grad` has the shape of x, so there is no room for a matrix in it. backward(v) computes one row: the sum of "
        "all rows of the Jacobian, each times its weight in v.",
    ),
    Belief(
        "ones-give-the-mean",
        "backward with ones gives the mean of the gradients.",
        "Rows are added, not averaged. With ones it is the gradient of the sum; for the mean, each weight is one over "
        "the number of elements.",
    ),
    Belief(
        "jv-is-vjp",
        "J times v and v times J are the same thing.",
        "In vᵀJ the vector weighs outputs, and the result has the shape of the input. In Jv the vector is a direction "
        "of the input, and the result has the shape of the output. backward(v) computes vᵀJ.",
    ),
    Belief(
        "broadcast-gradient-keeps-its-shape",
        "The gradient of a broadcast tensor has the shape it was broadcast to.",
        "A gradient has the shape of its tensor. An element that broadcasting used several times gets the sum of "
        "what comes back from all its uses.",
    ),
    Belief(
        "v-stretches",
        "A smaller v is broadcast to the shape of the result.",
        "backward(v) does not broadcast. v must have the very shape of the result, or there is an error.",
    ),
    Belief(
        "v-is-the-value",
        "v holds the values of the result.",
        "The values of the result are known already. v says how much whatever comes after changes with each of them: "
        "it is the gradient for the result.",
    ),
    Belief(
        "v-only-picks",
        "v says which outputs I want, with ones and zeros.",
        "Ones and zeros pick rows, and that is one use. v holds weights: any numbers, also negative ones and "
        "fractions.",
    ),
    Belief(
        "jacobian-is-diagonal",
        "y[i] depends on x[i] and on nothing else.",
        "That is so for operations that go element by element. After a sum, a matrix product or a division by the "
        "total, an output depends on many inputs.",
    ),
    Belief(
        "each-row-needs-a-new-run",
        "For each row of the Jacobian, f has to be computed again.",
        "One run records one graph, and with retain_graph=True it can be walked back as often as there are rows.",
    ),
    Belief(
        "one-use-is-enough",
        "A broadcast element gets the gradient of one of its uses.",
        "If the element changes, all its copies change. Their effects add up, so their gradients are added.",
    ),
    Belief(
        "only-new-axes-are-summed",
        "Broadcasting stretches only by adding axes in front.",
        "It does that, and it also stretches axes of size 1. Both are uses of one element in many places, so both are "
        "summed on the way back.",
    ),
    Belief(
        "summed-axes-vanish",
        "An axis of size 1 may be left out.",
        "Shapes (3, 1) and (3,) are different shapes: against (3, 2) the second would not even broadcast. A gradient "
        "has the very shape of its tensor, so such an axis is kept.",
    ),
    Belief(
        "total-for-each",
        "Each element of a broadcast tensor gets the total of all that comes back.",
        "An element gets what comes back from its own copies, and from no others.",
    ),
)
