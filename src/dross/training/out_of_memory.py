"""What to say when the device has no memory left for a step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from dross.errors import TrainingError


@contextmanager
def explain_out_of_memory(device: torch.device, batch_size: int) -> Iterator[None]:
    """Turn Torch's errors about memory in the block into one that says which parameter to lower.

    Parameters
    ----------
    device : torch.device
        Where the memory ran out.
    batch_size : int
        Samples of a step.

    Raises
    ------
    TrainingError
        In place of Torch's error; every other error passes.

    Examples
    --------
    >>> with explain_out_of_memory(torch.device("cpu"), 64):
    ...     torch.empty(1 << 60)
    Traceback (most recent call last):
    ...
    dross.errors.TrainingError: cpu ran out of memory in a step of batch_size=64 samples: lower batch_size, then width
    """
    try:
        yield
    except RuntimeError as error:
        if not _is_about_memory(error):
            raise
        raise TrainingError(
            f"{device} ran out of memory in a step of batch_size={batch_size} samples: lower batch_size, then width"
        ) from error


def _is_about_memory(error: RuntimeError) -> bool:
    # The processor's allocator has no exception of its own: its message is all there is.
    words = ("out of memory", "not enough memory", "can't allocate memory", "Storage size calculation overflowed")
    return isinstance(error, torch.cuda.OutOfMemoryError) or any(word in str(error) for word in words)
