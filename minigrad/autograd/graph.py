"""PyTorch's `torch.autograd.graph`: what a graph saves, packed and unpacked on the way; its edges; hooks on several.

A node that saves a tensor can keep something else in its place: what a pack hook made of it. An unpack hook makes a
tensor of that again, each time somebody asks. In the node lies a `_Packed`, which looks like a tensor that was changed
since, so that reading it takes the way where changes are noticed, and nobody pays who has no such hooks.
"""

import contextlib
import functools
import weakref
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ..dtypes import from_numpy_dtype
from ..grad_mode import mode as thread, no_grad
from ..graph import (
    AccumulateGrad,
    Node as GraphNode,
    Observer,
    RemovableHandle,
    Version,
    bump_version,
    gradient_edge,
    guard,
    seam,
    version_counter,
)
from ..tensor import CPU, Tensor, refuse, wrap

__all__ = ["GradientEdge", "Node", "allow_mutation_on_saved_tensors", "disable_saved_tensors_hooks",
           "get_gradient_edge", "increment_version", "register_multi_grad_hook", "save_on_cpu", "saved_tensors_hooks",
           "set_warn_on_accumulate_grad_stream_mismatch"]

PACK_CHANGED = ("A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook "
                "cannot be modified by in-place operations as this can lead to unexpected side-effects. Please open an "
                "issue if you need to perform in-place operations on the input to a pack hook.")
OUTSIDE = ("Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was "
           "originally recorded.")
RAW_FREED = ("Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph "
             "are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to "
             "backward through the graph a second time or if you need to access saved variables after calling "
             "backward.")


class saved_tensors_hooks:
    """Inside the block, keep ``pack_hook(tensor)`` in place of each tensor that is saved for backward.

    When the tensor is needed, ``unpack_hook`` is called with what `pack_hook` returned and gives a tensor. Of nested
    blocks the innermost counts. Keep ``tensor.detach()`` rather than the tensor, which may be the result of the very
    node that saves it: the two would hold each other.

    >>> import minigrad as torch
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> with saved_tensors_hooks(lambda x: x.tolist(), lambda numbers: torch.tensor(numbers)):
    ...     y = x.exp()
    >>> y.sum().backward()
    >>> x.grad
    tensor([2.7183, 7.3891])
    """

    def __init__(self, pack_hook, unpack_hook):
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self):
        _check_callable("_push_saved_tensors_default_hooks", "", self.pack_hook, self.unpack_hook)
        refuse(thread.saved_hooks_refused is not None and thread.saved_hooks_refused)
        thread.saved_hooks += ((self.pack_hook, self.unpack_hook),)
        seam.watch(_packer)

    def __exit__(self, *exception):
        thread.saved_hooks = thread.saved_hooks[:-1]
        seam.unwatch(_packer)


class save_on_cpu(saved_tensors_hooks):
    """Keep saved tensors in the CPU's memory, where minigrad's are anyway."""

    def __init__(self, pin_memory=False, device_type="cuda"):
        super().__init__(Tensor.detach, Tensor.detach)


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message):
    """Inside the block, entering `saved_tensors_hooks` is a RuntimeError that says `error_message`."""
    refuse(thread.saved_hooks and error_message)
    before, thread.saved_hooks_refused = thread.saved_hooks_refused, error_message
    try:
        yield
    finally:
        thread.saved_hooks_refused = before


@contextlib.contextmanager
def allow_mutation_on_saved_tensors():
    """Inside the block, keep copies of what is saved for backward, so that changing it in place is no error.

    >>> import minigrad as torch
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> with allow_mutation_on_saved_tensors():
    ...     y = x.clone()
    ...     z = y**2
    ...     _ = y.zero_()
    ...     z.sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """
    if any(isinstance(getattr(pack, "__self__", None), _Copies) for pack, _ in thread.saved_hooks):
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    copies = _Copies()
    try:
        with saved_tensors_hooks(copies.pack, copies.unpack):
            yield copies
    finally:
        copies.open = False


class _Copies:
    """The copies that one block of `allow_mutation_on_saved_tensors` makes, each alive as long as a node needs it."""

    def __init__(self):
        self.open, self.tid_to_weakhandle = True, weakref.WeakValueDictionary()  # which values, in which memory -> copy

    def pack(self, tensor):
        array, counter = tensor.array, version_counter(tensor)
        values = id(counter), counter.value, array.ctypes.data, array.shape, array.strides
        copy = self.tid_to_weakhandle.get(values)
        if copy is None:
            copy = self.tid_to_weakhandle[values] = _Copy(tensor.detach().clone(), counter, counter.value)
        return copy

    def unpack(self, copy):
        if not self.open:
            raise AssertionError(OUTSIDE)
        return copy.tensor

    @property
    def cloned(self):
        """The copies that are needed, as what they are copies of has changed; PyTorch makes no others."""
        copies = self.tid_to_weakhandle.values()
        return {copy: copy.tensor for copy in copies if self.open and copy.counter.value != copy.version}


class _Copy:
    """A copy of a tensor, whose version was this when it was made."""

    def __init__(self, tensor, counter, version):
        self.tensor, self.counter, self.version = tensor, counter, version


class _Packer(Observer):
    """Watches while there are hooks for what is saved."""

    def made(self, node):
        """Pack what a new node has saved; PyTorch does so in the order of the names, and results last."""
        if not thread.saved_hooks or not node._guards:
            return
        names, saved, guards = node.saved_names, list(node._saved), []
        tensors = [i for i, value in enumerate(saved) if isinstance(value, Tensor)]
        for i in sorted(tensors, key=lambda i: (node._origin(saved[i])[0] is node, names[i] if names else i)):
            saved[i] = _Packed(node, saved[i], *thread.saved_hooks[-1])
            guards.append((saved[i], None))
        node._saved, node._guards = tuple(saved), tuple(guards)
        node._hook_lists()  # unpack hooks are users' code too, which may ask what node runs, and hang hooks on it


_packer = _Packer()


def saved_as_by_a_node(tensors):
    """A node that is in no graph and has saved these: its `unpack` gives them back, if they have not changed since."""
    node = object.__new__(GraphNode)
    node.next_functions, node._hooks = (), None
    node._saved, node._guards = tuple(tensors), tuple(map(guard, tensors))
    _packer.made(node)
    return node


class _Packed:
    """What lies in a node where a tensor was packed: the packed thing, and the place that the tensor had in the graph.

    A node's own result is given the node for its place only when it is unpacked, or the two would hold each other.
    """

    _counter = Version()  # whatever it says, it is not None, which is the version in this one's guard: see Node.unpack

    def __init__(self, node, tensor, pack_hook, unpack_hook, cut_off=False):
        origin, nr = node._origin(tensor)
        self.result_nr = nr if origin is node else None
        self.edge = None if origin is node or not tensor.requires_grad else gradient_edge(tensor)
        if cut_off:
            tensor = tensor.detach()
        elif origin is node:
            tensor = _placed(tensor, (node, nr))
        version = tensor._version
        with no_grad():
            self.packed, self.unpack_hook = pack_hook(tensor), unpack_hook
        refuse(tensor._version != version and PACK_CHANGED)

    def unpack(self, node):
        """The tensor that the unpack hook gives, in the packed one's place in the graph."""
        outer = thread.saved_hooks
        tensor = self.unpack_hook(self.packed)
        if thread.backward is not None:
            thread.saved_hooks = outer  # a block that the hook entered or left is none of the program's
        if not isinstance(tensor, Tensor):
            raise TypeError("Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                            + type(tensor).__name__)
        edge = self.edge if self.result_nr is None else (node, self.result_nr)
        return tensor if edge is None and not tensor.requires_grad else _placed(tensor, edge)


def _placed(tensor, edge):
    """The same values at another place in the graph; at a leaf's place, as a leaf that adds to the same `.grad`."""
    result = wrap(tensor.array)
    result._counter, result._requires_grad = version_counter(tensor), edge is not None
    if edge is not None and isinstance(edge[0], AccumulateGrad):
        result._accumulator = weakref.ref(edge[0])
    else:
        result._edge = edge
    return result


class SavedTensor:
    """One tensor that a node has saved, `node._raw_saved_self` for instance, as it lies there."""

    __module__ = "torch._C._autograd"

    def __init__(self, node=None, i=None):
        refuse(node is None and "Trying to create a SavedTensor object from Python is forbidden.")
        self._node, self._i = node, i

    @property
    def data(self):
        """What lies there: the tensor, or what a pack hook made of it."""
        value = self._node._saved[self._i]
        return value.packed if isinstance(value, _Packed) else value

    @property
    def unpack_hook(self):
        """The hook that unpacks it, or None."""
        return getattr(self._node._saved[self._i], "unpack_hook", None)

    def unpack(self):
        """The tensor, as backward gets it."""
        return self._node.saved_value(self._i)

    def register_hooks(self, *hooks):
        """Pack it now with the first hook, which gets it without its history, and unpack it with the second."""
        _check_callable("register_hooks", "self: torch._C._autograd.SavedTensor, ", *hooks)
        (pack_hook, unpack_hook), node, i = hooks, self._node, self._i
        refuse(node._saved is None and RAW_FREED)
        value = node._saved[i]
        refuse(value is None and "Calling register_hooks on a saved tensor with value None is forbidden")
        refuse(isinstance(value, _Packed) and "Calling register_hooks on a saved tensor whose hooks have already been "
               "set. Hint: only one pair of hooks is allowed at a time.")
        if not isinstance(value, Tensor):
            value = wrap(np.asarray(value))  # a number that stands for a tensor
        packed = _Packed(node, value, pack_hook, unpack_hook, cut_off=True)
        node._saved = (*node._saved[:i], packed, *node._saved[i + 1 :])
        others = [pair for pair in node._guards if any(pair[0] is saved for saved in node._saved)]
        node._guards = (*others, (packed, None))


class _InputMetadata:
    """What the gradient of one of a node's outputs looks like."""

    __module__ = "torch._C._autograd"
    device, is_nested_tensor, is_cpp_nested_tensor = CPU, False, False

    def __init__(self, shape, dtype):
        self.shape, self.dtype = list(shape or ()), dtype and from_numpy_dtype(dtype)


def _metadata(node):
    facts = node.output_shape, node.output_dtype
    return tuple([_InputMetadata(*fact) for fact in ([facts] if node.num_outputs == 1 else zip(*facts))])


GraphNode.raw_saved = SavedTensor
GraphNode._input_metadata = property(_metadata)


def _check_callable(function, self, *hooks):
    fits = len(hooks) == 2 and all(map(callable, hooks))
    refuse(not fits and f"{function}(): incompatible function arguments. The following argument types are supported:\n"
           f"    1. ({self}arg0: collections.abc.Callable, arg1: collections.abc.Callable) -> None\n\n"
           f"Invoked with: {', '.join(map(repr, hooks))}", TypeError)


class _AnyNode(type):
    """Every node of a graph is a Node, though its class is made from another, as in PyTorch."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, GraphNode)

    def __subclasscheck__(cls, subclass):
        return issubclass(subclass, GraphNode)


class Node(GraphNode, metaclass=_AnyNode):
    """What a node can do, for who wants to say that something is one: ``isinstance(y.grad_fn, Node)``."""

    __module__ = "torch.autograd.graph"
    __slots__ = ()


class GradientEdge(NamedTuple):
    """A place where a gradient is computed: a node, and which of its outputs; `backward` and `grad` take one too."""

    node: Node
    output_nr: int
    ownership_token: Node | None = None


def get_gradient_edge(tensor):
    """The edge at which the gradient of `tensor` is computed.

    >>> import minigrad as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> y = x * 2
    >>> edge = get_gradient_edge(y)
    >>> torch.autograd.grad(y * y, edge)
    (tensor(12.),)
    """
    refuse(not tensor.requires_grad and "It is not possible to get the gradient edge for a Tensor that does not "
           "require gradients")
    return GradientEdge(*gradient_edge(tensor))


def _get_grad_fn_or_grad_acc(tensor):
    """The node that the gradient of `tensor`, or of an edge, comes to."""
    node = tensor.node if isinstance(tensor, GradientEdge) else gradient_edge(tensor)[0]
    refuse(node is None and "Expected gradient function to be set", AssertionError)
    return node


def set_warn_on_accumulate_grad_stream_mismatch(enabled):
    """Nothing: there is one stream of work, so none that does not match."""


def increment_version(tensor):
    """Say that a tensor, or each of several, was changed in place in a way that minigrad cannot see."""
    refuse(not isinstance(tensor, Iterable) and "increment_version expect a Iterable[Tensor] as input")
    for changed in [tensor] if isinstance(tensor, Tensor) else tensor:
        if not isinstance(changed, Tensor):
            raise RuntimeError("increment_version expects each element of the iterable to be a tensor")
        if not changed.is_inference():
            bump_version(changed)


@contextlib.contextmanager
def unsafe_preserve_version_counter(tensors):
    """Inside the block, changing a tensor, or one of several, in place goes unnoticed by backward."""
    counters = [version_counter(t) for t in ([tensors] if isinstance(tensors, Tensor) else tensors)]
    before = [counter.value for counter in counters]
    try:
        yield
    finally:
        for counter, version in zip(counters, before):
            counter.value = version


def register_multi_grad_hook(tensors, fn, *, mode="all"):
    """Call `fn` once in each backward pass, when gradients of `tensors` are known.

    With ``mode="all"`` `fn` gets a list with the gradient of each of `tensors`, None for those that the pass does not
    reach, as soon as the last is known; with ``mode="any"`` it gets the first one alone.

    >>> import minigrad as torch
    >>> a, b = torch.tensor(2.0, requires_grad=True), torch.tensor(5.0, requires_grad=True)
    >>> handle = register_multi_grad_hook((a, b), print)
    >>> (a * b).backward()
    [tensor(5.), tensor(2.)]
    """
    refuse(mode not in ("all", "any") and f"Expects mode to be one of ('all', 'any') but got {mode}", ValueError)
    if mode == "any":
        told = weakref.WeakSet()

        @functools.wraps(fn)
        def first(grad):
            if thread.backward not in told:
                told.add(thread.backward)
                fn(grad)

        return _MultiHandle([tensor.register_hook(first) for tensor in tensors if tensor.requires_grad])

    nodes = list(map(_get_grad_fn_or_grad_acc, tensors))
    arrived = weakref.WeakKeyDictionary()  # backward pass -> [how many are still to come, the gradients]

    def hook(i, grad):
        task = thread.backward
        if task not in arrived:
            arrived[task] = [sum(map(task.reaches, nodes)), [None] * len(nodes)]
        state = arrived[task]
        state[0] -= 1
        state[1][i] = grad
        if state[0] == 0:
            del arrived[task]
            fn(state[1])

    return _MultiHandle([tensor.register_hook(functools.partial(hook, i)) for i, tensor in enumerate(tensors)])


class _MultiHandle(RemovableHandle):
    """Several handles as one."""

    __module__ = "torch.autograd.graph"  # as it prints

    def __init__(self, handles):
        self.handles = tuple(handles)

    def remove(self):
        for handle in self.handles:
            handle.remove()
