"""Grad modes, and cutting a graph with detach."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% no_grad as a block
x = torch.tensor(2.0, requires_grad=True)
print(torch.is_grad_enabled())
with torch.no_grad():
    print(torch.is_grad_enabled())
    y = x * 2
print(torch.is_grad_enabled())
print(y, y.requires_grad, x.requires_grad)

# %% no_grad as a decorator
@torch.no_grad()
def double(x):
    """Twice x."""
    return x * 2


@torch.no_grad
def triple(x):
    return x * 3


x = torch.tensor(2.0, requires_grad=True)
print(double(x), triple(x), torch.is_grad_enabled())
print(double.__name__, double.__doc__, triple.__name__)

# %% no_grad as a decorator of a generator
@torch.no_grad()
def steps(x):
    yield x * 2
    yield torch.is_grad_enabled()


x = torch.tensor(2.0, requires_grad=True)
for value in steps(x):
    print(value, torch.is_grad_enabled())

# %% nested modes
x = torch.tensor(2.0, requires_grad=True)
with torch.no_grad():
    with torch.enable_grad():
        a = x * 2
    b = x * 2
print(a.requires_grad, b.requires_grad)

# %% set_grad_enabled as a block and as a function
x = torch.tensor(2.0, requires_grad=True)
with torch.set_grad_enabled(False):
    print((x * 2).requires_grad)
print((x * 2).requires_grad)
torch.set_grad_enabled(False)
print((x * 2).requires_grad, torch.is_grad_enabled())
torch.set_grad_enabled(True)
print((x * 2).requires_grad)

# %% set_grad_enabled as a decorator
@torch.set_grad_enabled(False)
def f(x):
    return x * 2


x = torch.tensor(2.0, requires_grad=True)
print(f(x).requires_grad, torch.is_grad_enabled())

# %% enable_grad as a decorator
@torch.enable_grad()
def f(x):
    return x * 2


x = torch.tensor(2.0, requires_grad=True)
with torch.no_grad():
    print(f(x))

# %% an exception puts the mode back
x = torch.tensor(2.0, requires_grad=True)
try:
    with torch.no_grad():
        raise ValueError("out")
except ValueError as error:
    print(error, torch.is_grad_enabled())

# %% one no_grad object, twice and nested
x = torch.tensor(2.0, requires_grad=True)
mode = torch.no_grad()
with mode:
    print((x * 2).requires_grad)
with mode, mode:
    pass
print(torch.is_grad_enabled())

# %% a factory call under no_grad still makes a tracked leaf
with torch.no_grad():
    w = torch.ones(2, requires_grad=True)
    v = torch.ones(2).requires_grad_()
print(w.requires_grad, v.requires_grad, w.is_leaf)

# %% what was computed under no_grad is a constant
w = torch.tensor(3.0, requires_grad=True)
with torch.no_grad():
    c = w * 2
y = w * c
y.backward()
print(w.grad, c.is_leaf)

# %% a tracked tensor is tracked again after the block
x = torch.tensor(2.0, requires_grad=True)
with torch.no_grad():
    pass
y = x * 2
print(y.requires_grad)
y.backward()
print(x.grad)

# %% in-place under no_grad keeps the history of a non-leaf
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
with torch.no_grad():
    y.add_(100)
print(y)
y.backward()
print(x.grad)

# %% inference_mode
x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.inference_mode():
    y = x * 2
    print(torch.is_inference_mode_enabled(), torch.is_grad_enabled(), y.requires_grad)
print(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
print(y.clone().requires_grad_())

# %% inference_mode as a decorator, and switched off
@torch.inference_mode()
def f(x):
    return x * 2


x = torch.tensor(1.0, requires_grad=True)
print(f(x).requires_grad)
with torch.inference_mode(False):
    print((x * 2).requires_grad)

# %% detach shares the numbers and tracks nothing
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
d = y.detach()
print(d, d.requires_grad, d.is_leaf, d.grad_fn, y.requires_grad)
d[0] = 99.0
print(y)

# %% detach cuts the gradient
x = torch.tensor(3.0, requires_grad=True)
y = x * x.detach()
y.backward()
print(x.grad)

# %% detaching the loss
x = torch.tensor(3.0, requires_grad=True)
loss = (x * x).detach()
attempt(lambda: loss.backward())

# %% detach_ changes the tensor itself
x = torch.tensor(3.0, requires_grad=True)
y = x * 2
print(y.detach_() is y, y.requires_grad, y.grad_fn, y.is_leaf)
z = y * x
z.backward()
print(x.grad)

# %% detach_ of a view
x = torch.ones(2, 2, requires_grad=True)
attempt(lambda: (x * 1)[0].detach_())
print(x.detach_().requires_grad)

# %% a detached tensor can be tracked on its own
x = torch.tensor([1.0, 2.0], requires_grad=True)
d = (x * 2).detach().requires_grad_()
(d * d).sum().backward()
print(d.grad, x.grad)

# %% detach under no_grad, detach of a detached
x = torch.tensor(1.0, requires_grad=True)
d = x.detach()
print(d.detach() is d, d._is_view(), d._base is None)

# %% .data of a leaf
x = torch.tensor([1.0, 2.0], requires_grad=True)
print(x.data, x.data.requires_grad, x.data is x)

# %% stop-gradient on both sides of a product
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
y = a.detach() * b + a * b.detach()
y.backward()
print(a.grad, b.grad)

# %% a straight-through estimator
x = torch.tensor([0.2, 0.8], requires_grad=True)
hard = (x > 0.5).float()
y = x + (hard - x).detach()
print(y)
y.sum().backward()
print(x.grad)

# %% a frozen layer passes gradients to an earlier one
x = torch.tensor([[1.0, 2.0]])
w1 = torch.tensor([[1.0], [1.0]], requires_grad=True)
w2 = torch.tensor([[2.0]], requires_grad=False)
((x @ w1) @ w2).sum().backward()
print(w1.grad, w2.grad)

# %% backward inside no_grad, and its gradient is untracked
x = torch.tensor(2.0, requires_grad=True)
y = x ** 3
with torch.no_grad():
    y.backward()
print(x.grad, x.grad.requires_grad)

# %% enable_grad inside backward does not matter to numbers
x = torch.tensor(2.0, requires_grad=True)
with torch.enable_grad():
    (x ** 3).backward()
print(x.grad, x.grad.requires_grad)

# %% repr of the modes
with torch.no_grad():
    print(torch.tensor([1.0], requires_grad=True) * 2)

# %% a mode as the decorator of a class
@torch.no_grad()
class Model:
    def __init__(self):
        self.enabled = torch.is_grad_enabled()

    def step(self):
        return torch.is_grad_enabled()


print(Model().enabled, Model().step())

# %% set_grad_enabled takes a bool
print(torch.set_grad_enabled(mode=False).__class__.__name__, torch.is_grad_enabled())
attempt(lambda: torch.set_grad_enabled(1))
print(torch.is_grad_enabled())
with torch.inference_mode(mode=False):
    print(torch.is_grad_enabled())
