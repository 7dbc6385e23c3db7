"""The folder of a model: what is in it, written whole, and checked in every respect before it is believed."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from dross import files
from dross.data.encoder import TableEncoder
from dross.data.images.encoder import ImageEncoder
from dross.detector import AbstractDetector
from dross.errors import ModelError
from dross.evaluation.environment import describe_environment
from dross.persistence.model import Model, Provenance
from dross.persistence.packing import Packer
from dross.persistence.unpacking import Unpacker

FORMAT: Final = "dross-model"
#: Raised by one when older versions of Dross can no longer read what is written.
FORMAT_VERSION: Final = 1
DESCRIPTION: Final = "model.json"
ARRAYS: Final = "arrays.safetensors"
_FILE_NAME: Final = re.compile(r"arrays\.safetensors|[A-Za-z][\w.-]*\.skops")


def save(path: str | os.PathLike[str], model: Model | AbstractDetector) -> Path:
    """Write a fitted model to a folder, whole or not at all.

    Nothing in it is pickled: ``model.json`` says what the model is, ``arrays.safetensors`` holds its numbers, and
    ``*.skops`` files hold the parts that are scikit-learn's. Loaded again on the same machine with the same libraries
    it gives the same scores to the last bit.

    Parameters
    ----------
    path : path
        The folder. A model that is there already is replaced; anything else that is there is left alone.
    model : Model or fitted detector
        What to write. Random generators are not stored; scoring does not need them.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ModelError
        If something is at ``path`` that is no model, or the detector holds something that cannot be saved.
    DataError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from dross.one_class import GaussianDensity
    >>> detector = GaussianDensity().fit([[0.0], [1.0], [2.0], [1.0]])
    >>> folder = save(Path(tempfile.mkdtemp()) / "model", detector)
    >>> load(folder).detector.offset_ == detector.offset_
    True
    """
    if isinstance(model, AbstractDetector):
        model = Model(model, None, Provenance(detector=type(model).__name__))
    target = Path(path)
    if target.is_symlink() or target.name in ("", ".."):
        target = target.resolve()
    check_target(target)
    packer = Packer()
    detector = packer.pack(model.detector, "detector")
    contents = {ARRAYS: safetensors.numpy.save(packer.arrays), **packer.parts}
    description = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "provenance": asdict(_with_environment(model.provenance)),
        "threshold": float(model.detector.offset_),
        "schema": _schema(model),
        "detector": detector,
        "arrays": {key: _form(array) for key, array in packer.arrays.items()},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }
    description["checksum"] = _checksum(description)
    with files.atomic_path(target) as temporary:
        temporary.mkdir()
        for name, content in contents.items():
            (temporary / name).write_bytes(content)
        text = json.dumps(description, indent=1, ensure_ascii=False, allow_nan=False)
        (temporary / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
    return target


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model from its folder.

    Parameters
    ----------
    path : path
        The folder that :func:`save` or ``dross fit`` wrote.

    Raises
    ------
    ModelError
        If there is none, it is damaged, from a newer version of Dross, or holds a type that is not trusted. Nothing in
        the folder is run.

    Examples
    --------
    >>> import tempfile
    >>> from dross.one_class import KMeansDistance
    >>> detector = KMeansDistance(n_clusters=1).fit([[0.0], [1.0], [2.0], [1.0]])
    >>> model = load(save(Path(tempfile.mkdtemp()) / "model", detector))
    >>> model.detector.predict([[1.0], [9.0]]).tolist()
    [1, -1]
    """
    folder = Path(path)
    description = _read_description(folder)
    with _explain_damage(folder):
        contents = _read_contents(folder, description["files"])
        arrays = safetensors.numpy.load(contents.pop(ARRAYS))
        _check_forms(arrays, description["arrays"])
        detector = Unpacker(arrays, contents).unpack(description["detector"])
        if not isinstance(detector, AbstractDetector) or detector.offset_ != description["threshold"]:
            raise ValueError("it holds no fitted detector")
        return Model(detector, _encoder(description["schema"]), _provenance(description["provenance"]))


def check_target(target: str | os.PathLike[str]) -> None:
    """Raise if there is something at a path that saving a model there would destroy.

    Raises
    ------
    ModelError
        Unless there is nothing, an empty folder, or a model.
    """
    folder = Path(target).resolve()
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ModelError(f"{target} is a file and is left alone: a model is a folder; give another path for it")
    foreign = sorted(f.name for f in folder.iterdir() if not (f.name == DESCRIPTION or _FILE_NAME.fullmatch(f.name)))
    if foreign:
        raise ModelError(
            f"{target} is a folder with other things in it ({', '.join(foreign[:3])}) and is left alone: give another "
            "path for the model"
        )
    if any(folder.iterdir()) and not _is_model(folder):
        raise ModelError(f"{target} is a folder, but no model, and is left alone: give another path for the model")


def _is_model(folder: Path) -> bool:
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(description, dict) and description.get("format") == FORMAT


def _with_environment(provenance: Provenance) -> Provenance:
    return provenance if provenance.environment else replace(provenance, environment=describe_environment())


def _provenance(stored: Mapping[str, Any]) -> Provenance:
    skipped = tuple((str(name), str(reason)) for name, reason in stored.get("skipped", ()))
    return Provenance(**{**stored, "skipped": skipped})


def _schema(model: Model) -> dict[str, Any] | None:
    return None if model.encoder is None else {"of": model.takes, **model.encoder.to_dict()}


def _encoder(schema: Mapping[str, Any] | None) -> TableEncoder | ImageEncoder | None:
    if schema is None:
        return None
    rest = {key: value for key, value in schema.items() if key != "of"}
    # Before there were models of images, nothing said what a model is of.
    return _ENCODERS[schema.get("of", "tables")].from_dict(rest)


_ENCODERS: Final[dict[str, type[TableEncoder] | type[ImageEncoder]]] = {"tables": TableEncoder, "images": ImageEncoder}


def _form(array: NDArray[Any]) -> dict[str, Any]:
    return {"dtype": array.dtype.name, "shape": list(array.shape)}


def _checksum(description: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in description.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _read_description(folder: Path) -> dict[str, Any]:
    if not folder.exists():
        raise ModelError(
            f"there is no model {folder}: check the path, or make one with `dross fit DATA --out {folder}`"
        )
    if not folder.is_dir():
        raise ModelError(f"{folder} is a file, but a model is a folder: give the folder that `dross fit` wrote")
    if not (folder / DESCRIPTION).is_file():
        raise ModelError(f"{folder} is no model: it has no {DESCRIPTION}; give the folder that `dross fit` wrote")
    with _explain_damage(folder):
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        if description.get("format") != FORMAT:
            raise ValueError(f"{DESCRIPTION} is not of a model")
        version = description["format_version"]
        if isinstance(version, int) and version > FORMAT_VERSION:
            raise ModelError(
                f"it was written by a newer version of Dross (format {version}, this one reads up to "
                f"{FORMAT_VERSION}): install that version, or fit the model again"
            )
        if description["checksum"] != _checksum(description):
            raise ValueError(f"the checksum of {DESCRIPTION} is wrong")
    return dict(description)


def _read_contents(folder: Path, checksums: Mapping[str, str]) -> dict[str, bytes]:
    contents = {}
    for name, checksum in checksums.items():
        if not _FILE_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a file in a model")
        contents[name] = (folder / name).read_bytes()
        if hashlib.sha256(contents[name]).hexdigest() != checksum:
            raise ValueError(f"the checksum of {name} is wrong")
    return contents


def _check_forms(arrays: Mapping[str, NDArray[Any]], forms: Mapping[str, Any]) -> None:
    found = {key: _form(array) for key, array in arrays.items()}
    for key in sorted({*found, *forms}):
        if found.get(key) != forms.get(key):
            raise ValueError(f"the array '{key}' in {ARRAYS} is {found.get(key)}, not {forms.get(key)}")


@contextmanager
def _explain_damage(folder: Path) -> Iterator[None]:
    try:
        yield
    except ModelError as error:
        raise ModelError(f"the model {folder} cannot be used: {error}") from error
    except FileNotFoundError as error:
        raise ModelError(f"the model {folder} is damaged: {Path(error.filename).name} is missing; {_REMEDY}") from error
    except OSError as error:
        raise ModelError(f"the model {folder} cannot be read ({error.strerror}): check its permissions") from error
    except RecursionError as error:
        raise ModelError(f"the model {folder} is damaged: {DESCRIPTION} is nested too deeply; {_REMEDY}") from error
    # Whatever wrong values make Python, NumPy, Torch and skops raise: which of them does not help the user.
    except (SafetensorError, Exception) as error:
        detail = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        raise ModelError(f"the model {folder} is damaged: {detail}; {_REMEDY}") from error


_REMEDY: Final = "copy it again from where it came from, or fit it again"
