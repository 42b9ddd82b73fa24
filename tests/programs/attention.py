"""Attention: one operation for a batch of heads, several for anything else."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a batch of heads is one node
F = torch.nn.functional
torch.manual_seed(0)
heads = [torch.randn(1, 2, 3, 4, requires_grad=True) for _ in range(3)]
y = F.scaled_dot_product_attention(*heads)
print(y, nodes(y))
print(nodes(F.scaled_dot_product_attention(heads[0], heads[1].detach(), heads[2], torch.zeros(3, 3), is_causal=True)))
for name in "query key value output logsumexp attn_mask is_causal scale dropout_p".split():
    saved = getattr(y.grad_fn, "_saved_" + name)
    print(name, tuple(saved.shape) if torch.is_tensor(saved) else saved)

# %% that node has no second derivative
F = torch.nn.functional
heads = [torch.ones(1, 2, 3, 4, requires_grad=True) for _ in range(3)]
(g,) = torch.autograd.grad(F.scaled_dot_product_attention(*heads).sum(), heads[0], create_graph=True)
print(nodes(g))
attempt(lambda: g.sum().backward())

# %% what that node has saved must not change, and is freed
F = torch.nn.functional
heads = [torch.ones(1, 2, 3, 4, requires_grad=True) for _ in range(3)]
y = F.scaled_dot_product_attention(*heads)
with torch.no_grad():
    y.mul_(2)
attempt(lambda: y.sum().backward())
y = F.scaled_dot_product_attention(*heads).sum()
y.backward()
attempt(lambda: y.backward())

# %% without a batch, with a mask that is learned, with dropout, with other sizes, with shared heads
F = torch.nn.functional
torch.manual_seed(0)
heads = [torch.randn(1, 2, 3, 4, requires_grad=True) for _ in range(3)]
print(nodes(F.scaled_dot_product_attention(*[x[0] for x in heads])))
print(nodes(F.scaled_dot_product_attention(*heads, torch.zeros(3, 3, requires_grad=True))))
print(nodes(F.scaled_dot_product_attention(*heads, dropout_p=0.5)))
print(nodes(F.scaled_dot_product_attention(*heads[:2], heads[2][..., :2])))
print(F.scaled_dot_product_attention(*heads, dropout_p=0.5).sum(-1))
attempt(lambda: F.scaled_dot_product_attention(*heads, enable_gqa=True).shape)
attempt(lambda: F.scaled_dot_product_attention(heads[0], heads[1][:, :1], heads[2][:, :1], enable_gqa=True).shape)
attempt(lambda: F.scaled_dot_product_attention(torch.ones(1, 3, 2, 2), heads[1], heads[2], enable_gqa=True).shape)

# %% the result lies in memory as the queries do
F = torch.nn.functional
x = torch.ones(1, 3, 2, 4).transpose(1, 2)
print(F.scaled_dot_product_attention(x, x, x).stride(), F.scaled_dot_product_attention(*[x.contiguous()] * 3).stride())
