"""A view shares its base's memory: changing either changes both, and their histories must follow.

Which elements of the base a view shows is found from where the two lie in memory, so it needs no record of how the
view was made, and views of views are no special case.
"""

import threading

import numpy as np

from .grad_mode import mode
from .graph import INFERENCE, Node, gradient_edge, move_retained, next_sequence_nr, operation_name, version_counter
from .storage import block
from .tensor import ASK_BASE, refuse, wrap

AMBIGUOUS = ("Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by "
             "moving both the view and the inplace either both inside the {} block (if you don't want the inplace to "
             "be tracked) or both outside (if you want the inplace to be tracked).")
LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
REFUSALS = {
    "one of several": (
        "This view is the output of a function that returns multiple views. Such functions do not allow the output "
        "views to be modified inplace. You should replace the inplace operation by an out-of-place one."
    ),
    "no_grad": AMBIGUOUS.format("no_grad"),
    "inference": AMBIGUOUS.format("inference_mode"),
    "function": (
        "This view was created inside a custom Function (or because an input was returned as-is) and the autograd "
        "logic to handle view+inplace would override the custom backward associated with the custom Function, leading "
        "to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom "
        "Function.")}
MODES = {"no_grad": " with grad mode enabled", "inference": " in normal mode"}  # made in -> changed in
_renewing = threading.RLock()  # several threads may ask for the same view's edge


def share(source, result, creation=None):
    """Make `result`, whose array lies in the memory of `source`, a view of it."""
    result._counter = version_counter(source)
    if result._counter is INFERENCE:
        result._edge, result._requires_grad = None, False
        return
    if not mode.enabled:
        creation = "inference" if mode.inference else "no_grad"
    result._view = View(source, result, creation)


class View:
    """What a view knows besides its array: the base, its own edge, and for which version of the memory it holds.

    creation  None; or what forbids changing it in place while recording: "no_grad", "inference", "one of several",
              "function", "argument" of a function that torch.func differentiates
    """

    __slots__ = ("base", "edge", "version", "creation")

    def __init__(self, source, tensor, creation=None):
        parent = source._view
        self.base = source if parent is None else parent.base
        self.creation = creation or (parent and parent.creation)
        self.edge, tensor._edge = tensor._edge, None  # asked for through edge_of: it can become stale
        self.version = tensor._counter.value
        if self.edge is None:
            tensor._requires_grad = ASK_BASE

    def edge_of(self, tensor):
        """The view's edge; after the memory was changed, a new one that starts from the base's present history."""
        if self.version != tensor._counter.value and (self.edge is not None or self.base.requires_grad):
            self.check_creation("its base or another view of its base has been")
            with _renewing:
                if self.version != tensor._counter.value:
                    before = self.edge
                    other_dtype = tensor.array.dtype != self.base.array.dtype  # `real` and its kin
                    if (mode.view_replay or other_dtype) and before is not None:
                        self.edge = _replayed(before, gradient_edge(self.base))
                    else:
                        self.edge = AsStridedBackward0(self.base, tensor, tensor.storage_offset()), 0
                    self.version = tensor._counter.value
                    if before is not None:
                        move_retained(tensor, before, self.edge)
        return self.edge

    def check_creation(self, modified):
        """RuntimeError if the memory of such a view must not have been changed."""
        if self.creation is None:
            return
        refuse(self.creation == "argument" and LEAF)
        if self.edge is None:
            where = self.creation if self.creation in MODES else "no_grad"  # as PyTorch has it, true or not
            what = f"A view was created in {where} mode"
        else:
            (node, nr), where = self.edge, self.creation
            what = f"Output {nr} of {operation_name(node)} is a view"
            what += f" of a view which was created in {where} mode" if where in MODES else ""
        raise RuntimeError(f"{what} and {modified} modified inplace{MODES.get(where, '')}. {REFUSALS[self.creation]}")


def _replayed(edge, start):
    """The chain of views that led from the base to `edge`, as new nodes that go on from `start`.

    Copies will do for nodes: those of views know no values, only shapes.
    """
    node, nr = edge
    if not node.is_view:  # the base's former history
        return start
    again = object.__new__(type(node))
    for name in {name for kind in type(node).__mro__ for name in vars(kind).get("__slots__", ())} - {"__weakref__"}:
        setattr(again, name, getattr(node, name))
    again.next_functions = (_replayed(node.next_functions[0], start),)
    again.sequence_nr, again._hooks = next_sequence_nr(), None
    return again, nr


class AsStridedBackward0(Node):
    """From a base to one of its views, by position in memory."""

    __slots__ = ("base_shape", "positions")
    is_view = True
    saved_names = ("size", "stride", "storage_offset")

    def __init__(self, base, tensor, offset=None):
        super().__init__((gradient_edge(base),), tensor.array.shape, tensor.array.dtype)
        self.base_shape, self.positions = base.array.shape, positions(base.array, tensor.array)
        self._saved = tensor.array.shape, tensor.stride(), offset

    def backward(self, grad, needed=None):
        places, result = self.positions, grad.new_zeros(self.base_shape)
        inside = (places >= 0) & (places < result.array.size)
        if not inside.all():  # `as_strided` reached beyond its input, into memory that has no gradient
            places, grad = places[inside], grad[wrap(inside)]
        return (result.put(wrap(places), grad, accumulate=True),)


def positions(base, view):
    """Which elements of `base`, counted in row-major order, the array `view` shows; an integer array of its shape.

    Those of the view's elements that `base` has not are below 0 or beyond its last.
    """
    shown = _addresses(view)
    if not np.may_share_memory(base, view):  # `.data` gave one other memory: counted from where each one's begins
        shown = shown - view.ctypes.data + block(view)[1] + base.ctypes.data - block(base)[1]
    if base.flags.c_contiguous:
        return (shown - base.__array_interface__["data"][0]) // base.itemsize
    owned = _addresses(base).ravel()
    order = np.argsort(owned, kind="stable")
    found = order[np.searchsorted(owned[order], shown).clip(max=owned.size - 1)]
    return np.where(owned[found] == shown, found, -1)


def _addresses(array):
    """Where in memory each element lies; an integer array of the same shape."""
    result = np.array(array.__array_interface__["data"][0])
    for dim, (size, step) in enumerate(zip(array.shape, array.strides)):
        steps = np.arange(size) * step
        result = result + steps.reshape(-1, *[1] * (array.ndim - dim - 1))
    return result
