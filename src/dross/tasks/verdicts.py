"""What is said of each sample: its score, its alarm, and what refinement made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dross.persistence import Model
from dross.persistence.model import alarms_of
from dross.scoring import NORMAL, anomaly_scores

#: The columns of a suspect, those of them that there are.
_SUSPECT_COLUMNS = ("id", "anomaly_score", "alarm", "votes", "round_dropped")


def verdicts_on(model: Model, X: Any, ids: ArrayLike, record: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    """Return a row a sample; of mixed images also ``category``, and ``known``, 0 where one is like no category.

    Parameters
    ----------
    model : Model
        What scores.
    X : array or Images of shape (n_samples, ...)
        The samples, encoded.
    ids : array of shape (n_samples,)
        What names them.
    record : mapping of str to array of shape (n_samples,)
        Further columns, such as :func:`refinement_record` of the training samples.

    Examples
    --------
    >>> from dross.one_class import GaussianDensity
    >>> model = Model(GaussianDensity().fit([[0.0], [1.0], [2.0], [1.0]]))
    >>> verdicts_on(model, [[1.0], [99.0]], ["a", "b"], {})["alarm"].tolist()
    [0, 1]
    """
    detector: Any = model.detector
    if hasattr(detector, "judge"):  # that of mixed images finds all of it in one go
        judged = detector.judge(X)
        scores = judged.anomaly_scores
        record = {"category": judged.categories, "known": judged.known.astype(np.int64), **record}
    else:
        scores = anomaly_scores(detector, X)
    return pd.DataFrame({"id": ids, "anomaly_score": scores, "alarm": alarms_of(model.detector, scores), **record})


def refinement_record(model: Model) -> dict[str, NDArray[Any]]:
    """Return what refinement said of each training sample, or nothing of a detector that is not refined."""
    if not hasattr(model.detector, "votes_"):
        return {}
    return {"round_dropped": model.detector.round_dropped_, "votes": model.detector.votes_}


def kept_and_suspects(model: Model, verdicts: pd.DataFrame) -> tuple[NDArray[np.bool_], pd.DataFrame]:
    """Return the mask of the training samples to keep, and the verdicts on the others, most anomalous first.

    Parameters
    ----------
    model : Model
        A refined detector keeps what its ensemble kept in the last round; of one that is not refined, what raises no
        alarm is kept.
    verdicts : DataFrame of n_samples rows, numbered
        What :func:`verdicts_on` says of the training samples.

    Returns
    -------
    mask : array of shape (n_samples,)
    suspects : DataFrame
        Its index has the number of each sample.
    """
    kept = np.asarray(getattr(model.detector, "inlier_mask_", verdicts["alarm"] == NORMAL))
    ranked = verdicts[~kept].sort_values("anomaly_score", ascending=False, kind="stable")
    return kept, ranked[[name for name in _SUSPECT_COLUMNS if name in ranked]]
