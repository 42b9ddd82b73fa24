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
# # Lesson 05: leaf and non-leaf
#
# About 35 minutes. You need lessons [01](01_requires_grad.ipynb) to [04](04_accumulation.ipynb): what is tracked, the
# graph, the backward pass, and that gradients are added up in `.grad`.
#
# After this lesson you can
#
# 1. predict `is_leaf` and `.grad` of any tensor, and whether reading `.grad` gives a warning;
# 2. say what `w = w - lr * w.grad` does, outside `no_grad` and inside, and write the update that trains;
# 3. find the line in which a leaf was lost, and mend it.

# %%
import warnings

import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import draw, trace

# %% [markdown]
# ## Predict
#
# Four lines: a backward pass, one step of gradient descent, and another backward pass. The slope of `w * w` is
# `2 * w`.
#
# ```python
# w = torch.tensor(3.0, requires_grad=True)
# (w * w).backward()                # w.grad is 6 now
# w = w - 0.1 * w.grad              # w is 2.4 now
# (w * w).backward()
# ```
#
# Choose an answer before you run the cell after the next one. Nothing is graded here.

# %%
after_a_step = predict(
    "What is w.grad after these four lines?",
    [
        "tensor(4.8000), the slope at 2.4",
        "tensor(10.8000), since gradients are added up",
        "None, and no error",
        "there is an error in the last line",
    ],
)

# %% [markdown]
# ## Run it

# %%
w = torch.tensor(3.0, requires_grad=True)
(w * w).backward()
print("before the step:", w, w.grad)
w = w - 0.1 * w.grad
try:
    (w * w).backward()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        happened = "None, and no error" if w.grad is None else str(w.grad)
except RuntimeError:
    happened = "there is an error in the last line"
print("after the step: ", w)
after_a_step.compare(happened)

# %% [markdown]
# No error, but a warning, which this cell has caught. Its first two sentences:

# %%
print(". ".join(str(caught[0].message).split(". ")[:2]) + ".")

# %% [markdown]
# Why? The third line does not change the tensor `w`. It computes *another* tensor, and gives that one the name `w`. The
# tensor from the first line has lost its name, but it is still there. Look at the two prints above: the first `w` says
# `requires_grad=True`, the second says `grad_fn=<SubBackward0>`.
#
# Here are the same lines again. This time the first tensor has a second name, `start`, under which we can find it.

# %%
w = start = torch.tensor(3.0, requires_grad=True)
(w * w).backward()
w = w - 0.1 * w.grad
loss = w * w
print("Is w the tensor from the first line?", w is start)
draw(loss)

# %% [markdown]
# The tensor with the name `w` is in the middle of the graph. It is one more result on the way from `start` to `loss`.

# %% [markdown]
# ## The idea
#
# A **leaf** is a tensor that no recorded operation made: its `grad_fn` is `None`, its `is_leaf` is `True`. There are
# two kinds.
#
# - A leaf with `requires_grad=True` is where the backward pass ends. Its node, `AccumulateGrad`, adds what arrives to
#   `.grad`.
# - Every untracked tensor is a leaf too, by convention, also if it was computed. No gradient comes to it.
#
# All others are **non-leaf** tensors: results of recorded operations. A gradient goes through them and is dropped.
# `.grad` stays `None`, and to read it gives a warning. `retain_grad()`, called before `backward()`, has it kept. That
# does not make the tensor a leaf.
#
# To train, a leaf must stay the same tensor. So it is changed in place, and under `no_grad()`, so that the change is
# not recorded.

# %%
step = 0.1 * start.grad
for name, tensor in [("start", start), ("step", step), ("w", w), ("loss", loss)]:
    made_by = None if tensor.grad_fn is None else tensor.grad_fn.name()
    flags = f"is_leaf={tensor.is_leaf!s:5}  requires_grad={tensor.requires_grad!s:5}"
    print(f"{name:5}  {flags}  grad_fn={made_by}")

# %% [markdown]
# `step` was computed, but from `start.grad`, which is not tracked. So nothing was recorded, and `step` is a leaf.

# %% [markdown]
# ## Step backwards through the graph
#
# These are the same lines once more, with the backward pass from `loss`. Go through its steps. Watch what happens at
# `w`, and where the pass ends.

# %%
w = start = torch.tensor(3.0, requires_grad=True)
(w * w).backward()
w = w - 0.1 * w.grad
loss = w * w
trace(loss).step()

# %% [markdown]
# Two questions about what you saw.

# %%
at_w = predict(
    "What gradient came to w, to be handed on and dropped?",
    ["tensor(2.4000)", "tensor(4.8000)", "tensor(10.8000)", "none at all"],
)
once_more = predict(
    "If we compute w * w once more and call backward(), what will start.grad be?",
    ["tensor(4.8000)", "tensor(10.8000)", "tensor(15.6000)", "None"],
)

# %% [markdown]
# To see the answer to the first, ask `w` to keep its gradient this time.

# %%
w.retain_grad()
(w * w).backward()
at_w.compare(w.grad)
once_more.compare(start.grad)

# %% [markdown]
# So a gradient came to `w` both times. The first time, nobody had asked to keep it. And `start`, which in the four
# lines at the beginning did not even have a name any more, has collected all that came.

# %% [markdown]
# ## Worked examples
#
# ### Two questions, three kinds of tensors
#
# *Is it a leaf?* and *does it require grad?* are two questions. Four pairs of answers can be thought of. Three of them
# exist.

# %%
x = torch.tensor([1.0, 2.0])
w = torch.tensor([0.5, -1.0], requires_grad=True)
doubled = x * 2.0
h = w * doubled
total = h.sum()


def show(**tensors):
    for name, tensor in tensors.items():
        print(f"{name:10} is_leaf={tensor.is_leaf!s:5}  requires_grad={tensor.requires_grad}")


show(x=x, doubled=doubled, w=w, h=h, total=total)

# %% [markdown]
# Data and what is computed from data: leaves that are not tracked. Weights: leaves that are tracked. What is computed
# from a weight, and recorded: tracked, and no leaf. What does not exist is an untracked tensor that is no leaf.
#
# `total` is the last tensor of the computation, and no leaf. The name comes from a tree that grows from the result:
# `backward()` starts at the root, and the leaves are where it ends.
#
# ### Three updates
#
# Here are three ways to write one step of gradient descent. Each starts with the same weight and the same gradient.


# %%
def weight_with_gradient():
    w = torch.tensor(3.0, requires_grad=True)
    (w * w).backward()
    return w


def report(title, w, before):
    flags = f"is_leaf={w.is_leaf!s:5}  requires_grad={w.requires_grad}"
    print(f"{title:26}{w.item():.1f}  same tensor: {w is before!s:5}  {flags}")


w = before = weight_with_gradient()
w = w - 0.1 * w.grad
report("outside no_grad, w = w -", w, before)

w = before = weight_with_gradient()
with torch.no_grad():
    w = w - 0.1 * w.grad
report("inside no_grad, w = w -", w, before)
untracked = w

w = before = weight_with_gradient()
with torch.no_grad():
    w -= 0.1 * w.grad
report("inside no_grad, w -=", w, before)

# %% [markdown]
# The number is the same three times. The tensors are not. The first is a non-leaf, as you have seen. The second was
# computed while nothing was recorded, so it is a leaf that tracks nothing, and the next `backward()` says so. Only the
# third is a weight that can go on learning:

# %%
try:
    (untracked * untracked).backward()
except RuntimeError as error:
    print("the second:", error)
w.grad = None
loss = w * w
loss.backward()
print("the third: ", w, "with the gradient", w.grad)
draw(loss)

# %% [markdown]
# In a loop, the first of the three fails in its second step. Before that comes the warning that you know (this cell
# keeps it back), and then an error that says nothing of leaves. If you meet it, look for an update that made a new
# tensor:

# %%
w = torch.tensor(3.0, requires_grad=True)
try:
    for step in (1, 2):
        print("step", step)
        (w * w).backward()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            w = w - 0.1 * w.grad
except TypeError as error:
    print(error)

# %% [markdown]
# ### A tracked leaf is not changed in place while operations are recorded
#
# Why the `no_grad`? Without it, the change would be an operation like any other, and would have to be recorded. Then
# the leaf would be a result. PyTorch refuses:

# %%
w = torch.tensor([0.5, -1.0], requires_grad=True)


def subtract(w):
    w -= 0.1


def set_first(w):
    w[0] = 0.0


for change in (subtract, set_first, torch.Tensor.zero_):
    try:
        change(w)
    except RuntimeError as error:
        print(f"{change.__name__:9} {error}")
print(w)

# %% [markdown]
# (The second message speaks of a **view**: a tensor that shares its memory with another one. `w[0]` is a view of `w`,
# so to change it is to change `w`.)
#
# Other tensors may be changed in place: untracked leaves, and also results, as long as no node has saved their old
# values for the backward pass. Such a change is recorded if something tracked goes into it. That can turn an untracked
# leaf into a non-leaf:

# %%
h = w * 2.0
h += 1.0
print("h:    ", h)
total = torch.zeros(2)
print("total:", total, total.is_leaf)
total += w
print("total:", total, total.is_leaf)

# %% [markdown]
# ### How a leaf is lost
#
# It takes one operation between making the tensor and using it. Some do not look like operations:

# %%
w = torch.tensor([0.5, -1.0], requires_grad=True)
results = {
    "w * 0.1": w * 0.1,
    "w.to(torch.float64)": w.to(torch.float64),
    "w.to(torch.float32)": w.to(torch.float32),
    "w.clone()": w.clone(),
    "w.reshape(2, 1)": w.reshape(2, 1),
    "w[0]": w[0],
}
for line, result in results.items():
    made_by = None if result.grad_fn is None else result.grad_fn.name()
    print(f"{line:20} is_leaf={result.is_leaf!s:5}  is w: {result is w!s:5}  grad_fn={made_by}")

# %% [markdown]
# All are results, except one: `w` has the dtype `float32` already, so `.to(torch.float32)` returns `w` itself.
#
# This is why a weight that is made in one line may never learn. Below, the leaf is the first tensor in the line, and
# nobody holds it. The cure is the order: **first compute, then track**.

# %%
lost = torch.tensor([0.5, -1.0], requires_grad=True).to(torch.float64) * 0.1
kept = (torch.tensor([0.5, -1.0]).to(torch.float64) * 0.1).requires_grad_()
print("lost:", lost)
print("kept:", kept)
for weight in (lost, kept):
    (weight * weight).sum().backward()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    print(lost.grad, "and", kept.grad)

# %% [markdown]
# The print tells: a lost leaf shows `grad_fn=`, a leaf shows `requires_grad=True`.
#
# What if the weight comes from somewhere else, and is tracked already? Then `requires_grad_()` at the end is no cure.
# It sets the flag, which is set, and says nothing. `detach()` gives the same values, untracked and so a leaf, which may
# be tracked again:

# %%
given = torch.tensor([0.5, -1.0], requires_grad=True)
still_lost = (given * 0.1).requires_grad_()
found = (given.detach() * 0.1).requires_grad_()
show(still_lost=still_lost, found=found)

# %% [markdown]
# The layers of `torch.nn` know about this. A **layer** is an object that holds weights and computes with them:
# `Linear(2, 1)` takes two numbers and gives one, a weighted sum plus a constant. Its weights are leaves, and a layer
# that is converted changes its weights and does not replace them. So `.to` on a *layer* keeps the leaves, and `.to` on
# a *tensor* does not:

# %%
layer = torch.nn.Linear(2, 1)
weight = layer.weight
layer.to(torch.float64)
print(layer.weight.dtype, "  same tensor:", layer.weight is weight, "  is_leaf:", layer.weight.is_leaf)

# %% [markdown]
# ### Who notices, and who does not
#
# An optimizer refuses a non-leaf. So does the flag, if you try to switch it *off*. But an untracked leaf is taken
# without a word, and never learns.

# %%
try:
    torch.optim.SGD([lost], lr=0.1)
except ValueError as error:
    print("optimizer, non-leaf:      ", error)
try:
    lost.requires_grad_(False)
except RuntimeError as error:
    print("requires_grad_(False):    ", str(error).split(". ")[0])

untracked = torch.tensor([0.5, -1.0])
optimizer = torch.optim.SGD([untracked], lr=0.1)
optimizer.step()
print("optimizer, untracked leaf:", untracked)

# %% [markdown]
# ### Keep a gradient on the way
#
# Sometimes you want to see the gradient of a result: how strongly does the loss depend on `h`? Call `retain_grad()`
# *before* `backward()`. Afterwards the gradient has been dropped, and nothing brings it back.

# %%
w = torch.tensor([0.5, -1.0], requires_grad=True)
x = torch.tensor([1.0, 2.0])
h = w * x
h.retain_grad()
square = h * h
loss = square.sum()
loss.backward()
square.retain_grad()  # too late
print("w:     ", w.grad, w.is_leaf)
print("h:     ", h.grad, h.is_leaf)
print("square:", square.grad, square.is_leaf)

# %% [markdown]
# `h` has a gradient and is no leaf. And the pass did not end at `h`: `w` has its gradient too. In the picture, `h` is
# still a box between `w` and the loss:

# %%
draw(loss)

# %% [markdown]
# ### A whole example: a loop that keeps its leaf
#
# Look at the line with `-=`, and at the line above it. The last column is the question of this lesson.

# %%
x = torch.tensor([1.0, 2.0, 3.0])
target = torch.tensor([2.0, 4.0, 6.0])
w = before = torch.tensor(0.0, requires_grad=True)
for _ in range(4):
    loss = ((w * x - target) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
    w.grad = None
    print(f"loss {loss.item():7.4f}   w {w.item():.4f}   the same leaf: {w is before and w.is_leaf}")

# %% [markdown]
# ### The same with two blanks
#
# Two weights this time, in double precision. `a` is computed before it is used. Replace each `...` by one line. If both
# are right, the last two lines of the output show the same numbers.

# %%
x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
target = torch.tensor([3.0, 5.0, 7.0], dtype=torch.float64)
a = torch.tensor(0.5).to(torch.float64) * 2.0
...  # blank 1: have a tracked; it is to be a leaf
c = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
for _ in range(4):
    loss = ((a * x + c - target) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        c -= 0.05 * c.grad
        ...  # blank 2: the same step for a
    a.grad = c.grad = None
print("a is a leaf:", a.is_leaf, "  a is tracked:", a.requires_grad)
print(f"yours:      a {a.item():.4f}   c {c.item():.4f}")

by_hand = [1.0, 0.0]  # the same four steps without autograd
for _ in range(4):
    miss = by_hand[0] * x + by_hand[1] - target
    by_hand = [by_hand[0] - 0.1 * (miss * x).mean().item(), by_hand[1] - 0.1 * miss.mean().item()]
print(f"by hand:    a {by_hand[0]:.4f}   c {by_hand[1]:.4f}")

# %% [markdown]
# ## Exercises
#
# They are in [exercises/05_leaves](../exercises/05_leaves/05_leaves.ipynb), and take about 37 minutes. You will
# predict which tensors are leaves and what is in their `.grad`, mend a loop and a weight that lost their leaf, find the
# program that belongs to a picture, and write a function that keeps all gradients on the way.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ. (PyTorch's warning goes
# on for longer: it ends with the place in PyTorch's own source that it comes from.)


# %%
def main_points(torch):
    w = start = torch.tensor(3.0, requires_grad=True)
    (w * w).backward()
    w = w - 0.1 * w.grad
    (w * w).backward()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        print(w, w.is_leaf, w.grad, start.grad)
    print(caught[0].category.__name__, str(caught[0].message).split(". ")[0])
    with torch.no_grad():
        inside = start - 0.1
    print(inside, inside.is_leaf, inside.requires_grad)
    try:
        start -= 0.1
    except RuntimeError as error:
        print(error)
    wide = start.to(torch.float64)
    wide.retain_grad()
    (wide * 2.0).backward()
    print(wide, wide.is_leaf, wide.grad)
    print(start.to(torch.float32) is start)
    try:
        torch.optim.SGD([start * 2.0], lr=0.1)
    except ValueError as error:
        print(error)


same_in_pytorch(
    main_points,
    recorded="""
tensor(2.4000, grad_fn=<SubBackward0>) False None tensor(10.8000)
UserWarning The .grad attribute of a Tensor that is not a leaf Tensor is being accessed
tensor(2.9000) True False
a leaf Variable that requires grad is being used in an in-place operation.
tensor(3., dtype=torch.float64, grad_fn=<ToCopyBackward0>) False tensor(2., dtype=torch.float64)
True
can't optimize a non-leaf Tensor
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The third brings back something from
# [lesson 04](04_accumulation.ipynb).
#
# ```python
# w = torch.tensor(2.0, requires_grad=True)
# with torch.no_grad():
#     w = w - 0.5
# print(w.is_leaf, w.requires_grad)         # 1. What is printed?
#
# weights = torch.tensor([1.0, 2.0], requires_grad=True).to(torch.float64)
# weights.sum().backward()
# print(weights.grad)                       # 2. What is printed?
#
# v = torch.tensor(2.0, requires_grad=True)
# (v * v).backward()
# (3.0 * v).backward()
# print(v.grad)                             # 3. What is printed?
# ```

# %%
first = predict("1. What is printed?", ["True True", "True False", "False True", "False False"])
second = predict(
    "2. What is printed?",
    [
        "tensor([1., 1.], dtype=torch.float64)",
        "tensor([1., 1.])",
        "None, after a warning",
        "None, and there is no warning",
    ],
)
third = predict("3. What is printed?", ["tensor(3.)", "tensor(4.)", "tensor(7.)"])

# %%
w = torch.tensor(2.0, requires_grad=True)
with torch.no_grad():
    w = w - 0.5
first.compare(f"{w.is_leaf} {w.requires_grad}")

weights = torch.tensor([1.0, 2.0], requires_grad=True).to(torch.float64)
weights.sum().backward()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    printed = str(weights.grad)
second.compare(f"{printed}, after a warning" if caught else printed)

v = torch.tensor(2.0, requires_grad=True)
(v * v).backward()
(3.0 * v).backward()
third.compare(v.grad)
recall("05")

# %% [markdown]
# The first was computed inside the block: a leaf that tracks nothing. The second was converted after tracking was
# switched on. The leaf is the tensor before the conversion, and nobody holds it. In the third, both passes end at the
# same leaf, and 4 and 3 are added.

# %% [markdown]
# ## Summary
#
# | what | in short |
# |---|---|
# | leaf | no recorded operation made it: `grad_fn` is `None`, `is_leaf` is `True` |
# | tracked leaf | a weight: the backward pass ends there and adds to `.grad` |
# | untracked tensor | always a leaf, also if it was computed; `.grad` stays `None` |
# | non-leaf | the result of a recorded operation; `.grad` stays `None`, and to read it warns |
# | `retain_grad()` before `backward()` | a non-leaf keeps its gradient, and stays a non-leaf |
# | `w = w - lr * w.grad` | another tensor: outside `no_grad` no leaf, inside a leaf that tracks nothing |
# | `with torch.no_grad(): w -= lr * w.grad` | the same leaf, changed: this trains |
# | in place on a tracked leaf, outside `no_grad` | an error |
# | how a leaf is lost | `* 0.1`, `.to(another dtype)`, `.clone()`, an index: after tracking |
# | how it is kept | first compute, then track; from a tracked tensor, `detach()` first |
#
# Next is [lesson 06](06_grad_modes.ipynb), on `no_grad` itself: what it does to operations, and what it does not do to
# tensors.
