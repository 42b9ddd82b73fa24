"""How a Module learns of the gradients of its inputs and outputs: a node of its own at each end.

An identity Function is put around the arguments and around the outputs. When backward reaches the outer one, the
gradients of all outputs are known; when it reaches the inner one, those of all inputs are.
"""

import functools
import warnings
import weakref

from ...function import Function
from ...grad_mode import mode
from ...tensor import Tensor

NO_INPUT = (
    "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require "
    "gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html"
    "#torch.nn.Module.register_full_backward_hook for more details."
)
NOT_FULL = (
    "Using {} is deprecated and will be removed in future versions. This hook will be missing some {}. Please use "
    "register_full_backward_hook to get the documented behavior."
)


class BackwardHookFunction(Function):
    """The identity."""

    @staticmethod
    def forward(ctx, *args):
        ctx.mark_non_differentiable(*[arg for arg in args if not arg.requires_grad])
        return args

    @staticmethod
    def backward(ctx, *grads):
        return grads


class BackwardHook:
    """One call of a module that has backward hooks."""

    def __init__(self, module, hooks, pre_hooks):
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.grad_outputs = self.inputs = None
        self.num_inputs = 0

    def setup_input_hook(self, args):
        """The arguments behind the inner node."""
        self.num_inputs = len(args)
        args, self.inputs, node = _behind_identity(args)
        if node is not None:
            node.register_hook(self._inputs_known)
        return args

    def setup_output_hook(self, result):
        """The result, a tensor or a tuple, behind the outer node."""
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
                f"{type(result)}",
                stacklevel=2,
            )
            return result
        outputs = result if isinstance(result, tuple) else (result,)
        outputs, self.outputs, node = _behind_identity(outputs)
        self.num_outputs = len(outputs)
        if node is not None:
            node.register_hook(self._outputs_known)
        return outputs if isinstance(result, tuple) else outputs[0]

    def _outputs_known(self, _, grads):
        self.grad_outputs = _with_nones(grads, self.outputs, self.num_outputs)
        for hook in self.pre_hooks:
            new = hook(self.module, self.grad_outputs)
            if new is None:
                continue
            _check_length(new, self.grad_outputs, "Backward pre hook returned an invalid number of grad_output")
            self.grad_outputs = new
        grad_outputs = self.grad_outputs
        if self.inputs is None:  # no input is tracked, so this is all there will be
            warnings.warn(NO_INPUT, UserWarning, stacklevel=5)
            for hook in self.hooks:
                new = hook(self.module, (None,) * self.num_inputs, grad_outputs)
                if new is not None and not (isinstance(new, tuple) and all(g is None for g in new)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always return None or None "
                        "for all gradients."
                    )
            self.grad_outputs = None
        return tuple(grad_outputs[i] for i in self.outputs)

    def _inputs_known(self, grads, _):
        if self.grad_outputs is None:
            return None  # a double backward reaches the inputs without coming through the outputs
        grad_inputs = _with_nones(grads, self.inputs, self.num_inputs)
        for hook in self.hooks:
            new = hook(self.module, grad_inputs, self.grad_outputs)
            if new is not None:
                _check_length(new, grad_inputs, "Backward hook returned an invalid number of grad_input")
                grad_inputs = new
        self.grad_outputs = None
        return tuple(grad_inputs[i] for i in self.inputs)


def _behind_identity(args):
    """The arguments, which of them are tensors, and the node; (args, None, None) if none is tracked."""
    places = [i for i, arg in enumerate(args) if isinstance(arg, Tensor)]
    if not mode.enabled or not any(args[i].requires_grad for i in places):
        return args, None, None
    changed, tensors = list(args), BackwardHookFunction.apply(*[args[i] for i in places])
    for i, tensor in zip(places, tensors):
        changed[i] = tensor
    node = next(tensor.grad_fn for tensor in tensors if tensor.grad_fn is not None)
    return type(args)(*changed) if hasattr(args, "_fields") else tuple(changed), places, node


def _with_nones(grads, places, count):
    whole = [None] * count
    for i, grad in zip(places, grads):
        whole[i] = grad
    return tuple(whole)


def _check_length(new, old, what):
    if len(new) != len(old):
        raise RuntimeError(f"{what}, got {len(new)}, but expected {len(old)}")


def call_later(module, hooks, args, result):
    """The deprecated hooks: on the node of the result alone, whatever its inputs are."""
    if not hooks:
        return
    first = result
    while not isinstance(first, Tensor):
        first = next(v for v in first.values() if isinstance(v, Tensor)) if isinstance(first, dict) else first[0]
    node = first.grad_fn
    if node is None:
        return
    for hook in hooks:
        node.register_hook(WithModule(hook, module))
    outputs = (result,) if isinstance(result, Tensor) else result
    missing = _what_they_miss(node, args, outputs)
    if missing:
        warnings.warn(NOT_FULL.format(*missing), FutureWarning, stacklevel=4)


def _what_they_miss(node, inputs, outputs):
    """Why gradients are missing from a hook that is called at one node, and which; None if it is called with all."""
    for what, which, values in (("return", "grad_output", outputs), ("take as input", "grad_input", inputs)):
        if not isinstance(values, tuple) or not all(isinstance(value, Tensor) for value in values):
            kind = f"non-full backward hooks on a Module that does not {what} a single Tensor or a tuple of Tensors"
            return kind, f"of the {which}"
    if {output.grad_fn for output in outputs} - {None, node}:
        return "a non-full backward hook when outputs are generated by different autograd Nodes", "grad_output"
    if {input.grad_fn for input in inputs} - {None} != {target for target, _ in node.next_functions}:
        return "a non-full backward hook when the forward contains multiple autograd Nodes", "grad_input"
    return None


class WithModule:
    """A hook that is called with its module first, and does not keep it alive; a copy of the module has its own."""

    def __init__(self, hook, module):
        self.hook, self.module = hook, weakref.ref(module)
        functools.update_wrapper(self, hook)

    def __call__(self, *args):
        module = self.module()
        if module is None:
            raise RuntimeError("You are trying to call the hook of a dead Module!")
        return self.hook(module, *args)

    def __getstate__(self):
        return self.hook, self.module()

    def __setstate__(self, state):
        self.__init__(*state)
