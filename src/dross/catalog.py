"""Ready-made detectors by name, each with what it assumes of its training data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np
from sklearn.utils import check_random_state

from dross.detector import AbstractDetector
from dross.errors import ParameterError, did_you_mean, raise_gathered
from dross.one_class import (
    GOAD,
    GaussianDensity,
    IsolationForest,
    KernelDensity,
    KMeansDistance,
    NearestNeighbors,
    OneClassSVM,
    RobustGaussian,
    TwoStage,
)
from dross.parameters import choice_problems
from dross.refinement import SRR, Refined
from dross.representations import AffineTransformations, Identity, PrincipalComponents
from dross.seeding import set_random_states

#: Before a name, it stands for the refined detector: ``srr-knn`` is ``knn``, refined.
REFINED_PREFIX = "srr-"

#: What ``dross fit`` uses where nothing is said.
DEFAULT_DETECTOR = "srr-gaussian"

CLEAN = "clean training data: every anomaly in it is learned as normal"
ROBUST = "that anomalies are a minority of the training data; tolerates them by construction"


@final
@dataclass(frozen=True)
class Entry:
    """A detector of the catalogue.

    Attributes
    ----------
    name : str
        What the command line and run files call it.
    summary : str
        What it does, in a line.
    assumes : str
        What it assumes of its training data.
    paper : str
        Where it was published.
    one_class : callable
        Makes the unfitted one-class classifier.
    representation : callable or None
        Makes the unfitted representation in front of it; ``None`` where the detector brings its own.
    takes : {"tables", "images"}
        What its samples are.
    """

    name: str
    summary: str
    assumes: str
    paper: str
    one_class: Callable[[], Any]
    representation: Callable[[], Any] | None = Identity
    takes: Literal["tables", "images"] = "tables"


ENTRIES = (
    Entry(
        "affine",
        "affine-transformation classification, then a Gaussian on its features",
        CLEAN,
        "Bergman and Hoshen, ICLR 2020; two-stage as in Yoon et al., TMLR 2022",
        lambda: GaussianDensity(shrinkage="none"),
        AffineTransformations,
    ),
    Entry(
        "gaussian",
        "one Gaussian with full covariance (Ledoit-Wolf) on the scaled columns",
        CLEAN,
        "Ledoit and Wolf, J. Multivariate Analysis 2004",
        GaussianDensity,
    ),
    Entry(
        "goad",
        "affine-transformation classification with its own score",
        CLEAN,
        "Bergman and Hoshen, ICLR 2020",
        lambda: GOAD(AffineTransformations()),
        None,
    ),
    Entry(
        "isolation-forest",
        "how few random cuts isolate a row",
        "that anomalies are few and lie alone; a cluster of them is missed",
        "Liu, Ting and Zhou, ICDM 2008",
        IsolationForest,
    ),
    Entry(
        "k-means",
        "distance to the nearest centroid",
        CLEAN,
        "MacQueen, 1967",
        KMeansDistance,
    ),
    Entry(
        "kernel-density",
        "kernel density estimate",
        CLEAN,
        "Parzen, Annals of Mathematical Statistics 1962",
        KernelDensity,
    ),
    Entry(
        "knn",
        "mean distance to the five nearest neighbours",
        CLEAN,
        "Ramaswamy, Rastogi and Shim, SIGMOD 2000",
        NearestNeighbors,
    ),
    Entry(
        "mcd",
        "a Gaussian fitted to the densest half of the rows (minimum covariance determinant)",
        ROBUST,
        "Rousseeuw and Van Driessen, Technometrics 1999",
        RobustGaussian,
    ),
    Entry(
        "one-class-svm",
        "the boundary that holds all but a share of the rows",
        "that at most the share nu of the training data is anomalous",
        "Schölkopf et al., Neural Computation 2001",
        OneClassSVM,
    ),
    Entry(
        "pca-gaussian",
        "principal components, then a Gaussian on them",
        CLEAN,
        "Pearson, 1901",
        GaussianDensity,
        PrincipalComponents,
    ),
)

#: The catalogue, by name.
CATALOG = {entry.name: entry for entry in ENTRIES}


def detector_names() -> list[str]:
    """Return every name that :func:`build` takes, refined ones included.

    Examples
    --------
    >>> "knn" in detector_names() and "srr-knn" in detector_names()
    True
    """
    return [*CATALOG, *(REFINED_PREFIX + name for name in CATALOG)]


def build(
    name: str,
    *,
    training: Literal["blind", "refined"] | None = None,
    random_state: int | np.random.RandomState | None = None,
    **parameters: Any,
) -> AbstractDetector:
    """Return an unfitted detector of the catalogue.

    Parameters
    ----------
    name : str
        A name of the catalogue, or ``srr-`` and a name for the refined one.
    training : {"blind", "refined"} or None, default None
        Whether to wrap it in refinement; ``None`` lets the name decide.
    random_state : int, RandomState or None, default None
        Seeds every part.
    **parameters : object
        Parameters of any of its parts by their own names: ``n_neighbors=10``, ``n_maps=64``, ``rejection=0.1``.

    Raises
    ------
    ParameterError
        If the name is not in the catalogue, or no part has such a parameter; all such parameters are named at once.

    Examples
    --------
    >>> build("srr-knn", n_neighbors=10, rejection=0.1)
    SRR(one_class=NearestNeighbors(n_neighbors=10), rejection=0.1,
        representation=Identity())
    """
    base = name.removeprefix(REFINED_PREFIX)
    if base not in CATALOG:
        raise ParameterError(f"there is no detector '{name}'{did_you_mean(name, detector_names())}")
    if training is not None:
        raise_gathered(choice_problems("training", training, ["blind", "refined"]))
    entry = CATALOG[base]
    refined = name != base if training is None else training == "refined"
    one_class = entry.one_class()
    detector: Any
    if entry.representation is None:
        detector = Refined(one_class) if refined else one_class
    else:
        representation = entry.representation()
        detector = SRR(representation, one_class) if refined else TwoStage(representation, one_class)
    _set_flat(detector, parameters, name)
    if random_state is not None:
        set_random_states(detector, check_random_state(random_state))
    return detector


def _set_flat(detector: Any, parameters: dict[str, Any], name: str) -> None:
    """Set parameters by their own names on the outermost part that has them."""
    places: dict[str, str] = {}
    for path in sorted(detector.get_params(deep=True), key=lambda path: (path.count("__"), path)):
        places.setdefault(path.split("__")[-1], path)
    known = [place for place, path in places.items() if not hasattr(detector.get_params()[path], "get_params")]
    raise_gathered(
        f"the detector '{name}' has no parameter '{key}'{did_you_mean(key, known)}"
        for key in parameters
        if key not in known
    )
    detector.set_params(**{places[key]: value for key, value in parameters.items()})
