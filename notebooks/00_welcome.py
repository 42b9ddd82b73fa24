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
# # Lesson 00: welcome
#
# About 25 minutes. You need Python, a little numpy, and the derivative of a function of one variable.
#
# After this lesson you can
#
# 1. run a lesson's cells, and predict what they show before you run them;
# 2. read a drawn graph, and go through a backward pass step by step;
# 3. write an answer, have it checked, and say what its card tells you.
#
# This course is about **autograd**, the part of PyTorch that finds derivatives. You will predict what it does, look at
# it while it runs, mend programs that use it wrongly, and in the end build one yourself. Each lesson is a notebook like
# this one: text, and cells with code. This first one shows how it all works.
#
# To run a cell, click into it and press **Shift+Enter**. It runs, what it shows appears below it, and the next cell is
# chosen. Run the cells one after the other, from the top, and leave none out: a cell may need what the ones before it
# have made. Start with this one.

# %%
import minigrad as torch
from minigrad.course import check
from minigrad.course.lesson import predict, same_in_pytorch
from minigrad.viz import draw, trace

# %% [markdown]
# `minigrad` is a small library that behaves as PyTorch does, and that you can read. Here it goes by PyTorch's name.
# What it prints, PyTorch prints.

# %% [markdown]
# ## Predict
#
# Each lesson begins with a few lines of code and a question. **Decide before you run them.** A guess is good enough:
# who has guessed remembers what happened, above all where the guess was wrong. Nothing is graded here.
#
# ```python
# x = torch.tensor(3.0, requires_grad=True)
# w = torch.tensor(5.0, requires_grad=True)
# y = x * x
# y = y * w
# y.backward()
# ```
#
# A **tensor** is like a numpy array. These two hold one number each, and `requires_grad=True` asks for their
# derivatives. `y.backward()` computes them, and puts them into `x.grad` and `w.grad`. There `x.grad` says how fast `y`
# changes when `x` changes.
#
# The name `y` is used for two different tensors. When `backward()` runs, the first of them has no name any more.
#
# Run the next cell, choose one of its options, then run the cell after it.

# %%
two_tensors_one_name = predict(
    "What is x.grad after these five lines?",
    ["None: the last y is made of y and w", "tensor(5.)", "tensor(6.)", "tensor(30.)"],
)

# %% [markdown]
# ## Run it

# %%
x = torch.tensor(3.0, requires_grad=True)
w = torch.tensor(5.0, requires_grad=True)
y = x * x
y = y * w
y.backward()
two_tensors_one_name.compare(x.grad)
print("w.grad is", w.grad)

# %% [markdown]
# Why? What counts is what was computed, not what it is called. `y` is `x * x * w`, its slope seen from `x` is
# `2 * x * w`, and with 3 and 5 in their places that is 30. Seen from `w` the slope is `x * x`, which is 9.
#
# But where is `x * x` kept, if no name leads to it? In the **graph**. It can be drawn:

# %%
draw(y)

# %% [markdown]
# Read it along the arrows. A blue box with square corners is a **leaf**: a tensor that you made yourself, here with
# its value and, since `backward()` has run, its gradient. A box with round corners is an operation, with its result.
# Both arrows into the first `mul` come from `x`, since `x * x` uses `x` twice. Its result goes on to the second `mul`,
# together with `w`. What that gives is `y`.
#
# The first `mul` shows no value: no name is left for its result, so the picture has nothing to show. The operation is
# there all the same.

# %% [markdown]
# ## The idea
#
# You compute as always. For tensors that ask for it, autograd writes down each operation while it runs: a **node** of
# the graph for each, with arrows from what went in. This is called the **forward pass**.
#
# `y.backward()` goes the other way, from `y` back to the leaves: the **backward pass**. Each node knows the derivative
# of its own operation. It gets the gradient of its result, multiplies it by that derivative, and sends on the gradients
# of its inputs. This is the chain rule, one node at a time. What arrives at a leaf is stored in its `.grad`.
#
# A **gradient** says how fast `y` changes when a tensor changes. A network learns by that: one number, the **loss**,
# says how wrong it is, and the gradients say how to change each of its many **weights** to make that number smaller.

# %% [markdown]
# ## Step backwards through the graph
#
# `trace(y)` runs `y.backward()` and keeps every step. With `.step()` you go through them.
#
# | to go | do this |
# |---|---|
# | one step on, one step back | the buttons *Next* and *Back*, or the right and left arrow keys |
# | to the step of a box | click the box |
# | to any step | drag the slider, or choose from the list beside it |
# | to the first, to the last | the keys Home and End |
# | through all of them | the button *Play*, or the space bar; the same again stops it |
#
# For the keys, click into the picture once. Marks show which box is running, which ones just got something, and which
# ones ran before; below the picture it says which mark is which. In a box, `gradient` is what has come to it so far,
# and `.grad` is what a leaf has stored. The sentence beside the picture says what happens, and under it stand the
# numbers. (Where a page shows no buttons, the steps stand one below the other.)

# %%
x = torch.tensor(3.0, requires_grad=True)
w = torch.tensor(5.0, requires_grad=True)
y = x * x
y = y * w
trace(y).step()

# %% [markdown]
# It starts at `y` with 1: if `y` grows by 1, `y` grows by 1. A product multiplies what it gets by the *other* factor.
# The last `mul` sends `1.0 * 5.0` to the first one, and `1.0 * 9.0` to `w`. The first `mul` sends `5.0 * 3.0` to `x`,
# twice, once for each use. They are added: 30.
#
# In every lesson you answer two questions from what you saw. Go back to the steps as often as you need to.

# %%
to_w = predict(
    "If w were 7 instead of 5, what would come to w?",
    ["tensor(7.)", "tensor(9.)", "tensor(63.)"],
)
to_x = predict(
    "If w were 7 instead of 5, what would come to x, all in all?",
    ["tensor(21.)", "tensor(30.)", "tensor(42.)"],
)

# %%
x = torch.tensor(3.0, requires_grad=True)
w = torch.tensor(7.0, requires_grad=True)
y = x * x
y = y * w
y.backward()
to_w.compare(w.grad)
to_x.compare(x.grad)

# %% [markdown]
# ## Worked examples
#
# Here a lesson shows its topic in small programs. Change a number, run the cell again, and see what happens: you cannot
# break anything. This one goes along a parabola and prints its slope. (`y.item()` is the number that is in `y`, as an
# ordinary Python number.)

# %%
for start in (0.0, 1.0, 2.0, 3.0, 4.0):
    x = torch.tensor(start, requires_grad=True)
    y = x * x - 4.0 * x
    y.backward()
    print(f"x = {start}   y = {y.item():4.1f}   slope = {x.grad.item():4.1f}")

# %% [markdown]
# Where the slope is negative, `y` falls; where it is positive, `y` rises. At 2 the slope is 0, and `y` is least there.
#
# ### The same with two blanks
#
# Then it is your turn. Replace each `...` by code. If both are right, the last line prints `tensor(-6.)`.

# %%
x = torch.tensor(1.0, requires_grad=True)
y = ...  # blank 1: x squared, minus 8 times x
...  # blank 2: go back from y
print(x.grad)

# %% [markdown]
# ## What a card says
#
# The exercises are in notebooks of their own. Below each answer is a cell that checks it and shows a **card**. Run
# that one with **Ctrl+Enter**: the page stays where it is, so that the card is in view from its top.
#
# Here is a card for an answer that is wrong on purpose. Asked for is a function `slope(f, at)`: the slope of any
# function `f` at the point `at`. The text gives one example, `x * x`, and for that one the answer is right. (`seed=1`
# makes this a rehearsal, with inputs of its own, that does not count.)


# %%
def slope(f, at):
    return torch.tensor(2 * at)


check("00.2", slope, seed=1)

# %% [markdown]
# From the top to the bottom:
#
# - **How it went**: ✓ correct, ✗ not yet, or ○ not attempted, when the answer still behaves like the code you were
#   given. (An exclamation mark would say that the exercise itself is broken. That is not your fault.)
# - **How many checks passed**, and the points for that. Part of the checks gives part of the points.
# - **A belief that leads to this answer**, where one is recognised, in a few sentences. It is a guess from what your
#   program did, not from how it is written. Where none is recognised, this is left out.
# - **The checks**, one line each. Where one failed: the call, what was expected, and what your program gave. You can
#   run that call in a cell of your own. For a prediction, what was expected is not shown.
# - **Hints**, folded, from a nudge to nearly the answer. Once all is right, an explanation takes their place.
#
# The number below the card is its points once more.
#
# ### From one card to the next
#
# An exercise is seldom right at once. You check, read, change one thing, and check again. Here is how that goes where
# no belief is recognised. Somebody has read the card above, and tries it without autograd: how much does `f` grow from
# `at` to one further? Read both, the program and its card, before you read on.


# %%
def slope(f, at):
    return f(at + 1.0) - f(at)


check("00.2", slope, seed=1)

# %% [markdown]
# All three checks failed, and not for the same reason. Take them one by one.
#
# - The first two say what kind of thing came: **a float, where a tensor is expected**. `at` is a Python number, so
#   `f(at)` is one too. The exercise asks for a tensor.
# - In the third, the program **raised an error**, and the card shows its last line, which is the one to read first.
#   A Python number has no `sin()`, but a tensor has. Behind it, in brackets, stands the line of your program where it
#   happened. To see the whole error, run the call in a cell of your own.
#
# Both have one cause: `f` got a number in place of a tensor. And the first two show something else. Next to the
# numbers expected, those that came are far off. One further is too far: the slope changes on the way. The next try
# mends both, with a tensor and a much smaller step. `check` returns the points, so you can predict them.

# %%
points_for_the_next_try = predict("How many points does the next try get?", ["0", "1.0", "3"])


# %%
def slope(f, at):
    step = 0.001
    x = torch.tensor(at)
    return (f(x + step) - f(x)) / step


points_for_the_next_try.compare(check("00.2", slope, seed=1))

# %% [markdown]
# The error is gone, the kind is right, and the numbers are nearly right. The card says so, and how far off they are
# at most. But still no check passes. A check allows for rounding and for little more, and the slope between two points
# is not the slope at one of them. The exact one comes from going back through the graph, and that is left to you.
#
# Two things are worth keeping. Points may stay where they are while the answer gets better, so read *expected* and
# *got*, not only the marks. And change one thing at a time: then the next card tells you what that change did.

# %% [markdown]
# ## When you are stuck
#
# - Read the first check that failed, and run its call in a new cell. The button with a plus sign makes one.
# - `draw(y)` shows what was computed, `trace(y).step()` what went back. Put the line
#   `from minigrad.viz import draw, trace` before them.
# - `hint("00.2")`, in a cell of the exercises notebook, shows one hint; again, the next one.
# - A cell that does not end is stopped by the button with the square. The menu *Kernel*, *Restart Kernel and Run All
#   Cells* starts a notebook afresh: that helps when cells were run in another order.
# - To start one exercise again, points and all, run `minigrad reset 00.2` in a terminal. It keeps a copy of what you
#   had, and touches no other exercise.
#
# A wrong answer costs nothing. Check as often as you like: your progress keeps the best result.

# %% [markdown]
# ## Exercises
#
# They are in [exercises/00_welcome](../exercises/00_welcome/00_welcome.ipynb), and take about 19 minutes. There are
# five: you will predict, write the function above, go from a picture back to a program, put lines in order, and mend a
# program by what its card says.

# %% [markdown]
# ## The same in PyTorch
#
# What you learn here holds in PyTorch. To show it, each lesson has a cell with its main points, and what PyTorch 2.13
# printed for it. Where PyTorch is installed, the cell is run in it as well, and you are told if anything differs.
# Nothing should.


# %%
def main_points(torch):
    x = torch.tensor(3.0, requires_grad=True)
    w = torch.tensor(5.0, requires_grad=True)
    y = x * x
    y = y * w
    print(y)
    print(x.grad)
    print(y.backward())
    print(x.grad, w.grad)
    print(x)


same_in_pytorch(
    main_points,
    recorded="""
tensor(45., grad_fn=<MulBackward0>)
None
None
tensor(30.) tensor(9.)
tensor(3., requires_grad=True)
""",
)

# %% [markdown]
# Four things can be read off it. Before `backward()` the gradient is `None`. `backward()` returns `None`. Afterwards
# the gradients are in `.grad`. And `x` itself is still 3: to change it is up to you. (`grad_fn`, in the first line, is
# the node that made `y`. `MulBackward0` is PyTorch's name for the node of a product.)

# %% [markdown]
# ## Exit ticket
#
# At the end of each lesson there are three predictions, then one cell that answers them. From
# [lesson 01](01_requires_grad.ipynb) on, one of them brings back something from before.
#
# ```python
# p = torch.tensor(2.0, requires_grad=True)
# q = torch.tensor(4.0, requires_grad=True)
# r = p * q
# print(p.grad)                             # 1. What is printed?
# r.backward()
# print(p.grad)                             # 2. What is printed?
# print(p.item())                           # 3. What is printed?
# ```

# %%
first = predict("1. What is printed?", ["None", "tensor(0.)", "tensor(4.)"])
second = predict("2. What is printed?", ["tensor(2.)", "tensor(4.)", "tensor(8.)"])
third = predict("3. What is printed?", ["2.0", "4.0", "8.0"])

# %%
p = torch.tensor(2.0, requires_grad=True)
q = torch.tensor(4.0, requires_grad=True)
r = p * q
first.compare(p.grad)
r.backward()
second.compare(p.grad)
third.compare(p.item())

# %% [markdown]
# At first nothing has been computed, and PyTorch says `None` for that. Then `p.grad` is the other factor, `q`. And `p`
# itself is what it was: `backward()` fills `.grad`, and changes no value.

# %% [markdown]
# ## Where things are
#
# The files are listed at the left. If nothing is there, Ctrl+B shows the list (on a Mac, Cmd+B).
#
# | name | what it is or does |
# |---|---|
# | `notebooks/` | the lessons, in their order |
# | `exercises/` | a folder for each lesson, with its exercises |
# | `progress()`, in a cell of an exercises notebook | what is solved, and what comes next |
# | `minigrad lab`, in a terminal | opens the course where you left off |
# | `minigrad progress` | the same as `progress()`, in the terminal |
# | `minigrad check 00.2`, `minigrad hint 00.2` | a card, or a hint, in the terminal |
#
# `minigrad lab` also brings the course up to date. What you have changed stays as it is.
#
# Your progress is kept in a small file beside the folders, `.minigrad-progress.json`. If it gets lost, no answer is
# lost with it: check again, and it is back.
#
# ### How a lesson is laid out
#
# | part | what you do there |
# |---|---|
# | Predict, Run it | be surprised, or not |
# | The idea | read it in a few sentences, with PyTorch's own words for it |
# | Step backwards through the graph | watch a backward pass, and answer two questions |
# | Worked examples | see it done, and then fill in two blanks |
# | Exercises | predict, write, mend; this is where you learn most |
# | The same in PyTorch | see that it holds there |
# | Exit ticket | find out what has stayed with you |
# | Summary | a page to come back to |
#
# A lesson takes between half an hour and an hour and a half, exercises included; [lesson 09](09_build_an_engine.ipynb),
# in which you build the engine, takes longer. A break between the two does no harm.

# %% [markdown]
# ## Summary
#
# | what | in short |
# |---|---|
# | run a cell | Shift+Enter, from the top, none left out |
# | ask for a derivative | `x = torch.tensor(3.0, requires_grad=True)` |
# | forward pass | compute; autograd writes the operations down, whatever the results are called |
# | backward pass | `y.backward()`, from `y` back to the leaves, by the chain rule |
# | the gradient | in `x.grad`; `None` before `backward()`; `x` itself stays as it is |
# | see it | `draw(y)`, and `trace(y).step()` |
# | have it checked | the cell below your answer; its card says what, where, and often why |
#
# Next is [lesson 01](01_requires_grad.ipynb). It asks for which tensors operations are written down, and who decides
# that.
