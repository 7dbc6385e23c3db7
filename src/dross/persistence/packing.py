"""From a fitted estimator to plain JSON, arrays and scikit-learn parts."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from dross.errors import ModelError
from dross.persistence import sklearn_parts
from dross.persistence.classes import estimator_classes, network_classes, record_classes

if TYPE_CHECKING:
    from torch import Tensor

#: The kinds of NumPy array (``dtype.kind``) that safetensors holds: truth values, integers, floats.
_ARRAY_KINDS: Final = "biuf"


@final
class Packer:
    """Turns values into JSON and collects the arrays and the scikit-learn parts beside it.

    A value that JSON has no word for becomes an object with a ``"kind"``; :class:`dross.persistence.unpacking.Unpacker`
    reads them. One array, or one scikit-learn estimator, that is met twice is stored once. A ``RandomState`` is stored
    as ``None``: it is used up by ``fit``, and scoring does not draw from it. A path is stored as text: no file is read
    when a model is loaded.

    Attributes
    ----------
    arrays : dict of str to array
        To be written to ``arrays.safetensors``.
    parts : dict of str to bytes
        File name to content, in skops format.

    Examples
    --------
    >>> packer = Packer()
    >>> packer.pack((1, float("inf"), np.array([2.0])), "x")
    {'kind': 'tuple', 'items': [1, {'kind': 'float', 'value': 'inf'}, {'kind': 'array', 'key': 'x.2', 'axes': [0]}]}
    >>> packer.arrays
    {'x.2': array([2.])}
    """

    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[Any]] = {}
        self.parts: dict[str, bytes] = {}
        # The objects themselves are kept along with what they became, since an id is only good while its object lives.
        self._met: dict[int, tuple[object, Any]] = {}

    def pack(self, value: Any, where: str) -> Any:
        """Return a value as JSON.

        Parameters
        ----------
        value : any
            What a parameter or a fitted attribute holds.
        where : str
            Its place in the model, which names its array and is named in messages.

        Raises
        ------
        ModelError
            If it is of a type that cannot be saved.
        """
        if value is None or type(value) in (bool, int, str):
            return value
        if id(value) in self._met:
            return self._met[id(value)][1]
        packed = self._packer_of(value)(value, where)
        if isinstance(value, (np.ndarray, BaseEstimator)):
            self._met[id(value)] = (value, packed)
        return packed

    def _packer_of(self, value: Any) -> Callable[[Any, str], Any]:
        packers: tuple[tuple[type | tuple[type, ...], Callable[[Any, str], Any]], ...] = (
            (np.random.RandomState, lambda value, where: None),
            (os.PathLike, lambda value, where: os.fspath(value)),
            (np.generic, self._scalar),
            (float, lambda value, where: _float(value)),
            (np.ndarray, self._array),
            (list, self._list),
            (tuple, lambda value, where: {"kind": "tuple", "items": self._list(value, where)}),
            (dict, self._dict),
            (tuple(estimator_classes().values()), self._estimator),
            (tuple(record_classes().values()), self._record),
            (BaseEstimator, self._part),
        )
        for types, packer in packers:
            if isinstance(value, types):
                return packer
        # Torch takes a second to import, and most models have no network in them.
        if type(value).__module__.startswith("dross.networks") and type(value).__name__ in network_classes():
            return self._network
        return _refuse

    def _scalar(self, value: np.generic, where: str) -> Any:
        if value.dtype.kind not in _ARRAY_KINDS:
            return _refuse(value, where)
        plain = value.item()
        return {
            "kind": "scalar",
            "dtype": value.dtype.name,
            "value": _float(plain) if isinstance(plain, float) else plain,
        }

    def _array(self, value: NDArray[Any], where: str) -> dict[str, Any]:
        if value.dtype.kind in "UO" and all(isinstance(item, str) for item in value.flat):
            return {
                "kind": "texts",
                "object": value.dtype.kind == "O",
                "shape": list(value.shape),
                "items": value.ravel().tolist(),
            }
        if value.dtype.kind not in _ARRAY_KINDS:
            raise ModelError(f"{where} is an array of {value.dtype}, which cannot be saved: only numbers and text can")
        # The order of the axes in memory is part of what makes scores equal to the last bit: matrix products add up
        # differently along another one.
        axes = sorted(range(value.ndim), key=lambda axis: (-abs(value.strides[axis]), -value.shape[axis]))
        stored = value.transpose(axes)
        self.arrays[where] = stored.astype(value.dtype.newbyteorder("="), order="C")
        return {"kind": "array", "key": where, "axes": axes}

    def _list(self, value: list[Any] | tuple[Any, ...], where: str) -> list[Any]:
        return [self.pack(item, f"{where}.{place}") for place, item in enumerate(value)]

    def _dict(self, value: dict[Any, Any], where: str) -> dict[str, Any]:
        pairs = [[self.pack(key, f"{where}.key"), self.pack(item, f"{where}.{key}")] for key, item in value.items()]
        return {"kind": "dict", "items": pairs}

    def _estimator(self, value: BaseEstimator, where: str) -> dict[str, Any]:
        parameters = value.get_params(deep=False)
        fitted = {
            name: content for name, content in vars(value).items() if name.endswith("_") and not name.startswith("_")
        }
        return {
            "kind": "estimator",
            "class": type(value).__name__,
            "parameters": {name: self.pack(content, f"{where}.{name}") for name, content in parameters.items()},
            "fitted": {name: self.pack(content, f"{where}.{name}") for name, content in fitted.items()},
        }

    def _record(self, value: Any, where: str) -> dict[str, Any]:
        contents = {field.name: getattr(value, field.name) for field in fields(value)}
        return {
            "kind": "record",
            "class": type(value).__name__,
            "fields": {name: self.pack(content, f"{where}.{name}") for name, content in contents.items()},
        }

    def _part(self, value: BaseEstimator, where: str) -> dict[str, Any]:
        name = f"{where}.skops"
        self.parts[name] = sklearn_parts.dump(value, where)
        return {"kind": "scikit-learn", "file": name}

    def _network(self, value: Any, where: str) -> dict[str, Any]:
        return {
            "kind": "network",
            "class": type(value).__name__,
            "hyperparameters": {
                name: self.pack(content, f"{where}.{name}") for name, content in value.hyperparameters.items()
            },
            "training": value.training,
            "state": {
                name: self._tensor(content, f"{where}.state.{name}") for name, content in value.state_dict().items()
            },
        }

    def _tensor(self, value: Tensor, where: str) -> dict[str, Any]:
        return self._array(value.detach().cpu().numpy(), where)  # with its strides: they choose the way of adding up


def _float(value: float) -> Any:
    return float(value) if math.isfinite(value) else {"kind": "float", "value": str(float(value))}


def _refuse(value: Any, where: str) -> Any:
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    raise ModelError(
        f"{where} is a {kind}, which cannot be saved without pickle: use a detector of Dross or of scikit-learn "
        "(`dross detectors` lists them)"
    )
