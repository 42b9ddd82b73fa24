"""The losses as functions: what they accept, and how the elements of each become one number."""

import math
import warnings

import numpy as np

from ..dtypes import promote_types
from ..grad_mode import no_grad
from ..operators.arithmetic import where
from ..operators.conversions import to
from ..operators.creation import ones_like
from ..operators.reductions import check_not_empty, norm
from ..operators.scans import log_softmax
from ..operators.shapes import expand
from ..record import broadcast_error, need_tensors, title
from ..tensor import refuse, wrap
from . import derivatives as d
from .kernels import MEAN, NONE, SUM

OTHER_SIZE = (
    "Using a target size ({}) that is different to the input size ({}). This will likely lead to incorrect results "
    "due to broadcasting. Please ensure they have the same size."
)
KL_MEAN = (
    "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by "
    "the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as "
    "'batchmean' in the next major release."
)


def legacy_reduction(size_average, reduce, reduction):
    """The `reduction` that the two arguments from before there was one stand for; both None leave it as it is."""
    if size_average is None and reduce is None:
        return reduction
    size_average, reduce = size_average is None or size_average, reduce is None or reduce
    reduction = "none" if not reduce else "mean" if size_average else "sum"
    what = f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead."
    warnings.warn(what, UserWarning, stacklevel=4)
    return reduction


def reduction_number(reduction):
    """NONE, MEAN or SUM; ValueError for what is none of them."""
    if reduction == "elementwise_mean":
        what = "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead."
        warnings.warn(what, UserWarning, stacklevel=4)
        return MEAN
    try:
        return {"none": NONE, "mean": MEAN, "sum": SUM}[reduction]
    except KeyError:
        raise ValueError(f"{reduction} is not a valid value for reduction") from None


def _reduced(values, reduction):
    return values if reduction == NONE else values.mean() if reduction == MEAN else values.sum()


def _constant(value, like):
    """A number as the operand that PyTorch makes of it: a 0-d tensor."""
    return wrap(np.asarray(value, like.array.dtype))


# Numbers against numbers


def _alike(input, target):
    """Both, broadcast against each other; a warning if that was needed."""
    if target.size() != input.size():
        warnings.warn(OTHER_SIZE.format(target.size(), input.size()), UserWarning, stacklevel=3)
        shape = broadcast_shape(input, target)
        return tuple(x if x.array.shape == shape else expand(x, *shape) for x in (input, target))
    return input, target


def broadcast_shape(a, b):
    """The shape in which two tensors meet; RuntimeError if they do not."""
    try:
        return np.broadcast_shapes(a.array.shape, b.array.shape)
    except ValueError:
        raise broadcast_error(a.array.shape, b.array.shape) from None


def _check_fits(output, *shapes_of):
    """RuntimeError if what two tensors make together is no longer of the shape of `output`."""
    shape = broadcast_shape(*shapes_of)
    refuse(shape != output.array.shape and f"output with shape {list(output.array.shape)} doesn't match the broadcast "
           f"shape {list(shape)}")


def _times_weight(loss, weight, input, reduction):
    """A loss with a weight for each element, whose mean is divided by the sum of the weights."""
    if weight.size() != input.size():
        raise ValueError("Weights and input must have the same size.")
    loss = loss * weight
    return loss.sum() / weight.sum() if reduction == MEAN else _reduced(loss, reduction)


def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """``(input - target)**2``, and its mean, sum or neither.

    >>> import minigrad as torch
    >>> torch.nn.functional.mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(2.)
    """
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    x, y = _alike(input, target)
    if weight is not None:
        return _times_weight((x - y) ** 2, weight, input, reduction)
    return d.mse_loss(x, y, reduction, None)


def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """``|input - target|``, and its mean, sum or neither."""
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    x, y = _alike(input, target)
    loss = (x - y).abs()
    return _reduced(loss, reduction) if weight is None else _times_weight(loss, weight, input, reduction)


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    """Like `mse_loss` where input and target differ by less than `beta`, like `l1_loss` elsewhere."""
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    x, y = _alike(input, target)
    return _reduced((x - y).abs(), reduction) if beta == 0 else d.smooth_l1_loss(x, y, reduction, beta)


def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """`delta` times `smooth_l1_loss`."""
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    reduction = reduction_number(reduction)
    x, y = _alike(input, target)
    if weight is None:
        return d.huber_loss(x, y, reduction, delta)
    if weight.size() != input.size():
        raise ValueError("Weights and input must have the same size.")
    return _reduced(d.huber_loss(x, y, NONE, delta) * weight, reduction)


def poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None,
                     reduction="mean"):  # fmt: skip
    """Minus the log likelihood of the counts `target`, whose expected number (or its logarithm) is `input`."""
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    need_tensors("poisson_nll_loss", input=input, target=target)
    loss = input.exp() - target * input if log_input else input - target * d.add_number(input, eps).log()
    if full:
        stirling = target * target.log() - target + d.mul_number(d.mul_number(target, 2 * math.pi).log(), 0.5)
        loss = loss + stirling.masked_fill(target <= 1, 0)
    return _reduced(loss, reduction)


def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    """Minus the log likelihood of `target` under normal distributions with means `input` and variances `var`."""
    if isinstance(var, float):
        var = var * ones_like(input)
    if (var.detach() < 0).any():
        raise ValueError("var has negative entry/entries")
    if var.size() != input.size():
        if input.size()[:-1] == var.size():
            var = var.unsqueeze(-1)
        elif input.dim() != var.dim() or sum(
            m for n, m in zip(input.size(), var.size()) if n != m
        ) != 1:  # fmt: skip
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return _reduced(loss, reduction_number(reduction))


# Classes and probabilities


def _nll_loss(input, target, weight, reduction, ignore_index):
    """Of log probabilities (C), (N, C), or (N, C, ...) with the target's shape the same without the C."""
    x, t = input.array, target.array
    if x.ndim < 1:
        raise ValueError(f"Expected 1 or more dimensions (got {x.ndim})")
    if x.ndim > 1 and (t.ndim == 0 or x.shape[0] != t.shape[0]):
        given = t.shape[0] if t.ndim else 0
        raise ValueError(f"Expected input batch_size ({x.shape[0]}) to match target batch_size ({given}).")
    classes = x.shape[min(x.ndim, 2) - 1]
    spatial = x.ndim > 2
    if not spatial and t.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if x.ndim == 1 and t.ndim == 1 and t.size != 1:
        raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {t.size}")
    if spatial and x.ndim != 4 and t.shape[1:] != x.shape[2:]:
        raise RuntimeError(f"Expected target size {[x.shape[0], *x.shape[2:]]}, got {list(t.shape)}")
    if x.ndim == 4 and t.ndim != 3:
        raise RuntimeError(
            f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {t.ndim}"
        )
    if x.ndim == 4 and t.shape[1:] != x.shape[2:]:
        raise RuntimeError(f"size mismatch (got input: {list(x.shape)} , target: {list(t.shape)}")
    if t.dtype not in (np.int64, np.uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {title(t)}")
    if weight is not None and weight.array.shape != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of "
            f"shape: {list(weight.array.shape)}"
        )
    if weight is not None and weight.array.dtype != x.dtype:
        raise RuntimeError(f"expected scalar type {title(x)} but found {title(weight.array)}")
    if not spatial:
        return d.nll_loss(input, target, weight, reduction, ignore_index)[0]
    if x.ndim != 4:
        places = math.prod(t.shape[1:])
        input = input.contiguous().view(x.shape[0], classes, 1, places)
        target = target.contiguous().view(x.shape[0], 1, places)
    loss = d.nll_loss2d(input, target, weight, reduction, ignore_index)[0]
    return loss.view(t.shape) if reduction == NONE and x.ndim != 4 else loss


def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
    """Minus the log probability, taken from `input`, of each target class.

    input (N, C) or (C) or (N, C, ...), target int64 of the same shape without C; weight (C). A target equal to
    `ignore_index` does not count. IndexError for any other class that does not exist.
    """
    need_tensors("nll_loss_nd", input=input, target=target)
    return _nll_loss(
        input, target, weight, reduction_number(legacy_reduction(size_average, reduce, reduction)), ignore_index
    )


def cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean",
                  label_smoothing=0.0):  # fmt: skip
    """`nll_loss` of the `log_softmax` of `input`; `target` may also be probabilities of the shape of `input`.

    >>> import minigrad as torch
    >>> logits = torch.tensor([[2.0, 0.0], [0.0, 0.0]])
    >>> torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1]), reduction="none")
    tensor([0.1269, 0.6931])
    """
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    need_tensors("cross_entropy_loss", input=input, target=target)
    dim = 0 if input.dim() == 1 else 1
    if input.size() == target.size():
        refuse(ignore_index >= 0 and target.array.dtype.kind == "f"
               and "ignore_index is not supported for floating point target")
        return _cross_entropy_of_probabilities(input, target, weight, reduction, label_smoothing, dim)
    if label_smoothing <= 0:
        return _nll_loss(log_softmax(input, dim), target, weight, reduction, ignore_index)
    _check_smoothing(label_smoothing)
    log_p, classes = log_softmax(input, dim), input.size(dim)
    loss = _nll_loss(log_p, target, weight, reduction, ignore_index)
    weighted = log_p if weight is None else log_p * _along(weight, dim, log_p)
    ignored = target == ignore_index
    smooth = (-weighted.sum(dim)).masked_fill(ignored, 0)
    if reduction == SUM:
        smooth = smooth.sum()
    elif reduction == MEAN:
        count = (~ignored).sum() if weight is None else weight[target[~ignored]].sum()
        smooth = smooth.sum() / count
    return d.mul_number(loss, 1 - label_smoothing) + d.mul_number(smooth, label_smoothing / classes)


def _cross_entropy_of_probabilities(input, target, weight, reduction, label_smoothing, dim):
    if target.array.dtype.kind != "f":
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities, got {title(target.array)}"
        )
    classes = input.size(dim)
    if label_smoothing > 0:
        _check_smoothing(label_smoothing)
        target = d.add_number(d.mul_number(target, 1 - label_smoothing), label_smoothing / classes)
    loss = log_softmax(input, dim) * target
    if weight is not None:
        loss = loss * _along(weight, dim, input)
    if reduction == NONE:
        return -loss.sum(dim)
    return -loss.sum() if reduction == SUM else d.div_number(-loss.sum(), input.numel() / classes)


def _check_smoothing(label_smoothing):
    if label_smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")


def _along(weight, dim, input):
    return weight.view([-1 if n == dim else 1 for n in range(input.dim())])


def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    """``-(target * log(input) + (1 - target) * log(1 - input))``, with the logarithms not below -100.

    input: probabilities (RuntimeError if one is not from 0 to 1), target of the same shape (ValueError if not).
    """
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    if target.size() != input.size():
        raise ValueError(
            f"Using a target size ({target.size()}) that is different to the input size ({input.size()}) is "
            "deprecated. Please ensure they have the same size."
        )
    if weight is not None:
        try:
            weight = expand(weight, *target.array.shape)
        except RuntimeError:
            dim = next(n for n in range(1, weight.dim() + 1) if weight.size(-n) not in (1, target.size(-n)))
            raise RuntimeError(
                f"Attempting to broadcast a dimension of length {weight.size(-dim)} at -{dim}! Mismatching argument at "
                f"index 1 had {weight.size()}; but expected shape should be broadcastable to {list(target.size())}"
            ) from None
    return d.binary_cross_entropy(input, target, weight, reduction)


def binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction="mean",
                                     pos_weight=None):  # fmt: skip
    """`binary_cross_entropy` of ``sigmoid(input)``, which does not round to 0 or 1 here; `pos_weight` for targets 1."""
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    if target.size() != input.size():
        raise ValueError(f"Target size ({target.size()}) must be the same as input size ({input.size()})")
    if input.array.dtype.kind == "f" and target.array.dtype.kind != "f":
        kinds = title(input.array), title(target.array)
        raise RuntimeError("result type {} can't be cast to the desired output type {}".format(*kinds))
    if pos_weight is not None:
        _check_fits(input, pos_weight, target)
    if weight is not None:
        _check_fits(input, input, weight)
    return d.binary_cross_entropy_with_logits(input, target, weight, pos_weight, reduction)


def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    """``target * (log(target) - input)``: `input` is the logarithm of a distribution; so is `target` if `log_target`.

    reduction "batchmean" is the sum divided by the size of the batch.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if reduction == "mean":
        warnings.warn(KL_MEAN, UserWarning, stacklevel=2)
    need_tensors("kl_div", input=input, target=target)
    if input.array.dtype.kind != "f" or target.array.dtype.kind != "f":
        kind = "Complex" if input.is_complex() or target.is_complex() else "Integral"
        raise RuntimeError(f"kl_div: {kind} inputs not supported.")
    loss = target.exp() * (target - input) if log_target else target.xlogy(target) - target * input
    if reduction != "batchmean":
        return _reduced(loss, reduction_number(reduction))
    return loss.sum() / _constant(input.size(0), loss) if input.dim() else loss.sum()


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """``log(1 + exp(-target * input))``, for targets 1 and -1."""
    need_tensors("soft_margin_loss", input=input, target=target)
    if target.requires_grad:
        raise RuntimeError(
            "The function 'soft_margin_loss' is not differentiable with respect to argument 'target'. This input "
            "cannot have requires_grad True."
        )
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    if input.size() != target.size():
        _check_fits(input, input, target)
    if input.array.dtype.kind != "f":
        raise RuntimeError(f"result type Float can't be cast to the desired output type {title((-input).array)}")
    return d.soft_margin_loss(input, to(target, input.dtype), reduction)


def multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    """`binary_cross_entropy_with_logits`, as the mean over the last dimension."""
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    loss = -(target * d.log_sigmoid(input) + (1 - target) * d.log_sigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return _reduced(loss.sum(input.dim() - 1) / input.size(-1), reduction)


# Distances


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The p-norm of ``x1 - x2 + eps`` along the last dimension."""
    need_tensors("pairwise_distance", x1=x1, x2=x2)
    difference = d.add_number(x1 - x2, eps)
    dims = (difference.dim() - 1,) if difference.dim() else None
    check_not_empty(difference, p, dims)
    return d.distance(difference, p, dims, keepdim)


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """The cosine of the angle between x1 and x2 along `dim`; their norms are not taken to be below `eps`."""
    need_tensors("cosine_similarity", x1=x1, x2=x2)
    common = promote_types(x1.dtype, x2.dtype)
    if not common.is_floating_point:
        raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {common.title}")
    x1, x2 = to(x1, common), to(x2, common)
    if x1.size() != x2.size():
        shape = broadcast_shape(x1, x2)
        x1, x2 = expand(x1, *shape), expand(x2, *shape)
    lengths = [norm(x, 2, dim, True).clone() for x in (x1, x2)]
    with no_grad():
        for length in lengths:
            length.clamp_(min=eps)
    return (x1 / lengths[0] * (x2 / lengths[1])).sum(dim)


def margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    """``max(0, -target * (input1 - input2) + margin)``: target 1 wants input1 to be the larger."""
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    difference = input1 - input2
    return _reduced(d.add_number(-target * difference, float(margin)).clamp_min_(0), reduction)


def hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"):
    """`input` where the target is 1, ``max(0, margin - input)`` where it is -1."""
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    need_tensors("hinge_embedding_loss", input=input, target=target)
    zero = _constant(0, input)
    apart = where(target != 1, (_constant(margin, input) - input).clamp_min(0), zero)
    return _reduced(apart + where(target != -1, input, zero), reduction)


def cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    """One minus the cosine where the target is 1, ``max(0, cosine - margin)`` where it is -1."""
    need_tensors("cosine_embedding_loss", input1=input1, input2=input2, target=target)
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))
    if target.dim() > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    dim, zero = target.dim(), _constant(0, input1)
    if not input1.dim() == input2.dim() == dim + 1:
        raise RuntimeError(
            f"{dim}D target tensor expects {dim + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.size())} and {list(input2.size())}."
        )
    squares = [d.add_number((x * x).sum(dim), 1e-12) for x in (input1, input2)]
    cosine = (input1 * input2).sum(dim) / (squares[0] * squares[1]).sqrt()
    together = where(target == 1, _constant(1, cosine) - cosine, zero)
    return _reduced(together + where(target == -1, d.sub_number(cosine, margin).clamp_min(0), zero), reduction)


def triplet_margin_with_distance_loss(anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False,
                                      reduction="mean"):  # fmt: skip
    """`triplet_margin_loss` with any distance: a function of two tensors, `pairwise_distance` if None."""
    reduction = reduction_number(reduction)
    distance = distance_function or pairwise_distance
    near, far = _near_and_far(distance, anchor, positive, negative, margin, swap)
    return _reduced((margin + near - far).clamp_min(0), reduction)


def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, size_average=None,
                        reduce=None, reduction="mean"):  # fmt: skip
    """``max(0, margin + distance to positive - distance to negative)``."""
    need_tensors("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)
    reduction = reduction_number(legacy_reduction(size_average, reduce, reduction))

    def distance(x, y):
        return pairwise_distance(x, y, p, eps)

    near, far = _near_and_far(distance, anchor, positive, negative, margin, swap)
    return _reduced((d.add_number(near, margin) - far).clamp_min(0), reduction)


def _near_and_far(distance, anchor, positive, negative, margin, swap):
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    dims = [x.dim() for x in (anchor, positive, negative)]
    if len(set(dims)) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            "anchor {}D, positive {}D, and negative {}D inputs".format(*dims)
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return near, far
