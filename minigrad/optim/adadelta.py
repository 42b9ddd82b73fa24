"""Adadelta: as RMSprop, with the learning rate replaced by how large the steps themselves have been lately."""

import numpy as np

from ..random import fused
from .optimizer import Descent, check_settings, count, number, zeros


class Adadelta(Descent):
    """``step = grad * sqrt(mean(step ** 2) + eps) / sqrt(mean(grad ** 2) + eps); param -= lr * step``.

    `rho` is how much of the means is kept; ValueError if it is not in [0, 1]. See Zeiler, "ADADELTA", 2012.
    """

    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0, foreach=None, *, capturable=False,
                 maximize=False, differentiable=False):
        check_settings(lr, {})
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check_settings(lr, {"epsilon value": eps, "weight_decay value": weight_decay}, differentiable)
        super().__init__(params, dict(
            lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize, capturable=capturable,
            foreach=foreach, differentiable=differentiable))

    def rule(self, group):
        lr, rho, eps = number(group["lr"]), group["rho"], group["eps"]

        def update(array, grad, param):
            state = self.state[param]
            if not state:
                state["step"], state["square_avg"], state["acc_delta"] = count(), zeros(array), zeros(array)
            state["step"].array += 1
            square, steps = state["square_avg"].array, state["acc_delta"].array
            square *= rho
            square[...] = fused(grad * (1 - rho), grad, square)
            step = np.sqrt(steps + eps) / np.sqrt(square + eps) * grad
            steps *= rho
            steps[...] = fused(step * (1 - rho), step, steps)
            array[...] = fused(step, -lr, array)

        return update
