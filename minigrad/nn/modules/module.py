"""Module: parameters, buffers and other modules under one name, and a forward to compute with them."""

import itertools
import warnings
from abc import ABCMeta
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Mapping
from typing import TypeAlias

from ...dtypes import PrintsAsTorch, dtype as Dtype, float16, float32, float64
from ...grad_mode import no_grad
from ...graph import RemovableHandle
from ...operators.conversions import to
from ...operators.creation import empty_like
from ...tensor import Tensor, device
from ..parameter import Buffer, Parameter
from .backward_hook import BackwardHook, WithModule, call_later

# Hooks that run for every module, before its own; or when something is registered in one
Hooks: TypeAlias = "OrderedDict[int, Callable]"
Marks: TypeAlias = "OrderedDict[int, bool]"
_global_forward_pre_hooks: Hooks = OrderedDict()
_global_forward_hooks: Hooks = OrderedDict()
_global_forward_hooks_with_kwargs: Marks = OrderedDict()
_global_forward_hooks_always_called: Marks = OrderedDict()
_global_backward_pre_hooks: Hooks = OrderedDict()
_global_backward_hooks: Hooks = OrderedDict()
_global_is_full_backward_hook: bool | None = None
_global_module_registration_hooks: Hooks = OrderedDict()
_global_parameter_registration_hooks: Hooks = OrderedDict()
_global_buffer_registration_hooks: Hooks = OrderedDict()

# The hooks of one module, and marks that say of what kind some are
HOOKS = """
    _backward_pre_hooks _backward_hooks _forward_hooks _forward_hooks_with_kwargs _forward_hooks_always_called
    _forward_pre_hooks _forward_pre_hooks_with_kwargs _state_dict_hooks _state_dict_pre_hooks
    _load_state_dict_pre_hooks _load_state_dict_post_hooks
""".split()
FORWARD_RETURNED = "forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {}."
TWO_KINDS = "Cannot use both regular backward hooks and full backward hooks {}. Please use only one of them."
POST_HOOK_GAVE = (
    "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, if "
    "incompatible_keys need to be modified, it should be done inplace."
)
STATE_DICT_ARGS = (
    "Positional args are being deprecated, use kwargs instead. Refer to "
    "https://pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.state_dict for details."
)


COMPLEX_MODULES = (
    "Complex modules are a new feature under active development whose design may change, and some modules might not "
    "work as expected when using complex tensors as parameters or buffers. Please file an issue at "
    "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work as "
    "expected."
)


class _IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What `load_state_dict` returns."""

    __slots__ = ()

    def __repr__(self):
        return super().__repr__() if self.missing_keys or self.unexpected_keys else "<All keys matched successfully>"

    __str__ = __repr__


def typename(obj):
    """How errors call a thing: a tensor by its type, torch.FloatTensor, all else by the path of its class."""
    if isinstance(obj, Tensor):
        return obj.type()
    kind = obj if isinstance(obj, type) else type(obj)
    package, dot, path = kind.__module__.partition(".")
    module = f"torch.{path}" if dot and package == __name__.partition(".")[0] else kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def registered(hooks, hook, prepend=False, *marks):
    """Add a hook to a dict of hooks, and its number to those that say of what kind it is; the handle to remove it."""
    handle = RemovableHandle(hooks, hook, *marks)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def _as_hooks_want(hooks, module, name, value):
    """What is registered in the end, if hooks on registration give something else."""
    for hook in hooks.values():
        changed = hook(module, name, value)
        value = value if changed is None else changed
    return value


class _ModuleType(PrintsAsTorch, ABCMeta):
    """Of modules; an ABCMeta, so that a subclass may be an abstract class too."""


class Module(metaclass=_ModuleType):
    """The base of all layers and models.

    A subclass makes its parts in ``__init__`` and computes with them in ``forward``. A Parameter or a Module that is
    assigned to an attribute is found by `parameters()`, `state_dict()`, `to()` and `train()`, however deep it lies.

    >>> import minigrad as torch
    >>> class Line(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope = torch.nn.Parameter(torch.tensor(2.0))
    ...     def forward(self, x):
    ...         return self.slope * x
    >>> line = Line()
    >>> line(torch.tensor(3.0)), [name for name, _ in line.named_parameters()]
    (tensor(6., grad_fn=<MulBackward0>), ['slope'])
    """

    _version = 1
    dump_patches = False
    call_super_init = False

    def __init__(self, *args, **kwargs):
        if not self.call_super_init and kwargs:
            name = next(iter(kwargs))
            raise TypeError(f"{type(self).__name__}.__init__() got an unexpected keyword argument '{name}'")
        if not self.call_super_init and args:
            given = len(args) + 1
            raise TypeError(f"{type(self).__name__}.__init__() takes 1 positional argument but {given} were given")
        self.__dict__.update(
            training=True, _parameters={}, _buffers={}, _non_persistent_buffers_set=set(), _modules={},
            _is_full_backward_hook=None, **{name: OrderedDict() for name in HOOKS},
        )  # fmt: skip
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def forward(self, *input):
        """What the module computes; each subclass has its own."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    # Attributes: parameters, buffers and modules live in dicts of their own, so that they can be found

    def __getattr__(self, name):
        fields = self.__dict__
        for kind in ("_parameters", "_buffers", "_modules"):
            if kind in fields and name in fields[kind]:
                return fields[kind][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name, value):
        fields = self.__dict__
        for kind, owns, what, expected in (
            ("_parameters", Parameter, "parameter", "torch.nn.Parameter or None"),
            ("_modules", Module, "child module", "torch.nn.Module or None"),
            ("_buffers", Buffer, "buffer", "torch.nn.Buffer, torch.Tensor or None"),
        ):
            mine = isinstance(value, owns)
            if mine and kind not in fields:
                called = {"_parameters": "parameters", "_modules": "module", "_buffers": "buffer"}[kind]
                raise AttributeError(f"cannot assign {called} before Module.__init__() call")
            if not mine and name not in fields.get(kind, ()):
                continue
            if not mine and value is not None and not (kind == "_buffers" and isinstance(value, Tensor)):
                raise TypeError(f"cannot assign '{typename(value)}' as {what} '{name}' ({expected} expected)")
            persistent = getattr(value, "persistent", name not in fields["_non_persistent_buffers_set"])
            if mine:
                self._forget(name, kind)
            if kind == "_parameters":
                self.register_parameter(name, value)
            elif kind == "_buffers":
                self.register_buffer(name, value, persistent)
            else:
                fields[kind][name] = _as_hooks_want(_global_module_registration_hooks, self, name, value)
            return
        object.__setattr__(self, name, value)

    def _forget(self, name, kind):
        """Take a name away from everything else it stood for."""
        for other in (self.__dict__, *(self.__dict__[k] for k in ("_parameters", "_buffers", "_modules") if k != kind)):
            other.pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def __delattr__(self, name):
        for kind in (self._parameters, self._buffers, self._modules):
            if name in kind:
                del kind[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self):
        names = [*dir(type(self)), *self.__dict__, *self._parameters, *self._modules, *self._buffers]
        return sorted(name for name in names if not name[0].isdigit())

    def _check_name(self, name, what, taken):
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string. Got {typename(name)}")
        if what == "module" and hasattr(self, name) and name not in taken:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'{what} name can\'t contain "."' + (f", got: {name}" if what == "module" else ""))
        if name == "":
            raise KeyError(f'{what} name can\'t be empty string ""')
        if hasattr(self, name) and name not in taken:
            raise KeyError(f"attribute '{name}' already exists")

    def register_parameter(self, name, param):
        """Add a Parameter (or None) under a name, as assigning it to the attribute does."""
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name(name, "parameter", self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{typename(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To "
                f"express '{name}' as a function of another Tensor, compute the value in the forward() method."
            )
        if param is not None:
            param = _as_hooks_want(_global_parameter_registration_hooks, self, name, param)
        self._parameters[name] = param

    def register_buffer(self, name, tensor, persistent=True):
        """Add a tensor (or None) that is state but no parameter; saved in the state_dict if `persistent`."""
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name(name, "buffer", self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = _as_hooks_want(_global_buffer_registration_hooks, self, name, tensor)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name, module):
        """Add a Module (or None) under a name, as assigning it to the attribute does."""
        if not isinstance(module, Module) and module is not None:
            raise TypeError(f"{typename(module)} is not a Module subclass")
        self._check_name(name, "module", self._modules)
        self._modules[name] = _as_hooks_want(_global_module_registration_hooks, self, name, module)

    register_module = add_module

    def get_submodule(self, target):
        """The module at a path such as "encoder.0"; AttributeError if there is none."""
        module = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target, module, strict=False):
        """Put a module at a path; with `strict`, only where there is one already (AttributeError if not)."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Module):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict or hasattr(parent, name):
            parent.get_submodule(name)
        setattr(parent, name, module)

    def _at(self, target, what, belongs):
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        if not belongs(module, name):
            raise AttributeError(f"`{name}` is not {what}")
        return getattr(module, name)

    def get_parameter(self, target):
        """The parameter at a path such as "encoder.0.weight"; AttributeError if there is none."""
        return self._at(target, "an nn.Parameter", lambda module, name: isinstance(getattr(module, name), Parameter))

    def get_buffer(self, target):
        """The buffer at a path; AttributeError if there is none."""
        return self._at(target, "a buffer", lambda module, name: name in module._buffers)

    # Everything that lies inside, each thing once

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """This module and all inside it, with their paths."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def _named(self, kind, prefix, recurse, remove_duplicate):
        seen = set()
        modules = self.named_modules(None, prefix, remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, member in getattr(module, kind).items():
                if member is not None and member not in seen:
                    if remove_duplicate:
                        seen.add(member)
                    yield f"{path}.{name}" if path else name, member

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        """All parameters with their paths; only the module's own if not `recurse`."""
        yield from self._named("_parameters", prefix, recurse, remove_duplicate)

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        """All buffers with their paths; only the module's own if not `recurse`."""
        yield from self._named("_buffers", prefix, recurse, remove_duplicate)

    def named_children(self):
        """The modules directly inside this one, with their names."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def parameters(self, recurse=True):
        """All parameters: what an optimizer is given."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def buffers(self, recurse=True):
        """All buffers."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def children(self):
        """The modules directly inside this one."""
        for _, module in self.named_children():
            yield module

    def modules(self, remove_duplicate=True):
        """This module and all inside it."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    # Changes to all of it

    def apply(self, fn):
        """Call ``fn(module)`` on everything inside, then on this module; returns the module."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode=True):
        """Say that it is being trained: dropout and batch normalization behave differently then."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self):
        """``train(False)``. It does not turn gradients off: that is `no_grad`."""
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        """Freeze or thaw all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        """Forget the gradients of all parameters, or set them to zero."""
        for parameter in self.parameters():
            if parameter.grad is not None:
                if set_to_none:
                    parameter.grad = None
                else:
                    if parameter.grad.grad_fn is None:
                        parameter.grad.requires_grad_(False)
                    else:
                        parameter.grad.detach_()
                    parameter.grad.zero_()

    def _apply(self, fn, recurse=True):
        """Put ``fn(tensor)`` in the place of the values of each parameter and gradient, and of each buffer."""
        for module in self.children() if recurse else ():
            module._apply(fn)
        for parameter in self._parameters.values():
            if parameter is None:
                continue
            with no_grad():
                parameter.data = fn(parameter)
                if parameter._grad is not None:
                    parameter._grad.data = fn(parameter._grad)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args, **kwargs):
        """All floating-point and complex parameters and buffers in another dtype, in place; returns the module."""
        dtype, where = kwargs.get("dtype"), kwargs.get("device")
        for arg in args:
            if isinstance(arg, Dtype):
                dtype = arg
            elif isinstance(arg, Tensor):
                dtype = arg.dtype
            elif isinstance(arg, (str, device)):
                where = arg
        if dtype is not None and dtype.is_complex:
            warnings.warn(COMPLEX_MODULES, stacklevel=2)
        elif dtype is not None and not dtype.is_floating_point:
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
            )
        return self._apply(lambda t: to(t, dtype=dtype if t.array.dtype.kind in "fc" else None, device=where))

    def _floats_to(self, dtype):
        return self._apply(lambda t: to(t, dtype=dtype) if t.is_floating_point() else t)

    def float(self):
        """Floating-point parameters and buffers in float32."""
        return self._floats_to(float32)

    def double(self):
        """Floating-point parameters and buffers in float64."""
        return self._floats_to(float64)

    def half(self):
        """Floating-point parameters and buffers in float16."""
        return self._floats_to(float16)

    def type(self, dst_type):
        """All parameters and buffers, integers too, in another dtype."""
        return self._apply(lambda t: t.type(dst_type))

    def cpu(self):
        """The module, which is on the CPU already."""
        return self

    def cuda(self, device="cuda"):
        """An error if there is anything to move: minigrad computes on the CPU."""
        return self._apply(lambda t: t.cuda())

    def to_empty(self, *, device, recurse=True):
        """The module with fresh memory, uninitialised, in the place of every tensor."""
        return self._apply(empty_like, recurse)

    def share_memory(self):
        """The module: there are no other processes to share its memory with."""
        return self

    def compile(self, *args, **kwargs):
        """Nothing: minigrad does not compile."""

    # Calling, with hooks around

    def __call__(self, *args, **kwargs):
        if not (self._backward_hooks or self._backward_pre_hooks or self._forward_hooks or self._forward_pre_hooks
                or _global_forward_hooks or _global_forward_pre_hooks
                or _global_backward_hooks or _global_backward_pre_hooks):  # fmt: skip
            return self.forward(*args, **kwargs)
        return self._call_with_hooks(args, kwargs)

    def _call_with_hooks(self, args, kwargs):
        ran, result = set(), None
        try:
            for key, hook in [*_global_forward_pre_hooks.items(), *self._forward_pre_hooks.items()]:
                args, kwargs = self._call_before(key, hook, args, kwargs)
            around, full = None, self._backward_hooks_that_are(True)
            before = [*_global_backward_pre_hooks.values(), *self._backward_pre_hooks.values()]
            if full or before:
                around = BackwardHook(self, full, before)
                args = around.setup_input_hook(args)
            result = self.forward(*args, **kwargs)
            for key, hook in (_global_forward_hooks | self._forward_hooks).items():
                ran.add(key)
                result = self._call_after(key, hook, args, kwargs, result)
            if around is not None:
                result = around.setup_output_hook(result)
            call_later(self, self._backward_hooks_that_are(False), args, result)
            return result
        except Exception:
            always = _global_forward_hooks_always_called | self._forward_hooks_always_called
            for key, hook in (_global_forward_hooks | self._forward_hooks).items():
                if key not in always or key in ran:
                    continue
                try:
                    result = self._call_after(key, hook, args, kwargs, result)
                except Exception as error:
                    kind = "global module" if key in _global_forward_hooks else "module"
                    warnings.warn(
                        f"{kind} forward hook with ``always_call=True`` raised an exception "
                        f"that was silenced as another error was raised in forward: {error}",
                        stacklevel=2,
                    )
            raise

    def _backward_hooks_that_are(self, full):
        everywhere = _global_backward_hooks.values() if _global_is_full_backward_hook is full else ()
        return [*everywhere, *(self._backward_hooks.values() if self._is_full_backward_hook is full else ())]

    def _call_before(self, key, hook, args, kwargs):
        if key in self._forward_pre_hooks_with_kwargs:
            changed = hook(self, args, kwargs)
            if changed is None:
                return args, kwargs
            if not isinstance(changed, tuple) or len(changed) != 2:
                raise RuntimeError(FORWARD_RETURNED.format(changed))
            return changed
        changed = hook(self, args)
        if changed is None:
            return args, kwargs
        return changed if isinstance(changed, tuple) else (changed,), kwargs

    def _call_after(self, key, hook, args, kwargs, result):
        with_kwargs = key in self._forward_hooks_with_kwargs or key in _global_forward_hooks_with_kwargs
        named = (kwargs,) if with_kwargs else ()
        changed = hook(self, args, *named, result)
        return result if changed is None else changed

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        """Call ``hook(module, args)`` before forward; what it returns replaces the arguments."""
        marks = [self._forward_pre_hooks_with_kwargs] if with_kwargs else []
        return registered(self._forward_pre_hooks, hook, prepend, *marks)

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        """Call ``hook(module, args, output)`` after forward; what it returns replaces the output.

        with_kwargs: ``hook(module, args, kwargs, output)``. always_call: also after an error in forward.

        >>> import minigrad as torch
        >>> layer = torch.nn.Identity()
        >>> handle = layer.register_forward_hook(lambda module, args, output: output * 2)
        >>> layer(torch.tensor(3.0)), handle.remove(), layer(torch.tensor(3.0))
        (tensor(6.), None, tensor(3.))
        """
        marks = [self._forward_hooks_with_kwargs] if with_kwargs else []
        marks += [self._forward_hooks_always_called] if always_call else []
        return registered(self._forward_hooks, hook, prepend, *marks)

    def register_full_backward_pre_hook(self, hook, prepend=False):
        """Call ``hook(module, grad_output)`` when the gradients of the outputs are known, both tuples."""
        return registered(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook, prepend=False):
        """Call ``hook(module, grad_input, grad_output)`` when those of the inputs are; a tuple replaces grad_input."""
        self._be_full(True)
        return registered(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook):
        """The deprecated form: a hook on the last node of forward alone."""
        self._be_full(False)
        return registered(self._backward_hooks, hook)

    def _be_full(self, full):
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(TWO_KINDS.format("on a single Module"))
        self._is_full_backward_hook = full

    # Saving and loading

    def register_state_dict_pre_hook(self, hook):
        """Call ``hook(module, prefix, keep_vars)`` before `state_dict` reads this module."""
        return registered(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook):
        """Call ``hook(module, state_dict, prefix, local_metadata)`` after `state_dict` has read this module."""
        hook._from_public_api = True
        return registered(self._state_dict_hooks, hook)

    def _register_state_dict_hook(self, hook):
        """The same, but what the hook returns takes the place of the state_dict."""
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                "Cannot register the same function as the state dict post hook that was previously registered via "
                "register_state_dict_post_hook"
            )
        return registered(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook):
        """Call ``hook(module, state_dict, prefix, ...)`` before `load_state_dict` writes this module."""
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(self, hook, with_module=False):
        """The same, without the module as the first argument unless `with_module`."""
        return registered(self._load_state_dict_pre_hooks, WithModule(hook, self) if with_module else hook)

    def register_load_state_dict_post_hook(self, hook):
        """Call ``hook(module, incompatible_keys)`` after `load_state_dict` has written this module."""
        return registered(self._load_state_dict_post_hooks, hook)

    def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
        """All parameters and persistent buffers by path, detached but on the same memory: an OrderedDict."""
        if args:
            warnings.warn(STATE_DICT_ARGS, FutureWarning, stacklevel=2)
            given = (*args, *(destination, prefix, keep_vars)[len(args) :])
            destination, prefix, keep_vars = given
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        local = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in self._state_dict_hooks.values():
            changed = hook(self, destination, prefix, local)
            if changed is not None and getattr(hook, "_from_public_api", False):
                raise RuntimeError("state_dict post-hook must return None")
            destination = destination if changed is None else changed
        return destination

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        for name, tensor in self._state():
            destination[prefix + name] = tensor if keep_vars else tensor.detach()
        if type(self).get_extra_state is not Module.get_extra_state:
            destination[prefix + "_extra_state"] = self.get_extra_state()

    def _state(self):
        """The module's own parameters and persistent buffers, by name."""
        for name, tensor in itertools.chain(self._parameters.items(), self._buffers.items()):
            if tensor is not None and name not in self._non_persistent_buffers_set:
                yield name, tensor

    def get_extra_state(self):
        """What else a subclass wants in its state_dict."""
        raise RuntimeError(_NEVER_CALLED.format("get_extra_state"))

    def set_extra_state(self, state):
        """Take back what `get_extra_state` gave."""
        raise RuntimeError(_NEVER_CALLED.format("set_extra_state"))

    def load_state_dict(self, state_dict, strict=True, assign=False):
        """Copy the values of a `state_dict()` into this module's parameters and buffers.

        strict: RuntimeError if some keys are missing or unexpected. assign: take the tensors themselves.

        >>> import minigrad as torch
        >>> torch.nn.Linear(2, 1).load_state_dict(torch.nn.Linear(2, 1).state_dict())
        <All keys matched successfully>
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        metadata = getattr(state_dict, "_metadata", None) or {}
        state_dict = OrderedDict(state_dict)
        missing, unexpected, errors = [], [], []

        def load(module, prefix):
            local = dict(metadata.get(prefix[:-1], {}), **({"assign_to_params_buffers": True} if assign else {}))
            own = {key: value for key, value in state_dict.items() if key.startswith(prefix)}
            module._load_from_state_dict(own, prefix, local, True, missing, unexpected, errors)
            for name, child in module._modules.items():
                if child is not None:
                    load(child, f"{prefix}{name}.")
            for hook in module._load_state_dict_post_hooks.values():
                if hook(module, _IncompatibleKeys(missing, unexpected)) is not None:
                    raise AssertionError(POST_HOOK_GAVE)

        load(self, "")
        if strict:
            for what, keys in (("Unexpected", unexpected), ("Missing", missing)):
                if keys:
                    quoted = ", ".join(f'"{key}"' for key in keys)
                    errors.insert(0, f"{what} key(s) in state_dict: {quoted}. ")
        if errors:
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t" + "\n\t".join(errors))
        return _IncompatibleKeys(missing, unexpected)

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, errors):
        """Load this module's own tensors, and note what is missing, unexpected or wrong; subclasses may extend it."""
        for hook in self._load_state_dict_pre_hooks.values():
            hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, errors)
        state, extra = dict(self._state()), prefix + "_extra_state"
        for name, tensor in state.items():
            if prefix + name in state_dict:
                self._load_one(prefix + name, name, tensor, state_dict[prefix + name], local_metadata, errors)
            elif strict:
                missing_keys.append(prefix + name)
        takes_extra = type(self).set_extra_state is not Module.set_extra_state
        if takes_extra and extra in state_dict:
            self.set_extra_state(state_dict[extra])
        elif strict and takes_extra != (extra in state_dict):
            (missing_keys if takes_extra else unexpected_keys).append(extra)
        for key in state_dict if strict else ():
            if key.startswith(prefix) and key != extra:
                name, dot, _ = key[len(prefix) :].partition(".")
                if name not in (self._modules if dot else state):
                    unexpected_keys.append(key)

    def _load_one(self, key, name, tensor, value, local_metadata, errors):
        if not isinstance(value, Tensor):
            errors.append(
                f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
                f"checkpoint but received {type(value)}"
            )
            return
        if tensor.shape == () and value.shape == (1,):
            value = value[0]  # how 0-d parameters were saved before there were 0-d tensors
        if value.shape != tensor.shape:
            errors.append(
                f"size mismatch for {key}: copying a param with shape {value.shape} from checkpoint, "
                f"the shape in current model is {tensor.shape}."
            )
        elif local_metadata.get("assign_to_params_buffers"):
            if isinstance(tensor, Parameter):
                value = value if isinstance(value, Parameter) else Parameter(value, requires_grad=tensor.requires_grad)
                value.requires_grad_(tensor.requires_grad)
            setattr(self, name, value)
        else:
            with no_grad():
                tensor.copy_(value)

    def __setstate__(self, state):
        """What was saved before there were hooks of some kind gets them now."""
        self.__dict__.update({name: OrderedDict() for name in HOOKS} | state)

    # Printing

    def _get_name(self):
        return type(self).__name__

    def extra_repr(self):
        """What a subclass shows of itself between the parentheses."""
        return ""

    def __repr__(self):
        extra = self.extra_repr().split("\n") if self.extra_repr() else []
        children = [f"({name}): {indented(repr(module))}" for name, module in self._modules.items()]
        if len(extra) == 1 and not children:
            return f"{self._get_name()}({extra[0]})"
        return in_parentheses(self._get_name(), extra + children)


_NEVER_CALLED = (
    "Reached a code path in Module.{}() that should never be called. Please file an issue at "
    "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug."
)


def indented(text):
    """All lines but the first two blanks further to the right."""
    first, *rest = text.split("\n")
    return "\n".join([first, *("  " + line if line.strip() else "" for line in rest)])


def in_parentheses(name, lines):
    """``Name(`` and the lines, indented, one under the other."""
    return f"{name}(\n  " + "\n  ".join(lines) + "\n)" if lines else f"{name}()"


def register_module_forward_pre_hook(hook):
    """`Module.register_forward_pre_hook` for every module there is."""
    return registered(_global_forward_pre_hooks, hook)


def register_module_forward_hook(hook, *, with_kwargs=False, always_call=False):
    """`Module.register_forward_hook` for every module there is."""
    marks = [_global_forward_hooks_with_kwargs] if with_kwargs else []
    marks += [_global_forward_hooks_always_called] if always_call else []
    return registered(_global_forward_hooks, hook, False, *marks)


def register_module_full_backward_pre_hook(hook):
    """`Module.register_full_backward_pre_hook` for every module there is."""
    return registered(_global_backward_pre_hooks, hook)


def register_module_full_backward_hook(hook):
    """`Module.register_full_backward_hook` for every module there is."""
    return _registered_backward(hook, full=True)


def register_module_backward_hook(hook):
    """`Module.register_backward_hook`, the deprecated form, for every module there is."""
    return _registered_backward(hook, full=False)


def _registered_backward(hook, full):
    global _global_is_full_backward_hook
    if _global_is_full_backward_hook is (not full):
        raise RuntimeError(TWO_KINDS.format("as a global Module hook"))
    _global_is_full_backward_hook = full
    return registered(_global_backward_hooks, hook)


def register_module_module_registration_hook(hook):
    """Call ``hook(module, name, submodule)`` when a module gets a part; what it returns takes the part's place."""
    return registered(_global_module_registration_hooks, hook)


def register_module_parameter_registration_hook(hook):
    """Call ``hook(module, name, parameter)`` when a module gets a parameter; what it returns takes its place."""
    return registered(_global_parameter_registration_hooks, hook)


def register_module_buffer_registration_hook(hook):
    """Call ``hook(module, name, buffer)`` when a module gets a buffer; what it returns takes its place."""
    return registered(_global_buffer_registration_hooks, hook)
