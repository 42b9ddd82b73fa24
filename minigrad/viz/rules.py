"""The rule of a node's input as text: the formula that stands in the derivative table, and with the numbers put in."""

import ast
import functools
import inspect
import io
import linecache
import tokenize
import warnings
from types import CodeType, FunctionType
from typing import NamedTuple

import numpy as np

from ..function import BackwardCFunction, Function
from ..inplace import CopyBackwards, CopySlices, FillBackward2, FillBackward3
from ..operators.joining import CatBackward0, Join, StackBackward0, Unbind, stack
from ..operators.reductions import SeveralOutputs
from ..operators.sampling import Draw
from ..record import RowNode
from ..tensor import Tensor
from ..views import AsStridedBackward0
from .numbers import MOST_LETTERS, show_if_small, show_numbers


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
    >>> x, w = torch.tensor(2.0, requires_grad=True), torch.ones(3, 2, requires_grad=True)
    >>> filled_in((x * -3).grad_fn, 0, torch.tensor(1.0)), filled_in((x + 3).grad_fn, 0, torch.tensor(0.5))
    ('1.0 * (-3)', '0.5')
    >>> filled_in((w * w).grad_fn, 1, torch.ones(3, 2))
    'grad‹3×2› * self‹3×2›'
    """
    rule = _rule(node, i)
    if not rule.text or rule.values is None or grad is None or node.next_functions[i][0] is None:
        return ""
    gradients = grad if len(rule.gradients) > 1 else [grad]
    values = {**rule.values, **dict(zip(rule.gradients, gradients))}
    text = _with_values(rule.text, {name: _without_history(value) for name, value in values.items()})
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
        case Unbind() | FillBackward2() | AsStridedBackward0() | SeveralOutputs():
            names = ("self",)
        case _ if hasattr(type(node), "gradient"):
            names = ("A",)
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
        case RowNode():
            rule = node.rules[i]
            parameters = _parameters(rule) or ("grad", *node.asks[node.inputs[i]])
            return Rule(_text_of(rule, parameters), parameters[:1], _saved(node))
        case BackwardCFunction():
            return _of_function(node, i)
        case CopySlices():
            return _inside_a_view(node, i)
        case SeveralOutputs():
            return _called(node, node.rule.__name__, _parameters(node.rule))
        case _ if hasattr(type(node), "gradient"):  # a decomposition, of factors.py, which may not be imported yet
            return _called(node, f"{type(node).__name__}.gradient", _parameters(type(node).gradient)[1:])
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
    part = _put_in(inner.text, {inner.gradients[0]: "take(grad, positions)"})
    text = part if i else f"put(grad, positions, {part}, False)"
    return Rule(text, values=None if inner.values is None else {**inner.values, "positions": node.positions})


def _of_function(node, i):
    """How a user's backward is called. Which of its results is meant is said where there are several."""
    user = node._forward_cls
    name = "backward" if user.vjp is Function.vjp else "vjp"
    count = node.num_outputs
    parameters = _parameters(getattr(user, name))
    if len(parameters) != 1 + count:  # it takes them as *gradients, for instance
        parameters = ("ctx", *(("grad",) if count == 1 else [f"grad_{n}" for n in range(count)]))
    which = f"[{_tensors_at(node)[i]}]" if len(node._are_tensors) > 1 else ""
    return Rule(f"{user.__name__}.{name}({', '.join(parameters)}){which}", parameters[1:])


def _arguments_of_function(node):
    user = node._forward_cls
    has_ctx = user.setup_context is Function.setup_context
    parameters = _parameters(user.forward)[has_ctx:]
    return tuple(parameters[at] if at < len(parameters) else "" for at in _tensors_at(node))


def _tensors_at(node):
    return [at for at, is_tensor in enumerate(node._are_tensors) if is_tensor]


def _saved(node):
    """The saved values by name, as they lie there; without what is packed, or changed since; None if freed."""
    if node._saved is None:
        return None
    unusable = {id(tensor) for tensor, version in node._guards
                if version is None or tensor._counter is not None and tensor._counter.value != version}
    return {name: value for name, value in zip(node.saved_names, node._saved) if id(value) not in unusable}


def _without_history(value):
    """Arrays for tensors, in lists and tuples too."""
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(map(_without_history, value))
    return value.array if isinstance(value, Tensor) else value


# From a function to the text of its formula


def _parameters(function):
    code = getattr(_inner(function), "__code__", None)
    return () if code is None else code.co_varnames[: code.co_argcount]


def _inner(function):
    return inspect.unwrap(getattr(function, "__func__", function))


@functools.cache
def _text_of(rule, parameters):
    """What a lambda, or a def that is one return, gives; what else there is as it is called."""
    rule = _inner(rule)
    if isinstance(rule, FunctionType):
        code = rule.__code__
        lines = linecache.getlines(code.co_filename, rule.__globals__)
        with warnings.catch_warnings(action="ignore"):  # of the compiler, who gave them when the file was imported
            same = [node for node in _functions_in("".join(lines)).get(code.co_firstlineno, ())
                    if any(_is_same(code, other) for other in _compiled(node))]
        formula = _formula_of(same[0]) if same else None
        if formula is not None:
            return _on_one_line(_source_of(formula, lines))
    name = getattr(rule, "__name__", "")
    return f"{name}({', '.join(parameters)})" if name.isidentifier() else ""


@functools.lru_cache(maxsize=32)
def _functions_in(source):
    """Every lambda and def of a file, by the line on which it begins."""
    found = {}
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # the file is being edited, or is no source
        return found
    for node in ast.walk(tree):
        if isinstance(node, (ast.Lambda, ast.FunctionDef)):
            first = min([node, *getattr(node, "decorator_list", ())], key=lambda part: part.lineno)
            found.setdefault(first.lineno, []).append(node)
    return found


def _compiled(node):
    """The code of a lambda or def, after that of what may stand in its defaults and decorators."""
    tree = ast.Expression(node) if isinstance(node, ast.Lambda) else ast.Module([node], [])
    code = compile(tree, "", "eval" if isinstance(node, ast.Lambda) else "exec", dont_inherit=True)
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _is_same(code, other):
    """Whether this is the code of that source: lambdas on one line differ in columns, an edited file in names.

    Compiled on its own, a lambda has for global what is a variable of the function around it.
    """
    return _outline(code) == _outline(other)


def _outline(code):
    names = {*code.co_names, *code.co_freevars}
    constants = [repr(constant) for constant in code.co_consts if not isinstance(constant, CodeType)]
    places = {place for place in code.co_positions() if None not in place}
    return code.co_name, code.co_varnames, names, constants, places


def _formula_of(node):
    """The expression that a lambda, or a def of one return, gives; None for a longer def."""
    if isinstance(node, ast.Lambda):
        return node.body
    statements = node.body[ast.get_docstring(node, clean=False) is not None :]
    return statements[0].value if len(statements) == 1 and isinstance(statements[0], ast.Return) else None


def _source_of(node, lines):
    """`ast.get_source_segment`, which takes a millisecond, as it takes the whole file apart each time."""
    *before, last = [line.encode() for line in lines[node.lineno - 1 : node.end_lineno]]
    return b"".join([*before, last[: node.end_col_offset]])[node.col_offset :].decode()


def _on_one_line(formula):
    """The same text without line breaks and comments."""
    if "\n" not in formula:
        return formula
    text, row, column = "", 1, 1  # in parentheses a line break means nothing
    for token in tokenize.generate_tokens(io.StringIO(f"({formula})").readline):
        if token.type in (tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.ENDMARKER):
            continue
        if token.start[0] == row:
            text += " " * (token.start[1] - column)
        elif text[-1] not in "([{." and token.string not in (")", "]", "}", "."):
            text += " "
        text += token.string
        row, column = token.end
    return text[1:-1]


# From the formula to the one with the numbers in it


def _with_values(text, values):
    """The text with values for names, and without the branches that the values rule out."""
    words = {name: _word(name, value) for name, value in values.items()}
    shapes = {name: _brief(value.shape) for name, value in values.items() if isinstance(value, np.ndarray)}
    return _put_in(text, words, shapes, {name: value if _is_plain(value) else _Many() for name, value in values.items()})


def _word(name, value):
    """How a value is written: itself, if it is short, or else its name, with the shape if it has one."""
    brief = _brief(value)
    if brief:
        return brief
    # In what else could stand behind a name, 10 would be an element, an argument or a factor.
    return f"{name}‹{'×'.join(map(str, value.shape))}›" if isinstance(value, np.ndarray) else name


def _brief(value):
    """A value as text; "" if that would be long, or could run somebody's code."""
    if isinstance(value, np.ndarray):
        return show_if_small(value) if value.size or value.ndim == 1 else ""
    if isinstance(value, (list, tuple)):
        parts = [_brief(part) for part in value]
        text = ", ".join(parts)
        if "" in parts or len(text) > MOST_LETTERS:
            return ""
        comma = "," if len(parts) == 1 else ""
        return f"[{text}]" if isinstance(value, list) else f"({text}{comma})"
    if isinstance(value, str):
        return repr(value) if len(value) < MOST_LETTERS else ""
    if isinstance(value, slice) and value == slice(None):
        return ":"
    return show_numbers(value.item() if isinstance(value, np.generic) else value) if _is_plain(value) else ""


def _is_plain(value):
    return value is None or isinstance(value, (bool, int, float, str, np.generic))


class _Many:
    """In the place of a tensor in a condition: it is not None, and nothing else is known of it."""

    __hash__ = None

    def _unknown(self, other=None):
        raise TypeError("a tensor decides no condition")

    __eq__ = __ne__ = __bool__ = _unknown


def _put_in(text, words, shapes=None, known=None):
    """The text with `words` for names, `shapes` for `name.shape`, and of conditions on `known` values the outcome."""
    tree = _parsed(text)
    if tree is None:
        return text
    source, changes = text.encode(), []  # positions in a syntax tree count bytes
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}

    def visit(node, before):
        """`before` says what the value is for: an operator, a dot, or "" for what stands alone."""
        match node:
            case ast.Name(id=name) if name in words and name not in bound:
                changes.append((node.col_offset, node.end_col_offset, _grouped(words[name], before)))
            case ast.Attribute(value=ast.Name(id=name), attr="shape") if name in (shapes or ()) and name not in bound:
                changes.append((node.col_offset, node.end_col_offset, shapes[name] or f"{name}.shape"))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                outcome = _outcome(test, known or {})
                if outcome is None:
                    for part in (body, test, orelse):
                        visit(part, "")
                else:
                    chosen = body if outcome else orelse
                    changes.append((node.col_offset, chosen.col_offset, ""))
                    visit(chosen, "")
                    changes.append((chosen.end_col_offset, node.end_col_offset, ""))
            case ast.BinOp(left=left, op=op, right=right):
                visit(left, before or ("operator" if isinstance(op, ast.Pow) else ""))
                visit(right, "operator")
            case ast.UnaryOp(operand=operand):
                visit(operand, "operator")
            case ast.Attribute(value=value):
                visit(value, "dot")
            case ast.Subscript(value=value, slice=index):
                visit(value, "dot")
                visit(index, "")
            case ast.JoinedStr():
                pass
            case _:
                for part in ast.iter_child_nodes(node):
                    visit(part, "")

    visit(tree, "")
    for start, end, word in sorted(changes, reverse=True):
        source = source[:start] + word.encode() + source[end:]
    return source.decode()


def _grouped(word, before):
    """A number in parentheses where it would run into what stands before or behind it."""
    apart = word.startswith("-") and before or word[:1].isdigit() and before == "dot"
    return f"({word})" if apart else word


@functools.lru_cache(maxsize=1024)
def _parsed(text):
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:  # a Function may have any name
        return None


DECIDABLE = (ast.expr_context, ast.Name, ast.Constant, ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.UnaryOp,
             ast.unaryop)


def _outcome(test, known):
    """Whether a condition holds, if nothing but known numbers decides it; else None."""
    for node in ast.walk(test):
        if not isinstance(node, DECIDABLE) or isinstance(node, ast.Name) and node.id not in known:
            return None
    try:
        return bool(eval(compile(ast.Expression(test), "", "eval"), {"__builtins__": {}}, known))
    except TypeError:
        return None
