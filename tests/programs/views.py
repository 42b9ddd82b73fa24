"""Views, and changes in place through them; flags, versions and histories of what shares memory."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% _base and _is_view of chains
x = torch.arange(12.0).reshape(3, 4)
base = x._base
v = x[1:]
w = v.t()
print(base is not None, v._base is base, w._base is base, w._is_view(), base._is_view(), base._base)
y = torch.zeros(3, 4)
print(y[0]._base is y, y[0][1]._base is y, y[0].view(2, 2).t()._base is y)
print(y.detach()._is_view(), y.detach()[0]._base is y, y.data._is_view(), y.data[0]._base is y, y[0].detach()._is_view(), y[0].data._is_view())
print(y.clone()._is_view(), y.contiguous() is y, y.t().contiguous()._is_view(), y.reshape(12)._is_view(), y.t().reshape(12)._is_view())
print(y.expand(2, 3, 4)._is_view(), y.unsqueeze(0)._base is y, y.squeeze()._base is y, y.flatten()._is_view(), y.view_as(y)._base is y)
print([p._base is y for p in y.unbind()], [p._base is y for p in y.split(2)], [p._base is y for p in y.chunk(2, 1)])
print(y.diagonal()._base is y, y.unfold(0, 2, 1)._base is y, y.narrow(0, 0, 1)._base is y, y.movedim(0, 1)._base is y, y.T._base is y, y.mT._base is y)
print(y[[0]]._is_view(), y[y > 0]._is_view(), y[torch.tensor(0)]._is_view(), y[...]._is_view(), y[None]._is_view(), y[:]._is_view())
print(y.to(torch.float64)._is_view())

# %% views of tracked tensors
x = torch.ones(3, 2, requires_grad=True)
v = x[0]
print(v.requires_grad, v.is_leaf, v.grad_fn.name(), v._base is x)
d = x.detach()
w = d[0]
print(d._is_view(), w._base is d, w._base is x, w.requires_grad)
y = x * 1
v = y[0][1:]
print(nodes(v), v._base is y)

# %% in place through views of views
x = torch.ones(2, 3, requires_grad=True)
y = x * 2
v = y[0]
w = v[1:]
w.mul_(10)
print(y, nodes(y), nodes(v), nodes(w))
v.add_(1)
print(y._version, v._version, w._version, nodes(w))
(y * y).sum().backward()
print(x.grad)

# %% in place on the base, seen in views and views of views
x = torch.ones(2, 3, requires_grad=True)
y = x * 2
v = y[0]
w = v[1:]
y.mul_(3)
print(nodes(v), nodes(w), v, w)
w.sum().backward()
print(x.grad)

# %% a view of a leaf that requires grad
x = torch.ones(2, 2, requires_grad=True)
v = x[0]
attempt(lambda: v.add_(1))
attempt(lambda: x[0].zero_())
attempt(lambda: x.add_(1))
attempt(lambda: x.view(4).mul_(2))
attempt(lambda: x.unbind()[0].mul_(2))


def assign():
    x[0] = 5.0


attempt(assign)
with torch.no_grad():
    print(x[0].add_(1), x.view(4).mul_(2), x.unbind()[1].zero_())
print(x, x._version, x.grad_fn)
print(v, v.grad_fn.name())

# %% a view of an untracked tensor made tracked in place
base = torch.zeros(4)
v, w = base[:2], base[2:]
p = torch.ones(2, requires_grad=True)
v.add_(p)
print(base, base.requires_grad, v, w.requires_grad, nodes(w), nodes(v))
w.mul_(2)
print(nodes(base))
base.sum().backward()
print(p.grad)

# %% requires_grad_ on views
x = torch.ones(2, 2)
v = x[0]
v.requires_grad_()
print(v.requires_grad, x.requires_grad, v.is_leaf, v._is_view())
(v * 2).sum().backward()
print(v.grad, x.grad)
attempt(lambda: v.add_(1))
attempt(lambda: x.add_(1))
print(v.grad_fn)
y = torch.ones(2, 2, requires_grad=True)
w = y[0]
attempt(lambda: w.requires_grad_(False))
attempt(lambda: w.requires_grad_(True))
u = torch.ones(2, 2)
t = u[0]
u.requires_grad_()
print(t.requires_grad, t.is_leaf, t.grad_fn)

# %% detach_
x = torch.ones(2, 2, requires_grad=True)
y = x * 2
print(y.detach_() is y, y, y.requires_grad, y.is_leaf)
attempt(lambda: x[0].detach_())
attempt(lambda: x.unbind()[0].detach_())
v = torch.ones(2, 2)[0]
attempt(lambda: v.detach_())
print(x.detach_(), x.requires_grad)
with torch.no_grad():
    w = x[0]
attempt(lambda: w.detach_())
z = (x.requires_grad_() * 3)
z.retain_grad()
z.detach_()
attempt(lambda: z.sum().backward())

# %% several views of a function that returns several
x = torch.ones(4, 2, requires_grad=True)
for f in (lambda y: y.unbind(), lambda y: y.split(2), lambda y: y.split([1, 3]), lambda y: y.chunk(2), lambda y: torch.tensor_split(y, 2),
          lambda y: torch.unbind(y, 1), lambda y: tuple(y)):
    y = x * 1
    parts = f(y)
    attempt(lambda: parts[0].add_(1))
    attempt(lambda: parts[0][:1].mul_(2))
    attempt(lambda: parts[0].view(-1).zero_())
    with torch.no_grad():
        parts[0].add_(1)
    attempt(lambda: parts[1] + 1)
    y.mul_(2)
    attempt(lambda: parts[0] + 1)
    attempt(lambda: parts[0].grad_fn)

# %% several views made under no_grad
x = torch.ones(4, 2, requires_grad=True)
y = x * 1
with torch.no_grad():
    a, b = y.split(2)
    print(a.add_(1), a.requires_grad, a.grad_fn)
attempt(lambda: a.add_(1))

# %% a view made under no_grad of a base that changes
x = torch.ones(4, requires_grad=True)
y = x * 1
with torch.no_grad():
    v = y[:2]
y.mul_(2)
attempt(lambda: v.grad_fn)
attempt(lambda: v + 1)
print(v.requires_grad)
with torch.no_grad():
    print(v + 1)

# %% in place on an expanded tensor, and on overlapping memory
x = torch.ones(3)
e = x.expand(2, 3)
for change in (lambda: e.add_(1), lambda: e.mul_(2), lambda: e.zero_(), lambda: e.fill_(1), lambda: e.copy_(torch.ones(2, 3)),
               lambda: e.exp_(), lambda: e.clamp_(0, 1), lambda: e[0].add_(1), lambda: e.__setitem__((0, 0), 5.0),
               lambda: x.add_(x.expand(3)), lambda: x[1:].add_(x[:-1]), lambda: x[:2].copy_(x[1:])):
    attempt(change)
print(x)

# %% in place with itself
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 1
y.add_(y)
y.mul_(y)
print(y, nodes(y))
y.sum().backward()
print(x.grad)
z = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print(z.add_(z.t()), z.sub_(z), z.copy_(z))

# %% gradients that are views
x = torch.ones(2, 2, requires_grad=True)
x.grad = torch.zeros(4).view(2, 2)
print(x.grad._is_view())
x.sum().backward()
print(x.grad)
x.grad = torch.zeros(1).expand(2, 2)
attempt(lambda: x.sum().backward())
print(x.grad)
v = x.detach().clone().requires_grad_()
v.grad = x.detach()
v.sum().backward()
print(x)
y = torch.ones(2, 2, requires_grad=True)
g = torch.ones(2, 2)
y.backward(g)
print(y.grad is g, y.grad)
g.mul_(5)
print(y.grad)

# %% retain_grad and in-place changes
x = torch.ones(2, requires_grad=True)
y = x * 2
y.retain_grad()
y.add_(1)
z = y * 3
z.sum().backward()
print(y.grad, y.retains_grad)
y = x * 2
y.register_hook(lambda grad: print("before", grad))
y.mul_(5)
y.register_hook(lambda grad: print("after", grad))
y.sum().backward()

# %% hooks on a leaf that is changed in place into a non-leaf
t = torch.zeros(2)
p = torch.ones(2, requires_grad=True)
t.requires_grad_()
attempt(lambda: t.add_(p))
u = torch.zeros(2)
u.add_(p)
u.retain_grad()
u.sum().backward()
print(u.grad, p.grad)

# %% .data
x = torch.ones(2, requires_grad=True)
y = x * x
x.data.mul_(3)
print(x._version)
y.sum().backward()
print(x.grad)
x.data = torch.zeros(3)
print(x, x.shape, x.is_leaf, x.requires_grad)
attempt(lambda: x.grad)
attempt(lambda: x.sum().backward())
print(x.grad)
z = x * 2
z.data = torch.ones(3)
print(z, z.grad_fn.name())
attempt(lambda: setattr(x, "data", 3))
attempt(lambda: setattr(x, "data", torch.ones(3, dtype=torch.float64)))
print(x.dtype)
u = torch.ones(2)
u.data = torch.tensor([1, 2, 3])
print(u, u.dtype)
v = torch.ones(4)
w = v[:2]
w.data = torch.zeros(2)
w.add_(1)
print(v, w)
attempt(lambda: delattr(x, "data"))

# %% set_ and resize_
x = torch.ones(2)
print(x.set_(torch.zeros(3)), x.shape, x._version)
s = torch.arange(6.0)
v = torch.empty(0)
v.set_(s)
v[0] = 9
print(s, v)
r = torch.arange(6.0)
print(r.resize_(2, 2), r.resize_(3), r.resize_((1, 3)), r._version)
print(r.resize_(1, 3)._version, r.resize_as_(torch.ones(1, 3))._version, r.resize_as_(torch.ones(3))._version)
attempt(lambda: torch.ones(2, requires_grad=True).resize_(3))
attempt(lambda: torch.ones(2, requires_grad=True).resize_(2))
print(torch.arange(4.0).resize_as_(torch.ones(2, 2)))
attempt(lambda: (torch.ones(2, requires_grad=True) * 1).resize_(1))

# %% copy_ between dtypes, shapes and histories
x = torch.zeros(2, 2)
print(x.copy_(torch.tensor([1, 2])), x.copy_(torch.tensor([[True], [False]])), x.copy_(torch.tensor(2.7, dtype=torch.float64)))
print(torch.zeros(2, dtype=torch.int64).copy_(torch.tensor([1.7, -1.7])), torch.zeros(2, dtype=torch.bool).copy_(torch.tensor([0.0, 0.5])))
w = torch.tensor([1.0, 2.0], requires_grad=True)
n = torch.zeros(2, dtype=torch.int64)
print(n.copy_(w), n.requires_grad)
d = torch.zeros(2, 2, dtype=torch.float64)
d.copy_(w)
print(d, nodes(d))
d.sum().backward()
print(w.grad)
attempt(lambda: w.copy_(torch.ones(2)))
attempt(lambda: x.copy_(3))
attempt(lambda: x.copy_(torch.ones(3)))
with torch.no_grad():
    w.copy_(torch.zeros(2))
print(w)
y = w * 1
y[0].copy_(torch.tensor(5.0))
print(nodes(y))

# %% swap_tensors
a = torch.ones(2, requires_grad=True)
b = torch.zeros(3)
a.note = "a"
torch.utils.swap_tensors(a, b)
print(a, b, hasattr(a, "note"), b.note)
c = b * 2
attempt(lambda: torch.utils.swap_tensors(b, a))

# %% grad_dtype
x = torch.ones(2, requires_grad=True)
print(x.grad_dtype)
x.grad_dtype = torch.float64
print(x.grad_dtype)
x.grad = torch.ones(2, dtype=torch.float64)
x.sum().backward()
print(x.grad)
x.grad = None
(x * 2).sum().backward()
print(x.grad)


def setting(tensor, value):
    tensor.grad_dtype = value


attempt(lambda: setting(x, torch.float32))
y = torch.ones(2, requires_grad=True)
setting(y, None)
print(y.grad_dtype)
y.grad = torch.ones(2, dtype=torch.float16)
print(y.grad)
attempt(lambda: setting(y * 2, torch.float64))
attempt(lambda: setting(y, 3))
attempt(lambda: setting(y, torch.int64))
print((y * 2).grad_dtype)

# %% unsafe: version checks of saved views
x = torch.ones(4, requires_grad=True)
y = x * 1
v = y[:2]
z = (v * v).sum()
y[3] = 7
attempt(lambda: z.backward())
x = torch.ones(4)
p = torch.ones(2, requires_grad=True)
z = (p * x[:2]).sum()
x[3] = 1
attempt(lambda: z.backward())

# %% as_strided views
x = torch.arange(6.0, requires_grad=True)
y = x * 1
s = y.as_strided((2, 2), (2, 1), 1)
print(s, s.grad_fn.name(), s._base is y)
s.mul_(10)
print(y, nodes(y))
y.sum().backward()
print(x.grad)

# %% several threads that ask for the history of a view whose base has changed get the same answer
import sys, threading

before, answers = sys.getswitchinterval(), []
sys.setswitchinterval(1e-6)
for trial in range(20):
    base = torch.ones(6, requires_grad=True) * 1
    view, found = base.view(2, 3), []
    base.mul_(2)
    threads = [threading.Thread(target=lambda: found.append(view.grad_fn)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.append(len(set(map(id, found))))
sys.setswitchinterval(before)
print(set(answers))

# %% a view of a changed base, found by its place in memory or made as it was
def names(node):
    return [node.name(), *(names(node.next_functions[0][0]) if node.next_functions else ())]


for replay in (False, True):
    with torch.autograd._force_original_view_tracking(replay):
        x = torch.arange(6.0).reshape(2, 3).requires_grad_()
        base = x * 1
        part, other = base.t()[1:, None], base.view(-1)
        part.mul_(torch.tensor(3.0))
        print(names(part.grad_fn), names(other.grad_fn), torch.autograd.is_view_replay_enabled())
        (other * other + part.sum()).sum().backward()
        print(x.grad)
