"""Tangents: beside the values of a tensor, how fast they change as some inputs move in one direction.

The tangent of a result is ``J t``, the Jacobian of the operation times the tangent of its input. No table is needed for
that beside the one of backward: a rule gives ``Jᵀ u`` for any u, is linear in u, and so its derivative with respect to
u, which backward finds, is J; times t it is the tangent. So one operation forwards is two rules backwards.

A `Level` is one such derivative. It watches the engine while it is open, and gives each result its tangent at once,
whether the operation is recorded or not. Levels can be inside one another, as derivatives of derivatives: what an inner
one computes is an operation like any other to the outer ones.
"""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from .. import derivatives as d
from ..engine import run_backward
from ..function import BackwardCFunction
from ..grad_mode import enable_grad, keep_tangents, levels, mode
from ..graph import AccumulateGrad, Observer, gradient_edge, seam
from ..kernels import view_as_real
from ..operators.rearranging import as_strided
from ..record import NOWHERE
from ..storage import block
from ..tensor import Tensor, refuse, wrap

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
        return not mode.inference and (mode.forward is None or self.number < mode.forward)

    def tangent_of(self, tensor):
        """The tangent, or None."""
        return self._find(tensor) if self.counts() else None

    def _find(self, tensor):
        if id(tensor) in self._tangents:
            return self._tangents[id(tensor)][1]
        base = None if tensor._view is None else tensor._view.base
        if id(base) not in self._changed or id(base) not in self._tangents:
            return None
        with reaching(self.number):
            self.give(tensor, _part(self._tangents[id(base)][1], base, tensor))
        return self._find(tensor)

    def give(self, tensor, tangent):
        """Make `tangent` that of `tensor`: itself if it lies in memory alike, else a copy that does."""
        refuse(tangent.shape != tensor.shape and SIZES.format(list(tensor.shape), list(tangent.shape)))
        if tensor.is_complex() and not tangent.is_complex():
            tangent = d.to_copy(tangent, tensor.array.dtype)
        if not _lie_alike(tensor, tangent) and not _overlaps(tensor):
            tangent = _zeros_alike(tensor, tangent.array.dtype).copy_(tangent)
        self.keep_as_is(tensor, tangent)

    def keep_as_is(self, tensor, tangent):
        """The same as it lies. With None for a tangent the tensor has none, even if its base gets one."""
        key = id(tensor)
        self._tangents[key] = weakref.ref(tensor, lambda _: self._forget(key)), tangent

    def _forget(self, key):
        self._tangents.pop(key, None)
        self._changed.discard(key)

    def keep(self, tensor, twin):
        """Give `twin`, another object for the same value, the tangent of `tensor`; a copy if it has its own memory."""
        _, tangent = self._tangents.get(id(tensor), (None, None))
        if tangent is not None:
            with reaching(self.number):
                self.give(twin, tangent if twin.array is tensor.array else tangent.clone())

    # What the engine tells

    def computed(self, name, arguments, result, kind=None):
        if not self.counts():
            return
        if name == "detach":  # or `detach_`, after which the tensor itself has none
            self._forget(id(result))
        duals = {id(x): tangent for x in _tensors(arguments) if (tangent := self.tangent_of(x)) is not None}
        if duals and name not in ("detach", "data"):
            with reaching(self.number):
                if isinstance(kind, BackwardCFunction):
                    self._after_function(kind, arguments, result, duals)
                else:
                    self._after_operation(name, arguments, result, kind, duals)

    def changed(self, tensor, result):
        if self.counts():
            with reaching(self.number):
                self._overwrite(tensor, self._find(result))

    def _after_operation(self, name, arguments, result, kind, duals):
        """Give the results of an operation their tangents, from those of its arguments."""
        inputs, results = list(_tensors(arguments)), result if isinstance(result, tuple) else (result,)
        for nr, out in enumerate(results):
            source = next((x for x in inputs if np.may_share_memory(x.array, out.array)), None)
            if any(out is x for x in inputs):
                self._overwrite(out, _tangent(kind, inputs, results, nr, duals))
            elif source is not None:
                if id(source) in duals:
                    self.give(out, _as_the_source(kind, arguments, out, source, duals[id(source)]))
            elif kind is None and not out.array.size:  # perhaps a view, which shares no memory
                self.give(out, wrap(np.zeros_like(out.array)))
            elif out.array.dtype.kind in "fc":
                refuse(kind is None and f"Trying to use forward AD with aten::{name} that does not support it.",
                       NotImplementedError)
                if not isinstance(kind, type):
                    self.give(out, _tangent(kind, inputs, results, nr, duals))
                elif nr == 0:  # the others are not differentiable
                    self.give(out, _tangent_of_row(kind, arguments, results, duals))

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
            gradient_edge(old)  # the history of a view that began with a change of its base is known from now on
            old.copy_(wrap(np.zeros_like(old.array)) if tangent is None else tangent)
        elif tangent is not None:
            self.give(tensor, tangent)
            self._changed.add(id(tensor))


@contextmanager
def reaching(number) -> Iterator[None]:
    """Inside, so many levels count: the outermost ones."""
    before, mode.forward = mode.forward, number
    try:
        yield
    finally:
        mode.forward = before


# One operation forwards: two rules backwards


def _tangent_of_row(kind, arguments, results, duals):
    """The tangent of what an operation of the table gave, by a node that saves what its own does."""
    result = wrap(results[0].array)
    keep_tangents(results[0], result)
    arguments = (*arguments, *results[1:])

    def make(edges):
        node = kind(edges, result.array.shape, result.array.dtype)
        tracked = tuple([edge is not NOWHERE for edge in edges])
        node._saved = tuple([
            arguments[get] if isinstance(get, int) else get and get(arguments, result)
            for get in kind.plans.get(tracked) or kind.plan(tracked)])
        return node

    return _tangent(make, [arguments[place] for place in kind.places], [result], 0, duals)


def _tangent(make, inputs, results, nr, duals):
    """The tangent of an operation's result number `nr`, by a node like the one that it leaves."""
    edges = [gradient_edge(x) if isinstance(x, Tensor) and x.requires_grad else NOWHERE for x in inputs]
    somewhere = AccumulateGrad(results[nr]), 0  # for inputs that are not tracked, but whose gradient is asked for
    node = make(tuple([somewhere if edge[0] is None and id(x) in duals else edge for x, edge in zip(inputs, edges)]))
    recorded = mode.enabled and any(x.requires_grad for x in (*_tensors(inputs), *duals.values()))
    u = wrap(np.ones_like(results[nr].array))  # any will do, as they are linear in u; but some rules take its logarithm
    with enable_grad():
        u._set_requires_grad(True)
        gradients = node.backward(u if len(results) == 1 else [u if i == nr else None for i in range(len(results))])
        pairs = [(gradient, duals[id(x)]) for x, gradient in zip(inputs, gradients)
                 if id(x) in duals and gradient is not None and gradient.requires_grad]
    tangents = [_fitted(tangent, gradient) for gradient, tangent in pairs]
    edges = tuple(gradient_edge(gradient) for gradient, _ in pairs)
    (found,) = run_backward(edges, tangents, inputs=[gradient_edge(u)], retain_graph=recorded, create_graph=recorded)
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


def _as_the_source(kind, arguments, out, source, tangent):
    """The tangent of `out`, which lies in the memory of `source`: what was done to that is done to its tangent."""
    if isinstance(kind, type):
        return kind.operation(tangent, *arguments[1:])
    return _part(tangent, source, out)


def _part(tangent, source, view):
    """The part of `tangent` that `view` shows of `source`, in whose memory it lies."""
    if source.is_complex() and not view.is_complex():
        return _part(d.view_as_real(tangent), wrap(view_as_real(source.array)), view)
    if view.is_complex() and not source.is_complex():
        return d.view_as_complex(_part(tangent, source, wrap(view_as_real(view.array))))
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
