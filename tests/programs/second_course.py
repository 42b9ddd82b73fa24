"""What a second course does with autograd: short programs as teachers and researchers write them."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% numpy arrays beside tensors: which operators take them, and which refuse
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # numpy's, about how PyTorch takes its results back
a, w, n = torch.ones(2), torch.ones(2, requires_grad=True), np.ones(2)
print(a + n, a * n, n / a, a - n, a == n, n == a, w == n, a == n[:1], a == np.array(["a", "b"]), a != n)
for mixed in (lambda: n * a, lambda: n - w, lambda: n // a, lambda: n ** a, lambda: n < a, lambda: a < n,
              lambda: w + n, lambda: w * n, lambda: w % n, lambda: n / w, lambda: a == np.ones(3)):
    attempt(mixed)
attempt(lambda: a.add_(n))

# %% a numpy array where a tensor should be
n = np.ones(2, dtype=np.float32)
for call in (lambda: torch.relu(n), lambda: torch.cat([n, n]), lambda: torch.nn.Linear(2, 1)(n), lambda: torch.exp(n[0]),
             lambda: torch.ones(2).dot(n), lambda: torch.nn.functional.softmax(n, 0), lambda: torch.zeros(n),
             lambda: torch.nn.functional.cross_entropy(n, n)):
    attempt(call)

# %% flatten a number
number = torch.tensor(1.0)
print(number.flatten(), number.flatten(-1, 0))
attempt(lambda: number.flatten(1))
attempt(lambda: torch.nn.Flatten()(number))

# %% what a distribution works out while it draws still has its history
logits = torch.tensor([0.3, -1.0], requires_grad=True)
drawn = torch.distributions.Bernoulli(logits=logits)
with torch.no_grad():
    drawn.sample()
print(drawn.probs, torch.autograd.grad(drawn.probs.sum(), logits))

# %% influence functions: what each point did to the fit, against leaving it out
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # PyTorch's, about itself
X = torch.tensor([[1.0, 0.5], [1.0, -1.0], [1.0, 2.0], [1.0, 0.0]], dtype=torch.double)
y = torch.tensor([1.0, 0.0, 1.0, 0.0], dtype=torch.double)
def loss(w, X, y):
    return torch.nn.functional.binary_cross_entropy_with_logits(X @ w, y, reduction="sum") + 0.05 * w @ w
def fit(X, y):
    w = torch.zeros(2, dtype=torch.double)
    for _ in range(10):
        w = w - torch.linalg.solve(torch.func.hessian(loss)(w, X, y), torch.func.grad(loss)(w, X, y))
    return w
w = fit(X, y)
H = torch.func.hessian(loss)(w, X, y)
for i in range(4):
    one = torch.func.grad(loss)(w, X[i:i + 1], y[i:i + 1])
    kept = torch.arange(4) != i
    print(torch.linalg.solve(H, one), fit(X[kept], y[kept]) - w)

# %% MAML by functional_call: a gradient through gradient steps
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
params = dict(net.named_parameters())
x = torch.linspace(-1, 1, 6)[:, None]
def error(p, k):
    return torch.nn.functional.mse_loss(torch.func.functional_call(net, p, (x,)), k * x)
total = 0.0
for k in (1.0, -2.0):
    fast = params
    for _ in range(2):
        grads = torch.autograd.grad(error(fast, k), fast.values(), create_graph=True)
        fast = {name: p - 0.1 * g for (name, p), g in zip(fast.items(), grads)}
    total = total + error(fast, k)
total.backward()
print(total, {name: p.grad.norm() for name, p in params.items()})

# %% a fixed point, differentiated without the steps that found it
class FixedPoint(torch.autograd.Function):
    @staticmethod
    def forward(ctx, W, x):
        z = torch.zeros_like(x)
        for _ in range(100):
            z = torch.tanh(W @ z + x)
        ctx.save_for_backward(W, z)
        return z
    @staticmethod
    def backward(ctx, grad):
        W, z = ctx.saved_tensors
        slope = torch.diag(1 - z ** 2)
        u = torch.linalg.solve((torch.eye(len(z), dtype=z.dtype) - slope @ W).T, grad) @ slope
        return torch.outer(u, z), u
W = torch.tensor([[0.1, 0.3], [-0.2, 0.2]], dtype=torch.double, requires_grad=True)
x = torch.tensor([0.5, -1.0], dtype=torch.double, requires_grad=True)
print(FixedPoint.apply(W, x), torch.autograd.gradcheck(FixedPoint.apply, (W, x)))

# %% a flow's density: the volume by slogdet, the points back by solve
W = torch.tensor([[1.0, 0.5], [-0.3, 0.8]], requires_grad=True)
x = torch.tensor([[0.2, -1.0], [1.5, 0.3]])
z = x @ W.T
density = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1) + torch.linalg.slogdet(W).logabsdet
density.mean().backward()
print(density, W.grad, torch.linalg.solve(W, z.T).T)

# %% phases that a camera loses, found again from the sizes
torch.manual_seed(1)
A = torch.randn(12, 3, dtype=torch.cfloat)
truth = torch.tensor([1 + 1j, -1j, 0.5])
sizes = (A @ truth).abs()
guess = (truth + 0.3 * torch.tensor([1j, 1.0, -1.0])).requires_grad_()
adam = torch.optim.Adam([guess], lr=0.05)
for step in range(30):
    adam.zero_grad()
    loss = ((A @ guess).abs() - sizes).square().mean()
    loss.backward()
    adam.step()
    if step % 10 == 0:
        print(loss, guess.grad.abs().max() > 0.01)

# %% a Gaussian process: the likelihood by Cholesky, trained by LBFGS
x = torch.linspace(0, 5, 8, dtype=torch.double)[:, None]
y = torch.sin(x[:, 0])
raw = torch.zeros(2, dtype=torch.double, requires_grad=True)
lbfgs = torch.optim.LBFGS([raw], max_iter=6, line_search_fn="strong_wolfe")
def closure():
    lbfgs.zero_grad()
    length, noise = torch.nn.functional.softplus(raw)
    K = torch.exp(-torch.cdist(x, x) ** 2 / (2 * length ** 2)) + noise * torch.eye(8, dtype=torch.double)
    L = torch.linalg.cholesky(K)
    loss = 0.5 * y @ torch.cholesky_solve(y[:, None], L)[:, 0] + L.diagonal().log().sum()
    loss.backward()
    return loss
print([round(lbfgs.step(closure).item(), 4) for _ in range(3)], raw.detach())

# %% two tasks that disagree: the part of each gradient that hurts the other is taken out
g = [torch.tensor([1.0, 2.0]), torch.tensor([1.0, -1.0])]
print(torch.cosine_similarity(*g, dim=0), [a - (a @ b).clamp(max=0) / (b @ b) * b for a, b in zip(g, g[::-1])])

# %% what is saved, in half the memory
kept = []
def pack(x):
    kept.append(x.dtype)
    return x.half()
x = torch.tensor([0.1, 0.2, 0.3], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x.float()):
    y = x.sin().exp().sum()
y.backward()
print(kept, x.grad, torch.autograd.grad(x.sin().exp().sum(), x))

# %% sequences of different lengths, by the name that scripts use
print(torch.nn.utils.rnn.pad_sequence([torch.tensor([1, 2]), torch.tensor([3])], batch_first=True))
