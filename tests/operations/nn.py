"""Layers and losses as functions: values, graphs, gradients and errors."""

import numpy as np
from ops import at, family, ints, kink, lines, positive, real

OPS, op = family()

F = "torch.nn.functional"
ANY = [at(x=real(2, 3)), at(x=real()), at(x=real(0)), at(x=real(2, 0, 3))]
WIDE = [*ANY, at(x=[-7.0, -3.5, -0.1, 0.1, 3.5, 7.0, 25.0])]

# Activations

for call in ("leaky_relu(x)", "leaky_relu(x, 0.2)", "elu(x)", "elu(x, 0.5)", "selu(x)", "celu(x)", "celu(x, 0.5)"):
    op(f"{F}.{call}", on=[*WIDE, kink(x=[-1.0, 0.0, 2.0])])
for call in ("gelu(x)", 'gelu(x, approximate="tanh")'):
    op(f"{F}.{call}", on=[at(x=positive(2, 3)), *WIDE])
for call in ("silu(x)", "mish(x)", "softplus(x)", "softplus(x, 2, 3)",
             "logsigmoid(x)", "softsign(x)", "tanhshrink(x)"):  # fmt: skip
    op(f"{F}.{call}", on=WIDE)
op(f"{F}.hardtanh(x)", on=[*WIDE, kink(x=[-1.0, 0.0, 1.0])])
op(f"{F}.hardtanh(x, -2.1, 0.5)", on=[*ANY, kink(x=[-2.1, 0.5])])
op(f"{F}.relu6(x)", on=[*WIDE, kink(x=[0.0, 6.0])])
op(f"{F}.hardswish(x)", on=[*WIDE, kink(x=[-3.0, 0.0, 3.0])])
op(f"y = {F}.hardsigmoid(x); x * torch.autograd.grad(y.sum(), x)[0] + y.detach()", on=[kink(x=[-3.5, -1.0, 0.5, 4.0])])
op(f"{F}.softshrink(x)", on=[*WIDE, kink(x=[-0.5, 0.0, 0.5])])
op(f"{F}.hardshrink(x)", on=[*WIDE, kink(x=[-0.5, 0.0, 0.5])])
op(f"{F}.softshrink(x, 1.25)", on=ANY)
op(f"{F}.threshold(x, 0.1, 20.0)", on=[*ANY, kink(x=[0.1, 0.0])])
op(f"{F}.prelu(x, w)", on=[at(x=real(2, 3), w=[0.25]), at(x=real(2, 3), w=[0.1, 0.2, 0.3]), at(x=real(3), w=[0.3]),
                          at(x=real(2, 2, 2), w=[0.1, 0.4]), at(x=real(), w=[0.3])])  # fmt: skip
op(f"{F}.rrelu(x)", on=ANY[:1])
op(f"{F}.glu(x)", on=[at(x=real(2, 4)), at(x=real(6))])
op(f"{F}.glu(x, 0)", on=[at(x=real(2, 3))])
for name in ("softmax", "log_softmax", "softmin"):
    op(f"{F}.{name}(x, dim=-1)", on=[at(x=real(2, 3)), at(x=real())])
    op(f"{F}.{name}(x, 0)", on=[at(x=real(2, 3))])
for name in ("relu", "sigmoid", "tanh"):
    op(f"{F}.{name}(x)", f"torch.{name}(x)", on=ANY)
op(f"{F}.relu(x.clone(), inplace=True)", on=ANY[:1])
for call in ("hardtanh(x.clone()", "leaky_relu(x.clone(), 0.2", "elu(x.clone(), 0.5", "celu(x.clone(), 0.5",
             "selu(x.clone()", "threshold(x.clone(), 0.1, 0.5"):  # fmt: skip
    op(f"{F}.{call}, inplace=True)", on=ANY[:1])
op(f"{F}.silu(x.clone(), inplace=True)", on=ANY[:1])

# Affine maps and lookup

ROWS = [(2, 3), (3,), (2, 2, 3), (0, 3)]
op(f"{F}.linear(x, w, b)", on=[at(x=real(*shape), w=real(4, 3, start=7), b=real(4, start=2)) for shape in ROWS])
op(f"{F}.linear(x, w)", on=[at(x=real(*shape), w=real(4, 3, start=7)) for shape in ROWS])
op(f"{F}.bilinear(x, y, w, b)",
   on=[at(x=real(2, 3), y=real(2, 2, start=5), w=real(4, 3, 2, start=7), b=real(4, start=2))])  # fmt: skip
op(f"{F}.bilinear(x, y, w)", on=[at(x=real(3), y=real(2, start=5), w=real(1, 3, 2, start=7))])
op(f"{F}.embedding(i, w)", on=[at(i=ints(0, 2, 2, 1), w=real(3, 2)), at(i=ints([0], [2]), w=real(3, 2)),
                              at(i=np.array(1), w=real(3, 2))])  # fmt: skip
op(f"{F}.embedding(i, w, padding_idx=-1)", on=[kink(i=ints(0, 2, 2, 1), w=real(3, 2))])
op(f"{F}.embedding(i, w, scale_grad_by_freq=True)", on=[kink(i=ints(0, 2, 2, 1), w=real(3, 2))])

# Normalization

op(f"{F}.layer_norm(x, (3,), w, b)", on=[at(x=real(2, 3), w=real(3, start=4), b=real(3, start=9)),
                                        at(x=real(2, 2, 3), w=real(3, start=4), b=real(3, start=9))])  # fmt: skip
op(f"{F}.layer_norm(x, (2, 3), w)", on=[at(x=real(2, 2, 3), w=real(2, 3, start=4))])
op(f"{F}.layer_norm(x, (3,))", on=[at(x=real(2, 3))])
op(f"{F}.batch_norm(x, None, None, w, b, True)",
   on=[at(x=real(4, 2), w=real(2, start=4), b=real(2, start=9)),
       at(x=real(2, 2, 3), w=real(2, start=4), b=real(2, start=9))])  # fmt: skip
op(f"{F}.batch_norm(x, None, None, training=True)", on=[at(x=real(4, 2))])
op(f"{F}.batch_norm(x, torch.tensor([0.5, 0.25]).to(x), torch.tensor([2.0, 3.0]).to(x), w, b)",
   on=[at(x=real(3, 2), w=real(2, start=4), b=real(2, start=9))])  # fmt: skip
op(f"m = torch.zeros(2, dtype=x.dtype); v = torch.ones(2, dtype=x.dtype); "
   f"y = {F}.batch_norm(x, m, v, training=True, momentum=0.3); (m, v)", on=[at(x=real(4, 2))])  # fmt: skip
op(f"{F}.group_norm(x, 2, w, b)",
   on=[at(x=real(2, 4, 3), w=real(4, start=4), b=real(4, start=9)),
       at(x=real(2, 4), w=real(4, start=4), b=real(4, start=9))])  # fmt: skip
op(f"{F}.group_norm(x, 1)", on=[at(x=real(2, 2, 2, 2))])
op(f"{F}.instance_norm(x)", on=[at(x=real(2, 2, 3))])
op(f"{F}.rms_norm(x, (3,), w)", on=[at(x=real(2, 3), w=real(3, start=4))])
op(f"{F}.rms_norm(x, (3,), eps=0.1)", on=[at(x=real(2, 3))])
op(f"{F}.normalize(x)", on=[at(x=real(2, 3))])
op(f"{F}.normalize(x, p=1, dim=0)", on=[at(x=real(2, 3))])

# Losses of numbers

PAIR = [at(x=real(2, 3), y=real(2, 3, start=7)), at(x=real(3), y=real(3, start=9))]
CLOSE = [at(x=[0.3, -0.4, 2.5, -3.0], y=[0.1, 0.35, 0.2, 0.7])]
for reduction in ("mean", "sum", "none"):
    end = f'reduction="{reduction}")'
    for call in ("mse_loss(x, y, ", "l1_loss(x, y, ", "smooth_l1_loss(x, y, ", "huber_loss(x, y, ",
                 "poisson_nll_loss(x, y, "):  # fmt: skip
        op(f"{F}.{call}{end}", on=[*PAIR, *CLOSE])
    op(f"{F}.kl_div(x, y, {end}", on=[at(x=real(2, 3), y=positive(2, 3, start=7))])
    op(f"{F}.kl_div(x, y, log_target=True, {end}", on=PAIR[:1])
    op(f"{F}.binary_cross_entropy(x, y, {end}",
       on=[at(x=[[0.2, 0.7], [0.9, 0.4]], y=[[0.0, 1.0], [1.0, 0.3]])])  # fmt: skip
    op(f"{F}.binary_cross_entropy_with_logits(x, y, {end}", on=[at(x=real(2, 3), y=positive(2, 3, start=7))])
    op(f"{F}.binary_cross_entropy_with_logits(x, y, torch.tensor([1.0, 2.0, 3.0]).to(x), {end}",
       on=[at(x=real(2, 3), y=positive(2, 3, start=7))])  # fmt: skip
    op(f"{F}.binary_cross_entropy_with_logits(x, y, pos_weight=torch.tensor([1.0, 2.0, 3.0]).to(x), {end}",
       on=[at(x=real(2, 3), y=positive(2, 3, start=7))])  # fmt: skip
    op(f"{F}.soft_margin_loss(x, torch.tensor([1.0, -1.0, 1.0]).to(x), {end}", on=[at(x=real(3))])
    op(f"{F}.hinge_embedding_loss(x, torch.tensor([1.0, -1.0, 1.0]).to(x), {end}", on=[at(x=real(3))])
    op(f"{F}.margin_ranking_loss(x, y, torch.tensor([1.0, -1.0, 1.0]).to(x), 0.25, {end}",
       on=[at(x=real(3), y=real(3, start=8))])  # fmt: skip
    op(f"{F}.cosine_embedding_loss(x, y, torch.tensor([1.0, -1.0]).to(x), {end}", on=PAIR[:1])
    op(f"{F}.gaussian_nll_loss(x, y, v, {end}",
       on=[at(x=real(2, 3), y=real(2, 3, start=7), v=positive(2, 3, start=4))])  # fmt: skip
op(f"{F}.binary_cross_entropy(x, y, torch.tensor([2.0, 3.0]).to(x))", on=[at(x=[0.2, 0.7], y=[0.25, 1.0])])
op(f"{F}.smooth_l1_loss(x, y, beta=0.5)", on=[*CLOSE, kink(x=[0.0, 0.5, -0.5], y=[0.0, 0.0, 0.0])])
op(f"{F}.smooth_l1_loss(x, y, beta=0)", on=CLOSE)
op(f"{F}.huber_loss(x, y, delta=0.5)", on=[*CLOSE, kink(x=[0.0, 0.5, -0.5], y=[0.0, 0.0, 0.0])])
op(f"{F}.mse_loss(x, y, weight=torch.tensor([1.0, 2.0, 3.0, 4.0]).to(x))", on=CLOSE)
op(f"{F}.poisson_nll_loss(x, y, log_input=False, full=True)", on=[at(x=positive(3), y=positive(3, start=7))])
op(f'{F}.kl_div(x, y, reduction="batchmean")', on=[at(x=real(2, 3), y=positive(2, 3, start=7))])
op(f"{F}.multilabel_soft_margin_loss(x, torch.tensor([1.0, 0.0, 1.0]).to(x).expand(2, 3))", on=[at(x=real(2, 3))])
op(f"{F}.cosine_similarity(x, y)", on=PAIR[:1])
op(f"{F}.cosine_similarity(x, y, dim=0)", on=PAIR)
op(f"{F}.pairwise_distance(x, y)", on=PAIR)
op(f"{F}.triplet_margin_loss(x, y, z)", on=[at(x=real(2, 3), y=real(2, 3, start=7), z=real(2, 3, start=13))])
op(f"{F}.triplet_margin_loss(x, y, z, swap=True)",
   on=[at(x=real(2, 3), y=real(2, 3, start=7), z=real(2, 3, start=13))])  # fmt: skip

# Losses of classes

CLASSES = [at(x=real(4, 3), t=ints(0, 2, 1, 1))]
for reduction in ("mean", "sum", "none"):
    for name in ("cross_entropy", "nll_loss"):
        end = f'reduction="{reduction}")'
        op(f"{F}.{name}(x, t, {end}", on=[*CLASSES, at(x=real(3), t=np.array(1))])
        op(f"{F}.{name}(x, t, torch.tensor([1.0, 2.0, 3.0]).to(x), ignore_index=1, {end}", on=CLASSES)
        op(f"{F}.{name}(x, t, {end}", on=[at(x=real(2, 3, 2), t=ints([0, 2], [1, 1])),
                                         at(x=real(1, 3, 2, 2), t=ints([[0, 2], [1, 1]]))])  # fmt: skip
    op(f"{F}.cross_entropy(x, t, label_smoothing=0.1, {end}", on=CLASSES)
    op(f"{F}.cross_entropy(x, t, torch.tensor([1.0, 2.0, 3.0]).to(x), ignore_index=1, label_smoothing=0.1, {end}",
       on=CLASSES)  # fmt: skip
    op(f"{F}.cross_entropy(x, y, {end}", on=[at(x=real(2, 3), y=positive(2, 3, start=7))])
    op(f"{F}.cross_entropy(x, y, torch.tensor([1.0, 2.0, 3.0]).to(x), label_smoothing=0.1, {end}",
       on=[at(x=real(2, 3), y=positive(2, 3, start=7))])  # fmt: skip

EXPRESSIONS = lines("""
torch.nn.functional.relu(torch.arange(-2, 4))
torch.nn.functional.relu(torch.tensor([True, False]))
torch.nn.functional.relu6(torch.arange(-2, 4))
torch.nn.functional.relu6(torch.tensor([True, False]))
torch.nn.functional.leaky_relu(torch.arange(-2, 4))
torch.nn.functional.leaky_relu(torch.tensor([True, False]))
torch.nn.functional.elu(torch.arange(-2, 4))
torch.nn.functional.elu(torch.tensor([True, False]))
torch.nn.functional.selu(torch.arange(-2, 4))
torch.nn.functional.selu(torch.tensor([True, False]))
torch.nn.functional.celu(torch.arange(-2, 4))
torch.nn.functional.celu(torch.tensor([True, False]))
torch.nn.functional.gelu(torch.arange(-2, 4))
torch.nn.functional.gelu(torch.tensor([True, False]))
torch.nn.functional.silu(torch.arange(-2, 4))
torch.nn.functional.silu(torch.tensor([True, False]))
torch.nn.functional.mish(torch.arange(-2, 4))
torch.nn.functional.mish(torch.tensor([True, False]))
torch.nn.functional.softplus(torch.arange(-2, 4))
torch.nn.functional.softplus(torch.tensor([True, False]))
torch.nn.functional.hardtanh(torch.arange(-2, 4))
torch.nn.functional.hardtanh(torch.tensor([True, False]))
torch.nn.functional.hardsigmoid(torch.arange(-2, 4))
torch.nn.functional.hardsigmoid(torch.tensor([True, False]))
torch.nn.functional.hardswish(torch.arange(-2, 4))
torch.nn.functional.hardswish(torch.tensor([True, False]))
torch.nn.functional.softsign(torch.arange(-2, 4))
torch.nn.functional.softsign(torch.tensor([True, False]))
torch.nn.functional.tanhshrink(torch.arange(-2, 4))
torch.nn.functional.tanhshrink(torch.tensor([True, False]))
torch.nn.functional.softshrink(torch.arange(-2, 4))
torch.nn.functional.softshrink(torch.tensor([True, False]))
torch.nn.functional.hardshrink(torch.arange(-2, 4))
torch.nn.functional.hardshrink(torch.tensor([True, False]))
torch.nn.functional.logsigmoid(torch.arange(-2, 4))
torch.nn.functional.logsigmoid(torch.tensor([True, False]))
torch.nn.functional.threshold(torch.arange(-2, 4), 1, 2)
torch.nn.functional.gelu(torch.ones(2).half(), approximate='x')
torch.nn.functional.relu(3)
torch.nn.functional.gelu(3)
torch.nn.functional.leaky_relu(3)
torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 4))
torch.nn.functional.linear(torch.ones(3), torch.ones(4, 4))
torch.nn.functional.linear(torch.ones(2, 2, 3), torch.ones(4, 4), torch.ones(4))
torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 3), torch.ones(5))
torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 4), torch.ones(4))
torch.nn.functional.linear(torch.ones(2, 3).double(), torch.ones(4, 3))
torch.nn.functional.linear(torch.ones(2, 3).long(), torch.ones(4, 3), torch.ones(4))
torch.nn.functional.linear(torch.ones(2, 3).long(), torch.ones(4, 3))
torch.nn.functional.linear(torch.ones(2, 3, dtype=torch.long), torch.ones(4, 3, dtype=torch.long))
torch.nn.functional.linear(torch.ones(2, 3).double(), torch.ones(4, 3), torch.ones(4))
torch.nn.functional.linear(torch.ones(2, 2, 3).double(), torch.ones(4, 3), torch.ones(4))
torch.nn.functional.linear(torch.ones(3).double(), torch.ones(4, 3), torch.ones(4))
torch.nn.functional.linear(torch.tensor(1.), torch.ones(4, 3), torch.ones(4))
torch.nn.functional.linear(torch.ones(3), torch.ones(3))
torch.nn.functional.linear([1, 2], torch.ones(3))
torch.nn.functional.linear(torch.ones(2, 3), torch.ones(3), torch.tensor(1.))
torch.nn.functional.linear(torch.ones(2, 5, 3), torch.ones(4, 4))
torch.nn.functional.linear(torch.ones(3), torch.ones(4, 4), torch.ones(4))
torch.nn.functional.mse_loss(torch.arange(-2, 4), torch.arange(-2, 4))
torch.nn.functional.mse_loss(torch.eye(4, 3), torch.eye(4, 3).double())
torch.nn.functional.mse_loss(torch.eye(4, 3), torch.ones(4, 3, dtype=torch.long))
torch.nn.functional.mse_loss(torch.eye(4, 3), torch.ones(5, 3))
torch.nn.functional.mse_loss(torch.eye(4, 3), 1.0)
torch.nn.functional.mse_loss(torch.eye(4, 3), torch.eye(4, 3), reduction='foo')
torch.nn.functional.l1_loss(torch.arange(-2, 4), torch.arange(-2, 4))
torch.nn.functional.l1_loss(torch.eye(4, 3), torch.eye(4, 3), reduction='foo')
torch.nn.functional.smooth_l1_loss(torch.arange(-2, 4), torch.arange(-2, 4))
torch.nn.functional.smooth_l1_loss(torch.eye(4, 3), torch.eye(4, 3), beta=-1)
torch.nn.functional.huber_loss(torch.eye(4, 3), torch.eye(4, 3), delta=0.)
torch.nn.functional.huber_loss(torch.arange(-2, 4), torch.arange(-2, 4))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]).float())
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]).int())
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1]))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1, 2, 3]))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1, 2, -1]))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1, 2, -100]))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([-100]*4))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.ones(4, 4))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.ones(4, 3), label_smoothing=2.)
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]), weight=torch.ones(2))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]), weight=torch.ones(3, 3))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]), weight=torch.ones(3).double())
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]), reduction='foo')
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor(1))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]).unsqueeze(1))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.ones(4, 3, dtype=torch.long))
torch.nn.functional.cross_entropy(torch.eye(4, 3), torch.ones(4, 3, dtype=torch.double)).dtype
torch.nn.functional.cross_entropy(torch.ones(3), torch.tensor(1))
torch.nn.functional.cross_entropy(torch.ones(3), torch.tensor([1]))
torch.nn.functional.cross_entropy(torch.tensor(1.), torch.tensor(0))
torch.nn.functional.cross_entropy(torch.arange(-2, 4), torch.tensor([0, 1, 2, 1]))
torch.nn.functional.cross_entropy(torch.ones(2, 3, 4), torch.zeros(2, 5, dtype=torch.long))
torch.nn.functional.cross_entropy(torch.ones(2, 3, 4), torch.zeros(3, 4, dtype=torch.long))
torch.nn.functional.cross_entropy(torch.ones(0, 3), torch.zeros(0, dtype=torch.long))
torch.nn.functional.cross_entropy(torch.eye(4, 3), [0, 1, 2, 1])
torch.nn.functional.nll_loss(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]).float())
torch.nn.functional.nll_loss(torch.eye(4, 3), torch.tensor([0, 1]))
torch.nn.functional.nll_loss(torch.eye(4, 3), torch.tensor([0, 1, 2, 3]))
torch.nn.functional.nll_loss(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]).int())
torch.nn.functional.nll_loss(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]).to(torch.uint8))
torch.nn.functional.nll_loss(torch.ones(2, 3, 4), torch.zeros(2, 5, dtype=torch.long))
torch.nn.functional.nll_loss(torch.ones(2, 3, 4, 4), torch.zeros(2, 5, 4, dtype=torch.long))
torch.nn.functional.nll_loss(torch.ones(2, 3, 4, 4), torch.zeros(2, 4, dtype=torch.long))
torch.nn.functional.nll_loss(torch.ones(2, 3, 4), torch.full((2, 4), 7))
torch.nn.functional.nll_loss(torch.tensor(1.), torch.tensor(0))
torch.nn.functional.nll_loss(torch.eye(4, 3), torch.zeros(4, 1, dtype=torch.long))
torch.nn.functional.nll_loss(torch.eye(4, 3), torch.tensor([0, 1, 2, 1]), torch.ones(2))
torch.nn.functional.nll_loss(torch.arange(-2, 4), torch.tensor([0, 1, 2, 1]))
torch.nn.functional.binary_cross_entropy(torch.eye(4, 3), torch.ones(4, 3))
torch.nn.functional.binary_cross_entropy(torch.ones(4), torch.ones(3))
torch.nn.functional.binary_cross_entropy(torch.ones(4), torch.ones(4, dtype=torch.long))
torch.nn.functional.binary_cross_entropy(torch.ones(4), torch.ones(4).double())
torch.nn.functional.binary_cross_entropy(torch.arange(-2, 4), torch.arange(-2, 4))
torch.nn.functional.binary_cross_entropy(torch.tensor([0., 1., 0.]), torch.tensor([0., 1., 1.]), reduction='none')
torch.nn.functional.binary_cross_entropy(torch.tensor([0., 1.]), torch.tensor([0., 0.]))
torch.nn.functional.binary_cross_entropy(torch.ones(4), torch.ones(4), torch.ones(3))
torch.nn.functional.binary_cross_entropy_with_logits(torch.ones(4), torch.ones(3))
torch.nn.functional.binary_cross_entropy_with_logits(torch.eye(4, 3), torch.ones(4, 3, dtype=torch.long))
torch.nn.functional.binary_cross_entropy_with_logits(torch.eye(4, 3), torch.ones(4, 3).double()).dtype
torch.nn.functional.binary_cross_entropy_with_logits(torch.arange(-2, 4), torch.arange(-2, 4))
torch.nn.functional.kl_div(torch.eye(4, 3), torch.eye(4, 3))
torch.nn.functional.margin_ranking_loss(torch.ones(3), torch.ones(3), torch.ones(3, 1))
torch.nn.functional.margin_ranking_loss(torch.ones(3), torch.ones(3), torch.ones(2))
torch.nn.functional.cosine_embedding_loss(torch.eye(4, 3), torch.eye(4, 3), torch.ones(4, 3))
torch.nn.functional.cosine_embedding_loss(torch.eye(4, 3), torch.eye(4, 3), torch.ones(3))
torch.nn.functional.hinge_embedding_loss(torch.eye(4, 3), torch.ones(4, 3), reduction='foo')
torch.nn.functional.soft_margin_loss(torch.eye(4, 3), torch.ones(4, 2))
torch.nn.functional.soft_margin_loss(torch.eye(4, 3), torch.ones(4, 3, dtype=torch.long))
torch.nn.functional.triplet_margin_loss(torch.eye(4, 3), torch.eye(4, 3), torch.eye(4, 3), margin=-1)
torch.nn.functional.triplet_margin_loss(torch.eye(4, 3), torch.ones(3), torch.eye(4, 3))
torch.nn.functional.gaussian_nll_loss(torch.eye(4, 3), torch.eye(4, 3), -torch.ones(4, 3))
torch.nn.functional.gaussian_nll_loss(torch.eye(4, 3), torch.eye(4, 3), torch.ones(4))
torch.nn.functional.gaussian_nll_loss(torch.eye(4, 3), torch.eye(4, 3), torch.ones(5))
torch.nn.functional.poisson_nll_loss(torch.eye(4, 3), torch.eye(4, 3), reduction='foo')
torch.nn.functional.dropout(torch.eye(4, 3), 1.5)
torch.nn.functional.dropout(torch.arange(-2, 4), 0.5)
torch.nn.functional.embedding(torch.eye(4, 3), torch.eye(4, 3))
torch.nn.functional.embedding(torch.tensor([5]), torch.eye(4, 3))
torch.nn.functional.embedding(torch.tensor([-1]), torch.eye(4, 3))
torch.nn.functional.embedding(torch.tensor([1]), torch.ones(3))
torch.nn.functional.embedding(torch.tensor([1]), torch.eye(4, 3), padding_idx=9)
torch.nn.functional.embedding(torch.tensor(1), torch.eye(4, 3))
torch.nn.functional.embedding(1, torch.eye(4, 3))
torch.nn.functional.embedding(torch.tensor([1], dtype=torch.int32), torch.eye(4, 3))
torch.nn.functional.embedding(torch.tensor([1], dtype=torch.uint8), torch.eye(4, 3))
torch.nn.functional.layer_norm(torch.eye(4, 3), (4, ))
torch.nn.functional.layer_norm(torch.eye(4, 3), (3, ), torch.ones(4))
torch.nn.functional.layer_norm(torch.eye(4, 3), (3, ), None, torch.ones(4))
torch.nn.functional.layer_norm(torch.arange(-2, 4), (6, ))
torch.nn.functional.layer_norm(torch.eye(4, 3), 3)
torch.nn.functional.layer_norm(torch.eye(4, 3), ())
torch.nn.functional.layer_norm(torch.eye(4, 3), (3, ), torch.ones(3).double())
torch.nn.functional.batch_norm(torch.eye(4, 3), torch.ones(4), torch.ones(4))
torch.nn.functional.batch_norm(torch.eye(4, 3), None, None)
torch.nn.functional.batch_norm(torch.eye(4, 3), None, None, training=True, eps=0)
torch.nn.functional.batch_norm(torch.eye(4, 3)[:1], None, None, training=True)
torch.nn.functional.batch_norm(torch.eye(4, 3), torch.ones(3), torch.ones(3), weight=torch.ones(2))
torch.nn.functional.batch_norm(torch.eye(4, 3), torch.ones(3), torch.ones(3), bias=torch.ones(2))
torch.nn.functional.batch_norm(torch.eye(4, 3).double(), torch.ones(3), torch.ones(3))
torch.nn.functional.batch_norm(torch.ones(3), torch.ones(3), torch.ones(3))
torch.nn.functional.rms_norm(torch.eye(4, 3), (4, ))
torch.nn.functional.one_hot(torch.eye(4, 3))
torch.nn.functional.one_hot(torch.tensor([-1]))
torch.nn.functional.one_hot(torch.tensor([3]), 2)
torch.nn.functional.one_hot(torch.tensor([], dtype=torch.long))
torch.nn.functional.glu(torch.ones(3))
torch.nn.functional.glu(torch.tensor(1.))
torch.nn.functional.prelu(torch.eye(4, 3), torch.ones(4))
torch.nn.functional.prelu(torch.eye(4, 3), torch.ones(3, 1))
torch.nn.functional.prelu(torch.tensor(1.), torch.ones(1))
torch.nn.functional.prelu(torch.tensor(1.), torch.ones(2))
torch.nn.functional.prelu(torch.eye(4, 3), torch.ones(3).double())
torch.nn.functional.elu(torch.eye(4, 3), alpha=-1)
torch.nn.functional.celu(torch.eye(4, 3), alpha=0)
torch.nn.functional.softshrink(torch.eye(4, 3), -1)
torch.nn.functional.hardtanh(torch.eye(4, 3), 2, 1)
torch.nn.functional.bilinear(torch.eye(4, 3), torch.eye(4, 3), torch.ones(2, 3, 4))
torch.nn.functional.bilinear(torch.eye(4, 3), torch.ones(5, 3), torch.ones(2, 3, 3))
torch.nn.functional.bilinear(torch.eye(4, 3), torch.eye(4, 3), torch.ones(2, 3, 3), torch.ones(3))
torch.nn.functional.softmax(torch.eye(4, 3), dim=5)
torch.nn.functional.softmax(torch.eye(4, 3), dim='a')
torch.nn.functional.normalize(torch.eye(4, 3), dim=4)
torch.nn.functional.normalize(torch.arange(-2, 4))
torch.nn.functional.cosine_similarity(torch.eye(4, 3), torch.ones(4, 4))
torch.nn.functional.cosine_similarity(torch.arange(-2, 4), torch.arange(-2, 4), dim=0)
torch.nn.functional.mse_loss(torch.eye(4, 3))
torch.nn.functional.softmax(torch.eye(4, 3), 1, dtype=torch.float64).dtype
torch.nn.functional.sigmoid(torch.eye(4, 3)).shape
torch.nn.functional.tanh(torch.eye(4, 3)).shape
torch.nn.functional.logsigmoid(torch.eye(4, 3)).shape
torch.nn.Parameter([1., 2.])
torch.nn.Parameter(torch.arange(-2, 4))
torch.nn.Parameter(torch.arange(-2, 4), requires_grad=False)
torch.nn.Parameter(3)
torch.nn.Parameter()
torch.nn.Linear(2)
torch.nn.Linear(0, 2)
torch.nn.Dropout(2)
torch.nn.Embedding(3, 4, padding_idx=5)
torch.nn.Embedding(3, 4, padding_idx=-5)
torch.nn.Softmax()(torch.eye(4, 3)).shape
torch.nn.ReLU(foo=1)
torch.nn.ReLU(1, 2)
torch.nn.Hardtanh(2, 1)
torch.nn.Unflatten(1, 2.5)
torch.nn.Unflatten(1, (2, 'a'))
torch.nn.Module(1)
torch.nn.Module(a=1)
torch.nn.Module()(1)
torch.nn.Sequential(1)
torch.nn.Sequential(torch.nn.ReLU)
torch.nn.ModuleList(torch.nn.ReLU())
torch.nn.ModuleList([1])
torch.nn.ModuleDict([1])
torch.nn.ModuleDict({'a.b':torch.nn.ReLU()})
torch.nn.ModuleDict({'keys':torch.nn.ReLU()})
torch.nn.ModuleDict({1:torch.nn.ReLU()})
torch.nn.BatchNorm1d(3)(torch.ones(3))
torch.nn.BatchNorm1d(3)(torch.ones(1, 3))
torch.nn.BatchNorm1d(3)(torch.ones(2, 4))
torch.nn.LayerNorm(3)(torch.ones(4))
torch.nn.CrossEntropyLoss(reduction='foo')
torch.nn.CrossEntropyLoss(label_smoothing=2)
torch.nn.MSELoss(reduction='foo')(torch.eye(4, 3), torch.eye(4, 3))
torch.nn.TripletMarginLoss(margin=-1)
torch.nn.init.calculate_gain('foo')
torch.nn.init.calculate_gain('leaky_relu', 'a')
torch.nn.init.xavier_uniform_(torch.ones(3))
torch.nn.init.kaiming_uniform_(torch.ones(3, 3), mode='foo')
torch.nn.init.kaiming_uniform_(torch.ones(3, 3), nonlinearity='foo')
torch.nn.init.eye_(torch.ones(3))
torch.nn.init.dirac_(torch.ones(3))
torch.nn.init.orthogonal_(torch.ones(3))
torch.nn.init.sparse_(torch.ones(3), .5)
torch.nn.init.constant_([1], 2)
torch.nn.init.xavier_uniform_(torch.ones(0, 3))
torch.nn.init.uniform_(torch.ones(3).long())
torch.nn.utils.clip_grad_norm_([], 1.)
torch.nn.utils.clip_grad_norm_(torch.ones(2), 1.)
torch.nn.utils.vector_to_parameters(1, [])
torch.nn.utils.parameters_to_vector([])
torch.nn.functional.conv2d(torch.ones(1, 3, 4, 4), torch.ones(4, 2, 3, 3))
torch.nn.functional.conv2d(torch.ones(1, 3, 4, 4), torch.ones(4, 3, 9, 9))
torch.nn.functional.conv2d(torch.ones(1, 3, 4, 4), torch.ones(4, 3, 3, 3), torch.ones(5))
torch.nn.functional.conv2d(torch.ones(1, 3, 4, 4), torch.ones(4, 3, 3, 3), stride=0)
torch.nn.functional.conv2d(torch.ones(1, 3, 4, 4), torch.ones(4, 3, 3, 3), padding=-1)
torch.nn.functional.conv2d(torch.ones(1, 3, 4, 4), torch.ones(4, 3, 3, 3), stride=2, padding='same')
torch.nn.functional.max_pool2d(torch.ones(1, 3, 4, 4), 9)
torch.nn.functional.max_pool2d(torch.ones(1, 3, 4, 4), 2, padding=2)
torch.nn.functional.max_pool2d(torch.ones(2, 3), 2)
torch.nn.functional.avg_pool2d(torch.ones(1, 3, 4, 4), 9)
torch.nn.functional.group_norm(torch.ones(2, 3), 2)
torch.nn.GroupNorm(2, 4)
torch.nn.GroupNorm(2, 4, affine=False)
torch.nn.GroupNorm(2, 3)
torch.nn.Conv2d(3, 4, 3)
torch.nn.Conv2d(3, 4, (3, 2), stride=2, padding=1, dilation=2, bias=False)
torch.nn.Conv2d(3, 6, 3, padding='same', groups=3)
torch.nn.Conv1d(3, 4, 3)
torch.nn.Conv2d(3, 4, 3, groups=2)
torch.nn.Conv2d(4, 3, 3, groups=2)
torch.nn.Conv2d(3, 4, 3)(torch.ones(8, 8))
torch.nn.Conv1d(3, 4, 3)(torch.ones(8))
torch.nn.MaxPool2d(2)
torch.nn.MaxPool2d(3, stride=2, padding=1)
torch.nn.MaxPool1d(2)
torch.nn.AvgPool2d(3, 2, 1)
torch.nn.AvgPool1d(2)
torch.nn.AdaptiveAvgPool2d((1, 2))
""")
