"""torch.func: functions that turn a function into its derivative."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% grad
from torch.func import grad, grad_and_value

x = torch.tensor([1.0, 2.0, 3.0])
print(grad(lambda x: (x**2).sum())(x), grad(torch.sin)(torch.tensor(1.0)), grad(torch.sin).__name__)
print(grad(grad(lambda x: x**3))(torch.tensor(2.0)), grad(grad(grad(torch.sin)))(torch.tensor(1.0)))
print(grad_and_value(lambda x: (x**2).sum())(x))
print(grad_and_value(lambda x: ((x**2).sum(), {"twice": x * 2}), has_aux=True)(x))
print(grad(lambda x: ((x**2).sum(), (x * 2,)), has_aux=True)(x))
for argnums in (0, 1, -1, (0,), (1, 0)):
    print(grad(lambda x, y: (x * y).sum(), argnums=argnums)(x, x * 2))
print(grad(lambda p: (p["a"] * p["b"][0]).sum())({"a": x, "b": [x * 3]}))
print(grad(lambda x, k: (x * k).sum())(x, k=x))
print(grad(lambda x, y: x.sum(), argnums=1)(x, x), grad(lambda x: torch.tensor(1.0))(x))
print(x.requires_grad, x.grad)
attempt(lambda: grad(lambda x: x)(x))
attempt(lambda: grad(lambda x: 3.0)(x))
attempt(lambda: grad(lambda x: x.sum(), has_aux=True)(x))
attempt(lambda: grad(lambda x: (x.sum(), "aux"), has_aux=True)(x))
for argnums in (2, (), (0, 0), "a", ("a",)):
    attempt(lambda: grad(lambda x: x.sum(), argnums=argnums)(x))
attempt(lambda: grad(lambda x: x.sum())(3.0))
attempt(lambda: grad(lambda x: x.sum())(torch.tensor([1, 2])))

# %% what is tracked outside
import warnings

from torch.func import grad, jacrev, jvp, vjp

warnings.simplefilter("ignore")  # of what PyTorch's own forward mode is built with, when it is first used
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor(2.0, requires_grad=True)
print(grad(lambda x: (x**3).sum())(x))
print(grad(lambda x: w * (x**3).sum())(x.detach()), grad(lambda x: (x**3).sum())(x.detach()))
for transformed in (
    grad(lambda x: w * (x**3).sum())(x),
    jacrev(lambda x: w * x**2)(x),
    jvp(lambda x: w * x**2, (x,), (x.detach(),))[1],
    vjp(lambda x: w * x**2, x)[1](torch.ones(2))[0],
):
    x.grad = w.grad = None
    transformed.sum().backward()
    print(x.grad, w.grad)
with torch.no_grad():
    print(grad(lambda x: w * (x**3).sum())(x), jacrev(lambda x: x * w)(x), jvp(lambda x: x * w, (x,), (x,)))


def partly(x):
    with torch.no_grad():
        constant = x**2
    return (x - constant).sum()


print(grad(partly)(x.detach()))

# %% vjp
from torch.func import vjp

x = torch.tensor([1.0, 2.0, 3.0])
value, times_jacobian = vjp(torch.sin, x)
print(value, times_jacobian(x), times_jacobian(torch.ones(3)))
print(vjp(torch.sin, x.clone().requires_grad_())[0])
value, times_jacobian = vjp(lambda x, y: {"product": x * y, "both": (x,)}, x, x)
print(value, times_jacobian({"product": x, "both": (x,)}))
print(vjp(lambda x: (x * 2, x * 3), x, has_aux=True)[::2])
print(vjp(lambda x: torch.ones(2), x)[1](torch.ones(2)))
attempt(lambda: vjp(lambda x: (x, x), x)[1](x))
attempt(lambda: vjp(lambda x: (x, x), x)[1]([x, {"a": x}]))
attempt(lambda: vjp(lambda x: x * 2, x)[1](torch.ones(2)))
for result in (3.0, (), None, torch.tensor(1), ({"a": 1},)):
    attempt(lambda: vjp(lambda x: result, x))
attempt(lambda: vjp(lambda x: x, 3.0))
attempt(lambda: vjp(lambda x: x, x, has_aux=True))

# %% jvp and linearize
import warnings

from torch.func import jvp, linearize

warnings.simplefilter("ignore")  # of what PyTorch's own forward mode is built with, when it is first used
x = torch.tensor([1.0, 2.0, 3.0])
print(jvp(torch.sin, (x,), (x,)))
print(jvp(torch.sin, (x.clone().requires_grad_(),), (x,)))
print(jvp(torch.sin, (x,), (x.clone().requires_grad_(),)))
print(jvp(lambda d: {"out": d["a"] * 2}, ({"a": x},), ({"a": x},)))
print(jvp(lambda x: (x * 2, x * 3), (x,), (x,), has_aux=True))
print(jvp(lambda x: torch.ones(2), (x,), (x,)))
attempt(lambda: jvp(lambda x: torch.ones(2), (x,), (x,), strict=True))
attempt(lambda: jvp(lambda x: x, x, x))
attempt(lambda: jvp(lambda x: x, (), ()))
attempt(lambda: jvp(lambda x: x, (3.0,), (x,)))
attempt(lambda: jvp(lambda x: x, (x,), (3.0,)))
attempt(lambda: jvp(lambda x: 3.0, (x,), (x,)))
attempt(lambda: jvp(lambda x: x, (x,), (x[:1],)))
attempt(lambda: jvp(lambda x: x, (x,), (x,), has_aux=True))
attempt(lambda: jvp(lambda x: x, (x.int(),), (x,)))
value, jacobian_times = linearize(torch.sin, x)
print(value, jacobian_times(x), jacobian_times(torch.ones(3)))
attempt(lambda: jacobian_times(x[:2]))
attempt(lambda: jacobian_times(x.double()))

# %% one inside the other
import warnings

from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp

warnings.simplefilter("ignore")  # of what PyTorch's own forward mode is built with, when it is first used
x, one = torch.tensor([1.0, 2.0]), torch.ones(2)
print(jvp(lambda x: jvp(torch.sin, (x,), (one,))[1], (x,), (one,)))
print(jvp(lambda x: jvp(lambda x: jvp(torch.exp, (x,), (x,))[1], (x,), (one,))[1], (x,), (one,)))
print(jvp(grad(lambda x: (x**3).sum()), (x,), (one,)))
print(grad(lambda x: jvp(lambda x: (x**3).sum(), (x,), (one,))[1])(x))
print(vjp(jacfwd(lambda x: x**3), x)[1](torch.ones(2, 2)))
print(grad(lambda x: x * grad(lambda y: x * y)(torch.tensor(2.0)))(torch.tensor(3.0)))
print(jvp(lambda x: jvp(lambda y: x * y, (x,), (one,))[1], (x,), (one,)))
print(grad(lambda x: vjp(lambda y: x * y**2, x)[1](one)[0].sum())(x))
print(jacfwd(jacfwd(jacrev(lambda x: (x**4).sum())))(x))
for inner in (jacrev, jacfwd):
    for outer in (jacrev, jacfwd):
        print(outer(inner(lambda x: x.prod() * x.sum()))(x))
print(hessian(lambda x: (x**3).sum() + x.prod())(x))
print(hessian(lambda x, y: (x**2 * y).sum(), argnums=(0, 1))(x, x * 2))
signal, kernel = torch.tensor([[[1.0, -2.0, 0.5]]]), torch.tensor([[[2.0, 3.0]]])
convolved = lambda x, w: (torch.nn.functional.conv1d(x, w, padding=1) ** 2).sum()
print(jacfwd(grad(convolved, (0, 1)), (0, 1))(signal, kernel))
tracked = x.clone().requires_grad_()
hessian(lambda x: (x**4).sum())(tracked).sum().backward()
print(tracked.grad)


class Cube(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, gradient):
        return gradient * 3 * ctx.saved_tensors[0] ** 2

    @staticmethod
    def jvp(ctx, tangent):
        return tangent * 3 * ctx.saved_tensors[0] ** 2


print(grad(lambda x: Cube.apply(x).sum())(x), jvp(Cube.apply, (x,), (one,)), jacfwd(Cube.apply)(x))
print(grad(grad(Cube.apply))(x[1]), jacfwd(grad(Cube.apply))(x[1]))


class Exp(Cube):
    @staticmethod
    def forward(x):
        return x.exp()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)
        ctx.save_for_forward(output)

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.saved_tensors[0]

    @staticmethod
    def jvp(ctx, tangent):
        return tangent * ctx.saved_tensors[0]


print(grad(grad(Exp.apply))(x[1]), jacfwd(grad(Exp.apply))(x[1]))
print(jvp(lambda x: torch.func.grad_and_value(lambda x: (x**3).sum())(x)[1], (x,), (one,)))
print(jvp(lambda x: vjp(torch.exp, x)[0], (x,), (one,)))
matrix = torch.tensor([[2.0, 1.0], [1.0, 5.0]], dtype=torch.float64)
for function in (lambda a: torch.linalg.eigh(a + a.mT).eigenvalues[0], lambda a: torch.linalg.svd(a).S[0]):
    print(hessian(function)(matrix), jacfwd(jacfwd(function))(matrix))

# %% Jacobians
import warnings

from torch.func import jacfwd, jacrev

warnings.simplefilter("ignore")  # of what PyTorch's own forward mode is built with, when it is first used
x = torch.tensor([1.0, 2.0, 3.0])


def f(x, y):
    return x * y.sum(), {"k": y.sum() * x[0]}


for jacobian in (jacrev, jacfwd):
    print(jacobian(lambda x: x**2 * x.sum())(x), jacobian(torch.sin)(torch.tensor(1.0)))
    print(jacobian(lambda x: x**2)(x.clone().requires_grad_()))
    for argnums in (0, 1, (0,), (0, 1)):
        print(jacobian(f, argnums=argnums)(x, x[:2]))
    print(jacobian(lambda x: (x**2, x.sum()), has_aux=True)(x))
    print(jacobian(lambda d: d["a"] * d["b"])({"a": x, "b": torch.tensor(2.0)}))
    print(jacobian(lambda x, y: x.sum(), argnums=1)(x, x[:2]), jacobian(lambda x: torch.ones(2))(x))
    attempt(lambda: jacobian(lambda x: 3.0)(x))
    attempt(lambda: jacobian(lambda x: x)(3.0) if jacobian is jacrev else None)
print(jacrev(torch.sin, chunk_size=2)(x).diagonal())
attempt(lambda: jacrev(torch.sin, chunk_size=0)(x))
attempt(lambda: jacfwd(lambda x: x * torch.rand(3))(x))
columns = jacfwd(lambda x: torch.rand(1) * x.sum(), randomness="same")(x)
print(columns.unique().numel(), jacfwd(lambda x: torch.rand(1) * x.sum(), randomness="different")(x).unique().numel())

# %% a module as a function of its parameters
from torch.func import functional_call, grad

x = torch.tensor([1.0, 2.0, 3.0])
linear = torch.nn.Linear(3, 1)
with torch.no_grad():
    linear.weight.fill_(0.5)
    linear.bias.fill_(0.1)
parameters = dict(linear.named_parameters())
print(functional_call(linear, parameters, x).tolist(), functional_call(linear, parameters, None, {"input": x}).tolist())
print(functional_call(linear, ({"weight": torch.ones(1, 3)}, {"bias": torch.zeros(1)}), (x,)), linear.weight.tolist())
print(grad(lambda p: functional_call(linear, p, x).sum())({name: p.detach() for name, p in parameters.items()}))
attempt(lambda: functional_call(linear, ({"weight": x}, {"weight": x}), (x,)))
attempt(lambda: functional_call(linear, 3, (x,)))
attempt(lambda: functional_call(linear, [3], (x,)))
attempt(lambda: functional_call(linear, {"nope": x}, (x,)).tolist())
attempt(lambda: functional_call(linear, {"a.nope": x}, (x,)))
attempt(lambda: functional_call(linear, {"weight": 3.0}, (x,)))
attempt(lambda: functional_call(linear, {"nope": x}, (x,), strict=True))
attempt(lambda: functional_call(linear, {"weight": torch.ones(1, 3)}, (x,), strict=True))
print(hasattr(linear, "nope"), linear.weight is parameters["weight"])


class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.tensor(1.0))
        self.b = self.a
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls.add_(1)
        self.calls = self.calls + 1
        return x + self.a + self.b


tied, zero = Tied(), torch.tensor(0.0)
print(functional_call(tied, {"a": zero}, zero), functional_call(tied, {"a": zero}, zero, tie_weights=False).item())
attempt(lambda: functional_call(tied, {"a": zero, "b": torch.tensor(5.0)}, zero))
attempt(lambda: functional_call(tied, {"a": zero, "b": zero}, zero, strict=True))
buffers = {"calls": torch.tensor(10.0)}
print(functional_call(tied, buffers, zero).item(), buffers, tied.calls, tied.a is tied.b)
two = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh())
print(functional_call(two, {"0.weight": torch.ones(2, 3), "0.bias": torch.zeros(2)}, x))
