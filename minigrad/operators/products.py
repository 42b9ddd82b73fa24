"""Products of vectors, matrices, and batches of matrices.

matmul is, as in PyTorch, one of dot, mv, mm and bmm after bringing its operands into shape: that is what a graph shows.
"""

import math
import warnings

import numpy as np

from .. import derivatives as d
from ..dtypes import result_numpy_dtype
from ..graph import bump_version
from ..record import broadcast, need_tensors, title
from ..tensor import Tensor, check_dim, refuse, wrap
from .complex_numbers import complex, conj
from .conversions import contiguous
from .reductions import sum as sum_
from .shapes import expand, flatten, permute, reshape, transpose, view


def matmul(input, other):
    """The matrix product.

    Shapes: (n)·(n) a number; (m, n)·(n) and (n)·(n, p) a vector; (m, n)·(n, p) a matrix; with more dimensions the
    last two are the matrices and the others are broadcast.

    >>> import minigrad as torch
    >>> torch.matmul(torch.ones(2, 3), torch.ones(3)), (torch.ones(5, 2, 3) @ torch.ones(3, 4)).shape
    (tensor([3., 3.]), torch.Size([5, 2, 4]))
    """
    a, b = input.array, other.array
    m, n = a.ndim, b.ndim
    if m == 2 and n == 2:
        return mm(input, other)
    if m == 0 or n == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {m}D and {n}D")
    if m == 1 and n == 1:
        return dot(input, other)
    if m == 2 and n == 1:
        return mv(input, other)
    if m == 1 and n == 2:
        product = d.squeeze_product(mm(d.unsqueeze(input, 0), other), 0)
        bump_version(product)  # PyTorch squeezes in place
        return product
    if m >= 3 and n <= 2 and (other.requires_grad or _is_stack_of_rows(a)):
        shape = a.shape[:-1]
        rows = reshape(input, math.prod(shape), a.shape[-1])
        product = mv(rows, other) if n == 1 else mm(rows, other)
        return d.unsafe_view(product, shape + product.array.shape[1:])
    if n >= 3 and m <= 2 and (input.requires_grad or m == 1 and _is_stack_of_rows(b.swapaxes(-1, -2))):
        shape = b.shape
        rows = reshape(transpose(other, -1, -2), math.prod(shape[:-2]) * shape[-1], shape[-2])
        if m == 1:
            return d.unsafe_view(mv(rows, input), shape[:-2] + shape[-1:])
        product = mm(rows, d.t(input))
        product = d.unsafe_view(product, (*shape[:-2], shape[-1], product.array.shape[-1]))
        return contiguous(transpose(product, -1, -2))
    if m == 3 and n == 3 and a.shape[0] != b.shape[0]:
        if a.shape[0] == 1 and input.requires_grad:
            return matmul(d.squeeze_dim(input, 0), other)
        if b.shape[0] == 1 and other.requires_grad:
            return matmul(input, d.squeeze_dim(other, 0))
    return _batched(input, other)


def _is_stack_of_rows(array):
    """Whether all rows can be seen as those of one big matrix, so that one product does instead of many."""
    outer = zip(array.shape[1:-1], array.strides[:-2], array.strides[1:-1])
    return array.size == 0 or all(step == size * inner for size, step, inner in outer)


def _batched(input, other):
    a, b = input.array.shape, other.array.shape
    batch = broadcast(a[:-2], b[:-2])
    rows = a[-2:] if len(a) > 1 else (1, *a)
    many = math.prod(batch)
    left = reshape(expand(input, *batch, *rows), many, *rows)
    right = reshape(expand(other, *batch, *b[-2:]), many, *b[-2:])
    product = d.squeeze_dim(bmm(left, d.unsqueeze(right, 2)), 2) if len(b) == 1 else bmm(left, right)
    return d.unsafe_view(product, batch + a[-2:-1] + b[-1:] * (len(b) > 1))


def dot(input, tensor):
    """The sum of the products of two vectors of one length."""
    return d.dot(*_vectors(input, tensor))


def vdot(input, other):
    """`dot` for complex vectors, and so the same."""
    return d.vdot(*_vectors(input, other))


def _vectors(input, other):
    a, b = input.array, other.array
    refuse((a.ndim != 1 or b.ndim != 1) and f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if a.dtype != b.dtype:
        raise RuntimeError(f"dot : expected both vectors to have same dtype, but found {title(a)} and {title(b)}")
    refuse(a.size != b.size and f"inconsistent tensor size, expected tensor [{a.size}] and src [{b.size}] to have the "
           f"same number of elements, but got {a.size} and {b.size} elements respectively")
    return input, other


def mv(input, vec):
    """A matrix times a vector."""
    a, b = input.array, vec.array
    _check_mv(np.empty(a.shape[:1], b.dtype), a, b)
    return d.mv(input, vec)


def mm(input, mat2):
    """A matrix times a matrix."""
    a, b = input.array, mat2.array
    if a.ndim != 2:
        raise RuntimeError("self must be a matrix")
    if b.ndim != 2:
        raise RuntimeError("mat2 must be a matrix")
    _check_inner(a, b)
    if a.dtype != b.dtype:
        names = f"{input.dtype.c_name} != {mat2.dtype.c_name}"
        raise RuntimeError(f"expected m1 and m2 to have the same dtype, but got: {names}")
    return d.mm(input, mat2)


def _check_inner(a, b):
    refuse(a.shape[1] != b.shape[0] and f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and "
           f"{b.shape[0]}x{b.shape[1]})")


def bmm(input, mat2):
    """A batch of matrices times a batch of matrices."""
    a, b = input.array, mat2.array
    _check_batches(a, b)
    refuse(a.dtype != b.dtype and f"expected scalar type {title(a)} but found {title(b)}")
    return d.bmm(input, mat2)


def _check_batches(a, b):
    if a.ndim != 3 or b.ndim != 3:
        raise RuntimeError("batch1 must be a 3D tensor" if a.ndim != 3 else "batch2 must be a 3D tensor")
    refuse(b.shape[:2] != (a.shape[0], a.shape[2]) and "Expected size for first two dimensions of batch2 tensor to be: "
           f"[{a.shape[0]}, {a.shape[2]}] but got: [{b.shape[0]}, {b.shape[1]}].")


# Products added to a tensor that is broadcast to their shape: beta * input + alpha * product


def addmm(input, mat1, mat2, *, beta=1, alpha=1):
    """``beta * input + alpha * (mat1 @ mat2)``: the affine map of a layer in one operation."""
    a, b = mat1.array, mat2.array
    for name, array in (("mat1", a), ("mat2", b)):
        if array.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix, got {array.ndim}-D tensor")
    _check_inner(a, b)
    for name, array in (("self", input.array), ("mat1", a)):
        if array.dtype != b.dtype:
            raise RuntimeError(f"{name} and mat2 must have the same dtype, but got {title(array)} and {title(b)}")
    _check_expands(input, (a.shape[0], b.shape[1]))
    return d.addmm(input, mat1, mat2, beta, alpha)


def _check_expands(input, size):
    if input.array.shape not in (size, size[1:]):
        expand(input.detach(), *size)


def addmv(input, mat, vec, *, beta=1, alpha=1):
    """``beta * input + alpha * (mat @ vec)``."""
    a, b = mat.array, vec.array
    _check_mv(input.array, a, b)
    _check_expands(input, a.shape[:1])
    return d.addmv(input, mat, vec, beta, alpha)


def _check_mv(input, a, b):
    if a.ndim != 2 or b.ndim != 1 or input.ndim > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {input.ndim}, {a.ndim}, {b.ndim}")
    refuse((a.shape[1] != b.shape[0] or input.ndim and input.shape[0] not in (1, a.shape[0])) and
           f"size mismatch, got input ({input.size}), mat ({a.shape[0]}x{a.shape[1]}), vec ({b.shape[0]})")
    refuse(not input.dtype == a.dtype == b.dtype and "addmv input tensors must have the same dtype, but got "
           f"{title(input)}, {title(a)}, and {title(b)}")


def addr(input, vec1, vec2, *, beta=1, alpha=1):
    """``beta * input + alpha * outer(vec1, vec2)``."""
    a, b = vec1.array, vec2.array
    _check_vectors("addr", vec1=a, vec2=b)
    kind = result_numpy_dtype(input.array, a, b)
    if kind.kind not in "fc" and isinstance(alpha, float):
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    _check_expands(input, (a.size, b.size))
    return d.addr(*(x if x.array.dtype == kind else d.to_copy(x, kind) for x in (input, vec1, vec2)), beta, alpha)


def _check_vectors(function, **arrays):
    for name, array in arrays.items():
        refuse(array.ndim != 1 and f"{function}: Expected 1-D argument {name}, but got {array.ndim}-D")


def baddbmm(input, batch1, batch2, *, beta=1, alpha=1):
    """``beta * input + alpha * (batch1 @ batch2)``, for batches of matrices."""
    a, b = batch1.array, batch2.array
    if a.ndim == b.ndim == 3:
        _check_expands(input, (a.shape[0], a.shape[1], b.shape[2]))
    _check_batches(a, b)
    if not input.array.dtype == a.dtype == b.dtype:
        names = f"input {input.dtype.c_name}, batch1: {batch1.dtype.c_name}, batch2: {batch2.dtype.c_name}"
        raise RuntimeError(f"Input dtypes must be the same, got: {names}")
    return d.baddbmm(input, batch1, batch2, beta, alpha)


def addbmm(input, batch1, batch2, *, beta=1, alpha=1):
    """``beta * input + alpha * (batch1 @ batch2).sum(0)``."""
    a, b = batch1.array, batch2.array
    if a.ndim == b.ndim == 3:
        _check_expands(input, (a.shape[1], b.shape[2]))
    _check_batches(a, b)
    for name, array in (("self", input.array), ("mat1", a)):
        if array.dtype != b.dtype:
            raise RuntimeError(f"{name} and mat2 must have the same dtype, but got {title(array)} and {title(b)}")
    return d.addbmm(input, batch1, batch2, beta, alpha)


# Products of other shapes


def outer(input, vec2):
    """The product of each element of one vector with each of another, as a matrix."""
    a, b = input.array, vec2.array
    _check_vectors("outer", self=a, vec2=b)
    return d.mul(d.view_as_shape(input, (a.size, 1)) if a.flags.c_contiguous else reshape(input, a.size, 1), vec2)


def inner(input, other):
    """The sums of products over the last dimensions of both; a number is multiplied."""
    a, b = input.array, other.array
    if not a.ndim or not b.ndim:
        return d.mul(input, other)
    refuse(a.shape[-1] != b.shape[-1] and "inner() the last dimension must match on both input tensors but got shapes "
           f"{list(a.shape)} and {list(b.shape)}")
    return tensordot(input, other, ([-1], [-1]))


def tensordot(a, b, dims=2):
    """The sums of products over the last `dims` dimensions of `a` and the first of `b`, or over two lists of them."""
    need_tensors("tensordot", a=a, b=b)
    x, y = a.array, b.array
    dims = dims.array.tolist() if isinstance(dims, Tensor) else dims
    if isinstance(dims, int):
        refuse(dims < 0 and f"tensordot expects dims >= 0, but got dims={dims}")
        refuse(dims > min(x.ndim, y.ndim) and f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims = list(range(-dims, 0)), list(range(dims))
    refuse(len(dims[0]) != len(dims[1]) and "both dimension lists should have same length")
    refuse(x.dtype != y.dtype and "both inputs should have same dtype")
    for i, j in zip(*dims):
        m, n = a.array.shape[check_dim(i, x.ndim)], b.array.shape[check_dim(j, y.ndim)]
        if m == 1 != n:
            b = sum_(b, j, keepdim=True, dtype=b.dtype)
        elif n == 1 != m:
            a = sum_(a, i, keepdim=True, dtype=a.dtype)
        elif m != n:
            raise RuntimeError(f"contracted dimensions need to match, but first has size {m} in dim {i} and second has "
                               f"size {n} in dim {j}")
    left, right = ([i % z.ndim for i in some] for z, some in zip((x, y), dims))
    free_a, free_b = ([i for i in range(z.ndim) if i not in some] for z, some in ((x, left), (y, right)))
    size = math.prod(a.array.shape[i] for i in left)
    shape_a, shape_b = [x.shape[i] for i in free_a], [y.shape[i] for i in free_b]
    a, b = permute(a, free_a + left), permute(b, right + free_b)
    if math.prod(shape_a + shape_b) == 1:
        if a.array.flags.c_contiguous and b.array.flags.c_contiguous:
            product = dot(flatten(a), flatten(b))
        else:
            product = d.sum_all(d.squeeze_all(a) * d.squeeze_all(b), x.dtype)
    else:
        product = mm(reshape(a, math.prod(shape_a), size), reshape(b, size, math.prod(shape_b)))
    return reshape(product, *shape_a, *shape_b)


def kron(input, other):
    """The Kronecker product: each element of `input` times the whole of `other`, as blocks."""
    a, b = input.array, other.array
    ndim = max(a.ndim, b.ndim)
    m, n = ((1,) * (ndim - x.ndim) + x.shape for x in (a, b))
    left = d.unsafe_view(input, [size for k in m for size in (k, 1)])
    right = d.unsafe_view(other, [size for k in n for size in (1, k)])
    return d.unsafe_view(d.mul(left, right), [j * k for j, k in zip(m, n)])


CROSS = """Using torch.cross without specifying the dim arg is deprecated.
Please either pass the dim explicitly or simply use torch.linalg.cross.
The default value of dim will change to agree with that of linalg.cross in a future release."""


def cross(input, other, dim=None):
    """The cross product of vectors of 3 elements along `dim`, by default the first dimension of that size."""
    a, b = input.array, other.array
    if a.ndim != b.ndim:
        raise RuntimeError(
            "linalg.cross: inputs must have the same number of dimensions." if dim is not None else
            f"inconsistent tensors dimensions input: {a.ndim} other: {b.ndim}")
    if dim is None:
        warnings.warn(CROSS, stacklevel=3)
        dim = next((i for i, n in enumerate(a.shape) if n == 3), None)
        refuse(dim is None and "no dimension of size 3 in input")
    refuse(not a.ndim and f"Dimension specified as {dim} but tensor has no dimensions", IndexError)
    at = check_dim(dim, a.ndim)
    refuse((a.shape[at] != 3 or b.shape[at] != 3) and f"linalg.cross: inputs dimension {dim} must have length 3. Got "
           f"{a.shape[at]} and {b.shape[at]}")
    refuse(a.dtype != b.dtype and f"expected scalar type {title(a)} but found {title(b)}")
    return d.cross(input, other, at)


# Statistics of several variables, which are rows


def cov(input, *, correction=1, fweights=None, aweights=None):
    """The covariances of the rows of a matrix, or the variance of a vector.

    Each column counts as often as `fweights` says, in whole numbers, and with the weight that `aweights` says.
    """
    refuse(input.array.ndim > 2 and "cov(): expected input to have two or fewer dimensions but got an input with "
           f"{input.array.ndim} dimensions")
    refuse(input.array.dtype == bool and "cov(): bool dtype is not supported for input")
    rows = input if input.array.ndim == 2 else reshape(input, 1, -1)
    columns = rows.array.shape[1]
    for name, given, kinds, said in (("fweights", fweights, "iu", "integral"),
                                     ("aweights", aweights, "f", "floating point")):
        if given is not None:
            _check_weights(name, given.array, kinds, said, columns)
    weights = fweights if aweights is None else aweights if fweights is None else d.mul(fweights, aweights)
    weighted = (lambda x: x) if weights is None else (lambda x: d.mul(x, weights))
    total = wrap(np.array(columns)) if weights is None else sum_(weights)
    refuse(weights is not None and total.array == 0 and "cov(): weights sum to zero, can't be normalized")
    mean = sum_(weighted(rows), 1) / total
    free = total
    if correction:
        free = total - (correction if aweights is None else correction * sum_(d.mul(weights, aweights)) / total)
    if free.array <= 0:
        warnings.warn(DEGREES, stacklevel=3)
        free = wrap(np.zeros_like(free.array))
    rows = d.sub(rows, d.unsqueeze(mean, 1))
    return d.squeeze_all(mm(rows, conj(d.t(weighted(rows)))) / free)


DEGREES = "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations."


def _check_weights(name, array, kinds, said, columns):
    refuse(array.ndim > 1 and f"cov(): expected {name} to have one or fewer dimensions but got {name} with "
           f"{array.ndim} dimensions")
    refuse(array.dtype.kind not in kinds and f"cov(): expected {name} to have {said} dtype but got {name} with "
           f"{title(array)} dtype")
    refuse(array.size != columns and f"cov(): expected {name} to have the same numel as there are observations in the "
           f"input but got {array.size} != {columns}")
    refuse((array < 0).any() and f"cov(): {name} cannot be negative")


def corrcoef(input):
    """The correlations of the rows of a matrix: their covariances, divided by both standard deviations."""
    refuse(input.array.ndim > 2 and "corrcoef(): expected input to have two or fewer dimensions but got an input with "
           f"{input.array.ndim} dimensions")
    covariances = cov(input)
    if covariances.array.ndim == 0:
        return covariances / covariances
    variances = covariances.diagonal()
    deviations = d.sqrt(variances.real if variances.is_complex() else variances)
    result = covariances / view(deviations, -1, 1) / view(deviations, 1, -1)
    return complex(result.real.clip(-1, 1), result.imag.clip(-1, 1)) if result.is_complex() else result.clip(-1, 1)
