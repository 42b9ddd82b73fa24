"""Optimizers and schedules at their edges: complex parameters, copies, settings in tensors."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% LBFGS moves complex parameters by their real and imaginary parts
for search in (None, "strong_wolfe"):
    z = torch.nn.Parameter(torch.tensor([1.0 + 2.0j, -1.0 + 0.5j], dtype=torch.complex128))
    x = torch.nn.Parameter(torch.tensor([0.5], dtype=torch.float64))
    optimizer = torch.optim.LBFGS([z, x], lr=0.5, max_iter=4, line_search_fn=search)

    def closure():
        optimizer.zero_grad()
        loss = ((z - 1j).abs() ** 2).sum() + ((z * z).imag ** 2).sum() + (x * z.real - 1).pow(2).sum()
        loss.backward()
        return loss

    print([round(optimizer.step(closure).item(), 6) for _ in range(4)])
    print([round(part, 5) for part in torch.view_as_real(z.detach()).flatten().tolist()], round(x.item(), 5))
    print(optimizer.state[z]["prev_flat_grad"].shape, optimizer.state[z]["prev_flat_grad"].dtype)

# %% LBFGS leaves a complex parameter without a gradient where it is
z, x = torch.nn.Parameter(torch.tensor([1.0 + 1.0j])), torch.nn.Parameter(torch.ones(2))
optimizer = torch.optim.LBFGS([z, x], max_iter=1)
(x * x).sum().backward()
optimizer.step(lambda: 2.0)
print(z.detach(), x.detach())

# %% the copy of a schedule has a copy of the optimizer, and goes on by itself
from torch.optim.lr_scheduler import CyclicLR, StepLR
optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(2))], lr=0.4)
for schedule in (StepLR(optimizer, 2), CyclicLR(optimizer, 0.1, 0.2, 2, cycle_momentum=False)):
    other = copy.deepcopy(schedule)
    other.step()
    other.step()
    print(other.get_last_lr(), other.optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["lr"])

# %% settings that are not taken as a tensor
for settings in ({"lr": torch.tensor(0.1)}, {"betas": (torch.tensor(0.9), torch.tensor(0.99))}):
    attempt(lambda: torch.optim.Adam([torch.nn.Parameter(torch.ones(2))], foreach=True, **settings))
