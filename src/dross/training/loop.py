"""The one training loop: everything in Dross that learns by gradient descent goes through it."""

from __future__ import annotations

import math
from typing import Any, final

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from dross.errors import TrainingError


@final
class TrainingLoop:
    """Train an objective on data that lives on the device, up to a given epoch, and go on from there later.

    The objective is a module whose ``forward(batch)`` returns the loss of that batch. The data is moved to the device
    once and batches are cut from it by index: no loader, no copies through Python. Because refinement changes the
    training set between calls, progress is counted in epochs, each step counting for its share of the set it came
    from. An epoch may be a fraction: each call then rounds up to whole steps, so on a set of a few batches a schedule
    of fractions trains more than one call to its end.

    Parameters
    ----------
    objective : nn.Module
        ``forward(batch: Tensor) -> Tensor``: the loss, a scalar.
    learning_rate : float
        Adam's step size.
    betas : pair of float, default (0.9, 0.999)
        Adam's momenta.
    batch_size : int
        Samples a step.
    seed : int
        For the order of the samples.
    device : str, default "auto"
        What Lightning Fabric calls the accelerator: "auto", "cpu", "cuda", "mps".
    precision : str, default "32-true"
        Fabric's precision: "32-true", "bf16-mixed", "16-mixed".

    Attributes
    ----------
    epoch : float
        Epochs trained so far.
    history : list of dict
        One record a call of :meth:`train_to` that trained: ``epoch``, ``loss`` (mean over its samples), ``n_samples``.

    Examples
    --------
    >>> class Centre(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.centre = nn.Parameter(torch.zeros(2))
    ...     def forward(self, batch):
    ...         return ((batch - self.centre) ** 2).mean()
    >>> loop = TrainingLoop(Centre(), learning_rate=0.1, batch_size=8, seed=0, device="cpu")
    >>> loop.train_to(torch.ones(64, 2), 1) > loop.train_to(torch.ones(64, 2), 5)
    True
    """

    def __init__(
        self,
        objective: nn.Module,
        *,
        learning_rate: float,
        batch_size: int,
        seed: int,
        betas: tuple[float, float] = (0.9, 0.999),
        device: str = "auto",
        precision: Any = "32-true",
    ) -> None:
        self.batch_size = batch_size
        self.epoch = 0.0
        self.history: list[dict[str, float]] = []
        self._fabric = Fabric(accelerator=device, devices=1, precision=precision)
        optimizer = torch.optim.Adam(objective.parameters(), lr=learning_rate, betas=betas)
        self._objective, self._optimizer = self._fabric.setup(objective, optimizer)
        self._generator = torch.Generator().manual_seed(seed)

    @property
    def device(self) -> torch.device:
        """The device that the objective and the data live on."""
        return self._fabric.device

    def train_to(self, data: Tensor, epoch: float) -> float:
        """Train on ``data`` until ``epoch`` and return the mean loss of the samples seen on the way.

        Parameters
        ----------
        data : Tensor of shape (n_samples, ...)
            The training set, on any device.
        epoch : float
            The epoch to reach, counted from the start of training. Nothing is done where it has been reached.

        Returns
        -------
        float
            The mean loss over this call; the last one known where there was nothing to do (NaN before any training).

        Raises
        ------
        TrainingError
            If the loss is not finite.
        """
        data = data.to(self.device)
        start, total, seen = self.epoch, torch.zeros((), device=self.device), 0
        self._objective.train()
        while epoch - self.epoch > 1e-9:
            # Whole steps: the share of a pass that is wanted is rounded up to the next batch.
            steps = math.ceil((epoch - self.epoch) * len(data) / self.batch_size - 1e-9)
            order = torch.randperm(len(data), generator=self._generator).to(self.device)
            for batch in torch.split(order, self.batch_size)[:steps]:
                total += self._step(data[batch]) * len(batch)
                seen += len(batch)
            self.epoch = min(epoch, start + seen / len(data)) if seen >= 1 else epoch
        if seen:
            self._record(float(total) / seen, len(data))
        return self.history[-1]["loss"] if self.history else math.nan

    def _step(self, batch: Tensor) -> Tensor:
        self._optimizer.zero_grad(set_to_none=True)
        loss: Tensor = self._objective(batch)
        self._fabric.backward(loss)
        self._optimizer.step()
        return loss.detach()

    def _record(self, loss: float, n_samples: int) -> None:
        if not math.isfinite(loss):
            raise TrainingError(
                f"the training loss became {loss} by epoch {self.epoch:g}; lower the learning rate or scale the data"
            )
        self.history.append({"epoch": self.epoch, "loss": loss, "n_samples": n_samples})
