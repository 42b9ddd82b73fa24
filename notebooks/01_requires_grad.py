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
# # Lesson 01: requires_grad
#
# About 35 minutes. You need [lesson 00](00_welcome.ipynb): how a lesson goes, how to read a drawn graph, and how to
# step through it.
#
# After this lesson you can
#
# 1. say of any tensor whether it is tracked, and who asked for it;
# 2. switch tracking on when a tensor is made and later, and choose what to track and what not;
# 3. say, with numbers, why gradients are not found by trying small changes.

# %%
import warnings

import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import draw, trace

# %% [markdown]
# ## Predict
#
# Four lines. They compute `y = w * x + b`, then switch on `requires_grad` for `w`, then ask for gradients.
#
# ```python
# x, w, b = torch.tensor(2.0), torch.tensor(3.0), torch.tensor(1.0)
# y = w * x + b
# w.requires_grad_()
# y.backward()
# ```
#
# Choose an answer before you run the cell after the next one. Nothing is graded here.

# %%
too_late = predict(
    "What is w.grad after these four lines?",
    ["tensor(2.)", "tensor(0.)", "None, and no error", "there is an error in the last line"],
)

# %% [markdown]
# ## Run it

# %%
x, w, b = torch.tensor(2.0), torch.tensor(3.0), torch.tensor(1.0)
y = w * x + b
w.requires_grad_()
try:
    y.backward()
    happened = "None, and no error" if w.grad is None else str(w.grad)
except RuntimeError as error:
    print("RuntimeError:", error)
    happened = "there is an error in the last line"
too_late.compare(happened)

# %% [markdown]
# Why? `requires_grad` does not compute anything. It says: *from now on, write down what is done with this tensor.*
# When `y` was computed, no tensor had asked for that. So nothing was written down, and `backward()` has no way back
# from `y` to `w`. The error says it of `y`: it does not require grad, and has no `grad_fn`, which would be the place
# to start from.
#
# A tensor whose `requires_grad` is `True` is called **tracked**. Tracking must be switched on before the computation,
# not just before `backward()`. Here it is on in time:

# %%
x = torch.tensor(2.0)
w = torch.tensor(3.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
y = w * x + b
draw(y)

# %% [markdown]
# The picture shows what was written down. `x` is not in it, because `x` is not tracked. A box names the operation; its
# node in the graph is called by PyTorch after it: `MulBackward0` for `mul`, `AddBackward0` for `add`. The box of `mul`
# shows no value, because nothing holds the product any more: Python dropped it when the sum was made, and the graph
# keeps only what going back needs. Now `backward()` finds its way:

# %%
print("before:", w.grad, b.grad)
y.backward()
print("after: ", w.grad, b.grad)
print("x:     ", x.grad)
draw(y)

# %% [markdown]
# The two leaves have their gradients now. `w.grad` is 2, since `y = w * 2 + 1`: if `w` grows by a little, `y` grows by
# twice as much.

# %% [markdown]
# ## The idea
#
# Every tensor has a flag, `requires_grad`. It is `False` unless somebody asks. It tells **autograd**, the part of
# PyTorch that finds derivatives, to record each operation that uses the tensor. A recorded operation is a node of the
# **graph**. Its result has the flag too, and `grad_fn` is its node.
#
# A tensor that you made yourself is a **leaf**. `y.backward()` starts at `y`, goes back from node to node, applies the
# chain rule at each, and adds what reaches a leaf to that leaf's `.grad`. Until then `.grad` is `None`. That is not
# zero: it means that nothing was computed.
#
# Track what you want to change: the weights. Leave untracked what stays as it is: the data, the targets that the
# results should come to, and weights that are not to learn.

# %%
for name, tensor in [("x", x), ("w", w), ("b", b), ("y", y)]:
    made_by = None if tensor.grad_fn is None else tensor.grad_fn.name()
    flags = f"requires_grad={tensor.requires_grad!s:5}  is_leaf={tensor.is_leaf!s:5}"
    print(f"{name}  {flags}  grad_fn={made_by}")

# %% [markdown]
# ## Step backwards through the graph
#
# A node knows the nodes before it: `next_functions`, one entry for each input. An entry is a pair, and its first part
# is the node. (The second is a number, which [lesson 02](02_propagation.ipynb) explains.) Let us go the way that
# `backward()` goes.

# %%
y = w * x + b
add = y.grad_fn
mul = add.next_functions[0][0]
for node in (add, mul):
    print(node.name())
    for place, (before, _) in enumerate(node.next_functions):
        print(f"   input {place}:", None if before is None else before.name())

# %% [markdown]
# A leaf has a node too. It is called `AccumulateGrad`, and adds what arrives to `.grad`. Where an entry is `None`,
# there is no node to go to.
#
# Start at the end, with `y` itself: if `y` grows by 1, `y` grows by 1. Then one node after the other. Go through the
# steps, with the buttons or the arrow keys, forwards and back. (`retain_graph=True` keeps the graph whole, so that you
# can look into it afterwards; [lesson 03](03_backward.ipynb) is about that.)

# %%
w.grad, b.grad = None, None
trace(y, retain_graph=True).step()

# %% [markdown]
# A sum hands its gradient on as it is, to both of its inputs. (`alpha`, in its formula, is a factor that
# `torch.add(a, b, alpha=...)` can be given for `b`. With `+` it is 1.) A product multiplies the gradient by the *other*
# factor, which it has saved. A leaf is where a gradient stays: it is added to `.grad`.
#
# Two questions about what you saw.

# %%
untracked_input = predict(
    "One input of MulBackward0 is None. Which tensor was that input?",
    ["w", "x", "b"],
)
what_goes_to_w = predict(
    "If 5 came in at MulBackward0 instead of 1, what would go out to w?",
    ["tensor(5.)", "tensor(10.)", "tensor(15.)"],
)

# %%
place = [before for before, _ in mul.next_functions].index(None)
untracked_input.compare(["w", "x"][place])
print("saved by the node: ", mul._saved_other)
what_goes_to_w.compare(torch.tensor(5.0) * mul._saved_other)

# %% [markdown]
# ## Worked examples
#
# ### Three ways to switch it on
#
# When the tensor is made; later, with the method `requires_grad_()`; or by setting the attribute.

# %%
made_so = torch.tensor([0.5, -1.0], requires_grad=True)
later = torch.tensor([0.5, -1.0])
print("default:", later.requires_grad)
later.requires_grad_()
by_hand = torch.tensor([0.5, -1.0])
by_hand.requires_grad = True
print(made_so, later, by_hand, sep="\n")

# %% [markdown]
# The underscore at the end of `requires_grad_` says *in place*: it changes this tensor and returns this tensor, not a
# copy. You may read that its argument is `False` if you leave it out. It is `True`, as the cell shows. `False`
# switches tracking off.

# %%
t = torch.tensor([1.0, 2.0])
returned = t.requires_grad_()
print("same tensor:", returned is t)
print("after requires_grad_():     ", t.requires_grad)
print("after requires_grad_(False):", t.requires_grad_(False).requires_grad)

# %% [markdown]
# ### Floating point only
#
# A derivative asks what a small change does. An integer has no small changes. You may read that the error comes later,
# in `backward()`. It comes at once. (As data, integers may be used with tracked tensors.)

# %%
try:
    torch.tensor([1, 2], requires_grad=True)
except RuntimeError as error:
    print("when made:", error)
counts = torch.tensor([1, 2])
try:
    counts.requires_grad_()
except RuntimeError as error:
    print("later:    ", error)
print(counts.dtype, "because 1 and 2 were written without a point")
print(torch.tensor([1.0, 2.0], requires_grad=True).dtype)
w = torch.tensor([0.5, -1.0], requires_grad=True)
(w * counts).sum().backward()
print("as data:  ", w.grad)

# %% [markdown]
# ### Where the gradient is stored
#
# You may read that `backward()` fills `.grad` of every tensor that requires grad. It fills `.grad` of the leaves only.
# `product` below requires grad, and its gradient is computed on the way, but it is not kept. To read `.grad` there
# gives `None`, and a warning that says why.

# %%
w = torch.tensor([0.5, -1.0], requires_grad=True)
x = torch.tensor([1.0, 2.0])
product = w * x
product.sum().backward()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print("product:", product.requires_grad, product.is_leaf, product.grad)
print("w:      ", w.requires_grad, w.is_leaf, w.grad)
print("x:      ", x.requires_grad, x.is_leaf, x.grad)
print("warning:", str(caught[0].message).split(". ")[0])

# %% [markdown]
# ### What to track, and what that costs
#
# To find the gradient of `w * x` for `w`, the node must keep `x`. For `x`, it must keep `w`. So each tensor that you
# track without need costs memory. Count the bytes that the node keeps:


# %%
def kept_bytes(product):
    """Bytes of the values that the node of a product keeps for the backward pass."""
    if product.grad_fn is None:
        return 0
    kept = [product.grad_fn._saved_self, product.grad_fn._saved_other]
    return sum(value.numel() * value.element_size() for value in kept if value is not None)


for track_weights, track_data in [(False, False), (True, False), (True, True)]:
    weights = torch.ones(1000, requires_grad=track_weights)
    data = torch.ones(1000, requires_grad=track_data)
    tracked = f"weights tracked: {track_weights!s:5}  data tracked: {track_data!s:5}"
    print(tracked, " node keeps", kept_bytes(weights * data), "bytes")

# %% [markdown]
# Data and targets are what they are. You do not want to change them, so you do not need their gradients, and the
# weights get theirs all the same. The same goes for a part of a model that is to stay as it is. To **freeze** it,
# switch its flag off. Below, `w1` is frozen, and the graph ends one node earlier:

# %%
x = torch.tensor(2.0)
w1 = torch.tensor(3.0, requires_grad=True)
w2 = torch.tensor(5.0, requires_grad=True)


def show_inputs(y):
    return [None if node is None else node.name() for node, _ in y.grad_fn.next_functions]


print("both tracked:", show_inputs(w1 * x * w2))
w1.requires_grad_(False)
y = w1 * x * w2
print("w1 frozen:   ", show_inputs(y))
y.backward()
print("w1.grad:", w1.grad, "  w2.grad:", w2.grad)

# %% [markdown]
# One thing to know when you leave the world of tensors: numpy records nothing, so a tracked tensor does not become an
# array without a word. `detach()` says the word. It gives the same values, untracked. ([Lesson 07](07_detach.ipynb) is
# about it.)

# %%
try:
    w2.numpy()
except RuntimeError as error:
    print(error)
print(w2.detach().numpy())

# %% [markdown]
# ### Why not just try it? Finite differences
#
# There is a way that needs no graph. Change one weight by a little, compute the loss again, and see how much it has
# changed. This is called a **finite difference**. You may read that autograd does this. It does not. Here are two
# reasons, and you can measure both. First, the work:

# %%
evaluations = 0


def loss_of(w):
    global evaluations
    evaluations += 1
    return (w * w * w).sum()


def gradient_by_trying(f, w, step=1e-3):
    here = f(w).item()
    slopes = []
    for i in range(len(w)):
        changed = w.clone()  # a copy
        changed[i] += step
        slopes.append((f(changed).item() - here) / step)
    return torch.tensor(slopes)


for n in (1, 10, 100, 1000):
    evaluations = 0
    gradient_by_trying(loss_of, torch.ones(n))
    tried = evaluations
    evaluations = 0
    w = torch.ones(n, requires_grad=True)
    loss_of(w).backward()
    print(f"n = {n:4}  by trying: {tried:4} evaluations  by autograd: {evaluations} and 1 backward")

# %% [markdown]
# For `n` weights it takes `n + 1` evaluations; trying a step to both sides takes `2n`. A model with a million weights
# would be computed a million times for a single step of training. Autograd computes it once, and walks back once.
#
# Second, the error. The slope of `w * w * w` at 2 is 12:

# %%
for step in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7):
    slope = (loss_of(torch.tensor([2.0 + step])) - loss_of(torch.tensor([2.0]))).item() / step
    print(f"step {step:.0e}   slope {slope:8.4f}   error {abs(slope - 12):8.4f}")
w = torch.tensor([2.0], requires_grad=True)
loss_of(w).backward()
print(f"autograd     slope {w.grad.item():8.4f}   error {abs(w.grad.item() - 12):8.4f}")

# %% [markdown]
# A large step misses because the curve bends. A tiny step misses because `float32` holds about seven digits, and the
# change drowns in the last one. Autograd takes no step at all. Each node knows the derivative of its own operation, and
# the chain rule puts them together. Finite differences stay useful for one thing: to *check* a gradient. You will do
# that in the exercises.

# %% [markdown]
# ### A whole example: fit a line
#
# Four decisions, in this order: data untracked, weights tracked, one number as the loss, `backward()`. (It has to be
# one number: on a tensor with more elements, `backward()` with empty brackets raises an error.
# [Lesson 08](08_vjp.ipynb) says why.)

# %%
x = torch.tensor([1.0, 2.0, 3.0])
target = torch.tensor([3.0, 5.0, 7.0])
w = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
loss = ((w * x + b - target) ** 2).mean()
loss.backward()
print(loss)
print(w.grad, b.grad)

# %% [markdown]
# Both gradients are negative: if `w` or `b` grows a little, the loss falls. And a little more `w` helps more than a
# little more `b`. This is all that training needs to know for its next step.

# %% [markdown]
# ### The same with two blanks
#
# A parabola this time. Replace each `...` by one line. If both are right, the last line prints
# `tensor(-74.6667) tensor(-11.3333)`.

# %%
x = torch.tensor([1.0, 2.0, 3.0])
target = torch.tensor([2.0, 5.0, 10.0])
a = torch.tensor(0.0)
c = torch.tensor(0.0, requires_grad=True)
...  # blank 1: switch tracking on for a, without making a new tensor
loss = ((a * x * x + c - target) ** 2).mean()
...  # blank 2: compute the gradients
print(a.grad, c.grad)

# %% [markdown]
# ## Exercises
#
# They are in [exercises/01_requires_grad](../exercises/01_requires_grad/01_requires_grad.ipynb),
# and take about 43 minutes. You will predict flags, mend a program that fails, choose what to track, and write the
# finite difference that checks a gradient.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ.


# %%
def main_points(torch):
    x = torch.tensor(2.0)
    w = torch.tensor(3.0, requires_grad=True)
    b = torch.tensor(1.0).requires_grad_()
    y = w * x + b
    print(y)
    print(y.grad_fn.name(), [node.name() for node, _ in y.grad_fn.next_functions])
    print(w.grad)
    y.backward()
    print(w.grad, b.grad, x.grad)
    try:
        torch.tensor([1, 2], requires_grad=True)
    except RuntimeError as error:
        print(error)


same_in_pytorch(
    main_points,
    recorded="""
tensor(7., grad_fn=<AddBackward0>)
AddBackward0 ['MulBackward0', 'torch::autograd::AccumulateGrad']
None
tensor(2.) tensor(1.) None
Only Tensors of floating point and complex dtype can require gradients
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The third brings back something from [lesson
# 00](00_welcome.ipynb). (If an answer of yours in the exercises of an earlier lesson fitted a belief, that comes back
# here too.)
#
# ```python
# w, x = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0)
# (w * x).backward()                        # 1. What is w.grad?
#
# v = torch.tensor([1.0, 2.0])
# total = (v * v).sum()
# u = v.requires_grad_()
# print(u is v, total.requires_grad)        # 2. What is printed?
#
# s = torch.tensor(2.0, requires_grad=True)
# t = s * s
# t = t * 5.0
# t.backward()
# print(s.grad)                             # 3. What is printed?
# ```

# %%
first = predict(
    "1. What is w.grad?",
    ["None, since x is not tracked", "tensor(3.)", "tensor(2.)"],
)
second = predict(
    "2. What is printed?",
    ["False False", "False True", "True False", "True True"],
)
third = predict("3. What is printed?", ["None", "tensor(4.)", "tensor(5.)", "tensor(20.)"])

# %%
w, x = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0)
(w * x).backward()
first.compare(w.grad)

v = torch.tensor([1.0, 2.0])
total = (v * v).sum()
u = v.requires_grad_()
second.compare(f"{u is v} {total.requires_grad}")

s = torch.tensor(2.0, requires_grad=True)
t = s * s
t = t * 5.0
t.backward()
third.compare(s.grad)
recall("01")

# %% [markdown]
# In the first, one tracked factor is enough: seen from `w`, the slope is `x`. In the second, `u` is another name of
# `v`, but `total` was computed before the flag was on. In the third, the graph still holds `s * s`, although the name
# `t` went on to another tensor. The slope of `s * s * 5.0` is `2 * s * 5.0`.

# %% [markdown]
# ## Summary
#
# | what | in short |
# |---|---|
# | what the flag says | record what is done with this tensor, from now on |
# | default | `False` |
# | when made | `torch.tensor([1.0, 2.0], requires_grad=True)` |
# | later, in place, the same tensor | `t.requires_grad_()`, off again with `t.requires_grad_(False)` |
# | which dtypes | floating point (and complex); integers raise at once |
# | track | what you want to change: weights |
# | do not track | data, targets, frozen weights: it costs memory and work |
# | `.grad` | `None` at first; filled by `backward()`, on leaves that require grad |
# | finite differences | `n + 1` evaluations and an error; autograd: one evaluation, one walk back |
#
# Next is [lesson 02](02_propagation.ipynb). It shows how the flag passes from a tensor to what is computed from it, and
# how to read the graph.
