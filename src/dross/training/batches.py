"""Batches of the training set: cut on the device where the set fits there, else read ahead of the training."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Protocol, final, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

#: Bytes of samples that are kept in the memory of a processor.
LARGEST_ON_CPU: Final = 1 << 30
#: Share of a GPU's free memory that samples may take; the rest is for the network and its activations.
SHARE_OF_GPU: Final = 0.25
#: Samples that are read at once, so that reading in several processes is worth its start.
SAMPLES_A_READ: Final = 1024
#: Reads that are under way while the device trains.
READS_AHEAD: Final = 2


class ReadsImages(Protocol):
    """Images that are read when asked for."""

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    def read(self, indices: Any) -> NDArray[np.uint8]:
        """Return some of them, shape (m, h, w, c)."""
        ...


@runtime_checkable
class Batches(Protocol):
    """A training set that batches are cut from."""

    def __len__(self) -> int:
        """Return the number of samples."""
        ...

    def cut(self, parts: Sequence[Tensor]) -> Iterator[Tensor]:
        """Yield the samples of each of ``parts``, which are indices, on the device."""
        ...


def batches_on(device: torch.device, data: Tensor | ReadsImages | Batches, *, channels_last: bool) -> Batches:
    """Return a training set to cut batches from: resident on the device if it fits, else streamed.

    Parameters
    ----------
    device : torch.device
        Where training takes place.
    data : Tensor of shape (n_samples, ...), images that are read when asked for, or ready-made batches
        Images become tensors of bytes, (n, c, h, w); batches stay as they are.
    channels_last : bool
        Whether batches of images have their channels last in memory.

    Examples
    --------
    >>> data = batches_on(torch.device("cpu"), torch.arange(4), channels_last=False)
    >>> [batch.tolist() for batch in data.cut([torch.tensor([2, 0]), torch.tensor([3])])]
    [[2, 0], [3]]
    """
    if isinstance(data, Batches):
        return data
    if isinstance(data, Tensor):
        samples = data.to(device)
        return Resident(
            samples.permute(0, 2, 3, 1).contiguous() if channels_last and data.ndim == 4 else samples,
            channels_last=channels_last,
        )
    if len(data) == 0 or data.read(np.array([0])).nbytes * len(data) <= _room(device):
        images = _tensor(data.read(np.arange(len(data)))).to(device)
        return Resident(images if channels_last else channels_first(images), channels_last=channels_last)
    return Streamed(data, device, channels_last=channels_last)


@final
class Resident:
    """Samples that live on the device: a batch is one gather there.

    Parameters
    ----------
    samples : Tensor of shape (n_samples, ...)
        On the device; images with ``channels_last`` have the shape (n, h, w, c).
    channels_last : bool
        Whether four-dimensional samples lie with their channels last.
    """

    def __init__(self, samples: Tensor, *, channels_last: bool) -> None:
        self._samples = samples
        self._to_channels_first = channels_last and samples.ndim == 4

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self._samples)

    def cut(self, parts: Sequence[Tensor]) -> Iterator[Tensor]:
        """Yield the samples of each of ``parts``."""
        if not parts:
            return
        # The order goes to the device once a pass, not once a batch.
        order = torch.cat(list(parts)).to(self._samples.device)
        for indices in torch.split(order, [len(part) for part in parts]):
            batch = self._samples[indices]
            yield batch.permute(0, 3, 1, 2) if self._to_channels_first else batch


@final
class Streamed:
    """Images too many for the device: a thread reads the next batches while it trains.

    Parameters
    ----------
    images : images that are read when asked for
        They may themselves decode in several processes.
    device : torch.device
        Where batches go.
    channels_last : bool
        Whether batches lie with their channels last.
    """

    def __init__(self, images: ReadsImages, device: torch.device, *, channels_last: bool) -> None:
        self._images = images
        self._device = device
        self._channels_last = channels_last

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self._images)

    def cut(self, parts: Sequence[Tensor]) -> Iterator[Tensor]:
        """Yield the samples of each of ``parts``; those of the next ones are read meanwhile."""
        waiting: deque[Future[list[Tensor]]] = deque()
        with ThreadPoolExecutor(1, thread_name_prefix="dross-read") as reader:
            try:
                for group in _groups(parts):
                    waiting.append(reader.submit(self._read, group))
                    if len(waiting) > READS_AHEAD:
                        yield from map(self._moved, waiting.popleft().result())
                while waiting:
                    yield from map(self._moved, waiting.popleft().result())
            finally:
                for read in waiting:
                    read.cancel()

    def _read(self, group: list[Tensor]) -> list[Tensor]:
        images = _tensor(self._images.read(torch.cat(group).numpy()))
        if self._device.type == "cuda":
            images = images.pin_memory()
        return list(torch.split(images, [len(part) for part in group]))

    def _moved(self, images: Tensor) -> Tensor:
        batch = images.to(self._device, non_blocking=True).permute(0, 3, 1, 2)
        return batch if self._channels_last else batch.clone(memory_format=torch.contiguous_format)


def channels_first(images: Tensor) -> Tensor:
    """Return images (n, h, w, c) as (n, c, h, w), laid out in memory as Torch itself would.

    Of grey images ``contiguous`` leaves the strides as they came, and with them the way in which sums are rounded.

    Examples
    --------
    >>> channels_first(torch.zeros(2, 4, 4, 1)).stride()
    (16, 16, 4, 1)
    """
    return images.permute(0, 3, 1, 2).clone(memory_format=torch.contiguous_format)


def _tensor(images: NDArray[np.uint8]) -> Tensor:
    """Return a tensor that shares the memory of images, unless they must not be written to: Torch takes no such."""
    return torch.from_numpy(np.require(images, requirements="W"))


def _groups(parts: Sequence[Tensor]) -> Iterator[list[Tensor]]:
    """Yield consecutive parts that are worth reading at once."""
    group: list[Tensor] = []
    for part in parts:
        group.append(part)
        if sum(map(len, group)) >= SAMPLES_A_READ:
            yield group
            group = []
    if group:
        yield group


def _room(device: torch.device) -> float:
    """Return how many bytes of samples the device may hold."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return SHARE_OF_GPU * free
    return LARGEST_ON_CPU
