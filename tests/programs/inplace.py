"""Changing a tensor in place: versions, histories, views."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% versions count changes
x = torch.zeros(3)
print(x._version)
x.add_(1)
x[0] = 5.0
x.mul_(2).sub_(1)
print(x._version, x)
x.zero_()
x.fill_(3)
x.copy_(torch.ones(3))
print(x._version)
y = x + 1
print(y._version, x._version)

# %% in-place operators are in place
x = torch.ones(2)
y = x
x += 1
x *= 3
x -= 1
x /= 2
x **= 2
print(x is y, y, y._version)
x = x + 1
print(x is y)

# %% in-place methods return the tensor
x = torch.ones(2)
print(x.add_(1) is x, x.neg_() is x, x.zero_() is x, x.copy_(torch.ones(2)) is x)

# %% a view shares its base's version
x = torch.zeros(2, 2)
v = x[0]
w = v.view(2)
v.add_(1)
print(x._version, v._version, w._version, x)
x.mul_(2)
print(x._version, v._version, w._version, w)
print(v._is_view(), x._is_view(), v._base is x, w._base is x, x._base)

# %% a clone has its own version
x = torch.zeros(2)
x.add_(1)
print(x._version, x.clone()._version, (x * 1)._version)

# %% detach shares storage and version
x = torch.ones(2, requires_grad=True)
y = x * 2
d = y.detach()
d.add_(1)
print(y, y._version, d._version)

# %% data shares storage, not the version
x = torch.ones(2, requires_grad=True)
y = x * 2
d = y.data
d.add_(1)
print(y, y._version, d._version)

# %% a change through detach is noticed
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
y.detach().zero_()
attempt(lambda: y.sum().backward())

# %% a change through .data is not noticed
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
y.data.zero_()
y.sum().backward()
print(x.grad)

# %% an in-place operation moves grad_fn
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
print(y.grad_fn.name())
y.add_(1)
print(y.grad_fn.name(), nodes(y))
y.sum().backward()
print(x.grad)

# %% an untracked tensor takes over the history of an operand
x = torch.zeros(2)
w = torch.tensor([1.0, 2.0], requires_grad=True)
x.add_(w)
print(x, x.is_leaf, x.requires_grad)
x.sum().backward()
print(w.grad)

# %% zero_ and fill_ cut the gradient
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
y.zero_()
print(y)
y.sum().backward()
print(x.grad)

# %% a change of a view changes the base's history
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 1
v = y[1:]
v.mul_(10)
print(y, nodes(y))
y.sum().backward()
print(x.grad)

# %% a change of the base changes the view's history
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 1
v = y[1:]
print(v.grad_fn.name())
y.mul_(10)
print(v, v.grad_fn.name())
v.sum().backward()
print(x.grad)

# %% views of views
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
y = x * 1
v = y.t()[0]
v.add_(5)
print(y)
(y * y).sum().backward()
print(x.grad)

# %% a slice of an untracked tensor takes in tracked values
buffer = torch.zeros(2, 3)
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
buffer[0] = w
buffer[1] = w * 2
print(buffer)
(buffer * buffer).sum().backward()
print(w.grad)

# %% item assignment: numbers, tensors, broadcasting
x = torch.zeros(3, 3)
x[0] = 1
x[:, 2] = torch.tensor([7.0, 8.0, 9.0])
x[1, 1] = torch.tensor(5.0)
x[2:, :2] = torch.tensor([[3.0, 4.0]])
print(x, x._version)

# %% item assignment through masks and index lists
x = torch.arange(6.0)
x[x > 3] = -1.0
x[[0, 2]] = torch.tensor([10.0, 20.0])
print(x)
x[torch.tensor([1, 1])] = torch.tensor([5.0, 5.0])
print(x)

# %% item assignment to a tracked tensor
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = w * 2
y[1] = 0.0
print(y)
y.sum().backward()
print(w.grad)

# %% masked assignment to a tracked tensor
w = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
y = w * 2
y[y < 0] = 0.0
print(y)
y.sum().backward()
print(w.grad)

# %% an assignment to a copy changes only the copy
x = torch.zeros(3)
x[[0, 1]].add_(1)
x[x == 0].fill_(7)
print(x)

# %% an augmented assignment to an index list does change it
x = torch.zeros(3)
x[[0, 1]] += 1
x[x == 0] += 7
print(x)

# %% an in-place change of another dtype
x = torch.tensor([1, 2])
attempt(lambda: x.add_(1.5))
attempt(lambda: x.div_(2))
attempt(lambda: x.mul_(torch.tensor([0.5, 0.5])))
print(x.add_(True))
y = torch.tensor([1.0, 2.0])
print(y.add_(torch.tensor([1, 2])), y.mul_(torch.tensor(2.0, dtype=torch.float64)))

# %% an in-place change cannot grow
x = torch.ones(2)
attempt(lambda: x.add_(torch.ones(3, 2)))
attempt(lambda: x.copy_(torch.ones(3)))
attempt(lambda: torch.tensor(1.0).add_(torch.ones(2)))

# %% an expanded tensor cannot be changed in place
x = torch.ones(3).expand(2, 3)
attempt(lambda: x.add_(1))
print(x.clone().add_(1))

# %% one of several views cannot be changed in place
x = torch.ones(2, 2, requires_grad=True) * 1
a, b = x.unbind()
attempt(lambda: a.add_(1))
a, b = torch.ones(2, 2).unbind()
print(a.add_(1))

# %% a view made under no_grad
x = torch.ones(2, 2, requires_grad=True)
with torch.no_grad():
    v = x[0]
print(v.requires_grad, v.is_leaf, v._base is x)
attempt(lambda: v.add_(1))
with torch.no_grad():
    v.add_(1)
print(x)

# %% a view of a non-leaf made under no_grad
x = torch.ones(2, 2, requires_grad=True)
y = x * 1
with torch.no_grad():
    v = y[0]
print(v.requires_grad, v.grad_fn)
attempt(lambda: v.mul_(2))

# %% a step under no_grad keeps the leaf
w = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.no_grad():
    w -= 0.5
    w[0] = 9.0
    w.mul_(2)
print(w, w.is_leaf, w.grad_fn, w._version)

# %% .data assignment
w = torch.tensor([1.0, 2.0], requires_grad=True)
w.data = torch.tensor([3.0, 4.0])
print(w)
w.data -= 1
w.data[0] = 7.0
print(w, w._version, w.data.requires_grad)

# %% copy_ passes gradients on, and converts
x = torch.zeros(2, dtype=torch.float64)
w = torch.tensor([1.0, 2.0], requires_grad=True)
x.copy_(w)
print(x)
(x * 3).sum().backward()
print(w.grad)

# %% a version belongs to the whole base
x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
y = x * 1
a = y[:2]
z = a.exp() * a
y[2:] = 0.0
attempt(lambda: z.sum().backward())

# %% relu in place, then backward
x = torch.tensor([-1.0, 2.0], requires_grad=True)
y = (x * 3).relu_()
y.sum().backward()
print(x.grad)

# %% in-place on the result of a product is allowed, on its operand is not
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * x
y += 1
y.sum().backward()
print(x.grad)
a = x * 1
b = a * a
a += 1
attempt(lambda: b.sum().backward())

# %% a loop that accumulates in place
w = torch.tensor(2.0, requires_grad=True)
total = torch.zeros(3)
for i in range(3):
    total[i] = w * i
total.sum().backward()
print(total, w.grad)

# %% the history of a cumulative sum written in place
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
c = x.clone()
for i in range(1, 3):
    c[i] = c[i] + c[i - 1]
print(c)
c.backward(torch.tensor([0.0, 0.0, 1.0]))
print(x.grad)

# %% from_numpy and numpy share memory
a = np.ones(3)
t = torch.from_numpy(a)
t.add_(1)
a[0] = 7
print(a, t)
x = torch.zeros(2)
n = x.numpy()
n[1] = 5
x[0] = 3
print(x, n, x._version)
y = torch.tensor(a)
y.zero_()
print(a)

# %% a no_grad change of a leaf that requires grad through its view
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
with torch.no_grad():
    x[0] *= 10
    x.t()[1] = 0.0
print(x, x._version, x.is_leaf)

# %% requires_grad_ on a view of an untracked tensor, then a change of the base
x = torch.ones(4)
v = x[:2].requires_grad_()
print(v.is_leaf, v.requires_grad, x.requires_grad)
attempt(lambda: v.add_(1))
x.add_(1)
print(v, v.requires_grad)

# %% a retained gradient follows the value through in-place changes of views and bases
x = torch.ones(2, requires_grad=True)
base = x * 2
base.retain_grad()
view = base[0]
view.mul_(3)
print(base.retains_grad, view.retains_grad)
base.sum().backward()
print(base.grad, x.grad)

x = torch.ones(2, requires_grad=True)
base = x * 2
view = base[0]
view.retain_grad()
base.mul_(3)
print(base.retains_grad, view.retains_grad)
(base.sum() + 5 * view).backward()
print(view.grad, x.grad)

# %% duplicates and leaves changed in place by a Function
class Add(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.mark_dirty(a)
        return a.add_(b), b + 2

    @staticmethod
    def backward(ctx, ga, gb):
        return ga, ga + gb


x = torch.randn(5, 5) * 0 + 2
y = torch.ones(5, 5, requires_grad=True)
attempt(lambda: Add.apply(y, x))
q, p = Add.apply(x, y)
print(q is x, x.is_leaf, p.grad_fn is q.grad_fn, x._version)
(q + p).sum().backward()
print(y.grad[0])

# %% returning what was saved, returning a detached input, returning None
class Detached(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.detach(), None, x.view(-1)

    @staticmethod
    def backward(ctx, a, b, c):
        print(a, b, c)
        return a


x = torch.ones(2, requires_grad=True)
a, b, c = Detached.apply(x)
print(a, b, c, a._is_view(), c._is_view())
(a.sum() * 2 + c.sum()).backward()
print(x.grad)

# %% a Function whose backward is not differentiable through numpy
class Numpy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.from_numpy(np.sin(x.numpy()))

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * torch.from_numpy(np.cos(x.detach().numpy()))


x = torch.ones(2, dtype=torch.float64, requires_grad=True)
y = Numpy.apply(x)
y.sum().backward()
print(y, x.grad)
(g,) = torch.autograd.grad(Numpy.apply(x).sum(), x, create_graph=True)
print(g, g.requires_grad)

# %% views of views, with hooks and retain_grad
x = torch.ones(2, 2, requires_grad=True)
base = x * 1
v = base[0]
v.register_hook(lambda grad: print("v", grad))
base.register_hook(lambda grad: print("base", grad))
v.mul_(2)
v.register_hook(lambda grad: print("v after", grad))
base.sum().backward()
print(x.grad)

# %% in place on a view of a view, the base used before
x = torch.ones(4, requires_grad=True)
b = x * 2
used = b * b
v = b[:2]
with torch.no_grad():
    v.zero_()
attempt(lambda: used.sum().backward())

# %% in place through several views at once
root = torch.ones(5, 5, requires_grad=True)
x = root.clone()
v1 = x.narrow(0, 0, 1)
v2 = x.narrow(0, 1, 4)
v1.mul_(2)
v2.mul_(3)
x.sum().backward()
print(root.grad)
x = root.clone()
v1 = x.narrow(0, 0, 3)
v2 = v1.narrow(0, 0, 1)
v2.mul_(2)
v1.mul_(5)
v1.sum().backward()
print(root.grad[:, 0])

# %% the view is used again after an in-place change, then differentiated
a = torch.ones(2, requires_grad=True)
b = torch.ones(2, requires_grad=True)
c = a * b
v = c[1:]
v.mul_(a[1:])
c.sum().backward()
print(a.grad, b.grad)
x = torch.ones(2, 3, requires_grad=True)
y = x.clone()
y[0].mul_(2)
y[1].zero_()
y[:, 0].copy_(torch.tensor([5.0, 6.0]))
y.sum().backward()
print(x.grad, nodes(y))

# %% in-place operators on parameters by augmented assignment
w = torch.ones(2, requires_grad=True)


def step():
    global w
    w -= 0.1


attempt(step)
with torch.no_grad():
    step()
print(w, w.is_leaf)
w.data -= 0.5
print(w)
v = w
v = v - 1
print(v is w, v)

# %% versions in many places
x = torch.ones(3)
v = x[:2]
d = x.detach()
t = x.data
x += 1
v *= 2
print(x._version, v._version, d._version, t._version)
x.requires_grad_()
with torch.no_grad():
    x.copy_(torch.zeros(3))
print(x._version)
x.grad = torch.ones(3)
x.grad.zero_()
print(x.grad._version, x.clone()._version, x.view(3)._version)
y = torch.tensor([3.0, 1.0, 2.0])
y.sort()
y[y > 1] = 0
y[[0, 1]] += 1
print(y._version)
torch.autograd.graph.increment_version(y)
print(y._version)

# %% _unsafe ways to write
x = torch.ones(2, requires_grad=True)
y = x.exp()
y.data.zero_()
y.sum().backward()
print(x.grad)
z = x.exp()
z.numpy if False else None
z.detach().numpy()[0] = 100
z.sum().backward()
print(x.grad)

# %% requires_grad of integer, bool and other tensors
for t in (torch.tensor([1]), torch.tensor([True]), torch.tensor([1], dtype=torch.uint8)):
    attempt(lambda: t.requires_grad_())
    attempt(lambda: setattr(t, "requires_grad", True))
    t.requires_grad = False
    print(t.requires_grad)
attempt(lambda: setattr(torch.ones(1), "requires_grad", "yes"))
attempt(lambda: torch.ones(1).requires_grad_("yes"))
attempt(lambda: torch.ones(1).requires_grad_(1))
attempt(lambda: setattr(torch.ones(1), "requires_grad", None))
x = torch.ones(1, requires_grad=True)
y = x * 2
attempt(lambda: setattr(y, "requires_grad", False))
attempt(lambda: y.requires_grad_(False))
attempt(lambda: setattr(y, "requires_grad", True))
attempt(lambda: setattr(y, "grad_fn", None))
attempt(lambda: setattr(y, "is_leaf", True))
attempt(lambda: setattr(y, "_version", 3))
attempt(lambda: setattr(y, "_base", x))
attempt(lambda: setattr(y, "shape", (2,)))
attempt(lambda: delattr(y, "shape"))

# %% a leaf turned non-leaf by in-place under enable_grad
t = torch.zeros(3)
w = torch.ones(3, requires_grad=True)
t[1] = w[0] * 5
print(t, t.is_leaf, t.grad_fn.name())
attempt(lambda: t.requires_grad_(False))
t = t.detach()
print(t.is_leaf)

# %% freeing: nothing but what rules need is kept
class Keeps(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(y)
        return x * y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y, None


w = torch.ones(2, requires_grad=True)


def alive(*tensors):
    return [r() is not None for r in tensors]


x, y = w * 2, torch.ones(2)
out, refs = Keeps.apply(x, y), (weakref.ref(x), weakref.ref(y))
del x, y
print(alive(*refs))
out.sum().backward()
print(alive(*refs))
x, y = w * 2, torch.ones(2)
out, refs = x.add_(y), (weakref.ref(x), weakref.ref(y))
del y
print(alive(*refs))
x, y, z = w * 2, w * 3, torch.ones(2)
refs = weakref.ref(x), weakref.ref(y), weakref.ref(z)
out = x * z + y
del x, y, z
print(alive(*refs))
x = w * 1
base, view = x, x[:1]
view.mul_(2)
refs = weakref.ref(base), weakref.ref(view)
out = base.sum()
del x, base, view
print(alive(*refs))

# %% saved values of a Function are freed with the graph
class Box(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(x, y)
        ctx.extra = x * 3
        return y

    @staticmethod
    def backward(ctx, grad):
        x, y = ctx.saved_tensors
        return grad * y


gc.collect()
gc.disable()
x = torch.ones(2, requires_grad=True)
y = Box.apply(x)
node = weakref.ref(y.grad_fn)
del y
print(node() is None)
y = Box.apply(x)
node, extra = weakref.ref(y.grad_fn), weakref.ref(y.grad_fn.extra)
y.sum().backward()
del y
print(node() is None, extra() is None)
gc.enable()

# %% subclassing
class Mine(torch.Tensor):
    pass


class Plain(torch.Tensor):
    def __new__(cls, data, requires_grad=True):
        return torch.Tensor._make_subclass(cls, data, requires_grad)

    def __repr__(self):
        return "Plain!"


m = Mine([1.0, 2.0])
print(m, type(m), isinstance(m, torch.Tensor), m.shape)
p = Plain(torch.ones(2))
print(p, p.requires_grad, p.is_leaf, p.grad)
(p * p).sum().backward()
print(torch.Tensor(p.grad))
x = torch.ones(2)
s = torch.Tensor._make_subclass(Mine, x)
x.add_(1)
print(s, s._version, x.as_subclass(Mine), torch.ones(1).as_subclass(torch.Tensor))
attempt(lambda: torch.Tensor._make_subclass(int, x))
attempt(lambda: torch.Tensor._make_subclass(Mine, [1.0]))
attempt(lambda: torch.Tensor._make_subclass(Mine, torch.tensor([1]), True))
attempt(lambda: x.as_subclass(3))

# %% in-place methods of every kind on tracked tensors
x = torch.tensor([0.5, 1.5, -0.5], requires_grad=True)
for name, args in {"abs_": (), "add_": (2,), "addcmul_": (torch.ones(3), torch.ones(3)), "ceil_": (), "clamp_": (-1, 1), "copy_": (torch.ones(3),),
                   "cos_": (), "cumsum_": (0,), "div_": (2,), "exp_": (), "fill_": (3,), "floor_": (), "lerp_": (torch.ones(3), 0.5),
                   "mul_": (3,), "neg_": (), "pow_": (2,), "reciprocal_": (), "relu_": (), "round_": (), "rsqrt_": (), "sigmoid_": (), "sign_": (),
                   "sin_": (), "sqrt_": (), "square_": (), "sub_": (1,), "tanh_": (), "tril_": (), "zero_": (), "masked_fill_": (x > 0, 9.0),
                   "index_fill_": (0, torch.tensor([1]), 4.0), "index_add_": (0, torch.tensor([1]), torch.ones(1)), "scatter_": (0, torch.tensor([0]), torch.ones(1)),
                   "unsqueeze_": (0,), "squeeze_": (), "t_": (), "clamp_min_": (0,), "log_": (), "log1p_": (), "expm1_": (), "atan_": (), "erf_": (), "hardtanh_": ()}.items():
    y = x * 1 + 2 if name in ("log_", "sqrt_", "rsqrt_") else x * 1
    if not hasattr(y, name):
        continue
    if name == "tril_":
        y = y.reshape(1, 3)
    attempt(lambda: print(name, getattr(y, name)(*args) is y, y, y._version, nodes(y)))
    attempt(lambda: print(torch.autograd.grad(y.sum(), x)))

# %% in-place functions on views
x = torch.tensor([[0.5, 1.5], [2.5, 3.5]], requires_grad=True)
for change in (lambda v: v.exp_(), lambda v: v.mul_(v), lambda v: v.copy_(torch.ones(2)), lambda v: v.masked_fill_(v > 1, 0), lambda v: v.add_(x[0]),
               lambda v: v.div_(2).sqrt_(), lambda v: v.zero_(), lambda v: v.pow_(2), lambda v: v.clamp_(0, 2), lambda v: v.sigmoid_()):
    y = x * 1
    v = y[:, 1]
    change(v)
    (g,) = torch.autograd.grad((y * torch.tensor([[1.0, 10.0], [100.0, 1000.0]])).sum(), x, create_graph=True)
    print(y, nodes(y), g)
    print(torch.autograd.grad(g.sum(), x, allow_unused=True) if g.requires_grad else None)

# %% the order of a Function's node, its inputs' numbers, its name in errors
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return ctx.saved_tensors[0] * grad


x = torch.ones(2, requires_grad=True)
y = Twice.apply(x * 1)
z = y * y
y.mul_(2)
attempt(lambda: z.sum().backward())
a, b = x * 1, x * 2
w = Twice.apply(a)
a.zero_()
attempt(lambda: w.sum().backward())

# %% a Function that returns one of several views
class Split(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x[:1], x[1:]

    @staticmethod
    def backward(ctx, a, b):
        return torch.cat([a, b])


x = torch.ones(2, requires_grad=True)
a, b = Split.apply(x * 1)
attempt(lambda: a.mul_(2))
with torch.no_grad():
    a.mul_(2)
attempt(lambda: a.sum())
y = x * 1
with torch.no_grad():
    c, d = Split.apply(y)
attempt(lambda: c.mul_(2))

# %% nested Functions, and a Function inside of backward
class Inner(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 3

    @staticmethod
    def backward(ctx, grad):
        return grad * 3


class Outer(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = Inner.apply(x)
        print(y.requires_grad, y.grad_fn)
        return y * 2

    @staticmethod
    def backward(ctx, grad):
        return Inner.apply(grad) * 2


x = torch.ones(2, requires_grad=True)
y = Outer.apply(x)
(g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
print(g, g.requires_grad, nodes(y))
v = torch.ones(2, requires_grad=True)
(g,) = torch.autograd.grad(y, x, v, create_graph=True)
print(g, nodes(g))

# %% keyword tensors, default tensors
w = torch.ones(2, requires_grad=True)


class Kw(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight=w):
        return x * weight

    @staticmethod
    def backward(ctx, grad):
        return grad, grad * 5


x = torch.ones(2, requires_grad=True)
attempt(lambda: Kw.apply(x).sum().backward())
attempt(lambda: Kw.apply(x, weight=w).sum().backward())
print(x.grad, w.grad)

# %% what is assigned is expanded only where it has another shape
for place, value in ((..., 7.0), (..., torch.ones(1, requires_grad=True)), (0, torch.ones(1, 1, requires_grad=True))):
    y = torch.ones(() if place is ... else 2, requires_grad=True) * 1
    y[place] = value
    print(y, [node and node.name() for node, _ in y.grad_fn.next_functions])

# %% of several views only the base's knows at once what became of the others
w = torch.ones(3, requires_grad=True)
rows = torch.zeros(2, 3)
first, second = rows[0], rows[1]
first.add_(w)
attempt(lambda: second.add_(w))
print(second.is_leaf, second.grad_fn.name())
attempt(lambda: second.add_(w))
attempt(lambda: first.add_(w))
parts = (w * 2).unbind()
parts[0]._base.mul_(2)
print(parts[0].grad, parts[1].retains_grad, parts[2].output_nr)
attempt(lambda: parts[0].is_leaf)

# %% to what is expanded no tensor is assigned
x = torch.ones(2).expand(3, 2)
attempt(lambda: x.__setitem__(..., 2.0))
attempt(lambda: x.__setitem__((slice(None), 0), 2.0))
attempt(lambda: x.fill_(torch.tensor(2.0)))
print(x.fill_(3.0))
x[0, 1] = 5
print(x)

# %% what was not tracked before has no gradient
w = torch.ones(3, requires_grad=True)
rows = torch.zeros(2, 3)
rows[1] = w * 2
rows.grad_fn.register_hook(lambda grads, given: print(grads, given))
(rows * rows).sum().backward()
for change in (lambda x: x.__setitem__(0, w[0]), lambda x: x.copy_(w), lambda x: x.fill_(w[0])):
    for x in (torch.ones(3, requires_grad=True) * 1, torch.ones(3)):
        change(x)
        x.grad_fn.register_hook(lambda grads, given: print(grads))
        torch.autograd.grad(x.sum(), w)

# %% without recording a Function takes a view whatever became of its base
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        print(ctx.needs_input_grad, ctx.next_functions)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


x = torch.ones(2, requires_grad=True) * 1
part, _ = x.unbind()
x.mul_(3)
with torch.no_grad():
    print(Twice.apply(part))
attempt(lambda: Twice.apply(part))

# %% a slice of everything is written to as the tensor itself
w = torch.ones(2, 3, requires_grad=True)
for key in (slice(None, 2), slice(0, None), slice(None, 9), slice(-2, None), (slice(None), slice(0, 3)), slice(None, 1)):
    for value in (w, 0.0):
        x = w * 1
        x[key] = value if key != slice(None, 1) else 1.0
        print(key, nodes(x), nodes((w * 1)[key]), nodes((w * 1)[key, ..., 0]) if isinstance(key, slice) else "")
row = (w * 1).chunk(2)[1]
attempt(lambda: row.__setitem__(slice(None, 1), 0.0))

# %% what copy_ and fill_ hand on to those who wait
x, y, z = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True), torch.tensor(2.0, requires_grad=True)
for start in (lambda: x * 1, lambda: torch.ones(2)):
    for change in (lambda t: t.copy_(y), lambda t: t.fill_(z)):
        for inputs in ([x], [y, z], None) if start().requires_grad else (None,):
            changed = change(start())
            changed.grad_fn.register_hook(lambda grad_inputs, grad_outputs: print(grad_inputs))
            changed.sum().backward(inputs=inputs)

# %% two saved inputs, one changed and one detached in place: the second is looked at first
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
a, b = x * 1, y * 1
c, e = a * b, b * a
a.detach_()
b.add_(1)
attempt(lambda: c.sum().backward())
attempt(lambda: e.sum().backward())

# %% copy_ takes Python's numbers and numpy's, and wraps those that are too large
print(torch.ones(1).copy_(np.float32(3)), torch.ones(1, dtype=torch.int64).copy_(np.float32(2.7)))
print(torch.ones(1, dtype=torch.int8).copy_(300), torch.ones(1, dtype=torch.complex64).copy_(1 + 2j))
print(torch.ones(1, dtype=torch.float64).copy_(0.1) == 0.1)
attempt(lambda: torch.ones(2).copy_("a"))

# %% complex numbers that are written where real ones are
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(torch.ones(2).copy_(torch.tensor([1 + 1j, 2])), [(w.category.__name__, str(w.message)[:54]) for w in caught])
