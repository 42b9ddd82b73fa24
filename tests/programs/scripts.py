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
