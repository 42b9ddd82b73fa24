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
# # Lesson 12: debugging clinic
#
# About 40 minutes. You need lessons [01](01_requires_grad.ipynb) to [08](08_vjp.ipynb): this lesson brings their errors
# together.
#
# After this lesson you can
#
# 1. go from the text of an error to the line at fault, which is mostly another line than the one that raised;
# 2. find the fault of a program that raises nothing and learns nothing, or learns something wrong;
# 3. choose the instrument that shows a fault: a picture, a stepped pass, a comparison, anomaly detection.

# %%
import textwrap
import warnings

import minigrad as torch
from minigrad.course.lesson import predict, recall, same_in_pytorch
from minigrad.viz import compare, draw, record, trace

# %% [markdown]
# ## Predict
#
# Two programs that differ in one word, `exp` and `cos`. Both change `h` in place.
#
# ```python
# w = torch.tensor([1.0, 2.0], requires_grad=True)
# h = w.exp()            # the other program: h = w.cos()
# h += 1.0
# h.sum().backward()
# ```
#
# Choose an answer before you run the cell after the next one. Nothing is graded here.

# %%
which = predict(
    "What happens?",
    [
        "both raise an error in the line h += 1.0",
        "both raise an error in the line with backward()",
        "exp raises an error in the line with backward(), cos raises none",
        "no error: h is no leaf, so it may be changed in place",
    ],
)

# %% [markdown]
# ## Run it

# %%
noticed = []
for operation in (torch.exp, torch.cos):
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    line = "no line"
    try:
        h = operation(w)
        line = "h += 1.0"
        h += 1.0
        line = "backward()"
        h.sum().backward()
        line = "no line"
    except RuntimeError as error:
        print(error)
    noticed.append(line)
    print(f"{operation.__name__}: error in {line}, and w.grad is {w.grad}\n")
which.compare(
    {
        ("h += 1.0", "h += 1.0"): "both raise an error in the line h += 1.0",
        ("backward()", "backward()"): "both raise an error in the line with backward()",
        ("backward()", "no line"): "exp raises an error in the line with backward(), cos raises none",
        ("no line", "no line"): "no error: h is no leaf, so it may be changed in place",
    }[tuple(noticed)]
)

# %% [markdown]
# Why? The slope of `exp` is its own result. So its node keeps `h`, and `h += 1.0` writes into just that memory. The
# slope of `cos` is `-sin(w)`, so its node keeps `w`, and nobody minds what becomes of `h`.
#
# Three lines have a part in this error. The text names `Exp`, the value's origin. The traceback points at `backward()`,
# where the damage was noticed. And the fault is in the line between them, which neither of them names.

# %%
w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w.exp()
print("kept by the node:", h.grad_fn._saved_result is not None, "  changes counted:", h._version)
h += 1.0
print("after h += 1.0:    changes counted:", h._version)
draw(h)

# %% [markdown]
# ## The idea
#
# The line that raises is the **symptom**. It asks for something: a kept value, a graph, a gradient in `.grad`. The
# **cause** is the line that took that away. It ran earlier, and without a word.
#
# So go in three steps.
#
# 1. Read the text of the error to its end. *What* was asked for?
# 2. Who had it, and since when is it gone? Go up from the symptom to the line that changed, freed, cut or renamed it.
# 3. Mend that line. Do not silence the symptom.
#
# Many faults raise nothing. Then the symptom is a `.grad` that is `None`, or a loss that does not fall, or a gradient
# that is not the slope. The question stays: what is missing, and who took it?

# %% [markdown]
# ## Step backwards through the graph
#
# This program raises nothing, and its gradient is wrong. `share` is the part that each element has in the sum, and the
# loss is the first share. Step through its backward pass, and watch which ways the gradient takes to `h`. (In the
# picture `h` is the box `mul`, and `share[0]` is the box `select`: going back, it puts the gradient into its place, and
# zeros into the others.)


# %%
def mine(w):
    h = w * 2.0
    share = h / h.sum().item()
    return share[0]


w = torch.tensor([1.0, 3.0], requires_grad=True)
trace(mine(w)).step()

# %% [markdown]
# Two questions about what you saw.

# %%
ways = predict(
    "h is used twice, as what is divided and in the sum. How many of these ways did a gradient take?",
    ["0", "1", "2"],
)
both = predict(
    "If all elements of w are doubled, the shares stay. So what is the slope of the loss in that direction?",
    ["positive", "zero", "negative"],
)

# %%
division = mine(w).grad_fn.next_functions[0][0]
print(division.name(), [None if node is None else node.name() for node, _ in division.next_functions])
ways.compare(sum(node is not None for node, _ in division.next_functions))
values = torch.tensor([1.0, 3.0])
print("w.grad:", w.grad)
slope = mine(2 * values) - mine(values)
both.compare("zero" if slope == 0 else "positive" if slope > 0 else "negative")
print("what w.grad says of that direction:", (w.grad * values).sum())

# %% [markdown]
# The gradient says that doubling `w` raises the loss. It does not. You have found a fault without any error: `item()`
# made a plain number of the sum, and one of two ways back is gone.
#
# If you have a program that is right, slow and ugly as it may be, let it be the **reference**. `compare` lays the two
# backward passes side by side, and says in which step they part.


# %%
def reference(w):
    h = w * 2.0
    share = h / h.sum()
    return share[0]


w = torch.tensor([1.0, 3.0], requires_grad=True)
wrong = trace(mine(w))
w.grad = None
right = trace(reference(w))
print(w.grad)
compare(wrong, right, labels=("mine", "reference"))

# %% [markdown]
# ## Worked examples
#
# ### What each error text asks for
#
# Here are small programs, each with one fault, and PyTorch's words for it.

# %%
faults = {
    "changed in place": "h = w.exp(); h += 1.0; h.sum().backward()",
    "second backward": "y = (w * w).sum(); y.backward(); y.backward()",
    "leaf in place": "w -= 0.1",
    "view of a leaf in place": "w[0] = 0.0",
    "no graph": "(w * w).sum().detach().backward()",
    "no scalar": "(w * w).backward()",
    "shape of v": "(w * w).backward(torch.ones(3))",
    "numpy": "w.numpy()",
    "flag of a result": "(w * w).requires_grad_(False)",
    "integers": "torch.tensor([1, 2], requires_grad=True)",
    "not used": "torch.autograd.grad((w * w).sum(), [w, v])",
    "lost leaf": "w = w * 0.1; (w * w).sum().backward(); 0.1 * w.grad",
    "optimizer": "torch.optim.SGD([w * 0.1], lr=0.1)",
}
for name, program in faults.items():
    made = {name: torch.tensor([1.0, 2.0], requires_grad=True) for name in "wv"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(program, {"torch": torch, **made})
    except (RuntimeError, TypeError, ValueError) as error:
        print(f"{name}:  {program}\n   {type(error).__name__}: {error}\n")

# %% [markdown]
# The tables go from a piece of the text to the lines that may have taken away what was asked for, and to the lesson
# that explains them. Asked for was **a value that a node has kept**:
#
# | the text has | look for | lesson |
# |---|---|---|
# | `modified by an inplace operation` | `+=`, `x[i] = ...`, `add_` on it, or on what shares its memory | [03], [07] |
# | (the same) | `optimizer.step()` between the forward pass and `backward()` | [04] |
# | `backward through the graph a second time` | what was computed before the loop and belongs in it | [03] |
# | (the same) | two losses with a part in common | [03] |
#
# Asked for was **a graph**, or a way in it:
#
# | the text has | look for | lesson |
# |---|---|---|
# | `does not require grad and does not have a grad_fn` | `item()`, `numpy()`, `torch.tensor(...)` of a result | [02] |
# | (the same) | `no_grad` around the forward pass; `detach()` | [06], [07] |
# | (the same) | weights that are all untracked | [01] |
# | `appears to not have been used in the graph` | a cut on the way, or another tensor in the list | [02], [07] |
# | `Can't call numpy() on Tensor that requires grad` | a report or a plot without `detach()` | [01], [07] |
#
# Asked for was **a leaf**:
#
# | the text has | look for | lesson |
# |---|---|---|
# | `a leaf Variable that requires grad` | a change in place outside `no_grad` | [05], [06] |
# | `a view of a leaf Variable that requires grad` | `w[i] = ...` outside `no_grad` | [05], [06] |
# | `only change requires_grad flags of leaf variables` | a result frozen instead of a weight | [05], [07] |
# | `can't optimize a non-leaf Tensor` | `.to(...)` or `* 0.1` after `requires_grad=True` | [05] |
# | `unsupported operand type(s) for *: 'float' and 'NoneType'` | `w = w * ...`, a cut, no `backward()` | [01], [05] |
#
# Asked for was **another shape or dtype**:
#
# | the text has | look for | lesson |
# |---|---|---|
# | `grad can be implicitly created only for scalar outputs` | a missing `sum()`, `mean()` or `v` | [08] |
# | `Mismatch in shape: grad_output[0] has a shape of` | a result of another shape than you think | [08] |
# | `Only Tensors of floating point and complex dtype` | numbers without a point, labels | [01] |
#
# One warning belongs here too: `The .grad attribute of a Tensor that is not a leaf Tensor is being accessed`. It means
# what the lost leaf means.
#
# [01]: 01_requires_grad.ipynb
# [02]: 02_propagation.ipynb
# [03]: 03_backward.ipynb
# [04]: 04_accumulation.ipynb
# [05]: 05_leaves.ipynb
# [06]: 06_grad_modes.ipynb
# [07]: 07_detach.ipynb
# [08]: 08_vjp.ipynb

# %% [markdown]
# ### The advice in the text is for the symptom
#
# "Specify retain_graph=True", says the second text. Here is a loop that gets this error. It follows the advice, and
# the error goes away.

# %%
x, target = torch.tensor(2.0), torch.tensor(10.0)
w = torch.tensor(1.0, requires_grad=True)
prediction = w * x
for step in range(4):
    loss = (prediction - target) ** 2
    loss.backward(retain_graph=True)
    print(f"step {step}  w {w.item():.2f}  loss {loss.item():.2f}  w.grad {w.grad.item():.2f}")
    with torch.no_grad():
        w -= 0.05 * w.grad
    w.grad = None

# %% [markdown]
# The loss stays at 64, and so does the gradient of -32, while `w` changes and runs past its goal, which is 5. The
# prediction was made once, before the loop. It asked for the old graph because it *was* the old one. The fault is
# where that line stands:

# %%
w = torch.tensor(1.0, requires_grad=True)
for step in range(3):
    prediction = w * x
    loss = (prediction - target) ** 2
    loss.backward()
    print(f"step {step}  w {w.item():.2f}  loss {loss.item():.2f}  w.grad {w.grad.item():.2f}")
    with torch.no_grad():
        w -= 0.05 * w.grad
    w.grad = None

# %% [markdown]
# ### Which forward line? Anomaly detection
#
# In a long program, the text "output 0 of Exp" does not say *which* `exp`. `detect_anomaly()` notes the line of each
# operation while it runs. When backward fails, a warning says which forward line made the node that failed. It takes
# time, so switch it on for the search only.


# %%
def suspicious(program):
    """Run a program under anomaly detection: the forward line that it names, and the error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with torch.autograd.detect_anomaly():
                program()
            print("nothing found")
        except RuntimeError as error:
            text = str(caught[-1].message).split(" (Triggered")[0].strip()  # PyTorch ends it with a C++ line
            print(text.split(". ")[0] + ":", text.splitlines()[-1].strip())
            print(error)


def two_exps():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    first = w.exp()
    second = (w * 0.5).exp()
    total = first + second
    second *= 2.0
    total.sum().backward()


suspicious(two_exps)

# %% [markdown]
# Now it is clear that the spoilt value is `second`. The line at fault is still another one: go down from there to where
# `second` is changed. The hint at the end says so too: "in there or anywhere later".
#
# Anomaly detection also stops at the first gradient that is `nan`. Without it, a `nan` is no error at all. Here the
# slope of the square root at 0 is infinite, and infinity times 0 is `nan`:

# %%
w = torch.tensor([0.0, 4.0], requires_grad=True)
mask = torch.tensor([0.0, 1.0])
(w.sqrt() * mask).sum().backward()
print("no error:", w.grad)


def masked_root():
    w = torch.tensor([0.0, 4.0], requires_grad=True)
    root = w.sqrt()
    (root * mask).sum().backward()


suspicious(masked_root)

# %% [markdown]
# The mask comes after the root, so it is too late: going back, it sends 0 into a node with an infinite slope. What goes
# *into* the root must be harmless where the mask is 0:

# %%
w = torch.tensor([0.0, 4.0], requires_grad=True)
harmless = torch.where(mask > 0, w, torch.ones(2))
(harmless.sqrt() * mask).sum().backward()
print(w.grad)

# %% [markdown]
# ### No error, and nothing learned
#
# The next program raises nothing, and `w1.grad` is `None`. A graph cannot show what is not in it. `record()` notes all
# that runs, so its picture shows where the way ends.

# %%
x = torch.tensor([1.0, 2.0])
w1 = torch.tensor([0.5, 0.5], requires_grad=True)
w2 = torch.tensor([1.0, -1.0], requires_grad=True)
with record() as r:
    hidden = w1 * x
    with torch.no_grad():
        scaled = hidden / hidden.sum()
    loss = (scaled * w2).sum()
    loss.backward()
print("w1.grad:", w1.grad, "  w2.grad:", w2.grad)
r.draw()

# %% [markdown]
# `loss` is tracked, because of `w2`. So `backward()` has no reason to complain. That both ends are tracked does not
# mean that there is a way between them.
#
# ### No error, and something wrong
#
# The last kind: every `.grad` is filled, and still wrong. Here the line that empties it is missing. What tells? A
# gradient has a meaning, and you can check it: try a small change.

# %%
w = torch.tensor(3.0, requires_grad=True)
for step in range(2):
    loss = w * w
    loss.backward()
    tried = ((w.item() + 0.01) ** 2 - (w.item() - 0.01) ** 2) / 0.02
    (fresh,) = torch.autograd.grad(w * w, w)
    print(f"step {step}  w.grad {w.grad.item():.2f}  by trying {tried:.2f}  by autograd.grad {fresh.item():.2f}")

# %% [markdown]
# In the first step all three agree. In the second one `w.grad` is twice the slope. `torch.autograd.grad` computes the
# same gradient without `.grad`: if the two differ, then something was in `.grad` before, and the fault is in the
# emptying. If both differ from the trial, the fault is in the graph: a cut, or a change through `.data`.

# %% [markdown]
# ### The same with two blanks
#
# Two steps that compute the same, so both must find the same gradient. Replace each `...` by one line. If both are
# right, the cell prints `tensor([1.0064, 0.6146])` twice. If it raises, read the text and look at your second line.

# %%
x = torch.tensor([1.0, 2.0])
w = torch.tensor([-1.0, -1.0], requires_grad=True)
for _ in range(2):
    ...  # blank 1: nothing of the step before may be left in w.grad
    h = (w * x).exp()
    ...  # blank 2: let h be 1 more, without changing what exp has kept
    (h * h).sum().backward()
    print(w.grad)

# %% [markdown]
# ## Exercises
#
# They are in [exercises/12_debugging_clinic](../exercises/12_debugging_clinic/12_debugging_clinic.ipynb),
# and take about 44 minutes. You will predict errors, find the lines at fault, choose what may run in place, mend three
# programs, and write a function that tells four causes of one symptom apart.

# %% [markdown]
# ## The same in PyTorch
#
# The main points of this lesson, and what PyTorch 2.13 printed for them. Nothing should differ.


# %%
def main_points(torch):
    def say(program):
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        try:
            exec(program, {"torch": torch, "w": w})
            print(w.grad)
        except RuntimeError as error:
            print(textwrap.fill(str(error), 100))

    say("h = w.exp(); h += 1.0; h.sum().backward()")
    say("h = w.cos(); h += 1.0; h.sum().backward()")
    say("y = (w * w).sum(); y.backward(); y.backward()")
    say("w -= 0.1")
    say("(w * w).sum().detach().backward()")
    say("(w * w).backward()")
    say("(w * w).backward(torch.ones(3))")
    say("((w - 1.0).sqrt() * torch.tensor([0.0, 1.0])).sum().backward()")


same_in_pytorch(
    main_points,
    recorded="""
one of the variables needed for gradient computation has been modified by an inplace operation:
[torch.FloatTensor [2]], which is output 0 of Exp, is at version 1; expected version 0 instead.
Hint: enable anomaly detection to find the operation that failed to compute its gradient, with
torch.autograd.set_detect_anomaly(True, check_nan=False).
tensor([-0.8415, -0.9093])
Trying to backward through the graph a second time (or directly access saved tensors after they have
already been freed). Saved intermediate values of the graph are freed when you call .backward() or
autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time
or if you need to access saved tensors after calling backward.
a leaf Variable that requires grad is being used in an in-place operation.
element 0 of tensors does not require grad and does not have a grad_fn
grad can be implicitly created only for scalar outputs
Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of
torch.Size([2]).
tensor([   nan, 0.5000])
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
# h = w.sigmoid()
# h.sigmoid_()
# h.mul_(2.0)
# h.sum().backward()                        # 1. raises. Which line is at fault?
#
# u = torch.tensor(2.0, requires_grad=True)
# v = torch.tensor(3.0, requires_grad=True)
# loss = u * v.item()
# loss.backward()                           # 2. What is v.grad?
#
# p = torch.tensor(2.0, requires_grad=True)
# for _ in range(3):
#     (p * 4.0).backward()                  # 3. What is p.grad after the loop?
# ```

# %%
first = predict("1. Which line is at fault?", ["h.sigmoid_()", "h.mul_(2.0)", "both", "h.sum().backward()"])
second = predict("2. What is v.grad?", ["tensor(2.)", "tensor(0.)", "None", "there is an error"])
third = predict("3. What is p.grad after the loop?", ["tensor(4.)", "tensor(12.)", "tensor(64.)"])


# %%
def goes_back(without):
    """Whether the first program goes back if these lines make a new tensor."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    h = w.sigmoid()
    h = h.sigmoid() if "h.sigmoid_()" in without else h.sigmoid_()
    h = h * 2.0 if "h.mul_(2.0)" in without else h.mul_(2.0)
    try:
        h.sum().backward()
    except RuntimeError:
        return False
    return True


lines = ["h.sigmoid_()", "h.mul_(2.0)"]
enough = [line for line in lines if goes_back([line])]
first.compare(enough[0] if enough else "both" if goes_back(lines) else "h.sum().backward()")

u = torch.tensor(2.0, requires_grad=True)
v = torch.tensor(3.0, requires_grad=True)
loss = u * v.item()
loss.backward()
second.compare(v.grad)

p = torch.tensor(2.0, requires_grad=True)
for _ in range(3):
    (p * 4.0).backward()
third.compare(p.grad)

recall("12")

# %% [markdown]
# In the first, each `sigmoid` has kept its result, and each of the two lines overwrites one: to mend only one of them
# is not enough. In the second, `v.item()` is a number, and no way leads back to `v`. In the third, nobody empties
# `p.grad`, and three passes add up.

# %% [markdown]
# ## Summary
#
# | you see | ask | instrument |
# |---|---|---|
# | an error in `backward()` | what was asked for, and who took it? | the text, to its end; then the table above |
# | an error that names an operation | who made that value, and who changed it? | `torch.autograd.detect_anomaly()` |
# | a `.grad` that is `None` | is it tracked, a leaf, reached? | `draw(loss)`, and `record()` for what no graph holds |
# | a `nan` | in which node did it begin? | `torch.autograd.detect_anomaly()` |
# | a gradient that is not the slope | `.grad` not emptied, or a cut? | a small change; `torch.autograd.grad` |
# | two programs that should agree | in which step do they part? | `compare(trace(mine), trace(reference))` |
#
# | what | in short |
# |---|---|
# | the line that raises | is the symptom; the cause ran earlier, without a word |
# | `retain_graph=True`, `.data`, `try`, `requires_grad_()` on a loss | silence symptoms; ask what they hide |
# | no error | is no proof: look at the gradients |
#
# This is the last lesson. `progress()` in an exercises notebook shows what is done and what is left. And when one of
# these errors meets you in a program of your own, the table is here.
