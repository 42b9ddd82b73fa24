"""Losses as modules: their options, and what they refuse."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% every loss, and the node of its result
import torch.nn as nn
torch.manual_seed(0)
x = torch.randn(4, 3, requires_grad=True)
y = torch.rand(4, 3)
sign = torch.tensor([1.0, -1.0, 1.0, -1.0])
for loss in (nn.MSELoss(), nn.L1Loss(), nn.SmoothL1Loss(), nn.HuberLoss(), nn.BCEWithLogitsLoss(), nn.PoissonNLLLoss(), nn.SoftMarginLoss(), nn.HingeEmbeddingLoss(), nn.MultiLabelSoftMarginLoss(), nn.KLDivLoss(reduction="batchmean")):
    value = loss(x, y)
    print(loss, value, nodes(value))
for loss in (nn.CrossEntropyLoss(), nn.CrossEntropyLoss(label_smoothing=0.1), nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0])), nn.CrossEntropyLoss(ignore_index=1, reduction="sum"), nn.NLLLoss(reduction="none")):
    value = loss(x, torch.tensor([0, 2, 1, 1]))
    print(loss, value, nodes(value))
print(nn.CrossEntropyLoss()(x, y), nn.BCELoss()(x.sigmoid(), y), nn.GaussianNLLLoss()(x, y, torch.ones(4, 3)))
print(nn.MarginRankingLoss(0.5)(x[:, 0], x[:, 1], sign), nn.CosineEmbeddingLoss()(x, y, sign), nn.TripletMarginLoss()(x, y, y + 1), nn.TripletMarginLoss(swap=True, p=1)(x, y, y + 1))
print(nn.CosineSimilarity()(x, y), nn.PairwiseDistance(keepdim=True)(x, y))
print(nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 3.0]))(x, y), nn.SmoothL1Loss(beta=0.5, reduction="sum")(x, y), nn.HuberLoss(delta=0.5)(x, y))

# %% gradients of the usual losses
import torch.nn.functional as F
x = torch.tensor([[1.0, 2.0, 0.5], [0.1, -0.2, 0.3]], requires_grad=True)
t = torch.tensor([1, 2])
for loss in (F.cross_entropy(x, t), F.cross_entropy(x, t, reduction="sum"), F.mse_loss(x, torch.zeros(2, 3)), F.l1_loss(x, torch.zeros(2, 3)), F.binary_cross_entropy_with_logits(x, torch.ones(2, 3))):
    (grad,) = torch.autograd.grad(loss, x)
    print(loss, grad)

# %% options are attributes
import torch.nn as nn
loss = nn.CrossEntropyLoss(weight=torch.ones(3), ignore_index=2, reduction="sum", label_smoothing=0.2)
print(loss.weight, loss.ignore_index, loss.reduction, loss.label_smoothing, list(loss.state_dict()), [n for n, _ in loss.named_buffers()])
print(nn.TripletMarginLoss(2.0, 1).margin, nn.SmoothL1Loss(beta=2.0).beta, nn.BCEWithLogitsLoss(pos_weight=torch.ones(1)).pos_weight)
attempt(lambda: nn.CrossEntropyLoss(foo=1))
attempt(lambda: nn.TripletMarginLoss(margin=-1.0))

# %% what losses refuse
import torch.nn as nn
x = torch.zeros(2, 3)
for loss, target in ((nn.CrossEntropyLoss(), torch.tensor([0, 3])), (nn.CrossEntropyLoss(), torch.tensor([0.0, 1.0])), (nn.CrossEntropyLoss(), torch.tensor([0])), (nn.CrossEntropyLoss(), torch.tensor([[0], [1]])),
                     (nn.NLLLoss(), torch.tensor([0, -1])), (nn.BCELoss(), torch.ones(3)), (nn.BCEWithLogitsLoss(), torch.ones(3)), (nn.BCELoss(), torch.ones(2, 3)), (nn.MSELoss(), torch.ones(2, 2)),
                     (nn.CrossEntropyLoss(weight=torch.ones(2)), torch.tensor([0, 1])), (nn.MSELoss(reduction="average"), x), (nn.CrossEntropyLoss(label_smoothing=1.5), torch.tensor([0, 1]))):
    attempt(lambda: loss(x, target))
attempt(lambda: nn.BCELoss()(x + 2, x))
attempt(lambda: nn.MSELoss()(x))

# %% an infinite logit that is ignored
import torch.nn.functional as F
x = torch.tensor([[float("-inf"), 1.0], [0.5, 1.0]], requires_grad=True)
loss = F.cross_entropy(x, torch.tensor([-100, 1]))
loss.backward()
print(loss, x.grad)
print(F.cross_entropy(torch.zeros(2, 2), torch.tensor([-100, -100])), F.cross_entropy(torch.zeros(0, 2), torch.zeros(0, dtype=torch.long)))

# %% what a node of a loss has saved
import torch.nn.functional as F
x = torch.tensor([[1.0, 2.0]], requires_grad=True)
loss = F.nll_loss(x, torch.tensor([1]))
print(loss.grad_fn._saved_target, loss.grad_fn._saved_reduction, loss.grad_fn._saved_total_weight, loss.grad_fn._saved_weight)
loss = F.mse_loss(x, x.detach() + 1)
print(loss.grad_fn._saved_self, loss.grad_fn._saved_target, loss.grad_fn._saved_reduction)
loss.backward()
attempt(lambda: loss.backward())
y = F.leaky_relu(x, 0.3)
print(y.grad_fn._saved_negative_slope, y.grad_fn._saved_self)
