"""Convolution, pooling and attention: values, graphs, gradients."""

import numpy as np
from ops import Sample, at, bools, family, kink, lines, real

OPS, op = family()
inf, nan = np.inf, np.nan

F = "torch.nn.functional"

# Convolution and pooling

IMAGE = at(x=real(2, 2, 4, 4), w=real(3, 2, 2, 2, start=5), b=real(3, start=2))
for call in ("(x, w, b)", "(x, w, b, stride=2, padding=1)", "(x, w, stride=(2, 1), dilation=(1, 2))", "(x, w, b, 3)"):
    op(f"{F}.conv2d{call}", on=[IMAGE])
op(f"{F}.conv2d(x, w, groups=2)", on=[at(x=real(1, 2, 4, 3), w=real(4, 1, 2, 2, start=5))])
op(f'{F}.conv2d(x, w, padding="same")', on=[at(x=real(1, 2, 4, 3), w=real(2, 2, 3, 3, start=5))])
op(f"{F}.conv2d(x, w, b)", on=[at(x=real(2, 4, 4), w=real(3, 2, 2, 2, start=5), b=real(3, start=2))])
op(f'{F}.conv2d(x, w, padding="same")', on=[at(x=real(1, 2, 3, 3), w=real(1, 2, 2, 4, start=5))])
op(f"{F}.conv2d(x, w, groups=2, stride=2)", on=[at(x=real(2, 2, 5, 3), w=real(2, 1, 2, 2, start=5))])
op(f"{F}.conv1d(x, w, b, 2, 1)", on=[at(x=real(2, 2, 5), w=real(3, 2, 3, start=5), b=real(3, start=2))])
op(f"{F}.conv3d(x, w)", on=[at(x=real(1, 2, 2, 3, 2), w=real(2, 2, 2, 2, 1, start=5))])
POOLED = [at(x=np.linspace(-1, 1, 64)[np.argsort(np.sin(np.arange(64)))].reshape(2, 2, 4, 4))]  # all differ
op(f"{F}.max_pool2d(x, 2)", on=[*POOLED, kink(x=np.ones((1, 1, 2, 4)))])
op(f"{F}.max_pool2d(x, 3, 2, 1)", on=POOLED)
op(f"{F}.max_pool2d(x, 2, 1, dilation=2, return_indices=True)", on=POOLED)
op(f"{F}.max_pool1d(x, 2)", on=[at(x=POOLED[0].inputs["x"][0])])
op(f"{F}.avg_pool2d(x, 2)", on=POOLED)
op(f"{F}.avg_pool2d(x, 3, 2, 1)", on=POOLED)
op(f"{F}.avg_pool2d(x, 3, 2, 1, count_include_pad=False)", on=POOLED)
op(f"{F}.avg_pool1d(x, 2)", on=[at(x=real(2, 2, 5))])
op(f"{F}.max_pool2d(x, 3, 2, ceil_mode=True, return_indices=True)", on=[*POOLED, at(x=POOLED[0].inputs["x"][0]),
   kink(x=[[[0.5, -inf, nan, 1.0], [-inf, -inf, 2.0, nan], [0.1, -inf, 3.0, 1.0], [nan, nan, 1.0, 0.2]]])])  # fmt: skip
op(f"{F}.max_pool2d(x, 2, 1, 1, return_indices=True)", on=[kink(x=np.full((1, 2, 2), -inf))])
op(f"{F}.avg_pool2d(x, (3, 2), 2, 1, True)", on=POOLED)
op(f"{F}.avg_pool2d(x, 3, 2, 1, True, False)", on=POOLED)
op(f"{F}.avg_pool2d(x, 2, ceil_mode=True, divisor_override=3)", on=[at(x=real(1, 3, 3))])
op(f"{F}.adaptive_avg_pool2d(x, 1)", on=[at(x=real(2, 2, 2, 3))])
op(f"{F}.adaptive_avg_pool2d(x, (2, None))", on=[at(x=real(2, 2, 5, 3)), at(x=real(1, 2, 3))])
op(f"{F}.adaptive_avg_pool1d(x, 3)", on=[at(x=real(2, 2, 5))])

# Attention

HEADS = at(q=real(2, 1, 3, 4), k=real(2, 1, 2, 4, start=5), v=real(2, 1, 2, 4, start=11))
ONE_HEAD = at(q=real(2, 3, 4), k=real(2, 2, 4, start=5), v=real(2, 2, 3, start=11))
MASKS = {"bool": bools([True, False], [False, False], [True, True]), "float": real(3, 2, start=3)}


def attention(call: str, heads: bool, mask: str | None = None) -> None:
    """Of several heads there is no second derivative: the first is taken in the program."""
    program = f"{F}.scaled_dot_product_attention(q, k, v{call})"
    if heads:
        program = f"y = {program}; [y.detach(), *torch.autograd.grad(y, [q, k, v], y.detach())]"
    inputs = (HEADS if heads else ONE_HEAD).inputs
    op(program, on=[Sample(inputs | {"m": MASKS[mask]} if mask else inputs)])


for heads in (True, False):
    attention("", heads)
    attention(", is_causal=True", heads)
    attention(", scale=-0.3", heads)
    attention(", m", heads, "bool")
attention(", attn_mask=m", False, "float")
attention(", m.detach()", True, "float")
op(f"y = {F}.scaled_dot_product_attention(q, k, v, enable_gqa=True); "
   "[y.detach(), *torch.autograd.grad(y, [q, k, v], y.detach())]",
   on=[at(q=real(1, 4, 2, 3), k=real(1, 2, 3, 3, start=5), v=real(1, 2, 3, 3, start=11))])  # fmt: skip

EXPRESSIONS = lines("""
torch.nn.functional.conv2d(torch.ones(0, 2, 4, 4), torch.ones(3, 2, 2, 2)).shape
torch.nn.functional.conv2d(torch.ones(1, 2, 4, 4), torch.ones(3, 2, 2, 2), groups=0)
torch.nn.functional.conv2d(torch.ones(1, 2, 4, 4), torch.ones(3, 2, 2, 2), groups=2)
torch.nn.functional.conv2d(torch.ones(1, 2, 4, 4), torch.ones(0, 2, 2, 2))
torch.nn.functional.conv2d(torch.ones(1, 2, 4, 4), torch.ones(3, 2, 2, 2), padding="x")
torch.nn.functional.conv2d(torch.ones(1, 2, 4, 4), torch.ones(3, 2, 2, 2), stride=(1, 2, 3))
torch.nn.functional.conv2d(torch.ones(1, 2, 4, 4), torch.ones(2, 2, 2))
torch.nn.functional.conv2d(torch.ones(1, 2, 4, 4).bool(), torch.ones(3, 2, 2, 2).bool())
torch.nn.functional.max_pool2d(torch.ones(1, 4, 4), (2, 2, 2))
torch.nn.functional.max_pool2d(torch.ones(1, 4, 4), 2, (1, 1, 1))
torch.nn.functional.max_pool2d(torch.ones(1, 4, 4), -1)
torch.nn.functional.max_pool2d(torch.ones(1, 4, 4), 2, 0)
torch.nn.functional.max_pool2d(torch.ones(1, 4, 4), 2, -1)
torch.nn.functional.max_pool2d(torch.ones(1, 4, 4), 2, padding=-1)
torch.nn.functional.max_pool2d(torch.ones(1, 4, 4), 2, dilation=0)
torch.nn.functional.max_pool2d(torch.ones(2, 0, 4, 4), 2)
torch.nn.functional.max_pool2d(torch.ones(0, 2, 4, 4), 2).shape
torch.nn.functional.max_pool1d(torch.ones(4), 2)
torch.nn.functional.avg_pool2d(torch.ones(1, 4, 4), 2, divisor_override=0)
torch.nn.functional.adaptive_avg_pool2d(torch.ones(1, 4, 4), (1, -2))
torch.nn.functional.adaptive_avg_pool2d(torch.ones(1, 0, 4, 4), 2)
torch.nn.functional.scaled_dot_product_attention(torch.ones(4), torch.ones(4), torch.ones(4))
torch.nn.functional.scaled_dot_product_attention(torch.ones(2, 4), torch.ones(2, 4).double(), torch.ones(2, 4))
torch.nn.functional.scaled_dot_product_attention(torch.ones(2, 4), [1], torch.ones(2, 4))
torch.nn.functional.scaled_dot_product_attention(*[torch.ones(1, 1, 2, 4).long()] * 3)
torch.nn.functional.scaled_dot_product_attention(*[torch.ones(2, 4)] * 3, torch.ones(2, 2).long())
torch.nn.functional.scaled_dot_product_attention(*[torch.ones(2, 4)] * 3, torch.ones(2, 2), is_causal=True)
torch.nn.functional.scaled_dot_product_attention(*[torch.ones(1, 1, 2, 4)] * 3, torch.ones(3, 3))
torch.nn.functional.scaled_dot_product_attention(*[torch.ones(2, 4)] * 3, dropout_p=1.5)
torch.nn.functional.scaled_dot_product_attention(torch.ones(3, 1, 4), torch.ones(2, 1, 4), torch.ones(2, 1, 4), enable_gqa=True)
torch.nn.functional.scaled_dot_product_attention(*[torch.ones(1, 1, 0, 4)] * 3).shape
torch.ones(2, 3, 0, 4) @ torch.ones(2, 3, 4, 5)
""")  # noqa: E501

DIFFERENT = {
    ("dtypes", f"{F}.{call}"): "PyTorch has kernels of its own for each way to slide a window over integers and float16"
    for call in ("conv2d(x, w, b, stride=2, padding=1)", "conv2d(x, w, stride=(2, 1), dilation=(1, 2))", "conv3d(x, w)")
} | {
    ("dtypes", op.program): "float16 is rounded between other steps, integers are refused in other words"
    for op in OPS if op.program.endswith(("attention(q, k, v)", "attention(q, k, v, m)", "(q, k, v, attn_mask=m)"))
    or "attention(q, k, v, m);" in op.program
} | {
    ("dtypes", f"{F}.adaptive_avg_pool2d(x, (2, None))"): "float16 is rounded between other steps",
    ("dtypes", f"{F}.max_pool1d(x, 2)"): "untracked, what PyTorch gives is no view"
}  # fmt: skip
