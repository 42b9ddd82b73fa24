"""Two snapshots of one case are compared in the aspects that the case names."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from minigrad.course.case import Case
from minigrad.course.snapshot import Snapshot
from minigrad.course.words import alike, shown, shown_apart

OF_A_TENSOR = ("requires_grad", "is_leaf", "grad", "graph", "picture", "version")
EITHER_FIRST = ("AddBackward0", "MulBackward0")
OF_AN_ARGUMENT = ("value", "shape", "dtype", "requires_grad", "grad")
OF_A_CALL = {  # aspect: the field of a snapshot, and its title on a card
    "identity": ("same", "same object"),
    "storage": ("shared", "shared memory"),
    "warnings": ("warnings", "warnings"),
    "calls": ("calls", "calls"),
    "backward": ("backward", "gradients came back"),
    "modes": ("modes", "modes afterwards"),
    "printed": ("printed", "printed"),
}


@dataclass(frozen=True)
class Difference:
    """What differs, and how each side looks."""

    what: str
    expected: str
    got: str


def same(case: Case, expected: Snapshot, got: Snapshot) -> bool:
    """Whether nothing that the case compares differs."""
    return next(_differences(case, expected, got), None) is None


def differences(case: Case, expected: Snapshot, got: Snapshot) -> list[Difference]:
    """All differences, the most basic first."""
    return list(_differences(case, expected, got))


def _differences(case: Case, expected: Snapshot, got: Snapshot) -> Iterator[Difference]:
    if expected.outcome != got.outcome or (
            expected.outcome == "raised" and not got.raised(expected.exception["type"])):
        yield Difference("", _outcome(expected), _outcome(got))
        return
    if expected.outcome == "raised":
        if "message" in case.compare and expected.exception["text"] != got.exception["text"]:
            yield Difference("message", expected.exception["text"], got.exception["text"])
    elif expected.result:
        yield from _differ(case, case.compare, "", expected.result, got.result)
    if "arguments" in case.compare:
        for where, before in expected.arguments.items():
            if where in got.arguments:
                yield from _differ(case, OF_AN_ARGUMENT, f"{where} afterwards", before, got.arguments[where])
    for aspect, (field, title) in OF_A_CALL.items():
        before, after = getattr(expected, field), getattr(got, field)
        if aspect in case.compare and before != after:
            yield Difference(title, *_apart(before, after))


def _outcome(snapshot: Snapshot) -> str:
    if snapshot.outcome == "raised":
        return snapshot.exception["type"]
    return shown(snapshot.result) if snapshot.outcome == "returned" else snapshot.outcome


def _apart(before, after) -> tuple[str, str]:
    """Two of a call's fields that differ; of lists, only what is not in both."""
    if isinstance(before, list):
        both = [item for item in before if item in after]
        before, after = ([item for item in side if item not in both] for side in (before, after))
    return _listed(before), _listed(after)


def _listed(value) -> str:
    if isinstance(value, str):
        return value.strip() or "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {item}" for name, item in value.items()) or "none"
    return "; ".join(" = ".join(item) if isinstance(item, list) else str(item) for item in value) or "none"


def _differ(case: Case, aspects, where: str, expected: dict, got: dict) -> Iterator[Difference]:
    """The differences between two described values; `where` says which part of the result they are."""
    kind = expected["kind"]
    if not alike(kind, got["kind"]) or _parts(expected).keys() != _parts(got).keys():
        if "value" in aspects:
            yield Difference(where, shown(expected), shown(got))
    elif kind in ("tensor", "array"):
        for aspect, one, other in _tensor_differs(case, aspects, expected, got):
            what = "" if aspect == "value" else aspect
            yield Difference(f"{what} of {where}" if what and where else what or where, one, other)
    elif kind in ("list", "tuple", "dict"):
        theirs = _parts(got)
        for key, item in _parts(expected).items():
            yield from _differ(case, aspects, f"{where or 'result'}[{key}]", item, theirs[key])
    elif "value" in aspects and not _equal(case, expected, got):
        yield Difference(where, *shown_apart(expected, got))


def _parts(described: dict) -> dict:
    """What is in a container, by key or place."""
    if described["kind"] == "dict":
        return {shown(key): item for key, item in described["items"]}
    return dict(enumerate(described["items"])) if described["kind"] in ("list", "tuple") else {}


def _tensor_differs(case: Case, aspects, expected: dict, got: dict):
    """Yield (aspect, expected, got) for two tensors or two arrays."""
    if expected["shape"] != got["shape"]:
        if "shape" in aspects or "value" in aspects:
            yield "shape", str(tuple(expected["shape"])), str(tuple(got["shape"]))
        return
    if "value" in aspects and not _close(case, expected["values"], got["values"]):
        yield "value", *shown_apart(expected, got)
    if "dtype" in aspects and expected["dtype"] != got["dtype"]:
        yield "dtype", expected["dtype"], got["dtype"]
    for aspect in OF_A_TENSOR:
        if aspect not in aspects or expected["kind"] == "array":
            continue
        if aspect == "picture":
            if not _drawn_alike(expected["graph"], got["graph"]):
                yield "graph", _graph(expected["graph"]), _graph(got["graph"])
            continue
        one, other = expected[aspect], got[aspect]
        if aspect == "grad" and one is not None and other is not None:
            for _, part, mine in _tensor_differs(case, ("value", "dtype"), one, other):
                yield "grad", part, mine
        elif one != other:
            yield (aspect, *(shown(side) if aspect == "grad" else _graph(side) if aspect == "graph" else str(side)
                             for side in (one, other)))


def _close(case: Case, expected, got) -> bool:
    if expected is None or got is None:
        return expected is got
    one, other = np.asarray(expected), np.asarray(got)
    if "f" not in one.dtype.kind + other.dtype.kind:
        return bool((one == other).all())
    return bool(np.allclose(other, one, case.rtol, case.atol, equal_nan=True))


def _equal(case: Case, expected: dict, got: dict) -> bool:
    if expected["kind"] in ("int", "float"):
        one, other = expected["value"], got["value"]
        if isinstance(one, int) and isinstance(other, int):
            return one == other
        both_nan = math.isnan(one) and math.isnan(other)
        return both_nan or math.isclose(one, other, rel_tol=case.rtol, abs_tol=case.atol)
    return expected == got


def _drawn_alike(one: list | None, other: list | None) -> bool:
    """Whether two graphs differ at most in which summand or factor stands first."""
    if not one or not other or len(one) != len(other):
        return one == other

    def paired(pairs: list, partner: dict) -> bool:
        """Whether these nodes, and all behind them, can be paired. Since there are as many here as there, and all are
        reached, none is left over and none has two partners."""
        if not pairs:
            return True
        (i, j), *others = pairs
        if i in partner or j is None:
            return partner.get(i, "another") == j and paired(others, partner)
        (name, leaf, inputs), (other_name, other_leaf, other_inputs) = one[i], other[j]
        if (name, leaf, len(inputs)) != (other_name, other_leaf, len(other_inputs)):
            return False
        orders = (other_inputs, other_inputs[::-1]) if name in EITHER_FIRST else (other_inputs,)
        return any(paired([*zip(inputs, order), *others], {**partner, i: j}) for order in orders)

    return paired([(0, 0)], {None: None})


def _graph(nodes: list | None) -> str:
    """A graph in one line, `AddBackward0(MulBackward0(AccumulateGrad, None), AccumulateGrad)`."""
    if not nodes:
        return "no graph"

    def written(index, depth=0):
        if index is None:
            return "None"
        name, _, edges = nodes[index]
        if depth > 20:
            return "..."
        return name + (f"({', '.join(written(edge, depth + 1) for edge in edges)})" if edges else "")

    return written(0)
