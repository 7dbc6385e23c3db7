"""One process or, under ``torchrun``, several that train the same network together."""

from __future__ import annotations

import logging
import os

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from dross.training.precision import Precision, resolve_precision


def make_fabric(device: str, precision: Precision) -> Fabric:
    """Return Fabric for one device, or for all that ``torchrun`` has started processes for.

    Parameters
    ----------
    device : str
        What Fabric calls the accelerator: "auto", "cpu", "cuda", "mps".
    precision : {"auto", "32-true", "bf16-mixed", "16-mixed"}
        See :func:`~dross.training.precision.resolve_precision`.

    Examples
    --------
    >>> make_fabric("cpu", "32-true").world_size
    1
    """
    # Fabric announces the precision on stderr, which belongs to our own messages.
    logging.getLogger("lightning_fabric.utilities.rank_zero").addFilter(_is_no_announcement)
    resolved = resolve_precision(precision, _device_type(device))
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return Fabric(accelerator=device, devices=1, precision=resolved)
    here, everywhere = int(os.environ["LOCAL_WORLD_SIZE"]), int(os.environ["WORLD_SIZE"])
    fabric = Fabric(accelerator=device, devices=here, num_nodes=everywhere // here, strategy="ddp", precision=resolved)
    fabric.launch()
    return fabric


def share_of(indices: Tensor, rank: int, n_processes: int) -> tuple[Tensor, float]:
    """Return the part of a batch that one process takes, and what to weigh its mean loss with.

    Gradients are averaged over the processes, whatever the sizes of their parts; the weight makes that average the
    mean over the samples. A process for which there is no sample left takes the first one with the weight 0, because
    all have to take part in each step.

    Parameters
    ----------
    indices : Tensor of shape (n_samples,)
        The batch.
    rank : int
        The number of the process.
    n_processes : int
        How many there are.

    Examples
    --------
    >>> batch = torch.arange(5)
    >>> share_of(batch, 0, 2), share_of(batch, 1, 2)
    ((tensor([0, 2, 4]), 1.2), (tensor([1, 3]), 0.8))
    """
    own = indices[rank::n_processes]
    if len(own) == 0:
        return indices[:1], 0.0
    return own, len(own) * n_processes / len(indices)


def share_buffers(module: nn.Module, fabric: Fabric) -> None:
    """Give every process the buffers of the first: running means come from its share of each batch alone."""
    if fabric.world_size > 1:
        for buffer in module.buffers():
            buffer.copy_(fabric.broadcast(buffer, src=0))


def _is_no_announcement(record: logging.LogRecord) -> bool:
    return record.levelno > logging.INFO


def _device_type(device: str) -> torch.device:
    """Return the kind of device that Fabric will take."""
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device({"gpu": "cuda"}.get(device, device))
