"""Magics, which are IPython's: cells that need none, and test cells without theirs.

What a magic measures is run, and all else is left out.
"""

import ast
import warnings

UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what reading a program may raise


def is_python(source: str) -> bool:
    """Whether it is a program as it stands, and does not need IPython to make one of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whoever compiles it is warned again
        try:
            ast.parse(source)
        except UNPARSABLE:
            return False
    return True


def without_magics(tree: ast.Module) -> ast.Module:
    """The code of a cell, in which magics are calls of get_ipython(), without those calls."""
    return ast.fix_missing_locations(Quiet().visit(tree))


class Quiet(ast.NodeTransformer):
    """`%time f(x)` becomes `f(x)`; what is no code does nothing."""

    MEASURING = {"time", "timeit", "prun", "capture"}

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        """What `%time` measures may be a whole statement."""
        self.generic_visit(node)
        return node.value.body if isinstance(node.value, ast.Module) else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        asked = node.func
        if not (isinstance(asked, ast.Attribute) and isinstance(asked.value, ast.Call)
                and isinstance(asked.value.func, ast.Name) and asked.value.func.id == "get_ipython"):  # fmt: skip
            return node
        given = [str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)]
        if asked.attr == "run_line_magic" and given[0] in self.MEASURING:
            measured = ast.parse(given[1])
            [first, *more] = measured.body or [ast.Expr(ast.Constant(None))]
            return first.value if isinstance(first, ast.Expr) and not more else measured
        return ast.Constant(None) if asked.attr == "run_line_magic" else node

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """`%%time` above a cell is the cell."""
        match node.body:
            case [ast.Expr(ast.Call(ast.Attribute(_, "run_cell_magic"), [ast.Constant(name), _, ast.Constant(body)]))]:
                if name in self.MEASURING:
                    return self.visit(ast.parse(str(body)))
        return self.generic_visit(node)
