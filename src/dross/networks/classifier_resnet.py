"""A ResNet with the layer that classifies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.errors import raise_gathered
from dross.networks.imagenet import IMAGENET_DEVIATION, IMAGENET_MEAN
from dross.networks.resnet import ResNet, Stem
from dross.networks.sample_shape import is_image, shape_problems
from dross.parameters import choice_problems, count_problems

Normalisation = Literal["symmetric", "imagenet"]


@final
class ClassifierResNet(nn.Module):
    """A residual network and one linear layer after it, for images in [-1, 1].

    Use ``normalisation="imagenet"`` with weights that were trained on ImageNet: pixels then get the mean and the
    deviation that these expect, and grey images become RGB.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    n_outputs : int, default 2
        Numbers that come out.
    width, stem, blocks
        Of the :class:`~dross.networks.ResNet`.
    image_size : int or None, default None
        Images are resized to a square of this side, bilinearly; ``None`` leaves them as they are.
    normalisation : {"symmetric", "imagenet"}, default "symmetric"
        "symmetric": pixels stay in [-1, 1]. "imagenet": those in [0, 1] minus ImageNet's mean, by its deviation.

    Raises
    ------
    ParameterError
        If a parameter is out of its range.

    Examples
    --------
    >>> tuple(ClassifierResNet((28, 28, 1), width=4)(torch.zeros(2, 1, 28, 28)).shape)
    (2, 2)

    References
    ----------
    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385.
    """

    def __init__(
        self,
        shape: Sequence[int],
        n_outputs: int = 2,
        *,
        width: int = 64,
        stem: Stem = "small",
        blocks: tuple[int, int, int, int] = (2, 2, 2, 2),
        image_size: int | None = None,
        normalisation: Normalisation = "symmetric",
    ) -> None:
        super().__init__()
        problems = shape_problems(shape) + count_problems("n_outputs", n_outputs)
        if not problems and not is_image(shape):
            problems = [f"shape is {shape!r}; it must be (height, width, channels) of an image"]
        problems += [] if image_size is None else count_problems("image_size", image_size)
        raise_gathered(problems + choice_problems("normalisation", normalisation, ["symmetric", "imagenet"]))
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "n_outputs": n_outputs,
            "width": width,
            "stem": stem,
            "blocks": tuple(blocks),
            "image_size": image_size,
            "normalisation": normalisation,
        }
        self.image_size, self.normalisation = image_size, normalisation
        self.resnet = ResNet(3 if normalisation == "imagenet" else shape[2], width, stem, blocks)
        self.fc = nn.Linear(self.resnet.n_features, n_outputs)

    def forward(self, images: Tensor) -> Tensor:
        """Return the outputs for ``images`` (n, c, h, w) in [-1, 1], shape (n, n_outputs)."""
        outputs: Tensor = self.fc(self.resnet(self._input(images)))
        return outputs

    def stages(self, images: Tensor) -> list[Tensor]:
        """Return what each of the four stages makes of ``images``, averaged over the places, and the outputs.

        Five tensors, of shape (n, width), (n, 2 * width), (n, 4 * width), (n, 8 * width) and (n, n_outputs).
        """
        _, *stages = self.resnet.stages(self._input(images))
        return [*stages, self.fc(stages[-1])]

    def _input(self, images: Tensor) -> Tensor:
        if self.image_size is not None:
            # Without antialiasing an image that becomes smaller would show a part of its pixels alone.
            images = functional.interpolate(images, (self.image_size,) * 2, mode="bilinear", antialias=True)
        if self.normalisation == "imagenet":
            mean, deviation = (
                torch.tensor(value, device=images.device).view(1, 3, 1, 1)
                for value in (IMAGENET_MEAN, IMAGENET_DEVIATION)
            )
            images = ((images + 1) / 2 - mean) / deviation
        # One order in memory, whatever comes in: another would add up to another last bit. It is also the fastest.
        return images.contiguous(memory_format=torch.channels_last)
