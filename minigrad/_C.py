"""PyTorch's `torch._C`: what its tools ask of a backward pass, and of version counters, from the inside."""

import types
import warnings
import weakref

from .autograd import forward_ad
from .autograd.graph import SavedTensor
from .function import Error, behind
from .grad_mode import is_grad_enabled, is_multithreading_enabled, mode
from .graph import AccumulateGrad, Node, guard, seam, version_counter
from .tensor import Tensor, refuse

__all__ = ["is_grad_enabled", "has_lapack"]

_is_multithreading_enabled, has_lapack = is_multithreading_enabled, True
_is_fwd_grad_enabled, _set_fwd_grad_enabled = forward_ad._is_fwd_grad_enabled, forward_ad._set_fwd_grad_enabled


def _current_graph_task_id():
    """The number of the backward pass that is running; -1 outside."""
    return -1 if mode.backward is None else mode.backward.number


def _current_graph_task_execution_order():
    """The nodes that the running backward pass goes through, from first to last."""
    task = mode.backward
    refuse(task is None and "_current_graph_task_execution_order should only be called during the backward pass")
    refuse(is_multithreading_enabled() and "get_current_graph_task_execution_order expects the current backward to be "
           "executed with multithreading disabled, e.g. by running:\n\n>>> with "
           "torch.autograd.set_multithreading_enabled(False):\n...     torch.autograd.grad(...)\n")
    nodes = [node for node in task.order if task.useful is None or node in task.useful]
    last_user = {leaf: node for node in nodes for leaf, _ in node.next_functions if isinstance(leaf, AccumulateGrad)}
    leaves_after = {}
    for leaf, node in last_user.items():
        if task.useful is None or leaf in task.useful:
            leaves_after.setdefault(node, []).append(leaf)
    return [each for node in nodes for each in (node, *leaves_after.get(node, ()))][1:]  # without the root


def _current_autograd_node():
    """The node that the running backward pass is at; None outside."""
    return mode.evaluating


def _will_engine_execute_node(node):
    """Whether the running backward pass goes through `node`."""
    if not isinstance(node, Node):
        raise RuntimeError(f"_will_engine_execute_node expects an grad_fn, but got {type(node).__name__}")
    task = mode.backward
    refuse(task is None and "_get_should_execute_nodes should only be called during the backward pass")
    return task.reaches(node)


class _WeakTensorRef:
    """A reference to a tensor that does not keep it alive."""

    def __init__(self, tensor):
        self._tensor = weakref.ref(tensor)

    def expired(self):
        """Whether the tensor is gone."""
        return self._tensor() is None


class UndefinedGradBackward(Node):
    """Lets no gradient through."""

    __slots__ = ("num_outputs",)

    def name(self):
        return f"torch::autograd::{type(self).__name__}"

    def backward(self, grad, needed=None):
        return self.without_gradient()


def _behind(node, tensors):
    if any(isinstance(tensor, Tensor) and tensor.requires_grad for tensor in tensors):
        tensors = behind(node, tensors)
    return tensors[0] if len(tensors) == 1 else tuple(tensors)


def UndefinedGrad():  # noqa: N802
    """A function that returns tensors as they are; backward, no gradient comes through it."""
    return lambda *tensors: _behind(UndefinedGradBackward(), tensors)


class TestWarnInAutogradBackward0(Node):
    """Warns, as an operation's backward might."""

    __slots__ = ("num_outputs",)

    def backward(self, grad, needed=None):
        warnings.warn("Warn from backward", UserWarning, stacklevel=2)
        return [grad]


_nn = types.SimpleNamespace(_test_warn_in_autograd=lambda tensor: _behind(TestWarnInAutogradBackward0(), (tensor,)))


class DelayedError(Error):
    """A function that returns `count` tensors as they are; backward, a RuntimeError that says `message` comes of it."""

    __slots__ = ()

    def __init__(self, message, count):
        super().__init__(message)

    def __call__(self, *tensors):
        return _behind(Error(self.message), tensors)


_functions = types.SimpleNamespace(AccumulateGrad=AccumulateGrad, DelayedError=DelayedError,
                                   UndefinedGrad=UndefinedGrad, Error=Error)


def _unsafe_set_version_counter(tensors, versions):
    """Set what `_version` says of each tensor, so that changes in place go unnoticed."""
    refuse(len(tensors) != len(versions) and f"tensors_len={len(tensors)}, versions_len={len(versions)}")
    for tensor, version in zip(tensors, versions):
        refuse(version < 0 and f"Cannot set a version_counter to a value below 0: {version}")
        version_counter(tensor).value = version


def _get_current_graph_task_keep_graph():
    """Whether the running backward pass was told to retain the graph; True outside."""
    return mode.backward is None or mode.backward.keeps_graph


def _make_saved_tensor(tensor, is_output):
    """`tensor` as a node would save it, packed if there are hooks for that."""
    refuse(is_output and "minigrad has no saved tensor that is an output of no node: pass is_output=False.")
    node = Node()
    node._saved, node._guards = (tensor,), (guard(tensor),)
    if seam.made is not None:
        seam.made(node)
    return SavedTensor(node, 0)


def _saved_tensors_hooks_is_enabled():
    """Whether `saved_tensors_hooks` may be entered here."""
    return mode.saved_hooks_refused is None


_autograd = types.SimpleNamespace(_saved_tensors_hooks_is_enabled=_saved_tensors_hooks_is_enabled,
                                  SavedTensor=SavedTensor, _make_saved_tensor=_make_saved_tensor,
                                  _unsafe_set_version_counter=_unsafe_set_version_counter,
                                  _get_current_graph_task_keep_graph=_get_current_graph_task_keep_graph)


def __getattr__(name):
    raise AttributeError(f"minigrad has no torch._C.{name}.")
