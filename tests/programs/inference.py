"""Inference mode, and the tensors made in it."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% what is made inside is an inference tensor
x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    print(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
    y = x * 2
    z = torch.ones(2)
    v = x.view(2)
    d = x.detach()
    i = torch.tensor([1, 2])
    print(y.is_inference(), z.is_inference(), v.is_inference(), d.is_inference(), x.is_inference(), i.is_inference())
    print(torch.is_inference(y), torch.is_inference(x))
    print(y.requires_grad, y.grad_fn, y.is_leaf, v.requires_grad, v.is_leaf, v._is_view(), v._base is x, d._is_view())
    print(x.data.is_inference(), y.data.is_inference())
print(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
print((y * 2).is_inference(), y.view(2).is_inference(), y.detach().is_inference(), y.clone().is_inference(), y.data.is_inference())
print(torch.ones(2).is_inference(), y[0].is_inference(), y.to(torch.float64).is_inference(), y.to(torch.float32) is y, y.contiguous() is y)
attempt(lambda: torch.is_inference(3))

# %% views of inference tensors
with torch.inference_mode():
    y = torch.ones(2, 2)
    v = y[0]
    a, b = y.unbind()
w = y[0]
print(v._is_view(), w._is_view(), a._is_view())
attempt(lambda: v._base)
attempt(lambda: w._base)
attempt(lambda: w._version)
print(v.is_inference(), w.is_inference(), a.is_inference(), y.t().is_inference(), y.unbind()[0].is_inference())
attempt(lambda: w.add_(1))
attempt(lambda: y[0].fill_(3))

# %% versions
with torch.inference_mode():
    y = torch.ones(2)
    attempt(lambda: y._version)
    y.add_(1)
    y[0] = 5
    y *= 2
    print(y)
attempt(lambda: y._version)

# %% in place outside
with torch.inference_mode():
    y = torch.ones(2)
for change in (lambda: y.add_(1), lambda: y.zero_(), lambda: y.fill_(2), lambda: y.copy_(torch.ones(2)), lambda: y.__setitem__(0, 1),
               lambda: y.relu_(), lambda: y.__setitem__(torch.tensor([0]), 1), lambda: y.mul_(y)):
    attempt(change)
with torch.no_grad():
    attempt(lambda: y.add_(1))

n = torch.ones(2)
print(n.add_(y.clone().fill_(2)), n._version)

# %% saving for backward
x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    y = torch.ones(2)
print(x + y, (x + y).is_inference())
attempt(lambda: x * y)
attempt(lambda: x @ y)
attempt(lambda: (x * y.clone()))
attempt(lambda: torch.where(y > 0, x, y))
attempt(lambda: x.masked_fill(y > 0, 1))
(x + y).sum().backward()
print(x.grad)


class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(y)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad, None


attempt(lambda: F.apply(x, y))

# %% requires_grad
with torch.inference_mode():
    y = torch.ones(2)
    w = torch.ones(2, requires_grad=True)
    print(w.requires_grad, (w * 2).requires_grad, w.is_inference())
    u = torch.ones(2).requires_grad_()
    print(u.requires_grad, u.is_leaf)


def turn(t):
    t.requires_grad = True


attempt(lambda: y.requires_grad_())
attempt(lambda: turn(y))
attempt(lambda: y.requires_grad_(False))
attempt(lambda: w.requires_grad_())
attempt(lambda: w.requires_grad_(False))
attempt(lambda: (u * 2))
print(y.clone().requires_grad_())

# %% normal tensors changed in place inside
x = torch.ones(2)
t = torch.ones(2, requires_grad=True) * 1
leaf = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    x.add_(1)
    t.mul_(2)
    leaf.add_(1)
    print(x.is_inference(), x._version, t._version, t.grad_fn is not None, leaf)
    x.add_(torch.ones(2))
print(x, t, leaf._version)
s = torch.ones(2, requires_grad=True)
y = s * s
with torch.inference_mode():
    s.add_(1)
attempt(lambda: y.sum().backward())

# %% views of normal tensors made inside
x = torch.ones(2, 2)
t = torch.ones(2, 2, requires_grad=True) * 1
leaf = torch.ones(2, 2, requires_grad=True)
with torch.inference_mode():
    a, b, c = x[0], t[0], leaf[0]
    print(a.requires_grad, b.requires_grad, c.requires_grad, b.grad_fn, b._is_view(), b._base is t)
    d = b[:1]
print(a.add_(1), x._version)
attempt(lambda: b.add_(1))
attempt(lambda: c.add_(1))
attempt(lambda: d.add_(1))
attempt(lambda: b.view(2).add_(1))
with torch.no_grad():
    print(b.add_(1), t)
attempt(lambda: b * 2)
t.add_(1)
attempt(lambda: b.grad_fn)

# %% inference_mode(False), nested, as a decorator
x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    with torch.inference_mode(False):
        print(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
        y = x * 2
        print(y, y.is_inference())
    print(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
with torch.no_grad():
    with torch.inference_mode(False):
        print(torch.is_grad_enabled(), (x * 2).requires_grad)
    with torch.inference_mode():
        pass
    print(torch.is_grad_enabled())
with torch.inference_mode(mode=False):
    print((x * 2).requires_grad)


@torch.inference_mode()
def f(x):
    return x * 2


@torch.inference_mode
def g(x):
    return x * 2


@torch.inference_mode(False)
def h(x):
    return x * 2


@torch.inference_mode()
def generate(x):
    yield x * 2
    yield torch.is_inference_mode_enabled()


print(f(x).is_inference(), g(x).is_inference(), h(x).is_inference(), f.__name__, [*generate(x)], torch.is_inference_mode_enabled())

# %% enable_grad inside
x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    with torch.enable_grad():
        print(torch.is_grad_enabled(), torch.is_inference_mode_enabled())
        y = x * 2
        print(y, y.is_inference())
    torch.set_grad_enabled(True)
    print(torch.is_grad_enabled(), (x * 2).requires_grad)
    with torch.no_grad():
        print(torch.is_grad_enabled())
    with torch.set_grad_enabled(True):
        print((x * 2).requires_grad)
print(torch.is_grad_enabled(), (x * 2).requires_grad)

# %% a Function inside
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    y = Double.apply(x)
print(y, y.is_inference())

# %% backward inside
x = torch.ones(2, requires_grad=True)
y = (x * x).sum()
with torch.inference_mode():
    attempt(lambda: y.backward())
    attempt(lambda: (x * 2).sum().backward())
print(x.grad)

# %% indexing, cat and in-place with results made inside
x = torch.ones(3, requires_grad=True)
with torch.inference_mode():
    i = torch.tensor([0, 2])
    m = torch.tensor([True, False, True])
    y = torch.ones(3)
attempt(lambda: x[i])
attempt(lambda: x[m])
attempt(lambda: torch.cat([x, y]))
attempt(lambda: torch.stack([x, y]).sum())
t = torch.zeros(3)
t[0] = y[0]
t.copy_(y)
print(t.is_inference(), t._version)
z = x * 1
attempt(lambda: z.mul_(y))
attempt(lambda: z.add_(y))

# %% deepcopy, numpy, item, printing
y = torch.inference_mode(lambda: torch.tensor([1.5, 2.0]))()
print(y, y.numpy(), y[0].item(), y.tolist(), copy.deepcopy(y).is_inference(), y.is_leaf, y.grad)
with torch.inference_mode():
    print(copy.deepcopy(torch.ones(2)).is_inference())
y.data.add_(1) if not y.data.is_inference() else None

# %% a parameter's training loop with evaluation in inference mode
w = torch.tensor([1.0, 2.0], requires_grad=True)
for step in range(3):
    loss = (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
    with torch.inference_mode():
        print((w * w).sum())

# %% inference tensors in normal mode: functional operations, with and without gradients
for requires_grad in (True, False):
    c = torch.ones(1, 2, 3, requires_grad=requires_grad)
    with torch.inference_mode():
        a = c.clone()
        print(a.is_inference(), a.requires_grad, a.is_leaf)
    b = a + 1
    print(b.is_inference(), b.requires_grad, b.is_leaf)
    v = a.view(-1)
    print(v.is_inference(), v.requires_grad)
    d = torch.add(a, a)
    print(d.is_inference(), d.requires_grad)

# %% inference tensors with requires_grad in normal mode
with torch.inference_mode():
    s = torch.ones(1, 2, 3, requires_grad=True)
    a = s.clone()
print(s.requires_grad, s.is_inference(), s.is_leaf, a.requires_grad)
out = s.add(2)
print(out.requires_grad, out.is_inference())
with torch.inference_mode():
    s.add_(2)
    v = s.view(2, 3)
    v.mul_(2)
    print(v.requires_grad, v.is_leaf, s)

# %% normal tensors in inference mode: functional, in place, views
for requires_grad in (True, False):
    s = torch.ones(1, 2, 3, requires_grad=requires_grad)
    a = s.clone()
    with torch.inference_mode():
        t = a.add(2)
        print(t.is_inference(), t.requires_grad)
        v = a.view(2, 3)
        print(v.is_inference(), v.requires_grad, v.is_leaf, v._is_view())
        a.add_(1)
        print(a.is_inference(), a.requires_grad, a._version)
        v.add_(1)
        print(a._version, v._version)
        w = v.view(-1).add_(2)
        print(w.is_inference(), a[0, 0])
    attempt(lambda: v.add_(2))
    attempt(lambda: w.mul_(2))
    n = a.view(2, 3)
    attempt(lambda: n.add_(2))

# %% mixing normal and inference tensors
for requires_grad in (True, False):
    s = torch.ones(1, 2, 3, requires_grad=requires_grad)
    with torch.inference_mode():
        c = torch.ones(1, 2, 3).type(torch.int64)
        f = torch.ones(1, 2, 3)
    print(c.add(s).requires_grad)
    attempt(lambda: c.mul(s).requires_grad)
    attempt(lambda: f.mul(s).requires_grad)
    attempt(lambda: (s * f).sum())
    attempt(lambda: torch.cat([c.float(), s]).is_inference())
    attempt(lambda: torch.stack([f, s]).requires_grad)
    attempt(lambda: s.clone().mul_(f))
    attempt(lambda: s.clone().add_(f))
    attempt(lambda: torch.mm(s[0], f[0].t()))
    attempt(lambda: f.add_(s))

# %% rebase of views
def base():
    return torch.ones(1, 2, 3, requires_grad=True).clone()


a = base()
with torch.inference_mode():
    v = a.view(-1)
    w = a.view_as(a)
    b = a.select(0, 0)
print(v.grad_fn, w._is_view())
a.add_(1)
attempt(lambda: v.grad_fn)
attempt(lambda: v.sum())
attempt(lambda: print(v))
a = base()
with torch.inference_mode():
    v = a.view(-1)
w = v.view(2, 3)
attempt(lambda: w.add_(1))
x = a.view(-1)
x.add_(1)
attempt(lambda: w.sum())

# %% leaving inference mode by cloning
with torch.inference_mode():
    a = torch.ones(3)
b = a.clone()
b.requires_grad_()
(b * b).sum().backward()
print(b.grad, b.is_inference())
c = torch.empty(3).copy_(a)
print(c.is_inference(), torch.tensor(a.tolist()).is_inference(), a.numpy().sum(), torch.from_numpy(a.numpy()).is_inference())
print(torch.zeros_like(a).is_inference(), a.new_zeros(2).is_inference(), a.detach().clone().is_inference(), a.requires_grad)

# %% a module evaluated in inference mode
import torch.nn as nn

torch.manual_seed(0)
net = nn.Linear(2, 1)
x = torch.ones(3, 2)
with torch.inference_mode():
    y = net(x)
print(y.requires_grad, y.is_inference(), net.weight.is_inference())
attempt(lambda: (y * net.weight).sum())
loss = net(x).sum()
loss.backward()
print(net.weight.grad)
with torch.inference_mode():
    made = nn.Linear(2, 1)
print(made.weight.is_inference(), made.weight.requires_grad)
attempt(lambda: made(x).sum().backward())

# %% errors inside leave the mode
try:
    with torch.inference_mode():
        raise KeyError("inside")
except KeyError:
    print(torch.is_inference_mode_enabled(), torch.is_grad_enabled(), torch.ones(1).is_inference())

# %% threads and inference mode
import threading

seen = []
with torch.inference_mode():
    t = threading.Thread(target=lambda: seen.append((torch.ones(1).is_inference(), torch.is_inference_mode_enabled())))
    t.start()
    t.join()
    seen.append(torch.ones(1).is_inference())
print(seen)

# %% random tensors, copies and results of indexing made inside
with torch.inference_mode():
    torch.manual_seed(0)
    tensors = [torch.rand(2), torch.randn(2), torch.arange(3), torch.eye(2), torch.tensor(1.0), torch.from_numpy(np.ones(2)),
               torch.full((2,), 1.0), torch.ones(2).sort()[0], torch.cat([torch.ones(1)]), torch.ones(2)[[0]], torch.ones(2).max(0)[1],
               torch.ones(2).to(torch.float64), torch.as_tensor([1.0]), torch.ones(3)[torch.tensor([True, False, True])]]
    print([t.is_inference() for t in tensors])

# %% random programs of inference mode
import random

rng = random.Random(0)
for trial in range(60):
    leaf = torch.ones(3, requires_grad=True)
    tensors, log = [leaf, torch.ones(3), leaf * 2], []
    for step in range(6):
        a, b = rng.choice(tensors), rng.choice(tensors)
        inside, what = rng.random() < 0.5, rng.choice(["add", "mul", "view", "in", "clone", "detach", "slice", "inmul", "data", "flag"])

        def run():
            if what == "add":
                return a + b
            if what == "mul":
                return a * b
            if what == "view":
                return a.view(3)
            if what == "slice":
                return a[:]
            if what == "in":
                return a.add_(1)
            if what == "inmul":
                return a.mul_(b)
            if what == "clone":
                return a.clone()
            if what == "detach":
                return a.detach()
            if what == "data":
                return a.data
            return a.requires_grad_(False)

        try:
            with torch.inference_mode(inside):
                out = run()
            tensors.append(out)
            log.append(f"{what}{int(inside)}:{int(out.is_inference())}{int(out.requires_grad)}{int(out.is_leaf)}{int(out._is_view())}")
        except RuntimeError as error:
            log.append(f"{what}{int(inside)}!{str(error)[:24]}")
            break
    print(trial, *log)

# %% outside, a view of an inference tensor that requires grad is not recorded
with torch.inference_mode():
    leaf = torch.ones(2, 3, requires_grad=True)
for view in (leaf.view(-1), leaf[0], leaf.split(1)[0], leaf.t(), leaf.unbind()[0], leaf.expand(2, 2, 3)):
    print(view.requires_grad, view.is_leaf, view.is_inference(), view._is_view())

# %% inside, even what requires grad can be resized
leaf = torch.ones(2, 3, requires_grad=True)
attempt(lambda: leaf.resize_(1))
with torch.inference_mode():
    for t in (leaf, torch.ones(3, requires_grad=True)):
        print(t.resize_(1).shape, t.requires_grad)
