"""Function: an operation whose forward and backward the user writes.

`apply` runs `forward` without recording and makes one node for all of it, whose backward calls the user's `backward`.
The node is what `forward` and `backward` get as `ctx`.
"""

import functools
import inspect
import warnings

import numpy as np

from .grad_mode import mode, no_grad
from .graph import Node, bump_version, gradient_edge, guard, next_sequence_nr, version_counter
from .inplace import LEAF_VIEW, rebase
from .record import NOWHERE
from .tensor import Tensor, wrap
from .views import View

NOT_RETURNED = (
    "Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified "
    "inplace must all be outputs of the Function."
)
NO_INPUT = (
    "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated should be "
    "passed to ctx.mark_dirty()."
)
SEVERAL_AND_A_VIEW = (
    "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more "
    "than one Tensor. This is not supported by the current autograd engine. You should either make sure the input is "
    "not a view (using .clone() for example) or make your Function only return one Tensor (potentially splitting it "
    "into two Functions: one doing the inplace that returns a single Tensor and a second one that does the other "
    "operations). You can ask on the forum https://discuss.pytorch.org/ if you need help to do this change."
)


class FunctionCtx(Node):
    """The node of a user's Function: `ctx` in its forward and backward."""

    # Users set attributes of any name on ctx, so our own begin with an underscore.
    __slots__ = ("needs_input_grad", "to_save", "num_outputs", "_non_differentiable", "_dirty", "_materialize",
                 "_are_tensors", "_outputs_at", "__dict__")
    fresh_gradients = False
    _function = None  # the user's class

    def save_for_backward(self, *tensors):
        """Keep tensors for backward, where `saved_tensors` has them; changes in place are noticed."""
        self.to_save = tensors

    @property
    def saved_tensors(self):
        """What `save_for_backward` was given."""
        if self.to_save is not None:  # still inside forward
            return tuple(self.to_save)
        return tuple(self._restored(i, value) for i, value in enumerate(self.unpack()))

    def _restored(self, i, value):
        """A saved output was kept without its edge; backward sees it with it."""
        nr = self._outputs_at.get(i)
        if nr is None or value is None:
            return value
        output = wrap(value.array)
        output._counter, output._requires_grad, output._edge = value._counter, True, (self, nr)
        return output

    def _origin(self, value):
        for i, nr in self._outputs_at.items():
            if self._saved[i] is value:
                return self, nr
        return super()._origin(value)

    def mark_non_differentiable(self, *tensors):
        """Say that these outputs have no gradient."""
        self._non_differentiable = tensors

    def mark_dirty(self, *tensors):
        """Say that forward changed these inputs in place and returns them."""
        self._dirty = tensors

    def set_materialize_grads(self, value):
        """Whether backward gets zeros (the default) or None for outputs to which no gradient came."""
        self._materialize = value

    def backward(self, grad, needed=None):
        gradients = list(grad) if self.num_outputs > 1 else [grad]
        if self._materialize:
            shapes, dtypes = self.output_shape, self.output_dtype
            if self.num_outputs == 1:
                shapes, dtypes = [shapes], [dtypes]
            gradients = [
                wrap(np.zeros(shape, dtype)) if gradient is None and shape is not None else gradient
                for gradient, shape, dtype in zip(gradients, shapes, dtypes)
            ]
        results = self._function.backward(self, *gradients)
        results = results if isinstance(results, tuple) else (results,)
        return self._checked(results)

    def _checked(self, results):
        """One gradient for each tensor among the arguments of forward."""
        count = len(self._are_tensors)
        if len(results) > count and all(r is None for r in results[count:]):
            results = results[:count]
        if len(results) != count:
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients "
                f"(expected {count}, got {len(results)})"
            )
        gradients = []
        for i, (is_tensor, result) in enumerate(zip(self._are_tensors, results)):
            if result is not None and not isinstance(result, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(result).__name__})")
            if not is_tensor and result is not None:
                raise RuntimeError(
                    f"function {self.name()} returned a gradient different from None at position {i + 1}, "
                    "but the corresponding forward input was not a Variable"
                )
            if is_tensor:
                gradients.append(result)
        return gradients

    def release(self):
        if self._saved:
            self._saved = None


class _FunctionMeta(type):
    """Gives each Function its node class, called MyFunctionBackward."""

    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)
        cls._node = type(name + "Backward", (FunctionCtx,), {"__slots__": (), "_function": cls})


class Function(metaclass=_FunctionMeta):
    """Base class for operations with a backward of your own.

    >>> import minigrad as torch
    >>> class Cube(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         (x,) = ctx.saved_tensors
    ...         return grad * 3 * x**2
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x)
    tensor(8., grad_fn=<CubeBackward>)
    """

    @staticmethod
    def forward(*args, **kwargs):
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx, *grad_outputs):
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    setup_context = None

    def __init__(self, *args, **kwargs):
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should "
            "invoke them on the class itself. Instantiating an autograd function will raise an error in a future "
            "version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args, **kwargs):
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function with static forward method. (Example: "
            "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @classmethod
    def apply(cls, *args, **kwargs):
        """Run forward on `args` and record one node for it."""
        if cls.setup_context is not None:
            args = _bound(cls.forward, args, kwargs)
        elif kwargs:
            args = _bound(functools.partial(cls.forward, None), args, kwargs)
        ctx = cls._node()
        tensors = [a for a in args if isinstance(a, Tensor)]
        ctx.needs_input_grad = tuple(isinstance(a, Tensor) and a.requires_grad for a in args)
        ctx._are_tensors = [isinstance(a, Tensor) for a in args]
        ctx.to_save, ctx._non_differentiable, ctx._dirty, ctx._materialize = None, (), (), True
        ctx._outputs_at, ctx.num_outputs = {}, 1
        ctx.next_functions = tuple(gradient_edge(t) if t.requires_grad else NOWHERE for t in tensors)
        with no_grad():
            if cls.setup_context is None:
                output = cls.forward(ctx, *args)
            else:
                output = cls.forward(*args)
                cls.setup_context(ctx, args, output)
        outputs = output if isinstance(output, tuple) else (output,)
        _check_marks(ctx, args, outputs)
        for tensor in ctx._dirty:
            bump_version(tensor)
        results = _attach(ctx, args, outputs)
        return results if isinstance(output, tuple) else results[0]


def _bound(forward, args, kwargs):
    """All arguments of `forward` by position, with the defaults of those that are not given."""
    signature = inspect.signature(forward)
    positional = [p.name for p in signature.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    for name in kwargs:
        if name not in positional:
            raise TypeError(f"forward() got an unexpected keyword argument '{name}'")
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args


def _check_marks(ctx, inputs, outputs):
    """What forward told ctx has to fit what it was given and what it returned."""
    for i, saved in enumerate(ctx.to_save or ()):
        if saved is not None and not isinstance(saved, Tensor):
            raise TypeError(
                f"save_for_backward can only save variables, but argument {i} is of type {type(saved).__name__}"
            )
    for tensor in ctx._dirty:
        if not _is_in(tensor, outputs):
            raise RuntimeError(NOT_RETURNED)
        if not _is_in(tensor, inputs):
            warnings.warn(NO_INPUT, UserWarning, stacklevel=3)


def _attach(ctx, inputs, outputs):
    """The outputs as the user gets them: those that are differentiable with the node as their history."""
    tracked = mode.enabled and any(ctx.needs_input_grad)
    ctx.sequence_nr = next_sequence_nr()
    ctx.num_outputs = len(outputs)
    facts = [(x.array.shape, x.array.dtype) if isinstance(x, Tensor) else (None, None) for x in outputs]
    ctx.output_shape, ctx.output_dtype = zip(*facts) if len(facts) > 1 else facts[0]
    results = [_output(ctx, nr, out, inputs, tracked) for nr, out in enumerate(outputs)]
    if tracked:
        _save(ctx, inputs, outputs, results)
    return tuple(results)


def _output(ctx, nr, out, inputs, tracked):
    """One output. An input that is returned as it is becomes a view of itself, as it cannot have two histories."""
    if not isinstance(out, Tensor):
        return out
    dirty, several = _is_in(out, ctx._dirty), ctx.num_outputs > 1
    differentiable = tracked and out.array.dtype.kind == "f" and not _is_in(out, ctx._non_differentiable)
    if _is_in(out, inputs) and not dirty:
        out = _view_of(out) if mode.enabled and not _is_in(out, ctx._non_differentiable) else out.detach()
    if not differentiable:
        return out
    if dirty and out.is_leaf and out.requires_grad:
        raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
    if dirty and out._view is not None:
        if several:
            raise RuntimeError(SEVERAL_AND_A_VIEW)
        out._view.check_creation("is being")
        if out.requires_grad and out._view.base.is_leaf:
            raise RuntimeError(LEAF_VIEW)
        rebase(out, (ctx, nr))
        return out
    out._requires_grad = True
    if out._view is None:
        out._edge = ctx, nr
    else:
        out._view.edge, out._view.creation = (ctx, nr), "one of several" if several else "function"
    return out


def _view_of(tensor):
    twin = wrap(tensor.array)
    twin._counter = version_counter(tensor)
    twin._view = View(tensor, twin)
    return twin


def _save(ctx, inputs, outputs, results):
    """Keep what forward asked for; outputs without their edge, or node and output would hold each other."""
    saved = []
    for i, tensor in enumerate(ctx.to_save or ()):
        for nr, (out, result) in enumerate(zip(outputs, results)):
            if tensor is out and not _is_in(tensor, inputs):
                ctx._outputs_at[i] = nr
                tensor = result.detach()
                break
        saved.append(tensor)
    ctx._saved = tuple(saved)
    ctx._guards = tuple(guard(t) for t in saved if t is not None)
    ctx.to_save = None


def _is_in(tensor, tensors):
    return any(tensor is t for t in tensors)


def once_differentiable(backward):
    """Decorator for a backward that cannot be differentiated itself: doing so raises RuntimeError."""

    @functools.wraps(backward)
    def wrapper(ctx, *gradients):
        recorded = mode.enabled and any(isinstance(g, Tensor) and g.requires_grad for g in gradients)
        with no_grad():
            results = backward(ctx, *gradients)
        if not recorded:
            return results
        as_tuple = results if isinstance(results, tuple) else (results,)
        failing = tuple(None if r is None else _Undifferentiable.mark(r) for r in as_tuple)
        return failing if isinstance(results, tuple) else failing[0]

    return wrapper


class _Undifferentiable(Node):
    """Stands where a graph would go on, and refuses."""

    __slots__ = ()

    def name(self):
        return "torch::autograd::Error"

    @staticmethod
    def mark(tensor):
        result = tensor.detach()
        node = _Undifferentiable((), result.array.shape, result.array.dtype)
        result._requires_grad, result._edge = True, (node, 0)
        return result

    def backward(self, grad, needed=None):
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")
