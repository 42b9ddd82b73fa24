"""What all optimizers share: parameters in groups, each group with its own settings; state; hooks around a step."""

import copy
import functools
import itertools
import warnings
from collections import OrderedDict, defaultdict

import numpy as np

from ..dtypes import PrintsAsTorch, float64, get_default_dtype
from ..grad_mode import enable_grad
from ..graph import RemovableHandle, bump_version
from ..kernels import view_as_complex, view_as_real
from ..random import fused
from ..record import quiet
from ..tensor import Tensor, wrap

# Hooks around the steps of all optimizers
_before_all: OrderedDict = OrderedDict()
_after_all: OrderedDict = OrderedDict()


class _Required:
    def __repr__(self):
        return "<required parameter>"


required = _Required()


class Optimizer(metaclass=PrintsAsTorch):
    """The base of all optimizers.

    params    tensors, or (name, tensor) pairs, or dicts: {"params": [...], and settings of this group}
    defaults  the settings of groups that do not say otherwise

    param_groups  the groups, as such dicts: change ``group["lr"]`` and the next step uses it
    state         parameter -> what its rule remembers, a dict

    Raises TypeError for what is no tensor, ValueError for non-leaves and for a parameter in two groups.
    """

    def __init__(self, params, defaults):
        if isinstance(params, Tensor):
            raise TypeError("params argument given to the optimizer should be an iterable of Tensors or dicts, "
                            f"but got {_type_name(params)}")
        self.defaults = defaults
        self.state = defaultdict(dict)
        self.param_groups = []
        self._make_hooks()
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = _with_hooks(cls.step)

    def step(self, closure=None):
        """Change the parameters by their gradients; a closure is called first, to compute loss and gradients anew."""
        raise NotImplementedError

    def zero_grad(self, set_to_none=True):
        """Forget the gradients of all parameters; or, with ``set_to_none=False``, fill them with zeros."""
        for group in self.param_groups:
            for param in group["params"]:
                grad = param._grad
                if set_to_none:
                    param._grad = None
                elif grad is not None:
                    if grad.grad_fn is not None:
                        grad.detach_()
                    else:
                        grad.requires_grad_(False)
                    grad.array.fill(0)
                    bump_version(grad)

    def add_param_group(self, param_group):
        """Optimize the parameters of one more group, a dict, too."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in "
                "sets will change between runs. Please use a list instead."
            )
        params = [params] if isinstance(params, Tensor) else list(params)
        names = [param[0] for param in params if isinstance(param, tuple)]
        if names and len(names) != len(params):
            raise ValueError("all optimizer params should be with/without names. Some param names are missing")
        if names:
            param_group["param_names"] = names
        params = param_group["params"] = [param[1] if isinstance(param, tuple) else param for param in params]
        for param in params:
            if not isinstance(param, Tensor):
                raise TypeError(
                    f"optimizer can only optimize Tensors, but one of the params is {_type_name(param)}"
                )
            if not self.defaults.get("differentiable") and not (param.is_leaf or param.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        if len(params) != len(set(params)):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; "
                "see github.com/pytorch/pytorch/issues/40967 for more information",
                UserWarning,
                stacklevel=3,
            )
        for group in self.param_groups:
            if ("param_names" in param_group) != ("param_names" in group):
                raise ValueError(
                    "all optimizer param groups should be with/without names. cannot add param group "
                    f"{'with' if names else 'without'} names to the optimizer"
                )
        if not set(params).isdisjoint(itertools.chain(*(group["params"] for group in self.param_groups))):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def __repr__(self):
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params")
        return text + ")"

    # State, to be saved and to be gone on from

    def state_dict(self):
        """State and settings with the parameters' numbers in place of the parameters; the tensors are not copied."""
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers = {}
        for param in itertools.chain(*(group["params"] for group in self.param_groups)):
            numbers.setdefault(id(param), len(numbers))
        groups = [
            {key: value for key, value in group.items() if key != "params"}
            | {"params": [numbers[id(param)] for param in group["params"]]}
            for group in self.param_groups
        ]
        state = {numbers[id(k)] if isinstance(k, Tensor) else k: value for k, value in self.state.items()}
        state_dict = {"state": state, "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            state_dict = hook(self, state_dict) or state_dict
        return state_dict

    def load_state_dict(self, state_dict):
        """Go on from a `state_dict()` of an optimizer with groups of the same sizes (ValueError if they are not)."""
        state_dict = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            state_dict = hook(self, state_dict) or state_dict
        groups, saved = self.param_groups, copy.deepcopy(state_dict["param_groups"])
        if len(groups) != len(saved):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(old["params"]) != len(new["params"]) for old, new in zip(groups, saved)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        params = {}
        for old, new in zip(groups, saved):
            params.update(zip(new["params"], old["params"]))
            new["params"] = old["params"]
            if "param_names" in old:
                new.setdefault("param_names", old["param_names"])
        state = defaultdict(dict)
        for key, value in state_dict["state"].items():
            state[params.get(key, key)] = _cast(value, params[key]) if key in params else value
        self.__setstate__({"state": state, "param_groups": saved})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    def __getstate__(self):
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state):
        self.__dict__.update(state)
        if "_optimizer_step_pre_hooks" not in self.__dict__:
            self._make_hooks()
        self.defaults.setdefault("differentiable", False)

    # Hooks

    def _make_hooks(self):
        self._optimizer_step_pre_hooks, self._optimizer_step_post_hooks = OrderedDict(), OrderedDict()
        self._optimizer_state_dict_pre_hooks, self._optimizer_state_dict_post_hooks = OrderedDict(), OrderedDict()
        self._optimizer_load_state_dict_pre_hooks = OrderedDict()
        self._optimizer_load_state_dict_post_hooks = OrderedDict()

    def register_step_pre_hook(self, hook):
        """Call ``hook(optimizer, args, kwargs)`` before each step; it may return other args and kwargs."""
        return RemovableHandle(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook):
        """Call ``hook(optimizer, args, kwargs)`` after each step."""
        return RemovableHandle(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook, prepend=False):
        """Call ``hook(optimizer)`` before `state_dict`."""
        return _add(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook, prepend=False):
        """Call ``hook(optimizer, state_dict)`` after `state_dict`; what it returns takes its place."""
        return _add(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook, prepend=False):
        """Call ``hook(optimizer, state_dict)`` before `load_state_dict`; what it returns is loaded."""
        return _add(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook, prepend=False):
        """Call ``hook(optimizer)`` after `load_state_dict`."""
        return _add(self._optimizer_load_state_dict_post_hooks, hook, prepend)


def register_optimizer_step_pre_hook(hook):
    """Call ``hook(optimizer, args, kwargs)`` before each step of any optimizer."""
    return RemovableHandle(_before_all, hook)


def register_optimizer_step_post_hook(hook):
    """Call ``hook(optimizer, args, kwargs)`` after each step of any optimizer."""
    return RemovableHandle(_after_all, hook)


def _add(hooks, hook, prepend):
    handle = RemovableHandle(hooks, hook)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def _with_hooks(step):
    """A class's `step` with the hooks around it."""

    @functools.wraps(step)
    def wrapper(*args, **kwargs):
        self = args[0]
        if type(self).step is not wrapper:  # called by the step of a subclass, which has the hooks around itself
            return step(*args, **kwargs)
        if "_opt_called" in self.__dict__:  # a schedule wants to know
            self._opt_called = True
        for hook in [*_before_all.values(), *self._optimizer_step_pre_hooks.values()]:
            replaced = hook(self, args, kwargs)
            if replaced is not None:
                if not isinstance(replaced, tuple) or len(replaced) != 2:
                    raise RuntimeError(
                        f"{step} must return None or a tuple of (new_args, new_kwargs), but got {replaced}."
                    )
                args, kwargs = replaced
        result = step(*args, **kwargs)
        for hook in [*self._optimizer_step_post_hooks.values(), *_after_all.values()]:
            hook(self, args, kwargs)
        return result

    return wrapper


def _cast(value, param, key=None):
    """A loaded value with the tensors in it in the parameter's dtype, but for the count of steps."""
    if isinstance(value, Tensor):
        return value if key == "step" or param.array.dtype.kind != "f" else value.to(param.dtype)
    if isinstance(value, dict):
        return {k: _cast(v, param, k) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_cast(v, param) for v in value)
    return value


def _type_name(value):
    """How errors call what was given in place of a parameter."""
    from ..nn.modules.module import typename  # only here: who optimizes tensors needs no modules

    return typename(value)


# What the optimizers that come with PyTorch have in common

NOT_CAPTURABLE = (
    "If capturable=True, params and state_steps must be on supported devices: "
    "['cuda', 'xpu', 'hpu', 'privateuseone', 'xla']."
)


class Descent(Optimizer):
    """An optimizer that changes one parameter at a time, by a rule in numpy.

    A subclass has ``rule(group)``, which reads the group's settings and returns a function of (array, grad, param): the
    parameter's array, which it changes, the gradient's, and the parameter, by which it finds what it keeps in `state`.
    """

    def step(self, closure=None):
        """Change the parameters by their gradients; returns what the closure does, if there is one."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        quiet.run(self._update)
        return loss

    def _update(self):
        for group in self.param_groups:
            if group.get("capturable"):
                raise AssertionError(NOT_CAPTURABLE)
            update, maximize, decay = self.rule(group), group["maximize"], self.decay(group)
            for param in group["params"]:
                if param._grad is None:
                    continue
                array, grad, is_complex = param.array, param._grad.array, param.is_complex()
                if is_complex:  # then it is its real and imaginary parts that take a step, each for itself
                    array, grad = view_as_real(array), view_as_real(grad)
                    for kept in self._kept(param):
                        kept.array = view_as_real(kept.array) if kept.is_complex() else kept.array
                if maximize:
                    grad = -grad
                if decay:
                    grad = fused(array, decay, grad)
                update(array, grad, param)
                if is_complex:
                    for kept in self._kept(param):
                        kept.array = view_as_complex(kept.array) if kept.array.shape == array.shape else kept.array
                bump_version(param)

    def _kept(self, param):
        return [value for value in self.state.get(param, {}).values() if isinstance(value, Tensor)]

    def decay(self, group):
        """How much of a parameter is added to its gradient: the gradient of weight_decay / 2 times its square."""
        return number(group["weight_decay"])


def number(value):
    """A setting as a number: learning rates and their like may be tensors of one element."""
    return value.item() if isinstance(value, Tensor) else value


def check_settings(lr, settings, differentiable=False, fused=None, foreach=None):
    """ValueError for a setting below 0; `settings` maps what the error calls it to its value."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    for name, value in {"learning rate": lr, **settings}.items():
        if not 0.0 <= value:
            raise ValueError(f"Invalid {name}: {value}")
    if fused and differentiable:
        raise RuntimeError("`fused` does not support `differentiable`")
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
    if differentiable:
        raise NotImplementedError("minigrad has no differentiable optimizers: write the steps as tensor operations.")


def check_betas(betas):
    for i, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")


def lerp(start, end, part):
    """start + part * (end - start), rounded as PyTorch does: so is all in the rules, or long runs would differ."""
    return fused(end - start, part, start) if part < 0.5 else fused(end - start, part - 1, end)


def count():
    """A new count of steps, which is a 0-d tensor."""
    return wrap(np.zeros((), np.float64 if get_default_dtype() is float64 else np.float32))


def zeros(array):
    return wrap(np.zeros_like(array))
