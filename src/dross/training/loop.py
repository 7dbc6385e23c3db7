"""The one training loop: everything in Dross that learns by gradient descent goes through it."""

from __future__ import annotations

import math
from typing import Any, Literal, final

import numpy as np
import torch
from torch import Tensor, nn

from dross.errors import TrainingError, raise_gathered
from dross.parameters import at_least_problems, choice_problems, count_problems, positive_problems
from dross.training.batches import Batches, ReadsImages, batches_on
from dross.training.checkpoint import Arrays, load_module, load_optimizer, module_arrays, optimizer_arrays
from dross.training.loss_parts import LossParts
from dross.training.out_of_memory import explain_out_of_memory
from dross.training.precision import PRECISIONS, Precision
from dross.training.processes import make_fabric, share_buffers, share_of
from dross.training.processor_adam import ProcessorAdam
from dross.training.repeatable import repeatable, step_seed
from dross.training.reporting import reporting
from dross.training.schedule import SCHEDULES, LearningRate, Schedule

Optimizer = Literal["adam", "sgd"]


@final
class TrainingLoop:
    """Train an objective on data that lives on the device, up to a given epoch, and go on from there later.

    The objective is a module whose ``forward(batch, generator)`` returns the loss of that batch. The data is moved to
    the device once and batches are cut from it by index: no loader, no copies through Python; only images that do not
    fit there are read ahead by a thread. Because refinement changes the training set between calls, progress is
    counted in epochs, each step counting for its share of the set it came from. An epoch may be a fraction: each call
    then rounds up to whole steps, so on a set of a few batches a schedule of fractions trains more than one call to
    its end.

    Started by ``torchrun``, each process takes its share of every batch, and all end with the same weights.

    Parameters
    ----------
    objective : nn.Module
        ``forward(batch: Tensor, generator: torch.Generator) -> Tensor``: the loss, a scalar. Images arrive as bytes,
        (n, c, h, w). The generator is on the device and seeded anew for each step, so that whatever the objective
        draws from it (augmentations) is drawn again when a stopped training is resumed.
    learning_rate : float
        The optimiser's step size; the highest one where there is a schedule.
    batch_size : int
        Samples a step.
    seed : int
        For the order of the samples and for the generator.
    optimizer : {"adam", "sgd"}, default "adam"
        Adam, or stochastic gradient descent with momentum.
    betas : pair of float, default (0.9, 0.999)
        Adam's momenta.
    fused : bool, default False
        Whether Adam updates all weights in one pass, which saves a quarter of a step of a small network; the weights
        then differ from those of the plain way in their last bits.
    momentum : float, default 0.9
        That of "sgd".
    weight_decay : float, default 0
        Weight of half the squared norm of all weights, added to the loss.
    schedule : {"constant", "cosine"}, default "constant"
        The learning rate after the warm-up: constant, or half a cosine that reaches 0 at ``max_epochs``.
    warmup_epochs : float, default 0
        Epochs over which the learning rate rises from 0.
    max_epochs : float or None, default None
        Where the cosine ends; needed for it.
    clip_norm : float or None, default None
        Gradients longer than this are shortened to it.
    device : str, default "auto"
        What Lightning Fabric calls the accelerator: "auto", "cpu", "cuda", "mps".
    precision : {"auto", "32-true", "bf16-mixed", "16-mixed"}, default "32-true"
        "auto": bfloat16 where the device multiplies it, else 32 bits.
    channels_last : bool, default False
        Keep the channels of images last in memory, which is what convolutions are fastest on.
    compile : bool, default False
        Let ``torch.compile`` compile the objective: minutes at the start, for training that lasts.
    description : str or None, default None
        What a progress bar calls the training; ``None`` shows none.

    Attributes
    ----------
    epoch : float
        Epochs trained so far.
    step : int
        Steps trained so far.
    history : list of dict
        One record a call of :meth:`train_to` that trained: ``epoch``, ``loss`` (mean over its samples), ``n_samples``,
        and the mean of each term that the objective says its loss consists of (:class:`LossParts`).

    Raises
    ------
    ParameterError
        If a parameter is out of its range.

    Examples
    --------
    >>> class Centre(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.centre = nn.Parameter(torch.zeros(2))
    ...     def forward(self, batch, generator):
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
        optimizer: Optimizer = "adam",
        betas: tuple[float, float] = (0.9, 0.999),
        fused: bool = False,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        schedule: Schedule = "constant",
        warmup_epochs: float = 0.0,
        max_epochs: float | None = None,
        clip_norm: float | None = None,
        device: str = "auto",
        precision: Precision = "32-true",
        channels_last: bool = False,
        compile: bool = False,
        description: str | None = None,
    ) -> None:
        self.batch_size, self.clip_norm, self.channels_last = batch_size, clip_norm, channels_last
        self.description = description
        self.epoch, self.step = 0.0, 0
        self.history: list[dict[str, float]] = []
        self._rate = LearningRate(learning_rate, schedule, warmup_epochs, max_epochs)
        raise_gathered(self._problems(optimizer, precision))
        self._fabric = make_fabric(device, precision)
        # Steps use what Fabric has wrapped; the state is that of the objective itself.
        self._objective = objective.to(memory_format=torch.channels_last) if channels_last else objective
        self._weights = parameters = list(self._objective.parameters())
        made: torch.optim.Optimizer
        if optimizer == "adam":
            adam = ProcessorAdam if self.device.type == "cpu" else torch.optim.Adam
            made = adam(parameters, learning_rate, betas, weight_decay=weight_decay, fused=fused)
        else:
            made = torch.optim.SGD(parameters, lr=learning_rate, momentum=momentum, weight_decay=weight_decay)
        compiled: Any = torch.compile(self._objective) if compile else self._objective
        self._wrapped, self._optimizer = self._fabric.setup(compiled, made)
        self._seed = seed
        self._order = torch.Generator().manual_seed(seed)
        self._generator = torch.Generator(device=self.device)

    @property
    def device(self) -> torch.device:
        """The device that the objective and the data live on."""
        return self._fabric.device

    def train_to(self, data: Tensor | ReadsImages | Batches, epoch: float) -> float:
        """Train on ``data`` until ``epoch`` and return the mean loss of the samples seen on the way.

        Parameters
        ----------
        data : Tensor of shape (n_samples, ...), images that are read when asked for, or batches on the device
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
            If the loss is not finite, or the device runs out of memory. Training then stands where it stood before
            the call.
        """
        if epoch - self.epoch <= 1e-9:
            return self.history[-1]["loss"] if self.history else math.nan
        before = self.state()
        try:
            with explain_out_of_memory(self.device, self.batch_size), repeatable(self.device):
                self._train(data, epoch)
        except TrainingError:
            self.load_state(*before)
            raise
        return self.history[-1]["loss"] if self.history else math.nan

    def _train(self, data: Tensor | ReadsImages | Batches, epoch: float) -> None:
        batches = batches_on(self.device, data, channels_last=self.channels_last)
        n, alone = len(batches), self._fabric.world_size == 1
        start, total, seen = self.epoch, torch.zeros((), device=self.device), 0
        parts = LossParts(self._objective)
        self._wrapped.train()
        with reporting(self.description, (epoch - start) * n) as report:
            while epoch - self.epoch > 1e-9:
                # Whole steps: the share of a pass that is wanted is rounded up to the next batch.
                steps = math.ceil((epoch - self.epoch) * n / self.batch_size - 1e-9)
                whole = torch.split(torch.randperm(n, generator=self._order), self.batch_size)[:steps]
                shares = [share_of(part, self._fabric.global_rank, self._fabric.world_size) for part in whole]
                in_pass = 0
                for part, (_, weight), batch in zip(
                    whole, shares, batches.cut([own for own, _ in shares]), strict=True
                ):
                    # The middle of the step, so that a warm-up does not waste the first one.
                    self._set_learning_rate(self.epoch + (in_pass + len(part) / 2) / n)
                    total += self._step(batch, weight) * len(part)
                    parts.add(len(part))
                    in_pass += len(part)
                    # Among several processes, one that gave up alone would leave the others waiting for it.
                    report.count(len(part), total, self._check if alone else None)
                seen += in_pass
                self.epoch = min(epoch, start + seen / n) if seen >= 1 else epoch
        if seen:
            share_buffers(self._objective, self._fabric)
            reduced: Any = self._fabric.all_reduce(total, reduce_op="mean")
            loss = float(reduced) / seen
            self._check(loss)
            self.history.append({"epoch": self.epoch, "loss": loss, "n_samples": n, **parts.means()})

    def state(self) -> tuple[dict[str, Any], Arrays]:
        """Return all that going on needs: what JSON can hold, and arrays.

        A loop made with the same parameters goes on from there (:meth:`load_state`) bit for bit as this one would.
        """
        meta = {
            "epoch": self.epoch,
            "step": self.step,
            "history": [dict(record) for record in self.history],
            "scaling": self._fabric.strategy.precision.state_dict(),
        }
        arrays = module_arrays(self._objective) | optimizer_arrays(self._optimizer, self._objective)
        return meta, arrays | {"order": self._order.get_state().numpy().copy()}

    def load_state(self, meta: dict[str, Any], arrays: Arrays) -> None:
        """Go on from a state that :meth:`state` returned.

        Raises
        ------
        ModelError
            If it is that of another objective.
        """
        load_module(self._objective, arrays)
        load_optimizer(self._optimizer, self._objective, arrays)
        self._order.set_state(torch.from_numpy(np.array(arrays["order"])))
        self._fabric.strategy.precision.load_state_dict(meta["scaling"])
        self.epoch, self.step = meta["epoch"], meta["step"]
        self.history = [dict(record) for record in meta["history"]]

    def _step(self, batch: Tensor, weight: float) -> Tensor:
        self._generator.manual_seed(step_seed(self._seed, self.step, self._fabric.global_rank))
        for weights in self._weights:
            weights.grad = None
        loss: Tensor = self._wrapped(batch, self._generator)
        if weight != 1.0:
            loss = weight * loss
        self._fabric.backward(loss)
        if self.clip_norm is not None:
            self._fabric.clip_gradients(
                self._wrapped, self._optimizer, max_norm=self.clip_norm, error_if_nonfinite=False
            )
        self._optimizer.step()
        self.step += 1
        return loss.detach()

    def _set_learning_rate(self, epoch: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate.at(epoch)

    def _check(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise TrainingError(
                f"the training loss became {loss} by epoch {self.epoch:g}; lower the learning rate or scale the data"
            )

    def _problems(self, optimizer: str, precision: str) -> list[str]:
        rate, problems = self._rate, count_problems("batch_size", self.batch_size)
        problems += positive_problems("learning_rate", rate.peak)
        problems += choice_problems("optimizer", optimizer, ["adam", "sgd"])
        problems += choice_problems("schedule", rate.schedule, SCHEDULES)
        problems += choice_problems("precision", precision, PRECISIONS)
        problems += at_least_problems("warmup_epochs", rate.warmup_epochs)
        if self.clip_norm is not None:
            problems += positive_problems("clip_norm", self.clip_norm)
        if rate.schedule == "cosine" and (rate.max_epochs is None or rate.max_epochs <= rate.warmup_epochs):
            problems.append(
                f"max_epochs is {rate.max_epochs}; with schedule='cosine' it must be more than warmup_epochs, which is "
                f"{rate.warmup_epochs:g}"
            )
        return problems
