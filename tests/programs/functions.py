"""autograd.Function: rules of one's own."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a square
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad


x = torch.tensor([1.0, 2.0], requires_grad=True)
y = Square.apply(x)
print(y, y.grad_fn.name(), y.grad_fn.next_functions[0][0].name())
y.sum().backward()
print(x.grad)
print(Square.apply(torch.tensor(3.0)))

# %% forward and setup_context apart
class Square(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x * x

    @staticmethod
    def setup_context(ctx, inputs, output):
        (x,) = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad


x = torch.tensor([1.0, 2.0], requires_grad=True)
Square.apply(x).sum().backward()
print(x.grad)

# %% several inputs, some without gradient
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor, name):
        ctx.factor = factor
        print(type(factor).__name__, name, x.requires_grad, torch.is_grad_enabled())
        return x * factor

    @staticmethod
    def backward(ctx, grad):
        print(ctx.needs_input_grad)
        return grad * ctx.factor, None, None


x = torch.tensor(2.0, requires_grad=True)
y = Scale.apply(x, 5.0, "five")
y.backward()
print(x.grad)

# %% needs_input_grad
class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved_tensors
        print(ctx.needs_input_grad)
        return grad * b if ctx.needs_input_grad[0] else None, grad * a if ctx.needs_input_grad[1] else None


a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
Product.apply(a, b).backward()
Product.apply(a, torch.tensor(7.0)).backward()
print(a.grad, b.grad)
print(torch.autograd.grad(Product.apply(a, b), b))

# %% the wrong number of gradients
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, grad):
        return grad


a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
attempt(lambda: Wrong.apply(a, b).backward())

# %% too many gradients, of which the last are None
class Extra(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2, None


class TooMany(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2, grad


a = torch.tensor(2.0, requires_grad=True)
Extra.apply(a).backward()
print(a.grad)
attempt(lambda: TooMany.apply(a).backward())

# %% a gradient of the wrong shape
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.sum()

    @staticmethod
    def backward(ctx, grad):
        return torch.ones(2, 2)


x = torch.ones(3, requires_grad=True)
attempt(lambda: Wrong.apply(x).backward())

# %% a gradient that broadcasts to the wrong shape is summed
class Sum(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return torch.ones(4, 3)


x = torch.ones(3, requires_grad=True)
attempt(lambda: Sum.apply(x).sum().backward())
print(x.grad)

# %% a gradient that is no tensor
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return 2.0


x = torch.tensor(1.0, requires_grad=True)
attempt(lambda: Wrong.apply(x).backward())

# %% a gradient of None
class Blocked(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return None


x = torch.tensor(1.0, requires_grad=True)
Blocked.apply(x).backward()
print(x.grad)

# %% two outputs
class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2, x * 3

    @staticmethod
    def backward(ctx, g2, g3):
        print(g2, g3)
        return g2 * 2 + g3 * 3


x = torch.tensor(1.0, requires_grad=True)
a, b = Both.apply(x)
print(a.grad_fn is b.grad_fn)
(a + b).backward()
print(x.grad)
a, b = Both.apply(x)
b.backward()
print(x.grad)

# %% unused outputs without materialized gradients
class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    @staticmethod
    def backward(ctx, g2, g3):
        print(g2, g3)
        return g3 * 3


x = torch.tensor(1.0, requires_grad=True)
Both.apply(x)[1].backward()
print(x.grad)

# %% mark_non_differentiable
class Order(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        index = x.argmax()
        top = x.max()
        ctx.mark_non_differentiable(index)
        ctx.save_for_backward(index)
        ctx.shape = x.shape
        return top, index

    @staticmethod
    def backward(ctx, grad, _):
        (index,) = ctx.saved_tensors
        out = torch.zeros(ctx.shape)
        out[index] = grad
        return out


x = torch.tensor([1.0, 5.0, 2.0], requires_grad=True)
top, index = Order.apply(x)
print(top, index, index.requires_grad)
top.backward()
print(x.grad)

# %% mark_dirty
class AddOne(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        x.add_(1)
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 2
y = AddOne.apply(h)
print(y is h, y, y._version)
(y * y).sum().backward()
print(x.grad)
attempt(lambda: AddOne.apply(x))

# %% once_differentiable
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 3 * x ** 2 * grad


x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(Cube.apply(x), x, create_graph=True)
print(g)
attempt(lambda: torch.autograd.grad(g, x))

# %% once_differentiable with a tracked upstream gradient
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        return grad * 2


x = torch.tensor(2.0, requires_grad=True)
v = torch.tensor(1.0, requires_grad=True)
(g,) = torch.autograd.grad(Double.apply(x), x, v, create_graph=True)
print(g.requires_grad)
attempt(lambda: g.backward())

# %% double backward through a Function
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 3 * x ** 2 * grad


x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(Cube.apply(x), x, create_graph=True)
print(g)
print(torch.autograd.grad(g, x))

# %% a saved output
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        print(y.grad_fn is not None)
        return grad * y


x = torch.tensor(1.0, requires_grad=True)
y = Exp.apply(x)
(g,) = torch.autograd.grad(y, x, create_graph=True)
print(g, torch.autograd.grad(g, x))

# %% saved tensors are version-checked
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad


x = torch.tensor(2.0, requires_grad=True)
h = x * 1
y = Square.apply(h)
h.add_(1)
attempt(lambda: y.backward())

# %% an attribute is not version-checked
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return 2 * ctx.x * grad


x = torch.tensor(2.0, requires_grad=True)
h = x * 1
y = Square.apply(h)
h.add_(100)
y.backward()
print(x.grad)

# %% saved tensors are freed after backward
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad


x = torch.tensor(2.0, requires_grad=True)
y = Square.apply(x)
print(y.grad_fn.saved_tensors)
y.backward()
attempt(lambda: y.backward())
attempt(lambda: y.grad_fn.saved_tensors)

# %% save_for_backward takes tensors and None
class Keep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, what):
        ctx.save_for_backward(what)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        print(ctx.saved_tensors)
        return grad * 2, None


x = torch.tensor(2.0, requires_grad=True)
Keep.apply(x, None).backward()
attempt(lambda: Keep.apply(x, 3))

# %% a Function returned without a tensor
class Nothing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 5

    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.tensor(2.0, requires_grad=True)
attempt(lambda: Nothing.apply(x))

# %% a missing backward, a missing forward
class Half(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x / 2


class Empty(torch.autograd.Function):
    pass


x = torch.tensor(2.0, requires_grad=True)
y = Half.apply(x)
attempt(lambda: y.backward())
attempt(lambda: Empty.apply(x))

# %% a Function cannot be called or made like an object
class Half(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x / 2


attempt(lambda: Half()(torch.tensor(1.0)))

# %% an input returned as it is
class Identity(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad * 100


x = torch.tensor(2.0, requires_grad=True)
y = Identity.apply(x)
print(y is x, y.grad_fn.name(), x.grad_fn)
y.backward()
print(x.grad)

# %% a view of an input returned
class First(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.shape = x.shape
        return x[0]

    @staticmethod
    def backward(ctx, grad):
        out = torch.zeros(ctx.shape)
        out[0] = grad
        return out


x = torch.tensor([2.0, 3.0], requires_grad=True)
First.apply(x).backward()
print(x.grad)

# %% straight-through rounding
class Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return (x > 0.5).to(x.dtype)

    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.tensor([0.2, 0.9], requires_grad=True)
y = Round.apply(x)
y.sum().backward()
print(y, x.grad)

# %% under no_grad a Function leaves no trace
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.tensor(2.0, requires_grad=True)
with torch.no_grad():
    print(Square.apply(x))

# %% an error in backward comes out as it is
class Broken(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        raise KeyError("inside")


x = torch.tensor(2.0, requires_grad=True)
attempt(lambda: Broken.apply(x).backward())

# %% gradcheck accepts a right rule and refuses a wrong one
class Right(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * x.cos()


class Wrong(Right):
    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * x.cos() * 1.01


x = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(Right.apply, x), torch.autograd.gradgradcheck(Right.apply, x))
print(torch.autograd.gradcheck(Wrong.apply, x, raise_exception=False))
try:
    torch.autograd.gradcheck(Wrong.apply, x)
except RuntimeError as error:
    print(type(error).__name__, str(error).splitlines()[0])

# %% gradcheck in single precision warns
x = torch.tensor([0.5, 1.0], requires_grad=True)
attempt(lambda: torch.autograd.gradcheck(torch.sin, x, raise_exception=False))

# %% gradcheck of what is not tracked
x = torch.tensor([0.5, 1.0], dtype=torch.float64)
attempt(lambda: torch.autograd.gradcheck(torch.sin, x))

# %% an input returned as it is, or a view, is a view that cannot be changed in place
def function(forward):
    return type("Seen", (torch.autograd.Function,), {
        "forward": staticmethod(forward), "backward": staticmethod(lambda ctx, *grads: grads[0].expand(2) * 5)})


x = torch.ones(2, requires_grad=True) * 1
for forward in (lambda ctx, x: x, lambda ctx, x: x[0], lambda ctx, x: (x * 2)[0], lambda ctx, x: (x[0], x[1])):
    y = function(forward).apply(x)
    y = y[0] if isinstance(y, tuple) else y
    print(y, y is x, y._is_view(), nodes(y))
    attempt(lambda: y.mul_(3))
print(x, torch.autograd.grad(y, x))
untracked = torch.ones(2)
y = function(lambda ctx, x: x).apply(untracked)
print(y is untracked, y._base is untracked, y.requires_grad)

# %% a marked or integer input returned as it is
class Marked(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, i):
        ctx.mark_non_differentiable(x)
        return x, i, x * 2

    @staticmethod
    def backward(ctx, grad_x, grad_i, grad):
        print(grad_x, grad_i, grad)
        return grad * 2, None


x, i = torch.ones(2, requires_grad=True), torch.tensor([1, 2])
same, index, y = Marked.apply(x, i)
print(same is x, same, index is i, index, y)
y.sum().backward()
print(x.grad, x)

# %% outputs that are no tensors
class Odd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1, x.argmax(), 5, None, "text"

    @staticmethod
    def backward(ctx, *grads):
        print(grads)
        return grads[0]


x = torch.ones(2, requires_grad=True)
outputs = Odd.apply(x)
print(outputs)
outputs[0].sum().backward()

# %% mark_dirty of a view: the base's history goes through the Function
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(2)
        return x

    @staticmethod
    def backward(ctx, grad):
        return 2 * grad


leaf = torch.ones(3, requires_grad=True)
base = leaf * 1
view = base[:2]
print(Double.apply(view) is view, base, nodes(base), view)
(base * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
print(leaf.grad)
attempt(lambda: Double.apply(leaf))
attempt(lambda: Double.apply(leaf[:2]))


class DoubleAndCopy(Double):
    @staticmethod
    def forward(ctx, x):
        return Double.forward(ctx, x), x * 1


attempt(lambda: DoubleAndCopy.apply((leaf * 1)[:2]))
a, b = DoubleAndCopy.apply(leaf * 1)
print(a, b)

# %% mark_dirty of what is not returned, of what is not an input
class Forgets(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2) * 1


class Invents(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.mark_dirty(y)
        return y


x = torch.ones(2, requires_grad=True) * 1
attempt(lambda: Forgets.apply(x))
attempt(lambda: Invents.apply(x))

# %% saved outputs changed in place
class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        a, b = x.exp(), x.sin()
        ctx.save_for_backward(x, a, b)
        return a, b

    @staticmethod
    def backward(ctx, grad_a, grad_b):
        x, a, b = ctx.saved_tensors
        return grad_a * a + grad_b * x.cos()


x = torch.tensor([0.5], requires_grad=True)
a, b = Both.apply(x)
b.mul_(2)
attempt(lambda: (a + b).sum().backward())

# %% arguments by name
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, by=3, *, offset=0):
        ctx.by = by
        return x * by + offset

    @staticmethod
    def backward(ctx, grad):
        print(ctx.needs_input_grad)
        return grad * ctx.by, *[None] * (len(ctx.needs_input_grad) - 1)


x = torch.tensor(1.5, requires_grad=True)
for compute in (lambda: Scale.apply(x), lambda: Scale.apply(x, by=4), lambda: Scale.apply(by=5, x=x),
                lambda: Scale.apply(x, offset=4), lambda: Scale.apply(x, to=4)):
    attempt(lambda: compute().backward())
print(x.grad)

# %% setup_context gets the defaults too
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(x, by=3):
        return x * by

    @staticmethod
    def setup_context(ctx, inputs, output):
        print(inputs, output)
        ctx.by = inputs[1]

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.by, None


x = torch.tensor(1.5, requires_grad=True)
for compute in (lambda: Scale.apply(x), lambda: Scale.apply(x, by=4), lambda: Scale.apply()):
    attempt(lambda: compute().backward())
print(x.grad)

# %% attributes of ctx are read from grad_fn, and what is saved there
class Mark(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.foo = "note"
        ctx.save_for_backward(x, None)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        ctx.seen = grad
        return grad * 2


x = torch.tensor([1.0, 2.0], requires_grad=True)
y = Mark.apply(x)
node = y.grad_fn
print(node.foo, node.saved_tensors, node.needs_input_grad, node.name(), type(node).__name__)
attempt(lambda: node.bar)
attempt(lambda: node.saved_variables)
attempt(lambda: node.to_save)
attempt(lambda: node.non_differentiable)
attempt(lambda: node.dirty_tensors)
print(node.next_functions[0][0].name(), node.metadata)
y.sum().backward()
print(node.seen)
attempt(lambda: node.saved_tensors)
print(issubclass(type(node), torch.autograd.function.BackwardCFunction))
print(isinstance(node, torch.autograd.graph.Node), isinstance(node, torch.autograd.function.FunctionCtx))

# %% what a Function offers
from torch.autograd.function import BackwardCFunction, Function, FunctionCtx, InplaceFunction, once_differentiable
print(Function.generate_vmap_rule, issubclass(InplaceFunction, Function), issubclass(Function, FunctionCtx))
attempt(lambda: Function.forward(None))
attempt(lambda: Function.backward(None))
attempt(lambda: Function.vjp(None))
attempt(lambda: Function.setup_context(None, (), None))
attempt(lambda: Function.jvp(None))
attempt(lambda: Function.vmap(None, None))

# %% making an instance, calling it
class Half(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x / 2

    @staticmethod
    def backward(ctx, grad):
        return grad / 2


half = Half()
attempt(lambda: half(torch.ones(2)))
attempt(lambda: half.apply(torch.ones(2)))

# %% an old-style Function
class Old(torch.autograd.Function):
    def forward(self, x):
        self.save_for_backward(x)
        return x * 2

    def backward(self, grad):
        return grad * 2


x = torch.ones(2, requires_grad=True)
y = Old.apply(x)
print(y)
y.sum().backward()
print(x.grad)
attempt(lambda: Old()(x))

# %% vjp in place of backward, and both
class ByVjp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def vjp(ctx, grad):
        return grad * 7


class Both(ByVjp):
    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.ones(2, requires_grad=True)
ByVjp.apply(x).sum().backward()
print(x.grad)
y = Both.apply(x)
attempt(lambda: y.sum().backward())

# %% save_for_backward of what is no tensor, twice, and of an intermediate value
class Saves(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, what):
        what(ctx, x)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        print(ctx.saved_tensors)
        return grad, None


x = torch.ones(2, requires_grad=True)
for what in (lambda ctx, x: ctx.save_for_backward(1), lambda ctx, x: ctx.save_for_backward(x, "a"),
             lambda ctx, x: ctx.save_for_backward([x]), lambda ctx, x: ctx.save_for_backward(),
             lambda ctx, x: (ctx.save_for_backward(x), ctx.save_for_backward(x * 3)),
             lambda ctx, x: ctx.save_for_backward(x, None, x * 5), lambda ctx, x: ctx.save_for_forward(x)):
    attempt(lambda: Saves.apply(x, what).sum().backward())

# %% marks given what is no tensor
class Marks(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, what):
        what(ctx, x)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad, None


x = torch.ones(2, requires_grad=True)
for what in (lambda ctx, x: ctx.mark_dirty(1), lambda ctx, x: ctx.mark_non_differentiable(1),
             lambda ctx, x: ctx.mark_non_differentiable([x]), lambda ctx, x: ctx.mark_dirty([x]),
             lambda ctx, x: ctx.set_materialize_grads("yes"), lambda ctx, x: ctx.mark_shared_storage((x, x)),
             lambda ctx, x: setattr(ctx, "needs_input_grad", 1), lambda ctx, x: print(ctx.needs_input_grad),
             lambda ctx, x: print(ctx.saved_tensors), lambda ctx, x: print(ctx.next_functions),
             lambda ctx, x: print(ctx.name()), lambda ctx, x: print(ctx.to_save, ctx.dirty_tensors)):
    attempt(lambda: Marks.apply(x, what))

# %% wrong numbers of gradients
class Gives(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b, gives):
        ctx.gives = gives
        return a + b

    @staticmethod
    def backward(ctx, grad):
        return ctx.gives(grad)


for gives in (lambda g: g, lambda g: (g, g), lambda g: (g, g, None), lambda g: (g, g, None, None), lambda g: (g, g, g),
              lambda g: [g, g, None], lambda g: (g, g, None, g), lambda g: (g, 1, None), lambda g: (g, None, None),
              lambda g: None, lambda g: (), lambda g: (None, None, None), lambda g: (g.sum(), g, None),
              lambda g: (torch.ones(3), g, None), lambda g: (torch.ones(3, 2), g, None), lambda g: (g.double(), g.long(), None),
              lambda g: ("text", g, None)):
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    attempt(lambda: Gives.apply(a, b, gives).sum().backward())
    print(a.grad, b.grad)

# %% a gradient for an untracked input
class Gives(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, grad):
        return grad, torch.ones(7)


a, b = torch.ones(2, requires_grad=True), torch.ones(2)
attempt(lambda: Gives.apply(a, b).sum().backward())
print(a.grad, b.grad)

# %% gradients that nobody sent
class Two(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, materialize):
        ctx.set_materialize_grads(materialize)
        return x * 2, x * 3, x.long()

    @staticmethod
    def backward(ctx, *grads):
        print(grads)
        return grads[1], None


for materialize in (True, False):
    x = torch.ones(2, requires_grad=True)
    a, b, c = Two.apply(x, materialize)
    print(a, b, c)
    b.sum().backward()
    print(x.grad)
x = torch.ones(2, requires_grad=True)
a, b, c = Two.apply(x, False)
a.sum().backward()
print(x.grad)

# %% a backward called with an undefined gradient
class Id(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        print("Id got", grad)
        return grad


class Block(Id):
    @staticmethod
    def backward(ctx, grad):
        return None


x = torch.ones(2, requires_grad=True)
Block.apply(Id.apply(x)).sum().backward()
print(x.grad)
Id.apply(Block.apply(Id.apply(x))).sum().backward()
attempt(lambda: torch.autograd.grad(Block.apply(x).sum(), x))
attempt(lambda: torch.autograd.grad(Block.apply(x).sum(), x, allow_unused=True))

# %% once_differentiable gives an Error node
class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        print(torch.is_grad_enabled(), grad.requires_grad)
        x, y = ctx.saved_tensors
        return grad * y, None


x, y = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
(g,) = torch.autograd.grad(Once.apply(x, y), x)
print(g)
(g,) = torch.autograd.grad(Once.apply(x, y), x, create_graph=True)
print(g, g.requires_grad)
(g,) = torch.autograd.grad(Once.apply(x, y) ** 2, x, create_graph=True)
print(g, g.requires_grad, nodes(g))
attempt(lambda: g.backward())
attempt(lambda: torch.autograd.grad(g * x, x))

# %% what apply does under no_grad, and without a tracked input
class Seen(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        print(torch.is_grad_enabled(), ctx.needs_input_grad, x.requires_grad)
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    y = Seen.apply(x)
    print(y, y.grad_fn)
print(Seen.apply(x.detach()))
with torch.enable_grad():
    print(Seen.apply(x))

# %% enable_grad inside of forward leaves no history
class Inner(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            y = x * 2
            inner = x.detach().requires_grad_() * 3
        print(y.requires_grad, nodes(y), nodes(inner))
        ctx.inner = inner
        return y

    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.ones(2, requires_grad=True)
y = Inner.apply(x)
print(y, nodes(y), nodes(y.grad_fn.inner))
y.sum().backward()
print(x.grad)


class Returns(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            return x.detach().requires_grad_() * 3

    @staticmethod
    def backward(ctx, grad):
        return grad * 100


y = Returns.apply(x)
print(nodes(y))
y.sum().backward()
print(x.grad)

# %% setup_context, all together
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(x, by):
        return x * by, x.sign()

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, by = inputs
        y, sign = output
        print(type(inputs), type(output), torch.is_grad_enabled(), y.requires_grad)
        ctx.mark_non_differentiable(sign)
        ctx.save_for_backward(x, y)
        ctx.by = by

    @staticmethod
    def backward(ctx, grad, grad_sign):
        x, y = ctx.saved_tensors
        print(y, grad_sign)
        return grad * ctx.by, None


x = torch.tensor([1.0, -2.0], requires_grad=True)
y, sign = Scale.apply(x, 3)
print(y, sign)
y.sum().backward()
print(x.grad)

# %% a list or a dict returned
class Many(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, form):
        return form(x * 2)

    @staticmethod
    def backward(ctx, *grads):
        print(grads)
        return grads[0], None


x = torch.ones(2, requires_grad=True)
for form in (lambda y: [y, y], lambda y: {"y": y}, lambda y: (y,), lambda y: (), lambda y: None, lambda y: (y, y), lambda y: 3.0):
    attempt(lambda: Many.apply(x, form))

# %% the same tensor returned twice
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        return y, y

    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return a + b


x = torch.ones(2, requires_grad=True)
a, b = Twice.apply(x)
print(a is b, a, b, a.output_nr, b.output_nr)
(a * 2 + b * 3).sum().backward()
print(x.grad)

# %% a container of tensors is not looked into
class Packed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, tensors, scale=1):
        print(ctx.needs_input_grad)
        return tensors[0] * 2

    @staticmethod
    def backward(ctx, grad):
        return grad, None


x = torch.ones(2, requires_grad=True)
print(Packed.apply([x], 1))

# %% backward through backward records
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        print(torch.is_grad_enabled())
        return grad * 3 * x**2


x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(Cube.apply(x), x, create_graph=True)
(h,) = torch.autograd.grad(g, x, create_graph=True)
print(g, h)
h.backward()
print(x.grad)

# %% a saved output has its history in backward
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        print(y.requires_grad, y.grad_fn, y is out)
        return grad * y


x = torch.tensor(0.5, requires_grad=True)
out = Exp.apply(x)
(g,) = torch.autograd.grad(out, x, create_graph=True)
(h,) = torch.autograd.grad(g, x)
print(g, h)
out.mul_(2)
attempt(lambda: out.backward())

# %% saved tensors after they were freed
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * ctx.saved_tensors[0]


x = torch.tensor(2.0, requires_grad=True)
y = Square.apply(x)
y.backward()
attempt(lambda: y.backward())
attempt(lambda: y.grad_fn.saved_tensors)

# %% pickle and deepcopy refuse a node
import pickle


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * x


x = torch.tensor(2.0, requires_grad=True)
attempt(lambda: pickle.dumps(Square.apply(x).grad_fn))
attempt(lambda: copy.deepcopy(Square.apply(x)))

# %% a Function with setup_context and ctx in forward
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass


attempt(lambda: Wrong.apply(torch.ones(2)))

# %% a view marked dirty that forward did not change, a leaf marked dirty, an integer
class Dirty(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad * 3


leaf = torch.ones(2, requires_grad=True)
attempt(lambda: Dirty.apply(leaf))
print(leaf, leaf._version)
plain = torch.ones(2)
y = Dirty.apply(plain)
print(y is plain, y, y._version)
y = Dirty.apply(leaf * 1)
print(y, y._version)
y.sum().backward()
print(leaf.grad)
n = torch.tensor([1, 2])
print(Dirty.apply(n) is n, n._version)
with torch.no_grad():
    print(Dirty.apply(leaf) is leaf, leaf, leaf._version)

# %% mark_dirty: two inputs, one untracked
class AddInto(torch.autograd.Function):
    @staticmethod
    def forward(ctx, target, source):
        ctx.mark_dirty(target)
        target.add_(source)
        return target

    @staticmethod
    def backward(ctx, grad):
        print(ctx.needs_input_grad)
        return grad, grad * 10


x = torch.ones(2, requires_grad=True)
t = torch.zeros(2)
y = AddInto.apply(t, x)
print(y is t, t, t.requires_grad, t.is_leaf, t._version)
t.sum().backward()
print(x.grad)
base = torch.zeros(3)
view = base[1:]
y = AddInto.apply(view, x)
print(y is view, base, nodes(base), view, nodes(view))
base.sum().backward()
print(x.grad)

# %% mark_dirty in setup_context, and on both of two inputs
class Swap(torch.autograd.Function):
    @staticmethod
    def forward(a, b):
        c = a.clone()
        a.copy_(b)
        b.copy_(c)
        return a, b

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.mark_dirty(*inputs)

    @staticmethod
    def backward(ctx, da, db):
        return db, da


x, y = torch.ones(2, requires_grad=True), torch.zeros(2, requires_grad=True)
a, b = x * 1, y * 2
c, d = Swap.apply(a, b)
print(c is a, d is b, c, d, c.output_nr, d.output_nr)
(c + 10 * d).sum().backward()
print(x.grad, y.grad)

# %% a tensor marked both dirty and non-differentiable
class Neither(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        ctx.mark_non_differentiable(x)
        x.mul_(2)
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.ones(2, requires_grad=True)
y = x * 1
z = Neither.apply(y)
print(z is y, z, y)
attempt(lambda: Neither.apply(x))

# %% mark_non_differentiable of what is not returned
class Marks(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * 2
        ctx.mark_non_differentiable(y)
        return x * 3

    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.ones(2, requires_grad=True)
print(Marks.apply(x))

# %% all outputs marked non-differentiable
class Argmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.sign()
        ctx.mark_non_differentiable(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        raise AssertionError


x = torch.ones(2, requires_grad=True)
y = Argmax.apply(x)
print(y, y.requires_grad, y.grad_fn)
attempt(lambda: y.sum().backward())

# %% gradients in another dtype and of another shape are converted
class Convert(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.double()

    @staticmethod
    def backward(ctx, grad):
        print(grad.dtype)
        return grad


x = torch.ones(2, requires_grad=True)
Convert.apply(x).sum().backward()
print(x.grad)


class Broadcasts(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.expand(3, 2) * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


x = torch.ones(2, requires_grad=True)
Broadcasts.apply(x).sum().backward()
print(x.grad)
x = torch.ones(1, 2, requires_grad=True)
Broadcasts.apply(x).sum().backward()
print(x.grad)

# %% the same tensor given twice
class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved_tensors
        return grad * b, grad * a


x = torch.tensor(3.0, requires_grad=True)
y = Product.apply(x, x)
y.backward()
print(x.grad, nodes(y))

# %% an in-place change of a saved input is noticed
x = torch.ones(2, requires_grad=True) * 1


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * ctx.saved_tensors[0]


y = Square.apply(x)
x.add_(1)
attempt(lambda: y.sum().backward())
attempt(lambda: y.grad_fn.saved_tensors)

# %% what is kept on ctx itself is not watched
class Kept(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * ctx.x


x = torch.ones(2, requires_grad=True)
t = x * 1
y = Kept.apply(t)
with torch.no_grad():
    t.mul_(5)
y.sum().backward(retain_graph=True)
print(x.grad)
y.sum().backward()
print(x.grad)

# %% a saved intermediate that is a view of an input
class Part(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        part = x[0]
        ctx.save_for_backward(part)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        print(ctx.saved_tensors)
        return grad


x = torch.ones(2, requires_grad=True)
t = x * 1
y = Part.apply(t)
y.sum().backward()
y = Part.apply(t)
t.mul_(2)
attempt(lambda: y.sum().backward())

# %% hooks on the node of a Function, and on its output
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        print("backward", grad)
        return grad * 2


x = torch.ones(2, requires_grad=True)
y = Twice.apply(x)
y.grad_fn.register_prehook(lambda grads: print("before", grads))
y.grad_fn.register_hook(lambda inputs, outputs: print("after", inputs, outputs))
y.register_hook(lambda grad: grad * 10)
y.retain_grad()
y.sum().backward()
print(x.grad, y.grad)

# %% grad mode inside of backward
class Inside(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.detach() ** 2

    @staticmethod
    def backward(ctx, grad):
        print(torch.is_grad_enabled())
        (x,) = ctx.saved_tensors
        with torch.enable_grad():
            inner = x.detach().requires_grad_()
            (g,) = torch.autograd.grad((inner**2).sum(), inner)
        return grad * g


x = torch.tensor([1.0, 2.0], requires_grad=True)
Inside.apply(x).sum().backward()
print(x.grad)
with torch.no_grad():
    y = x * 1
(g,) = torch.autograd.grad(Inside.apply(x).sum(), x, create_graph=True)
print(g)

# %% checkpointing written as a Function: backward calls backward
class Checkpoint(torch.autograd.Function):
    @staticmethod
    def forward(ctx, run, x, w):
        ctx.run = run
        ctx.save_for_backward(x, w)
        return run(x, w)

    @staticmethod
    def backward(ctx, grad):
        x, w = (t.detach().requires_grad_() for t in ctx.saved_tensors)
        with torch.enable_grad():
            y = ctx.run(x, w)
        torch.autograd.backward(y, grad)
        return None, x.grad, w.grad


x, w = torch.ones(2, requires_grad=True), torch.tensor([2.0, 3.0], requires_grad=True)
y = Checkpoint.apply(lambda x, w: (x * w) ** 2, x * 2, w)
y.sum().backward()
print(y, x.grad, w.grad)

# %% a Function's reprs
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


x = torch.ones(2, requires_grad=True)
y = Twice.apply(x)
print(y, y.grad_fn, str(type(y.grad_fn)), type(y.grad_fn).__name__)
print((y * 2).grad_fn.next_functions[0][0])

# %% backward raises, and the graph can be walked again
class Sometimes(torch.autograd.Function):
    fails = True

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        if Sometimes.fails:
            raise ValueError("not now")
        return grad * 2 * ctx.saved_tensors[0]


x = torch.ones(2, requires_grad=True)
y = Sometimes.apply(x)
attempt(lambda: y.sum().backward())
print(torch.is_grad_enabled())
Sometimes.fails = False
y.sum().backward()
print(x.grad)

# %% an output that requires no gradient by dtype
class Indices(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.long()

    @staticmethod
    def backward(ctx, grad):
        return grad


x = torch.ones(2, requires_grad=True)
y = Indices.apply(x)
print(y, y.requires_grad)

# %% a tracked tensor that is no argument
w = torch.tensor(3.0, requires_grad=True)


class Outside(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * w

    @staticmethod
    def backward(ctx, grad):
        return grad * w


x = torch.tensor(2.0, requires_grad=True)
y = Outside.apply(x)
y.backward()
print(x.grad, w.grad)

# %% saving an output in setup_context, and double backward
class Sinh(torch.autograd.Function):
    @staticmethod
    def forward(x):
        expx, expnegx = torch.exp(x), torch.exp(-x)
        return (expx - expnegx) / 2, expx, expnegx

    @staticmethod
    def setup_context(ctx, inputs, output):
        y, expx, expnegx = output
        ctx.save_for_backward(expx, expnegx)

    @staticmethod
    def backward(ctx, grad, grad_exp, grad_negexp):
        expx, expnegx = ctx.saved_tensors
        result = grad * (expx + expnegx) / 2
        result = result + grad_exp * expx
        return result - grad_negexp * expnegx


x = torch.tensor([0.5, 1.0], requires_grad=True, dtype=torch.float64)
print(torch.autograd.gradcheck(lambda x: Sinh.apply(x)[0], x), torch.autograd.gradgradcheck(lambda x: Sinh.apply(x)[0], x))

# %% nothing is given to apply
class Zero(torch.autograd.Function):
    @staticmethod
    def forward(ctx):
        return torch.ones(2)

    @staticmethod
    def backward(ctx, grad):
        return None


print(Zero.apply())
attempt(lambda: Zero.apply(1))

# %% clear_saved_tensors_on_access
class Once(torch.autograd.Function):
    clear_saved_tensors_on_access = True

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 1

    @staticmethod
    def backward(ctx, grad):
        print(ctx.saved_tensors)
        attempt(lambda: ctx.saved_tensors)
        return grad


x = torch.ones(2, requires_grad=True)
y = Once.apply(x)
print(y.grad_fn.saved_tensors)
attempt(lambda: y.sum().backward())
Once.apply(x).sum().backward()

# %% a Function over a bigger module: saved tensors by a loop, many inputs
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias


torch.manual_seed(0)
x = torch.randn(3, 4, dtype=torch.double, requires_grad=True)
w = torch.randn(2, 4, dtype=torch.double, requires_grad=True)
b = torch.randn(2, dtype=torch.double, requires_grad=True)
print(torch.autograd.gradcheck(Linear.apply, (x, w, b)), torch.autograd.gradcheck(Linear.apply, (x, w)))
print(torch.autograd.gradgradcheck(Linear.apply, (x, w, b)))
y = Linear.apply(x, w, b)
y.sum().backward()
print(x.grad, w.grad, b.grad, y.grad_fn.next_functions[2][0].variable is b)
print(Linear.apply(x.detach(), w).grad_fn.needs_input_grad)

# %% ctx outside of a Function
from torch.autograd.function import FunctionCtx

ctx = FunctionCtx()
ctx.save_for_backward(torch.ones(1))
ctx.mark_dirty()
ctx.anything = 3
print(ctx.to_save, ctx.anything, ctx.dirty_tensors)

# %% a Function inherits
class Base(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


class Child(Base):
    @staticmethod
    def backward(ctx, grad):
        return Base.backward(ctx, grad) * 10


x = torch.ones(1, requires_grad=True)
y = Child.apply(x)
y.backward()
print(y, x.grad, type(y.grad_fn).__name__, Base.apply(x).grad_fn.name())

# %% apply kept under another name, a lambda, a partial
cube = type("Cube", (torch.autograd.Function,), {
    "forward": staticmethod(lambda ctx, x: (ctx.save_for_backward(x), x**3)[1]),
    "backward": staticmethod(lambda ctx, grad: 3 * ctx.saved_tensors[0] ** 2 * grad)}).apply
x = torch.tensor(2.0, requires_grad=True)
cube(x).backward()
print(x.grad, cube(x))

# %% backward that prints ctx and mutates what it saved
class Mutates(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.calls = 0
        ctx.save_for_backward(x)
        return x * 1

    @staticmethod
    def backward(ctx, grad):
        ctx.calls += 1
        grad.mul_(2)
        return grad


x = torch.ones(2, requires_grad=True)
y = Mutates.apply(x)
up = torch.ones(2)
y.backward(up, retain_graph=True)
y.backward(torch.ones(2))
print(x.grad, up, y.grad_fn.calls)

# %% non-contiguous, expanded and shared gradients
class Shares(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, grad):
        return grad, grad


a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
Shares.apply(a, b).sum().backward()
a.grad.add_(5)
print(a.grad, b.grad)


class Expands(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a.sum()

    @staticmethod
    def backward(ctx, grad):
        return grad.expand(3)


a = torch.ones(3, requires_grad=True)
Expands.apply(a).backward()
a.grad[0] = 7
print(a.grad, a.grad.stride())

# %% torch.no_grad within forward and autograd.grad within backward with create_graph
class Implicit(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sqrt()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        with torch.enable_grad():
            y = x.detach().requires_grad_()
            (g,) = torch.autograd.grad(y.sqrt().sum(), y, create_graph=True)
        return grad * g.detach()


x = torch.tensor([4.0, 9.0], requires_grad=True)
Implicit.apply(x).sum().backward()
print(x.grad)

# %% a view that forward changed has its new history at once
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, unused):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, grad):
        return grad * 2, None


a, b = torch.tensor([1.0], requires_grad=True), torch.tensor(1.0, requires_grad=True)
c = a.clone()
out = Double.apply(c[:], b)
print(nodes(out))
out.backward()
print(a.grad, b.grad)
