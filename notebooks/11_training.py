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
# # Lesson 11: training
#
# About 35 minutes. You need [lesson 04](04_accumulation.ipynb) (the training loop), [lesson 06](06_grad_modes.ipynb)
# (no_grad), and [lesson 07](07_detach.ipynb) (detach and freezing).
#
# After this lesson you can
#
# 1. fit a small network, and say what its loss curve tells and what it does not tell;
# 2. freeze a layer, and say how that differs from not giving it to the optimizer;
# 3. choose between sum and mean, and train with batches that do not fit into memory.

# %%
import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import draw, trace

# %% [markdown]
# ## Predict
#
# A network with one hidden layer is to learn the function |x| from nine points. Somebody has written a `detach()` in
# the wrong place, so that the first layer gets no gradient at all:
#
# ```python
# hidden = torch.tanh(first(x)).detach()
# loss = torch.nn.functional.mse_loss(last(hidden), target)
# loss.backward()
# optimizer.step()
# ```
#
# These lines run 300 times, and the gradients are emptied each time. (`mse_loss` is the mean of the squared errors.)
# Choose an answer before you run the cell after the next one. Nothing is graded here.

# %%
cut_off = predict(
    "What does the loss do, from step to step?",
    ["it stays where it is", "it falls at every step", "it rises", "there is an error in backward()"],
)

# %% [markdown]
# ## Run it
#
# First the data and the network. The seed makes the random weights the same each time.

# %%
x = torch.linspace(-2, 2, 9).reshape(9, 1)
target = x.abs()


def network():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))


def show(name, losses, at=(0, 1, 10, 50, 100, 200, 299)):
    print(f"{name:24}", *(f"{losses[step]:8.3f}" if not losses[step] > 1000 else "  > 1000" for step in at))


model = network()
first, tanh, last = model
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
losses = []
for _ in range(300):
    optimizer.zero_grad()
    hidden = tanh(first(x)).detach()
    loss = torch.nn.functional.mse_loss(last(hidden), target)
    losses.append(loss.item())
    loss.backward()
    optimizer.step()
falls = all(after < before for before, after in zip(losses, losses[1:]))
cut_off.compare("it falls at every step" if falls else "it rises")
show("at steps 0 to 299", losses)
print("first.weight.grad:", first.weight.grad)

# %% [markdown]
# Why? The last layer gets its gradient, and it makes the best of what the first one happens to give it. That is enough
# for a beautiful curve. Half of the network has never learned anything, and only `.grad` tells: it is `None`.
#
# The picture shows the graph of that loss. There are two leaves where there should be four. (A `Linear` layer computes
# `x @ weight.t() + bias`: the box `t` turns the weight over, and `addmm` multiplies and adds.)

# %%
draw(loss, detail="shapes")

# %% [markdown]
# ## The idea
#
# One **step** of training: compute the loss, `zero_grad()`, `backward()`, `step()`. The losses of all steps are the
# **loss curve**.
#
# A falling curve says that the steps go downhill. It does not say that the gradients are right. Many wrong directions
# lead downhill too, and one part of a network can make up for another. Whether a gradient is right you see by looking
# at it: is it `None`? Did the parameter move? Does it agree with small steps?
#
# Two switches decide what is trained, and they are independent:
#
# - **`requires_grad`** says whether `backward()` computes a gradient. Off means **frozen**.
# - **The optimizer's list** says what `step()` moves, and what `zero_grad()` empties.
#
# How long a step is depends on the learning rate and on the size of the gradient. That is why it matters whether the
# loss is a sum or a mean.

# %% [markdown]
# ## Step backwards through the graph
#
# A smaller network, with two hidden units. Its first layer is frozen: the weight and the bias. Go through the steps,
# and see which tensors get a gradient, and where the way back ends. (Of two rules you see a name only. `loss_backward`
# is the slope of the mean of the squares, and `scaled` multiplies by a factor, which is 1 here. A large gradient is
# shown by its shape and its norm, which is its length as a vector.)

# %%
torch.manual_seed(0)
first, tanh, last = torch.nn.Linear(1, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1)
for parameter in first.parameters():
    parameter.requires_grad_(False)
loss = torch.nn.functional.mse_loss(last(tanh(first(x))), target)
steps = trace(loss)
steps.step()

# %% [markdown]
# Two questions about what you saw.

# %%
filled = predict(
    "How many parameters got a gradient?",
    ["none", "two", "four"],
)
recorded = predict(
    "Is there a node for tanh in this graph?",
    ["yes, as for every operation", "no, since nothing before it is tracked"],
)

# %%
count = sum(parameter.grad is not None for layer in (first, last) for parameter in layer.parameters())
filled.compare({0: "none", 2: "two", 4: "four"}[count])
seen = any(step.node == "TanhBackward0" for step in steps.steps)
recorded.compare("yes, as for every operation" if seen else "no, since nothing before it is tracked")

# %% [markdown]
# What comes before the first tracked parameter is not recorded. So a frozen layer at the beginning costs nothing on the
# way back. A frozen layer *after* a tracked one is different: the gradient has to pass through it.

# %% [markdown]
# ## Worked examples
#
# ### A small network, fitted
#
# Now the whole network, without the `detach()`. This function trains a network and returns the loss curve. We will use
# it all through the lesson.


# %%
def fit(model, parameters, lr, steps=300, loss_of=torch.nn.functional.mse_loss):
    optimizer = torch.optim.SGD(parameters, lr=lr)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(model(x), target)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return losses


model = network()
right = fit(model, model.parameters(), lr=0.1)
print(f"{'step':24}", *(f"{step:8}" for step in (0, 1, 10, 50, 100, 200, 299)))
show("first layer cut off", losses)
show("as it should be", right)
for value, wanted, got in zip(x[::2], target[::2], model(x)[::2]):
    print(f"|{value.item():4}| = {wanted.item()}   the network says {got.item():6.3f}")

# %% [markdown]
# `model.parameters()` hands the weights and biases of all layers to the optimizer. `loss.item()` is a number without a
# graph; a list of the losses themselves would keep them as tensors.
#
# Compare the two rows. For the first 50 steps you could not say which of the two is broken. At step 50 the broken one
# is even lower.
#
# ### What a loss curve tells
#
# The same network with four learning rates. (With matplotlib, `minigrad.viz.loss_curve(losses)` draws such a run.)

# %%
print(f"{'step':24}", *(f"{step:8}" for step in (0, 1, 2, 3, 10, 100, 299)))
for rate in (0.001, 0.01, 0.1, 1.0):
    model = network()
    show(f"lr={rate}", fit(model, model.parameters(), lr=rate), at=(0, 1, 2, 3, 10, 100, 299))

# %% [markdown]
# - **0.001**: falls all the time, but slowly. After all these steps it is still far away.
# - **0.01**: falls fast, then hardly: a **plateau**. It is not done. The curve of 0.1 was there too, at step 10, and
#   went on. Ten times the rate, a tenth of the steps.
# - **0.1**: falls, rests, and falls again.
# - **1.0**: jumps up and down, higher and higher, and ends as `nan`. Each step is so long that it lands on the other
#   side, and higher up. At this rate a step is the gradient itself: it says which way to go, and not how far. Try a
#   smaller rate first. (If all gradients had the wrong sign, the loss would grow with every rate, however small.)
#
# A curve may also be ragged, and nothing is wrong. Below, each step uses three of the nine rows, and each loss is that
# of its own three rows.

# %%
model = network()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
parts, whole = [], []
for step in range(12):
    rows = slice(step % 3 * 3, step % 3 * 3 + 3)
    with torch.no_grad():
        whole.append(torch.nn.functional.mse_loss(model(x), target).item())
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x[rows]), target[rows])
    parts.append(loss.item())
    loss.backward()
    optimizer.step()
print("three rows:", *(f"{value:5.2f}" for value in parts))
print("all nine:  ", *(f"{value:5.2f}" for value in whole))

# %% [markdown]
# The first row jumps, since the rows differ: three of them are harder than others. The second is measured on all the
# data, and falls. So compare like with like: the same rows, or the mean over a whole round.
#
# ### Falling, and yet wrong
#
# Now four kinds of fault, planted on purpose. Two of them are planted with hooks. In [lesson 03](03_backward.ipynb) a
# hook looked at a gradient. If it returns something, that takes the gradient's place. Here one hook makes the gradient
# of the first weight ten times too small, and one turns its sign.


# %%
def with_hook(spoil):
    model = network()
    model[0].weight.register_hook(spoil)
    return fit(model, model.parameters(), lr=0.1)


def weights_only():
    model = network()
    return fit(model, [model[0].weight, model[2].weight], lr=0.1)


print(f"{'step':24}", *(f"{step:8}" for step in (0, 1, 10, 50, 100, 200, 299)))
show("as it should be", right)
show("first layer cut off", losses)
show("biases left out", weights_only())
show("a tenth of a gradient", with_hook(lambda gradient: gradient / 10))
show("a gradient's sign wrong", with_hook(lambda gradient: -gradient))

# %% [markdown]
# All five go down, and at step 50 the one with the *wrong sign* is lower than the right one: what one parameter spoils,
# the three others make up for. Later it rests on a plateau. But so did a run with right gradients and a small rate. The
# one with a tenth of a gradient ends lower than the right one. The curve alone does not tell you which are wrong.
#
# What can tell you: move one entry of a parameter by a little, to both sides, and see how the loss changes. That is the
# slope, without autograd. ([Lesson 01](01_requires_grad.ipynb) has the same idea, and [lesson 10](10_functions.ipynb)
# has `gradcheck`, which does it thoroughly.)


# %%
def slope_by_trying(model, parameter, step=0.01):
    entry = parameter.detach().view(-1)[:1]  # shares its memory with the parameter
    found = []
    with torch.no_grad():
        for move in (step, -2 * step, step):
            entry += move
            found.append(torch.nn.functional.mse_loss(model(x), target).item())
    return (found[0] - found[1]) / (2 * step)


model = network()
model[0].weight.register_hook(lambda gradient: -gradient)
torch.nn.functional.mse_loss(model(x), target).backward()
for name, parameter in model.named_parameters():
    slope = slope_by_trying(model, parameter)
    print(f"{name:9} .grad {parameter.grad.view(-1)[0].item():7.3f}   by trying {slope:7.3f}")

# %% [markdown]
# One line differs, and it has the name of the culprit. The others agree.
#
# ### Freezing, and leaving out
#
# The last layer is to be trained, and the first is to stay as it is. Two ways: switch its flags off, or leave it out of
# the optimizer. Both leave the weights of the first layer where they are. What else differs, after three rounds?

# %%
for way in ("frozen, passed", "frozen, not passed", "tracked, not passed"):
    model = network()
    before = model[0].weight.detach().clone()
    if way.startswith("frozen"):
        for parameter in model[0].parameters():
            parameter.requires_grad_(False)
    held = model.parameters() if way == "frozen, passed" else model[2].parameters()
    curve = fit(model, held, lr=0.1, steps=3)
    moved = bool((model[0].weight != before).any())
    print(f"{way:20} moved {moved}   losses", *(f"{value:.3f}" for value in curve))
    gradient = model[0].bias.grad
    print(f"{'':20} first entry of bias.grad:", "None" if gradient is None else f"{gradient[0].item():.3f}")

# %% [markdown]
# The losses are the same. But a layer that is *tracked and not passed* has a gradient: computed in each
# round, used by nobody, and never emptied, since `optimizer.zero_grad()` reaches only what the optimizer holds. It is
# the sum of three rounds. If you hand this layer to an optimizer later, its first step uses that sum.
#
# So freezing is `requires_grad_(False)`. It saves the work on the way back, and there is nothing that could add up.
# Frozen parameters may be in the optimizer: it skips what has no gradient. (Freeze before the first `backward()`, or
# empty the gradient: one that is there already is used by the next `step()`.)
#
# ### Sum or mean
#
# The mean over nine errors is their sum divided by 9. So is its gradient. The learning rate 0.1 was found with the
# mean:


# %%
def sum_loss(y, target):
    return ((y - target) ** 2).sum()


model = network()
torch.nn.functional.mse_loss(model(x), target).backward()
mean_gradient = model[2].bias.grad.clone()
model.zero_grad()
sum_loss(model(x), target).backward()
print(f"last bias: mean {mean_gradient.item():.3f}   sum {model[2].bias.grad.item():.3f}"
      f"   ratio {model[2].bias.grad.item() / mean_gradient.item():.1f}")

print(f"{'step':24}", *(f"{step:8}" for step in (0, 1, 2, 3, 10, 100)))
for name, lr, loss_of in [
    ("mean, lr 0.1", 0.1, torch.nn.functional.mse_loss),
    ("sum, lr 0.1", 0.1, sum_loss),
    ("sum, lr 0.1 / 9", 0.1 / 9, sum_loss),
]:
    model = network()
    curve = fit(model, model.parameters(), lr=lr, steps=101, loss_of=loss_of)
    show(name, [value / 9 if loss_of is sum_loss else value for value in curve], at=(0, 1, 2, 3, 10, 100))

# %% [markdown]
# (The rows of the sum are divided by 9 for printing, so that you can compare them.)
#
# With the sum, the same rate takes steps nine times as long, and the weights explode. With a ninth of the rate it is
# the same training as with the mean, step for step. So the two are equally good, but they do not go with the same rate,
# and with the sum the right rate depends on how much data there is. `mse_loss` takes the mean, over *all* elements:
# rows times columns.
#
# ### A whole example: a frozen layer, a batch in parts
#
# Only four rows fit into memory, so the nine rows go through in parts of 4, 4 and 1. Each part has its own backward
# pass, and counts by its share of the rows. Then comes one step for all. ([Lesson 04](04_accumulation.ipynb) says why.)
# The first layer is frozen. Keep in mind what the last line prints; you will need it in the next cell.

# %%
model = network()
for parameter in model[0].parameters():
    parameter.requires_grad_(False)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(20):
    optimizer.zero_grad()
    for rows, wanted in zip(x.split(4), target.split(4)):
        loss = torch.nn.functional.mse_loss(model(rows), wanted)
        loss = loss * len(rows) / len(x)
        loss.backward()
    optimizer.step()
with torch.no_grad():
    whole = torch.nn.functional.mse_loss(model(x), target)
print(f"loss {whole.item():.4f}, first bias", model[0].bias.detach())

# %% [markdown]
# ### The same with two blanks
#
# Replace each `...` by one line. If both are right, the last line prints what the cell above prints. (For blank 1 that
# cell has two lines. One is enough: a module has a method `requires_grad_` too, which does it to all its parameters.)

# %%
model = network()
...  # blank 1: freeze the first layer
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(20):
    optimizer.zero_grad()
    for rows, wanted in zip(x.split(4), target.split(4)):
        loss = torch.nn.functional.mse_loss(model(rows), wanted)
        ...  # blank 2: make loss count by its share of the rows
        loss.backward()
    optimizer.step()
with torch.no_grad():
    whole = torch.nn.functional.mse_loss(model(x), target)
print(f"loss {whole.item():.4f}, first bias", model[0].bias.detach())

# %% [markdown]
# ## Exercises
#
# They are in [exercises/11_training](../exercises/11_training/11_training.ipynb), and take about 49 minutes. You will
# predict what is frozen and what is only left out, choose what to freeze, find three faults behind a falling loss, mend
# a step that depends on the number of rows, fit a small network, train with batches in parts, and write a function that
# finds a wrong gradient.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ. (The last digits of a
# long training do differ between machines, since numbers are added in another order. So only three are printed.)


# %%
def main_points(torch):
    x = torch.linspace(-2, 2, 9).reshape(9, 1)
    target = x.abs()
    mse = torch.nn.functional.mse_loss

    def curve(cut=False, freeze=False, passed=True, reduction="mean", lr=0.1):
        torch.manual_seed(0)
        first, tanh, last = torch.nn.Linear(1, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)
        first.requires_grad_(not freeze)
        optimizer = torch.optim.SGD([*(first.parameters() if passed else ()), *last.parameters()], lr=lr)
        losses = []
        for _ in range(101):
            optimizer.zero_grad()
            hidden = tanh(first(x))
            loss = mse(last(hidden.detach() if cut else hidden), target, reduction=reduction)
            losses.append(loss.item())
            loss.backward()
            optimizer.step()
        return f"{losses[0]:.3f} {losses[10]:.3f} {losses[100]:.3f}, first layer has", first.bias.grad is not None

    print("right:        ", *curve())
    print("cut off:      ", *curve(cut=True))
    print("frozen:       ", *curve(freeze=True))
    print("not passed:   ", *curve(passed=False))
    print("sum, lr / 9:  ", *curve(reduction="sum", lr=0.1 / 9))


same_in_pytorch(
    main_points,
    recorded="""
right:         2.998 0.500 0.108, first layer has True
cut off:       2.998 0.515 0.220, first layer has False
frozen:        2.998 0.515 0.220, first layer has False
not passed:    2.998 0.515 0.220, first layer has True
sum, lr / 9:   26.985 4.499 0.974, first layer has True
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The third brings back a question from
# [lesson 05](05_leaves.ipynb): what is `w` after a step that is written as an assignment?
#
# ```python
# a = torch.tensor(1.0, requires_grad=True)
# b = torch.tensor(1.0, requires_grad=True)
# optimizer = torch.optim.SGD([a], lr=0.1)
# for _ in range(3):
#     optimizer.zero_grad()
#     (2 * a + 4 * b).backward()
#     optimizer.step()                      # 1. What is b.grad after the three rounds?
#
# p = torch.tensor(1.0, requires_grad=True)
# data = torch.tensor([1.0, 2.0, 3.0])
# (p * data).mean().backward()              # p.grad is 2
# p.grad = None
# (p * data).sum().backward()               # 2. What is p.grad?
#
# w = torch.tensor(3.0, requires_grad=True)
# (w * w).backward()
# with torch.no_grad():
#     w = w - 0.5 * w.grad                  # 3. What is w.requires_grad?
# ```

# %%
kept = predict(
    "1. What is b.grad after the three rounds?",
    ["None", "tensor(4.)", "tensor(12.)"],
)
summed = predict(
    "2. What is p.grad?",
    ["tensor(2.)", "tensor(6.)", "tensor(18.)"],
)
assigned = predict(
    "3. What is w.requires_grad?",
    ["True", "False", "there is an error"],
)

# %%
a = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([a], lr=0.1)
for _ in range(3):
    optimizer.zero_grad()
    (2 * a + 4 * b).backward()
    optimizer.step()
kept.compare(b.grad)

p = torch.tensor(1.0, requires_grad=True)
data = torch.tensor([1.0, 2.0, 3.0])
(p * data).sum().backward()
summed.compare(p.grad)

w = torch.tensor(3.0, requires_grad=True)
(w * w).backward()
with torch.no_grad():
    w = w - 0.5 * w.grad
assigned.compare(w.requires_grad)
recall("11")

# %% [markdown]
# In the first, `b` is tracked and not passed, so nobody empties its gradient. In the second, the sum of three elements
# has three times the gradient of their mean. In the third, `w` is a new tensor, made under `no_grad`: it tracks
# nothing, and the next `backward()` would have nowhere to go. `w -= ...` would have moved `w` itself.

# %% [markdown]
# ## Summary
#
# | what | in short |
# |---|---|
# | one step | loss, `zero_grad()`, `backward()`, `step()` |
# | the loss falls | the steps go downhill; the gradients may still be wrong |
# | to know more | is `.grad` `None`? did it move? does `.grad` agree with small steps? |
# | the loss grows to `nan` | the steps are too long |
# | the loss rests | a plateau, or a rate that is too small; it may go on falling |
# | frozen | `requires_grad_(False)`: no gradient is computed; passed or not, it stays |
# | not passed | it stays, but its gradient is computed and adds up |
# | sum and mean | the gradient of the sum is as many times larger as there are elements |
# | a batch in parts | a backward pass for each, its mean times its share; one step; empty once |
#
# Next is [lesson 12](12_debugging_clinic.ipynb), the debugging clinic: from the text of an error, or from a network
# that does not learn, to the line at fault.
