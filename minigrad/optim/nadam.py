"""NAdam: Adam that looks one step ahead, as Nesterov's momentum does."""

import numpy as np

from ..graph import bump_version
from ..random import fused
from .optimizer import Descent, check_betas, check_settings, count, lerp, number, zeros


class NAdam(Descent):
    """Adam's step with part of the gradient, and more of the mean, taken at once; `momentum_decay` lets it grow.

    See Dozat, "Incorporating Nesterov Momentum into Adam", 2016.
    """

    def __init__(self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3,
                 decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False,
                 differentiable=False):
        check_settings(lr, {"epsilon value": eps})
        check_betas(betas)
        check_settings(lr, {"weight_decay value": weight_decay, "momentum_decay value": momentum_decay},
                       differentiable)
        super().__init__(params, dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay, maximize=maximize, foreach=foreach, capturable=capturable,
            differentiable=differentiable))

    def decay(self, group):
        return 0 if group["decoupled_weight_decay"] else number(group["weight_decay"])

    def rule(self, group):
        (beta1, beta2), lr, eps, growth = group["betas"], number(group["lr"]), group["eps"], group["momentum_decay"]
        shrink = number(group["weight_decay"]) if group["decoupled_weight_decay"] else 0

        def momentum(step):
            return beta1 * (1.0 - 0.5 * 0.96 ** (step * growth))

        def update(array, grad, param):
            state = self.state[param]
            if not state:
                state["step"], state["mu_product"] = count(), count()
                state["mu_product"].array += 1
                state["exp_avg"], state["exp_avg_sq"] = zeros(array), zeros(array)
            state["step"].array += 1
            mean, square, step = state["exp_avg"].array, state["exp_avg_sq"].array, state["step"].array.item()
            now, ahead = momentum(step), momentum(step + 1)
            state["mu_product"].array *= now
            product = state["mu_product"].array.item()
            if shrink:
                array *= 1 - lr * shrink
                bump_version(param)
            mean[...] = lerp(mean, grad, 1 - beta1)
            square *= beta2
            square[...] = fused(grad * (1 - beta2), grad, square)
            spread = np.sqrt(square / (1 - beta2**step)) + eps
            array -= grad * (lr * (1.0 - now) / (1.0 - product)) / spread
            array -= mean * (lr * ahead / (1.0 - product * ahead)) / spread
            bump_version(param)

        return update
