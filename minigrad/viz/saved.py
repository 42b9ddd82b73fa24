"""What a node keeps for backward, in words, and the rules that asked for it.

Everything is looked at as it lies there: unpacking a saved value may run a hook of the user's.
"""

from typing import Any

from .boxes import OPERANDS, Saved
from .names import is_tensor
from .numbers import MOST_LETTERS, show_numbers, show_value
from .rules import input_names, rule_text

FREED, CHANGED, PACKED = "freed", "changed in place since", "packed by a hook"


def saved_by(node: Any) -> tuple[Saved, ...]:
    """What a node keeps for its rules, and which of them asked for it; PyTorch's nodes do not tell the latter."""
    asks, saved = getattr(node, "asks", None), []
    rules = [(name or f"input {i}", rule_text(node, i)) for i, name in enumerate(input_names(node))
             if node.next_functions[i][0]]  # fmt: skip
    for name, value in saved_values(node):
        asked = [(input, rule) for input, rule in rules if asks is None or name in asks[input]]
        if asked or asks is None:  # a freed node tells all names that it could have saved
            saved.append(Saved(name, value, tuple((input, rule) for input, rule in asked if rule)))
    return tuple(saved)


def saved_values(node):
    """The (name, value in words) pairs of what a node has saved, those that are None left out."""
    if hasattr(node, "saved_value"):  # ours: looked at as it lies there, since unpacking it may run a hook
        if node._saved is None:
            return [(name, FREED) for name in node.saved_names or ("saved_tensors",)]
        names = node.saved_names or [f"saved_tensors[{i}]" for i in range(len(node._saved))]
        versions = {id(value): version for value, version in node._guards}
        return [(name, in_words(value, versions.get(id(value)))) for name, value in zip(names, node._saved)
                if value is not None]  # fmt: skip
    found = []
    for attribute in sorted(name for name in dir(node) if name.startswith("_saved_") or name == "saved_tensors"):
        try:
            value = getattr(node, attribute)
        except RuntimeError:
            found.append((attribute.removeprefix("_saved_"), FREED))
            continue
        if attribute == "saved_tensors":
            found.extend((f"saved_tensors[{i}]", in_words(part)) for i, part in enumerate(value))
        elif value is not None:
            found.append((attribute.removeprefix("_saved_"), in_words(value)))
    return found


def in_words(value, version=None):
    if hasattr(value, "unpack"):
        return PACKED
    if version is not None and value._version != int(version):
        return CHANGED
    if is_tensor(value):
        return show_value(value)
    if isinstance(value, (list, tuple)) and any(map(is_tensor, value)):
        return f"{len(value)} tensors"
    text = show_numbers(value)
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"


def number_operands(node: Any) -> tuple[tuple[str, str], ...]:
    """The plain numbers that an operation was called with in place of tensors, as far as its rules asked for them.

    The 3 of `w * 3` is saved as `other`, the 2 of `w ** 2` as `exponent`; the 1 of `w + 1` is not.
    """
    if hasattr(node, "saved_value"):
        found = dict(zip(node.saved_names, node._saved or ()))
    else:  # of PyTorch's, those that cannot have been packed
        names = [name for name in OPERANDS if not hasattr(node, f"_raw_saved_{name}")]
        found = {name: getattr(node, f"_saved_{name}", None) for name in names}
    return tuple((name, show_numbers(found[name])) for name in OPERANDS if isinstance(found.get(name), (int, float)))
