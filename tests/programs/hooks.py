"""Hooks on tensors and on nodes: what they see, change, and in which order they run."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a hook on a leaf sees the gradient
x = torch.tensor(2.0, requires_grad=True)
x.register_hook(lambda grad: print("grad", grad))
(x * x).backward()
print(x.grad)

# %% a hook on a leaf sees the sum, once
x = torch.tensor(2.0, requires_grad=True)
x.register_hook(lambda grad: print("grad", grad))
(x * x + 3 * x).backward()
(x * 2).backward()
print(x.grad)

# %% a hook on a non-leaf sees the sum
x = torch.tensor(2.0, requires_grad=True)
h = x * 3
h.register_hook(lambda grad: print("grad", grad))
(h * h + h).backward()
print(x.grad)

# %% a hook replaces the gradient
x = torch.tensor([1.0, 2.0], requires_grad=True)
x.register_hook(lambda grad: grad * 10)
x.sum().backward()
print(x.grad)

# %% a hook on a non-leaf changes what flows on
x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 3
h.register_hook(lambda grad: grad.clamp(max=1.0))
(h * h).sum().backward()
print(x.grad)

# %% hooks run in the order of registration, each on the last one's result
x = torch.tensor(1.0, requires_grad=True)
x.register_hook(lambda grad: grad + 1)
x.register_hook(lambda grad: grad * 10)
x.register_hook(lambda grad: print("seen", grad))
(x * 2).backward()
print(x.grad)

# %% a hook is removed
x = torch.tensor(1.0, requires_grad=True)
handle = x.register_hook(lambda grad: grad * 10)
(x * 2).backward()
handle.remove()
handle.remove()
(x * 2).backward()
print(x.grad)

# %% a removed hook among others
x = torch.tensor(1.0, requires_grad=True)
a = x.register_hook(lambda grad: print("a"))
b = x.register_hook(lambda grad: print("b"))
c = x.register_hook(lambda grad: print("c"))
b.remove()
x.backward()

# %% a handle as a block
x = torch.tensor(1.0, requires_grad=True)
with x.register_hook(lambda grad: grad * 10):
    (x * 1).backward()
(x * 1).backward()
print(x.grad)

# %% a hook on what is not tracked
attempt(lambda: torch.tensor(1.0).register_hook(print))

# %% a hook that returns nonsense
x = torch.tensor([1.0, 2.0], requires_grad=True)
handle = x.register_hook(lambda grad: 3.0)
attempt(lambda: x.sum().backward())
handle.remove()
x.register_hook(lambda grad: torch.ones(3))
attempt(lambda: x.sum().backward())

# %% a hook that raises
def refuse(grad):
    raise ValueError("no")


x = torch.tensor(1.0, requires_grad=True)
x.register_hook(refuse)
attempt(lambda: (x * 2).backward())
print(x.grad)

# %% a hook and autograd.grad
x = torch.tensor(2.0, requires_grad=True)
h = x * 3
h.register_hook(lambda grad: grad * 2)
x.register_hook(lambda grad: grad + 1)
print(torch.autograd.grad(h * h, [h, x]))

# %% a hook before retain_grad, and after
x = torch.tensor(2.0, requires_grad=True)
h = x * 3
h.register_hook(lambda grad: grad * 2)
h.retain_grad()
h.register_hook(lambda grad: grad * 5)
(h * 1).backward()
print(h.grad, x.grad)

# %% a hook stays with the value when the tensor is changed in place
x = torch.tensor(1.0, requires_grad=True)
y = x * 2
y.register_hook(lambda grad: print("before the change", grad))
y.mul_(10)
y.register_hook(lambda grad: print("after the change", grad))
y.backward()
print(x.grad)

# %% post-accumulate hooks
x = torch.tensor(2.0, requires_grad=True)
x.register_post_accumulate_grad_hook(lambda p: print("got", p is x, p.grad))
(x * x).backward()
(x * x).backward()
attempt(lambda: (x * 2).register_post_accumulate_grad_hook(print))

# %% an optimizer in a post-accumulate hook
def step(p):
    with torch.no_grad():
        p -= 0.1 * p.grad
    p.grad = None


w = torch.tensor(1.0, requires_grad=True)
w.register_post_accumulate_grad_hook(step)
for _ in range(3):
    (w * w).backward()
    print(w, w.grad)

# %% a node hook sees what goes in and comes out
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.grad_fn.register_hook(lambda grad_inputs, grad_outputs: print(grad_inputs, grad_outputs))
y.backward()

# %% a node hook replaces the gradients of the inputs
x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(5.0, requires_grad=True)
y = x * w
y.grad_fn.register_hook(lambda grad_inputs, grad_outputs: tuple(g * 100 for g in grad_inputs))
y.backward()
print(x.grad, w.grad)

# %% a node prehook replaces the gradients of the outputs
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.grad_fn.register_prehook(lambda grad_outputs: tuple(g * 10 for g in grad_outputs))
y.backward()
print(x.grad)

# %% node hooks: order and removal
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.register_hook(lambda grad: print("tensor hook"))
y.grad_fn.register_prehook(lambda grad_outputs: print("node prehook"))
a = y.grad_fn.register_hook(lambda gi, go: print("node hook 1"))
y.grad_fn.register_hook(lambda gi, go: print("node hook 2"))
a.remove()
y.backward()

# %% a node hook shows None for what is not tracked
x = torch.tensor(2.0, requires_grad=True)
y = x * torch.tensor(4.0)
y.grad_fn.register_hook(lambda gi, go: print(gi, go))
y.backward()

# %% a hook on AccumulateGrad
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
node = y.grad_fn.next_functions[0][0]
node.register_hook(lambda gi, go: print(gi, go))
y.backward()
print(x.grad)

# %% hooks run in the order of backward
x = torch.tensor(1.0, requires_grad=True)
a = x * 2
b = a + 1
c = b * 3
for name, t in (("x", x), ("a", a), ("b", b), ("c", c)):
    t.register_hook(lambda grad, name=name: print(name, grad))
c.backward()

# %% the order of two branches
x = torch.tensor(1.0, requires_grad=True)
a = x * 2
b = x * 3
c = a + b
for name, t in (("x", x), ("a", a), ("b", b), ("c", c)):
    t.register_hook(lambda grad, name=name: print(name, grad))
c.backward()

# %% the order of a diamond with a deep and a shallow side
x = torch.tensor(1.0, requires_grad=True)
deep1 = x * 2
deep2 = deep1 * 2
deep3 = deep2 * 2
shallow = x * 5
y = shallow + deep3
for name in ("x", "deep1", "deep2", "deep3", "shallow", "y"):
    globals()[name].register_hook(lambda grad, name=name: print(name, grad))
y.backward()

# %% a hook's gradient is not tracked, but under create_graph it is
x = torch.tensor(2.0, requires_grad=True)
h = x * x
h.register_hook(lambda grad: print(grad.requires_grad, torch.is_grad_enabled()))
(h * h).backward(retain_graph=True)
torch.autograd.grad(h * h, x, create_graph=True)

# %% a hook under create_graph takes part in the second derivative
x = torch.tensor(2.0, requires_grad=True)
h = x * x
h.register_hook(lambda grad: grad * x)
(g,) = torch.autograd.grad(h, x, create_graph=True)
print(g)
print(torch.autograd.grad(g, x))

# %% a hook that clips by a norm
x = torch.tensor([3.0, 4.0], requires_grad=True)
x.register_hook(lambda grad: grad / grad.norm())
(x * x).sum().backward()
print(x.grad)

# %% what a hook may not return
x = torch.ones(2, requires_grad=True)
for hook in (lambda grad: grad.double(), lambda grad: grad.sum(), lambda grad: 3):
    y = x * 1
    y.register_hook(hook)
    attempt(lambda: y.sum().backward())
for hook in (lambda gi, go: gi[0], lambda gi, go: (gi[0],), lambda gi, go: (gi[0], 3)):
    y = x * x
    y.grad_fn.register_hook(hook)
    attempt(lambda: y.sum().backward())
for hook in (lambda go: go[0], lambda go: go + go):
    y = x * x
    y.grad_fn.register_prehook(hook)
    attempt(lambda: y.sum().backward())

# %% a hook on an output that got no gradient
x = torch.ones(2, requires_grad=True)
a, b = x.unbind()
a.register_hook(lambda grad: print("a", grad))
b.register_hook(lambda grad: print("b", grad))
(a * 3).backward()
print(x.grad)

# %% accumulating into a gradient whose elements share memory
x = torch.ones(2, requires_grad=True)
x.grad = torch.ones(1).expand(2)
attempt(lambda: (x * 1).sum().backward())

# %% all kinds of hooks, in their order
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.register_hook(lambda grad: print("tensor y", grad))
y.grad_fn.register_prehook(lambda grads: print("before MulBackward0", grads))
y.grad_fn.register_hook(lambda inputs, outputs: print("after MulBackward0", inputs, outputs))
y.retain_grad()
y.register_hook(lambda grad: print("tensor y, second", grad, y.grad))
x.register_hook(lambda grad: print("tensor x", grad, x.grad))
x.register_post_accumulate_grad_hook(lambda leaf: print("accumulated", leaf.grad))
leaf = y.grad_fn.next_functions[0][0]
leaf.register_prehook(lambda grads: print("before AccumulateGrad", grads, x.grad))
leaf.register_hook(lambda inputs, outputs: print("after AccumulateGrad", inputs, outputs, x.grad))
print("-- backward()")
y.backward(retain_graph=True)
print("-- grad(y, y)", torch.autograd.grad(y, y, retain_graph=True))
print("-- grad(y, x)", torch.autograd.grad(y, x, retain_graph=True))
print("-- backward(inputs=[y])")
y.backward(inputs=[y], retain_graph=True)
print("-- backward(inputs=[x])")
y.backward(inputs=[x], retain_graph=True)
print("-- backward(inputs=[x, y])")
y.backward(inputs=[x, y], retain_graph=True)

# %% hooks where there is no gradient
class Nothing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return None


x = torch.ones(2, requires_grad=True)
y = x * 3
y.register_hook(lambda grad: print("tensor", grad))
y.grad_fn.register_prehook(lambda grads: print("before", grads))
y.grad_fn.register_hook(lambda inputs, outputs: print("after", inputs, outputs))
y.retain_grad()
x.register_hook(lambda grad: print("leaf", grad))
x.register_post_accumulate_grad_hook(lambda leaf: print("accumulated", leaf.grad))
torch.autograd.graph.get_gradient_edge(x).node.register_hook(lambda inputs, outputs: print("acc", inputs, outputs))
Nothing.apply(y).sum().backward()
print(y.grad, x.grad)

# %% a prehook takes the gradient away
x = torch.ones(2, requires_grad=True)
y = x * 2
y.grad_fn.register_prehook(lambda grads: (None,))
y.sum().backward()
print(x.grad)

# %% a prehook of AccumulateGrad changes what is accumulated, but not what grad returns
x = torch.tensor([2.0, 3.0], requires_grad=True)
leaf = torch.autograd.graph.get_gradient_edge(x).node
handle = leaf.register_prehook(lambda grads: (grads[0] * 10,))
leaf.register_prehook(lambda grads: print("second", grads))
x.sum().backward()
print(x.grad, torch.autograd.grad(x.sum(), x))
handle.remove()
x.sum().backward()
print(x.grad)

# %% hooks that change the gradient in place
x = torch.tensor([2.0, 3.0], requires_grad=True)
y = x * 2


def five_times(grad):
    grad.mul_(5)


y.register_hook(five_times)
(y * 1).sum().backward()
print(x.grad)
x.register_hook(lambda grad: grad.zero_() * 0 + 7)
(x * 1).sum().backward()
print(x.grad)

# %% hooks and several changes in place
x = torch.tensor(1.0, requires_grad=True)
y = x * 2
y.register_hook(lambda grad: print("first", grad))
y.retain_grad()
y.mul_(3)
y.register_hook(lambda grad: print("second", grad))
y.exp_()
y.register_hook(lambda grad: print("third", grad))
y.backward()
print(y.grad, x.grad)

# %% hooks on a view and its base
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.clone()
part = y[:1]
part.register_hook(lambda grad: print("part", grad))
y.register_hook(lambda grad: print("base", grad))
part.mul_(3)
part.register_hook(lambda grad: print("part after", grad))
y.register_hook(lambda grad: print("base after", grad))
y.sum().backward()
print(x.grad)

# %% hooks stay with a tensor that is detached in place
x = torch.tensor(1.0, requires_grad=True)
y = x * 2
y.register_hook(lambda grad: print("hook", grad))
z = y * 3
y.detach_()
z.backward()
print(x.grad, y.is_leaf)
y.requires_grad_()
(y * 5).backward()
print(y.grad)

# %% a hook removes itself
x = torch.tensor(1.0, requires_grad=True)
handles = []
handles.append(x.register_hook(lambda grad: print("once") or handles[0].remove()))
x.register_hook(lambda grad: print("always"))
(x * 2).backward()
(x * 2).backward()

# %% what a node's hook may not return
x = torch.tensor([1.0, 2.0], requires_grad=True)
for kind, hook in {
    "register_prehook": lambda grads: grads[0],
    "register_prehook ": lambda grads: (grads[0], grads[0]),
    "register_hook": lambda inputs, outputs: (inputs[0],),
    "register_hook ": lambda inputs, outputs: (3, None),
    "register_hook  ": lambda inputs, outputs: (torch.ones(3), None),
}.items():
    y = x * 2
    getattr(y.grad_fn, kind.strip())(hook)
    attempt(lambda: y.sum().backward())
print(x.grad)

# %% what a post-accumulate hook may not return
x = torch.tensor([1.0, 2.0], requires_grad=True)
handle = x.register_post_accumulate_grad_hook(lambda leaf: leaf.grad.mul_(10))
attempt(lambda: x.sum().backward())
handle.remove()
print(x.grad)
x.register_post_accumulate_grad_hook(lambda leaf: 5)
attempt(lambda: x.sum().backward())
print(x.grad, torch.autograd.grad(x.sum(), x))

# %% a hook on several tensors
from torch.autograd.graph import register_multi_grad_hook

a, b = torch.tensor(1.0, requires_grad=True), torch.tensor(2.0, requires_grad=True)
c, d = a * b, a + b
handle = register_multi_grad_hook((a, b, c, d), lambda grads: print(grads))
(c * d).backward(retain_graph=True)
(c + c).backward(retain_graph=True)
(d * 2).backward(retain_graph=True, inputs=[a])
handle.remove()
(c * d).backward(retain_graph=True)
with register_multi_grad_hook((c, d), lambda grad: print("any", grad), mode="any"):
    (c * d).backward(retain_graph=True)
    (c * 2).backward(retain_graph=True)
(c * d).backward()
handle = register_multi_grad_hook((a, c, d), lambda grads: print([grad is not None for grad in grads]))
d.backward(inputs=(c, a), retain_graph=True)
(d * 2).backward(inputs=(a, torch.ones(2, requires_grad=True) * 2))
attempt(lambda: torch.autograd.grad(a * b, a))
handle.remove()
attempt(lambda: register_multi_grad_hook((a,), print, mode="some"))
attempt(lambda: register_multi_grad_hook((a, torch.ones(1)), print))

# %% a hook cannot make a gradient where there is none
class Nothing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return None


x = torch.ones(2, requires_grad=True)
y = x * 3
y.register_hook(lambda grad: torch.ones(2) if grad is None else grad)
attempt(lambda: Nothing.apply(y).sum().backward())
y = x * torch.ones(2)
y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0], torch.ones(2)))
attempt(lambda: y.sum().backward())

# %% what a hook has seen does not change when the gradient accumulates
x = torch.ones(2, requires_grad=True)
y = x * 2
seen = []
x.register_hook(lambda grad: seen.append(grad))
y.grad_fn.next_functions[0][0].register_prehook(lambda grads: seen.append(grads[0]))
y.sum().backward()
x.grad.mul_(7)
print(seen, x.grad)

# %% which hooks run where a pass ends
a = torch.tensor(1.0, requires_grad=True)
b = a * 2
c = b * 2
count = {"tensor": 0, "before": 0, "after": 0}


def counting(kind):
    def hook(*gradients):
        count[kind] += 1

    return hook


for tensor in (a, b, c):
    tensor.register_hook(counting("tensor"))
for node in (b.grad_fn.next_functions[0][0], b.grad_fn, c.grad_fn):
    node.register_prehook(counting("before"))
    node.register_hook(counting("after"))
for name, run in {
    "grad(c, b)": lambda: torch.autograd.grad(c, b, retain_graph=True),
    "grad(c, a)": lambda: torch.autograd.grad(c, a, retain_graph=True),
    "grad(c, (a, b))": lambda: torch.autograd.grad(c, (a, b), retain_graph=True),
    "backward()": lambda: c.backward(retain_graph=True),
    "backward(inputs=b)": lambda: c.backward(inputs=b, retain_graph=True),
    "backward(inputs=(a, b))": lambda: c.backward(inputs=(a, b), retain_graph=True),
}.items():
    count.update(tensor=0, before=0, after=0)
    run()
    print(name, count)
