"""The samples that a network learns from: all of them, or normals and labelled anomalies in halves of each batch."""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from dross.data.images import Images
from dross.errors import DataError
from dross.reconstruction.anomaly_groups import anomaly_groups
from dross.reconstruction.samples import byte_tensor
from dross.scoring import ANOMALY, check_labels
from dross.training import BalancedBatches, Batches
from dross.training.batches import batches_on

#: Kinds of labelled anomalies that batches are drawn evenly from.
N_GROUPS: Final = 10


def anomaly_mask(
    labels: ArrayLike | None, n_samples: int, takes: Literal["no", "optional", "needed"], name: str
) -> NDArray[np.bool_]:
    """Return which samples are labelled anomalies, shape (n_samples,).

    Parameters
    ----------
    labels : array of shape (n_samples,) or None
        0 normal, 1 an anomaly, -1 not known.
    n_samples : int
        How many there must be.
    takes : {"no", "optional", "needed"}
        Whether the class learns from anomalies.
    name : str
        What the error calls it.

    Raises
    ------
    DataError
        If there are none where they are needed, some where they cannot be used, or nothing else.

    Examples
    --------
    >>> anomaly_mask([0, 1, -1], 3, "optional", "FullyConnectedAutoencoder").tolist()
    [False, True, False]
    """
    if labels is None:
        if takes == "needed":
            raise DataError(
                f"{name} learns from labelled anomalies beside normal samples, and there are no labels: give "
                "fit(X, labels=...) with 0 for normal, 1 for an anomaly, or use a detector that needs none"
            )
        return np.zeros(n_samples, dtype=bool)
    mask: NDArray[np.bool_] = check_labels(labels, n_samples) == ANOMALY
    if mask.all():
        raise DataError(
            f"all {n_samples} training samples are labelled anomalies: {name} has to see normal ones too, labelled 0, "
            "or -1 for not known"
        )
    if takes == "needed" and not mask.any():
        raise DataError(
            f"{name} learns from labelled anomalies beside normal samples, and none of the {n_samples} labels is 1: "
            "label some, or use a detector that needs none"
        )
    if takes == "no" and mask.any():
        raise DataError(
            f"{name} cannot learn from labelled anomalies, and {int(mask.sum())} of the {n_samples} labels are 1: "
            "leave those samples out, or use a detector that takes labels"
        )
    return mask


def training_set(samples: Any, anomalous: NDArray[np.bool_], device: torch.device, seed: int) -> Batches:
    """Return what the training loop is given: batches, on the device.

    Parameters
    ----------
    samples : Images, or array of shape (n, d)
        All training samples.
    anomalous : array of shape (n,)
        Which of them are labelled anomalies. Where there are none, images that do not fit the device are streamed.
    device : torch.device
        Where training takes place.
    seed : int
        For the kinds of anomalies and for their draws.
    """
    if not anomalous.any():
        # Made batches of once, and not anew for every epoch: images may have to be decoded.
        once = samples if isinstance(samples, Images) else torch.from_numpy(samples).float()
        return batches_on(device, once, channels_last=False)
    normals, anomalies = samples[np.flatnonzero(~anomalous)], samples[np.flatnonzero(anomalous)]
    groups = anomaly_groups(np.asarray(anomalies), N_GROUPS, seed)
    return BalancedBatches(_on(normals, device), _on(anomalies, device), groups, seed=seed)


def _on(samples: Any, device: torch.device) -> Tensor:
    if isinstance(samples, Images):
        return byte_tensor(np.asarray(samples)).to(device)
    return torch.from_numpy(samples).float().to(device)
