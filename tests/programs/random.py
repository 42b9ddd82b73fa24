"""Random numbers: the draws, their gradients, generators and their states."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% new tensors of every kind
torch.manual_seed(0)
print(torch.rand(2, 3), torch.randn(4), torch.randint(10, (5,)), torch.randint(-3, 3, (2, 2)), torch.randperm(6), sep="\n")
x = torch.ones(2, 2, dtype=torch.float64)
print(torch.rand_like(x), torch.randn_like(x), torch.randint_like(x, 5), torch.randint_like(x, 5, 9), sep="\n")
print(torch.normal(0.0, 1.0, (3,)), torch.normal(2, 3, size=(2,)), torch.rand(()))
print(torch.randn(20)[-4:], torch.randn(2, dtype=torch.float16), torch.randn(17, dtype=torch.float64)[:2])

# %% dtypes and flags
torch.manual_seed(1)
print(torch.rand(2, dtype=torch.float64), torch.randn(2, requires_grad=True), torch.randperm(4, dtype=torch.int32))
print(torch.randint(2, (3,), dtype=torch.bool), torch.randint(5, (3,), dtype=torch.float32, requires_grad=True))
print(torch.randint(low=2, high=7, size=(3,)), torch.randint(high=7, size=(3,)), torch.randn(size=(2,)), torch.randn([2]))
attempt(lambda: torch.randint(5, (2,), requires_grad=True))
attempt(lambda: torch.randperm(3, requires_grad=True))
attempt(lambda: torch.rand(2, dtype=torch.int64))
attempt(lambda: torch.randn(2, dtype=torch.int32))

# %% in place
torch.manual_seed(2)
for draw in (
    lambda t: t.uniform_(), lambda t: t.uniform_(-1, 1), lambda t: t.uniform_(to=3), lambda t: t.normal_(),
    lambda t: t.normal_(2, 0.5), lambda t: t.normal_(mean=1), lambda t: t.exponential_(), lambda t: t.exponential_(2.0),
    lambda t: t.bernoulli_(), lambda t: t.bernoulli_(0.9), lambda t: t.bernoulli_(torch.tensor([0.1, 0.5, 0.9])),
    lambda t: t.cauchy_(), lambda t: t.cauchy_(1, 2), lambda t: t.log_normal_(), lambda t: t.geometric_(0.3),
    lambda t: t.random_(), lambda t: t.random_(5), lambda t: t.random_(2, 5),
):
    t = torch.zeros(3)
    print(draw(t) is t, t, t._version)

# %% random integers of each dtype
torch.manual_seed(3)
for dtype in (torch.int64, torch.int32, torch.int16, torch.uint8, torch.bool, torch.float32, torch.float64, torch.float16):
    print(torch.zeros(3, dtype=dtype).random_(), torch.zeros(3, dtype=dtype).random_(2))

# %% in memory's order
torch.manual_seed(4)
x = torch.zeros(2, 3).t()
print(x.uniform_().clone(), x.normal_().clone(), x.bernoulli_(), sep="\n")
x = torch.zeros(6, 6)
x[:, ::2].normal_()
x[1::2].uniform_()
print(x, torch.zeros(6, 6)[:, ::2].normal_()[0], torch.rand_like(torch.zeros(3, 2).t()).stride(), sep="\n")

# %% the gradient through a draw is zero
torch.manual_seed(5)
x = torch.full((3,), 0.5, requires_grad=True)
for draw in (
    lambda y: torch.bernoulli(y), lambda y: y.bernoulli(), lambda y: torch.normal(y, 1.0), lambda y: torch.normal(1.0, y),
    lambda y: torch.normal(y, y), lambda y: torch.normal(y, torch.ones(2, 3)), lambda y: y.normal_(), lambda y: y.uniform_(),
    lambda y: y.exponential_(), lambda y: y.cauchy_(), lambda y: y.log_normal_(), lambda y: y.geometric_(0.5),
    lambda y: y.random_(), lambda y: y.random_(5), lambda y: y.random_(1, 5), lambda y: y.bernoulli_(),
    lambda y: torch.ones(3).bernoulli_(y * 1),
):
    z = draw(x * 1)
    print(z, nodes(z))
    x.grad = None
    z.sum().backward()
    print(x.grad)

# %% bernoulli with a number has no derivative
torch.manual_seed(6)
x = torch.ones(3, requires_grad=True)
y = torch.bernoulli(x, 0.5)
print(y)
attempt(lambda: y.sum().backward())

# %% leaves, views and overlaps
x = torch.ones(3, requires_grad=True)
attempt(lambda: x.normal_())
attempt(lambda: x[0].uniform_())
attempt(lambda: torch.ones(1).expand(3).normal_())
with torch.no_grad():
    torch.manual_seed(7)
    print(x.normal_(), x._version)
y = x * 1
y[:2].uniform_()
y.sum().backward()
print(x.grad, nodes(y))

# %% a draw makes a saved value stale
x = torch.ones(3, requires_grad=True)
w = torch.ones(3)
y = x * w
w.normal_()
attempt(lambda: y.sum().backward())

# %% multinomial
torch.manual_seed(8)
weights = torch.tensor([0.1, 10.0, 3.0, 0.0])
print(torch.multinomial(weights, 3), torch.multinomial(weights, 1), torch.multinomial(weights, 8, replacement=True))
print(torch.multinomial(torch.rand(3, 4), 2), weights.double().multinomial(2), torch.multinomial(torch.ones(2, 3), 5, True))
print(torch.multinomial(torch.rand(3, 4, requires_grad=True), num_samples=1).requires_grad)
for bad in (
    lambda: torch.multinomial(weights, 5), lambda: torch.multinomial(weights, 0), lambda: torch.multinomial(weights.long(), 1),
    lambda: torch.multinomial(-weights, 1), lambda: torch.multinomial(weights * 0, 1), lambda: torch.multinomial(weights[0], 1),
    lambda: torch.multinomial([1.0], 1), lambda: torch.multinomial(weights, "a"),
):
    attempt(bad)

# %% errors
t = torch.zeros(3)
for bad in (
    lambda: t.uniform_(2, 1), lambda: t.uniform_(0, float("inf")), lambda: t.normal_(0, -1), lambda: t.exponential_(0),
    lambda: t.cauchy_(1, 0), lambda: t.log_normal_(1, 0), lambda: t.geometric_(1), lambda: t.bernoulli_(2), lambda: t.random_(5, 2),
    lambda: t.random_(0), lambda: t.bernoulli_(torch.tensor([0.1, 0.5])), lambda: t.bernoulli_(torch.tensor([2.0, 0.0, 0.0])),
    lambda: t.long().uniform_(), lambda: t.long().normal_(), lambda: t.long().exponential_(), lambda: t.long().cauchy_(),
    lambda: t.long().log_normal_(), lambda: t.to(torch.uint8).random_(300), lambda: t.normal_("a"), lambda: t.uniform_("a"),
    lambda: t.normal_(generator=3), lambda: t.random_(2.5), lambda: t.bernoulli_("a"),
    lambda: torch.bernoulli(5), lambda: torch.bernoulli(t + 2), lambda: torch.bernoulli(t.long()),
    lambda: torch.rand_like(5), lambda: torch.rand(2, -1), lambda: torch.randperm(-1), lambda: torch.randperm(2.0),
    lambda: torch.randint(5), lambda: torch.randint(5, 3), lambda: torch.randint(5.5, (2,)), lambda: torch.randint(0, 5.0, (2,)),
    lambda: torch.randint(3, 3, (2,)), lambda: torch.randint(300, (2,), dtype=torch.uint8),
    lambda: torch.normal(0.0, 1.0), lambda: torch.normal("a", 1.0), lambda: torch.normal(0.0, -1.0, (2,)),
    lambda: torch.normal(t, -torch.ones(3)), lambda: torch.normal(t, torch.ones(2)), lambda: torch.normal(t.long(), 1.0),
    lambda: torch.manual_seed("a"), lambda: torch.manual_seed(2**64), lambda: torch.Generator().manual_seed(1.5),
):
    attempt(bad)

# %% generators
g = torch.Generator()
print(type(g), g.device, g.initial_seed(), g.manual_seed(3) is g, g.initial_seed())
first = torch.rand(3, generator=g)
print(first, torch.randn(2, generator=g), torch.randint(9, (3,), generator=g), torch.randperm(4, generator=g))
print(torch.equal(torch.rand(3, generator=torch.Generator().manual_seed(3)), first))
print(torch.zeros(2).normal_(generator=g), torch.zeros(2).uniform_(generator=g), torch.bernoulli(torch.full((3,), 0.5), generator=g))
print(torch.normal(torch.zeros(2), 1.0, generator=g), torch.multinomial(torch.ones(4), 2, generator=g))
twin = g.clone_state()
print(torch.equal(torch.rand(2, generator=g), torch.rand(2, generator=twin)), torch.Generator(device="cpu").device)

# %% states
torch.manual_seed(9)
state = torch.get_rng_state()
print(state.shape, state.dtype, state[:8].tolist())
a = torch.randn(3)
torch.set_rng_state(state)
print(torch.equal(torch.randn(3), a), torch.initial_seed(), torch.default_generator.initial_seed())
g = torch.Generator()
g.set_state(state)
print(torch.equal(torch.randn(3, generator=g), a), torch.equal(g.get_state(), torch.get_rng_state()))
attempt(lambda: torch.set_rng_state(torch.zeros(3)))
attempt(lambda: torch.set_rng_state(torch.zeros(3, dtype=torch.uint8)))
attempt(lambda: g.set_state(3))
print(torch.manual_seed(-1) is torch.default_generator, torch.initial_seed(), torch.random.initial_seed())

# %% fork_rng
torch.random.manual_seed(10)
with torch.random.fork_rng():
    a = torch.rand(2)
print(torch.equal(a, torch.rand(2)), torch.equal(torch.random.get_rng_state(), torch.get_rng_state()))
with torch.random.fork_rng(enabled=False):
    torch.manual_seed(0)
print(torch.rand(1))

# %% tensors to try operations on
import warnings
inf, nan = float("inf"), float("nan")
for options in (dict(dtype=torch.float64, low=1, high=2), dict(dtype=torch.uint8), dict(dtype=torch.bool),
                dict(dtype=torch.float32, noncontiguous=True), dict(dtype=torch.float32, requires_grad=True),
                dict(dtype=torch.int32, low=-1, high=2, exclude_zero=True), dict(dtype=torch.int8, requires_grad=True),
                dict(dtype=torch.float32, low=nan), dict(dtype=torch.float32, low=3, high=2),
                dict(dtype=torch.float32, low=-inf, high=inf), dict(dtype=torch.int8, low=200, high=300),
                dict(dtype=torch.int8, low=100, high=300), dict(dtype=torch.int64, low=-1.5, high=3.5),
                dict(dtype=torch.float32, low=0, high=0, exclude_zero=True),
                dict(dtype=torch.float32, noncontiguous=True, memory_format=torch.contiguous_format)):
    for shape in ((2, 3), ((2,),), ()):
        torch.manual_seed(0)
        attempt(lambda: torch.testing.make_tensor(*shape, device="cpu", **options))
