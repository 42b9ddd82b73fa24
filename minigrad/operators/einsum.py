"""Sums of products, by naming dimensions: every such sum is permutations, views and batches of matrix products.

So an einsum leaves in the graph what it was computed with, and needs no derivative of its own.
"""

from collections import Counter

import numpy as np

from .. import derivatives as d
from ..tensor import refuse
from .products import bmm
from .rearranging import diagonal
from .reductions import sum as sum_
from .shapes import movedim, permute, reshape, view

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
NO_OPERANDS = ("einsum(): must specify the equation string and at least one operand, or at least one operand and its "
               "subscripts list")


def einsum(*args):
    """The sum of products that an equation describes: a letter for each dimension; those not in the output are summed.

    The operands follow the equation, ``einsum("ij,jk->ik", a, b)``, or each has its own list of numbers for letters,
    ``einsum(a, [0, 1], b, [1, 2], [0, 2])``. "..." stands for all other dimensions, which are broadcast. A letter twice
    in one operand means its diagonal. Without an output, those letters that are there once are the output's, sorted.

    >>> import minigrad as torch
    >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> torch.einsum("ii", x), torch.einsum("ij,kj->ik", x, x)
    (tensor(5.), tensor([[ 5., 11.],
            [11., 25.]]))
    """
    refuse(len(args) < 2 and NO_OPERANDS, ValueError)
    if isinstance(args[0], str):
        equation, *operands = args
        if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
            operands = operands[0]
    else:
        operands, lists = args[: len(args) // 2 * 2 : 2], args[1::2]
        equation = ",".join(map(_letters, lists)) + ("->" + _letters(args[-1]) if len(args) % 2 else "")
    inputs, output = _parsed(equation)
    if len(operands) != len(inputs):
        what = "fewer" if len(operands) < len(inputs) else "more"
        raise RuntimeError(f"einsum(): {what} operands were provided than specified in the equation")
    hidden = max(_check_ranks(inputs, operands))  # how many dimensions the longest ellipsis stands for
    inputs = [_with_ellipsis_spelled(labels, operand, hidden) for labels, operand in zip(inputs, operands)]
    counts, ellipsis = Counter(label for labels in inputs for label in labels), [("...", i) for i in range(hidden)]
    letters = sorted(label for label in counts if isinstance(label, str))
    if output is None:
        output = ellipsis + [label for label in letters if counts[label] == 1]
    else:
        output = [label for part in output for label in (ellipsis if part == "..." else [part])]
        for label in output:
            refuse(isinstance(label, str) and label not in counts and f"einsum(): output subscript {label} does not "
                   "appear in the equation for any input operand")
    order = output + [label for label in ellipsis + letters if label not in output]
    _check_sizes(inputs, operands)
    operands = [_in_order(operand, labels, order) for operand, labels in zip(operands, inputs)]
    return _contracted(operands, len(output))


def _letters(numbers):
    for n in numbers:
        if n is not Ellipsis and not 0 <= n < 52:
            raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")
    return "".join("..." if n is Ellipsis else LETTERS[n] for n in numbers)


def _parsed(equation):
    """For each operand a list of letters and "...", and the same for the output or None."""
    left, arrow, right = equation.partition("->")
    inputs, start = [], 0
    for i, part in enumerate(left.split(",")):
        inputs.append(_parsed_part(part, start, f"operand {i}", f"operand {i}"))
        start += len(part) + 1
    if not arrow:
        return inputs, None
    output = _parsed_part(right, len(left) + 2, "output", "the output")
    for label in output:
        refuse(output.count(label) > 1 and f"einsum(): output subscript {label} appears more than once in the output")
    return inputs, output


def _parsed_part(part, start, owner, longer):
    labels, i = [], 0
    while i < len(part):
        if part[i] == ".":
            refuse("..." in labels and f"einsum(): found '.' for {owner} for which an ellipsis was already found")
            if part[i : i + 3] != "...":
                raise RuntimeError(f"einsum(): found '.' for {owner} that is not part of any ellipsis"
                                   + (" (...)" if owner == "output" else ""))
            labels.append("...")
            i += 2
        elif part[i] in LETTERS:
            labels.append(part[i])
        elif part[i] != " ":
            raise RuntimeError(f"einsum(): invalid subscript given at index {start + i} in the equation string, "
                               "subscripts must be in [a-zA-Z]")
        i += 1
    return labels


def _check_ranks(inputs, operands):
    """How many dimensions each operand has besides those that have a letter."""
    for i, (labels, operand) in enumerate(zip(inputs, operands)):
        named, ndim = len(labels) - ("..." in labels), operand.array.ndim
        if named > ndim or named < ndim and "..." not in labels:
            relation, end = ("does not match", " and no ellipsis was given")
            if "..." in labels:
                relation, end = "is more than", ""
            raise RuntimeError(f"einsum(): the number of subscripts in the equation ({named}) {relation} the number of "
                               f"dimensions ({ndim}) for operand {i}{end}")
        yield ndim - named


def _with_ellipsis_spelled(labels, operand, hidden):
    """The labels with "..." replaced by one label a dimension; they count from the right, as in broadcasting."""
    own = operand.array.ndim - len(labels) + 1
    spelled = [("...", i) for i in range(hidden - own, hidden)]
    return [label for part in labels for label in (spelled if part == "..." else [part])]


def _check_sizes(inputs, operands):
    seen = {}
    for i, (labels, operand) in enumerate(zip(inputs, operands)):
        own = {}
        for label, n in zip(labels, operand.array.shape):
            refuse(isinstance(label, str) and own.setdefault(label, n) != n and f"einsum(): subscript {label} is "
                   f"repeated for operand {i} but the sizes don't match, {n} != {own[label]}")
        for label, n in own.items():
            refuse(n != 1 and seen.setdefault(label, n) != n and f"einsum(): subscript {label} has size {n} for "
                   f"operand {i} which does not broadcast with previously seen size {seen[label]}")


def _in_order(operand, labels, order):
    """The operand with a dimension for each label, in this order: diagonals for repeated ones, size 1 for missing."""
    left = []
    for label in labels:
        if label in left:
            operand = movedim(diagonal(operand, 0, left.index(label), len(left)), -1, left.index(label))
        else:
            left.append(label)
    for label in order:
        if label not in left:
            operand = d.unsqueeze(operand, len(left))
            left.append(label)
    return permute(operand, [left.index(label) for label in order])


def _contracted(operands, kept):
    """The product of all operands, each dimension after the first `kept` summed as soon as nobody else has it."""
    result, *others = operands
    ndim = result.array.ndim
    users = [sum(x.array.shape[dim] != 1 for x in operands) for dim in range(ndim)]
    for other in others:
        together, alone = [], ([], [])
        for dim in range(kept, ndim):
            m, n = result.array.shape[dim], other.array.shape[dim]
            if m != 1 and n != 1:
                users[dim] -= 1
                if users[dim] == 1:
                    together.append(dim)
                    users[dim] = 0
            elif users[dim] == 1 and (m != 1 or n != 1):
                alone[m == 1].append(dim)
                users[dim] = 0
        result, other = (sum_(x, dims, keepdim=True) if dims else x for x, dims in zip((result, other), alone))
        result = _pair(result, other, together) if together else result * other
    if ndim == kept:
        return result
    return view(result, *result.array.shape[:kept]) if others else sum_(result, list(range(kept, ndim)))


def _pair(a, b, summed):
    """The product of two, summed over some dimensions, as one batch of matrix products."""
    both, only_a, only_b = [], [], []
    for dim, (m, n) in enumerate(zip(a.array.shape, b.array.shape)):
        if dim not in summed:
            (only_b if m == 1 else only_a if n == 1 else both).append(dim)
    sizes = [n if m == 1 else m for m, n in zip(a.array.shape, b.array.shape)]

    def product(dims):
        return int(np.prod([sizes[dim] for dim in dims], dtype=int))

    left = reshape(permute(a, both + only_a + summed + only_b), product(both), product(only_a), product(summed))
    right = reshape(permute(b, both + summed + only_b + only_a), product(both), product(summed), product(only_b))
    order = both + only_a + summed + only_b
    result = view(bmm(left, right), *[1 if dim in summed else sizes[dim] for dim in order])
    return permute(result, np.argsort(order).tolist())
