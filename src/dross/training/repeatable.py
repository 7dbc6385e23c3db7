"""What makes a training repeat itself: seeds of single steps, and algorithms that add up in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def step_seed(seed: int, step: int, rank: int = 0) -> int:
    """Return the seed of one step in one process: neighbours have nothing in common.

    Parameters
    ----------
    seed : int
        That of the training.
    step : int
        Steps before this one.
    rank : int, default 0
        The number of the process.

    Examples
    --------
    >>> step_seed(0, 0) == step_seed(0, 0), step_seed(0, 0) == step_seed(0, 1)
    (True, False)
    """
    # Torch's generator on the processor heeds 32 bits of a seed.
    return int(np.random.SeedSequence((seed, step, rank)).generate_state(1)[0])


@contextmanager
def repeatable(device: torch.device) -> Iterator[None]:
    """Let convolutions on an NVIDIA GPU use only algorithms that give the same bits each time.

    Processors always do. What was set before is set again afterwards.
    """
    if device.type != "cuda":
        yield
        return
    with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=True):
        yield
