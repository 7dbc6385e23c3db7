"""The residual autoencoder: a ResNet encodes images, blocks of linear layers with shortcuts encode rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, final

from torch import Tensor, nn

from dross.errors import raise_gathered
from dross.networks.conv_decoder import ConvDecoder
from dross.networks.resnet import ResNet
from dross.networks.sample_shape import halved_sides, is_image, shape_problems
from dross.parameters import count_problems

#: A strided ResNet halves an image in its stem and in three of its four stages.
_HALVINGS: Final = 4
#: Blocks of the encoder of rows, and of its decoder.
_ROW_BLOCKS: Final = 2


@final
class ResidualBlock(nn.Module):
    """Two linear layers, batch normalisation before each, with a shortcut around them.

    Parameters
    ----------
    width : int
        Numbers that come in and go out.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU()
        )
        self.last = nn.Linear(width, width)

    def forward(self, rows: Tensor) -> Tensor:
        """Return what the block makes of ``rows`` (n, width), same shape."""
        return rows + self.last(self.layers(rows))


@final
class ResNetAutoencoder(nn.Module):
    """An encoder with shortcuts around its layers, which therefore may be many, down to a narrow code, and a decoder.

    The last feature maps of the ResNet are not averaged over the places before they become the code, as they are where
    it classifies: a reconstruction has to know where things are.

    Parameters
    ----------
    shape : tuple of int
        Of a sample: (height, width, channels) of an image, or (columns,) of a row.
    width : int, default 16
        Channels of the ResNet's first stage; each later stage has twice those of the one before.
    blocks : four ints, default (1, 1, 1, 1)
        Residual blocks of each stage.
    widths : sequence of int, default (16, 32, 64)
        Channels of the convolutional decoder, those nearest to the image first.
    hidden : int, default 64
        Width of the blocks that encode and decode a row.
    n_code : int, default 32
        Numbers in the code.

    Raises
    ------
    ParameterError
        If a parameter is out of its range; all are named at once.

    Examples
    --------
    >>> import torch
    >>> network = ResNetAutoencoder((28, 28, 1), width=4, n_code=5)
    >>> codes = network.encode(torch.zeros(2, 1, 28, 28))
    >>> tuple(codes.shape), tuple(network.decode(codes).shape)
    ((2, 5), (2, 1, 28, 28))

    References
    ----------
    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385.
    """

    def __init__(
        self,
        shape: Sequence[int],
        width: int = 16,
        blocks: Sequence[int] = (1, 1, 1, 1),
        widths: Sequence[int] = (16, 32, 64),
        hidden: int = 64,
        n_code: int = 32,
    ) -> None:
        super().__init__()
        problems = shape_problems(shape) + count_problems("hidden", hidden)
        raise_gathered(problems + count_problems("n_code", n_code))
        self.hyperparameters: dict[str, Any] = {
            "shape": list(shape),
            "width": width,
            "blocks": list(blocks),
            "widths": list(widths),
            "hidden": hidden,
            "n_code": n_code,
        }
        self.trunk: nn.Module
        self.decoder: nn.Module
        if is_image(shape):
            first, second, third, fourth = blocks
            self.trunk = ResNet(shape[2], width, "strided", (first, second, third, fourth))
            n_features = self.trunk.n_features * math.prod(halved_sides(shape, _HALVINGS)[-1])
            self.decoder = ConvDecoder(shape, widths, n_code, normalise=True)
        else:
            self.trunk = nn.Sequential(nn.Linear(shape[0], hidden), *_row_blocks(hidden))
            n_features = hidden
            self.decoder = nn.Sequential(nn.Linear(n_code, hidden), *_row_blocks(hidden), nn.Linear(hidden, shape[0]))
        self.code = nn.Linear(n_features, n_code)

    def encode(self, samples: Tensor) -> Tensor:
        """Return the codes of samples, shape (n, n_code)."""
        features = self.trunk.last_maps(samples) if isinstance(self.trunk, ResNet) else self.trunk(samples)
        return self.code(features.flatten(1))

    def decode(self, codes: Tensor) -> Tensor:
        """Return the samples that codes stand for."""
        return self.decoder(codes)

    def forward(self, samples: Tensor) -> Tensor:
        """Return the reconstruction of samples."""
        return self.decode(self.encode(samples))


def _row_blocks(width: int) -> list[nn.Module]:
    return [*(ResidualBlock(width) for _ in range(_ROW_BLOCKS)), nn.ReLU()]
