"""Each small mistake in a right answer is refused, or it is known why it is none (equivalent_mutants.toml)."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from mutants import mutants

from minigrad.course.exercise import registry
from minigrad.course.judge import judge
from minigrad.course.runner import ProgramRunner
from minigrad.course.verdict import Correct

EQUIVALENT: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("equivalent_mutants.toml").read_text("utf-8"))


def verdict(exercise, program):
    return judge(exercise, ProgramRunner(exercise.start + program, exercise.names))


def is_meant(row: str, mistake: str) -> bool:
    """Whether a row of the table means this mistake; `…` stands for anything."""
    return re.fullmatch(re.escape(row).replace("…", ".*"), mistake) is not None


class InOrder(ast.NodeTransformer):
    """Writes the operands of sums, products and squares of differences in one order."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.BinOp:
        self.generic_visit(node)
        match node:
            case ast.BinOp(left, ast.Add() | ast.Mult(), right):
                node.left, node.right = sorted([left, right], key=ast.unparse)
            case ast.BinOp(ast.BinOp(left, ast.Sub(), right) as difference, ast.Pow(), ast.Constant(2)):
                difference.left, difference.right = sorted([left, right], key=ast.unparse)
        return node


def in_order(program: str) -> str:
    return ast.unparse(InOrder().visit(ast.parse(program)))


@pytest.mark.parametrize("exercise", registry().values(), ids=registry())
def test_a_small_mistake_is_refused(exercise):
    known = EQUIVALENT.get(exercise.id, {})
    accepted = {mistake: program for mistake, program in mutants(exercise.reference).items()
                if isinstance(verdict(exercise, program), Correct)}
    mistakes = [mistake for mistake, program in accepted.items() if in_order(program) != in_order(exercise.reference)]
    assert [mistake for mistake in mistakes if not any(is_meant(row, mistake) for row in known)] == []
    assert [row for row in known if not any(is_meant(row, mistake) for mistake in mistakes)] == [], "stale rows"


def test_the_table_names_exercises_that_exist_and_gives_reasons():
    assert EQUIVALENT.keys() <= registry().keys()
    assert all(reason.strip() for rows in EQUIVALENT.values() for reason in rows.values())
