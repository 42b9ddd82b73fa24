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
# # Lesson 03: backward and the chain rule
#
# About 35 minutes. You need lessons [01](01_requires_grad.ipynb) and [02](02_propagation.ipynb): what is tracked, and
# how the graph is read. And you need one rule of calculus, the chain rule: if `y` changes 5 times as fast as `a`, and
# `a` changes 4 times as fast as `w`, then `y` changes 20 times as fast as `w`.
#
# After this lesson you can
#
# 1. compute a backward pass by hand, line by line, and check it;
# 2. say in which order the nodes run, and what arrives at each tensor;
# 3. say of a small graph what it has saved, what a backward pass frees, and when `retain_graph=True` is needed.

# %%
import math
import warnings

import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import draw, trace

# %% [markdown]
# ## Predict
#
# Four lines. They call `backward()` twice on the same result. They are run once as they stand here, and once with
# `x * x` in place of `x + 2`.
#
# ```python
# x = torch.tensor(3.0, requires_grad=True)
# y = x + 2        # in the second run: y = x * x
# y.backward()
# y.backward()
# ```
#
# Choose an answer before you run the cell after the next one. Nothing is graded here.

# %%
twice = predict(
    "In which run does the last line raise an error?",
    ["in none", "in both", "only with x + 2", "only with x * x"],
)

# %% [markdown]
# ## Run it


# %%
def works_twice(function):
    x = torch.tensor(3.0, requires_grad=True)
    y = function(x)
    y.backward()
    try:
        y.backward()
        return True
    except RuntimeError as error:
        print("RuntimeError:", str(error).split(". ")[0])
        return False


works = {"x + 2": works_twice(lambda x: x + 2), "x * x": works_twice(lambda x: x * x)}
failed = [code for code, did_work in works.items() if not did_work]
twice.compare({0: "in none", 1: f"only with {failed[0]}", 2: "in both"}[len(failed)])

# %% [markdown]
# The text of the error sounds as if a second time were forbidden. It is not: `x + 2` did it. What matters is what the
# node has **saved**. `draw(y, saved=True)` shows it. First the sum:

# %%
x = torch.tensor(3.0, requires_grad=True)
y = x + 2
draw(y, saved=True)

# %% [markdown]
# Nothing. If `x` grows by 1, so does `x + 2`, whatever `x` is. To go back through a sum takes no value at all. Now the
# product:

# %%
y = x * x
draw(y, saved=True)

# %% [markdown]
# The slope of a product, seen from one factor, is the other factor. So the node has saved both of its inputs, which are
# both `x`. The first `backward()` used them, and then freed them to save memory:

# %%
y.backward()
draw(y, saved=True)

# %% [markdown]
# A second pass comes to this node, needs the saved values, and finds them gone. *That* is the error. So whether
# `backward()` can be called again depends on what the graph has saved.

# %% [markdown]
# ## The idea
#
# `loss.backward()` starts at the node of `loss` with the gradient 1: if `loss` grows by 1, `loss` grows by 1. A node
# gets the gradient of its result. To each tracked input it sends that gradient, times its own **local derivative**.
# What arrives at a tensor along several ways is added. So the gradient of a leaf is a sum over all ways to it, of the
# product along each: the **chain rule**.
#
# A node runs once, when all that comes to its result has arrived. So nodes run from the last to the first, against the
# order of the code.
#
# Values that a local derivative needs were kept on the way forward: the node's **saved tensors**, such as
# `_saved_self`. When the node has run, they are freed, unless you said `retain_graph=True`. Gradients are kept in
# `.grad` of tracked leaves only.

# %% [markdown]
# ## Step backwards through the graph
#
# Three lines, in which `a` is used twice. Go through the steps, forwards and back.

# %%
w = torch.tensor(2.0, requires_grad=True)
a = w * w
b = a + 1
loss = a * b
steps = trace(loss)
steps.step()

# %% [markdown]
# Look at the order: `loss`, `b`, `a`, and `w` at the end. And look at `a`. In step 2 the node of `loss` sends 5 to it,
# and `a` waits for 1 more.
#
# Two questions about what you saw. The cell that answers them hangs a **hook** on `a`: a function that PyTorch calls
# with the gradient of a tensor, when all of it has arrived.

# %%
how_often = predict(
    "How often did the node of a run, and with what?",
    ["twice, with 5 and with 4", "once, with 5", "once, with 9", "once, with 4"],
)
started_with_ten = predict(
    "If 10 came in at the start instead of 1, what would arrive at w?",
    ["tensor(36.)", "tensor(46.)", "tensor(360.)"],
)

# %%
w = torch.tensor(2.0, requires_grad=True)
a = w * w
b = a + 1
loss = a * b
arrived = []
a.register_hook(lambda grad: arrived.append(f"{grad.item():g}"))
loss.backward()
how_often.compare(["never", "once", "twice"][len(arrived)] + ", with " + " and with ".join(arrived))

w = torch.tensor(2.0, requires_grad=True)
a = w * w
b = a + 1
loss = a * b
loss.backward(torch.tensor(10.0))
started_with_ten.compare(w.grad)

# %% [markdown]
# Only when the 4 from `b` has come, and the sum is 9, does the node of `a` run. And each step multiplies what came in,
# so all gradients are multiples of what came in at the start. `loss.backward()` is short for
# `loss.backward(torch.tensor(1.0))`.

# %% [markdown]
# ## Worked examples
#
# ### A backward pass by hand
#
# Plain Python numbers, no autograd. Forward: three lines. Back: the last line first. `g_a` stands for the gradient of
# `loss` with respect to `a`. Each line back is what came in, times the local derivative of the line that it goes
# through.

# %%
w, x = 0.5, 3.0
a = w * x
b = math.sin(a)
loss = b * a

g_loss = 1.0
g_b = g_loss * a  # loss = b * a, seen from b
g_a = g_loss * b  # loss = b * a, seen from a
g_a = g_a + g_b * math.cos(a)  # b = sin(a): the second way to a
g_w = g_a * x  # a = w * x
print(f"g_b = {g_b:.4f}   g_a = {g_a:.4f}   g_w = {g_w:.4f}")

# %% [markdown]
# Is that right? Two judges that know nothing of our lines. First the finite difference of
# [lesson 01](01_requires_grad.ipynb), then autograd. (`retain_grad()` asks a computed tensor to keep its gradient after
# all.)


# %%
def loss_at(w):
    a = w * 3.0
    return math.sin(a) * a


step = 1e-5
print(f"by trying:   g_w = {(loss_at(0.5 + step) - loss_at(0.5 - step)) / (2 * step):.4f}")

w = torch.tensor(0.5, requires_grad=True)
a = w * 3.0
b = a.sin()
loss = b * a
a.retain_grad()
b.retain_grad()
loss.backward()
print(f"by autograd: g_b = {b.grad.item():.4f}   g_a = {a.grad.item():.4f}   g_w = {w.grad.item():.4f}")

# %% [markdown]
# ### One factor is not the gradient
#
# A local derivative says what one operation does. The gradient says what all of them do together, from there to the
# end. In a chain of three, they are the same for the last one only:

# %%
x = torch.tensor(1.0, requires_grad=True)
u = x * x
v = 3 * u
y = v * v
for tensor in (u, v):
    tensor.retain_grad()
y.backward()
print("seen from   slope of this line   gradient of y")
for name, local, tensor in [("v", 2 * v.item(), v), ("u", 3, u), ("x", 2 * x.item(), x)]:
    print(f"{name:9}   {local:18g}   {tensor.grad.item():13g}")

# %% [markdown]
# Read it from top to bottom: each gradient is the gradient above it, times the slope in its own line.
#
# With a matrix it is the same, number by number. A mean sends each of its four numbers a quarter of what it gets. The
# slope of `y * y * 3` is `6 * y`, and that of `x + 2` is 1:

# %%
x = torch.tensor([[0.0, 1.0], [2.0, 3.0]], requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()
print(out)
print("by hand:    ", (1 / 4 * 6 * y * 1).tolist())
print("by autograd:", x.grad.tolist())

# %% [markdown]
# ### Against the order of the code
#
# Hooks again, one on each tensor. These print. The code makes `a`, then `b`, then `loss`.

# %%
w = torch.tensor(2.0, requires_grad=True)
a = w * w
b = a + 1
loss = a * b
for name, tensor in [("w", w), ("a", a), ("b", b), ("loss", loss)]:
    tensor.register_hook(lambda grad, name=name: print(f"{name:5} {grad}"))
loss.backward()

# %% [markdown]
# It has to be so. What `a` sends to `w` is a multiple of what arrives at `a`, and that comes from `b` and from `loss`.
#
# And why does a node wait? Each line below uses the line before it twice, so the number of ways doubles, 20 times.

# %%
x = torch.tensor(1.0, requires_grad=True)
y = x
runs = []
for _ in range(20):
    y = y + y
    y.register_hook(runs.append)
y.backward()
print("ways from y back to x:", int(x.grad.item()))
print("nodes that ran:       ", len(runs))

# %% [markdown]
# Along each way the product is 1, so `x.grad` counts the ways. There are 1048576 of them, and 20 nodes ran, each once.
# Gradients that meet are added first, and go on together. That is what makes the backward pass cheap.

# %% [markdown]
# ### Where the gradient ends up
#
# You may read that after `loss.backward()` the gradient is in `loss.grad`. It is not. `loss` is where the pass starts.
# Its own gradient is 1, and it is not kept.

# %%
w = torch.tensor(3.0, requires_grad=True)
loss = w * w
print("backward() returns:", loss.backward())
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print("loss.grad:", loss.grad)
print("w.grad:   ", w.grad)
print("warning:  ", str(caught[0].message).split(". ")[0])

# %% [markdown]
# ### What is saved
#
# What a node keeps is what its formula mentions. Sums need no value. Products need the other factor, and a plain number
# is kept too. `exp` and `sqrt` keep their *result*, since it is in their slope. The end of each line says whether
# `backward()` works a second time.


# %%
def saved_by(node):
    """What a node has saved: name and value of each saved tensor."""
    names = [name for name in dir(node) if name.startswith("_saved_")]
    values = {name.removeprefix("_saved_"): getattr(node, name) for name in names}
    return {name: value for name, value in values.items() if isinstance(value, torch.Tensor)}


x = torch.tensor(4.0, requires_grad=True)
codes = "x + 2, x - 2, -x, x + x, x * 2, x * x, x / 2, x ** 2, x.sin(), x.sqrt(), x.exp(), x.exp() - 2"
for code in codes.split(", "):
    y = eval(code)
    kept = ", ".join(f"{name} = {value.item():g}" for name, value in saved_by(y.grad_fn).items())
    y.backward()
    try:
        y.backward()
        again = "works"
    except RuntimeError:
        again = "fails"
    print(f"{code:11}  {y.grad_fn.name():13}  saves {kept or 'nothing':20}  a second time {again}")

# %% [markdown]
# Why does the last one fail? Its node, that of the difference, has saved nothing. But the pass goes on to the node of
# `exp`, and that has. One such node on the way is enough.

# %% [markdown]
# ### What is freed, and what is not
#
# Only the saved values go. The result, its node and the way to the leaves are still there:

# %%
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()
print(y, y.grad_fn.name(), [node.name() for node, _ in y.grad_fn.next_functions])
try:
    print(y.grad_fn._saved_self)
except RuntimeError as error:
    print("RuntimeError:", str(error).split(" (")[0], "...")

# %% [markdown]
# With `retain_graph=True` a pass leaves the saved values where they are. That says something about this pass, and about
# no other. Gradients of several passes are added in `x.grad`; [lesson 04](04_accumulation.ipynb) is about that.

# %%
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward(retain_graph=True)
print("first pass: ", x.grad, "  still saved:", saved_by(y.grad_fn))
y.backward()
print("second pass:", x.grad)
draw(y, saved=True)

# %% [markdown]
# The second pass was not told to keep anything, so now all is freed, and a third would fail.

# %% [markdown]
# ### When you need it
#
# Two results that share a part: `left` and `right` both come from `h`. The first pass starts at `left`. The picture
# shows what is saved after it.

# %%
w = torch.tensor(3.0, requires_grad=True)
u = torch.tensor(2.0, requires_grad=True)
v = torch.tensor(5.0, requires_grad=True)
h = w * w
left, right = h * u, h * v
left.backward()
draw([left, right], saved=True)

# %% [markdown]
# `right` still has its saved values, since no pass has been there. But those of `h` are gone, and the way from `right`
# to `w` leads through `h`.

# %%
try:
    right.backward()
except RuntimeError as error:
    print("RuntimeError:", str(error).split(" (")[0], "...")
print("w:", w.grad, "  u:", u.grad, "  v:", v.grad)

# %% [markdown]
# Look at the last line. The second pass failed in the middle. `v` has its gradient, since the node of `right` came
# before the node of `h`. `w` has only what `left` sent. What arrived before an error stays, so do not catch this error
# and go on.
#
# Two cures. Keep the graph for the pass that comes after; or add the results, and go back once. Both give `w` its two
# parts.


# %%
def two_results():
    tensors = [torch.tensor(value, requires_grad=True) for value in (3.0, 2.0, 5.0)]
    w, u, v = tensors
    h = w * w
    return h * u, h * v, tensors


left, right, tensors = two_results()
left.backward(retain_graph=True)
right.backward()
print("kept: ", [tensor.grad for tensor in tensors])

left, right, tensors = two_results()
(left + right).backward()
print("added:", [tensor.grad for tensor in tensors])

# %% [markdown]
# A loop that computes its loss anew in each round needs neither: each round makes new nodes. If you meet the error in a
# loop, look for something that was computed *before* the loop and is used inside it. Here it is `scale`:

# %%
w = torch.tensor(3.0, requires_grad=True)
scale = w * w
try:
    for x in (1.0, 2.0):
        (scale * x).backward()
        print("x =", x, "went through")
except RuntimeError:
    print("x =", x, "failed: the node of scale was freed in the round before")

w = torch.tensor(3.0, requires_grad=True)
for x in (1.0, 2.0):
    scale = w * w
    (scale * x).backward()
print("scale computed in each round:", w.grad)

# %% [markdown]
# ### The same with two blanks
#
# Once more by hand, with other lines. `w` is used twice, so two parts come to it. Replace each `...` by one line that
# adds a part to `g_w`. If both are right, the last line prints `140.0` twice.

# %%
w = 2.0
a = w + 3
b = a * w
loss = b * b

g_loss = 1.0
g_b = g_loss * 2 * b
g_a = g_b * w
g_w = 0.0
...  # blank 1: what comes to w through b = a * w
...  # blank 2: what comes to w through a = w + 3

w = torch.tensor(2.0, requires_grad=True)
(((w + 3) * w) ** 2).backward()
print(g_w, w.grad.item())

# %% [markdown]
# ## Exercises
#
# They are in [exercises/03_backward](../exercises/03_backward/03_backward.ipynb), and take about 44 minutes. You will
# follow a backward pass number by number, write one by hand, put the walk itself in order, say which programs can go
# back twice, mend one that cannot, read a picture, and write the chain rule with a judge beside it.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ.


# %%
def main_points(torch):
    w = torch.tensor(2.0, requires_grad=True)
    a = w * w
    b = a + 1
    loss = a * b
    for name, tensor in [("w", w), ("a", a), ("b", b), ("loss", loss)]:
        tensor.register_hook(lambda grad, name=name: print(name, grad))
    loss.backward(retain_graph=True)
    print(loss.grad_fn._saved_self, loss.grad_fn._saved_other)
    loss.backward()
    x = torch.tensor(3.0, requires_grad=True)
    for y in (x + 2, x * x):
        y.backward()
        try:
            y.backward()
            print(y.grad_fn.name(), "works twice")
        except RuntimeError as error:
            print(y.grad_fn.name(), "does not:", str(error).split(" (")[0])


same_in_pytorch(
    main_points,
    recorded="""
loss tensor(1.)
b tensor(4.)
a tensor(9.)
w tensor(36.)
tensor(4., grad_fn=<MulBackward0>) tensor(5., grad_fn=<AddBackward0>)
loss tensor(1.)
b tensor(4.)
a tensor(9.)
w tensor(36.)
AddBackward0 works twice
MulBackward0 does not: Trying to backward through the graph a second time
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The third brings back something from
# [lesson 02](02_propagation.ipynb).
#
# ```python
# x = torch.tensor(4.0, requires_grad=True)
# y = x * 3 + 2
# y.backward()
# y.backward()         # 1. Does this line raise an error?
#
# w = torch.tensor(3.0, requires_grad=True)
# a = w * w
# loss = a + a
# loss.backward()      # 2. What are w.grad and a.grad?
#
# w, x = torch.tensor(3.0, requires_grad=True), torch.tensor(2.0)
# y = w * x            # 3. Is y tracked, and what has its node saved for w?
# ```

# %%
first = predict(
    "1. Does the last line raise an error?",
    ["no", "yes, at the node of x * 3", "yes, at the node of + 2"],
)
second = predict(
    "2. What are w.grad and a.grad?",
    [
        "tensor(6.) and None",
        "tensor(12.) and None",
        "tensor(12.) and tensor(2.)",
        "tensor(2.) and None",
    ],
)
third = predict(
    "3. Is y tracked, and what has its node saved for w?",
    [
        "no, since x is not tracked, and nothing",
        "yes, and tensor(2.)",
        "yes, and tensor(3., requires_grad=True)",
        "yes, and nothing",
    ],
)

# %%
x = torch.tensor(4.0, requires_grad=True)
y = x * 3 + 2
y.backward()
try:
    y.backward()
    first.compare("no")
except RuntimeError:  # at the only node that has saved a tensor
    kept = {"+ 2": saved_by((x + 2).grad_fn), "x * 3": saved_by((x * 3).grad_fn)}
    first.compare(f"yes, at the node of {max(kept, key=lambda code: len(kept[code]))}")

w = torch.tensor(3.0, requires_grad=True)
a = w * w
loss = a + a
loss.backward()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    second.compare(f"{w.grad!r} and {a.grad!r}")

w, x = torch.tensor(3.0, requires_grad=True), torch.tensor(2.0)
y = w * x
third.compare(f"{'yes' if y.requires_grad else 'no'}, and {y.grad_fn._saved_other!r}")
recall("03")

# %% [markdown]
# In the first, the second pass goes through the sum, which has saved nothing, and fails at the product, whose saved 3
# is gone. In the second, each use sends 1 to `a`, together 2, and that times `2 * w` is 12. `a` is no leaf, so it keeps
# nothing. In the third, one tracked input is enough, and the slope seen from `w` is the value of `x`.

# %% [markdown]
# ## Summary
#
# | what | in short |
# |---|---|
# | `loss.backward()` | starts at `loss` with 1, and returns `None` |
# | a node | sends what came in, times its local derivative, to each tracked input |
# | along one way | slopes are multiplied |
# | where ways meet | gradients are added |
# | order | last node first; a node runs once, when all that comes to its result has arrived |
# | where gradients are kept | `.grad` of leaves; elsewhere after `retain_grad()` |
# | saved | what the slope needs: nothing for a sum, the other factor for a product, the result for `exp` |
# | freed | the saved values, by the pass that used them |
# | a second pass | works if it comes to no node whose saved values were freed |
# | `retain_graph=True` | this pass frees nothing; needed when a later pass comes to the same nodes |
#
# Next is [lesson 04](04_accumulation.ipynb), on the sums: what happens in `.grad` when `backward()` comes to a leaf
# again, and why a training loop has to empty it.
