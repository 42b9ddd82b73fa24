"""Complex numbers: printing, gradients and their hooks, views of the parts, gradcheck, optimizers, files."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% printing
print(torch.tensor([1 + 2j, -3.5]), torch.tensor(1 + 2j), torch.tensor([1j], dtype=torch.complex128))
print(torch.tensor([[1 + 2j, -3.5 - 1e-3j], [0j, 1e10 + 1j]]))
print(torch.tensor([complex("nan"), complex(float("inf"), 1), 1 - 2j]))
print(torch.tensor([1.5 + 1j, 0.25j, 1e5]), torch.tensor([1e-10 + 1j]))
print(torch.tensor([], dtype=torch.complex64), torch.zeros(2, 0, dtype=torch.complex64))
print(torch.arange(30) * torch.tensor([[1 + 1j], [0.5j]]))
print(torch.zeros(1001, dtype=torch.complex64))
print(torch.tensor([1j], requires_grad=True), torch.tensor([1j], requires_grad=True) * 2)
torch.set_printoptions(precision=2, sci_mode=True)
print(torch.tensor([1.234 + 5.678j]))
torch.set_printoptions(profile="default")
torch.set_default_dtype(torch.float64)
print(torch.tensor([1j]), torch.tensor([1j], dtype=torch.complex64), torch.ones(1, dtype=torch.int64) * 1j)
torch.set_default_dtype(torch.float32)

# %% the gradient is the direction in which a real loss grows fastest
z = torch.tensor([3 + 4j, 1j, 0], requires_grad=True)
loss = z.abs().sum()
loss.backward()
print(loss, z.grad)
z.grad = None
(z * z.conj()).sum().real.backward()
print(z.grad)
x = torch.tensor([1.0, 2.0], requires_grad=True)
((x * (1 + 2j)).sum() ** 2).abs().backward()
print(x.grad)
z = torch.tensor([1 + 2j], requires_grad=True)
(first,) = torch.autograd.grad((z**3).abs().sum(), z, create_graph=True)
(second,) = torch.autograd.grad(first.abs().sum(), z)
print(first, second)

# %% a gradient has to be complex where the output is
z = torch.tensor([1 + 2j, 3j], requires_grad=True)
for start in (
    lambda: z.sum().backward(),
    lambda: (z * 2).backward(),
    lambda: z.sum().backward(torch.tensor(1.0)),
    lambda: z.abs().sum().backward(torch.tensor(1j)),
    lambda: torch.autograd.grad(z.sum(), z),
):
    attempt(start)
z.sum().backward(torch.tensor(1j))
print(z.grad)
attempt(lambda: setattr(z, "grad", torch.ones(2)))
attempt(lambda: torch.tensor([1]).requires_grad_())
print(torch.tensor([1j]).requires_grad_().requires_grad)

# %% hooks see it as it is
z = torch.tensor([1 + 2j], requires_grad=True)
y = z * 2j
y.retain_grad()
y.register_hook(lambda grad: print("hook", grad))
z.register_hook(lambda grad: grad * 1j)
y.grad_fn.register_hook(lambda inputs, outputs: print("node", inputs, outputs))
y.real.sum().backward()
print(y.grad, z.grad)
w = torch.tensor([1j], requires_grad=True)
w.register_hook(lambda grad: grad.real)
attempt(lambda: w.abs().sum().backward())
print(y.grad_fn, (z * z).grad_fn._saved_self)

# %% a function of the user's
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z * z

    @staticmethod
    def backward(ctx, grad):
        (z,) = ctx.saved_tensors
        return grad * 2 * z.conj()

z = torch.tensor([1 + 2j, 3j], dtype=torch.complex128, requires_grad=True)
print(Square.apply(z))
print(torch.autograd.gradcheck(Square.apply, z), torch.autograd.gradgradcheck(Square.apply, z))

# %% gradcheck
def wrong(factor):
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            return z * z

        @staticmethod
        def backward(ctx, grad):
            return grad * factor

    return Wrong.apply

z = torch.tensor([1 + 2j], dtype=torch.complex128, requires_grad=True)
w = torch.tensor([0.5 - 1j], dtype=torch.complex128, requires_grad=True)
x = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
for fast in (False, True):
    for function in (lambda z: z.exp() * z.abs(), lambda z: z.conj() + z.angle(), lambda z: z.real, lambda z: z.sgn()):
        print(torch.autograd.gradcheck(function, z, fast_mode=fast), end=" ")
    print(torch.autograd.gradcheck(lambda z, w, x: (z * w * x, w.abs() * x), (z, w, x), fast_mode=fast))
print(torch.autograd.gradgradcheck(lambda z: z.exp() * z.abs(), z))
attempt(lambda: torch.autograd.gradcheck(wrong(2 - 4.1j), z))
attempt(lambda: torch.autograd.gradcheck(wrong(2 + 4j), z))
attempt(lambda: torch.autograd.gradcheck(lambda z: z.abs().detach() * z, z))
attempt(lambda: torch.autograd.gradcheck(lambda z: z * 2, torch.tensor([1j], requires_grad=True)))

# %% views of the parts
z = torch.tensor([1 + 2j, 3j])
print(z.real, z.imag, z.real._base is z, z.imag.stride(), z.imag.storage_offset(), torch.view_as_real(z).stride())
z.real = torch.tensor([5.0, 6.0])
z.imag.mul_(10)
print(z, z._version)
torch.view_as_real(z)[0] = 7
print(z, torch.view_as_complex(torch.view_as_real(z)))
x = torch.ones(2, 2)
torch.view_as_complex(x)[0] = 2j
print(x)
print(z.H, z[None].mH.shape, torch.tensor(1j).H)

# %% gradients through changed parts
z = torch.tensor([1 + 2j, 3j], requires_grad=True)
y = z.clone()
y.imag.mul_(torch.tensor([2.0, 3.0]))
print(y, nodes(y.grad_fn))
y.abs().sum().backward()
print(z.grad)
y = z * 1
part = y.real
y.mul_(2j)
part.sum().backward()
print(part, z.grad)
attempt(lambda: z.real.mul_(2))

# %% views of views
x = torch.arange(8.0).reshape(2, 2, 2).requires_grad_()
whole = x.clone()
torch.view_as_real(torch.view_as_complex(whole)).mul_(2)
whole.sum().backward()
print(x.grad)
z = torch.tensor([[1 + 2j, 3j]], requires_grad=True)
whole = z.clone()
torch.view_as_complex(torch.view_as_real(whole)).mul_(2)
whole.sum().abs().backward()
print(z.grad)
first, second = torch.view_as_real(z.detach().clone().requires_grad_()).unbind(1)
attempt(lambda: first.add_(1))

# %% autograd.functional
from torch.autograd.functional import hvp, jvp, vjp

z = torch.tensor([1 + 2j, 3j])
v = torch.tensor([1 + 0j, 1j])
print(vjp(lambda z: z * z, z, v))
print(jvp(lambda z: z * z, z, v))
print(hvp(lambda z: (z.abs() ** 4).sum(), z, v))

# %% forward mode and func
import torch.autograd.forward_ad as forward

warnings.simplefilter("ignore")  # PyTorch warns of itself once
z = torch.tensor([1 + 2j, 3j], dtype=torch.complex128)
v = torch.tensor([1j, 2], dtype=torch.complex128)
for f in (
    lambda z: z * z, torch.exp, torch.abs, torch.angle, torch.conj_physical, torch.sgn, torch.view_as_real,
    lambda z: z.real, lambda z: z.norm(), lambda z: z.var(), torch.sin, lambda z: torch.vdot(z, z),
    lambda z: z.cumsum(0) * 2j, lambda z: torch.complex(z.imag, z.real), lambda z: z.sigmoid() / (z + 1),
):
    with forward.dual_level():
        print(forward.unpack_dual(f(forward.make_dual(z, v))).tangent)
    print(torch.func.vjp(f, z)[1](torch.ones_like(f(z)))[0])
print(torch.func.jvp(lambda z: z * z.abs(), (z,), (v,)))
print(torch.func.grad(lambda z: z.abs().sum())(z))
for f in (torch.func.jacfwd, torch.func.jacrev):
    attempt(lambda: f(lambda z: z * z)(z))
    attempt(lambda: f(lambda x: x * 1j)(torch.ones(2)))
for fast in (False, True):
    print(torch.autograd.gradcheck(lambda z: z * z.abs(), z.requires_grad_(), check_forward_ad=True, fast_mode=fast))

# %% optimizers move both parts
for name, settings in [
    ("SGD", {"lr": 0.1}), ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1}), ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True, "maximize": True}), ("AdamW", {"lr": 0.1}), ("RMSprop", {"centered": True}),
    ("Adagrad", {"initial_accumulator_value": 0.1}), ("Adadelta", {}), ("Adamax", {}), ("NAdam", {}),
]:
    z = torch.tensor([1 + 2j, -3j], dtype=torch.complex128, requires_grad=True)
    w = torch.tensor(0.5 - 1j, dtype=torch.complex128, requires_grad=True)
    optimizer = getattr(torch.optim, name)([z, w], **settings)
    for _ in range(3):
        optimizer.zero_grad()
        ((z * w - 1j).abs() ** 2).sum().backward()
        optimizer.step()
        optimizer.load_state_dict(optimizer.state_dict())
    print(name, z.detach(), {key: value for key, value in optimizer.state[w].items()})

# %% modules
torch.manual_seed(0)
model = torch.nn.Linear(2, 1, dtype=torch.complex64)
print(model.weight)
print(model(torch.tensor([[1j, 2]])))
model(torch.tensor([[1j, 2]])).abs().sum().backward()
print(model.bias.grad)
print(torch.nn.Linear(2, 1).to(torch.complex64).weight.dtype)
print(model.double().weight.dtype, model.to(torch.complex128).weight.dtype)
attempt(lambda: model.to(torch.int64))
print(torch.nn.Parameter(torch.tensor([1j])))
print(torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1))

# %% into numbers and files
z = torch.tensor([1 + 2j])
print(z.numpy(), z.tolist(), z.item(), complex(z), abs(z), z.to(torch.complex128).numpy().dtype)
with io.BytesIO() as file:
    torch.save({"z": z, "w": torch.tensor([1j], requires_grad=True)}, file)
    file.seek(0)
    print(torch.load(file))
print(copy.deepcopy(torch.tensor([1j], requires_grad=True)), torch.from_numpy(np.array([1j])))
torch.testing.assert_close(z, z + 1e-8j)
attempt(lambda: torch.testing.assert_close(z, z + 1j))

# %% random numbers
torch.manual_seed(1)
print(torch.randn(3, dtype=torch.complex64), torch.randn(2, 9, dtype=torch.complex128).std())
print(torch.rand(2, dtype=torch.complex64), torch.zeros(2, dtype=torch.complex64).normal_(1, 2))
print(torch.rand_like(torch.zeros(1, dtype=torch.complex64)), torch.zeros(1, dtype=torch.complex64).uniform_(1, 2))
