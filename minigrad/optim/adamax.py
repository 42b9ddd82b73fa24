"""Adamax: Adam with the largest gradient of late in place of the mean square."""

import numpy as np

from .optimizer import Descent, check_betas, check_settings, count, lerp, number, zeros


class Adamax(Descent):
    """``largest = max(beta2 * largest, abs(grad) + eps); param -= lr * mean(grad) / largest``, the mean as in Adam."""

    def __init__(self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, foreach=None, *, maximize=False,
                 differentiable=False, capturable=False):
        check_settings(lr, {"epsilon value": eps})
        check_betas(betas)
        check_settings(lr, {"weight_decay value": weight_decay}, differentiable)
        super().__init__(params, dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, foreach=foreach, maximize=maximize,
            differentiable=differentiable, capturable=capturable))

    def rule(self, group):
        (beta1, beta2), lr, eps = group["betas"], number(group["lr"]), group["eps"]

        def update(array, grad, param):
            state = self.state[param]
            if not state:
                state["step"], state["exp_avg"], state["exp_inf"] = count(), zeros(array), zeros(array)
            state["step"].array += 1
            mean, largest = state["exp_avg"].array, state["exp_inf"].array
            mean[...] = lerp(mean, grad, 1 - beta1)
            largest *= beta2
            np.maximum(largest, np.abs(grad) + eps, out=largest)
            array -= mean * (lr / (1 - beta1 ** state["step"].array.item())) / largest

        return update
