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
# # Lesson 04: accumulation and zeroing
#
# About 35 minutes. You need [lesson 03](03_backward.ipynb): how a backward pass goes from node to node, and what the
# chain rule multiplies.
#
# After this lesson you can
#
# 1. say what is in `.grad` after any number of uses and any number of backward passes;
# 2. write the training loop, and say where the gradient may be emptied, where not, and why;
# 3. split a batch into parts so that their gradients add up to that of the whole batch.

# %%
import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import draw, record

# %% [markdown]
# ## Predict
#
# Four lines. There are two backward passes, and the first gradient is kept under a name of its own.
#
# ```python
# w = torch.tensor(3.0, requires_grad=True)
# (w * 2).backward()
# first = w.grad
# (w * 5).backward()
# ```
#
# The slope of `w * 2` is 2, the slope of `w * 5` is 5. Choose an answer before you run the cell after the next one.
# Nothing is graded here.

# %%
kept = predict(
    "What are first and w.grad after these four lines?",
    ["2 and 5", "2 and 7", "7 and 7", "there is an error in the last line"],
)

# %% [markdown]
# ## Run it

# %%
w = torch.tensor(3.0, requires_grad=True)
(w * 2).backward()
first = w.grad
(w * 5).backward()
kept.compare(f"{first.item():.0f} and {w.grad.item():.0f}")
print("one tensor with two names:", first is w.grad)

# %% [markdown]
# Why? `backward()` does not write its result over the old one. It **adds** to what is in `w.grad`: 2 + 5 = 7. And it
# adds in place. `first` is not a copy of the gradient, it is the tensor in `w.grad`, so it shows 7 too. (There is one
# exception, `create_graph=True`; [lesson 10](10_functions.ipynb) has it.)
#
# Neither is a mistake. You will see below what the adding is good for. But it means that somebody has to empty `w.grad`
# in time, and that somebody is you.
#
# The picture shows the graph of a third computation before its backward pass. The leaf still holds what the first two
# have left there.

# %%
third = w * 5
draw(third)

# %% [markdown]
# ## The idea
#
# Two sums end in `.grad`.
#
# **Within one backward pass.** A tensor may be used in several places. This is called **fan-out**. Each use sends a
# gradient back, and they are added until all have come. This sum is the chain rule for a tensor that acts in several
# ways.
#
# **From one pass to the next.** The node at a leaf is called `AccumulateGrad`. It adds the sum to the leaf's `.grad`:
# gradients **accumulate**. If `.grad` is `None`, it stores the sum there.
#
# So `backward()` never empties anything. You do, with `w.grad = None`, `w.grad.zero_()` or an optimizer's
# `zero_grad()`. Training goes in **steps**: each moves the weights a little, by their gradients. Empty the gradient
# once for each step, at any place but one. Between `backward()` and the step, it is needed.
#
# `None` says that there is no gradient. 0 is a gradient.

# %% [markdown]
# ## Step backwards through the graph
#
# Here are both sums. In the first pass `w` is used three times: twice in `w * w`, once in `w * x`. The second pass uses
# it once more. `record()` watches both passes.
#
# Go through the steps, and watch two lines in the box of `w`: `gradient` is what has come to it so far in this pass,
# `.grad` is what is stored. Count what comes in pass 1, and look at what is stored before and after each pass.

# %%
x = torch.tensor(2.0)
w = torch.tensor(3.0, requires_grad=True)
with record() as passes:
    y = w * w + w * x
    y.backward()
    z = w * 5
    z.backward()
steps = passes.trace()
steps.step()

# %% [markdown]
# Three gradients come to `w` in pass 1: 2 from `w * x`, and 3 twice from `w * w`. They are summed up on the way, and
# only the whole, 8, is handed to `AccumulateGrad`.
#
# Two questions about what you saw.

# %%
written = predict(
    "How often did w.grad change in pass 1?",
    ["once", "twice", "three times"],
)
emptied = predict(
    "If w.grad were set to None between the two passes, what would be in it at the end?",
    ["tensor(5.)", "tensor(8.)", "tensor(13.)"],
)

# %%
changes = [step for step in steps.steps if step.number == 1 and step.node.endswith("AccumulateGrad")]
written.compare({1: "once", 2: "twice", 3: "three times"}[len(changes)])

w.grad = None
(w * w + w * x).backward()
w.grad = None
(w * 5).backward()
emptied.compare(w.grad)

# %% [markdown]
# ## Worked examples
#
# ### One tensor in two places
#
# You know that the slope of `w * w` is `2 * w`. A node knows only its own rule: the slope of a product, seen from one
# factor, is the other factor. So where does the 2 come from? From the sum. To see the two gradients apart, give each
# place a tensor of its own:

# %%
w = torch.tensor(3.0, requires_grad=True)
(w * w).backward()
left = torch.tensor(3.0, requires_grad=True)
right = torch.tensor(3.0, requires_grad=True)
(left * right).backward()
print("one tensor in both places:", w.grad)
print("a tensor in each place:   ", left.grad, "and", right.grad)
print("slope found by trying:    ", f"{(3.1 * 3.1 - 2.9 * 2.9) / 0.2:.4f}")

# %% [markdown]
# There is one `w`, so there is one `w.grad`, and it holds what comes back from all uses. If `w` grows by a little, both
# places feel it.
#
# A result in the middle can be used several times as well. Below, `h` is used three times. Its node waits until all
# three gradients have come: 4, 4 and 1. Then it runs once, with their sum, 9. It sends 9 times 2 to `w` twice, since
# `w` is used twice. (`retain_grad()` asks `h` to keep its gradient, so that we can look.
# [Lesson 05](05_leaves.ipynb) says more about it.)

# %%
w = torch.tensor(2.0, requires_grad=True)
h = w * w
h.retain_grad()
y = h * h + h
y.backward()
print(f"h = {h.item()}, and two gradients of {h.item()} and one of 1.0 make {h.grad}")
print(f"w = {w.item()}, and two gradients of {(h.grad * w).item()} make {w.grad}")
draw(y)

# %% [markdown]
# ### Round after round
#
# The same computation, three times. Its gradient is `x` each time. Once nobody empties `.grad`, and once it is emptied
# at the end of each round.

# %%
x = torch.tensor([1.0, 2.0, 3.0])
for emptying in (False, True):
    weights = torch.ones(3, requires_grad=True)
    print("emptied in each round:", emptying)
    for _ in range(3):
        total = (weights * x).sum()
        total.backward()
        print("  ", total.item(), weights.grad)
        if emptying:
            weights.grad.zero_()

# %% [markdown]
# The total is the same in each round, since nobody changes the weights: this is no training yet. So the right gradient
# is the same, too. Without emptying, the second is two times what it should be, and the third three times.
#
# ### The training loop, and five places for one line
#
# Four things belong to each step of training: compute the loss, go back, step, and empty the gradient. An **optimizer**
# does the last two for the weights that it was given, its **parameters**: `step()` moves each of them by `lr`, the
# learning rate, times its gradient, downhill, and `zero_grad()` empties their `.grad`. `SGD` is the plainest one.
#
# The loss below is least at `w = 4`, and `w` starts at 0. The function puts `zero_grad()` where you say.


# %%
def descend(place, steps=6):
    w = torch.tensor(0.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.25)
    path = []
    for _ in range(steps):
        if place == "at the top":
            optimizer.zero_grad()
        loss = (w - 4) ** 2
        if place == "before backward()":
            optimizer.zero_grad()
        loss.backward()
        if place == "before step()":
            optimizer.zero_grad()
        optimizer.step()
        if place == "after step()":
            optimizer.zero_grad()
        path.append(w.item())
    return path


for place in ("at the top", "before backward()", "after step()", "before step()", "nowhere"):
    print(f"{place:18}", *(f"{value:7.4f}" for value in descend(place)))

# %% [markdown]
# Three places are equally good. Of the two others, neither gives an error:
#
# - **Before `step()`**, between `backward()` and the step, the gradient is emptied before anybody has read it. `step()`
#   finds `None` and skips `w`. Nothing is learned.
# - **Nowhere**: the first step is right. The second uses the sum of two gradients, the third the sum of three. `w`
#   shoots past 4, and comes back, and swings.
#
# Without an optimizer the loop is as short. The step has to be done under `no_grad`, which says that what follows is
# not to be recorded. ([Lesson 06](06_grad_modes.ipynb) is about that.) This is what `step()` does here:

# %%
w = torch.tensor(0.0, requires_grad=True)
path = []
for _ in range(6):
    loss = (w - 4) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.25 * w.grad
    w.grad = None
    path.append(w.item())
print(f"{'by hand':18}", *(f"{value:7.4f}" for value in path))

# %% [markdown]
# ### What emptying does, and what it does not
#
# There are two ways to empty. `zero_()` fills the tensor in `.grad` with zeros. Setting `.grad` to `None` takes the
# tensor away. `optimizer.zero_grad()` does the second; `zero_grad(set_to_none=False)` does the first. Older texts say
# that `zero_grad()` leaves zeros. It did before PyTorch 2.0.

# %%
w = torch.tensor(3.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for name, empty in [
    ("w.grad.zero_()", lambda: w.grad.zero_()),
    ("w.grad = None", lambda: setattr(w, "grad", None)),
    ("zero_grad()", lambda: optimizer.zero_grad()),
    ("zero_grad(set_to_none=False)", lambda: optimizer.zero_grad(set_to_none=False)),
]:
    (w * 2).backward()
    empty()
    print(f"{name:29} w.grad: {w.grad!s:11} w: {w.item()}")

# %% [markdown]
# Look at the last column. All four leave the weight alone. To zero a gradient forgets a slope. To zero a *weight*
# forgets all that was learned. A slip of one word, `w.zero_()` for `w.grad.zero_()`, is refused where PyTorch can see
# it. Under `no_grad` it is not refused:

# %%
try:
    w.zero_()
except RuntimeError as error:
    print(error)
with torch.no_grad():
    w.zero_()
print("under no_grad:", w)

# %% [markdown]
# One more thing about `zero_()`: it needs a tensor. In the first round of a loop `.grad` is still `None`, so at the top
# of a loop `w.grad = None` works, and `w.grad.zero_()` does not.
#
# ### None is not 0
#
# Two parameters, `u` and `w`. The first step uses both; the second does without `u`. Then `u.grad` is what
# `zero_grad()` has left, `None` or 0. Does `u` rest in the second step?


# %%
def second_step(set_to_none, **settings):
    u = torch.tensor(2.0, requires_grad=True)
    w = torch.tensor(2.0, requires_grad=True)
    optimizer = torch.optim.SGD([u, w], lr=0.5, **settings)
    (u + 3 * w).backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=set_to_none)
    before = u.item()
    (3 * w).backward()
    optimizer.step()
    return f"u.grad {u.grad!s:10}  u before {before:.4f}  u after {u.item():.4f}"


for settings in ({}, {"momentum": 0.9}, {"weight_decay": 0.1}):
    print(settings or "neither")
    for set_to_none in (True, False):
        print("  ", second_step(set_to_none, **settings))

# %% [markdown]
# With `None` the optimizer skips `u`, always. With 0 it computes a step for `u`. In plain gradient descent that step is
# 0. **Momentum** goes on in the direction of earlier gradients, which the optimizer remembers by itself: `zero_grad()`
# does not clear that. **Weight decay** adds a multiple of the weight to its gradient, and so pulls the weight towards
# 0, whatever its gradient is. In both, a parameter that was not used moves.
#
# ### A batch in parts
#
# Now what the adding is good for. A **batch** is the data that one step of training uses. Here it has five rows, which
# go through in parts of two, two and one. Each part has its own backward pass, so its graph is freed before the next
# part comes: there is never more than the graph of one part in memory.

# %%
x = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])
target = torch.tensor([2.0, 4.0, 5.0, 9.0, 11.0])
parts = [slice(0, 2), slice(2, 4), slice(4, 5)]


def mean_loss(w, rows):
    return ((w * x[rows] - target[rows]) ** 2).mean()


w = torch.tensor(1.0, requires_grad=True)
mean_loss(w, slice(0, 5)).backward()
print("whole batch:               ", w.grad)

w.grad = None
for rows in parts:
    mean_loss(w, rows).backward()
print("sum of the parts' means:   ", w.grad)

w.grad = None
for rows in parts:
    (mean_loss(w, rows) / len(parts)).backward()
print("each divided by 3:         ", w.grad)

w.grad = None
for rows in parts:
    share = len(x[rows]) / len(x)
    (mean_loss(w, rows) * share).backward()
print("each times its share:      ", w.grad)

# %% [markdown]
# In the mean over the batch each *row* counts the same. A part of two rows counts for two fifths, the last one for one
# fifth. To divide by the number of parts is right only if all parts are equally long. (If the loss is a sum over the
# rows, and not a mean, the parts add up as they are.)
#
# This is called **gradient accumulation**: several backward passes, then one step, then empty once.
#
# ### A whole example: fit a line, in steps
#
# The whole batch at once. The data lie on the line `2 * x + 1`. Keep in mind what the cell prints for `w` and `b`; you
# will need it in the next one.

# %%
x = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])
target = torch.tensor([3.0, 5.0, 7.0, 9.0, 11.0])
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.05)
for _ in range(3):
    optimizer.zero_grad()
    loss = ((w * x + b - target) ** 2).mean()
    loss.backward()
    optimizer.step()
    print(f"loss {loss.item():.4f}")
print(w.detach(), b.detach())

# %% [markdown]
# ### The same with two blanks
#
# The same training, but the batch goes through in two parts, of three rows and of two. Replace each `...` by one line.
# If both are right, the last line prints the same `w` and `b` as the cell above.

# %%
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.05)
for _ in range(3):
    ...  # blank 1: forget the gradients of the step before
    for rows in (slice(0, 3), slice(3, 5)):
        loss = ((w * x[rows] + b - target[rows]) ** 2).mean()
        ...  # blank 2: make loss count by its share of the rows
        loss.backward()
    optimizer.step()
print(w.detach(), b.detach())

# %% [markdown]
# ## Exercises
#
# They are in [exercises/04_accumulation](../exercises/04_accumulation/04_accumulation.ipynb),
# and take about 45 minutes. You will predict sums, mend loops that learn nothing or forget everything, put a loop in
# order, take the uses of a tensor apart, and send a batch through in parts.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ.


# %%
def main_points(torch):
    w = torch.tensor(3.0, requires_grad=True)
    x = torch.tensor(2.0)
    (w * w + w * x).backward()
    first = w.grad
    print("fan-out:       ", first)
    (w * 5).backward()
    print("two passes:    ", w.grad, first is w.grad)
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    optimizer.step()
    print("after a step:  ", w.detach())
    optimizer.zero_grad()
    print("zero_grad():   ", w.grad, w.detach())
    optimizer.step()
    print("step with None:", w.detach())
    w.grad = torch.tensor(0.0)
    optimizer.step()
    print("step with 0:   ", w.detach())
    try:
        w.zero_()
    except RuntimeError as error:
        print(error)


same_in_pytorch(
    main_points,
    recorded="""
fan-out:        tensor(8.)
two passes:     tensor(13.) True
after a step:   tensor(1.7000)
zero_grad():    None tensor(1.7000)
step with None: tensor(1.7000)
step with 0:    tensor(0.5300)
a leaf Variable that requires grad is being used in an in-place operation.
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The third brings back a question from
# [lesson 03](03_backward.ipynb): when can `backward()` be called twice on the same result?
#
# ```python
# w = torch.tensor(2.0, requires_grad=True)
# (w * w + w).backward()
# (w * 3).backward()                        # 1. What is w.grad?
#
# p = torch.tensor(2.0, requires_grad=True)
# optimizer = torch.optim.SGD([p], lr=0.1)
# (p * p).backward()
# optimizer.zero_grad()
# optimizer.step()                          # 2. What is p?
#
# v = torch.tensor(2.0, requires_grad=True)
# y = v + 1
# y.backward()
# y.backward()                              # 3. What is v.grad?
# ```

# %%
first = predict(
    "1. What is w.grad?",
    ["tensor(3.)", "tensor(5.)", "tensor(6.)", "tensor(8.)"],
)
second = predict(
    "2. What is p?",
    ["tensor(0.)", "tensor(1.6000)", "tensor(2.)", "there is an error in step()"],
)
third = predict(
    "3. What is v.grad?",
    ["tensor(1.)", "tensor(2.)", "there is an error in the second backward()"],
)

# %%
w = torch.tensor(2.0, requires_grad=True)
(w * w + w).backward()
(w * 3).backward()
first.compare(w.grad)

p = torch.tensor(2.0, requires_grad=True)
optimizer = torch.optim.SGD([p], lr=0.1)
(p * p).backward()
optimizer.zero_grad()
optimizer.step()
second.compare(p.detach())

v = torch.tensor(2.0, requires_grad=True)
y = v + 1
y.backward()
y.backward()
third.compare(v.grad)
recall("04")

# %% [markdown]
# The third has no error: a sum saves nothing for the backward pass, so there is nothing that the first pass could have
# freed. Both passes arrive at `v`, and the two gradients of 1 add up.

# %% [markdown]
# ## Summary
#
# | what | in short |
# |---|---|
# | several uses in one pass | their gradients are added, then handed to the leaf once |
# | several passes | `AccumulateGrad` adds to `.grad`, in place |
# | `first = w.grad` | another name of the same tensor; `w.grad.clone()` is a copy |
# | empty the gradient | `w.grad = None`, `w.grad.zero_()`, `optimizer.zero_grad()`; the weight stays |
# | where | once for each step; not between `backward()` and `step()` |
# | `zero_grad()` | sets `.grad` to `None`; with `set_to_none=False` to 0 |
# | `.grad` is `None` | the optimizer skips the parameter |
# | `.grad` is 0 | a step is computed: momentum and weight decay move the parameter |
# | a batch in parts | a backward pass for each, its mean times its share of the rows; one step; empty once |
#
# Next is [lesson 05](05_leaves.ipynb), on leaves: which tensors they are, why only they keep a gradient, and how a
# weight stops being one.
