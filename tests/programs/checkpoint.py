"""What a checkpoint computes again, when, how often, and what it refuses."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% nested checkpoints: each backward computes each of them again
from torch.utils.checkpoint import checkpoint

ran = []


def inner(x):
    ran.append("inner")
    return x.sin().exp()


def outer(x):
    ran.append("outer")
    return checkpoint(inner, x * 2, use_reentrant=False).cos()


def outermost(x):
    ran.append("outermost")
    return checkpoint(outer, x.tanh(), use_reentrant=False) * x


for function, depth in ((inner, 1), (outer, 2), (outermost, 3)):
    x = torch.tensor([0.3, 0.7], requires_grad=True)
    ran.clear()
    y = checkpoint(function, x, use_reentrant=False)
    print(depth, nodes(y), ran)
    y.sum().backward(retain_graph=True)
    print(ran, x.grad)
    y.sum().backward()
    print(ran, x.grad)
    attempt(lambda: y.sum().backward())

# %% a gradient of a gradient through checkpoints
from torch.utils.checkpoint import checkpoint

x = torch.tensor([0.3, 0.7], requires_grad=True)
f = lambda x: checkpoint(lambda x: x.exp() * 2, x.sin(), use_reentrant=False).cos()
y = checkpoint(f, x, use_reentrant=False)
g, = torch.autograd.grad(y.sum(), x, create_graph=True)
h, = torch.autograd.grad(g.sum(), x)
print(g, h)
y = f(x)
g, = torch.autograd.grad(y.sum(), x, create_graph=True)
print(torch.autograd.grad(g.sum(), x)[0] - h)

# %% forward stops early, unless it is told not to
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop

count = 0


def f(x):
    global count
    y = x.sin()
    count += 1
    y = y.sin()
    count += 1
    y = y + 1
    count += 1
    return y


def counted(**options):
    global count
    x = torch.ones(1, requires_grad=True)
    count = 0
    y = checkpoint(f, x, use_reentrant=False, **options)
    y.backward()
    return count


print(counted(), counted(early_stop=False))
with set_checkpoint_early_stop(False):
    print(counted(), counted(early_stop=True))
    with set_checkpoint_early_stop(True):
        print(counted(), counted(early_stop=False))
print(counted())

# %% backward inside of a checkpoint
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop

for early in (True, False):
    for retain in (True, False):
        ran = []

        def f(x):
            ran.append(1)
            y = x.sin()
            z = y.cos()
            gx, = torch.autograd.grad(z, x, retain_graph=retain)
            return gx, z

        x = torch.tensor(0.5, requires_grad=True)
        with set_checkpoint_early_stop(early):
            gx, z = checkpoint(f, x, use_reentrant=False)
        print(gx, z, len(ran))
        attempt(lambda: z.backward())
        print(x.grad, len(ran))

# %% what was saved can be looked at, and each look computes it again
from torch.utils.checkpoint import checkpoint

ran = []
x = torch.tensor([0.5, 0.8], requires_grad=True)
y = checkpoint(lambda x: ran.append(1) or x.exp().sin(), x, use_reentrant=False)
print(y.grad_fn._saved_self, len(ran))
print(y.grad_fn._saved_self, len(ran))
y.sum().backward(retain_graph=True)
print(x.grad, len(ran))

# %% the second run must save what the first did
from torch.utils.checkpoint import checkpoint

runs = 0


def first_then(once, again):
    def f(x):
        global runs
        runs += 1
        return once(x) if runs == 1 else again(x)

    return f


def said(f, **options):
    global runs
    runs = 0
    x = torch.ones(2, requires_grad=True)
    y = checkpoint(f, x, use_reentrant=False, **options)
    try:
        y.sum().backward()
        print(x.grad)
    except Exception as error:
        print(type(error).__name__, isinstance(error, RuntimeError))
        print(str(error).split("\n\nTip")[0].split("\nTip")[0].rstrip())


said(first_then(lambda x: x.exp().sin(), lambda x: x.exp()))
said(first_then(lambda x: x.exp(), lambda x: x.exp().sin()))
said(first_then(lambda x: x.exp(), lambda x: x.exp().sin()), early_stop=False)
said(first_then(lambda x: x.exp(), lambda x: x.double().exp()))
said(first_then(lambda x: x.exp().sin(), lambda x: x.reshape(2, 1).exp().sin()))
said(first_then(lambda x: x.exp(), lambda x: x.double().exp()), determinism_check="none")
attempt(lambda: said(lambda x: x, determinism_check="strict"))

# %% an input that is changed after forward
from torch.utils.checkpoint import checkpoint

x = torch.ones(2, requires_grad=True).clone()
y = checkpoint(lambda x: x.exp(), x, use_reentrant=False)
with torch.no_grad():
    x.add_(1)
attempt(lambda: y.sum().backward())

# %% keyword arguments, other inputs and outputs
from torch.utils.checkpoint import checkpoint

w = torch.tensor([2.0, 3.0], requires_grad=True)


def f(x, factor, table, flag=True, *, shift):
    return {"y": (x * factor * table["w"] + shift).exp(), "flag": flag}, None, 5


x = torch.tensor([0.5, 0.8], requires_grad=True)
result = checkpoint(f, x, 2, {"w": w}, flag="on", shift=torch.tensor(0.5), use_reentrant=False)
print(result)
result[0]["y"].sum().backward()
print(x.grad, w.grad)
x.grad = None
y, flag, n = checkpoint(lambda x, s: (x.exp(), s, 5), x, "text", use_reentrant=True)
print(y, flag, n)
y.sum().backward()
print(x.grad)

# %% without inputs that require gradients, and without gradients at all
from torch.utils.checkpoint import checkpoint
import warnings

w = torch.tensor([2.0, 3.0], requires_grad=True)
y = checkpoint(lambda x: (x * w).sin(), torch.ones(2), use_reentrant=False)
y.sum().backward()
print(w.grad)
with torch.no_grad():
    print(checkpoint(lambda x: x * w, torch.ones(2), use_reentrant=False))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    y = checkpoint(lambda x: x * w, torch.ones(2), use_reentrant=True)
print(y.requires_grad, [str(w.message) for w in caught])

# %% the contexts of both runs
from torch.utils.checkpoint import checkpoint, noop_context_fn
import contextlib


@contextlib.contextmanager
def told(name):
    print("enter", name)
    yield
    print("leave", name)


@contextlib.contextmanager
def swallowing():
    try:
        yield
    except ValueError:
        pass


def failing(x):
    raise ValueError("no")


x = torch.ones(2, requires_grad=True)
y = checkpoint(lambda x: x.exp(), x, use_reentrant=False, context_fn=lambda: (told("first"), told("second")))
y.sum().backward()
print(x.grad, len(noop_context_fn()))
attempt(lambda: checkpoint(failing, x, use_reentrant=False))
attempt(lambda: checkpoint(failing, x, use_reentrant=False, context_fn=lambda: (swallowing(), swallowing())))
attempt(lambda: checkpoint(lambda x: x, x, use_reentrant=True, context_fn=lambda: (told("first"), told("second"))))
attempt(lambda: checkpoint(lambda x: x, x, use_reentrant=True, debug=True))

# %% random numbers are drawn again
from torch.utils.checkpoint import checkpoint

for reentrant in (False, True):
    for preserve in (True, False):
        torch.manual_seed(5)
        drawn = []

        def f(x):
            drawn.append(torch.rand(2))
            return (x * drawn[-1]).exp()

        x = torch.ones(2, requires_grad=True)
        y = checkpoint(f, x, use_reentrant=reentrant, preserve_rng_state=preserve)
        y.sum().backward()
        print(bool((drawn[0] == drawn[1]).all()), torch.equal(x.grad, drawn[0] * drawn[0].exp()), torch.rand(1))

# %% a reentrant checkpoint is for backward alone
from torch.utils.checkpoint import checkpoint

x = torch.ones(2, requires_grad=True)
y = checkpoint(lambda x: x.exp(), x, use_reentrant=True).sum()
print(nodes(y))
attempt(lambda: torch.autograd.grad(y, x))
y = checkpoint(lambda x: x.exp(), x, use_reentrant=True).sum()
attempt(lambda: y.backward(inputs=[x]))
y = checkpoint(lambda x: x.exp(), x, use_reentrant=True).sum()
y.backward()
print(x.grad)
y = checkpoint(lambda x: (x.exp(), x.detach()), x, use_reentrant=True)
print([z.requires_grad for z in y])
y[0].sum().backward()
print(x.grad)

# %% a Sequential, in segments
from torch.utils.checkpoint import checkpoint_sequential

torch.manual_seed(0)
layers = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 3), torch.nn.Sigmoid(), torch.nn.Linear(3, 1))
x = torch.ones(1, 2, requires_grad=True)
layers(x).sum().backward()
expected = [p.grad.clone() for p in layers.parameters()]
for reentrant in (False, True):
    for segments in (1, 2, 3, 5):
        layers.zero_grad()
        checkpoint_sequential(layers, segments, x, use_reentrant=reentrant).sum().backward()
        print(all(torch.allclose(p.grad, e) for p, e in zip(layers.parameters(), expected)))
print(checkpoint_sequential([torch.sin, torch.exp], 2, x, use_reentrant=False, preserve_rng_state=False))
attempt(lambda: checkpoint_sequential(layers, 2, x, use_reentrant=False, debug=True))

# %% what a checkpoint keeps
from torch.utils.checkpoint import checkpoint

x = torch.ones(2, requires_grad=True)
kept = []


def f(x):
    y = x.exp()
    kept.append(weakref.ref(y))
    return y.sin()


y = checkpoint(f, x, use_reentrant=False)
print(kept[0]() is None)
y.sum().backward()
print([ref() is None for ref in kept])

# %% saved tensors hooks around a checkpoint see its inputs, and inside it what it would have saved
from torch.utils.checkpoint import checkpoint
from torch.autograd.graph import saved_tensors_hooks

x = torch.tensor([0.5, 0.8], requires_grad=True)
log = []
with saved_tensors_hooks(lambda t: log.append("pack") or t.detach(), lambda t: log.append("unpack") or t):
    y = checkpoint(lambda x: x.exp().sin(), x, use_reentrant=False)
print(log)
y.sum().backward()
print(log, x.grad)
