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
# # Lesson 06: no_grad and grad modes
#
# About 40 minutes. You need to know what is tracked ([lesson 01](01_requires_grad.ipynb)), how `backward()` walks the
# graph ([lesson 03](03_backward.ipynb)), why `.grad` is emptied in a training loop ([lesson
# 04](04_accumulation.ipynb)), and what a leaf is ([lesson 05](05_leaves.ipynb)).
#
# After this lesson you can
#
# 1. say of any line whether it is recorded, in nested blocks, in decorated functions, and after an error;
# 2. update weights and evaluate a model so that nothing is recorded that should not be, and all that should;
# 3. say what `eval()` switches and what `no_grad` switches, and put both back as they were.

# %%
import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import record

# %% [markdown]
# ## Predict
#
# These lines compute `w * w * w`, and a part of it inside a `no_grad` block. At 3, the slope of `w * w * w` is 27.
#
# ```python
# w = torch.tensor(3.0, requires_grad=True)
# with torch.no_grad():
#     square = w * w
# cube = square * w
# cube.backward()
# ```
#
# Choose an answer before you run the cell after the next one. Nothing is graded here.

# %%
half_recorded = predict(
    "What is w.grad after these lines?",
    ["tensor(27.)", "tensor(9.)", "None, and no error", "there is an error in the last line"],
)

# %% [markdown]
# ## Run it
#
# `record()` watches all that happens in its block, also what leaves no node in the graph.

# %%
w = torch.tensor(3.0, requires_grad=True)
with record() as seen:
    with torch.no_grad():
        square = w * w
    cube = square * w
    try:
        cube.backward()
        happened = "None, and no error" if w.grad is None else str(w.grad)
    except RuntimeError as error:
        print("RuntimeError:", error)
        happened = "there is an error in the last line"
half_recorded.compare(happened)
print(cube)
seen.draw()

# %% [markdown]
# Why? When `square` was computed, nothing was written down. So for `backward()`, `square` is a constant: the number 9.
# And the slope of `9 * w` is 9. In the picture, the solid arrow into `cube` leads straight back to `w`. The way through
# `square` is dashed: the value went forward along it, and no gradient comes back.
#
# Note what did *not* happen. The value of `cube` is right. There is no error and no warning. A block that stands around
# one line too many makes a gradient wrong without a word. If nothing at all had been recorded, there would have been
# an error:

# %%
with torch.no_grad():
    all_inside = w * w * w
print(all_inside, all_inside.requires_grad)
try:
    all_inside.backward()
except RuntimeError as error:
    print("RuntimeError:", error)

# %% [markdown]
# ## The idea
#
# Recording has a switch. PyTorch calls its position the **grad mode**. Each operation looks at the switch when it runs.
# If it is on, and an input is tracked, a node is made. If it is off, the result gets no node and is untracked: for all
# that follows, it is a constant.
#
# `with torch.no_grad():` turns the switch off, and puts it back at the end of the block. `torch.enable_grad()` turns it
# on in the same way. Nothing else changes: tensors keep their flags, and graphs stay as they are. `backward()` needs a
# graph and no switch.
#
# Two things belong inside a `no_grad` block: what nobody differentiates, such as an evaluation, and the update of the
# weights. **Evaluation mode**, which `eval()` sets, is a flag of a model, and has nothing to do with recording.

# %%
w = torch.tensor([1.0, -2.0], requires_grad=True)
print("before: recording", torch.is_grad_enabled(), "  w", w.requires_grad, "  w ** 2", (w**2).requires_grad)
with torch.no_grad():
    print("inside: recording", torch.is_grad_enabled(), " w", w.requires_grad, "  w ** 2", (w**2).requires_grad)
print("after:  recording", torch.is_grad_enabled(), "  w", w.requires_grad, "  w ** 2", (w**2).requires_grad)

# %% [markdown]
# ## Step backwards through the graph
#
# Here are two blocks. One stands around a factor, the other around `backward()` itself. You may read that `backward()`
# cannot run inside `no_grad`. Press Next and see: what is sent to whom, step by step?

# %%
w = torch.tensor(2.0, requires_grad=True)
x = torch.tensor(3.0)
with record() as seen:
    y = w * x
    with torch.no_grad():
        scale = y * y
    loss = y * scale
    with torch.no_grad():
        loss.backward()
seen.trace().step()

# %% [markdown]
# It runs. The nodes were made when `y` and `loss` were computed, and to walk through them nothing has to be recorded.
#
# Two questions about what you saw.

# %%
sent_to_scale = predict(
    "What did the node of loss send to scale?",
    ["nothing", "tensor(6.)", "tensor(36.)"],
)
would_be_sent = predict(
    "And what would it send there, if scale were computed outside the block?",
    ["nothing", "tensor(6.)", "tensor(36.)"],
)

# %%
towards_scale, _ = loss.grad_fn.next_functions[1]
sent_to_scale.compare("nothing" if towards_scale is None else "something")

w_outside = torch.tensor(2.0, requires_grad=True)
y = w_outside * x
scale = y * y
scale.retain_grad()
(y * scale).backward()
would_be_sent.compare(scale.grad)
print("w.grad with scale inside: ", w.grad)
print("w.grad with scale outside:", w_outside.grad)

# %% [markdown]
# To each input of a product goes what came in, times the *other* factor: to `scale` it would be `y`. But `scale` has no
# node, so there is nobody to send it to.

# %% [markdown]
# ## Worked examples
#
# ### Evaluate: nothing is kept
#
# A node keeps what its derivative needs. Inside `no_grad` there is no node, so nothing is kept. Count the bytes:
# `saved_tensors_hooks` calls a function of ours for each tensor that a node saves. The model is a `Sequential`: layers,
# one after the other. You may read that with untracked data nothing is kept either. The batch below is untracked. But
# the weights are tracked, so the nodes keep what they need:


# %%
def kept_bytes(model, x):
    """Bytes that the nodes save while the model computes."""
    kept = 0

    def count(saved):
        nonlocal kept
        kept += saved.numel() * saved.element_size()
        return saved

    with torch.autograd.graph.saved_tensors_hooks(count, lambda saved: saved):
        model(x)
    return kept


model = torch.nn.Sequential(torch.nn.Linear(100, 100), torch.nn.Tanh(), torch.nn.Linear(100, 1))
batch = torch.ones(50, 100)
print("batch tracked:", batch.requires_grad)
print("recorded:     ", kept_bytes(model, batch), "bytes")
with torch.no_grad():
    print("under no_grad:", kept_bytes(model, batch), "bytes")

# %% [markdown]
# ### Update: the block around the step
#
# `no_grad` is not only for evaluation. PyTorch refuses to change a tracked leaf in place while that is recorded, as
# [lesson 05](05_leaves.ipynb) shows. The update of a weight is not part of the model, so it is not to be recorded.
# Inside the block it works, and `w` is still the tracked leaf that it was. (`w = w - ...` would make another tensor.
# Made inside the block, that one tracks nothing.)

# %%
w = torch.tensor(3.0, requires_grad=True)
(w * w).backward()
try:
    w -= 0.1 * w.grad
except RuntimeError as error:
    print("outside:", error)
with torch.no_grad():
    w -= 0.1 * w.grad
print("inside: ", w, "leaf:", w.is_leaf)

# %% [markdown]
# ### What is made inside
#
# You may read that everything made inside the block is untracked. Here are six tensors made inside:
#
# ```python
# w = torch.tensor([1.0, 2.0], requires_grad=True)
# with torch.no_grad():
#     w * 2
#     w.clone()
#     torch.zeros_like(w)
#     torch.zeros(2, requires_grad=True)
#     torch.nn.Linear(2, 1).weight
#     w[0]
# ```

# %%
how_many = predict("How many of the six are tracked?", ["none", "1", "2", "3"])

# %%
w = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.no_grad():
    made_inside = {
        "w * 2": w * 2,
        "w.clone()": w.clone(),
        "torch.zeros_like(w)": torch.zeros_like(w),
        "torch.zeros(2, requires_grad=True)": torch.zeros(2, requires_grad=True),
        "torch.nn.Linear(2, 1).weight": torch.nn.Linear(2, 1).weight,
        "w[0]": w[0],
    }
how_many.compare(sum(tensor.requires_grad for tensor in made_inside.values()))
for made, tensor in made_inside.items():
    print(f"{made:35} tracked: {tensor.requires_grad!s:6} node: {tensor.grad_fn}")

# %% [markdown]
# So `no_grad` holds for the *results of operations*. A tensor that is made with `requires_grad=True` is tracked
# wherever it is made, and so is the parameter of a layer.
#
# The last one is a trap. `w[0]` is a view: it shares the memory of `w`, and it shows the flag of `w`, so what you
# compute with it later is recorded. But no node leads from the view back to `w`. The gradient arrives nowhere, and
# there is no error:

# %%
view = made_inside["w[0]"]
(view * 5).backward()
print("w.grad:", w.grad, "  view.grad:", view.grad)
(w[0] * 5).backward()
print("w.grad:", w.grad, "  when the view is made outside")

# %% [markdown]
# ### Blocks in blocks
#
# There is one switch. The block entered last has turned it, and its end puts back what was there before. That need
# not be *on*. A function that is called from inside a block finds the switch as it is.

# %%
w = torch.tensor(2.0, requires_grad=True)


def is_recorded():
    return (w * w).requires_grad


print("outside         ", is_recorded())
with torch.no_grad():
    print("  no_grad       ", is_recorded())
    with torch.enable_grad():
        print("    enable_grad ", is_recorded())
        with torch.set_grad_enabled(False):
            print("      set: False", is_recorded())
        print("    enable_grad ", is_recorded())
    print("  no_grad       ", is_recorded())
print("outside         ", is_recorded())

# %% [markdown]
# `enable_grad` turns the recording on. It does not make anything tracked: inside it, as everywhere, a result is tracked
# only if an input is.
#
# ### As a decorator, and by hand
#
# `@torch.no_grad()` above a function puts a block around each of its calls. `set_grad_enabled(False)`, called as a
# function, is different: it turns the switch, and nobody turns it back. And `torch.no_grad()` on a line by itself does
# nothing at all.


# %%
@torch.no_grad()
def square_of(t):
    return t * t


print("decorated:          ", square_of(w).requires_grad)
print("after that call:    ", is_recorded())
torch.no_grad()
print("a line by itself:   ", is_recorded())
torch.set_grad_enabled(False)
print("set to False:       ", is_recorded())
torch.set_grad_enabled(True)
print("set to True:        ", is_recorded())

# %% [markdown]
# What if an error ends the function? A block puts the switch back whatever happens. Lines that are skipped do not:


# %%
def evaluate_with_block(t):
    with torch.no_grad():
        raise ValueError("bad batch")


def evaluate_by_hand(t):
    torch.set_grad_enabled(False)
    raise ValueError("bad batch")
    torch.set_grad_enabled(True)


for evaluate in (evaluate_with_block, evaluate_by_hand):
    try:
        evaluate(w)
    except ValueError as error:
        print(f"{evaluate.__name__:20} {error}   recording afterwards: {torch.is_grad_enabled()}")
torch.set_grad_enabled(True)
print("turned on again:", torch.is_grad_enabled())

# %% [markdown]
# If you turn the switch by hand, ask `torch.is_grad_enabled()` first, and put that back in a `finally`. Better, use a
# block.
#
# ### inference_mode: the strict one
#
# `torch.inference_mode()` switches off more than the recording: also what PyTorch keeps in order to notice that a
# tensor was changed. What is made inside is marked, and may not be used later where a gradient would need it. So a
# mistake that `no_grad` lets pass becomes an error. Here is the snippet from the start once more:

# %%
w = torch.tensor(3.0, requires_grad=True)
with torch.inference_mode():
    square = w * w
print(square, square.is_inference())
try:
    cube = square * w
except RuntimeError as error:
    print("RuntimeError:", str(error).split(". ")[0])

# %% [markdown]
# Use `inference_mode` where nothing of the result goes back into training, `no_grad` for everything else.
#
# ### eval() is something else
#
# `model.eval()` sets the flag `training` of the model and of all its layers to `False`; `model.train()` sets it to
# `True`. Some kinds of layers look at it. Two are met often. **Dropout**, in training only, sets some values to 0 at
# random and makes the others larger in return. **Batch norm** takes mean and variance from the batch in training, and
# updates running values of both; in evaluation it uses the running values. Neither looks at the grad mode, and the
# recording does not look at `training`. All four pairs are possible. (`manual_seed` makes the random numbers the same
# in each run.)

# %%
torch.manual_seed(0)
layer = torch.nn.Dropout(0.5)
w = torch.ones(4, requires_grad=True)
for training in (True, False):
    for recording in (True, False):
        layer.train(training)
        with torch.set_grad_enabled(recording):
            out = layer(w * w)
        print(f"training: {training!s:6} recording: {recording!s:6}", out.tolist(), " tracked:", out.requires_grad)

# %%
norm = torch.nn.BatchNorm1d(1)
batch = torch.tensor([[1.0], [3.0]])
with torch.no_grad():
    norm(batch)
print("running mean after a training call under no_grad:", norm.running_mean)
norm.eval()
out = norm(batch)
print("and after a call in evaluation mode:             ", norm.running_mean, " tracked:", out.requires_grad)

# %% [markdown]
# So `no_grad` alone evaluates with dropout on, and changes the running mean by what it sees. And `eval()` alone records
# everything. An evaluation needs both. Only `no_grad` ends by itself: what `eval()` has set you must put back.

# %% [markdown]
# ### A whole example: train, and look
#
# Every 20 steps, look how well the model does. `evaluate` is decorated, so nothing in it is recorded. It notes the mode
# of the model and puts it back. (`model.parameters()` gives the weights of all layers, and `model.zero_grad()` empties
# their gradients.)


# %%
@torch.no_grad()
def evaluate(model, x, target):
    before = model.training
    model.eval()
    error = ((model(x) - target) ** 2).mean()
    model.train(before)
    return error


torch.manual_seed(0)
x = torch.linspace(-1, 1, 8).reshape(8, 1)
target = x * x
model = torch.nn.Sequential(torch.nn.Linear(1, 16), torch.nn.Tanh(), torch.nn.Dropout(0.2), torch.nn.Linear(16, 1))
for step in range(61):
    loss = ((model(x) - target) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            p -= 0.1 * p.grad
    model.zero_grad()
    if step % 20 == 0:
        error = evaluate(model, x, target)
        print(f"step {step:2}  loss {loss.item():.3f}  evaluated {error.item():.3f}  training: {model.training}")

# %% [markdown]
# The loss of the training steps goes up once, since each step drops other values. What was evaluated goes down
# steadily, and the model is back in training mode each time.

# %% [markdown]
# ### The same with two blanks
#
# Training again, and this time a running average of the weight is kept beside it, as it is often done for large models.
# The average is bookkeeping, so it belongs inside the block too. Replace each `...` by one line. If both are right, the
# last line prints `tensor(3.9760, requires_grad=True) tensor(3.5080)`.

# %%
w = torch.tensor(1.0, requires_grad=True)
average = torch.tensor(1.0)
for _ in range(3):
    loss = (w * 2.0 - 8.0) ** 2
    loss.backward()
    with torch.no_grad():
        ...  # blank 1: change w in place, down by 0.1 times its gradient
        w.grad = None
        ...  # blank 2: make average half of what it was plus half of w
print(w, average)

# %% [markdown]
# ## Exercises
#
# They are in [exercises/06_grad_modes](../exercises/06_grad_modes/06_grad_modes.ipynb),
# and take about 44 minutes. You will predict flags and gradients, mend a step whose penalty does nothing and an
# evaluation that leaves traces, and write a decorator that puts everything back.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ.


# %%
def main_points(torch):
    w = torch.tensor(3.0, requires_grad=True)
    with torch.no_grad():
        square = w * w
        made = torch.tensor(1.0, requires_grad=True)
        view = w.view(1)
    print(square.requires_grad, made.requires_grad, view.requires_grad, view.grad_fn)
    cube = square * w
    with torch.no_grad():
        cube.backward()
        w -= 0.1 * w.grad
    print(w.grad, w, w.is_leaf)
    try:
        square.backward()
    except RuntimeError as error:
        print(error)
    with torch.no_grad(), torch.enable_grad():
        print((w * w).requires_grad)
    layer = torch.nn.Linear(1, 1).eval()
    print(layer(view.detach()).requires_grad, torch.is_grad_enabled())


same_in_pytorch(
    main_points,
    recorded="""
False True True None
tensor(9.) tensor(2.1000, requires_grad=True) True
element 0 of tensors does not require grad and does not have a grad_fn
True
True True
""",
)

# %% [markdown]
# ## Exit ticket
#
# Three predictions, then one cell that answers them. The third brings back something from
# [lesson 04](04_accumulation.ipynb).
#
# ```python
# a = torch.tensor(2.0, requires_grad=True)
# with torch.no_grad():
#     b = a * 3
# (a * b).backward()                        # 1. What is a.grad?
#
# layer = torch.nn.Linear(2, 1)
# layer.eval()
# out = layer(torch.ones(2))
# print(layer.training, out.requires_grad)  # 2. What is printed?
#
# w = torch.tensor(2.0, requires_grad=True)
# y = w * w
# with torch.no_grad():
#     y.backward(retain_graph=True)
#     y.backward()                          # 3. What is w.grad?
# ```

# %%
first = predict("1. What is a.grad?", ["tensor(12.)", "tensor(6.)", "there is an error"])
second = predict("2. What is printed?", ["False False", "False True", "True False", "True True"])
third = predict(
    "3. What is w.grad?",
    ["there is an error: backward() is called inside no_grad", "tensor(4.)", "tensor(8.)"],
)

# %%
a = torch.tensor(2.0, requires_grad=True)
with torch.no_grad():
    b = a * 3
(a * b).backward()
first.compare(a.grad)

layer = torch.nn.Linear(2, 1)
layer.eval()
out = layer(torch.ones(2))
second.compare(f"{layer.training} {out.requires_grad}")

w = torch.tensor(2.0, requires_grad=True)
y = w * w
with torch.no_grad():
    y.backward(retain_graph=True)
    y.backward()
third.compare(w.grad)
recall("06")

# %% [markdown]
# In the first, `b` is a constant, 6. In the second, `eval()` has set the flag of the layer, and nobody has touched the
# recording. In the third, both passes walk a graph that is there already, and their gradients add up.

# %% [markdown]
# ## Summary
#
# | what | in short |
# |---|---|
# | what the grad mode says | whether the operations that run now are recorded |
# | `with torch.no_grad():` | off for the block; then back to what it was, also after an error |
# | `with torch.enable_grad():` | on for the block, also inside `no_grad`; makes nothing tracked |
# | `torch.set_grad_enabled(flag)` | a block, a decorator, or a function whose effect stays |
# | `@torch.no_grad()` | a block around each call |
# | results made inside | untracked: constants for all that follows |
# | made inside and tracked | what asks for `requires_grad=True`, and views of tracked tensors, with no way back |
# | tensors from outside, and their graphs | as they were |
# | `backward()` inside | works, if the graph was recorded |
# | belongs inside | evaluation, updates, bookkeeping |
# | `torch.inference_mode()` | stricter: what is made inside may not be saved for a backward pass |
# | `model.eval()` | a flag that dropout and batch norm look at; stays until `train()`; does not stop the recording |
#
# A block cuts out all that runs in it. Often only one tensor is to be cut out, in the middle of a computation that is
# recorded. Next is [lesson 07](07_detach.ipynb), which shows how: with `detach()`.
