"""Variable, as scripts from before PyTorch 0.4 use it."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a Variable is a tensor
from torch.autograd import Variable

t = torch.tensor([1.0, 2.0])
v = Variable(t, requires_grad=True)
print(v, type(v), isinstance(v, Variable), isinstance(t, Variable), isinstance(1.0, Variable))
print(t, Variable(t), Variable(t) is t, Variable())
print(Variable, issubclass(torch.Tensor, Variable))

# %% it shares the memory
from torch.autograd import Variable

t = torch.tensor([1.0, 2.0])
v = Variable(t, True)
v.data[0] = 9
print(t, v, v._version)

# %% it has no history
from torch.autograd import Variable

x = torch.ones(2, requires_grad=True)
print(Variable(x), Variable(x * 2))
v = Variable(x * 2, requires_grad=True)
(v * 3).sum().backward()
print(v.is_leaf, v.grad, x.grad)

# %% what it cannot be
from torch.autograd import Variable

attempt(lambda: Variable([1.0, 2.0]))
attempt(lambda: Variable(torch.tensor([1, 2]), requires_grad=True))
print(Variable(torch.ones(2), volatile=True))

# %% a script of old
import torch.autograd.variable
from torch.autograd import Variable

torch.manual_seed(0)
x = Variable(torch.randn(4, 3))
y = Variable(torch.randn(4, 1), requires_grad=False)
w = Variable(torch.randn(3, 1), requires_grad=True)
for step in range(3):
    loss = (x.mm(w) - y).pow(2).sum()
    print(step, loss.data)
    loss.backward()
    w.data -= 0.01 * w.grad.data
    w.grad.data.zero_()
print(torch.autograd.variable.Variable is Variable)
