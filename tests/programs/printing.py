"""What is printed."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% tensors with and without history
x = torch.tensor([1.0, 2.5], requires_grad=True)
print(x)
print(x * 2)
print(x.sum())
print(x.detach())
print((x * 2)[0])
print(x > 1)

# %% every grad_fn in a repr
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
for y in (x + 1, x - x, x * x, x / 2, x ** 2, -x, x.exp(), x.log(), x.sqrt(), x.sin(), x.cos(), x.tanh(), x.sigmoid(),
          x.relu(), x.abs(), x.clamp(0, 2), x @ x, x.sum(), x.mean(), x.prod(), x.max(), x.norm(), x.t(), x.T,
          x.reshape(4), x[0], x[:, 1], x[[0, 1]], x.unsqueeze(0), x.expand(2, 2, 2), torch.cat([x, x]), x.clone(),
          torch.where(x > 2, x, 0.0), x.double(), x.median(), x.permute(1, 0), x.squeeze(), x.flatten(), 1 - x, 1 / x):
    print(y)

# %% dtypes in a repr
for dtype in (torch.float16, torch.float32, torch.float64, torch.int32, torch.int64, torch.uint8, torch.bool):
    print(torch.ones(2, dtype=dtype))
    print(torch.tensor(1, dtype=dtype))
print(torch.ones(1, dtype=torch.float64, requires_grad=True) * 2)

# %% numbers in a repr
print(torch.tensor([1.0, 2.0]), torch.tensor([0.1, 1000.0]), torch.tensor([1e-5, 1.0]), torch.tensor([1e10, 1.0]))
print(torch.tensor([float("nan"), float("inf"), -float("inf"), -0.0]))
print(torch.tensor(3.14159265), torch.tensor(1e-9), torch.tensor(12345678.0), torch.tensor(-0.5))
print(torch.tensor([1, -20, 300]), torch.tensor([True, False]))

# %% shapes in a repr
print(torch.zeros(0), torch.zeros(0, 3), torch.zeros(2, 0), torch.zeros(1, 1, 1))
print(torch.zeros(2, 2, 2))
print(torch.arange(12).reshape(3, 4))

# %% str, format and repr
x = torch.tensor(1.5)
print(str(x), repr(x), f"{x}", f"{x:.3f}", "%s" % x)
y = torch.tensor([1.5, 2.5], requires_grad=True)
print(f"{y}")
attempt(lambda: f"{y:.2f}")
attempt(lambda: f"{x:d}")

# %% gradients, shapes and dtypes
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x * x).sum().backward()
print(x.grad, x.grad.dtype, x.shape, x.size(), x.dtype, type(x), type(x.shape))
print([x, x.grad])
print({"a": x})
print((x.shape, tuple(x.shape), list(x.shape)))

# %% max, min and median name their results
x = torch.tensor([[1.0, 5.0], [7.0, 2.0]], requires_grad=True)
print(x.max(dim=1))
print(x.min(dim=0))
print(x.median(dim=1))
values, indices = x.max(dim=1)
print(values, indices)
print(type(x.max(dim=1)))

# %% gradients from autograd.grad are a tuple
x = torch.tensor(2.0, requires_grad=True)
print(torch.autograd.grad(x ** 2, x))
print(torch.autograd.grad(x ** 2, x, create_graph=True))

# %% a long tensor is summarised
print(torch.arange(2000))
print(torch.zeros(50, 50))
