"""A graph becomes plain data: one Box for each node, inputs before what was computed from them."""

import re
from collections.abc import Sequence
from typing import Any

from .boxes import LEAF, OPERATION, PARAMETER, Box
from .numbers import show_gradient, show_if_small, show_shape
from .order import in_forward_order
from .saved import number_operands, saved_by

DETAILS = {"names": (), "shapes": ("shape",), "values": ("shape", "value", "grad")}
LONGEST_LIST = 32  # letters of the names, or the shapes, of several results of a node


def read(
    outputs: Sequence[Any], named: Sequence[tuple[str, Any]], detail: str = "values", with_saved: bool = False
) -> tuple[list[Box], dict[Any, int]]:
    """The boxes of everything that `outputs` were computed from, and in which of them each node is.

    `outputs` are tensors with a grad_fn; `named` is a list of (name, tensor), the first name of a tensor counts.
    `detail` is "names", "shapes" or "values". Raises ValueError when the graph is too large.
    """
    nodes = in_forward_order([output.grad_fn for output in outputs])
    place = {node: index for index, node in enumerate(nodes)}
    known = known_results([*named, *(("", output) for output in outputs)])
    name_of = {id(tensor): name for name, tensor in reversed(named)}
    ends = {place[output.grad_fn] for output in outputs}

    boxes = []
    for index, node in enumerate(nodes):
        inputs = tuple(None if source is None else place[source] for source, _ in node.next_functions)
        leaf = getattr(node, "variable", None)
        if leaf is not None:
            boxes.append(Box(leaf_kind(leaf), "", node.name(), name_of.get(id(leaf), ""),
                             chosen(leaf_facts(leaf), detail), inputs))  # fmt: skip
            continue
        results = known.get(id(node), {})
        names = [results[number][0] if number in results else "" for number in range(result_count(node))]
        several = any(result_count(source) > 1 for source, _ in node.next_functions if source is not None)
        facts = chosen(result_facts(node, [tensor for _, tensor in results.values()]), detail)
        boxes.append(Box(
            OPERATION, operation_name(node.name()), node.name(), enumeration([name for name in names if name]),
            (*number_operands(node), *facts), inputs, index in ends, saved_by(node) if with_saved else (),
            picks=tuple(number for _, number in node.next_functions) if several else (),
            results=tuple(names) if len(names) > 1 else (),
        ))  # fmt: skip
    return boxes, place


def chosen(facts, detail):
    return tuple(fact for fact in facts if fact[0] in DETAILS[detail])


def enumeration(words):
    """All of them, or of many the first and the last."""
    text = ", ".join(words)
    return text if len(text) <= LONGEST_LIST else f"{words[0]} … {words[-1]}"


def result_count(node):
    """How many results a node's operation has that gradients can come back to."""
    return getattr(node, "num_outputs", None) or len(getattr(node, "_input_metadata", ())) or 1


def known_results(named):
    """For each node, the (name, tensor) pairs at hand of what it computed, by the number of the result."""
    results = {}
    for name, tensor in named:
        try:
            node = tensor.grad_fn
        except RuntimeError:  # one of several views, changed in place meanwhile: it belongs to no node any more
            continue
        if node is not None:
            results.setdefault(id(node), {}).setdefault(getattr(tensor, "output_nr", 0), (name, tensor))
    return results


def operation_name(node_name: str) -> str:
    """The operation that made a node: "LogSoftmaxBackward0" is log_softmax's. A user's Function keeps its name.

    A digit belongs to the letter beside it: l1_loss, avg_pool2d_backward, log1p, deg2rad.
    """
    name = node_name.rpartition("::")[2]
    builtin = re.fullmatch(r"(.+?)(?:Backward\d+|Backwards)(_copy)?", name)
    if builtin:
        return re.sub(r"((?<=[a-z])|(?<=\dD)|(?<=[A-Z]\d))(?=[A-Z])", "_", builtin[1]).lower() + (builtin[2] or "")
    return name.removesuffix("Backward") or name


def leaf_kind(leaf):
    """Asked by name, since PyTorch's parameters are drawn as well."""
    return PARAMETER if any(kind.__name__ == "Parameter" for kind in type(leaf).__mro__) else LEAF


def leaf_facts(leaf):
    return (("shape", show_shape(leaf.shape)), *value_fact(leaf), ("grad", show_gradient(leaf.grad)))


def result_facts(node, tensors):
    count, shapes = result_count(node), getattr(node, "output_shape", None)  # which PyTorch's nodes do not tell
    if len(tensors) == count == 1:
        [tensor] = tensors
        # Asking a non-leaf for a gradient that it does not retain is a warning in PyTorch.
        gradient = (("grad", show_gradient(tensor.grad)),) if tensor.retains_grad else ()
        return (("shape", show_shape(tensor.shape)), *value_fact(tensor), *gradient)
    if shapes is None:
        return ()
    each = [show_shape(shape) for shape in (shapes if count > 1 else [shapes])]
    alike = count > 2 and len(set(each)) == 1
    return (("shape", f"{count} × {each[0]}" if alike else enumeration(each)),)


def value_fact(tensor):
    numbers = show_if_small(tensor)
    return (("value", numbers),) if numbers else ()
