"""How far a reconstruction is from its sample: one number a sample, higher = worse reconstructed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import torch
from torch import Tensor
from torch.nn import functional

#: What a detector may score by: errors of the reconstruction, and what becomes of the code.
Score = Literal["squared", "absolute", "ssim", "patches", "mahalanobis", "re-encoding", "squared+mahalanobis"]
#: Those that compare neighbouring pixels.
IMAGE_SCORES: Final = ("ssim", "patches")
#: Those that look at codes.
LATENT_SCORES: Final = ("mahalanobis", "re-encoding", "squared+mahalanobis")
SCORES: Final = ("squared", "absolute", *IMAGE_SCORES, *LATENT_SCORES)

#: Side and standard deviation of the window of SSIM, and its constants, as its authors have them.
_WINDOW, _SIGMA, _K1, _K2 = 11, 1.5, 0.01, 0.03
#: Pixels in [-1, 1] span this much.
_RANGE: Final = 2.0
#: A patch is this share of an image's side; patches overlap by half; the worst few count.
_PATCHES_A_SIDE, WORST_PATCHES = 4, 3


def squared_error(samples: Tensor, reconstructed: Tensor) -> Tensor:
    """Return the mean squared error of each sample, shape (n,).

    Examples
    --------
    >>> squared_error(torch.tensor([[0.0, 0.0]]), torch.tensor([[1.0, 3.0]])).tolist()
    [5.0]
    """
    return (samples - reconstructed).square().flatten(1).mean(1)


def absolute_error(samples: Tensor, reconstructed: Tensor) -> Tensor:
    """Return the mean absolute error of each sample, shape (n,).

    Examples
    --------
    >>> absolute_error(torch.tensor([[0.0, 0.0]]), torch.tensor([[1.0, -3.0]])).tolist()
    [2.0]
    """
    return (samples - reconstructed).abs().flatten(1).mean(1)


def ssim_error(samples: Tensor, reconstructed: Tensor) -> Tensor:
    """Return one minus the mean structural similarity of each image, shape (n,).

    The window is Gaussian, and only where it lies wholly inside the image does it count; images smaller than it get
    the largest window that fits.

    References
    ----------
    Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to Structural Similarity",
    IEEE Transactions on Image Processing 13 (2004); for anomalies: Bergmann et al., VISAPP 2019, arXiv:1807.02011.

    Examples
    --------
    >>> image = torch.linspace(-1, 1, 144).reshape(1, 1, 12, 12)
    >>> [round(float(ssim_error(image, other)), 2) for other in (image, image.flip(2))]
    [0.0, 0.13]
    """
    side = min(_WINDOW, *samples.shape[2:])
    at = torch.arange(side, dtype=samples.dtype, device=samples.device) - (side - 1) / 2
    bell = torch.exp(-0.5 * (at / _SIGMA) ** 2)
    bell = bell / bell.sum()

    def mean(images: Tensor) -> Tensor:
        channels = images.shape[1]
        across = functional.conv2d(images, bell.expand(channels, 1, 1, side), groups=channels)
        return functional.conv2d(across, bell[:, None].expand(channels, 1, side, 1), groups=channels)

    mean_a, mean_b = mean(samples), mean(reconstructed)
    variance_a = mean(samples * samples) - mean_a**2
    variance_b = mean(reconstructed * reconstructed) - mean_b**2
    covariance = mean(samples * reconstructed) - mean_a * mean_b
    c1, c2 = (_K1 * _RANGE) ** 2, (_K2 * _RANGE) ** 2
    similarity = ((2 * mean_a * mean_b + c1) * (2 * covariance + c2)) / (
        (mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2)
    )
    return 1.0 - similarity.flatten(1).mean(1)


def patch_error(samples: Tensor, reconstructed: Tensor) -> Tensor:
    """Return the mean absolute error of the three worst patches of each image, shape (n,).

    Patches are a quarter of the image a side and overlap by half: a small defect is not drowned by what surrounds it.

    References
    ----------
    The worst patches as a loss: Kim, Jeong, Choi and Seo, ECCV 2020 workshops, doi 10.1007/978-3-030-65414-6_11.

    Examples
    --------
    >>> image = torch.zeros(1, 1, 8, 8)
    >>> damaged = image.clone()
    >>> damaged[:, :, :2, :2] = 1.0
    >>> float(patch_error(image, damaged)) > float(absolute_error(image, damaged))
    True
    """
    gap = (samples - reconstructed).abs().mean(1, keepdim=True)
    height, width = (max(1, side // _PATCHES_A_SIDE) for side in gap.shape[2:])
    means = functional.avg_pool2d(gap, (height, width), (max(1, height // 2), max(1, width // 2))).flatten(1)
    return means.topk(min(WORST_PATCHES, means.shape[1]), dim=1).values.mean(1)


#: The errors by name.
ERRORS: Final[dict[str, Callable[[Tensor, Tensor], Tensor]]] = {
    "squared": squared_error,
    "absolute": absolute_error,
    "ssim": ssim_error,
    "patches": patch_error,
}
