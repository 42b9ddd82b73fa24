"""Operations with several results that all have a derivative: one node of the graph, with an output for each."""

import numpy as np

from ..grad_mode import keep_tangents, mode
from ..graph import Node, gradient_edge, guard, seam
from ..record import saved_result
from ..tensor import Tensor, wrap


class SeveralOutputs(Node):
    """The node of such an operation: `rule` makes the input's gradient of those of the results, None or a tensor each.

    What the rule asks for besides is saved: `given` values, and then the first of the results, as far as it wants them.
    """

    __slots__ = ("num_outputs",)

    def backward(self, grad, needed=None):
        saved = self.unpack()
        if mode.enabled:
            saved = [self._with_edge(value, i) for i, value in enumerate(saved)]
        return (self.rule(*(grad if self.num_outputs > 1 else [grad]), *saved),)

    def saved_value(self, i):
        return self._with_edge(super().saved_value(i), i)

    def _origin(self, value):
        own = [i - self.given for i, saved in enumerate(self._saved) if saved is value and i >= self.given]
        return (self, own[0]) if own else super()._origin(value)

    def _with_edge(self, saved, i):
        if i < self.given:
            return saved
        result = wrap(saved.array)
        result._counter, result._requires_grad, result._edge = saved._counter, True, (self, i - self.given)
        keep_tangents(saved, result)
        return result


def several_results(name, rule, given_names, result_names=()):
    """A function that leaves such a node: it takes the input, the arrays that are the results, and what is given."""
    kind = type(name, (SeveralOutputs,), {
        "__slots__": (), "__module__": "builtins", "rule": staticmethod(rule), "given": len(given_names),
        "saved_names": (*given_names, *result_names)})

    def node_for(edges, results, given):
        facts = zip(*[(result.array.shape, result.array.dtype) for result in results])
        saved = (*given, *map(saved_result, results[: len(result_names)]))
        node = kind(edges, *facts, saved, tuple([guard(value) for value in saved if isinstance(value, Tensor)]))
        node.num_outputs = len(results)
        return node

    def with_history(input, arrays, *given):
        results = tuple([wrap(np.asarray(array)) for array in arrays])
        if seam.computed is not None:
            seam.computed(name, (input,), results, lambda edges: node_for(edges, results, given))
        if mode.enabled and input.requires_grad:
            node = node_for((gradient_edge(input),), results, given)
            for output, result in enumerate(results):
                result._requires_grad, result._edge = True, (node, output)
        return results

    return with_history
