"""What the tests of games ask: who gets a gradient from a loss."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def gradients(loss: Tensor, module: nn.Module) -> list[Tensor]:
    """Return the gradients that weights of a module get from a loss; those that get none are left out."""
    found = torch.autograd.grad(loss, list(module.parameters()), allow_unused=True, retain_graph=True)
    return [gradient for gradient in found if gradient is not None]
