"""Functions of layers, and arguments that they are not made for."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% activations take tensors, and no arrays or lists in their place
import torch.nn.functional as F
for name in """relu leaky_relu elu selu celu gelu silu mish softplus hardtanh relu6 hardsigmoid hardswish softshrink
               hardshrink logsigmoid sigmoid tanh""".split():
    attempt(lambda: getattr(F, name)(np.ones(2)))
    attempt(lambda: getattr(F, name)([1.0]))
attempt(lambda: F.threshold(np.ones(2), 1, 1))
attempt(lambda: F.elu(3, inplace=True))
attempt(lambda: F.prelu(np.ones(2), torch.ones(1)))
attempt(lambda: F.prelu(torch.ones(2), 0.5))

# %% so do other layers
import torch.nn.functional as F
x = torch.ones(2, 2)
attempt(lambda: F.dropout(np.ones(2)))
attempt(lambda: F.dropout([1.0], training=False))
attempt(lambda: F.alpha_dropout(np.ones(2)))
attempt(lambda: F.layer_norm(np.ones(2), (2,)))
attempt(lambda: F.rms_norm(np.ones(2), (2,)))
attempt(lambda: F.batch_norm(np.ones((2, 2)), x[0], x[0]))
attempt(lambda: F.bilinear(x, [1.0], torch.ones(2, 2, 2)))
attempt(lambda: F.embedding(torch.tensor([1]), [[1.0], [2.0]]))
attempt(lambda: F.embedding([1], x))
attempt(lambda: F.pad(np.ones(2), (1, 1)))
attempt(lambda: F.one_hot(np.ones(2)))
attempt(lambda: F.max_pool2d(np.ones((1, 2, 2)), 1))
attempt(lambda: F.scaled_dot_product_attention(x[None], x[None], np.ones((1, 2, 2))))

# %% and losses
import torch.nn.functional as F
x, classes = torch.ones(2, 2), torch.tensor([0, 1])
for loss in (F.cross_entropy, F.nll_loss, F.multi_margin_loss, F.multilabel_margin_loss):
    attempt(lambda: loss(np.ones((2, 2)), classes))
    attempt(lambda: loss(x, [0, 1]))
for loss in (F.kl_div, F.poisson_nll_loss, F.hinge_embedding_loss, F.soft_margin_loss, F.pairwise_distance, F.cosine_similarity):
    attempt(lambda: loss(np.ones((2, 2)), x))
    attempt(lambda: loss(x, np.ones((2, 2))))
attempt(lambda: F.cosine_embedding_loss(x, x, 1))
attempt(lambda: F.triplet_margin_loss(x, x, [1.0]))

# %% names of arguments
import torch.nn.functional as F
print(F.sigmoid(input=torch.zeros(1)), F.tanh(input=torch.zeros(1)), F.logsigmoid(input=torch.zeros(1)))

# %% few normal numbers are where they are wanted
torch.manual_seed(0)
for mean, a, b in ((0.0, 0.5, 0.75), (5.0, -1.0, 1.0), (-100.0, 0.0, 2.0)):
    print(torch.nn.init.trunc_normal_(torch.empty(4), mean, 1.0, a, b), torch.rand(1))

# %% layers of size 0
import warnings
warnings.simplefilter("ignore")
print(torch.nn.Conv2d(1, 2, 0).weight.shape)
attempt(lambda: torch.nn.Bilinear(0, 1, 1))
