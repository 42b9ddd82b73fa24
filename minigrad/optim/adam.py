"""Adam: steps of much the same size in all directions, by running means of the gradient and of its square."""

import numpy as np

from ..graph import bump_version
from ..random import fused
from ..tensor import Tensor
from .optimizer import Descent, check_betas, check_settings, count, lerp, number, zeros


class Adam(Descent):
    """``param -= lr * mean(grad) / (sqrt(mean(grad ** 2)) + eps)``, the means corrected for having started at 0.

    betas  how much of each mean is kept from step to step; both in [0, 1), or ValueError
    See Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015; amsgrad: Reddi, Kale and Kumar, 2018.
    """

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, *, foreach=None,
                 maximize=False, capturable=False, differentiable=False, fused=None, decoupled_weight_decay=False):
        for name, value in {"lr": lr, "betas[0]": betas[0], "betas[1]": betas[1]}.items():
            if isinstance(value, Tensor) and foreach and not capturable:
                raise ValueError(f"{name} as a Tensor is not supported for capturable=False and foreach=True")
        check_settings(lr, {"epsilon value": eps})
        check_betas(betas)
        check_settings(lr, {"weight_decay value": weight_decay}, differentiable, fused, foreach)
        if not all(isinstance(beta, float) for beta in betas) and not all(isinstance(beta, Tensor) for beta in betas):
            raise ValueError("betas must be either both floats or both Tensors")
        super().__init__(params, dict(
            lr=lr, betas=tuple(map(number, betas)), eps=eps, weight_decay=weight_decay, amsgrad=amsgrad,
            maximize=maximize, foreach=foreach, capturable=capturable, differentiable=differentiable, fused=fused,
            decoupled_weight_decay=decoupled_weight_decay))

    def decay(self, group):
        return 0 if group["decoupled_weight_decay"] else number(group["weight_decay"])

    def rule(self, group):
        (beta1, beta2), lr, eps, amsgrad = group["betas"], number(group["lr"]), group["eps"], group["amsgrad"]
        shrink = number(group["weight_decay"]) if group["decoupled_weight_decay"] else 0

        def update(array, grad, param):
            state = self.state[param]
            if not state:
                state["step"], state["exp_avg"], state["exp_avg_sq"] = count(), zeros(array), zeros(array)
                if amsgrad:
                    state["max_exp_avg_sq"] = zeros(array)
            mean, square = state["exp_avg"].array, state["exp_avg_sq"].array
            state["step"].array += 1
            step = state["step"].array.item()
            if shrink:
                array *= 1 - lr * shrink
                bump_version(param)
            mean[...] = lerp(mean, grad, 1 - beta1)
            square *= beta2
            square[...] = fused(grad * (1 - beta2), grad, square)
            if amsgrad:
                largest = state["max_exp_avg_sq"].array
                square = np.maximum(largest, square, out=largest)
            spread = np.sqrt(square)
            spread /= (1 - beta2**step) ** 0.5
            spread += eps
            array -= mean * (lr / (1 - beta1**step)) / spread

        return update
