"""What a picture is made of, as plain data: a box for each thing, inputs before what was computed from them."""

from dataclasses import dataclass

OPERATION = "operation"  # together with its result
PARAMETER = "parameter"  # an nn.Parameter
LEAF = "leaf"  # any other leaf that requires grad
DATA = "data"  # no leaf and no result that is tracked: nothing flows back to it
BLOCK = "block"  # the same boxes several times over, folded into one

OPERANDS = ("self", "other", "exponent")  # facts that tell of a number in place of a tensor, in argument order


@dataclass(frozen=True)
class Saved:
    """A value that a node keeps for backward, and the rules that asked for it."""

    name: str  # "other", as in `_saved_other`
    value: str  # "3.0"; "shape (32, 4)" if it is large; "freed"
    rules: tuple[tuple[str, str], ...]  # (("self", "grad * other"),): the rule of which input, as the table has it


@dataclass(frozen=True)
class Box:
    """One box of a picture."""

    kind: str
    operation: str  # what stands on the strip: "add", "12 × Block"; "" if nothing was computed
    node: str  # what the node calls itself: "AddBackward0"; "" if there is none
    name: str  # the caller's variable; "" if nobody named it
    facts: tuple[tuple[str, str], ...]  # (("shape", "()"), ("value", "7.0"))
    inputs: tuple[int | None, ...]  # places of other boxes in the list, in argument order; None: an untracked input
    is_output: bool = False
    saved: tuple[Saved, ...] = ()
    cut: str = ""  # why no gradient passes through here: "detach", "no_grad"
    picks: tuple[int, ...] = ()  # for each input which of the results of that box it is; () if each is the only one
    results: tuple[str, ...] = ()  # the names of several results, "" for one without; () where there is one

    @property
    def is_tracked(self) -> bool:
        """Whether a gradient can arrive here."""
        return self.kind != DATA and not self.cut


def carries_gradient(source: Box, target: Box) -> bool:
    """Whether backward goes from `target` to `source`: both are tracked, and a leaf keeps what it gets."""
    return source.is_tracked and target.is_tracked and target.kind not in (LEAF, PARAMETER)
