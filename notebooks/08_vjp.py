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
# # Lesson 08: vector-Jacobian backward
#
# About 40 minutes. You need lessons [01](01_requires_grad.ipynb) to [04](04_accumulation.ipynb): what is tracked, how
# `backward()` walks back through the graph, and that gradients are added up; and `detach()` from
# [lesson 07](07_detach.ipynb). You should know how a vector is multiplied by a matrix.
#
# After this lesson you can
#
# 1. choose the `v` of `y.backward(v)`, and give it the right shape;
# 2. read a Jacobian row by row, and say why `backward` does not compute it;
# 3. write down what comes back through broadcasting, and why it is a sum.

# %%
import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import draw, jacobian_picture, trace

# %% [markdown]
# ## Predict
#
# Three lines. Each number of `x` is divided by the total, so `y` holds three shares of the whole. Each share
# changes when any number of `x` changes. Then `backward` is called with three ones.
#
# ```python
# x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
# y = x / x.sum()
# y.backward(torch.ones(3))
# ```
#
# Choose an answer before you run the cell after the next one. Nothing is graded here.

# %%
what_ones_do = predict(
    "What is x.grad after these three lines?",
    [
        "tensor([0.1094, 0.0938, 0.0469]), how each share changes with its own number",
        "tensor([0., 0., 0.])",
        "a matrix of 3 by 3 numbers",
        "there is an error in the last line: y is not a single number",
    ],
)

# %% [markdown]
# ## Run it

# %%
x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
y = x / x.sum()
y.backward(torch.ones(3))
what_ones_do.compare(x.grad)
draw(y)

# %% [markdown]
# Why? The graph has two operations, and two ways lead from `y` to `x`. `y` has three numbers and `x` has three, so
# there are 3 times 3 slopes: how each share changes with each number. No node holds them. The table of all of them is
# the **Jacobian** J: a row for each output, a column for each input. `jacobian_picture` computes and draws it.


# %%
def shares(x):
    return x / x.sum()


jacobian_picture(shares, x, torch.ones(3))

# %% [markdown]
# Read the first row: if `x[0]` grows, the first share grows; if one of the others grows, the first share shrinks. On
# the diagonal stand the three numbers of answer a) above, written with a digit more where they are smaller.
#
# `x.grad` has three elements, so there is no room for a table in it. What fits is one row, and `backward(v)` makes one:
# each row times its weight in `v`, and all of them added. With ones, that is the sum of each column. All shares
# together are always 1. What one wins, the others lose. So each column sums to zero.
#
# If you expected the diagonal: that would be right if each output depended on its own input only, as in `x * x`. If
# you expected an error: `backward()` without an argument needs a single number. With `v` it does not.

# %% [markdown]
# ## The idea
#
# `y.backward(v)` computes the **vector-Jacobian product** vᵀJ, for short **VJP**. `v` has the shape of `y`: one weight
# for each output. What arrives in `x.grad` has the shape of `x`. PyTorch calls `v` the `gradient` argument, and
# `grad_outputs` in `torch.autograd.grad`.
#
# A `v` with a single 1 picks one row of J. Ones add all rows: that is the gradient of `y.sum()`. Any other `v` gives
# the gradient of `(v * y).sum()`.
#
# If `y` is a single number, J has one row, and `backward()` takes `v = 1` by itself.
#
# Where does `v` come from in a longer computation? From the node after: each node is handed a `v`, multiplies it by
# its own Jacobian, and hands on the result. No node builds the Jacobian. It only has to know how to multiply by it.

# %% [markdown]
# ## Step backwards through the graph
#
# Here is the pass through the three shares, with a `v` that picks the first row. It goes both ways to `x`: straight to
# the number that is divided, and through the sum. Step forwards, and look at what each node is handed and what it hands
# on. (`expand`, in the rule of the sum, repeats one number until it has the shape of `x`.)

# %%
x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
y = shares(x)
v = torch.tensor([1.0, 0.0, 0.0])
trace(y, v).step()

# %% [markdown]
# The node of the division never builds a matrix of 3 by 3 numbers. It divides what it got by 8, and that is its product
# with one part of its Jacobian. Two questions about what you saw.

# %%
to_the_sum = predict(
    "How many numbers does the division hand to the node of the sum?",
    ["3, one for each share", "1", "9, one for each slope"],
)
twice_v = predict(
    "If we started with v = [2, 0, 0], what would come to x.grad[0]?",
    ["tensor(0.1094)", "tensor(0.2188)", "tensor(2.1094)"],
)

# %% [markdown]
# To see both answers, ask the sum to keep its gradient, and start with twice the `v`.

# %%
x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
total = x.sum()
total.retain_grad()
(x / total).backward(2 * v)
to_the_sum.compare(total.grad.numel())
twice_v.compare(x.grad[0])

# %% [markdown]
# The total is one number that was used in all three divisions: it was broadcast. So three numbers come back, and they
# are added to one. More about that below. And twice the weights give twice the row: vᵀJ is a product, nothing else.

# %% [markdown]
# ## Worked examples
#
# ### Pick a row, mix rows
#
# A matrix product has a Jacobian that you can read off: if `y = A @ x`, then J is `A`. Try different `v` on it.

# %%
A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def row_for(v):
    x = torch.tensor([1.0, -1.0, 2.0], requires_grad=True)
    (A @ x).backward(torch.tensor(v))
    return x.grad


print("first row:           ", row_for([1.0, 0.0]))
print("second row:          ", row_for([0.0, 1.0]))
print("ones, the sum:       ", row_for([1.0, 1.0]))
print("halves, the mean:    ", row_for([0.5, 0.5]))
print("2 * first - second:  ", row_for([2.0, -1.0]))
print("second - first would be", A[1] - A[0])

# %% [markdown]
# Ones do not give the mean. Rows are added, and nobody divides by their number. If you want the mean, the weights must
# say so: one over the number of outputs, each. (The median picks a row: that of the number in the middle.)

# %%
for name, start in [
    ("y.backward(torch.ones(3))", lambda y: y.backward(torch.ones(3))),
    ("y.sum().backward()", lambda y: y.sum().backward()),
    ("y.mean().backward()", lambda y: y.mean().backward()),
    ("y.backward(torch.ones(3) / 3)", lambda y: y.backward(torch.ones(3) / 3)),
    ("y.median().backward()", lambda y: y.median().backward()),
]:
    x = torch.tensor([3.0, 6.0, 9.0], requires_grad=True)
    start(x * x)
    print(f"{name:30}", x.grad)

# %% [markdown]
# ### v is no step size
#
# You may read that `z.backward(v)` leaves dz/dx in `x.grad`, or that `v` says how far to go. Look at both. The slope of
# `2 * x * x` is `4 * x`.

# %%
x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
z = x * x * 2
v = torch.tensor([0.1, 0.3, 0.01, 1.0])
z.backward(v)
print("slopes:        ", 4 * x.detach())
print("v times slopes:", v * 4 * x.detach())
print("x.grad:        ", x.grad)
print("x:             ", x)

# %% [markdown]
# `x.grad` is each slope times its weight, and `x` has not moved. Only the last weight is 1, so only the last number is
# a slope as it stands.
#
# So what is `v`? It is the gradient for `y` of whatever comes after `y`. Below, `loss` is computed from `y`. We look at
# the gradient that comes to `y`, and then start at a second `y`, made in the same way, with that as `v`:

# %%
x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
y = shares(x)
y.retain_grad()
target = torch.tensor([0.5, 0.25, 0.25])
loss = ((y - target) ** 2).sum()
loss.backward()
print("came to y:", y.grad)
print("x.grad:   ", x.grad)

x_again = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
shares(x_again).backward(y.grad)
print("from y, with that v:", x_again.grad)

# %% [markdown]
# The same. The backward pass from `loss` had nothing else to tell the nodes before `y` but this `v`.
#
# ### What v must look like
#
# `v` must have the very shape of the result. It is not broadcast. A result with one element needs none, even if it has
# dimensions.


# %%
def attempt(line, start):
    x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
    try:
        start(shares(x))
        print(f"{line:35} x.grad = {x.grad}")
    except RuntimeError as error:
        print(f"{line:35} {error}")


attempt("y.backward()", lambda y: y.backward())
attempt("y.backward(torch.tensor(1.0))", lambda y: y.backward(torch.tensor(1.0)))
attempt("y.backward(torch.ones(2))", lambda y: y.backward(torch.ones(2)))
attempt("y.backward(torch.ones(1, 3))", lambda y: y.backward(torch.ones(1, 3)))
attempt("y.backward(torch.ones_like(y))", lambda y: y.backward(torch.ones_like(y)))
attempt("y[0].backward()", lambda y: y[0].backward())
attempt("y[:1].backward()", lambda y: y[:1].backward())

# %% [markdown]
# ### A Jacobian, row by row
#
# If you do want the whole table, go back once for each output. The graph is computed once, and `retain_graph=True`
# keeps what it has saved for the next pass. And since `backward` adds to `.grad`, it must be emptied in between.

# %%
x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
y = shares(x)
for i in range(3):
    v = torch.zeros(3)
    v[i] = 1.0
    x.grad = None
    y.backward(v, retain_graph=True)
    print(f"v = {v}   row {i}: {x.grad}")

# %% [markdown]
# These are the rows of the picture above. `torch.autograd.functional.jacobian(shares, x)` gives the table at once; it
# makes as many passes.
#
# ### Why vᵀJ and not J?
#
# First, the work. J takes a backward pass for each output. vᵀJ takes one, whatever the number of outputs and inputs.
# And training starts from the loss, which is a single number: its Jacobian is one row, so one pass gives it all.
#
# Second, the memory. For `x * x` with 200 numbers, count the numbers in J, and those that are not zero:

# %%
n = 200
J = torch.autograd.functional.jacobian(lambda x: x * x, torch.ones(n))
x = torch.ones(n, requires_grad=True)
y = x * x
kept = y.grad_fn._saved_self
y.backward(torch.ones(n))
print("J:  ", tuple(J.shape), J.numel() * J.element_size(), "bytes,", int((J != 0).sum()), "numbers are not zero")
print("kept for vᵀJ:", tuple(kept.shape), kept.numel() * kept.element_size(), "bytes")
print("x.grad is 2 * x:", bool((x.grad == 2 * x.detach()).all()))

# %% [markdown]
# The node of a product does not need the table. It multiplies `v` by the other factor, element by element. A matrix
# product does not need its Jacobian either. Here is one as in a small layer, with 64 samples:

# %%
X = torch.rand(64, 100)
W = torch.rand(100, 50, requires_grad=True)
Y = X @ W
v = torch.rand(64, 50)
Y.backward(v)
print(f"X: {tuple(X.shape)}  W: {tuple(W.shape)}  Y: {tuple(Y.shape)}")
print("outputs:", Y.numel(), "  weights:", W.numel())
print("numbers in J:             ", Y.numel() * W.numel())
print("numbers in vᵀJ:           ", W.grad.numel())
print("vᵀJ is X.T @ v:           ", torch.allclose(W.grad, X.T @ v))

# %% [markdown]
# 16000000 numbers that nobody has to compute, for one small layer. `X.T @ v` is the product with all of them.
#
# ### Jv is something else
#
# The other product, Jv, has the vector on the right. Then the vector is a *direction of the input*: if `x` moves along
# it, how does the result move? It has other lengths and other numbers, as soon as J is not square. PyTorch has
# a function for each:

# %%
x = torch.tensor([1.0, -1.0, 2.0])
v = torch.tensor([1.0, 10.0])  # a weight for each output
u = torch.tensor([1.0, 10.0, 100.0])  # a direction of the input
_, vJ = torch.autograd.functional.vjp(lambda x: A @ x, x, v)
_, Ju = torch.autograd.functional.jvp(lambda x: A @ x, x, u)
print("vᵀJ:", vJ)
print("Ju: ", Ju)
print("vᵀJ times u:", (vJ * u).sum(), "  v times Ju:", (v * Ju).sum())

# %% [markdown]
# A pass with a `u` that is 1 in one place gives one *column*: the effect of one input. For a gradient that would be one
# pass for each weight, and there may be millions. A pass with a `v` gives a row: the effects of all weights on one
# output. That is why PyTorch goes backwards. The last line shows how the two belong together. In exercise 08.7 you
# make a check of gradients from it.
#
# ### The way back through broadcasting
#
# `b` has two elements. In `X + b`, with three rows, each of them is used three times. Look at the Jacobian for `b`:

# %%
X = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
b = torch.tensor([10.0, 20.0])
v = torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
jacobian_picture(lambda b: X + b, b, v, names=("b", "y"))

# %% [markdown]
# Each column has three ones: the three places where this element was used. So each element gets the sum of what comes
# back from its own places. In other words: `v`, summed over the axis along which `b` was stretched. A gradient has the
# shape of its tensor, never the larger shape. PyTorch refuses anything else:

# %%
b = torch.tensor([10.0, 20.0], requires_grad=True)
(X + b).backward(v)
print("b.grad:  ", b.grad)
print("v.sum(0):", v.sum(0))
try:
    b.grad = v
except RuntimeError as error:
    print(error)

# %% [markdown]
# Broadcasting does two things: it adds axes in front, and it stretches axes of size 1. Both are undone by sums. An axis
# that was added disappears; an axis of size 1 stays, with size 1.

# %%
for shape in [(2,), (1, 2), (3, 1), (), (3, 2)]:
    b = torch.zeros(shape, requires_grad=True)
    (X + b).backward(v)
    print(f"b of shape {shape!s:6}  b.grad of shape {tuple(b.grad.shape)!s:6} ", b.grad.tolist())

# %% [markdown]
# ### The same with two blanks
#
# The matrix `A` again, with `y = A @ x`. Replace each `...` by one line. If both are right, the last line prints what
# the cell with `A` has printed for "second - first".

# %%
x = torch.tensor([1.0, -1.0, 2.0], requires_grad=True)
y = A @ x
...  # blank 1: make v, so that vᵀJ is the second row minus the first
...  # blank 2: one backward pass, from y
print(x.grad)

# %% [markdown]
# ## Exercises
#
# They are in [exercises/08_vjp](../exercises/08_vjp/08_vjp.ipynb), and take about 45 minutes. You will predict what
# `backward(v)` leaves, choose `v`, hand a gradient from one graph to another, mend a program that goes back twice, and
# write three functions: the Jacobian row by row, the way back through broadcasting, and a check of gradients that takes
# one backward pass, however large `x` is.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ. (One call is new:
# `torch.autograd.grad(y, x, grad_outputs=v)` goes back as `y.backward(v)` does, but returns what that would have added
# to `x.grad`. [Lesson 10](10_functions.ipynb) uses it.)


# %%
def main_points(torch):
    x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
    y = x / x.sum()
    y.backward(torch.ones(3), retain_graph=True)
    print(x.grad)
    x.grad = None
    y.backward(torch.tensor([1.0, 0.0, 0.0]))
    print(x.grad)
    try:
        (x * x).backward()
    except RuntimeError as error:
        print(error)
    try:
        (x * x).backward(torch.ones(1, 3))
    except RuntimeError as error:
        print(error)
    [row] = torch.autograd.grad(x * x, x, grad_outputs=torch.tensor([0.5, 0.5, -1.0]))
    print(row)
    b = torch.zeros(2, 1, requires_grad=True)
    (x + b).backward(torch.tensor([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]]))
    print(b.grad)


same_in_pytorch(
    main_points,
    recorded="""
tensor([0., 0., 0.])
tensor([ 0.1094, -0.0156, -0.0156])
grad can be implicitly created only for scalar outputs
Mismatch in shape: grad_output[0] has a shape of torch.Size([1, 3]) and output[0] has a shape of torch.Size([3]).
tensor([  1.,   2., -10.])
tensor([[ 6.],
        [60.]])
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The third brings back something from lessons
# [03](03_backward.ipynb) and [04](04_accumulation.ipynb).
#
# ```python
# x = torch.tensor([1.0, 4.0], requires_grad=True)
# (x * x).backward(torch.ones(2))
# print(x.grad)                             # 1. What is printed?
#
# b = torch.tensor([1.0, 2.0], requires_grad=True)
# (torch.zeros(3, 2) + b).backward(torch.ones(3, 2))
# print(b.grad)                             # 2. What is printed?
#
# t = torch.tensor([1.0, 2.0], requires_grad=True)
# s = t + 2
# s.backward(torch.tensor([1.0, 0.0]))
# s.backward(torch.tensor([0.0, 5.0]))
# print(t.grad)                             # 3. What is printed?
# ```

# %%
first = predict(
    "1. What is printed?",
    ["nothing: x * x is not a single number", "tensor([1., 4.])", "tensor([2., 8.])", "tensor(10.)"],
)
second = predict(
    "2. What is printed?",
    ["tensor([1., 1.])", "tensor([3., 3.])", "a tensor of 3 by 2 ones", "tensor([6., 6.])"],
)
third = predict(
    "3. What is printed?",
    ["tensor([0., 5.])", "tensor([1., 5.])", "nothing: the second backward() raises an error"],
)

# %%
x = torch.tensor([1.0, 4.0], requires_grad=True)
(x * x).backward(torch.ones(2))
first.compare(x.grad)

b = torch.tensor([1.0, 2.0], requires_grad=True)
(torch.zeros(3, 2) + b).backward(torch.ones(3, 2))
second.compare(b.grad)

t = torch.tensor([1.0, 2.0], requires_grad=True)
s = t + 2
s.backward(torch.tensor([1.0, 0.0]))
s.backward(torch.tensor([0.0, 5.0]))
third.compare(t.grad)

recall("08")  # what came up in the exercises of earlier lessons, if anything did

# %% [markdown]
# In the first, each output depends on its own input only, so the sum of the rows is `2 * x`. In the second, each
# element of `b` is used in three rows, and 1 comes back from each. The third needs two earlier lessons. `backward` adds
# to `.grad`, here two rows of the Jacobian, the second one times 5. And an addition saves no values, so there is
# nothing that the first pass could have freed.

# %% [markdown]
# ## Summary
#
# | what | in short |
# |---|---|
# | Jacobian J | a row for each output, a column for each input |
# | `y.backward(v)` | adds vᵀJ to `x.grad`: all rows, each times its weight, in one pass |
# | `v` | has the shape of `y`; is not broadcast; is no step size |
# | what `v` is | the gradient for `y` of whatever comes after `y` |
# | a single 1 in `v` | picks a row |
# | ones | the gradient of `y.sum()`; for the mean, ones over `y.numel()` |
# | `y` with one element | `v` may be left out: it is 1 |
# | the whole J | one pass for each output, with `retain_graph=True`; or `torch.autograd.functional.jacobian` |
# | Jv | another product: the vector is a direction of the input; one pass for each input gives J |
# | a tensor that was broadcast | its gradient has its own shape: the sum over all its uses |
#
# Next is [lesson 09](09_build_an_engine.ipynb), which puts everything together: you build an engine of your own. The
# way back through broadcasting, which you write in exercise 08.6, will be a part of it.
