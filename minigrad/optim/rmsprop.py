"""RMSprop: each direction's step is divided by how large its gradients have been lately."""

import numpy as np

from ..random import fused
from .optimizer import Descent, check_settings, count, lerp, number, zeros


class RMSprop(Descent):
    """``param -= lr * grad / (sqrt(mean(grad ** 2)) + eps)``, the mean a running one that keeps `alpha` of itself.

    `centered` takes the variance in place of the mean square. See Tieleman and Hinton, lecture 6.5, 2012.
    """

    def __init__(self, params, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False,
                 capturable=False, foreach=None, maximize=False, differentiable=False):
        check_settings(lr, {"epsilon value": eps, "momentum value": momentum, "weight_decay value": weight_decay,
                            "alpha value": alpha}, differentiable)
        super().__init__(params, dict(
            lr=lr, momentum=momentum, alpha=alpha, eps=eps, centered=centered, weight_decay=weight_decay,
            capturable=capturable, foreach=foreach, maximize=maximize, differentiable=differentiable))

    def rule(self, group):
        lr, alpha, eps = number(group["lr"]), group["alpha"], group["eps"]
        momentum, centered = group["momentum"], group["centered"]

        def update(array, grad, param):
            state = self.state[param]
            if not state:
                state["step"], state["square_avg"] = count(), zeros(array)
                if momentum > 0:
                    state["momentum_buffer"] = zeros(array)
                if centered:
                    state["grad_avg"] = zeros(array)
            state["step"].array += 1
            square = spread = state["square_avg"].array
            square *= alpha
            square[...] = fused(grad * (1 - alpha), grad, square)
            if centered:
                mean = state["grad_avg"].array
                mean[...] = lerp(mean, grad, 1 - alpha)
                spread = fused(-mean, mean, square)
            spread = np.sqrt(spread) + eps
            if momentum > 0:
                buffer = state["momentum_buffer"].array
                buffer *= momentum
                buffer += grad / spread
                array[...] = fused(buffer, -lr, array)
            else:
                array -= grad * lr / spread

        return update
