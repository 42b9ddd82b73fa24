"""PyTorch's `torch._C`: what its tools ask of a backward pass, and of version counters, from the inside."""

import types

from .grad_mode import is_multithreading_enabled, mode
from .graph import AccumulateGrad, version_counter

_is_multithreading_enabled = is_multithreading_enabled


def _current_graph_task_id():
    """The number of the backward pass that is running; -1 outside."""
    return -1 if mode.backward is None else mode.backward.number


def _current_graph_task_execution_order():
    """The nodes that the running backward pass goes through, from first to last."""
    task = mode.backward
    if task is None:
        raise RuntimeError("_current_graph_task_execution_order should only be called during the backward pass")
    if is_multithreading_enabled():
        raise RuntimeError(
            "get_current_graph_task_execution_order expects the current backward to be executed with multithreading "
            "disabled, e.g. by running:\n\n>>> with torch.autograd.set_multithreading_enabled(False):\n"
            "...     torch.autograd.grad(...)\n"
        )
    nodes = [node for node in task.order if task.useful is None or node in task.useful]
    last_user = {leaf: node for node in nodes for leaf, _ in node.next_functions if isinstance(leaf, AccumulateGrad)}
    leaves_after = {}
    for leaf, node in last_user.items():
        if task.useful is None or leaf in task.useful:
            leaves_after.setdefault(node, []).append(leaf)
    return [each for node in nodes for each in (node, *leaves_after.get(node, ()))][1:]  # without the root


def _unsafe_set_version_counter(tensors, versions):
    """Set what `_version` says of each tensor, so that changes in place go unnoticed."""
    if len(tensors) != len(versions):
        raise RuntimeError(f"tensors_len={len(tensors)}, versions_len={len(versions)}")
    for tensor, version in zip(tensors, versions):
        if version < 0:
            raise RuntimeError(f"Cannot set a version_counter to a value below 0: {version}")
        version_counter(tensor).value = version


_autograd = types.SimpleNamespace(_unsafe_set_version_counter=_unsafe_set_version_counter)
