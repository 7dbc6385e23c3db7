"""How well a detector says where in an image an anomaly is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dross.metrics import aupro, pixel_auroc

if TYPE_CHECKING:
    from dross.data.named_images import ImageDataset
    from dross.evaluation.split import Split


def localisation_metrics(dataset: Any, split: Split, detector: Any) -> dict[str, float | None]:
    """Return ``pixel_auroc`` and ``aupro`` of a detector's score maps of the test images.

    Nothing is returned of a detector that has no maps, or a data set that has no masks.

    Parameters
    ----------
    dataset : Dataset or ImageDataset
        Its masks are what is measured against.
    split : Split
        Which of its images test.
    detector : fitted detector
        One that has ``score_maps`` is measured.
    """
    masks = _masks(dataset)
    if masks is None or not hasattr(detector, "score_maps"):
        return {}
    maps, masks = maps_of_images(detector, split.X_test), masks[split.test_index]
    return {"pixel_auroc": pixel_auroc(masks, maps), "aupro": aupro(masks, maps)}


def maps_of_images(detector: Any, X: NDArray[Any]) -> NDArray[np.float32]:
    """Return a detector's score maps at the size of the images, also where it makes these smaller; shape (n, h, w).

    Parameters
    ----------
    detector : fitted detector
        With ``score_maps``.
    X : array of shape (n, h, w, c)
        Images.
    """
    import torch
    from torch.nn import functional

    maps: NDArray[np.float32] = detector.score_maps(X)
    if maps.shape[1:] == X.shape[1:3]:
        return maps
    size = (int(X.shape[1]), int(X.shape[2]))
    return functional.interpolate(torch.from_numpy(maps)[:, None], size=size, mode="bilinear")[:, 0].numpy()


def _masks(dataset: ImageDataset) -> Any:
    """Return the masks of all images; tables have none."""
    return getattr(dataset, "masks", None)
