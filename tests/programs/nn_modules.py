"""Modules: what they hold, how they print, what they refuse, and who hears of their calls."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a model prints its parts
import torch.nn as nn
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 4)
        self.act = nn.LeakyReLU(0.2)
        self.drop = nn.Dropout(p=0.1)
    def forward(self, x):
        return self.drop(self.act(self.fc(x)))
model = nn.Sequential(Block(), nn.BatchNorm1d(4), nn.LayerNorm(4), nn.Flatten(), nn.Linear(4, 2, bias=False))
print(model)
print(type(model), type(model[1]), type(model[4].weight), Block)

# %% the layers print their arguments
import torch.nn as nn
for layer in (nn.Identity(3), nn.Linear(2, 3), nn.Bilinear(2, 3, 4), nn.Embedding(10, 3), nn.Embedding(10, 3, padding_idx=-1),
              nn.Embedding(4, 2, max_norm=1.0, scale_grad_by_freq=True), nn.Flatten(0, 1), nn.Unflatten(1, (2, 3)),
              nn.Dropout(), nn.Dropout1d(0.2), nn.Dropout2d(0.2), nn.AlphaDropout(0.1), nn.BatchNorm1d(3), nn.BatchNorm1d(3, affine=False, momentum=None),
              nn.BatchNorm2d(3, track_running_stats=False), nn.LayerNorm(3), nn.LayerNorm((2, 3), eps=1e-6, elementwise_affine=False), nn.LayerNorm([2, 3], bias=False), nn.RMSNorm(3), nn.RMSNorm((2, 3), eps=1e-3),
              nn.ReLU(), nn.ReLU(inplace=True), nn.ReLU(True), nn.LeakyReLU(), nn.LeakyReLU(0.2, inplace=True), nn.ELU(), nn.ELU(2, True), nn.SELU(), nn.SELU(True), nn.CELU(), nn.CELU(0.5, inplace=True),
              nn.GELU(), nn.GELU(approximate="tanh"), nn.SiLU(), nn.SiLU(True), nn.Mish(), nn.Mish(inplace=True), nn.Softplus(), nn.Softplus(2, threshold=10), nn.Sigmoid(), nn.Tanh(),
              nn.Hardtanh(), nn.Hardtanh(-2, 2, True), nn.ReLU6(), nn.ReLU6(True), nn.Hardsigmoid(), nn.Hardsigmoid(True), nn.Hardswish(), nn.Softsign(), nn.Tanhshrink(), nn.Softshrink(), nn.Softshrink(1),
              nn.Hardshrink(), nn.Hardshrink(0.25), nn.Threshold(0.1, 20), nn.Threshold(1, 2.0, True), nn.PReLU(), nn.PReLU(3), nn.RReLU(), nn.RReLU(0.1, 0.2, True), nn.GLU(), nn.GLU(0), nn.LogSigmoid(),
              nn.Softmax(), nn.Softmax(dim=1), nn.LogSoftmax(-1), nn.Softmin(0), nn.CosineSimilarity(), nn.PairwiseDistance(), nn.Sequential(), nn.ModuleList(), nn.ModuleDict(), nn.ParameterList(), nn.ParameterDict()):
    print(layer)
for loss in "MSELoss L1Loss SmoothL1Loss HuberLoss CrossEntropyLoss NLLLoss BCELoss BCEWithLogitsLoss KLDivLoss PoissonNLLLoss GaussianNLLLoss HingeEmbeddingLoss MarginRankingLoss CosineEmbeddingLoss TripletMarginLoss SoftMarginLoss MultiLabelSoftMarginLoss".split():
    print(getattr(nn, loss)())

# %% parameters, buffers and modules by name
import torch.nn as nn
model = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.BatchNorm1d(3), nn.ReLU()), nn.Linear(3, 1, bias=False))
print([(name, tuple(p.shape), p.requires_grad) for name, p in model.named_parameters()])
print([name for name, _ in model.named_parameters(recurse=False)], [n for n, _ in model[0].named_parameters(prefix="fc")])
print([(name, b.dtype) for name, b in model.named_buffers()])
print([name for name, _ in model.named_modules()], [name for name, _ in model.named_children()])
print(len(list(model.parameters())), len(list(model.modules())), len(list(model.children())), len(list(model.buffers())))
print(sum(p.numel() for p in model.parameters()))
print(model.get_submodule("1.0"), model.get_parameter("0.weight").shape, model.get_buffer("1.0.running_var"))
for path in ("3", "1.0.nothing", "0.weight.x", "0.weight"):
    attempt(lambda: model.get_submodule(path))
attempt(lambda: model.get_parameter("0.nothing"))
attempt(lambda: model.get_parameter("0.in_features"))
attempt(lambda: model.get_buffer("0.weight"))

# %% what is shared is listed once
import torch.nn as nn
layer = nn.Linear(2, 2)
model = nn.Sequential(layer, nn.ReLU(), layer)
print([name for name, _ in model.named_parameters()])
print([name for name, _ in model.named_parameters(remove_duplicate=False)])
print([name for name, _ in model.named_modules()], list(model.state_dict()))

# %% a parameter is a leaf tensor that prints its name
import torch.nn as nn
p = nn.Parameter(torch.tensor([1.0, 2.0]))
print(p, p.requires_grad, p.is_leaf, isinstance(p, torch.Tensor), type(p), type(p.data), type(p * 2), type(p.detach()))
print(nn.Parameter(torch.tensor([1, 2]), requires_grad=False))
print(repr(nn.Parameter(torch.ones(2, 2, dtype=torch.float64))), str(p), f"{p}")
print([p, p])
data = torch.zeros(2)
q = nn.Parameter(data)
with torch.no_grad():
    q += 1
print(data, q._version, data._version)
print(nn.Parameter(), nn.Parameter(data, False))

# %% parameters are copied deeply without their gradient
import torch.nn as nn
p = nn.Parameter(torch.tensor([1.0, 2.0]))
(p * p).sum().backward()
q = copy.deepcopy(p)
print(q, q.grad, p.grad, type(q))
model = nn.Sequential(nn.Linear(1, 1), nn.Tanh())
twin = copy.deepcopy(model)
with torch.no_grad():
    twin[0].weight.fill_(5.0)
print(model[0].weight.item() == 5.0, twin[0].weight, twin)

# %% assigning attributes
import torch.nn as nn
m = nn.Module()
m.w = nn.Parameter(torch.ones(2))
m.child = nn.ReLU()
m.register_buffer("b", torch.zeros(2))
m.plain = torch.ones(3)
m.number = 5
print(m, list(m._parameters), list(m._modules), list(m._buffers), m.plain, m.number)
def assign(name, value):
    setattr(m, name, value)
    return list(m._parameters), list(m._modules), list(m._buffers), name in m.__dict__
for name, value in (("w", torch.ones(2)), ("w", 3), ("child", 3), ("child", nn.Parameter(torch.ones(1))), ("b", 3), ("b", torch.ones(1)), ("b", None),
                    ("w", None), ("child", None), ("plain", nn.Parameter(torch.ones(1))), ("w", nn.Tanh()), ("buf", nn.Buffer(torch.ones(2)))):
    attempt(lambda: assign(name, value))
print(isinstance(m.buf, nn.Buffer), isinstance(m.plain, nn.Buffer), m.buf)
del m.plain
attempt(lambda: m.plain)
attempt(lambda: m.nothing)
attempt(lambda: delattr(m, "nothing"))

# %% before Module.__init__ nothing can be assigned
import torch.nn as nn
class Early(nn.Module):
    def __init__(self, what):
        self.x = what
for what in (nn.Parameter(torch.ones(1)), nn.ReLU(), nn.Buffer(torch.ones(1))):
    attempt(lambda: Early(what))
early = Early(3)
print(early.x)
attempt(lambda: early.y)
attempt(lambda: early.register_parameter("w", None))
attempt(lambda: early.register_buffer("w", None))

# %% registering by name
import torch.nn as nn
m = nn.Linear(1, 1)
for name, value in (("a.b", None), ("", None), (3, None), ("forward", None), ("ok", torch.ones(1)), ("grown", nn.Parameter(torch.ones(1)) * 2), ("fine", None)):
    attempt(lambda: m.register_parameter(name, value))
    attempt(lambda: m.register_buffer(name, value if value is None else 3))
    attempt(lambda: m.add_module(name, value if value is None else 3))
print(m, list(m._parameters), list(m._buffers), list(m._modules))
attempt(lambda: m.register_module("x", nn.ReLU))

# %% a module without forward, and wrong arguments
import torch.nn as nn
class Empty(nn.Module):
    pass
attempt(lambda: Empty()(1))
attempt(lambda: Empty(1))
attempt(lambda: Empty(a=1))
attempt(lambda: nn.Linear(2))
attempt(lambda: nn.Linear(2, 3)(torch.ones(2)).shape)
attempt(lambda: nn.Linear(2, 3)(torch.ones(3)))
attempt(lambda: nn.Linear(2, 3)(torch.ones(2, 2), 3))

# %% sequential as a list
import torch.nn as nn
from collections import OrderedDict
s = nn.Sequential(OrderedDict([("fc", nn.Linear(1, 2)), ("act", nn.ReLU())]))
print(s, s.fc, s[0] is s.fc, s[-1], len(s), list(s))
s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
print(s[1:], s[:-1], type(s[0:1]))
s[1] = nn.ELU()
del s[0]
s.append(nn.GELU())
s.insert(0, nn.Identity())
s.extend([nn.SiLU()])
print(s)
print(s.pop(-1), len(s), s + nn.Sequential(nn.Tanh()), nn.Sequential(nn.ReLU()) * 2)
s += nn.Sequential(nn.Mish())
print(s)
for compute in (lambda: s[9], lambda: s["a"], lambda: s + [1], lambda: s * 0, lambda: s * "a", lambda: s.insert(9, nn.ReLU()), lambda: s.insert(0, 1), lambda: nn.Sequential(3)):
    attempt(compute)

# %% lists and dicts of modules
import torch.nn as nn
layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
layers.append(nn.ReLU())
layers.extend([nn.Linear(2, 1), nn.Linear(2, 1)])
layers.insert(1, nn.Tanh())
print(layers, len(layers), layers[-1], layers[1:3])
layers[0] = nn.Identity()
del layers[1]
print(layers + [nn.ReLU()])
attempt(lambda: layers(1))
attempt(lambda: layers[10])
attempt(lambda: layers.extend(3))
d = nn.ModuleDict({"b": nn.ReLU(), "a": nn.Linear(1, 1)})
d["c"] = nn.Tanh()
d.update([["d", nn.Sigmoid()]])
print(d, list(d), "a" in d, d.pop("b"), list(d.keys()), len(d), d["c"])
for key, module in d.items():
    print(key, module)
attempt(lambda: d["zzz"])
attempt(lambda: d.update(3))

# %% lists and dicts of parameters
import torch.nn as nn
p = nn.ParameterList([nn.Parameter(torch.ones(2)), torch.zeros(1, 3)])
p.append(torch.ones(()))
print(p, len(p), p[1], [tuple(x.shape) for x in p], [n for n, _ in p.named_parameters()], p[-1])
attempt(lambda: p[7])
attempt(lambda: p(1))
d = nn.ParameterDict({"w": torch.ones(2), "a": nn.Parameter(torch.zeros(1)), "n": 3})
d["x"] = torch.ones(1, 1)
print(d, list(d.keys()), "w" in d, d["w"], d.pop("w"), len(d), [n for n, _ in d.named_parameters()])
attempt(lambda: d[1])

# %% state dicts
import torch.nn as nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
state = model.state_dict()
print(state)
print(type(state), list(state), state["0.weight"].requires_grad, state["0.weight"].data_ptr() == model[0].weight.data_ptr())
other = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
print(other.load_state_dict(state), torch.equal(other[0].weight, model[0].weight), other[0].weight.requires_grad)
attempt(lambda: other.load_state_dict({"0.weight": torch.ones(2, 3), "9.x": torch.ones(1), "0.bias": 3}))
print(other.load_state_dict({"0.weight": torch.ones(2, 2), "9.x": torch.ones(1)}, strict=False))
print(other[0].weight)
attempt(lambda: other.load_state_dict(3))
attempt(lambda: nn.Linear(1, 1).load_state_dict({}))
new = nn.Linear(1, 1)
value = torch.ones(1, 1)
print(new.load_state_dict({"weight": value, "bias": torch.zeros(1)}, assign=True), new.weight, new.weight.data_ptr() == value.data_ptr())

# %% persistent and other buffers
import torch.nn as nn
m = nn.Module()
m.register_buffer("kept", torch.ones(1))
m.register_buffer("dropped", torch.ones(1), persistent=False)
print(list(m.state_dict()), [n for n, _ in m.named_buffers()])

# %% train and eval
import torch.nn as nn
model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
print(model.training, model.eval() is model, model[1].training, model.train()[1].training)
x = torch.ones(2, 2)
model.eval()
print(torch.equal(model(x), model[0](x)))
attempt(lambda: model.train("yes"))

# %% apply, requires_grad_, zero_grad
import torch.nn as nn
model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
print(model.apply(lambda m: print("visited", m)) is model)
model(torch.ones(1, 2)).sum().backward()
print([p.grad is None for p in model.parameters()])
model.zero_grad(set_to_none=False)
print([p.grad for p in model.parameters()])
model.zero_grad()
print([p.grad for p in model.parameters()])
model.requires_grad_(False)
print([p.requires_grad for p in model.parameters()], model(torch.ones(1, 2)).requires_grad)

# %% other dtypes
import torch.nn as nn
model = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))
weight = model[0].weight
print(model.double()[0].weight.dtype, weight.dtype, model[0].weight is weight, model[1].num_batches_tracked.dtype)
print(model.to(torch.float32)[1].running_mean.dtype, model.half()[0].bias.dtype, model.float()[0].bias.dtype, model.to("cpu") is model)
attempt(lambda: model.to(torch.int64))
attempt(lambda: nn.Linear(2, 1)(torch.ones(1, 2, dtype=torch.float64)))
print(nn.Linear(2, 1, dtype=torch.float64).weight.dtype)

# %% forward hooks see and change
import torch.nn as nn
layer = nn.Linear(2, 1)
nn.init.ones_(layer.weight); nn.init.zeros_(layer.bias)
x = torch.ones(1, 2)
h1 = layer.register_forward_hook(lambda m, args, out: print("after", m, args, out))
h2 = layer.register_forward_pre_hook(lambda m, args: print("before", args))
print(layer(x))
h1.remove(); h2.remove()
layer.register_forward_pre_hook(lambda m, args: (args[0] * 2,))
layer.register_forward_pre_hook(lambda m, args: args[0] + 1, prepend=True)
layer.register_forward_hook(lambda m, args, out: out * 10)
print(layer(x), len(layer._forward_hooks))
layer.register_forward_pre_hook(lambda m, args, kwargs: print("kwargs", kwargs), with_kwargs=True)
layer.register_forward_hook(lambda m, args, kwargs, out: print("after", kwargs), with_kwargs=True)
layer(input=x) if False else layer(x)
layer.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
attempt(lambda: layer(x))

# %% a forward hook that is always called
import torch.nn as nn
class Fails(nn.Module):
    def forward(self, x):
        raise ValueError("no")
m = Fails()
m.register_forward_hook(lambda m, args, out: print("called with", out), always_call=True)
m.register_forward_hook(lambda m, args, out: print("not called"))
attempt(lambda: m(torch.ones(1)))

# %% backward hooks
import torch.nn as nn
layer = nn.Linear(2, 1)
nn.init.ones_(layer.weight); nn.init.zeros_(layer.bias)
layer.register_full_backward_hook(lambda m, gi, go: print("in", gi, "out", go))
layer.register_full_backward_pre_hook(lambda m, go: print("pre", go))
x = torch.ones(1, 2, requires_grad=True)
y = layer(x)
print(nodes(y))
(y * 3).sum().backward()
print(x.grad, layer.weight.grad)
y = layer(torch.ones(1, 2))
print(y.grad_fn.name())
y.sum().backward()

# %% backward hooks replace gradients
import torch.nn as nn
layer = nn.Identity()
layer.register_full_backward_hook(lambda m, gi, go: (gi[0] * 10,))
layer.register_full_backward_pre_hook(lambda m, go: (go[0] + 1,))
x = torch.ones(2, requires_grad=True)
layer(x).sum().backward()
print(x.grad)
layer.register_full_backward_hook(lambda m, gi, go: (gi[0], gi[0]))
attempt(lambda: layer(x).sum().backward())
attempt(lambda: layer.register_backward_hook(lambda m, gi, go: None))

# %% hooks for every module
import torch.nn as nn
from torch.nn.modules.module import register_module_forward_hook, Module
handle = register_module_forward_hook(lambda m, args, out: print("every", m))
nn.Sequential(nn.ReLU(), nn.Tanh())(torch.ones(1))
handle.remove()
print(nn.ReLU()(torch.ones(1)), Module is nn.Module)

# %% what is importable from where
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import nn as nn2
from torch.nn import Module, Parameter, Linear, init, utils
from torch.nn.parameter import Parameter as P2
from torch.nn.modules.linear import Linear as L2
from torch.nn.utils import clip_grad_norm_
from torch.nn.modules.loss import MSELoss
print(nn2 is nn, P2 is Parameter is nn.Parameter, L2 is Linear, F is nn.functional, init is torch.nn.init, hasattr(nn, "Nothing"))
attempt(lambda: nn.Nothing)
attempt(lambda: F.nothing)

# %% dir and str of a module
import torch.nn as nn
m = nn.Linear(1, 1)
print([n for n in dir(m) if n in ("weight", "bias", "in_features", "forward", "0")], str(m) == repr(m), m.extra_repr())
s = nn.Sequential(nn.ReLU())
print("0" in dir(s))

# %% a module may be an abstract class too
import abc
import torch.nn as nn
class Base(nn.Module, abc.ABC):
    @abc.abstractmethod
    def forward(self, x): ...
attempt(lambda: Base())
class Real(Base):
    def forward(self, x):
        return x + 1
print(Real()(1), Real())

# %% instances are normalized one by one
import torch.nn as nn
x = torch.arange(24.0).reshape(2, 2, 3, 2).sin()
for layer in (nn.InstanceNorm2d(2), nn.InstanceNorm2d(2, affine=True), nn.InstanceNorm2d(2, momentum=0.3, track_running_stats=True)):
    print(layer, list(layer.state_dict()))
    print(layer(x)[1, 0].detach(), layer(x).grad_fn, layer(x[0]).shape, dict(layer.named_buffers()))
print(layer.eval()(x)[0, 1])
print(nn.InstanceNorm1d(2)(x[0].flatten(1))[0], nn.InstanceNorm3d(2)(x[None])[0, 0, 1])
attempt(lambda: nn.InstanceNorm2d(2)(x[0, 0]))
attempt(lambda: nn.InstanceNorm2d(3)(x).shape)
attempt(lambda: nn.InstanceNorm2d(3, affine=True)(x))
attempt(lambda: nn.InstanceNorm2d(2)(x[:, :, :1, :1]))

# %% a module on all devices there are
model = torch.nn.DataParallel(torch.nn.Linear(2, 1))
print(model, list(model.state_dict()), model.device_ids)
print(model(torch.ones(3, 2)).shape, model(input=torch.ones(2)).shape)

# %% a module's hooks on gradients, among those of the nodes around it
import torch.nn as nn
layer = nn.Linear(2, 2)
layer.register_full_backward_pre_hook(lambda *given: print("outputs"))
layer.register_full_backward_hook(lambda *given: print("inputs"))
y = layer(torch.ones(2, 2, requires_grad=True))
for node in (y.grad_fn, y.grad_fn.next_functions[0][0].next_functions[1][0]):
    node.register_prehook(lambda grads: print("before"))
    node.register_hook(lambda grads, given: print("after"))
y.register_hook(lambda grad: print("tensor"))
y.sum().backward()
