"""Layers at work: first values from a seed, training loops, normalization, dropout, clipping."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% first values come from the seed
import torch.nn as nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
for name, p in model.named_parameters():
    print(name, p)
print(nn.Bilinear(2, 2, 1).weight, nn.Embedding(3, 2).weight, nn.Embedding(3, 2, padding_idx=1).weight, nn.PReLU(2).weight)
print(nn.LayerNorm(2).weight, nn.BatchNorm1d(2).running_var)

# %% the functions of init
import torch.nn as nn
torch.manual_seed(1)
w = torch.empty(3, 5)
for f in (nn.init.uniform_, nn.init.normal_, nn.init.trunc_normal_, nn.init.xavier_uniform_, nn.init.xavier_normal_, nn.init.kaiming_uniform_, nn.init.kaiming_normal_,
          nn.init.ones_, nn.init.zeros_, nn.init.eye_):
    print(f.__name__, f(w))
print(nn.init.constant_(w, 0.3), nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"), nn.init.xavier_uniform_(w, gain=nn.init.calculate_gain("tanh")))
print(nn.init.uniform_(w, -2, 3), nn.init.normal_(w, 1, 2), nn.init.trunc_normal_(w, std=0.02, a=-0.03, b=0.03), nn.init.dirac_(torch.empty(2, 2, 3)), nn.init.sparse_(torch.empty(4, 2), 0.5))
print(nn.init._calculate_fan_in_and_fan_out(torch.empty(3, 5, 2)), nn.init._calculate_correct_fan(w, "fan_out"))
print([nn.init.calculate_gain(n) for n in ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu")], nn.init.calculate_gain("leaky_relu", 0.2))
p = nn.Parameter(torch.empty(2, 2))
print(nn.init.ones_(p), nn.init.orthogonal_(p).shape, p.is_leaf)
q = nn.init.orthogonal_(torch.empty(3, 2))
print((q.t() @ q).round())

# %% the old names of init
import torch.nn as nn
w = torch.empty(1, 1)
nn.init.constant(w, 1.0)
print(w)

# %% linear regression by hand
import torch.nn as nn
torch.manual_seed(0)
x = torch.linspace(-1, 1, 8).unsqueeze(1)
y = 3 * x + 0.5
model, criterion = nn.Linear(1, 1), nn.MSELoss()
for epoch in range(5):
    loss = criterion(model(x), y)
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            p -= 0.5 * p.grad
    print(epoch, loss)
print(model.weight, model.bias.grad)

# %% a classifier
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(16, 4)
t = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.25), nn.LayerNorm(8), nn.Linear(8, 3))
for step in range(6):
    loss = F.cross_entropy(model(x), t)
    model.zero_grad()
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    with torch.no_grad():
        for p in model.parameters():
            p.sub_(p.grad, alpha=0.3)
    print(step, f"{loss.item():.4f} {norm:.4f}")
model.eval()
print(model(x).argmax(1), nodes(loss))

# %% batch normalization keeps statistics
import torch.nn as nn
torch.manual_seed(0)
bn = nn.BatchNorm1d(2)
x = torch.randn(4, 2) * 3 + 1
print(bn(x), bn.running_mean, bn.running_var, bn.num_batches_tracked)
print(bn(x + 1).shape, bn.running_mean, bn.num_batches_tracked)
bn.eval()
print(bn(x), bn.num_batches_tracked)
bn = nn.BatchNorm1d(2, momentum=None, affine=False)
bn(x), bn(x * 2)
print(bn.running_mean, bn.running_var, bn)
bn = nn.BatchNorm1d(2, track_running_stats=False).eval()
print(bn(x), bn.running_mean, list(bn.state_dict()))
for bad in (torch.ones(2), torch.ones(1, 2), torch.ones(2, 3)):
    attempt(lambda: nn.BatchNorm1d(2)(bad))

# %% dropout draws PyTorch's mask
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.ones(3, 4, requires_grad=True)
y = nn.Dropout(0.5)(x)
print(y)
y.sum().backward()
print(x.grad, nodes(y))
print(F.dropout(x, 0.2), F.dropout(x, 0.0) is x, F.dropout(x, training=False) is x, F.dropout(x, 1.0))
print(F.dropout1d(torch.ones(2, 3, 2)), F.dropout2d(torch.ones(1, 3, 2, 2), 0.3), F.alpha_dropout(torch.ones(2, 3), 0.5, True))
print(F.rrelu(-torch.ones(5), training=True), torch.rand(1))

# %% a convolutional network
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, padding=1)
        self.norm = nn.BatchNorm2d(2)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(2 * 2 * 2, 3)
    def forward(self, x):
        return self.fc(self.pool(F.relu(self.norm(self.conv(x)))).flatten(1))
net = Net()
print(net, net.conv.weight)
out = net(torch.randn(2, 1, 4, 4))
loss = F.cross_entropy(out, torch.tensor([0, 2]))
loss.backward()
print(out, loss, net.conv.weight.grad.shape, net.conv.bias.grad.shape)
print(nodes(loss))

# %% embeddings
import torch.nn as nn
torch.manual_seed(0)
e = nn.Embedding(4, 2, padding_idx=0)
out = e(torch.tensor([[0, 1], [3, 1]]))
print(out)
out.sum().backward()
print(e.weight.grad)
attempt(lambda: e(torch.tensor([4])))
attempt(lambda: e(torch.tensor([0.5])))
print(nn.Embedding.from_pretrained(torch.ones(2, 2)).weight)
m = nn.Embedding(3, 2, max_norm=1.0)
print(m(torch.tensor([0, 1])), m.weight)

# %% clipping
import torch.nn as nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_, get_total_norm, parameters_to_vector, vector_to_parameters
w = torch.tensor([3.0, 4.0], requires_grad=True)
v = torch.tensor([12.0], requires_grad=True)
def fresh():
    w.grad, v.grad = w.detach().clone(), v.detach().clone()
fresh()
print(clip_grad_norm_([w, v], 6.5), w.grad, v.grad)
fresh()
print(clip_grad_norm_([w, v], 100.0), w.grad)
fresh()
print(clip_grad_norm_((p for p in [w, v]), 1.0, norm_type=float("inf")), w.grad)
fresh()
print(clip_grad_norm_(w, 1.0, norm_type=1), w.grad, clip_grad_value_([w, v], 3.5), v.grad)
print(get_total_norm([w.detach(), v.detach()]))
w.grad[0] = float("nan")
attempt(lambda: clip_grad_norm_([w], 1.0, error_if_nonfinite=True))
print(clip_grad_norm_(iter([]), 1.0))
model = nn.Linear(2, 1)
vector_to_parameters(torch.tensor([1.0, 2.0, 3.0]), model.parameters())
print(model.weight, model.bias, parameters_to_vector(model.parameters()))

# %% warnings
import torch.nn as nn
import torch.nn.functional as F
x = torch.ones(2, 3)
print(F.softmax(x), F.log_softmax(x), F.softmin(x), nn.Softmax()(x))
print(F.mse_loss(x, torch.ones(3)), F.l1_loss(x, torch.ones(2, 1)))
print(nn.MSELoss(size_average=False), nn.CrossEntropyLoss(reduce=False).reduction, F.mse_loss(x, x, size_average=True))
print(F.kl_div(x.log(), x), nn.KLDivLoss(reduction="batchmean")(x.log(), x))
print(F.mse_loss(x, x, reduction="elementwise_mean"))

# %% the same layer twice adds up
import torch.nn as nn
layer = nn.Linear(1, 1, bias=False)
nn.init.constant_(layer.weight, 3.0)
x = torch.tensor([[2.0]])
y = layer(layer(x))
y.backward()
print(y, layer.weight.grad, nodes(y))

# %% frozen layers get no gradient
import torch.nn as nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
for p in model[0].parameters():
    p.requires_grad = False
loss = model(torch.ones(1, 2)).sum()
loss.backward()
print([p.grad for p in model.parameters()], nodes(loss))

# %% attention in a few lines
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
q, k, v = (torch.randn(1, 3, 2) for _ in range(3))
print(F.scaled_dot_product_attention(q, k, v), F.scaled_dot_product_attention(q, k, v, is_causal=True))
print(F.gumbel_softmax(torch.zeros(2, 3), hard=True), F.one_hot(torch.tensor([1, 0]), 3), F.pad(torch.ones(2), (1, 1)))

# %% stale parameters are noticed
import torch.nn as nn
layer = nn.Linear(2, 1)
x = torch.ones(1, 2, requires_grad=True)
y = layer(x)
with torch.no_grad():
    layer.weight.add_(1)
attempt(lambda: y.backward())
