"""The graph, read from the Python prompt."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% names and next_functions
x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)
y = w * x + 1
print(y.grad_fn)
print(y.grad_fn.name())
print([(type(f).__name__, n) for f, n in y.grad_fn.next_functions])
product = y.grad_fn.next_functions[0][0]
print(product.name(), [f.name() for f, _ in product.next_functions])

# %% an untracked input is None
x = torch.tensor(2.0, requires_grad=True)
c = torch.tensor(3.0)
print((x * c).grad_fn.next_functions[1], (c * x).grad_fn.next_functions[0])
print(nodes(x * 2 + c))

# %% AccumulateGrad knows its variable
x = torch.tensor(2.0, requires_grad=True)
node = (x * 2).grad_fn.next_functions[0][0]
print(node, node.name(), node.variable is x, node.next_functions)

# %% one leaf has one AccumulateGrad
x = torch.tensor(2.0, requires_grad=True)
y = x * x
print(y.grad_fn.next_functions[0][0] is y.grad_fn.next_functions[1][0])
z = x + 1
print(z.grad_fn.next_functions[0][0] is y.grad_fn.next_functions[0][0])

# %% a graph of many operations
x = torch.ones(2, 3, requires_grad=True)
w = torch.ones(3, 2, requires_grad=True)
b = torch.ones(2, requires_grad=True)
loss = ((torch.relu(x @ w + b).t() - 1) ** 2).mean()
print(nodes(loss))

# %% a graph of shapes
x = torch.ones(2, 3, requires_grad=True)
print(nodes(x.reshape(3, 2).view(6).unsqueeze(0).squeeze(0).expand(2, 6).flatten()[1:3].sum()))

# %% a graph of reductions
x = torch.ones(2, 3, requires_grad=True)
print(nodes(x.max() + x.min() + x.prod() + x.norm() + x.median() + x.sum(0).mean() + x.max(1).values.sum()))

# %% a graph of indexing
x = torch.ones(3, 3, requires_grad=True)
print(nodes(x[0], ), nodes(x[0, 1]), nodes(x[1:]), nodes(x[[0, 1]]), nodes(x[x > 0]), nodes(x[None]), sep="\n")

# %% a graph of Python numbers on either side
x = torch.ones(2, requires_grad=True)
for y in (x + 1, 1 + x, x - 1, 1 - x, x * 2, 2 * x, x / 2, 2 / x, x ** 2, 2 ** x, -x, x % 2, abs(x)):
    print(nodes(y))

# %% a graph of several outputs
x = torch.ones(2, 2, requires_grad=True)
values, indices = x.max(dim=0)
print(values.grad_fn.name(), indices.grad_fn)
a, b = x.unbind()
print((a * b).grad_fn.next_functions[0][1], (a * b).grad_fn.next_functions[1][1])

# %% saved values of a product
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.tensor([3.0, 4.0], requires_grad=True)
z = x * y
print(z.grad_fn._saved_self, z.grad_fn._saved_other)
print(z.grad_fn._saved_self is x)

# %% only what a rule needs is saved
x = torch.tensor([1.0, 2.0], requires_grad=True)
c = torch.tensor([3.0, 4.0])
z = x * c
print(z.grad_fn._saved_self, z.grad_fn._saved_other)
z = c * x
print(z.grad_fn._saved_self, z.grad_fn._saved_other)

# %% a saved result
x = torch.tensor([0.0, 1.0], requires_grad=True)
y = x.exp()
print(y.grad_fn._saved_result, y.grad_fn._saved_result is y)
z = x.tanh()
print(z.grad_fn._saved_result)

# %% saved numbers
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x ** 3
print(y.grad_fn._saved_exponent, y.grad_fn._saved_self)
s = x.sum()
print(s.grad_fn._saved_self_sym_sizes)
attempt(lambda: s.grad_fn._saved_nothing)

# %% saved values of a matrix product
a = torch.ones(2, 3, requires_grad=True)
b = torch.ones(3, 1, requires_grad=True)
c = a @ b
print(c.grad_fn._saved_self.shape, c.grad_fn._saved_mat2.shape)

# %% saved values after backward
x = torch.tensor(2.0, requires_grad=True)
y = x * x
print(y.grad_fn._saved_self)
y.backward()
attempt(lambda: y.grad_fn._saved_self)

# %% saved values with retain_graph
x = torch.tensor(2.0, requires_grad=True)
y = x * x
y.backward(retain_graph=True)
print(y.grad_fn._saved_self)

# %% a saved value that has changed
x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 1
y = h * h
h.add_(1)
attempt(lambda: y.grad_fn._saved_self)

# %% a leaf has no grad_fn, a result has always the same
x = torch.tensor(1.0, requires_grad=True)
y = x * 2
print(x.grad_fn, y.grad_fn is y.grad_fn)

# %% the graph keeps what it needs alive, and nothing more
x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 2
dead = weakref.ref(h)
y = h + 1
del h
print(dead() is None)
h = x * 2
alive = weakref.ref(h)
y = h * h
del h
print(alive() is not None or y.grad_fn._saved_self is not None)
y.sum().backward()
print(x.grad)

# %% a graph without references is gone
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x * 2).exp()
dead = weakref.ref(y)
gc.disable()
del y
print(dead() is None)
gc.enable()

# %% repr of nodes of several kinds
x = torch.ones(2, 2, requires_grad=True)
for y in (x + 1, x @ x, x.sum(), x[0], x.clone(), x.view(4), x.t(), torch.cat([x, x]), torch.stack([x, x])):
    print(y.grad_fn)

# %% metadata of a node
x = torch.tensor(1.0, requires_grad=True)
node = (x * 2).grad_fn
print(node.metadata)
node.metadata["note"] = "mine"
print(node.metadata)

# %% the graph of a gradient
x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(x * x, x, create_graph=True)
print(g.requires_grad, g.grad_fn is not None)
(g,) = torch.autograd.grad(x.exp(), x, create_graph=True)
print(g, nodes(g))

# %% a graph depends on the run
for value in (1.0, -1.0):
    x = torch.tensor(value, requires_grad=True)
    y = x * 2 if x > 0 else x.exp()
    print(nodes(y))

# %% a graph grows with a loop
x = torch.tensor(1.0, requires_grad=True)
y = x
for _ in range(3):
    y = y.sin()
print(nodes(y))

# %% in-place operations in the graph
x = torch.ones(2, requires_grad=True)
y = x * 2
y.add_(1)
y.mul_(3)
y[0] = 5.0
print(nodes(y))

# %% modes and detach in the graph
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    c = x * 2
print(nodes(x * c + x.detach()))

# %% edges
from torch.autograd.graph import GradientEdge, Node, get_gradient_edge

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
z = (y * y).sum()
edge = get_gradient_edge(y)
print(edge.node is y.grad_fn, edge.output_nr, edge.ownership_token, edge._fields)
print(isinstance(edge.node, Node), isinstance(get_gradient_edge(x).node, Node), isinstance(y, Node))
print(get_gradient_edge(x).node.variable is x)
first, second = torch.ones(4, requires_grad=True).split(2)
print(get_gradient_edge(second).output_nr)
attempt(lambda: get_gradient_edge(torch.ones(1)))
print(torch.autograd.grad(get_gradient_edge(z), [edge, get_gradient_edge(x), x]))
print(torch.autograd.grad(second.sum() * 2 + first.sum(), get_gradient_edge(second)))

# %% edges in backward
from torch.autograd.graph import get_gradient_edge

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
z = (y * y).sum()
z.backward(inputs=[get_gradient_edge(y)], retain_graph=True)
print(x.grad)
z.backward(inputs=get_gradient_edge(x), retain_graph=True)
print(x.grad)
torch.autograd.backward(get_gradient_edge(z), retain_graph=True)
print(x.grad)
torch.autograd.backward([get_gradient_edge(y)], torch.tensor([1.0, 10.0]), retain_graph=True)
print(x.grad)
attempt(lambda: torch.autograd.backward(get_gradient_edge(y)))
attempt(lambda: torch.autograd.backward(get_gradient_edge(y), torch.ones(3)))
other = get_gradient_edge(torch.ones(2, requires_grad=True))
attempt(lambda: torch.autograd.grad(z, other, retain_graph=True))
attempt(lambda: torch.autograd.grad(z, other, retain_graph=True, allow_unused=True))
attempt(lambda: torch.autograd.grad(z, other, retain_graph=True, materialize_grads=True))

# %% increment_version
x = torch.tensor([1.0, 2.0], requires_grad=True)
a, b = x * 1, x * 1
y = a * b
torch.autograd.graph.increment_version(a)
torch.autograd.graph.increment_version([a, b])
print(a._version, b._version)
attempt(lambda: y.sum().backward())

# %% a node is called with as many gradients as it has outputs
x = torch.tensor(3.0, requires_grad=True)
node = (x * x).grad_fn
attempt(lambda: node(torch.tensor(1.0)))
attempt(lambda: node(torch.tensor(1.0), torch.tensor(1.0)))

# %% nodes are numbered as they are made
x = torch.ones(1, requires_grad=True)
a, b = x * 1, x * 1
print(b.grad_fn._sequence_nr() - a.grad_fn._sequence_nr())
c = torch.ones(1, requires_grad=True) * 1
print(c.grad_fn._sequence_nr() - b.grad_fn._sequence_nr(), c.grad_fn.next_functions[0][0]._sequence_nr())

# %% saved dimensions and indices
x = torch.ones(2, 3, requires_grad=True)
print(x.softmax(-1).grad_fn._saved_dim, x.cumsum(-2).grad_fn._saved_dim, x.softmax(1).grad_fn._saved_dim)
print(x.sum(1).grad_fn._saved_dim, x.sum((0, 1), keepdim=True).grad_fn._saved_dim, x.mean(0).grad_fn._saved_keepdim)
print(x[:, torch.tensor([0, 2])].grad_fn._saved_indices)

# %% what lies in a node is read without being unpacked
x = torch.tensor(2.0, requires_grad=True)
unpack = lambda saved: saved
with torch.autograd.graph.saved_tensors_hooks(lambda x: x, unpack):
    y = x**2
z = y.exp()
print(y.grad_fn._raw_saved_self.data is x, y.grad_fn._raw_saved_self.unpack_hook is unpack)
print(z.grad_fn._raw_saved_result.data is z, z.grad_fn._raw_saved_result.unpack_hook)
print((z * z).grad_fn._raw_saved_self.data is z)

# %% a version is counted on, kept or set
with torch.inference_mode():
    i = torch.ones(2)
    torch.autograd.graph.increment_version([torch.zeros(2), i])
torch.autograd.graph.increment_version(i)
attempt(lambda: torch.autograd.graph.increment_version([3]))
attempt(lambda: torch.autograd.graph.increment_version(3))
x, y = torch.ones(2, requires_grad=True) * 1, torch.zeros(2)
x.add_(1)
with torch.autograd._unsafe_preserve_version_counter((x, y)):
    print(x.mul_(2)._version, y.add_(1)._version)
print(x._version, y._version, x, y)
with torch.autograd._unsafe_preserve_version_counter(x):
    x.mul_(3)
torch._C._autograd._unsafe_set_version_counter((y,), (7,))
print(x._version, y._version)
attempt(lambda: torch._C._autograd._unsafe_set_version_counter((x,), (-1,)))
attempt(lambda: torch._C._autograd._unsafe_set_version_counter((x,), (0, 1)))

# %% the number of a pass and the order in which it goes through the nodes
passes, orders = [], []


def look(grad):
    passes.append(torch._C._current_graph_task_id())
    with torch.autograd.set_multithreading_enabled(False):
        orders.append(torch._C._current_graph_task_execution_order())


a, b = torch.tensor(1.0, requires_grad=True), torch.tensor(2.0, requires_grad=True)
c, d = b.sin(), a.cos()
y = (c * d + d.exp()) * a
y.register_hook(look)
y.backward(retain_graph=True)
torch.autograd.grad(y, d, retain_graph=True)
torch.autograd.grad(y, b, retain_graph=True)
z, w = (d * c).exp(), d.sin()
w.register_hook(look)
torch.autograd.grad((w, z), (a, c))
print([number - passes[0] for number in passes], torch._C._current_graph_task_id())
for order in orders:
    print(*[node.name() for node in order])
y = a * 2
y.register_hook(lambda grad: torch._C._current_graph_task_execution_order())
attempt(lambda: y.backward())
attempt(lambda: torch._C._current_graph_task_execution_order())

# %% whether the pass that runs will keep the graph
kept = []
x = torch.tensor(2.0, requires_grad=True)
y = x.exp()
y.register_hook(lambda grad: kept.append(torch._C._autograd._get_current_graph_task_keep_graph()))
y.backward(retain_graph=True)
torch.autograd.grad(y, x, create_graph=True)
y.backward()
print(kept, torch._C._autograd._get_current_graph_task_keep_graph())

# %% nodes with numbers of the user's choice run after all who use them, and by these numbers
x, names = torch.ones(2, requires_grad=True), []
a, b = x * 1, x * 2
c = a * b
d = c + b
for name, t, nr in (("a", a, 100), ("b", b, 99), ("c", c, 98), ("d", d, 97)):
    t.grad_fn._set_sequence_nr(nr)
    t.register_hook(lambda grad, name=name: names.append(name))
print(d.grad_fn._sequence_nr())
d.sum().backward()
print(names, x.grad)

# %% a node looks as PyTorch's does
x = torch.ones(2, requires_grad=True)
for y in (x * 2, x.exp(), x.unbind()[0], x.clone()):
    print([name for name in dir(y.grad_fn) if name.startswith("_saved")], hasattr(y.grad_fn, "next_functions"))
    print([f"{m.shape} {m.dtype} {m.device} {m.is_nested_tensor}" for m in y.grad_fn._input_metadata])
print(type(y.grad_fn._input_metadata), type(y.grad_fn._input_metadata[0]))
leaf = y.grad_fn.next_functions[0][0]
print(type(leaf), type(y.grad_fn), "variable" in dir(leaf), "next_functions" in dir(leaf))

# %% the node that a gradient comes to
from torch.autograd.graph import _get_grad_fn_or_grad_acc, get_gradient_edge

x = torch.ones(2, requires_grad=True)
y = x * 2
print(_get_grad_fn_or_grad_acc(x).variable is x, _get_grad_fn_or_grad_acc(y) is y.grad_fn)
print(_get_grad_fn_or_grad_acc(x.view(2)).name())
attempt(lambda: _get_grad_fn_or_grad_acc(torch.ones(2)))
torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(False)
edge = get_gradient_edge(torch.ones(2, requires_grad=True))
gc.collect()
print(edge.node.variable)

# %% metadata stays as long as its node
x = torch.ones(2, requires_grad=True)
y = x * 2
y.grad_fn.metadata["note"] = 1
z = y + 1
print(z.grad_fn.next_functions[0][0].metadata, z.grad_fn.next_functions[0][0] is y.grad_fn)
node = y.grad_fn
del y, z
print(node.metadata, node.metadata is node.metadata)
node.next_functions[0][0].metadata["leaf"] = 2
print((x * 3).grad_fn.next_functions[0][0].metadata)
