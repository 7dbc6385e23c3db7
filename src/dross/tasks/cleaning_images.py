"""From dirty images to those to keep and a ranked list of suspects."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dross.data.images.images import Images
from dross.data.images.reading import ImageSet
from dross.persistence import Model
from dross.tasks.choosing import Choice
from dross.tasks.fitting_images import fit_images, read_to_fit
from dross.tasks.verdicts import kept_and_suspects, refinement_record, verdicts_on


@final
@dataclass(frozen=True)
class CleanedImages:
    """Images in two parts.

    Parameters
    ----------
    images : ImageSet
        All of them, as they were found.
    is_kept : array of shape (n_images,)
        Which of them look normal.
    suspects : DataFrame
        The others, most anomalous first: ``id`` (the file), ``anomaly_score``, ``alarm``, of a refined detector
        ``votes`` and ``round_dropped``.
    anomaly_scores : array of shape (n_images,)
        Of all images: higher = more anomalous.
    originals : tuple of Path, array or Images
        Where the images can be had as they were: the file of each, or the array.
    model : Model
        What told them apart; it scores new images.
    """

    images: ImageSet
    is_kept: NDArray[np.bool_]
    suspects: pd.DataFrame
    anomaly_scores: NDArray[np.float64]
    originals: tuple[Path, ...] | NDArray[Any] | Images
    model: Model

    @property
    def kept(self) -> Images:
        """The images that look normal, in their order."""
        return self.images.images[self.is_kept]


def clean_images(data: Any, choice: Choice, *, size: int | None, skip_bad: bool) -> CleanedImages:
    """Split images into those to keep and the suspects.

    Raises
    ------
    DataError
        If the images cannot be used.
    """
    images = read_to_fit(data, choice, size=size, skip_bad=skip_bad)
    model, X = fit_images(images, choice)
    verdicts = verdicts_on(model, X, np.array(images.ids), refinement_record(model))
    kept, suspects = kept_and_suspects(model, verdicts)
    scores = verdicts["anomaly_score"].to_numpy()
    return CleanedImages(images, kept, suspects.reset_index(drop=True), scores, _originals(data, images), model)


def _originals(data: Any, images: ImageSet) -> tuple[Path, ...] | NDArray[Any] | Images:
    if isinstance(data, np.ndarray):
        return data
    if not isinstance(data, (str, os.PathLike)):
        files = tuple(Path(name) for name in images.ids)
    elif Path(data).suffix.lower() == ".npy":
        return np.asanyarray(np.load(data, mmap_mode="r", allow_pickle=False))
    else:
        folder = Path(data) if Path(data).is_dir() else Path(data).parent
        files = tuple(folder / name for name in images.ids)
    # The images of IDX and CIFAR files, and of lists of arrays, have numbers for names, and are no files.
    return files if all(file.is_file() for file in files) else images.images
