"""Beliefs about the backward pass and the chain rule."""

from minigrad.course.beliefs.belief import Belief

BELIEFS = (
    Belief(
        "local-is-the-gradient",
        "The derivative of one operation is the gradient.",
        "The derivative of one operation is one factor. The gradient is the product of all the factors between "
        "the result and the tensor.",
    ),
    Belief(
        "code-order",
        "Gradients flow in the order of the code.",
        "They flow against it. A node needs the gradient of its own result first, and that comes from the nodes "
        "that were made later.",
    ),
    Belief(
        "backward-twice-always",
        "backward() can be called a second time, whatever the graph has saved.",
        "Saved values are freed on the way. A second pass works only through nodes that need none, or if the pass "
        "before it had retain_graph=True.",
    ),
    Belief(
        "backward-twice-never",
        "backward() can never be called a second time.",
        "Nothing forbids it. It fails where a saved value is gone; nodes that saved none, such as that of a sum, can "
        "run again.",
    ),
    Belief(
        "output-grad-is-filled",
        "After `loss.backward()` the gradient is in `loss.grad`.",
        "The loss is where the pass starts, and its own gradient, 1, is not kept. Gradients are kept in `.grad` of the "
        "leaves, such as the weights.",
    ),
    Belief(
        "one-way-counts",
        "Of several ways to a tensor, one counts.",
        "A change travels along every way at once, so the gradients that come along all of them are added.",
    ),
    Belief(
        "gradient-starts-at-the-value",
        "The backward pass starts with the value of the loss.",
        "It starts with the slope of the loss seen from the loss itself. That is 1, whatever its value.",
    ),
    Belief(
        "output-gradient-starts-at-zero",
        "All gradients start at 0, that of the loss too.",
        "Sums start at 0, but something must flow. The slope of the loss seen from itself is 1, and all that follows "
        "is a multiple of that.",
    ),
    Belief(
        "square-is-one-use",
        "In `a * a`, a is used once.",
        "It is used twice, and each use passes a gradient back: together 2 * a times what came in.",
    ),
    Belief(
        "backward-goes-one-step",
        "backward() finds the gradients of what the last operation used.",
        "It goes on from there, node by node, until it reaches the leaves.",
    ),
    Belief(
        "retain-works-afterwards",
        "retain_graph=True lets a pass run on a graph that was freed.",
        "It is a word to the pass it is given to: do not free. What an earlier pass has freed is gone.",
    ),
    Belief(
        "retain-graph-is-free",
        "retain_graph=True can be given to every backward(), to be safe.",
        "Each pass that keeps the graph keeps its saved values in memory. The last pass should free them.",
    ),
    Belief(
        "each-result-has-its-own-graph",
        "Two results have two graphs, so what one pass frees is still there for the other.",
        "Results that come from the same tensor share the nodes behind it. What is freed there is freed for both.",
    ),
    Belief(
        "sharing-forbids",
        "Two results that share a part can never both be backpropagated.",
        "Only saved values can be missing. If the shared nodes saved none, both passes work.",
    ),
    Belief(
        "constant-is-not-saved",
        "A number such as the 3 in `x * 3` is part of the code, so it need not be saved.",
        "The graph does not read the code again. What a derivative needs is saved by the node, numbers included.",
    ),
    Belief(
        "freed-for-good",
        "Once an expression has been backpropagated, it cannot be again.",
        "What is freed belongs to one run of the code. To run it again makes new nodes that have saved their values.",
    ),
    Belief(
        "forward-must-run-again",
        "Each backward() needs a forward of its own.",
        "Two results of one forward can share it: keep the graph for the first pass, or add the results and go back "
        "once.",
    ),
    Belief(
        "silenced-is-mended",
        "If the error is gone, the gradients are right.",
        "To detach the shared part, or to catch the error, leaves out what should have flowed through it.",
    ),
    Belief(
        "recomputed-is-reused",
        "To write an expression twice is to use its result twice.",
        "Each time the expression runs it makes a node of its own. A result with a name is computed once and used as "
        "often as you like.",
    ),
    Belief(
        "sides-are-alike",
        "The two sides of an operation can be swapped.",
        "A node knows which input was first. For a difference that changes the sign; even for a product it changes "
        "which value is saved for which input.",
    ),
    Belief(
        "local-at-the-start",
        "All slopes are taken at the x that went in at the start.",
        "Each operation sees what the one before it made. Its slope is taken there.",
    ),
    Belief(
        "local-at-the-result",
        "The slope of an operation is taken at its result.",
        "The slope says what happens if the input changes, so it is taken at the input. (exp can use its result, "
        "because that is its slope.)",
    ),
    Belief(
        "factors-are-added",
        "The slopes along a chain are added.",
        "If a step doubles a change and the next makes it three times as large, it is six times as large in the end: "
        "along one way slopes are multiplied. Sums belong where several ways meet.",
    ),
    Belief(
        "composition-reversed",
        "In a chain, the last one named runs first.",
        "What was listed first runs first, on the way forward. Only the way back begins at the end.",
    ),
)
