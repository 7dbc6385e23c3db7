"""GOAD: score rows by how well the map that was applied to them can be told."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from dross.one_class.base import AbstractOneClass
from dross.parameters import estimator_problems
from dross.representations.affine_transformations import AffineTransformations
from dross.seeding import integer_seed


@final
class GOAD(AbstractOneClass):
    """Classify random affine maps, and call a row normal whose maps are told easily.

    The score is the sum over the maps of the log-probability of the right one, which falls with the distance of the
    row's views to the maps' centres. It brings its own scaling and representation.

    Use it to compare with the published method. Do not use it on dirty data: of all detectors here it is among those
    that contaminants hurt most, and the two-stage way (the ``affine`` entry of the catalogue) does better.

    It assumes that its training set is clean.

    Parameters
    ----------
    representation : AffineTransformations or None, default None
        What is trained; ``None``: the published recipe.
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the training set that is to raise an alarm.
    random_state : int, RandomState or None, default None
        Draws the maps, the weights and the order of rows; the representation's own is not used.

    Attributes
    ----------
    representation_ : AffineTransformations
        The trained representation.
    offset_ : float
        The alarm threshold on ``score_samples``.

    Examples
    --------
    >>> from dross.representations import AffineTransformations
    >>> X = np.random.default_rng(0).normal(size=(200, 4))
    >>> detector = GOAD(AffineTransformations(n_maps=16), random_state=0).fit(X)
    >>> detector.predict([[0.0, 0, 0, 0], [9.0, 9, 9, 9]]).tolist()
    [1, -1]

    References
    ----------
    Bergman and Hoshen, "Classification-Based Anomaly Detection for General Data", ICLR 2020, arXiv:2005.02359.
    """

    representation_: AffineTransformations

    def __init__(
        self,
        representation: AffineTransformations | None = None,
        *,
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.representation = representation
        self.contamination = contamination
        self.random_state = random_state

    def _parameter_problems(self) -> list[str]:
        given: object = self.representation
        if given is None or isinstance(given, AffineTransformations):
            return [] if self.representation is None else estimator_problems("representation", self.representation, [])
        return [f"representation is {given!r}; it must be an AffineTransformations or None"]

    def _fit(self, X: NDArray[Any]) -> None:
        recipe = AffineTransformations() if self.representation is None else clone(self.representation)
        self.representation_ = recipe.set_params(random_state=integer_seed(self.random_state)).fit(X)

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        return self.representation_.log_probabilities(X).sum(axis=1)
