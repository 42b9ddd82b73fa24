"""Programs from the first lessons, as a whole."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% finite differences against autograd
def f(x):
    return (x ** 3).sum() + x.prod()


x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
f(x).backward()
h = 1e-6
for i in range(3):
    step = torch.zeros(3, dtype=torch.float64)
    step[i] = h
    print(f"{((f(x + step) - f(x - step)) / (2 * h)).item():.5f} {x.grad[i].item():.5f}")

# %% micro-batches give the gradient of the batch
w = torch.tensor(2.0, requires_grad=True)
data = torch.tensor([1.0, 2.0, 3.0, 4.0])
((w * data) ** 2).mean().backward()
whole = w.grad.clone()
w.grad = None
for part in (data[:2], data[2:]):
    (((w * part) ** 2).mean() / 2).backward()
print(whole, w.grad)

# %% forgetting to zero
w = torch.tensor(1.0, requires_grad=True)
for _ in range(3):
    (w * 2).backward()
    print(w.grad.item())

# %% polynomial regression
x = torch.linspace(-1, 1, 9)
y = 1 + 2 * x - 3 * x ** 2
c = torch.zeros(3, requires_grad=True)
features = torch.stack([torch.ones(9), x, x ** 2], dim=1)
for step in range(300):
    loss = ((features @ c - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        c -= 0.5 * c.grad
    c.grad.zero_()
print(c)

# %% logistic regression
x = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
y = torch.tensor([1.0, 1.0, 1.0, 0.0])
w = torch.zeros(2, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
for _ in range(100):
    p = torch.sigmoid(x @ w + b)
    loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    gw, gb = torch.autograd.grad(loss, [w, b])
    with torch.no_grad():
        w -= gw
        b -= gb
print(f"{loss.item():.4f}", w, b)

# %% Newton's method with second derivatives
x = torch.tensor(3.0, requires_grad=True)
for _ in range(6):
    y = x ** 4 - 3 * x ** 2 + x
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    (h,) = torch.autograd.grad(g, x)
    with torch.no_grad():
        x -= g / h
print(x)

# %% a Jacobian, row by row
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.stack([x[0] * x[1], x[0] + x[1], x[1] ** 2])
rows = [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(3)]
print(torch.stack(rows))

# %% Jacobian-vector product by two vector-Jacobian products
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.stack([x[0] * x[1], x[1] ** 2])
u = torch.zeros(2, requires_grad=True)
(g,) = torch.autograd.grad(y, x, u, create_graph=True)
print(torch.autograd.grad(g, u, torch.tensor([1.0, 0.0])))

# %% momentum distinguishes None from zero
def step(p, state, lr=0.1, beta=0.9):
    if p.grad is None:
        return
    state["v"] = beta * state.get("v", torch.zeros(p.shape)) + p.grad
    with torch.no_grad():
        p -= lr * state["v"]


for none in (True, False):
    p, state = torch.tensor(1.0, requires_grad=True), {}
    (p * 2).backward()
    step(p, state)
    p.grad = None if none else torch.zeros(())
    step(p, state)
    print(none, p)

# %% the chain of a recurrent sum
h = torch.tensor(0.5, requires_grad=True)
w = torch.tensor(0.9, requires_grad=True)
s = h
for x in (1.0, -1.0, 0.5):
    s = torch.tanh(w * s + x)
s.backward()
print(s, h.grad, w.grad)

# %% default dtype
print(torch.get_default_dtype())
torch.set_default_dtype(torch.float64)
print(torch.tensor([1.0]), torch.zeros(1), torch.tensor([1]) / 2, torch.tensor([1.0]).dtype)
torch.set_default_dtype(torch.float32)
print(torch.tensor([1.0]).dtype)
attempt(lambda: torch.set_default_dtype(torch.int64))

# %% iteration, length, unpacking
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
for row in x:
    print(row)
a, b = x
print(len(x), a * b)
print([float(v) for v in x.detach().reshape(-1)])

# %% sum and max of a list of tensors
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
print(sum(x), max(x), sorted([v.item() for v in x]))

# %% numpy in and out
x = torch.tensor([1.0, 2.0])
print(np.sin(x.numpy()).round(4), torch.from_numpy(np.sin(x.numpy())))
attempt(lambda: torch.tensor([1.0], requires_grad=True) * np.array([2.0]))
attempt(lambda: np.sin(torch.tensor([1.0], requires_grad=True)))
