"""How well a detector says where in an image an anomaly is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    maps, masks = detector.score_maps(split.X_test), masks[split.test_index]
    return {"pixel_auroc": pixel_auroc(masks, maps), "aupro": aupro(masks, maps)}


def _masks(dataset: ImageDataset) -> Any:
    """Return the masks of all images; tables have none."""
    return getattr(dataset, "masks", None)
