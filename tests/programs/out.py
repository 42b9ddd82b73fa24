"""Results written into tensors that are given: out=."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% out= of common functions
a, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
c = torch.zeros(2)
print(torch.add(a, b, out=c) is c, c, c._version)
print(torch.add(a, b, alpha=2, out=c), torch.mul(a, b, out=c), torch.exp(a, out=c), torch.matmul(a, b, out=torch.empty(0)), c._version)
print(torch.sum(a, 0, out=torch.empty(())), torch.mean(a, 0, out=torch.empty(())), torch.cat([a, b], out=torch.empty(0)), torch.stack([a, b], 0, out=torch.empty(2, 2)))
print(torch.arange(3, out=torch.empty(3)), torch.ones(2, out=c), torch.zeros(2, out=c), torch.full((2,), 7.0, out=c), torch.linspace(0, 1, 2, out=c))
print(torch.clamp(a, 0, 1.5, out=c), torch.pow(a, 2, out=c), torch.eq(a, b, out=torch.empty(2, dtype=torch.bool)), torch.maximum(a, b, out=c))
print(torch.mm(torch.ones(2, 2), torch.ones(2, 2), out=torch.zeros(2, 2)), torch.where(a > 1, a, b, out=c), torch.sigmoid(a, out=c))
print(a, b, torch.sub(a, b, out=a), a)

# %% out= with several results
x = torch.tensor([[1.0, 3.0], [2.0, 0.0]])
v, i = torch.zeros(2), torch.zeros(2, dtype=torch.int64)
r = torch.max(x, 1, out=(v, i))
print(r[0] is v, v, i)
print(*torch.sort(x, 1, out=(torch.empty(2, 2), torch.empty(2, 2, dtype=torch.int64))))

# %% out= of another dtype
a = torch.tensor([1.5, 2.0])
print(torch.add(a, a, out=torch.zeros(2, dtype=torch.float64)))
print(torch.add(torch.tensor([1, 2]), 1, out=torch.zeros(2)))
attempt(lambda: torch.add(a, a, out=torch.zeros(2, dtype=torch.int64)))
attempt(lambda: torch.eq(a, a, out=torch.zeros(2)))
attempt(lambda: torch.exp(a, out=torch.zeros(2, dtype=torch.int64)))

# %% out= of another shape
a = torch.tensor([1.5, 2.0])
c = torch.zeros(3)
attempt(lambda: torch.add(a, a, out=c))
print(c.shape)
d = torch.empty(0)
print(torch.add(a, a, out=d), d)
attempt(lambda: torch.add(a, torch.ones(2, 2), out=torch.zeros(2)))

# %% out= and gradients
a = torch.ones(2, requires_grad=True)
c = torch.zeros(2)
attempt(lambda: torch.add(a, 1, out=c))
attempt(lambda: torch.mul(c, 1, out=a))
attempt(lambda: torch.exp(a, out=c))
attempt(lambda: torch.matmul(a, a, out=torch.empty(())))
attempt(lambda: torch.sum(a, 0, out=torch.empty(())))
attempt(lambda: torch.max(torch.ones(2, 2, requires_grad=True), 0, out=(c, torch.zeros(2, dtype=torch.int64))))
attempt(lambda: torch.cat([a, a], out=c))
print(torch.eq(a, c, out=torch.empty(2, dtype=torch.bool)), torch.all(a, out=torch.empty((), dtype=torch.bool)), torch.argmax(a, out=torch.empty((), dtype=torch.int64)), torch.isposinf(a, out=torch.empty(2, dtype=torch.bool)))
with torch.no_grad():
    print(torch.add(a, 1, out=c), c.requires_grad)
    print(torch.mul(c, 3, out=a), a._version)
y = a * a
with torch.no_grad():
    torch.add(c, 1, out=a)
attempt(lambda: y.sum().backward())

# %% out= of functions in other places
a, c = torch.tensor([3.0, 4.0]), torch.zeros(2)
print(torch.special.entr(a, out=c) is c, c, torch.special.erf(a, out=c), torch.special.xlog1py(a, 2, out=c), torch.special.ndtr(a, out=c))
print(torch.nn.functional.normalize(a, dim=0, out=c) is c, c)
print(torch.normal(a, 0.0, out=c) is c, c, torch.normal(a, torch.zeros(2), out=c), torch.normal(2.0, torch.zeros(2), out=torch.empty(0)))
attempt(lambda: torch.special.xlog1py(2, 3))
attempt(lambda: torch.special.erf(2.0))
attempt(lambda: torch.special.log_ndtr(a, b=1))
attempt(lambda: torch.nn.functional.normalize(a.requires_grad_(), dim=0, out=c))
attempt(lambda: torch.normal(a, 1.0, out=c))
attempt(lambda: torch.zeros(2, out=3))

# %% out= that is no tensor
a = torch.ones(2)
attempt(lambda: torch.add(a, a, out=None))
attempt(lambda: torch.exp(a, out=None))
attempt(lambda: a.add(a, out=a))

# %% out= a view, or one of the inputs
x = torch.zeros(2, 3)
print(torch.add(torch.ones(3), 1, out=x[0]), x, x._version)
print(torch.mul(x, 2, out=x), torch.matmul(torch.ones(2, 2), torch.ones(2, 3), out=x), x)
print(torch.add(torch.ones(2), 1, out=x[:, 0]), x)

# %% out= of another size in the memory of an input
q = torch.arange(4.0)
attempt(lambda: torch.add(q, 1, out=q[:2]))
print(q, torch.add(q, 1, out=q), torch.add(q, 1, out=torch.zeros(0)))
