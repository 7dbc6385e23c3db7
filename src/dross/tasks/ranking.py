"""Which detector to take for images of which nobody has labelled a defect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dross.data.images import read_images
from dross.detector import AbstractDetector
from dross.errors import ParameterError, TooFewSamplesError, raise_gathered
from dross.evaluation.label_checks import labels_taken
from dross.evaluation.self_made_ranking import self_made_ranking
from dross.progress import bar
from dross.representations.weights_file import no_weights
from dross.scoring import ANOMALY
from dross.tasks import defaults
from dross.tasks.choosing import choose, is_missing, kind_of, named

#: The kinds of defects, as the columns of the table.
KINDS = ("piece", "scar", "perlin", "blended")


def rank(
    data: Any,
    *,
    detectors: Sequence[str] = defaults.RANKED,
    repeats: int = defaults.N_REPEATS,
    size: int = defaults.INSPECTION_SIZE,
    seed: int = defaults.SEED,
) -> pd.DataFrame:
    """Rank detectors by how well they find defects that are made in images held out from them.

    Use it to choose a detector of parts where no defect has been labelled; on three real sets its order agreed with
    that by real defects (``studies/inspection``). Do not take its figures for figures of real defects. Where labelled
    images are at hand, a run file and :func:`dross.tasks.sweep` tell more.

    Parameters
    ----------
    data : path, array or list of paths
        Images, all normal or nearly so; see :func:`dross.data.images.read_images`. Those that the name of a folder
        calls anomalies are left out.
    detectors : sequence of str
        Names of the catalogue, of detectors that take images and need no labels.
    repeats : int, default 3
        How often the images are divided anew into four fifths to learn from and a fifth to make defects in.
    size : int, default 128
        The width and height, in pixels, that images are brought to.
    seed : int, default 0
        Of everything random.

    Returns
    -------
    DataFrame
        A row a detector, the best first: ``detector``, ``auroc`` (the mean over kinds of defects and repeats), ``std``
        (over repeats) and the mean for each kind: ``piece``, ``scar``, ``perlin``, ``blended``.

    Raises
    ------
    ParameterError
        If a detector is not known, takes tables or needs labels, or a number is out of its range; all are named.
    DataError
        If the images cannot be read, or are too few.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(90, 110, size=(40, 32, 32), dtype=np.uint8)
    >>> images[:, 8:24, 8:24] += 80
    >>> rank(images, detectors=["constant-image", "pixel-knn"], repeats=1, size=32)["detector"].tolist()
    ['pixel-knn', 'constant-image']
    """
    built = _built(data, detectors, seed)
    found = read_images(data, size=size)
    images = found.images if found.labels is None else found.images[found.labels != ANOMALY]
    scores: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in built}
    with no_weights(), bar(repeats * len(built) * len(KINDS), "Ranking") as progress:
        try:
            for score in self_made_ranking(images, built, n_repeats=repeats, seed=seed):
                scores[score.detector][score.defects].append(score.auroc)
                progress.advance()
        except TooFewSamplesError as error:
            raise TooFewSamplesError(f"{found.source}: {error}") from error
    rows = [(name, *_summary(of)) for name, of in scores.items()]
    table = pd.DataFrame(rows, columns=["detector", "auroc", "std", *KINDS])
    return table.sort_values("auroc", ascending=False, kind="stable").reset_index(drop=True)


def _built(data: Any, detectors: Sequence[str], seed: int) -> dict[str, AbstractDetector]:
    """Return the unfitted detectors by name."""
    if not is_missing(data) and kind_of(data) != "images":
        raise ParameterError(
            f"{named(data)} holds a table, but defects are made in images: give a folder or an array of them; for a "
            "labelled table there is dross evaluate"
        )
    built, problems = {}, [] if detectors else ["detectors is empty; name one or more"]
    for name in dict.fromkeys(detectors):
        try:
            built[name] = choose(data, name, seed=seed).build()
        except ParameterError as error:
            problems.append(str(error))
            continue
        if labels_taken(built[name]) == "needed":
            problems.append(f"the detector '{name}' learns from labels, and here there are none: leave it out")
    raise_gathered(problems, ParameterError)
    return built


def _summary(by_kind: dict[str, list[float]]) -> list[float]:
    """Return the mean, its deviation over repeats, and the mean of each kind."""
    values = np.array([by_kind[kind] for kind in KINDS])
    spread = values.mean(axis=0).std(ddof=1) if values.shape[1] > 1 else 0.0
    return [float(values.mean()), float(spread), *values.mean(axis=1).tolist()]
