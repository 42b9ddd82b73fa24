"""torch.func at its edges: what a differentiated function may change, modes around and inside it, custom Functions."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% what is captured may not be changed in place, what is given or made inside may
import warnings

from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp

warnings.simplefilter("ignore")  # of what PyTorch's own forward mode is built with, when it is first used
x, captured = torch.tensor([1.0, 2.0, 3.0]), torch.ones(3)
changes = {
    "copy_": lambda x: captured.copy_(x),
    "add_": lambda x: captured.add_(2),
    "mul_": lambda x: captured.mul_(x),
    "exp_": lambda x: captured.exp_(),
    "fill_": lambda x: captured.fill_(2.0),
    "fill_ with a tensor": lambda x: captured.fill_(x[0]),
    "zero_": lambda x: captured.zero_(),
    "a view": lambda x: captured.view(3)[:2].sub_(x[:2]),
    "detached": lambda x: captured.detach().div_(x),
    "data": lambda x: captured.data.relu_(),
    "one element": lambda x: captured.__setitem__(0, x[0]),
    "some elements": lambda x: captured.__setitem__(torch.tensor([0, 2]), x[:2]),
    "t_": lambda x: captured.t_(),
    "normal_": lambda x: captured.normal_(),
    "without recording": lambda x: torch.no_grad()(captured.add_)(x.detach()),
}
for name, change in changes.items():

    def function(x):
        change(x)
        return (x * captured).sum()

    print(name)
    attempt(lambda: grad(function)(x))
    attempt(lambda: jvp(function, (x,), (x,)))
for transform in (jacrev, jacfwd, hessian, lambda f: lambda x: vjp(f, x)):
    attempt(lambda: transform(lambda x: (captured.copy_(x) * x).sum())(x))
print(captured, captured._version)


def fill(x, y):
    rows = torch.zeros(3)
    for i in range(3):
        rows[i] = x[i] ** i
    rows.data.add_(1)
    mask = torch.zeros(3, dtype=torch.bool)
    mask[0] = True
    return y.copy_(x) * rows.masked_fill_(mask, 5.0)


print(jacrev(fill)(x, torch.zeros(3)), jvp(fill, (x, torch.zeros(3)), (x, x)))
y = torch.zeros(3)
print(grad(lambda x, y: fill(x, y).sum())(x, y), y)


def inner_changes_outer(x):
    kept = torch.ones(3)
    return grad(lambda y: (kept.mul_(2) * y).sum())(x).sum()


attempt(lambda: grad(inner_changes_outer)(x))


def outer_changes_inner(x):
    gradient = grad(lambda y: (y**2).sum())(x)
    return gradient.mul_(x).sum()


print(grad(outer_changes_inner)(x))

# %% its arguments are leaves
from torch.func import grad

for x in (torch.ones(3), torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True) * 1):
    attempt(lambda: grad(lambda x: x.mul_(2).sum())(x))
    attempt(lambda: grad(lambda x: (x.zero_(), x.sum())[1])(x))
    print(x)
attempt(lambda: grad(lambda x: x[0].mul_(2).sum())(torch.ones(3)))

# %% what belongs to the other way of taking derivatives
from torch.func import grad, jvp

x, w = torch.tensor([1.0, 2.0]), torch.tensor(2.0, requires_grad=True)
attempt(lambda: grad(lambda x: x.requires_grad_().sum())(x))
attempt(lambda: jvp(lambda x: x.detach().requires_grad_().sum(), (x,), (x,)))
attempt(lambda: grad(lambda x: (x * 2).retain_grad())(x))
attempt(lambda: grad(lambda x: (w * x).sum().backward())(x))
attempt(lambda: torch.autograd.functional.jacobian(torch.sin, x))
attempt(lambda: grad(lambda x: torch.autograd.functional.jacobian(torch.sin, x).sum())(x))
print(grad(lambda x: (torch.autograd.grad((x**3).sum(), x, create_graph=True)[0] * x).sum())(x), w.grad)

# %% inside inference mode
import warnings

from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp

warnings.simplefilter("ignore")
x = torch.tensor([1.0, 2.0])
with torch.inference_mode():
    inside = torch.tensor([1.0, 2.0])
    for value in (x, inside):
        gradient = grad(lambda x: (x**2).sum())(value)
        print(gradient, gradient.is_inference(), gradient.requires_grad)
        output, times_jacobian = vjp(lambda x: x**2, value)
        print(output, times_jacobian(value), output.is_inference(), times_jacobian(value)[0].is_inference())
        print(jvp(lambda x: x**2, (value,), (value,)), hessian(lambda x: (x**3).sum())(value))
        print(jacrev(lambda x: x**2)(value), jacfwd(lambda x: x**2)(value).is_inference())
    grad(lambda x: print(torch.is_inference_mode_enabled(), torch.is_grad_enabled(), x.is_inference()) or x)(x[0])
    print(torch.is_inference_mode_enabled(), torch.ones(1).is_inference())


def partly(x):
    with torch.inference_mode():
        constant = x**2
    return (x - constant).sum()


print(grad(partly)(x), times_jacobian(x))

# %% in place inside each other
import warnings

from torch.func import grad, hessian, jacfwd, jacrev, jvp

warnings.simplefilter("ignore")
x = torch.tensor([1.0, 2.0, 3.0])


def sine_of_one(x):
    y = x.clone()
    y[0].sin_()
    return y.sum()


def products(x):
    y = x * 1
    y[0].sin_()
    y[1:] += x[:2] ** 3
    return y


def view_of_what_began_later(x):
    y = (x * 1)[:]
    y[:2].sin_()
    y.zero_()
    y.add_(x**3)
    return y.sum()


print(jvp(grad(view_of_what_began_later), (x,), (x,)))
print(hessian(sine_of_one)(x).sum(), jvp(grad(sine_of_one), (x,), (torch.ones(3),)))
for outer, inner in ((jacrev, jacrev), (jacfwd, jacrev), (jacrev, jacfwd)):
    print(outer(inner(products))(x))

# %% nothing is left of a transform that is over
from torch.func import grad, vjp

x, y = torch.tensor(0.5), torch.tensor(2.0)
_, times_jacobian = vjp(torch.sin, x)
print(grad(lambda y: times_jacobian(y)[0])(y))
df, times_jacobian = vjp(grad(lambda x: -torch.cos(x)), x)
print(df, grad(lambda y: times_jacobian(y)[0])(y), times_jacobian(y))
w = torch.tensor(0.5, requires_grad=True)
_, times_jacobian = vjp(torch.sin, w)
print(torch.autograd.grad(grad(lambda y: times_jacobian(y)[0])(y), w))

# %% Functions
import warnings

from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp

warnings.simplefilter("ignore")


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return 2 * ctx.saved_tensors[0] * grad


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, grad):
        return 3 * ctx.saved_tensors[0] ** 2 * grad

    @staticmethod
    def jvp(ctx, tangent):
        return 3 * ctx.saved_tensors[0] ** 2 * tangent


x = torch.tensor(3.0)
for transform in (grad, jacrev, jacfwd, hessian, lambda f: lambda x: vjp(f, x), lambda f: lambda x: jvp(f, (x,), (x,))):
    attempt(lambda: transform(Square.apply)(x))
attempt(lambda: grad(lambda y: y * Square.apply(x))(x))
print(grad(Cube.apply)(x), grad(grad(Cube.apply))(x), jvp(Cube.apply, (x,), (x,)), grad(lambda x: Cube.apply(x))(x))

# %% an input that is returned as it is may not be saved by setup_context
import torch.autograd.forward_ad as fwAD


def identity(save, dirty):
    class Identity(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x

        @staticmethod
        def setup_context(ctx, inputs, output):
            if dirty:
                ctx.mark_dirty(inputs[0])
            getattr(ctx, save)(output)

        @staticmethod
        def backward(ctx, grad):
            return grad

        @staticmethod
        def jvp(ctx, tangent):
            return tangent.add_(0) if dirty else tangent.view_as(tangent)

    return Identity


for save in ("save_for_backward", "save_for_forward"):
    for dirty in (False, True):
        for x in (torch.tensor(2.0), torch.tensor(2.0, requires_grad=True) * 1):
            print(save, dirty, x.requires_grad)
            attempt(lambda: identity(save, dirty).apply(x) is x)

# %% arguments that do not fit
import warnings

from torch.func import functional_call, grad, jacfwd, jacrev, jvp, vjp

warnings.simplefilter("ignore")
x = torch.tensor([1.0, 2.0])
attempt(lambda: grad(torch.mul, argnums=(0, -2))(x, x))
for cotangents in (1.0, [x], x[0], torch.ones(3)):
    attempt(lambda: vjp(torch.sin, x)[1](cotangents))
print(vjp(torch.sum, x)[1](None))
attempt(lambda: jacfwd(torch.sin, randomness="some")(x))
attempt(lambda: jvp(torch.sin, (x,), (torch.tensor([1, 2]),)))
print(jacfwd(lambda x: x * 2)(torch.ones(0)), jacrev(lambda x: x * 2)(torch.ones(0)))
print(jacfwd(lambda x: x[:0])(x).shape)
layer = torch.nn.Sequential(torch.nn.Linear(2, 1))
for name in ("0.in_features", "0.forward", "0", "", "0."):
    attempt(lambda: functional_call(layer, {name: x}, x))
attempt(lambda: functional_call(layer, {"0.weight": 3}, x))
print(functional_call(layer, {"0.weight": torch.ones(1, 2), "0.bias": None}, x))

# %% arguments by name, hooks of saved tensors
from torch.func import grad, vjp
from torch.utils.checkpoint import checkpoint

x, y = torch.tensor([1.0, 2.0]), torch.zeros(2)
print(grad(lambda x, y: (y.copy_(x) * x).sum())(x, y=y), y)
attempt(lambda: grad(lambda x, y: (y.copy_(x) * x).sum(), argnums=1)(x, y))
hooks = torch.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: x)


def packed(x):
    with hooks:
        return (x * x).sum()


attempt(lambda: grad(packed)(x))
attempt(lambda: vjp(packed, x))
attempt(lambda: grad(lambda x: checkpoint(torch.sin, x, use_reentrant=False).sum())(x))
with hooks:
    attempt(lambda: grad(lambda x: (x * x).sum())(x))

# %% the primal of what was changed in place has no tangent
import torch.autograd.forward_ad as fwAD
import warnings

warnings.simplefilter("ignore")
with fwAD.dual_level():
    dual = fwAD.make_dual(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0]))
    for change in ("copy_", "mul_", "add_"):
        changed = torch.ones(2)
        getattr(changed, change)(dual)
        primal, tangent = fwAD.unpack_dual(changed)
        print(changed, primal, tangent, fwAD.unpack_dual(primal), fwAD.unpack_dual(primal * 2))

# %% how tensors print there
import warnings

from torch.func import grad, jvp, vjp

warnings.simplefilter("ignore")
x, captured = torch.tensor([1.0, 2.0]), torch.ones(2)
w = torch.tensor([1.0, 2.0], requires_grad=True)


def show(x):
    print(x, x * 2, [x.detach()], x.view(2, 1), x > 1, x.argmax())
    print(captured, captured * 2, torch.ones(2), torch.tensor([1, 2]))
    print(w, w * 2, x * w)
    with torch.no_grad():
        print(x * 2, w * 2)
    return x.sum()


def nested(x):
    y, z = x * 2, torch.zeros(2)

    def inner(y):
        print(y, y * x, z, z + 1, captured, torch.ones(2))
        return y.sum()

    gradient = grad(inner)(x * 3)
    print(y, gradient)
    return grad(inner)(torch.ones(2)).sum()


for transform in (grad(show), lambda x: jvp(show, (x,), (x,)), lambda x: vjp(show, x)[0]):
    print(transform(x))
print(grad(show)(w), grad(nested)(x))
print(grad(lambda x, y: print(f"{x} {y}", y) or x.sum())(x, y=torch.zeros(2)))

# %% what a second forward pass is stopped with
from torch.utils.checkpoint import checkpoint


class Told:
    def __enter__(self):
        pass

    def __exit__(self, kind, *error):
        print(kind and kind.__name__)


x = torch.ones(2, requires_grad=True)
checkpoint(lambda x: x.exp().sin(), x, use_reentrant=False, context_fn=lambda: (Told(), Told())).sum().backward()

# %% Leaves made inside a transform are no tensors from outside
def with_a_layer(x):
    layer = torch.nn.Linear(2, 1)
    with torch.no_grad():
        layer.weight.fill_(2.0)
    return layer(x).sum()
from torch.func import grad
x, w = torch.ones(2), torch.ones(2, requires_grad=True)
print(grad(with_a_layer)(x), grad(lambda x: (x * torch.ones(2, requires_grad=True)).sum())(x), grad(lambda x: (x * w).sum())(x))
