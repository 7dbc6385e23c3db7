"""What a few labels add to the score of a one-class classifier: likeness to the known anomalies, as far as it holds."""

from __future__ import annotations

from typing import Any, Final, Literal, Self, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.utils.validation import check_is_fitted

from dross.errors import DataError
from dross.refinement.known_samples import threshold_by_labels
from dross.scoring import ANOMALY, NORMAL, check_labels, flipped, threshold_offset

#: More features than this are replaced by as many principal components: distances in hundreds of them say little.
MOST_FEATURES: Final = 50

#: The weight that likeness goes towards with many labels, in standard deviations of the score, and the number of known
#: anomalies that it is halved at.
STRENGTH, HALVED_AT = 2.0, 4.0

#: What the ranks of left-out anomalies are averaged with: as many ranks of this value, before any has been seen.
PRIOR_RANKS, PRIOR_RANK = 2.0, 0.75

#: The share of a sphere in the covariance that the direction towards the anomalies is found with.
SPHERE: Final = 0.3

#: Nearness to a known normal sample counts for half of nearness to a known anomaly.
NORMALS_COUNT: Final = 0.5

#: More kept samples than this are represented by as many of them, and more anomalies left out in as many parts.
MOST_SAMPLES, MOST_PARTS = 2000, 10


@final
class LabelAdjustment(BaseEstimator):
    """Add to one-class scores how like the known anomalies a sample is, as much as the labels have earned.

    Two likenesses are measured on features whose outliers are drawn in: how far a sample lies in the direction from
    the kept samples to the known anomalies, and how near it is to the nearest of them (and not to known normal ones).
    Their weight grows with the number of known anomalies, and with how well each of them is found by the others when
    it is left out: labels that have nothing in common get none.

    Use it behind any one-class classifier, to which it leaves the score where there are no known anomalies; SRR and
    Refined do so by themselves when they are given labels. Do not use it where anomalies are labelled by the hundred:
    a classifier does better then.

    Attributes
    ----------
    weight_ : float
        What likeness is multiplied with; 0 leaves the scores as they are.
    left_out_ : array of shape (n_anomalies,)
        The likeness of each known anomaly to the others, in the order of the rows; 0 for a single one.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(90, 2)), rng.normal([3.0, 0.0], 0.3, size=(10, 2))])
    >>> labels = np.repeat([-1, 1], [94, 6])
    >>> adjustment = LabelAdjustment().fit(X, -np.linalg.norm(X, axis=1), labels < 1, labels)
    >>> left, right = adjustment.adjust(np.array([[-3.0, 0.0], [3.0, 0.0]]), np.array([-3.0, -3.0]))
    >>> bool(right < left)  # as far out, and on the side of the anomalies
    True

    References
    ----------
    The direction is the linear discriminant with a shrunken covariance: Friedman, "Regularized discriminant analysis",
    JASA 84, 1989. That known anomalies should bend a one-class score no further than they agree: the labels of Görnitz,
    Kloft, Rieck and Brefeld, "Toward supervised anomaly detection", JAIR 46, 2013.
    """

    weight_: float
    left_out_: NDArray[np.float64]

    def fit(self, X: NDArray[np.floating], scores: ArrayLike, kept: ArrayLike, labels: ArrayLike) -> Self:
        """Learn from the training samples what the known anomalies have in common.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Features.
        scores : array of shape (n_samples,)
            The one-class classifier's (higher = more normal).
        kept : array of shape (n_samples,), bool
            What it was fitted on.
        labels : array of shape (n_samples,)
            0 normal, 1 an anomaly, -1 not known.

        Raises
        ------
        DataError
            If there is no known anomaly, or fewer than two samples are kept.
        """
        labels = check_labels(labels, len(X))
        normality, rows = np.asarray(scores, dtype=np.float64), np.flatnonzero(kept)
        anomalies = np.flatnonzero(labels == ANOMALY)
        if not len(anomalies) or len(rows) < 2:
            raise DataError(
                f"there are {len(anomalies)} known anomalies and {len(rows)} kept samples: give at least 1 and 2"
            )
        rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_SAMPLES)).astype(int)]
        self._learn_units(np.asarray(X[rows], dtype=np.float64), normality[rows])
        view, seen, self.normals_ = (self._view(X[each]) for each in (rows, anomalies, labels == NORMAL))
        self.location_ = view.mean(axis=0)
        self.precision_ = np.linalg.inv(_shrunken_covariance(view - self.location_))
        self._rank_left_out(seen, view)
        self._learn_likeness(seen, view)
        return self

    def adjust(self, X: NDArray[np.floating], scores: ArrayLike) -> NDArray[np.float64]:
        """Return the adjusted scores, shape (n_samples,), higher = more normal: in deviations of the kept samples'.

        Parameters
        ----------
        X, scores
            As for ``fit``, of any samples.
        """
        check_is_fitted(self)
        return self._in_deviations(scores) - self.weight_ * self._likeness(self._view(X))

    def adjust_training(self, X: NDArray[np.floating], scores: ArrayLike, labels: ArrayLike) -> NDArray[np.float64]:
        """Return the adjusted scores of the training samples, with the known anomalies as if they were not known.

        Parameters
        ----------
        X, scores, labels
            As for ``fit``, which must have seen them.
        """
        adjusted = self.adjust(X, scores)
        anomalies = np.asarray(labels) == ANOMALY
        adjusted[anomalies] = self._in_deviations(np.asarray(scores)[anomalies]) - self.weight_ * self.left_out_
        return adjusted

    def _learn_units(self, kept: NDArray[np.float64], normality: NDArray[np.float64]) -> None:
        self.centre_ = kept.mean(axis=0)
        deviation = kept.std(axis=0)
        if kept.shape[1] > MOST_FEATURES:
            # So many features come from a representation, in one unit: each in its own would blow up those near zero.
            axes = PCA(min(MOST_FEATURES, len(kept)), random_state=0).fit(kept).components_.T
            self.axes_ = axes / max(float(np.sqrt((deviation**2).sum() / MOST_FEATURES)), 1e-300)
        else:
            varies = deviation > 1e-9 * np.abs(kept).max(axis=0)
            self.axes_ = np.diag(np.where(varies, 1 / np.where(varies, deviation, 1.0), 0.0))
        low, self.middle_, high = np.percentile(normality, [25, 50, 75])
        self.spread_ = float(high - low) / 1.349 or float(normality.std()) or 1.0
        self.deviation_ = 1.0
        self.deviation_ = float(self._in_deviations(normality).std()) or 1.0

    def _view(self, X: NDArray[np.floating]) -> NDArray[np.float64]:
        return _drawn_in((np.asarray(X, dtype=np.float64) - self.centre_) @ self.axes_)

    def _in_deviations(self, scores: ArrayLike) -> NDArray[np.float64]:
        return _drawn_in((np.asarray(scores, dtype=np.float64) - self.middle_) / self.spread_) / self.deviation_

    def _rank_left_out(self, seen: NDArray[np.float64], kept: NDArray[np.float64]) -> None:
        """Leave out each known anomaly in turn, see how it ranks among the kept samples, and set the weight by that."""
        self.left_out_, ranks = np.zeros(len(seen)), []
        if len(seen) > 1:
            for part in np.array_split(np.arange(len(seen)), min(len(seen), MOST_PARTS)):
                self._learn_likeness(np.delete(seen, part, axis=0), kept)
                self.left_out_[part] = self._likeness(seen[part])
                usual = np.sort(self._likeness(kept))
                ranks += list(np.searchsorted(usual, self.left_out_[part]) / len(usual))
        rank = (sum(ranks) + PRIOR_RANKS * PRIOR_RANK) / (len(ranks) + PRIOR_RANKS)
        self.weight_ = float(STRENGTH * len(seen) / (len(seen) + HALVED_AT) * max(2 * rank - 1, 0.0))

    def _learn_likeness(self, seen: NDArray[np.float64], kept: NDArray[np.float64]) -> None:
        """Learn the direction towards some known anomalies and where they are, and the units of both likenesses."""
        self.anomalies_ = seen
        self.direction_ = self.precision_ @ (seen.mean(axis=0) - self.location_)
        self.distance_ = float(np.median(_nearest(kept, seen))) or 1.0
        usual = self._likenesses(kept)
        self.usual_, deviation = usual.mean(axis=0), usual.std(axis=0)
        self.units_ = np.where(deviation > 0, deviation, 1.0)

    def _likeness(self, view: NDArray[np.float64]) -> NDArray[np.float64]:
        return ((self._likenesses(view) - self.usual_) / self.units_).mean(axis=1)

    def _likenesses(self, view: NDArray[np.float64]) -> NDArray[np.float64]:
        nearness = -np.log1p(4 * _nearest(view, self.anomalies_) / self.distance_)
        if len(self.normals_):
            nearness += NORMALS_COUNT * np.log1p(4 * _nearest(view, self.normals_) / self.distance_)
        return np.column_stack([(view - self.location_) @ self.direction_, nearness])


def learn_from_labels(
    X: Any,
    scores: NDArray[np.float64],
    kept: NDArray[np.bool_],
    labels: NDArray[np.int64] | None,
    contamination: float | Literal["auto"],
) -> tuple[LabelAdjustment | None, float]:
    """Return how the scores of a fitted detector are to be adjusted, if at all, and the alarm threshold.

    Parameters
    ----------
    X, scores, kept, labels
        As for :meth:`LabelAdjustment.fit`; without labels, the threshold is that of the scores as they are.
    contamination : float in (0, 0.5] or "auto"
        What the alarm threshold assumes; known samples then move it
        (:func:`~dross.refinement.known_samples.threshold_by_labels`).
    """
    offset = threshold_offset(scores, contamination)
    if labels is None or not (labels == ANOMALY).any():
        return None, -threshold_by_labels(flipped(scores), -offset, labels)
    adjustment = LabelAdjustment().fit(X, scores, kept, labels)
    adjusted = adjustment.adjust_training(X, scores, labels)
    # As many alarms as before: a fence around scores whose outliers are drawn in would be another one.
    n_alarms = int(np.count_nonzero(scores < offset))
    offset = float(np.sort(adjusted)[max(n_alarms - 1, 0) : n_alarms + 1].mean())
    return adjustment, -threshold_by_labels(flipped(adjusted), -offset, labels)


def _drawn_in(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values whose size beyond about one grows like its logarithm."""
    drawn: NDArray[np.float64] = np.sign(values) * np.log1p(np.abs(values))
    return drawn


def _shrunken_covariance(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    covariance = centred.T @ centred / len(centred)
    return covariance + np.eye(len(covariance)) * (SPHERE * np.trace(covariance) / len(covariance) or 1.0)


def _nearest(view: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the squared distance of each row to the nearest of the others, a few of which are taken at a time."""
    squares = np.full(len(view), np.inf)
    lengths = np.einsum("ij,ij->i", view, view)
    for part in np.array_split(others, -(-len(others) // 100)):
        distances = lengths[:, None] - 2 * view @ part.T + np.einsum("ij,ij->i", part, part)
        np.minimum(squares, distances.min(axis=1), out=squares)
    return np.maximum(squares, 0.0)
