"""The table, continued: elements by position. What reads some elements has a gradient that is zero at all others.

Reading and adding up are each other's gradient: `gather` and `scatter_add`, `index` and `index_backward`, `select` and
`select_backward`. By the time a row is called its arguments are in shape: an index is in range, `dim` counts from the
front (indexing.py, gathering.py and shapes.py see to that).
"""

import math

import numpy as np

from . import kernels as k
from .record import operation, view

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

index = operation("IndexBackward0", lambda self, indices: self[indices], tensors=("indices",),
                  self=lambda grad, self_sym_sizes, indices: index_backward(grad, self_sym_sizes, indices))
index_backward = operation("IndexPutImplBackward0", k.sum_at,
                           self=lambda grad, indices: index(grad, indices))
index_put = operation("IndexPutBackward0", k.put, tensors=("indices",),
                      self=lambda grad, indices, accumulate:
                          grad if accumulate else index_put(grad, indices, grad.new_zeros(()), False),
                      values=lambda grad, indices: index(grad, indices))
take = operation("TakeBackward0", lambda self, index: np.take(self, index), tensors=("index",),
                 self=lambda grad, self, index: put(grad.new_zeros(self.shape), index, grad, True))
put = operation("PutBackward0", lambda self, index, source, accumulate:
                    k.put(self.reshape(-1), index, source.reshape(index.shape), accumulate).reshape(self.shape),
                tensors=("index",),
                self=lambda grad, index, source, accumulate:
                    grad if accumulate else put(grad, index, source.new_zeros(source.shape), False),
                source=lambda grad, index, source: take(grad, index).reshape(source.shape))

# Along one dimension, each element by a position of its own

gather = operation("GatherBackward0", lambda self, dim, index: k.at_1d(self)[k.places(index, dim)].reshape(index.shape),
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
                        self=lambda grad: grad,
                        src=lambda grad, dim, index: gather(grad, dim, index))

# Around the edges

constant_pad = operation("ConstantPadNdBackward0", k.constant_pad,
                         self=lambda grad, pad: constant_pad(grad, [-n for n in pad], 0))


def _padding(kind, dims):
    """`ReflectionPad1d` and its like, which repeat elements of `self`: each gets the sum of what its copies get."""
    forward = operation(f"{kind}Pad{dims}DBackward0", lambda self, padding: self[k.pad_places(kind, self.shape, padding)],
                        self=lambda grad, self, padding: backward(grad, self, padding))
    backward = operation(f"{kind}Pad{dims}DBackwardBackward0", lambda grad_output, self, padding:
                             k.sum_at(grad_output, self.shape, k.pad_places(kind, self.shape, padding)),
                         grad_output=lambda grad, padding: forward(grad, padding),
                         self=lambda grad, self: self.new_zeros(self.shape))
    return forward


PADDINGS = {(mode, dims): _padding(kind, dims)
            for mode, kind in {"reflect": "Reflection", "replicate": "Replication"}.items() for dims in (1, 2, 3)}
