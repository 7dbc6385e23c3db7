"""From plain JSON, arrays and scikit-learn parts back to a fitted estimator; nothing in them is believed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from dross.errors import ModelError
from dross.persistence import sklearn_parts
from dross.persistence.classes import allowed, estimator_classes, network_classes, record_classes

_FITTED_NAME: Final = re.compile(r"[A-Za-z]\w*_")
_SCALARS: Final = frozenset(
    {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"}
)


@final
class Unpacker:
    """Turns what :class:`dross.persistence.packing.Packer` made back into values.

    Parameters
    ----------
    arrays : mapping of str to array
        The content of ``arrays.safetensors``.
    parts : mapping of str to bytes
        The skops files by name.

    Examples
    --------
    >>> unpacker = Unpacker({"x.0": np.array([2.0])}, {})
    >>> unpacker.unpack({"kind": "tuple", "items": [1, {"kind": "array", "key": "x.0", "axes": [0]}]})
    (1, array([2.]))
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], parts: Mapping[str, bytes]) -> None:
        self._arrays = arrays
        self._parts = parts
        self._loaded: dict[str, Any] = {}
        self._kinds: Final[dict[str, Callable[[Any], Any]]] = {
            "float": lambda node: float(node["value"]),
            "scalar": self._scalar,
            "array": self._array,
            "texts": self._texts,
            "tuple": lambda node: tuple(self.unpack(item) for item in node["items"]),
            "dict": lambda node: {self.unpack(key): self.unpack(item) for key, item in node["items"]},
            "estimator": self._estimator,
            "record": self._record,
            "scikit-learn": self._part,
            "network": self._network,
        }

    def unpack(self, node: Any) -> Any:
        """Return the value that a piece of JSON stands for.

        Raises
        ------
        ModelError
            If it names a class that is not allowed. Damage raises what Python raises; the caller explains it.
        """
        if isinstance(node, list):
            return [self.unpack(item) for item in node]
        if not isinstance(node, dict):
            return node
        return self._kinds[node["kind"]](node)

    def _named(self, nodes: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.unpack(node) for name, node in nodes.items()}

    def _scalar(self, node: Mapping[str, Any]) -> Any:
        if node["dtype"] not in _SCALARS:
            raise ValueError(f"{node['dtype']!r} is no number type")
        return np.dtype(node["dtype"]).type(self.unpack(node["value"]))

    def _array(self, node: Mapping[str, Any]) -> NDArray[Any]:
        key = node["key"]
        if key not in self._loaded:
            # A copy, since what safetensors hands out cannot be written to.
            self._loaded[key] = self._arrays[key].copy().transpose(np.argsort(node["axes"]))
        loaded: NDArray[Any] = self._loaded[key]
        return loaded

    def _texts(self, node: Mapping[str, Any]) -> NDArray[Any]:
        texts = np.array([str(item) for item in node["items"]], dtype=object if node["object"] else None)
        return texts.reshape(node["shape"])

    def _estimator(self, node: Mapping[str, Any]) -> Any:
        estimator = allowed(node["class"], estimator_classes(), "detector or representation")(
            **self._named(node["parameters"])
        )
        for name, content in node["fitted"].items():
            if not _FITTED_NAME.fullmatch(name) or hasattr(type(estimator), name):
                raise ValueError(f"{name!r} is no fitted attribute of {type(estimator).__name__}")
            setattr(estimator, name, self.unpack(content))
        return estimator

    def _record(self, node: Mapping[str, Any]) -> Any:
        return allowed(node["class"], record_classes(), "record")(**self._named(node["fields"]))

    def _part(self, node: Mapping[str, Any]) -> Any:
        name = node["file"]
        if name not in self._loaded:
            self._loaded[name] = sklearn_parts.load(self._parts[name], name)
        return self._loaded[name]

    def _network(self, node: Mapping[str, Any]) -> Any:
        import torch

        cls = allowed(node["class"], network_classes(), "network")
        # A network draws its first weights from Torch's global generator; loading one must not disturb that.
        with torch.random.fork_rng(devices=[]):
            network = cls(**self._named(node["hyperparameters"]))
        # Copied to where Torch itself would put them: its kernels may add up in another order at other addresses.
        state = {name: torch.from_numpy(self.unpack(content)).clone() for name, content in node["state"].items()}
        expected = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
        found = {name: tuple(tensor.shape) for name, tensor in state.items()}
        if expected != found:
            raise ModelError(f"the weights of {node['class']} have the shapes {found}, not {expected}")
        network.load_state_dict(state, assign=True)
        return network.train(bool(node["training"]))
