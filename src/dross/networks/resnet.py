"""ResNet-18 of any width, with the stems that small and large images need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, final

from torch import Tensor, nn
from torch.nn import functional

from dross.errors import raise_gathered
from dross.parameters import choice_problems, count_problems

Stem = Literal["small", "strided", "standard"]

STEMS: tuple[Stem, ...] = ("small", "strided", "standard")


@final
class BasicBlock(nn.Module):
    """Two 3x3 convolutions with a shortcut around them.

    Its parameters are named as torchvision's are. torchvision itself is not used: importing it takes as long as
    importing Torch, and this block is all that would be taken from it.

    Parameters
    ----------
    n_in : int
        Channels that come in.
    n_out : int
        Channels that go out.
    stride : int, default 1
        Of the first convolution and of the shortcut.

    Examples
    --------
    >>> import torch
    >>> tuple(BasicBlock(4, 8, stride=2)(torch.zeros(1, 4, 6, 6)).shape)
    (1, 8, 3, 3)
    """

    def __init__(self, n_in: int, n_out: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(n_out)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = None
        if stride != 1 or n_in != n_out:
            self.downsample = nn.Sequential(nn.Conv2d(n_in, n_out, 1, stride=stride, bias=False), nn.BatchNorm2d(n_out))

    def forward(self, x: Tensor) -> Tensor:
        """Return what the block makes of ``x`` (n, n_in, h, w): (n, n_out, h / stride, w / stride)."""
        shortcut = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self._first(x)))
        return self.relu(self.bn2(self.conv2(out)) + shortcut)

    def _first(self, x: Tensor) -> Tensor:
        """Return the first convolution of ``x``, without the stride along an axis of one pixel, where it has no effect.

        Where such an axis meets a stride, Torch's bfloat16 convolution on a processor leaves part of the gradient of
        the weights unwritten (oneDNN, seen with Torch 2.15): whatever lies in memory becomes a gradient.
        """
        height, width = x.shape[2:]
        if 1 not in (height, width):
            return self.conv1(x)
        stride = (1 if height == 1 else self.conv1.stride[0], 1 if width == 1 else self.conv1.stride[1])
        return functional.conv2d(x, self.conv1.weight, stride=stride, padding=1)


@final
class ResNet(nn.Module):
    """A residual network of four stages, without the layer that classifies: images become pooled features.

    With the default ``blocks`` it is ResNet-18, and with ``width=64, stem="standard"`` it has the parameters of
    torchvision's ``resnet18`` under the same names, ``fc`` left out. Weights are random: nothing is downloaded. They
    are drawn as Torch draws those of any convolution, smaller than torchvision's: after a short training the features
    then tell anomalies apart better (docs/LOG.md).

    Use the stem "small" for images up to 64 pixels where there is a GPU, "strided" for them where there is none (a
    quarter of the work), and "standard" for larger ones.

    Parameters
    ----------
    channels : int, default 3
        Channels of the images: 1 or 3.
    width : int, default 64
        Channels of the first stage; each later stage has twice those of the one before.
    stem : {"small", "strided", "standard"}, default "small"
        What comes first. "small": a 3x3 convolution. "strided": the same with stride 2. "standard": a 7x7 convolution
        with stride 2 and a maximum over 3x3 with stride 2, as on ImageNet.
    blocks : four ints, default (2, 2, 2, 2)
        Residual blocks of each stage.

    Attributes
    ----------
    n_features : int
        Numbers in the output, ``8 * width``.

    Raises
    ------
    ParameterError
        If a parameter is out of its range.

    Examples
    --------
    >>> import torch
    >>> network = ResNet(width=4, stem="strided")
    >>> images = torch.zeros(2, 3, 32, 32)
    >>> tuple(network(images).shape), [tuple(stage.shape) for stage in network.stages(images)]
    ((2, 32), [(2, 4), (2, 4), (2, 8), (2, 16), (2, 32)])

    References
    ----------
    He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385.
    """

    def __init__(
        self,
        channels: int = 3,
        width: int = 64,
        stem: Stem = "small",
        blocks: tuple[int, int, int, int] = (2, 2, 2, 2),
    ) -> None:
        super().__init__()
        raise_gathered(_problems(channels, width, stem, blocks))
        self.hyperparameters: dict[str, Any] = {
            "channels": channels,
            "width": width,
            "stem": stem,
            "blocks": tuple(blocks),
        }
        self.n_features = 8 * width
        size, stride = (7, 2) if stem == "standard" else (3, 2 if stem == "strided" else 1)
        self.conv1 = nn.Conv2d(channels, width, size, stride=stride, padding=size // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1) if stem == "standard" else nn.Identity()
        self.layer1 = _stage(width, width, blocks[0], stride=1)
        self.layer2 = _stage(width, 2 * width, blocks[1], stride=2)
        self.layer3 = _stage(2 * width, 4 * width, blocks[2], stride=2)
        self.layer4 = _stage(4 * width, 8 * width, blocks[3], stride=2)

    def forward(self, images: Tensor) -> Tensor:
        """Return the features of ``images`` (n, channels, h, w), averaged over the places: (n, n_features)."""
        return self.last_maps(images).mean((2, 3))

    def last_maps(self, images: Tensor) -> Tensor:
        """Return the feature maps of the last stage, shape (n, n_features, h, w)."""
        *_, last = self._maps(images)
        return last

    def stages(self, images: Tensor) -> list[Tensor]:
        """Return what the stem and each of the four stages make of ``images``, averaged over the places.

        Five tensors, of shape (n, width), (n, width), (n, 2 * width), (n, 4 * width) and (n, 8 * width).
        """
        return [maps.mean((2, 3)) for maps in self._maps(images)]

    def _maps(self, images: Tensor) -> Iterator[Tensor]:
        maps = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        yield maps
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            maps = stage(maps)
            yield maps


def _stage(n_in: int, n_out: int, n_blocks: int, stride: int) -> nn.Sequential:
    rest = [BasicBlock(n_out, n_out) for _ in range(n_blocks - 1)]
    return nn.Sequential(BasicBlock(n_in, n_out, stride), *rest)


def blocks_problems(name: str, blocks: object) -> list[str]:
    """Return what is wrong with the numbers of residual blocks, of which there must be one for each of four stages.

    Examples
    --------
    >>> blocks_problems("blocks", (2, 2))
    ['blocks is (2, 2); it must be four whole numbers of at least 1']
    """
    counts = list(blocks) if isinstance(blocks, (tuple, list)) else []
    if len(counts) == 4 and not any(count_problems(name, count) for count in counts):
        return []
    return [f"{name} is {blocks!r}; it must be four whole numbers of at least 1"]


def _problems(channels: int, width: int, stem: str, blocks: tuple[int, ...]) -> list[str]:
    problems = count_problems("channels", channels) + count_problems("width", width)
    return problems + choice_problems("stem", stem, STEMS) + blocks_problems("blocks", blocks)
