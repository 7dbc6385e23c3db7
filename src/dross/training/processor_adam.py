"""Adam for weights on the processor, which asks no GPU whether it may take a step."""

from __future__ import annotations

from typing import final

import torch


@final
class ProcessorAdam(torch.optim.Adam):
    """Adam without the question, at each step, whether a GPU is recording what it does.

    For the question PyTorch looks for the GPU's driver anew, which on a machine without one takes a fifth of a
    millisecond: as long as a small network's step forwards. Do not use it for weights on a GPU.

    References
    ----------
    Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, arXiv:1412.6980.

    Examples
    --------
    >>> weight = torch.nn.Parameter(torch.ones(1))
    >>> optimizer = ProcessorAdam([weight], lr=0.5)
    >>> weight.sum().backward()
    >>> optimizer.step()
    >>> round(weight.item(), 4)
    0.5
    """

    def _accelerator_graph_capture_health_check(self) -> None:
        """Ask nothing; before PyTorch 2.9 it was called by the name below."""

    _cuda_graph_capture_health_check = _accelerator_graph_capture_health_check
