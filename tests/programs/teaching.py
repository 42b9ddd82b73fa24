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

# %% results row by row in memory, which view asks for
torch.manual_seed(0)
heads = torch.arange(24.0).reshape(2, 3, 4).transpose(1, 2)
few = torch.tensor([0.25, 0.5])
for f in (lambda x: x.softmax(-1), lambda x: x.log_softmax(0), lambda x: x.masked_fill(x > 5, 0.0), lambda x: torch.stack([x, x]), lambda x: torch.cat([x, x], -1),
          lambda x: x.cumsum(1), lambda x: x.cummax(0).values, lambda x: x.sum(0), lambda x: x.mean(-1), lambda x: x.var(0), lambda x: x.logsumexp(0), lambda x: x.repeat(1, 1, 2),
          lambda x: x.roll(1, 0), lambda x: x.gather(0, x.long() * 0), lambda x: torch.nn.functional.layer_norm(x, (3,)), lambda x: torch.bernoulli(x / 24)):
    y = f(heads)
    print(y.stride(), y.view(-1)[:3])
for f in (torch.clone, torch.zeros_like, torch.rand_like, torch.Tensor.double, torch.relu, torch.nn.functional.dropout, torch.bernoulli, lambda x: torch.full_like(x, 2)):
    print(f(few.expand(3, 2)).stride())
torch.manual_seed(0)
print(torch.rand_like(few.expand(3, 2)), torch.bernoulli(few.expand(3, 2)))
print(torch.nn.functional.gumbel_softmax(heads[0]))

# %% steps by hand round as PyTorch's do
torch.manual_seed(0)
a, b = torch.randn(6), torch.randn(6)
print((torch.add(a, b, alpha=0.3) * 2**30).tolist(), (torch.sub(a, b, alpha=0.3) * 2**30).tolist())
a.requires_grad_()
c = torch.add(a.view(2, 3), b[:3], alpha=-0.1)
c.sum().backward()
a.data.add_(a.grad, alpha=-0.7)
print(c.detach().mul(2**30).tolist(), a.detach().mul(2**30).tolist(), c)
with torch.inference_mode():
    print(torch.add(b, b, alpha=0.1).is_inference(), torch.add(torch.tensor(1.0), torch.tensor(0.1), alpha=0.3).item())
