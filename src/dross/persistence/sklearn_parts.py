"""Scikit-learn's estimators as skops files, held to an explicit list of types both when written and when read."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from dross.errors import ModelError

#: What the files may be made of: plain containers, arrays, and the inner parts of the estimators below.
_BUILDING_BLOCKS: Final = frozenset(
    {
        "builtins.bool",
        "builtins.dict",
        "builtins.float",
        "builtins.int",
        "builtins.list",
        "builtins.slice",
        "builtins.str",
        "builtins.tuple",
        "numpy.bool",
        "numpy.dtype",
        "numpy.float32",
        "numpy.float64",
        "numpy.int32",
        "numpy.int64",
        "numpy.ndarray",
        "numpy.random.mtrand.RandomState",
        "numpy.uint64",
        "scipy.sparse._csr.csr_matrix",
        "sklearn._loss._loss.CyHalfBinomialLoss",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogitLink",
        "sklearn._loss.loss.HalfBinomialLoss",
        "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.linear_model._sgd_fast.Hinge",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.metrics._dist_metrics.ManhattanDistance64",
        "sklearn.metrics._dist_metrics.MinkowskiDistance64",
        "sklearn.neighbors._ball_tree.BallTree",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.preprocessing._label.LabelEncoder",
        "sklearn.tree._classes.DecisionTreeClassifier",
        "sklearn.tree._classes.ExtraTreeRegressor",
        "sklearn.tree._tree.Tree",
    }
)

#: The estimators that a model may hold: outlier detectors, classifiers, densities and what transforms numbers in front
#: of them.
_ESTIMATORS: Final = frozenset(
    {
        "sklearn.cluster._kmeans.KMeans",
        "sklearn.cluster._kmeans.MiniBatchKMeans",
        "sklearn.covariance._elliptic_envelope.EllipticEnvelope",
        "sklearn.covariance._robust_covariance.MinCovDet",
        "sklearn.covariance._shrunk_covariance.LedoitWolf",
        "sklearn.decomposition._factor_analysis.FactorAnalysis",
        "sklearn.decomposition._fastica.FastICA",
        "sklearn.decomposition._incremental_pca.IncrementalPCA",
        "sklearn.decomposition._kernel_pca.KernelPCA",
        "sklearn.decomposition._pca.PCA",
        "sklearn.decomposition._truncated_svd.TruncatedSVD",
        "sklearn.ensemble._forest.RandomForestClassifier",
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
        "sklearn.ensemble._iforest.IsolationForest",
        "sklearn.feature_selection._variance_threshold.VarianceThreshold",
        "sklearn.kernel_approximation.Nystroem",
        "sklearn.kernel_approximation.RBFSampler",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.linear_model._stochastic_gradient.SGDOneClassSVM",
        "sklearn.mixture._bayesian_mixture.BayesianGaussianMixture",
        "sklearn.mixture._gaussian_mixture.GaussianMixture",
        "sklearn.neighbors._classification.KNeighborsClassifier",
        "sklearn.neighbors._kde.KernelDensity",
        "sklearn.neighbors._lof.LocalOutlierFactor",
        "sklearn.neighbors._unsupervised.NearestNeighbors",
        "sklearn.pipeline.FeatureUnion",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._data.KernelCenterer",
        "sklearn.preprocessing._data.MaxAbsScaler",
        "sklearn.preprocessing._data.MinMaxScaler",
        "sklearn.preprocessing._data.Normalizer",
        "sklearn.preprocessing._data.PolynomialFeatures",
        "sklearn.preprocessing._data.PowerTransformer",
        "sklearn.preprocessing._data.QuantileTransformer",
        "sklearn.preprocessing._data.RobustScaler",
        "sklearn.preprocessing._data.StandardScaler",
        "sklearn.preprocessing._polynomial.PolynomialFeatures",
        "sklearn.random_projection.GaussianRandomProjection",
        "sklearn.svm._classes.OneClassSVM",
        "sklearn.svm._classes.SVC",
    }
)

TRUSTED_TYPES: Final = _BUILDING_BLOCKS | _ESTIMATORS

#: How skops may make them. The ways that call a function or a method named in the file are not among them.
_TRUSTED_LOADERS: Final = frozenset(
    {
        "CachedNode",
        "DictNode",
        "JsonNode",
        "ListNode",
        "LossNode",
        "NdArrayNode",
        "ObjectNode",
        "RandomStateNode",
        "SliceNode",
        "SparseMatrixNode",
        "TreeNode",
        "TupleNode",
        "TypeNode",
    }
)


def dump(estimator: Any, where: str) -> bytes:
    """Return an estimator of scikit-learn as a skops file.

    A NumPy ``Generator`` that it holds is left out: it is used up by ``fit``, and scoring does not draw from it.

    Raises
    ------
    ModelError
        If it holds a type that :func:`load` would refuse.
    """
    import skops.io

    try:
        content = skops.io.dumps(_without_generators(estimator))
    except Exception as error:  # skops raises what the estimator's parts raise
        kind = f"{type(estimator).__module__}.{type(estimator).__qualname__}"
        raise ModelError(f"{where} is a {kind}, which skops cannot save ({error}): use another estimator") from error
    if forbidden := _forbidden(content):
        raise ModelError(
            f"{where} holds {', '.join(forbidden)}, which Dross does not load and so does not save: use one of Dross's "
            "detectors, or one of scikit-learn's outlier detectors"
        )
    return content


def load(content: bytes, name: str) -> Any:
    """Return the estimator of a skops file.

    Raises
    ------
    ModelError
        If it holds a type that is not on the list, which is named; nothing of the file has been used by then.
    """
    if forbidden := _forbidden(content):
        raise ModelError(
            f"{name} holds {', '.join(forbidden)}, which is not among the types that Dross trusts: do not use this "
            "model unless you know who made it; fit it again from its training data"
        )
    import skops.io

    return skops.io.loads(content, trusted=sorted(TRUSTED_TYPES))


def _without_generators(estimator: Any) -> Any:
    spent = [name for name, value in vars(estimator).items() if isinstance(value, np.random.Generator)]
    if spent:
        estimator = copy.copy(estimator)
        vars(estimator).update(dict.fromkeys(spent))
    return estimator


def _forbidden(content: bytes) -> list[str]:
    """Return every type and loader in a skops file that is not on the lists."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read("schema.json"))
    found = set()
    for node in _nodes(schema):
        kind = f"{node.get('__module__')}.{node.get('__class__')}"
        if kind not in TRUSTED_TYPES:
            found.add(kind)
        elif "__loader__" in node and node["__loader__"] not in _TRUSTED_LOADERS:
            found.add(f"{kind} (as {node['__loader__']})")
    return sorted(found)


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "__class__" in node or "__loader__" in node or "__module__" in node:
                yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
