"""Plain data in words: how a card shows a value, a call and what went wrong with it."""

import difflib
import re

import numpy as np

import minigrad as torch
from minigrad.course.case import Case, TensorArg
from minigrad.course.snapshot import Snapshot
from minigrad.operators import printing

LETTERS = 400
LINES = 12
ADVICE = {  # (expected, got)
    ("array", "tensor"): " numpy() makes an array of an untracked tensor.",
    ("array", "float"): " item() makes a Python number of a tensor, numpy() an array.",
    ("float", "tensor"): " item() makes a Python number of a tensor.",
}
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
    if kind == "object" and described["type"].startswith("torch."):
        return f"a {described['type']} of the PyTorch installed here"
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
        case "not alone":
            return f"Your engine called {got.exception['type']}. It has to do without."
        case "raised" if got.exception["type"] == "NotImplementedError" and not got.exception["text"]:
            return f"{it} is not written yet."
        case "raised" if expected.outcome != "raised" or not got.raised(expected.exception["type"]):
            should = f" It should raise {expected.exception['type']}." if expected.outcome == "raised" else ""
            return f"{it} raised {_exception(got.exception)}{should}"
        case "returned" if expected.outcome == "raised":
            return f"{it} should raise {expected.exception['type']}; it returned {shown(got.result)}."
        case "returned":
            return (_about_names(got) or _about_result(returned, case, expected.result, got.result)
                    or _about_arguments(case, expected, got) or _about_calls(case, expected, got))
    return ""


def prediction(case: Case, kinds: list[dict], got: Snapshot) -> str:
    """What is said of a wrong prediction: that it is wrong, or that it is no answer at all."""
    if not any(alike(described["kind"], got.result["kind"]) for described in kinds):
        return f"`{case}` is {a_kind(got.result)}; asked for is {' or '.join(map(a_kind, kinds))}."
    return f"You predicted {shown(got.result)} for `{case}`. That is not what happens."


def kinds_in(right: tuple[Snapshot, ...]) -> list[dict]:
    """One result of each kind that right answers have."""
    return list({snapshot.result["kind"]: snapshot.result for snapshot in right if snapshot.result}.values())


def warned(got: Snapshot) -> tuple[str, ...]:
    """What PyTorch or Python warned of, each warning once, in its first two sentences."""
    texts = [re.split(r"(?<=\.)\s+(?=[A-Z])", " ".join(text.split())) for _, text in got.warnings]
    return tuple(dict.fromkeys(shortened(" ".join(sentences[:2])) for sentences in texts))[:3]


def _about_names(got: Snapshot) -> str:
    """A misspelt attribute: Python takes it for a new one."""
    for where, described in got.arguments.items():
        for name in described.get("set", ()):
            if near := difflib.get_close_matches(name, ["requires_grad", "grad", "retain_grad"], 1):
                return f"Your code sets `{where}.{name}`, a new name that nothing reads. Did you mean `{near[0]}`?"
    return ""


def _about_arguments(case: Case, expected: Snapshot, got: Snapshot) -> str:
    """What the call did to an argument that was to be left as it was."""
    given = {f"argument {i}": arg for i, arg in enumerate(case.args or ())} | case.kwargs
    for where, right in expected.arguments.items():
        arg, found = given.get(where), got.arguments.get(where, {})
        left_alone = (isinstance(arg, TensorArg) and right["version"] == 0 and right["grad"] is None
                      and right["requires_grad"] == arg.requires_grad)
        if "arguments" in case.compare and left_alone and found.get("kind") == "tensor":
            changes = [words for changed, words in (
                (found["values"] != right["values"], "its values are different"),
                (found["requires_grad"] != right["requires_grad"],
                 f"it is {'' if found['requires_grad'] else 'not '}tracked"),
                (found["grad"] is not None, "its .grad is filled")) if changed]
            if changes:
                return f"After `{case}`, `{where}` is not what it was: {' and '.join(changes)}."
    return ""


def _about_calls(case: Case, expected: Snapshot, got: Snapshot) -> str:
    for where, right in expected.calls.items():
        found = got.calls.get(where, right)
        if "calls" in case.compare and found != right:
            enough = f"{right} {'is' if right == 1 else 'are'} {'enough' if found > right else 'needed'}"
            return f"In `{case}`, {where} was called {_times(found)}; {enough}."
    return ""


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _about_result(returned: str, case: Case, expected: dict, got: dict) -> str:
    if got["kind"] == "..." and expected["kind"] != "...":
        return f"{returned} still `...`." if case.args is None else f"{returned} `...`."
    if got["kind"] == "None" and expected["kind"] != "None":
        return f"{returned} None; {a_kind(expected)} is expected." + (
            " A function that ends without `return` returns None." if returned.endswith("returned") else "")
    if not alike(expected["kind"], got["kind"]):
        advice = ADVICE.get((expected["kind"], got["kind"]), "")
        if got["kind"] == "object" and got["type"].startswith("torch."):
            advice = " Here torch is minigrad: `import minigrad as torch`."
        return f"{returned} {a_kind(got)}; {a_kind(expected)} is expected.{advice}"
    if "shape" in expected and expected["shape"] != got["shape"]:
        return (f"{returned} {a_kind(got)} of shape {_tuple(got['shape'])}; "
                f"shape {_tuple(expected['shape'])} is expected.")
    if expected["kind"] in ("list", "tuple") and expected["length"] == got["length"] and "value" in case.compare:
        for i, (one, other) in enumerate(zip(expected["items"], got["items"], strict=False)):
            if said := _about_result(f"{returned} {a_kind(got)}; its item {i} is", case, one, other):
                return said
    return _about_near(returned, case, expected, got)


def _about_near(returned: str, case: Case, expected: dict, got: dict) -> str:
    """Values that are almost right come from a right idea with a wrong number in it: say so, and how far off."""
    if "value" not in case.compare or expected.get("values") is None or got.get("values") is None:
        return ""
    right, found = np.asarray(expected["values"], float), np.asarray(got["values"], float)
    if np.allclose(found, right, case.rtol, case.atol) or not np.allclose(found, right, 0.02, 1e-6):
        return ""
    return f"{returned} something near the right values, but off by up to {np.abs(found - right).max():.1g}."


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
        return _array(described)
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
        tail = f", grad_fn=<{described['graph'][0][0].rpartition('::')[2]}>"  # as a tensor prints it
    elif described["requires_grad"]:
        tail = ", requires_grad=True"
    return f"{text[:-1]}{tail})"


def _array(described: dict) -> str:
    """As numpy prints it, whatever the notebook has told numpy."""
    if described["values"] is None:
        return f"an array of shape {_tuple(described['shape'])}"
    with np.printoptions(precision=8, threshold=1000, suppress=False, formatter=None):
        return repr(np.array(described["values"], described["dtype"]).reshape(described["shape"]))


def _tuple(shape: list[int]) -> str:
    return str(tuple(shape))
