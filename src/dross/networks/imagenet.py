"""What weights that were trained on ImageNet take off their input."""

from __future__ import annotations

from typing import Final

#: Mean and standard deviation of ImageNet's channels, which torchvision's weights expect to be taken off.
IMAGENET_MEAN: Final = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION: Final = (0.229, 0.224, 0.225)
