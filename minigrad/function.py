"""Function: an operation whose forward and backward the user writes.

`apply` runs `forward` without recording and makes one node for all of it, whose backward calls the user's `backward`.
The node is what `forward` and `backward` get as `ctx`.
"""

import functools
import inspect
import warnings

import numpy as np

from .grad_mode import keep_tangents, levels, mode, no_grad
from .graph import FREED, Node, bump_version, gradient_edge, guard, next_sequence_nr, seam
from .inplace import LEAF_VIEW, rebase
from .record import NOWHERE
from .tensor import Tensor, refuse, wrap
from .views import share

NOT_RETURNED = ("Some elements marked as dirty during the forward method were not returned as output. The inputs that "
                "are modified inplace must all be outputs of the Function.")
NOT_APART = ("In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must "
             "override the setup_context staticmethod. For more details, please see "
             "https://pytorch.org/docs/main/notes/extending.func.html")
SAVED_AS_IS = ("An input that has been returned as-is as output is being saved for backward. This is not supported if "
               "you override setup_context. You should return and save a view of the input instead, e.g. with "
               "x.view_as(x) or setup ctx inside the forward function itself.")
LEAF_USED = "a leaf Variable that requires grad has been used in an in-place operation."
READ_TWICE = ("saved_tensors can only be accessed once when clear_saved_tensors_on_access=True is set on the "
              "autograd.Function. Either access saved_tensors only once, or set clear_saved_tensors_on_access=False.")
SHARED_STORAGE = ("`mark_shared_storage` is deprecated. Tensors with shared storages are automatically tracked. Note "
                  "that calls to `set_()` are not tracked")
NO_INPUT = ("ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated "
            "should be passed to ctx.mark_dirty().")
SEVERAL_PURE = ("Pure view custom Function can only have one input Tensor and one output Tensor. Open an issue if you "
                "need to support more.")
SEVERAL_AND_A_VIEW = ("If your Function modifies inplace an input that is a view of another Tensor, your Function "
                      "cannot return more than one Tensor. This is not supported by the current autograd engine. You "
                      "should either make sure the input is not a view (using .clone() for example) or make your "
                      "Function only return one Tensor (potentially splitting it into two Functions: one doing the "
                      "inplace that returns a single Tensor and a second one that does the other operations). You can "
                      "ask on the forum https://discuss.pytorch.org/ if you need help to do this change.")


class FunctionCtx:
    """What a user's forward and backward can do with their first argument, `ctx`."""

    to_save = dirty_tensors = non_differentiable = saved_for_forward = None
    _materialize = _materialize_non_diff_grads = True
    _is_pure_view = False  # whether, for changes in place, the one output is no more than a view of the one input

    def save_for_backward(self, *tensors):
        """Keep tensors for backward, where `saved_tensors` has them; changes in place are noticed."""
        self.to_save = tensors

    def save_for_forward(self, *tensors):
        """Keep tensors for `jvp`, where `saved_tensors` has them."""
        for tensor in tensors:
            if not isinstance(tensor, Tensor) and tensor is not None:
                raise AssertionError("save_for_forward expects all arguments to be tensors; you should save "
                                     "non-tensors as attributes on ctx.")
        self.saved_for_forward = tensors

    def mark_non_differentiable(self, *tensors):
        """Say that these outputs have no gradient."""
        self.non_differentiable = tensors

    def mark_dirty(self, *tensors):
        """Say that forward changed these inputs in place and returns them."""
        self.dirty_tensors = tensors

    def mark_shared_storage(self, *pairs):
        """Does nothing; deprecated."""
        warnings.warn(SHARED_STORAGE, FutureWarning, stacklevel=2)

    def set_materialize_grads(self, value):
        """Whether backward gets zeros (the default) or None for outputs to which no gradient came."""
        refuse(not isinstance(value, bool) and "set_materialize_grads received an invalid combination of arguments - "
               "got (), but expected (bool)", TypeError)
        self._materialize = value


class BackwardCFunction(FunctionCtx, Node):
    """The node of a user's Function."""

    # Users set attributes of any name on ctx, so our own begin with an underscore where PyTorch has none. For theirs
    # there is a __dict__, and no __slots__.
    fresh_gradients = False
    requires_grad = True
    _forward_cls = None  # the user's class
    __dir__ = object.__dir__  # with what the user has put there

    def __init__(self, inputs):
        # Made before forward runs; `_attach` adds what comes after it: the number, the outputs' shapes, what to save.
        tensors = [x for x in inputs if isinstance(x, Tensor)] if mode.enabled else ()
        self.next_functions = tuple([gradient_edge(x) if x.requires_grad else NOWHERE for x in tensors])
        self.needs_input_grad = tuple(isinstance(x, Tensor) and x.requires_grad for x in inputs)
        self._are_tensors = [isinstance(x, Tensor) for x in inputs]
        self._saved, self._guards, self._hooks = (), (), None
        self._was_read = False
        self._outputs_at = {}  # where an output is among what was saved -> which output

    @property
    def saved_tensors(self):
        """What `save_for_backward` was given; as long as there are no outputs yet, `save_for_forward`."""
        if self.saved_for_forward is not None:
            return self.saved_for_forward
        refuse(self._was_read and READ_TWICE)
        values = tuple(self._restored(i, value) for i, value in enumerate(self.unpack()))
        if self._forward_cls.clear_saved_tensors_on_access:
            self._was_read = True
            self.release()
        return values

    @property
    def _raw_saved_tensors(self):
        refuse(self._saved is None and FREED)
        return tuple(self.raw_saved(self, i) for i in range(len(self._saved)))

    @property
    def saved_variables(self):
        """`saved_tensors` by its old name."""
        warnings.warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return self.saved_tensors

    def _restored(self, i, value):
        """A saved output was kept without its edge; backward sees it with it."""
        nr = self._outputs_at.get(i)
        if nr is None or value is None:
            return value
        output = _with_edge(wrap(value.array), (self, nr))
        output._counter = value._counter
        keep_tangents(value, output)
        return output

    def saved_value(self, i):
        return self._restored(i, super().saved_value(i))

    def _origin(self, value):
        for i, nr in self._outputs_at.items():
            if self._saved[i] is value:
                return self, nr
        return super()._origin(value)

    def backward(self, grad, needed=None):
        gradients = list(grad) if self.num_outputs > 1 else [grad]
        if self._materialize:
            shapes, dtypes = self.output_shape, self.output_dtype
            if self.num_outputs == 1:
                shapes, dtypes = [shapes], [dtypes]
            gradients = [wrap(np.zeros(shape, dtype)) if gradient is None and shape is not None else gradient
                         for gradient, shape, dtype in zip(gradients, shapes, dtypes)]
        results = self._rule()(self, *gradients)
        return self._for_inputs(results if isinstance(results, tuple) else (results,))

    def without_gradient(self):
        """The user's backward is called all the same, with zeros or None as `set_materialize_grads` says."""
        return self.backward([None] * self.num_outputs if self.num_outputs > 1 else None)

    def _rule(self):
        """The user's backward, or vjp, which is another name for it."""
        cls = self._forward_cls
        if cls.vjp is Function.vjp:
            return cls.backward
        refuse(cls.backward is not Function.backward and "Implementing both 'backward' and 'vjp' for a custom Function "
               "is not allowed. You should only implement one of them.")
        return cls.vjp

    def _for_inputs(self, results):
        """One gradient for each tensor among the arguments of forward."""
        count = len(self._are_tensors)
        if len(results) > count and all(r is None for r in results[count:]):
            results = results[:count]
        refuse(len(results) != count and f"function {self.name()} returned an incorrect number of gradients (expected "
               f"{count}, got {len(results)})")
        gradients = []
        for i, (is_tensor, result) in enumerate(zip(self._are_tensors, results)):
            if result is not None and not isinstance(result, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(result).__name__})")
            refuse(not is_tensor and result is not None and f"function {self.name()} returned a gradient different "
                   f"than None at position {i + 1}, but the corresponding forward input was not a Variable")
            if is_tensor:
                gradients.append(result)
        return gradients

    def release(self):
        self._saved, self._guards = None, ()

    def __repr__(self):
        return f"<torch.autograd.function.{type(self).__name__} object at {hex(id(self))}>"


class _FunctionMeta(type):
    """Gives each Function its node class, called MyFunctionBackward."""

    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)
        cls._backward_cls = type(name + "Backward", (BackwardCFunction,), {"_forward_cls": cls})
        cls._backward_cls.__module__ = "torch.autograd.function"


class Function(FunctionCtx, metaclass=_FunctionMeta):
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

    generate_vmap_rule = False
    clear_saved_tensors_on_access = False

    @staticmethod
    def forward(*args, **kwargs):
        """What the operation computes; the first argument is `ctx`, unless there is a `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx, inputs, output):
        """What else there is to do after a forward that has no `ctx`."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *grad_outputs):
        """From the gradient of each output, the gradient of each argument of forward; None where there is none."""
        raise NotImplementedError("You must implement either the backward or vjp method for your custom "
                                  "autograd.Function to use it with backward mode AD.")

    vjp = backward

    @staticmethod
    def jvp(ctx, *grad_inputs):
        """From the tangent of each argument of forward, None for what is no tensor, the tangent of each output."""
        raise NotImplementedError("You must implement the jvp function for custom autograd.Function to use it with "
                                  "forward mode AD.")

    @staticmethod
    def vmap(info, in_dims, *args):
        """The operation on a batch, which minigrad never asks for."""
        raise NotImplementedError("To use autograd.Function with vmap, you must either override the vmap staticmethod "
                                  "or set generate_vmap_rule=True.")

    def __init__(self, *args, **kwargs):
        warnings.warn(f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you "
                      "should invoke them on the class itself. Instantiating an autograd function will raise an error "
                      "in a future version of PyTorch.", DeprecationWarning, stacklevel=2)

    def __call__(self, *args, **kwargs):
        raise RuntimeError("Legacy autograd function with non-static forward method is deprecated. Please use "
                           "new-style autograd function with static forward method. (Example: "
                           "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)")

    @classmethod
    def apply(cls, *args, **kwargs):
        """Run forward on `args` and record one node for it."""
        apart = cls.setup_context is not Function.setup_context
        refuse(mode.transforms and not apart and NOT_APART)
        if apart:
            args = _bound(cls.forward, args, kwargs)
        elif kwargs:
            args = _bound(functools.partial(cls.forward, None), args, kwargs)
        ctx = cls._backward_cls(args)
        with _alone():
            if apart:
                output = cls.forward(*args)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args)
        results = _attach(ctx, args, output if isinstance(output, tuple) else (output,), apart)
        return results if isinstance(output, tuple) else results[0]


class _alone(no_grad):
    """Around a user's forward: nothing that it does is differentiated, neither backward nor in forward mode."""

    def __enter__(self):
        self._reach = mode.forward
        if levels:
            mode.forward = 0
        super().__enter__()

    def __exit__(self, *exception):
        super().__exit__()
        mode.forward = self._reach


def _bound(forward, args, kwargs):
    """All arguments of `forward` by position, with the defaults of those that are not given."""
    signature = inspect.signature(forward)
    positional = [p.name for p in signature.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    for name in kwargs:
        refuse(name not in positional and f"forward() got an unexpected keyword argument '{name}'", TypeError)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args


def _attach(ctx, inputs, outputs, apart):
    """The outputs as the user gets them: those that are differentiable with the node as their history.

    `apart` says whether there is a `setup_context`, so that forward had no ctx.
    """
    tracked = mode.enabled and any(isinstance(x, Tensor) and x.requires_grad for x in inputs)
    refuse(ctx._is_pure_view and (len(outputs) != 1 or sum(ctx._are_tensors) != 1) and SEVERAL_PURE)
    dirty, marked, saved = _marks(ctx, inputs, outputs, tracked)
    ctx.sequence_nr = next_sequence_nr()
    kept = (*(ctx.to_save or ()), *(ctx.saved_for_forward or ())) if apart else ()
    zeros_for_all = ctx._materialize_non_diff_grads
    _describe_outputs(ctx, [out if zeros_for_all or not _is_in(out, marked) else None for out in outputs])
    results, views, differentiable = [], [], 0
    for nr, out in enumerate(outputs):
        if isinstance(out, Tensor):
            is_input, modified = _is_in(out, inputs), _is_in(out, dirty)
            refuse(is_input and not modified and _is_in(out, kept) and SAVED_AS_IS)
            history = None
            if tracked and out.array.dtype.kind in "fc" and not _is_in(out, marked):
                differentiable, history = differentiable + 1, (ctx, nr)
            out = _output(out, history, is_input, modified)
            if out._view is not None and not (is_input and modified):
                views.append(out)
        results.append(out)
    for out in views:
        out._view.creation = None if ctx._is_pure_view else "one of several" if differentiable > 1 else "function"
    if tracked:
        _save(ctx, saved, inputs, outputs, results)
    ctx.to_save = ctx.dirty_tensors = ctx.non_differentiable = None
    if seam.computed is not None:
        seam.computed(ctx.name(), inputs, tuple(results), ctx)
        for i, nr in ctx._outputs_at.items():
            keep_tangents(results[nr], ctx._saved[i])  # which it has now
    ctx.saved_for_forward = None
    if seam.made is not None:
        seam.made(ctx)
    return tuple(results)


def _marks(ctx, inputs, outputs, tracked):
    """What forward told ctx, which has to fit what it was given and what it returned: (dirty, marked, to save)."""
    dirty, marked = ctx.dirty_tensors or (), ctx.non_differentiable or ()
    saved = (ctx.to_save or ()) if tracked else ()
    for i, value in enumerate(saved):
        refuse(value is not None and not isinstance(value, Tensor) and "save_for_backward can only save variables, but "
               f"argument {i} is of type {type(value).__name__}", TypeError)
    if not all(isinstance(x, Tensor) for x in marked):
        raise RuntimeError("mark_non_differentiable only accepts variable arguments, but got ")
    refuse(not all(isinstance(x, Tensor) for x in dirty) and "mark_dirty can only accept variables, but argument ")
    for tensor in dirty:
        bump_version(tensor)
        refuse(not _is_in(tensor, outputs) and NOT_RETURNED)
        if tracked and not _is_in(tensor, inputs) and tensor._view is None:
            warnings.warn(NO_INPUT, UserWarning, stacklevel=4)
    return dirty, marked, saved


def _describe_outputs(node, outputs):
    """Tell a node how many outputs it has and of which shapes and dtypes; (None, None) is no tensor."""
    facts = [(x.array.shape, x.array.dtype) if isinstance(x, Tensor) else (None, None) for x in outputs]
    node.num_outputs = len(facts)
    node.output_shape, node.output_dtype = facts[0] if len(facts) == 1 else tuple(zip(*facts)) or ((), ())


def _output(out, history, is_input, modified):
    """One output; `history` is its edge, None if it is not differentiable."""
    if history is None:
        if out.requires_grad and is_input:
            return out.detach()  # what the input itself is must not change
        if out.requires_grad and out._view is None:
            return out.detach_()
        return _view_of(out) if is_input and not modified and not out.requires_grad else out
    if modified:
        return _rebased(out, history, is_input)
    if is_input:  # it has a history, and cannot have two
        out = _view_of(out)
    out._requires_grad = True
    if out._view is None:
        out._edge = history
    else:
        out._view.edge, out._view.version = history, out._counter.value
    return out


def _rebased(out, history, is_input):
    """An output that forward says it changed in place: now the Function is its history."""
    refuse(out._view is not None and not is_input and not out.requires_grad and NO_INPUT)
    refuse(out._known_edge is None and out.requires_grad and LEAF_USED)
    if out._view is not None:
        refuse(history[0].num_outputs > 1 and SEVERAL_AND_A_VIEW)
        out._view.check_creation("is being")
        refuse(out.requires_grad and out._view.base.is_leaf and LEAF_VIEW)
    out._grad = None  # that of the value it had
    rebase(out, history)
    return out


def _view_of(tensor):
    if hasattr(type(tensor), "__torch_function__"):  # a class of the user's that makes its own results
        return tensor.__torch_function__(Tensor.view_as, (type(tensor),), (tensor, tensor))
    twin = wrap(tensor.array)
    share(tensor, twin)
    return twin


def _save(ctx, to_save, inputs, outputs, results):
    """Keep what forward asked for; outputs without their edge, or node and output would hold each other."""
    saved = []
    for i, tensor in enumerate(to_save):
        for nr, (out, result) in enumerate(zip(outputs, results)):
            if tensor is not None and tensor is out is result:
                if result.requires_grad:
                    ctx._outputs_at[i] = nr
                tensor = result.detach()
                break
        saved.append(tensor)
    ctx._saved = tuple(saved)
    ctx._guards = tuple(guard(t) for t in saved if t is not None)


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
        failing = behind(Error(TWICE), [None if r is None else _with_edge(r.detach(), None) for r in as_tuple])
        return failing if isinstance(results, tuple) else failing[0]

    return wrapper


TWICE = "trying to differentiate twice a function that was marked with @once_differentiable"


class Error(Node):
    """Stands where a graph would go on, and refuses."""

    __slots__ = ("num_outputs", "message")

    def __init__(self, message):
        super().__init__()
        self.message = message

    def name(self):
        return "torch::autograd::Error"

    def backward(self, grad, needed=None):
        raise RuntimeError(self.message)


def behind(node, tensors):
    """The same tensors once more, with `node` between them and what they were computed from."""
    node.next_functions = tuple(NOWHERE if t is None else gradient_edge(t) for t in tensors)
    _describe_outputs(node, tensors)
    return tuple(None if t is None else _with_edge(t.detach(), (node, nr)) for nr, t in enumerate(tensors))


def _with_edge(tensor, edge):
    tensor._requires_grad, tensor._edge = True, edge
    return tensor


class InplaceFunction(Function):
    """An older base class, of functions that can be told to work in place."""

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace
