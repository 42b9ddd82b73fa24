"""L-BFGS: Newton's method with the curvature guessed from how the gradient changed over the last steps."""

from ..derivatives import view_as_real
from ..grad_mode import enable_grad, no_grad
from ..operators.creation import zeros_like
from ..operators.joining import cat
from .line_search import Point, strong_wolfe
from .optimizer import Optimizer, check_settings, number


class LBFGS(Optimizer):
    """Up to `max_iter` moves of all parameters in one ``step(closure)``, each a try at the minimum of a parabola.

    The closure computes the loss and its gradients anew; it is called up to `max_eval` times. There is one group of
    parameters only (ValueError). See Nocedal and Wright, "Numerical Optimization", 2006, algorithm 7.4.
    """

    def __init__(self, params, lr=1, max_iter=20, max_eval=None, tolerance_grad=1e-7, tolerance_change=1e-9,
                 history_size=100, line_search_fn=None):
        check_settings(lr, {})
        super().__init__(params, dict(
            lr=lr, max_iter=max_iter, max_eval=max_iter * 5 // 4 if max_eval is None else max_eval,
            tolerance_grad=tolerance_grad, tolerance_change=tolerance_change, history_size=history_size,
            line_search_fn=line_search_fn))
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    @no_grad()
    def step(self, closure):
        """Move the parameters; returns the loss from before."""
        closure, (group,) = enable_grad()(closure), self.param_groups
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = closure()
        loss, grad, evals = float(first_loss), self._flat_grad(), 1
        state["func_evals"] += 1
        if grad.abs().max() <= group["tolerance_grad"]:
            return first_loss
        for i in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            direction = self._direction(state, grad, group["history_size"])
            size, loss_before = number(group["lr"]), loss
            if state["n_iter"] == 1:  # nothing is known of the curvature yet: a step no longer than lr
                size = min(1.0, 1.0 / grad.abs().sum()) * group["lr"]
            state |= {"d": direction, "t": size, "prev_flat_grad": grad, "prev_loss": loss}
            slope = grad.dot(direction)
            if slope > -group["tolerance_change"]:  # it does not lead down
                break
            if group["line_search_fn"] is not None:
                start = Point(0, loss, grad, slope)
                (size, loss, grad, _), tries = self._search(closure, start, direction, size, group["max_eval"] - evals)
                state["t"] = size
                self._move(direction, size)
            else:
                self._move(direction, size)
                if i == group["max_iter"]:  # where this leads is for the next step to see
                    break
                loss, grad, tries = float(closure()), self._flat_grad(), 1
            evals += tries
            state["func_evals"] += tries
            if (
                evals >= group["max_eval"]
                or grad.abs().max() <= group["tolerance_grad"]
                or (direction * size).abs().max() <= group["tolerance_change"]
                or abs(loss - loss_before) < group["tolerance_change"]
            ):
                break
        return first_loss

    def _search(self, closure, start, direction, size, max_tries):
        if self.param_groups[0]["line_search_fn"] != "strong_wolfe":
            raise RuntimeError("only 'strong_wolfe' is supported")
        places = [param.clone() for param in self._params]

        def evaluate(size):
            self._move(direction, size)
            loss, grad = float(closure()), self._flat_grad()
            for param, place in zip(self._params, places):
                param.copy_(place)
            return Point(size, loss, grad, grad.dot(direction))

        return strong_wolfe(evaluate, start, size, direction.abs().max(), max_tries)

    def _direction(self, state, grad, history_size):
        """The gradient divided by the curvature: two loops through the history, from its end and back."""
        if state["n_iter"] == 1:
            state |= {"old_dirs": [], "old_stps": [], "ro": [], "H_diag": 1}
            return -grad
        change, step = grad - state["prev_flat_grad"], state["d"] * state["t"]
        curved = change.dot(step)
        if curved > 1e-10:
            for name, value in (("old_dirs", change), ("old_stps", step), ("ro", 1.0 / curved)):
                state[name] = [*state[name], value][-history_size:]
            state["H_diag"] = curved / change.dot(change)
        history, alphas = list(zip(state["old_dirs"], state["old_stps"], state["ro"])), []
        direction = -grad
        for change, step, ro in reversed(history):
            alphas.append(step.dot(direction) * ro)
            direction = direction.add(change, alpha=-alphas[-1].item())
        direction = direction * state["H_diag"]
        for (change, step, ro), alpha in zip(history, reversed(alphas)):
            direction = direction.add(step, alpha=(alpha - change.dot(direction) * ro).item())
        return direction

    def _flat_grad(self):
        return cat([_real(zeros_like(p) if p.grad is None else p.grad).reshape(-1) for p in self._params])

    def _move(self, direction, size):
        params = [_real(param) for param in self._params]
        for param, part in zip(params, direction.split([param.numel() for param in params])):
            param.add_(part.view_as(param), alpha=number(size))


def _real(tensor):
    """A complex tensor as real numbers: its real and its imaginary parts are moved each for itself."""
    return view_as_real(tensor) if tensor.is_complex() else tensor
