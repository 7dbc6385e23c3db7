"""The protocol ``few-labels``: a contaminated training set of which a few rows are known.

Training and test set are those of ``controlled`` (tables) and ``one-vs-rest`` (images). What is known is drawn apart
from them, so that a detector that is told nothing, one label or fifty, right or wrong ones, learns from the same rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from dross.evaluation.seeding import seed_sequence
from dross.scoring import ANOMALY, NORMAL, UNKNOWN

PROTOCOL: Final = "few-labels"

#: What a variant of a detector may say of the labels it is told.
FLIPPED_KEY, RANDOM_KEY = "label_noise", "random_labels"

#: What the number of labels is called in a run file and in the name of a variant.
COUNT_KEY: Final = "n_labels"

#: Where half of the training samples are anomalies; no run file can ask for more.
MOST_CONTAMINATION: Final = 0.5


@final
@dataclass(frozen=True)
class FewLabels:
    """How many labels a detector is told, and what is wrong with them.

    Parameters
    ----------
    n : int
        Training rows whose label is told: half of them anomalies, and one more where the number is odd.
    flipped : float, default 0
        The share of them, rounded to whole labels, that says the opposite.
    random : bool, default False
        Whether as many labels of both kinds are put on rows drawn from all, whatever they are.

    Examples
    --------
    >>> FewLabels(10).draw(np.repeat([0, 1], [90, 10]), "toys", seed=0)[90:].tolist().count(1)
    5
    """

    n: int
    flipped: float = 0.0
    random: bool = False

    def draw(self, labels: NDArray[np.int64], about: str, seed: int) -> NDArray[np.int64]:
        """Return what is told of each training row: 0, 1, or -1 for nothing.

        The rows of fewer labels are among those of more. Flipped and right labels are on the same rows.

        Parameters
        ----------
        labels : array of shape (n_samples,)
            What is true.
        about : str
            What the run is about (:func:`~dross.evaluation.variants.subject`); with the seed it decides the draw.
        seed : int
            Of the run.
        """
        generator = np.random.default_rng(seed_sequence(about, seed, "labels"))
        anomalies, normals = (generator.permutation(np.flatnonzero(labels == each)) for each in (ANOMALY, NORMAL))
        anywhere, order = generator.permutation(len(labels)), generator.permutation(self.n)
        n_anomalies = most_anomalies(self.n)
        rows = np.concatenate([anomalies[:n_anomalies], normals[: self.n - n_anomalies]])
        if self.random:
            rows = anywhere[: self.n]
        said = np.repeat([ANOMALY, NORMAL], [n_anomalies, self.n - n_anomalies])
        wrong = order[: round(self.flipped * self.n)]
        said[wrong] = 1 - said[wrong]
        told = np.full(len(labels), UNKNOWN, dtype=np.int64)
        told[rows] = said
        return told


def most_anomalies(n_labels: int) -> int:
    """Return how many of so many labels are of anomalies.

    Examples
    --------
    >>> [most_anomalies(n) for n in (0, 1, 2, 5, 10)]
    [0, 1, 1, 3, 5]
    """
    return (n_labels + 1) // 2


def few_label_variants(
    n_labels: Sequence[int], variant: Mapping[str, Any], taken: str
) -> Iterator[tuple[dict[str, Any], FewLabels]]:
    """Yield a variant of a detector once for each number of labels that it can be told, and what it is told then.

    Parameters
    ----------
    n_labels : sequence of int
        The numbers of the sweep.
    variant : mapping
        What is varied.
    taken : {"no", "optional", "needed"}
        Whether the detector learns from labels. One that does not is told none; one that needs both kinds is not told
        fewer than two.

    Examples
    --------
    >>> list(few_label_variants([0, 1, 2], {"label_noise": 0.2}, "needed"))
    [({'label_noise': 0.2, 'n_labels': 2}, FewLabels(n=2, flipped=0.2, random=False))]
    """
    flipped, random = float(variant.get(FLIPPED_KEY, 0.0)), bool(variant.get(RANDOM_KEY, False))
    least = 2 if taken == "needed" else int(flipped > 0 or random)
    for n in n_labels:
        if n >= least and (n == 0 or taken != "no"):
            # Without the word for none, that is the detector's default: what all others are compared with.
            yield {**variant, **({COUNT_KEY: n} if n else {})}, FewLabels(n, flipped, random)


def without_label_keys(variant: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a variant without what is said there of the labels."""
    return {key: value for key, value in variant.items() if key not in (FLIPPED_KEY, RANDOM_KEY)}


def n_labels_problems(protocol: str, n_labels: object) -> list[str]:
    """Return what is wrong with the key that says how many labels there are.

    Examples
    --------
    >>> n_labels_problems("few-labels", [0, 10]), n_labels_problems("controlled", None)
    ([], [])
    >>> n_labels_problems("few-labels", None)
    ['n_labels is missing; give how many training rows are labelled, such as [0, 1, 2, 5, 10, 20, 50]']
    """
    if protocol != PROTOCOL:
        goes = f"n_labels does not go with the {protocol} protocol; it is how many labels there are under {PROTOCOL}"
        return [] if n_labels in (None, ()) else [goes]
    if n_labels in (None, ()):
        return ["n_labels is missing; give how many training rows are labelled, such as [0, 1, 2, 5, 10, 20, 50]"]
    counts = n_labels if isinstance(n_labels, (list, tuple)) else [n_labels]
    if not counts or not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in counts):
        return [f"n_labels is {n_labels!r}; it must be a list of whole numbers of at least 0, such as [0, 1, 10]"]
    return []


def variant_problems(protocol: str, variants: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what variants say wrong of the labels they are told.

    Examples
    --------
    >>> variant_problems("few-labels", [{"label_noise": 2}])
    ['label_noise is 2; it must be a share in [0, 1], such as 0.2']
    """
    problems = []
    for variant in variants:
        noise, random = variant.get(FLIPPED_KEY, 0.0), variant.get(RANDOM_KEY, False)
        if protocol != PROTOCOL:
            given = [key for key in (FLIPPED_KEY, RANDOM_KEY) if key in variant]
            problems += [f"{key} does not go with the {protocol} protocol, but with {PROTOCOL}" for key in given]
            continue
        if isinstance(noise, bool) or not isinstance(noise, (int, float)) or not 0 <= noise <= 1:
            problems.append(f"{FLIPPED_KEY} is {noise!r}; it must be a share in [0, 1], such as 0.2")
        if not isinstance(random, bool):
            problems.append(f"{RANDOM_KEY} is {random!r}; it must be true or false")
    return problems


def count_problems(where: str, n_labels: Sequence[int], ratios: Iterable[float], n_train: int) -> list[str]:
    """Return one problem for each ratio at which there are too few contaminants to label.

    Examples
    --------
    >>> count_problems("data set 'toys'", [0, 50], [0.05], 400)[0].partition(":")[0]
    "data set 'toys' cannot give 50 labels"
    """
    problems = []
    for ratio in ratios:
        there, most = round(ratio * n_train), max(n_labels, default=0)
        if most_anomalies(most) > there or most - most_anomalies(most) > n_train - there:
            needed = math.ceil(1e4 * most_anomalies(most) / n_train) / 1e4
            instead = f", or a contamination of at least {needed:g}" if needed <= MOST_CONTAMINATION else ""
            problems.append(
                f"{where} cannot give {most} labels: half of them are on anomalies, of which there are {there} among "
                f"{n_train} training samples at {ratio:g}; give at most {2 * there}{instead}"
            )
    return problems
