"""What is observed of an operation, in whatever is called `torch`; and, run as a program, PyTorch's answers on file.

    python tests/record.py [NAME ...]       needs torch 2.13; read the diff before committing it

NAME is a family of operations (data/ops/NAME.json), `promotion` (data/promotion.json) or the stem of a file in
programs/ (programs/NAME.out); without one, everything is recorded.

The tests observe minigrad with the same functions and compare (test_ops.py, test_programs.py).
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import warnings
from pathlib import Path

import numpy as np
import transcripts
from operations import FAMILIES
from ops import DTYPES, KINDS, PROMOTED, Op, Sample, cases, cast, complex_, first_line, outputs, real

VERSION = "2.13.0"
DATA = Path(__file__).parent / "data"


def plain(tensor):
    """A tensor as nested lists, in the ten digits that two builds of PyTorch agree on."""
    return rounded(tensor.detach().clone().tolist())  # the clone: PyTorch has gradients of zeros without storage


def rounded(value):
    if isinstance(value, complex):
        value = [value.real, value.imag]
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


def tensors(torch, sample: Sample, tracked: list[str] | None = None) -> dict:
    tracked = sample.differentiable if tracked is None else tracked
    return {name: torch.tensor(array, requires_grad=name in tracked) for name, array in sample.inputs.items()}


def upstream(torch, results: list) -> list:
    """The fixed gradients of the results that have a history, themselves tracked: the double backward needs them."""
    shaped = [numbers_for(r, start=5 + i) for i, r in enumerate(results)]
    return [torch.tensor(a, dtype=r.dtype, requires_grad=True) for a, r in zip(shaped, results, strict=True)]


def numbers_for(tensor, start: int) -> np.ndarray:
    return (complex_ if tensor.dtype.is_complex else real)(*tuple(tensor.shape), start=start)


def graph(node, inputs: dict) -> str:
    """`MulBackward0(x, -)`: a node, and what is behind it down to the leaves; - is an input that nobody tracks."""
    if node is None:
        return "-"
    if hasattr(node, "variable"):
        return next((name for name, leaf in inputs.items() if leaf is node.variable), "leaf")
    behind = ", ".join(graph(function, inputs) for function, _ in node.next_functions)
    return f"{node.name()}({behind})" if behind else node.name()


def describe(tensor, inputs: dict | None = None) -> dict:
    described = {"dtype": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape), "value": plain(tensor)}
    if tensor.requires_grad:
        described["graph"] = graph(tensor.grad_fn, inputs or {}) if tensor.grad_fn is not None else "leaf"
    if tensor._base is not None:
        described["view"] = True
    if tensor._version:
        described["version"] = tensor._version
    return described


def gradients(torch, op: Op, sample: Sample, create_graph: bool = True) -> tuple[dict, dict]:
    """The gradient of each tracked input, and the gradient of their weighted sum: once and twice through the rules."""
    inputs = tensors(torch, sample)
    results = [r for r in outputs(op(torch, *inputs.values())) if r.requires_grad]
    if not results:
        return {}, {}
    leaves = {name: inputs[name] for name in sample.differentiable}
    vs = upstream(torch, results)
    first = torch.autograd.grad(results, list(leaves.values()), vs, create_graph=create_graph, allow_unused=True)
    once = {name: None if g is None else plain(g) for name, g in zip(leaves, first, strict=True)}
    tracked = [(i, g) for i, g in enumerate(first) if g is not None and g.requires_grad]
    if not tracked:
        return once, {}
    leaves |= {f"v{i}": v for i, v in enumerate(vs)}
    weights = [torch.tensor(numbers_for(g, start=11 + 2 * i), dtype=g.dtype) for i, g in tracked]
    second = torch.autograd.grad([g for _, g in tracked], list(leaves.values()), weights, allow_unused=True)
    return once, {name: None if g is None else plain(g) for name, g in zip(leaves, second, strict=True)}


def stale(torch, op: Op, sample: Sample) -> str:
    """The names of what may not be changed in place between forward and backward, since a rule has saved it."""
    found = []
    for changed in [*sample.differentiable, "result"]:
        inputs = tensors(torch, sample)
        args = {name: t.clone() if t.requires_grad else t for name, t in inputs.items()}
        results = [r for r in outputs(op(torch, *args.values())) if r.requires_grad]
        if not results or (changed == "result" and any(results[0] is a for a in args.values())):
            continue
        vs = [v.detach() for v in upstream(torch, results)]
        with torch.no_grad():
            try:
                (results[0] if changed == "result" else args[changed]).mul_(1.0)
            except RuntimeError:  # an expanded tensor, or one of several views: it cannot be changed in place at all
                continue
        try:
            torch.autograd.backward(results, vs)
        except RuntimeError as error:
            assert re.search("modified (by an )?inplace", str(error)), error
            found.append(changed)
    return " ".join(found)


def outcome(compute):
    """What `compute` gives, as plain data: a description of tensors, or the error's type and first line."""
    try:
        result = compute()
        if hasattr(result, "dtype") and hasattr(result, "requires_grad"):
            return describe(result)
        if isinstance(result, tuple) and result and all(hasattr(r, "requires_grad") for r in result):
            return [describe(r) for r in result]
        return f"{type(result).__name__} {result!r}"
    except Exception as error:
        return first_line(error)


def observe(torch, op: Op, sample: Sample) -> dict:
    inputs = tensors(torch, sample)
    observed = {"out": [describe(r, inputs) for r in outputs(op(torch, *inputs.values()))]}
    try:
        observed["grad"], observed["double"] = gradients(torch, op, sample)
        observed["stale"] = stale(torch, op, sample)
    except RuntimeError as error:  # floor division: PyTorch tracks it, and has no derivative for it
        observed["grad"] = first_line(error)
    return {key: value for key, value in observed.items() if value}


def in_dtype(torch, op: Op, dtype: str):
    """What an operation's first sample gives when all its real inputs have another dtype."""
    args = [torch.tensor(cast(array, dtype)) for array in op.samples[0].inputs.values()]
    return outcome(lambda: op(torch, *args))


def spelled(torch, op: Op, sample: Sample, spelling: str) -> list:
    inputs = tensors(torch, sample)
    return [describe(r, inputs) for r in outputs(op(torch, *inputs.values(), spelling=spelling))]


SHORT = {"float16": "f2", "float32": "f4", "float64": "f8", "uint8": "u1", "int32": "i4", "int64": "i8", "bool": "b1"}


def promoted(torch, symbol: str) -> dict[str, str]:
    """The dtype of `left symbol right` for all dtypes and kinds of operand, a row for each left one; ! is an error."""

    def operands():
        for kind in KINDS:
            if kind in ("bool", "int", "float"):
                yield f"{kind} number", {"bool": True, "int": 2, "float": 2.0}[kind]
                continue
            for dtype in DTYPES:
                yield f"{kind} {SHORT[dtype]}", torch.ones(() if kind == "0-d" else (2,), dtype=getattr(torch, dtype))

    apply = eval(f"lambda left, right: left {symbol} right")

    def cell(left, right) -> str:
        try:
            result = apply(left, right)
        except RuntimeError:  # which, data/expressions.json says
            return "!"
        except Exception as error:
            return type(error).__name__
        if not hasattr(result, "dtype"):
            return "-"
        name = str(result.dtype).removeprefix("torch.")
        return SHORT.get(name, name)

    return {name: " ".join(cell(left, right) for _, right in operands()) for name, left in operands()}


def evaluate(torch, expression: str):
    return outcome(lambda: eval(expression, {"torch": torch, "np": np}))


def whole_family(torch, family) -> dict:
    ops = {}
    for case, op, sample in cases(family.OPS):
        ops[case] = observe(torch, op, sample)
        if sample is op.samples[0]:
            ops[case]["dtypes"] = {dtype: in_dtype(torch, op, dtype) for dtype in getattr(family, "DTYPES", DTYPES)}
    return {"ops": ops, "expressions": {line: evaluate(torch, line) for line in getattr(family, "EXPRESSIONS", [])}}


def misspelled(torch, ops):
    """The spellings that are not, after all, the same operation."""
    for _, op, sample in cases(ops):
        expected = spelled(torch, op, sample, op.program)
        for spelling in op.spellings:
            found = spelled(torch, op, sample, spelling)
            if repr(found) != repr(expected):  # by repr, so that nan equals nan
                yield f"not the same as {op.program}: {spelling}\n  {expected}\n  {found}"


@contextlib.contextmanager
def quiet():
    """PyTorch says once what it has to say; what it warns of in programs is recorded there."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def write(name: str, record: dict, depth: int) -> None:
    """JSON with a line for each entry, down to `depth`, so that a diff shows which answer has changed."""

    def lines(value, level: int, indent: str) -> str:
        if level == 0 or not isinstance(value, dict) or not value:
            return json.dumps(value)
        inner = ",\n".join(f"{indent}{json.dumps(k)}: {lines(v, level - 1, indent + ' ')}" for k, v in value.items())
        return "{\n" + inner + "}"

    (DATA / name).write_text(lines({"torch": VERSION, **record}, depth, "") + "\n", encoding="utf-8")


def read(name: str) -> dict:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def main() -> None:
    import torch

    if torch.__version__.split("+")[0] != VERSION:
        sys.exit(f"the record is of torch {VERSION}; this is {torch.__version__}")
    names = sys.argv[1:] or [*FAMILIES, "promotion", *transcripts.STEMS]
    with quiet():
        for name in names:
            if name in FAMILIES:
                print(*misspelled(torch, FAMILIES[name].OPS), sep="\n", end="")
                write(f"ops/{name}.json", whole_family(torch, FAMILIES[name]), 4)
            elif name == "promotion":
                write("promotion.json", {symbol: promoted(torch, symbol) for symbol in PROMOTED}, 3)
            elif name in transcripts.STEMS:
                transcripts.record(torch, name)
            else:
                sys.exit(f"there is no family of operations and no file of programs called {name!r}")
            print(f"recorded {name}")


if __name__ == "__main__":
    main()
