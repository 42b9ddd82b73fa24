"""The source of a small function: its formula, as somebody wrote it, on one line."""

import ast
import functools
import inspect
import io
import linecache
import tokenize
import warnings
from types import CodeType, FunctionType


@functools.cache
def formula_of(function, parameters):
    """The expression that a lambda, or a def of one return, gives; a longer function as it is called.

    `parameters` are what it is called with. The result is "" for a lambda whose source is not at hand, or is no longer
    the one that runs.

    >>> formula_of(lambda grad, other: grad * other, ("grad", "other")), formula_of(inspect.unwrap, ("grad",))
    ('grad * other', 'unwrap(grad)')
    """
    function = _inner(function)
    if isinstance(function, FunctionType):
        code = function.__code__
        lines = linecache.getlines(code.co_filename, function.__globals__)
        with warnings.catch_warnings(action="ignore"):  # of the compiler, who gave them when the file was imported
            same = [node for node in _functions_in("".join(lines)).get(code.co_firstlineno, ())
                    if any(_is_same(code, other) for other in _compiled(node))]
        if len({ast.dump(node) for node in same}) == 1:
            formula = _expression(same[0])
            if formula is not None:
                return _on_one_line(_source_of(formula, lines))
    name = getattr(function, "__name__", "")
    return f"{name}({', '.join(parameters)})" if name.isidentifier() else ""


def parameters_of(function):
    """The names of its positional parameters; none if it is not made of Python code."""
    code = getattr(_inner(function), "__code__", None)
    return () if code is None else code.co_varnames[: code.co_argcount]


def _inner(function):
    return inspect.unwrap(getattr(function, "__func__", function))


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

    The codes themselves may differ: compiled on its own, a lambda has for global what is a variable of the function
    around it, and knows of no name that it is a module. Columns are missing under ``python -X no_debug_ranges``.
    """
    extents = _extent(code), _extent(other)
    return _outline(code) == _outline(other) and (extents[0] == extents[1] or None in extents)


def _outline(code):
    constants = [repr(constant) for constant in code.co_consts if not isinstance(constant, CodeType)]
    return code.co_name, code.co_varnames, {*code.co_names, *code.co_freevars}, constants


def _extent(code):
    """Where the formula begins and ends, by line and column; None if that was not kept."""
    places = [place for place in code.co_positions() if None not in place and place[2:] != (0, 0)]
    if not places:
        return None
    return min((line, column) for line, _, column, _ in places), max((line, column) for _, line, _, column in places)


def _expression(node):
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
