"""Forward mode: beside a tensor's values runs its tangent, how fast they change as the inputs move in one direction.

The tangent of a result is ``J t``, the Jacobian of the operation times the tangent of its input. No table is needed for
that beside the one of backward: a rule gives ``J^T u`` for any u, is linear in u, and so its derivative with respect to
u, which backward finds, is J; times t it is the tangent. So one operation forwards is two rules backwards.

A `Level` is one such derivative. It watches the engine while it is open, and gives each result its tangent at once,
whether the operation is recorded or not. Levels can be inside one another, as derivatives of derivatives: what an inner
one computes is an operation like any other to the outer ones. PyTorch allows one here, and more through `func.jvp`.
"""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from .. import derivatives as d
from ..engine import run_backward
from ..function import BackwardCFunction
from ..grad_mode import _GradMode, enable_grad, keep_tangents, levels, mode as thread
from ..graph import AccumulateGrad, Observer, gradient_edge, seam
from ..operators.rearranging import as_strided
from ..record import NOWHERE, ROWS, record
from ..storage import block
from ..tensor import Tensor, refuse, wrap

__all__ = ["UnpackedDualTensor", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual", "dual_level"]

NO_LEVEL = ("Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.")
NOT_LAST = ("Trying to exit a forward AD level that was not the last one that was created. This is not supported.")
TWICE = ("Making a dual Tensor based on a Tensor that already has a forward gradient at the same level {} is not "
         "supported.")
TANGENT_OF_TANGENT = ("Setting a forward grad that itself has a forward gradient at the same level{} is not supported.")
SIZES = ("Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
         "supported. Tensor is of size {} while the given forward gradient is of size {}.")
NO_VIEW = "A custom Function's forward is returning a view (or an input as-is) but the jvp is not returning a view."
NOT_AS_IS = ("An inplace custom Function is not returning the forward mode gradients as-is. If the forward is "
             "modifying an input inplace, then the jvp function must modify the gradient inplace and return it as-is.")


class Level(Observer):
    """One derivative in forward mode: the tangent of each tensor that depends on what it is taken by."""

    def __init__(self):
        self.number = len(levels)
        self._tangents = {}  # id of a tensor -> a weak reference to it, and its tangent
        self._changed = set()  # the ids of those that have one since they were changed in place; so have older views
        levels.append(self)
        seam.watch(self)

    def close(self):
        """Let go of all tangents."""
        seam.unwatch(self)
        levels.remove(self)
        self._tangents.clear()

    def counts(self):
        """Whether it is looked at now: not where forward mode is off, nor in what an outer level or itself computes."""
        return not thread.inference and (thread.forward is None or self.number < thread.forward)

    def tangent_of(self, tensor):
        """The tangent, or None."""
        return self._find(tensor) if self.counts() else None

    def _find(self, tensor):
        if id(tensor) in self._tangents:
            return self._tangents[id(tensor)][1]
        base = None if tensor._view is None else tensor._view.base
        if id(base) not in self._changed or id(base) not in self._tangents:
            return None
        with _reaching(self.number):
            self.give(tensor, _part(self._tangents[id(base)][1], base, tensor))
        return self._find(tensor)

    def give(self, tensor, tangent):
        """Make `tangent` that of `tensor`: itself if it lies in memory alike, else a copy that does."""
        refuse(tangent.shape != tensor.shape and SIZES.format(list(tensor.shape), list(tangent.shape)))
        if not _lie_alike(tensor, tangent) and not _overlaps(tensor):
            tangent = _zeros_alike(tensor, tangent.array.dtype).copy_(tangent)
        key, tangents = id(tensor), self._tangents
        tangents[key] = weakref.ref(tensor, lambda _: tangents.pop(key, None)), tangent

    def keep(self, tensor, twin):
        """Give `twin`, another object for the same value, the tangent of `tensor`."""
        if id(tensor) in self._tangents:
            self.give(twin, self._tangents[id(tensor)][1])

    # What the engine tells

    def computed(self, name, arguments, result, make=None):
        if not self.counts():
            return
        if name == "detach":
            self._tangents.pop(id(result), None)
        duals = {id(x): tangent for x in _tensors(arguments) if (tangent := self.tangent_of(x)) is not None}
        if duals and name not in ("detach", "data"):
            with _reaching(self.number):
                if isinstance(make, BackwardCFunction):
                    self._after_function(make, arguments, result, duals)
                else:
                    self._after_operation(name, arguments, result, make, duals)

    def changed(self, tensor, result):
        if self.counts():
            with _reaching(self.number):
                self._overwrite(tensor, self._find(result))

    def _after_operation(self, name, arguments, result, make, duals):
        """Give the results of an operation their tangents, from those of its arguments."""
        inputs, results = list(_tensors(arguments)), result if isinstance(result, tuple) else (result,)
        for nr, out in enumerate(results):
            source = next((x for x in inputs if np.may_share_memory(x.array, out.array)), None)
            if any(out is x for x in inputs):
                self._overwrite(out, _tangent(make, inputs, results, nr, duals))
            elif source is not None:
                if id(source) in duals:
                    self.give(out, _as_the_source(name, arguments, out, source, duals[id(source)]))
            elif out.array.dtype.kind in "fc":
                if name in ROWS:
                    if nr == 0:  # the others are not differentiable
                        self.give(out, _tangent_of_row(ROWS[name], arguments, results, duals))
                else:
                    refuse(make is None and f"Trying to use forward AD with aten::{name} that does not support it.",
                           NotImplementedError)
                    self.give(out, _tangent(make, inputs, results, nr, duals))

    def _after_function(self, ctx, arguments, results, duals):
        """The same for a user's Function, whose `jvp` knows them."""
        given = [duals.get(id(x), wrap(np.zeros_like(x.array)) if ctx._materialize else None)
                 if isinstance(x, Tensor) else None for x in arguments]
        tangents = ctx._forward_cls.jvp(ctx, *given)
        tangents = tangents if isinstance(tangents, tuple) else (tangents,)
        refuse(len(tangents) != len(results) and "Function's jvp returned an invalid number of forward gradients "
               f"(expected {len(results)} but got {len(tangents)})")
        for nr, (out, tangent) in enumerate(zip(results, tangents)):
            refuse(tangent is not None and not isinstance(tangent, Tensor) and "expected Variable or None (got "
                   f"{type(tangent).__name__}) for grad output {nr}.")
            if tangent is None or not isinstance(out, Tensor):
                continue
            for x, its_tangent in zip(arguments, given):
                if out is x:
                    refuse(tangent is not its_tangent and NOT_AS_IS)
                elif isinstance(x, Tensor) and np.may_share_memory(out.array, x.array):
                    refuse(not np.may_share_memory(tangent.array, its_tangent.array) and NO_VIEW)
            self.give(out, tangent)

    def _overwrite(self, tensor, tangent):
        """`tensor` was changed in place: so is its tangent, which others may see a part of."""
        old, view = self._find(tensor), tensor._view
        if old is None and tangent is not None and view is not None:
            self.give(view.base, _zeros_alike(view.base, view.base.array.dtype))
            self._changed.add(id(view.base))
            old = self._find(tensor)
        if old is not None:
            old.copy_(wrap(np.zeros_like(old.array)) if tangent is None else tangent)
        elif tangent is not None:
            self.give(tensor, tangent)
            self._changed.add(id(tensor))


@contextmanager
def _reaching(number) -> Iterator[None]:
    """Inside, so many levels count: the outermost ones."""
    before, thread.forward = thread.forward, number
    try:
        yield
    finally:
        thread.forward = before


# One operation forwards: two rules backwards


def _tangent_of_row(kind, arguments, results, duals):
    """The tangent of what an operation of the table gave."""
    result = wrap(results[0].array)  # the result itself has no history yet, so this one gets it
    keep_tangents(results[0], result)
    arguments = (*arguments, *results[1:])
    if "result" in kind.saved_names:
        record(kind, result, arguments)

    def value(name):
        get = kind.getters[kind.saved_names.index(name)]
        if name == "result":
            return result
        return arguments[get] if isinstance(get, int) else get(arguments, result)

    def gradients(u):
        for name, place, rule in zip(kind.inputs, kind.places, kind.rules):
            x = arguments[place]
            if id(x) in duals:
                yield x, rule(u, *map(value, kind.asks[name]))

    return _derivative(gradients, result, arguments, duals)


def _tangent(make, inputs, results, nr, duals):
    """The tangent of an operation's result number `nr`, by a node like the one that it leaves."""
    somewhere = AccumulateGrad(results[nr]), 0  # for inputs that are not tracked, but whose gradient is asked for
    edges = [gradient_edge(x) if x.requires_grad else somewhere if id(x) in duals else NOWHERE for x in inputs]
    node = make(tuple(edges))

    def gradients(u):
        return zip(inputs, node.backward(u if len(results) == 1 else [u if i == nr else None
                                                                      for i in range(len(results))]))

    return _derivative(gradients, results[nr], inputs, duals)


def _derivative(gradients, result, inputs, duals):
    """``J t``: the derivative of `gradients`, pairs of inputs and their ``J^T u``, by u, times the inputs' tangents."""
    recorded = thread.enabled and any(x.requires_grad for x in (*_tensors(inputs), *duals.values()))
    u = wrap(np.ones_like(result.array))  # any will do, since they are linear in u; but some rules take its logarithm
    with enable_grad():
        u.requires_grad_()
        pairs = [(gradient, duals[id(x)]) for x, gradient in gradients(u)
                 if id(x) in duals and gradient is not None and gradient.requires_grad]
    tangents = [_fitted(tangent, gradient) for gradient, tangent in pairs]
    edges = tuple(gradient_edge(gradient) for gradient, _ in pairs)
    (found,) = run_backward(edges, tangents, inputs=[gradient_edge(u)], create_graph=recorded)
    if found is None:
        return wrap(np.zeros_like(u.array))
    return found.clone() if any(np.may_share_memory(found.array, tangent.array) for tangent in tangents) else found


def _fitted(tangent, gradient):
    """A tangent in the shape and dtype of the gradient that it goes with, which is not un-broadcast yet."""
    if tangent.array.dtype != gradient.array.dtype:
        tangent = d.to_copy(tangent, gradient.array.dtype)
    return tangent if tangent.shape == gradient.shape else d.expand(tangent, gradient.array.shape)


# Views: the same part of the tangent, which lies in memory as the values do


def _lie_alike(a, b):
    """Whether two tensors of one shape lie in the same places of blocks of one size."""
    if not a.numel():
        return True
    steps = [[step for step, n in zip(x.stride(), x.shape) if n > 1] for x in (a, b)]
    blocks = [block(x.array)[0].size // x.itemsize for x in (a, b)]
    return steps[0] == steps[1] and blocks[0] == blocks[1] and a.storage_offset() == b.storage_offset()


def _zeros_alike(tensor, dtype):
    """A tensor of zeros that lies in memory as `tensor` does."""
    zeros = np.zeros(block(tensor.array)[0].size // tensor.itemsize, dtype)[tensor.storage_offset() :]
    return wrap(np.lib.stride_tricks.as_strided(zeros, tensor.shape, [n * zeros.itemsize for n in tensor.stride()]))


def _as_the_source(name, arguments, out, source, tangent):
    """The tangent of `out`, which lies in the memory of `source`: what was done to that is done to its tangent."""
    if name in ROWS:
        return ROWS[name].operation(tangent, *arguments[1:])
    return _part(tangent, source, out)


def _part(tangent, source, view):
    """The part of `tangent` that `view` shows of `source`, in whose memory it lies."""
    start = tangent.storage_offset() + view.storage_offset() - source.storage_offset()
    return as_strided(tangent, view.shape, view.stride(), start)


def _overlaps(tensor):
    return 0 in [step for step, n in zip(tensor.stride(), tensor.shape) if n > 1]


def _tensors(values):
    """The tensors among the values, and in lists and tuples there."""
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _tensors(value)


# What users call


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` gives: a tensor's values, and its tangent or None."""

    primal: Tensor
    tangent: Tensor | None


UnpackedDualTensor.__module__ = "torch.autograd.forward_ad"  # as it prints


def enter_dual_level():
    """Begin a derivative in forward mode; returns its number, which is 0. RuntimeError inside another one."""
    refuse(levels and "Nested forward mode AD is not supported at the moment")
    return Level().number


def exit_dual_level(*, level=None):
    """End it: no tensor has a tangent any longer."""
    refuse(level is not None and level != len(levels) - 1 and NOT_LAST)
    refuse(not levels and "Dual level must be a positive number.")
    levels[-1].close()


class dual_level(_GradMode):
    """The block, or the decorated function, in which one derivative in forward mode is taken.

    >>> import minigrad as torch
    >>> with dual_level():
    ...     x = make_dual(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0]))
    ...     unpack_dual(x * x.sum())
    UnpackedDualTensor(primal=tensor([3., 6.]), tangent=tensor([4., 2.]))
    """

    def __enter__(self):
        return enter_dual_level()

    def __exit__(self, *exception):
        exit_dual_level()


def make_dual(tensor, tangent, *, level=None):
    """A view of `tensor` that has this tangent, of its shape; both hold floats.

    The tangents of what is computed from it follow, also under `no_grad`, and can be differentiated backwards if
    `tensor` or `tangent` can.
    """
    level = len(levels) - 1 if level is None else level
    refuse(level < 0 and NO_LEVEL)
    for x, what in ((tensor, "primal"), (tangent, "tangent")):
        refuse(x.array.dtype.kind not in "fc" and
               f"Expected {what} to be floating point or complex, but got: {x.dtype}", ValueError)
    refuse(level >= len(levels) and "Invalid level given to _make_dual")
    return dual(levels[level], tensor, tangent)


def dual(level, tensor, tangent):
    """The same at a Level."""
    refuse(level.tangent_of(tensor) is not None and TWICE.format(level.number))
    refuse(level.tangent_of(tangent) is not None and TANGENT_OF_TANGENT.format(level.number))
    with _reaching(level.number):
        result = d.view_as_shape(tensor, tensor.array.shape)
        level.give(result, tangent)
    return result


def unpack_dual(tensor, *, level=None):
    """A view of the tensor without its tangent, and the tangent; None if it has none or the level is over."""
    level = len(levels) - 1 if level is None else level
    if level < 0:
        return UnpackedDualTensor(tensor, None)
    if not isinstance(tensor, Tensor):
        kind = type(tensor).__name__
        raise TypeError(f"_unpack_dual(): argument 'dual' (position 1) must be Tensor, not {kind}")
    return UnpackedDualTensor(primal_of(levels[level], tensor), levels[level].tangent_of(tensor))


def primal_of(level, tensor):
    """A view of the tensor that has no tangent at a Level; the node that it leaves is called Identity."""
    with _reaching(level.number):
        primal = d.alias(tensor)
    if primal.grad_fn is not None:
        primal.grad_fn.__class__ = Identity
    return primal


Identity = type("Identity", (d.alias.node,), {"__slots__": (), "__module__": "builtins"})


class _set_fwd_grad_enabled(_GradMode):
    """Turn forward mode off and on again, at once and, as a context manager, for a block."""

    def __init__(self, mode):
        self.mode, self._before = mode, thread.forward
        thread.forward = None if mode else 0

    def __enter__(self):
        pass

    def __exit__(self, *exception):
        thread.forward = self._before

    def clone(self):
        return _set_fwd_grad_enabled(self.mode)


def _is_fwd_grad_enabled():
    """What `_set_fwd_grad_enabled` said last."""
    return thread.forward != 0


def __getattr__(name):
    if name == "_current_level":
        return len(levels) - 1
    raise AttributeError(f"module 'torch.autograd.forward_ad' has no attribute {name!r}")
