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
