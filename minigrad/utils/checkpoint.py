"""Memory for time: forward saves nothing, and backward runs forward again for what it needs."""

import contextlib
import warnings

from ..autograd.function import Function
from ..autograd.gradients import backward
from ..autograd.graph import saved_tensors_hooks
from ..grad_mode import enable_grad
from ..random import get_rng_state, set_rng_state
from ..tensor import Tensor, refuse

NOT_SAID = (
    ": the use_reentrant parameter should be passed explicitly. {} use_reentrant=False is recommended, but if you need "
    "to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the "
    "differences between the two variants.")
COUNT = (
    "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n"
    "Number of tensors saved during forward: {}\nNumber of tensors saved during recomputation: {}.")


class CheckpointError(RuntimeError):
    """The second forward pass saved other tensors than the first."""


class _Enough(Exception):
    """All that was saved has been computed again: what is left of forward need not run."""


@contextlib.contextmanager
def _random_numbers_from(state):
    """Inside the block, the random numbers that followed `state`, if there is one."""
    now = get_rng_state()
    if state is not None:
        set_rng_state(state)
    try:
        yield
    finally:
        set_rng_state(now)


def checkpoint(function, *args, use_reentrant=None, preserve_rng_state=True, early_stop=True, **named):
    """``function(*args, **named)``, of whose inside backward keeps nothing: it computes that again, when it needs it.

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
    state = get_rng_state() if preserve_rng_state else None
    if use_reentrant:
        refuse(named and "Unexpected keyword arguments: " + ",".join(named), ValueError)
        return CheckpointFunction.apply(function, state, *args)
    saved, again = 0, {}

    def pack(tensor):
        nonlocal saved
        saved += 1
        return saved - 1

    def unpack(place):
        if place not in again:
            again.update(_saved_again(saved if early_stop else None, state, function, args, named))
            if len(again) != saved:
                raise CheckpointError(COUNT.format(saved, len(again)))
        return again.pop(place)

    with saved_tensors_hooks(pack, unpack):
        return function(*args, **named)


def _saved_again(enough, state, function, args, named):
    """The tensors that the function saves, by their number, no more than `enough`."""
    found = {}

    def pack(tensor):
        found[len(found)] = tensor.detach()
        if len(found) == enough:
            raise _Enough
        return tensor

    with _random_numbers_from(state), saved_tensors_hooks(pack, lambda tensor: tensor), enable_grad():
        with contextlib.suppress(_Enough):
            function(*args, **named)
    return found


class CheckpointFunction(Function):
    """The older way: one node for the whole function, whose backward runs forward and backward inside it."""

    @staticmethod
    def forward(ctx, function, state, *args):
        if not any(x.requires_grad for x in args if isinstance(x, Tensor)):
            warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=3)
        ctx.function, ctx.state = function, state
        ctx.others = [None if isinstance(x, Tensor) else x for x in args]
        ctx.places = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        ctx.save_for_backward(*[args[i] for i in ctx.places])
        return function(*args)

    @staticmethod
    def backward(ctx, *gradients):
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


def checkpoint_sequential(functions, segments, input, use_reentrant=None, **options):
    """`functions`, or a Sequential's modules, in turn, in so many segments, all but the last as checkpoints."""
    if use_reentrant is None:
        warnings.warn("torch.utils.checkpoint.checkpoint_sequential" + NOT_SAID.format(
            "In version 2.9 we will raise an exception if use_reentrant is not passed."), stacklevel=2)
        use_reentrant = True
    functions = list(functions)
    size, end = len(functions) // segments, 0

    def running(part):
        def forward(input):
            for function in part:
                input = function(input)
            return input

        return forward

    for end in range(size, size * segments, size):
        input = checkpoint(running(functions[end - size:end]), input, use_reentrant=use_reentrant, **options)
    return running(functions[end:])(input)
