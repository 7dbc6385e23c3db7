"""How a labelled table becomes a dirty training set and a test set: ``controlled``, ``paper`` and ``adbench``.

The choice decides what a figure means. ``controlled`` answers "what does contamination cost?", because nothing but the
contamination changes with the ratio. The other two exist to stand beside figures that others published.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from dross.errors import ParameterError
from dross.evaluation.split import Split, min_max_scaled, shuffled_classes, take
from dross.scoring import ANOMALY, NORMAL

if TYPE_CHECKING:
    from dross.data.dataset import Dataset

ProtocolName = Literal[
    "controlled",
    "paper",
    "adbench",
    "one-vs-rest",
    "pair",
    "labelled",
    "labelled-unseen",
    "fixed-split",
    "cross-validation",
    "few-labels",
    "inspection",
    "mixed-inspection",
]
PROTOCOLS: tuple[ProtocolName, ...] = get_args(ProtocolName)

#: Those that add a share of labelled anomalies to normal images, `dross.evaluation.labelled_protocols`.
SHARE_PROTOCOLS: tuple[ProtocolName, ...] = ("labelled", "labelled-unseen")

#: Those that tell the label of every training sample, `dross.evaluation.supervised_protocols`, and those of parts.
SUPERVISED_PROTOCOLS: tuple[ProtocolName, ...] = ("fixed-split", "cross-validation")
INSPECTION_PROTOCOLS: tuple[ProtocolName, ...] = ("inspection", "mixed-inspection")

#: Those whose test samples are so few that it is over these that intervals are: what became of each is kept.
TESTED_PROTOCOLS: tuple[ProtocolName, ...] = (*SUPERVISED_PROTOCOLS, *INSPECTION_PROTOCOLS)

#: Those that tell detectors which training samples are anomalies.
LABELLED_PROTOCOLS: tuple[ProtocolName, ...] = (*SHARE_PROTOCOLS, *SUPERVISED_PROTOCOLS)

#: Those that image data sets go with, most of them in `dross.evaluation.image_protocols`, and those that tables do.
IMAGE_PROTOCOLS: tuple[ProtocolName, ...] = (
    *("one-vs-rest", "pair", *INSPECTION_PROTOCOLS, *LABELLED_PROTOCOLS, "few-labels"),
)
TABLE_PROTOCOLS: tuple[ProtocolName, ...] = ("controlled", "paper", "adbench", "cross-validation", "few-labels")

#: A training set smaller than this says nothing; it bounds the ratios that a small pool of anomalies can give.
SMALLEST_TRAINING_SET = 20

#: Tables with fewer anomalies to contaminate with are reported but left out of averages over tables.
SMALLEST_POOL = 20

#: Share of the samples that test in the ``adbench`` protocol.
ADBENCH_TEST_SHARE = 0.3


def listed(names: Sequence[str], word: str = "and") -> str:
    """Return names as a sentence lists them.

    Examples
    --------
    >>> listed(["one-vs-rest", "pair", "labelled"]), listed(["pair"])
    ('one-vs-rest, pair and labelled', 'pair')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def controlled(
    dataset: Dataset, contamination: float, seed: int, *, highest: float, max_train: int | None = None
) -> Split:
    """Split so that nothing but the contamination changes with the ratio.

    Per seed, half of the normals train and half test; half of the anomalies test and half are the pool that
    contaminates. The test set is the same at every ratio. Contaminants are swapped in for normals at a fixed training
    size, the largest that ``highest`` allows, and those of a lower ratio are among those of a higher one. Use it for
    every claim about contamination.

    Parameters
    ----------
    dataset : Dataset
        Samples with labels.
    contamination : float in [0, 0.5]
        Anomalies / training samples.
    seed : int
        Seed of the split.
    highest : float in [0, 0.5]
        The highest ratio of the sweep, which fixes the training size: ``pool / highest`` at most.
    max_train : int or None
        Upper bound of the training size.

    Raises
    ------
    ParameterError
        If the data cannot give the ratio; it says the largest it can.

    Examples
    --------
    >>> from dross.data.named import load_dataset
    >>> split = controlled(load_dataset("breast-cancer"), 0.1, seed=0, highest=0.1)
    >>> split.n_train, split.n_contaminants, len(split.test_index)
    (178, 18, 285)
    """
    normals, anomalies, generator = shuffled_classes(dataset, seed)
    n_half, n_pool = len(normals) // 2, len(anomalies) // 2
    n_train = controlled_training_size(dataset, highest, max_train)
    count = _contaminants(dataset, contamination, n_train, highest)
    # Which normals give way: drawn over the whole training set, so the order is the same at every ratio.
    places = generator.permutation(n_train)[:count]
    train = normals[:n_train].copy()
    train[places] = anomalies[:count]
    test = np.sort(np.concatenate([normals[n_half:], anomalies[n_pool:]]))
    return take(dataset, train, test, contamination, n_pool)


def controlled_training_size(dataset: Dataset, highest: float, max_train: int | None = None) -> int:
    """Return the training size of a ``controlled`` sweep up to the ratio ``highest``.

    Raises
    ------
    ParameterError
        If the data cannot give the ratio, or is too small to train on.
    """
    _check_ratio(dataset, highest)
    n_normals = int(np.count_nonzero(dataset.labels == NORMAL)) // 2
    n_pool = int(np.count_nonzero(dataset.labels == ANOMALY)) // 2
    sizes = [n_normals] + ([max_train] if max_train is not None else [])
    if min(sizes) < SMALLEST_TRAINING_SET:
        raise ParameterError(
            f"dataset '{dataset.name}': {min(sizes)} training samples are too few; the controlled protocol needs at "
            f"least {SMALLEST_TRAINING_SET} (half of the normals, and max_train, must allow that)"
        )
    largest = min(0.5, n_pool / SMALLEST_TRAINING_SET)
    if highest > largest:
        raise ParameterError(
            f"dataset '{dataset.name}' cannot give the contamination {highest:g}: its {n_pool} anomalies to "
            f"contaminate with allow at most {_floor(largest):g} of a training set of {SMALLEST_TRAINING_SET}"
        )
    if highest > 0:
        # The margin keeps a quotient such as 46 / 0.1 from falling to 459 in binary.
        sizes.append(math.floor(n_pool / highest + 1e-9))
    return min(sizes)


def paper(dataset: Dataset, contamination: float, seed: int) -> Split:
    """Split as SRR's paper does: half of the normals plus ratio times that number of anomalies train.

    Everything else tests, so the test set has fewer anomalies the higher the ratio, and F1 and average precision fall
    with that alone. Use it only to stand beside the published curves (arXiv:2106.06115).

    Parameters
    ----------
    dataset, contamination, seed
        As in `controlled`; here the ratio is anomalies / *normal* training samples.

    Raises
    ------
    ParameterError
        If the ratio needs all anomalies; it says the largest the data can give.

    Examples
    --------
    >>> from dross.data.named import load_dataset
    >>> split = paper(load_dataset("breast-cancer"), 0.1, seed=0)
    >>> split.n_train, split.n_contaminants, len(split.test_index)
    (196, 18, 373)
    """
    _check_ratio(dataset, contamination)
    normals, anomalies, generator = shuffled_classes(dataset, seed)
    n_half = len(normals) // 2
    if n_half < SMALLEST_TRAINING_SET:
        raise ParameterError(
            f"dataset '{dataset.name}': {n_half} normal training samples are too few; the paper protocol needs at "
            f"least {SMALLEST_TRAINING_SET} (half of the normals)"
        )
    count = round(contamination * n_half)
    if count >= len(anomalies):
        raise ParameterError(
            f"dataset '{dataset.name}' cannot give the contamination {contamination:g}: it takes {count} of its "
            f"{len(anomalies)} anomalies and one must be left to test; the largest is "
            f"{_floor(max(len(anomalies) - 1, 0) / n_half):g}"
        )
    _check_not_zero(dataset, contamination, count, n_half)
    train = np.concatenate([normals[:n_half], anomalies[:count]])
    train = generator.permutation(train)
    test = np.sort(np.concatenate([normals[n_half:], anomalies[count:]]))
    return take(dataset, train, test, contamination, len(anomalies) // 2)


def adbench(dataset: Dataset, seed: int) -> Split:
    """Split as ADBench does: 70/30, stratified, shuffled, MinMax on the training rows, natural contamination.

    Use it to stand beside PyOD's and ADBench's figures. Unlike ADBench, small tables are not filled up with copies of
    their rows before the split (which puts one row on both sides), and large ones are not thinned.

    Parameters
    ----------
    dataset : Dataset
        Samples with labels.
    seed : int
        Seed of the split.

    Raises
    ------
    ParameterError
        If either class is too small to be on both sides.

    Examples
    --------
    >>> from dross.data.named import load_dataset
    >>> split = adbench(load_dataset("breast-cancer"), seed=0)
    >>> split.n_train, float(split.X_train.min()), float(split.X_train.max().round(6))
    (398, 0.0, 1.0)
    """
    normals, anomalies, generator = shuffled_classes(dataset, seed)
    if min(len(normals), len(anomalies)) < 2:
        raise ParameterError(
            f"dataset '{dataset.name}' has {len(normals)} normal samples and {len(anomalies)} anomalies; a stratified "
            f"split needs two of each"
        )
    held_out = [max(1, round(ADBENCH_TEST_SHARE * len(rows))) for rows in (normals, anomalies)]
    test = np.sort(np.concatenate([normals[: held_out[0]], anomalies[: held_out[1]]]))
    train = np.concatenate([normals[held_out[0] :], anomalies[held_out[1] :]])
    train = generator.permutation(train)
    return min_max_scaled(take(dataset, train, test, natural_contamination(dataset), len(anomalies) - held_out[1]))


def natural_contamination(dataset: Dataset) -> float:
    """Return the share of anomalies in a data set, to six digits."""
    return round(float(np.mean(dataset.labels == ANOMALY)), 6)


def split_for(
    protocol: ProtocolName,
    dataset: Dataset,
    contamination: float,
    seed: int,
    *,
    highest: float,
    max_train: int | None = None,
) -> Split:
    """Return the split of a protocol of tables by its name; ``adbench`` takes the contamination as it is."""
    if protocol in ("controlled", "few-labels"):
        return controlled(dataset, contamination, seed, highest=highest, max_train=max_train)
    return paper(dataset, contamination, seed) if protocol == "paper" else adbench(dataset, seed)


def ratio_problems(
    protocol: ProtocolName, dataset: Dataset, contamination: Iterable[float], max_train: int | None = None
) -> list[str]:
    """Return one problem for each ratio that the data cannot give under a protocol."""
    ratios = list(contamination)
    problems = []
    for ratio in ratios:
        try:
            split_for(protocol, dataset, ratio, 0, highest=max(ratios), max_train=max_train)
        except ParameterError as error:
            problems.append(str(error))
    return list(dict.fromkeys(problems))


def _contaminants(dataset: Dataset, contamination: float, n_train: int, highest: float) -> int:
    _check_ratio(dataset, contamination)
    if contamination > highest:
        raise ParameterError(
            f"contamination is {contamination:g}, above the highest ratio of the sweep ({highest:g}): "
            f"give highest={contamination:g}"
        )
    count = round(contamination * n_train)
    _check_not_zero(dataset, contamination, count, n_train)
    return count


def _check_ratio(dataset: Dataset, ratio: float) -> None:
    if not 0 <= ratio <= 0.5:
        raise ParameterError(f"dataset '{dataset.name}': contamination is {ratio!r}; it must be in [0, 0.5]")


def _check_not_zero(dataset: Dataset, contamination: float, count: int, n_train: int) -> None:
    if contamination > 0 and count == 0:
        raise ParameterError(
            f"dataset '{dataset.name}': a contamination of {contamination:g} is less than one of {n_train} training "
            f"samples; the smallest above zero is {math.ceil(1e4 / n_train) / 1e4:g}"
        )


def _floor(ratio: float) -> float:
    # Rounded down to four digits, so that the ratio named in a message is one that works.
    return math.floor(ratio * 1e4) / 1e4
