"""Sequences of different lengths in one tensor."""

from ...operators.creation import full
from ...record import kind_name
from ...tensor import Tensor, refuse


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    """Tensors of shapes (length, ...) in one: (longest, sequences, ...), or with `batch_first` the other way round.

    >>> import minigrad as torch
    >>> pad_sequence([torch.tensor([1, 2, 3]), torch.tensor([4])], batch_first=True)
    tensor([[1, 2, 3],
            [4, 0, 0]])
    """
    refuse(padding_side not in ("left", "right") and
           f"Expected padding_side to be one of left or right, but got {padding_side}.")
    sequences = list(sequences)
    refuse(not sequences and "received an empty list of sequences")
    for i, sequence in enumerate(sequences):
        refuse(not isinstance(sequence, Tensor) and
               f"expected Tensor as element {i} in argument 0, but got {kind_name(sequence)}", TypeError)
    longest, first = max(len(sequence) for sequence in sequences), sequences[0]
    shape = (len(sequences), longest) if batch_first else (longest, len(sequences))
    padded = full((*shape, *first.shape[1:]), padding_value, dtype=first.dtype)
    for i, sequence in enumerate(sequences):
        start = 0 if padding_side == "right" else longest - len(sequence)
        padded.select(0 if batch_first else 1, i).narrow(0, start, len(sequence)).copy_(sequence)
    return padded


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    """The sequences that `pad_sequence` put together, as a list; `lengths` is a tensor."""
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [sequence[:length] for sequence, length in zip(padded_sequences, lengths.tolist())]
