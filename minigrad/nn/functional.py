"""The layers as functions: what they accept, and which operations they are made of."""

import math
import warnings
from operator import truediv

import numpy as np

from .. import derivatives as engine
from ..grad_mode import no_grad
from ..graph import bump_version
from ..inplace import in_place
from ..operators.creation import full_like, zeros_like
from ..operators.gathering import one_hot as one_hot
from ..operators.out import call_into
from ..operators.products import addmm, matmul
from ..operators.rearranging import pad as pad
from ..operators.reductions import norm
from ..operators.sampling import dropout_mask
from ..record import need_tensors, not_a_tensor, title
from ..tensor import Tensor, check_dim, refuse, wrap
from . import derivatives as d
from .attention import scaled_dot_product_attention as scaled_dot_product_attention
from .convolution import conv1d as conv1d, conv2d as conv2d, conv3d as conv3d
from .losses import (  # noqa: F401  (functions too)
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cosine_embedding_loss,
    cosine_similarity,
    cross_entropy,
    gaussian_nll_loss,
    hinge_embedding_loss,
    huber_loss,
    kl_div,
    l1_loss,
    margin_ranking_loss,
    mse_loss,
    multilabel_soft_margin_loss,
    nll_loss,
    pairwise_distance,
    poisson_nll_loss,
    smooth_l1_loss,
    soft_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from .margins import multi_margin_loss, multilabel_margin_loss  # noqa: F401
from .pooling import (  # noqa: F401
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)

# Activations


def _run(name, operation, inplace, input, *arguments):
    if not isinstance(input, Tensor):
        raise not_a_tensor(name + "_" * inplace, "input", 1, input)
    if inplace:
        operation = in_place(d.IN_PLACE.get(operation, operation))
    return operation(input, *arguments)


def relu(input, inplace=False):
    """`input` where it is positive, else 0."""
    return _run("relu", engine.relu, inplace, input)


def leaky_relu(input, negative_slope=0.01, inplace=False):
    """`input` where it is positive, else `negative_slope` times it."""
    return _run("leaky_relu", d.leaky_relu, inplace, input, negative_slope)


def elu(input, alpha=1.0, inplace=False):
    """`input` where it is positive, else ``alpha * (exp(input) - 1)``."""
    return _run("elu", d.elu, inplace, input, alpha, 1, 1)


def selu(input, inplace=False):
    """`elu` with the alpha and the scale that keep mean 0 and variance 1 (Klambauer and others, 2017)."""
    return _run("selu", d.elu, inplace, input, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946, 1)


def celu(input, alpha=1.0, inplace=False):
    """`input` where it is positive, else ``alpha * (exp(input / alpha) - 1)``."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return _run("celu", d.celu, inplace, input, alpha)


def gelu(input, *, approximate="none"):
    """`input` times the normal distribution function of it, or with approximate="tanh" nearly that.

    >>> import minigrad as torch
    >>> torch.nn.functional.gelu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return _run("gelu", d.gelu, False, input, approximate)


def silu(input, inplace=False):
    """``input * sigmoid(input)``."""
    return _run("silu", d.silu, inplace, input)


def mish(input, inplace=False):
    """``input * tanh(softplus(input))``."""
    return _run("mish", d.mish, inplace, input)


def softplus(input, beta=1.0, threshold=20.0):
    """``log(1 + exp(beta * input)) / beta``, or `input` itself where ``beta * input > threshold``."""
    return _run("softplus", d.softplus, False, input, beta, threshold)


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    """`input` cut off at both ends."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _run("hardtanh", d.hardtanh, inplace, input, min_val, max_val)


def relu6(input, inplace=False):
    """`input` cut off at 0 and 6."""
    return _run("relu6", d.hardtanh, inplace, input, 0.0, 6.0)


def hardsigmoid(input, inplace=False):
    """``relu6(input + 3) / 6``."""
    return _run("hardsigmoid", d.hardsigmoid, inplace, input)


def hardswish(input, inplace=False):
    """``input * hardsigmoid(input)``."""
    return _run("hardswish", d.hardswish, inplace, input)


def softsign(input):
    """``input / (1 + |input|)``."""
    return input / (input.abs() + 1)


def tanhshrink(input):
    """``input - tanh(input)``."""
    return input - input.tanh()


def softshrink(input, lambd=0.5):
    """`input` moved towards 0 by `lambd`, and 0 where it is nearer."""
    if isinstance(input, Tensor) and input.array.dtype.kind == "f" and lambd < 0:
        largest = f"{np.finfo(input.array.dtype).max:g}"
        raise RuntimeError(
            f"lambda must be in range [0, {largest}] for input dtype {title(input.array)}, but found {lambd:g}"
        )
    return _run("softshrink", d.softshrink, False, input, lambd)


def hardshrink(input, lambd=0.5):
    """`input` where it is further from 0 than `lambd`, else 0."""
    return _run("hardshrink", d.hardshrink, False, input, lambd)


def threshold(input, threshold, value, inplace=False):
    """`input` where it is above `threshold`, else `value`."""
    return _run("threshold", d.threshold, inplace, input, threshold, value)


def logsigmoid(input):
    """The logarithm of `sigmoid`, accurate where that rounds to 0."""
    need_tensors("log_sigmoid", input=input)
    return d.log_sigmoid(input)


def sigmoid(input):
    """``1 / (1 + exp(-input))``."""
    return input.sigmoid()


def tanh(input):
    """The hyperbolic tangent."""
    return input.tanh()


def prelu(input, weight):
    """`leaky_relu` with a learned slope: one for all, or one for each channel (dimension 1)."""
    need_tensors("prelu", input=input, weight=weight)
    if weight.dim() > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.dim()}")
    if input.array.dtype != weight.array.dtype:
        raise RuntimeError(
            f"prelu: Type promoting not supported. Got {title(input.array)} and {title(weight.array)}"
        )
    if weight.numel() != 1:
        if input.dim() == 0:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.size(1) if input.dim() > 1 else 1
        if channels != weight.numel():
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.numel()} and channel size = {channels}."
            )
    if input.dim() != weight.dim():
        weight = weight.view([-1 if n == min(1, input.dim() - 1) else 1 for n in range(input.dim())])
    return d.prelu(input, weight)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, inplace=False):
    """`leaky_relu` with a slope drawn for each element while training, else with the one in the middle."""
    for name, bound in {"lower": lower, "upper": upper}.items():
        refuse(not math.isfinite(bound) and f"rrelu: {name} bound must be finite, got {bound:g}")
    refuse(lower > upper and "Lower bound should be less than or equal to the upper bound")
    need_tensors("rrelu", input=input)
    noise = full_like(input, (lower + upper) / 2)
    negative = input.array <= 0
    if training:
        slopes = zeros_like(wrap(np.zeros(int(negative.sum())))).uniform_(lower, upper)
        noise.array[negative] = slopes.array
    noise.array[~negative] = 1
    return _run("rrelu", d.rrelu, inplace, input, noise)


def glu(input, dim=-1):
    """The first half along `dim` times the sigmoid of the second."""
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    dim = check_dim(dim, input.dim())
    if input.size(dim) % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {input.size(dim)}")
    return d.glu(input, dim)


def _in_place_form(function):
    def method(input, *arguments, **named):
        return function(input, *arguments, **named, inplace=True)

    method.__name__ = method.__qualname__ = function.__name__ + "_"
    method.__doc__ = f"`{function.__name__}`, written into `input`."
    return method


relu_, leaky_relu_, elu_, selu_, celu_, hardtanh_, threshold_, rrelu_ = map(
    _in_place_form, (relu, leaky_relu, elu, selu, celu, hardtanh, threshold, rrelu)
)


def _implicit_dim(name, input, stacklevel):
    what = f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument."
    warnings.warn(what, UserWarning, stacklevel=stacklevel)
    return 0 if input.dim() in (0, 1, 3) else 1


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    """``exp(input)`` divided by its sum along `dim`: positive numbers that add up to 1."""
    return input.softmax(_implicit_dim("softmax", input, _stacklevel) if dim is None else dim, dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """The logarithm of `softmax`, accurate where that rounds to 0."""
    return input.log_softmax(_implicit_dim("log_softmax", input, _stacklevel) if dim is None else dim, dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """`softmax` of ``-input``."""
    return (-input).softmax(_implicit_dim("softmin", input, _stacklevel) if dim is None else dim, dtype)


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    """A random draw from the classes, differentiable; with `hard` one-hot, with the gradient of the soft one."""
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", UserWarning, stacklevel=2)
    noise = -zeros_like(logits.contiguous()).exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    largest = soft.detach().max(dim, keepdim=True).indices
    return zeros_like(soft).scatter_(dim, largest, 1.0) - soft.detach() + soft


# Affine maps


def linear(input, weight, bias=None):
    """``input @ weight.T + bias``: input (..., m), weight (n, m), bias (n), result (..., n)."""
    for name, position, argument in (("input", 1, input), ("weight", 2, weight)):
        if not isinstance(argument, Tensor):
            raise not_a_tensor("linear", name, position, argument)
    ndim = input.array.ndim
    if bias is None:
        return matmul(input, weight.t())
    if ndim == 2:
        return addmm(bias, input, engine.t(weight))
    if ndim == 0:
        raise RuntimeError("both arguments to linear need to be at least 1D, but they are 0D and 2D")
    if ndim > 2 and bias.array.ndim != 1:
        return matmul(input, weight.t()) + bias
    *outer, features = input.array.shape
    rows = input.reshape(math.prod(outer), features)
    return addmm(bias, rows, engine.t(weight)).view(*outer, weight.array.shape[0])


def bilinear(input1, input2, weight, bias=None):
    """For each output a form in both inputs: ``sum_ij input1[i] * weight[n, i, j] * input2[j] + bias[n]``."""
    need_tensors("bilinear", input1=input1, input2=input2, weight=weight)
    if input1.dim() != input2.dim():
        raise RuntimeError(
            f"bilinear(): input dimensions do not match: got {input1.dim()} and {input2.dim()}"
        )
    for dim, (n, m) in enumerate(zip(input1.size()[:-1], input2.size()[:-1])):
        if n != m:
            raise RuntimeError(f"bilinear(): input batch dimensions do not match at dim {dim}: got {n} and {m}")
    for name, given, expected in (("input1", input1, weight.size(1)), ("input2", input2, weight.size(2))):
        if given.size(-1) != expected:
            raise RuntimeError(
                f"bilinear(): {name} size does not match weight size: got {given.size(-1)} but expected {expected}"
            )
    if bias is not None and bias.size(0) != weight.size(0):
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias.size(0)} but expected {weight.size(0)}"
        )
    first, second = input1.reshape(-1, input1.size(-1)), input2.reshape(-1, input2.size(-1))
    result = d.trilinear(first, weight, second, (1, 3), (0,), (1, 2), (2, 3))
    result = result.reshape(*input1.size()[:-1], weight.size(0))
    return result if bias is None else result + bias


# Lookup


def embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False):
    """The rows of `weight` (n, m) at `input`, integers of any shape; the row at `padding_idx` gets no gradient.

    IndexError for a number that is no row. max_norm: longer rows are shortened to it first, in place.
    """
    if sparse:
        raise NotImplementedError("minigrad has no sparse gradients: call embedding without sparse=True instead.")
    if padding_idx is not None:
        if not -weight.size(0) <= padding_idx < weight.size(0):
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= weight.size(0)
    need_tensors("embedding", weight=weight, indices=input)
    if weight.dim() != 2:
        raise RuntimeError("'weight' must be 2-D")
    if input.array.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{input.type()} instead (while checking arguments for embedding)"
        )
    if ((input.array < 0) | (input.array >= weight.size(0))).any():
        raise IndexError("index out of range in self")
    if max_norm is not None:
        _shorten(weight, np.unique(input.array), max_norm, norm_type)
    return d.embedding(weight, input, -1 if padding_idx is None else padding_idx, scale_grad_by_freq)


def _shorten(weight, rows, max_norm, norm_type):
    with no_grad():
        lengths = norm(weight.detach()[wrap(rows)], norm_type, 1).array
    long = lengths > max_norm
    weight.array[rows[long]] *= (max_norm / (lengths[long] + 1e-7)).astype(weight.array.dtype)[:, None]
    bump_version(weight)


# Dropout


def _dropped(input, p, training, inplace, shape=None):
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if p == 0 or not training or input.numel() == 0:
        return input
    if input.array.dtype.kind != "f" and p < 1:
        raise RuntimeError(f"result type Float can't be cast to the desired output type {title(input.array)}")
    refuse(shape is not None and len(shape) < 2 and p < 1
           and "Feature dropout requires at least 2 dimensions in the input")
    like = input.array if shape is None else np.empty(shape, input.array.dtype)
    return _run("dropout", engine.mul, inplace, input, wrap(dropout_mask(like, p)))


def dropout(input, p=0.5, training=True, inplace=False):
    """Each element 0 with probability p, else divided by 1 - p; the input itself if not `training`."""
    need_tensors("dropout", input=input)
    return _dropped(input, p, training, inplace)


def _of_channels(dims):
    def feature_dropout(input, p=0.5, training=True, inplace=False):
        with_batch = _check_channels(dims, input.dim())
        whole = input if with_batch else input.unsqueeze_(0) if inplace else input.unsqueeze(0)
        shape = [n if i < 2 else 1 for i, n in enumerate(whole.size())]
        result = _dropped(whole, p, training, inplace, shape)
        return result if with_batch else result.squeeze_(0) if inplace else result.squeeze(0)

    feature_dropout.__name__ = feature_dropout.__qualname__ = f"dropout{dims}d"
    feature_dropout.__doc__ = f"`dropout` of whole channels, each of {dims} dimensions."
    return feature_dropout


def _check_channels(dims, ndim):
    """Whether the first dimension is taken for a batch: by dropout2d always, even where that is not what is meant."""
    name = f"dropout{dims}d"
    exists = (f"Note that {name} exists to provide channel-wise dropout on inputs with {dims} spatial dimension"
              f"{'s' * (dims > 1)}, a channel dimension, and an optional batch dimension (i.e. {dims + 1}D or "
              f"{dims + 2}D inputs).")  # fmt: skip
    if ndim not in (dims + 1, dims + 2):
        if dims == 1:
            raise RuntimeError(f"{name}: Expected 2D or 3D input, but received a {ndim}D input. {exists}")
        warnings.warn(CHANNELS_DEPRECATED.format(name, ndim) + exists, UserWarning, stacklevel=3)
    if dims == 2 and ndim == 3:
        warnings.warn(DROPOUT2D_OF_3D, UserWarning, stacklevel=3)
    return dims == 2 or ndim == dims + 2


CHANNELS_DEPRECATED = (
    "{0}: Received a {1}-D input to {0}, which is deprecated and will result in an error in a future release. To "
    "retain the behavior and silence this warning, please use dropout instead. "
)
DROPOUT2D_OF_3D = (
    "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input "
    "is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future release to "
    "interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise "
    "dropout behavior, please switch to using dropout1d instead."
)
dropout1d, dropout2d, dropout3d = map(_of_channels, (1, 2, 3))


def alpha_dropout(input, p=0.5, training=False, inplace=False):
    """`dropout` for `selu`: what is dropped takes selu's lowest value, and mean and variance stay as they were."""
    need_tensors("alpha_dropout", input=input)
    if not 0 < p < 1 or not training or input.numel() == 0:
        return _dropped(input, p, training, inplace)
    depth = 1.7580993408473766  # selu is never below minus this
    scale = 1 / math.sqrt((depth**2 * p + 1) * (1 - p))
    kept = wrap((dropout_mask(input.array, p) != 0).astype(input.array.dtype))
    shift = (kept - 1) * (depth * scale) + depth * scale * p
    return _run("alpha_dropout", lambda x: x * (kept * scale) + shift, inplace, input)


# Normalization


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """`input` with mean 0 and variance 1 over its last dimensions, `normalized_shape`; then ``* weight + bias``."""
    need_tensors("layer_norm", input=input)
    if isinstance(normalized_shape, int):
        raise TypeError("layer_norm(): argument 'normalized_shape' (position 2) must be tuple of ints, not int")
    shape = _check_normalized(input, normalized_shape, "*, ", weight=weight, bias=bias)
    if any(p is not None and p.array.dtype != input.array.dtype for p in (weight, bias)):
        raise RuntimeError(f"mixed dtype (CPU): expect parameter to have scalar type of {title(input.array)}")
    return d.layer_norm(input, shape, weight, bias, eps)[0]


def _check_normalized(input, normalized_shape, any_more, **parameters):
    shape = tuple(normalized_shape)
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            "normalized_shape = []"
        )
    for name, parameter in parameters.items():
        if parameter is not None and parameter.array.shape != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(parameter.array.shape)} and normalized_shape = {list(shape)}"
            )
    if input.array.shape[-len(shape) :] != shape:
        sizes = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape=[{sizes}], expected input with shape [{any_more}{sizes}], but got input of "
            f"size{list(input.array.shape)}"
        )
    return shape


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """`input` divided by the root of its mean square over its last dimensions; then ``* weight``."""
    need_tensors("rms_norm", input=input)
    shape = _check_normalized(input, normalized_shape, "*", weight=weight)
    if input.array.dtype.kind not in "fc":
        raise NotImplementedError(f"\"rms_norm\" not implemented for '{title(input.array)}'")
    wide = input.float() if input.array.dtype == np.float16 else input
    eps = float(np.finfo(wide.array.dtype).eps) if eps is None else eps
    square = (wide**2).mean(tuple(range(-len(shape), 0)), True)
    result = wide * d.add_number(square, eps).rsqrt()
    return (result if weight is None else result * weight).type_as(input)


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    """Each group of channels of each sample with mean 0 and variance 1; then ``* weight + bias``, one a channel."""
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    channels, places = input.size(1), math.prod(input.size()[2:])
    if num_groups > 0 and input.size(0) * channels // num_groups * places == 1:
        size = [input.size(0) * channels // num_groups, num_groups, *input.size()[2:]]
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.array.shape)} and num_groups={num_groups}"
        )
    for name, parameter in {"weight": weight, "bias": bias}.items():
        if parameter is not None and list(parameter.size()) != [channels]:
            shape = list((parameter if weight is None else weight).size())
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of "
                f"shape {shape} and input of shape {list(input.size())}"
            )
        if parameter is not None and parameter.array.dtype != input.array.dtype:
            raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
    return d.group_norm(input, weight, bias, num_groups, eps)[0]


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    """Each channel (dimension 1) with mean 0 and variance 1; then ``* weight + bias``.

    training: over the batch, and `running_mean` and `running_var` move towards it by `momentum`. Else by these two.
    """
    need_tensors("batch_norm", input=input)
    if training and math.prod(input.size()[:1] + input.size()[2:]) == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.size()}")
    if training and eps <= 0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    if eps < 0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    if not input.numel():  # nothing to take a mean of: neither looked at nor counted
        result = input.clone() if weight is None else input.clone() * weight[0]
        return result if bias is None else result + bias[0]
    channels = input.size(1) if input.dim() > 1 else 0
    named = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    for name, tensor in named.items():
        if tensor is None and name.startswith("running") and not training:
            raise RuntimeError(f"{name} must be defined in evaluation mode")
        if tensor is not None and tensor.numel() != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {tensor.numel()}")
        if tensor is not None and tensor.array.dtype != input.array.dtype:
            raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
    return d.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)[0]


def instance_norm(input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True,
                  momentum=0.1, eps=1e-5):  # fmt: skip
    """`batch_norm` of each sample alone; `running_mean` and `running_var` move towards what they have on average."""
    n, channels = input.size(0), input.size(1)
    if use_input_stats and math.prod(input.size()[2:]) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.size()}")
    mean, var, weight, bias = [t if t is None else t.repeat(n) for t in (running_mean, running_var, weight, bias)]
    result = batch_norm(input.contiguous().view(1, n * channels, *input.size()[2:]), mean, var, weight, bias,
                        use_input_stats, momentum, eps)  # fmt: skip
    for kept, moved in ((running_mean, mean), (running_var, var)):
        if kept is not None:
            kept.copy_(moved.view(n, channels).mean(0))
    return result.view(input.size())


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    """`input` divided by its p-norm along `dim`, or by `eps` where that is larger."""
    size = norm(input, p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return call_into("div", truediv, (input, size), {"out": out})


BEYOND = set("""
    adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d affine_grid avg_pool3d
    channel_shuffle conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d ctc_loss embedding_bag
    feature_alpha_dropout fold fractional_max_pool2d fractional_max_pool3d grid_sample interpolate linear_cross_entropy
    local_response_norm lp_pool1d lp_pool2d lp_pool3d max_pool3d max_unpool1d max_unpool2d max_unpool3d
    multi_head_attention_forward pdist pixel_shuffle pixel_unshuffle unfold upsample upsample_bilinear upsample_nearest
""".split())  # what PyTorch has and minigrad has not


def __getattr__(name):
    if name in BEYOND:
        raise AttributeError(f"minigrad has no torch.nn.functional.{name}.")
    raise AttributeError(f"module 'torch.nn.functional' has no attribute {name!r}")
