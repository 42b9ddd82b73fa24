"""PyTorch's `torch.autograd._functions`: Functions from before there were operations of that kind."""

from math import prod

from ..function import Function


class Resize(Function):
    """The same elements in another shape; `reshape` by an older name."""

    @staticmethod
    def forward(ctx, tensor, sizes):
        if tensor.numel() != prod(sizes):
            wanted, given = ("x".join(map(str, shape)) for shape in (sizes, tensor.shape))
            raise RuntimeError(f"requested resize to {wanted} ({prod(sizes)} elements in total), but the given tensor "
                               f"has a size of {given} ({tensor.numel()} elements). autograd's resize can only change "
                               "the shape of a given tensor, while preserving the number of elements. ")
        ctx.input_sizes = tensor.shape
        return tensor.clone().view(*sizes)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.contiguous().view(ctx.input_sizes), None
