"""A formula with values for its names, as text: `grad * other` becomes `1.0 * (-3.0)`."""

import ast
import functools

import numpy as np

from .numbers import MOST_LETTERS, show_if_small, show_numbers


def with_values(formula, values):
    """The formula with the values of its names, and without the branches that these rule out.

    `values` has numbers, strings, arrays, and lists and tuples of these; of any other value the name is kept.

    >>> with_values("grad if alpha == 1 else grad * alpha", {"grad": np.float32([1, 2]), "alpha": -2})
    '[1.0, 2.0] * (-2)'
    >>> with_values("mm(grad, t(mat2))", {"grad": np.ones((8, 2)), "mat2": np.ones((2, 2))})
    'mm(grad‹8×2›, t([[1.0, 1.0], [1.0, 1.0]]))'
    """
    words = {name: _word(name, value) for name, value in values.items()}
    shapes = {name: _brief(value.shape) for name, value in values.items() if isinstance(value, np.ndarray)}
    known = {name: value if _is_plain(value) else _Many() for name, value in values.items()}
    return with_words(formula, words, shapes, known)


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

    def _unknown(self, other=None):
        raise TypeError("a tensor decides no condition")

    __eq__ = __bool__ = _unknown


def with_words(formula, words, shapes=None, known=None):
    """The formula with `words` for names, `shapes` for `name.shape`, and of a choice by `known` values the outcome."""
    shapes, known = shapes or {}, known or {}
    tree = _parsed(formula)
    if tree is None:
        return formula
    source, changes = formula.encode(), []  # positions in a syntax tree count bytes
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}

    def visit(node, before):
        """`before` says what the value is for: an operator, a dot, or "" for what stands alone."""
        match node:
            case ast.Name(id=name) if name in words and name not in bound:
                changes.append((node.col_offset, node.end_col_offset, _grouped(words[name], before)))
            case ast.Attribute(value=ast.Name(id=name), attr="shape") if name in shapes and name not in bound:
                changes.append((node.col_offset, node.end_col_offset, shapes[name] or f"{name}.shape"))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                outcome = _outcome(test, known)
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
def _parsed(formula):
    try:
        return ast.parse(formula, mode="eval").body
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
