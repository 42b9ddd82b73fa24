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
# # Lesson 02: propagation and the graph
#
# About 40 minutes. You need [lesson 01](01_requires_grad.ipynb): what a tracked tensor is, what a leaf is, and what
# `.grad` holds.
#
# After this lesson you can
#
# 1. predict `requires_grad` and `grad_fn` of any expression, also with loops and ifs in it;
# 2. walk from a result along `next_functions` to its leaves;
# 3. say where a graph breaks, and mend it.

# %%
import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import draw, record, trace

# %% [markdown]
# ## Predict
#
# Four lines. They compute the square of `w` as `w * w.item()`. `.item()` gives the value of a tensor with one element
# as a Python number.
#
# ```python
# w = torch.tensor(3.0, requires_grad=True)
# y = w * w.item()
# y.backward()
# print(y, w.grad)
# ```
#
# `y` is 9. Choose an answer before you run the cell after the next one. Nothing is graded here.

# %%
half_tracked = predict(
    "What is w.grad after these four lines?",
    ["tensor(6.)", "tensor(3.)", "None, and no error", "there is an error in the line with backward()"],
)

# %% [markdown]
# ## Run it

# %%
w = torch.tensor(3.0, requires_grad=True)
y = w * w.item()
y.backward()
print(y, w.grad)
half_tracked.compare(w.grad)

# %% [markdown]
# Is 3 the slope of the square at 3? Let us try it, with a small step to both sides:

# %%
step = 0.01
print(f"slope by trying: {((3 + step) * (3 + step) - (3 - step) * (3 - step)) / (2 * step):.4f}")
draw(y)

# %% [markdown]
# The slope is 6, and half of it is lost. The picture shows why. Only one arrow comes from `w` to the product. The other
# factor is *untracked*: it is the number 3.0, and a number does not say that it came from `w`. So `y` was recorded as
# `w * 3.0`, and the slope of that is 3. There was no error, and the value of `y` is right. This is what makes such a
# break hard to find.
#
# Now the same without `.item()`. Two arrows, and both bring something back:

# %%
w = torch.tensor(3.0, requires_grad=True)
square = w * w
square.backward()
print(square, w.grad)
draw(square)

# %% [markdown]
# ## The idea
#
# When an operation runs, autograd looks at its inputs. If **at least one** is tracked, the result is tracked. The
# operation leaves a **node**, and the result's `grad_fn` is that node. The inputs stay as they are. If none is tracked,
# or if the result is made of integers or truth values, nothing is recorded.
#
# A node lists the nodes of its inputs in `next_functions`, with `None` for an untracked tensor. A tracked leaf has a
# node too, `AccumulateGrad`, which holds the leaf as `variable`. These nodes and links are the **graph**. Its nodes are
# operations, not tensors, and it leads backwards, from results to leaves.
#
# The graph is **dynamic**: it is written while the code runs. It holds what ran and not what the code says, and each
# run writes a new one. What has become a Python number or an array is no longer in it.

# %%
w = torch.tensor(2.0, requires_grad=True)
x = torch.tensor(3.0)
h = w * x
y = h + 1.0
for name, tensor in [("w", w), ("x", x), ("h", h), ("y", y)]:
    made_by = None if tensor.grad_fn is None else tensor.grad_fn.name()
    print(f"{name}  requires_grad={tensor.requires_grad!s:5}  grad_fn={made_by}")

# %% [markdown]
# ## Step backwards through the graph
#
# The next cell has a loop in it. `y` begins at 6 and is multiplied by `w` as long as it is below 20. So the line in the
# loop runs twice, and the comparison runs three times. Go through the steps of the backward pass.

# %%
w = torch.tensor(2.0, requires_grad=True)
x = torch.tensor(3.0)
y = w * x
while y < 20.0:
    y = y * w
passes = trace(y)
passes.step()

# %% [markdown]
# Three products, one after the other. The backward pass knows nothing of a loop: it goes through what ran.
#
# Two questions about what you saw.

# %%
comparisons = predict(
    "y < 20.0 ran three times. How many steps of the backward pass are comparisons?",
    ["0", "1", "3"],
)
changes = predict(
    "All three products use w. How many times is something added to w.grad?",
    ["once", "three times"],
)

# %%
nodes = [step.node for step in passes.steps]
comparisons.compare(sum(node.startswith("Lt") for node in nodes))
at_the_leaf = nodes.count("torch::autograd::AccumulateGrad")
changes.compare({1: "once", 3: "three times"}[at_the_leaf])
print("w.grad:", w.grad)

# %% [markdown]
# A comparison decides what runs. It is not recorded itself: `True` and `False` have no slope. And `w` has one node,
# however often it is used. That node waits until all three gradients have come in, and adds their sum to `w.grad`.

# %% [markdown]
# ## Worked examples
#
# ### Who hands on the flag
#
# `w` is tracked, `x` is data, and `f` is frozen. Say of each line what you expect before you look at its output.

# %%
w = torch.tensor([0.5, -1.5], requires_grad=True)
x = torch.tensor([1.0, 2.0])
f = torch.tensor([3.0, 3.0], requires_grad=True).requires_grad_(False)
h = w * x
made = {
    "w * x": w * x,
    "x * f": x * f,
    "h * f": h * f,
    "h + 1.0": h + 1.0,
    "h.double()": h.double(),
    "h.round()": h.round(),
    "h.long()": h.long(),
    "h > 0.0": h > 0.0,
    "h * (h > 0.0)": h * (h > 0.0),
    "h.argmax()": h.argmax(),
}
for text, result in made.items():
    made_by = None if result.grad_fn is None else result.grad_fn.name()
    print(f"{text:14} requires_grad={result.requires_grad!s:5} grad_fn={made_by}")
print("\nand afterwards, of the inputs: ", x.requires_grad, f.requires_grad)

# %% [markdown]
# Four things to see. (What you ask autograd *not* to record has lessons of its own: [lesson 06](06_grad_modes.ipynb)
# for `no_grad`, [lesson 07](07_detach.ipynb) for `detach`.)
#
# - One tracked input is enough. `h * f` is tracked although `f` is frozen: `f` is a constant factor there, and the
#   gradient goes on to `h`.
# - The inputs stay as they were. `x` was used with `w`, and is untracked as before.
# - Integers and truth values are never tracked, so the graph ends at `long()`, at a comparison, at `argmax()`.
#   `double()` and `round()` give floating point, so they are recorded like others.
# - In `h * (h > 0.0)` the comparison is untracked, but it is one factor of two. The other is `h`. A comparison used as
#   a **mask** does no harm.

# %% [markdown]
# ### Walk the graph
#
# You can go the way of the backward pass yourself, against the arrows of the pictures. Each entry of `next_functions`
# is a pair: a node, and the number of that node's output, which is 0 for a node with one output.

# %%
p = torch.tensor([2.0], requires_grad=True)
q = torch.tensor([3.0], requires_grad=True)
z = (p * q + 2.0) ** 2
node = z.grad_fn
while node.next_functions:
    print(node.name(), "with", len(node.next_functions), "entries")
    node = node.next_functions[0][0]
print(node.name(), "of p:", node.variable is p)
print(str(z.grad_fn).split(" at ")[0], "at ...")

# %% [markdown]
# The last line is a node as it prints itself, up to its address. That is another one on every run, so these lessons
# print `.name()`.
#
# This walk takes the first entry at each node, so it comes by `p` and never sees `q`. To see everything, follow all
# entries:


# %%
def show(node, depth=0):
    print("   " * depth + ("None" if node is None else node.name()))
    if node is not None:
        for before, _ in node.next_functions:
            show(before, depth + 1)


show(z.grad_fn)

# %% [markdown]
# Both leaves are there. `None` under `AddBackward0` stands for the number 2.0, and the exponent has no entry at all: no
# gradient is to be found for a number. You may read that the nodes of the graph are tensors or operations. They are
# operations; a leaf is there through its `AccumulateGrad`, and a result such as `p * q` has no place of its own.
#
# One more thing about this way of showing it. Here `h` is used twice:

# %%
h = p * q
z = h * h
show(z.grad_fn)
left, right = (before for before, _ in z.grad_fn.next_functions)
print("the same node:", left is right, left is h.grad_fn)
draw(z)

# %% [markdown]
# The list shows the product `p * q` twice, since two ways lead to it. But there is one such node, and the picture shows
# it once. The graph is not a tree. Whoever walks it has to remember which nodes have been met.

# %% [markdown]
# ### The graph is of the run, not of the code
#
# One function, two runs, two graphs:


# %%
def bend(t):
    if t > 0.0:
        t = t * 2.0
    else:
        t = t.exp()
    return t - 1.0


for start in (3.0, -3.0):
    t = torch.tensor(start, requires_grad=True)
    y = bend(t)
    print(f"from {start:4}:", y.grad_fn.name(), "after", y.grad_fn.next_functions[0][0].name())

# %% [markdown]
# The branch that was not taken is in neither graph. Look at the name `t`, too. Inside the function it is given to a new
# tensor, but the node of the old one is not lost: the new node holds it.
#
# A loop leaves one node for each round. How many rounds there are may depend on the numbers:

# %%
for start in (1.0, 100.0):
    t = torch.tensor(start, requires_grad=True)
    y = t * 2.0
    while y < 1000.0:
        y = y * 2.0
    rounds, node = 0, y.grad_fn
    while node.name() == "MulBackward0":
        rounds, node = rounds + 1, node.next_functions[0][0]
    y.backward()
    print(f"from {start:5}: y = {y.item():6}   {rounds:2} nodes MulBackward0   t.grad = {t.grad}")

# %% [markdown]
# The gradient is that of what ran: ten times doubled, or four times. And one sign in the code can be more than one
# operation, or another one than you think:

# %%
t = torch.tensor(4.0, requires_grad=True)
show((2.0 / t).grad_fn)
show((2.0 - t).grad_fn)

# %% [markdown]
# `2.0 / t` ran as one over `t`, times 2.0. `2.0 - t` is a subtraction in reverse order, and `Rsub` says so.

# %% [markdown]
# ### Where the graph breaks
#
# `draw` shows the graph. What is not in the graph is not in its picture either, so a break cannot be seen there.
# `record` looks at everything that runs, whether autograd records it or not.

# %%
w = torch.tensor(1.0, requires_grad=True)
x = torch.tensor(5.0)
with record() as seen:
    y = w * x
    large = y > 4.0
    whole = y.long()
    plain = y.detach()
    array = torch.from_numpy(plain.numpy())
    number = y.item()
    loss = y * whole + y * array + y * number
    loss.backward()
print("w.grad:", w.grad)
seen.draw()

# %% [markdown]
# Three boxes say that the gradient stops: the comparison, the conversion to integers (a **cast**), and `detach()`. The
# array is a box without an arrow into it: what numpy does cannot be seen. And `number` has no box at all, so the last
# product has an arrow from `y` alone. Each of the three products is 25, as `y * y` is. But each sent 5 back to `y`,
# through one factor, where `y * y` would have sent 5 through each of two. So 15 came to `y`, half of what should have
# come, and there was no error.
#
# `round()` is another case. It does not break the graph, but it is flat between its steps, so the gradient that
# comes through is zero. And `torch.tensor` copies the numbers it is given; to put tracked tensors together, use
# `torch.stack`.

# %%
w = torch.tensor(2.6, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
rounded = w.round()
rounded.backward()
print("round():     ", rounded.grad_fn.name(), w.grad)
print("torch.tensor:", torch.tensor([w.item(), b.item()]).requires_grad)
print("torch.stack: ", torch.stack([w, b]).grad_fn.name())

# %% [markdown]
# | break | what to write |
# |---|---|
# | `.item()`, `.tolist()`, `float(w)` | leave it a tensor; take the number out only to print it |
# | `.detach().numpy()` and back | the torch function: `torch.exp`, `torch.tanh`, ... |
# | `.long()`, `.int()`, `.bool()` | stay in floating point |
# | a comparison as the result | use it as a mask, or to decide what runs |
# | `torch.tensor([w.item(), b.item()])` | `torch.stack([w, b])` |
#
# (PyTorch gives a warning for `float(w)`, and none for `w.item()`.)
#
# One thing that does *not* mend a break: to switch the flag on behind it. The error is gone, and the gradient is too.

# %%
w = torch.tensor(2.0, requires_grad=True)
loss = torch.tensor(w.item() ** 2)
try:
    loss.backward()
except RuntimeError as error:
    print(error)
loss.requires_grad_()
loss.backward()
print("w.grad:", w.grad)

# %% [markdown]
# ### Why does b not learn?
#
# A model with two weights. Only one of them gets a gradient.

# %%
x = torch.tensor([1.0, 2.0, 3.0])
target = torch.tensor([3.0, 5.0, 7.0])
w = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)


def loss_of(w, b):
    y = w * x + b.item()
    return ((y - target) ** 2).mean()


loss = loss_of(w, b)
show(loss.grad_fn)
loss.backward()
print(w.grad, b.grad)

# %% [markdown]
# Go down to `AddBackward0`. Its first entry leads to `w`. The second is `None`, and there should be the node of `b`. So
# the break is in the sum: `b.item()`. Without `.item()`, `b` is in the graph:


# %%
def loss_of(w, b):
    y = w * x + b
    return ((y - target) ** 2).mean()


w = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
loss = loss_of(w, b)
loss.backward()
print(w.grad, b.grad)

# %% [markdown]
# `w.grad` is the same as before: it was right all the time. This is why such a break goes unnoticed.

# %% [markdown]
# ### A whole example: the way to a leaf
#
# From the loss to `b`, one node after the other. At each node, choose the input that leads on: its place in
# `next_functions`. A sum has its first input at place 0 and its second at place 1.

# %%
loss = loss_of(w, b)
node = loss.grad_fn
for place in [0, 0, 0, 1]:
    print(node.name(), "-> input", place)
    node = node.next_functions[place][0]
leaf = node.variable
print(node.name(), leaf is b)

# %% [markdown]
# ### The same with two blanks
#
# Now the way to `w`, in another model: `target - (b + x * w)`. Replace each `...`. If both are right, the last line
# prints `torch::autograd::AccumulateGrad True`, as above.

# %%
loss = ((target - (b + x * w)) ** 2).mean()
node = loss.grad_fn
for place in [0, 0, ..., 1, 1]:  # blank 1: which input of the difference leads on?
    if place is ...:
        break
    node = node.next_functions[place][0]
leaf = ...  # blank 2: the leaf that this node belongs to
print(node.name(), leaf is w)

# %% [markdown]
# ## Exercises
#
# They are in [exercises/02_propagation](../exercises/02_propagation/02_propagation.ipynb),
# and take about 48 minutes. You will predict flags and graphs, fill in the rule by which the flag is handed on, go from
# a picture back to its expression, mend a loss whose graph breaks, and write two walks through a graph.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ.


# %%
def main_points(torch):
    w = torch.tensor(3.0, requires_grad=True)
    x = torch.tensor(2.0)
    y = w * w.item()
    y.backward()
    print(y, w.grad)
    h = w * x
    print(h.requires_grad, x.requires_grad, (h > 0.0).requires_grad, h.long().requires_grad, h.round().requires_grad)
    z = (h + 2.0) ** 2
    node = z.grad_fn
    while node.next_functions:
        print(node.name(), [None if before is None else before.name() for before, _ in node.next_functions])
        node = node.next_functions[0][0]
    print(node.name(), node.variable is w)
    for start in (1.0, 100.0):
        t = torch.tensor(start, requires_grad=True)
        y = t * 2.0
        while y < 1000.0:
            y = y * 2.0
        y.backward()
        print(y, t.grad)


same_in_pytorch(
    main_points,
    recorded="""
tensor(9., grad_fn=<MulBackward0>) tensor(3.)
True False False False True
PowBackward0 ['AddBackward0']
AddBackward0 ['MulBackward0', None]
MulBackward0 ['torch::autograd::AccumulateGrad', None]
torch::autograd::AccumulateGrad True
tensor(1024., grad_fn=<MulBackward0>) tensor(1024.)
tensor(1600., grad_fn=<MulBackward0>) tensor(16.)
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The third brings back something from
# [lesson 01](01_requires_grad.ipynb).
#
# ```python
# t = torch.tensor(4.0, requires_grad=True)
# y = t * 1.0
# for _ in range(3):
#     y = y - t if y > 5.0 else y + t
# y.backward()
# print(t.grad)                                                # 1. What is printed?
#
# v = torch.tensor([1.0, -2.0], requires_grad=True)
# mask = (v > 0.0).float()
# print(mask.requires_grad, (v * mask).requires_grad)          # 2. What is printed?
#
# p = torch.tensor(2.0, requires_grad=True)
# q = torch.tensor(5.0, requires_grad=True)
# r = p * q.item()
# r.backward()
# print(q.grad)                                                # 3. What is printed?
# ```

# %%
first = predict("1. What is printed?", ["tensor(1.)", "tensor(2.)", "tensor(3.)", "tensor(4.)"])
second = predict("2. What is printed?", ["False False", "False True", "True True"])
third = predict("3. What is printed?", ["tensor(0.)", "tensor(2.)", "None"])

# %%
t = torch.tensor(4.0, requires_grad=True)
y = t * 1.0
values = [y.item()]
for _ in range(3):
    y = y - t if y > 5.0 else y + t
    values.append(y.item())
y.backward()
first.compare(t.grad)
print("   the values of y:", values)

v = torch.tensor([1.0, -2.0], requires_grad=True)
mask = (v > 0.0).float()
second.compare(f"{mask.requires_grad} {(v * mask).requires_grad}")

p = torch.tensor(2.0, requires_grad=True)
q = torch.tensor(5.0, requires_grad=True)
r = p * q.item()
r.backward()
third.compare(q.grad)
recall("02")

# %% [markdown]
# In the first, `y` is 4, then 8, 4 and 8 again: plus, minus, plus. So the graph of this run is `t + t - t + t`. In the
# second, the mask comes from a comparison, and the product is tracked through its other factor. In the third,
# `q.item()` is a number. No way leads back to `q`, so nothing was computed for it, and that is `None`.

# %% [markdown]
# ## Summary
#
# | what | in short |
# |---|---|
# | a result is tracked | if at least one input is tracked and the result is floating point |
# | the inputs | stay as they are |
# | never tracked | integers, truth values, Python numbers, arrays |
# | `grad_fn` | the node of the operation that made a tensor; `None` for leaves and untracked tensors |
# | `next_functions` | a pair for each input: its node, or `None` if it is untracked, and the number of the output |
# | the node of a leaf | `AccumulateGrad`, one for each leaf; `.variable` is the leaf |
# | the graph | of the run: a node for each operation that ran, one for each result, however often it is used |
# | to see the graph | `draw(y)`; to see where it breaks, `record()` |
# | a break | raises no error as long as another way is left: ask which leaves the loss has |
#
# Next is [lesson 03](03_backward.ipynb), on `backward()` and the chain rule: what each node does when a gradient comes
# in, in which order, and what it keeps for that.
