"""Results into tensors that are given: the `out=` of every function; and other memory for a tensor."""

import functools
import warnings

import numpy as np

from ..dtypes import category
from ..grad_mode import levels, mode
from ..graph import bump_version
from ..inplace import check_overlap, check_writable
from ..record import quiet, title
from ..storage import block
from ..tensor import Tensor, is_recording, refuse
from .reductions import return_type

RESIZED = ("An output with one or more elements was resized since it had shape {}, which does not match the required "
           "output shape {}. This behavior is deprecated, and in a future PyTorch release outputs will not be resized "
           "unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero "
           "elements with t.resize_(0).")

# What `out` has to have the dtype of the result for (others convert what they give), and what they say if it has not.
OF_ONE_DTYPE = {name: words for words, names in {
    "Expected out tensor to have dtype {0.c_name}, but got {1.c_name} instead":
        """gather take_along_dim scatter scatter_add scatter_reduce index_add index_copy index_reduce tril triu diag mm
           mv bmm matmul addmm addmv baddbmm softmax log_softmax argmax argmin max min aminmax sort msort topk isin""",
    "Found dtype {1.title} but expected {0.title}":
        "ceil clamp clamp_max clamp_min floor frac neg round sgn sign trunc",
    "Expected the dtype for input and out to match, but got {0.title} for input's dtype and {1.title} for out's dtype.":
        "amax amin",
    "Expected object of scalar type {0.title} but got scalar type {1.title} for argument 'out'": "complex polar",
    "multinomial expects {0.title} tensor out, got: {1.title}": "multinomial",
    "index_select(): self and result must have the same scalar type": "index_select",
    "masked_select(): self and result must have the same scalar type": "masked_select",
}.items() for name in names.split()}


def call_into(name, function, args, kwargs):
    """Call a function that was given `out`: a tensor, or for several results a tuple of them, to write the result into.

    RuntimeError if an input or `out` would have to be tracked; nothing is recorded.
    """
    kwargs = dict(kwargs)
    out = kwargs.pop("out")
    if out is None:
        return function(*args, **kwargs)
    targets = out if isinstance(out, (tuple, list)) else (out,)
    for target in targets:
        if not isinstance(target, Tensor):
            raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(target).__name__}")
    given = [x for arg in (*args, *kwargs.values()) for x in (arg if isinstance(arg, (tuple, list)) else (arg,))]
    given = [x for x in given if isinstance(x, Tensor)]
    for level in levels:
        refuse(any(level.tangent_of(x) is not None for x in (*given, *targets)) and "Trying to use forward AD with "
               f"{name}_out that does not support it because it is an out= function", NotImplementedError)
    result = function(*args, **kwargs)
    values = result if isinstance(result, tuple) else (result,)
    refuse(is_recording(*targets, *values) and f"{name}(): functions with out=... arguments don't support automatic "
           "differentiation, but one of the arguments requires grad.")
    for target, value in zip(targets, values):
        refuse(target.dtype is not value.dtype and name in OF_ONE_DTYPE and OF_ONE_DTYPE[name].format(
               value.dtype, target.dtype))
        check_overlap(target, *given)
        fit(target, value)
        quiet.run(np.copyto, target.array, value.array, "unsafe")
        bump_version(target)
    return _named_out(type(result).__name__, result._fields)(*targets) if hasattr(result, "_make") else out


@functools.cache
def _named_out(name, fields):
    return return_type(f"{name}_out", fields)


def fit(target, value):
    """Give `target` the shape of `value`; RuntimeError for floats where `target` has integers."""
    if category(value.array.dtype) > category(target.array.dtype):
        wanted = title(target.array)
        raise RuntimeError(f"result type {title(value.array)} can't be cast to the desired output type {wanted}")
    if target.array.shape != value.array.shape:
        if target.array.size:
            warnings.warn(RESIZED.format(list(target.array.shape), list(value.array.shape)), UserWarning, stacklevel=4)
        target.array = resized(target.array, value.array.shape)


def resized(array, shape):
    """An array of another shape on the same memory, or on a larger copy of it if it is too small."""
    memory, start, _ = block(array)
    wanted = np.dtype(array.dtype).itemsize * int(np.prod(shape))
    if start + wanted > memory.size:
        memory, start = np.concatenate([memory[start:], np.zeros(start + wanted - memory.size, np.uint8)]), 0
    return np.ndarray(shape, array.dtype, memory, start)


def resize_(self, *size, memory_format=None):
    """Give the tensor another shape, keeping the elements in their order; new ones, if it grows, can be anything."""
    refuse(self.requires_grad and not mode.inference and "cannot resize variables that require grad")
    shape = tuple(size[0] if len(size) == 1 and not isinstance(size[0], int) else size)
    if shape != self.array.shape:
        self.array = resized(self.array, shape)
        bump_version(self)
    return self


def resize_as_(self, the_template, memory_format=None):
    """`resize_` to the shape of another tensor."""
    return resize_(self, the_template.array.shape)


def set_(self, source=None):
    """Show the memory of `source` from now on, or nothing at all."""
    check_writable("set_", self)
    if source is not None and source.array.dtype != self.array.dtype:
        mine, other = self.dtype.c_name, source.dtype.c_name
        raise RuntimeError(f"Could not set tensor of type {other} to a tensor of type {mine}")
    given = (self,) if source is None else (self, source)
    refuse(is_recording(*given) and "minigrad has no derivative of set_: call it under torch.no_grad().")
    self.array = np.empty(0, self.array.dtype) if source is None else source.array
    self._accumulator = None  # the gradients of graphs so far are those of what it was
    bump_version(self)
    return self


def swap_tensors(t1, t2):
    """Exchange all that two tensors are: values, flags, gradients, histories, attributes and classes."""
    if type(t1) is not type(t2):
        t1.__class__, t2.__class__ = t2.__class__, t1.__class__
    for name in (*(name for name in Tensor.__slots__ if name != "__weakref__" and name != "__dict__"), "__dict__"):
        mine, other = getattr(t1, name), getattr(t2, name)
        setattr(t1, name, other)
        setattr(t2, name, mine)
