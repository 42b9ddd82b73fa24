"""Two snapshots of one case are compared in the aspects that the case names."""

import math
from dataclasses import dataclass

import numpy as np

from minigrad.course.case import Case
from minigrad.course.snapshot import Snapshot
from minigrad.course.words import alike, shown, shown_apart

OF_A_TENSOR = ("requires_grad", "is_leaf", "grad", "graph", "version")


@dataclass(frozen=True)
class Difference:
    """What differs, and how each side looks."""

    what: str
    expected: str
    got: str


def same(case: Case, expected: Snapshot, got: Snapshot) -> bool:
    """Whether nothing that the case compares differs."""
    return not differences(case, expected, got)


def differences(case: Case, expected: Snapshot, got: Snapshot) -> list[Difference]:
    """All differences, the most basic first."""
    if expected.outcome != got.outcome:
        return [Difference("", _outcome(expected), _outcome(got))]
    found = []
    if expected.outcome == "raised":
        if expected.exception["type"] not in got.exception["bases"]:
            return [Difference("", _outcome(expected), _outcome(got))]
        if "message" in case.compare and expected.exception["text"] != got.exception["text"]:
            found.append(Difference("message", expected.exception["text"], got.exception["text"]))
    elif expected.outcome in ("returned", "not callable", "no entry"):
        found += _differ(case, case.compare, "", expected.result, got.result)
    if "arguments" in case.compare:
        found += _arguments(case, expected.arguments, got.arguments)
    for aspect, name in (("identity", "same"), ("storage", "shared"), ("warnings", "warnings"), ("calls", "calls"),
                         ("modes", "modes"), ("printed", "printed")):
        before, after = getattr(expected, name), getattr(got, name)
        if aspect in case.compare and before != after:
            found.append(Difference(TITLES[aspect], _listed(before), _listed(after)))
    return found


TITLES = {
    "identity": "same object",
    "storage": "shared memory",
    "warnings": "warnings",
    "calls": "calls",
    "modes": "modes afterwards",
    "printed": "printed",
}


def _outcome(snapshot: Snapshot) -> str:
    if snapshot.outcome == "raised":
        return snapshot.exception["type"]
    return shown(snapshot.result) if snapshot.outcome == "returned" else snapshot.outcome


def _listed(value) -> str:
    if isinstance(value, str):
        return value.strip() or "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {item}" for name, item in value.items()) or "none"
    return "; ".join(" = ".join(item) if isinstance(item, list) else str(item) for item in value) or "none"


def _arguments(case: Case, expected: dict, got: dict) -> list[Difference]:
    aspects = {"value", "shape", "dtype", "requires_grad", "grad"}
    return [difference for where, before in expected.items() if where in got
            for difference in _differ(case, aspects, f"{where} afterwards", before, got[where])]


def _differ(case: Case, aspects, where: str, expected: dict, got: dict) -> list[Difference]:
    """The differences between two described values; `where` says which part of the result they are."""
    def difference(aspect: str, one, other):
        what = {"": "", "value": ""}.get(aspect, aspect)
        return Difference(f"{what} of {where}" if what and where else what or where, one, other)

    if not alike(expected["kind"], got["kind"]):
        return [difference("", shown(expected), shown(got))] if "value" in aspects else []
    kind = expected["kind"]
    if kind in ("tensor", "array"):
        return [difference(aspect, one, other)
                for aspect, one, other in _tensor_differs(case, aspects, expected, got)]
    if kind in ("list", "tuple"):
        if len(expected["items"]) != len(got["items"]):
            return [difference("", shown(expected), shown(got))] if "value" in aspects else []
        return [found for i, (one, other) in enumerate(zip(expected["items"], got["items"], strict=True))
                for found in _differ(case, aspects, f"{where or 'result'}[{i}]", one, other)]
    if kind == "dict":
        ours, theirs = _by_key(expected), _by_key(got)
        if ours.keys() != theirs.keys():
            return [difference("", shown(expected), shown(got))] if "value" in aspects else []
        return [found for key in ours for found in _differ(
            case, aspects, f"{where or 'result'}[{key}]", ours[key], theirs[key])]
    if "value" in aspects and not _equal(case, expected, got):
        return [difference("", *shown_apart(expected, got))]
    return []


def _by_key(described: dict) -> dict[str, dict]:
    return {shown(key): item for key, item in described["items"]}


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
        one, other = expected[aspect], got[aspect]
        if aspect == "grad" and one is not None and other is not None:
            for _, part, mine in _tensor_differs(case, ("value", "dtype"), one, other):
                yield "grad", part, mine
        elif one != other:
            show = {"grad": shown, "graph": _graph}.get(aspect, str)
            yield aspect, show(one), show(other)


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
