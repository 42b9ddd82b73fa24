"""What older programs, and PyTorch's own tests, ask of autograd from the inside."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% an error that waits in the graph comes only to those who pass it
x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
trap = torch._C._functions.DelayedError("Boom!", 1)(y)
out = x * trap
print(trap.grad_fn.name(), torch.autograd.grad(out.sum(), (x, trap), retain_graph=True))
attempt(lambda: out.sum().backward())
print(torch._C._functions.DelayedError("Boom!", 1)(torch.ones(2)))

# %% a gradient that is kept back: a Function sees zeros, or None if it wants
def function(zeros):
    class Seen(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(zeros)
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            print(grad)
            return grad

    return Seen.apply

x = torch.ones(2, requires_grad=True)
for zeros in (True, False):
    kept = torch._C._functions.UndefinedGrad()(function(zeros)(x))
    kept.sum().backward()
print(kept.grad_fn.name(), x.grad)

# %% zeros for outputs that are not differentiable can be refused on their own
class Two(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        first, second = x * 1, x * 2
        ctx.mark_non_differentiable(second)
        ctx._materialize_non_diff_grads = False
        return first, second

    @staticmethod
    def backward(ctx, first, second):
        print(first, second)
        return first

Two.apply(torch.ones(2, requires_grad=True))[0].sum().backward()

# %% what refuses to be differentiated twice is called Error
class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        return grad * 2

x = torch.ones(2, requires_grad=True)
weights = torch.ones(2, requires_grad=True)
(grad,) = torch.autograd.grad(Once.apply(x), x, weights, create_graph=True)
print(type(grad.grad_fn).__name__, grad.grad_fn.name())
attempt(lambda: grad.sum().backward())

# %% the node that is being run, and whether one will be
x = torch.ones(2, requires_grad=True)
y = x * 2
unrelated = y.cos()
z = y.exp()
leaf = y.grad_fn.next_functions[0][0]

def look(grad):
    print(torch._C._current_autograd_node() is y.grad_fn)
    for node in (y.grad_fn, z.grad_fn, unrelated.grad_fn):
        print(node.name(), torch._C._will_engine_execute_node(node))
    attempt(lambda: print(torch._C._will_engine_execute_node(leaf)))

y.register_hook(look)
z.sum().backward(retain_graph=True)
z.sum().backward(inputs=(y,), retain_graph=True)
torch.autograd.grad(z.sum(), x, retain_graph=True)
x.register_post_accumulate_grad_hook(lambda x: print(torch._C._current_autograd_node().name()))
z.sum().backward()
print(torch._C._current_autograd_node())
attempt(lambda: torch._C._will_engine_execute_node(y.grad_fn))
attempt(lambda: torch._C._will_engine_execute_node(y))

# %% a hook that is hung on a node while it runs sees what comes out, not what came in
def unpack(tensor):
    def hook(grad_inputs, grad_outputs):
        print(grad_outputs)
        return tuple(grad / 2 for grad in grad_inputs)

    torch._C._current_autograd_node().register_hook(hook)
    return tensor

x = torch.ones(2, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, unpack):
    y = x.exp()
y.sum().backward()
print(x.grad)

# %% hooks of saved tensors that an unpack hook enters or leaves hold no longer than the backward pass
def enter(tensor):
    hooks.__enter__()
    return tensor

def leave(tensor):
    hooks.__exit__()
    return tensor

x = torch.ones(2, requires_grad=True)
for unpack in (enter, leave):
    hooks = torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, unpack)
    with hooks:
        x.exp().sum().backward()
    y = x.exp()
    y.grad_fn._raw_saved_result.register_hooks(lambda tensor: tensor, lambda tensor: tensor)
    print(y.grad_fn._saved_result)

# %% a hook on a leaf's node sees the very gradient that the leaf took
x = torch.ones(2, requires_grad=True)
node = x.view_as(x).grad_fn.next_functions[0][0]
x.register_hook(lambda grad: grad - 2)
node.register_prehook(lambda grads: (grads[0] / 5,))

def add_half(x):
    x.grad.add_(0.5)

x.register_post_accumulate_grad_hook(add_half)

def after(grad_inputs, grad_outputs):
    x.grad = grad_outputs[0] * 10

node.register_hook(after)
x.sum().backward()
print(x.grad)

# %% the gradients that a node takes, by shape and dtype
x = torch.ones(3, 2, dtype=torch.float64, requires_grad=True)
for y in (x.exp(), torch.var_mean(x, dim=0)[1]):
    for metadata in y.grad_fn._input_metadata:
        print(metadata.shape, metadata.dtype, metadata.device, metadata.is_nested_tensor)

# %% a tensor set to other memory is another leaf
x = torch.ones(2, requires_grad=True)
edge = torch.autograd.graph.get_gradient_edge(x)
y = x * 2
with torch.no_grad():
    x.set_(torch.zeros(2))
attempt(lambda: torch.autograd.grad(y.sum(), x))
print(torch.autograd.grad(y.sum(), edge))

# %% a weak reference to a tensor
x = torch.ones(2)
reference = torch._C._WeakTensorRef(x)
print(reference.expired())
del x
print(reference.expired())

# %% attributes that cannot be deleted, and how to set them
x = torch.ones(2, requires_grad=True)
for name in ("data", "requires_grad", "_grad_fn", "_backward_hooks", "grad_fn"):
    attempt(lambda: delattr(x, name))
attempt(lambda: setattr(x, "_grad_fn", 3))
y = x * 2
y._grad_fn = None
print(y.requires_grad, y.is_leaf)
from collections import OrderedDict
print(x._backward_hooks, y._backward_hooks)
x._backward_hooks = OrderedDict(first=lambda grad: print("first", grad))
x.register_hook(lambda grad: print("second", grad))
x.sum().backward()
z = x * 2
z.register_hook(print)
print(len(x._backward_hooks), len(z._backward_hooks))
y._backward_hooks = OrderedDict(never=lambda grad: print("never"))
(x * y).sum().backward()

# %% names from long ago
import torch.autograd._functions
x = torch.ones(2, 3, requires_grad=True)
print(torch.autograd.torch is torch, x.volatile)
y = torch.autograd._functions.Resize.apply(x, (3, 2))
print(y, torch.autograd.grad(y.sum(), x)[0].shape)
attempt(lambda: torch.autograd._functions.Resize.apply(x, (4, 2)))

# %% switches that change only what is answered
with torch.autograd._force_original_view_tracking(True):
    print(torch.autograd.is_view_replay_enabled())
print(torch.autograd.is_view_replay_enabled())
off = torch.autograd.set_multithreading_enabled(False)
print(torch.autograd.is_multithreading_enabled())
with off:
    print(torch.autograd.is_multithreading_enabled())
print(torch.autograd.is_multithreading_enabled())

# %% hooks of the one tensor where a pass starts run, even if the pass leads nowhere
x, other = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
y = x * 2
y.retain_grad()
y.register_hook(lambda grad: print("hook", grad))
x.register_hook(lambda grad: print("leaf", grad))
for start in ((y,), (x,), (y, x)):
    given = tuple(torch.ones(2) for _ in start)
    print(torch.autograd.grad(start, other, given, retain_graph=True, allow_unused=True), y.grad)

# %% of several errors, that of the first output comes first, then those of the inputs
def stale():
    class Same(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x, y

        @staticmethod
        def backward(ctx, a, b):
            return a, b

    x = torch.ones(2, requires_grad=True).exp()
    y = torch.ones(2, requires_grad=True).exp()
    views = Same.apply(x, y)
    x.mul_(2), y.mul_(2)
    return views

first, second = stale()
plain = torch.ones(2)
for outputs, inputs in (((first, plain), second), ((plain, first), second), ((second, first), plain)):
    attempt(lambda: torch.autograd.grad(outputs, inputs, [torch.ones(2)] * 2))

class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, grad):
        return grad * 2

attempt(lambda: Double.apply(first))
attempt(lambda: Double.apply(torch.ones(2, requires_grad=True).exp().unbind()[0]))

# %% what has been freed, a second backward pass finds missing; what saved nothing, it goes through again
x = torch.tensor([1.0, 2.0], requires_grad=True)
p = torch.tensor([3.0, 1.0])
for operation in (
    lambda: torch.where(x > 1, x, p), lambda: x.masked_fill(x > 1, 2.0), lambda: torch.addcmul(x, p, p),
    lambda: torch.addcdiv(x, p, p), lambda: x.remainder(p), lambda: torch.addr(x[None], p[:1], p),
    lambda: x.gather(0, torch.tensor([0])), lambda: x.round(), lambda: x * 2, lambda: x * p, lambda: p / x,
):
    x.grad = None
    y = operation()
    y.sum().backward()
    attempt(lambda: y.backward(torch.ones_like(y)))
    print(x.grad)

# %% a hook on a node sees gradients as they arrive at the inputs: in their shapes
x, scale = torch.ones(2, 3, requires_grad=True), torch.ones(1, requires_grad=True)
y = x * scale
y.grad_fn.register_hook(lambda grad_inputs, grad_outputs: print(grad_inputs))
y.sum().backward()

# %% a view, or its base, that was given other memory: where its elements count as, in the base
for give in (lambda base, view: setattr(view, "data", torch.tensor([3.0])),
             lambda base, view: setattr(base, "data", torch.tensor([3.0, 1.0]))):
    for change in (lambda base, view: view.mul_(2), lambda base, view: base.mul_(2)):
        x = torch.ones(2, requires_grad=True)
        base = x * 1
        view = base[1:]
        give(base, view)
        change(base, view)
        (view.sum() + base.sum()).backward()
        print(base.tolist(), view.tolist(), view.grad_fn.name(), x.grad)

# %% a Function that changes a tensor in place takes its gradient away, which was that of another value
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, grad):
        return grad * 2

x = torch.ones(2, requires_grad=True)
for change in (Double.apply, lambda y: y.mul_(2)):
    y = x * 3
    y.sum().backward(inputs=[y], retain_graph=True)
    change(y)
    print(y.grad)
    y.sum().backward(inputs=[y])
    print(y.grad)
