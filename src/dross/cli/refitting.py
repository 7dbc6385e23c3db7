"""The command that fits a model again, as it was fitted, with more labels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dross.catalog import REFINED_PREFIX, build, detector_names
from dross.cli.options import settings
from dross.errors import DrossError
from dross.evaluation.label_checks import labels_taken
from dross.persistence import Model
from dross.tasks import defaults


def words_to_refit(
    model: Model,
    data: str,
    labels: Sequence[str],
    *,
    label: str | None = None,
    id: str | None = None,
    skip_bad: bool = False,
) -> list[str]:
    """Return the words of the ``dross fit`` that made a model, with the files of answers beside those it had.

    A detector that learns from no labels gets ``srr-`` in front, which does.

    Parameters
    ----------
    model : Model
        It records how it was fitted.
    data : str
        What to fit it on.
    labels : sequence of str
        The new files of answers.
    label, id, skip_bad
        What is said of the data now, where that is other than then.

    Examples
    --------
    >>> from dross.tasks import fit
    >>> model = fit([[0.0], [1.0], [2.0], [9.0]], detector="knn", parameters={"n_neighbors": 2})
    >>> " ".join(words_to_refit(model, "parts.csv", ["told.csv"]))
    'dross fit parts.csv --detector srr-knn --set n_neighbors=2 --labels told.csv'
    """
    known = model.provenance
    words = ["dross", "fit", data]
    for option, now, then in (("--id", id, known.id), ("--label", label, known.label)):
        value = now if now is not None else then
        words += [] if value is None else [option, value]
    if known.labels.get("own"):
        words.append("--use-labels")
    words += _images(model, skip_bad)
    words += _detector(known.detector, known.parameters, known.false_alarms)
    if known.seed not in (None, defaults.SEED):
        words += ["--seed", str(known.seed)]
    earlier = [file for file in known.labels.get("files", ()) if Path(file).is_file()]
    return words + [word for file in dict.fromkeys([*earlier, *labels]) for word in ("--labels", file)]


def _images(model: Model, skip_bad: bool) -> list[str]:
    encoder: Any = model.encoder
    if model.takes != "images":
        return []
    height, width = encoder.size_
    words = ["--size", str(width)] if height == width else []
    return words + (["--skip-bad"] if skip_bad or model.provenance.skipped else [])


def _detector(name: str, parameters: Mapping[str, Any], alarms: Mapping[str, float] | None) -> list[str]:
    # Where training was kept for --resume is that fit's own place.
    kept = {key: value for key, value in parameters.items() if key != "checkpoint"}
    base = name.removeprefix(REFINED_PREFIX)
    if base not in detector_names():
        return []
    try:
        if labels_taken(build(name, **kept)) == "no":
            name, kept = f"{REFINED_PREFIX}{base}", _taken(f"{REFINED_PREFIX}{base}", kept)
    except DrossError:  # a model of an older catalogue
        kept = {}
    words = ["--detector", name]
    for key, value in kept.items():
        words += ["--set", f"{key}={_word(value)}"]
    return words if alarms is None else [*words, "--false-alarms", f"{alarms['rate']:g}"]


def _taken(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return those parameters that a detector takes."""
    taken = {}
    for key, value in parameters.items():
        try:
            build(name, **{key: value})
        except DrossError:
            continue
        taken[key] = value
    return taken


def _word(value: Any) -> str:
    """Return what ``--set`` reads as a value: plain text where that is not taken for something else."""
    if isinstance(value, str) and settings([f"key={value}"])["key"] == value:
        return value
    return json.dumps(value)
