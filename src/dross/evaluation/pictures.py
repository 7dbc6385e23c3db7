"""The pictures that are kept with a run on images, and tell how its detector sees them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from dross.data.named_images import ImageDataset
    from dross.evaluation.split import Split


def pictures(
    dataset: ImageDataset,
    split: Split,
    detector: Any,
    scores: NDArray[np.float64],
    alarms: NDArray[np.bool_],
    X_train: Any,
    told: NDArray[np.int64] | None,
) -> dict[str, Any]:
    """Return what is to be seen of a run, by its place in the details; or nothing and a warning.

    A picture that cannot be drawn must not cost hours of training.

    Parameters
    ----------
    dataset : ImageDataset
        What the split is of.
    split : Split
        Training and test images.
    detector : fitted detector
        It decides what there is: the ``gallery`` of a refined one, the ``reconstruction`` of one that reconstructs, the
        ``stage_maps`` of a classifier; and of any that has score maps, images with these (``located``).
    scores : array of shape (n_test,)
        Anomaly scores of the test images.
    alarms : array of shape (n_test,), bool
        Where the detector raised an alarm.
    X_train, told
        What it was fitted on, and what it was told of these.
    """
    from dross.evaluation.gallery import gallery_record
    from dross.evaluation.located_images import located_record
    from dross.evaluation.reconstruction_record import reconstruction_record
    from dross.evaluation.stage_maps import stage_maps

    made: dict[str, Any] = {}
    try:
        if hasattr(detector, "inlier_mask_"):
            made["gallery"] = gallery_record(
                split.X_train, split.labels_train, split.X_test, split.labels_test, detector, test_scores=scores
            )
        elif hasattr(detector, "reconstruct"):
            made["reconstruction"] = reconstruction_record(
                X_train, told, split.X_test, split.labels_test, detector, scores
            )
        elif (maps := stage_maps(split.X_test, split.labels_test, alarms, detector)) is not None:
            made["stage_maps"] = maps
        if (located := located_record(dataset, split, detector, scores, alarms)) is not None:
            made["located"] = located
    except Exception as error:
        warnings.warn(f"no pictures were kept: {type(error).__name__}: {error}", stacklevel=2)
    return made
