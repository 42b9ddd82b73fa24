"""Losses that want a target's score to be above those of all other classes by a margin.

In the kernels, scores are (N, C). PyTorch has no second derivatives of these losses.
"""

import numpy as np

from ..operators.arithmetic import without_derivative
from ..record import need_tensors, operation, title
from ..tensor import Tensor, refuse, wrap
from .kernels import reduced, shared
from .losses import legacy_reduction, reduction_number

# On numpy arrays


def _shortfalls(self, target, margin):
    """What each class has over the target's, plus the margin, where that is positive; 0 for the target (N, 1)."""
    over = margin - np.take_along_axis(self, target, 1) + self
    np.put_along_axis(over, target, 0, 1)
    return np.maximum(over, 0)


def _in_rows(self, target):
    return self.reshape(target.size, self.shape[-1] if self.ndim else 1), target.reshape(-1, 1)


def _multi_margin(self, target, p, margin, weight, reduction):
    rows, column = _in_rows(self, target)
    each = _shortfalls(rows, column, margin) ** p
    loss = (each if weight is None else each * weight[column]).sum(1) / self.dtype.type(rows.shape[1])
    return reduced(loss.reshape(target.shape if self.ndim > 1 or target.ndim else ()), reduction)


def _multi_margin_slope(grad_output, self, target, p, margin, weight, reduction):
    rows, column = _in_rows(self, target)
    short = _shortfalls(rows, column, margin)
    slope = ((short > 0) if p == 1 else 2 * short) / self.dtype.type(rows.shape[1])
    slope = slope if weight is None else slope * weight[column]
    np.put_along_axis(slope, column, -slope.sum(1, keepdims=True), 1)
    return (slope * shared(grad_output, reduction, len(rows)).reshape(-1, 1)).reshape(self.shape)


def _labels(self, target):
    """Scores and labels as (N, C), which labels count (those before the first -1), and a 1 where a class is one."""
    self, target = np.atleast_2d(self), np.atleast_2d(target)
    counts = np.logical_and.accumulate(target >= 0, 1)
    is_target = np.zeros_like(self)
    is_target[np.nonzero(counts)[0], target[counts]] = 1
    return self, np.where(counts, target, 0), counts, is_target


def _label_shortfalls(self, target, counts, is_target):
    """What class j has over class target[n, t], plus 1, where that is positive: (N, t, j); 0 if j is a target too."""
    over = 1 - np.take_along_axis(self, target, 1)[:, :, None] + self[:, None, :]
    return np.maximum(over, 0) * (counts[:, :, None] & (is_target == 0)[:, None, :])


def _multilabel_margin(self, target, reduction):
    """The loss, and a 1 for each class that is a target."""
    rows, labels, counts, is_target = _labels(self, target)
    loss = _label_shortfalls(rows, labels, counts, is_target).sum((1, 2)) / self.dtype.type(rows.shape[1])
    return reduced(loss.reshape(self.shape[:-1]), reduction), is_target.reshape(self.shape)


def _multilabel_margin_slope(grad_output, self, target, reduction):
    rows, labels, counts, is_target = _labels(self, target)
    slope = (_label_shortfalls(rows, labels, counts, is_target) > 0) / self.dtype.type(rows.shape[1])
    result = slope.sum(1)
    np.subtract.at(result, (np.arange(len(rows))[:, None], labels), slope.sum(2))
    return (result * shared(grad_output, reduction, len(rows)).reshape(-1, 1)).reshape(self.shape)


# The table


def _once(name, slope, grad, self, *others):
    """The gradient, which has none itself."""
    arrays = [x.array if isinstance(x, Tensor) else x for x in (grad, self, *others)]
    return without_derivative(f"{name}_backward", wrap(slope(*arrays)), grad, self)


_multi_margin_loss = operation(
    "MultiMarginLossBackward0", _multi_margin, tensors=("target", "weight"),
    self=lambda grad, self, target, p, margin, weight, reduction:
        _once("multi_margin_loss", _multi_margin_slope, grad, self, target, p, margin, weight, reduction))
_multilabel_margin_loss = operation(
    "MultilabelMarginLossBackward0", _multilabel_margin, extra=("is_target",), tensors=("target",),
    self=lambda grad, self, target, reduction, is_target:
        _once("multilabel_margin_loss", _multilabel_margin_slope, grad, self, target, reduction))

# As functions

TARGETS = (
    "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). "
    "Expected target size [{}], but got {}. Input has shape {}."
)


def _check_classes(name, input, target):
    """The number of samples and of classes."""
    need_tensors(name, input=input, target=target)
    shape = input.array.shape
    expected = "Expected non-empty vector or matrix with optional 0-dim batch size"
    refuse((len(shape) > 2 or 0 in shape[-1:]) and f"{expected}, but got: {list(shape)}")
    return shape[0] if len(shape) == 2 else 1, shape[-1] if shape else 1


def _check_dtypes(kernel, input, target, weight):
    kind = title(input.array)
    refuse(kind not in ("Float", "Double") and f"\"{kernel}\" not implemented for '{kind}'", NotImplementedError)
    refuse(target.array.dtype != np.int64 and f"expected scalar type Long but found {title(target.array)}")
    refuse(weight is not None and weight.array.dtype != input.array.dtype
           and f"expected scalar type {kind} but found {title(weight.array)}")  # fmt: skip


def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"):
    """``sum_j max(0, margin - input[target] + input[j])**p / C`` over all classes j but the target.

    input (N, C) or (C), target int64 (N) or (), weight (C), by the target's class. ValueError unless p is 1 or 2.

    >>> import minigrad as torch
    >>> torch.nn.functional.multi_margin_loss(torch.tensor([[0.5, 2.0]]), torch.tensor([0]))
    tensor(1.2500)
    """
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    refuse(p not in (1, 2) and "only p == 1 and p == 2 supported", ValueError)
    refuse(weight is not None and weight.dim() != 1 and "weight must be one-dimensional", ValueError)
    samples, classes = _check_classes("multi_margin_loss", input, target)
    refuse(weight is not None and weight.numel() != classes
           and f"inconsistent weight size, expected {classes} but got {list(weight.size())}")  # fmt: skip
    refuse((target.dim() > 1 or target.numel() != samples)
           and TARGETS.format(samples, list(target.size()), list(input.size())))  # fmt: skip
    _check_dtypes("multi_margin_loss_cpu_kernel", input, target, weight)
    refuse(((target.array < 0) | (target.array >= classes)).any() and "target out of range")
    return _multi_margin_loss(input, target, p, margin, weight, reduction)


def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """``sum_tj max(0, 1 - input[t] + input[j]) / C`` over all targets t and all classes j that are none.

    input (N, C) or (C), target int64 of the same shape: the targets, then -1 if they are fewer than C.
    """
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    _, classes = _check_classes("multilabel_margin_loss", input, target)
    refuse(target.size() != input.size()
           and f"inconsistent target size: {list(target.size())} for input of size: {list(input.size())}")  # fmt: skip
    _check_dtypes("multilabel_margin_loss_forward_out_frame", input, target, None)
    refuse(((target.array < -1) | (target.array >= classes)).any() and "argument #2 'target' is out of range")
    return _multilabel_margin_loss(input, target, reduction)[0]
