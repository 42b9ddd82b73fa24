"""Changing a tensor in place: the values, the version, and the history of everything that shares the memory.

The operation is recorded as if it were not in place; then the tensor takes over the result's values and history. If the
tensor is a view, the base's history changes instead: CopySlices says "the old base, but with this part computed anew".
"""

import functools
import warnings
import weakref

import numpy as np

from . import derivatives as d, positions as at
from .dtypes import as_kind, category, from_numpy_dtype, number_for
from .grad_mode import keep_tangents, levels, marking, mode
from .graph import (
    FREED,
    INFERENCE,
    Node,
    bump_version,
    gradient_edge,
    guard,
    move_retained,
    seam,
    transform_of,
    version_counter,
)
from .indexing import index_of_place, index_put, views_of
from .kernels import view_as_real
from .record import NOWHERE, NUMBERS, RowNode, broadcast_error, kind_name, named, quiet, title
from .tensor import Tensor, is_recording, refuse, wrap
from .views import LEAF, positions

LEAF_VIEW = "a view of a leaf Variable that requires grad is being used in an in-place operation."
OVERLAP = ("unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
           "Please clone() the tensor before performing the operation.")
CAPTURED = ("During a grad (vjp, jvp, grad, etc) transform, the function provided attempted to call in-place operation "
            "(aten::{}) that would mutate a captured Tensor. This is not supported; please rewrite the function being "
            "transformed to explicitly accept the mutated Tensor(s) as inputs.")
PARTIAL_OVERLAP = ("unsupported operation: some elements of the input tensor and the written-to tensor refer to a "
                   "single memory location. Please clone() the tensor before performing the operation.")


def in_place(operation, type_name="title"):
    """The in-place form of an operation: ``add_`` from ``add``."""

    name = operation.__name__ + "_"
    overloaded = name + ".Tensor" if name in ("add_", "sub_", "mul_", "div_") else name

    def method(self, *args, **kwargs):
        others = [x for x in (*args, *kwargs.values()) if isinstance(x, Tensor)]
        recorded = check_writable(overloaded, self, *others)
        check_overlap(self, *others)
        if not recorded and not levels:
            result = operation(self, *args, **kwargs)
            return result if result is NotImplemented else _overwrite(self, result, type_name)
        before = _twin(self)
        if seam.made is not None or levels:
            _stay(before, self)  # a watcher may keep what is saved now, which must not change with `self`
        apart = [_stand_in(x) if isinstance(x, Tensor) and _base(x) is _base(self) else x for x in args]
        if kwargs:
            kwargs = {name: _stand_in(x) if isinstance(x, Tensor) and _base(x) is _base(self) else x
                      for name, x in kwargs.items()}
        result = operation(before, *apart, **kwargs)
        if result is NotImplemented:
            return result
        return become(self, before, result, type_name)

    what = f"`{operation.__name__}`, with the result written into this tensor."
    return named(method, name, what)


def become(self, before, result, type_name="title"):
    """Give `self` the values and the history of `result`, which was computed from `before`."""
    _check_fits(self.array, result.array, type_name)
    edge = result._edge if result._edge is not None else gradient_edge(result)
    node = edge[0]
    if node is not None and any(tensor is before for tensor, _ in node._guards):
        _stay(before, self)  # a rule needs the old values
    self.array[...] = result.array
    bump_version(self)
    if seam.changed is not None:
        seam.changed(self, result)
    if node is None:
        return self
    if isinstance(node, RowNode) and node.result_at is not None and isinstance(node._saved[node.result_at], Tensor):
        _save_as_result(node, self)
    node.output_dtype = self.array.dtype
    rebase(self, edge)
    return self


def rebase(self, edge):
    """Make `edge` the history of `self`, whose values have just changed, and of what shares its memory."""
    changed = self
    if self._view is not None:
        changed = self._view.base
        self._view.version = None  # its edge may have been asked for between the change and now
        edge = CopySlices(changed, self, edge[0]), 0
    before = changed._edge
    changed._requires_grad, changed._edge = True, edge
    if before is not None:
        move_retained(changed, before, edge)


class CopySlices(Node):
    """A base after one of its views was changed: inside the view the operation's history, outside its own.

    The operation's first input is the view's old value, which comes from the base too.
    """

    __slots__ = ("operation", "positions")
    fresh_gradients = False

    def __init__(self, base, view, operation):
        super().__init__((gradient_edge(base), *operation.next_functions[1:]), base.array.shape, base.array.dtype)
        self.operation, self.positions = operation, positions(*in_parts(base.array, view.array))

    def name(self):
        return "torch::autograd::CopySlices"

    def backward(self, grad, needed=None):
        if self.operation is None:
            raise RuntimeError(FREED)
        if self.output_dtype.kind == "c" and self.operation.output_dtype.kind != "c":
            outside, *others = self._backward(d.view_as_real(grad), needed)
            return [None if outside is None else d.view_as_complex(outside), *others]
        return self._backward(grad, needed)

    def _backward(self, grad, needed):
        if not self.needs(0, needed):
            return [None, *self._operate(at.take(grad, self.positions))[1:]]
        if not mode.enabled and not levels:  # the same as below without three more passes over the base
            outside = grad.array.copy()
            flat = outside.reshape(-1)
            inside, *others = self._operate(wrap(flat[self.positions]))
            flat[self.positions] = 0 if inside is None else inside.array
            return [wrap(outside), *others]
        part = at.take(grad, self.positions)
        outside = grad.masked_fill(_mask(grad.array.shape, self.positions), 0)
        inside, *others = self._operate(part)
        if inside is not None:
            outside = at.put(outside, self.positions, inside, True)
        return [outside, *others]

    def _operate(self, part):
        """The operation's gradients, from that of the view; in pairs if only the view has complex numbers."""
        if self.output_dtype.kind == "c" or self.operation.output_dtype.kind != "c":
            return self.operation.backward(part)
        inside, *others = self.operation.backward(d.view_as_complex(part))
        return [None if inside is None else d.view_as_real(inside), *others]

    def release(self):
        self.operation = None


def in_parts(base, view):
    """Both arrays; if complex numbers and real ones share the memory, the complex ones as pairs."""
    if base.dtype.kind == view.dtype.kind:
        return base, view
    return [view_as_real(array) if array.dtype.kind == "c" else array for array in (base, view)]


def _mask(shape, positions):
    mask = np.zeros(shape, bool)
    mask.reshape(-1)[positions] = True
    return wrap(mask)


def _twin(x):
    """`x` as it is now, with its values and history, as another object: a node that saves it does not hold `x`."""
    twin = wrap(x.array)
    if mode.enabled and x.requires_grad:
        twin._requires_grad, twin._edge = True, gradient_edge(x)
    if levels:
        keep_tangents(x, twin)
    return twin


def _stay(before, self):
    """Let a twin of `self` be as it is now when `self` has changed."""
    before.array = self.array.copy()
    keep_tangents(self, before)


def _stand_in(x):
    """A twin that notices changes of `x`, and lets an error about them name what `x` is by then."""
    twin = _twin(x)
    twin._counter, twin.stands_for = version_counter(x), weakref.ref(x)
    return twin


def _base(x):
    return x if x._view is None else x._view.base


def _overwrite(self, result, type_name):
    """Give `self` the values of `result`, which nobody tracks."""
    _check_fits(self.array, result.array, type_name)
    self.array[...] = result.array
    bump_version(self)
    if seam.changed is not None:
        seam.changed(self, result)
    return self


def _check_fits(array, result, type_name):
    """RuntimeError if `result` has another shape than `array`, or floats for its integers."""
    refuse(result.shape != array.shape and f"output with shape {list(array.shape)} doesn't match the broadcast shape "
           f"{list(result.shape)}")
    refuse(array.dtype.kind == "c" and result.dtype.kind == "f" and "In-place abs is not supported for complex "
           "tensors.")
    if result.dtype is not array.dtype and category(result.dtype) > category(array.dtype):
        wanted = getattr(from_numpy_dtype(array.dtype), type_name)
        raise RuntimeError(f"result type {title(result)} can't be cast to the desired output type {wanted}")


def _save_as_result(node, self):
    """Let a node that saved its result save it as it now lies in `self`, so that later changes are noticed."""
    at, twin = node.result_at, wrap(self.array)
    twin._counter = version_counter(self)
    keep_tangents(self, twin)
    others = tuple((tensor, version) for tensor, version in node._guards if tensor is not node._saved[at])
    node._saved = (*node._saved[:at], twin, *node._saved[at + 1 :])
    node._guards = (*others, guard(twin))


def check_writable(name, self, *others):
    """RuntimeError if `self` may not be changed in place now, with values from `others`; else whether to record it."""
    if marking and mode.transforms:
        refuse(transform_of(self) < mode.transforms[-1] and CAPTURED.format(name))
    if self._counter is INFERENCE:
        self._counter.bump()
    if not is_recording(self, *others):
        return False
    if self._view is not None:
        self._view.check_creation("is being")
        refuse(self.requires_grad and self._view.base.is_leaf and LEAF_VIEW)
    refuse(self.requires_grad and self._known_edge is None and LEAF)
    return True


def check_overlap(self, *others):
    """RuntimeError if some elements of `self` are written twice, or are read from `others` after they were written."""
    array = self.array
    if 0 in array.strides and array.size:
        refuse(any(size > 1 and step == 0 for size, step in zip(array.shape, array.strides)) and OVERLAP)
    for other in others:
        if array.base is not None or other.array.base is not None:  # else each has memory of its own
            check_partial_overlap(array, other.array)


def check_partial_overlap(a, b):
    """RuntimeError if two arrays without gaps share some memory but not all; with gaps PyTorch does not look."""
    if np.may_share_memory(a, b) and _is_dense(a) and _is_dense(b):
        refuse((a.ctypes.data != b.ctypes.data or a.strides != b.strides or a.size != b.size) and PARTIAL_OVERLAP)


def _is_same(a, b):
    """Whether two arrays show the same elements in the same shape."""
    steps = [step for step, n in zip(a.strides, a.shape) if n > 1]
    same_shape = a.dtype == b.dtype and a.shape == b.shape
    return same_shape and a.ctypes.data == b.ctypes.data and steps == [s for s, n in zip(b.strides, b.shape) if n > 1]


def _is_dense(array):
    span = sum((size - 1) * step for size, step in zip(array.shape, array.strides)) + array.itemsize
    return span == array.nbytes and 0 not in [step for size, step in zip(array.shape, array.strides) if size > 1]


def reading_elsewhere(method):
    """The in-place method of an operation by position, which may not read from the memory that it writes to."""

    @functools.wraps(method)
    def checked(self, *args, **kwargs):
        for x in (*args, *kwargs.values()):
            if isinstance(x, Tensor) and np.may_share_memory(self.array, x.array):
                refuse(_is_dense(self.array) and _is_dense(x.array) and PARTIAL_OVERLAP)
        return method(self, *args, **kwargs)

    return checked


def reshaping(operation):
    """The in-place form of an operation that gives a view: ``t_`` from ``t``. The tensor itself takes on the shape."""
    name = operation.__name__ + "_"

    def method(self, *args, **kwargs):
        check_writable(name, self)
        result = operation(_twin(self), *args, **kwargs)
        self.array = result.array
        bump_version(self)
        keep_tangents(result, self)
        if result.requires_grad:
            edge = gradient_edge(result)
            edge[0].__class__ = _reshaping_kind(type(edge[0]))
            if self._view is None:  # a gradient to be retained is still that of the former shape, as in PyTorch
                self._edge = edge
            else:
                self._view.edge, self._view.version = edge, self._counter.value
        return self

    return named(method, name, f"`{operation.__name__}` of this tensor itself.")


RESHAPING = {"TBackward0": "TBackward1", "TransposeBackward0": "TransposeBackward1",
             "UnsqueezeBackward0": "UnsqueezeBackward1", "SqueezeBackward0": "SqueezeBackward3",
             "SqueezeBackward1": "SqueezeBackward4", "SqueezeBackward2": "SqueezeBackward5",
             "AsStridedBackward0": "AsStridedBackward1"}  # fmt: skip


@functools.cache
def _reshaping_kind(kind):
    return type(RESHAPING[kind.__name__], (kind,), {"__slots__": (), "__module__": "builtins"})


DISCARDS = "Casting complex values to real discards the imaginary part"


def copy_(self, source, non_blocking=False):
    """Overwrite the values with those of `source`, broadcast and converted to this dtype."""
    if isinstance(source, NUMBERS):
        source = wrap(np.asarray(source))
    check_writable("copy_", self, source)
    if not _is_same(self.array, source.array):
        check_overlap(self, source)
    try:
        values = np.broadcast_to(source.array, self.array.shape)
        if values.dtype.kind == "c" and self.array.dtype.kind in "fiu":
            warnings.warn(DISCARDS, UserWarning, stacklevel=3)
            values = values.real
    except ValueError:
        raise _copy_error(self.array.shape, source.array.shape) from None
    return write(self, CopyBackwards, (self, source), lambda: quiet.run(np.copyto, self.array, values, "unsafe"))


class CopyBackwards(Node):
    """`copy_`: all of the gradient goes to the source, zeros to what was overwritten."""

    __slots__ = ()

    def name(self):
        return "torch::autograd::CopyBackwards"

    def backward(self, grad, needed=None):
        return [d.zeros_like(grad) if self.needs(0, needed) else None, grad if self.needs(1, needed) else None]


def _copy_error(target, source):
    try:
        shape = np.broadcast_shapes(target, source)
    except ValueError:
        return broadcast_error(target, source)
    return RuntimeError(f"output with shape {list(target)} doesn't match the broadcast shape {list(shape)}")


def write(self, kind, inputs, change):
    """Call `change`, which writes to the memory of `self`; a node of the class `kind` is then its history."""
    if seam.computed is not None:
        seam.computed(kind.__name__, inputs, self, lambda edges: kind(edges, self.array.shape, self.array.dtype))
    node = None
    if is_recording(*inputs) and self.array.dtype.kind in "fc":
        edges = tuple(gradient_edge(x) if x.requires_grad else NOWHERE for x in inputs)
        node = kind(edges, self.array.shape, self.array.dtype)
    change()
    bump_version(self)
    if node is not None:
        rebase(self, (node, 0))
    return self


def fill_(self, value):
    """Overwrite every value with `value`, a number or a 0-d tensor."""
    if isinstance(value, Tensor):
        return _fill("fill_.Tensor", self, value, FillBackward3)
    return _fill("fill_.Scalar", self, value, FillBackward2)


def zero_(self):
    """Overwrite every value with 0."""
    return _fill("zero_", self, 0, ZeroBackward0)


def _fill(name, self, value, kind):
    inputs = (self, value) if isinstance(value, Tensor) else (self,)
    check_writable(name, *inputs)
    if isinstance(value, Tensor):
        check_overlap(self)  # PyTorch fills with numbers all the same
    refuse(isinstance(value, Tensor) and value.array.ndim and "fill_ only supports 0-dimension value tensor but got "
           f"tensor with {value.array.ndim} dimensions.")
    new = value.array if isinstance(value, Tensor) else as_kind(value, self.array.dtype)
    return write(self, kind, inputs, lambda: quiet.run(np.copyto, self.array, new, "unsafe"))


class FillBackward2(Node):
    """`fill_` with a number: nothing of the old values is left."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        return [d.zeros_like(grad)]


class ZeroBackward0(FillBackward2):
    """`zero_`."""

    __slots__ = ()


class FillBackward3(Node):
    """`fill_` with a 0-d tensor, which gets the sum."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        return [d.zeros_like(grad) if self.needs(0, needed) else None, grad.sum() if self.needs(1, needed) else None]


def apply_(self, callable):
    """Overwrite each value with what a Python function makes of it; slow, and not recorded."""
    return _by_hand(self, "apply_", callable)


def map_(self, tensor, callable):
    """Overwrite each value with what a Python function makes of it and of `tensor`'s; slow, and not recorded."""
    return _by_hand(self, "map_", callable, np.broadcast_to(tensor.array, self.array.shape))


def _by_hand(self, name, callable, *others):
    refuse(self.requires_grad and f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() "
           "instead.")
    numbers = zip(*(array.ravel().tolist() for array in (self.array, *others)))
    self.array[...] = np.array([callable(*each) for each in numbers], self.array.dtype).reshape(self.array.shape)
    return self


def setitem(self, key, value):
    """``self[key] = value``: write into the views that `key` selects, or to its positions."""
    if key is False:
        return
    part, places = (d.unsqueeze(self, 0), None) if key is True else views_of(self, key, writing=True)
    if not isinstance(value, Tensor):
        if not isinstance(value, NUMBERS):
            kind = kind_name(value)
            raise TypeError(f"can't assign a {kind} to a torch.{title(self.array)}Tensor")
        kind = self.array.dtype
        value = wrap(as_kind(value, kind) if kind != np.float16 else  # there it may become infinite
                     quiet.run(np.asarray(number_for(value, kind)).astype, kind))
    if not places:
        if value.array.shape == part.array.shape:
            copy_(part, value)
        elif value.array.ndim == 0:
            fill_(part, value)
        else:
            value = d.view_as_shape(value, _without_leading_ones(value.array.shape))
            copy_(part, value if value.array.shape == part.array.shape else d.expand(value, part.array.shape))
        return
    shape = _without_leading_ones(value.array.shape)
    if shape != value.array.shape:
        value = d.view_as_shape(value, shape)
    check_writable("index_put_", part, value)
    check_overlap(part)
    indices = index_of_place(part, places, value.array.shape)
    before = _twin(part)
    become(part, before, index_put(before, key, indices, value))


def _without_leading_ones(shape):
    """What is assigned may have more dimensions than its place, if they are 1."""
    while shape and shape[0] == 1:
        shape = shape[1:]
    return shape
