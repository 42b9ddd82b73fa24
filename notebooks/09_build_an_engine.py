# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lesson 09: build your own engine
#
# About 40 minutes. You need lessons [03](03_backward.ipynb), [04](04_accumulation.ipynb), [06](06_grad_modes.ipynb),
# [07](07_detach.ipynb) and [08](08_vjp.ipynb): the backward pass, the two sums, `no_grad`, that `detach()` shares
# memory and that changes in place are counted, and what comes back through broadcasting.
#
# After this lesson you can
#
# 1. say for each part of an autograd engine which program goes wrong without it;
# 2. find, in the steps of a backward pass, the first step in which a wrong engine and a right one part;
# 3. write such an engine yourself, in about 100 lines of numpy: that is what the exercises are for.

# %%
from contextlib import contextmanager

import numpy as np

import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import compare, draw, trace
from minigrad.viz.boxes import LEAF, OPERATION, Box
from minigrad.viz.steps import NODE, START, Passes, Sent, Step

# %% [markdown]
# ## Predict
#
# Here is an engine for single numbers. A `Value` knows what it was computed from, and has a rule: given the gradient of
# the result, the rule says what goes to each input. The two rules are right.


# %%
class Value:
    def __init__(self, data, inputs=(), rule=None):
        self.data, self.inputs, self.rule, self.grad = data, inputs, rule, None

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), lambda grad: (grad, grad))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), lambda grad: (grad * other.data, grad * self.data))


def parts(value):
    """What a value sends to which of its inputs."""
    return zip(value.inputs, value.rule(value.grad)) if value.inputs else ()


# %% [markdown]
# And here is a first walk. It adds what arrives, as [lesson 04](04_accumulation.ipynb) says. Then it goes on to the
# input.


# %%
def first_walk(result):
    result.grad = 1.0
    waiting = [result]
    while waiting:
        value = waiting.pop()
        for input, part in parts(value):
            input.grad = part if input.grad is None else input.grad + part
            waiting.append(input)


w = Value(2.0)
y = w * w
first_walk(y)
print(w.grad)

# %% [markdown]
# Right: the slope of `w * w` at 2 is 4. Now one more operation:
#
# ```python
# w, b = Value(2.0), Value(3.0)
# a = w * b
# y = a * a
# first_walk(y)
# ```
#
# `y` is `9 * w * w`, so its slope at 2 is 36.

# %%
doubled = predict(
    "What does this engine find for w.grad?",
    ["36.0, the right answer", "18.0", "72.0", "there is an error"],
)

# %% [markdown]
# ## Run it

# %%
w, b = Value(2.0), Value(3.0)
a = w * b
y = a * a
first_walk(y)
doubled.compare(w.grad)

# %% [markdown]
# That is twice the slope. The graph, drawn by minigrad:

# %%
w, b = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
a = w * b
y = a * a
draw(y)

# %% [markdown]
# Why? Two arrows lead from `y` to `a`, so `a` was put on the list twice. When it was taken off for the first time, its
# gradient was complete, and it sent 36 to `w`. Then it was taken off again, and sent the same once more. In `w * w`
# this did no harm, since a leaf sends nothing on.
#
# All rules are right, everything is added as it should be, and the answer is wrong. What an engine has to get right
# beyond its rules is the *walk*.

# %% [markdown]
# ## The idea
#
# An engine has three parts. **Recording**: while the program runs, each operation on something tracked leaves a node:
# its inputs, its rule, the values that the rule needs. **Rules**: one for each operation. They know nothing of the
# graph. **The walk**, which `backward()` is:
#
# - go through the nodes in an order in which each comes after all of its users: a **topological order**, from the
#   result to the leaves;
# - run each node once, with the sum of all that has arrived at it;
# - make what comes out fit its input, as after broadcasting;
# - at a leaf, add the sum to `.grad`.
#
# PyTorch's walk is a **ready queue**: a node is ready when all that it waits for has arrived. It is written in C++, and
# its heart is as small as yours will be.

# %% [markdown]
# ## Step backwards through the graph
#
# A right walk, on a graph with one more fork: `a` is used by the product and by the sum. Step forwards, and watch what
# `a` waits for.

# %%
w, b = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
a = w * b
m = a * a
s = m + a
steps = trace(s)
steps.step()

# %% [markdown]
# Two questions about what you saw.

# %%
arrivals_at_a = predict("How many gradients arrive at a before it runs?", ["1", "2", "3"])
place_of_a = predict("Where does the node of a come among the three nodes?", ["first", "second", "third"])

# %%
of_a = steps.passes.boxes.index(next(box for box in steps.passes.boxes if box.name == "a"))
nodes = [step for step in steps.steps if step.kind == "node"]
arrivals_at_a.compare(sum(sent.target == of_a for step in nodes for sent in step.sent))
place_of_a.compare(["first", "second", "third"][[step.box for step in nodes].index(of_a)])
print("w.grad", w.grad, "  b.grad", b.grad)

# %% [markdown]
# The sum sends 1 to `a` at once, in the first of the three nodes. But `a` has two more gradients to wait for, and both
# come from the product.

# %% [markdown]
# ## Worked examples
#
# Each part of an engine answers a program that goes wrong without it. Here are these programs. The answers, in code,
# are what you write in the exercises.
#
# ### Once is not enough: the order
#
# The first walk can be mended so that each value is dealt with once:


# %%
def second_walk(result):
    result.grad = 1.0
    waiting, seen = [result], set()
    while waiting:
        value = waiting.pop()
        if value in seen:
            continue
        seen.add(value)
        for input, part in parts(value):
            input.grad = part if input.grad is None else input.grad + part
            waiting.append(input)


def found_by(walk, program):
    w, b = Value(2.0), Value(3.0)
    walk(program(w * b))
    return w.grad, b.grad


print("a * a:    ", found_by(second_walk, lambda a: a * a))
print("a + a * a:", found_by(second_walk, lambda a: a + a * a))
print("a * a + a:", found_by(second_walk, lambda a: a * a + a))

# %% [markdown]
# The first two are right, the third is not, although it is the same sum as the second. Only the inputs of `+` are the
# other way round. The walk takes the last one off the list first. In the third program that is `a`, which has got 1
# from the sum so far, sends that on, and is done. When the product sends its 12, nobody comes to fetch them.
#
# A queue, first in first out, gets the third right and the second wrong. No rule of the sort "last first" or "nearest
# first" helps: a value must wait until **all of its users** have run. So before the walk starts, or while it runs, the
# engine has to find out how many there are.
#
# ### Add, and find the step where engines part
#
# This walk has the right order, for this one graph, because we give it. And it has another fault: it writes down what
# arrives, in place of adding it. It keeps a log.


# %%
def overwriting_walk(ordered):
    ordered[0].grad = 1.0
    log = []
    for value in ordered:
        sent = list(parts(value))
        for input, part in sent:
            input.grad = part
        log.append((value, value.grad, sent))
    return log


w, b = Value(2.0), Value(3.0)
a = w * b
m = a * a
s = m + a
log = overwriting_walk([s, m, a, b, w])
print("w.grad", w.grad, "  b.grad", b.grad)

# %% [markdown]
# What `compare` of `minigrad.viz` looks at is plain data: boxes and steps. So the log of any engine can be laid beside
# a pass of minigrad. The next cell turns ours into that form (there is nothing to learn from it), and then asks for the
# first step in which the two part.


# %%
def told(log, names, operations):
    """The log of a walk as Passes: values by name, inputs first, and what was computed by which operation."""
    values = list(names.values())
    boxes = [
        Box(OPERATION if value.inputs else LEAF, operations.get(name, ""), "", name, (("value", str(value.data)),),
            tuple(map(values.index, value.inputs)), is_output=value is log[0][0])
        for name, value in names.items()
    ]  # fmt: skip
    steps = [Step(START, values.index(log[0][0]), "", 1, np.array(1.0))]
    for value, grad, sent in log:
        gradients = [(values.index(input), np.array(part)) for input, part in sent]
        steps.append(
            Step(NODE if value.inputs else LEAF, values.index(value), "", 1, np.array(grad),
                 tuple(Sent(place, name, "", "", part, part, part)
                       for (place, part), name in zip(gradients, ("self", "other"))),
                 after=None if value.inputs else np.array(grad))
        )  # fmt: skip
    return Passes(tuple(boxes), tuple(steps))


mine = told(log, {"w": w, "b": b, "a": a, "m": m, "s": s}, {"a": "mul", "m": "mul", "s": "add"})
compare(mine, steps, labels=("the walk that overwrites", "minigrad"))

# %% [markdown]
# At the product both send 6 and 6. But there the sum at `a` becomes 6 in the one engine, and 13 in the other: 1 from
# the sum, and 6 twice. All that comes after is wrong because of this step. If an engine of yours gives wrong numbers,
# look for the first step, not for the last.
#
# ### The sum over copies
#
# The rules above are for numbers. With arrays, numpy broadcasts, and a rule that knows nothing of it sends back
# something too large:

# %%
x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
bias = np.zeros(3)
grad_of_the_sum = np.ones((2, 3))
grad_of_bias = grad_of_the_sum  # what a rule for + gives that forgets the broadcasting
bias = bias - 0.5 * grad_of_bias
print("the bias now has the shape", bias.shape)

tracked = torch.zeros(3, requires_grad=True)
(torch.tensor(x.tolist()) + tracked).sum().backward()
print("minigrad:", tracked.grad)

# %% [markdown]
# There was no error. The bias has become a matrix, and training goes on with it. Each element of the bias was used in
# two rows, so two gradients come back for it, and they are added up: the same sum as at a fork. It needs the shape that
# the input had, and an engine does it in one place, for all rules.
#
# ### An array of its own
#
# The rule of `+` gives one and the same gradient to both inputs. With numbers that is fine. Arrays can be changed:

# %%
grad = np.ones(2)
first_grad, second_grad = grad, grad  # .grad of two leaves, as they came from the rule
first_grad += np.ones(2)  # a second pass, which reaches the first leaf only
print(first_grad, second_grad)

# %% [markdown]
# Two leaves, one gradient. The second has got what was meant for the first. So what a leaf keeps must be an array that
# nobody else has.
#
# ### No recursion
#
# A walk is written down in four lines if the function calls itself. And it works, until somebody's loop is long:


# %%
def count_by_recursion(value):
    return 1 + sum(count_by_recursion(input) for input in value.inputs[:1])


for length in (10, 100, 5000):
    chain = Value(0.0)
    for _ in range(length):
        chain = chain + Value(1.0)
    try:
        print(length, "operations:", count_by_recursion(chain), "values")
    except RecursionError as error:
        print(length, "operations: RecursionError:", str(error).split(" in ")[0].split(" while")[0])

# %% [markdown]
# Python allows about a thousand calls inside one another. The walks at the beginning keep a list of what is still to be
# done, and that list may grow as long as it likes.
#
# ### A switch that is put back
#
# `no_grad` is a switch that recording looks at. The line after `yield` puts it back:

# %%
mode = {"enabled": True}


@contextmanager
def careless_no_grad():
    mode["enabled"] = False
    yield
    mode["enabled"] = True


with careless_no_grad():
    print("inside:        ", mode["enabled"])
print("after:         ", mode["enabled"])
try:
    with careless_no_grad():
        raise ValueError("bad batch")
except ValueError:
    print("after an error:", mode["enabled"])

# %% [markdown]
# After the error nothing would ever be recorded again, and the next `backward()` would find no graph, far away from the
# line that was to blame. There is a second fault in it that this cell does not show. You find both in exercise 09.6.
#
# ### What was saved must not change
#
# A rule is run long after its operation. In the meantime somebody may have taken a step of training:

# %%
w = Value(3.0)
y = w * w
w.data = 2.5  # a step
first_walk(y)
print("our engine:", w.grad)

w = torch.tensor(3.0, requires_grad=True)
y = w * w
with torch.no_grad():
    w -= 0.5
try:
    y.backward()
except RuntimeError as error:
    print("minigrad:", str(error).split(":")[0])

# %% [markdown]
# `y` was computed with 3, and its slope was 6. Our engine says 5: that is the slope at a place where `y` was never
# computed. minigrad, as PyTorch, counts the changes of each tensor, notes the number when a value is saved, and
# compares.
#
# ### The same graph by hand
#
# Back to `s = a * a + a`. This is what a right engine computes, line by line, with `arrived` for the sums of this pass:

# %%
w, b = 2.0, 3.0
a = w * b

arrived = {"s": 1.0, "m": 0.0, "a": 0.0, "w": 0.0, "b": 0.0}
arrived["m"] += arrived["s"]  # s = m + a runs: two inputs
arrived["a"] += arrived["s"]
arrived["a"] += arrived["m"] * a  # m = a * a runs: the same input twice
arrived["a"] += arrived["m"] * a
arrived["w"] += arrived["a"] * b  # a = w * b runs, and now it has everything
arrived["b"] += arrived["a"] * w
print(arrived)

# %% [markdown]
# ### The same with two blanks
#
# Another graph: `q = p * p`, then `r = q * p`, at `p = 2`. So `r` is the third power, and its slope is 12. Put the
# right line in place of each `...`. If both are right, the last line prints `{'r': 1.0, 'q': 2.0, 'p': 12.0}`.

# %%
p = 2.0
q = p * p

arrived = {"r": 1.0, "q": 0.0, "p": 0.0}
arrived["q"] += arrived["r"] * p  # r = q * p runs
...  # blank 1: what r sends to p
arrived["p"] += arrived["q"] * p  # q = p * p runs
...  # blank 2: and once more
print(arrived)

# %% [markdown]
# ## Exercises
#
# They are in [exercises/09_build_an_engine](../exercises/09_build_an_engine/09_build_an_engine.ipynb), and take about
# 115 minutes: take a break after 09.3, and another after 09.5. You write one engine, piece by piece: the sum over
# copies, nodes, rules, the order, the walk, the modes, the guard over saved values. minigrad and PyTorch are out of
# reach while it is checked. In the last one you write the test that tells right engines from wrong ones.

# %% [markdown]
# ## The same in PyTorch
#
# What your engine will do, PyTorch does. Below is what PyTorch 2.13 printed for this cell. Above all, three things
# differ from yours. In PyTorch `.grad` is a tensor and not an array. Its nodes lead to nodes (`next_functions`) and not
# to tensors. And it frees what was saved after a pass, so that going twice through `w * w` takes `retain_graph=True`.
# `w + 1` saves nothing, so one can go through it as often as one likes.


# %%
def main_points(torch):
    w = torch.tensor(2.0, requires_grad=True)
    b = torch.tensor(3.0, requires_grad=True)
    a = w * b
    (a * a + a).backward()
    print(w.grad, b.grad)

    w = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (w + 1).sum()
    y.backward()
    y.backward()
    print(w.grad)

    row, column = torch.zeros(3, requires_grad=True), torch.zeros(2, 1, requires_grad=True)
    (torch.ones(2, 3) + row + column).sum().backward()
    print(row.grad, column.grad.shape)

    w = torch.tensor([1.0], requires_grad=True)
    y = w
    for _ in range(5000):
        y = y + 1
    y.backward()
    print(w.grad)

    w = torch.tensor([3.0], requires_grad=True)
    y = w * w
    with torch.no_grad():
        w -= 0.5
    try:
        y.backward()
    except RuntimeError as error:
        print(str(error).split(":")[0])


same_in_pytorch(
    main_points,
    recorded="""
tensor(39.) tensor(26.)
tensor([2., 2.])
tensor([2., 2., 2.]) torch.Size([2, 1])
tensor([1.])
one of the variables needed for gradient computation has been modified by an inplace operation
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The first two are about the walks above. The third brings back
# something from [lesson 04](04_accumulation.ipynb).
#
# ```python
# w, b = Value(2.0), Value(3.0)
# first_walk(w * b + w)                     # 1. What is w.grad?
#
# w = Value(1.0)
# a = w + w
# c = a + a
# first_walk(c + c)                         # 2. What is w.grad? (The slope is 8.)
#
# w = torch.tensor(2.0, requires_grad=True)
# (w * 3).backward()
# loss = w * 3
# w.grad = None
# loss.backward()                           # 3. What is w.grad?
# ```

# %%
first = predict("1. What is w.grad?", ["3.0", "4.0", "8.0"])
second = predict("2. What is w.grad?", ["8.0", "16.0", "more than 16"])
third = predict("3. What is w.grad?", ["None", "tensor(3.)", "tensor(6.)"])

# %%
w, b = Value(2.0), Value(3.0)
first_walk(w * b + w)
first.compare(w.grad)

w = Value(1.0)
a = w + w
c = a + a
first_walk(c + c)
second.compare(w.grad if w.grad <= 16 else "more than 16")
print("   it is", w.grad)

w = torch.tensor(2.0, requires_grad=True)
(w * 3).backward()
loss = w * 3
w.grad = None
loss.backward()
third.compare(w.grad)

recall("09")

# %% [markdown]
# In the first, `w` is used twice, but it is a leaf and sends nothing on, so the first walk is right. In the second, `c`
# is taken off the list twice and `a` more often, and each time they send on all that has come so far. In the third,
# `w.grad = None` forgets the first pass. The graph of `loss` does not mind: its pass brings 3 once.

# %% [markdown]
# ## Summary
#
# | an engine must | or else |
# |---|---|
# | add what arrives at a value | where a value is used twice, a part of its gradient is lost |
# | run each node once | what it sends is counted once for each path |
# | run it after all of its users | it sends on a gradient that is not complete |
# | sum over copies | a gradient has the wrong shape, and so has the weight after the step |
# | keep sums for one pass only, `.grad` for good | a second pass counts the first one again |
# | give each leaf an array of its own | two weights share one gradient |
# | walk without recursion | a long loop cannot be differentiated |
# | look at the mode when it records, and put it back after an error | from then on nothing is recorded |
# | notice when a saved value has changed | the gradient is that of another computation |
#
# Next is [lesson 10](10_functions.ipynb), on custom functions: rules of your own, for PyTorch's engine.
