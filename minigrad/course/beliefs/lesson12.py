"""Beliefs about finding faults: where a cause is to be looked for, and what an error, or no error, tells."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "symptom-is-the-cause",
        "The line that raises the error is the line at fault.",
        "The line that raises is where the damage is noticed, and for autograd that is mostly backward(). What did "
        "the damage ran before. Read what the text says was missing, and look for the line that took it away.",
    ),
    Belief(
        "cause-is-just-above",
        "The cause stands just above the line that raises.",
        "Any number of lines may lie between a fault and the error. They run without a word, because nobody needs "
        "yet what is missing.",
    ),
    Belief(
        "named-operation-is-the-cause",
        "The operation that the error names is at fault.",
        "The text about a change in place names the operation whose value was spoilt. Look for what was done to that "
        "value afterwards.",
    ),
    Belief(
        "in-place-always-fails",
        "A change in place always breaks the backward pass.",
        "It does so only if a node has kept the value that is changed. A sum keeps nothing, so what it added up may "
        "be changed.",
    ),
    Belief(
        "no-error-is-health",
        "A program without an error has the right gradients.",
        "A cut, a change through `.data` or a gradient that was not cleared raises nothing. Look at the gradients: is "
        "one None, is one not what finite differences say?",
    ),
    Belief(
        "nobody-needs-the-last",
        "The last intermediate result may be changed, since nobody uses it any more.",
        "No line of the program uses it, but the node that made it may have kept it, and will use it on the way back.",
    ),
    Belief(
        "tracked-means-connected",
        "If the loss and the weight are both tracked, there is a way from one to the other.",
        "The loss may be tracked because of another tensor. Whether a weight is reached, only the graph can tell.",
    ),
)
