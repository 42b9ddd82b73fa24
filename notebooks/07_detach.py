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
# # Lesson 07: detach, sharing and freezing
#
# About 40 minutes. You need lessons [01](01_requires_grad.ipynb) to [06](06_grad_modes.ipynb): what is tracked, how a
# backward pass goes, what a leaf is, and what `no_grad` does.
#
# After this lesson you can
#
# 1. say which tensors share their memory, and what happens to a gradient when that memory is changed;
# 2. cut a graph where you mean to, and find a cut that nobody meant;
# 3. freeze a part of a model, and say which gradients are still computed.

# %%
import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import draw, record, trace

# %% [markdown]
# ## Predict
#
# Somebody wants to keep the weights as they are now, and then goes on training. `detach()` gives an untracked tensor.
# That is just right for keeping, they think.
#
# ```python
# w = torch.tensor([1.0, 2.0], requires_grad=True)
# kept = w.detach()
# with torch.no_grad():
#     w -= 1.0
# ```
#
# Choose an answer before you run the cell after the next one. Nothing is graded here.

# %%
keeping = predict(
    "What is kept after these four lines?",
    [
        "tensor([1., 2.])",
        "tensor([0., 1.])",
        "tensor([0., 1.], requires_grad=True)",
        "there is an error in the last line",
    ],
)

# %% [markdown]
# ## Run it

# %%
w = torch.tensor([1.0, 2.0], requires_grad=True)
kept = w.detach()
try:
    with torch.no_grad():
        w -= 1.0
    happened = str(kept)
except RuntimeError as error:
    print("RuntimeError:", error)
    happened = "there is an error in the last line"
keeping.compare(happened)

# %% [markdown]
# Why? `detach()` copies nothing. `kept` is a second tensor that looks at the same memory. Training changes that memory,
# and both tensors show it. So nothing was kept at all. Programs that keep their best weights often have this mistake:
# `state_dict()` of a model gives all its weights by name, and they share their memory with the model in just this way.
# (`data_ptr()` below is the address of a tensor's memory.)

# %%
print("same tensor:", kept is w)
print("same memory:", kept.data_ptr() == w.data_ptr())
print("tracked:    ", w.requires_grad, kept.requires_grad)

# %% [markdown]
# What `detach()` does is something else: it cuts. `record()` notes all that runs in its block, also what no graph
# holds, so its picture shows the cut.

# %%
x = torch.tensor(2.0)
w = torch.tensor(3.0, requires_grad=True)
with record() as r:
    h = w * x
    y = h * h.detach()
r.draw()

# %% [markdown]
# `h` goes into `y` twice: once as it is, and once detached. Both have the value 6. Going back, a gradient can take the
# first way only. The graph itself does not even know that there was a second way:

# %%
draw(y)

# %% [markdown]
# ## The idea
#
# `t.detach()` returns a new tensor with the **same storage** and **no history**: `requires_grad` is `False`, `grad_fn`
# is `None`. `t` itself stays as it was, flag and graph included. In what follows, the detached tensor is a plain
# number. In papers this is called **stop-gradient**.
#
# `t.clone()` does the opposite: new memory, but recorded. Gradients pass through it. For a copy that is out of the
# graph you need both: `t.detach().clone()`.
#
# `no_grad` is about lines of code: nothing that runs in the block is recorded. `detach()` is about one tensor, and the
# lines around it are recorded as ever.
#
# To **freeze** a weight, switch its flag off: `weight.requires_grad_(False)`. No gradient is computed *for* it any
# more. Gradients still go *past* it, to the layers before.

# %% [markdown]
# ## Step backwards through the graph
#
# Here is the backward pass of the picture above. Step through it, and look at what the node of `y` sends, and to whom.

# %%
w.grad = None
h = w * x
y = h * h.detach()
trace(y).step()

# %% [markdown]
# Two questions about what you saw.

# %%
to_the_detached = predict(
    "The node of y has two factors, both 6. What does it send to the detached one?",
    ["6", "0", "nothing"],
)
without_the_cut = predict(
    "w.grad is 12 now. What would it be if detach() were left out?",
    ["tensor(12.)", "tensor(24.)", "tensor(36.)"],
)

# %%
print("next nodes of y:", [None if node is None else node.name() for node, _ in y.grad_fn.next_functions])
to_the_detached.compare("nothing" if y.grad_fn.next_functions[1][0] is None else "6")
print("with the cut:   ", w.grad)
w.grad = None
h = w * x
(h * h).backward()
without_the_cut.compare(w.grad)

# %% [markdown]
# With the cut, PyTorch computes the slope of `h * 6` and not of `h * h`. No error says that half of the gradient is
# missing. A cut changes what the gradient *means*, so make it only where you mean it.

# %% [markdown]
# ## Worked examples
#
# ### Who shares, who is tracked
#
# Six ways to come from `w` to the same two numbers.

# %%
w = torch.tensor([1.0, 2.0], requires_grad=True)
ways = {
    "w": w,
    "w.detach()": w.detach(),
    "w.data": w.data,
    "w.clone()": w.clone(),
    "w.detach().clone()": w.detach().clone(),
    "w.clone().detach()": w.clone().detach(),
}
for way, tensor in ways.items():
    shares = tensor.data_ptr() == w.data_ptr()
    made_by = None if tensor.grad_fn is None else tensor.grad_fn.name()
    print(f"{way:18}  shares memory={shares!s:5}  requires_grad={tensor.requires_grad!s:5}  grad_fn={made_by}")

# %% [markdown]
# The last two give the same result. The last one records the copy first and then forgets the record, so
# `detach().clone()` is the usual order.
#
# ### `detach()` returns something, and changes nothing
#
# You may read that `detach()` stops a tensor from being tracked. It does nothing to the tensor it is called on. A line
# that only says `h.detach()` has no effect: use what it returns. (There is also `detach_()`. The underscore says that
# it changes the tensor itself.) To switch off the flag of `h` is refused, since `h` is no leaf, and the error says what
# to do instead.

# %%
h = w * 2.0
h.detach()
print("after h.detach():     ", h.requires_grad)
try:
    h.requires_grad_(False)
except RuntimeError as error:
    print(error)
h = h.detach()
print("after h = h.detach(): ", h.requires_grad, " w:", w.requires_grad)

# %% [markdown]
# ### Changed behind the graph's back
#
# A node may need `w` for going back: the slope of `w * w` is `2 * w`. If the memory of `w` is changed in between, the
# gradient would be wrong. So each tensor counts its changes, and a tensor and its `detach()` count together. PyTorch
# sees that the count does not fit, and refuses:

# %%
w = torch.tensor([2.0, 3.0], requires_grad=True)
y = (w * w).sum()
w.detach().add_(1.0)
print("counted changes:", w._version)
try:
    y.backward()
except RuntimeError as error:
    print(str(error).split(": [")[0])

# %% [markdown]
# You may read that `w.data` is the same as `w.detach()`. It shares the memory as well, but it counts for itself. The
# same change through `.data` goes unseen:

# %%
w = torch.tensor([2.0, 3.0], requires_grad=True)
y = (w * w).sum()
w.data.add_(1.0)
print("counted changes:", w._version)
y.backward()
print("got:            ", w.grad)
w = torch.tensor([2.0, 3.0], requires_grad=True)
(w * w).sum().backward()
print("right:          ", w.grad)

# %% [markdown]
# No error, no warning, and a wrong gradient. That is why `.data` is not safe. To read through it, as in
# `y.data.norm()`, does no harm; to write through it does. Old programs are full of it. Write `detach()` to look at a
# tensor, and `with torch.no_grad():` to change one, after `backward()`. (A numpy array made with `w.detach().numpy()`
# shares the memory too, and numpy counts nothing.)
#
# ### Three ways out of the graph
#
# `detach()`, `no_grad` and `requires_grad_(False)` are often named in one breath. They are about different things: one
# tensor from here on, the lines of a block, and a leaf as such. Here `a` and `b` are tracked, and their product is
# computed in each of the three ways.

# %%
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(5.0, requires_grad=True)
product = a.detach() * b
print("a.detach() * b:             ", product.requires_grad, " a itself:", a.requires_grad)
product.backward()
print("   gradients:               ", a.grad, b.grad)
with torch.no_grad():
    product = a * b
print("a * b under no_grad:        ", product.requires_grad, " a itself:", a.requires_grad)
a.requires_grad_(False)
product = a * b
print("a * b with a frozen:        ", product.requires_grad, " a itself:", a.requires_grad)

# %% [markdown]
# With `detach()`, the product is still tracked, by the other factor. `a` gets no gradient through it: a detached tensor
# does not come back into the graph when it meets a tracked one. `no_grad` does not ask which tensors there are: nothing
# is recorded. And it makes no untracked tensor out of a tracked one. A second name is no operation:

# %%
with torch.no_grad():
    same = b
print(same is b, same.requires_grad)

# %% [markdown]
# ### A frozen layer is no wall
#
# Two layers, and the second is frozen. Does the first one still learn? You may read that gradients stop at a frozen
# layer. They do not. Freezing `w2` means that nobody asks for the gradient *of* `w2`. The way from `y` to `h` is the
# product `h * w2`, and it is recorded, since `h` is tracked.

# %%
x = torch.tensor(2.0)
w1 = torch.tensor(3.0, requires_grad=True)
w2 = torch.tensor(5.0, requires_grad=True)
w2.requires_grad_(False)
with record() as r:
    h = w1 * x
    y = h * w2
    y.backward()
r.draw()

# %% [markdown]
# In the picture, the frozen `w2` looks like data, and that is how it is treated. The gradient that comes to `h` is 5:
# the value of `w2`. It goes on to `w1` and makes 10 there. Now compare three programs for three layers. Only the first
# one freezes layer 2 and nothing else.


# %%
def gradients(forward):
    w1 = torch.tensor(3.0, requires_grad=True)
    w2 = torch.tensor(5.0, requires_grad=True)
    w3 = torch.tensor(7.0, requires_grad=True)
    forward(w1, w2, w3).backward()
    return w1.grad, w2.grad, w3.grad


def frozen(w1, w2, w3):
    w2.requires_grad_(False)
    return w1 * x * w2 * w3


def cut_before(w1, w2, w3):
    h = w1 * x
    return h.detach() * w2 * w3


def under_no_grad(w1, w2, w3):
    h = w1 * x
    with torch.no_grad():
        h = h * w2
    return h * w3


for program in (frozen, cut_before, under_no_grad):
    print(f"{program.__name__:13}", *gradients(program))

# %% [markdown]
# `cut_before` takes the gradient from layer 1 and leaves it to layer 2: the wrong layer is frozen. `under_no_grad`
# takes it from both. If the *first* layers of a model are frozen, a cut right after them does no harm: nothing before
# it wants a gradient. In the middle of a model it does.
#
# One more thing. The flag says what is recorded from now on. A gradient that is there stays there, and an optimizer
# uses what it finds:

# %%
w2 = torch.tensor(5.0, requires_grad=True)
optimizer = torch.optim.SGD([w2], lr=0.1)
(w2 * 2.0).backward()
w2.requires_grad_(False)
print("frozen:     ", w2, " grad:", w2.grad)
optimizer.step()
print("and changed:", w2)

# %% [markdown]
# So when you freeze a weight in the middle of training, set its `.grad` to `None` too. (All weights of a layer of
# `torch.nn` are frozen by one call: `layer.requires_grad_(False)`.)

# %% [markdown]
# ### The detached loss
#
# To add up losses for a report is a good reason to detach. A loss is a tensor with a graph, and so is a sum of losses:
# it keeps the graphs of all steps alive. So put `loss.item()` or `loss.detach()` into the report, and call `backward()`
# on the loss itself.

# %%
w = torch.tensor(3.0, requires_grad=True)
loss = (w - 1.0) ** 2
total = 0.0
total += loss
print("a sum of losses:", total)
print("for the report: ", loss.item(), loss.detach())

# %% [markdown]
# If the detached loss goes back into training, there is an error. The usual "repair" is worse than the error:

# %%
loss = loss.detach()
try:
    loss.backward()
except RuntimeError as error:
    print(error)
loss.requires_grad_()
loss.backward()
print("no error. w.grad:", w.grad, "  loss.grad:", loss.grad)

# %% [markdown]
# `requires_grad_()` has made a tracked leaf of the detached loss. `backward()` began at this leaf and ended there, and
# that is no error. There is no way to `w`, so `w` learns nothing. If all gradients of a model are `None` after a
# `backward()` without an error, look for a cut.

# %% [markdown]
# ### A whole example: a target that does not move
#
# A model may learn from its own predictions. What it says about `x` is to come near to a reward plus what it says
# about the next `x`. That second part is the **target**. Without a cut, it is trained as well, and gives way:

# %%
x, x_next, reward = torch.tensor(2.0), torch.tensor(1.0), 3.0
w = torch.tensor(1.0, requires_grad=True)
loss = (w * x - (reward + w * x_next)) ** 2
loss.backward()
print("loss", loss.item(), "  trained through both:     ", w.grad)
w.grad = None
with record() as r:
    prediction = w * x
    target = (reward + w * x_next).detach()
    loss = (prediction - target) ** 2
    loss.backward()
print("loss", loss.item(), "  trained by prediction only:", w.grad)
r.draw()

# %% [markdown]
# The loss is the same, the gradient is not. The prediction is 2 and the target is 4. With the cut, all of the gradient
# works on the prediction.
#
# Now suppose the target is to stay where it is for some steps. Then the weights that it is computed with must be kept,
# and you know what that takes:

# %%
window = w.detach()
teacher = w.detach().clone()
with torch.no_grad():
    w += 1.0
print("target by the detached w: ", (reward + window * x_next).item())
print("target by the copy:       ", (reward + teacher * x_next).item())

# %% [markdown]
# ### The same with two blanks
#
# Replace each `...` by one line. If both are right, the last line prints `tensor(-8.) tensor(1.) tensor(4.)`.

# %%
w = torch.tensor(1.0, requires_grad=True)
teacher = w
...  # blank 1: let teacher be a copy of w that is out of the graph
loss = (w * x - (reward + teacher * x_next)) ** 2
loss.backward()
with torch.no_grad():
    w += 1.0
report = loss
...  # blank 2: let report be the value of loss without its graph, as a tensor
print(w.grad, teacher, report)

# %% [markdown]
# ## Exercises
#
# They are in [exercises/07_detach](../exercises/07_detach/07_detach.ipynb),
# and take about 41 minutes. You will predict values, flags and gradients, mend a training that learns nothing and a
# layer that is frozen in the wrong way, choose the cuts for two players, and write a target that does not move.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ.


# %%
def main_points(torch):
    w = torch.tensor([2.0, 3.0], requires_grad=True)
    kept, copy = w.detach(), w.detach().clone()
    y = (w * w).sum()
    w.data.add_(1.0)
    print(w, kept, copy, sep="\n")
    print(w.clone().grad_fn.name(), w.requires_grad, kept.requires_grad)
    y.backward()
    print(w.grad)
    w1, w2 = torch.tensor(3.0, requires_grad=True), torch.tensor(5.0)
    (w1 * 2.0 * w2).backward()
    print(w1.grad, w2.grad)
    try:
        (w1 * w2).detach().backward()
    except RuntimeError as error:
        print(error)


same_in_pytorch(
    main_points,
    recorded="""
tensor([3., 4.], requires_grad=True)
tensor([3., 4.])
tensor([2., 3.])
CloneBackward0 True False
tensor([6., 8.])
tensor(10.) None
element 0 of tensors does not require grad and does not have a grad_fn
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The third brings back something from
# [lesson 04](04_accumulation.ipynb).
#
# ```python
# w = torch.tensor([1.0, 2.0], requires_grad=True)
# w.detach().zero_()                        # 1. What is w?
#
# p = torch.tensor(2.0, requires_grad=True)
# q = torch.tensor(4.0, requires_grad=True)
# q.requires_grad_(False)
# (p * q).backward()                        # 2. What is p.grad?
#
# u = torch.tensor(1.0, requires_grad=True)
# (u * 3.0).backward()
# (u * 3.0).backward()                      # 3. What is u.grad?
# ```

# %%
first = predict(
    "1. What is w?",
    ["tensor([1., 2.], requires_grad=True)", "tensor([0., 0.], requires_grad=True)", "tensor([0., 0.])"],
)
second = predict("2. What is p.grad?", ["None, since q is frozen", "tensor(2.)", "tensor(4.)"])
third = predict("3. What is u.grad?", ["tensor(3.)", "tensor(6.)", "tensor(9.)"])

# %%
w = torch.tensor([1.0, 2.0], requires_grad=True)
w.detach().zero_()
first.compare(w)

p = torch.tensor(2.0, requires_grad=True)
q = torch.tensor(4.0, requires_grad=True)
q.requires_grad_(False)
(p * q).backward()
second.compare(p.grad)

u = torch.tensor(1.0, requires_grad=True)
(u * 3.0).backward()
(u * 3.0).backward()
third.compare(u.grad)

recall("07")

# %% [markdown]
# In the first, the detached tensor shares the memory of `w`, so `zero_()` empties both, and `w` keeps its flag. In the
# second, `q` is frozen and serves as the number 4, and the gradient passes on to `p`. In the third, the two passes add
# up.

# %% [markdown]
# ## Summary
#
# | expression | memory | in the graph | for |
# |---|---|---|---|
# | `t.detach()` | shared | no | a cut: a plain number from here on |
# | `t.clone()` | its own | yes, gradients pass | a copy that is to be trained through |
# | `t.detach().clone()` | its own | no | keeping: best weights, a teacher, a history |
# | `t.data` | shared, changes not counted | no | nothing; use `detach()` or `no_grad` |
# | `loss.item()` | a Python number | no | reports |
#
# | what | in short |
# |---|---|
# | `h.detach()` in a line of its own | does nothing; use what it returns |
# | `no_grad` | is about lines of code; `detach()` is about one tensor |
# | a frozen weight, `requires_grad_(False)` | gets no gradient; the layers before it do |
# | `.grad` of a weight that is frozen now | stays, and an optimizer uses it: set it to `None` |
# | all gradients `None`, and no error | look for a cut between the loss and the weights |
#
# Next is [lesson 08](08_vjp.ipynb), on results that are not one number but many: what `backward()` needs to know then,
# and what it computes.
