"""Random weights of torchvision's ResNet-18: what a file of pretrained ones looks like, with nothing learned in it."""

from __future__ import annotations

from torch import Tensor, nn
from torchvision.models import resnet18

from dross.training import seeded


def random_resnet18() -> nn.Module:
    """Return torchvision's network as it is drawn, its batch statistics not those of a fresh one."""
    with seeded(0):
        network: nn.Module = resnet18(weights=None)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias, -0.1, 0.1)
                _draw(module.running_mean, -0.1, 0.1)
                _draw(module.running_var, 0.5, 1.5)
    return network.eval()


def _draw(statistic: Tensor | None, low: float, high: float) -> None:
    assert statistic is not None
    statistic.uniform_(low, high)
