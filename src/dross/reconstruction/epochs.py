"""Training epoch by epoch, under one bar, which leaves good weights behind when the loss stops being a number."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, Final

from dross.errors import TrainingError
from dross.progress import bar
from dross.training import TrainingLoop

#: Seconds after which training is worth a bar.
SECONDS_BEFORE_BAR: Final = 2.0


def train_epochs(
    loop: TrainingLoop, data: Any, max_epochs: float, name: str, after_epoch: Callable[[int], None] = lambda epoch: None
) -> TrainingError | None:
    """Train until ``max_epochs``; return the error that ended it early, with the weights of the epoch before it.

    Parameters
    ----------
    loop : TrainingLoop
        With an objective that has not been trained.
    data : Tensor, images that are read when asked for, or batches
        The training set.
    max_epochs : float
        How long to train.
    name : str
        What the bar and the error call the detector.
    after_epoch : callable
        Called with the number of the epoch just trained.

    Returns
    -------
    TrainingError or None
        What is wrong and what to do, for the caller to raise once its detector can score.
    """
    started, seen = time.monotonic(), 0
    with bar(math.ceil(max_epochs), f"Training {name}, epochs", after=SECONDS_BEFORE_BAR) as shown:
        for epoch in range(1, math.ceil(max_epochs) + 1):
            try:
                loss = loop.train_to(data, min(epoch, max_epochs))
            except TrainingError as error:
                return TrainingError(f"{name} stopped in epoch {epoch}, and has the weights from before it: {error}")
            seen += len(data)
            after_epoch(epoch)
            shown.advance(1, f"loss {loss:.4f}, {seen / (time.monotonic() - started):,.0f} samples/s")
    return None
