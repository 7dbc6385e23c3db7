"""Deep SVDD: a network that gathers normal images around one point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, final

import numpy as np
import torch
from torch import Tensor, nn

from dross.networks import ConvDecoder, HypersphereEncoder
from dross.parameters import at_least_problems, choice_problems, count_problems, share_problems, width_problems
from dross.reconstruction.deep_svdd_loss import DeepSVDDLoss, EncoderAndDecoder, centre_of
from dross.reconstruction.losses import ReconstructionLoss
from dross.reconstruction.network_detector import AbstractNetworkDetector
from dross.training import Precision

Objective = Literal["one-class", "soft-boundary"]
OBJECTIVES: Final = ("one-class", "soft-boundary")
#: Codes that differ by less than this, as a share of the length of the centre, are one point.
LEAST_SPREAD: Final = 1e-3


@final
class DeepSVDD(AbstractNetworkDetector):
    """Score images by how far a network, trained to gather normal ones around a point, maps them from it.

    Use it as the reference that papers compare with, or for images whose kind is known by its parts rather than its
    pixels. Do not use it as the first choice: there is nothing to see of why a sample is anomalous, and on small
    images a reconstruction is usually better.

    Mapping everything to the point would be the best training loss. Therefore the network has no biases and no bounded
    activations, and the point is fixed before training, where random weights map the training images on average, away
    from zero. Whether it happened all the same is looked at, and told.

    It assumes a training set nearly free of anomalies; with ``objective="soft-boundary"``, of no more than the share
    ``nu`` of them.

    Parameters
    ----------
    objective : {"one-class", "soft-boundary"}, default "one-class"
        "one-class": all distances become small. "soft-boundary": those outside a sphere do, which leaves out the share
        ``nu``.
    nu : float in (0, 1], default 0.1
        The share of training images outside the sphere.
    widths : tuple of int, default (16, 32, 64)
        Channels after each halving of the image.
    n_code : int, default 32
        Numbers in the code.
    weight_decay : float, default 1e-6
        Weight of half the squared norm of the weights in the loss.
    pretraining_epochs : float, default 0.0
        Epochs before ``max_epochs`` in which the network is the encoder of an autoencoder.
    max_epochs : float, default 30
        Epochs that ``fit`` trains; 0 leaves the weights random.
    batch_size : int, default 64
        Samples a step.
    learning_rate : float, default 1e-3
        Adam's.
    device : str, default "auto"
        "auto", "cpu", "cuda", "mps".
    precision : str, default "32-true"
        "auto" (bfloat16 where the device multiplies it), "32-true", "bf16-mixed", "16-mixed".
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.
    random_state : int, RandomState or None, default None
        Draws the weights and the order of samples.

    Attributes
    ----------
    network_ : HypersphereEncoder
        The trained network.
    history_ : list of dict
        Epoch, loss and its terms, one record an epoch.
    findings_ : list of str
        What is wrong with the trained network, in sentences.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    Ruff et al., "Deep One-Class Classification", ICML 2018.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 60, (64, 16, 16, 1), dtype=np.uint8)
    >>> images[:, 4:12, 4:12] += 150
    >>> detector = DeepSVDD(widths=(4, 8), n_code=4, max_epochs=10, random_state=0).fit(images)
    >>> bool(detector.score_samples(images[:1])[0] > detector.score_samples(255 - images[:1])[0])
    True
    """

    def __init__(
        self,
        *,
        objective: Objective = "one-class",
        nu: float = 0.1,
        widths: tuple[int, ...] = (16, 32, 64),
        n_code: int = 32,
        weight_decay: float = 1e-6,
        pretraining_epochs: float = 0.0,
        max_epochs: float = 30.0,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        device: str = "auto",
        precision: Precision = "32-true",
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.objective = objective
        self.nu = nu
        self.widths = widths
        self.n_code = n_code
        self.weight_decay = weight_decay
        self.pretraining_epochs = pretraining_epochs
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.device = device
        self.precision = precision
        self.contamination = contamination
        self.random_state = random_state

    def _build(self, shape: tuple[int, ...]) -> nn.Module:
        return HypersphereEncoder(shape, self.widths, self.n_code)

    def _objective(self, network: Any, labelled: bool) -> nn.Module:
        nu = self.nu if self.objective == "soft-boundary" else None
        return DeepSVDDLoss(network, nu=nu, weight_decay=self.weight_decay)

    def _stages(self, network: Any, labelled: bool) -> list[tuple[nn.Module, float]]:
        stages = super()._stages(network, labelled)
        if self.pretraining_epochs and self.max_epochs:
            decoder = ConvDecoder(self.sample_shape_, self.widths, self.n_code, normalise=True)
            stages.insert(0, (ReconstructionLoss(EncoderAndDecoder(network, decoder)), self.pretraining_epochs))
        return stages

    def _begin(self, objective: nn.Module, network: Any, samples: Iterator[Tensor]) -> None:
        if isinstance(objective, DeepSVDDLoss):
            network.centre = centre_of(torch.cat([network(part) for part in samples]))

    def _per_sample(self, network: Any, samples: Tensor) -> Tensor:
        return network.squared_distances(samples) - network.squared_radius

    def _look(self, network: Any, samples: Iterator[Tensor]) -> list[str]:
        codes = torch.cat([network(part) for part in samples])
        spread = float((codes - codes.mean(0)).norm(dim=1).mean() / network.centre.norm())
        if spread > LEAST_SPREAD:
            return []
        return [
            "the sphere has collapsed: all training images have the same code, which says nothing of them; lower "
            f"max_epochs ({self.max_epochs:g}), learning_rate ({self.learning_rate:g}) or weight_decay "
            f"({self.weight_decay:g})"
        ]

    def _own_problems(self) -> list[str]:
        problems = choice_problems("objective", self.objective, OBJECTIVES) + share_problems("nu", self.nu)
        problems += width_problems("widths", self.widths) + count_problems("n_code", self.n_code)
        problems += at_least_problems("weight_decay", self.weight_decay)
        return problems + at_least_problems("pretraining_epochs", self.pretraining_epochs)
