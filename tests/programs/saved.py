"""Saved tensors packed and unpacked: which, when, in which order, and what hooks may not do."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% what is saved passes through the hooks
from torch.autograd.graph import saved_tensors_hooks

a = torch.ones(5, requires_grad=True)
b = torch.ones(5, requires_grad=True) * 2
with saved_tensors_hooks(lambda x: print("pack", x) or x.detach(), lambda x: print("unpack", x) or x):
    y = a * b
print("backward")
y.sum().backward()
print(a.grad)

# %% for several operations
def pack(x):
    print("pack", x.detach())
    return x.detach()


def unpack(x):
    print("unpack", x)
    return x


a, b = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0], requires_grad=True)
operations = {
    "mul": lambda: a * b,
    "div": lambda: a / b,
    "pow": lambda: a**b,
    "square": lambda: a * a,
    "where": lambda: torch.where(a > 1, a, b),
    "exp": lambda: a.exp(),
    "matmul": lambda: torch.stack([a, b]) @ torch.stack([b, a]),
    "max": lambda: a.max(0).values,
    "prod": lambda: a.prod(),
    "sum": lambda: a.sum(),
    "add": lambda: a + b,
    "number": lambda: a * 2,
    "constant": lambda: a * torch.tensor([5.0, 6.0]),
}
for name, operation in operations.items():
    print("--", name)
    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = operation()
    y.sum().backward()

# %% packed as numbers
a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda x: x.tolist(), lambda numbers: torch.tensor(numbers)):
    y = (a * a).exp() * a
y.sum().backward()
print(a.grad)
plain = a.detach().requires_grad_()
((plain * plain).exp() * plain).sum().backward()
print(torch.equal(plain.grad, a.grad))

# %% an unpack hook decides about the gradient
a = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda x: x.detach(), lambda x: x * 10):
    y = a * a
y.sum().backward()
print(a.grad)

# %% reading a saved value unpacks it, each time
a = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda x: x.detach(), lambda x: print("unpack") or x * 2):
    y = a * torch.tensor([5.0, 6.0])
    z = a.exp()
print(y.grad_fn._saved_other)
print(y.grad_fn._saved_other)
print(y.grad_fn._saved_self)
print(z.grad_fn._saved_result)

# %% of nested pairs the innermost counts
hooks = lambda name: torch.autograd.graph.saved_tensors_hooks(lambda x: print(name) or x.detach(), lambda x: x)
a = torch.ones(2, requires_grad=True)
with hooks("outer"):
    a.exp()
    with hooks("inner"):
        a.exp()
    a.exp()
a.exp()

# %% a pair is left when an error leaves the block
a = torch.ones(2, requires_grad=True)
try:
    with torch.autograd.graph.saved_tensors_hooks(lambda x: 1 / 0, lambda x: x):
        a.exp()
except ZeroDivisionError as error:
    print(error)
a.exp().sum().backward()
print(a.grad)

# %% nothing is packed without a graph
a = torch.ones(2, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda x: print("pack") or x, lambda x: x):
    with torch.no_grad():
        a * a
    torch.ones(2) * torch.ones(2)
    a + a

# %% hooks run without recording
a = torch.ones(2, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(
    lambda x: print(torch.is_grad_enabled()) or x.detach(), lambda x: print(torch.is_grad_enabled()) or x
):
    y = a * a
y.sum().backward()

# %% the second derivative through packed tensors
a = torch.tensor([2.0, 3.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda x: x.detach().numpy(), lambda x: torch.from_numpy(x)):
    y = a * a * a + a.exp()
    (g,) = torch.autograd.grad(y.sum(), a, create_graph=True)
print(g)
g.sum().backward()
print(a.grad, 6 * a.detach() + a.detach().exp())

# %% save_for_backward passes through the hooks
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.save_for_backward(x, None, y)
        return y

    @staticmethod
    def backward(ctx, grad):
        x, nothing, y = ctx.saved_tensors
        print(x, nothing, y)
        return grad * 2


a = torch.tensor([2.0, 3.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(
    lambda x: print("pack", x) or x.detach(), lambda x: print("unpack", x) or x
):
    y = Twice.apply(a)
y.sum().backward()

# %% a pack hook may not change what it packs
a = torch.ones(2, requires_grad=True) * 1


def pack(x):
    x.mul_(2)
    return x


with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
    attempt(lambda: a * a)

# %% what an unpack hook returns has to be a tensor
a = torch.ones(2, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: None):
    y = a * a
attempt(lambda: y.sum().backward())
attempt(lambda: y.grad_fn._saved_self)

# %% hooks have to be callable
attempt(lambda: torch.autograd.graph.saved_tensors_hooks(1, 2).__enter__())

# %% a packed tensor is not guarded against changes
x = torch.ones(2, requires_grad=True)
a = x * 1
with torch.autograd.graph.saved_tensors_hooks(lambda x: x.clone(), lambda x: x):
    y = a * a
a.add_(5)
y.sum().backward()
print(x.grad)

# %% the values from before a change in place are packed
x = torch.tensor([2.0, 3.0], requires_grad=True)
a = x * 1
with torch.autograd.graph.saved_tensors_hooks(lambda x: x.detach(), lambda x: x):
    a.pow_(3)
    a.exp_()
a.sum().backward()
print(x.grad)

# %% save_on_cpu
a = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.save_on_cpu():
    y = a * a
print(y.grad_fn._saved_self)
y.sum().backward()
print(a.grad)

# %% the hooks can be refused
from torch.autograd.graph import disable_saved_tensors_hooks, save_on_cpu

a = torch.ones(2, requires_grad=True)
with disable_saved_tensors_hooks("not here"):
    attempt(lambda: save_on_cpu().__enter__())
    with disable_saved_tensors_hooks("nor here"):
        attempt(lambda: save_on_cpu().__enter__())
    attempt(lambda: save_on_cpu().__enter__())
    a * a
with save_on_cpu():
    attempt(lambda: disable_saved_tensors_hooks("too late").__enter__())
    a * a

# %% hooks on one saved tensor
a = torch.tensor([2.0, 3.0], requires_grad=True)
y = a * a
y.grad_fn._raw_saved_self.register_hooks(lambda x: print("pack", x) or x, lambda x: x * 10)
print(y.grad_fn._saved_self, y.grad_fn._saved_other)
y.sum().backward()
print(a.grad)

# %% hooks on a saved result
a = torch.tensor([0.0, 1.0], requires_grad=True)
y = a.exp()
y.grad_fn._raw_saved_result.register_hooks(lambda x: print("pack", x) or x.detach(), lambda x: x * 10)
print(y.grad_fn._saved_result)
y.sum().backward()
print(a.grad)

# %% hooks on a saved tensor that cannot be
a = torch.ones(2, requires_grad=True)
keep = lambda x: x
y = a * a
y.grad_fn._raw_saved_self.register_hooks(keep, keep)
attempt(lambda: y.grad_fn._raw_saved_self.register_hooks(keep, keep))
y = a * torch.ones(2)
attempt(lambda: y.grad_fn._raw_saved_self.register_hooks(keep, keep))
with torch.autograd.graph.saved_tensors_hooks(keep, keep):
    y = a * a
attempt(lambda: y.grad_fn._raw_saved_self.register_hooks(keep, keep))
y = a * a
raw = y.grad_fn._raw_saved_self
y.sum().backward()
attempt(lambda: raw.register_hooks(keep, keep))

# %% hooks on the tensors of a Function
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 3 * x**2 * grad


a = torch.tensor(2.0, requires_grad=True)
y = Cube.apply(a)
(raw,) = y.grad_fn._raw_saved_tensors
raw.register_hooks(lambda x: x.item(), lambda number: torch.tensor(number + 1))
print(y.grad_fn.saved_tensors)
y.backward()
print(a.grad)
attempt(lambda: y.grad_fn._raw_saved_tensors)

# %% a leaf that comes out of unpacking leads to the same gradient
a = torch.tensor([2.0, 3.0], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda x: x.detach(), lambda x: x):
    y = a * a
saved = y.grad_fn._saved_self
print(saved, saved is a, saved.is_leaf)
(saved * 2).sum().backward()
print(a.grad, saved.grad)

# %% hooks belong to the thread
import threading

a = torch.ones(2, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda x: print("pack") or x.detach(), lambda x: x):
    thread = threading.Thread(target=lambda: a * a)
    thread.start()
    thread.join()
    print("here")
    a.exp()

# %% a packed result does not keep the graph alive
gc.disable()
x = torch.ones(2, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda x: x.detach(), lambda x: x):
    y = (x * 2).exp().sigmoid()
alive = weakref.ref(y.grad_fn.metadata.setdefault("note", type("Note", (), {})()))
print(alive() is not None)
del y
print(alive() is None)
gc.enable()

# %% what may be changed in place when copies are kept
x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.autograd.graph.allow_mutation_on_saved_tensors():
    a = x * 1
    y = (a**2).sum()
    a.sin_()
    y.backward()
print(x.grad)

# %% what allow_mutation_on_saved_tensors has copied, once for each value of each memory, until no node needs it
with torch.autograd.graph.allow_mutation_on_saved_tensors() as copies:
    a = torch.tensor([1.0, 2.0], requires_grad=True).clone()
    b, c = a**2, a**2
    print(len(copies.tid_to_weakhandle), len(copies.cloned))
    a.sin_()
    d = a**2
    print(len(copies.cloned))
    a[0] = 5.0
    print(len(copies.cloned))
    del b, c
    print(len(copies.cloned))
    del d
    print(len(copies.cloned))

# %% it can be left and entered again, but not twice at once, and what was recorded inside ends with it
allow = torch.autograd.graph.allow_mutation_on_saved_tensors
with allow() as copies:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x**2).sum()
    x.detach().zero_()
    print(torch.autograd.grad(y, x, retain_graph=True))
attempt(lambda: y.backward())
with allow():
    attempt(lambda: y.backward())
    attempt(lambda: allow().__enter__())
print(len(copies.cloned), x.grad)

# %% a saved input is detached in place
x, w = torch.tensor([1.0, 2.0], requires_grad=True), torch.ones(2, requires_grad=True)
a = x.clone()
b, other = a.sin(), w * a.detach()
a.detach_()
print(a._version, b.grad_fn._saved_self)
attempt(lambda: b.sum().backward())
other.sum().backward()
(w * a).sum().backward()
print(w.grad)
c = w * a
a.add_(1)
attempt(lambda: c.sum().backward())
a.add_(w)
b = a * a
a.detach_()
attempt(lambda: b.sum().backward())
result = x.exp()
y = result.sum()
result.detach_()
y.backward()
print(x.grad, torch._C._autograd._saved_tensors_hooks_is_enabled())
with torch.autograd.graph.disable_saved_tensors_hooks("none"):
    print(torch._C._autograd._saved_tensors_hooks_is_enabled())

# %% what operations with several results save is packed too
for function in (torch.std_mean, torch.var_mean, torch.aminmax, torch.linalg.svd, torch.linalg.eigh, torch.linalg.qr):
    x, packed = torch.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: (packed.append(t.shape), t * 2)[1], lambda t: t / 2):
        results = function(x)
    sum(result.abs().sum() for result in results).backward(retain_graph=True)
    print(packed, x.grad)
    (once,) = torch.autograd.grad(results[0].sum(), x, create_graph=True)
    print((once * once).sum().requires_grad)
