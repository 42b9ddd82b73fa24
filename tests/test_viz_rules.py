"""The rules of a graph as text: the very source of the table, and what the engine computes when the numbers are in."""

from __future__ import annotations

import ast
import importlib
import linecache
import sys
from types import FunctionType

import numpy as np
import pytest

import minigrad as torch
import minigrad.nn as nn
from minigrad import derivatives, factors, positions
from minigrad.graph import Observer, seam
from minigrad.operators import scans
from minigrad.record import ROWS, operation
from minigrad.viz.filled import with_values
from minigrad.viz.numbers import show_numbers
from minigrad.viz.rules import filled_in, input_names, rule_text
from minigrad.viz.source import formula_of, parameters_of

assert factors, scans  # which add rows to the table

RULES = [(name, input, rule) for name, kind in ROWS.items() for input, rule in zip(kind.inputs, kind.rules)]


# Of modules, attributes are compiled in another way than of what else a name can stand for.
IMPORTS = "import math, numpy as np, minigrad.nn.kernels as k"


def text_of(rule):
    return formula_of(rule, parameters_of(rule))


def tensor(*numbers):
    return torch.tensor(numbers[0] if len(numbers) == 1 else list(numbers), requires_grad=True)


# As text


def test_every_rule_of_the_table_has_a_text():
    assert len(RULES) > 350
    assert [(name, input) for name, input, rule in RULES if not text_of(rule)] == []


@pytest.mark.parametrize(("name", "input", "rule"), RULES, ids=[f"{name} {input}" for name, input, _ in RULES])
def test_the_text_of_a_rule_compiles_to_the_code_that_runs(name, input, rule):
    text = text_of(rule)
    assert "\n" not in text and "#" not in text
    variables, parameters = ", ".join(rule.__code__.co_freevars), ", ".join(parameters_of(rule))
    names = {}
    exec(f"{IMPORTS}\ndef around({variables}): return lambda {parameters}: {text}", names)
    code = names["around"](*rule.__code__.co_freevars).__code__
    for part in ("co_code", "co_names", "co_varnames", "co_freevars"):
        assert getattr(code, part) == getattr(rule.__code__, part), part
    assert without_code(code.co_consts) == without_code(rule.__code__.co_consts)


def without_code(constants):
    return [repr(constant) for constant in constants if not hasattr(constant, "co_code")]


def test_the_text_is_that_of_the_table_with_its_parentheses_and_without_its_line_breaks():
    x = tensor(2.0)
    assert rule_text((x / x).grad_fn, 1) == "-grad * ((self / other) / other)"
    assert rule_text(x.rsqrt().grad_fn, 0) == "-0.5 * grad * result**3"
    assert rule_text(tensor(1.0, 2.0).mean(0).grad_fn, 0) == (
        "expand(keep_dims(grad, dim, keepdim, self_sym_sizes), self_sym_sizes)"
        " / (self_sym_numel / max(math.prod(grad.shape), 1))"
    )
    assert rule_text(tensor(1.0, 2.0)[torch.tensor([True, False])].grad_fn, 0) == (
        "index_backward(grad, self_sym_sizes, indices)"
    )


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Makes a module of some source, and tells Python to forget it afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    names = []

    def make(source, name="rules_of_a_user"):
        path = tmp_path / f"{name}.py"
        path.write_text(source, encoding="utf-8")
        importlib.invalidate_caches()
        names.append(name)
        return importlib.import_module(name), path

    yield make
    for name in names:
        sys.modules.pop(name, None)
        linecache.clearcache()


MANY_KINDS = '''
from functools import wraps

PAIR = (lambda grad, self: grad - self), (lambda grad, self: self - grad)
TWINS = [lambda grad: grad * 2, lambda grad:  grad  *  2]
NESTED = lambda grad, self: (lambda grad: grad * self)(grad + 1)
INNER = (lambda: lambda grad, self: grad + self)()
LONG = lambda grad, self: (  # why
    grad.new_zeros(  # "not a string"
        self.shape
    ) + "# no comment".count("#")
    * {"a": 1}["a"]
)
UMLAUT = [(lambda grad: "ä" and grad * 1), (lambda grad: "ö" and grad * 2)]
LOOP = [lambda grad: grad * n for n in range(3)]
WITH_DEFAULT = lambda grad, one=lambda grad: grad: one(grad) * 3

def of_one_return(grad, self):
    """The rule."""
    return grad * (self + 1)

def longer(grad, self):
    grad = grad * 2
    return grad * self

def loud(function):
    @wraps(function)
    def wrapper(*arguments):
        return function(*arguments)
    return wrapper

@loud
@loud
def decorated(grad, other):
    return grad / other

def factory(slope):
    return lambda grad, self: grad * slope(self)

CLOSURE = factory(abs)
'''


def test_lambdas_on_one_line_over_several_lines_in_one_another_and_in_loops_are_told_apart(module):
    user, _ = module(MANY_KINDS)
    assert [text_of(rule) for rule in user.PAIR] == ["grad - self", "self - grad"]
    assert [text_of(rule) for rule in user.TWINS] == ["grad * 2", "grad  *  2"]
    assert text_of(user.NESTED) == "(lambda grad: grad * self)(grad + 1)"
    assert text_of(user.INNER) == "grad + self"
    assert text_of(user.LONG) == 'grad.new_zeros(self.shape) + "# no comment".count("#") * {"a": 1}["a"]'
    assert [text_of(rule) for rule in user.UMLAUT] == ['"ä" and grad * 1', '"ö" and grad * 2']
    assert [text_of(rule) for rule in user.LOOP] == ["grad * n"] * 3
    assert text_of(user.WITH_DEFAULT) == "one(grad) * 3"
    assert text_of(user.CLOSURE) == "grad * slope(self)"


def test_without_columns_a_rule_is_shown_only_if_no_other_on_its_line_could_be_meant(module):
    user, _ = module(MANY_KINDS)

    def without_columns(rule):  # as under `python -X no_debug_ranges`
        nowhere = b"\xff"  # no place for the next eight instructions
        code = rule.__code__.replace(co_linetable=nowhere * (1 + len(rule.__code__.co_code) // 16))
        assert {place[2] for place in code.co_positions()} == {None}
        return FunctionType(code, rule.__globals__, rule.__name__)

    assert [text_of(without_columns(rule)) for rule in user.PAIR] == ["", ""]
    assert text_of(without_columns(user.TWINS[0])) in ("grad * 2", "grad  *  2")
    assert text_of(without_columns(derivatives.mul.node.rules[1])) == "grad * self"


def test_a_def_shows_what_it_returns_and_a_longer_one_how_it_is_called(module):
    user, _ = module(MANY_KINDS)
    assert text_of(user.of_one_return) == "grad * (self + 1)"
    assert text_of(user.longer) == "longer(grad, self)"
    assert text_of(user.decorated) == "grad / other"


def test_a_source_that_was_edited_after_its_import_is_not_believed(module):
    user, path = module("RULE = lambda grad, self: grad * sin(self)\n")
    path.write_text("RULE = lambda grad, self: grad * cos(self)\n", encoding="utf-8")
    assert text_of(user.RULE) == ""
    user, path = module("RULE = lambda grad, self: grad * 3\n", "rules_that_break")
    path.write_text("RULE = lambda grad, self: grad * (\n", encoding="utf-8")
    assert text_of(user.RULE) == ""


def test_a_rule_without_source_has_no_text_unless_it_has_a_name():
    rule = eval("lambda grad, self: grad * self")
    assert text_of(rule) == ""
    assert formula_of(np.multiply, ("grad", "self")) == "multiply(grad, self)"
    cube = operation("SourcelessBackward0", lambda self: self**3, self=rule)
    ROWS.pop("SourcelessBackward0")
    node = cube(tensor(2.0)).grad_fn
    assert (rule_text(node, 0), filled_in(node, 0, np.float32(1)), input_names(node)) == ("", "", ("self",))


def test_a_row_of_the_users_shows_their_rule():
    cube = operation("CubeRowBackward0", lambda self: self**3, self=lambda g, self: g * 3 * self**2)
    ROWS.pop("CubeRowBackward0")
    node = cube(tensor(-2.0)).grad_fn
    assert rule_text(node, 0) == "g * 3 * self**2"
    assert filled_in(node, 0, torch.tensor(0.5)) == "0.5 * 3 * (-2.0)**2"


# With the numbers in it

WITH_NUMBERS = [
    (lambda x, y: x * y, "[1.5, -0.5] * [2.0, 1.0]"),
    (lambda x, y: x / y, "-[1.5, -0.5] * (([2.0, 1.0] / [-3.0, 0.5]) / [-3.0, 0.5])"),
    (lambda x, y: x + y, "[1.5, -0.5]"),
    (lambda x, y: x - y, "-[1.5, -0.5]"),
    (lambda x, y: torch.sub(x, y, alpha=3), "[1.5, -0.5] * -3"),
    (lambda x, y: x**3, "[1.5, -0.5] * (3 * pow_number([2.0, 1.0], 3 - 1))"),
    (lambda x, y: y.neg(), "-[1.5, -0.5]"),
    (lambda x, y: x.sqrt(), "[1.5, -0.5] / (2 * [1.414, 1.0])"),
    (lambda x, y: x.tanh(), "[1.5, -0.5] * (1 - [0.964, 0.7616] * [0.964, 0.7616])"),
    (lambda x, y: x.log(), "[1.5, -0.5] / [2.0, 1.0]"),
    (lambda x, y: x.sin(), "[1.5, -0.5] * cos([2.0, 1.0])"),
    (lambda x, y: torch.maximum(x, y), "masked_fill([1.5, -0.5] / (1 + ([2.0, 1.0] == [-3.0, 0.5])), "
                                       "[2.0, 1.0] > [-3.0, 0.5], 0)"),
    (lambda x, y: torch.cat([x, y]), "[1.5, -0.5, 2.0, 1.0].narrow(0, 2, 2)"),
    (lambda x, y: torch.stack([x, y]), "[[1.5, -0.5], [2.0, 1.0]].select(0, 1)"),
    (lambda x, y: x.flip(0), "flip([1.5, -0.5], (0,))"),
    (lambda x, y: x.expand(2, 2), "sum_to_size([[1.5, -0.5], [2.0, 1.0]], (2,))"),
    (lambda x, y: x.unsqueeze(0), "[[1.5, -0.5]].squeeze(0)"),
    (lambda x, y: x.sum(), "expand(1.5, (2,))"),
    (lambda x, y: x.mean(0, True), "expand(keep_dims([1.5], (0,), True, (2,)), (2,)) / (2 / max(math.prod((1,)), 1))"),
    (lambda x, y: x.dot(y), "1.5 * [2.0, 1.0]"),
    (lambda x, y: x[1], "select_backward(1.5, (2,), 0, 1)"),
    (lambda x, y: x[[1, 0]], "index_backward([1.5, -0.5], (2,), ([1, 0],))"),
    (lambda x, y: torch.where(x > y, x, y), "masked_fill([1.5, -0.5], [True, True], 0)"),
    (lambda x, y: nn.functional.softplus(x), "softplus_backward([1.5, -0.5], [2.0, 1.0], 1.0, 20.0)"),
]  # fmt: skip


class AsTensors(ast.NodeTransformer):
    """Makes a formula with numbers in it one that minigrad can compute: each list, and each float, a tensor."""

    def visit_List(self, node):  # noqa: N802
        return ast.Call(ast.Name("tensor", ast.Load()), [node], [])

    def visit_Constant(self, node):  # noqa: N802
        return self.visit_List(node) if isinstance(node.value, float) else node


def evaluated(text):
    tree = ast.fix_missing_locations(AsTensors().visit(ast.parse(text, mode="eval")))
    names = {**vars(nn.derivatives), **vars(positions), **vars(derivatives), "tensor": torch.tensor}
    return eval(compile(tree, text, "eval"), names)


@pytest.mark.parametrize(("make", "text"), WITH_NUMBERS, ids=[text for _, text in WITH_NUMBERS])
def test_a_formula_with_its_numbers_gives_what_the_engine_sends(make, text):
    result = make(tensor(2.0, 1.0), tensor(-3.0, 0.5))
    numbers = np.float32([1.5, -0.5, 2.0, 1.0])[: result.numel()].reshape(result.shape)
    node, grad = result.grad_fn, torch.tensor(numbers)
    i = len(node.next_functions) - 1
    filled = filled_in(node, i, grad)
    assert filled == filled_in(node, i, numbers) == text
    sent = torch.autograd.grad(result, make_leaves(node)[i], grad)[0]
    assert np.allclose(np.asarray(evaluated(filled)), np.asarray(sent), rtol=1e-3)


def make_leaves(node):
    return [target.variable for target, _ in node.next_functions]


def test_numbers_are_written_with_four_digits_and_negative_ones_apart_from_operators():
    def filled(formula, **values):
        return with_values(formula, {name: np.float64(value) for name, value in values.items()})

    assert filled("a - b * c", a=1 / 3, b=-2, c=-1) == "0.3333 - (-2.0) * (-1.0)"
    assert filled("a * b", a=-2, b=3) == "-2.0 * 3.0"
    assert filled("a**2 + f(b, c) - -a", a=-2, b=-3, c=-4) == "(-2.0)**2 + f(-3.0, -4.0) - -(-2.0)"
    assert filled("a.exp() + b[0]", a=2, b=-2) == "(2.0).exp() + (-2.0)[0]"


def test_only_names_are_replaced():
    values = {"grad": np.array([1.0, 2.0]), "dim": 1, "n": 7}
    assert with_values("f(dim=dim, s='grad dim', g=x.grad, q=\"ä\" * dim)", values) == (
        "f(dim=1, s='grad dim', g=x.grad, q=\"ä\" * 1)"
    )
    assert with_values("[n for n in dims] + (lambda dim: dim)(grad)", values) == (
        "[n for n in dims] + (lambda dim: dim)([1.0, 2.0])"
    )
    assert with_values("f'{dim} {grad}' + dim * grad.T", values) == "f'{dim} {grad}' + 1 * [1.0, 2.0].T"
    assert with_values("grad.shape + grad.shape[dim:] + gradient + x.shape", values) == (
        "(2,) + (2,)[1:] + gradient + x.shape"
    )


def test_of_a_choice_that_numbers_decide_only_the_outcome_is_shown():
    def filled(formula, **values):
        return with_values(formula, values)

    many = np.ones(2)
    assert filled("(a if b is None else a * b) + 1", a=2.0, b=None) == "(2.0) + 1"
    assert filled("a if b is None else a * b", a=2.0, b=many) == "2.0 * [1.0, 1.0]"
    assert filled("a if b else -a", a=2.0, b=many) == "2.0 if [1.0, 1.0] else -2.0"
    assert filled("a if b == 0 else -a", a=2.0, b=many) == "2.0 if [1.0, 1.0] == 0 else -2.0"
    assert filled("a if f(b) else -a", a=2.0, b=1) == "2.0 if f(1) else -2.0"
    assert filled("a if b > 3 else (1 if b > 2 else a * 2)", a=2.0, b=1) == "2.0 * 2"
    assert filled("a if b < 3 else -a", a=2.0, b=None) == "2.0 if None < 3 else -2.0"


def test_what_is_large_is_shown_by_its_shape():
    w, x = torch.ones(3, 4, requires_grad=True), torch.ones(8, 4)
    linear = nn.functional.linear(x, w, torch.zeros(3))
    assert filled_in(linear.grad_fn, 2, torch.ones(8, 3)) == "scaled(mat1‹8×4›.t().mm(grad‹8×3›), 1)"
    assert filled_in((w.view(12) * 2).grad_fn, 0, np.ones(12)) == "grad‹12› * 2"
    assert with_values("a + b + c", {"a": np.full(4, -1.2345e-10), "b": np.ones((0, 3)), "c": np.ones(0)}) == (
        "a‹4› + b‹0×3› + []"
    )
    assert with_values("f(a, b)", {"a": tuple(range(20)), "b": "x" * 40}) == "f(a, b)"


def test_nothing_is_filled_in_where_nothing_is_sent_or_the_graph_was_freed():
    x, y = tensor(2.0), torch.tensor(3.0)
    node = (x * y).grad_fn
    assert (filled_in(node, 0, np.float32(1)), filled_in(node, 1, np.float32(1))) == ("1.0 * 3.0", "")
    assert filled_in(node, 0, None) == ""
    assert (rule_text(node, 2), filled_in(node, 2, np.float32(1)), rule_text(node, -1)) == ("", "", "")
    z = x.exp()
    node = z.grad_fn
    z.backward()
    assert (rule_text(node, 0), filled_in(node, 0, np.float32(1))) == ("grad * result", "")
    assert filled_in((x + y).grad_fn, 0, np.float32(1)) == "1.0"


def test_a_value_that_changed_since_it_was_saved_keeps_its_name():
    x, y = tensor(2.0), torch.tensor(3.0)
    node = (x * y).grad_fn
    y.add_(1)
    assert filled_in(node, 0, np.float32(1)) == "1.0 * other"


def test_the_users_hooks_on_saved_tensors_do_not_run_for_a_picture():
    unpacked = []
    x, y = tensor(2.0), tensor(3.0)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: unpacked.append(t) or t):
        product = x * y
    assert filled_in(product.grad_fn, 0, torch.tensor(1.0)) == "1.0 * other"
    assert unpacked == []
    product.backward()
    assert len(unpacked) == 2


class Watcher(Observer):
    def __init__(self):
        self.nodes = []

    def made(self, node):
        self.nodes.append(node)


def test_asking_for_texts_records_nothing_and_changes_nothing():
    x, watcher = tensor(2.0, 1.0), Watcher()
    result = (x * x).exp().sum()
    seam.watch(watcher)
    try:
        for node in (result.grad_fn, result.grad_fn.next_functions[0][0]):
            assert filled_in(node, 0, torch.ones(2, requires_grad=True))
        assert watcher.nodes == []
        assert len([x * x]) == len(watcher.nodes)
    finally:
        seam.unwatch(watcher)
    result.backward()
    assert x.grad.tolist() == torch.autograd.grad((x * x).exp().sum(), x)[0].tolist()


# Nodes that are no rows of the table


def test_an_input_has_the_name_that_the_operation_gives_it():
    x, y = tensor(2.0, 1.0), tensor(-3.0, 0.5)
    assert input_names((x * y).grad_fn) == ("self", "other")
    assert input_names(torch.cat([x, y, x]).grad_fn) == ("tensors[0]", "tensors[1]", "tensors[2]")
    assert input_names(torch.addmm(x, torch.ones(2, 3), torch.ones(3, 2)).grad_fn) == ("self", "mat1", "mat2")
    assert input_names(x.sum().grad_fn.next_functions[0][0]) == ()
    assert input_names(torch.var_mean(x)[0].grad_fn) == ("self",)
    assert input_names(torch.linalg.eigh(torch.eye(2, requires_grad=True))[0].grad_fn) == ("A",)
    assert input_names((x // y).grad_fn) == ("", "")
    z = x.clone()
    z[0] = y[1]
    assert input_names(z.grad_fn) == ("self", "source")


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, factor, x, y):
        ctx.factor = factor
        return x * factor + y

    @staticmethod
    def backward(ctx, upstream):
        return None, upstream * ctx.factor, upstream


class Both(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x * 2, x * 3

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def vjp(ctx, *gradients):
        return gradients[0] * 2 + gradients[1] * 3


def test_a_function_shows_how_its_backward_is_called():
    x, y = tensor(2.0), tensor(3.0)
    node = Scale.apply(-5.0, x, y).grad_fn
    assert input_names(node) == ("x", "y")
    assert [rule_text(node, i) for i in (0, 1)] == [
        "Scale.backward(ctx, upstream)[1]", "Scale.backward(ctx, upstream)[2]"]  # fmt: skip
    assert filled_in(node, 0, torch.tensor(1.0)) == "Scale.backward(ctx, 1.0)[1]"
    node = Both.apply(x)[0].grad_fn
    assert (input_names(node), rule_text(node, 0)) == (("x",), "Both.vjp(ctx, grad_0, grad_1)")
    assert filled_in(node, 0, [torch.tensor(1.0), None]) == "Both.vjp(ctx, 1.0, None)"


def test_a_node_with_several_outputs_takes_a_list_of_gradients():
    x = tensor(2.0, 1.0)
    node = x.unbind()[0].grad_fn
    assert filled_in(node, 0, [np.float32(1.5), np.float32(-1)]) == "stack([1.5, -1.0], 0)"
    node = x.split(1)[0].grad_fn
    assert filled_in(node, 0, [np.float32([1.5]), None]) == "cat([[1.5], None], 0)"
    node = torch.var_mean(x)[0].grad_fn
    assert filled_in(node, 0, [np.float32(1), None]).startswith("_var_mean_gradient(1.0, None, [2.0, 1.0], None, ")


def changed(x, y):
    z = x.clone()
    z[:1] *= y[:1]
    return z


def filled_with(x, y):
    z = x.clone()
    z.fill_(y[0])
    return z


WITHOUT_ROW = [
    ("cat", lambda x, y: torch.cat([x, y])),
    ("stack", lambda x, y: torch.stack([x, y])),
    ("copy_", lambda x, y: x.clone().copy_(y)),
    ("zero_", lambda x, y: x.clone().zero_()),
    ("fill_", filled_with),
    ("in a view", changed),
    ("normal_", lambda x, y: x.clone().normal_()),
    ("as_strided", lambda x, y: x.as_strided((2, 2), (0, 1))),
    ("unbind", lambda x, y: x.unbind()[0]),
    ("split", lambda x, y: x.split(1)[0]),
]


@pytest.mark.parametrize("make", [make for _, make in WITHOUT_ROW], ids=[name for name, _ in WITHOUT_ROW])
def test_the_formula_of_a_node_without_a_row_gives_what_the_node_does(make):
    result = make(tensor(2.0, 1.0), tensor(-3.0, 0.5))
    node = result.grad_fn
    grads = [torch.arange(start, start + result.numel()).reshape(result.shape) for start in (1.5, 5.5)]
    grad = grads if node.num_outputs > 1 else grads[0]
    with torch.no_grad():
        sent = node.backward(grad)
    for i, expected in enumerate(sent):
        names = {**vars(derivatives), **vars(positions), "stack": torch.stack, "cat": torch.cat}
        names |= {"grads": grad, "grad": grad, "positions": torch.tensor(np.asarray(getattr(node, "positions", 0)))}
        names |= {name: getattr(node, name) for name in ("dim", "base_shape") if hasattr(node, name)}
        names |= {"start": 2 * i, "length": 2, "index": i}
        if hasattr(node, "operation"):
            names |= dict(zip(node.operation.saved_names, node.operation._saved))
        text = rule_text(node, i)
        assert np.allclose(np.asarray(eval(text, names)), np.asarray(expected)), text
        assert filled_in(node, i, grad) not in ("", text)


def test_a_node_that_has_no_formula_has_no_text():
    x = tensor(2.0)
    for node in ((x // 2).grad_fn, (x * 2).grad_fn.next_functions[0][0], torch.block_diag(x, x).grad_fn):
        assert (rule_text(node, 0), filled_in(node, 0, np.float32(1))) == ("", "")


def test_texts_are_the_same_while_a_pass_runs_and_in_no_grad():
    x, seen = tensor(2.0), []
    y = x * x
    node = y.grad_fn
    y.register_hook(lambda grad: seen.append(filled_in(node, 0, grad)))
    torch.autograd.grad(y, x, create_graph=True)
    with torch.no_grad():
        seen.append(filled_in(node, 0, torch.tensor(1.0)))
    assert seen == ["1.0 * 2.0", "1.0 * 2.0"]


def test_numbers_look_as_elsewhere_in_pictures():
    assert with_values("a + b", {"a": np.float32(0.1), "b": np.array([1e-9, np.nan])}) == (
        f"{show_numbers(0.1)} + [1e-09, nan]"
    )
