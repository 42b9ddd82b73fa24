"""The table, continued: elements by position. What reads some elements has a gradient that is zero at all others.

Reading and adding up are each other's gradient: `gather` and `scatter_add`, `index` and `index_backward`, `select` and
`select_backward`. By the time a row is called its arguments are in shape: an index is in range, `dim` counts from the
front (indexing.py, gathering.py and shapes.py see to that).
"""

import math

import numpy as np

from . import kernels as k
from .derivatives import scaled, where
from .kernels import no_bool
from .record import ROWS, operation, view
from .tensor import refuse, wrap

# Views

select = view("SelectBackward0", lambda self, dim, index: self[k.along(dim, index)],
              self=lambda grad, self_sym_sizes, dim, index: select_backward(grad, self_sym_sizes, dim, index))
slice_ = view("SliceBackward0", lambda self, dim, start, end, step: self[k.along(dim, slice(start, end, step))],
              self=lambda grad, self_sym_sizes, dim, start, end, step:
                  slice_backward(grad, self_sym_sizes, dim, start, end, step))
select_backward = operation("SelectBackwardBackward0", lambda self, sizes, dim, index:
                                k.zeros_but(sizes, k.along(dim, index), self),
                            self=lambda grad, dim, index: grad.select(dim, index))
slice_backward = operation("SliceBackwardBackward0", lambda self, sizes, dim, start, end, step:
                               k.zeros_but(sizes, k.along(dim, slice(start, end, step)), self),
                           self=lambda grad, dim, start, end, step: slice_(grad, dim, start, end, step))

# x[indices], where `indices` is what numpy takes; and x as if it were flat

index = operation("IndexBackward0", lambda self, indices: np.asarray(self[indices], order="C"), tensors=("indices",),
                  self=lambda grad, self_sym_sizes, indices: index_backward(grad, self_sym_sizes, indices))
index_backward = operation("IndexPutImplBackward0", k.sum_at, self=lambda grad, indices: index(grad, indices))
index_put = operation("IndexPutBackward0", k.put, tensors=("indices",),
                      self=lambda grad, indices, accumulate:
                          grad if accumulate else index_put(grad, indices, grad.new_zeros(()), False),
                      values=lambda grad, indices: index(grad, indices))
take = operation("TakeBackward0", lambda self, index: np.take(self, index), tensors=("index",),
                 self=lambda grad, self, index: put(grad.new_zeros(self.shape), index, grad, True))
put = operation("PutBackward0", lambda self, index, source, accumulate:
                    k.put(self.reshape(-1), index, source.reshape(index.shape), accumulate).reshape(self.shape),
                tensors=("index",),
                self=lambda grad, index, accumulate:
                    grad if accumulate else put(grad, index, grad.new_zeros(index.shape), False),
                source=lambda grad, index, source: take(grad, index).reshape(source.shape))

# Along one dimension, each element by a position of its own

gather = operation("GatherBackward0", lambda self, dim, index:
                       k.in_rows(k.at_1d(self)[k.places(index, dim)].reshape(index.shape)) if index.size else
                       np.empty(index.shape, self.dtype),
                   tensors=("index",),
                   self=lambda grad, self, dim, index: scatter_add(grad.new_zeros(self.shape), dim, index, grad))
scatter = operation("ScatterBackward0", k.scatter, tensors=("index",),
                    self=lambda grad, dim, index: scatter_number(grad, dim, index, 0),
                    src=lambda grad, dim, index: gather(grad, dim, index))
scatter_number = operation("ScatterBackward1", lambda self, dim, index, value: k.scatter(self, dim, index, value),
                           tensors=("index",),
                           self=lambda grad, dim, index: scatter_number(grad, dim, index, 0))
scatter_add = operation("ScatterAddBackward0", lambda self, dim, index, src: k.scatter(self, dim, index, src, np.add),
                        tensors=("index",),
                        self=lambda grad: grad, src=lambda grad, dim, index: gather(grad, dim, index))

scatter_reduce = operation("ScatterReduceBackward0", k.scatter_reduce, tensors=("index",),
                           self=lambda grad, self, dim, index, src, reduce, include_self, result:
                               _reduced_self(grad, self, dim, index, src, reduce, include_self, result),
                           src=lambda grad, self, dim, index, src, reduce, include_self, result:
                               _reduced_src(grad, self, dim, index, src, reduce, include_self, result,
                                            "scatter_reduce(): Double backward is unsupported for src when >1 zeros in "
                                            "src are scattered to the same position in self"))

undifferentiable = operation("Error", lambda self, why: self, self=lambda grad, why: refuse(why))
ROWS.pop("Error")  # it has no formula to be right or wrong

# Whole slices along one dimension

index_select = operation("IndexSelectBackward0", lambda self, dim, index: k.select_slices(self, dim, index),
                         tensors=("index",),
                         self=lambda grad, self_sym_sizes, dim, index:
                             index_add(grad.new_zeros(self_sym_sizes), dim, index, grad, 1))
index_add = operation("IndexAddBackward0", lambda self, dim, index, source, alpha:
                          k.put_slices(self, dim, index, source if alpha == 1 else source * source.dtype.type(alpha),
                                       True),
                      tensors=("index",),
                      self=lambda grad: grad,
                      source=lambda grad, dim, index, source, alpha:
                          scaled(index_select(grad, dim, index).expand(source.shape), alpha))
index_reduce = operation("IndexReduceBackward0", lambda self, dim, index, source, reduce, include_self:
                             k.scatter_reduce(self, dim, k.for_slices(index, dim, source.shape), source, reduce,
                                              include_self),
                         tensors=("index",),
                         self=lambda grad, self, dim, index, source, reduce, include_self, result:
                             _reduced_self(grad, self, dim, _for_slices(index, dim, source.shape), source, reduce,
                                           include_self, result),
                         source=lambda grad, self, dim, index, source, reduce, include_self, result:
                             _reduced_src(grad, self, dim, _for_slices(index, dim, source.shape), source, reduce,
                                          include_self, result,
                                          "index_reduce(): Double backward is unsupported for source when >1 zeros in "
                                          "source are scattered to the same position in self"))
index_copy = operation("IndexCopyBackward0", lambda self, dim, index, source: k.put_slices(self, dim, index, source),
                       tensors=("index",),
                       self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
                       source=lambda grad, dim, index, source: index_select(grad, dim, index).expand(source.shape))
index_fill = operation("IndexFillBackward0", lambda self, dim, index, value: k.put_slices(self, dim, index, value),
                       tensors=("index",),
                       self=lambda grad, dim, index: index_fill(grad, dim, index, 0))
index_fill_tensor = operation("IndexFillBackward1", lambda self, dim, index, value:
                                  k.put_slices(self, dim, index, value),
                              tensors=("index",),
                              self=lambda grad, dim, index: index_fill(grad, dim, index, 0),
                              value=lambda grad, dim, index:
                                  index_select(grad, dim, _each_once(index, grad, dim)).sum())

# Where a mask is true

masked_fill_tensor = operation("MaskedFillBackward1", lambda self, mask, value:
                                   k.in_rows(np.where(mask, k.converted(value, self.dtype), self)),
                               tensors=("mask",),
                               self=lambda grad, mask: grad.masked_fill(mask, 0),
                               value=lambda grad, mask: grad.where(mask, grad.new_zeros(())).sum())
masked_select = operation("MaskedSelectBackward0", lambda self, mask: np.broadcast_arrays(self, mask)[0][
                              np.broadcast_to(mask, np.broadcast_shapes(self.shape, mask.shape))],
                          tensors=("mask",),
                          self=lambda grad, self, mask: masked_scatter(
                              grad.new_zeros(np.broadcast_shapes(self.shape, mask.array.shape)), mask, grad))
masked_scatter = operation("MaskedScatterBackward0", k.masked_scatter, tensors=("mask",),
                           self=lambda grad, mask: grad.masked_fill(mask, 0),
                           source=lambda grad, mask, source_sym_sizes: _filled_up(
                               masked_select(grad, mask), source_sym_sizes))

# A part of `self` exchanged for `src`

select_scatter = operation("SelectScatterBackward0", lambda self, src, dim, index:
                               k.put(self, k.along(dim, index), src, False),
                           self=lambda grad, dim, index: select_scatter(grad, grad.new_zeros(()), dim, index),
                           src=lambda grad, dim, index: select(grad, dim, index))
slice_scatter = operation("SliceScatterBackward0", lambda self, src, dim, start, end, step:
                              k.put(self, k.along(dim, slice(start, end, step)), src, False),
                          self=lambda grad, dim, start, end, step:
                              slice_scatter(grad, grad.new_zeros(()), dim, start, end, step),
                          src=lambda grad, dim, start, end, step: slice_(grad, dim, start, end, step))
diagonal_scatter = operation("DiagonalScatterBackward0", k.put_diagonal,
                             self=lambda grad, offset, dim1, dim2:
                                 diagonal_scatter(grad, grad.new_zeros(()), offset, dim1, dim2),
                             src=lambda grad, offset, dim1, dim2: diagonal(grad, offset, dim1, dim2))

# The same elements elsewhere, or some of them

flip = operation("FlipBackward0", lambda self, dims: np.flip(self, dims).copy(),
                 self=lambda grad, dims: flip(grad, dims))
roll = operation("RollBackward0", lambda self, shifts, dims: k.in_rows(np.roll(self, shifts, dims or None)),
                 self=lambda grad, shifts, dims: roll(grad, tuple([-n for n in shifts]), dims))
rot90 = operation("Rot90Backward0", lambda self, k, dims: np.rot90(self, k, dims).copy("K"),
                  self=lambda grad, k, dims: rot90(grad, -k, dims))
repeat = operation("RepeatBackward0", lambda self, repeats: k.in_rows(np.tile(self, repeats)),
                   self=lambda grad, repeats, self_sym_sizes: _sum_of_copies(grad, repeats, self_sym_sizes))
tril = operation("TrilBackward0", lambda self, diagonal: np.tril(self, diagonal),
                 self=lambda grad, diagonal: tril(grad, diagonal))
triu = operation("TriuBackward0", lambda self, diagonal: np.triu(self, diagonal),
                 self=lambda grad, diagonal: triu(grad, diagonal))
trace = operation("TraceBackward0", no_bool("trace", lambda self: k.sum(np.diagonal(self), None, False, None)),
                  self=lambda grad, self_sym_sizes:
                      diagonal_backward(grad.expand(min(self_sym_sizes)), self_sym_sizes, 0, 0, 1))
diagonal = view("DiagonalBackward0", k.diagonal,
                self=lambda grad, self_sym_sizes, offset, dim1, dim2:
                    diagonal_backward(grad, self_sym_sizes, offset, dim1, dim2))
diagonal_copy = operation("DiagonalBackward0_copy", lambda self, offset, dim1, dim2:
                              k.diagonal(self, offset, dim1, dim2).copy(),
                          self=lambda grad, self_sym_sizes, offset, dim1, dim2:
                              diagonal_backward(grad, self_sym_sizes, offset, dim1, dim2))
diagonal_backward = operation("DiagonalBackwardBackward0", lambda self, sizes, offset, dim1, dim2:
                                  k.put_diagonal(np.zeros(sizes, self.dtype), self, offset, dim1, dim2),
                              self=lambda grad, offset, dim1, dim2: diagonal(grad, offset, dim1, dim2))
diag_embed = operation("DiagEmbedBackward0", lambda self, offset, dim1, dim2: k.put_diagonal(
                           k.zeros_around(self, offset, dim1, dim2), self, offset, dim1, dim2),
                       self=lambda grad, offset, dim1, dim2: diagonal(grad, offset, dim1, dim2))
unfold = view("UnfoldBackward0", k.unfold,
              self=lambda grad, self_sym_sizes, dimension, size, step:
                  unfold_backward(grad, self_sym_sizes, dimension, size, step))
unfold_backward = operation("UnfoldBackwardBackward0", k.fold,
                            self=lambda grad, dimension, size, step: unfold(grad, dimension, size, step))

# Around the edges

constant_pad = operation("ConstantPadNdBackward0", k.constant_pad,
                         self=lambda grad, pad: constant_pad(grad, [-n for n in pad], 0))


def _padding(kind, dims):
    """`ReflectionPad1d` and its like, which repeat elements of `self`: each gets the sum of what its copies get."""

    def places(self, padding):
        return k.pad_places(kind, self.shape, padding)

    return (
        operation(f"{kind}Pad{dims}DBackward0", no_bool(f"{kind.lower()}_pad{dims}d", lambda self, padding:
                      self[places(self, padding)].copy()),
                  self=lambda grad, self, padding: PADDINGS[kind, dims][1](grad, self, padding)),
        operation(f"{kind}Pad{dims}DBackwardBackward0", lambda grad_output, self, padding:
                      k.sum_at(grad_output, self.shape, places(self, padding)),
                  grad_output=lambda grad, padding: PADDINGS[kind, dims][0](grad, padding),
                  self=lambda grad, self: self.new_zeros(self.shape)))


PADDINGS = {(kind, dims): _padding(kind, dims) for kind in ("Reflection", "Replication") for dims in (1, 2, 3)}


def _filled_up(selected, sizes):
    """The gradient of a list of which only the first elements were used."""
    missing = math.prod(sizes) - selected.numel()
    return constant_pad(selected, [0, missing], 0).view(sizes)


def _sum_of_copies(grad, repeats, sizes):
    if 0 in repeats:
        return grad.new_zeros(sizes)
    sizes = (1,) * (len(repeats) - len(sizes)) + tuple(sizes)
    split = [n for pair in zip(repeats, sizes) for n in pair]
    return grad.reshape(split).sum(tuple(range(0, len(split), 2))) if split else grad


def _reduced_self(grad, self, dim, index, src, reduce, include_self, result):
    if reduce == "mean":
        grad = grad / _counts(self, dim, index, src, include_self)
    elif reduce == "prod":
        factor = self.masked_fill(self == 0, 1)
        grad = grad * scatter_reduce(factor, dim, index, src, reduce, include_self) / factor
    elif reduce != "sum":
        grad = (self == result) * (grad / _ties(self, dim, index, src, result))
    return grad if include_self else scatter_number(grad, dim, index, 0)


def _reduced_src(grad, self, dim, index, src, reduce, include_self, result, only_once):
    if reduce == "mean":
        return gather(grad, dim, index) / gather(_counts(self, dim, index, src, include_self), dim, index)
    if reduce == "prod":
        zero = src == 0
        zeros = gather(scatter_add(grad.new_zeros(self.shape), dim, index, zero.to(grad.dtype)), dim, index)
        single = zero & (zeros == 1)  # the product of all others; for the rest it is the product divided by this one
        others = scatter_reduce(self, dim, index, src.masked_fill(single, 1), reduce, include_self)
        grad = where(single, gather(grad * others, dim, index),
                     gather(grad * result, dim, index) / src.masked_fill(zero, 1))
        return undifferentiable(grad, only_once) if (zeros > 1).any() else grad
    if reduce != "sum":
        shared = gather(grad / _ties(self, dim, index, src, result), dim, index)
        return (src == gather(result, dim, index)) * shared
    return gather(grad, dim, index)


def _for_slices(index, dim, shape):
    return wrap(k.for_slices(index.array, dim, shape))


def _each_once(index, grad, dim):
    is_filled = np.zeros(k.at_1d(grad.array).shape[dim], bool)
    is_filled[index.array] = True
    return wrap(np.flatnonzero(is_filled))


def _counts(self, dim, index, src, include_self):
    """How many values each mean is of."""
    ones = self.new_ones(self.shape)
    ones = ones if include_self else scatter_number(ones, dim, index, 0)
    return scatter_add(ones, dim, index, src.new_ones(src.shape)).clamp(min=1)


def _ties(self, dim, index, src, result):
    """How many values share each extreme; PyTorch counts `self`, whether it was included or not."""
    own = (self == result).to(self.dtype)
    return scatter_add(own, dim, index, (src == gather(result, dim, index)).to(self.dtype))
