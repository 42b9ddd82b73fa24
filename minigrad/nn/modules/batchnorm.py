"""Layers that give each channel a mean of 0 and a variance of 1, over the batch or in each sample."""

import warnings

from ...dtypes import int64
from ...operators.creation import empty, ones, tensor, zeros
from .. import functional as F, init
from ..parameter import Parameter
from .module import Module


class _BatchNorm(Module):
    """The running mean and variance are buffers: saved with the model, learned from no gradient."""

    _version = 2
    dimensions: tuple[int, ...] = ()  # how many an input may have

    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True,
                 device=None, dtype=None, *, bias=True):  # fmt: skip
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats, self.use_bias = affine, track_running_stats, affine and bias
        for name, wanted in (("weight", affine), ("bias", self.use_bias)):
            values = Parameter(empty(num_features, device=device, dtype=dtype)) if wanted else None
            self.register_parameter(name, values)
        self.register_buffer("running_mean", zeros(num_features, dtype=dtype) if track_running_stats else None)
        self.register_buffer("running_var", ones(num_features, dtype=dtype) if track_running_stats else None)
        self.register_buffer("num_batches_tracked", tensor(0, dtype=int64) if track_running_stats else None)
        self.reset_parameters()

    def reset_running_stats(self):
        """Forget the batches seen so far."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self):
        """Forget the batches seen so far; weights of 1, biases of 0."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, *others):
        """What was saved before the batches were counted is loaded all the same."""
        count = prefix + "num_batches_tracked"
        if (local_metadata.get("version") or 1) < 2 and self.track_running_stats and count not in state_dict:
            state_dict[count] = self.num_batches_tracked
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *others)

    def _check_input_dim(self, input):
        if input.dim() not in self.dimensions:
            expected = " or ".join(f"{n}D" for n in self.dimensions)
            raise ValueError(f"expected {expected} input (got {input.dim()}D input)")

    def forward(self, input):
        self._check_input_dim(input)
        momentum = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                momentum = 1 / self.num_batches_tracked.item()
        training = self.training or self.running_mean is None
        keep = self.track_running_stats or not self.training
        mean, var = (self.running_mean, self.running_var) if keep else (None, None)
        return F.batch_norm(input, mean, var, self.weight, self.bias, training, momentum, self.eps)

    def extra_repr(self):
        names = {"eps": "eps", "momentum": "momentum", "affine": "affine", "bias": "use_bias",
                 "track_running_stats": "track_running_stats"}  # fmt: skip
        return ", ".join([str(self.num_features), *(f"{key}={getattr(self, names[key])}" for key in names)])


class BatchNorm1d(_BatchNorm):
    """`functional.batch_norm` of (N, C) or (N, C, L), with its weights and running statistics.

    >>> import minigrad as torch
    >>> layer = torch.nn.BatchNorm1d(2)
    >>> layer(torch.tensor([[1.0, 5.0], [3.0, 5.0]])), layer.running_mean
    (tensor([[-1.0000,  0.0000],
            [ 1.0000,  0.0000]], grad_fn=<NativeBatchNormBackward0>), tensor([0.2000, 0.5000]))
    """

    dimensions = (2, 3)


class BatchNorm2d(_BatchNorm):
    """The same for (N, C, H, W)."""

    dimensions = (4,)


class BatchNorm3d(_BatchNorm):
    """The same for (N, C, D, H, W)."""

    dimensions = (5,)


class _InstanceNorm(_BatchNorm):
    """Without learned weights and running statistics, unless they are asked for."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=False, track_running_stats=False, device=None,
                 dtype=None, *, bias=True):  # fmt: skip
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input):
        self._check_input_dim(input)
        dim = input.dim() - self.dimensions[0]
        if input.size(dim) != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={dim} to match num_features ({self.num_features}), "
                    f"but got: {input.size(dim)}."
                )
            warnings.warn(
                f"input's size at dim={dim} does not match num_features. You can silence this warning by not passing "
                "in num_features, which is not used because affine=False", UserWarning, stacklevel=2,
            )  # fmt: skip
        result = F.instance_norm(
            input if dim else input.unsqueeze(0), self.running_mean, self.running_var, self.weight, self.bias,
            self.training or not self.track_running_stats, self.momentum or 0.0, self.eps,
        )  # fmt: skip
        return result if dim else result.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """`functional.instance_norm` of (C, L) or (N, C, L)."""

    dimensions = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """The same for (C, H, W) or (N, C, H, W)."""

    dimensions = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """The same for (C, D, H, W) or (N, C, D, H, W)."""

    dimensions = (4, 5)
