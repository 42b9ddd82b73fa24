"""The rule of a node's input as text: the formula that stands in the derivative table, and with the numbers put in."""

from typing import NamedTuple

from ..function import BackwardCFunction, Function
from ..inplace import CopyBackwards, CopySlices, FillBackward2, FillBackward3
from ..operators.joining import CatBackward0, Join, StackBackward0, Unbind, stack
from ..operators.sampling import Draw
from ..operators.several import SeveralOutputs
from ..record import RowNode
from ..tensor import Tensor
from ..views import AsStridedBackward0
from .filled import with_values, with_words
from .source import formula_of, parameters_of


def rule_text(node, i):
    """The formula of the gradient that `node` sends to its input `i`, on one line; "" for a node that has none.

    It is the source of the rule as the derivative table has it. A rule that is a longer function is shown as it is
    called, and so is the backward of a user's Function. Where a node of several inputs has no row in the table, such
    as that of `cat`, it is what the node does, in the same words. "" too where the source is not at hand.

    >>> import minigrad as torch
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> rule_text((x * 3).grad_fn, 0), rule_text(x.exp().grad_fn, 0), rule_text(x.sum().grad_fn, 0)
    ('grad * other', 'grad * result', 'expand(grad, self_sym_sizes)')
    """
    return _rule(node, i).text


def filled_in(node, i, grad):
    """`rule_text` with numbers for names, where `grad` is the gradient of the node's output.

    A tensor of few elements is shown by its values, a larger one by its name and shape; of a choice (`... if ... else`)
    that numbers decide, only what is chosen is shown. With several outputs `grad` is a list. The result is "" where
    nothing is sent to the input, or what the rule needs was freed. Nothing is computed, recorded or unpacked: what a
    user's hook has packed, or has changed since it was saved, keeps its name.

    >>> import minigrad as torch
    >>> x, w = torch.tensor(2.0, requires_grad=True), torch.ones(3, 4, requires_grad=True)
    >>> filled_in((x * -3).grad_fn, 0, torch.tensor(1.0)), filled_in((x + 3).grad_fn, 0, torch.tensor(0.5))
    ('1.0 * (-3)', '0.5')
    >>> filled_in((w * w).grad_fn, 1, torch.ones(3, 4))
    'grad‹3×4› * self‹3×4›'
    """
    rule = _rule(node, i)
    if not rule.text or rule.values is None or grad is None or node.next_functions[i][0] is None:
        return ""
    gradients = grad if len(rule.gradients) > 1 else [grad]
    values = {**rule.values, **dict(zip(rule.gradients, gradients))}
    text = with_values(rule.text, {name: _without_history(value) for name, value in values.items()})
    return "" if text == rule.text else text


def input_names(node):
    """What the table calls the inputs of a node, in the order of its `next_functions`; "" for one without a name.

    >>> import minigrad as torch
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> input_names((x * 3).grad_fn), input_names(torch.stack([x, x]).grad_fn)
    (('self', 'other'), ('tensors[0]', 'tensors[1]'))
    """
    count = len(node.next_functions)
    match node:
        case RowNode():
            names = node.inputs
        case BackwardCFunction():
            names = _arguments_of_function(node)
        case CopySlices() if node.operation is not None:
            names = ("self", *input_names(node.operation)[1:])
        case Join():
            names = tuple(f"tensors[{i}]" for i in range(count))
        case CopyBackwards():
            names = ("self", "source")
        case FillBackward3():
            names = ("self", "value")
        case SeveralOutputs() if node.name().startswith("Linalg"):
            names = ("A",)
        case Unbind() | FillBackward2() | AsStridedBackward0() | SeveralOutputs():
            names = ("self",)
        case _:
            names = ()
    return names if len(names) == count else ("",) * count


class Rule(NamedTuple):
    """How a gradient is made: a formula, and what its names stand for."""

    text: str
    gradients: tuple[str, ...] = ("grad",)  # the names of those of the outputs
    values: dict | None = {}  # those of all others; None if they were freed


def _rule(node, i):
    if not 0 <= i < len(node.next_functions):
        return Rule("")
    match node:
        case RowNode() if node.rules:  # attention makes all its gradients at once
            rule = node.rules[i]
            parameters = parameters_of(rule) or ("grad", *node.asks[node.inputs[i]])
            return Rule(formula_of(rule, parameters), parameters[:1], _saved(node))
        case BackwardCFunction():
            return _of_function(node, i)
        case CopySlices():
            return _inside_a_view(node, i)
        case SeveralOutputs():
            return _called(node, node.rule.__name__, parameters_of(node.rule))
        case _:
            return _without_row(node, i)


def _without_row(node, i):
    """What a node with a backward of its own does, in the words of the table."""
    match node:
        case CatBackward0() if node.sizes[i] is not None:
            start = sum(size or 0 for size in node.sizes[:i])
            return Rule("grad.narrow(dim, start, length)",
                        values={"dim": node.dim, "start": start, "length": node.sizes[i]})
        case CatBackward0():
            return Rule("grad.new_zeros(0)")
        case StackBackward0():
            return Rule("grad.select(dim, index)", values={"dim": node.dim, "index": i})
        case Unbind():
            return Rule("stack(grads, dim)" if type(node).together is stack else "cat(grads, dim)", ("grads",),
                        {"dim": node.dim})
        case AsStridedBackward0():
            return Rule("put(grad.new_zeros(base_shape), positions, grad, True)",
                        values={"base_shape": node.base_shape, "positions": node.positions})
        case CopyBackwards() if i == 1:
            return Rule("grad")
        case FillBackward3() if i == 1:
            return Rule("grad.sum()")
        case CopyBackwards() | FillBackward2() | FillBackward3() | Draw():
            return Rule("zeros_like(grad)")
    return Rule("")


def _called(node, name, parameters):
    """The rule of a node with several outputs: a function of their gradients and of all that was saved."""
    gradients, names = parameters[: node.num_outputs], parameters[node.num_outputs :]
    saved = _saved(node)
    values = saved and {name: saved[key] for name, key in zip(names, node.saved_names) if key in saved}
    return Rule(f"{name}({', '.join(parameters)})", gradients, values)


def _inside_a_view(node, i):
    """The rule of what changed a view in place, for the elements of the base that the view shows."""
    if node.operation is None:
        return Rule("", values=None)
    inner = _rule(node.operation, i)
    if not inner.text:
        return inner
    part = with_words(inner.text, {inner.gradients[0]: "take(grad, positions)"})
    text = part if i else f"put(grad, positions, {part}, False)"
    return Rule(text, values=None if inner.values is None else {**inner.values, "positions": node.positions})


def _of_function(node, i):
    """How a user's backward is called. Which of its results is meant is said where there are several."""
    user = node._forward_cls
    name = "backward" if user.vjp is Function.vjp else "vjp"
    count = node.num_outputs
    parameters = parameters_of(getattr(user, name))
    if len(parameters) != 1 + count:  # it takes them as *gradients, for instance
        parameters = ("ctx", *(("grad",) if count == 1 else [f"grad_{n}" for n in range(count)]))
    which = f"[{_tensors_at(node)[i]}]" if len(node._are_tensors) > 1 else ""
    return Rule(f"{user.__name__}.{name}({', '.join(parameters)}){which}", parameters[1:])


def _arguments_of_function(node):
    user = node._forward_cls
    has_ctx = user.setup_context is Function.setup_context
    parameters = parameters_of(user.forward)[has_ctx:]
    return tuple(parameters[at] if at < len(parameters) else "" for at in _tensors_at(node))


def _tensors_at(node):
    return [at for at, is_tensor in enumerate(node._are_tensors) if is_tensor]


def _saved(node):
    """The saved values by name, as they lie there; without what is packed, or changed since; None if freed."""
    if node._saved is None:
        return None
    unusable = {id(tensor) for tensor, version in node._guards  # which is None of what is packed
                if tensor._counter is not None and tensor._counter.value != version}
    return {name: value for name, value in zip(node.saved_names, node._saved) if id(value) not in unusable}


def _without_history(value):
    """Arrays for tensors, in lists and tuples too."""
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(map(_without_history, value))
    return value.array if isinstance(value, Tensor) else value
