"""The networks of a detector or of a model: layers, shapes and weights, as text and as a drawing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from dross.catalog import CATALOG, build
from dross.catalog.building import REFINED_PREFIX
from dross.errors import DataError
from dross.persistence import load

if TYPE_CHECKING:
    from dross.networks.architecture import Layer

#: Made-up samples that a detector of the catalogue is fitted on, for the shapes alone.
_SAMPLES = 16


@final
@dataclass(frozen=True)
class NetworkLayers:
    """One network of a detector.

    Attributes
    ----------
    name : str
        The class it belongs to.
    shape : tuple of int
        Of a sample: (height, width, channels), or (columns,).
    layers : tuple of Layer
        In the order in which a sample passes them.
    """

    name: str
    shape: tuple[int, ...]
    layers: tuple[Layer, ...]

    def __str__(self) -> str:
        """Return the layers as a table."""
        from dross.networks.architecture import architecture_table

        return architecture_table(self.layers, self.shape)


def network(subject: str, *, size: int = 64, grey: bool = False, columns: int = 16) -> list[NetworkLayers]:
    """Return the networks of a detector of the catalogue, or of a saved model.

    Parameters
    ----------
    subject : str
        The name of a detector, or the folder of a model.
    size : int, default 64
        Side of the images that a detector of the catalogue is described for.
    grey : bool, default False
        Whether they are grey rather than RGB.
    columns : int, default 16
        Columns of the rows, where it takes rows.

    Raises
    ------
    ParameterError
        If there is neither such a detector nor such a model.
    DataError
        If it has no network.
    """
    if Path(subject).is_dir():
        detector: Any = load(subject).detector
    else:
        detector = _untrained(subject.removeprefix(REFINED_PREFIX), size, 1 if grey else 3, columns)
    found = list(_networks(detector))
    if not found:
        raise DataError(f"'{subject}' has no network: it learns without one")
    return found


def draw_network(found: list[NetworkLayers], path: str | os.PathLike[str]) -> list[Path]:
    """Write the drawing of each network, SVG or PNG by the path's ending, and return the files.

    Raises
    ------
    DataError
        If the ending is another, or a file cannot be written.
    """
    from dross.report.plot_architecture import draw_architecture
    from dross.tasks.drawing_files import write_drawing

    path = Path(path)
    places = [path if not place else path.with_stem(f"{path.stem}-{place + 1}") for place in range(len(found))]
    for place, each in zip(places, found, strict=True):
        write_drawing(draw_architecture(each.name, each.layers, each.shape), place)
    return places


def _untrained(name: str, size: int, channels: int, columns: int) -> Any:
    detector: Any = build(name, random_state=0)
    untrained = {key: 0 for key in detector.get_params(deep=True) if key.split("__")[-1] == "max_epochs"}
    if not untrained:
        return detector
    images = CATALOG[name].takes == "images"
    shape = (_SAMPLES, size, size, channels) if images else (_SAMPLES, columns)
    noise = np.random.default_rng(0).integers(0, 256, size=shape)
    samples: Any = noise.astype(np.uint8) if images else noise.astype(np.float64)
    told = {"labels": np.arange(_SAMPLES) % 2} if getattr(detector, "_takes_labels", "no") == "needed" else {}
    return detector.set_params(**untrained).fit(samples, **told)


def _networks(estimator: Any) -> Iterator[NetworkLayers]:
    """Yield the network of an estimator, or those of its fitted parts."""
    from dross.networks.architecture import architecture

    found = vars(estimator).get("network_")
    if found is not None:
        shape = getattr(estimator, "sample_shape_", None) or getattr(estimator, "image_shape_", None)
        shape = tuple(shape or (estimator.n_features_in_,))
        yield NetworkLayers(type(estimator).__name__, shape, tuple(architecture(found, shape)))
        return
    for name, part in vars(estimator).items():
        if name.endswith("_") and hasattr(part, "get_params"):
            yield from _networks(part)
        elif name.endswith("_") and isinstance(part, list):
            for each in part:
                if hasattr(each, "get_params"):
                    yield from _networks(each)
