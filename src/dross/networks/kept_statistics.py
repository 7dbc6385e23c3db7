"""Forward passes in training that leave no trace in the statistics of batch normalisation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


@contextmanager
def kept_statistics(network: nn.Module) -> Iterator[None]:
    """Keep the running statistics of batch normalisation as they are.

    For passes of what scoring never sees, such as reconstructions that are encoded again: their means and variances
    would be mixed with those of the data, and the network would score with statistics that it was not trained with.

    Parameters
    ----------
    network : nn.Module
        In training mode it normalises by the batch all the same.

    Examples
    --------
    >>> import torch
    >>> layer = nn.BatchNorm1d(1)
    >>> with kept_statistics(layer):
    ...     _ = layer(torch.tensor([[2.0], [4.0]]))
    >>> layer.running_mean.tolist(), layer.momentum
    ([0.0], 0.1)
    """
    layers = [layer for layer in network.modules() if isinstance(layer, _BatchNorm)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 0.0
    try:
        yield
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
