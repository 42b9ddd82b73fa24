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
# # Lesson 10: functions of your own
#
# About 40 minutes. You need lessons [01](01_requires_grad.ipynb) to [04](04_accumulation.ipynb) and [08](08_vjp.ipynb):
# how the backward pass walks through the graph, that gradients are added up, and what a vector-Jacobian product is.
# From [lesson 07](07_detach.ipynb) you need to know that a change in place is counted.
#
# After this lesson you can
#
# 1. write an operation with a backward of your own, and say what it has to keep and to return;
# 2. check any gradient with `gradcheck`, and read what it says;
# 3. take the derivative of a derivative, and say how `create_graph` differs from `retain_graph`.

# %%
import warnings

import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import draw, record

# %% [markdown]
# ## Predict
#
# Here is an operation whose backward pass is written by hand. `forward` computes `x * x`, and puts `x` on `ctx`, where
# `backward` finds it. The slope of `x * x` is `2 * x`. So far, all is right.
#
# ```python
# class Square(torch.autograd.Function):
#     @staticmethod
#     def forward(ctx, x):
#         ctx.x = x
#         return x * x
#
#     @staticmethod
#     def backward(ctx, grad):
#         return grad * 2 * ctx.x
# ```
#
# Now it is used, and before `backward()` somebody changes `w` in place.
#
# ```python
# w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
# loss = Square.apply(w).sum()
# with torch.no_grad():
#     w.mul_(10)
# loss.backward()
# ```
#
# Choose an answer before you run the cell after the next one. Nothing is graded here.

# %%
after_a_change = predict(
    "What is w.grad after these lines?",
    [
        "tensor([2., 4., 6.])",
        "tensor([20., 40., 60.])",
        "there is an error in the last line: w has changed since forward",
        "None",
    ],
)

# %% [markdown]
# ## Run it


# %%
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * ctx.x


w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
loss = Square.apply(w).sum()
with torch.no_grad():
    w.mul_(10)
loss.backward()
after_a_change.compare(w.grad)
draw(loss)

# %% [markdown]
# Why? `loss` was computed where `w` was 1, 2 and 3: it is 14, as the picture says. So its gradient is 2, 4 and 6. What
# came out is ten times that, and nobody has complained. `ctx.x = x` makes no copy. It is one more name of `w`, and
# `backward` reads what is in it by then: 10, 20 and 30.
#
# If you expected an error: you know that PyTorch counts changes in place. It does, for tensors that were *saved*. An
# attribute is not saved. Change one line, and the error is there:


# %%
class SavedSquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 2 * x


w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
loss = SavedSquare.apply(w).sum()
with torch.no_grad():
    w.mul_(10)
try:
    loss.backward()
except RuntimeError as error:
    print(error)

# %% [markdown]
# ## The idea
#
# A `torch.autograd.Function` is a class with two static methods. `forward(ctx, ...)` computes the result. It runs
# without recording, and its `apply` leaves **one node** in the graph, however much `forward` does. `backward(ctx,
# grad)` is the rule of that node: a vector-Jacobian product. It is given a gradient for each output of `forward`, and
# returns one for each **input**.
#
# `ctx` is the node itself. Tensors that `backward` needs go through `ctx.save_for_backward`, which also keeps their
# version. Save inputs and outputs only. Other things, such as a Python number, may be attributes.
#
# `torch.autograd.gradcheck` compares `backward` with finite differences.
#
# A gradient is computed by tensor operations. With `create_graph=True` these are recorded as well. Then the gradient is
# a tracked result, and you can go back from it: that gives the second derivative.

# %% [markdown]
# ## Step backwards through the graph
#
# `torch.autograd.grad(y, x)` goes back from `y` and returns the gradient for `x`, instead of adding it to `x.grad`.
# Below it goes back from `2 * x**4` with `create_graph=True`. What it returns is called `slope`. A second pass goes
# back from there.
#
# Go through the steps. Pass 1 walks through the graph of `y`. Pass 2 starts at `slope`, in a graph that your code has
# not made: pass 1 has.

# %%
x = torch.tensor(2.0, requires_grad=True)
with record() as passes:
    y = 2 * x**4
    [slope] = torch.autograd.grad(y, x, create_graph=True)
    slope.backward()
steps = passes.trace()
steps.step()

# %% [markdown]
# In pass 1 the node of the power computes `4 * x**3`, times the 2 that it was given. That is a power and two products,
# and each of them is recorded. (The two grey boxes are where that 2 comes from: the 1 at the start, times 2. It does
# not depend on `x`. And the rule of a power has a case for the exponent 0, which is of no use here.) In pass 2 the node
# of the *new* power computes `3 * x**2`, times what it was given.
#
# Two questions about what you saw.

# %%
stored = predict(
    "What was in x.grad between the two passes?",
    ["None", "tensor(64.)", "tensor(96.)"],
)
nodes = predict(
    "How many nodes, without that of the leaf, did pass 2 run?",
    ["2, those of y", "3, made by pass 1", "5, those of y and those made by pass 1"],
)

# %%
first_pass = [step for step in steps.steps if step.number == 1 and step.kind == "leaf"]
stored.compare(first_pass[0].after)
ran = [step.node for step in steps.steps if step.number == 2 and step.kind == "node"]
nodes.compare({2: "2, those of y", 3: "3, made by pass 1"}[len(ran)])

# %% [markdown]
# The first derivative of `2 * x**4` is `8 * x**3`, 64 at 2. It was handed to the caller, and `x.grad` stayed `None`.
# The second is `24 * x**2`, 96 at 2. Pass 2 put it into `x.grad`. It met no node of `y`: all it needs is how the slope
# was computed. Here is that graph once more, as pass 1 leaves it: a power and two products. (PyTorch calls the node of
# the product with 4 `MulBackward1`. Its rules are written in C++, and there a product with a plain number has a node of
# its own kind.)

# %%
x = torch.tensor(2.0, requires_grad=True)
y = 2 * x**4
[slope] = torch.autograd.grad(y, x, create_graph=True)
draw(slope)

# %% [markdown]
# ## Worked examples
#
# ### One gradient for each input
#
# `Power` has two inputs: a tensor, and a number that is no tensor. It has one output. This `backward` returns one
# gradient:


# %%
class Power(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, n):
        ctx.save_for_backward(x)
        ctx.n = n
        return x**n

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * ctx.n * x ** (ctx.n - 1)


x = torch.tensor(2.0, requires_grad=True)
try:
    Power.apply(x, 3).backward()
except RuntimeError as error:
    print(error)

# %% [markdown]
# Expected 2, got 1. There must be a place for every input of `forward`. `n` has no gradient, so its place is `None`.
# And `grad` must not be forgotten. It is what came back from the operations after this one: the `v` of
# [lesson 08](08_vjp.ipynb).


# %%
class BetterPower(Power):
    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * ctx.n * x ** (ctx.n - 1), None


x = torch.tensor(2.0, requires_grad=True)
y = BetterPower.apply(x, 3)
print(y.grad_fn.name())
(y * 10).backward()
print("10 * x**3 has the slope", x.grad)

# %% [markdown]
# ### Is it right? Ask gradcheck
#
# The rule below is wrong by one part in a hundred. It runs without an error, and a network would even learn with it.


# %%
class Slightly(SavedSquare):
    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 2.02 * x


x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
print("SavedSquare:", torch.autograd.gradcheck(SavedSquare.apply, (x,)))
try:
    torch.autograd.gradcheck(Slightly.apply, (x,))
except RuntimeError as error:
    print("Slightly:", error)
print("Slightly:", torch.autograd.gradcheck(Slightly.apply, (x,), raise_exception=False))

# %% [markdown]
# `gradcheck(f, inputs)` computes the Jacobian twice: "numerical" by small steps to both sides, "analytical" with
# `backward`. If they agree, it returns `True`. If not, it raises an error that shows both, or returns `False` if you
# have said `raise_exception=False`. It checks the inputs that require grad.
#
# ### gradcheck needs float64
#
# Now the right rule, in float32. (Before it fails, PyTorch prints a warning that says the same. It is left out here.)

# %%
x = torch.tensor([0.5, 1.5], dtype=torch.float32, requires_grad=True)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        torch.autograd.gradcheck(SavedSquare.apply, (x,))
    except RuntimeError as error:
        print(error)

# %% [markdown]
# The analytical numbers are exact, and the numerical ones are off. The steps are one millionth long, and float32 has
# about seven digits. So the difference of two values has hardly a right digit left. Check in float64, and train in
# float32 afterwards: the rule is the same.
#
# ### Save inputs and outputs, compute the rest
#
# `forward` is not recorded. So what it computes on the way has no history. Here a square is computed in `forward` and
# saved, to spare `backward` a product. The slope of `x * x * x` is three times that square, so the gradient is right.
# The second derivative is not. `gradgradcheck` looks at it:


# %%
class SparingCube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        square = x * x
        ctx.save_for_backward(square)
        return square * x

    @staticmethod
    def backward(ctx, grad):
        (square,) = ctx.saved_tensors
        return grad * 3 * square


x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
print("first derivative: ", torch.autograd.gradcheck(SparingCube.apply, (x,)))
print("second derivative:", torch.autograd.gradgradcheck(SparingCube.apply, (x,), raise_exception=False))

# %% [markdown]
# An input or an output is different: `ctx.saved_tensors` gives it back with its history. If `backward` computes the
# square from the saved `x`, both derivatives are right.
#
# ### The whole family of a power
#
# Derive `2 * x**4` again and again. On paper: `8 * x**3`, then `24 * x**2`, then `48 * x`, then 48. At 10:

# %%
x = torch.tensor(10.0, requires_grad=True)
current = 2 * x**4
for order in range(5):
    print(order, current)
    [current] = torch.autograd.grad(current, x, create_graph=True)

# %% [markdown]
# Each of the five has a `grad_fn`, so each can be derived once more.
#
# ### A chain of three
#
# `24 * x**2`, `8 * x**3` and `2 * x**4` are also the links of a chain: the second takes the result of the first, the
# third that of the second. The chain rule multiplies their slopes, each at the place where its link stands.

# %%
x = torch.tensor(0.25, dtype=torch.float64, requires_grad=True)
first = 24 * x**2
second = 8 * first**3
third = 2 * second**4
[slope] = torch.autograd.grad(third, x, create_graph=True)
print("values:", first.item(), second.item(), third.item())
print("slope: ", slope.item())
print("by hand:", (48 * x).item(), "*", (24 * first**2).item(), "*", (8 * second**3).item(), "=",
      (48 * x * 24 * first**2 * 8 * second**3).item())
[bend] = torch.autograd.grad(slope, x)
print("second derivative:", bend.item())

# %% [markdown]
# The second derivative is no product of three second derivatives, since each of the three slopes changes with `x`.
# Autograd derives their product, as it would derive any other.
#
# ### create_graph is not retain_graph
#
# Both are said to be "for a second time". They are about two different graphs.

# %%
x = torch.tensor(2.0, requires_grad=True)
y = 2 * x**4
for option in ("retain_graph", "create_graph"):
    [slope] = torch.autograd.grad(y, x, **{option: True})
    print(f"{option}: slope = {slope}, tracked: {slope.requires_grad}")
    try:
        print("   its derivative:", torch.autograd.grad(slope, x)[0])
    except RuntimeError as error:
        print("   its derivative:", error)

# %% [markdown]
# `retain_graph` keeps what the graph of `y` has saved, so that you can go back from **y** once more, to the same
# result. `create_graph` records the way back, so that you can go back from **the gradient**. It keeps the old graph,
# too: unless you say otherwise, `retain_graph` is what `create_graph` is.
#
# `backward(create_graph=True)` exists too. It puts a tracked tensor into `.grad`. Now comes the exception that
# [lesson 04](04_accumulation.ipynb) has promised: such a pass does not add to `.grad` in place. It stores a new tensor.

# %%
w = torch.tensor(3.0, requires_grad=True)
(w * w).backward()
before = w.grad
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    (w * 5).backward(create_graph=True)
print("before:", before, " w.grad:", w.grad, " the same tensor:", before is w.grad)

# %% [markdown]
# PyTorch warns you of this use: a leaf and its tracked gradient may hold each other in memory. `torch.autograd.grad`
# returns the gradient, stores nothing and accumulates nothing, so use that for higher derivatives.
#
# ### What it is good for
#
# A gradient may be a part of the loss. Below, the loss asks that the output of a small model changes with `x` at a
# slope of 1. To train `w`, you need to know how that slope changes with `w`: a derivative of a derivative.

# %%
x = torch.tensor(0.5, requires_grad=True)
w = torch.tensor(2.0, requires_grad=True)
[slope] = torch.autograd.grad((w * x).sin(), x, create_graph=True)
penalty = (slope - 1) ** 2
penalty.backward()
print(f"slope: {slope.item():.4f}  w.grad: {w.grad.item():.4f}")

# %% [markdown]
# ### The same with two blanks
#
# The cube once more, and this time its second derivative is to be right, too. Replace each `...`, the second by two
# lines. As it stands, the last line says `False`. If both are right, it says `True`.


# %%
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ...  # blank 1: keep x
        return x * x * x

    @staticmethod
    def backward(ctx, grad):
        ...  # blank 2: read x again, and return its gradient


x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
first = torch.autograd.gradcheck(Cube.apply, (x,), raise_exception=False)
second = torch.autograd.gradgradcheck(Cube.apply, (x,), raise_exception=False)
print("both derivatives are right:", first and second)

# %% [markdown]
# ## Exercises
#
# They are in [exercises/10_functions](../exercises/10_functions/10_functions.ipynb), and take about 40 minutes. You
# will predict what two nearly equal Functions do, fill in one, mend one, write one, find out whose gradients can be
# trusted, and derive a function as often as you are asked to.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ.


# %%
def main_points(torch):
    class Kept(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.x = x
            return x * x

        @staticmethod
        def backward(ctx, grad):
            return grad * 2 * ctx.x

    class Saved(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            ctx.save_for_backward(x)
            return x**n

        @staticmethod
        def backward(ctx, grad):
            return grad

    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    loss = Kept.apply(w).sum()
    with torch.no_grad():
        w.mul_(10)
    loss.backward()
    print(w.grad)
    try:
        Saved.apply(w, 2).sum().backward()
    except RuntimeError as error:
        print(error)
    x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
    print(torch.autograd.gradcheck(Kept.apply, (x,)))
    try:
        torch.autograd.gradcheck(lambda x: x * x.detach(), (x,))
    except RuntimeError as error:
        print(error)
    x = torch.tensor(2.0, requires_grad=True)
    y = 2 * x**4
    print(torch.autograd.grad(y, x, retain_graph=True))
    [slope] = torch.autograd.grad(y, x, create_graph=True)
    print(slope)
    print(torch.autograd.grad(slope, x))


same_in_pytorch(
    main_points,
    recorded="""
tensor([20., 40., 60.])
function SavedBackward returned an incorrect number of gradients (expected 2, got 1)
True
Jacobian mismatch for output 0 with respect to input 0,
numerical:tensor([[1.0000, 0.0000],
        [0.0000, 3.0000]], dtype=torch.float64)
analytical:tensor([[0.5000, 0.0000],
        [0.0000, 1.5000]], dtype=torch.float64)

(tensor(64.),)
tensor(64., grad_fn=<MulBackward0>)
(tensor(96.),)
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The third brings back a question from
# [lesson 07](07_detach.ipynb): what does `.data` do?
#
# ```python
# class Twice(torch.autograd.Function):
#     @staticmethod
#     def forward(ctx, x, y):
#         return 2 * x + 2 * y
#
#     @staticmethod
#     def backward(ctx, grad):
#         return 2 * grad
#
# a = torch.tensor(1.0, requires_grad=True)
# Twice.apply(a, torch.tensor(5.0)).backward()
# print(a.grad)                             # 1. What is printed?
#
# x = torch.tensor(3.0, requires_grad=True)
# y = x * x
# [slope] = torch.autograd.grad(y, x, retain_graph=True)
# print(slope.requires_grad)                # 2. What is printed?
#
# w = torch.tensor(2.0, requires_grad=True)
# y = w * w
# w.data.mul_(10)
# y.backward()
# print(w.grad)                             # 3. What is printed?
# ```

# %%
first = predict(
    "1. What is printed?",
    ["tensor(2.)", "tensor(4.)", "nothing: backward() raises an error"],
)
second = predict(
    "2. What is printed?",
    ["True", "False"],
)
third = predict(
    "3. What is printed?",
    ["tensor(4.)", "tensor(40.)", "nothing: backward() raises an error"],
)


# %%
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        return 2 * x + 2 * y

    @staticmethod
    def backward(ctx, grad):
        return 2 * grad


a = torch.tensor(1.0, requires_grad=True)
try:
    Twice.apply(a, torch.tensor(5.0)).backward()
except RuntimeError as error:
    print(error)
    first.compare("nothing: backward() raises an error")

x = torch.tensor(3.0, requires_grad=True)
y = x * x
[slope] = torch.autograd.grad(y, x, retain_graph=True)
second.compare(slope.requires_grad)

w = torch.tensor(2.0, requires_grad=True)
y = w * w
w.data.mul_(10)
y.backward()
third.compare(w.grad)
recall("10")

# %% [markdown]
# In the first, `y` is untracked, but it is an input all the same, so there must be two gradients. In the second, the
# graph of `y` is kept, but the way back was not recorded: that takes `create_graph=True`. In the third, the product has
# saved `w` as `save_for_backward` would. But a change through `.data` is not counted. The error is missing, and the
# gradient is wrong: the same silence as with an attribute.

# %% [markdown]
# ## Summary
#
# | what | in short |
# |---|---|
# | `Function.apply(...)` | runs `forward` without recording, leaves one node |
# | `ctx.save_for_backward(x)` | keeps inputs and outputs; a change in place is noticed |
# | `ctx.x = x` | one more name of the tensor; a change goes unnoticed. Good for plain numbers |
# | `backward(ctx, grad)` | gets a gradient for each output, returns one for each input, `None` where there is none |
# | `gradcheck(f, inputs)` | compares with finite differences; needs tracked float64 inputs |
# | `gradgradcheck` | the same for the second derivative |
# | `retain_graph=True` | keeps the graph of `y`: go back from `y` again |
# | `create_graph=True` | records the backward pass: go back from the gradient |
# | `torch.autograd.grad` | returns gradients, and leaves `.grad` alone |
#
# Next is [lesson 11](11_training.ipynb), which puts everything to work: you train a small network, freeze a part of it,
# and read its loss curve.
