"""The patch discriminator: a judgement of every part of an image rather than of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, final

from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.sample_shape import is_image, shape_problems, tensor_shape
from dross.parameters import count_problems

#: Slope of the activations below zero, and side of the filters.
_SLOPE: Final = 0.2
_FILTER: Final = 4


@final
class PatchDiscriminator(nn.Module):
    """Convolutions that give one logit for each of many overlapping patches of an image.

    All layers but the last of ``widths`` step by two. There is no batch normalisation, so that the judgement of an
    image does not depend on those beside it.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    widths : sequence of int, default (64, 128, 256, 512)
        Channels after each layer. The default gives 14 x 14 logits for 128 x 128 pixels, each of which sees 70 x 70.

    Raises
    ------
    ParameterError
        If a parameter is out of its range, or the image too small for so many layers; all are named at once.

    Examples
    --------
    >>> import torch
    >>> tuple(PatchDiscriminator((128, 128, 3))(torch.zeros(2, 3, 128, 128)).shape)
    (2, 1, 14, 14)
    >>> tuple(PatchDiscriminator((28, 28, 1), widths=(8, 16, 32))(torch.zeros(2, 1, 28, 28)).shape)
    (2, 1, 5, 5)

    References
    ----------
    Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017,
    arXiv:1611.07004.
    """

    def __init__(self, shape: Sequence[int], widths: Sequence[int] = (64, 128, 256, 512)) -> None:
        super().__init__()
        raise_gathered(patch_problems(shape, widths))
        self.hyperparameters: dict[str, Any] = {"shape": list(shape), "widths": list(widths)}
        strides = [2] * (len(widths) - 1) + [1]
        layers: list[nn.Module] = []
        for (n_in, n_out), stride in zip(pairwise((tensor_shape(shape)[0], *widths)), strides, strict=True):
            layers += [nn.Conv2d(n_in, n_out, _FILTER, stride, 1), nn.LeakyReLU(_SLOPE)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, _FILTER, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Return a logit for each patch, shape (n, 1, rows, columns): above 0 where it looks real."""
        return self.layers(images)


def patch_problems(shape: Sequence[int], widths: Sequence[int], name: str = "widths") -> list[str]:
    """Return what is wrong with the layers of a patch discriminator for images of this shape.

    Parameters
    ----------
    shape : tuple of int
        Of an image: (height, width, channels).
    widths : sequence of int
        Channels after each layer.
    name : str, default "widths"
        What they are called.

    Examples
    --------
    >>> patch_problems((8, 8, 1), (8, 16, 32))
    ['widths has 3 layers; patches of 8x8 pixels are seen by 2 at most']
    """
    problems = shape_problems(shape) + [problem for width in widths for problem in count_problems(name, width)]
    if problems or not is_image(shape):
        return problems or [f"shape is {shape!r}; it must be (height, width, channels) of an image"]
    # Each halving rounds down; the two layers after them take one pixel each, and one has to be left.
    most = max(0, (min(shape[:2]) // 3).bit_length())
    if not 1 <= len(widths) <= most:
        height, width = shape[:2]
        return [f"{name} has {len(widths)} layers; patches of {height}x{width} pixels are seen by {most} at most"]
    return []
