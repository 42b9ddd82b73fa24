"""Whether the instructor's notebook has answers, or only what students are to fill in: nbgrader asks for none."""

import ast
from collections.abc import Iterable

from minigrad.grading.assignment import STUDENT
from minigrad.grading.released import Given, tree_of


def has_answers(given: Iterable[Given]) -> bool:
    """Whether an answer cell with code holds more than students were given in it."""
    return any(each.is_answer and each.cell.kind == STUDENT and is_answered(each) for each in given)


def is_answered(given: Given) -> bool:
    shown, source = given.texts
    tree = tree_of(source)
    return shown != source and (tree is None or not is_stub(tree))  # what does not parse was meant as an answer


def is_stub(tree: ast.Module) -> bool:
    """Whether code says that it is still to be written, or does nothing."""
    to_do = ("NotImplementedError", "NotImplementedError()")  # nbgrader's own stub raises it
    raised = [ast.unparse(node.exc) for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc]
    return any(each in to_do for each in raised) or all(map(does_nothing, tree.body))


def does_nothing(line: ast.stmt) -> bool:
    if isinstance(line, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return all(map(does_nothing, line.body))
    if isinstance(line, ast.Expr | ast.Return | ast.Assign | ast.AnnAssign):
        told = line.value
        is_text = isinstance(line, ast.Expr) and isinstance(told, ast.Constant)
        return is_text or told is None or isinstance(told, ast.Constant) and told.value in (None, ...)
    return isinstance(line, ast.Pass | ast.Import | ast.ImportFrom)
