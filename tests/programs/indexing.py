"""Writing by position: what is written where, and what the graph and the gradients are then."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% one element, one row, one column
def written(program):
    base = torch.arange(6.0).reshape(2, 3).requires_grad_()
    scope = {"x": base * 2 + 0, "xi": torch.arange(6).reshape(2, 3), "torch": torch, "np": np}
    try:
        exec(program, scope)
    except Exception as error:
        return print(f"{program:40} {type(error).__name__}: {str(error).splitlines()[0]}")
    x = scope["x"]
    (x * torch.arange(1.0, 7.0).reshape(2, 3)).sum().backward()
    print(f"{program:40} {x.tolist()} {x.grad_fn.name()} {x._version} {base.grad.tolist()}")

for program in """
x[0] = 9
x[0] = torch.tensor([1.,2,3])
x[0] = torch.tensor([1,2,3])
x[0] = torch.tensor([1.,2])
x[0] = [1,2,3]
x[0] = (1,2,3)
x[0,0] = 5
x[0,0] = torch.tensor(5.)
x[0,0] = torch.tensor([5.])
x[0,0] = torch.tensor([5.,6])
x[:,1] = 7
x[:,1] = torch.tensor([7.,8])
x[...] = 1
x[:] = 1
x[:] = torch.tensor([1.,2,3])
x[None] = 3
x[None] = torch.tensor([1.,2,3])
x[:,[0,2]] = torch.tensor([5.,6.,7])
x[torch.tensor(1)] = 3
x[torch.tensor(True)] = 3
x[False] = 3
x[True] = torch.tensor([1.,2,3])
x[0] = True
xi[0] = 1.7
xi[0] = torch.tensor([1.5,2.5,3.5])
x[0] = x[1]
x[:,0] = x[0,0]
x[0] += 1
x[0,0] += torch.tensor(1.)
x[0] -= x[1]
x[1:,1:] = 0
x[::2] = 5
x[..., -1] = 4
x[0][1] = 44
x[None,0] = torch.tensor([1.,2,3])
x[1] = torch.tensor(3)
x[1,:2] = torch.tensor([3,4],dtype=torch.int32)
x[np.array([0,1]),np.array([0,1])] = 8
x[0] = np.float64(3)
x[0,[]] = 5
x[0,torch.tensor(1)] = 3
x[0,0] = x[1,1]
x[0:0] = 5
x[0:0] = torch.tensor([1.,2])
x[True,0] = 5
x[None,[0,1]] = 2
""".strip().splitlines():
    written(program)

# %% masks and index tensors
def written(program):
    base = torch.arange(6.0).reshape(2, 3).requires_grad_()
    scope = {"x": base * 2 + 0, "xi": torch.arange(6).reshape(2, 3), "torch": torch, "np": np}
    try:
        exec(program, scope)
    except Exception as error:
        return print(f"{program:40} {type(error).__name__}: {str(error).splitlines()[0]}")
    x = scope["x"]
    (x * torch.arange(1.0, 7.0).reshape(2, 3)).sum().backward()
    print(f"{program:40} {x.tolist()} {x.grad_fn.name()} {x._version} {base.grad.tolist()}")

for program in """
x[:,1] = torch.tensor([[7.,8]])
x[:,1] = torch.tensor([[7.],[8]])
x[:] = torch.tensor([[[1.,2,3]]])
x[x>2] = 0
x[x>2] = torch.tensor([7.,8,9])
x[x>2] = torch.tensor([7.,8])
x[x>2] = torch.tensor(7)
x[x>2] = xi[x>2]
x[x>9] = 1
x[[0,1],[1,2]] = torch.tensor([5.,6])
x[[0,1],[1,2]] = 5
x[[0,1]] = torch.tensor([1.,2,3])
x[[0,0],[0,0]] = torch.tensor([5.,6])
x[torch.tensor([0]),1:] = torch.tensor([5.,6])
x[:,[0,2]] = torch.tensor([[5.],[6.]])
x[torch.tensor([True,False])] = 3
xi[xi>2] = 1.7
xi[xi>2] = torch.tensor(1.7)
x[[0,0]] += 1
x[x>2] *= 2
x[0:1,[0,1]] = torch.tensor([[5.,6]])
x[[0,1],:,None] = torch.tensor([[[1.],[2],[3]]])
x[torch.tensor([0,1]),None] = torch.tensor([1.,2,3])
x[...,0] = torch.tensor([[1.,2]])
x[[0]] = torch.tensor([[[1.,2,3]]])
x[[],[]] = torch.tensor([])
x[(x>2)&(x<5)] = -1
x[x>2] = x[x>2]*10
x[torch.tensor([[0],[1]]),torch.tensor([0,2])] = torch.tensor([[1.,2],[3,4]])
x[:,:,None] = torch.tensor([[[5.]]])
""".strip().splitlines():
    written(program)

# %% what cannot be written
def written(program):
    base = torch.arange(6.0).reshape(2, 3).requires_grad_()
    scope = {"x": base * 2 + 0, "xi": torch.arange(6).reshape(2, 3), "torch": torch, "np": np}
    try:
        exec(program, scope)
    except Exception as error:
        return print(f"{program:40} {type(error).__name__}: {str(error).splitlines()[0]}")
    x = scope["x"]
    (x * torch.arange(1.0, 7.0).reshape(2, 3)).sum().backward()
    print(f"{program:40} {x.tolist()} {x.grad_fn.name()} {x._version} {base.grad.tolist()}")

for program in """
x[0] = np.array([1,2,3])
x[5] = 1
x[torch.tensor([5])] = 1
x[0,0,0] = 1
x[0] = "a"
x[0] = None
x[::-1] = 5
x[0] = torch.zeros(0)
""".strip().splitlines():
    written(program)

# %% the value that is written gets its part of the gradient
for key in (0, (0, 1), [1, 0], torch.tensor([[True, False, True], [False, False, True]]), (slice(None), [0, 2])):
    x = torch.zeros(2, 3)
    v = torch.arange(1.0, x[key].numel() + 1).reshape(x[key].shape).requires_grad_()
    x[key] = v
    (x * torch.arange(1.0, 7.0).reshape(2, 3)).sum().backward()
    print(x.grad_fn.name(), nodes(x), v.grad.tolist())

# %% index_reduce is in beta
torch.index_reduce(torch.ones(3), 0, torch.tensor([1, 1]), torch.tensor([4.0, 7.0]), "mean")

# %% two zeros reduced to one product have a gradient, but no second one
import warnings

warnings.simplefilter("ignore")
x = torch.tensor([1.0], requires_grad=True)
for reduce in (torch.scatter_reduce, torch.index_reduce):
    for values in ([0.0, 0.0], [0.0, 3.0]):
        y = torch.tensor(values, requires_grad=True)
        result = reduce(x, 0, torch.tensor([0, 0]), y, "prod")
        first = torch.autograd.grad(result, (x, y), create_graph=True)
        print(first[0].tolist(), first[1].tolist())
        attempt(lambda: torch.autograd.grad(first[0].sum() + first[1].sum(), (x, y)))

# %% Writing a value of another dtype: one for a mask is cast, all else is refused
mask, rows = torch.tensor([True, False, True]), torch.tensor([0, 1])
def written(key, value):
    x = torch.zeros(3, 2, dtype=torch.float64)
    x[key] = value
    return x
print(written(mask, torch.tensor(2.5)), written(mask, torch.tensor([2])), written((slice(None), mask[1:]), torch.tensor(2)), written(rows, 2))
for key, value in ((mask, torch.tensor([2.5, 1.0])), (rows, torch.tensor(2.5)), ((mask, 0), torch.tensor(1)), ((rows, 0), torch.tensor(1)), ((True, slice(0, 1)), torch.tensor(1)), ((mask, True), torch.tensor(1)), ([0, 1], torch.tensor(1))):
    attempt(lambda: print(written(key, value)))
x, v = torch.zeros(3, dtype=torch.float64, requires_grad=True), torch.tensor(2.5, requires_grad=True)
y = x * 1
y[mask] = v
y.sum().backward()
print(y, x.grad, v.grad)
print(torch.zeros(3).double().index_put((mask,), torch.tensor(2)))
attempt(lambda: torch.zeros(3).double().index_put((mask,), torch.tensor(2), accumulate=True))

# %% Which dimension an error names
x = torch.zeros(2, 3, 4)
for key in (2, (0, 3), (None, 2), (..., 4), (0, None, 3), (slice(None), 0, -5), (True, 2), (torch.tensor([0]), 3)):
    attempt(lambda: x[key])
