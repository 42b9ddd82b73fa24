"""Hooks of modules: for every module there is, the deprecated ones, and those around state_dict and load_state_dict."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% hooks for every module see keyword arguments, and errors
import torch.nn.modules.module as module
class Scaled(torch.nn.Module):
    def forward(self, x, *, scale=1):
        return x.add("1") if scale == 0 else x * scale
handles = [module.register_module_forward_pre_hook(lambda m, args: print("before", type(m).__name__, args)),
           module.register_module_forward_hook(lambda m, args, kwargs, out: print("with kwargs", kwargs, out), with_kwargs=True),
           module.register_module_forward_hook(lambda m, args, out: print("always", out), always_call=True)]
model = torch.nn.Sequential(torch.nn.Identity(), Scaled())
print(model(torch.ones(2)), model[1](torch.ones(1), scale=3))
try:
    model[1](torch.ones(1), scale=0)
except TypeError:
    print("it failed")
for handle in handles:
    handle.remove()
print(model(torch.ones(1)))

# %% a hook that is always called and fails itself is heard of, not raised
import torch.nn.modules.module as module
class Failing(torch.nn.Module):
    def forward(self, x):
        raise ValueError("in forward")
def failing(*given):
    raise RuntimeError("in a hook")
attempt(lambda: Failing()(1))
handle = module.register_module_forward_hook(failing, always_call=True)
attempt(lambda: Failing()(1))
handle.remove()
model = Failing()
model.register_forward_hook(failing, always_call=True)
attempt(lambda: model(1))

# %% a hook that is added on the way in is called on the way out
layer = torch.nn.Identity()
def add(module, args):
    handle = module.register_forward_hook(lambda m, args, out: (print("once", out), handle.remove())[1])
layer.register_forward_pre_hook(add)
print(layer(torch.ones(1)), len(layer._forward_hooks), layer(torch.ones(2)))

# %% hooks for every module on gradients, of one kind at a time
import torch.nn.modules.module as module
module._global_is_full_backward_hook = None
layer = torch.nn.Linear(2, 1)
torch.nn.init.constant_(layer.weight, 2.0)
x = torch.ones(1, 2, requires_grad=True)
full = [module.register_module_full_backward_hook(lambda m, gi, go: print("all", type(m).__name__, gi, go)),
        module.register_module_full_backward_pre_hook(lambda m, go: print("before all", go))]
own = layer.register_full_backward_hook(lambda m, gi, go: print("own"))
layer(x).backward()
attempt(lambda: module.register_module_backward_hook(print))
for handle in (*full, own):
    handle.remove()
layer(x).backward()
module._global_is_full_backward_hook = None
handle = module.register_module_backward_hook(lambda m, gi, go: print("deprecated", gi, go))
attempt(lambda: module.register_module_full_backward_hook(print))
model = torch.nn.Sequential(torch.nn.Identity(), torch.nn.ReLU())
model[0](x.clone()).sum().backward()
model[1](x * 2).sum().backward()
handle.remove()
module._global_is_full_backward_hook = None

# %% what the deprecated hooks miss
class Returns(torch.nn.Module):
    def __init__(self, what):
        super().__init__()
        self.what = what
        self.register_backward_hook(lambda m, gi, go: print(gi, go))
    def forward(self, *args):
        return self.what(*args)
x = torch.ones(1, requires_grad=True)
def run(what, *args):
    model = Returns(what)
    out = model(x * 2, *args)
    while not isinstance(out, torch.Tensor):
        out = out["h"] if isinstance(out, dict) else out[-1]
    (out * 1).backward()
run(lambda h: h * 3)
run(lambda h: h * 3 + 1)
run(lambda h: (h * 3, h * 4))
run(lambda h: (h, h))
run(lambda h: {"n": 3, "h": h * 3})
run(lambda h: [h * 3])
run(lambda h, n: h * n, 5)
Returns(lambda h: h.detach())(x)
print(x.grad)

# %% a deprecated hook replaces what its one node passes on
layer = torch.nn.ReLU()
layer.register_backward_hook(lambda m, gi, go: (gi[0] * 5,))
x = torch.ones(1, requires_grad=True)
layer(x * 1).backward()
print(x.grad)

# %% a full hook that returns too much
layer = torch.nn.Identity()
handle = layer.register_full_backward_hook(lambda m, gi, go: gi[0] * 5)
x = torch.ones(2, requires_grad=True)
attempt(lambda: layer(x).sum().backward())
handle.remove()
layer.register_full_backward_pre_hook(lambda m, go: go + go)
attempt(lambda: layer(x).sum().backward())

# %% hooks on what is registered
import torch.nn.modules.module as module
def told(what):
    return lambda m, name, value: print(what, type(m).__name__, name, type(value).__name__)
handles = [module.register_module_module_registration_hook(told("module")),
           module.register_module_parameter_registration_hook(told("parameter")),
           module.register_module_buffer_registration_hook(told("buffer"))]
model = torch.nn.Module()
model.layer = torch.nn.Linear(1, 1, bias=False)
model.add_module("act", torch.nn.ReLU())
model.act = None
model.w = torch.nn.Parameter(torch.ones(1))
model.w = None
model.register_buffer("b", torch.ones(1))
model.b = torch.zeros(1)
model.b = None
model.c = torch.nn.Buffer(torch.ones(1))
torch.nn.Sequential(torch.nn.BatchNorm1d(1, affine=False))
for handle in handles:
    handle.remove()
model.d = torch.nn.Parameter(torch.ones(1))

# %% hooks put something else in the place of what is registered
import torch.nn.modules.module as module
handles = [module.register_module_module_registration_hook(lambda m, name, part: torch.nn.Identity()),
           module.register_module_parameter_registration_hook(lambda m, name, p: torch.nn.Parameter(p.detach() * 0)),
           module.register_module_buffer_registration_hook(lambda m, name, b: b + 7)]
model = torch.nn.Sequential(torch.nn.ReLU())
model.act = torch.nn.Tanh()
model.w = torch.nn.Parameter(torch.ones(2))
model.register_buffer("b", torch.zeros(1))
print(model, model.w, model.b)
model.b = torch.ones(1)
for handle in handles:
    handle.remove()
print(model.b)

# %% hooks around state_dict
layer = torch.nn.Linear(1, 1)
def after(m, state, prefix, metadata):
    print("after", list(state), repr(prefix), metadata)
def replace(m, state, prefix, metadata):
    return {key + "!": value for key, value in state.items()}
layer.register_state_dict_pre_hook(lambda m, prefix, keep_vars: print("before", repr(prefix), keep_vars))
layer.register_state_dict_post_hook(after)
print(list(torch.nn.Sequential(layer).state_dict(keep_vars=True)))
layer._register_state_dict_hook(replace)
print(list(layer.state_dict()), list(torch.nn.Sequential(layer).state_dict()))
attempt(lambda: layer._register_state_dict_hook(after))
layer.register_state_dict_post_hook(replace)
attempt(lambda: layer.state_dict())

# %% hooks around load_state_dict
layer = torch.nn.Linear(1, 1)
layer._register_load_state_dict_pre_hook(lambda state, prefix, *rest: print("before", list(state), repr(prefix), rest))
layer._register_load_state_dict_pre_hook(lambda m, state, *rest: print("with the module", m), with_module=True)
layer.register_load_state_dict_pre_hook(lambda m, state, *rest: print("publicly", m, list(state)))
handle = layer.register_load_state_dict_post_hook(lambda m, keys: print("after", keys))
print(torch.nn.Sequential(layer).load_state_dict({"0.weight": torch.ones(1, 1)}, strict=False))
handle.remove()
forgive = layer.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
print(layer.load_state_dict({"weight": torch.ones(1, 1)}))
forgive.remove()
layer.register_load_state_dict_post_hook(lambda m, keys: keys)
attempt(lambda: layer.load_state_dict(layer.state_dict()))

# %% a copy of a module has hooks of its own
layer = torch.nn.Linear(1, 1, bias=False)
layer.name = "first"
layer.register_load_state_dict_pre_hook(lambda m, *rest: print("loads", m.name))
layer.register_forward_hook(lambda m, args, out: print("called", m.name))
other = copy.deepcopy(layer)
other.name = "second"
other.load_state_dict(layer.state_dict())
other(torch.ones(1, 1))
layer.load_state_dict(other.state_dict())
def dead():
    module = torch.nn.ReLU()
    module.register_backward_hook(print)
    return module(torch.ones(1, requires_grad=True) * 1)
attempt(lambda: dead().backward())

# %% a hook before loading renames keys
layer = torch.nn.Linear(1, 1, bias=False)
def rename(state, prefix, *rest):
    state[prefix + "weight"] = state.pop(prefix + "w")
layer._register_load_state_dict_pre_hook(rename)
print(layer.load_state_dict({"w": torch.tensor([[3.0]])}), layer.weight)

# %% parameters of one value from keys
import torch.nn as nn
print(nn.ParameterDict().fromkeys(["a", "b"], 3.0), nn.ParameterDict({"x": torch.ones(1)}).fromkeys("a"))

# %% a hook that is removed leaves nothing behind
layer = torch.nn.Identity()
handles = [layer.register_forward_hook(lambda m, args, kwargs, out: None, with_kwargs=True, always_call=True),
           layer.register_forward_pre_hook(lambda m, args, kwargs: None, with_kwargs=True)]
kinds = (layer._forward_hooks, layer._forward_hooks_with_kwargs, layer._forward_hooks_always_called,
         layer._forward_pre_hooks, layer._forward_pre_hooks_with_kwargs)
print([len(kind) for kind in kinds], layer(torch.ones(1)), handles[0].hooks_dict_ref() is layer._forward_hooks)
for handle in handles:
    handle.remove()
print([len(kind) for kind in kinds])
with layer.register_forward_hook(lambda m, args, out: out + 1):
    print(layer(torch.ones(1)))
print(layer(torch.ones(1)))

# %% a module that was saved before there were hooks of some kind
import pickle
layer = torch.nn.Softmin(1)
del layer._load_state_dict_post_hooks
layer = pickle.loads(pickle.dumps(layer))
layer.register_load_state_dict_post_hook(lambda m, keys: print("loaded"))
print(layer.load_state_dict({}))

# %% an error of a deprecated hook names it
layer = torch.nn.Sigmoid()
def too_few(m, grad_input, grad_output):
    return grad_input[:-1]
layer.register_backward_hook(too_few)
attempt(lambda: layer(torch.ones(1, requires_grad=True)).sum().backward())
