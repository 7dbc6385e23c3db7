"""What a representation is: ``fit``, ``transform``, and where it is trained ``train_to``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin


class AbstractRepresentation(TransformerMixin, BaseEstimator, ABC):
    """The contract of every representation: a scikit-learn transformer whose output is dense float64."""

    n_features_in_: int

    #: Whether what ``transform`` gives for a sample depends on the samples that ``fit`` saw, beyond their shape.
    learns: ClassVar[bool] = True

    @abstractmethod
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the representation from samples; ``y`` is ignored."""

    @abstractmethod
    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the features of samples, shape (n_samples, n_features_out)."""


class AbstractTrainedRepresentation(AbstractRepresentation):
    """A representation that is trained in epochs, and can be trained on where it stopped.

    A concrete class may also say when to refine while it is trained, as ``schedule``; see
    :func:`~dross.refinement.schedule.refinement_epochs`.
    """

    #: The epochs that ``fit`` trains.
    max_epochs: float
    #: Weight of the term for known anomalies; 0 leaves them out.
    anomaly_weight: float

    @abstractmethod
    def train_to(self, X: Any, epoch: float, *, anomalies: Any = None) -> float:
        """Go on training on these samples until ``epoch``, with the weights, optimiser and schedule there are.

        This is not scikit-learn's ``partial_fit``, which means another batch of data: here the training set may change
        between calls (that is what refinement does) while training goes on.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            The training set from here on.
        epoch : float
            The epoch to reach, counted from the start. ``0`` on an unfitted representation draws its random weights, so
            that the very first refinement can look through them.
        anomalies : array of shape (n_anomalies, ...) or None, default None
            Samples known to be anomalies, to be trained away from where the representation has an ``anomaly_weight``
            above 0.

        Returns
        -------
        float
            The self-supervised loss, mean over the samples of this call; NaN before any training.
        """
