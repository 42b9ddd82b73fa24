"""Backward: walk the graph from the outputs to the leaves, each node after everything that used its result.

A node's inputs were made before it, so their nodes have smaller sequence numbers. Going through the nodes that can be
reached by falling sequence number therefore visits each after all of its users: no recursion, no queue. (Where the
user has renumbered nodes their users are counted instead.) A leaf's AccumulateGrad runs as soon as its last user has,
which is when PyTorch runs it too.

Here, once for all rules, gradients are summed where an output was used more than once, un-broadcast and converted to
the shape and dtype of what they are the gradient of.

Gradients travel as numpy arrays. As tensors they do so under create_graph, where backward is itself recorded, and where
forward mode differentiates it; a tensor is also made for who asks to see one: a hook, a Function, a rule that arrays
cannot follow.
"""

import itertools
import threading
from collections import Counter
from functools import partial
from operator import attrgetter

import numpy as np

from .arrays import over_arrays
from .derivatives import sum_to_size, to_copy
from .grad_mode import levels, mode
from .graph import AccumulateGrad, Node, adding, arrays_of, seam, type_name
from .kernels import converted
from .record import quiet
from .tensor import Tensor, refuse, wrap

DEEPEST = 20  # passes inside one another in one thread, since Python allows no more than 1000 nested calls


def run_backward(edges, gradients, *, retain_graph=False, create_graph=False, inputs=None, accumulate=False):
    """Send `gradients` into the graph at `edges`.

    inputs      edges whose gradients are wanted; None for those of all leaves, which are added to their `.grad`
    accumulate  with inputs: add to their `.grad`, instead of returning them
    Returns the gradients at `inputs`, None where nothing arrived; None if they were added to `.grad`.
    """
    before, outer = mode.enabled, mode.backward
    if outer is not None and outer.depth == DEEPEST:
        return _in_new_thread(run_backward, edges, gradients, retain_graph=retain_graph, create_graph=create_graph,
                              inputs=inputs, accumulate=accumulate)
    task = GraphTask(edges, inputs, accumulate or inputs is None, retain_graph, create_graph, outer)
    mode.enabled, mode.backward = create_graph, task
    try:
        with quiet:
            _walk(task, gradients)
            for callback in task.callbacks:  # which may bring more of them
                callback()
    finally:
        mode.enabled, mode.backward = before, outer
    return None if task.accumulates else [task.wanted[edge] for edge in inputs]


def _walk(task, gradients):
    """Run the nodes of `task` in order, and hand on what each gives to the nodes behind it."""
    on_tensors, keeps_graph, waiting = task.on_tensors, task.keeps_graph, task.waiting
    root, running, useful, on_arrays_alone = task.order[0], task.running, task.useful, task.on_arrays_alone
    on_arrays, sent = not on_tensors and seam.around is None, seam.sent
    arrived = {}  # node (or, for a node with several outputs, the edge to it) -> the sum of the gradients so far

    for node in task.order:
        grad = arrived.pop(node, None)
        if (on_arrays and grad is not None and node._hooks is None and node.has_array_backward
                and (running is None or node in on_arrays_alone)):  # fmt: skip
            results = node.array_backward(grad, useful)  # the short way, which nearly all nodes go
            if node.frees and not keeps_graph:
                node.release()
        elif node is root:
            results = gradients if on_tensors else [None if g is None else g.array for g in gradients]
        else:
            grad, results = _step_on_tensors(node, grad, arrived, task)
            if not keeps_graph and (running is None or node in running):
                node.release()

        for edge, result in zip(node.next_functions, results):
            target = edge[0]
            if target is None:
                continue
            key, is_leaf = target, target.__class__ is AccumulateGrad
            if result is not None:
                array = result.array if on_tensors else result
                if array.shape != target.output_shape or array.dtype is not target.output_dtype:
                    key, result = _fitted(result, edge, node)
                if is_leaf and not mode.enabled and (on_tensors or not _is_own(result, grad, node)):
                    result = result.clone() if on_tensors else result.copy()  # the leaf may keep it, as its `.grad`
                there = arrived.get(key)
                arrived[key] = result if there is None else there + result  # a new one: others may hold `there`
                if sent is not None:
                    sent(node, edge, result, arrived[key])
            if is_leaf:
                waiting[target] -= 1
                if not waiting[target]:
                    _finish_leaf(target, _as_tensor(arrived.pop(target, None)), task)


class GraphTask:
    """One backward pass: what it goes through and what for. Hooks find it as `mode.backward`.

    order            the nodes, in the order in which they run; the first is a GraphRoot
    waiting          each AccumulateGrad -> how many edges that lead to it are still to be gone along
    running          the nodes that must run, as they lead to an input; None for all
    useful           the same and the inputs' own nodes; None for all
    wanted           edge -> its gradient, where gradients are to be returned
    on_arrays_alone  those of `running` whose own gradient is not wanted, so that it need not become a tensor
    accumulates      whether gradients are added to `.grad` instead
    keeps_graph      what `retain_graph` says
    on_tensors       whether gradients travel as tensors
    depth            in how many passes of this thread this one runs
    number           which one this is, of all passes
    callbacks        what `queue_callback` was given
    """

    __slots__ = ("order", "waiting", "running", "useful", "wanted", "on_arrays_alone", "accumulates", "keeps_graph",
                 "on_tensors", "depth", "number", "callbacks", "__weakref__")
    _next_number = itertools.count().__next__

    def __init__(self, edges, inputs, accumulates, keeps_graph, creates_graph, outer):
        self.order, self.waiting = _plan(GraphRoot(edges))
        self.running, self.useful = (None, None) if inputs is None else _paths(self.order, inputs)
        if accumulates:
            self.running = self.useful  # an input that is no leaf runs too: hooks on its node see its gradient
        self.wanted = {} if accumulates else dict.fromkeys(inputs)
        self.on_arrays_alone = self.running and self.running.difference([node for node, _ in self.wanted])
        self.accumulates, self.keeps_graph = accumulates, keeps_graph
        self.on_tensors = creates_graph or len(levels[: mode.forward]) > 0
        self.depth = 0 if outer is None else outer.depth + 1
        self.number, self.callbacks = self._next_number(), []

    def starts_at(self, node):
        """Whether the pass begins at this node, and at no other."""
        start = self.order[0].next_functions
        return len(start) == 1 and start[0][0] is node

    def reaches(self, node):
        """Whether `node` will run. Where a pass begins at one node, PyTorch does not count that one; nor do we."""
        if self.starts_at(node):
            return False
        is_leaf = node in self.waiting
        if self.useful is not None and node not in self.useful:
            return False
        refuse(is_leaf and not self.accumulates and "A leaf node was passed to _will_engine_execute_node but we are "
               "currently running autograd.grad(). This is currently not supported.")
        return is_leaf or node in self.order


class GraphRoot(Node):
    """Where a backward pass starts: before all nodes, with the outputs in the place of inputs."""

    __slots__ = ()
    fresh_gradients = False  # they belong to the caller


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
    if seam.renumbered:
        return _after_users(root, nodes), waiting
    nodes.sort(key=attrgetter("sequence_nr"), reverse=True)
    return nodes, waiting


def _after_users(root, nodes):
    """The same order where the user has numbered nodes: of those whose users have all run, the highest first."""
    users = Counter(target for node in nodes for target in {target for target, _ in node.next_functions})
    order, ready = [], [root]
    while ready:
        order.append(max(ready, key=attrgetter("sequence_nr")))
        ready.remove(order[-1])
        for target in {target for target, _ in order[-1].next_functions}:
            users[target] -= 1
            if not users[target] and target is not None and target.__class__ is not AccumulateGrad:
                ready.append(target)
    return order


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


def _evaluating(run):
    """`run`, which goes through a node in a way that users' code can look at, with that node as the one being run."""

    def watched(node, *rest):
        outer, mode.evaluating = mode.evaluating, node
        try:
            return run(node, *rest)
        finally:
            mode.evaluating = outer

    return watched


@_evaluating
def _step_on_tensors(node, *rest):
    """A node's gradient and those of its inputs, the long way; who watches runs the step himself."""
    return _step(node, *rest) if seam.around is None else seam.around(node, partial(_step, node, *rest))


def _step(node, grad, arrived, task):
    """One node with all that may hang on it: hooks, gradients to note, a backward that wants tensors."""
    if node.num_outputs != 1:
        grad = _collect(node, arrived)
    if not task.on_tensors:
        grad = [_as_tensor(g) for g in grad] if isinstance(grad, list) else _as_tensor(grad)
    runs = task.running is None or node in task.running
    if runs or node in task.useful or task.starts_at(node):
        hooked = grad if node._hooks is None else _run_tensor_hooks(node, grad)
        # As in PyTorch, hooks come first only where the pass ends: what a node that goes on gets is noted before.
        _note(node, grad if runs else hooked, task.wanted)
        grad = hooked
    if not runs:
        return None, [None] * len(node.next_functions)
    results = _run_with_hooks(node, grad, task.useful)
    if task.on_tensors:
        return grad, results
    return getattr(grad, "array", grad), [None if result is None else result.array for result in results]


def _as_tensor(grad):
    return grad if grad is None or isinstance(grad, Tensor) else wrap(np.asarray(grad))


def _collect(node, arrived):
    """What arrived at a node with several outputs, as a list; None if nothing did."""
    return _as_one(node, [arrived.pop((node, nr), None) for nr in range(node.num_outputs)])


def _fitted(result, edge, node):
    """Where to keep a gradient, and the gradient in the shape and dtype of the value that it belongs to."""
    target, nr = edge
    if target.num_outputs == 1:
        key, shape, dtype = target, target.output_shape, target.output_dtype
    else:
        key, shape, dtype = edge, target.output_shape[nr], target.output_dtype[nr]
    on_tensors = isinstance(result, Tensor)
    if result.shape != shape:
        if not on_tensors and result.shape[1:] == shape and result.dtype != np.float16:
            result = np.add.reduce(result, 0)  # the most frequent case, a bias, takes a third of the time
        elif _is_broadcast_of(shape, result.shape):
            result = (sum_to_size if on_tensors else _sum_array_to_size)(result, shape)
        else:
            raise RuntimeError(f"Function {node.name()} returned an invalid gradient at index "
                               f"{node.next_functions.index(edge)} - got {list(result.shape)} but expected shape "
                               f"compatible with {list(shape)}")
    if dtype is None:  # a leaf that takes any
        return key, result
    if not on_tensors:
        return key, converted(result, dtype, copy=False)
    return key, result if result.array.dtype == dtype else to_copy(result, dtype)


_sum_array_to_size = over_arrays(sum_to_size)


def _is_broadcast_of(small, large):
    offset = len(large) - len(small)
    return offset >= 0 and all(n in (1, m) for n, m in zip(small, large[offset:]))


def _is_own(result, grad, node):
    """Whether nobody but us holds this gradient's memory, so that a leaf may keep it without a copy."""
    return node.fresh_gradients and node._hooks is None and result is not grad and result.base is None


def _finish_leaf(leaf, grad, task):
    """All gradients of a leaf have arrived: run its hooks, and note the sum or add it to `.grad`, as is asked for."""
    if task.useful is not None and leaf not in task.useful and not task.starts_at(leaf):
        return
    if task.running is None and grad is not None and leaf.is_plain() and seam.around is None:
        leaf.backward(grad)
    else:
        _run_leaf(leaf, grad, task)


@_evaluating
def _run_leaf(*leaf_step):
    return _leaf_step(*leaf_step) if seam.around is None else seam.around(leaf_step[0], partial(_leaf_step, *leaf_step))


def _leaf_step(leaf, grad, task):
    """The same for a leaf: its hooks, then to its `.grad` or to who asked for it; it has no inputs."""
    hooks = leaf.variable._leaf_hooks
    if hooks is not None:
        grad = _call_each(hooks.before, grad)
    if task.running is not None and leaf not in task.running:
        _note(leaf, grad, task.wanted)
    else:
        _run_with_hooks(leaf, grad, None)
    return grad, ()


def _note(node, grad, wanted):
    """Keep the gradients that were asked for."""
    for nr, part in enumerate(grad if isinstance(grad, list) else [grad]):
        if (node, nr) in wanted:
            wanted[node, nr] = part


def _run_tensor_hooks(node, grad):
    """The hooks of the tensors that this node made, then the gradients that `retain_grad` asked for."""
    gradients = _each(node, grad)
    for nr, hooks in node._hooks.tensor.items():
        gradients[nr] = _call_each(hooks, gradients[nr])
    for nr, tensor in node._hooks.retained.items():
        tensor = tensor()
        if tensor is not None and gradients[nr] is not None:
            # The gradient is used further on, so the tensor gets a copy of its own to accumulate into.
            with adding:
                tensor._grad = gradients[nr].clone() if tensor._grad is None else tensor._grad + gradients[nr]
    return _as_one(node, gradients)


def _each(node, grad):
    """The gradients of a node's outputs as a list, whether it has one or several."""
    if node.num_outputs == 1:
        return [grad]
    return [None] * node.num_outputs if grad is None else list(grad)


def _as_one(node, gradients):
    """And back; None if there are none at all."""
    if node.num_outputs == 1:
        return gradients[0]
    return None if all(g is None for g in gradients) else gradients


def _call_each(hooks, grad):
    for hook in list(hooks.values()):
        given = None if seam.hooked is None else arrays_of(grad)
        replaced = hook(grad)
        if replaced is not None:
            _check_replaced(hook, replaced, grad)
            grad = replaced
        if seam.hooked is not None:
            seam.hooked("tensor hook", hook, given, grad)
    return grad


def _run_with_hooks(node, grad, needed):
    """A node with the hooks on the node itself, which see and return tuples."""
    hooks = node._hooks
    if hooks is not None and hooks.before:
        gradients = tuple(_each(node, grad))
        for hook in list(hooks.before.values()):
            gradients = _call_on_tuple("prehook", hook, gradients)
        grad = _as_one(node, list(gradients))
    awaited = hooks is not None and len(hooks.after) > 0
    if node.__class__ is AccumulateGrad and not (grad is None or mode.enabled or node.is_plain()):
        grad = grad.clone()  # hooks may have kept the one that they saw
    results = node.without_gradient() if grad is None else node.backward(grad, needed)
    if seam.ran is not None:
        seam.ran(node, grad, results)
    hooks = node._hooks
    if hooks is not None and hooks.after:  # a hook that was registered on the way does not see what came in
        results = tuple(result if result is None or edge[0] is None else _fitted(result, edge, node)[1]
                        for result, edge in zip(results, node.next_functions))
        gradients = tuple(_each(node, grad)) if awaited else ()
        for hook in list(hooks.after.values()):
            results = _call_on_tuple("hook", hook, results, gradients)
    return results


def _call_on_tuple(kind, hook, gradients, *rest):
    """Call a hook on a node with these gradients (and `rest`), and give back what it makes of them."""
    given = None if seam.hooked is None else arrays_of(gradients)
    replaced = hook(gradients, *rest)
    if replaced is not None:
        _check_replaced_tuple(hook, replaced, gradients)
    if seam.hooked is not None:
        seam.hooked(kind, hook, given, gradients if replaced is None else replaced)
    return gradients if replaced is None else replaced


def _check_replaced_tuple(hook, replaced, gradients):
    if not isinstance(replaced, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(replaced).__name__}'")
    if len(replaced) != len(gradients):
        raise RuntimeError(f"hook '{_name(hook)}' has returned an incorrect number of values (got {len(replaced)}, but "
                           f"expected {len(gradients)})")
    for new, old in zip(replaced, gradients):
        if new is not None:
            _check_replaced(hook, new, old)


def _check_replaced(hook, new, old):
    """What a hook gives back must be able to take the gradient's place."""
    if not isinstance(new, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(new).__name__}'")
    if old is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if new.array.dtype != old.array.dtype:
        kinds = [type_name(x.array.dtype) for x in (old, new)]
        raise RuntimeError("hook '{}' has changed the type of value (was {} got {})".format(_name(hook), *kinds))
    if new.array.shape != old.array.shape:
        raise RuntimeError(f"hook '{_name(hook)}' has changed the size of value")


def _name(hook):
    return getattr(hook, "__name__", repr(hook))


def queue_callback(callback):
    """Have `callback` called when the backward pass that is running has gone through all of its nodes."""
    if mode.backward is None:
        raise RuntimeError("Final callbacks can only be installed during backward pass.")
    mode.backward.callbacks.append(callback)


def _in_new_thread(function, *args, **kwargs):
    """What `function` returns or raises in a thread of its own, with this one's modes: there it can nest anew."""
    modes, results, errors = {**vars(mode), "backward": None}, [], []

    def run():
        vars(mode).update(modes)
        try:
            results.append(function(*args, **kwargs))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
