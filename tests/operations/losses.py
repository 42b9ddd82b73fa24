"""Losses that have no second derivative, and what losses do at their edges."""

import numpy as np
from ops import at, family, ints, kink, lines, real

OPS, op = family()

F = "torch.nn.functional"
SCORES = kink(x=real(3, 4), t=ints(1, 0, 3))

# Margins between classes: PyTorch has first derivatives only, so a program takes one itself


def once(call: str, on) -> None:
    op(f"y = {F}.{call}; x * torch.autograd.grad(y.sum(), x)[0] + y.detach().sum()", on=on)


for reduction in ("mean", "sum", "none"):
    end = f'reduction="{reduction}")'
    once(f"multi_margin_loss(x, t, {end}", [SCORES, kink(x=real(4), t=np.array(2)), kink(x=real(4), t=ints(2))])
    once(f"multi_margin_loss(x, t, 2, 0.75, torch.tensor([1.0, 2.0, 3.0, 0.5]).to(x), {end}", [SCORES])
    once(f"multilabel_margin_loss(x, t, {end}",
         [kink(x=real(2, 4), t=ints([3, 0, -1, 1], [1, -1, 0, 0])), kink(x=real(4), t=ints(2, 2, 0, -1)),
          kink(x=real(3), t=ints(-1, 0, 1))])  # fmt: skip
once("multi_margin_loss(x, t)", [kink(x=[[1.0, 0.0, 2.0]], t=ints(0))])

TRIPLET = [at(x=real(2, 3), y=real(2, 3, start=7), z=real(2, 3, start=13))]
op(f"{F}.triplet_margin_with_distance_loss(x, y, z)", on=TRIPLET)
op(f"{F}.triplet_margin_with_distance_loss(x, y, z, distance_function=lambda a, b: (a - b).abs().sum(1), margin=2.0, "
   f'swap=True, reduction="none")', on=TRIPLET)  # fmt: skip

# Methods of tensors

op("x.prelu(w)", on=[at(x=real(2, 3), w=[0.25])])
op("x.hardshrink(0.25)", on=[at(x=real(2, 3))])

# Edges

op(f"y = {F}.nll_loss(x, torch.tensor([1, 1]), ignore_index=1); torch.autograd.grad(y, x, create_graph=True)[0]",
   on=[kink(x=real(2, 3))])  # fmt: skip
op(f'{F}.cross_entropy(x, t, label_smoothing=-0.5, reduction="none")', on=[at(x=real(2, 3), t=ints(2, 1))])
op(f"{F}.pairwise_distance(x, y)", on=[at(x=real(), y=real(start=4))])
op(f"{F}.cosine_similarity(x, y, dim=-1)", on=[at(x=real(2, 1, 3), y=real(4, 3, start=4))])
op(f"{F}.cosine_similarity(x, y, dim=-1, eps=10.0)", on=[kink(x=real(2, 3), y=real(2, 3, start=4))])

for p in ("0.5", "1.0", "2.0", "3.0", "inf"):
    op(f"d = torch.cdist(x[..., :2, :], x, {p}); g, = torch.autograd.grad((d * d).sum(), x); (x * g, d.detach())",
       on=[kink(x=real(4, 3)), kink(x=real(2, 2, 3)), kink(x=[[1.0, 2.0], [1.0, 2.0]])])  # fmt: skip

EXPRESSIONS = lines("""
torch.nn.functional.cosine_similarity(torch.tensor([1, 2]), torch.tensor([1.0, 2.0]), dim=0)
torch.nn.functional.cosine_similarity(torch.tensor([1, 2]), torch.tensor([1, 2]), dim=0)
torch.nn.functional.cosine_similarity(torch.zeros(2), torch.ones(2), dim=0)
torch.nn.functional.cosine_similarity(torch.zeros(2, 3), torch.ones(2))
torch.nn.functional.cross_entropy(torch.zeros(0, 3, 2), torch.zeros(0, 2).long())
torch.nn.functional.cross_entropy(torch.zeros(2, 3), torch.tensor([-100, -100]))
torch.nn.functional.multi_margin_loss(torch.ones(1, 2, requires_grad=True), torch.tensor([0])).grad_fn.name()
torch.nn.functional.multilabel_margin_loss(torch.ones(2, requires_grad=True), torch.tensor([0, -1])).grad_fn.name()
torch.nn.functional.binary_cross_entropy_with_logits(torch.zeros(3), torch.ones(3), pos_weight=torch.ones(2))
torch.nn.functional.binary_cross_entropy_with_logits(torch.zeros(3), torch.ones(3), weight=torch.ones(2))
torch.nn.functional.cosine_embedding_loss(torch.ones(2, 3), torch.ones(2, 3), torch.tensor(1))
torch.nn.functional.cosine_embedding_loss(torch.ones(3), torch.ones(3), torch.tensor([1]))
torch.nn.functional.cosine_embedding_loss(torch.ones(2, 2, 3), torch.ones(2, 2, 3), torch.tensor([1, 1]))
torch.nn.functional.multi_margin_loss(torch.ones(3, 5), torch.tensor([1, 0, 5]))
torch.nn.functional.multi_margin_loss(torch.ones(3, 5), torch.tensor([1, 0, -1]))
torch.nn.functional.multi_margin_loss(torch.ones(3, 5), torch.tensor([1, 0]))
torch.nn.functional.multi_margin_loss(torch.ones(5), torch.tensor([1, 0]))
torch.nn.functional.multi_margin_loss(torch.ones(3, 5), torch.tensor([1.0, 0.0, 2.0]))
torch.nn.functional.multi_margin_loss(torch.ones(1, 5), torch.tensor([1]), p=3)
torch.nn.functional.multi_margin_loss(torch.ones(1, 5), torch.tensor([1]), reduction="all")
torch.nn.functional.multi_margin_loss(torch.ones(1, 5), torch.tensor([1]), weight=torch.ones(2))
torch.nn.functional.multi_margin_loss(torch.ones(1, 5), torch.tensor([1]), weight=torch.ones(5, 1))
torch.nn.functional.multi_margin_loss(torch.ones(1, 5), torch.tensor([1]), weight=torch.ones(5).double())
torch.nn.functional.multi_margin_loss(torch.ones(2, 3, 5), torch.tensor([1, 0]))
torch.nn.functional.multi_margin_loss(torch.ones(3, 0), torch.tensor([1, 0, 1]))
torch.nn.functional.multi_margin_loss(torch.ones(1, 5).long(), torch.tensor([1]))
torch.nn.functional.multi_margin_loss(torch.ones(1, 5).half(), torch.tensor([1]))
torch.nn.functional.multi_margin_loss(3, torch.tensor([1]))
torch.nn.functional.multi_margin_loss(torch.tensor(2.0), torch.tensor(0))
torch.nn.functional.multi_margin_loss(torch.ones(0, 5), torch.tensor([]).long(), reduction="none")
torch.nn.functional.multilabel_margin_loss(torch.ones(4), torch.tensor([3, 0, 4, 1]))
torch.nn.functional.multilabel_margin_loss(torch.ones(4), torch.tensor([3, -2, 0, 1]))
torch.nn.functional.multilabel_margin_loss(torch.ones(4), torch.tensor([3, 0, 1]))
torch.nn.functional.multilabel_margin_loss(torch.ones(2, 4), torch.tensor([[3, 0, 1, 1]]))
torch.nn.functional.multilabel_margin_loss(torch.ones(4), torch.ones(4))
torch.nn.functional.multilabel_margin_loss(torch.ones(4).long(), torch.ones(4).long())
torch.nn.functional.multilabel_margin_loss(torch.ones(2, 3, 4), torch.tensor(0))
torch.nn.functional.multilabel_margin_loss(torch.tensor(2.0), torch.tensor(0))
torch.nn.functional.triplet_margin_with_distance_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(3))
torch.nn.functional.triplet_margin_with_distance_loss(torch.ones(2), torch.ones(2), torch.ones(2), margin=-1)
torch.nn.functional.triplet_margin_with_distance_loss(torch.ones(2), torch.ones(2), torch.ones(2), reduction="all")
torch.nn.MultiMarginLoss()
torch.nn.MultiMarginLoss(3)
torch.nn.MultiMarginLoss(2, 0.5, torch.ones(2, 1))
torch.nn.MultiMarginLoss(2, 0.5, torch.ones(2)).state_dict()["weight"]
torch.nn.MultiMarginLoss(2, 0.5, torch.ones(2), None, None, "sum")(torch.tensor([[0.5, 2.0]]), torch.tensor([0]))
torch.nn.MultiLabelMarginLoss(reduction="sum")(torch.tensor([0.5, 2.0]), torch.tensor([0, -1]))
torch.nn.TripletMarginWithDistanceLoss(margin=-1)
torch.nn.TripletMarginWithDistanceLoss(distance_function=torch.nn.PairwiseDistance())
torch.nn.TripletMarginWithDistanceLoss(margin=2.0)(torch.zeros(1, 2), torch.ones(1, 2), torch.ones(1, 2))
""")
