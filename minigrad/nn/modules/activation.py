"""The activations as modules. A function's arguments become a layer's: `layer` makes one class for each."""

from typing import Any

from ...operators.creation import empty
from .. import functional as F, init
from ..parameter import Parameter
from .module import Module


class _Activation(Module):
    """A function of one tensor; `defaults` are its other arguments, in the order in which the layer takes them."""

    function: Any = None
    defaults: dict[str, Any] = {}

    def __init__(self, *args, **kwargs):
        super().__init__()
        name, most = type(self).__name__, len(self.defaults)
        if len(args) > most:
            takes = f"takes from 1 to {most + 1} positional arguments" if most else "takes 1 positional argument"
            raise TypeError(f"{name}.__init__() {takes} but {len(args) + 1} were given")
        given = dict(zip(self.defaults, args))
        for key, value in kwargs.items():
            if key not in self.defaults:
                raise TypeError(f"{name}.__init__() got an unexpected keyword argument '{key}'")
            if key in given:
                raise TypeError(f"{name}.__init__() got multiple values for argument '{key}'")
            given[key] = value
        missing = [key for key, value in self.defaults.items() if value is ... and key not in given]
        if missing:
            names = " and ".join(f"'{key}'" for key in missing)
            plural = "s" if len(missing) > 1 else ""
            raise TypeError(f"{name}.__init__() missing {len(missing)} required positional argument{plural}: {names}")
        for key, value in {**self.defaults, **given}.items():
            setattr(self, key, value)

    def forward(self, input):
        return type(self).function(input, **{key: getattr(self, key) for key in self.defaults})

    def extra_repr(self):
        shown = [f"{key}={getattr(self, key)!r}" for key in self.defaults if key != "inplace"]
        return ", ".join(shown + ["inplace=True"] * getattr(self, "inplace", False))


def layer(name, function, /, shown=None, **defaults) -> Any:
    """The class of a layer: `function` and the other arguments it takes, with ... for one without a default."""
    fields = {"function": staticmethod(function), "defaults": defaults, "__module__": __name__,
              "__doc__": f"`functional.{function.__name__}` as a module: {function.__doc__}"}  # fmt: skip
    if shown is not None:
        fields["extra_repr"] = shown
    return type(name, (_Activation,), fields)


def _nothing(self):
    return ""


ReLU = layer("ReLU", F.relu, inplace=False)
LeakyReLU = layer("LeakyReLU", F.leaky_relu, negative_slope=0.01, inplace=False)
ELU = layer("ELU", F.elu, alpha=1.0, inplace=False)
SELU = layer("SELU", F.selu, inplace=False)
CELU = layer("CELU", F.celu, alpha=1.0, inplace=False)
GELU = layer("GELU", F.gelu, approximate="none")
SiLU = layer("SiLU", F.silu, inplace=False)
Mish = layer("Mish", F.mish, inplace=False)
Softplus = layer("Softplus", F.softplus, beta=1.0, threshold=20.0)
Sigmoid = layer("Sigmoid", F.sigmoid)
Tanh = layer("Tanh", F.tanh)
Hardsigmoid = layer("Hardsigmoid", F.hardsigmoid, _nothing, inplace=False)
Hardswish = layer("Hardswish", F.hardswish, _nothing, inplace=False)
Softsign = layer("Softsign", F.softsign)
Tanhshrink = layer("Tanhshrink", F.tanhshrink)
Softshrink = layer("Softshrink", F.softshrink, lambda self: str(self.lambd), lambd=0.5)
Hardshrink = layer("Hardshrink", F.hardshrink, lambda self: str(self.lambd), lambd=0.5)
Threshold = layer("Threshold", F.threshold, threshold=..., value=..., inplace=False)
LogSigmoid = layer("LogSigmoid", F.logsigmoid)
GLU = layer("GLU", F.glu, dim=-1)
Softmax = layer("Softmax", F.softmax, dim=None)
LogSoftmax = layer("LogSoftmax", F.log_softmax, dim=None)
Softmin = layer("Softmin", F.softmin, dim=None)


class Hardtanh(_Activation):
    """`functional.hardtanh` as a module. AssertionError unless ``max_val > min_val``."""

    function = staticmethod(F.hardtanh)
    defaults = {"min_val": -1.0, "max_val": 1.0, "inplace": False}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.max_val <= self.min_val:
            raise AssertionError(f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})")


class ReLU6(Hardtanh):
    """`functional.relu6` as a module."""

    def __init__(self, inplace=False):
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self):
        return "inplace=True" if self.inplace else ""


class RReLU(Module):
    """`functional.rrelu` as a module."""

    def __init__(self, lower=1.0 / 8, upper=1.0 / 3, inplace=False):
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input):
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self):
        return f"lower={self.lower}, upper={self.upper}" + ", inplace=True" * self.inplace


class PReLU(Module):
    """`functional.prelu` with its slopes as a parameter of shape (num_parameters)."""

    def __init__(self, num_parameters=1, init=0.25, device=None, dtype=None):
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self):
        """Give the slopes their first value again."""
        init.constant_(self.weight, self.init)

    def forward(self, input):
        return F.prelu(input, self.weight)

    def extra_repr(self):
        return f"num_parameters={self.num_parameters}"


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W) or (C, H, W)."""

    def forward(self, input):
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)
