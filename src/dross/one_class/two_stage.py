"""Two-stage one-class classification: learn a representation, then a one-class classifier on it."""

from __future__ import annotations

from typing import Any, Literal, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import Tags, get_tags
from sklearn.utils.validation import check_is_fitted

from dross.detector import AbstractDetector
from dross.errors import raise_gathered
from dross.parameters import contamination_problems, estimator_problems
from dross.scoring import finite_scores, threshold_offset


@final
class TwoStage(AbstractDetector):
    """Score samples by a one-class classifier on a representation that is learned from the same samples.

    Use it where a representation separates what raw features do not, and to scale features in front of a one-class
    classifier. Do not use it on training sets with many anomalies: ``SRR`` is the same with the refinement that they
    need.

    It assumes of its training set what its two parts assume; a trained representation learns to represent the
    anomalies along with the rest, and so wants a set nearly free of them.

    Parameters
    ----------
    representation : estimator with ``fit`` and ``transform``
        From samples to features of shape (n_samples, k): one of Dross's or any transformer of scikit-learn.
    one_class : estimator with ``fit`` and ``score_samples``
        The one-class classifier: one of Dross's or any outlier detector of scikit-learn.
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.
        What the one-class classifier itself calls an alarm is not used.

    Attributes
    ----------
    representation_ : estimator
        The fitted representation.
    one_class_ : estimator
        The one-class classifier, fitted on the representation of the training samples.
    offset_ : float
        The alarm threshold on ``score_samples``.

    References
    ----------
    K. Sohn, C.-L. Li, J. Yoon, M. Jin, T. Pfister, "Learning and evaluating representations for deep one-class
    classification", ICLR 2021 (arXiv:2011.02578).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.decomposition import PCA
    >>> from dross.one_class import GaussianDensity, TwoStage
    >>> X = np.random.default_rng(0).normal(size=(200, 5))
    >>> detector = TwoStage(PCA(2), GaussianDensity()).fit(X)
    >>> detector.predict([[0, 0, 0, 0, 0], [9, 9, 9, 9, 9]]).tolist()
    [1, -1]
    """

    representation_: Any
    one_class_: Any

    def __init__(self, representation: Any, one_class: Any, *, contamination: float | Literal["auto"] = "auto") -> None:
        self.representation = representation
        self.one_class = one_class
        self.contamination = contamination

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit the representation on the samples, then the one-class classifier on their representation.

        Parameters
        ----------
        X : array of shape (n_samples, ...)
            Samples without labels, as the representation takes them.
        y : ignored
            Accepted since scikit-learn's tools pass it.

        Returns
        -------
        self

        Raises
        ------
        ParameterError
            If a parameter is wrong; all such parameters are named at once.
        """
        raise_gathered(self._parameter_problems())
        self.representation_ = clone(self.representation).fit(X)
        features = self.representation_.transform(X)
        self.one_class_ = clone(self.one_class).fit(features)
        self.offset_ = threshold_offset(finite_scores(self.one_class_.score_samples, features), self.contamination)
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return one score a sample, shape (n_samples,): the one-class classifier's on its representation."""
        check_is_fitted(self)
        return finite_scores(self.one_class_.score_samples, self.representation_.transform(X))

    def _parameter_problems(self) -> list[str]:
        return [
            *contamination_problems(self.contamination),
            *estimator_problems("representation", self.representation, ["fit", "transform"]),
            *estimator_problems("one_class", self.one_class, ["fit", "score_samples"]),
        ]

    @property
    def n_features_in_(self) -> int:
        """The number of features seen in ``fit``, where the representation knows it."""
        return self._fitted_representation().n_features_in_

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        """The names of the features seen in ``fit``, where they had names."""
        return self._fitted_representation().feature_names_in_

    def _fitted_representation(self) -> Any:
        # Raises AttributeError before fit, which is how scikit-learn's tools ask whether there is such an attribute.
        return vars(self)["representation_"] if "representation_" in vars(self) else object()

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.representation).input_tags
        # A representation that lets missing values through does not help a one-class classifier that refuses them.
        tags.input_tags.allow_nan &= get_tags(self.one_class).input_tags.allow_nan
        return tags
