"""Which samples to ask somebody about: those whose label would help most."""

from __future__ import annotations

import os
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dross.data.labels import parse_labels
from dross.data.tables import iter_table, read_table
from dross.errors import DataError, raise_gathered
from dross.parameters import count_problems
from dross.persistence import Model, load
from dross.scoring import UNKNOWN, flipped
from dross.tasks.answered_labels import LABEL_COLUMN
from dross.tasks.choosing import named
from dross.tasks.scoring import score
from dross.tasks.scoring_images import read_like_training

#: How many are asked about where nothing is said.
DEFAULT_COUNT: Final = 20


def suspects(
    model: Model | str | os.PathLike[str],
    data: Any,
    *,
    n: int = DEFAULT_COUNT,
    label: str | None = None,
    id: str | None = None,
    skip_bad: bool = False,
) -> pd.DataFrame:
    """Return the samples whose label would help most, with a column to write it into.

    In turn, the most anomalous one left, which is likely to be an anomaly of a kind to learn, and the least certain
    one: on which the ensemble of a refined model was most divided, or, where there are no votes, which is nearest to
    the alarm threshold. Those that the model was told the label of, in a file or by the data themselves, are not asked
    about again.

    Parameters
    ----------
    model : Model or path
        What :func:`dross.tasks.fit` returned, or the folder it was saved to.
    data : path, DataFrame, array or list of paths
        What it was fitted on, since a model does not keep its training data. Other data may be asked about too, without
        votes.
    n : int, default 20
        How many.
    label, id, skip_bad
        As for :func:`dross.tasks.score`.

    Returns
    -------
    DataFrame
        ``id``, ``label`` (empty), ``because`` (``high score``, ``divided votes`` or ``near the threshold``), and what
        :func:`dross.tasks.score` says. Filled in and written to a file, it is what ``labels`` of
        :func:`dross.tasks.fit` takes.

    Raises
    ------
    ParameterError, DataError, SchemaError, ModelError
        If ``n`` is no count, nobody is left to ask about, and as :func:`dross.tasks.score`.

    Examples
    --------
    >>> from dross.tasks import fit
    >>> rows = pd.DataFrame({"size": [*np.random.default_rng(0).normal(size=99), 30.0]})
    >>> asked = suspects(fit(rows, detector="gaussian"), rows, n=2)
    >>> int(asked["id"][0]), asked["because"].tolist()
    (99, ['high score', 'near the threshold'])
    """
    raise_gathered(count_problems("n", n))
    model = load(model) if isinstance(model, (str, os.PathLike)) else model
    scored = score(model, data, label=label, id=id, skip_bad=skip_bad)
    open_ones = ~(_answered(model, scored) | _labelled(model, data, label, skip_bad))
    if not open_ones.any():
        raise DataError(
            f"{named(data)}: the model learned from a label of each of the {len(scored)} samples, so that there is "
            "nothing to ask: give data without labels, or empty those of which nobody is certain"
        )
    scored = scored[open_ones].reset_index(drop=True)
    anomaly_score = scored["anomaly_score"].to_numpy()
    doubt, because = _doubt(model, scored)
    chosen: dict[int, str] = {}
    for high, unsure in zip(np.argsort(-anomaly_score, kind="stable"), np.argsort(doubt, kind="stable"), strict=True):
        chosen.setdefault(int(high), "high score")
        chosen.setdefault(int(unsure), because[int(unsure)])
        if len(chosen) >= n:
            break
    asked = scored.iloc[list(chosen)[:n]].reset_index(drop=True)
    asked.insert(1, LABEL_COLUMN, "")
    asked.insert(2, "because", list(chosen.values())[:n])
    return asked


def check_unanswered(out: str | os.PathLike[str]) -> None:
    """Raise ``DataError`` where a file of suspects is there already, with answers in it that would be lost.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> pd.DataFrame({"id": ["a", "b"], "label": ["", "normal"]}).to_csv(f"{folder}/asked.csv", index=False)
    >>> check_unanswered(f"{folder}/asked.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    dross.errors.DataError: ...asked.csv holds 1 answer, which would be lost: learn from it first, or give another name
    """
    if not os.path.isfile(out):
        return
    try:
        frame = read_table(out).frame
    except DataError:  # no table: nothing that somebody answered in
        return
    answers = 0
    if LABEL_COLUMN in frame.columns:
        answers = sum(bool(str(word).strip()) for word in frame[LABEL_COLUMN] if not pd.isna(word))
    if answers:
        held, them = ("1 answer", "it") if answers == 1 else (f"{answers} answers", "them")
        raise DataError(f"{out} holds {held}, which would be lost: learn from {them} first, or give another name")


def _answered(model: Model, scored: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which samples somebody has answered for, by their names; row numbers name those of one table alone."""
    known = model.provenance
    if known.id is None and model.takes == "tables" and len(scored) != known.n_rows:
        return np.zeros(len(scored), dtype=bool)
    return scored["id"].astype(str).isin(list(known.answered)).to_numpy()


def _labelled(model: Model, data: Any, label: str | None, skip_bad: bool) -> NDArray[np.bool_] | np.bool_:
    """Return which samples have a label in the data, where that is what the model learned from."""
    known = model.provenance
    if not known.labels.get("own"):
        return np.False_
    if model.takes == "images":
        given = read_like_training(model, data, skip_bad).labels
        return np.False_ if given is None else given != UNKNOWN
    column = label if label is not None else known.label
    # In parts, since then a label column may have one value only.
    parts = list(iter_table(data)) if isinstance(data, (str, os.PathLike)) else [read_table(data)]
    if parts[0].labels is not None:
        return np.concatenate([part.labels for part in parts if part.labels is not None]) != UNKNOWN
    if column not in parts[0].frame.columns:
        return np.False_
    whole = pd.concat([part.frame[column] for part in parts], ignore_index=True)
    return parse_labels(whole, named(data), whole=False) != UNKNOWN


def _doubt(model: Model, scored: pd.DataFrame) -> tuple[NDArray[np.float64], list[str]]:
    """Return how far from doubtful each sample is, and what makes it so."""
    distance = np.abs(flipped(scored["anomaly_score"]) - model.detector.offset_)
    if "votes" not in scored:
        return distance, ["near the threshold"] * len(scored)
    n_classifiers = getattr(model.detector, "n_classifiers", 0)
    votes = scored["votes"].to_numpy()
    undivided = np.abs(votes - n_classifiers / 2)
    because = ["divided votes" if 0 < each < n_classifiers else "near the threshold" for each in votes]
    # Of samples with equal votes, the one nearest to the threshold comes first.
    return undivided + distance / (2 * distance.max() + 1e-300), because
