"""The losses as modules: a function of `functional`, with its options kept."""

from typing import Any

from ...tensor import refuse
from .. import functional as F
from ..losses import legacy_reduction
from .module import Module


class _Loss(Module):
    """`options` are the function's other arguments with their defaults, in the order in which the module takes them.

    Tensors among them, weights of classes, are buffers. `legacy`: where in that order the two old forms of `reduction`
    come, or None if the function never had them.
    """

    function: Any = None
    options: dict[str, Any] = {}
    legacy: int | None = 0
    buffers_: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__()
        names = list(self.options)
        if self.legacy is not None:
            at = min(self.legacy, len(names))
            order = [*names[:at], "size_average", *names[at:]]
            at = order.index("reduction")
            names = [*order[:at], "reduce", *order[at:]]
        given = dict(zip(names, args)) | kwargs
        if len(args) > len(names):
            raise TypeError(
                f"{type(self).__name__}.__init__() takes from 1 to {len(names) + 1} positional arguments but "
                f"{len(args) + 1} were given"
            )
        for name in given:
            if name not in names:
                raise TypeError(f"{type(self).__name__}.__init__() got an unexpected keyword argument '{name}'")
        old = given.pop("size_average", None), given.pop("reduce", None)
        given = {**self.options, **given}
        given["reduction"] = legacy_reduction(*old, given["reduction"])
        for name, value in given.items():
            if name in self.buffers_:
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)

    def forward(self, *inputs, **named):
        code = type(self).function.__code__
        required = code.co_varnames[: code.co_argcount - len(type(self).function.__defaults__ or ())]
        missing = [name for name in required[len(inputs) :] if name not in named]
        if missing:
            names, plural = " and ".join(f"'{name}'" for name in missing), "s" if len(missing) > 1 else ""
            what = f"missing {len(missing)} required positional argument{plural}: {names}"
            raise TypeError(f"{type(self).__name__}.forward() {what}")
        return type(self).function(*inputs, **named, **{name: getattr(self, name) for name in self.options})


def loss(name, function, /, legacy=0, buffers_=(), **options) -> Any:
    """The class of a loss: its function and its options in order; `reduction` comes last if it is not among them."""
    options = options if "reduction" in options else {**options, "reduction": "mean"}
    return type(name, (_Loss,), {
        "function": staticmethod(function), "options": options, "legacy": legacy, "buffers_": buffers_,
        "__module__": __name__, "__doc__": f"`functional.{function.__name__}` as a module: {function.__doc__}",
    })  # fmt: skip


MSELoss = loss("MSELoss", F.mse_loss)
L1Loss = loss("L1Loss", F.l1_loss)
SmoothL1Loss = loss("SmoothL1Loss", F.smooth_l1_loss, reduction="mean", beta=1.0)
HuberLoss = loss("HuberLoss", F.huber_loss, None, reduction="mean", delta=1.0)
CrossEntropyLoss = loss("CrossEntropyLoss", F.cross_entropy, 1, ("weight",), weight=None, ignore_index=-100,
                        reduction="mean", label_smoothing=0.0)
NLLLoss = loss("NLLLoss", F.nll_loss, 1, ("weight",), weight=None, ignore_index=-100)
BCELoss = loss("BCELoss", F.binary_cross_entropy, 1, ("weight",), weight=None)
BCEWithLogitsLoss = loss("BCEWithLogitsLoss", F.binary_cross_entropy_with_logits, 1, ("weight", "pos_weight"),
                         weight=None, reduction="mean", pos_weight=None)
KLDivLoss = loss("KLDivLoss", F.kl_div, reduction="mean", log_target=False)
PoissonNLLLoss = loss("PoissonNLLLoss", F.poisson_nll_loss, 2, log_input=True, full=False, eps=1e-8)
HingeEmbeddingLoss = loss("HingeEmbeddingLoss", F.hinge_embedding_loss, 1, margin=1.0)
MarginRankingLoss = loss("MarginRankingLoss", F.margin_ranking_loss, 1, margin=0.0)
CosineEmbeddingLoss = loss("CosineEmbeddingLoss", F.cosine_embedding_loss, 1, margin=0.0)
SoftMarginLoss = loss("SoftMarginLoss", F.soft_margin_loss)
MultiLabelSoftMarginLoss = loss("MultiLabelSoftMarginLoss", F.multilabel_soft_margin_loss, 1, ("weight",), weight=None)
MultiLabelMarginLoss = loss("MultiLabelMarginLoss", F.multilabel_margin_loss)


class MultiMarginLoss(_Loss):
    """`functional.multi_margin_loss` as a module. ValueError unless p is 1 or 2."""

    function = staticmethod(F.multi_margin_loss)
    options = {"p": 1, "margin": 1.0, "weight": None, "reduction": "mean"}
    legacy, buffers_ = 3, ("weight",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        refuse(self.p not in (1, 2) and "only p == 1 and p == 2 supported", ValueError)
        weight = self.weight
        refuse(weight is not None and weight.dim() != 1 and "MultiMarginLoss: expected weight to be None or 1D tensor, "
               f"got {weight.dim()}D instead", ValueError)  # fmt: skip


class GaussianNLLLoss(_Loss):
    """`functional.gaussian_nll_loss` as a module; its options are given by name."""

    function = staticmethod(F.gaussian_nll_loss)
    options = {"full": False, "eps": 1e-6, "reduction": "mean"}
    legacy = None

    def __init__(self, *, full=False, eps=1e-6, reduction="mean"):
        super().__init__(full=full, eps=eps, reduction=reduction)


class TripletMarginLoss(_Loss):
    """`functional.triplet_margin_loss` as a module. ValueError for a margin that is not positive."""

    function = staticmethod(F.triplet_margin_loss)
    options = {"margin": 1.0, "p": 2.0, "eps": 1e-6, "swap": False, "reduction": "mean"}
    legacy = 4

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.margin <= 0:
            raise ValueError(f"TripletMarginLoss: expected margin to be greater than 0, got {self.margin} instead")


class TripletMarginWithDistanceLoss(_Loss):
    """`functional.triplet_margin_with_distance_loss` as a module; its options are given by name."""

    function = staticmethod(F.triplet_margin_with_distance_loss)
    options = {"distance_function": None, "margin": 1.0, "swap": False, "reduction": "mean"}
    legacy = None

    def __init__(self, *, distance_function=None, margin=1.0, swap=False, reduction="mean"):
        if margin <= 0:
            name = type(self).__name__
            raise ValueError(f"{name}: expected margin to be greater than 0, got {margin} instead")
        distance = F.pairwise_distance if distance_function is None else distance_function
        super().__init__(distance_function=distance, margin=margin, swap=swap, reduction=reduction)
