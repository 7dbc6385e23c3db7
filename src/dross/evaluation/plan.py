"""A sweep of runs: what is asked for, checked against the data and the detectors, and spelled out run by run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, final

from dross.errors import DrossError, did_you_mean, raise_gathered
from dross.evaluation.protocols import PROTOCOLS, ProtocolName, natural_contamination, ratio_problems, split_for
from dross.evaluation.run import TRAININGS, Builder, RunKey, RunSpec, Training, resolve_true_ratio

if TYPE_CHECKING:
    from dross.data.dataset import Dataset

#: Makes a data set of its name, such as ``dross.data.named.load_dataset``.
Loader = Callable[[str], "Dataset"]


@final
@dataclass(frozen=True)
class DetectorPlan:
    """One detector of a sweep: how it is trained, its parameters, and the variants tried beside the default."""

    name: str
    training: tuple[Training, ...] = TRAININGS
    parameters: Mapping[str, Any] = field(default_factory=dict)
    variants: tuple[Mapping[str, Any], ...] = ()


@final
@dataclass(frozen=True)
class Sweep:
    """What a sweep is asked to run: every combination of data set, ratio, seed, detector, training and variant.

    Attributes
    ----------
    name : str
        Names the results file.
    datasets : tuple of str
        Names of data sets.
    protocol : "controlled", "paper" or "adbench"
        How a data set becomes training and test set.
    contamination : tuple of float
        Ratios; empty under ``adbench``, which takes the data as they are.
    seeds : tuple of int
        One split and one ``random_state`` each.
    detectors : tuple of DetectorPlan
        What is measured.
    max_train : int or None
        Upper bound of the training size (``controlled`` only).
    title : str
        Heading of the report.
    published : str or None
        Published curves to draw beside ours.
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

    def configuration(self) -> dict[str, Any]:
        """Return the resolved configuration as a plain dict, ready for JSON."""
        plain = dataclasses.asdict(self)
        return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items()}


@final
@dataclass(frozen=True)
class DatasetFacts:
    """What a report says of a data set without loading it again."""

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
class Plan:
    """A sweep that can be run: every check has passed.

    Attributes
    ----------
    sweep : Sweep
        What was asked for.
    facts : dict of str to DatasetFacts
        By the name of the data set.
    runs : tuple of RunSpec
        Every run, those that share a split side by side.
    """

    sweep: Sweep
    facts: Mapping[str, DatasetFacts]
    runs: tuple[RunSpec, ...]


def make_plan(sweep: Sweep, *, build: Builder, load: Loader) -> Plan:
    """Check a sweep against the data sets and the detectors and spell out its runs.

    Parameters
    ----------
    sweep : Sweep
        What is asked for.
    build : callable
        Makes a detector of its name, such as ``dross.catalog.build``.
    load : callable
        Makes a data set of its name, such as ``dross.data.named.load_dataset``.

    Raises
    ------
    ParameterError
        With every mistake: unknown data sets, detectors, parameters, and ratios that the data cannot give.
    """
    raise_gathered(_check_itself(sweep))
    facts, problems = check_datasets(sweep, load)
    problems += check_detectors(sweep, build)
    raise_gathered(problems)
    return spell_out(sweep, facts, build)


def spell_out(sweep: Sweep, facts: Mapping[str, DatasetFacts], build: Builder) -> Plan:
    """Return the plan of a sweep whose checks have passed."""
    return Plan(sweep, facts, tuple(_runs(sweep, facts, build)))


def _check_itself(sweep: Sweep) -> list[str]:
    """Return what is wrong with a sweep whatever the data and the detectors are."""
    problems = []
    if sweep.protocol not in PROTOCOLS:
        near = did_you_mean(sweep.protocol, PROTOCOLS)
        problems.append(f"protocol is {sweep.protocol!r}; it must be one of {', '.join(PROTOCOLS)}{near}")
    elif (sweep.protocol == "adbench") != (not sweep.contamination):
        problems.append("contamination must have at least one ratio, and none under adbench, which has its own")
    if sweep.max_train is not None and (sweep.protocol != "controlled" or sweep.max_train < 1):
        problems.append(f"max_train is {sweep.max_train!r}; it must be at least 1, and goes with controlled alone")
    for detector in sweep.detectors:
        wrong = [training for training in detector.training if training not in TRAININGS]
        problems += [f"training is {each!r}; it must be one of {', '.join(TRAININGS)}" for each in wrong]
    names = tuple(detector.name for detector in sweep.detectors)
    for key, values in (("datasets", sweep.datasets), ("seeds", sweep.seeds), ("detectors", names)):
        if not values or len(set(values)) < len(values):
            problems.append(f"{key} are {list(values)}; there must be at least one, and none twice")
    return list(dict.fromkeys(problems))


def check_datasets(sweep: Sweep, load: Loader) -> tuple[dict[str, DatasetFacts], list[str]]:
    """Return the facts of every data set of a sweep that can be used, and one problem for each thing that cannot."""
    facts: dict[str, DatasetFacts] = {}
    problems = []
    for name in sweep.datasets:
        try:
            dataset = load(name)
        except DrossError as error:
            problems.append(f"datasets: {error}")
            continue
        ratios = sweep.contamination or (0.0,)
        found = ratio_problems(sweep.protocol, dataset, ratios, sweep.max_train)
        problems += [f"contamination: {problem}" for problem in found]
        if not found:
            facts[name] = _facts(sweep, dataset, max(ratios))
    return facts, problems


def check_detectors(sweep: Sweep, build: Builder) -> list[str]:
    """Return one problem for each detector or parameter that the builder refuses."""
    problems = []
    for number, detector in enumerate(sweep.detectors):
        where = f"detectors[{number}] '{detector.name}'"
        refusal = _refusal(build, detector.name, "blind", {}) or _refusal(build, detector.name, "refined", {})
        if refusal is not None:
            problems.append(f"{where}: {refusal}")
            continue
        for parameters in (detector.parameters, *detector.variants):
            for key, value in parameters.items():
                refusals = [_refusal(build, detector.name, training, {key: value}) for training in detector.training]
                if None not in refusals:
                    # A refined detector takes all that a blind one takes and more: its message knows more names.
                    refined = "refined" in detector.training
                    told = refusals[detector.training.index("refined") if refined else 0]
                    problems.append(f"{where}: {told}")
    return list(dict.fromkeys(problems))


def variant_name(parameters: Mapping[str, Any]) -> str:
    """Return the name of a variant: its parameters sorted, ``key=value`` joined by ``;``.

    Examples
    --------
    >>> variant_name({"rejection": "2x-true-ratio", "n_classifiers": 5, "schedule": [1, 2]})
    'n_classifiers=5;rejection=2x-true-ratio;schedule=1,2'
    """
    return ";".join(f"{key}={_word(parameters[key])}" for key in sorted(parameters))


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(_word(part) for part in value) if isinstance(value, (list, tuple)) else str(value)


def _refusal(build: Builder, name: str, training: Training, parameters: Mapping[str, Any]) -> str | None:
    """Return why the builder refuses parameters for a way of training, or ``None`` when it takes them."""
    try:
        build(name, training=_built(training), random_state=0, **resolve_true_ratio(parameters, 0.0))
    except (DrossError, TypeError) as error:
        return str(error)
    return None


def _built(training: Training) -> Any:
    return "refined" if training == "refined" else "blind"


def _runs(sweep: Sweep, facts: Mapping[str, DatasetFacts], build: Builder) -> Iterator[RunSpec]:
    detectors = [
        (detector.name, training, variant, parameters)
        for detector in sweep.detectors
        for training in detector.training
        for variant, parameters in _parameters(detector, training, build)
    ]
    for dataset in sweep.datasets:
        ratios = sweep.contamination or (facts[dataset].natural_contamination,)
        for seed in sweep.seeds:
            for ratio in ratios:
                for name, training, variant, parameters in detectors:
                    key = RunKey(dataset, sweep.protocol, name, training, variant, ratio, seed)
                    yield RunSpec(key, parameters)


def _parameters(detector: DetectorPlan, training: Training, build: Builder) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the variants that make sense under a way of training: a blind detector has no ``rejection`` to vary."""

    def taken(parameters: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: value
            for key, value in parameters.items()
            if _refusal(build, detector.name, training, {key: value}) is None
        }

    default = taken(detector.parameters)
    yield "", default
    for variant in detector.variants:
        if len(taken(variant)) == len(variant):
            yield variant_name(variant), {**default, **variant}


def _facts(sweep: Sweep, dataset: Dataset, highest: float) -> DatasetFacts:
    split = split_for(sweep.protocol, dataset, highest, 0, highest=highest, max_train=sweep.max_train)
    return DatasetFacts(
        checksum=dataset.checksum,
        source=dataset.source,
        licence=dataset.licence,
        notes=dataset.notes,
        n_samples=dataset.n_samples,
        n_features=dataset.n_features,
        n_anomalies=dataset.n_anomalies,
        natural_contamination=natural_contamination(dataset),
        n_train=split.n_train,
        n_pool=split.n_pool,
    )
