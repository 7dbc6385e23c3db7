"""What can be known to be wrong with the detectors of a sweep before it runs: names, parameters, labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dross.errors import DrossError
from dross.evaluation.label_checks import check_labels_taken, without_labels_key
from dross.evaluation.plan import DetectorPlan, Sweep
from dross.evaluation.run import Builder, Training, resolve_true_ratio

#: What a detector is built with beside its parameters, and where a sweep says it.
_SAID_ELSEWHERE: Final = {
    "name": "name is no parameter to set: it is what names the detector (on the command line --detectors)",
    "random_state": "random_state is no parameter to set: that of each run follows from its seed, so give seeds (on "
    "the command line --seeds)",
    "training": "training is no parameter to set: say it beside the name of the detector, such as training = "
    "['refined'] (on the command line --training refined)",
}


def check_detectors(sweep: Sweep, build: Builder) -> list[str]:
    """Return one problem for each detector that the builder refuses, and for each of its parameters that is wrong."""
    problems = []
    for number, detector in enumerate(sweep.detectors):
        found = _name_problems(detector.name, build)
        if not found:
            found = _unknown_parameters(sweep.protocol, detector, build) + _wrong_values(
                sweep.protocol, detector, build
            )
        problems += [f"detectors[{number}] '{detector.name}': {each}" for each in found]
    return list(dict.fromkeys([*problems, *check_labels_taken(sweep, build)]))


def taken_variants(
    protocol: str, detector: DetectorPlan, training: Training, build: Builder
) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
    """Yield the variants that make sense under a way of training: a blind detector has no ``rejection`` to vary.

    Each comes with all parameters that it is built with; the first is the default.
    """

    def taken(parameters: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: value
            for key, value in parameters.items()
            if refusal(build, detector.name, training, {key: value}) is None
        }

    default = taken(detector.parameters)
    yield {}, default
    for variant in detector.variants:
        parameters = without_labels_key(protocol, variant)
        if len(taken(parameters)) == len(parameters):
            yield variant, {**default, **parameters}


def refusal(build: Builder, name: str, training: Training, parameters: Mapping[str, Any]) -> str | None:
    """Return why the builder refuses parameters for a way of training, or ``None`` when it takes them."""
    try:
        _built(build, name, training, parameters)
    except (DrossError, TypeError) as error:
        return str(error)
    return None


def _name_problems(name: str, build: Builder) -> list[str]:
    from dross.catalog import REFINED_PREFIX  # loads Torch, which the processes of a sweep may not need

    # What the prefix means is said by the way of training, which would win over it without a word.
    base = name.removeprefix(REFINED_PREFIX)
    problems = []
    if base != name:
        problems.append(
            f"in a sweep the way of training says what is refined: write the name without {REFINED_PREFIX}, and "
            "training = ['refined'] (on the command line --training refined)"
        )
    refused = refusal(build, base, "blind", {}) or refusal(build, base, "refined", {})
    return problems if refused is None else [*problems, refused]


def _unknown_parameters(protocol: str, detector: DetectorPlan, build: Builder) -> list[str]:
    problems = []
    variants = (without_labels_key(protocol, variant) for variant in detector.variants)
    for parameters in (detector.parameters, *variants):
        for key, value in parameters.items():
            if key in _SAID_ELSEWHERE:
                problems.append(_SAID_ELSEWHERE[key])
                continue
            refusals = [refusal(build, detector.name, training, {key: value}) for training in detector.training]
            if None not in refusals:
                # A refined detector takes all that a blind one takes and more: its message knows more names.
                refined = "refined" in detector.training
                problems.append(str(refusals[detector.training.index("refined") if refined else 0]))
    return problems


def _wrong_values(protocol: str, detector: DetectorPlan, build: Builder) -> list[str]:
    """Return what the detector itself says of its parameters, as its ``fit`` would."""
    problems: list[str] = []
    for training in detector.training:
        for _, parameters in taken_variants(protocol, detector, training, build):
            built = _built(build, detector.name, training, parameters)
            problems += getattr(built, "_parameter_problems", list)()
    return problems


def _built(build: Builder, name: str, training: Training, parameters: Mapping[str, Any]) -> Any:
    way: Any = "refined" if training == "refined" else "blind"
    return build(name, training=way, random_state=0, **resolve_true_ratio(parameters, 0.0))
