"""Memory for time: forward saves nothing, and backward runs forward again for what it needs.

A region, one call of `checkpoint`, leaves a ticket in a node where a tensor would lie. The first ticket that a backward
pass hands in makes the region run its function again, with the same inputs, random numbers and modes; the n-th tensor
that is saved then is what the n-th ticket stands for. The region's own inputs are saved as a node saves its: so they
must not change, and a region around this one gets tickets for them in turn.
"""

import contextlib
import warnings
import weakref

from ..autograd.function import Function
from ..autograd.gradients import backward
from ..autograd.graph import saved_as_by_a_node, saved_tensors_hooks
from ..grad_mode import enable_grad, mode, no_grad
from ..random import get_rng_state, set_rng_state
from ..tensor import CPU, Tensor, refuse

NOT_SAID = (
    ": the use_reentrant parameter should be passed explicitly. {} use_reentrant=False is recommended, but if you need "
    "to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the "
    "differences between the two variants.")
COUNT = (
    "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n"
    "Number of tensors saved during forward: {}\nNumber of tensors saved during recomputation: {}.")
FACTS = ("torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the "
         "forward pass.\n{}.\n")
MORE = ("torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward "
        "pass.\n")
ONCE = (
    "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. If you are calling "
    "ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an issue with details on your "
    "use case.")
INPUTS = (
    "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to "
    ".backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing "
    "the `inputs` argument.")
SWALLOWED = (
    "torch.utils.checkpoint: the forward context provided by context_fn suppressed an exception raised during the "
    "checkpointed forward. This is not supported because checkpoint cannot return a value for a failed forward.")


class CheckpointError(RuntimeError):
    """The second forward pass saved other tensors than the first."""


class _StopRecomputationError(Exception):
    """All that was saved has been computed again: what is left of forward need not run."""


class _Ticket:
    """What lies in a node in place of a tensor that will be computed again."""


def noop_context_fn():
    """The two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


@contextlib.contextmanager
def _random_numbers_from(state):
    """Inside the block, the random numbers that followed `state`, if there is one."""
    now = get_rng_state()
    if state is not None:
        set_rng_state(state)
    try:
        yield
    finally:
        if state is not None:
            set_rng_state(now)


def checkpoint(function, *args, use_reentrant=None, context_fn=noop_context_fn, determinism_check="default",
               debug=False, early_stop=True, preserve_rng_state=True, **named):
    """``function(*args, **named)``, of whose inside backward keeps nothing: it computes that again, when it needs it.

    With ``use_reentrant=True`` it is one node that runs a backward pass of its own, for `Tensor.backward` alone.
    Without, `context_fn` makes two contexts, for the first run and the second; ``determinism_check="none"`` does not
    look whether the second saves tensors of the same shapes and dtypes; and without `early_stop` the second runs to its
    end, though all that is needed is there.

    >>> import minigrad as torch
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> checkpoint(lambda x: x.exp().sin(), x, use_reentrant=False).sum().backward()
    >>> x.grad
    tensor([-2.4784,  3.3129])
    """
    if use_reentrant is None:
        warnings.warn("torch.utils.checkpoint" + NOT_SAID.format(
            "Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception."), stacklevel=2)
        use_reentrant = True
    if use_reentrant:
        refuse(named and "Unexpected keyword arguments: " + ",".join(named), ValueError)
        refuse((context_fn is not noop_context_fn or debug is not False) and "Passing `context_fn` or `debug` is only "
               "supported when use_reentrant=False.", ValueError)
        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    refuse(debug and "minigrad's checkpoint has no debug=True: it keeps no log of operations.", NotImplementedError)
    refuse(determinism_check not in _FACTS and f"determinism_check should be one of {list(_FACTS)}, but got "
           f"{determinism_check}", ValueError)
    state, (first, again) = get_rng_state() if preserve_rng_state else None, context_fn()
    if not mode.enabled:
        return function(*args, **named)

    def run_again(args):
        with _random_numbers_from(state), again:
            function(*args, **named)

    stops_early = early_stop if _early_stop is None else _early_stop
    region = _Region(run_again, args, stops_early, _FACTS[determinism_check])
    with saved_tensors_hooks(region.pack, region.unpack), first:
        result = function(*args, **named)
        region.is_complete = True
    refuse(not region.is_complete and SWALLOWED)
    return result


_FACTS = {"default": lambda x: {"shape": x.shape, "dtype": x.dtype, "device": CPU}, "none": lambda x: None}
_early_stop: bool | None = None  # what `set_checkpoint_early_stop` says, while it does


@contextlib.contextmanager
def set_checkpoint_early_stop(enable):
    """Inside the block, `checkpoint` acts as if it were given this `early_stop`."""
    global _early_stop
    before, _early_stop = _early_stop, enable
    try:
        yield
    finally:
        _early_stop = before


class _Region:
    """One call of `checkpoint`.

    tickets      weak references to what lies in the nodes, in the order in which the tensors were saved
    facts        of each of these tensors
    found        backward pass -> {ticket: the tensor, computed again}, until it is handed out
    is_complete  whether the first run has come to its end; until then, a backward pass inside it gets what there is
    """

    def __init__(self, run, args, stops_early, facts_of):
        self.run, self.stops_early, self.facts_of = run, stops_early, facts_of
        self.inputs, self.places = list(args), [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        self.saved_inputs = saved_as_by_a_node([args[i] for i in self.places])
        for i in self.places:
            self.inputs[i] = None
        self.tickets, self.facts = [], []
        self.found = weakref.WeakKeyDictionary()
        self.is_complete = False

    def pack(self, tensor):
        ticket = _Ticket()
        self.tickets.append(weakref.ref(ticket))
        self.facts.append(self.facts_of(tensor))
        return ticket

    def unpack(self, ticket):
        task = mode.backward or _Ticket()  # who reads `_saved_self` outside of a backward pass is a pass of its own
        if task not in self.found:
            self.found[task] = self.compute_again()
        refuse(ticket not in self.found[task] and ONCE, CheckpointError)
        return self.found[task].pop(ticket)

    def compute_again(self):
        """The saved tensors, by their tickets; RuntimeError if an input was changed since, or if they do not fit."""
        inputs, found, count, expected = list(self.inputs), weakref.WeakKeyDictionary(), 0, len(self.tickets)
        for i, x in zip(self.places, self.saved_inputs.unpack()):
            inputs[i] = x

        def pack(tensor):
            nonlocal count
            tensor = tensor.detach() if tensor.requires_grad else tensor
            count += 1
            if count > expected:
                refuse(self.is_complete and MORE, CheckpointError)
                return tensor
            ticket = self.tickets[count - 1]()
            if ticket is not None:
                found[ticket] = tensor
            if self.stops_early and count == expected:
                raise _StopRecomputationError
            return tensor

        enough = contextlib.suppress(_StopRecomputationError)
        with saved_tensors_hooks(pack, lambda tensor: tensor), enable_grad(), enough:
            self.run(inputs)
        refuse(count < expected and COUNT.format(expected, count), CheckpointError)
        self.compare(found)
        return found

    def compare(self, found):
        """CheckpointError if other tensors were saved than the first time."""
        different = ""
        for i, (ticket, facts) in enumerate(zip(self.tickets, self.facts)):
            tensor = found.get(ticket() or self)
            if tensor is not None and self.facts_of(tensor) != facts:
                different += (f"tensor at position {i}:\nsaved metadata: {facts}\nrecomputed metadata: "
                              f"{self.facts_of(tensor)}\n")
        refuse(different and FACTS.format(different), CheckpointError)


class CheckpointFunction(Function):
    """The older way: one node for the whole function, whose backward runs forward and backward inside it."""

    @staticmethod
    def forward(ctx, function, preserve_rng_state, *args):
        if not any(x.requires_grad for x in args if isinstance(x, Tensor)):
            warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=3)
        ctx.function, ctx.state = function, get_rng_state() if preserve_rng_state else None
        ctx.others = [None if isinstance(x, Tensor) else x for x in args]
        ctx.places = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        ctx.save_for_backward(*[args[i] for i in ctx.places])
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx, *gradients):
        refuse(mode.backward.running is not None and INPUTS)
        inputs = list(ctx.others)
        for i, x in zip(ctx.places, ctx.saved_tensors):
            inputs[i] = x.detach().requires_grad_(x.requires_grad)
        with _random_numbers_from(ctx.state), enable_grad():
            outputs = ctx.function(*inputs)
        outputs = (outputs,) if isinstance(outputs, Tensor) else outputs
        tracked = [(x, grad) for x, grad in zip(outputs, gradients) if isinstance(x, Tensor) and x.requires_grad]
        refuse(not tracked and "none of output has requires_grad=True, this checkpoint() is not necessary")
        backward(*zip(*tracked))
        return None, None, *[x.grad if isinstance(x, Tensor) else None for x in inputs]


def checkpoint_sequential(functions, segments, input, use_reentrant=None, preserve_rng_state=True, **named):
    """`functions`, or a Sequential's modules, in turn, in so many segments, all but the last as checkpoints."""
    if use_reentrant is None:
        warnings.warn("torch.utils.checkpoint.checkpoint_sequential" + NOT_SAID.format(
            "In version 2.9 we will raise an exception if use_reentrant is not passed."), stacklevel=2)
        use_reentrant = True
    refuse(named and "Unexpected keyword arguments: " + ",".join(named), ValueError)
    functions = list(functions)
    size, end = len(functions) // segments, 0

    def running(part):
        def forward(input):
            for function in part:
                input = function(input)
            return input

        return forward

    for end in range(size, size * segments, size):
        input = checkpoint(running(functions[end - size:end]), input, use_reentrant=use_reentrant,
                           preserve_rng_state=preserve_rng_state)
    return running(functions[end:])(input)


def __getattr__(name):
    if name in {"create_selective_checkpoint_contexts", "CheckpointPolicy", "SelectiveCheckpointContext",
                "GraphExecGroup"}:
        raise AttributeError(f"minigrad has no torch.utils.checkpoint.{name}: a checkpoint computes all of its inside "
                             "again, in each backward pass.")
    raise AttributeError(f"module 'torch.utils.checkpoint' has no attribute {name!r}")
