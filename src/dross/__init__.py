"""Dross finds the anomalies in data that nobody has labelled, and learns from that dirty data a detector for new data.

The verbs of the command line are functions here (``fit``, ``score``, ``clean``, ...); :mod:`dross.tasks` has them all,
and ``report`` it alone, since :mod:`dross.report` is the package that renders. Detectors, representations and one-class
classifiers are scikit-learn estimators. Everything is imported when it is first asked for.

Examples
--------
>>> import dross
>>> import numpy as np
>>> rows = np.random.default_rng(0).normal(size=(200, 3))
>>> model = dross.fit(rows, detector="gaussian")
>>> dross.score(model, [[0.0, 0.0, 0.0], [9.0, 9.0, 9.0]])["alarm"].tolist()
[0, 1]
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dross.catalog import CATALOG, build
    from dross.data.encoder import TableEncoder
    from dross.data.images import read_images
    from dross.data.named import load_dataset
    from dross.data.named_images import load_image_dataset
    from dross.data.tables import read_table
    from dross.errors import DrossError
    from dross.persistence import Model, load, save
    from dross.refinement import SRR, DataRefiner, Refined
    from dross.scoring import anomaly_scores
    from dross.tasks import clean, datasets, detectors, evaluate, fit, score, score_file, sweep, validate

_HOMES = {
    "CATALOG": "catalog",
    "DataRefiner": "refinement",
    "DrossError": "errors",
    "Model": "persistence",
    "Refined": "refinement",
    "SRR": "refinement",
    "TableEncoder": "data.encoder",
    "anomaly_scores": "scoring",
    "build": "catalog",
    "clean": "tasks",
    "datasets": "tasks",
    "detectors": "tasks",
    "evaluate": "tasks",
    "fit": "tasks",
    "load": "persistence",
    "load_dataset": "data.named",
    "load_image_dataset": "data.named_images",
    "read_images": "data.images",
    "read_table": "data.tables",
    "save": "persistence",
    "score": "tasks",
    "score_file": "tasks",
    "sweep": "tasks",
    "validate": "tasks",
}

__all__ = [
    "CATALOG",
    "SRR",
    "DataRefiner",
    "DrossError",
    "Model",
    "Refined",
    "TableEncoder",
    "__version__",
    "anomaly_scores",
    "build",
    "clean",
    "datasets",
    "detectors",
    "evaluate",
    "fit",
    "load",
    "load_dataset",
    "load_image_dataset",
    "read_images",
    "read_table",
    "save",
    "score",
    "score_file",
    "sweep",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("dross")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"dross.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
