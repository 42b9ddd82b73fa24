"""What teaching scripts ask for beyond the usual."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% distances between the rows of two matrices, in several norms, and their gradients
a = torch.tensor([[0.0, 0.0], [1.0, 2.0], [3.0, -1.0]], requires_grad=True)
b = torch.tensor([[1.0, 2.0], [-2.0, 0.5]], requires_grad=True)
for p in (2.0, 1.0, 3.0, float("inf")):
    d = torch.cdist(a, b, p)
    print(p, d.detach(), torch.autograd.grad((d * torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).sum(), (a, b)))
d = torch.cdist(a[None].expand(2, 3, 2), b)
print(d.shape, torch.autograd.grad(d.sum(), b))

# %% k-means
points = torch.cat([torch.arange(8.0).reshape(4, 2) / 10, torch.arange(8.0).reshape(4, 2) / 10 + 3])
centres = points[[0, 1]]
for step in range(3):
    nearest = torch.cdist(points, centres).argmin(1)
    centres = torch.stack([points[nearest == k].mean(0) for k in range(2)])
    print(nearest, centres)

# %% the area under a curve, and how it changes with its points
y = torch.tensor([1.0, 3.0, 2.0], requires_grad=True)
x = torch.tensor([0.0, 1.0, 4.0], requires_grad=True)
print(torch.trapezoid(y, x).item(), torch.autograd.grad(torch.trapezoid(y, x), (y, x)))
print(torch.trapz(y, dx=0.5).item(), torch.autograd.grad(torch.trapz(y, dx=0.5), y))

# %% a histogram of activations
h = torch.tanh(torch.linspace(-3, 3, 50, requires_grad=True))
hist, edges = torch.histogram(h.detach(), bins=5, density=True)
print(hist, edges)
attempt(lambda: torch.histogram(h, bins=5).hist.sum().backward())

# %% a checkpoint computes its inside again in backward, and stops when it has what it needs
def inside(x, y=None):
    print("inside", torch.is_grad_enabled())
    h = torch.tanh(x @ w).sin()
    print("and out")
    return torch.nn.functional.dropout(h) if y is None else h * y
from torch.utils.checkpoint import checkpoint, checkpoint_sequential
torch.manual_seed(0)
w = torch.randn(3, 3, requires_grad=True)
x = torch.randn(2, 3, requires_grad=True)
for reentrant in (False, True):
    w.grad = x.grad = None
    torch.manual_seed(1)
    out = checkpoint(inside, x, use_reentrant=reentrant)
    print(out)
    torch.rand(5)
    out.pow(2).sum().backward()
    print(w.grad, x.grad, torch.rand(1))
out = checkpoint(inside, x, y=2.0, use_reentrant=False)
out.sum().backward(retain_graph=True)
out.sum().backward()
print(x.grad)
attempt(lambda: checkpoint(inside, x, y=2.0, use_reentrant=True))
checkpoint(inside, x.detach(), use_reentrant=True)
attempt(lambda: checkpoint(lambda x: x.detach() * 2, x, use_reentrant=True).sum().backward())
checkpoint(torch.sin, x).sum().backward()

# %% modules in segments
layers = torch.nn.Sequential(*[torch.nn.Linear(3, 3) for _ in range(5)])
for reentrant in (False, True):
    layers.zero_grad()
    checkpoint_sequential(layers, 2, x, use_reentrant=reentrant).sum().backward()
    print([round(p.grad.sum().item(), 4) for p in layers.parameters()])

# %% the cross product: which dimension, if none is named
a = torch.arange(9.0).reshape(3, 3)
print(torch.cross(a, a.flip(0) * 2 + a))
print(torch.linalg.cross(a, a.flip(0) * 2 + a), torch.linalg.cross(torch.ones(2, 3), a[:1]))
attempt(lambda: torch.linalg.cross(a[:, :2], a[:, :2]))

# %% what several handles as one are called
x = torch.ones(2, requires_grad=True)
print(repr(torch.autograd.graph.register_multi_grad_hook((x, x), print)).split(" object")[0])
