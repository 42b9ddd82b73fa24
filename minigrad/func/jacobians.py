"""All derivatives of a function: a row of the Jacobian is one vjp, a column is one jvp."""

import functools
from itertools import islice

import numpy as np

from ..operators.joining import stack
from ..random import get_rng_state, set_rng_state
from ..tensor import refuse, wrap
from .transforms import chosen, jvp_by, outside_inference_mode, vjp_by
from .trees import flatten, unflatten

RANDOM = ("vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
          "randomness flags on vmap or perform the randomness operation out of vmap")


def jacrev(func, argnums=0, *, has_aux=False, chunk_size=None, _preallocate_and_copy=False):
    """The function that gives the Jacobian of `func`, row by row: for one input and output, of shape output + input.

    For an output that is a tree, a tree of Jacobians; where `argnums` is a tuple, or an argument a tree, each of these
    is a tree of the inputs. `argnums` and `has_aux` as in `grad`. `chunk_size` says how many rows PyTorch computes at
    once; here it is always one.

    >>> import minigrad as torch
    >>> jacrev(lambda x: x * x.sum())(torch.tensor([1.0, 2.0]))
    tensor([[4., 1.],
            [2., 5.]])
    """
    refuse(chunk_size is not None and chunk_size <= 0 and "jacrev: `chunk_size` should be greater than 0.", ValueError)

    @functools.wraps(func)
    @outside_inference_mode()
    def jacobian(*args):
        output, times_jacobian, *aux = vjp_by(func, args, argnums, has_aux)
        outputs, output_structure = flatten(output)
        inputs, structure = flatten(chosen(args, argnums))
        _check_real("jacrev", inputs, outputs)
        rows = [flatten(times_jacobian(unflatten(vectors, output_structure)))[0] for vectors in _basis(outputs)]
        parts = []
        for out, its_rows in _cut(rows, outputs):
            entries = [stack([row[i] for row in its_rows]).view(out.shape + x.shape) if its_rows
                       else x.new_zeros(out.shape + x.shape) for i, x in enumerate(inputs)]
            parts.append(_by_argument(entries, structure, argnums))
        result = unflatten(parts, output_structure)
        return (result, *aux) if has_aux else result

    return jacobian


def jacfwd(func, argnums=0, has_aux=False, *, randomness="error"):
    """The same column by column: faster where there are more outputs than inputs.

    randomness  what if `func` draws random numbers, as it is called for each column: "error", "same" or "different"

    >>> import minigrad as torch
    >>> jacfwd(lambda x: x * x.sum())(torch.tensor([1.0, 2.0]))
    tensor([[4., 1.],
            [2., 5.]])
    """

    @functools.wraps(func)
    @outside_inference_mode()
    def jacobian(*args):
        refuse(randomness not in ("error", "different", "same") and "Only allowed values for randomness are 'error', "
               f"'different', or 'same'. Got {randomness}")
        inputs, structure = flatten(chosen(args, argnums))
        _check_real("jacfwd", inputs)
        columns, state = [], get_rng_state()
        for vectors in _basis(inputs):
            if randomness == "same":
                set_rng_state(state)
            _, column, *aux = jvp_by(func, args, unflatten(vectors, structure), argnums, False, has_aux)
            refuse(randomness == "error" and not np.array_equal(get_rng_state().array, state.array) and RANDOM)
            tangents, output_structure = flatten(column)
            _check_real("jacfwd", inputs, tangents)
            columns.append(tangents)
        parts = []
        for nr, out in enumerate(columns[0]):
            entries = [stack([column[nr] for column in its_columns], -1).view(out.shape + x.shape) if its_columns
                       else out.new_zeros(out.shape + x.shape) for x, its_columns in _cut(columns, inputs)]
            parts.append(_by_argument(entries, structure, argnums))
        result = unflatten(parts, output_structure)
        return (result, *aux) if has_aux else result

    return jacobian


def hessian(func, argnums=0):
    """The function that gives all second derivatives of `func`: columns of the Jacobian of its gradient.

    >>> import minigrad as torch
    >>> hessian(torch.prod)(torch.tensor([2.0, 3.0]))
    tensor([[0., 1.],
            [1., 0.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)


def _check_real(function, inputs, outputs=()):
    for what, tensors in (("inputs", inputs), ("outputs", outputs)):
        for i, x in enumerate(tensors):
            refuse(x.is_complex() and f"{function}: Expected all {what} to be real but received complex tensor at "
                   f"flattened input idx: {i}")


def _basis(tensors):
    """For each element of the tensors, as many tensors of their shapes: 1 there, and 0 everywhere else."""
    for nr, x in enumerate(tensors):
        for place in range(x.numel()):
            vectors = [np.zeros_like(y.array, order="C") for y in tensors]
            vectors[nr].reshape(-1)[place] = 1
            yield [wrap(vector) for vector in vectors]
    if not any(x.numel() for x in tensors):
        yield tensors  # without elements, any will do to see what comes out


def _cut(vectors, tensors):
    """Each of the tensors with its own of the vectors, one for each element."""
    vectors = iter(vectors)
    return [(x, list(islice(vectors, x.numel()))) for x in tensors]


def _by_argument(entries, structure, argnums):
    tree = unflatten(entries, structure)
    return tree[0] if isinstance(argnums, int) else tree
