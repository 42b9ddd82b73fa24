"""Plain data in words: how a card shows a value, a call and what went wrong with it."""

import re

import minigrad as torch
from minigrad import printing
from minigrad.course.case import Case
from minigrad.course.snapshot import Snapshot

LETTERS = 400
LINES = 12
ARTICLE = {"int": "an int", "array": "a numpy array", "...": "`...`", "None": "None", "dtype": "a dtype"}


def shown(described: dict | None) -> str:
    """A described value as Python or PyTorch would print it, shortened."""
    return shortened(_shown(described))


def shown_apart(expected: dict, got: dict) -> tuple[str, str]:
    """Two values that differ, with more digits if they look the same at first."""
    texts = shown(expected), shown(got)
    if _without_zeros(texts[0]) == _without_zeros(texts[1]):
        printing.set_printoptions(precision=9)
        texts = shown(expected), shown(got)
        printing.set_printoptions(profile="default")
    return texts


def _without_zeros(text: str) -> str:
    return re.sub(r"(\.\d*?)0+\b", r"\1", text)


def shortened(text: str) -> str:
    lines = text.splitlines() or [""]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], "..."]
    text = "\n".join(lines)
    return text if len(text) <= LETTERS else text[: LETTERS - 4] + " ..."


def a_kind(described: dict) -> str:
    """What kind of thing it is, with its article: "a tensor", "an int"."""
    kind = described["kind"]
    if kind == "object":
        return f"an object of type {described['type']}"
    if kind == "too large":
        return "too large to look at"
    return ARTICLE.get(kind, f"a {kind}")


def sentence(case: Case, expected: Snapshot, got: Snapshot) -> str:
    """What went wrong where there is more to say than that a value differs; it names the input."""
    it = f"`{case}`"
    returned = f"{it} returned" if case.args is not None else f"{it} is"
    match got.outcome:
        case "missing":
            return f"There is no `{case.of}`."
        case "not callable":
            return f"`{case.of}` should be a function; it is {a_kind(got.result)}."
        case "no entry":
            if got.result["kind"] in ("dict", "list", "tuple"):
                return f"`{case.of}` has no entry {case.key!r}."
            wanted = "dict" if isinstance(case.key, str) else "list"
            return f"`{case.of}` should be a {wanted}; it is {a_kind(got.result)}."
        case "not run":
            return f"{it} was not run: an input before it took all the time there is."
        case "unfinished":
            return f"{it} did not finish in time. Does a loop never end?"
        case "raised" if got.exception["type"] == "NotImplementedError" and not got.exception["text"]:
            return f"{it} is not written yet."
        case "raised" if expected.outcome != "raised" or expected.exception["type"] not in got.exception["bases"]:
            should = f" It should raise {expected.exception['type']}." if expected.outcome == "raised" else ""
            return f"{it} raised {_exception(got.exception)}{should}"
        case "returned" if expected.outcome == "raised":
            return f"{it} should raise {expected.exception['type']}; it returned {shown(got.result)}."
        case "returned":
            return _about_result(returned, case, expected.result, got.result)
    return ""


def _about_result(returned: str, case: Case, expected: dict, got: dict) -> str:
    if got["kind"] == "..." and expected["kind"] != "...":
        return f"{returned} still `...`." if case.args is None else f"{returned} `...`."
    if got["kind"] == "None" and expected["kind"] != "None":
        return f"{returned} None; {a_kind(expected)} is expected." + (
            " A function that ends without `return` returns None." if case.args is not None else "")
    if not alike(expected["kind"], got["kind"]):
        return f"{returned} {a_kind(got)}; {a_kind(expected)} is expected."
    if "shape" in expected and expected["shape"] != got["shape"]:
        return (f"{returned} {a_kind(got)} of shape {_tuple(got['shape'])}; "
                f"shape {_tuple(expected['shape'])} is expected.")
    return ""


def alike(kind: str, other: str) -> bool:
    """Whether values of these kinds can be equal: 2 and 2.0 can, True and 1 cannot."""
    groups = ({"int", "float"}, {"list", "tuple"})
    return kind == other or any({kind, other} <= group for group in groups)


def _exception(exception: dict) -> str:
    text = shortened(" ".join(exception["text"].split()))
    line = exception["line"]
    where = f" (line {line[0]}{f': `{line[1]}`' if line[1] else ''})" if line else ""
    return exception["type"] + (f": {text.rstrip('.')}" if text else "") + where + "."


def _shown(described: dict | None) -> str:
    if described is None:
        return "None"
    kind = described["kind"]
    if kind in ("list", "tuple", "set"):
        ends = {"list": "[]", "tuple": "()", "set": "{}"}[kind]
        parts = [_shown(item) for item in described["items"]]
        more = [] if len(parts) >= described.get("length", 0) else ["..."]
        comma = "," if kind == "tuple" and len(parts) == 1 else ""
        return ends[0] + ", ".join(parts + more) + comma + ends[1]
    if kind == "dict":
        return "{" + ", ".join(f"{_shown(key)}: {_shown(item)}" for key, item in described["items"]) + "}"
    if kind == "tensor":
        return _tensor(described)
    if kind == "array":
        return f"array({described['values']}, dtype={described['dtype']})"
    if kind == "complex":
        return repr(complex(*described["value"]))
    if "value" in described:
        return repr(described["value"])
    return described.get("name") or {"...": "...", "None": "None"}.get(kind) or a_kind(described)


def _tensor(described: dict) -> str:
    """As PyTorch prints it."""
    if described["values"] is None:
        return f"a tensor of shape {_tuple(described['shape'])}"
    dtype = getattr(torch, described["dtype"].removeprefix("torch."))
    text = repr(torch.tensor(described["values"], dtype=dtype).reshape(described["shape"]))
    tail = ""
    if described["graph"]:
        tail = f", grad_fn=<{described['graph'][0][0]}>"
    elif described["requires_grad"]:
        tail = ", requires_grad=True"
    return f"{text[:-1]}{tail})"


def _tuple(shape: list[int]) -> str:
    return str(tuple(shape))
