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
