"""Layers at their edges: pooling of what is not finite, padding by reflection, and what layers refuse."""

from ops import at, complex_, family, kink, lines, real

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
op(f"{F}.max_pool1d(x, 3, 1, 1, 2, True, return_indices=True)", on=[kink(x=real(2, 7))])
op(f"{F}.avg_pool2d(x, (2, 2), (), (0,), False, True, -2)", on=[at(x=real(1, 4, 4))])
op(f"{F}.batch_norm(x, None, None, w, b, True)", on=[at(x=real(0, 2), w=real(2, start=4), b=real(2, start=8))])
op(f"{F}.batch_norm(x, torch.ones(0), torch.ones(0))", on=[at(x=real(0))])
op(f"{F}.rms_norm(x, (2,), w)",
   on=[at(x=[[300.0, 400.0], [0.5, -0.25]], w=[1.5, 2.0]), at(x=complex_(2, 2), w=complex_(2, start=3))])  # fmt: skip
op(f"{F}.rrelu(x.clone(), 0.25, 0.5, inplace=True)", on=[at(x=real(2, 3))])
op(f"{F}.alpha_dropout(x, 1.0, True)", on=[at(x=real(2, 3))])
op(f"{F}.glu(x, 1)", on=[at(x=real(2, 0))])
op("torch.group_norm(x, 2, w, b)", on=[at(x=real(1, 4, 2), w=real(4, start=3), b=real(4, start=9))])

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
torch.nn.functional.max_pool1d(torch.ones(1, 9), 3, (), return_indices=True)[1]
torch.nn.functional.max_pool1d(torch.ones(1, 9), (3, 2), return_indices=True)
torch.nn.functional.max_pool1d(torch.ones(1, 9), 3, 1, -1, return_indices=True)
torch.nn.functional.max_pool1d(torch.ones(1, 9), 3, 1, 3, return_indices=True)
torch.nn.functional.max_pool1d(torch.ones(1, 9), 3, 0, return_indices=True)
torch.nn.functional.max_pool1d(torch.ones(1, 3), 5, return_indices=True)
torch.nn.functional.max_pool1d(torch.ones(1, 9), 3, ()).shape
torch.nn.functional.avg_pool1d(torch.ones(1, 9), 3, ())
torch.nn.functional.max_pool2d(torch.ones(1, 9, 9), 3, (), (0, 2), 2)
torch.nn.functional.max_pool2d(torch.ones(1, 4, 4) * 1j, 2)
torch.nn.functional.conv1d(torch.ones(1, 1, 4), torch.ones(1, 2))
torch.nn.functional.conv1d(torch.ones(1, 1, 4), torch.ones(1, 1, 2), dilation=-1)
torch.nn.functional.conv1d(torch.ones(1, 1, 4), torch.ones(1, 1, 2), dilation=0)
torch.nn.functional.conv2d(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 2, 2), dilation=(1, 0))
torch.nn.functional.conv2d(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 2, 2), padding="same", dilation=-1)
torch.nn.functional.batch_norm(torch.ones(2, 0), torch.ones(0), torch.ones(0), training=True)
torch.nn.functional.bilinear(torch.ones(0, 3), torch.ones(0, 2), torch.ones(4, 3, 2), torch.ones(4)).shape
torch.nn.functional.rms_norm(torch.tensor([300.0, 400.0]).half(), (2,))
torch.nn.functional.rms_norm(torch.tensor([3.0, 4.0]), (2,), torch.tensor([1.0, 2.0]).double())
torch.nn.functional.rms_norm(torch.tensor([3, 4]), (2,))
torch.nn.functional.soft_margin_loss(torch.tensor([-20.0]).half(), torch.tensor([1.0]).half())
torch.nn.functional.rrelu(torch.ones(2), 0.3, 0.1)
torch.nn.functional.rrelu(torch.ones(2), 0.3, float("inf"), True)
torch.nn.functional.alpha_dropout(torch.tensor([1.0, float("inf")]), 1.0, True)
torch.nn.functional.alpha_dropout(torch.ones(2), 1.5)
torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.ones(2, 3), ignore_index=1)
torch.nn.functional.margin_ranking_loss(torch.tensor([1, 2]), torch.tensor([3, 1]), torch.tensor([1, -1]))
torch.nn.functional.pad(torch.ones(1, 3), (1, 2), "reflect").stride()
torch.nn.functional.pad(torch.ones(2, 3, 4), (1, 2), "replicate").stride()
torch.nn.functional.pad(torch.ones(1, 4), (-2, -2), "reflect")
torch.nn.functional.pad(torch.ones(1, 4), (-5, 3), "replicate")
torch.nn.functional.pad(torch.ones(1, 4, 4), (-2, -2, 1, 0), "replicate").shape
torch.nn.functional.pad(torch.ones(1, 4, 4), (-2, -3, 1, 0), "replicate")
torch.nn.functional.pad(torch.ones(1, 0), (1, 1), "replicate")
torch.nn.functional.pad(torch.ones(0, 2, 3), (1, 1), "reflect").shape
torch.nn.functional.pad(torch.ones(0, 2, 3), (1, 1, 1, 1), "reflect")
torch.nn.functional.max_pool2d(torch.ones(1, 2, 3), (3, 1), dilation=2)
torch.nn.functional.max_pool2d(torch.ones(1, 1, 3), (2, 1), 2, (1, 0), 2)
torch.nn.functional.linear(torch.ones(3, 1, 0), torch.ones(2, 0), torch.ones(2))
torch.nn.functional.linear(torch.ones(2, 1, 3), torch.ones(3), torch.ones(())).shape
torch.nn.functional.linear(torch.ones(2, 1, 3), torch.ones(3), torch.ones(1))
torch.nn.functional.binary_cross_entropy_with_logits(torch.ones(2), torch.ones(2), torch.ones(3, 2))
torch.nn.functional.binary_cross_entropy_with_logits(torch.ones(2), torch.ones(2), pos_weight=torch.ones(1, 2))
torch.nn.functional.soft_margin_loss(torch.ones(1, 2), torch.ones(3, 2))
torch.nn.functional.soft_margin_loss(torch.ones(2), torch.ones(1))
torch.nn.functional.instance_norm(torch.ones(2, 0, 2)).shape
torch.nn.functional.dropout2d(torch.ones(3), 0.5)
torch.nn.functional.dropout2d(torch.ones(3), 1.0)
torch.nn.functional.dropout2d(torch.ones(3), 0.5, False)
torch.nn.functional.dropout3d(torch.ones(()), 0.5)
torch.nn.functional.gumbel_softmax(torch.ones(()), hard=True)
torch.nn.functional.gumbel_softmax(torch.ones(0), hard=True)
torch.nn.functional.pairwise_distance(torch.ones(2, 0), torch.ones(2, 0), float("inf"))
torch.ones(()).size(-1)
torch.ones(()).stride(2)
torch.ones(2, 0).chunk(3, 1)[2].shape
torch.nn.functional.adaptive_avg_pool2d(torch.ones(2, 3, 4), (2, 3)).stride()
torch.nn.BatchNorm1d(3, 1e-5, 0.1, True, True, None, torch.float64, bias=False)
torch.nn.InstanceNorm1d(3, affine=True, bias=False)
torch.nn.GroupNorm(1, 3, 1e-5, True, None, torch.float64).weight.dtype
""")

OWN_WORDS = {  # PyTorch says that the largest is -inf, and takes its place for one that does not exist
    "torch.nn.functional.max_pool2d(torch.ones(1, 1, 3), (2, 1), 2, (1, 0), 2)":
        "RuntimeError: max_pool2d: a window covers nothing but padding"
}  # fmt: skip
