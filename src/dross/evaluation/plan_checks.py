"""What can be known to be wrong with a sweep before it runs: in itself, and with its data."""

from __future__ import annotations

from dross.data.dataset import Dataset
from dross.data.named_images import ImageDataset, class_index
from dross.errors import DrossError, ParameterError, did_you_mean
from dross.evaluation.few_labels import count_problems, n_labels_problems
from dross.evaluation.image_protocols import image_problems, training_size
from dross.evaluation.inspection_protocol import normal_class, with_pool
from dross.evaluation.label_checks import contamination_beside_labels, label_key_problems
from dross.evaluation.labelled_protocols import labelled_problems
from dross.evaluation.mixed_inspection import loader_for, subjects
from dross.evaluation.plan import DatasetFacts, ImageFacts, Loader, Sweep
from dross.evaluation.protocols import (
    IMAGE_PROTOCOLS,
    INSPECTION_PROTOCOLS,
    LABELLED_PROTOCOLS,
    PROTOCOLS,
    SHARE_PROTOCOLS,
    SUPERVISED_PROTOCOLS,
    TABLE_PROTOCOLS,
    listed,
    natural_contamination,
    ratio_problems,
    split_for,
)
from dross.evaluation.run import TRAININGS
from dross.evaluation.split import Split
from dross.evaluation.supervised_protocols import fold_key_problems, split_supervised, supervised_problems
from dross.evaluation.variants import ClassRoles


def check_itself(sweep: Sweep) -> list[str]:
    """Return what is wrong with a sweep whatever the data and the detectors are."""
    problems = []
    if sweep.protocol not in PROTOCOLS:
        near = did_you_mean(sweep.protocol, PROTOCOLS)
        problems.append(f"protocol is {sweep.protocol!r}; it must be one of {', '.join(PROTOCOLS)}{near}")
    elif sweep.protocol in LABELLED_PROTOCOLS:
        problems += [contamination_beside_labels(sweep.protocol, each) for each in sweep.contamination if each != 0]
    elif (sweep.protocol == "adbench") != (not sweep.contamination):
        problems.append("contamination must have at least one ratio, and none under adbench, which has its own")
    for key, allowed in SIZED_BY.items():
        value = getattr(sweep, key)
        if value is not None and (sweep.protocol not in allowed or value < 1):
            problems.append(f"{key} is {value!r}; it must be at least 1, and goes with {listed(allowed)} alone")
    if sweep.protocol in PROTOCOLS:
        problems += class_key_problems(sweep.protocol, bool(sweep.normal), bool(sweep.pairs))
        problems += label_key_problems(sweep.protocol, sweep.labelled, sweep.seen_classes)
        problems += fold_key_problems(sweep.protocol, sweep.folds)
        problems += n_labels_problems(sweep.protocol, sweep.n_labels)
    for detector in sweep.detectors:
        wrong = [training for training in detector.training if training not in TRAININGS]
        problems += [f"training is {each!r}; it must be one of {', '.join(TRAININGS)}" for each in wrong]
    names = tuple(detector.name for detector in sweep.detectors)
    for key, values in (("datasets", sweep.datasets), ("seeds", sweep.seeds), ("detectors", names)):
        if not values or len(set(values)) < len(values):
            problems.append(f"{key} are {list(values)}; there must be at least one, and none twice")
    return list(dict.fromkeys(problems))


#: The protocols in which one class is normal and every other anomalous.
ONE_NORMAL_CLASS = ("one-vs-rest", *LABELLED_PROTOCOLS, "few-labels")

#: The protocols that each size goes with.
_DRAWN = ("one-vs-rest", "pair", *SHARE_PROTOCOLS, "few-labels")
SIZED_BY = {
    "max_train": ("controlled", *INSPECTION_PROTOCOLS, *_DRAWN),
    "max_test": _DRAWN,
    "size": ("inspection",),
}


def class_key_problems(protocol: str, has_normal: bool, has_pairs: bool) -> list[str]:
    """Return what is wrong with the keys that choose classes under a protocol."""
    problems = []
    if has_normal and protocol not in ONE_NORMAL_CLASS:
        chosen = listed(ONE_NORMAL_CLASS)
        problems.append(f"normal does not go with the {protocol} protocol; it chooses the classes of {chosen}")
    if has_pairs and protocol != "pair":
        problems.append(f"pairs do not go with the {protocol} protocol; they choose the classes of pair")
    if protocol == "pair" and not has_pairs:
        problems.append("pairs are missing; give at least one normal and anomalous class, such as [['cat', 'dog']]")
    return problems


def check_datasets(sweep: Sweep, load: Loader) -> tuple[dict[str, DatasetFacts | ImageFacts], list[str]]:
    """Return the facts of every data set of a sweep that can be used, and one problem for each thing that cannot."""
    facts: dict[str, DatasetFacts | ImageFacts] = {}
    problems: list[str] = []
    load = loader_for(sweep, load)
    for name in subjects(sweep):
        try:
            dataset = load(name)
        except DrossError as error:
            problems.append(f"datasets: {error}")
            continue
        known, found = _check_table(sweep, dataset) if isinstance(dataset, Dataset) else _check_images(sweep, dataset)
        problems += found + _wrong_detectors(sweep, name, "tables" if isinstance(dataset, Dataset) else "images")
        if known is not None:
            facts[name] = known
    return facts, problems


def _check_table(sweep: Sweep, dataset: Dataset) -> tuple[DatasetFacts | None, list[str]]:
    if sweep.protocol not in TABLE_PROTOCOLS:
        return None, [f"datasets: '{dataset.name}' is a table; it goes with the protocols {listed(TABLE_PROTOCOLS)}"]
    if sweep.normal:
        return None, [f"normal does not go with the table '{dataset.name}', whose labels say what is normal"]
    found = _what_a_table_cannot_give(sweep, dataset)
    if found:
        return None, found
    split = _example_split(sweep, dataset)
    return (
        DatasetFacts(
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
        ),
        [],
    )


def _what_a_table_cannot_give(sweep: Sweep, dataset: Dataset) -> list[str]:
    if sweep.protocol in SUPERVISED_PROTOCOLS:
        found = supervised_problems(sweep.protocol, dataset, None, sweep.folds)
        return [f"datasets: {problem}" for problem in found]
    found = ratio_problems(sweep.protocol, dataset, sweep.contamination or (0.0,), sweep.max_train)
    if found or not sweep.n_labels:
        return [f"contamination: {problem}" for problem in found]
    n_train = _example_split(sweep, dataset).n_train
    found = count_problems(f"data set '{dataset.name}'", sweep.n_labels, sweep.contamination, n_train)
    return [f"n_labels: {problem}" for problem in found]


def _example_split(sweep: Sweep, dataset: Dataset) -> Split:
    """Return the split of one seed, whose sizes are those of all."""
    if sweep.protocol in SUPERVISED_PROTOCOLS:
        return split_supervised(sweep.protocol, dataset, None, 0, sweep.folds)
    highest = max(sweep.contamination, default=0.0)
    return split_for(sweep.protocol, dataset, highest, 0, highest=highest, max_train=sweep.max_train)


def _check_images(sweep: Sweep, dataset: ImageDataset) -> tuple[ImageFacts | None, list[str]]:
    if sweep.protocol not in IMAGE_PROTOCOLS:
        return None, [f"datasets: '{dataset.name}' holds images; it goes with the protocols {listed(IMAGE_PROTOCOLS)}"]
    try:
        roles, problems = _roles(sweep, dataset)
    except ParameterError as error:
        return None, [f"datasets: {error}"]
    if sweep.protocol in INSPECTION_PROTOCOLS:
        dataset = with_pool(dataset, max(sweep.contamination, default=0.0), 0, sweep.max_train)
    problems += _what_images_cannot_give(sweep, dataset, roles)
    if problems or not roles:
        return None, problems
    sizes = [_training_size(sweep, dataset, each) for each in roles]
    return (
        ImageFacts(
            checksum=dataset.checksum,
            source=dataset.source,
            licence=dataset.licence,
            notes=tuple(dataset.notes),
            n_samples=len(dataset.classes),
            shape=tuple(int(length) for length in dataset.X.shape[1:]),
            class_names=tuple(dataset.class_names),
            roles=roles,
            n_train=min(n_train for n_train, _ in sizes),
            n_pool=min(n_pool for _, n_pool in sizes),
        ),
        [],
    )


def _training_size(sweep: Sweep, dataset: ImageDataset, roles: ClassRoles) -> tuple[int, int]:
    if sweep.protocol not in SUPERVISED_PROTOCOLS:
        return training_size(dataset, roles, sweep.max_train)
    split = split_supervised(sweep.protocol, dataset, roles, 0, sweep.folds)
    return split.n_train, split.n_pool


def _what_images_cannot_give(sweep: Sweep, dataset: ImageDataset, roles: tuple[ClassRoles, ...]) -> list[str]:
    if sweep.protocol in SUPERVISED_PROTOCOLS:
        found = [each for role in roles for each in supervised_problems(sweep.protocol, dataset, role, sweep.folds)]
        return [f"datasets: {problem}" for problem in dict.fromkeys(found)]
    if sweep.protocol not in LABELLED_PROTOCOLS:
        found = image_problems(dataset, roles, sweep.contamination, sweep.max_train, sweep.max_test)
        if found or not sweep.n_labels:
            return [f"contamination: {problem}" for problem in found]
        n_train = min(training_size(dataset, each, sweep.max_train)[0] for each in roles)
        found = count_problems(f"data set '{dataset.name}'", sweep.n_labels, sweep.contamination, n_train)
        return [f"n_labels: {problem}" for problem in found]
    sizes = (sweep.max_train, sweep.max_test)
    if sweep.labelled is None or label_key_problems(sweep.protocol, sweep.labelled, sweep.seen_classes):
        found = image_problems(dataset, roles, [0.0], *sizes)  # what is wrong with the labels is told already
    else:
        found = labelled_problems(dataset, roles, sweep.labelled, sweep.seen_classes, *sizes)
    return [f"labelled: {problem}" for problem in found]


def _roles(sweep: Sweep, dataset: ImageDataset) -> tuple[tuple[ClassRoles, ...], list[str]]:
    """Return the roles of classes that a sweep asks for, and what is wrong with those that cannot be had."""
    problems: list[str] = []

    def name_of(key: str, given: str | int) -> str | None:
        try:
            return dataset.class_names[class_index(dataset, given)]
        except DrossError as error:
            problems.append(f"{key}: {error}")
            return None

    roles = [ClassRoles(normal_class(dataset))] if sweep.protocol in INSPECTION_PROTOCOLS else []
    for given in sweep.normal or (() if sweep.protocol in ("pair", *INSPECTION_PROTOCOLS) else dataset.class_names):
        if (normal := name_of("normal", given)) is not None:
            roles.append(ClassRoles(normal))
    for first, second in sweep.pairs:
        normal, anomaly = name_of("pairs", first), name_of("pairs", second)
        if normal is not None and normal == anomaly:
            problems.append(f"pairs: '{normal}' is given as normal and as anomalous; give two classes")
        elif normal is not None and anomaly is not None:
            roles.append(ClassRoles(normal, anomaly))
    key = "pairs" if sweep.protocol == "pair" else "normal"
    twice = [each for each in dict.fromkeys(roles) if roles.count(each) > 1]
    problems += [f"{key}: '{each}' of '{dataset.name}' is given twice" for each in twice]
    return tuple(dict.fromkeys(roles)), list(dict.fromkeys(problems))


def _wrong_detectors(sweep: Sweep, dataset: str, kind: str) -> list[str]:
    """Return one problem for each detector of the catalogue that does not take this kind of data."""
    from dross.catalog import CATALOG, REFINED_PREFIX  # loads Torch, which the processes of a sweep may not need

    problems = []
    fitting = [entry.name for entry in CATALOG.values() if entry.takes == kind]
    for number, detector in enumerate(sweep.detectors):
        entry = CATALOG.get(detector.name.removeprefix(REFINED_PREFIX))
        if entry is not None and entry.takes != kind:
            held = "is a table" if kind == "tables" else "holds images"
            problems.append(
                f"detectors[{number}] '{detector.name}': it takes {entry.takes}, and the data set '{dataset}' {held}; "
                f"those that take {kind} are {', '.join(fitting)}"
            )
    return problems
