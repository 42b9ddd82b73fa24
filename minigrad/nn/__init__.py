"""Layers, losses and what holds them together: modules, as in torch.nn.

Read modules/module.py first. A layer is a module around a function of functional.py or losses.py; what these compute,
and the gradients of it, are in kernels.py and derivatives.py. What needs more than that has files of its own:
convolution.py and pooling.py, both over windows.py, and attention.py.
"""

from . import functional, init, modules, utils
from .modules import *  # noqa: F403
from .parameter import Buffer, Parameter

__all__ = ["Buffer", "Parameter", "functional", "init", "utils", *modules.__all__]


BEYOND = set("""
    AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AvgPool3d
    CTCLoss ChannelShuffle CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d
    ConvTranspose1d ConvTranspose2d ConvTranspose3d CrossMapLRN2d EmbeddingBag FeatureAlphaDropout Fold
    FractionalMaxPool2d FractionalMaxPool3d GRU GRUCell
    LPPool1d LPPool2d LPPool3d LSTM LSTMCell LazyBatchNorm1d LazyConv1d LazyConv2d LazyLinear LocalResponseNorm
    MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d MultiheadAttention
    PixelShuffle PixelUnshuffle RNN RNNBase RNNCell ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d
    ReplicationPad2d ReplicationPad3d SyncBatchNorm Transformer TransformerDecoder TransformerDecoderLayer
    TransformerEncoder TransformerEncoderLayer Unfold UninitializedBuffer
    UninitializedParameter Upsample UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d parallel
    qat quantized Container
    LazyBatchNorm2d LazyBatchNorm3d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d
    LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LinearCrossEntropyLoss RNNCellBase attention intrinsic
    quantizable NLLLoss2d
""".split())  # what PyTorch has and minigrad has not


def __getattr__(name):
    if name in BEYOND:
        raise AttributeError(f"minigrad has no torch.nn.{name}.")
    raise AttributeError(f"module 'torch.nn' has no attribute {name!r}")
