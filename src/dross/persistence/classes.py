"""The classes that a model folder may name: Dross's own, by the lists its packages export, and nothing else."""

from __future__ import annotations

import importlib
from dataclasses import is_dataclass
from typing import Any, Final

from sklearn.base import BaseEstimator

from dross.errors import ModelError, did_you_mean

#: The packages whose exported estimators and records may be in a model.
ESTIMATOR_PACKAGES: Final = (
    "dross.representations",
    "dross.one_class",
    "dross.reconstruction",
    "dross.supervised",
    "dross.refinement",
    "dross.ensemble",
    "dross.inspection",
)
#: The package whose exported networks may be in a model.
NETWORK_PACKAGE: Final = "dross.networks"


def estimator_classes() -> dict[str, type]:
    """Return the estimators that a model may hold, by class name."""
    return {name: cls for name, cls in _exported().items() if issubclass(cls, BaseEstimator)}


def record_classes() -> dict[str, type]:
    """Return the dataclasses that a model may hold, by class name."""
    return {name: cls for name, cls in _exported().items() if is_dataclass(cls) and not issubclass(cls, BaseEstimator)}


def network_classes() -> dict[str, type]:
    """Return the networks that a model may hold, by class name."""
    package = importlib.import_module(NETWORK_PACKAGE)
    return {name: getattr(package, name) for name in package.__all__}


def allowed(name: object, known: dict[str, type], what: str) -> Any:
    """Return the class of a name that a model folder holds.

    Raises
    ------
    ModelError
        If the name is not on the list.
    """
    if not isinstance(name, str) or name not in known:
        hint = did_you_mean(name, known) if isinstance(name, str) else ""
        raise ModelError(
            f"it holds a {what} of the class {name!r}, which is not one that Dross loads{hint}: use a model that Dross "
            "itself has written, with the same or a newer version of Dross"
        )
    return known[name]


def _exported() -> dict[str, type]:
    classes = {}
    for name in ESTIMATOR_PACKAGES:
        package = importlib.import_module(name)
        classes.update({export: getattr(package, export) for export in package.__all__})
    return {name: value for name, value in classes.items() if isinstance(value, type)}
