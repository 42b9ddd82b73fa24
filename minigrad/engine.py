"""Backward: walk the graph from the outputs to the leaves, each node after everything that used its result.

A node's inputs were made before it, so their nodes have smaller sequence numbers. Going through the nodes that can be
reached by falling sequence number therefore visits each after all of its users: no recursion, no queue. A leaf's
AccumulateGrad runs as soon as its last user has, which is when PyTorch runs it too.

Here, once for all rules, gradients are summed where an output was used more than once, un-broadcast and converted to
the shape and dtype of what they are the gradient of.
"""

from operator import attrgetter

from .derivatives import sum_to_size, to_copy
from .grad_mode import mode
from .graph import AccumulateGrad, Node
from .tensor import Tensor, wrap


class GraphRoot(Node):
    """Where a backward pass starts: hands each output its gradient."""

    __slots__ = ("gradients",)
    num_outputs = 0
    fresh_gradients = False  # they belong to the caller

    def __init__(self, edges, gradients):
        super().__init__(edges)
        self.gradients = gradients

    def backward(self, grad, needed=None):
        return self.gradients


def run_backward(edges, gradients, *, retain_graph=False, create_graph=False, inputs=None, accumulate=False):
    """Send `gradients` into the graph at `edges`.

    inputs      edges whose gradients are wanted; None for those of all leaves, which are added to their `.grad`
    accumulate  with inputs: add to their `.grad` too, instead of only returning them
    Returns the gradients at `inputs`, None where nothing arrived.
    """
    order, waiting = _plan(GraphRoot(edges, gradients))
    wanted = {} if inputs is None else dict.fromkeys(inputs)
    running, useful = (None, None) if inputs is None else _paths(order, inputs)
    accumulate = accumulate or inputs is None
    arrived = {}  # node (or, for a node with several outputs, the edge to it) -> the sum of the gradients so far

    before, mode.enabled = mode.enabled, create_graph
    try:
        for node in order:
            grad = arrived.pop(node, None) if node.num_outputs == 1 else _collect(node, arrived)
            if running is not None:
                grad = _capture(node, grad, wanted, node in running)
            elif node._hooks is not None and grad is not None:
                grad = _run_tensor_hooks(node, grad)
            if grad is None:
                results = [None] * len(node.next_functions)
            else:
                results = node.backward(grad, useful) if node._hooks is None else _run_with_hooks(node, grad, useful)
                if not retain_graph:
                    node.release()
            for edge, result in zip(node.next_functions, results):
                target = edge[0]
                if target is None:
                    continue
                if result is not None:
                    array, key = result.array, target
                    if array.shape != target.output_shape or array.dtype is not target.output_dtype:
                        key, result = _fitted(result, edge, node)
                    if target.__class__ is AccumulateGrad and not create_graph and not _is_own(result, grad, node):
                        result = wrap(result.array.copy())
                    there = arrived.get(key)
                    arrived[key] = result if there is None else there + result
                if target.__class__ is AccumulateGrad:
                    waiting[target] -= 1
                    if not waiting[target]:
                        _finish_leaf(target, arrived.pop(target, None), wanted, accumulate)
    finally:
        mode.enabled = before
    return None if inputs is None else [wanted[edge] for edge in inputs]


def _plan(root):
    """The nodes to run, in order, and for each AccumulateGrad how many edges lead to it."""
    nodes, seen, waiting, stack = [], {root}, {}, [root]
    while stack:
        node = stack.pop()
        nodes.append(node)
        for target, _ in node.next_functions:
            if target is None:
                continue
            if target.__class__ is AccumulateGrad:
                waiting[target] = waiting.get(target, 0) + 1
            elif target not in seen:
                seen.add(target)
                stack.append(target)
    nodes.sort(key=attrgetter("sequence_nr"), reverse=True)
    return nodes, waiting


def _paths(order, inputs):
    """The nodes that must run, as they lead to one of `inputs`; and these together with the inputs' own nodes."""
    running, useful = set(), {node for node, _ in inputs}
    for node in reversed(order):  # what is behind a node comes before it here
        for target, _ in node.next_functions:
            if target in useful:
                running.add(node)
                useful.add(node)
                break
    return running, useful


def _collect(node, arrived):
    """What arrived at a node with several outputs, as a list; None if nothing did."""
    if node.__class__ is GraphRoot:
        return node.gradients
    gradients = [arrived.pop((node, nr), None) for nr in range(node.num_outputs)]
    return None if all(g is None for g in gradients) else gradients


def _fitted(result, edge, node):
    """Where to keep a gradient, and the gradient in the shape and dtype of the value that it belongs to."""
    target, nr = edge
    if target.num_outputs == 1:
        key, shape, dtype = target, target.output_shape, target.output_dtype
    else:
        key, shape, dtype = edge, target.output_shape[nr], target.output_dtype[nr]
    if result.array.shape != shape:
        if not _is_broadcast_of(shape, result.array.shape):
            raise RuntimeError(
                f"Function {node.name()} returned an invalid gradient at index {node.next_functions.index(edge)} - got "
                f"{list(result.array.shape)} but expected shape compatible with {list(shape)}"
            )
        result = sum_to_size(result, shape)
    return key, result if result.array.dtype == dtype else to_copy(result, dtype)


def _is_broadcast_of(small, large):
    offset = len(large) - len(small)
    return offset >= 0 and all(n in (1, m) for n, m in zip(small, large[offset:]))


def _is_own(result, grad, node):
    """Whether nobody but us holds this gradient's memory, so that a leaf may keep it without a copy."""
    return node.fresh_gradients and node._hooks is None and result is not grad and result.array.base is None


def _finish_leaf(leaf, grad, wanted, accumulate):
    """All gradients of a leaf have arrived: run its hooks, hand the sum out, add it to `.grad`."""
    if grad is None:
        return
    hooks = leaf.variable._leaf_hooks
    if hooks is not None:
        grad = _call_each(hooks.before, grad)
    if (leaf, 0) in wanted:
        wanted[leaf, 0] = grad
    elif wanted:
        return
    if not accumulate:
        return
    if leaf._hooks is None:
        leaf.backward(grad if hooks is None or mode.enabled else wrap(grad.array.copy()))
    else:
        _run_with_hooks(leaf, grad, None)
    if hooks is not None:
        for hook in list(hooks.after.values()):
            hook(leaf.variable)


def _capture(node, grad, wanted, runs):
    """Note the gradients that were asked for; what the node itself is to work on, None if it need not run.

    As in PyTorch, hooks come first only where the pass ends: a node that goes on gets its hooks after the note is made.
    """
    if grad is None:
        return None
    hooked = grad if node._hooks is None else _run_tensor_hooks(node, grad)
    noted = grad if runs else hooked
    for nr, part in enumerate(noted if node.num_outputs > 1 else [noted]):
        if (node, nr) in wanted:
            wanted[node, nr] = part
    return hooked if runs else None


def _run_tensor_hooks(node, grad):
    """The hooks of the tensors that this node made, then the gradients that `retain_grad` asked for."""
    gradients = list(grad) if node.num_outputs > 1 else [grad]
    for nr, hooks in node._hooks.tensor.items():
        gradients[nr] = _call_each(hooks, gradients[nr])
    for nr, tensor in node._hooks.retained.items():
        tensor = tensor()
        if tensor is not None and gradients[nr] is not None:
            # The gradient is used further on, so the tensor gets a copy of its own to accumulate into.
            tensor._grad = gradients[nr].clone() if tensor._grad is None else tensor._grad + gradients[nr]
    return gradients if node.num_outputs > 1 else gradients[0]


def _call_each(hooks, grad):
    for hook in list(hooks.values()):
        replaced = hook(grad)
        if replaced is not None:
            _check_replaced(hook, replaced, grad)
            grad = replaced
    return grad


def _run_with_hooks(node, grad, needed):
    """A node with the hooks on the node itself, which see and return tuples."""
    gradients = tuple(grad) if node.num_outputs > 1 else (grad,)
    for hook in list(node._hooks.before.values()):
        gradients = _replaced_tuple(hook, hook(gradients), gradients)
    results = tuple(node.backward(gradients if node.num_outputs > 1 else gradients[0], needed))
    for hook in list(node._hooks.after.values()):
        results = _replaced_tuple(hook, hook(results, gradients), results)
    return results


def _replaced_tuple(hook, replaced, gradients):
    if replaced is None:
        return gradients
    if not isinstance(replaced, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(replaced).__name__}'")
    if len(replaced) != len(gradients):
        raise RuntimeError(
            f"hook '{_name(hook)}' has returned an incorrect number of values "
            f"(got {len(replaced)}, but expected {len(gradients)})"
        )
    for new, old in zip(replaced, gradients):
        if new is not None:
            _check_replaced(hook, new, old)
    return replaced


def _check_replaced(hook, new, old):
    """What a hook gives back must be able to take the gradient's place."""
    if not isinstance(new, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(new).__name__}'")
    if old is not None and new.array.dtype != old.array.dtype:
        raise RuntimeError(
            f"hook '{_name(hook)}' has changed the type of value (was {old.type()} got {new.type()})"
        )
    if old is not None and new.array.shape != old.array.shape:
        raise RuntimeError(f"hook '{_name(hook)}' has changed the size of value")


def _name(hook):
    return getattr(hook, "__name__", repr(hook))
