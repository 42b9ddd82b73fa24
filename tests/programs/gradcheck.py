"""gradcheck and gradgradcheck: what they accept, what they refuse, and with which words."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% right and wrong rules, in both modes
from torch.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck


class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * x.cos() * 1.01


x = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
y = torch.tensor([[1.5, -1.0]], dtype=torch.float64, requires_grad=True)
for fast_mode in (False, True):
    print(gradcheck(torch.sin, x, fast_mode=fast_mode), gradgradcheck(torch.sin, [x], fast_mode=fast_mode))
    print(gradcheck(lambda x, y: (x * y, x.sum(), y.exp()), (x, y), fast_mode=fast_mode))
    print(gradgradcheck(lambda x, y: (x * y, x.sum(), y.exp()), (x, y), fast_mode=fast_mode))
    print(gradcheck(Wrong.apply, x, fast_mode=fast_mode, raise_exception=False))
    attempt(lambda: gradcheck(Wrong.apply, x, fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x, n, y: (y, y.sum() * n, Wrong.apply(x)), (x, 3, y), fast_mode=fast_mode))
    print(gradcheck(Wrong.apply, x, fast_mode=fast_mode, rtol=0.02), gradgradcheck(Wrong.apply, x, fast_mode=fast_mode))
print(GradcheckError.__name__, issubclass(GradcheckError, RuntimeError))
attempt(lambda: torch.autograd.gradcheck(lambda x: 1 / 0, x, raise_exception=False))

# %% hooks that break a rule
from torch.autograd import gradcheck


def hooked(hook):
    def function(x):
        y = x.clone()
        y.register_hook(hook)
        return y

    return function


def first_line(compute):
    try:
        print(compute())
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])


x = torch.ones(2, 2, dtype=torch.float64, requires_grad=True)
one = torch.ones(1, dtype=torch.float64, requires_grad=True)
noise = iter(range(1000))
for fast_mode in (False, True):
    first_line(lambda: gradcheck(hooked(lambda g: g + 1e-2), (x,), fast_mode=fast_mode))
    first_line(lambda: gradcheck(hooked(lambda g: g + 1e-2), (one,), atol=1e-1, fast_mode=fast_mode))
    first_line(lambda: gradcheck(hooked(lambda g: g + 1e-9), (one,), atol=1e-1, fast_mode=fast_mode, masked=True, check_undefined_grad=False))
    first_line(lambda: gradcheck(hooked(lambda g: g + 1e-9 * next(noise)), (x,), fast_mode=fast_mode))
    first_line(lambda: gradcheck(hooked(lambda g: g * (1 + 1e-9 * next(noise))), (x,), nondet_tol=1e-5, fast_mode=fast_mode))
    print(gradcheck(hooked(lambda g: g + 1e-2), (one,), atol=1e-1, fast_mode=fast_mode, raise_exception=False))

# %% where no gradient goes in
from torch.autograd import Function, gradcheck


def hooked(hook):
    def function(x):
        y = x.clone()
        y.register_hook(hook)
        return y

    return function


def picky(gradient):
    if gradient is None:
        raise RuntimeError("there is none")


def own(backward, materialize):
    def forward(ctx, x, y):
        ctx.set_materialize_grads(materialize)
        return x * 2, y * 2

    return type("Own", (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)}).apply


def doubled(ctx, a, b):
    return a * 2, b * 2


def if_any(ctx, a, b):
    return None if a is None else a * 2, None if b is None else b * 2


def sum_of_any(ctx, a, b):
    print(a is None, b is None)
    return None if a is None else a * 2, torch.ones(2) if b is None else b * 2


x = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
y = torch.tensor([1.5, 2.0], dtype=torch.float64, requires_grad=True)
for fast_mode in (False, True):
    attempt(lambda: gradcheck(hooked(picky), x, fast_mode=fast_mode))
    attempt(lambda: gradcheck(hooked(picky), x, fast_mode=fast_mode, raise_exception=False))
    attempt(lambda: gradcheck(hooked(picky), x, fast_mode=fast_mode, check_undefined_grad=False))
    attempt(lambda: gradcheck(own(doubled, True), (x, y), fast_mode=fast_mode))
    attempt(lambda: gradcheck(own(doubled, False), (x, y), fast_mode=fast_mode))
    attempt(lambda: gradcheck(own(if_any, False), (x, y), fast_mode=fast_mode))
attempt(lambda: gradcheck(own(sum_of_any, False), (x, y)))
attempt(lambda: gradcheck(lambda x: (), x))
attempt(lambda: gradcheck(lambda x: torch.tensor([x.detach()[0]]), x))

# %% inputs and outputs of every sort
from torch.autograd import gradcheck, gradgradcheck

x = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
for fast_mode in (False, True):
    attempt(lambda: gradcheck(lambda x: torch.ones(2), x, fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: x.detach(), x, fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: (x * 2, x.detach()), x, fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: (x * 2, x.long()), x, fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: 5, x, fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: [x * 2, x.sum()], [x], fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x, n: x * n, (x, 2), fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: x * 2, x.expand(3, 2), fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: x.sum(), x[None].T, fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: x * 2, x.detach(), fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: x * 2, (), fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: x * 2, torch.ones(1, requires_grad=True), atol=0.1, fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda x: x * 2, torch.zeros(0, dtype=torch.float64, requires_grad=True), fast_mode=fast_mode))
    attempt(lambda: gradcheck(lambda a, b: a * 2, (x, x.clone()), fast_mode=fast_mode))
attempt(lambda: gradcheck(lambda x: x[: 2 if x[0] == 0.5 else 1] * 2, x))
attempt(lambda: gradcheck(lambda x: x[: 2 if x[0] > 0.5 else 1] * 2, x))
attempt(lambda: gradcheck(lambda x: x[: 2 if x[0] > 0.5 else 1] * 2, x, fast_mode=True))
attempt(lambda: gradcheck(lambda x: x.float() if x[0] > 0.5 else x * 2, x))
print(x, x._version, x.grad)

# %% options
from torch.autograd import gradcheck, gradgradcheck

x = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
print(gradcheck(lambda x: x * 2, x, check_batched_grad=True, check_grad_dtypes=True, check_undefined_grad=False))
print(gradgradcheck(lambda x: x * 2, x, check_batched_grad=True, check_grad_dtypes=True))
print(gradgradcheck(lambda x: x.exp(), x, torch.ones(2, dtype=torch.float64)))
print(gradgradcheck(lambda x: x.exp(), x, (torch.ones(2, dtype=torch.float64, requires_grad=True),)))
print(gradgradcheck(lambda x: x.exp(), x, gen_non_contig_grad_outputs=True))
attempt(lambda: gradgradcheck(lambda x: x.exp(), x, torch.ones(3, dtype=torch.float64, requires_grad=True)))
attempt(lambda: gradcheck(lambda x: x * 2, x, check_backward_ad=False))
attempt(lambda: gradcheck(lambda x: x * 2, x, check_backward_ad=False, check_forward_ad=True, check_batched_grad=True))
attempt(lambda: gradcheck(lambda x: x * 2, x, check_batched_forward_grad=True))
attempt(lambda: gradgradcheck(lambda x: x * 2, x, check_rev_over_rev=False))
attempt(lambda: gradgradcheck(lambda x: x * 2, x, check_rev_over_rev=False, check_fwd_over_rev=True))

# %% checks draw from the user's random numbers where PyTorch's do
from torch.autograd import gradcheck, gradgradcheck

x = torch.tensor([[0.5, 1.0]], dtype=torch.float64, requires_grad=True)
for check, options in (
    (gradcheck, {}),
    (gradcheck, {"fast_mode": True}),
    (gradcheck, {"check_batched_grad": True}),
    (gradgradcheck, {}),
    (gradgradcheck, {"gen_non_contig_grad_outputs": True}),
):
    torch.manual_seed(0)
    check(lambda x: (x.exp(), x.sum()), x, **options)
    print(check.__name__, options, torch.rand(2))

# %% how often the function is called
from torch.autograd import gradcheck, gradgradcheck

x = torch.tensor([[0.5, 1.0]], dtype=torch.float64, requires_grad=True)
for check in (gradcheck, gradgradcheck):
    for options in ({}, {"fast_mode": True}, {"check_undefined_grad": False}):
        calls = []
        check(lambda x: (calls.append(0), x.exp(), x.sum())[1:], x, **options)
        print(check.__name__, options, len(calls))

# %% what was not meant to be public
from torch.autograd.gradcheck import get_analytical_jacobian, get_numerical_jacobian

a = torch.tensor([[0.5, 1.0]], dtype=torch.float64, requires_grad=True)
b = torch.tensor([[2.0, 3.0]], dtype=torch.float64, requires_grad=True)
print(get_numerical_jacobian(lambda inputs: inputs[0] * 2 + inputs[1], (a, b), eps=1e-6))
print(get_numerical_jacobian(lambda inputs: inputs[0] * 2 + inputs[1], (a, b), target=a, eps=1e-6))
print(get_analytical_jacobian((a, b), a * 2 + b))
attempt(lambda: get_numerical_jacobian(lambda inputs: inputs[0], (a,), grad_out=2.0))
attempt(lambda: get_analytical_jacobian((a,), a * 2, grad_out=2.0))
