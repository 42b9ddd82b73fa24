"""record(): what ran inside a with block, also what no graph holds: values, untracked data, cuts, gradients.

A graph holds what backward needs. This observer notes every operation as it runs, tracked or not, and every backward
pass; a picture of it shows where gradients cannot go.
"""

import sys
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from ..grad_mode import mode
from ..graph import AccumulateGrad, Node, Observer, seam
from ..tensor import Tensor
from .boxes import DATA, OPERATION
from .drawing import Drawing
from .fold import fold_if_large
from .names import named_tensors
from .order import MOST_NODES, in_forward_order
from .read import leaf_kind
from .recorded import Recorded, why_cut
from .steps import START
from .svg import as_svg
from .text import as_text
from .things import Source, Thing, checksum, facts_of, facts_of_node, node_of, tensors_in
from .trace import Trace, trace_of
from .watch import PassWatcher

TOO_MANY = (
    f"more than {MOST_NODES} operations ran inside the with block, too many for a picture: "
    "record fewer of them, such as one step of the loop"
)


class record(Observer):
    """``with record() as r:`` notes what runs inside the block; `r.draw()` and `r.trace()` show it.

    Beside what `draw` shows of a graph: intermediate values as they were, untracked data, operations that ran under
    ``no_grad``, cuts by ``detach`` and, if backward ran in the block, the gradient that came to each tensor, or that
    none did. The recording keeps every tensor of the block alive until it is dropped itself; it sees the thread that
    entered the block only, and refuses to draw more than a few thousand operations.

    >>> import minigrad as torch
    >>> from minigrad.viz import record
    >>> w = torch.tensor(2.0, requires_grad=True)
    >>> with record() as r:
    ...     y = w * 3
    ...     z = y.detach() * w
    ...     z.backward()
    >>> r.draw()
    Graph of z: 1 leaf, 3 operations. Forward runs down this list, backward runs up.
    w   leaf                      shape ()  value 2.0  gradient 6.0  grad 6.0
    y   mul(w)      MulBackward0  shape ()  value 6.0  gradient none arrived
    #3  detach(y)                 shape ()  value 6.0  detach: gradient stops
    z   mul(#3, w)  MulBackward0  shape ()  value 12.0  gradient 1.0
    """

    def __init__(self) -> None:
        self.things: list[Thing] = []
        self.of_tensor: dict[int, Source] = {}  # by id, the latest for each; the things keep the tensors alive
        self.of_node: dict[Node, list[Thing]] = {}  # several for a leaf that was changed, the latest last
        self.unsettled: list[Thing] = []  # their nodes are made, if at all, after they were noted
        self.made_since: list[Node] = []
        self.passes = PassWatcher()
        self.thread = 0
        self.is_too_long = False

    def __enter__(self) -> "record":
        self.thread = self.passes.thread = threading.get_ident()
        seam.watch(self)
        seam.watch(self.passes)
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            self.settle()
        finally:
            seam.unwatch(self)
            seam.unwatch(self.passes)

    def draw(self, names: Mapping[str, Any] | None = None, *, fold: bool | None = None) -> Drawing:
        """The picture of all that ran in the block; `names` and `fold` as in `draw`."""
        named = named_tensors(names, sys._getframe(1))
        boxes, _ = fold_if_large(*self.recorded().boxes(named, with_gradients=True), named, fold)
        return Drawing(as_svg(boxes), as_text(boxes))

    def trace(self, names: Mapping[str, Any] | None = None, *, fold: bool | None = None) -> Trace:
        """All backward passes of the block, step by step; `names` and `fold` as in `draw`.

        Raises ValueError if none ran.
        """
        named = named_tensors(names, sys._getframe(1))
        seen = self.passes.finished()
        if not seen:
            raise ValueError("no backward pass ran inside the with block: call backward() or autograd.grad() in it")
        recorded = self.recorded()
        return trace_of(*recorded.boxes(named, with_gradients=False), seen, recorded.thing_at, named, fold)

    def recorded(self) -> Recorded:
        """What there is so far."""
        self.settle()
        seen = self.passes.finished()
        for each in seen:
            if each.kind == START and each.node not in self.of_node:
                self.add_graph(each.node)
        if self.is_too_long or len(self.things) > MOST_NODES:
            raise ValueError(TOO_MANY)
        latest = {id(thing) for thing, _ in self.of_tensor.values()}
        return Recorded(self.things, self.of_node, latest, seen)

    # What the engine tells

    def computed(self, name, arguments, result, kind=None):
        if not self.listens():
            return
        arguments, results = tuple(tensors_in(arguments)), tuple(tensors_in([result]))
        if not results:
            return
        in_place = any(tensor is x for tensor in results for x in arguments)
        if not in_place:
            self.forget(results)
        self.settle()
        # What is changed in place may have another history already.
        inputs = tuple(self.latest_of(x) if in_place else self.source_of(x) for x in arguments)
        grad_mode = "" if mode.enabled else "inference_mode" if mode.inference else "no_grad"
        thing = Thing(OPERATION, name, results, inputs, grad_mode=grad_mode, in_place=in_place)
        self.unsettled.append(self.add(thing))

    def changed(self, tensor, result):
        thing = self.unsettled[-1] if self.unsettled else None
        if thing is not None and len(thing.tensors) == 1 and thing.tensors[0] is result and self.listens():
            del self.of_tensor[id(result)]  # which need not live on
            thing.tensors, thing.in_place = (tensor,), True
            self.of_tensor[id(tensor)] = thing, 0

    def made(self, node):
        if not isinstance(node, AccumulateGrad) and self.listens():
            self.made_since.append(node)

    def listens(self) -> bool:
        """Not to what the rules compute in a backward pass that is not itself recorded: no graph comes of it.

        Nor to what gives tangents in forward mode.
        """
        inside = mode.backward is not None and not mode.enabled or mode.forward is not None
        return not inside and len(self.things) <= MOST_NODES and threading.get_ident() == self.thread

    # From tensors and nodes to things

    def settle(self) -> None:
        """Find the nodes of the operations noted last, and what is to be said of their results."""
        things, self.unsettled = self.unsettled, []
        for thing in things:
            base = thing.in_place and thing.tensors[0]._view and thing.tensors[0]._view.base
            candidates = (base,) if isinstance(base, Tensor) else thing.tensors
            nodes = [node for node in map(node_of, candidates) if node is not None]
            # An operation under no_grad may change a tensor that has a history; it is no part of it.
            if nodes and not isinstance(nodes[0], AccumulateGrad) and nodes[0] not in self.of_node:
                if isinstance(base, Tensor):
                    self.become_change_of(base, thing)
                thing.node, self.of_node[nodes[0]] = nodes[0], [thing]
                thing.inputs = self.inputs_of(thing)
                thing.numbers = tuple(tensor.output_nr for tensor in thing.tensors)
            thing.cut = why_cut(thing)
            thing.facts, thing.values = facts_of(thing.tensors), checksum(thing.tensors)
        nodes, self.made_since = self.made_since, []
        inner = [getattr(node, "operation", None) for node in nodes]  # what changed a view lies inside another node
        for node in nodes:
            if node not in self.of_node and node not in inner:
                self.add_graph(node)

    def become_change_of(self, base: Tensor, thing: Thing) -> None:
        """A change of a view is part of the history of its base."""
        self.of_tensor.pop(id(thing.tensors[0]), None)
        thing.tensors, thing.in_part = (base,), True
        self.of_tensor[id(base)] = thing, 0

    def inputs_of(self, thing: Thing) -> tuple[Source, ...]:
        """What a tracked operation was computed from: the graph says what is tracked, its arguments what is not."""
        edges = [self.source_at(*edge) for edge in thing.node.next_functions]  # type: ignore[union-attr]
        if len(edges) == len(thing.inputs):
            return tuple(edge or argument for edge, argument in zip(edges, thing.inputs))
        untracked = [source for source in thing.inputs if source[0].node is None]
        return (*filter(None, edges), *untracked)

    def source_at(self, node: Node | None, output: int) -> Source | None:
        if node is None:
            return None
        if node in self.of_node:
            return self.of_node[node][-1], output
        if isinstance(node, AccumulateGrad):
            return self.source_of(node.variable)
        return self.add_graph(node), output

    def source_of(self, tensor: Tensor) -> Source:
        """What stands for a tensor that an operation uses; made now if it comes from outside, or has been changed."""
        node = node_of(tensor)
        if node is not None and not isinstance(node, AccumulateGrad):
            thing = self.of_node[node][-1] if node in self.of_node else self.add_graph(node, tensor)
            self.note_change(thing)
            return thing, tensor.output_nr
        known = self.of_tensor.get(id(tensor))
        if node in self.of_node and (known is None or not known[0].in_place):
            known = self.of_node[node][-1], 0
        if known is not None and known[0].kind == OPERATION and node is None:
            self.note_change(known[0])
            return known
        if known is not None and known[0].kind != OPERATION and known[0].values == checksum([tensor]):
            return known
        origin = () if known is None else (known,)  # an untracked result, or what it was before it was changed
        kind = DATA if node is None else leaf_kind(tensor)
        thing = Thing(kind, "", (tensor,), origin, node, facts=facts_of([tensor]), values=checksum([tensor]))
        thing.since = len(self.passes.seen) if node in self.of_node else 0
        return self.add(thing), 0

    def latest_of(self, tensor: Tensor) -> Source:
        """What a tensor was that is being changed in place."""
        return self.of_tensor.get(id(tensor)) or self.source_of(tensor)

    def note_change(self, thing: Thing) -> None:
        """Say of a result that it was changed since, in a way that autograd does not see."""
        if thing.tensors and thing.values != checksum(thing.tensors):
            thing.values = checksum(thing.tensors)
            now = dict(facts_of(thing.tensors)).get("value", "other values")
            thing.facts = (*(fact for fact in thing.facts if fact[0] != "later"), ("later", now))

    def add(self, thing: Thing) -> Thing:
        self.things.append(thing)
        for number, tensor in enumerate(thing.tensors):
            self.of_tensor[id(tensor)] = thing, number
        if thing.node is not None:
            self.of_node.setdefault(thing.node, []).append(thing)
        return thing

    def forget(self, results: Iterable[Tensor]) -> None:
        """Drop what made these results: it was part of the operation that gives them now, such as a Function."""
        for tensor in results:
            thing, _ = self.of_tensor.pop(id(tensor), (None, 0))
            for things in (self.things, self.unsettled):
                if thing in things:
                    things.remove(thing)

    def add_graph(self, node: Node, tensor: Tensor | None = None) -> Thing:
        """An operation known by its node alone, as it ran before the block or tells nobody; and all behind it."""
        try:
            order = in_forward_order([node])
        except ValueError:
            self.is_too_long, order = True, [node]
        for each in order:
            if each in self.of_node:
                continue
            if isinstance(each, AccumulateGrad):
                self.source_of(each.variable)
                continue
            edges = [edge for edge in each.next_functions if edge[0] in self.of_node]
            inputs = tuple((self.of_node[source][-1], output) for source, output in edges)
            self.add(Thing(OPERATION, each.name(), (), inputs, each, facts=facts_of_node(each)))
        thing = self.of_node[node][-1]
        if tensor is not None and node.num_outputs == 1:
            thing.tensors, thing.facts, thing.values = (tensor,), facts_of([tensor]), checksum([tensor])
            self.of_tensor[id(tensor)] = thing, 0
        return thing
