"""A run file (TOML) read into a sweep; all its mistakes are found before the first run starts."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast, final

from dross.errors import RunFileError, check_known, did_you_mean, raise_gathered
from dross.evaluation.detector_checks import check_detectors
from dross.evaluation.few_labels import n_labels_problems
from dross.evaluation.label_checks import contamination_beside_labels, label_key_problems
from dross.evaluation.loading import not_at_hand
from dross.evaluation.plan import DetectorPlan, Loader, Plan, Sweep
from dross.evaluation.plan_checks import SIZED_BY, check_datasets, class_key_problems
from dross.evaluation.planning import spell_out
from dross.evaluation.protocols import LABELLED_PROTOCOLS, PROTOCOLS, ProtocolName
from dross.evaluation.run import Builder
from dross.evaluation.runfile_detectors import DetectorReader, distinct, shown
from dross.evaluation.supervised_protocols import fold_key_problems

KEYS = (
    "name",
    "title",
    "datasets",
    "missing",
    "protocol",
    "contamination",
    "seeds",
    "max_train",
    "max_test",
    "size",
    "normal",
    "pairs",
    "labelled",
    "seen_classes",
    "folds",
    "n_labels",
    "published",
    "detectors",
)


def read_run_file(
    path: str | os.PathLike[str],
    *,
    build: Builder,
    load: Loader,
    how_to_get: Callable[[str], str | None] = not_at_hand,
) -> Plan:
    """Return the plan of a run file after checking everything that can be known before it runs.

    Parameters
    ----------
    path : path
        A TOML file with the keys ``name``, ``datasets``, ``protocol``, ``contamination``, ``seeds`` and
        ``[[detectors]]``, and optionally ``missing = "skip"``, ``title``, ``max_train`` and ``published``; on images
        also ``normal`` or ``pairs``, ``max_test`` and ``size``; with labels also ``labelled`` and ``seen_classes``,
        ``folds`` or ``n_labels``.
    build : callable
        Makes a detector of its name, such as ``dross.catalog.build``.
    load : callable
        Makes a data set of its name, such as ``dross.evaluation.loading.load_named``.
    how_to_get : callable
        Says how to get a data set of its name that is not at hand, ``None`` of those that are. Such data sets are left
        out where the file says ``missing = "skip"``, and are an error where it does not.

    Raises
    ------
    RunFileError
        With every mistake at once: unknown keys (nearest name suggested), wrong values, unknown data sets, classes,
        detectors and parameters, ratios that the data cannot give, detectors that do not take this kind of data.
    """
    file = Path(path)
    reader = _Reader(_document(file))
    asked = reader.sweep()
    absent = reader.absent(asked, how_to_get)
    left = tuple(name for name in asked.datasets if name not in absent)
    sweep = dataclasses.replace(asked, datasets=left, absent=tuple(absent))
    # What the file says well is checked further even where it says something else badly: one look shows all mistakes.
    facts, unusable = check_datasets(sweep, load) if left else ({}, [])
    problems = [*reader.problems, *unusable, *check_detectors(sweep, build)]
    raise_gathered([f"{file.name}: {problem}" for problem in dict.fromkeys(problems)], RunFileError)
    return dataclasses.replace(spell_out(sweep, facts, build), absent=absent)


def results_path(path: str | os.PathLike[str], sweep: Sweep) -> Path:
    """Return where the results of a run file are kept unless somebody says otherwise: ``NAME.sqlite`` beside it."""
    return Path(path).parent / f"{sweep.name}.sqlite"


def _document(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise RunFileError(f"there is no run file {file}: check the path") from None
    except UnicodeDecodeError as error:
        raise RunFileError(f"{file} is not UTF-8 text (byte {error.start}): save it as UTF-8") from None
    except OSError as error:
        raise RunFileError(f"{file} cannot be read ({error.strerror}): give the path of a TOML file") from None
    except tomllib.TOMLDecodeError as error:
        raise RunFileError(f"{file.name} is not valid TOML: {error}") from None


@final
class _Reader:
    """Reads one document key by key, with a harmless value in place of each wrong one, and remembers the mistakes."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.problems = [problem.removeprefix(": ") for problem in check_known(document, KEYS, "")]

    def sweep(self) -> Sweep:
        """Return the sweep that the document describes."""
        protocol = self._protocol()
        contamination = self._contamination(protocol)
        labelled, seen_classes = self._labels(protocol)
        name = self._text("name", required=True) or "unnamed"
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
            self.problems.append(f"name is {name!r}; it names a file: use letters, digits, '.', '_' and '-'")
        return Sweep(
            name=name,
            datasets=self._names("datasets"),
            protocol=protocol or "controlled",
            # Which ratios the data can give depends on the protocol: without one, none is checked.
            contamination=contamination if protocol is not None else (),
            seeds=self._seeds(),
            detectors=self._detectors(protocol),
            max_train=self._size("max_train", protocol),
            title=self._text("title") or name,
            published=self._text("published"),
            normal=self._normal(protocol),
            pairs=self._pairs(),
            max_test=self._size("max_test", protocol),
            size=self._size("size", protocol),
            labelled=labelled,
            seen_classes=seen_classes,
            folds=self._folds(protocol),
            n_labels=self._n_labels(protocol),
        )

    def absent(self, sweep: Sweep, how_to_get: Callable[[str], str | None]) -> dict[str, str]:
        """Return how to get each data set that is not at hand, where the document wants those left out."""
        value = self.document.get("missing")
        if value is None:
            return {}
        if value != "skip":
            self.problems.append(
                f"missing is {shown(value)}; it must be 'skip', to leave out data sets that are not at hand"
            )
            return {}
        found = {name: how for name in sweep.datasets if (how := how_to_get(name)) is not None}
        if found and len(found) == len(sweep.datasets):
            ways = "; ".join(dict.fromkeys(found.values()))
            self.problems.append(f"datasets: none of {', '.join(found)} is at hand: {ways}")
        return found

    def _text(self, key: str, *, required: bool = False) -> str | None:
        value = self.document.get(key)
        if value is None and not required:
            return None
        if not isinstance(value, str) or not value.strip():
            self.problems.append(f"{key} is {shown(value)}; it must be text")
            return None
        return value

    def _protocol(self) -> ProtocolName | None:
        value = self.document.get("protocol")
        if value in PROTOCOLS:
            return cast(ProtocolName, value)
        near = did_you_mean(value, PROTOCOLS) if isinstance(value, str) else ""
        self.problems.append(f"protocol is {shown(value)}; it must be one of {', '.join(PROTOCOLS)}{near}")
        return None

    def _names(self, key: str) -> tuple[str, ...]:
        value = self.document.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            self.problems.append(f"{key} is {shown(value)}; it must be a list of names, such as ['thyroid']")
            return ()
        return distinct(self.problems, key, value)

    def _contamination(self, protocol: ProtocolName | None) -> tuple[float, ...]:
        value: Any = self.document.get("contamination")
        if protocol == "adbench":
            if value is not None:
                self.problems.append(
                    "contamination does not go with the adbench protocol, which takes the data as they are: leave it "
                    "out"
                )
            return ()
        if protocol in LABELLED_PROTOCOLS:
            if value not in (None, 0, [0]):
                self.problems.append(contamination_beside_labels(str(protocol), value))
            return (0.0,)
        ratios = value if isinstance(value, list) else [value]
        if not ratios:
            self.problems.append("contamination is an empty list; give at least one ratio, such as [0, 0.025]")
        bad = [ratio for ratio in ratios if not _is_number(ratio) or not 0 <= ratio <= 0.5]
        for ratio in bad:
            self.problems.append(
                f"contamination is {shown(ratio)}; ratios are fractions in [0, 0.5], such as 0.025 for 2.5 %"
            )
        return distinct(self.problems, "contamination", [float(ratio) for ratio in ratios if ratio not in bad])

    def _seeds(self) -> tuple[int, ...]:
        value: Any = self.document.get("seeds")
        if _is_whole(value) and value > 0:
            return tuple(range(value))
        if isinstance(value, list) and value and all(_is_whole(seed) and seed >= 0 for seed in value):
            return distinct(self.problems, "seeds", value)
        self.problems.append(
            f"seeds is {shown(value)}; it must be how many (10 means 0 to 9) or a list of whole numbers"
        )
        return ()

    def _size(self, key: str, protocol: ProtocolName | None) -> int | None:
        value = self.document.get(key)
        if value is None:
            return None
        if protocol is not None and protocol not in SIZED_BY[key]:
            of = {"max_train": "training", "max_test": "test", "size": "image"}[key]
            self.problems.append(f"{key} does not go with the {protocol} protocol, which fixes the {of} size itself")
        elif not _is_whole(value) or value < 1:
            self.problems.append(f"{key} is {shown(value)}; it must be a whole number of at least 1")
        else:
            return cast(int, value)
        return None

    def _labels(self, protocol: ProtocolName | None) -> tuple[float | None, int | None]:
        labelled, seen_classes = (self.document.get(key) for key in ("labelled", "seen_classes"))
        if protocol is None:
            return None, None
        problems = label_key_problems(protocol, labelled, seen_classes)
        self.problems += problems
        return (None, None) if problems or labelled is None else (float(labelled), seen_classes)

    def _folds(self, protocol: ProtocolName | None) -> int | None:
        folds = self.document.get("folds")
        problems = [] if protocol is None else fold_key_problems(protocol, folds)
        self.problems += problems
        return None if problems or protocol is None else cast(int | None, folds)

    def _n_labels(self, protocol: ProtocolName | None) -> tuple[int, ...]:
        given: Any = self.document.get("n_labels")
        problems = [] if protocol is None else n_labels_problems(protocol, given)
        self.problems += problems
        if problems or given is None:
            return ()
        return distinct(self.problems, "n_labels", given if isinstance(given, list) else [given])

    def _detectors(self, protocol: ProtocolName | None) -> tuple[DetectorPlan, ...]:
        reader = DetectorReader(protocol)
        detectors = reader.read(self.document.get("detectors"))
        self.problems += reader.problems
        return detectors

    def _normal(self, protocol: ProtocolName | None) -> tuple[str | int, ...]:
        if protocol is not None:
            self.problems += class_key_problems(protocol, "normal" in self.document, "pairs" in self.document)
        value = self.document.get("normal")
        if value is None:
            return ()
        if not isinstance(value, list) or not value or not all(map(_is_class, value)):
            self.problems.append(f"normal is {shown(value)}; it must be a list of classes, such as ['cat'] or [3]")
            return ()
        return distinct(self.problems, "normal", value)

    def _pairs(self) -> tuple[tuple[str | int, str | int], ...]:
        value = self.document.get("pairs", [])
        good = isinstance(value, list) and all(isinstance(item, list) and len(item) == 2 for item in value)
        if not good or not all(_is_class(name) for item in value for name in item):
            self.problems.append(
                f"pairs is {shown(value)}; it must be a list of normal and anomalous class, such as [['cat', 'dog']]"
            )
            return ()
        return distinct(self.problems, "pairs", [(normal, anomaly) for normal, anomaly in value])


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_class(value: object) -> bool:
    return _is_whole(value) or (isinstance(value, str) and value != "")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
