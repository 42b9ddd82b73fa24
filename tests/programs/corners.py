"""Corners of autograd: where a graph, a view and a user's code meet in ways that are seldom written."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a module's full backward hook and a double backward
x, y = torch.tensor([1.0, 3.0], requires_grad=True), torch.zeros(2)
loss = torch.nn.MSELoss()
loss.register_full_backward_hook(lambda module, grad_inputs, grad_outputs: print("hook", grad_outputs))
(slope,) = torch.autograd.grad(loss(x, y), x, create_graph=True)
print(torch.autograd.grad(slope.sum(), x))

# %% as_strided in place, and what its node has saved
a = torch.arange(6.0, requires_grad=True)
b = a * 1
print(b.as_strided_((2, 2), (1, 2), 1), b._version)
(b * torch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
print(a.grad)
view = (a * 1)[1:]
view.as_strided_((2,), (2,))
print(view.tolist())
attempt(lambda: a.as_strided_((2,), (1,)))
strided = a.as_strided((3,), (2,), 1).grad_fn
print(strided._saved_size, strided._saved_stride, strided._saved_storage_offset)
print(a.as_strided((3,), (2,)).grad_fn._saved_storage_offset)
base = torch.ones(4, requires_grad=True) * 1
part = base[2:]
base.mul_(2)
print(part.grad_fn._saved_size, part.grad_fn._saved_stride, part.grad_fn._saved_storage_offset)

# %% what forward marks dirty without having been given it
class Marking(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, make):
        result = make(x)
        ctx.mark_dirty(result)
        return result

    @staticmethod
    def backward(ctx, grad):
        return grad, None


for make in (torch.clone, lambda x: x.clone().view_as(x), lambda x: x.view_as(x)):
    for tracked in (True, False):
        attempt(lambda: Marking.apply(torch.ones(2, requires_grad=tracked).clone(), make))

# %% a view that forward changes, returns and saves is gone without the garbage collector
class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        ctx.save_for_backward(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        print(x.tolist(), x.requires_grad)
        return grad * x


a = torch.tensor([1.0, 2.0], requires_grad=True)
gc.disable()
for start in (lambda: a.clone(), lambda: a.clone().view_as(a)):
    x = start()
    y = Doubled.apply(x)
    print(y is x)
    y.sum().backward()
    y = Doubled.apply(start())
    there = weakref.ref(y)
    del x, y
    print(there() is None, a.grad)
gc.enable()

# %% what a Function saves is let go as soon as it was read, if it says so
class Once(torch.autograd.Function):
    clear_saved_tensors_on_access = True

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        there = weakref.ref(x)
        del x
        print(there() is None)
        attempt(lambda: ctx.saved_tensors)
        return grad


Once.apply(torch.ones(2, requires_grad=True).clone()).sum().backward()

# %% what is left for the end of a backward pass
later = torch.autograd.Variable._execution_engine.queue_callback


def hook(grad):
    later(lambda: (print("last", x.grad), later(lambda: print("after the last"))))
    inner = torch.ones(2, requires_grad=True)
    with torch.enable_grad():
        product = inner * 3
        total = product.sum()
    product.register_hook(lambda grad: later(lambda: print("end of the inner pass", inner.grad)))
    total.backward()
    print("hook")


x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
y.register_hook(hook)
y.sum().backward()
y = x * 2
y.register_hook(lambda grad: later(lambda: 1 // 0))
attempt(lambda: y.sum().backward())
print(x.grad)
attempt(lambda: later(print))

# %% what a node has saved, in the hand
saved = torch._C._autograd._make_saved_tensor
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = a.exp()
held = saved(b, is_output=False)
print(held.unpack() is b, held.data is b, held.unpack_hook, isinstance(held, torch.autograd.SavedTensor))
b.detach().add_(1)
attempt(lambda: held.unpack())
with torch.autograd.graph.saved_tensors_hooks(lambda x: (print("pack"), x.tolist())[1], lambda x: (print("unpack"), torch.tensor(x))[1]):
    held = saved(a, is_output=False)
    print(held.data, held.unpack(), held.unpack().grad_fn)
attempt(lambda: torch.autograd.SavedTensor())


class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.save_for_backward(x, y, None)
        return y

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


y = Scaled.apply(a)
first, second, third = y.grad_fn._raw_saved_tensors
print(first.unpack() is a, third.unpack())
for hooks in ((print,), (1, 1)):
    try:
        first.register_hooks(*hooks)
    except TypeError as error:
        print(str(error).partition("Invoked")[0])

# %% what is a Node
Node = torch.autograd.graph.Node
a = torch.ones(2, requires_grad=True)
for y in (a.exp(), a + 1):
    print(isinstance(y.grad_fn, Node), issubclass(type(y.grad_fn), Node), Node in type(y.grad_fn).mro())
print([isinstance(x, Node) for x in (None, 1, Node, torch._C._functions.AccumulateGrad, a.exp().grad_fn.next_functions[0][0])])
print([issubclass(x, Node) for x in (Node, torch._C._functions.AccumulateGrad, torch._C._functions.DelayedError, torch.autograd.function.BackwardCFunction, int)])
print(Node, torch._C.is_grad_enabled(), torch._C.has_lapack)

# %% what unique calls
x = torch.tensor([2.0, 1.0, 2.0], requires_grad=True)
print(torch._unique(x), torch._unique(x, return_inverse=True))
print(torch._unique2(x), torch._unique2(x, return_counts=True))
print(torch._VF.unique_dim(x, dim=0))
for values in (torch._unique(x)[0], torch.unique(x), torch.unique(x, dim=0)):
    attempt(lambda: values.sum().backward())

# %% a tensor class that makes its own results, returned as it came
class Held(torch.Tensor):
    def __init__(self, data):
        self.held = data

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return cls(func(*[x.held if isinstance(x, cls) else x for x in args], **kwargs or {}))


class Same(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x


x = Held(torch.ones(2))
y = Same.apply(x)
print(type(y) is Held, y is x, y.held.tolist())

# %% a Function that is no more than a view
class First(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, *rest):
        ctx._is_pure_view = True
        return x.narrow(0, 0, 2)

    @staticmethod
    def backward(ctx, grad):
        print("backward")
        return torch.cat([grad, torch.zeros(1)])


a = torch.arange(3.0, requires_grad=True)
First.apply(a * 1).sum().backward()
y = First.apply(a * 1)
y.mul_(5)
y.sum().backward()
print(y, a.grad)
attempt(lambda: First.apply(a, a))
with torch.no_grad():
    y = First.apply(a * 1)
attempt(lambda: y.mul_(a[:2]))

# %% a view made under no_grad, given to a Function
class Tripled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, change):
        if change:
            ctx.mark_dirty(x)
            return x.mul_(3)
        return x * 3

    @staticmethod
    def backward(ctx, grad):
        return grad * 3, None


w = torch.ones(2, requires_grad=True)
with torch.no_grad():
    view = w[:1]
print(view.requires_grad, view.is_leaf)
y = Tripled.apply(view, False)
print(y)
y.sum().backward()
print(w.grad, view.grad)
attempt(lambda: Tripled.apply(view, True))

# %% a view reshaped in place
base = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
view = (base * 1)[:, 1:]
view.retain_grad()
for name in ("t_", "unsqueeze_"):
    getattr(view, name)(*([0] if name == "unsqueeze_" else []))
    print(view.shape, view.grad_fn.name(), view._base.grad_fn.name(), view._version)
(view * view).sum().backward()
print(base.grad, view.grad)
view = (base * 1)[:, 1:]
view.t_()
view._base.mul_(2)
print(view.grad_fn.name())
view.mul_(2).sum().backward()
print(base.grad)

# %% as_strided beyond its input
a = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
for part, size, stride, offset in (((1, slice(1)), (2,), (1,), None), ((1, slice(1)), (3,), (1,), 0), ((slice(None), 1), (2, 2), (1, 2), 0)):
    strided = (a * 1)[part].as_strided(size, stride, offset)
    (grad,) = torch.autograd.grad((strided * torch.arange(1.0, strided.numel() + 1).view(size)).sum(), a)
    print(strided.tolist(), grad.tolist())
a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])[:, :2].requires_grad_()
strided = a.as_strided((2, 3), (3, 1))
strided.sum().backward()
print(a.grad)

# %% retain_grad of a view that was no part of the graph when it was made
a = torch.ones(2, requires_grad=True)
with torch.no_grad():
    view = a[:]
    a.mul_(2)
attempt(lambda: view.retain_grad())
print(view.retains_grad)

# %% a hook behind a module's hooks sees what they leave
class Two(torch.nn.Module):
    def forward(self, x, y):
        return x * 2, y


x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
two = Two()
two.register_full_backward_hook(lambda module, grad_inputs, grad_outputs: print("module", grad_inputs, grad_outputs))
a, b = two(x, y)
b.grad_fn.register_hook(lambda grad_inputs, grad_outputs: print("node", grad_inputs, grad_outputs))
b.sum().backward()
print(x.grad, y.grad)
