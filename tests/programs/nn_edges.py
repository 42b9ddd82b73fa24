"""Layers where their inputs are not what they were made for."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% which dimensions are dropped as a whole
import torch.nn.functional as F
torch.manual_seed(0)
for dropout, shapes in ((F.dropout1d, [(3, 2), (2, 3, 2), (4,), (1, 1, 1, 2)]),
                        (F.dropout2d, [(4, 2), (2, 3, 2), (2, 3, 1, 2), (2, 2, 1, 1, 2), (3,)]),
                        (F.dropout3d, [(4, 2), (3, 1, 2, 1), (2, 2, 1, 1, 2)])):
    for shape in shapes:
        attempt(lambda: dropout(torch.ones(shape)))
x = torch.ones(2, 3, requires_grad=True)
print(nodes(F.dropout1d(x)), nodes(F.dropout1d(x * 1, inplace=True)), nodes(F.dropout2d(x[None, None])))
print(F.dropout1d(x, training=False) is x, F.dropout2d(x[None, None], 0.0).shape)
attempt(lambda: F.dropout2d(torch.ones(2, 3, 1, 1), 1.5))

# %% gumbel_softmax has an argument that does nothing
torch.manual_seed(0)
print(torch.nn.functional.gumbel_softmax(torch.zeros(1, 3), eps=1e-3))

# %% distances between rows, and where they are 0
x = torch.tensor([[0.0, 0.0], [3.0, 5.0], [3.0, 5.0]], requires_grad=True)
for p in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, float("inf")):
    d = torch.cdist(x, x, p)
    print(p, d, torch.autograd.grad(d.sum(), x)[0])
d = torch.cdist(x[None], x.detach()[:2].expand(2, 2, 2), p=1.0)
print(d.shape, d.grad_fn, nodes(torch.cdist(x, x)))
attempt(lambda: torch.cdist(x, x, compute_mode="fast"))
attempt(lambda: torch.cdist(x.expand(2, 3, 2), x.expand(3, 3, 2)))

# %% base classes by which layers are told apart
import torch.nn as nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.modules.pooling import _MaxPoolNd
from torch.nn.modules.utils import _pair, _single, _triple
for layer in (nn.Conv1d(1, 1, 1), nn.BatchNorm2d(1), nn.Dropout(), nn.MaxPool2d(2), nn.Linear(1, 1)):
    print([isinstance(layer, kind) for kind in (_BatchNorm, _ConvNd, _DropoutNd, _MaxPoolNd)])
print(_single(3), _pair((1, 2)), _pair(4), _triple([1]))
