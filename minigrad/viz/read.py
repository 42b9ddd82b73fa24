"""A graph becomes plain data: one Box for each node, inputs before what was computed from them."""

import heapq
import re
from collections.abc import Sequence
from typing import Any

from .boxes import LEAF, OPERATION, PARAMETER, Box, Saved
from .names import is_tensor as is_tensor  # for those who read tensors elsewhere
from .numbers import MOST_LETTERS, show_gradient, show_if_small, show_numbers, show_shape, show_value
from .rules import input_names, rule_text

# Beyond this, reading and folding would take seconds.
MOST_NODES = 5000

DETAILS = {"names": (), "shapes": ("shape",), "values": ("shape", "value", "grad")}
FREED, CHANGED, PACKED = "freed", "changed in place since", "packed by a hook"


def read(
    outputs: Sequence[Any], named: Sequence[tuple[str, Any]], detail: str = "values", with_saved: bool = False
) -> list[Box]:
    """The boxes of everything that `outputs` were computed from, as `in_forward_order` has their nodes.

    `outputs` are tensors with a grad_fn; `named` is a list of (name, tensor), the first name of a tensor counts.
    `detail` is "names", "shapes" or "values". Raises ValueError when the graph is too large.
    """
    roots = [output.grad_fn for output in outputs]
    nodes = in_forward_order(roots)
    place = {id(node): index for index, node in enumerate(nodes)}
    known = known_results([*named, *(("", output) for output in outputs)])
    name_of = {id(tensor): name for name, tensor in reversed(named)}
    ends = {id(root) for root in roots}

    boxes = []
    for node in nodes:
        inputs = tuple(None if source is None else place[id(source)] for source, _ in node.next_functions)
        leaf = getattr(node, "variable", None)
        if leaf is not None:
            name, facts = name_of.get(id(leaf), ""), leaf_facts(leaf)
            kind, operation = leaf_kind(leaf), ""
        else:
            results = known.get(id(node), [])
            name = ", ".join(name for name, _ in results if name)
            facts = result_facts(node, [tensor for _, tensor in results])
            kind, operation = OPERATION, operation_name(node.name())
        facts = tuple(fact for fact in facts if fact[0] in DETAILS[detail])
        saved = saved_by(node) if with_saved and leaf is None else ()
        boxes.append(Box(kind, operation, node.name(), name, facts, inputs, id(node) in ends, saved))
    return boxes


def in_forward_order(roots: Sequence[Any]) -> list[Any]:
    """Every node that the roots lead to, in the order in which they were made; leaves just before their first use."""
    users: dict[int, list[Any]] = {}
    waiting: dict[int, int] = {}
    found = {id(root): root for root in roots}
    stack = list(found.values())
    while stack:  # of our own, since a chain may be long
        node = stack.pop()
        sources = {id(source): source for source, _ in node.next_functions if source is not None}
        waiting[id(node)] = len(sources)
        for key, source in sources.items():
            users.setdefault(key, []).append(node)
            if key not in found:
                found[key] = source
                stack.append(source)
        if len(found) > MOST_NODES:
            raise ValueError(
                f"this graph has more than {MOST_NODES} nodes, too many to read: "
                "draw a smaller part of it, such as the result of one layer or of one step"
            )

    # Numbers of nodes grow as the computation goes on; but an input always comes first, whatever its number.
    arrival = {key: index for index, key in enumerate(found)}
    ready = [(made_at(found[key]), -arrival[key], key) for key, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    order = []
    while ready:
        _, _, key = heapq.heappop(ready)
        order.append(found[key])
        for user in users.get(key, ()):
            waiting[id(user)] -= 1
            if waiting[id(user)] == 0:
                heapq.heappush(ready, (made_at(user), -arrival[id(user)], id(user)))
    return leaves_where_they_are_used(order)


def made_at(node):
    """The number of a node; leaves have none that says anything, they may as well come first."""
    return -1 if getattr(node, "variable", None) is not None else node._sequence_nr()


def leaves_where_they_are_used(nodes):
    ordered = {}
    for node in nodes:
        if getattr(node, "variable", None) is None:
            for source, _ in node.next_functions:
                if source is not None:
                    ordered.setdefault(id(source), source)
            ordered.setdefault(id(node), node)
    return list(ordered.values())


def known_results(named):
    """For each node, the (name, tensor) pairs at hand of what it computed: one for each of its outputs."""
    results = {}
    for name, tensor in named:
        try:
            node = tensor.grad_fn
        except RuntimeError:  # one of several views, changed in place meanwhile: it belongs to no node any more
            continue
        if node is not None:
            results.setdefault(id(node), {}).setdefault(getattr(tensor, "output_nr", 0), (name, tensor))
    return {node: [found[number] for number in sorted(found)] for node, found in results.items()}


def operation_name(node_name: str) -> str:
    """The operation that made a node: "LogSoftmaxBackward0" is log_softmax's. A user's Function keeps its name."""
    name = node_name.rpartition("::")[2]
    builtin = re.fullmatch(r"(.+?)(Backward\d+|Backwards)", name)
    if builtin:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", builtin[1]).lower()
    return name.removesuffix("Backward") or name


def leaf_kind(leaf):
    """Asked by name, since PyTorch's parameters are drawn as well."""
    return PARAMETER if any(kind.__name__ == "Parameter" for kind in type(leaf).__mro__) else LEAF


def leaf_facts(leaf):
    return (("shape", show_shape(leaf.shape)), *value_fact(leaf), ("grad", show_gradient(leaf.grad)))


def result_facts(node, tensors):
    if len(tensors) == 1:
        [tensor] = tensors
        # Asking a non-leaf for a gradient that it does not retain is a warning in PyTorch.
        gradient = (("grad", show_gradient(tensor.grad)),) if tensor.retains_grad else ()
        return (("shape", show_shape(tensor.shape)), *value_fact(tensor), *gradient)
    shape = getattr(node, "output_shape", None)  # PyTorch's nodes do not tell
    if shape is None:
        return ()
    several = getattr(node, "num_outputs", 1) > 1
    return (("shape", ", ".join(map(show_shape, shape)) if several else show_shape(shape)),)


def value_fact(tensor):
    numbers = show_if_small(tensor)
    return (("value", numbers),) if numbers else ()


def saved_by(node: Any) -> tuple[Saved, ...]:
    """What a node keeps for its rules, and which of them asked for it; PyTorch's nodes do not tell the latter."""
    asks, saved = getattr(node, "asks", None), []
    rules = [(name, rule_text(node, i)) for i, name in enumerate(input_names(node)) if node.next_functions[i][0]]
    for name, value in saved_values(node):
        asked = [(input, rule) for input, rule in rules if asks is None or name in asks[input]]
        if asked or asks is None:  # a freed node tells all names that it could have saved
            saved.append(Saved(name, value, tuple((input, rule) for input, rule in asked if rule)))
    return tuple(saved)


def saved_values(node):
    """The (name, value in words) pairs of what a node has saved, those that are None left out."""
    if hasattr(node, "saved_value"):  # ours: looked at as it lies there, since unpacking it may run a hook
        if node._saved is None:
            return [(name, FREED) for name in node.saved_names or ("saved_tensors",)]
        names = node.saved_names or [f"saved_tensors[{i}]" for i in range(len(node._saved))]
        versions = {id(value): version for value, version in node._guards}
        return [(name, in_words(value, versions.get(id(value)))) for name, value in zip(names, node._saved)
                if value is not None]  # fmt: skip
    found = []
    for attribute in sorted(name for name in dir(node) if name.startswith("_saved_") or name == "saved_tensors"):
        try:
            value = getattr(node, attribute)
        except RuntimeError:
            found.append((attribute.removeprefix("_saved_"), FREED))
            continue
        if attribute == "saved_tensors":
            found.extend((f"saved_tensors[{i}]", in_words(part)) for i, part in enumerate(value))
        elif value is not None:
            found.append((attribute.removeprefix("_saved_"), in_words(value)))
    return found


def in_words(value, version=None):
    if hasattr(value, "unpack"):
        return PACKED
    if version is not None and value._version != int(version):
        return CHANGED
    if is_tensor(value):
        return show_value(value)
    if isinstance(value, (list, tuple)) and any(map(is_tensor, value)):
        return f"{len(value)} tensors"
    text = show_numbers(value)
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
