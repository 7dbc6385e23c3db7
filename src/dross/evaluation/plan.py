"""A sweep of runs: what is asked for, what is known of its data, and the runs that it comes to."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, final

from dross.evaluation.protocols import ProtocolName
from dross.evaluation.run import TRAININGS, RunSpec, Training
from dross.evaluation.variants import ClassRoles

if TYPE_CHECKING:
    from dross.data.dataset import Dataset
    from dross.data.named_images import ImageDataset

#: Makes a data set of its name, such as ``dross.evaluation.loading.load_named``.
Loader = Callable[..., "Dataset | ImageDataset"]

#: Keys left out of the configuration where they say nothing: sweeps of tables, or without labels, never had them.
_OPTIONAL_KEYS = ("normal", "pairs", "max_test", "labelled", "seen_classes", "folds", "n_labels", "absent", "size")


@final
@dataclass(frozen=True)
class DetectorPlan:
    """One detector of a sweep: how it is trained, its parameters, and the variants tried beside the default.

    ``labels`` is whether it is told the labels, under a protocol that has some; a variant may say it as well.
    """

    name: str
    training: tuple[Training, ...] = TRAININGS
    parameters: Mapping[str, Any] = field(default_factory=dict)
    variants: tuple[Mapping[str, Any], ...] = ()
    labels: bool = True


@final
@dataclass(frozen=True)
class Sweep:
    """What a sweep is asked to run: every combination of data set, ratio, seed, detector, training and variant.

    Attributes
    ----------
    name : str
        Names the results file.
    datasets : tuple of str
        Names of data sets, all tables or all images.
    protocol : one of `dross.evaluation.protocols.PROTOCOLS`
        How a data set becomes training and test set.
    contamination : tuple of float
        Ratios; empty under ``adbench``, which takes the data as they are. With labels: 0 alone, or empty.
    seeds : tuple of int
        One split and one ``random_state`` each.
    detectors : tuple of DetectorPlan
        What is measured.
    max_train : int or None
        ``controlled``: upper bound of the training size; images: the training size; with labels: of the normals alone.
    title : str
        Heading of the report.
    published : str or None
        Published curves to draw beside ours.
    normal : tuple of (str or int)
        ``one-vs-rest`` and with labels: names or numbers of the classes that are normal in turn; empty for every class.
    pairs : tuple of (str or int, str or int)
        ``pair``: the normal and the anomalous class of each pair.
    max_test : int or None
        Images: how many test images are drawn for each seed; all where ``None``.
    size : int or None
        ``inspection``: the side that images are read at, and at which every detector sees them. Where ``None``, a data
        set has its usual size, and detectors that are not for inspection make large images smaller.
    labelled : float or None
        With labels: labelled anomalies / training images.
    seen_classes : int or None
        ``labelled-unseen``: of how many classes the labelled anomalies are.
    folds : int or None
        ``cross-validation``: the number of parts, each of which tests once in so many seeds; ``None`` for 5.
    n_labels : tuple of int
        ``few-labels``: how many training samples are labelled, in turn.
    absent : tuple of str
        Names of data sets that were asked for where they are at hand, and are not.
    """

    name: str
    datasets: tuple[str, ...]
    protocol: ProtocolName
    contamination: tuple[float, ...]
    seeds: tuple[int, ...]
    detectors: tuple[DetectorPlan, ...]
    max_train: int | None = None
    title: str = ""
    published: str | None = None
    normal: tuple[str | int, ...] = ()
    pairs: tuple[tuple[str | int, str | int], ...] = ()
    max_test: int | None = None
    size: int | None = None
    labelled: float | None = None
    seen_classes: int | None = None
    folds: int | None = None
    n_labels: tuple[int, ...] = ()
    absent: tuple[str, ...] = ()

    def configuration(self) -> dict[str, Any]:
        """Return the resolved configuration as a plain dict, ready for JSON."""
        plain = dataclasses.asdict(self)
        for key in _OPTIONAL_KEYS:
            if not plain[key]:
                del plain[key]
        for detector in plain["detectors"]:
            if detector["labels"]:
                del detector["labels"]
        return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items()}


@final
@dataclass(frozen=True)
class DatasetFacts:
    """What a report says of a table without loading it again."""

    checksum: str
    source: str
    licence: str
    notes: tuple[str, ...]
    n_samples: int
    n_features: int
    n_anomalies: int
    natural_contamination: float
    n_train: int
    n_pool: int


@final
@dataclass(frozen=True)
class ImageFacts:
    """What a report says of an image data set without loading it again.

    ``roles`` are the classes that are normal in turn, ``shape`` is (height, width, channels), and ``n_train`` and
    ``n_pool`` are those of the roles that have least.
    """

    checksum: str
    source: str
    licence: str
    notes: tuple[str, ...]
    n_samples: int
    shape: tuple[int, ...]
    class_names: tuple[str, ...]
    roles: tuple[ClassRoles, ...]
    n_train: int
    n_pool: int


@final
@dataclass(frozen=True)
class Plan:
    """A sweep that can be run: every check has passed.

    Attributes
    ----------
    sweep : Sweep
        What was asked for.
    facts : dict of str to DatasetFacts or ImageFacts
        By the name of the data set.
    runs : tuple of RunSpec
        Every run, those that share a split side by side.
    absent : dict of str to str
        How to get each data set that was asked for where it is at hand, and is not.
    """

    sweep: Sweep
    facts: Mapping[str, DatasetFacts | ImageFacts]
    runs: tuple[RunSpec, ...]
    absent: Mapping[str, str] = field(default_factory=dict)
