"""A mutant is a program with one small mistake in it, of the kinds that anybody makes: a minus lost, two lines swapped.

    >>> list(mutants("w -= lr"))
    ['w -= lr left out', 'w -= lr -> w = lr', 'w -= lr -> w += lr', 'w -= lr -> w = w - lr']
    >>> mutants("w -= lr")['w -= lr -> w += lr']
    'w += lr'
"""

import ast
import warnings
from collections.abc import Iterator

OTHERS = {  # what is written in place of an operator
    ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult], ast.Pow: [ast.Mult],
    ast.FloorDiv: [ast.Div], ast.Mod: [ast.FloorDiv], ast.MatMult: [ast.Mult], ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd], ast.And: [ast.Or], ast.Or: [ast.And], ast.Lt: [ast.GtE, ast.LtE],
    ast.LtE: [ast.Gt, ast.Lt], ast.Gt: [ast.LtE, ast.GtE], ast.GtE: [ast.Lt, ast.Gt], ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is], ast.In: [ast.NotIn], ast.NotIn: [ast.In],
}
EITHER_WAY_ROUND = ast.Eq | ast.NotEq | ast.Is | ast.IsNot


def mutants(program: str) -> dict[str, str]:
    """Programs that differ from `program` by one mistake each, by what the mistake is."""
    tree = ast.parse(program)
    found: dict[str, str] = {}
    seen = {ast.unparse(tree)}
    for title in _made_in(tree):
        mutant = ast.unparse(ast.fix_missing_locations(tree))
        if mutant not in seen and _compiles(mutant):
            seen.add(mutant)
            number = 1 + sum(other.partition(" (no. ")[0] == title for other in found)
            found[title if number == 1 else f"{title} (no. {number})"] = mutant
    return found


def mistakes(node: ast.AST) -> Iterator[ast.expr]:
    """What could stand in place of an expression by mistake."""
    match node:
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield operand
        case ast.BinOp(left, operator, right):
            yield ast.BinOp(right, operator, left)
            yield from (ast.BinOp(left, other(), right) for other in OTHERS[type(operator)])
            yield from (left, right)
        case ast.Compare(left, [operator], [right]):
            if not isinstance(operator, EITHER_WAY_ROUND):
                yield ast.Compare(right, [operator], [left])
            yield from (ast.Compare(left, [other()], [right]) for other in OTHERS[type(operator)])
        case ast.BoolOp(operator, values):
            yield from (ast.BoolOp(other(), values) for other in OTHERS[type(operator)])
            yield from values
        case ast.IfExp(test, body, orelse):
            yield from (body, orelse, ast.IfExp(test, orelse, body))
        case ast.Call(function, arguments, keywords):
            if isinstance(function, ast.Attribute) and not _in_a_module(function):
                yield function.value  # x.detach() -> x
            yield from arguments[:1]  # f(x) -> x
            if len(arguments) > 1:
                yield ast.Call(function, [arguments[1], arguments[0], *arguments[2:]], keywords)
                yield ast.Call(function, arguments[:-1], keywords)
            for i in range(len(keywords)):
                yield ast.Call(function, arguments, keywords[:i] + keywords[i + 1:])
        case ast.Attribute(value, _, ast.Load()) if not _in_a_module(node):
            yield value  # w.grad -> w
        case ast.Subscript(value, ast.Slice(lower, upper, step), ast.Load()):
            for bounds in ((None, upper, step), (lower, None, step), (lower, upper, None)):
                yield ast.Subscript(value, ast.Slice(*bounds), ast.Load())
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield from (ast.Constant(other) for other in (value + 1, -value, 0 * value) if other != value)
        case ast.Constant(None):
            yield ast.Constant(0.0)
        case ast.Dict(keys, values):
            for i, value in enumerate(values):
                others = [other for other in values if ast.unparse(other) != ast.unparse(value)]
                yield from (ast.Dict(keys, [*values[:i], other, *values[i + 1:]]) for other in others[:1])
        case ast.Tuple(items, ast.Load()) | ast.List(items, ast.Load()):
            yield type(node)(items[::-1], ast.Load())
            yield from (type(node)(items[:i] + items[i + 1:], ast.Load()) for i in range(len(items)))


def mistaken_statements(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """What could stand in place of a statement by mistake."""
    match node:
        case ast.AugAssign(target, operator, value):
            yield [ast.Assign([target], value)]
            yield from ([ast.AugAssign(target, other(), value)] for other in OTHERS[type(operator)])
            yield [ast.Assign([target], ast.BinOp(target, operator, value))]  # a new object
        case ast.If(test, body, orelse):
            yield [ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)]
            yield from (body, orelse)
        case ast.For(body=body) | ast.While(body=body) | ast.With(body=body):
            yield body
        case ast.FunctionDef(decorator_list=decorators):
            for i in range(len(decorators)):
                left = {"decorator_list": decorators[:i] + decorators[i + 1:]}
                yield [ast.FunctionDef(**dict(ast.iter_fields(node)) | left)]


def mistaken_blocks(block: list[ast.stmt]) -> Iterator[tuple[str, list[ast.stmt]]]:
    """What a mistake in a block's statements is, and the block with it."""
    for i, (node, line) in enumerate(zip(block, map(_line, block))):
        before, after = block[:i], block[i + 1:]
        yield f"{line} left out", before + after
        for wrong in mistaken_statements(node):
            yield f"{line} -> {_line(wrong[0]) if wrong else 'nothing'}", before + wrong + after
        if after and not _in_any_order(node, after[0]):
            yield f"{line} after {_line(after[0])}", [*before, after[0], node, *after[1:]]


def _made_in(tree: ast.Module) -> Iterator[str]:
    """What each mistake is, while it is made in the tree; it is taken back before the next one."""
    for owner in [node for node in ast.walk(tree) if isinstance(node, ast.mod | ast.stmt)]:
        right_line = _line(owner)
        for node in _of_itself(owner):
            for field, right in ast.iter_fields(node):
                if isinstance(right, list) and right and isinstance(right[0], ast.stmt):
                    for title, wrong in mistaken_blocks(right):
                        setattr(node, field, wrong or [ast.Pass()])
                        yield title
                elif field != "func":  # f without its call's brackets is nothing that anybody writes
                    for wrong in _with_one_mistake(right):
                        setattr(node, field, wrong)
                        yield f"{right_line} -> {_line(owner)}"
                setattr(node, field, right)


def _with_one_mistake(right) -> Iterator:
    """A field of a node, an expression or a list of them, with each mistake there could be in it."""
    if not isinstance(right, list):
        yield from mistakes(right)
        return
    for i, item in enumerate(right):
        yield from ([*right[:i], wrong, *right[i + 1:]] for wrong in mistakes(item))


def _of_itself(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and what is in it, without the statements in it."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt):
            yield from _of_itself(child)


def _in_any_order(*pair: ast.stmt) -> bool:
    """Two definitions, or two assignments of which neither uses what the other one sets."""
    if any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in pair):
        return True
    uses = [{ast.unparse(part) for part in ast.walk(node) if isinstance(part, ast.expr)} for node in pair]
    return all(isinstance(node, ast.Assign) and not {ast.unparse(target) for target in node.targets} & theirs
               for node, theirs in zip(pair, uses[::-1]))


def _in_a_module(node: ast.Attribute) -> bool:
    return ast.unparse(node).startswith(("torch.", "np."))


def _compiles(program: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(program, "<mutant>", "exec")
        except SyntaxError:
            return False
    return True


def _line(node: ast.AST) -> str:
    """A statement in one line: a compound one up to its colon."""
    lines = ast.unparse(ast.fix_missing_locations(node)).splitlines() or [""]
    end = next((i for i, line in enumerate(lines) if not line.startswith("@")), 0)
    return " ".join(lines[: end + 1])
