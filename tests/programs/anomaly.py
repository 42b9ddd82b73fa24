"""Anomaly mode: which line of the forward pass an error in backward goes back to."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% off until asked for
print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
with torch.autograd.detect_anomaly():
    print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
with torch.autograd.detect_anomaly(check_nan=False):
    print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
with torch.autograd.set_detect_anomaly(True):
    with torch.autograd.set_detect_anomaly(False):
        print(torch.is_anomaly_enabled())
    print(torch.is_anomaly_enabled())
switch = torch.autograd.set_detect_anomaly(True, check_nan=False)
print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
torch.autograd.set_detect_anomaly(False)
print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())

# %% the line that made a nan
import warnings


def lines(message):
    lines = [line for line in message.splitlines() if line.strip() and not line.startswith(" (Triggered")]
    own = [line for line in lines if 'File "<' in line and "frozen" not in line and "<string>" not in line]
    return "\n".join(line for line in lines if not line.startswith("  ") or line in own)


def told(compute):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        attempt(compute)
    for warning in heard:
        print(warning.category.__name__, lines(str(warning.message)))


def forward(x):
    y = x - 5
    z = y.sqrt()
    return z * 2


x = torch.tensor([1.0, 9.0], requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    loss = forward(x).sum()
    told(lambda: loss.backward())
print(x.grad)

# %% the forward pass has to be watched too
import warnings

x = torch.tensor(-1.0, requires_grad=True)
y = x.sqrt()
with torch.autograd.detect_anomaly():
    attempt(lambda: y.backward())

# %% a nan may be let pass
x = torch.tensor([-1.0, 4.0], requires_grad=True)
with torch.autograd.detect_anomaly(check_nan=False):
    x.sqrt().sum().backward()
print(x.grad)

# %% an error in a Function's backward
import warnings


def lines(message):
    lines = [line for line in message.splitlines() if line.strip() and not line.startswith(" (Triggered")]
    own = [line for line in lines if 'File "<' in line and "frozen" not in line and "<string>" not in line]
    return "\n".join(line for line in lines if not line.startswith("  ") or line in own)


class Broken(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        raise ValueError("no gradient today")


x = torch.ones(2, requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    y = Broken.apply(x)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        attempt(lambda: y.sum().backward())
    print(lines(str(heard[0].message)))

# %% a gradient of a gradient goes back to both lines
import warnings


def lines(message):
    lines = [line for line in message.splitlines() if line.strip() and not line.startswith(" (Triggered")]
    own = [line for line in lines if 'File "<' in line and "frozen" not in line and "<string>" not in line]
    return "\n".join(line for line in lines if not line.startswith("  ") or line in own)


class First(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return Second.apply(x) * grad


class Second(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        return grad * float("nan")


with torch.autograd.set_detect_anomaly(True):
    x = torch.tensor([2.0, 4.0], requires_grad=True)
    y = First.apply(x)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        attempt(lambda: g.sum().backward())
    for warning in heard:
        print(lines(str(warning.message)))
    print(sorted(g.grad_fn.metadata), g.grad_fn.metadata["parent_"] is y.grad_fn)
    print(sorted(y.grad_fn.metadata), type(y.grad_fn.metadata["traceback_"]))
print((x * 2).grad_fn.metadata)

# %% a hook that fails, or makes a nan
import warnings

x = torch.ones(2, requires_grad=True)


def told(compute):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        attempt(compute)
    print([str(warning.message).partition(".")[0] for warning in heard])


with torch.autograd.set_detect_anomaly(True):
    y = x * 2
    y.register_hook(lambda grad: 1 / 0)
    told(lambda: y.sum().backward())
    y = x.exp()
    y.register_hook(lambda grad: grad * float("nan"))
    told(lambda: y.sum().backward())
    y = x.sin()
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * float("nan"),))
    told(lambda: y.sum().backward())
    told(lambda: x.sum().backward(torch.tensor(float("nan"))))
    x.register_hook(lambda grad: grad * float("nan"))
    told(lambda: x.sum().backward())

# %% a value that was changed in place
import warnings

x = torch.ones(2, requires_grad=True)
with torch.autograd.set_detect_anomaly(True), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    a = x.exp()
    y = a * a
    a.add_(1)
    attempt(lambda: y.sum().backward())
    print(y.grad_fn.name())

# %% without gradients nothing is noted
with torch.autograd.set_detect_anomaly(True):
    with torch.no_grad():
        y = torch.ones(2, requires_grad=True) * 2
print(y.grad_fn)

# %% warnings that raise do not hide the error
import contextlib, io, warnings

with torch.autograd.set_detect_anomaly(True), warnings.catch_warnings():
    warnings.simplefilter("error")
    a = torch.ones(2, requires_grad=True) + 1
    y = a**2
    a += 1
    with contextlib.redirect_stderr(io.StringIO()) as stderr:
        attempt(lambda: y.sum().backward())
print(stderr.getvalue().splitlines()[0])
