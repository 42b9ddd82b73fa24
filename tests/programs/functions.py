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
