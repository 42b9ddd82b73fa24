"""autograd.functional: Jacobians, Hessians and their products with vectors."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a vector times a Jacobian
from torch.autograd.functional import vjp

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print(vjp(lambda x: x.exp().sum(dim=1), x, torch.ones(2)))
print(vjp(lambda x: x.exp().sum(dim=1), x, torch.ones(2), create_graph=True))
x.requires_grad_()
print(vjp(lambda x: x.exp().sum(dim=1), x, torch.ones(2), create_graph=True))
print(vjp(lambda x: x.exp().sum(dim=1), x, torch.ones(2)))
print(vjp(lambda x: (x**2).sum(), x), x.grad)
a, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
print(vjp(lambda a, b: 2 * a + 3 * b, (a, b), torch.ones(2)))
print(vjp(lambda a, b: (a * b, a.sum()), (a, b), (torch.ones(2), torch.tensor(10.0))))
print(vjp(lambda a, b: (a * b,), (a, b), torch.ones(2)))
print(vjp(lambda a: (a * 2,), (a,), (torch.ones(2),)))
print(vjp(lambda a: a.detach(), a, torch.ones(2)))
print(vjp(lambda a, b: a.exp(), (a, b), torch.ones(2)))

# %% a Jacobian times a vector
from torch.autograd.functional import jvp

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print(jvp(lambda x: x.exp().sum(dim=1), x, torch.ones(2, 2)))
outputs, product = jvp(lambda x: x.exp().sum(dim=1), x.requires_grad_(), torch.ones(2, 2), create_graph=True)
print(outputs, product.requires_grad)
(gradient,) = torch.autograd.grad(product.sum(), x)
print(gradient)
a, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
print(jvp(lambda a, b: 2 * a + 3 * b, (a, b), (torch.ones(2), torch.ones(2))))
print(jvp(lambda a, b: (a * b, a.sum()), (a, b), (torch.ones(2), torch.zeros(2))))
print(jvp(lambda a: a**3, torch.tensor(2.0)))
print(jvp(lambda a: a**3, torch.tensor([2.0])))
print(jvp(lambda a: torch.ones(3), a, torch.ones(2)))
with torch.no_grad():
    print(jvp(lambda a: a * a, a, torch.ones(2)))

# %% Jacobians
from torch.autograd.functional import jacobian

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print(jacobian(lambda x: x.exp().sum(dim=1), x))
print(jacobian(lambda x: x.exp().sum(dim=1), x, create_graph=True))
y = jacobian(lambda x: x.exp().sum(dim=1), x.requires_grad_(), create_graph=True)
print(y, y.shape)
y.sum().backward()
print(x.grad)
a, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
print(jacobian(lambda a, b: 2 * a.exp() + 3 * b, (a, b)))
print(jacobian(lambda a: (a.sum(), a * 2), a))
print(jacobian(lambda a: (a.sum(),), (a,)))
print(jacobian(lambda a, b: (a.sum() * b, b[0]), (a, b)))
print(jacobian(lambda a: a.sum(), a))
print(jacobian(lambda a: a * 2, torch.tensor(1.0)))
print(jacobian(lambda a: torch.ones(2), a))
with torch.no_grad():
    print(jacobian(lambda a: a * a, a))
print(jacobian(lambda x: x @ torch.tensor([[2.0, -1.0], [0.0, 1.0]]).T, torch.ones(4, 2)).shape)
print(jacobian(lambda a: a.double() * 2, a).dtype)

# %% the ways to compute a Jacobian
import warnings

from torch.autograd.functional import hessian, jacobian


def plain(results):
    return results.detach() if isinstance(results, torch.Tensor) else type(results)(plain(r) for r in results)


a, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
f = lambda a, b: (a * b, (a * a).sum())
for options in ({}, {"vectorize": True}, {"vectorize": True, "strategy": "forward-mode"}):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what PyTorch's own forward mode is built with
        print(jacobian(f, (a, b), **options))
        print(jacobian(lambda a: f(a, b), a, **options))
        print(jacobian(lambda a, b: a * b, (a, b), **options))
        print(jacobian(lambda a: a.double() * 2, a, **options))
g = lambda a, b: (a * b * b).sum()
for options in ({}, {"vectorize": True}, {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}):
    print(plain(hessian(g, (a, b), **options)))
    print(plain(hessian(lambda a: a.exp().sum(), a, **options)))
print(jacobian(lambda a, b: (a * b, (a * a * b).sum()), (a.requires_grad_(), b), create_graph=True, vectorize=True))
attempt(lambda: jacobian(f, (a, b), strategy="forward-mode"))
attempt(lambda: jacobian(f, (a, b), strategy="forward-mode", vectorize=True, create_graph=True))
attempt(lambda: jacobian(f, (a, b), strategy="forward-mode", vectorize=True, strict=True))
attempt(lambda: jacobian(f, (a, b), strategy="sideways"))
attempt(lambda: jacobian(f, (a, b), vectorize=True, strict=True))
attempt(lambda: hessian(g, (a, b), outer_jacobian_strategy="sideways"))
attempt(lambda: hessian(g, (a, b), outer_jacobian_strategy="forward-mode"))
attempt(lambda: hessian(g, (a, b), outer_jacobian_strategy="forward-mode", vectorize=True, create_graph=True))
attempt(lambda: hessian(g, (a, b), vectorize=True, strict=True))

# %% Hessians
from torch.autograd.functional import hessian

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print(hessian(lambda x: x.pow(3).sum(), x))
print(hessian(lambda x: x.pow(3).sum(), x.requires_grad_(), create_graph=True))
a, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
print(hessian(lambda a, b: (2 * a.pow(2) + 3 * b.pow(2)).sum(), (a, b)))
print(hessian(lambda a: (a * a).sum(), (a,)))
print(hessian(lambda a: a.sum(), a))
print(hessian(lambda a: (a**3).sum(0, keepdim=True), a))
print(hessian(lambda a: a.prod(), torch.tensor([2.0, 3.0, 4.0], dtype=torch.float64)))

# %% products with Hessians
from torch.autograd.functional import hvp, vhp

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
v = torch.ones(2, 2)
a, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
for product in (vhp, hvp):
    print(product(lambda x: x.pow(3).sum(), x, v))
    print(product(lambda a, b: (2 * a.pow(2) * b).sum(), (a, b), (torch.ones(2), torch.zeros(2))))
    print(product(lambda a: a**4, torch.tensor(2.0)))
    print(product(lambda a: a.sum(), a, torch.ones(2)))
    tracked = x.clone().requires_grad_()
    output, result = product(lambda x: x.pow(3).sum(), tracked, v, create_graph=True)
    print(output, result.requires_grad)
    print(torch.autograd.grad(result.sum(), tracked))

# %% what must be tensors, and of which shape
from torch.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp

a = torch.tensor([1.0, 2.0])
for f in (vjp, jvp, jacobian, hessian, vhp, hvp):
    print(f.__name__)
    attempt(lambda: f(lambda x: x.sum(), 1.0))
    attempt(lambda: f(lambda x: x.sum(), [a]))
    attempt(lambda: f(lambda x, y: x.sum(), (a, 2)))
    attempt(lambda: f(lambda x: 5, torch.tensor(1.0)))
    attempt(lambda: f(lambda x: [x], torch.tensor(1.0)))
    attempt(lambda: f(lambda x: (x, 5), torch.tensor(1.0)))
for f in (vjp, jvp, vhp, hvp):
    print(f.__name__)
    attempt(lambda: f(lambda x: x * 2, a))
    attempt(lambda: f(lambda x: x.sum(), a, 1.0))
    attempt(lambda: f(lambda x: x.sum(), a, (1.0,)))
    attempt(lambda: f(lambda x: x.sum(), a, torch.ones(3)))
    attempt(lambda: f(lambda x: x.sum(), a, (torch.ones(2), torch.ones(2))))
    attempt(lambda: f(lambda x, y: (x * y).sum(), (a, a), torch.ones(2)))
    attempt(lambda: f(lambda x, y: (x * y).sum(), (a, a), (torch.ones(2), torch.ones(3))))
    attempt(lambda: f(lambda x: (x.sum(), x.sum()), a, torch.ones(2)))
    attempt(lambda: f(lambda x: (x.sum(), x.sum()), a, (torch.ones(2), torch.ones(2))))
for f in (hessian, vhp, hvp):
    print(f.__name__)
    v = () if f is hessian else (torch.ones(2),)
    attempt(lambda: f(lambda x: (x.sum(),), a, *v))
    attempt(lambda: f(lambda x: x * 2, a, *v))
    attempt(lambda: f(lambda x: x.sum().long(), a, *v))

# %% strict
from torch.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp

a, b, one = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), torch.tensor(1.0)
functions = {
    "no history": lambda a, b: a.detach().sum(),
    "independent of b": lambda a, b: (a**3).sum(),
    "independent of a": lambda a, b: (b**3).sum(),
    "linear": lambda a, b: (a + b).sum(),
    "linear in b": lambda a, b: (a**3 + b).sum(),
    "quadratic": lambda a, b: (a * b).sum(),
    "a sum of squares": lambda a, b: (a * a + b * b).sum(),
    "smooth": lambda a, b: (a.exp() * b.exp()).sum(),
}
for name, function in functions.items():
    print("---", name)
    for create_graph in (False, True):
        a.requires_grad_(create_graph), b.requires_grad_(create_graph)
        for f in (vjp, jvp, jacobian, hessian, vhp, hvp):
            v = (torch.ones(2), torch.ones(2)) if f in (jvp, vhp, hvp) else () if f is vjp else None
            args = () if not v else (v,)
            try:
                f(function, (a, b), *args, create_graph=create_graph, strict=True)
                print(f.__name__, create_graph, "passes")
            except RuntimeError as error:
                print(f.__name__, create_graph, error)

# %% a captured tensor is not the one that is given
from torch.autograd.functional import jacobian

a = torch.tensor([1.0, 2.0], requires_grad=True)
print(jacobian(lambda x: x * a, a))
print(jacobian(lambda x: x * a, a, create_graph=True))
attempt(lambda: jacobian(lambda x: a * 2, a, strict=True))
seen = []
jacobian(lambda x: (seen.append((x is a, x.requires_grad, x.is_leaf)), x * 2)[1], a)
jacobian(lambda x: (seen.append((x is a, x.requires_grad, x.is_leaf)), x * 2)[1], a, create_graph=True)
print(seen, a.grad)

# %% products that are differentiated again
from torch.autograd import gradcheck, gradgradcheck
from torch.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp

x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
v = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
f = lambda x: x.exp() * x.sum()
g = lambda x: (x.exp() * x.sum()).sum()
print(gradcheck(lambda x, v: vjp(f, x, v, create_graph=True), (x, v)))
print(gradcheck(lambda x, v: jvp(f, x, v, create_graph=True), (x, v)))
print(gradcheck(lambda x: jacobian(f, x, create_graph=True), x), gradgradcheck(lambda x: jacobian(f, x, create_graph=True), x))
print(gradcheck(lambda x: hessian(g, x, create_graph=True), x))
print(gradcheck(lambda x, v: vhp(g, x, v, create_graph=True), (x, v)))
print(gradcheck(lambda x, v: hvp(g, x, v, create_graph=True), (x, v)))

# %% grad of a batch of vectors
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.ones(3, requires_grad=True)
y = x**2


def grad(*args, **options):
    return torch.autograd.grad(*args, is_grads_batched=True, retain_graph=True, **options)


print(grad(y, x, torch.eye(2)))
print(grad((y, y.sum()), x, (torch.ones(3, 2), torch.ones(3))))
print(grad(y, (x, w), torch.ones(3, 2), allow_unused=True))
print(grad(y, (x, w), torch.ones(3, 2), materialize_grads=True))
attempt(lambda: grad(y.sum(), x))
attempt(lambda: grad(y, x))
attempt(lambda: grad(y, (x, w), torch.ones(3, 2)))
attempt(lambda: grad(y, x, torch.ones(2)))
attempt(lambda: grad(y, x, torch.ones(3, 3)))
attempt(lambda: grad(y, x, torch.ones(0, 2)))
attempt(lambda: grad(y, x, torch.tensor(1.0)))
attempt(lambda: grad((y, y.sum()), x, (torch.ones(3, 2), torch.ones(2))))
(second,) = grad((y**2).sum(0, keepdim=True), x, torch.ones(2, 1), create_graph=True)
print(second.detach(), torch.autograd.grad(second.sum(), x))
print(torch.autograd.grad(y, x, torch.ones(3, 2), is_grads_batched=True))
