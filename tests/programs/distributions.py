"""Distributions: what is drawn at a seed, log-probabilities, their gradients, printing and errors."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% four kinds, and what they print
from torch.distributions import Bernoulli, Categorical, Normal, Uniform
for d in (Normal(torch.zeros(2), torch.tensor([1.0, 2.0])), Categorical(torch.tensor([[0.2, 0.3], [1.0, 3.0]])), Categorical(logits=torch.tensor([1.0, 2.0, 0.0])),
          Bernoulli(torch.tensor([0.3, 0.9])), Bernoulli(logits=torch.tensor([0.0, 1.0])), Uniform(torch.zeros(2), torch.tensor([1.0, 2.0])), Normal(0, 1), Normal(0.5, torch.ones(1)), Bernoulli(0.25)):
    print(d, d.batch_shape, d.event_shape, d.has_rsample)
    print(d.mean, d.variance, d.stddev, d.entropy(), d.perplexity(), d)

# %% what is drawn at a seed
from torch.distributions import Bernoulli, Categorical, Normal, Uniform
torch.manual_seed(0)
for d in (Normal(torch.zeros(2), torch.tensor([1.0, 2.0])), Normal(0.0, 1.0), Uniform(-1.0, torch.ones(3)), Bernoulli(torch.tensor([0.3, 0.9])), Categorical(torch.tensor([[0.2, 0.3], [1.0, 3.0]])),
          Categorical(logits=torch.zeros(5))):
    print(d.sample(), d.sample((3,)), d.sample((2, 2)).shape)
    if d.has_rsample:
        print(d.rsample(), d.rsample(torch.Size([2])))

# %% log-probabilities
from torch.distributions import Bernoulli, Categorical, Normal, Uniform, kl_divergence
n = Normal(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 2.0]))
print(n.log_prob(torch.tensor([0.5, 0.5])), n.cdf(torch.zeros(2)), n.icdf(torch.tensor([0.3, 0.5])), n.mode)
c = Categorical(torch.tensor([[0.2, 0.3, 0.5], [1.0, 3.0, 0.0]]))
print(c.log_prob(torch.tensor([0, 2])), c.log_prob(torch.tensor([[1], [0]])), c.log_prob(torch.tensor(1)), c.mode, c.logits)
print(Bernoulli(torch.tensor([0.3, 0.9])).log_prob(torch.tensor([1.0, 0.0])), Uniform(0.0, 2.0).log_prob(torch.tensor([0.5, 2.0])))
print(kl_divergence(n, Normal(0.0, 1.0)), kl_divergence(c, Categorical(torch.ones(2, 3))), kl_divergence(Bernoulli(0.3), Bernoulli(logits=torch.zeros(2))))

# %% a policy is trained, and a sample is a function of its parameters
from torch.distributions import Categorical, Normal
torch.manual_seed(1)
logits = torch.zeros(3, requires_grad=True)
optimizer = torch.optim.SGD([logits], lr=0.5)
for step in range(20):
    policy = Categorical(logits=logits)
    action = policy.sample()
    loss = -policy.log_prob(action) * torch.tensor([0.0, 0.2, 1.0])[action]
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(logits, Categorical(logits=logits).probs)
mean, spread = torch.zeros(2, requires_grad=True), torch.ones(2, requires_grad=True)
z = Normal(mean, spread).rsample()
(z ** 2).sum().backward()
print(z, mean.grad, spread.grad, Normal(mean, spread).sample().requires_grad)

# %% errors
from torch.distributions import Bernoulli, Categorical, Normal, Uniform, kl_divergence
n, c, b, u = Normal(torch.zeros(2), torch.ones(2)), Categorical(torch.tensor([[0.2, 0.3], [1.0, 3.0]])), Bernoulli(torch.tensor([0.0, 1.0])), Uniform(0.0, torch.tensor([1.0, 2.0]))
for bad in (
    lambda: Normal(torch.zeros(2), -torch.ones(2)), lambda: Normal(torch.zeros(2), torch.ones(3)), lambda: n.log_prob(1), lambda: n.log_prob(torch.zeros(3)), lambda: n.log_prob(torch.tensor([float("nan"), 0.0])),
    lambda: Categorical(), lambda: Categorical(torch.tensor(1.0)), lambda: Categorical(torch.tensor([-1.0, 2.0])), lambda: Categorical(logits=torch.tensor([float("nan"), 1.0])), lambda: c.log_prob(torch.tensor([2, 0])),
    lambda: Bernoulli(1.5), lambda: Bernoulli(0.5, 0.5), lambda: b.log_prob(torch.tensor([0.5, 0.0])), lambda: Uniform(1.0, 0.0), lambda: u.log_prob(torch.tensor([3.0, 0.0])), lambda: kl_divergence(n, c),
    lambda: Normal(torch.zeros(2), -torch.ones(2), validate_args=False),
):
    attempt(bad)
