"""autograd.forward_ad: tangents beside values, through every kind of operation."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a tangent goes along with the values
import warnings

import torch.autograd.forward_ad as fw

x, t = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.5])
with warnings.catch_warnings(), fw.dual_level():
    warnings.simplefilter("ignore")  # of what PyTorch's own forward mode is built with, when it is first used
    fw.make_dual(x, t)
with fw.dual_level() as level:
    dual = fw.make_dual(x, t)
    print(level, dual, dual.requires_grad, dual.is_leaf, dual.grad_fn, dual._base is x, fw.unpack_dual(dual).tangent is t)
    y = dual.exp() * 2
    print(y, fw.unpack_dual(y), fw.unpack_dual(x), type(fw.unpack_dual(x)).__name__)
    primal, tangent = fw.unpack_dual(y)
    print(primal, primal[0], tangent)
    with torch.no_grad():
        print(dual * 3, dual.sum(), f"{fw.unpack_dual(dual.sum()).tangent}")
    with torch.inference_mode():
        print(dual * 3, y, fw.unpack_dual(y).tangent)
    print(dual.detach(), dual.data, dual.clone(), (dual * 1).detach_())
    print(dual == 1, dual.argmax(), dual.int(), dual.floor(), dual.sign(), torch.zeros_like(dual))
    print(dual.numpy(), dual[0].item(), dual.tolist(), float(dual[0]), list(dual))
print(y, dual, fw.unpack_dual(y))
with fw.dual_level():
    print(y, fw.unpack_dual(dual))

# %% levels
import torch.autograd.forward_ad as fw

x, t = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.5])
attempt(lambda: fw.make_dual(x, t))
attempt(lambda: fw.unpack_dual(x))
attempt(lambda: fw.exit_dual_level())
print(fw.enter_dual_level())
attempt(lambda: fw.enter_dual_level())
attempt(lambda: fw.exit_dual_level(level=3))
attempt(lambda: fw.make_dual(x, t, level=0))
attempt(lambda: fw.make_dual(x, t, level=1))
attempt(lambda: fw.unpack_dual(x, level=-2))
print(fw.exit_dual_level())


@fw.dual_level()
def product():
    return fw.unpack_dual(fw.make_dual(x, t) * x).tangent


print(product(), product())
with fw.dual_level():
    dual = fw.make_dual(x, t)
    with fw._set_fwd_grad_enabled(False):
        print(fw._is_fwd_grad_enabled(), dual, dual * 2, fw.unpack_dual(dual))
    print(fw._is_fwd_grad_enabled(), dual * 2)

# %% what does not make a dual tensor
import torch.autograd.forward_ad as fw

x, t = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.5])
with fw.dual_level():
    dual = fw.make_dual(x, t)
    attempt(lambda: fw.make_dual(torch.tensor([1, 2]), t))
    attempt(lambda: fw.make_dual(x, torch.tensor([1, 2])))
    attempt(lambda: fw.make_dual(x, torch.ones(3)))
    attempt(lambda: fw.make_dual(x, t.double()))
    attempt(lambda: fw.make_dual(dual, t))
    attempt(lambda: fw.make_dual(x, dual))
    attempt(lambda: fw.unpack_dual(3.0))
    attempt(lambda: torch.add(dual, 1, out=torch.zeros(2)))
    attempt(lambda: torch.add(x, 1, out=dual.clone()))
    attempt(lambda: 3.0 % dual)
    transposed = torch.ones(2, 2).t()
    print(fw.unpack_dual(fw.make_dual(transposed, torch.arange(4.0).view(2, 2))).tangent.stride())
    print(fw.unpack_dual(fw.make_dual(torch.ones(3), torch.ones(1).expand(3))).tangent.stride())

# %% views and changes in place
import torch.autograd.forward_ad as fw

x, t = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.5])
with fw.dual_level():
    dual = fw.make_dual(x, t)
    view = dual[0]
    view.mul_(10)
    print(view, dual, x, t)
    a = dual.clone()
    a.add_(1)
    a.add_(torch.tensor(1.0))
    a.mul_(dual)
    print(a)
    b = torch.ones(2)
    b.add_(a)
    print(b, b.view(2, 1), b.t(), b.expand(2, 2), b.unbind(), b.split(1), b.as_strided((2, 2), (1, 0)))
    b.unsqueeze_(0)
    print(b, b.t_())
    base = torch.zeros(4)
    before = base[:2]
    base[1:3].copy_(dual)
    print(base, before, base[2:])
    base.fill_(1.0)
    print(base, base.zero_())
    c = torch.zeros(3)
    c[:2] = dual
    c[[2]] = dual[:1]
    print(c)
    c[0] = 7.0
    print(c, c[[0, 2]], c[c > 0], torch.where(c > 1, c, 0.0))
    c.exp_()
    c.relu_()
    print(c)
    zeros = torch.zeros(2)
    older = zeros[:1]
    zeros.copy_(dual)
    print(older, zeros)
    sum = dual + 1
    sum.mul_(2)
    print(sum, dual, torch.add(dual, dual, alpha=3))
    tracked = torch.ones(2, requires_grad=True)
    product, factor = torch.tensor([2.0, 3.0]), torch.tensor([5.0, 6.0])
    product.mul_(fw.make_dual(factor, tracked))
    product.mul_(2)
    fw.unpack_dual(product).tangent.sum().backward()
    print(product.detach(), tracked.grad)

# %% several inputs, several outputs
import torch.autograd.forward_ad as fw

x, t = torch.tensor([[1.0, 2.0], [3.0, 5.0]]), torch.tensor([[1.0, 0.5], [0.0, -1.0]])
with fw.dual_level():
    dual = fw.make_dual(x, t)
    print(torch.stack([dual, x]), torch.cat([dual, torch.ones(1, 2)]), dual @ dual, dual @ x)
    print(torch.var_mean(dual), torch.std_mean(dual, 0), torch.aminmax(dual), dual.max(0), dual.sort(1), dual.cumsum(0))
    print(torch.linalg.det(dual), torch.linalg.eigh(dual + dual.mT).eigenvalues)
    print(torch.logcumsumexp(dual, 0), dual.softmax(1), torch.nn.functional.mse_loss(dual, x * 2))
    print(torch.nn.functional.layer_norm(dual, (2,)))
    linear = torch.nn.Linear(2, 1)
    with torch.no_grad():
        linear.weight.fill_(0.5)
        linear.bias.fill_(1.0)
    print(linear(dual).tolist(), fw.unpack_dual(linear(dual)).tangent.tolist())
    print(fw.make_dual(torch.tensor(2.0), torch.tensor(1.0)).double())

# %% forward over backward, and backward through tangents
import torch.autograd.forward_ad as fw

t = torch.tensor([1.0, 0.5])
w = torch.tensor([1.0, 2.0], requires_grad=True)
with fw.dual_level():
    dual = fw.make_dual(w, t)
    print(dual, dual.exp())
    primal, tangent = fw.unpack_dual(dual.exp())
    print(primal, tangent)
    tangent.sum().backward()
    print(w.grad)
    print(torch.autograd.grad((dual**3).sum(), w))
    print(torch.autograd.grad((dual**3).sum(), dual))
    (once,) = torch.autograd.grad((dual**3).sum(), w, create_graph=True)
    print(fw.unpack_dual(once).tangent.tolist())
    (once,) = torch.autograd.grad(dual.exp().sum(), w, create_graph=True)
    print(fw.unpack_dual(once).tangent.detach())
    w.grad = None
    (dual**3).sum().backward()
    print(w.grad, fw.unpack_dual(w.grad).tangent)
    doubled = dual * 2
    doubled.register_hook(lambda grad: print("hook", grad))
    (doubled * doubled).sum().backward()
    tracked = torch.ones(2, requires_grad=True)
    dual = fw.make_dual(torch.tensor([1.0, 2.0]), tracked)
    print(dual, dual.requires_grad, (dual * 3).requires_grad, (dual.exp().sum() * 2).requires_grad)
    fw.unpack_dual(dual.exp()).tangent.sum().backward()
    print(tracked.grad)
    print(dual.neg().requires_grad_(), copy.deepcopy(dual.detach()))
    exp = dual.requires_grad_().exp()
    print(exp, exp.grad_fn.next_functions)

# %% Functions
import torch.autograd.forward_ad as fw
from torch.autograd import Function

x, t = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.5])


def function(forward, jvp):
    return type("Own", (Function,), {"forward": staticmethod(forward), "jvp": staticmethod(jvp)}).apply


class Scale(Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.save_for_forward(x)
        ctx.factor = factor
        return x * factor

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.factor, None

    @staticmethod
    def jvp(ctx, *tangents):
        print(tangents, ctx.saved_tensors)
        return tangents[0] * ctx.factor


class Apart(Function):
    @staticmethod
    def forward(x):
        return x.exp()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_forward(output)

    @staticmethod
    def jvp(ctx, tangent):
        return tangent * ctx.saved_tensors[0]


def two(ctx, x, y):
    return x.clone(), y + 1


def double_(ctx, x):
    ctx.mark_dirty(x)
    return x.mul_(2)


def with_signs(ctx, x):
    signs = x > 0
    ctx.mark_non_differentiable(signs)
    return x * 1, signs


def same(ctx, *tangents):
    return tangents if len(tangents) > 1 else tangents[0]


with fw.dual_level():
    dual = fw.make_dual(x, t)
    print(Scale.apply(dual, 3.0), Scale.apply(fw.make_dual(x.clone().requires_grad_(), t), 3.0), Apart.apply(dual))
    attempt(lambda: type("None_", (Function,), {"forward": staticmethod(lambda ctx, x: x * 1)}).apply(dual))
    print(function(two, same)(dual, x))
    attempt(lambda: function(lambda ctx, x: x.clone(), lambda ctx, t: (t, t))(dual))
    attempt(lambda: function(lambda ctx, x: x.clone(), lambda ctx, t: 3)(dual))
    attempt(lambda: function(lambda ctx, x: x.clone(), lambda ctx, t: t[:1])(dual))
    changed = dual.clone()
    print(function(double_, lambda ctx, t: t.mul_(2))(changed), changed)
    attempt(lambda: function(double_, lambda ctx, t: t * 2)(changed))
    attempt(lambda: function(lambda ctx, x: x.view(2, 1), lambda ctx, t: t.view(2, 1))(dual))
    attempt(lambda: function(lambda ctx, x: x.view(2, 1), lambda ctx, t: t.view(2, 1) * 1)(dual))
    attempt(lambda: function(lambda ctx, x: x, lambda ctx, t: t * 5)(dual))
    attempt(lambda: function(lambda ctx, x: x, lambda ctx, t: t.view_as(t))(dual))
    attempt(lambda: function(with_signs, lambda ctx, t: (t * 5, None))(dual))

# %% a tangent dies with its tensor
import torch.autograd.forward_ad as fw

with fw.dual_level():
    tangent = torch.ones(2)
    gone = weakref.ref(tangent)
    dual = fw.make_dual(torch.ones(2), tangent)
    del tangent
    print(gone() is None)
    del dual
    print(gone() is None)
    kept = fw.make_dual(torch.ones(2), torch.ones(2)).exp()
    gone = weakref.ref(fw.unpack_dual(kept).tangent)
print(gone() is None)

# %% A primal has no tangent, also where the tensor got its own in place
import torch.autograd.forward_ad as fw
with fw.dual_level():
    b = fw.make_dual(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 2.0]))
    c = torch.arange(4.0).reshape(2, 2)
    c[0] = b
    part = c[0]
    primal = fw.unpack_dual(c).primal
    print(fw.unpack_dual(c).tangent, fw.unpack_dual(part).tangent, fw.unpack_dual(primal).tangent, primal, primal + 1, c.detach())
