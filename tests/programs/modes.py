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

# %% modes as decorators of generators: send, throw, close
@torch.no_grad()
def talk():
    print("start", torch.is_grad_enabled())
    try:
        got = yield 1
        print("got", got, torch.is_grad_enabled())
        try:
            yield 2
        except ValueError as error:
            print("caught", error, torch.is_grad_enabled())
            yield 3
        yield 4
    finally:
        print("closing", torch.is_grad_enabled())


talker = talk()
print(next(talker), torch.is_grad_enabled())
print(talker.send("hello"), torch.is_grad_enabled())
print(talker.throw(ValueError("oops")), torch.is_grad_enabled())
talker.close()
print(torch.is_grad_enabled())


@torch.no_grad()
def returns():
    yield torch.is_grad_enabled()
    return "done"


def delegate():
    result = yield from returns()
    print(result, torch.is_grad_enabled())


print(list(delegate()))

# %% a generator that raises
@torch.enable_grad()
def fails():
    yield torch.is_grad_enabled()
    raise KeyError("inside")


with torch.no_grad():
    generator = fails()
    print(next(generator), torch.is_grad_enabled())
    attempt(lambda: next(generator))
    print(torch.is_grad_enabled())

# %% a generator decorated with set_grad_enabled
@torch.set_grad_enabled(False)
def numbers():
    for i in range(2):
        yield i, torch.is_grad_enabled()


for i, inside in numbers():
    print(i, inside, torch.is_grad_enabled())

# %% a mode's object used again, and nested in itself
mode = torch.no_grad()
with mode:
    print(torch.is_grad_enabled())
    with mode:
        print(torch.is_grad_enabled())
    print(torch.is_grad_enabled())
print(torch.is_grad_enabled())
with mode:
    print(torch.is_grad_enabled())
print(torch.is_grad_enabled())

# %% an exception inside a mode
try:
    with torch.no_grad():
        raise ValueError("inside")
except ValueError as error:
    print(error, torch.is_grad_enabled())

# %% a decorated function that calls itself
@torch.no_grad()
def count(n):
    return [torch.is_grad_enabled()] + (count(n - 1) if n else [])


print(count(2), torch.is_grad_enabled())

# %% a decorated class
@torch.no_grad()
class Decorated:
    def __init__(self, x):
        self.inside = torch.is_grad_enabled()
        self.x = x

    def mode(self):
        return torch.is_grad_enabled()


d = Decorated(3)
print(d.inside, d.x, d.mode())

# %% decorated methods
class Model:
    @torch.no_grad()
    def predict(self, x):
        return x * 2

    @torch.enable_grad()
    def train(self, x):
        return x * 2

    @staticmethod
    @torch.inference_mode()
    def infer(x):
        return x * 2


x = torch.ones(2, requires_grad=True)
m = Model()
print(m.predict(x), m.train(x), m.infer(x))
with torch.no_grad():
    print(m.train(x))

# %% set_grad_enabled of what is no bool
for value in (1, None, "yes", torch.tensor(True), 0.0):
    attempt(lambda: torch.set_grad_enabled(value))
print(torch.is_grad_enabled())

# %% what a mode prints, is entered as, and takes
print(torch.set_grad_enabled(True), torch.set_grad_enabled(mode=True))
with torch.no_grad() as entered:
    print(entered)
with torch.enable_grad() as entered:
    print(entered)
with torch.set_grad_enabled(False) as entered:
    print(entered)
with torch.inference_mode() as entered:
    print(entered)
attempt(lambda: torch.enable_grad(1, 2))
attempt(lambda: torch.set_grad_enabled())

# %% clone of a mode
print(torch.no_grad().clone() is not None, torch.set_grad_enabled(False).clone().mode)
torch.set_grad_enabled(True)
print(torch.inference_mode(False).clone().mode, torch.inference_mode().mode)

# %% each thread has its own mode
import threading

seen = []
with torch.no_grad():
    thread = threading.Thread(target=lambda: seen.append((torch.is_grad_enabled(), torch.is_inference_mode_enabled())))
    thread.start()
    thread.join()
    seen.append(torch.is_grad_enabled())
torch.set_grad_enabled(False)
thread = threading.Thread(target=lambda: (seen.append(torch.is_grad_enabled()), torch.set_grad_enabled(False)))
thread.start()
thread.join()
torch.set_grad_enabled(True)
thread = threading.Thread(target=lambda: torch.set_grad_enabled(False))
thread.start()
thread.join()
seen.append(torch.is_grad_enabled())
print(seen)

# %% a coroutine
import asyncio


@torch.no_grad()
async def work():
    return torch.is_grad_enabled()


print(asyncio.run(work()))

# %% modes by other paths
print(torch.autograd.no_grad is torch.no_grad, torch.autograd.enable_grad is torch.enable_grad)
print(torch.autograd.grad_mode.no_grad is torch.no_grad, torch.autograd.inference_mode is torch.inference_mode)
print(torch.autograd.grad_mode.set_grad_enabled is torch.set_grad_enabled, torch.autograd.set_grad_enabled is torch.set_grad_enabled)
print(torch.is_grad_enabled(), torch.autograd.is_grad_enabled() if hasattr(torch.autograd, "is_grad_enabled") else None)

# %% flags under no_grad
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    y = x * 2
    z = torch.ones(2, requires_grad=True)
    w = (x * 2).requires_grad_()
    v = x.view(2)
    c = x.clone()
    d = x.detach()
    print(x.requires_grad, y.requires_grad, z.requires_grad, w.requires_grad, w.is_leaf, v.requires_grad, c.requires_grad, d.requires_grad)
y = w * 2
y.sum().backward()
print(w.grad)

# %% to and contiguous that return the tensor itself keep its history under no_grad
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    print(x.to(torch.float32) is x, x.contiguous() is x, x.float() is x, x.reshape(2) is x, x.expand(2) is x)
    print(x.reshape(2).requires_grad, x.to(torch.float64).requires_grad)

# %% backward inside no_grad
x = torch.ones(2, requires_grad=True)
y = (x * x).sum()
with torch.no_grad():
    y.backward()
print(x.grad, x.grad.requires_grad)
with torch.no_grad():
    attempt(lambda: (x * x).sum().backward())

# %% unset_grad through enable_grad inside of backward hooks
x = torch.ones(2, requires_grad=True)
y = x * 2
y.register_hook(lambda grad: print(torch.is_grad_enabled()))
y.sum().backward(retain_graph=True)
torch.autograd.grad(y.sum(), x, create_graph=True)
print(torch.is_grad_enabled())
