"""What a person sees of a training that lasts: loss, samples a second, time left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, final

from torch import Tensor

from dross.progress import Bar, bar

#: Seconds between two looks at the loss where a person watches, and where nobody does: each makes the processor wait
#: for the device.
SECONDS_BETWEEN_LOOKS: Final = 0.5
SECONDS_BETWEEN_CHECKS: Final = 10.0
#: Seconds after which training is worth a bar.
SECONDS_BEFORE_BAR: Final = 2.0


@final
class TrainingReport:
    """Counts samples, and looks at the loss now and then.

    Made by :func:`reporting`; not by hand.
    """

    def __init__(self, shown: Bar | None) -> None:
        self._bar = shown
        self._seen = 0
        self._started = self._looked = time.monotonic()

    def count(self, n_samples: int, total: Tensor, check: Callable[[float], None] | None) -> None:
        """Count a step.

        Parameters
        ----------
        n_samples : int
            Its samples.
        total : Tensor
            The sum of the losses of all samples so far; it is read from the device now and then.
        check : callable or None
            Called with the mean loss when it is read; raises where training cannot go on.
        """
        self._seen += n_samples
        now = time.monotonic()
        if now - self._looked < (SECONDS_BETWEEN_CHECKS if self._bar is None else SECONDS_BETWEEN_LOOKS):
            return
        loss = float(total) / self._seen
        if check is not None:
            check(loss)
        if self._bar is not None:
            rate = self._seen / (now - self._started)
            self._bar.advance(self._seen - self._bar.done, f"loss {loss:.4f}, {rate:,.0f} samples/s")
        self._looked = now


@contextmanager
def reporting(description: str | None, n_samples: float) -> Iterator[TrainingReport]:
    """Show a bar on stderr while the block trains, if that lasts.

    Parameters
    ----------
    description : str or None
        What the bar says; ``None`` shows none.
    n_samples : float
        Samples that will be seen, one counted as often as it is.
    """
    if description is None:
        yield TrainingReport(None)
        return
    with bar(round(n_samples), description, after=SECONDS_BEFORE_BAR) as shown:
        yield TrainingReport(shown)
