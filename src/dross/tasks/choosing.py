"""What data hold, which detectors take that, and what a detector is built with where the user says nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, final

from dross.catalog import CATALOG, REFINED_PREFIX, build
from dross.data.images.reading import holds_images
from dross.data.tables import read_table
from dross.detector import AbstractDetector
from dross.errors import ParameterError, raise_gathered
from dross.evaluation.label_checks import labels_taken
from dross.tasks import defaults

#: What samples are, as the catalogue says of each detector.
Kind = Literal["tables", "images"]

_SINGULAR: dict[Kind, str] = {"tables": "a table", "images": "images"}


@final
@dataclass(frozen=True)
class Choice:
    """A detector of the catalogue, and what it is built with.

    Parameters
    ----------
    name : str
        Its name in the catalogue.
    parameters : mapping
        What is set beside the defaults of its class.
    seed : int or None
        Of everything random.
    preset : mapping
        Of a network for images: how large it is and how long it is trained, where the user has not said so.
    has_gpu : bool
        Whether that is the preset for a GPU, or the one for processors.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = defaults.SEED
    preset: Mapping[str, Any] = field(default_factory=dict)
    has_gpu: bool = False

    @property
    def trains_a_network(self) -> bool:
        """Whether it is a network for images."""
        return self.name.removeprefix(REFINED_PREFIX) in defaults.GPU_PRESET

    def build(self) -> AbstractDetector:
        """Return the unfitted detector.

        Raises
        ------
        ParameterError
            If there is no such detector, or it has no such parameter, or cannot be refined.
        """
        raise_gathered(_said_elsewhere(self.name, self.parameters))
        return build(self.name, random_state=self.seed, **self.parameters)


def kind_of(data: Any) -> Kind:
    """Return what data hold.

    Examples
    --------
    >>> kind_of([[1.0, 2.0]]), kind_of("parts.csv")
    ('tables', 'tables')
    """
    return "images" if holds_images(data) else "tables"


def is_missing(data: Any) -> bool:
    """Return whether data is a path at which there is nothing; the readers say so, with the near name."""
    return isinstance(data, (str, os.PathLike)) and not Path(data).exists()


def check_there(data: Any) -> None:
    """Raise if data is a path at which there is nothing.

    Raises
    ------
    DataError
        With the near name.
    """
    if is_missing(data):
        read_table(data)


def named(data: Any) -> str:
    """Return what messages call data: the path, or where there is none ``"the data"``."""
    return str(data) if isinstance(data, (str, os.PathLike)) else "the data"


def choose(
    data: Any,
    detector: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    seed: int | None = defaults.SEED,
) -> Choice:
    """Return the detector for data, before a large file is read: what is misspelt or does not fit shows here.

    Parameters
    ----------
    data : path, DataFrame, array or list of paths
        A table or images.
    detector : str, optional
        A name of the catalogue; by default ``srr-gaussian`` for tables and ``srr-rotation`` for images.
    parameters : mapping, optional
        Parameters of the detector beside its defaults. Where there is a GPU, a network for images takes those of
        :data:`dross.tasks.defaults.GPU_PRESET` that are not set.
    seed : int or None, default 0
        Of everything random.

    Raises
    ------
    ParameterError
        If the detector or a parameter is not known, or the detector takes something else.

    Examples
    --------
    >>> choose([[1.0, 2.0]]).name
    'srr-gaussian'
    """
    kind = kind_of(data)
    name = detector if detector is not None else _DEFAULTS[kind]
    asked = dict(parameters or {})
    choice = Choice(name, asked, seed)
    built = choice.build()
    base = name.removeprefix(REFINED_PREFIX)
    if not is_missing(data):
        _check_takes(base, name, kind, named(data))
    preset = {key: value for key, value in defaults.GPU_PRESET.get(base, {}).items() if key not in asked}
    if not preset:
        return choice
    if _has_gpu(asked.get("device", "auto")):
        return Choice(name, {**asked, **preset}, seed, preset, has_gpu=True)
    own = {
        path.split("__")[-1]: value for path, value in built.get_params().items() if path.startswith(_REPRESENTATION)
    }
    return Choice(name, asked, seed, {key: own[key] for key in preset})


def check_reading(data: Any, *, label: str | None, id: str | None, size: int | None, skip_bad: bool) -> None:
    """Raise if what is said of reading is meant for the other kind of data.

    Raises
    ------
    ParameterError
        With every such mistake.
    """
    if is_missing(data):
        return
    if kind_of(data) == "images":
        raise_gathered(
            f"{name} is {value!r}, a column of a table, but {named(data)} holds images, which are named by their "
            f"files: leave {name} out"
            for name, value in (("label", label), ("id", id))
            if value is not None
        )
    else:
        raise_gathered(
            f"{name} is {value!r}, which is for images, but {named(data)} is a table: leave {name} out"
            for name, value, default in (("size", size, None), ("skip_bad", skip_bad, False))
            if value != default
        )


_REPRESENTATION = "representation__"
_DEFAULTS: dict[Kind, str] = {"tables": defaults.DETECTOR, "images": defaults.IMAGE_DETECTOR}


def _said_elsewhere(name: str, parameters: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a name that cannot be refined, and with parameters that are not set as such."""
    base = name.removeprefix(REFINED_PREFIX)
    can_be_refined = base not in CATALOG or labels_taken(CATALOG[base].one_class()) != "needed"
    problems = []
    if base != name and not can_be_refined:
        problems.append(
            f"there is no detector '{name}': '{base}' needs labels to learn from, and cannot be refined: leave out "
            f"{REFINED_PREFIX}"
        )
    if "name" in parameters:
        problems.append("name is no parameter to set: give the detector by its name (on the command line --detector)")
    if "random_state" in parameters:
        problems.append("random_state is no parameter to set: give the seed (on the command line --seed)")
    if "training" in parameters:
        other = REFINED_PREFIX + base if parameters["training"] == "refined" and can_be_refined else base
        problems.append(f"training is no parameter to set: the name says it, so give the detector '{other}'")
    return problems


def _check_takes(base: str, name: str, kind: Kind, source: str) -> None:
    if CATALOG[base].takes == kind:
        return
    fitting = [entry.name for entry in CATALOG.values() if entry.takes == kind]
    raise ParameterError(
        f"the detector '{name}' takes {CATALOG[base].takes}, but {source} holds {_SINGULAR[kind]}: give one that takes "
        f"{kind} ({', '.join(fitting)}), or the same with {REFINED_PREFIX} in front, such as {_DEFAULTS[kind]}"
    )


def _has_gpu(device: object) -> bool:
    if str(device).startswith("cpu"):
        return False
    import torch  # takes a second, and only what has a network waits for it

    return torch.cuda.is_available() or torch.backends.mps.is_available()
