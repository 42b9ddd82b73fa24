"""Optimizers and schedules."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a hundred steps of every optimizer
for name, options in [
    ("SGD", dict()), ("SGD", dict(momentum=0.9)), ("SGD", dict(momentum=0.9, nesterov=True)), ("SGD", dict(weight_decay=0.1)),
    ("SGD", dict(momentum=0.9, dampening=0.3)), ("SGD", dict(lr=1e-3, maximize=True, momentum=0.5, weight_decay=0.1)),
    ("Adam", dict()), ("Adam", dict(amsgrad=True)), ("Adam", dict(weight_decay=0.1)), ("Adam", dict(lr=1e-3, maximize=True)),
    ("Adam", dict(betas=(0.8, 0.99), eps=1e-3, foreach=True)), ("AdamW", dict()), ("AdamW", dict(weight_decay=0.3, amsgrad=True)),
    ("RMSprop", dict(lr=0.01)), ("RMSprop", dict(lr=0.01, centered=True)), ("RMSprop", dict(lr=0.01, momentum=0.9)),
    ("RMSprop", dict(lr=0.001, alpha=0.9, weight_decay=0.1, centered=True, momentum=0.5)),
    ("Adadelta", dict(lr=1.0)), ("Adadelta", dict(rho=0.8, weight_decay=0.1)), ("Adamax", dict()), ("Adamax", dict(weight_decay=0.1)),
    ("NAdam", dict()), ("NAdam", dict(weight_decay=0.1, decoupled_weight_decay=True, momentum_decay=0.1)),
    ("Adagrad", dict()), ("Adagrad", dict(lr_decay=0.1)), ("Adagrad", dict(weight_decay=0.1, initial_accumulator_value=0.5)),
]:
    torch.manual_seed(0)
    w, b = torch.randn(3, 2, requires_grad=True), torch.randn((), requires_grad=True)
    x, y = torch.randn(8, 3), torch.randn(8, 2)
    optimizer = getattr(torch.optim, name)([w, b], **({"lr": 0.05} | options))
    for _ in range(100):
        loss = ((x @ w + b - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(name, options, w.detach(), b.detach(), w._version, b._version, sep="\n")
    print({k: list(v) for k, v in optimizer.state_dict()["state"].items()})

# %% an optimizer prints its settings
w = torch.ones(2, requires_grad=True)
print(torch.optim.SGD([w], lr=0.1, momentum=0.9), torch.optim.Adam([w]), torch.optim.AdamW([w], foreach=True), sep="\n")
print(torch.optim.RMSprop([w], capturable=False), torch.optim.Adagrad([w], lr=0.5), torch.optim.SGD([{"params": [w], "lr": 0.3}, {"params": [torch.ones(1)]}], lr=1), sep="\n")
print(type(torch.optim.SGD([w])), torch.optim.Adam, torch.optim.lr_scheduler.StepLR, torch.optim.Optimizer)

# %% only parameters with a gradient are changed
a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
optimizer = torch.optim.Adam([a, b], lr=0.1)
(a * 2).sum().backward()
optimizer.step()
print(a, b, a._version, b._version, len(optimizer.state), optimizer.state[a])
optimizer.zero_grad()
print(a.grad, b.grad)
(a * b).sum().backward()
optimizer.zero_grad(set_to_none=False)
print(a.grad, b.grad)
optimizer.step()
print(a, b)

# %% a step makes the graph stale
w = torch.ones(2, requires_grad=True)
loss = (w * w).sum()
loss.backward(retain_graph=True)
optimizer = torch.optim.SGD([w], lr=0.1)
optimizer.step()
attempt(lambda: loss.backward())

# %% groups
a, b, c = (torch.full((2,), float(i), requires_grad=True) for i in (1, 2, 3))
optimizer = torch.optim.SGD([{"params": [a], "lr": 0.5}, {"params": b}], lr=0.1, momentum=0.9)
optimizer.add_param_group({"params": [c], "lr": 1.0, "momentum": 0})
(a * b * c).sum().backward()
optimizer.step()
print(a, b, c, [len(g["params"]) for g in optimizer.param_groups], [g["lr"] for g in optimizer.param_groups])
for group in optimizer.param_groups:
    group["lr"] *= 0.1
optimizer.step()
print(a, b, c, optimizer.defaults)

# %% named parameters
a, b = torch.ones(1, requires_grad=True), torch.ones(2, requires_grad=True)
optimizer = torch.optim.SGD([("a", a), ("b", b)], lr=0.1)
print(optimizer, optimizer.state_dict())
attempt(lambda: torch.optim.SGD([("a", a), b]))
attempt(lambda: optimizer.add_param_group({"params": [torch.ones(1, requires_grad=True)]}))

# %% state_dict and load_state_dict
torch.manual_seed(0)


def train(optimizer, w, steps):
    for i in range(steps):
        optimizer.zero_grad()
        ((w - torch.arange(3.0)) ** 2).sum().backward()
        optimizer.step()


for make in (lambda w: torch.optim.Adam([w], lr=0.1), lambda w: torch.optim.SGD([w], lr=0.1, momentum=0.9), lambda w: torch.optim.Adagrad([w])):
    w = torch.zeros(3, requires_grad=True)
    optimizer = make(w)
    print(optimizer.state_dict())
    train(optimizer, w, 3)
    saved, v = copy.deepcopy(optimizer.state_dict()), w.detach().clone().requires_grad_()
    print(saved)
    other = make(v)
    other.load_state_dict(saved)
    train(optimizer, w, 3)
    train(other, v, 3)
    print(torch.equal(w, v), other.state_dict()["state"][0].keys())
attempt(lambda: other.load_state_dict({"state": {}, "param_groups": []}))
attempt(lambda: other.load_state_dict({"state": {}, "param_groups": [{"params": [0, 1]}]}))
attempt(lambda: other.load_state_dict({"state": {}}))

# %% a closure
w = torch.tensor([1.0, 2.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)


def closure():
    optimizer.zero_grad()
    loss = (w * w).sum()
    loss.backward()
    print("in the closure", torch.is_grad_enabled())
    return loss


with torch.no_grad():
    print(optimizer.step(closure))
print(optimizer.step(closure), w, optimizer.step())

# %% LBFGS
for options in (dict(), dict(lr=0.3), dict(max_iter=3), dict(history_size=2, lr=0.5), dict(max_eval=4), dict(tolerance_change=1e-2),
                dict(line_search_fn="strong_wolfe"), dict(line_search_fn="strong_wolfe", lr=5.0, max_eval=6, history_size=2)):
    x = torch.tensor([-1.5, 2.0], dtype=torch.float64, requires_grad=True)
    b = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([x, b], **options)
    calls = 0

    def closure():
        global calls
        calls += 1
        optimizer.zero_grad()
        loss = (1 - x[0]) ** 2 + 5 * (x[1] - x[0] ** 2) ** 2 + (b - x[1]) ** 2
        loss.backward()
        return loss

    for _ in range(4):
        loss = optimizer.step(closure)
        print(loss, calls, x, b, x._version)
    state = optimizer.state_dict()["state"][0]
    print(optimizer, state["n_iter"], state["func_evals"], len(state["old_dirs"]), state["H_diag"])
attempt(lambda: torch.optim.LBFGS([{"params": [x]}, {"params": [b]}]))
attempt(lambda: torch.optim.LBFGS([x], lr=-1))
attempt(lambda: torch.optim.LBFGS([x], line_search_fn="x").step(closure))
attempt(lambda: optimizer.step())
with torch.no_grad():
    print(float(x[0] * 0))
float(b * 0)

# %% hooks
w = torch.tensor([1.0, 2.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
before = optimizer.register_step_pre_hook(lambda o, args, kwargs: print("before", len(args), kwargs, o is optimizer))
optimizer.register_step_post_hook(lambda o, args, kwargs: print("after", len(args), kwargs))
w.sum().backward()
optimizer.step()
before.remove()
optimizer.step(closure=None)
optimizer.register_state_dict_post_hook(lambda o, state: state | {"more": 1})
print(optimizer.state_dict())
optimizer.register_step_pre_hook(lambda o, args, kwargs: 5)
try:
    optimizer.step()
except RuntimeError as error:
    print(str(error).split(" must ")[1])

# %% errors
w = torch.ones(2, requires_grad=True)
for bad in (
    lambda: torch.optim.SGD([]), lambda: torch.optim.SGD(w), lambda: torch.optim.SGD([1]), lambda: torch.optim.SGD(["a"]),
    lambda: torch.optim.SGD([w], lr=-1), lambda: torch.optim.SGD([w], momentum=-1), lambda: torch.optim.SGD([w], weight_decay=-1),
    lambda: torch.optim.SGD([w], nesterov=True), lambda: torch.optim.SGD([w * 2]), lambda: torch.optim.SGD({w}),
    lambda: torch.optim.SGD([{"params": {w}}]), lambda: torch.optim.SGD([{"params": [w]}, {"params": [w]}]),
    lambda: torch.optim.SGD([{"params": [w]}, [w]]), lambda: torch.optim.SGD([{"lr": 1}]), lambda: torch.optim.SGD([w, w]).param_groups[0]["lr"],
    lambda: torch.optim.SGD([w], lr=torch.ones(2)), lambda: torch.optim.SGD([w], fused=True, foreach=True),
    lambda: torch.optim.SGD(5), lambda: torch.optim.SGD(), lambda: torch.optim.SGD([None]),
    lambda: torch.optim.Adam([w], lr=-1), lambda: torch.optim.Adam([w], betas=(1.0, 0.9)), lambda: torch.optim.Adam([w], betas=(0.9, -1.0)),
    lambda: torch.optim.Adam([w], eps=-1), lambda: torch.optim.Adam([w], weight_decay=-1), lambda: torch.optim.Adam([w], betas=(0, 0)),
    lambda: torch.optim.RMSprop([w], alpha=-1), lambda: torch.optim.RMSprop([w], momentum=-1), lambda: torch.optim.RMSprop([w], eps=-1),
    lambda: torch.optim.Adagrad([w], lr_decay=-1), lambda: torch.optim.Adagrad([w], initial_accumulator_value=-1),
    lambda: torch.optim.Adadelta([w], rho=1.5), lambda: torch.optim.Adamax([w], betas=(2.0, 0.5)), lambda: torch.optim.NAdam([w], momentum_decay=-1),
    lambda: torch.optim.Optimizer([w], {}).step(), lambda: torch.optim.Adam([w], lr="a"),
):
    attempt(bad)
w.sum().backward()
attempt(lambda: torch.optim.Adam([w], capturable=True).step())
optimizer = torch.optim.SGD([w], lr=torch.tensor(0.5))
optimizer.step()
print(w, optimizer)

# %% an own optimizer
class SignSGD(torch.optim.Optimizer):
    def __init__(self, params, lr=0.1):
        super().__init__(params, dict(lr=lr))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.state[p].setdefault("steps", 0)
                    self.state[p]["steps"] += 1
                    p.add_(torch.sign(p.grad), alpha=-group["lr"])


w = torch.tensor([1.0, -2.0], requires_grad=True)
optimizer = SignSGD([w])
optimizer.register_step_post_hook(lambda *args: print("stepped"))
(w * w).sum().backward()
optimizer.step()
print(w, optimizer.state, optimizer, optimizer.state_dict(), SignSGD)
from torch.optim.lr_scheduler import LambdaLR
schedule = LambdaLR(optimizer, lambda epoch: 0.5**epoch)
optimizer.step()
schedule.step()
print(schedule.get_last_lr())

# %% schedules
S = torch.optim.lr_scheduler
for name, options in [
    ("StepLR", dict(step_size=3)), ("MultiStepLR", dict(milestones=[2, 5, 5], gamma=0.5)), ("ExponentialLR", dict(gamma=0.9)),
    ("ConstantLR", dict()), ("LinearLR", dict()), ("LinearLR", dict(start_factor=0.1, end_factor=0.8, total_iters=4)),
    ("PolynomialLR", dict(total_iters=6, power=2.0)), ("LambdaLR", dict(lr_lambda=lambda epoch: 1 / (1 + epoch))),
    ("MultiplicativeLR", dict(lr_lambda=lambda epoch: 0.95)), ("CosineAnnealingLR", dict(T_max=5, eta_min=0.01)),
    ("CosineAnnealingWarmRestarts", dict(T_0=3)), ("CosineAnnealingWarmRestarts", dict(T_0=2, T_mult=2, eta_min=0.1)),
    ("OneCycleLR", dict(max_lr=1.0, total_steps=10)), ("OneCycleLR", dict(max_lr=1.0, epochs=2, steps_per_epoch=5, three_phase=True, anneal_strategy="linear")),
    ("CyclicLR", dict(base_lr=0.1, max_lr=[1.0, 2.0], step_size_up=2)), ("CyclicLR", dict(base_lr=0.1, max_lr=1.0, step_size_up=2, step_size_down=1, mode="triangular2")),
    ("CyclicLR", dict(base_lr=0.1, max_lr=1.0, step_size_up=3, mode="exp_range", gamma=0.9, cycle_momentum=False)),
    ("CyclicLR", dict(base_lr=0.1, max_lr=1.0, step_size_up=2, scale_fn=lambda x: 1 / x)),
]:
    optimizer = torch.optim.SGD([{"params": [torch.ones(1, requires_grad=True)], "lr": lr} for lr in (0.5, 1.0)], momentum=0.9)
    schedule = getattr(S, name)(optimizer, **options)
    rates = [schedule.get_last_lr()]
    for epoch in range(9):
        optimizer.step()
        schedule.step()
        rates.append(schedule.get_last_lr())
    print(name, [[round(lr, 6) for lr in row] for row in zip(*rates)], [g["momentum"] for g in optimizer.param_groups])
    print({k: v for k, v in schedule.state_dict().items() if k != "_schedule_phases"})

# %% schedules of schedules
S = torch.optim.lr_scheduler


def run(make):
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    schedule = make(optimizer)
    rates = [schedule.get_last_lr()[0]]
    for epoch in range(9):
        optimizer.step()
        schedule.step()
        rates.append(round(schedule.get_last_lr()[0], 6))
    print(rates, schedule.state_dict(), sep="\n")


run(lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.1, total_iters=3), S.ExponentialLR(o, 0.9)], milestones=[4]))
run(lambda o: S.ChainedScheduler([S.ConstantLR(o, 0.1, 4), S.ExponentialLR(o, 0.9)]))

# %% ReduceLROnPlateau
S = torch.optim.lr_scheduler
for options in (dict(patience=1), dict(mode="max", factor=0.5, patience=0, cooldown=1), dict(threshold_mode="abs", threshold=0.3, patience=0, min_lr=0.01)):
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    schedule = S.ReduceLROnPlateau(optimizer, **options)
    rates = []
    for loss in [3.0, 2.0, 2.0, 2.0, torch.tensor(2.1), 1.9, 1.8, 1.8, 1.7]:
        schedule.step(loss)
        rates.append(round(schedule.get_last_lr()[0], 6))
    print(rates, schedule.best, schedule.num_bad_epochs, schedule.in_cooldown, schedule.state_dict())
attempt(lambda: schedule.step())

# %% the order of steps
S = torch.optim.lr_scheduler
optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
schedule = S.StepLR(optimizer, 1)
schedule.step()
optimizer.step()
schedule.step()
print(schedule.get_last_lr(), schedule.last_epoch, schedule.base_lrs)
schedule.step(5)
print(schedule.get_last_lr(), schedule.last_epoch, schedule.get_lr())
optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
optimizer.step()
schedule = S.ExponentialLR(optimizer, 0.5)
schedule.step()
optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
schedule = S.ExponentialLR(optimizer, 0.5)
optimizer.step = lambda: None
schedule.step()

# %% a schedule goes on from its state
S = torch.optim.lr_scheduler
optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
schedule = S.StepLR(optimizer, 2)
for _ in range(3):
    optimizer.step()
    schedule.step()
again = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=5.0)
again.load_state_dict(optimizer.state_dict())
resumed = S.StepLR(again, 1)
resumed.load_state_dict(schedule.state_dict())
for _ in range(2):
    again.step()
    resumed.step()
print(resumed.get_last_lr(), resumed.last_epoch, again.param_groups)
later = S.StepLR(again, 2, last_epoch=7)
print(later.last_epoch, later.get_last_lr())

# %% a schedule's errors
S = torch.optim.lr_scheduler
optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
for bad in (
    lambda: S.StepLR(3, 1), lambda: S.LambdaLR(optimizer, [abs, abs]), lambda: S.MultiplicativeLR(optimizer, 3),
    lambda: S.StepLR(torch.optim.SGD([torch.ones(1)]), 1, last_epoch=2), lambda: S.ConstantLR(optimizer, 2.0),
    lambda: S.LinearLR(optimizer, 0), lambda: S.LinearLR(optimizer, end_factor=3), lambda: S.CosineAnnealingWarmRestarts(optimizer, 0),
    lambda: S.OneCycleLR(optimizer, 1.0), lambda: S.OneCycleLR(optimizer, 1.0, total_steps=-1), lambda: S.OneCycleLR(optimizer, [1.0, 2.0], total_steps=4),
    lambda: S.OneCycleLR(optimizer, 1.0, total_steps=4, pct_start=2), lambda: S.OneCycleLR(optimizer, 1.0, total_steps=4, anneal_strategy="x"),
    lambda: S.OneCycleLR(torch.optim.SGD([torch.ones(1)]), 1.0, total_steps=4, cycle_momentum=True) and 1,
    lambda: S.OneCycleLR(torch.optim.Adagrad([torch.ones(1)]), 1.0, total_steps=4),
    lambda: S.CyclicLR(optimizer, 0.1, 1.0, mode="x"), lambda: S.CyclicLR(optimizer, [0.1, 0.2], 1.0),
    lambda: S.CyclicLR(torch.optim.Adagrad([torch.ones(1)]), 0.1, 1.0),
    lambda: S.SequentialLR(optimizer, [], []), lambda: S.SequentialLR(optimizer, [S.StepLR(optimizer, 1)], [3]),
    lambda: S.ChainedScheduler([S.ReduceLROnPlateau(optimizer)]), lambda: S.ReduceLROnPlateau(optimizer, factor=1.0),
    lambda: S.ReduceLROnPlateau(optimizer, "x"), lambda: S.ReduceLROnPlateau(optimizer, min_lr=[1, 2]), lambda: S.LRScheduler(optimizer),
):
    attempt(bad)

# %% what an optimizer is given in place of parameters
attempt(lambda: torch.optim.SGD(torch.nn.Sequential(torch.nn.Linear(1, 1)), 0.1))
attempt(lambda: torch.optim.SGD(torch.nn.Parameter(torch.ones(1)), 0.1))
attempt(lambda: torch.optim.SGD([[torch.ones(1)]], 0.1))
