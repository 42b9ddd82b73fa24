"""The graph: a node for each recorded operation, edges to the nodes its inputs came from.

Running ``y = w * x + b`` leaves this behind, if w and b require grad (arrows are `next_functions`):

    y.grad_fn                      AddBackward0
                                    |        |
                           MulBackward0   AccumulateGrad (b)
                            |        |
              AccumulateGrad (w)    None (x is not tracked)

Backward walks the arrows. A node holds what its derivative rules need (`_saved`) and gives, for the gradient of its
output, the gradients of its inputs.
"""

import functools
import itertools
import re
import threading
import weakref

import numpy as np

from .dtypes import from_numpy_dtype
from .grad_mode import levels, mode

next_sequence_nr = itertools.count().__next__


FREED = ("Trying to backward through the graph a second time (or directly access saved tensors after they have already "
         "been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
         "Specify retain_graph=True if you need to backward through the graph a second time or if you need to access "
         "saved tensors after calling backward.")


class Node:
    """One recorded operation.

    next_functions  for each input, the pair (node, which of its outputs); (None, 0) for an untracked input
    _saved          the values that the derivative rules ask for, in the order of `saved_names`; None once freed
    _guards         for each saved tensor the pair (tensor, its version when it was saved)
    sequence_nr     counts up as nodes are made: an input's node has a smaller number, unless the user renumbers
    output_shape    of the output, and so of an incoming gradient; with several outputs, a tuple of shapes
    output_dtype    likewise, numpy's
    _hooks          a Hooks, or None
    """

    __slots__ = ("next_functions", "_saved", "_guards", "sequence_nr", "output_shape", "output_dtype", "_hooks",
                 "__weakref__")
    number = next_sequence_nr  # how a new node gets its sequence_nr
    saved_names: tuple[str, ...] = ()
    num_outputs = 1
    is_view = False  # whether it stands for a view
    raw_saved = None  # autograd/graph.py's SavedTensor, for `_raw_saved_self` and its like
    has_array_backward = False  # whether it has an `array_backward` too, from arrays to arrays: see record.py
    fresh_gradients = True  # what backward returns is either new or the incoming gradient itself: nobody else has it

    def __init__(self, next_functions=(), shape=(), dtype=None, saved=(), guards=()):
        self.next_functions = next_functions
        self._saved, self._guards = saved, guards
        self.sequence_nr = self.number()
        self.output_shape, self.output_dtype = shape, dtype
        self._hooks = None
        if seam.made is not None:
            seam.made(self)

    def name(self):
        """The name of the operation, as PyTorch prints it."""
        return type(self).__name__

    def backward(self, grad, needed=None):
        """The gradient of each input, None where there is none, from the gradient of the output; all are tensors.

        With several outputs `grad` is a list, with None where no gradient arrived; none at all: `without_gradient`.
        `needed`, if given, is the set of nodes that somebody waits for; for the others nothing is computed.
        """
        raise NotImplementedError

    def without_gradient(self):
        """The same where no gradient of the output arrived: there is none for the inputs either.

        The node runs all the same. So a Function calls the user's backward, an operation looks whether what it saved
        is still there and unchanged, and a leaf calls its hooks.
        """
        return [None] * len(self.next_functions)

    def needs(self, i, needed):
        """Whether somebody waits for the gradient of input `i`; `needed` as in `backward`."""
        target = self.next_functions[i][0]
        return target is not None and (needed is None or target in needed)

    def unpack(self):
        """The saved values, after making sure that no tensor among them has changed since."""
        if self._saved is None:
            raise RuntimeError(FREED)
        for tensor, version in self._guards:
            counter = tensor._counter
            if counter is not None and counter.value != version:
                return self._unpack_one_by_one()
        return self._saved

    def _unpack_one_by_one(self):
        """The same where a tensor has changed, which is an error, or was packed, which looks like a change."""
        found = {id(tensor): self._checked(tensor, version) for tensor, version in self._guards}
        return tuple([found.get(id(value), value) for value in self._saved])

    def _checked(self, tensor, version):
        """A saved tensor, if it has not changed since; packed ones have no version, and are what unpacking gives."""
        if version is None:
            return tensor.unpack(self)
        counter = tensor._counter
        now = version if counter is None else counter.value
        if int(now) != int(version):
            raise RuntimeError(_changed_in_place(tensor, self._origin(tensor), int(now), int(version)))
        return tensor

    def saved_value(self, i):
        """One of the saved values, as `unpack` gives it."""
        if self._saved is None:
            raise RuntimeError(FREED)
        value = self._saved[i]
        guards = [pair for pair in self._guards if pair[0] is value]
        return self._checked(*guards[0]) if guards else value

    def _origin(self, value):
        """The node that made a saved tensor, and which of its outputs it is."""
        stands_for = value.__dict__.get("stands_for")  # see inplace.py
        tensor = None if stands_for is None else stands_for()
        tensor = value if tensor is None else tensor
        return tensor.grad_fn, tensor.output_nr

    def release(self):
        """Let go of the saved tensors; a node that saved none can be walked again."""
        if self._guards:
            self._saved, self._guards = None, ()

    def __call__(self, *gradients):
        """Run this node alone: what its inputs get if its output's gradient is `gradients`."""
        if len(gradients) != self.num_outputs:
            raise TypeError(f"expected {self.num_outputs} arguments, got {len(gradients)} instead")
        results = self.backward(gradients[0] if self.num_outputs == 1 else gradients)
        return results[0] if len(results) == 1 else tuple(results)

    def __getattr__(self, name):
        # Only reached for names that are not slots: `_saved_self` and its like are read off `_saved`.
        raw, _, saved_name = name.partition("saved_")
        if raw in ("_", "_raw_") and saved_name in self.saved_names:
            i = self.saved_names.index(saved_name)
            return self._shown(saved_name, self.saved_value(i)) if raw == "_" else self.raw_saved(self, i)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def _shown(self, name, value):
        return value

    def __dir__(self):
        """What PyTorch's nodes have; the engine's own names are in this file."""
        public = "name next_functions metadata register_hook register_prehook _sequence_nr _set_sequence_nr variable"
        saved = [f"{raw}_saved_{name}" for name in self.saved_names for raw in ("", "_raw")]
        return [name for name in super().__dir__() if name.startswith("__") or name in public.split()] + saved

    # PyTorch's names: `sequence_nr` is a plain attribute here, since every new node sets it.

    def _sequence_nr(self):
        return self.sequence_nr

    def _set_sequence_nr(self, sequence_nr):
        self.sequence_nr, seam.renumbered = sequence_nr, True

    def _hook_lists(self):
        if self._hooks is None:
            self._hooks = Hooks()
        return self._hooks

    metadata = property(lambda self: self._hook_lists().metadata, doc="A dict for whatever the user wants to note.")

    def register_hook(self, hook):
        """Call ``hook(grad_inputs, grad_outputs)`` after this node has run; what it returns replaces grad_inputs."""
        return RemovableHandle(self._hook_lists().after, hook)

    def register_prehook(self, hook):
        """Call ``hook(grad_outputs)`` before this node runs; what it returns replaces grad_outputs."""
        return RemovableHandle(self._hook_lists().before, hook)

    def __repr__(self):
        return f"<{type(self).__name__} object at {hex(id(self))}>"

    def __reduce_ex__(self, protocol):
        raise TypeError(f"cannot pickle '{type(self).__name__}' object")


def operation_name(node):
    """How errors call a node's operation: MulBackward0 is Mul, SumBackward1 is Sum1, a user's CubeBackward is Cube."""
    return re.sub(r"Backward0?(?=\d*$)", "", node.name())


ASK_ANOMALY_MODE = ("enable anomaly detection to find the operation that failed to compute its gradient, with "
                    "torch.autograd.set_detect_anomaly(True, check_nan=False).")
ANOMALY_MODE_KNOWS = ("the backtrace further above shows the operation that failed to compute its gradient. The "
                      "variable in question was changed in there or anywhere later. Good luck!")


def type_name(kind):
    """What PyTorch's errors call the type of a tensor of a numpy dtype."""
    title = from_numpy_dtype(kind).title
    return f"CPU{title}Type" if kind.kind in "bc" else f"torch.{title}Tensor"


def _changed_in_place(tensor, origin, now, saved):
    kind = type_name(tensor.array.dtype)
    node, nr = origin
    made_by = "" if node is None else f", which is output {nr} of {operation_name(node)},"
    return (f"one of the variables needed for gradient computation has been modified by an inplace operation: [{kind} "
            f"{list(tensor.array.shape)}]{made_by} is at version {now}; expected version {saved} instead. Hint: "
            f"{ANOMALY_MODE_KNOWS if seam.explains else ASK_ANOMALY_MODE}")


adding = threading.Lock()  # several threads may run backward passes to the same tensor


class AccumulateGrad(Node):
    """Where backward ends: adds what arrives to the `.grad` of a leaf.

    The leaf holds its AccumulateGrad weakly and the graph holds it strongly, so there is no cycle and it is gone with
    the last graph that needs it.
    """

    __module__ = "builtins"  # as it prints, and as all other nodes do
    __slots__ = ("variable",)
    number = staticmethod(lambda: 2**64 - 1)  # runs before all others that could run

    def __init__(self, variable):
        super().__init__((), variable.array.shape, variable.array.dtype)
        if "grad_dtype" in variable.__dict__:
            self.output_dtype = variable.grad_dtype and variable.grad_dtype.numpy
        self.variable = variable

    def name(self):
        return "torch::autograd::AccumulateGrad"

    def backward(self, grad, needed=None):
        """Add `grad`, which belongs to nobody else, to the leaf's gradient: in place, unless that is recorded too."""
        leaf = self.variable
        if (leaf._edge is not None or leaf._view is not None) and not leaf.is_leaf:
            raise RuntimeError("leaf variable has been moved into the graph interior")
        if not leaf.requires_grad:
            pass  # the flag was turned off after the graph was made
        elif mode.enabled:
            if leaf._grad is None:
                leaf._grad = _laid_out_like(leaf, grad.new_zeros(grad.shape).copy_(grad))
            else:
                leaf._grad = leaf._grad + grad
        else:
            if levels:
                grad = grad.detach()  # its tangent is not added up
            with adding:
                if leaf._grad is not None:
                    _add_into(leaf._grad, grad)
                elif grad.array.strides == leaf.array.strides:
                    leaf._grad = grad
                else:
                    leaf._grad = _laid_out_like(leaf, grad)
        return self._tell_hooks()

    def without_gradient(self):
        return self._tell_hooks()

    def is_plain(self):
        """Whether nobody has hung a hook on the leaf or on this node."""
        return self._hooks is None and self.variable._leaf_hooks is None

    def _tell_hooks(self):
        """Call the leaf's post-accumulate hooks, whether or not a gradient came."""
        hooks = self.variable._leaf_hooks
        for hook in () if hooks is None else list(hooks.after.values()):
            before = None if seam.hooked is None else arrays_of(self.variable._grad)
            returned = hook(self.variable)
            if returned is not None and not hasattr(returned, "array"):
                raise TypeError(f"expected Variable, but hook returned '{type(returned).__name__}'")
            if returned is not None:
                raise RuntimeError("Tensor post accumulate grad hooks should return None.")
            if seam.hooked is not None:
                seam.hooked("post-accumulate hook", hook, before, self.variable._grad)
        return ()


def _add_into(total, grad):
    """``total.add_(grad)``, without what that has to find out of tensors with a history."""
    if total._view is not None or total._requires_grad or total.array.dtype is not grad.array.dtype:
        total.add_(grad)
    else:
        total.array += grad.array
        bump_version(total)


def _laid_out_like(leaf, grad):
    """`grad` with its elements in the leaf's order in memory; row by row, if the leaf has gaps or repeats itself."""
    array = np.empty_like(leaf.array, grad.array.dtype)
    if array.strides != leaf.array.strides:
        array = np.empty(array.shape, array.dtype)
    array[...] = grad.array
    grad.array = array
    return grad


class Observer:
    """Somebody who watches the engine at work; what a subclass does not define is not looked at."""

    explains_errors = False  # whether it will say more about an error in backward than the error itself

    def made(self, node):
        """A node was made."""

    def computed(self, name, arguments, result, kind=None):
        """An operation gave `result`, a tensor or a tuple of them; if it is tracked, its node is made next.

        `name` is what such a node is called, for an operation without one the function's name. `kind` is its class if
        that is a row of the table; if not, ``kind(edges)`` is another such node, for `edges` to the tensors among the
        arguments; the node itself of a user's Function; None if there is none.
        """

    def changed(self, tensor, result):
        """`tensor` took over the values, and the history if there is one, of `result`, which was just computed."""

    def around(self, node, step):
        """Run one step of a backward pass: ``step()`` gives the node's gradient and a list of those of its inputs.

        They come as they travel: arrays, or tensors under create_graph.
        """
        return step()

    def ran(self, node, grad, results):
        """In a step, the rules of `node` gave `results`, from `grad`: after the hooks before it, before those after."""

    def hooked(self, kind, hook, before, after):
        """A user's hook was called in a step: what it was given, as arrays, and what counts after it, as tensors.

        For a "post-accumulate hook" that is the leaf's `.grad`; hooks on nodes have tuples.
        """

    def sent(self, node, edge, grad, total):
        """A gradient left `node` along `edge`, in the shape and dtype of what it goes to, and made the sum there."""


class _Seam:
    """Where the engine can be watched, at the price of one comparison when nobody watches.

    Each method of Observer is an attribute: None, or what calls it for all who watch, in every thread.

    explains    whether one of them will say more about an error in backward
    renumbered  whether any node was ever given another number: then backward cannot go by the numbers alone
    """

    EVENTS = ("made", "computed", "changed", "around", "ran", "hooked", "sent")
    __slots__ = (*EVENTS, "explains", "renumbered", "_watchers", "_lock")

    def __init__(self):
        self.renumbered = False
        self._watchers, self._lock = [], threading.Lock()
        self._arrange()

    def watch(self, observer):
        """Tell `observer` what happens until `unwatch`; who watches twice is told once."""
        with self._lock:
            self._watchers.append(observer)
            self._arrange()

    def unwatch(self, observer):
        with self._lock:
            if observer in self._watchers:
                self._watchers.remove(observer)
            self._arrange()

    def _arrange(self):
        watchers = list(dict.fromkeys(self._watchers))
        self.explains = any(observer.explains_errors for observer in watchers)
        for event in self.EVENTS:
            nobody = getattr(Observer, event)
            told = [getattr(observer, event) for observer in watchers if getattr(type(observer), event) is not nobody]
            setattr(self, event, (_inside_one_another if event == "around" else _one_after_another)(told))


def arrays_of(gradients):
    """The values that gradients have now, for an observer: of a tensor, of a tuple of them, of None."""
    if isinstance(gradients, tuple):
        return tuple(map(arrays_of, gradients))
    return None if gradients is None else gradients.array.copy()


def _one_after_another(functions):
    def tell(*event):
        for function in functions:
            function(*event)

    return tell if functions else None


def _inside_one_another(functions):
    def around(node, step):
        for function in functions:
            step = functools.partial(function, node, step)
        return step()

    return around if functions else None


seam = _Seam()


class Version:
    """How often a piece of memory was changed in place: one counter for a tensor, its views and its detached twins."""

    __slots__ = ("value", "transform")

    def __init__(self, transform=0):
        self.value = 0
        self.transform = transform  # the number of the innermost of torch.func's transforms that it belongs to

    def bump(self):
        self.value += 1


class VersionOfArgument:
    """The counter of what stands for an argument of one of torch.func's transforms: its memory's, in the transform."""

    __slots__ = ("counter", "transform")

    def __init__(self, counter, transform):
        self.counter, self.transform = counter, transform

    @property
    def value(self):
        return self.counter.value

    @value.setter
    def value(self, value):
        self.counter.value = value

    def bump(self):
        self.counter.bump()


class VersionSinceDetached(VersionOfArgument):
    """The counter of a tensor after `detach_`: a bit more than its memory's, so that who saved it before notices."""

    __slots__ = ()

    def __init__(self, counter):
        super().__init__(counter, counter.transform)

    @property
    def value(self):
        value = self.counter.value
        return (value + int(value) + 1) / 2  # half a step beyond a whole number, a quarter beyond a half

    @value.setter
    def value(self, value):
        self.counter.value = value


class NoVersion:
    """The counter of what was made in inference mode: it counts nothing and forbids saving and, outside, changing."""

    transform = float("inf")  # it has an error of its own

    @property
    def value(self):
        raise RuntimeError("Inference tensors cannot be saved for backward. Please do not use Tensors created in "
                           "inference mode in computation tracked by autograd. To work around this, you can make a "
                           "clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of "
                           "`torch.inference_mode()`.")

    def bump(self):
        if not mode.inference:
            raise RuntimeError("Inplace update to inference tensor outside InferenceMode is not allowed.You can make a "
                               "clone to get a normal tensor before doing inplace update.See "
                               "https://github.com/pytorch/rfcs/pull/17 for more details.")


INFERENCE = NoVersion()


def first_counter():
    """That of a new tensor, where it says in which block the tensor was made; else None, which is one at 0."""
    if mode.inference:
        return INFERENCE
    return Version(mode.transforms[-1]) if mode.transforms else None


def version_counter(tensor):
    """The tensor's counter, made when first asked for: most tensors are never viewed nor changed."""
    if tensor._counter is None:
        tensor._counter = Version()
    return tensor._counter


def guard(tensor):
    """What a node keeps beside a saved tensor, to notice later whether it was changed."""
    counter = tensor._counter
    return tensor, 0 if counter is None else counter.value


def bump_version(tensor):
    version_counter(tensor).bump()


def gradient_edge(tensor):
    """Where a gradient of this tensor goes: (node, which of its outputs), or (None, 0) if it is not tracked."""
    if tensor._edge is not None:
        return tensor._edge
    if tensor._view is not None:
        edge = tensor._view.edge_of(tensor)
        if edge is not None:
            return edge
    if tensor._requires_grad is True:
        return accumulator(tensor), 0
    return None, 0


def accumulator(leaf):
    """The leaf's AccumulateGrad, the same one as long as some graph or variable holds it."""
    node = None if leaf._accumulator is None else leaf._accumulator()
    if node is None:
        node = AccumulateGrad(leaf)
        leaf._accumulator = weakref.ref(node)
    return node


def transform_of(tensor):
    """The number of the innermost of torch.func's transforms that the tensor belongs to; 0 for none."""
    return 0 if tensor._counter is None else tensor._counter.transform


def begins_outside(tensors, transforms=()):
    """Whether some history begins at a leaf from outside all transforms, or at one that belongs to `transforms`."""
    seen, stack = set(), [gradient_edge(x)[0] for x in tensors]
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        if isinstance(node, AccumulateGrad) and transform_of(node.variable) in (0, *transforms):
            return True
        seen.add(node)
        stack.extend(target for target, _ in node.next_functions)
    return False


class Hooks:
    """What users hung on one node, in the order in which it runs: on tensors, retained, before, after."""

    def __init__(self):
        self.tensor = {}  # output number -> {key: hook} for Tensor.register_hook on a non-leaf
        self.retained = {}  # output number -> weak reference to the tensor whose .grad is wanted
        self.before = {}  # key -> hook(grad_outputs)
        self.after = {}  # key -> hook(grad_inputs, grad_outputs)
        self.metadata = {}  # no hooks, but as seldom asked for, so it lies here and costs no node a slot


def move_retained(tensor, before, now):
    """Have a tensor that retains its gradient retain that of the value it has now, when its edge has changed."""
    node, nr = before
    hooks = None if node is None else node._hooks
    if hooks is not None and nr in hooks.retained and hooks.retained[nr]() is tensor:
        del hooks.retained[nr]
        now[0]._hook_lists().retained[now[1]] = weakref.ref(tensor)


class RemovableHandle:
    """What registering a hook returns; `remove()`, or the end of a with block, takes the hook away again."""

    __module__ = "torch.utils.hooks"  # as it prints

    _next_id = itertools.count().__next__

    def __init__(self, hooks, hook, *marks):
        """The hook goes into the dict `hooks`; in the dicts `marks` stands that it is of some kind."""
        self.id = RemovableHandle._next_id()
        self._places = (hooks, *marks)
        hooks[self.id] = hook
        for mark in marks:
            mark[self.id] = True

    def hooks_dict_ref(self):
        """The dict of hooks that it is one of."""
        return self._places[0]

    def remove(self):
        for place in self._places:
            place.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.remove()
