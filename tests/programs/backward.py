"""backward and autograd.grad: what they fill, return, keep and free."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a gradient where there was None
x = torch.tensor(3.0, requires_grad=True)
print(x.grad)
y = x ** 2 + 2 * x + 1
y.backward()
print(x.grad)

# %% gradients accumulate
x = torch.tensor([1.0, 2.0], requires_grad=True)
for _ in range(3):
    (x * x).sum().backward()
    print(x.grad)
x.grad.zero_()
print(x.grad)
x.grad = None
print(x.grad)

# %% both uses of a value are summed
x = torch.tensor(2.0, requires_grad=True)
y = x * x + x.sin() * x
y.backward()
print(x.grad)

# %% the same tensor twice in one operation
x = torch.tensor([1.0, 2.0], requires_grad=True)
torch.stack([x, x]).sum().backward()
print(x.grad)
x.grad = None
torch.where(torch.tensor([True, False]), x, x).sum().backward()
print(x.grad)

# %% accumulation keeps the gradient's identity
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x * 2).sum().backward()
g = x.grad
(x * 3).sum().backward()
print(g is x.grad, g)

# %% accumulation under create_graph makes a new gradient
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x * x).sum().backward(create_graph=True)
g = x.grad
(x * x).sum().backward(create_graph=True)
print(g is x.grad, g.requires_grad, x.grad)
x.grad = None

# %% the stored gradient is not the upstream gradient
x = torch.tensor([1.0, 2.0], requires_grad=True)
v = torch.tensor([1.0, 1.0])
(x + 0).backward(v)
v.fill_(9.0)
print(x.grad)

# %% leaves that got the same gradient do not share it
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([3.0, 4.0], requires_grad=True)
(a + b).sum().backward()
a.grad.add_(10)
print(a.grad, b.grad)

# %% vector-Jacobian product
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x ** 2
y.backward(torch.tensor([1.0, 0.1, 0.01]))
print(x.grad)

# %% backward(gradient=...) by name, and backward of a scalar with a weight
x = torch.tensor(3.0, requires_grad=True)
(x * x).backward(gradient=torch.tensor(0.5))
print(x.grad)

# %% retain_graph
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward(retain_graph=True)
y.backward(retain_graph=True)
y.backward()
print(x.grad)
attempt(lambda: y.backward())

# %% create_graph implies retain_graph
x = torch.tensor(2.0, requires_grad=True)
y = x ** 3
y.backward(create_graph=True)
print(x.grad)
y.backward(retain_graph=False)
print(x.grad)
x.grad = None

# %% create_graph in backward warns
x = torch.tensor(2.0, requires_grad=True)
(x ** 3).backward(create_graph=True)
print(x.grad)
x.grad = None

# %% autograd.grad leaves .grad alone
x = torch.tensor(3.0, requires_grad=True)
y = x * x
print(torch.autograd.grad(y, x))
print(x.grad)

# %% autograd.grad of several inputs, a tensor or a list
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([3.0, 4.0], requires_grad=True)
y = (a * b).sum()
print(torch.autograd.grad(y, (a, b), retain_graph=True))
print(torch.autograd.grad(y, [b], retain_graph=True))
print(torch.autograd.grad([y], a))

# %% autograd.grad with several outputs sums over them
x = torch.tensor(2.0, requires_grad=True)
print(torch.autograd.grad([x * 3, x * x], x))
print(torch.autograd.grad([x * 3, x * x], x, [torch.tensor(10.0), None]))

# %% autograd.grad with grad_outputs
x = torch.tensor([1.0, 2.0], requires_grad=True)
print(torch.autograd.grad(x * x, x, torch.tensor([1.0, 10.0])))
print(torch.autograd.grad(x * x, x, grad_outputs=[torch.tensor([0.0, 1.0])]))

# %% autograd.grad with respect to what lies in between
x = torch.tensor(2.0, requires_grad=True)
h = x * 3
y = h * h
print(torch.autograd.grad(y, [h, x]))

# %% autograd.grad of a tensor with respect to itself
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
print(torch.autograd.grad(y, y))
print(torch.autograd.grad(x, x))

# %% autograd.grad with the same input twice
x = torch.tensor(2.0, requires_grad=True)
print(torch.autograd.grad(x * x, [x, x]))

# %% a second and a third derivative
x = torch.tensor(2.0, requires_grad=True)
y = x ** 4
(g,) = torch.autograd.grad(y, x, create_graph=True)
(gg,) = torch.autograd.grad(g, x, create_graph=True)
(ggg,) = torch.autograd.grad(gg, x)
print(y, g, gg, ggg)

# %% without create_graph a gradient has no history
x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(x ** 3, x)
print(g.requires_grad, g.grad_fn)
attempt(lambda: torch.autograd.grad(g, x))

# %% a gradient that no longer depends on the input
x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(3 * x, x, create_graph=True)
print(g.requires_grad)
(g,) = torch.autograd.grad(x * x, x, create_graph=True)
print(g.requires_grad, g.grad_fn.name())

# %% create_graph under no_grad
x = torch.tensor(2.0, requires_grad=True)
y = x ** 3
with torch.no_grad():
    (g,) = torch.autograd.grad(y, x, create_graph=True)
print(g)

# %% a gradient penalty
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, -1.0], requires_grad=True)
y = (w * x).sum().tanh()
(g,) = torch.autograd.grad(y, x, create_graph=True)
loss = (g.norm() - 1) ** 2
loss.backward()
print(w.grad, x.grad)

# %% a Hessian, row by row
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x[0] ** 2 * x[1] + x[1] ** 3
(g,) = torch.autograd.grad(y, x, create_graph=True)
print(torch.stack([torch.autograd.grad(g[i], x, retain_graph=True)[0] for i in range(2)]))

# %% backward(inputs=...)
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
(a * b).backward(inputs=[a])
print(a.grad, b.grad)
(a * b).backward(inputs=b)
print(a.grad, b.grad)
attempt(lambda: (a * b).backward(inputs=[]))

# %% backward(inputs=...) with a non-leaf
a = torch.tensor(2.0, requires_grad=True)
h = a * 3
(h * h).backward(inputs=[h])
print(a.grad)
print(h.grad)

# %% torch.autograd.backward on several tensors
x = torch.tensor([1.0, 2.0], requires_grad=True)
torch.autograd.backward([(x * 2).sum(), (x * x).sum()])
print(x.grad)
torch.autograd.backward([x * 2, x * x], [torch.ones(2), torch.ones(2)])
print(x.grad)
attempt(lambda: torch.autograd.backward([x * 2, x * x], [torch.ones(2)]))

# %% an output that does not depend on an input gives no gradient
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
(a * 1 + b.detach()).backward()
print(a.grad, b.grad)

# %% broadcasting is undone
a = torch.ones(2, 3, requires_grad=True)
b = torch.ones(3, requires_grad=True)
c = torch.ones(2, 1, requires_grad=True)
d = torch.tensor(1.0, requires_grad=True)
(a * b * c * d).sum().backward()
print(a.grad, b.grad, c.grad, d.grad)

# %% after a failed backward the gradients stand
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x * x).sum()
y.backward()
attempt(lambda: y.backward())
print(x.grad)
(x * x).sum().backward()
print(x.grad)

# %% a graph is freed part by part
x = torch.tensor(2.0, requires_grad=True)
h = x * 2
y = h.exp()
torch.autograd.grad(y, h)
attempt(lambda: torch.autograd.grad(y, x))
print(torch.autograd.grad(h, x))

# %% a long chain
x = torch.tensor(1.0, requires_grad=True)
y = x
for _ in range(20000):
    y = y + 1
y.backward()
print(y, x.grad)

# %% a wide sum
x = torch.tensor(1.0, requires_grad=True)
total = sum(x * i for i in range(200))
total.backward()
print(total, x.grad)

# %% linear regression
x = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
y = 2 * x + 1
w = torch.zeros(1, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for _ in range(200):
    loss = ((x @ w + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    w.grad.zero_()
    b.grad = None
print(f"{w.item():.4f} {b.item():.4f} {loss.item():.4f}")
print(w, b, w.is_leaf, w.requires_grad)

# %% a small network
x = torch.linspace(-1, 1, 5).unsqueeze(1)
w1 = torch.full((1, 3), 0.5, requires_grad=True)
b1 = torch.tensor([0.1, 0.0, -0.1], requires_grad=True)
w2 = torch.tensor([[1.0], [-1.0], [0.5]], requires_grad=True)
loss = ((torch.tanh(x @ w1 + b1) @ w2 - x ** 2) ** 2).mean()
loss.backward()
print(loss, w1.grad, b1.grad, w2.grad, sep="\n")

# %% softmax and cross entropy by hand
z = torch.tensor([[1.0, 2.0, 3.0], [1.0, 0.0, -1.0]], requires_grad=True)
shifted = z - z.max(dim=1, keepdim=True).values.detach()
logp = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
loss = -logp[[0, 1], [2, 0]].mean()
loss.backward()
print(loss, z.grad, sep="\n")

# %% the gradient of an empty sum
x = torch.zeros(0, 3, requires_grad=True)
x.sum().backward()
print(x.grad, x.grad.shape)

# %% inf and nan travel
x = torch.tensor([0.0, 1.0, -1.0], requires_grad=True)
y = torch.sqrt(x)
y.sum().backward()
print(y, x.grad)

# %% where does not stop a nan on the other side
x = torch.tensor([0.0, 4.0], requires_grad=True)
y = torch.where(x > 0, torch.sqrt(x) / x, torch.zeros(2))
y.sum().backward()
print(y, x.grad)

# %% backward(inputs=...) retains the gradient of a non-leaf, after its hooks
x = torch.ones(2, requires_grad=True)
y = x * 2
y.register_hook(lambda grad: grad * 10)
z = (y * 3).sum()
z.backward(inputs=y, retain_graph=True)
print(y.grad, y.retains_grad, x.grad)
z.backward(inputs=(y, x), retain_graph=True)
print(y.grad, x.grad)
z.backward()
print(y.grad, x.grad)

# %% what may not be asked for
x, untracked = torch.ones(2, requires_grad=True), torch.ones(2)
z = (x * 2).sum()
for inputs in ([], "x", [x, 3], (None,), untracked):
    attempt(lambda: torch.autograd.grad(z, inputs))
    attempt(lambda: z.backward(inputs=inputs))
attempt(lambda: torch.autograd.grad([z, 3], x))
attempt(lambda: torch.autograd.backward([3]))

# %% only_inputs is history
x = torch.ones(2, requires_grad=True)
print(torch.autograd.grad((x * 2).sum(), x, only_inputs=True))
print(torch.autograd.grad((x * 2).sum(), x, only_inputs=False))

# %% a dict of inputs
x, y = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
loss = x * x * y
print(torch.autograd.grad(loss, {"x": x, "y": y}, retain_graph=True))
loss.backward(inputs={"x": x}, retain_graph=True)
print(x.grad, y.grad)
import types

attempt(lambda: torch.autograd.grad(loss, types.MappingProxyType({"x": x})))
attempt(lambda: loss.backward(inputs=types.MappingProxyType({"x": x})))
attempt(lambda: torch.autograd.grad(loss, {}))

# %% grad_variables is the old name of grad_tensors
x = torch.tensor([2.0, 3.0], requires_grad=True)
torch.autograd.backward(x * 1, grad_variables=torch.tensor([1.0, 10.0]))
print(x.grad)
attempt(lambda: torch.autograd.backward(x * 1, torch.ones(2), grad_variables=torch.ones(2)))

# %% inputs that cannot be
x = torch.tensor(2.0, requires_grad=True)
attempt(lambda: torch.autograd.grad(x * 1, (x, 3)))
attempt(lambda: torch.autograd.grad(x * 1, (x, None)))
attempt(lambda: torch.autograd.grad([3], x))
attempt(lambda: torch.autograd.grad(3, x))
attempt(lambda: (x * 1).backward(inputs=[3]))
attempt(lambda: (x * 1).backward(inputs=[torch.ones(2)]))

# %% backward in a hook
p, x = torch.tensor(5.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)


def hook(grad):
    print("recording", torch.is_grad_enabled())
    with torch.enable_grad():
        (p * grad).backward()
    print("recording", torch.is_grad_enabled())


y = x * 2
y.register_hook(hook)
(y * 4).backward()
print(p.grad, x.grad)

# %% backward in a Function's backward
class Squared(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            ctx.x = x.detach().requires_grad_()
            ctx.y = ctx.x * ctx.x
        return ctx.y.detach()

    @staticmethod
    def backward(ctx, grad):
        with torch.enable_grad():
            ctx.y.backward(grad)
        return ctx.x.grad


x = torch.tensor(3.0, requires_grad=True)
(Squared.apply(x) * 2).backward()
print(x.grad)

# %% backward inside backward, a thousand deep
class Countdown(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            ctx.x = x.detach().requires_grad_() - 1
        return ctx.x.detach()

    @staticmethod
    def backward(ctx, grad):
        if ctx.x < 0:
            return grad
        with torch.enable_grad():
            Countdown.apply(ctx.x).sum().backward()
        return grad


x = torch.tensor(1000.0, requires_grad=True)
Countdown.apply(x).sum().backward()
print(x.grad, torch.is_grad_enabled())

# %% a gradient of the same graph in a hook
x = torch.tensor(3.0, requires_grad=True)
y = x * x
z = y * y
asked = []


def ask(grad):
    if not asked:
        asked.append(True)
        print(torch.autograd.grad(z, x, retain_graph=True))


y.register_hook(ask)
z.backward(retain_graph=True)
print(x.grad)

# %% a failed backward may be tried again
x = torch.tensor([2.0, 3.0], requires_grad=True)
y = x * x
handle = y.register_hook(lambda grad: 1 / 0)
loss = y.sum()
attempt(lambda: loss.backward())
handle.remove()
attempt(lambda: loss.backward())
print(x.grad)
attempt(lambda: loss.backward())

# %% threads
import threading

x = torch.tensor([2.0, 3.0], requires_grad=True)


def work():
    print(torch.is_grad_enabled())
    for _ in range(10):
        (x * 2).sum().backward()


with torch.no_grad():
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
print(x.grad)

# %% several threads add to one leaf
import sys
import threading

x = torch.zeros(3, requires_grad=True)


def work():
    for _ in range(500):
        (x * 1).sum().backward()


interval = sys.getswitchinterval()
sys.setswitchinterval(1e-5)
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.setswitchinterval(interval)
print(x.grad)

# %% the history of the gradient of what was broadcast
for large, small in (((2, 3), ()), ((2, 3), (3,)), ((2, 3), (2, 1)), ((4, 2, 3), (1, 3)), ((1,), ()), ((0, 3), (1, 1))):
    x, w = torch.ones(large, requires_grad=True), torch.ones(small, requires_grad=True)
    (grad,) = torch.autograd.grad((x * w).sum(), w, create_graph=True)
    print(grad.shape, grad.grad_fn.name(), grad.grad_fn.next_functions[0][0].name())

# %% an operation warns in backward
x = torch.zeros((), requires_grad=True)
y = torch._C._nn._test_warn_in_autograd(x)
print(y.item(), y.grad_fn.name(), torch._C._nn._test_warn_in_autograd(torch.ones(2)).requires_grad)
y.backward()

# %% what no gradient comes to is looked at, and let go, all the same
class First(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        return x + y

    @staticmethod
    def backward(ctx, grad):
        return grad, None


x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
for operation in (torch.sin, torch.exp, torch.sum, torch.Tensor.square):
    a = operation(y)
    b = First.apply(x, a)
    b.sum().backward()
    attempt(lambda: a.sum().backward())
    b = First.apply(x, operation(y))
    with torch.no_grad():
        y.add_(1)
    attempt(lambda: b.sum().backward())
print(x.grad, y.grad)

# %% an input that forward changes and does not return has changed twice
class Kept(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2).sum()


z = torch.ones(2) + 0
attempt(lambda: Kept.apply(z))
print(z._version)
