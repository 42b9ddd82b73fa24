"""What small programs for learners do, and the other files leave out."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% powers of negative numbers and of zeros
x = torch.tensor([-2.0, -1.5, -0.0, 0.0, 3.0, float("inf"), -float("inf"), float("nan")])
for exponent in (-3, -2, -1, -0.5, 0.5, 1, 3, 4, 5):
    a = x.clone().requires_grad_()
    y = a ** exponent
    y.sum().backward()
    print(exponent, y.detach(), a.grad)
print((torch.linspace(-1, 1, 7) ** 3 * 1e6).tolist(), (torch.linspace(-1, 1, 6) ** -2).tolist())
a = torch.tensor([-2.0, 0.5], requires_grad=True)
(slope,) = torch.autograd.grad((a ** 4).sum(), a, create_graph=True)
(curve,) = torch.autograd.grad(slope.sum(), a, create_graph=True)
print(slope, curve, torch.autograd.grad(curve.sum(), a))
