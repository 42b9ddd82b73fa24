"""Layers at their edges: pooling of what is not finite, padding by reflection, and what layers refuse."""

from ops import at, family, kink, lines, real

OPS, op = family()

F = "torch.nn.functional"

op(f"{F}.adaptive_avg_pool2d(x, (2, 4))", on=[at(x=real(1, 2, 5, 3))])
op(f"{F}.adaptive_avg_pool1d(x, 10)", on=[at(x=real(2, 7))])
for mode in ("zeros", "reflect", "replicate", "circular"):
    for padding in ('"same"', "1", "(2, 1)"):
        op(f"torch.manual_seed(1); m = torch.nn.Conv2d(1, 2, (3, 2), padding={padding}, padding_mode={mode!r}); "
           "m.double().requires_grad_(False)(x.double())", on=[at(x=real(1, 4, 3))])  # fmt: skip
op(f"{F}.group_norm(x, 2).sum(0)", on=[at(x=real(0, 4, 3))])
op(f"{F}.max_pool1d(x, 3, 1, 1, return_indices=True)", on=[kink(x=[[1.0, float("nan"), float("nan"), 2.0, 0.0]])])

EXPRESSIONS = lines("""
torch.nn.functional.adaptive_avg_pool2d(torch.tensor([[[1.0, 2.0, float("inf")], [3.0, float("nan"), 5.0]]]), (2, 2))
torch.nn.functional.adaptive_avg_pool2d(torch.ones(1, 2, 2), (2, 0))
torch.nn.functional.adaptive_avg_pool2d(torch.ones(1, 2, 2), (1, 2, 3))
torch.nn.functional.adaptive_avg_pool2d(torch.ones(1, 2, 2), -1)
torch.nn.functional.adaptive_avg_pool2d(torch.ones(1, 0, 2), (1, 2))
torch.nn.functional.adaptive_avg_pool2d(torch.ones(2, 3), 2)
torch.nn.functional.adaptive_avg_pool1d(torch.ones(3), 2)
torch.nn.functional.adaptive_avg_pool1d(torch.ones(2, 3), (2, 2))
torch.nn.functional.avg_pool1d(torch.ones(3), 2)
torch.nn.functional.avg_pool1d(torch.ones(2, 3), (2, 2))
torch.nn.functional.avg_pool1d(torch.ones(2, 3), 2, [1, 1])
torch.nn.functional.avg_pool1d(torch.ones(2, 4), [2], [], [1])
torch.nn.functional.avg_pool2d(torch.tensor([[[1, 2], [3, -9]]]), 2)
torch.nn.functional.avg_pool2d(torch.ones(1, 2, 2), 0)
torch.nn.functional.avg_pool2d(torch.ones(1, 2, 2), 2, divisor_override=0)
torch.nn.functional.max_pool2d(torch.ones(1, 2, 2), 2, 2, 0, (1, 1, 1))
torch.nn.functional.max_pool1d(torch.ones(3), 2)
torch.nn.functional.max_pool1d(torch.ones(2, 3), (1, 2))
torch.nn.functional.max_pool1d(torch.ones(2, 3), 2, (1, 2))
torch.nn.functional.max_pool1d(torch.ones(2, 3), 2, 1, (1, 2))
torch.nn.functional.max_pool1d(torch.ones(2, 3), 2, 1, 0, (1, 2))
torch.nn.functional.max_pool1d(torch.ones(2, 3), 0)
torch.nn.functional.max_pool1d(torch.ones(2, 3), 2, 0)
torch.nn.functional.max_pool1d(torch.ones(2, 3), 2, 1, -1)
torch.nn.functional.max_pool1d(torch.ones(2, 3), 2, 1, 2)
torch.nn.functional.max_pool1d(torch.ones(2, 3), 2, 1, 0, 0)
torch.nn.functional.max_pool1d(torch.ones(2, 3), 4)
torch.nn.functional.max_pool1d(torch.ones(2, 3).int(), 2)
torch.nn.functional.max_pool1d(3, 2)
torch.nn.functional.conv1d(torch.ones(1, 2, 4), torch.ones(3, 2, 2), torch.ones(3).long())
torch.nn.functional.conv1d(torch.ones(1, 2, 4), torch.ones(3, 2, 2).half(), torch.ones(3).half())
torch.nn.functional.conv1d(torch.ones(1, 2, 4).double(), torch.ones(3, 2, 2))
torch.nn.functional.conv1d(torch.ones(1, 2, 4), torch.ones(3, 2, 2, 2))
torch.nn.functional.conv2d(torch.ones(1, 2, 4, 4), torch.ones(3, 2, 2))
torch.nn.Conv1d(2, 4, 3, padding="same", padding_mode="reflect")
torch.nn.Conv2d(2, 4, 3, 2, 1, 2, 2, False, "circular")
torch.nn.Conv1d(2, 4, 3, padding="same", stride=2)
torch.nn.Conv1d(2, 4, 3, groups=0)
torch.nn.Conv1d(2, 4, 3, padding=2, padding_mode="reflect")(torch.ones(1, 2, 2))
torch.nn.functional.group_norm(torch.ones(4), 2)
torch.nn.functional.group_norm(torch.ones(1, 2), 2)
torch.nn.functional.group_norm(torch.ones(2, 4), 3)
torch.nn.functional.group_norm(torch.ones(2, 4), 2, torch.ones(3))
torch.nn.functional.group_norm(torch.ones(2, 4), 2, torch.ones(4), torch.ones(3))
torch.nn.functional.group_norm(torch.ones(2, 4).double(), 2, torch.ones(4))
torch.nn.GroupNorm(2, 4)(torch.ones(2, 6))
""")
