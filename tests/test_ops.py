"""Every operation against what PyTorch recorded of it (data/*.json), and against mathematics (gradcheck)."""

from __future__ import annotations

import contextlib
import gc
import itertools
import math

import numpy as np
import pytest
import record
from operations import DIFFERENT, EXPRESSIONS, FAMILIES, OPS, OWN_WORDS
from ops import PROMOTED, cases, first_line, outputs

import minigrad
import minigrad.nn  # whose rows join the table when it is imported
from minigrad.autograd import forward_ad
from minigrad.record import ROWS, RowNode

FAMILY_RECORD = {name: record.read(f"ops/{name}.json") for name in FAMILIES}
RECORD = {case: answer for family in FAMILY_RECORD.values() for case, answer in family["ops"].items()}
EXPRESSION_RECORD = {
    line: answer for family in FAMILY_RECORD.values() for line, answer in family["expressions"].items()
}
PROMOTION_RECORD = {key: rows for key, rows in record.read("promotion.json").items() if key != "torch"}

for_every_op = pytest.mark.parametrize("op", OPS, ids=[op.program for op in OPS])


@pytest.fixture(autouse=True)
def _quiet():
    with record.quiet():
        yield


def samples(op):
    return zip(op.ids, op.samples, strict=True)


DIGITS = {"float16": 2e-3, "float32": 2e-6, "complex64": 1e-4}


def differences(found, expected, where="", rtol=1e-9):
    """Where two pieces of plain data differ, in words; numbers may differ in what rounding leaves open."""
    if isinstance(expected, dict) and isinstance(found, dict):
        rtol = DIGITS.get(expected.get("dtype"), rtol)
        for key in expected.keys() | found.keys():
            if key not in found or key not in expected:
                yield f"{where} {key}: {found.get(key, 'nothing')} instead of {expected.get(key, 'nothing')}"
            else:
                yield from differences(found[key], expected[key], f"{where} {key}", rtol)
    elif isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        for i, (a, b) in enumerate(zip(found, expected, strict=True)):
            yield from differences(a, b, f"{where}[{i}]", rtol)
    elif isinstance(expected, float) and isinstance(found, float):
        same = math.isclose(found, expected, rel_tol=rtol, abs_tol=rtol * 1e-3)
        if not same and not (math.isnan(found) and math.isnan(expected)):
            yield f"{where}: {found} instead of {expected}"
    elif type(found) is not type(expected) or found != expected:
        yield f"{where}: {found} instead of {expected}"


def assert_same(found, expected):
    lines = list(differences(found, expected))
    assert not lines, "minigrad gives\n" + "\n".join(lines)


def assert_as_recorded(aspect, op, found, expected):
    if (aspect, op.program) in DIFFERENT:
        assert list(differences(found, expected)), "as in PyTorch now: take it out of DIFFERENT"
    else:
        assert_same(found, expected)


# The database is complete


@pytest.fixture(scope="module")
def on_tensors():
    """Runs every rule as it is written, on tensors, although the engine could spare itself that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RowNode, "has_array_backward", False)
        yield


@pytest.fixture(scope="module")
def cases_of_row(on_tensors):
    """For each row of the derivative table, the samples in whose gradient or double gradient its rules run."""
    ran: dict[str, dict] = {name: {} for name in ROWS}

    def spy(name, backward):
        def spied(self, *args, **kwargs):
            ran[name][now[0]] = now[1:]
            return backward(self, *args, **kwargs)

        return spied

    with pytest.MonkeyPatch.context() as patch, record.quiet():
        for name, kind in ROWS.items():
            patch.setattr(kind, "backward", spy(name, kind.backward))
        for now in cases(OPS):
            if isinstance(RECORD[now[0]].get("grad"), dict):
                with contextlib.suppress(Exception):  # test_gradient and test_double_gradient tell of it
                    record.gradients(minigrad, *now[1:])
    return ran


def test_no_row_of_the_derivative_table_is_missing_from_the_database(cases_of_row):
    assert [name for name, found in cases_of_row.items() if not found] == []


def test_the_record_and_the_database_have_the_same_samples():
    assert [case for case, _, _ in cases(OPS)] == list(RECORD)
    assert EXPRESSIONS == list(EXPRESSION_RECORD)
    assert OWN_WORDS.keys() <= EXPRESSION_RECORD.keys()
    assert all(OWN_WORDS[expression] != EXPRESSION_RECORD[expression] for expression in OWN_WORDS)
    assert {program for _, program in DIFFERENT} <= {op.program for op in OPS}
    assert [*PROMOTED] == list(PROMOTION_RECORD)


# PyTorch's answers


@for_every_op
def test_value_dtype_shape_and_graph_are_pytorchs(op):
    found = {}
    for case, sample in samples(op):
        inputs = record.tensors(minigrad, sample)
        found[case] = [record.describe(r, inputs) for r in outputs(op(minigrad, *inputs.values()))]
    assert_as_recorded("value", op, found, {case: RECORD[case]["out"] for case in op.ids})


@for_every_op
@pytest.mark.parametrize("create_graph", [True, False], ids=["on tensors", "on arrays"])
def test_gradient_is_pytorchs(op, create_graph):
    found = {}
    for case, sample in samples(op):
        try:
            found[case] = record.gradients(minigrad, op, sample, create_graph)[0]
        except RuntimeError as error:
            found[case] = first_line(error)
    assert_as_recorded("gradient", op, found, {case: RECORD[case].get("grad", {}) for case in op.ids})


@for_every_op
def test_double_gradient_is_pytorchs(op):
    found = {
        case: record.gradients(minigrad, op, sample)[1]
        for case, sample in samples(op)
        if not isinstance(RECORD[case].get("grad"), str)
    }
    assert_as_recorded("double", op, found, {case: RECORD[case].get("double", {}) for case in found})


@for_every_op
def test_changing_in_place_what_a_rule_has_saved_raises_and_changing_anything_else_does_not(op):
    found = {
        case: record.stale(minigrad, op, sample)
        for case, sample in samples(op)
        if not isinstance(RECORD[case].get("grad"), str)
    }
    assert_as_recorded("stale", op, found, {case: RECORD[case].get("stale", "") for case in found})


@for_every_op
def test_every_dtype_gives_the_result_or_the_error_that_pytorch_gives(op):
    found = {dtype: record.in_dtype(minigrad, op, dtype) for dtype in RECORD[op.ids[0]]["dtypes"]}
    assert_as_recorded("dtypes", op, found, RECORD[op.ids[0]]["dtypes"])


@pytest.mark.parametrize("op", [op for op in OPS if op.spellings], ids=lambda op: op.program)
def test_all_spellings_of_an_operation_are_one_operation(op):
    for case, sample in samples(op):
        found = {spelling: record.spelled(minigrad, op, sample, spelling) for spelling in op.spellings}
        assert_same(found, dict.fromkeys(op.spellings, RECORD[case]["out"]))


@pytest.mark.parametrize("symbol", PROMOTED)
def test_types_promote_as_in_pytorch(symbol):
    found = record.promoted(minigrad, symbol)

    def cells(table):
        return {f"{left} {symbol}": dict(zip(table, row.split(), strict=True)) for left, row in table.items()}

    assert_same(cells(found), cells(PROMOTION_RECORD[symbol]))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_gives_the_result_or_the_error_that_pytorch_gives(expression):
    assert_same(record.evaluate(minigrad, expression), OWN_WORDS.get(expression, EXPRESSION_RECORD[expression]))


# Mathematics

STRICT = {"rtol": 1e-4, "atol": 1e-7}  # by default gradcheck lets pass what is wrong by a tenth of a percent


def smooth(op):
    """The samples that have a derivative, and something to differentiate."""
    for case, sample in samples(op):
        recorded = RECORD[case]
        floats = all(out["dtype"] in ("float64", "complex128") for out in recorded["out"] if "graph" in out)
        sized = all(sample.inputs[name].size for name in sample.differentiable)
        if sample.smooth and floats and sized and isinstance(recorded.get("grad"), dict):
            yield case, sample


def differentiable(case, op, sample):
    """The operation as a function of its differentiable inputs alone, to the results that have a history."""
    inputs = record.tensors(minigrad, sample)
    tracked = ["graph" in out for out in RECORD[case]["out"]]

    def compute(*args):
        args = {**inputs, **dict(zip(sample.differentiable, args, strict=True))}
        return tuple(itertools.compress(outputs(op(minigrad, *args.values())), tracked))

    return compute, [inputs[name] for name in sample.differentiable]


@for_every_op
def test_gradcheck(op):
    for case, sample in smooth(op):
        assert minigrad.autograd.gradcheck(*differentiable(case, op, sample), **STRICT)


@for_every_op
def test_forward_mode(op):
    for case, sample in smooth(op):
        assert minigrad.autograd.gradcheck(*differentiable(case, op, sample), check_forward_ad=True,
                                           check_backward_ad=False, check_undefined_grad=False, **STRICT)


@for_every_op
def test_gradgradcheck(op):
    for case, sample in smooth(op):
        if RECORD[case].get("double"):
            assert minigrad.autograd.gradgradcheck(*differentiable(case, op, sample), **STRICT)


@for_every_op
def test_forward_mode_over_backward(op):
    for case, sample in smooth(op):
        if RECORD[case].get("double"):
            assert minigrad.autograd.gradgradcheck(
                *differentiable(case, op, sample), check_fwd_over_rev=True, check_rev_over_rev=False,
                check_undefined_grad=False, fast_mode=True, **STRICT)


@for_every_op
def test_backward_through_tangents(op):
    for case, sample in itertools.islice(smooth(op), 1):  # more would tell nothing new, and take half a minute
        if RECORD[case].get("double"):
            compute, inputs = differentiable(case, op, sample)
            directions = [minigrad.tensor(np.resize([0.3, -0.7, 1.1], x.shape), requires_grad=True) for x in inputs]
            assert minigrad.autograd.gradcheck(tangents_of(compute), (*inputs, *directions), check_undefined_grad=False,
                                               fast_mode=True, **STRICT)


def tangents_of(compute):
    """The function of the inputs and their tangents that gives the tangents of the results."""

    def tangents(*args):
        with forward_ad.dual_level():
            duals = itertools.starmap(forward_ad.make_dual, zip(args[: len(args) // 2], args[len(args) // 2 :]))
            return tuple(forward_ad.unpack_dual(out).tangent for out in compute(*duals))

    return tangents


@for_every_op
def test_each_input_alone_gets_the_gradient_that_it_gets_among_others(op):
    for case, sample in samples(op):
        expected = RECORD[case].get("grad", {})
        if isinstance(expected, str):
            continue
        for name in expected:
            inputs = record.tensors(minigrad, sample, tracked=[name])
            results = [r for r in outputs(op(minigrad, *inputs.values())) if r.requires_grad]
            if results:
                minigrad.autograd.backward(results, [v.detach() for v in record.upstream(minigrad, results)])
            found = None if inputs[name].grad is None else record.plain(inputs[name].grad)
            assert_same({f"{case}: {name}": found}, {f"{case}: {name}": expected[name]})
            assert all(inputs[other].grad is None for other in inputs if other != name)


def strided(array: np.ndarray) -> np.ndarray:
    """The same numbers, in memory that is neither contiguous nor in order."""
    if array.ndim == 0:
        return array.copy()
    room = np.zeros([2 * n for n in reversed(array.shape)], dtype=array.dtype)
    view = room[tuple(slice(None, None, 2) for _ in array.shape)].T
    view[...] = array
    return view


@pytest.mark.parametrize("op", [op for op in OPS if not op.needs_contiguous], ids=lambda op: op.program)
def test_non_contiguous_inputs_give_the_same(op):
    for case, sample in samples(op):
        recorded = RECORD[case]
        if isinstance(recorded.get("grad"), str):
            continue
        inputs = {name: minigrad.from_numpy(strided(array)) for name, array in sample.inputs.items()}
        for name in sample.differentiable:
            inputs[name].requires_grad_()
        results = outputs(op(minigrad, *inputs.values()))
        values = [record.plain(r) for r in results]
        assert_same({case: values}, {case: [out["value"] for out in recorded["out"]]})
        results = [r for r in results if r.requires_grad]
        if results:
            vs = [v.detach() for v in record.upstream(minigrad, results)]
            leaves = [inputs[name] for name in sample.differentiable]
            gradients = minigrad.autograd.grad(results, leaves, vs, allow_unused=True)
            found = [None if g is None else record.plain(g) for g in gradients]
            assert_same({case: found}, {case: list(recorded["grad"].values())})


def alike(op):
    for case, sample in samples(op):
        shapes = {sample.inputs[name].shape for name in sample.differentiable}
        if sample.smooth and len(sample.differentiable) > 1 and len(shapes) == 1:
            yield case, sample


@pytest.mark.parametrize("op", [op for op in OPS if any(alike(op))], ids=lambda op: op.program)
def test_one_tensor_as_all_inputs_gets_the_sum_of_their_gradients(op):
    for case, sample in alike(op):
        array = sample.inputs[sample.differentiable[0]]
        array = array if array.dtype.kind == "c" else np.abs(array)

        def gradients(make, sample=sample):
            args = {name: minigrad.tensor(a) for name, a in sample.inputs.items()}
            args |= {name: make() for name in sample.differentiable}
            results = [r for r in outputs(op(minigrad, *args.values())) if r.requires_grad]
            leaves = list({id(args[name]): args[name] for name in sample.differentiable}.values())
            vs = [v.detach() for v in record.upstream(minigrad, results)]
            return minigrad.autograd.grad(results, leaves, vs) if results else []

        one = minigrad.tensor(array, requires_grad=True)
        try:
            apart = gradients(lambda array=array: minigrad.tensor(array, requires_grad=True))
        except RuntimeError as error:
            assert "derivative" in str(error) or "modified by an inplace" in str(error)
            continue
        if apart:
            (together,) = gradients(lambda one=one: one)
            assert_same({case: record.plain(together)}, {case: record.plain(sum(apart))})


# Memory


@pytest.fixture(scope="module")
def frozen():
    """What was there before need not be looked at by every collection: that would take minutes over all operations."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@for_every_op
def test_the_graph_is_freed_without_the_garbage_collector(op, frozen):
    def run(sample, backward):
        inputs = record.tensors(minigrad, sample)
        results = [r for r in outputs(op(minigrad, *inputs.values())) if r.requires_grad]
        if results and backward:
            vs = [v.detach() for v in record.upstream(minigrad, results)]
            minigrad.autograd.backward(results, vs)

    gc.collect()
    gc.disable()
    try:
        for case, sample in samples(op):
            run(sample, backward=False)
            if not isinstance(RECORD[case].get("grad"), str):
                run(sample, backward=True)
        assert gc.collect() == 0
    finally:
        gc.enable()


# Tests of the tests


def wrong_by(factor: float, offset: float, position: int, backward):
    """A node's backward that gives the input at `position` a slightly wrong gradient."""

    def mutant(self, *args, **kwargs):
        gradients = list(backward(self, *args, **kwargs))
        if position < len(gradients) and gradients[position] is not None:
            gradients[position] = gradients[position] * factor + offset
            mutant.ran = True
        return gradients

    mutant.ran = False
    return mutant


def is_as_recorded(case, op, sample) -> bool:
    try:
        once, twice = record.gradients(minigrad, op, sample)
    except Exception:
        return False
    return not any(differences([once, twice], [RECORD[case]["grad"], RECORD[case].get("double", {})]))


@pytest.mark.parametrize("name", sorted(ROWS))
@pytest.mark.parametrize("factor, offset", [(1.001, 0.0), (-1.0, 0.0), (1.0, 0.001)])
def test_a_mutated_row_of_the_table_fails_the_comparison_with_the_record(
    name, factor, offset, cases_of_row, on_tensors, monkeypatch
):
    right = [(case, *found) for case, found in cases_of_row[name].items() if is_as_recorded(case, *found)]
    seen = []
    for position in range(3):
        mutant = wrong_by(factor, offset, position, ROWS[name].backward)
        with monkeypatch.context() as patch:
            patch.setattr(ROWS[name], "backward", mutant)
            caught = not all(is_as_recorded(*case) for case in right)
        seen.append((mutant.ran, caught))
    assert any(ran for ran, _ in seen)
    for position, (ran, caught) in enumerate(seen):
        stays_zero = offset == 0.0 and (name, position) in ALWAYS_ZERO
        assert caught == (ran and not stays_zero), f"for each input, did its rule run and was it caught: {seen}"


# The rows, and which of their inputs, whose gradient is zero: times anything it is zero still.
ALWAYS_ZERO = {("FloorBackward0", 0), ("SignBackward0", 0), ("DivBackward2", 0), ("DivBackward2", 1),
               ("ThresholdBackwardBackward0", 1), ("AdaptiveAvgPool2DBackwardBackward0", 1)}  # fmt: skip
ALWAYS_ZERO |= {(f"{kind}Pad{n}DBackwardBackward0", 1) for kind in ("Reflection", "Replication") for n in (1, 2, 3)}
ALWAYS_ZERO |= {(f"{name}Backward{i}", 0) for name, i in (
    ("Ceil", 0), ("Trunc", 0), ("Round", 0), ("Round", 1))} | {
    ("CopysignBackward0", 1), ("NextafterBackward0", 1)}  # fmt: skip
ALWAYS_ZERO |= {(f"{name}Backward{i}", position) for name in ("Eq", "Ne", "Lt", "Le", "Gt", "Ge")
                for i, position in ((0, 0), (1, 0), (1, 1))}  # fmt: skip
ALWAYS_ZERO |= {(f"{name}BackwardBackward0", 1) for name in (
    "AvgPool2D", "Hardshrink", "Hardtanh", "LeakyRelu", "MaxPool2DWithIndices", "NllLoss", "NllLoss2D",
    "RreluWithNoise", "Softshrink")}  # fmt: skip


def test_gradcheck_refuses_a_rule_that_is_wrong_by_a_tenth_of_a_percent(monkeypatch, on_tensors):
    x = minigrad.tensor([0.7, -1.3], dtype=minigrad.float64, requires_grad=True)
    assert minigrad.autograd.gradcheck(minigrad.exp, x, **STRICT)
    kind = ROWS["ExpBackward0"]
    monkeypatch.setattr(kind, "backward", wrong_by(1.001, 0.0, 0, kind.backward))
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        minigrad.autograd.gradcheck(minigrad.exp, x, **STRICT)


def test_gradgradcheck_refuses_a_second_derivative_that_is_wrong_by_a_tenth_of_a_percent(monkeypatch, on_tensors):
    x = minigrad.tensor([0.7, -1.3], dtype=minigrad.float64, requires_grad=True)
    assert minigrad.autograd.gradgradcheck(minigrad.sin, x, **STRICT)
    kind = ROWS["CosBackward0"]  # sin's rule is grad * cos(x), so this is half of its second derivative
    monkeypatch.setattr(kind, "backward", wrong_by(1.001, 0.0, 0, kind.backward))
    assert minigrad.autograd.gradcheck(minigrad.sin, x, **STRICT)
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        minigrad.autograd.gradgradcheck(minigrad.sin, x, **STRICT)


def test_a_difference_is_seen_wherever_it_is():
    assert not list(differences({"a": [1.0, float("nan")]}, {"a": [1.0 + 1e-12, float("nan")]}))
    for found in ({"a": [1.0001]}, {"a": [1]}, {"a": [1.0, 1.0]}, {"a": 1.0}, {}, {"a": [1.0], "b": 1}, {"a": None}):
        assert list(differences(found, {"a": [1.0]})), found


# Live


@pytest.fixture(scope="module")
def torch():
    torch = pytest.importorskip("torch", reason="needs torch")
    if torch.__version__.split("+")[0] != record.VERSION:
        pytest.skip(f"needs torch {record.VERSION}")
    return torch


@pytest.mark.parametrize("name", FAMILIES)
def test_the_record_is_what_pytorch_answers_here(torch, name):
    assert_same({"torch": record.VERSION, **record.whole_family(torch, FAMILIES[name])}, FAMILY_RECORD[name])


def test_the_recorded_promotions_are_what_pytorch_answers_here(torch):
    assert_same({symbol: record.promoted(torch, symbol) for symbol in PROMOTED}, PROMOTION_RECORD)


def test_all_spellings_of_an_operation_are_one_operation_in_pytorch(torch):
    assert list(record.misspelled(torch, OPS)) == []
