"""What a folder of mixed parts comes to: how each category is ranked for itself, what pooling costs, and the clusters.

A detector is told no category. They are known here alone, to measure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dross.evaluation.variants import split_variant
from dross.metrics import auroc, resampled_metrics, undefined_reason

if TYPE_CHECKING:
    from dross.evaluation.results import RunRow
    from dross.evaluation.split import Split

#: The mean of the AUROC within each category, and by how much the pooled AUROC differs from it.
WITHIN, POOLING = "auroc_within", "auroc_pooling"
#: How well clusters agree with categories (1 = wholly, 0 = by chance), of training and of test images, and how many
#: there are.
CLUSTERS: Final = ("adjusted_rand", "adjusted_rand_test", "n_clusters")


def category_metrics(dataset: Any, split: Split, scores: NDArray[np.float64], detector: Any) -> dict[str, float | None]:
    """Return ``auroc_within``, ``auroc_pooling`` and, of a detector that finds categories, how well it does.

    Nothing is returned of a data set that is not of several mixed ones.

    Parameters
    ----------
    dataset : Dataset or ImageDataset
        Its categories are what is measured against.
    split : Split
        Which of its images train and test.
    scores : array of shape (n_test,)
        Anomaly scores, higher = more anomalous.
    detector : fitted detector
        One that has ``categories_`` is asked for the clusters of training, and of test images.

    References
    ----------
    Hubert and Arabie, "Comparing partitions", Journal of Classification 2 (1985).
    """
    categories = getattr(dataset, "categories", None)
    if categories is None:
        return {}
    tested = categories[split.test_index]
    found = _pooled_and_within(split.labels_test, scores, tested)
    del found["auroc"]
    clusters = getattr(detector, "categories_", None)
    if clusters is not None:
        from sklearn.metrics import adjusted_rand_score

        found |= {
            "adjusted_rand": float(adjusted_rand_score(categories[split.train_index], clusters.labels_)),
            "adjusted_rand_test": float(adjusted_rand_score(tested, clusters.predict(split.X_test))),
            "n_clusters": float(clusters.n_categories_),
        }
    return found


def _pooled_and_within(labels: ArrayLike, scores: ArrayLike, categories: ArrayLike) -> dict[str, float | None]:
    pooled, within = auroc(labels, scores), mean_within(labels, scores, categories)
    return {"auroc": pooled, WITHIN: within, POOLING: None if pooled is None or within is None else pooled - within}


def mean_within(labels: ArrayLike, scores: ArrayLike, categories: ArrayLike) -> float | None:
    """Return the mean AUROC within each category, of those that have both kinds; ``None`` where none has.

    Examples
    --------
    >>> mean_within([0, 1, 0, 1, 0], [0.1, 0.2, 7.0, 6.0, 9.0], [0, 0, 1, 1, 2])
    0.5
    """
    y, s, each = np.asarray(labels), np.asarray(scores), np.asarray(categories)
    found = (auroc(y[each == number], s[each == number]) for number in np.unique(each))
    defined = [value for value in found if value is not None]
    return float(np.mean(defined)) if defined else None


def tested_categories(dataset: Any, split: Split, detector: Any) -> dict[str, Any]:
    """Return the category of each test image and the names of all, ready for JSON; nothing where there are none.

    Of a detector that has one scale for all categories also the scores on each ``scale`` that it could have.
    """
    if getattr(dataset, "categories", None) is None:
        return {}
    from dross.inspection import MixedDetector  # loads Torch, which a summary does not need
    from dross.inspection.calibration import CATEGORY_SCALES

    found = {"category": dataset.categories[split.test_index].tolist(), "categories": list(dataset.category_names)}
    if isinstance(detector, MixedDetector):
        found["scales"] = {
            scale: rounded(detector.judge(split.X_test, scale).anomaly_scores)
            for scale in CATEGORY_SCALES
            if scale != detector.calibration
        }
    return found


def rounded(scores: NDArray[np.float64]) -> list[float]:
    """Return scores as they are kept, to seven digits."""
    return [float(f"{score:.7g}") for score in scores]


def with_scales(runs: Iterable[RunRow]) -> list[RunRow]:
    """Return runs, and those on mixed parts once more on each other scale of scores, as if it had been run as variant.

    Examples
    --------
    >>> with_scales([])
    []
    """
    return [each for run in runs for each in (run, *_on_scales(run))]


def category_runs(run: RunRow) -> list[RunRow]:
    """Return a run on mixed parts once for each category: its test images alone, and the AUROC among these.

    Nothing is returned of other runs, and of those on so many test images that scores were not kept.
    """
    tested = run.details.get("tested", {})
    return [_of_category(run, number, name) for number, name in enumerate(tested.get("categories", ()))]


def resampled_within(
    tested: Mapping[str, Any], pooled: NDArray[np.float64], weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return ``auroc_within`` and ``auroc_pooling`` of each resample of test images; nothing without categories.

    Parameters
    ----------
    tested : mapping
        ``label``, ``score``, ``alarm`` and ``category`` of each test image.
    pooled : array of shape (n_resamples,)
        The AUROC of each resample.
    weights : array of shape (n_resamples, n_samples)
        How often each resample has each image.
    """
    if "category" not in tested:
        return {}
    label, score, alarm, category = (np.asarray(tested[key]) for key in ("label", "score", "alarm", "category"))
    within = []
    for number in np.unique(category):
        mine = category == number
        if undefined_reason(label[mine]) is None:
            found = resampled_metrics(label[mine], score[mine], alarm[mine].astype(bool), weights[:, mine])
            within.append(found["auroc"])
    if not within:
        return {}
    mean = np.mean(within, axis=0)
    return {WITHIN: mean, POOLING: pooled - mean}


def _on_scales(run: RunRow) -> list[RunRow]:
    tested = run.details.get("tested", {})
    found = []
    for scale, scores in tested.get("scales", {}).items():
        variant = ";".join(sorted([*filter(None, run.key.variant.split(";")), f"calibration={scale}"]))
        kept = {key: value for key, value in tested.items() if key != "scales"} | {"score": scores}
        metrics = _pooled_and_within(kept["label"], kept["score"], kept["category"])
        key = dataclasses.replace(run.key, variant=variant)
        found.append(dataclasses.replace(run, key=key, metrics=metrics, details={**run.details, "tested": kept}))
    return found


def _of_category(run: RunRow, number: int, name: str) -> RunRow:
    tested = run.details["tested"]
    mine = np.flatnonzero(np.asarray(tested["category"]) == number)
    kept = {key: [tested[key][place] for place in mine] for key in ("row", "label", "score", "alarm")}
    value = auroc(kept["label"], kept["score"]) if len(mine) else None
    undefined = {"auroc": undefined_reason(kept["label"])} if value is None else {}
    key = dataclasses.replace(run.key, dataset=f"{run.key.dataset}: {name}", variant=split_variant(run.key.variant)[1])
    details = {"tested": {**kept, "probabilities": tested["probabilities"]}, "undefined": undefined}
    return dataclasses.replace(run, key=key, metrics={"auroc": value}, details=details)
