"""Which tensors are tracked, which are leaves, and what .grad is."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% the default
x = torch.tensor([1.0, 2.0])
print(x.requires_grad, x.is_leaf, x.grad, x.grad_fn)
y = x * 2
print(y.requires_grad, y.is_leaf, y.grad_fn)

# %% at creation
for t in (torch.tensor(1.0, requires_grad=True), torch.zeros(2, requires_grad=True), torch.ones(2, requires_grad=True),
          torch.full((2,), 3.0, requires_grad=True), torch.arange(2.0, requires_grad=True),
          torch.linspace(0, 1, 2, requires_grad=True), torch.eye(2, requires_grad=True),
          torch.zeros_like(torch.ones(2), requires_grad=True)):
    print(t, t.is_leaf)

# %% requires_grad_ returns the tensor itself
x = torch.tensor([1.0])
print(x.requires_grad_() is x, x.requires_grad)
print(x.requires_grad_(False) is x, x.requires_grad)
x.requires_grad = True
print(x.requires_grad)

# %% a like-tensor does not inherit the flag
x = torch.ones(2, requires_grad=True)
print(torch.zeros_like(x).requires_grad, torch.ones_like(x).requires_grad, torch.tensor([1.0]).requires_grad)

# %% torch.tensor of a tracked tensor warns and copies
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.tensor(x)
print(y, y.requires_grad)

# %% one tracked input is enough
a = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(2.0)
print((a * b).requires_grad, (b * b).requires_grad, (b * b).is_leaf, (a * b).is_leaf)

# %% .grad of a non-leaf warns
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
z = y * y
z.backward()
print(y.grad)
print(z.grad)
print(x.grad)

# %% .grad of a leaf or an untracked result does not warn
x = torch.tensor(2.0)
print(x.grad, (x * 2).grad)

# %% retain_grad
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.retain_grad()
print(y.retains_grad, x.retains_grad, y.is_leaf, y.grad)
(y * y).backward()
print(y.grad, x.grad)

# %% retain_grad on a leaf does nothing, on an untracked tensor it raises
x = torch.tensor(2.0, requires_grad=True)
x.retain_grad()
print(x.retains_grad)
attempt(lambda: torch.tensor(2.0).retain_grad())

# %% retain_grad twice, and gradients of it accumulate
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.retain_grad()
y.retain_grad()
(y * y).backward(retain_graph=True)
print(y.grad)
(y * y).backward()
print(y.grad)

# %% a lost leaf
w = torch.tensor([1.0, 2.0], requires_grad=True) * 0.1
print(w.is_leaf, w)
v = torch.tensor([1.0, 2.0], requires_grad=True).to(torch.float64)
print(v.is_leaf, v)
u = torch.tensor([1.0, 2.0], requires_grad=True).to(torch.float32)
print(u.is_leaf, u)

# %% w = w - lr * g outside and inside no_grad
w = torch.tensor(1.0, requires_grad=True)
(w * w).backward()
w2 = w - 0.1 * w.grad
print(w2, w2.is_leaf)
with torch.no_grad():
    w3 = w - 0.1 * w.grad
print(w3, w3.is_leaf, w3.requires_grad)
with torch.no_grad():
    w -= 0.1 * w.grad
print(w, w.is_leaf, w.requires_grad)

# %% assigning .grad
x = torch.tensor([1.0, 2.0], requires_grad=True)
x.grad = torch.tensor([5.0, 6.0])
print(x.grad)
(x * 2).sum().backward()
print(x.grad)

# %% what may not be assigned to .grad
x = torch.tensor([1.0, 2.0], requires_grad=True)


def assign(value):
    x.grad = value


attempt(lambda: assign(torch.ones(3)))
attempt(lambda: assign(torch.ones(2, dtype=torch.float64)))
attempt(lambda: assign(torch.ones(2, dtype=torch.int64)))
attempt(lambda: assign(1.0))
attempt(lambda: assign([1.0, 2.0]))
attempt(lambda: assign(x))
attempt(lambda: assign(None))
print(x.grad)

# %% deleting .grad
x = torch.tensor([1.0, 2.0], requires_grad=True)
x.sum().backward()
del x.grad
print(x.grad)

# %% the gradient survives requires_grad_(False)
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x * x).sum().backward()
x.requires_grad_(False)
print(x.grad, x.requires_grad, (x * 2).requires_grad)

# %% a frozen operand gets no gradient and does not block others
x = torch.tensor(2.0, requires_grad=True)
frozen = torch.tensor(3.0)
y = x * frozen * x
y.backward()
print(x.grad, frozen.grad)

# %% freezing after the forward pass comes too late
w = torch.tensor(2.0, requires_grad=True)
y = w * 3
w.requires_grad_(False)
y.backward()
print(w.grad)

# %% dtypes of gradients
for dtype in (torch.float16, torch.float32, torch.float64):
    x = torch.ones(2, dtype=dtype, requires_grad=True)
    (x.double() * 3).sum().backward()
    print(x.grad)

# %% the gradient has the dtype of its leaf in a mixed expression
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([3.0, 4.0], dtype=torch.float64, requires_grad=True)
y = a * b + a
print(y)
y.sum().backward()
print(a.grad, b.grad)

# %% integers take part and get no gradient
x = torch.tensor([1.0, 2.0], requires_grad=True)
n = torch.tensor([3, 4])
y = x * n + n
print(y)
y.sum().backward()
print(x.grad, n.grad)

# %% the boolean of a comparison is not tracked
x = torch.tensor([1.0, -2.0], requires_grad=True)
mask = x > 0
print(mask, mask.requires_grad)
y = x * mask
y.sum().backward()
print(x.grad)

# %% what is not differentiable has no history
x = torch.tensor([1.7, -2.2], requires_grad=True)
print(x.long(), x.argmax(), x.int().requires_grad, (x == x).requires_grad, x.bool().grad_fn)
attempt(lambda: x.long().requires_grad_())

# %% deepcopy of a leaf
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x * x).sum().backward()
y = copy.deepcopy(x)
print(y, y.grad, y.is_leaf, y is x, y.grad is x.grad)
y.grad.zero_()
print(x.grad)

# %% deepcopy of a non-leaf
x = torch.tensor([1.0, 2.0], requires_grad=True)
attempt(lambda: copy.deepcopy(x * 2))
attempt(lambda: copy.deepcopy((x * 2).detach()))

# %% copy.copy, clone
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.clone()
print(y, y.is_leaf)
y.sum().backward()
print(x.grad)
z = torch.tensor([1.0]).clone()
print(z.requires_grad)

# %% equality and hashing are of the object
a = torch.tensor(1.0)
b = torch.tensor(1.0)
print({a: "a", b: "b"}[a], a is b, a == b, len({a, b}), a in [b])

# %% is_leaf of an untracked view, a tracked view, a detached one
x = torch.ones(2, 2, requires_grad=True)
print(x[0].is_leaf, x.detach()[0].is_leaf, torch.ones(2)[0].is_leaf, x.data.is_leaf)

# %% output_nr, grad_fn of unbind
x = torch.ones(2, 2, requires_grad=True)
a, b = x.unbind()
print(a.grad_fn is b.grad_fn, a.output_nr, b.output_nr)

# %% type conversion in the graph
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.double()
print(y, nodes(y))
y.sum().backward()
print(x.grad)

# %% deepcopy of attributes and of strides
x = torch.ones(2, requires_grad=True)
x.notes = [1]
twin = copy.deepcopy(x)
print(twin.notes, twin.notes is x.notes)
print(copy.deepcopy(torch.arange(6.0).reshape(2, 3).t()).stride())

# %% copy.copy and pickle leave gradient and history behind
import pickle

x = torch.ones(2, requires_grad=True)
x.notes = [1]
(x * 2).sum().backward()
twin = copy.copy(x)
print(twin, twin.grad, twin.notes is x.notes, twin.data_ptr() == x.data_ptr())
twin = pickle.loads(pickle.dumps({"w": x, "y": x * 2, "n": torch.arange(3)}))
print(twin, twin["w"].grad, twin["y"].is_leaf, twin["w"].notes)

# %% .data takes no integers where gradients are required
x = torch.ones(2, requires_grad=True)
attempt(lambda: setattr(x, "data", torch.tensor([1, 2])))
print(x)

# %% the transpose of a number
print(torch.tensor(2.0).T)

# %% Variable, as old programs have it
from torch.autograd import Variable

x = Variable(torch.ones(2), requires_grad=True)
print(x, type(x), isinstance(x, Variable), isinstance(x, torch.Tensor), isinstance(3, Variable))
y = Variable(torch.ones(2))
print(y, y.requires_grad)
t = torch.ones(2)
z = Variable(t, requires_grad=True)
print(z is t, t.requires_grad, z.data_ptr() == t.data_ptr(), z._is_view())
t.add_(1)
print(z, z._version)
(x * z).sum().backward()
print(x.grad, z.grad, x.data, x.grad.data)
v = Variable(x * 2)
print(v, v.requires_grad)
w = Variable(x * 2, requires_grad=True)
print(w.requires_grad, w.is_leaf, w.grad_fn)
attempt(lambda: Variable([1.0]))
attempt(lambda: Variable(torch.tensor([1]), requires_grad=True))
attempt(lambda: Variable(torch.ones(2), volatile=True))
attempt(lambda: Variable())
attempt(lambda: Variable(torch.ones(2), True))
attempt(lambda: torch.autograd.variable.Variable is Variable)
attempt(lambda: issubclass(torch.Tensor, Variable))

# %% multithreading switch
with torch.autograd.set_multithreading_enabled(False):
    x = torch.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    print(torch.autograd.is_multithreading_enabled())
print(x.grad, torch.autograd.is_multithreading_enabled())
torch.autograd.set_multithreading_enabled(False)
print(torch._C._is_multithreading_enabled())
torch.autograd.set_multithreading_enabled(True)
print(torch._C._is_multithreading_enabled())

# %% legacy constructors
attempt(lambda: torch.Tensor(torch.ones(2)))
attempt(lambda: torch.FloatTensor([1, 2]))
attempt(lambda: torch.Tensor(2, 3).shape)
attempt(lambda: torch.Tensor("ab"))
attempt(lambda: torch.Tensor(1.5))
attempt(lambda: torch.Tensor())

# %% a gradient lies in memory as its leaf does, or row by row if the leaf has gaps
w = torch.ones(3, 4, requires_grad=True)
(w * torch.ones(4, 3).t()).sum().backward()
print(w.grad.stride(), w.grad.view(-1).shape)
t = torch.ones(3, 4).t().requires_grad_()
t.sum().backward()
print(t.grad.stride())
t.grad = None
(t * t).sum().backward(create_graph=True)
print(t.grad.stride())
for gaps in (torch.ones(3, 4)[:, ::2], torch.ones(4).expand(3, 4)):
    gaps.requires_grad_()
    gaps.exp().sum().backward()
    print(gaps.stride(), gaps.grad.stride())

# %% torch.tensor of tracked numbers warns, and takes their values
x = torch.tensor([1.0, 2.0], requires_grad=True)
print(torch.tensor([x[0], x[1]]), torch.tensor([[x[0].detach()], [3.0]]))
with torch.no_grad():
    print(torch.tensor([x[0]]))
