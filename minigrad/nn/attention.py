"""Attention: for each query a mean of the values, weighted by how well their keys fit it.

    attention(Q, K, V) = softmax(Q Kᵀ / √E + mask) V            (Vaswani et al., "Attention is all you need", 2017)

A batch of heads goes through one operation. It saves no weights, which are as many as queries times keys, but one
number for each query, with which backward computes them again (Dao et al., "FlashAttention", 2022).
"""

import functools
import math

import numpy as np

from ..derivatives import softmax
from ..grad_mode import mode
from ..graph import seam
from ..kernels import largest_in_rows
from ..operators.arithmetic import without_derivative
from ..operators.products import matmul
from ..operators.rearranging import repeat_interleave
from ..operators.sampling import dropout_mask
from ..record import ResultRowNode, broadcast, need_tensors, operation, quiet, record, saved_result
from ..tensor import refuse, wrap
from .derivatives import mul_number
from .kernels import floats

# On numpy arrays


def _scores(query, key, mask, is_causal, scale):
    """How well each key fits each query, -inf where it does not count."""
    scores = query @ key.swapaxes(-1, -2)
    scores *= _scale(query, scale)
    if is_causal:
        scores += _later_keys(*scores.shape[-2:], scores.dtype)
    if mask is not None:
        scores += mask
    return scores


def _scale(query, scale):
    return 1 / math.sqrt(max(query.shape[-1], 1)) if scale is None else scale


@functools.lru_cache(10)
def _later_keys(queries, keys, dtype):
    """What is added to the scores so that keys behind their query do not count."""
    return np.triu(np.full((queries, keys), -np.inf, dtype), 1)


@floats("scaled_dot_product_attention")
def _attention(query, key, value, mask, is_causal, scale):
    """The result, and for each query the logarithm of its weights' sum before they were divided by it."""
    weights = _scores(query, key, mask, is_causal, scale)
    largest = largest_in_rows(weights)
    if mask is not None:
        largest = np.maximum(largest, np.finfo(query.dtype).min)  # where no key counts, all weights become 0
    weights -= largest
    np.exp(weights, out=weights)
    total = np.maximum(np.add.reduce(weights, -1, keepdims=True), 1)  # which it is, or 0
    output = np.matmul(weights, value, out=np.empty_like(query))
    output /= total
    return output, (largest + np.log(total))[..., 0]


@floats("scaled_dot_product_attention")
def _gradients(grad, query, key, value, output, logsumexp, mask, is_causal, scale):
    """Those of query, key and value.

    With the weights P and their gradient G = grad Vᵀ, that of the scores is P (G - the sum of G P over a row), which
    is the same as the sum of grad * output over a row.
    """
    weights = _scores(query, key, mask, is_causal, scale)
    weights -= logsumexp[..., None]
    np.exp(weights, out=weights)
    scores = grad @ value.swapaxes(-1, -2)
    scores -= np.einsum("...i,...i->...", grad, output)[..., None]
    scores *= weights
    scores *= _scale(query, scale)
    return (np.matmul(scores, key, out=np.empty_like(query)),
            np.matmul(scores.swapaxes(-1, -2), query, out=np.empty_like(key)),
            np.matmul(weights.swapaxes(-1, -2), grad, out=np.empty_like(value)))


# The operations


class ScaledDotProductFlashAttentionForCpuBackward0(ResultRowNode):
    """Its three gradients have most of their work in common, so there is one rule for all of them."""

    __slots__ = ()
    inputs, places = ("query", "key", "value"), (0, 1, 2)
    saved_names = (*inputs, "output", "logsumexp", "attn_mask", "is_causal", "scale", "dropout_p")
    getters = (*places, lambda arguments, result: saved_result(result), 6, 3, 4, 5, 7)
    asks, plans, result_at, frees = dict.fromkeys(inputs, saved_names), {}, saved_names.index("output"), True

    def array_backward(self, grad, needed=None):
        saved = [getattr(value, "array", value) for value in self.unpack()[:-1]]
        return [found if self.needs(i, needed) else None for i, found in enumerate(_gradients(grad, *saved))]

    def backward(self, grad, needed=None):
        name, inputs = "_scaled_dot_product_flash_attention_for_cpu_backward", (grad, *self.unpack()[:4])
        return [found if found is None else without_derivative(name, wrap(found), *inputs)
                for found in self.array_backward(grad.array, needed)]


def _flash_attention(*arguments):
    kind = ScaledDotProductFlashAttentionForCpuBackward0
    output, logsumexp = quiet.run(_attention, *[getattr(x, "array", x) for x in arguments])
    result = wrap(output)
    if seam.computed is not None:
        seam.computed(kind.__name__, arguments, result)
    return record(kind, result, (*arguments, wrap(logsumexp), 0.0)) if mode.enabled else result


safe_softmax = operation("SafeSoftmaxBackward0", lambda self, dim: np.nan_to_num(softmax.forward(self, dim), nan=0),
                         self=softmax.node.rules[0])


def scaled_dot_product_attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, *, scale=None,
                                 enable_gqa=False):
    """``softmax(query @ key.mT * scale + attn_mask) @ value``: each row of `value` by how well its key fits the query.

    query (..., L, E), key (..., S, E), value (..., S, F), the result (..., L, F). `scale` is 1 / √E if not given.
    attn_mask (..., L, S) is added to the scores, or says in bools which keys count; where none does the result is 0.
    With `is_causal` query i sees the keys up to the i-th. With `enable_gqa` several heads of queries share one of keys.

    Four dimensions, (N, heads, L, E), are one node of the graph without a second derivative; what has another shape,
    dropout or a mask that is learned has one.

    >>> import minigrad as torch
    >>> keys, values = torch.zeros(1, 2, 3), torch.tensor([[[1.0], [3.0]]])
    >>> torch.nn.functional.scaled_dot_product_attention(torch.ones(1, 1, 3), keys, values)
    tensor([[[2.]]])
    """
    _check(query, key, value, attn_mask, dropout_p)
    if enable_gqa:
        key, value = _for_heads_of(query, key), _for_heads_of(query, value)
    mask = attn_mask
    if mask is not None:
        broadcast((*query.array.shape[:-1], key.array.shape[-2]), mask.array.shape)
    if mask is not None and mask.array.dtype == bool:
        mask = wrap(np.where(mask.array, 0, -np.inf).astype(query.array.dtype))
    if _is_one_operation(query, key, value, mask, dropout_p):
        return _flash_attention(query, key, value, mask, is_causal, scale)
    if is_causal:
        refuse(mask is not None and
               "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
        mask = wrap(_later_keys(query.size(-2), key.size(-2), query.array.dtype))
    scale = _scale(query, scale)
    root = math.sqrt(abs(scale))  # half of it to each, since the product may be too large for a float16
    scores = matmul(mul_number(query, math.copysign(root, scale)), mul_number(key.transpose(-2, -1), root))
    weights = safe_softmax(scores if mask is None else scores + mask, -1)
    if dropout_p:
        weights = weights * wrap(dropout_mask(weights.array, dropout_p))
    return matmul(weights, value)


def _is_one_operation(query, key, value, mask, dropout_p):
    """Whether PyTorch's CPU has one operation for it, too."""
    q, k, v = (x.array.shape for x in (query, key, value))
    simple = not dropout_p and len(q) == len(k) == len(v) == 4 and q[:2] == k[:2] == v[:2] and q[3] == k[3] == v[3]
    fits = mask is None or mask.array.ndim in (2, 4) and not mask.requires_grad
    return simple and fits and 0 not in (*q, *k) and all(x.array.strides[-1] == x.array.itemsize
                                                         for x in (query, key, value))


def _for_heads_of(query, x):
    """Each head of `x` as often as there are heads of the query for it."""
    refuse(query.size(-3) % x.size(-3) and "Number of heads in key and value must divide the number of heads in ")
    return repeat_interleave(x, query.size(-3) // x.size(-3), -3)


def _check(query, key, value, mask, dropout_p):
    given = {"query": query, "key": key, "value": value}
    need_tensors("scaled_dot_product_attention", **given)
    kinds = {name: x.dtype.c_name for name, x in given.items()}
    refuse(len(set(kinds.values())) > 1 and "Expected query, key, and value to have the same dtype, but got query.dtype"
           ": {query} key.dtype: {key} and value.dtype: {value} instead.".format(**kinds))
    dims = {name: x.dim() for name, x in given.items()}
    refuse(min(dims.values()) < 2 and "Expected query, key, and value to all be  at least 2 dimensional, but got query."
           "dim: {query} key.dim: {key} and value.dim: {value} instead.".format(**dims))
    refuse(query.array.dtype.kind != "f" and f"expected scalar type Float but found {query.dtype.title}")
    refuse(key.size(-2) != value.size(-2) and "minigrad's attention needs as many values as keys, but got "
           f"{value.size(-2)} values and {key.size(-2)} keys.")
    refuse(not 0 <= dropout_p <= 1 and f"dropout probability has to be between 0 and 1, but got {dropout_p}")
    refuse(mask is not None and mask.array.dtype not in (bool, np.float32, query.array.dtype) and
           "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
           f"{mask.dtype.c_name} and  query.dtype: {query.dtype.c_name} instead.")
