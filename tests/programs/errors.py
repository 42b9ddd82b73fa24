"""What autograd refuses, and in which words."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% an integer tensor cannot require grad at creation
attempt(lambda: torch.tensor([1, 2], requires_grad=True))
attempt(lambda: torch.tensor(3, requires_grad=True))
attempt(lambda: torch.tensor([True, False], requires_grad=True))
attempt(lambda: torch.arange(3, requires_grad=True))
attempt(lambda: torch.ones(2, dtype=torch.int32, requires_grad=True))
attempt(lambda: torch.full((2,), 1, requires_grad=True))

# %% an integer tensor cannot require grad by requires_grad_
x = torch.tensor([1, 2, 3])
attempt(lambda: x.requires_grad_())
attempt(lambda: x.requires_grad_(True))
print(x.requires_grad_(False))
print(x.requires_grad)

# %% an integer tensor cannot require grad by assignment
x = torch.tensor([1, 2, 3])
try:
    x.requires_grad = True
except RuntimeError as error:
    print(error)
x.requires_grad = False
print(x.requires_grad)

# %% backward on a tensor of several elements
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
attempt(lambda: y.backward())
print(x.grad)

# %% autograd.grad on a tensor of several elements
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
attempt(lambda: torch.autograd.grad(x * 2, x))

# %% backward on one element in any shape
x = torch.ones(1, 1, 1, requires_grad=True)
(x * 3).backward()
print(x.grad, x.grad.shape)

# %% backward on something that has no graph
x = torch.tensor(2.0)
y = x * 3
attempt(lambda: y.backward())
attempt(lambda: x.backward())

# %% backward on a tensor of several elements that has no graph
attempt(lambda: torch.ones(3).backward())
attempt(lambda: torch.ones(3).backward(torch.ones(3)))

# %% backward on an integer result
x = torch.tensor([1.0, 2.0], requires_grad=True)
attempt(lambda: x.argmax().backward())
attempt(lambda: x.long().sum().backward())
attempt(lambda: (x > 1).sum().backward())

# %% autograd.grad on something that has no graph
x = torch.tensor(2.0)
attempt(lambda: torch.autograd.grad(x * 3, x))
w = torch.tensor(2.0, requires_grad=True)
attempt(lambda: torch.autograd.grad(x * 3, w))
attempt(lambda: torch.autograd.grad(w * 3, x))

# %% backward twice through a saved value
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()
attempt(lambda: y.backward())
print(x.grad)

# %% backward twice where nothing was saved
x = torch.tensor(3.0, requires_grad=True)
y = x + 2
y.backward()
y.backward()
print(x.grad)

# %% backward twice through a shared part
x = torch.tensor(3.0, requires_grad=True)
h = x.exp()
a = h * 2
b = h * 3
a.backward()
attempt(lambda: b.backward())
print(x.grad)

# %% a leaf changed in place
x = torch.tensor([1.0, 2.0], requires_grad=True)
attempt(lambda: x.add_(1))
attempt(lambda: x.zero_())
attempt(lambda: x.mul_(2))
attempt(lambda: x.copy_(torch.zeros(2)))
attempt(lambda: x.fill_(0))
attempt(lambda: x.exp_())
attempt(lambda: x.clamp_(0, 1))
attempt(lambda: x.__iadd__(1))
attempt(lambda: x.__setitem__(0, 5.0))
print(x, x._version)

# %% a leaf changed in place through an augmented assignment
w = torch.tensor(1.0, requires_grad=True)
try:
    w -= 0.1
except RuntimeError as error:
    print(error)
print(w)

# %% a view of a leaf changed in place
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
attempt(lambda: x[0].mul_(2))
attempt(lambda: x.t().add_(1))
attempt(lambda: x.view(-1).zero_())
attempt(lambda: x[0].__setitem__(1, 5.0))
print(x)

# %% a leaf that does not require grad takes in what does
x = torch.zeros(3)
w = torch.tensor(2.0, requires_grad=True)
x[1] = w * 3
print(x, x.is_leaf)
x.sum().backward()
print(w.grad)

# %% a saved input changed in place
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
z = y * y
y.add_(1)
attempt(lambda: z.sum().backward())

# %% a saved output changed in place
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
y.mul_(2)
attempt(lambda: y.sum().backward())

# %% a saved untracked operand changed in place
x = torch.tensor([1.0, 2.0], requires_grad=True)
a = torch.tensor([3.0, 4.0])
y = x * a
a.add_(1)
attempt(lambda: y.sum().backward())

# %% a saved operand changed under no_grad
w = torch.tensor([[1.0, 2.0]], requires_grad=True)
x = torch.tensor([[3.0], [4.0]])
h = x @ w
loss = (h * h).sum()
with torch.no_grad():
    h.zero_()
attempt(lambda: loss.backward())

# %% a weight stepped between forward and backward
w = torch.tensor([2.0], requires_grad=True)
loss = (w * w).sum()
with torch.no_grad():
    w -= 0.1
attempt(lambda: loss.backward())
loss = (w * 3).sum()
with torch.no_grad():
    w -= 0.1
loss.backward()
print(w.grad)

# %% what is not saved may change
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x + 1
z = y + 2
y.mul_(10)
z.sum().backward()
print(x.grad)

# %% a saved value changed through a view
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
y = x * 1
z = y.sin()
y[0, 0] = 7.0
attempt(lambda: z.sum().backward())

# %% a saved view whose base was changed
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
y = x * 1
z = y[0].sin()
y.add_(1)
attempt(lambda: z.sum().backward())

# %% a matrix changed after a product
a = torch.ones(2, 3, requires_grad=True)
b = torch.ones(3, 2)
c = a @ b
b[0, 0] = 2.0
attempt(lambda: c.sum().backward())

# %% several kinds of saved output changed
for name in ("sigmoid", "tanh", "sqrt", "relu"):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = getattr(torch, name)(x)
    y.add_(1)
    attempt(lambda: y.sum().backward())

# %% a saved index or mask changed
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
i = torch.tensor([0, 2])
y = x[i]
i.zero_()
attempt(lambda: y.sum().backward())
mask = torch.tensor([True, False, True])
y = torch.where(mask, x, 0.0)
mask.zero_()
attempt(lambda: y.sum().backward())

# %% the gradient given to backward has another shape
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
attempt(lambda: (x * 2).backward(torch.ones(2)))
attempt(lambda: (x * 2).backward(torch.ones(3, 1)))
attempt(lambda: (x * 2).backward(torch.tensor(1.0)))
attempt(lambda: (x * 2).sum().backward(torch.ones(3)))

# %% the gradient given to backward is no tensor
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
attempt(lambda: (x * 2).backward([1.0, 1.0, 1.0]))
attempt(lambda: (x * 2).sum().backward(1.0))

# %% the gradient given to backward has another dtype
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
y.backward(torch.tensor([1.0, 0.5], dtype=torch.float64))
print(x.grad)
attempt(lambda: (x * 2).backward(torch.tensor([1, 1])))

# %% the gradient given to autograd.grad has another shape
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
attempt(lambda: torch.autograd.grad(x * 2, x, torch.ones(2)))
attempt(lambda: torch.autograd.grad([x * 2, x * 3], x, [torch.ones(3)]))

# %% an unused input in autograd.grad
x = torch.tensor(2.0, requires_grad=True)
z = torch.tensor(3.0, requires_grad=True)
y = x * x
attempt(lambda: torch.autograd.grad(y, [x, z]))
attempt(lambda: torch.autograd.grad(x * x, [x, z], allow_unused=True))
attempt(lambda: torch.autograd.grad(x * x, [x, z], materialize_grads=True))
attempt(lambda: torch.autograd.grad(x * x, [x, z], materialize_grads=True, allow_unused=False))

# %% an input of autograd.grad that does not require grad
x = torch.tensor(2.0, requires_grad=True)
c = torch.tensor(2.0)
attempt(lambda: torch.autograd.grad(x * c, [x, c]))
attempt(lambda: torch.autograd.grad(x * c, c, allow_unused=True))

# %% numpy() on a tensor that requires grad
x = torch.tensor([1.0, 2.0], requires_grad=True)
attempt(lambda: x.numpy())
attempt(lambda: (x * 2).numpy())
attempt(lambda: np.asarray(x))
attempt(lambda: x.detach().numpy())
attempt(lambda: x.data.numpy())
attempt(lambda: x.tolist())
with torch.no_grad():
    attempt(lambda: x.numpy())
    attempt(lambda: (x * 2).numpy())

# %% numpy(force=True)
x = torch.tensor([1.0, 2.0], requires_grad=True)
print(x.numpy(force=True))

# %% requires_grad_(False) on a non-leaf
x = torch.tensor(1.0, requires_grad=True)
y = x * 2
attempt(lambda: y.requires_grad_(False))
print(y.requires_grad_(True).requires_grad)
try:
    y.requires_grad = False
except RuntimeError as error:
    print(error)

# %% shapes that do not broadcast
a = torch.ones(2, 3)
attempt(lambda: a + torch.ones(2))
attempt(lambda: a * torch.ones(4, 3))
attempt(lambda: a - torch.ones(2, 2, 2))
attempt(lambda: torch.ones(2, requires_grad=True) / torch.ones(3))

# %% shapes that do not multiply
attempt(lambda: torch.ones(2, 3) @ torch.ones(2, 3))
attempt(lambda: torch.ones(3) @ torch.ones(2))
attempt(lambda: torch.ones(2, 3) @ torch.ones(2))
attempt(lambda: torch.ones(2) @ torch.ones(3, 4))
attempt(lambda: torch.mm(torch.ones(2, 3), torch.ones(3)))
attempt(lambda: torch.ones(3) @ 2)

# %% item of many elements
x = torch.tensor([1.0, 2.0], requires_grad=True)
attempt(lambda: x.item())
attempt(lambda: float(x))
attempt(lambda: x[0].item())
attempt(lambda: float(x[0].detach()))
attempt(lambda: int(x[1].detach()))

# %% the truth of many elements
x = torch.tensor([1.0, 2.0])
attempt(lambda: bool(x))
attempt(lambda: bool(x > 0))
attempt(lambda: not x)
attempt(lambda: bool(torch.tensor([])))
attempt(lambda: 1 if x[0] > 0 else 2)

# %% a tracked number as a Python number
x = torch.tensor(2.5, requires_grad=True)
attempt(lambda: float(x))
attempt(lambda: int(x))
attempt(lambda: x.item())
attempt(lambda: f"{x:.2f}")
attempt(lambda: f"{x.item():.2f}")
attempt(lambda: range(3)[torch.tensor(1)])
attempt(lambda: [10, 20, 30][torch.tensor(1)])
attempt(lambda: [10, 20, 30][torch.tensor(1.0)])

# %% mean of integers
attempt(lambda: torch.tensor([1, 2, 3]).mean())
attempt(lambda: torch.tensor([1, 2, 3]).float().mean())

# %% a dimension that is not there
x = torch.ones(2, 3, requires_grad=True)
attempt(lambda: x.sum(2))
attempt(lambda: x.mean(dim=-3))
attempt(lambda: x.max(dim=5))
attempt(lambda: x.squeeze(4))
attempt(lambda: x.transpose(0, 2))

# %% .T of what is no matrix
x = torch.ones(2, 3, 4)
print(x.T.shape)
attempt(lambda: x.t())
attempt(lambda: torch.ones(3).mT)
print(torch.ones(3).T.shape)

# %% a view of an incompatible stride
x = torch.ones(2, 3, requires_grad=True)
attempt(lambda: x.t().view(6))
print(x.t().reshape(6).grad_fn.name())

# %% backward under no_grad
x = torch.tensor(2.0, requires_grad=True)
y = x * x
with torch.no_grad():
    y.backward()
    print(x.grad)
    z = x * x
attempt(lambda: z.backward())

# %% a mistyped name
x = torch.tensor(1.0, requires_grad=True)
attempt(lambda: x.requires_gard)
attempt(lambda: x.backwards())
attempt(lambda: x.grad_func)

# %% deleting and assigning what may not be
x = torch.tensor(1.0, requires_grad=True)
try:
    x.grad_fn = None
except AttributeError as error:
    print(type(error).__name__)
try:
    x.is_leaf = False
except AttributeError as error:
    print(type(error).__name__)
try:
    x.shape = (1,)
except AttributeError as error:
    print(type(error).__name__)
try:
    x.requires_grad = "yes"
except Exception as error:
    print(type(error).__name__, error)

# %% a dtype is no tensor
attempt(lambda: torch.float32.to("cpu"))
attempt(lambda: torch.float32.shape)
print(copy.deepcopy(torch.float32) is torch.float32)
