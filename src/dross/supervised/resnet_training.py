"""Training on labelled images until the epoch that does best on held-out ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dross.errors import TrainingError
from dross.reconstruction.epochs import train_epochs
from dross.reconstruction.samples import byte_tensor, network_samples
from dross.supervised.epoch_choice import BestEpoch
from dross.supervised.resnet_loss import LabelledImageLoss, balanced_loss
from dross.training import BalancedBatches, TrainingLoop

Balance = Literal["weights", "sampler", "none"]
BALANCES: Final[tuple[Balance, ...]] = ("weights", "sampler", "none")

#: Held-out images that go through the network at once.
CHUNK: Final = 256


@final
@dataclass(frozen=True)
class Training:
    """What came of a training.

    Attributes
    ----------
    history : list of dict
        One record an epoch; with ``validation_loss`` where there are held-out images.
    best_epoch : int
        The epoch whose weights are left: the last one where nothing was held out, 0 where nothing was trained.
    stopped : TrainingError or None
        What ended it early.
    """

    history: list[dict[str, float]]
    best_epoch: int
    stopped: TrainingError | None


def train_on_labels(
    loop: TrainingLoop,
    objective: LabelledImageLoss,
    images: Any,
    known: NDArray[np.int64],
    held_out: NDArray[np.bool_],
    *,
    balance: Balance,
    max_epochs: float,
    seed: int,
) -> Training:
    """Train on the images that are not held out, and leave the weights of the epoch that does best on those that are.

    Parameters
    ----------
    loop : TrainingLoop
        Of the objective.
    objective : LabelledImageLoss
        Around a network with random weights, or such as it shall start from.
    images : Images
        All labelled images.
    known : array of shape (n,)
        1 anomaly, 0 normal.
    held_out : array of shape (n,), bool
        Those to choose the epoch by; if there are none, it is the last.
    balance : {"weights", "sampler", "none"}
        How both kinds come to count alike.
    max_epochs : float
        How long to train.
    seed : int
        Of the draws of the sampler.
    """
    network, pixels = objective.network, byte_tensor(np.asarray(images)).to(loop.device)
    labels, held = torch.from_numpy(known).to(loop.device), torch.from_numpy(held_out).to(loop.device)
    weights = class_weights(known[~held_out]) if balance == "weights" else np.ones(len(known) - held_out.sum())
    objective.learn_from(pixels[~held], labels[~held], torch.from_numpy(weights).float().to(loop.device))
    numbers = torch.arange(len(weights))
    batches = numbers if balance != "sampler" else _in_halves(known[~held_out], loop.device, seed)
    best = BestEpoch(network, lambda: _loss_of(network, pixels[held], labels[held]))
    look = best.look if held_out.any() else lambda epoch: None
    stopped = train_epochs(loop, batches, max_epochs, "ResNetClassifier", look)
    best.restore()
    history = [dict(record) for record in loop.history]
    for record, loss in zip(history, best.losses, strict=False):  # none where nothing is held out
        record["validation_loss"] = loss
    return Training(history, best.epoch if held_out.any() else len(history), stopped)


def class_weights(known: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what each sample counts for so that both kinds count alike: 1 on average.

    Examples
    --------
    >>> class_weights(np.array([0, 0, 0, 1])).round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    counts = np.bincount(known, minlength=2)
    return np.asarray(len(known) / (2.0 * counts[known]))


def _in_halves(known: NDArray[np.int64], device: torch.device, seed: int) -> BalancedBatches:
    """Return batches of the numbers of samples: each of the more frequent kind, and as many of the rarer one."""
    frequent, rare = sorted((np.flatnonzero(known == kind) for kind in (0, 1)), key=len, reverse=True)
    often, seldom = (torch.from_numpy(numbers).to(device) for numbers in (frequent, rare))
    return BalancedBatches(often, seldom, np.zeros(len(rare), dtype=np.int64), seed=seed)


@torch.no_grad()
def _loss_of(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network.eval()
    outputs = torch.cat([network(network_samples(part)) for part in torch.split(images, CHUNK)])
    return balanced_loss(outputs.float(), labels)
