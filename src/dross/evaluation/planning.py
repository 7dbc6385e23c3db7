"""From what is asked for to the runs that it comes to: the checks first, then every combination spelled out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dross.errors import raise_gathered
from dross.evaluation.detector_checks import check_detectors, taken_variants
from dross.evaluation.few_labels import FewLabels, few_label_variants
from dross.evaluation.label_checks import LABELS_KEY, labels_taken
from dross.evaluation.mixed_inspection import subjects
from dross.evaluation.plan import DatasetFacts, ImageFacts, Loader, Plan, Sweep
from dross.evaluation.plan_checks import check_datasets, check_itself
from dross.evaluation.run import Builder, RunKey, RunSpec, Training
from dross.evaluation.variants import ClassRoles, variant_name


def make_plan(sweep: Sweep, *, build: Builder, load: Loader) -> Plan:
    """Check a sweep against the data sets and the detectors and spell out its runs.

    Parameters
    ----------
    sweep : Sweep
        What is asked for.
    build : callable
        Makes a detector of its name, such as ``dross.catalog.build``.
    load : callable
        Makes a data set of its name, such as ``dross.evaluation.loading.load_named``.

    Raises
    ------
    ParameterError
        With every mistake: unknown data sets, classes, detectors, parameters, and ratios that the data cannot give.
    """
    raise_gathered(check_itself(sweep))
    facts, problems = check_datasets(sweep, load)
    problems += check_detectors(sweep, build)
    raise_gathered(problems)
    return spell_out(sweep, facts, build)


def spell_out(sweep: Sweep, facts: Mapping[str, DatasetFacts | ImageFacts], build: Builder) -> Plan:
    """Return the plan of a sweep whose checks have passed."""
    runs = (spec for dataset in subjects(sweep) for spec in _runs(sweep, dataset, facts[dataset], build))
    return Plan(sweep, facts, tuple(runs))


def _runs(sweep: Sweep, dataset: str, facts: DatasetFacts | ImageFacts, build: Builder) -> Iterator[RunSpec]:
    detectors = [
        (detector, training, told, parameters, few)
        for detector in sweep.detectors
        for training in detector.training
        for variant, parameters in taken_variants(sweep.protocol, detector, training, build)
        for told, few in _told(sweep, detector.name, training, variant, build)
    ]
    roles: tuple[ClassRoles | None, ...]
    if isinstance(facts, ImageFacts):
        roles, ratios = facts.roles, sweep.contamination or (0.0,)  # with labels, it may be left out
    else:
        roles, ratios = (None,), sweep.contamination or (facts.natural_contamination,)
    shown = (sweep.seeds[0], max(ratios))
    # Seed by seed, so that a sweep that is stopped has measured all classes equally often.
    for seed in sweep.seeds:
        for each in roles:
            for ratio in ratios:
                for detector, training, variant, parameters, few in detectors:
                    if each is not None and training == "oracle" and ratio == 0:
                        continue  # the blind run over again, at the price of a training
                    words = variant_name(variant, each)
                    key = RunKey(dataset, sweep.protocol, detector.name, training, words, ratio, seed)
                    # Of what is refined each class is shown; of what reconstructs, which only blind runs do, one.
                    shows = training == "refined" or (training == "blind" and each == roles[0])
                    pictures = each is not None and shows and not variant and (seed, ratio) == shown
                    labels = variant.get(LABELS_KEY, detector.labels)
                    in_full = sweep.size is not None
                    yield RunSpec(key, parameters, each, pictures, labels, few, in_full)


def _told(
    sweep: Sweep, name: str, training: Training, variant: Mapping[str, Any], build: Builder
) -> Iterator[tuple[Mapping[str, Any], FewLabels | None]]:
    """Yield a variant once for each number of labels, where a sweep is over them; else as it is."""
    if not sweep.n_labels:
        yield variant, None
        return
    detector = build(name, training="refined" if training == "refined" else "blind", random_state=0)
    yield from few_label_variants(sweep.n_labels, variant, "no" if training == "oracle" else labels_taken(detector))
