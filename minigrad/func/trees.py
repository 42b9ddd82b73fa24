"""Trees: the tensors in tuples, lists and dicts, inside one another, in a row; and a row of them put back."""

from collections import OrderedDict


class _Leaf:
    """What stands in a tree's structure for each thing that is no tuple, list or dict."""

    def __repr__(self):
        return "*"


LEAF = _Leaf()


def flatten(tree):
    """The leaves in a list, and the structure: the same tree with a `*` for each of them, by which it prints.

    >>> flatten({"w": [1, 2], "b": 3})
    ([1, 2, 3], {'w': [*, *], 'b': *})
    """
    leaves = []

    def structure(part):
        if type(part) in (dict, OrderedDict):
            return type(part)((key, structure(value)) for key, value in part.items())
        if type(part) in (tuple, list) or hasattr(part, "_make"):
            return _sequence(type(part), [structure(each) for each in part])
        leaves.append(part)
        return LEAF

    return leaves, structure(tree)


def unflatten(leaves, structure):
    """The tree of this structure with these leaves.

    >>> unflatten([1, 2], flatten((3, [4]))[1])
    (1, [2])
    """
    leaves = iter(leaves)

    def tree(part):
        if isinstance(part, dict):
            return type(part)((key, tree(value)) for key, value in part.items())
        return next(leaves) if part is LEAF else _sequence(type(part), [tree(each) for each in part])

    return tree(structure)


def same_structure(a, b):
    """Whether two structures agree: types, lengths, keys and their order."""
    return repr(a) == repr(b)


def _sequence(kind, parts):
    return kind._make(parts) if hasattr(kind, "_make") else kind(parts)
