"""What can be known to be wrong with the labels of a sweep before it runs: its keys, and who takes labels."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Literal

from dross.errors import DrossError
from dross.evaluation.few_labels import PROTOCOL as FEW_LABELS
from dross.evaluation.few_labels import variant_problems, without_label_keys
from dross.evaluation.plan import DetectorPlan, Sweep
from dross.evaluation.protocols import LABELLED_PROTOCOLS, SHARE_PROTOCOLS, listed
from dross.evaluation.run import Builder

#: What a detector, or a variant of one, says to be trained on the normal images alone.
LABELS_KEY = "labels"


def label_key_problems(protocol: str, labelled: object, seen_classes: object) -> list[str]:
    """Return what is wrong with the keys that say which labels there are under a protocol.

    Examples
    --------
    >>> label_key_problems("labelled", 0.5, None)
    []
    >>> label_key_problems("labelled-unseen", 0.1, None)
    ['seen_classes is missing; give how many anomalous classes the labelled anomalies are of, such as 1']
    """
    problems = []
    if protocol not in SHARE_PROTOCOLS:
        if labelled is not None:
            problems.append(
                f"labelled does not go with the {protocol} protocol; it is the share of labelled anomalies under "
                f"{listed(SHARE_PROTOCOLS)}"
            )
    elif labelled is None:
        problems.append("labelled is missing; give the share of the training set to be labelled anomalies, such as 0.5")
    elif isinstance(labelled, bool) or not isinstance(labelled, (int, float)) or not 0 < labelled < 1:
        problems.append(f"labelled is {labelled!r}; it must be a share in (0, 1), such as 0.5 for as many as normals")
    if protocol != "labelled-unseen":
        if seen_classes is not None:
            problems.append(
                f"seen_classes does not go with the {protocol} protocol; it says of how many classes the labelled "
                f"anomalies of labelled-unseen are"
            )
    elif seen_classes is None:
        problems.append(
            "seen_classes is missing; give how many anomalous classes the labelled anomalies are of, such as 1"
        )
    elif isinstance(seen_classes, bool) or not isinstance(seen_classes, int) or seen_classes < 1:
        problems.append(f"seen_classes is {seen_classes!r}; it must be a whole number of at least 1")
    return problems


def contamination_beside_labels(protocol: str, ratio: object) -> str:
    """Return what to say of a ratio above zero under a protocol with labels."""
    return (
        f"contamination is {ratio!r}; under {protocol} it must be [0] or left out: the labelled anomalies are the only "
        f"ones in the training set"
    )


def labels_taken(detector: Any) -> Literal["no", "optional", "needed"]:
    """Return whether a detector learns from labels, by its ``fit``, and by what its class says of itself.

    Examples
    --------
    >>> from dross.one_class import GaussianDensity
    >>> labels_taken(GaussianDensity())
    'no'
    """
    if LABELS_KEY not in inspect.signature(detector.fit).parameters:
        return "no"
    said: Literal["no", "optional", "needed"] = getattr(detector, "_takes_labels", "optional")
    return said


def without_labels_key(protocol: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a variant without what is said there of labels, under a protocol that has some."""
    if protocol == FEW_LABELS:
        return without_label_keys(parameters)
    return {key: value for key, value in parameters.items() if key != LABELS_KEY or protocol not in LABELLED_PROTOCOLS}


def check_labels_taken(sweep: Sweep, build: Builder) -> list[str]:
    """Return one problem for each detector that takes no labels where there are some, or needs some and gets none."""
    problems = []
    for number, detector in enumerate(sweep.detectors):
        where = f"detectors[{number}] '{detector.name}'"
        problems += [f"{where}: {problem}" for problem in _problems(sweep.protocol, detector, build)]
    return list(dict.fromkeys(problems))


def _problems(protocol: str, detector: DetectorPlan, build: Builder) -> list[str]:
    wrong_variants = variant_problems(protocol, detector.variants)
    if wrong_variants or protocol == FEW_LABELS:
        given = [] if detector.labels is True else ["labels does not go with few-labels; n_labels = [0] tells none"]
        return wrong_variants + given + _untold_problems(detector, build)
    told = [detector.labels, *(variant.get(LABELS_KEY, detector.labels) for variant in detector.variants)]
    if protocol in LABELLED_PROTOCOLS and not all(isinstance(value, bool) for value in told):
        wrong = next(value for value in told if not isinstance(value, bool))
        return [f"labels is {wrong!r}; it must be true or false"]
    if protocol not in LABELLED_PROTOCOLS and not detector.labels:
        return [f"labels does not go with the {protocol} protocol, which has none: leave it out"]
    gets_labels = {bool(value) and protocol in LABELLED_PROTOCOLS for value in told}
    problems = []
    for training in dict.fromkeys("refined" if each == "refined" else "blind" for each in detector.training):
        try:
            taken = labels_taken(build(detector.name, training=training, random_state=0))
        except (DrossError, TypeError):
            return []  # that it cannot be built is told elsewhere
        if taken == "no" and True in gets_labels:
            problems.append(_TAKES_NONE[training])
        if taken == "needed" and False in gets_labels:
            problems.append(_NEEDS_SOME)
    return problems + (_untold_problems(detector, build) if True in gets_labels and not problems else [])


def _untold_problems(detector: DetectorPlan, build: Builder) -> list[str]:
    """Return what is wrong with ways of training that tell no labels, of a detector that needs some."""
    untold = [training for training in detector.training if training != "blind"]
    try:
        needs = bool(untold) and labels_taken(build(detector.name, training="blind", random_state=0)) == "needed"
    except (DrossError, TypeError):
        return []  # that it cannot be built is told elsewhere
    if not needs:
        return []
    return [
        f"it needs labels to learn from, and is told none under training {' and '.join(untold)}: give it training = "
        "['blind']"
    ]


_TAKES_NONE = {
    "blind": ("it takes no labels; give it labels = false, and it is trained on the normal samples alone"),
    "refined": ("refined, it takes no labels; give it training = ['blind'], or labels = false"),
}
_NEEDS_SOME = (
    "it needs labelled anomalies to learn from, and would get none: use it under "
    f"{listed(LABELLED_PROTOCOLS, 'or')}, without labels = false"
)
