"""A graph becomes plain data: one Box for each node, inputs before what was computed from them."""

import re

from .boxes import LEAF, OPERATION, PARAMETER, Box
from .numbers import show_gradient, show_if_small, show_shape

# Beyond this nobody can read the picture, and laying it out takes seconds.
MOST_BOXES = 500


def is_tensor(thing: object) -> bool:
    """Asked of the type, so that a lazy object among the caller's variables is never woken up."""
    return hasattr(type(thing), "grad_fn") and hasattr(type(thing), "is_leaf")


def read(outputs, named):
    """The boxes of everything that `outputs` were computed from.

    `outputs` are tensors with a grad_fn; `named` is a list of (name, tensor), the first name of a tensor counts.
    Raises ValueError when the graph is too large to be drawn.
    """
    roots = [output.grad_fn for output in outputs]
    nodes = in_forward_order(roots)
    place = {id(node): index for index, node in enumerate(nodes)}
    known = known_results([*named, *(("", output) for output in outputs)])

    boxes = []
    for node in nodes:
        inputs = tuple(None if source is None else place[id(source)] for source, _ in node.next_functions)
        leaf = getattr(node, "variable", None)
        if leaf is not None:
            name = next((name for name, tensor in named if tensor is leaf), "")
            boxes.append(Box(leaf_kind(leaf), "", node.name(), name, leaf_facts(leaf), inputs))
        else:
            results = known.get(id(node), [])
            name = ", ".join(name for name, _ in results if name)
            is_output = any(node is root for root in roots)
            facts = result_facts(node, [tensor for _, tensor in results])
            boxes.append(Box(OPERATION, operation_name(node.name()), node.name(), name, facts, inputs, is_output))
    return boxes


def in_forward_order(roots):
    """Every node that the roots lead to, each after its inputs. A stack of our own, since a chain may be long."""
    found, seen = [], set()
    for root in roots:
        stack = [(root, False)]
        while stack:
            node, inputs_done = stack.pop()
            if inputs_done:
                found.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                if len(seen) > MOST_BOXES:
                    raise ValueError(
                        f"this graph has more than {MOST_BOXES} nodes, too many for one picture: "
                        "draw a smaller part of it, such as the result of one layer or of one step"
                    )
                stack.append((node, True))
                stack.extend((source, False) for source, _ in reversed(node.next_functions) if source is not None)
    return found


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
