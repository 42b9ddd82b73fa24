"""minigrad: PyTorch's autograd, small enough to read.

A program written for PyTorch's tensors runs with ``import minigrad as torch``. To read how it works, open graph.py,
tensor.py, record.py, derivatives.py and engine.py, in this order.
"""
# ruff: noqa: I001  (the files' own order)

import importlib

from .dtypes import (bool, can_cast, cdouble, cfloat, complex64, complex128, double, finfo, float, float16, float32,
                     float64, get_default_dtype, half, iinfo, int, int8, int16, int32, int64, long, promote_types,
                     set_default_dtype, short, uint8)
from .dtypes import dtype as dtype
from .grad_mode import (enable_grad, inference_mode, is_grad_enabled, is_inference_mode_enabled, no_grad,
                        set_grad_enabled)
from .tensor import (BEYOND, Size, Tensor, channels_last, channels_last_3d, contiguous_format, device, layout,
                     memory_format, preserve_format, strided)
from .operators.creation import (TENSOR_TYPES, arange, as_tensor, asarray, empty, empty_like, empty_strided, eye,
                                 from_dlpack, from_numpy, frombuffer, full, full_like, linspace, logspace, ones,
                                 ones_like, range, scalar_tensor, tensor, zeros, zeros_like)
from .operators.printing import set_printoptions
from .random import Generator, default_generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from .operators.sampling import normal, rand, rand_like, randint, randint_like, randn, randn_like, randperm
from math import e, inf, nan, pi
from .methods import FUNCTIONS
from . import machine
from .machine import version as __version__
from . import autograd
from .autograd.anomaly_mode import is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled
from . import torchs_place as torchs_place

newaxis = None
globals().update(FUNCTIONS | TENSOR_TYPES | machine.FUNCTIONS | machine.MODULES)


# Functions of torch.nn.functional that torch has too
LAYERS = set("""
    selu selu_ celu celu_ prelu rrelu rrelu_ threshold threshold_ hardshrink dropout alpha_dropout layer_norm
    rms_norm bilinear cosine_similarity pairwise_distance conv1d conv2d conv3d max_pool1d max_pool2d avg_pool1d
    adaptive_avg_pool1d group_norm
""".split())
# ... and those that it has with their arguments in another order, which minigrad does not
OTHER_FORMS = set("""
    batch_norm instance_norm embedding binary_cross_entropy_with_logits kl_div poisson_nll_loss
    hinge_embedding_loss cosine_embedding_loss margin_ranking_loss triplet_margin_loss
""".split())
LAZY = {"nn", "optim", "utils", "serialization", "testing", "distributions", "func", "special", "_C"}


def __getattr__(name):
    """`torch.nn` and its like are imported when first asked for: whoever only differentiates never needs them."""
    if name in LAZY:
        return importlib.import_module(f"{__name__}.{name}")
    if name in {"save", "load"}:
        return getattr(importlib.import_module(f"{__name__}.serialization"), name)
    if name in LAYERS:
        return getattr(importlib.import_module(f"{__name__}.nn.functional"), name)
    if name in OTHER_FORMS:
        raise AttributeError(f"minigrad has no torch.{name}: use torch.nn.functional.{name}.")
    if name in BEYOND or name[0] == "_":
        raise AttributeError(f"minigrad has no torch.{name}.")
    raise AttributeError(f"module 'torch' has no attribute {name!r}")


def __dir__():
    """The names that PyTorch has too: not the files that the engine is made of, nor the lists above."""
    ours = """arrays derivatives engine error_and_gamma factors graph importlib indexing inplace kernels machine methods
              operators positions record ties torchs_place views""".split()
    public = [name for name in globals() if name not in ours and not (name.isupper() and len(name) > 1)]
    return sorted({*public, *LAZY, *LAYERS, "save", "load"})
