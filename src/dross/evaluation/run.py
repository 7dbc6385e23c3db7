"""One run: one detector, trained one way on one split of one data set, and what it is worth there."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from dross.data.images import as_images
from dross.data.named_images import ImageDataset
from dross.detector import AbstractDetector
from dross.errors import TrainingError
from dross.evaluation.category_metrics import category_metrics
from dross.evaluation.curves import score_curves
from dross.evaluation.few_labels import FewLabels
from dross.evaluation.fitted_record import fitted_record
from dross.evaluation.localisation_record import localisation_metrics
from dross.evaluation.pictures import pictures
from dross.evaluation.protocols import LABELLED_PROTOCOLS, SMALLEST_POOL, TESTED_PROTOCOLS, ProtocolName
from dross.evaluation.refinement_record import dropped_shares, trace_record
from dross.evaluation.run_metrics import run_metrics
from dross.evaluation.seeding import detector_seed
from dross.evaluation.split import Split
from dross.evaluation.tested_record import tested_record
from dross.evaluation.variants import ClassRoles, subject
from dross.scoring import NORMAL, flipped

if TYPE_CHECKING:
    from dross.data.dataset import Dataset

Training = Literal["blind", "refined", "oracle"]
TRAININGS: tuple[Training, ...] = get_args(Training)

#: What the paper rejects where there is nothing to reject (gamma = 0.5 % at a ratio of zero).
REJECTION_AT_ZERO = 0.005

_TRUE_RATIO = re.compile(r"(\d+(?:\.\d+)?)x-true-ratio")


class Builder(Protocol):
    """What makes a detector of a name, such as ``dross.catalog.build``."""

    def __call__(
        self, name: str, *, training: Literal["blind", "refined"], random_state: Any = None, **parameters: Any
    ) -> AbstractDetector:
        """Return a new detector, not fitted; raise ``ParameterError`` for an unknown name or parameter."""
        ...


@dataclass(frozen=True, order=True)
class RunKey:
    """What tells one run from every other of a sweep."""

    dataset: str
    protocol: ProtocolName
    detector: str
    training: Training
    variant: str
    contamination: float
    seed: int

    def __str__(self) -> str:
        """Return the run in words, as the progress table and the messages show it."""
        variant = f" {self.variant}" if self.variant else ""
        # With labels there is no contamination to tell.
        of = self.protocol if self.protocol in LABELLED_PROTOCOLS else f"{self.contamination:g}"
        return f"{self.dataset} {of} {self.detector} {self.training}{variant} seed {self.seed}"


@dataclass(frozen=True)
class RunSpec:
    """One run to do.

    Attributes
    ----------
    key : RunKey
        What tells it from every other run.
    parameters : mapping
        Those of its detector (``"2x-true-ratio"`` not yet turned into a number).
    roles : ClassRoles or None
        Images: which class is normal. The variant of the key names it too.
    pictures : bool
        Images: whether the pictures that tell how the detector sees them are kept with the result.
    labels : bool
        Whether the detector is told the labels, where the split has some; else it is trained on the normals alone.
    few : FewLabels or None
        ``few-labels``: what it is told.
    in_full : bool
        Images: whether the detector is fitted on them at the size that they have, whatever size it makes of large ones.
    """

    key: RunKey
    parameters: Mapping[str, Any] = field(default_factory=dict)
    roles: ClassRoles | None = None
    pictures: bool = False
    labels: bool = True
    few: FewLabels | None = None
    in_full: bool = False


@dataclass(frozen=True)
class RunResult:
    """What came out of one run.

    Attributes
    ----------
    metrics : dict of str to (float or None)
        ``auroc``, ``ap``, ``ap_minority``, ``f1_oracle`` (threshold = true count), ``f1``, ``precision`` and ``recall``
        (at the detector's own threshold), with labels ``accuracy`` and ``balanced_accuracy``, and of refined detectors
        ``dropped_contaminants`` and ``lost_normals``; under ``labelled-unseen`` ``auroc_unseen`` (normals against the
        classes never seen); of detectors that reconstruct ``mean_error_normal`` and ``mean_error_anomaly``. ``None`` =
        undefined; ``details["undefined"]`` says why.
    details : dict
        Counts, curves, histogram, refinement trace, what of ``seconds`` was fitting (``fit_seconds``), and what the
        detector tells of itself (``findings``, ``n_parameters``), ready for JSON; of some runs on images, a
        ``gallery``, a ``reconstruction``, ``stage_maps`` or ``located``; where every label is told, and under
        inspection, what became of each test sample (``tested``).
    seconds : float
        Time to fit and score.
    """

    metrics: dict[str, float | None]
    details: dict[str, Any]
    seconds: float


def execute(dataset: Dataset | ImageDataset, split: Split, spec: RunSpec, build: Builder) -> RunResult:
    """Fit a detector on the training rows of a split and measure it on the test rows.

    ``blind`` trains the plain detector on all training rows, ``refined`` the refined one, and ``oracle`` the plain one
    on the training rows without the contaminants. All three get the same ``random_state``. Where the split has labels,
    the detector is told them, or, if it shall not be, is trained on the rows labelled normal.

    Parameters
    ----------
    dataset : Dataset or ImageDataset
        The data set (its name enters the seed).
    split : Split
        From a protocol.
    spec : RunSpec
        What to run.
    build : callable
        Makes the detector, such as ``dross.catalog.build``.

    Raises
    ------
    DrossError
        Whatever the detector raises; TrainingError where its scores are not finite.
    """
    key = spec.key
    parameters = resolve_true_ratio(spec.parameters, split.true_ratio)
    training: Literal["blind", "refined"] = "refined" if key.training == "refined" else "blind"
    random_state = detector_seed(subject(dataset.name, spec.roles), key.seed)
    detector: Any = build(key.detector, training=training, random_state=random_state, **parameters)
    rows, told = _fitted_rows(split, spec)
    X_train = split.X_train if rows.all() else split.X_train[rows]
    watched = _watched(detector, X_train) if spec.pictures else {}
    started = time.perf_counter()
    detector.fit(as_images(X_train, size=X_train.shape[1:3]) if spec.in_full else X_train, **told, **watched)
    fit_seconds = time.perf_counter() - started
    # Asked of the detector itself: a detector of somebody else's that returns NaN is not to be helped out here.
    normality = np.asarray(detector.score_samples(split.X_test), dtype=np.float64)
    seconds = time.perf_counter() - started
    scores = flipped(normality)
    if not np.isfinite(scores).all():
        raise TrainingError(
            f"{key}: {np.count_nonzero(~np.isfinite(scores))} of {scores.size} test scores are not finite, so they "
            f"cannot be ranked; the detector is unsound on this data"
        )
    alarms = normality < detector.offset_
    metrics, undefined = run_metrics(split, scores, alarms, detector)
    located = localisation_metrics(dataset, split, detector)
    undefined |= {name: "the test set has no defective pixel" for name, value in located.items() if value is None}
    metrics |= located | category_metrics(dataset, split, scores, detector)
    details = _counts(split, len(X_train), parameters, bool(told)) | score_curves(split.labels_test, scores)
    details |= fitted_record(detector) | {"fit_seconds": fit_seconds}
    if key.protocol in TESTED_PROTOCOLS:
        details |= tested_record(dataset, split, scores, alarms, detector)
    if training == "refined":
        kept = np.asarray(detector.inlier_mask_, dtype=bool)
        metrics["dropped_contaminants"], metrics["lost_normals"] = dropped_shares(kept, split.labels_train[rows])
        if metrics["dropped_contaminants"] is None:
            undefined["dropped_contaminants"] = "the training set has no contaminants"
        details["trace"] = trace_record(list(detector.refinement_trace_), split.labels_train[rows])
    details["undefined"] = undefined
    if spec.pictures and isinstance(dataset, ImageDataset):
        details |= pictures(dataset, split, detector, scores, alarms, split.X_train[rows], told.get("labels"))
    return RunResult(metrics, details, seconds)


def _fitted_rows(split: Split, spec: RunSpec) -> tuple[NDArray[np.bool_], dict[str, NDArray[np.int64]]]:
    """Return which training rows a detector is fitted on, and what it is told of them."""
    if spec.key.training == "oracle":
        return split.labels_train == NORMAL, {}
    if spec.few is not None and spec.few.n > 0:
        about = subject(spec.key.dataset, spec.roles)
        return np.ones(split.n_train, dtype=bool), {"labels": spec.few.draw(split.labels_train, about, spec.key.seed)}
    if split.labels_given is None:
        return np.ones(split.n_train, dtype=bool), {}
    if not spec.labels:
        return split.labels_given == NORMAL, {}
    return np.ones(split.n_train, dtype=bool), {"labels": split.labels_given}


def resolve_true_ratio(parameters: Mapping[str, Any], true_ratio: float) -> dict[str, Any]:
    """Return the parameters with ``"2x-true-ratio"`` and its like turned into numbers.

    Nobody has the true ratio in use: such a parameter is for standing beside published results, which were given it.

    Parameters
    ----------
    parameters : mapping
        Of a detector.
    true_ratio : float
        Contaminants / training samples. At zero the number is 0.005, as in arXiv:2106.06115.

    Examples
    --------
    >>> resolve_true_ratio({"rejection": "2x-true-ratio", "n_rounds": 3}, 0.025)
    {'rejection': 0.05, 'n_rounds': 3}
    >>> resolve_true_ratio({"rejection": "0.5x-true-ratio"}, 0.0)
    {'rejection': 0.005}
    """
    resolved = {}
    for name, value in parameters.items():
        match = _TRUE_RATIO.fullmatch(value) if isinstance(value, str) else None
        resolved[name] = value if match is None else (float(match[1]) * true_ratio or REJECTION_AT_ZERO)
    return resolved


def _watched(detector: Any, X_train: Any) -> dict[str, Any]:
    """Return the training images that a detector shall keep pictures of while it learns, if it can."""
    from dross.evaluation.reconstruction_record import WATCHED, watches

    return {"watch": X_train[:WATCHED]} if watches(detector) else {}


def _contaminates(split: Split) -> bool:
    return split.labels_given is None and (split.X_train.ndim == 2 or split.contamination > 0)


def _counts(split: Split, n_fitted: int, parameters: Mapping[str, Any], told: bool) -> dict[str, Any]:
    counts = {
        "n_train": split.n_train,
        "n_fitted": n_fitted,
        "n_contaminants": split.n_contaminants,
        "true_ratio": split.true_ratio,
        "n_test": len(split.test_index),
        "n_test_anomalies": int(np.count_nonzero(split.labels_test != NORMAL)),
        "n_pool": split.n_pool,
        # Of images, a pool that nothing is taken from is no lack.
        "small_pool": split.n_pool < SMALLEST_POOL and _contaminates(split),
        "parameters": dict(parameters),
    }
    if split.labels_given is not None:
        counts |= {"n_labelled": split.n_labelled, "seen_classes": list(split.seen_classes), "told_labels": told}
    return counts
