"""Runs on images as a report shows them: each class stands for a data set of its own, beside the mean over all."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from dross.evaluation.class_means import complete_seeds
from dross.evaluation.results import RunRow
from dross.evaluation.summary_row import Cell
from dross.evaluation.variants import ClassRoles, split_variant, subject
from dross.report.averages import gain_rows
from dross.report.runs import SweepRuns

#: Protocols under which a data set has one normal class: it is a set of parts, and the name of the class says nothing.
OF_PARTS = ("inspection", "mixed-inspection")


def by_class(sweep: SweepRuns) -> SweepRuns:
    """Return the runs with the class that is normal in the name of the data set, and no longer in the variant.

    Runs on tables are returned as they are, and those of inspection under the name of their set.
    """
    rows = [_renamed(row) for row in sweep.rows]
    data = {row.key.dataset: sweep.data.get(old.key.dataset, {}) for row, old in zip(rows, sweep.rows, strict=True)}
    return dataclasses.replace(sweep, rows=rows, data=data)


def image_datasets(rows: Iterable[RunRow]) -> frozenset[str]:
    """Return the names of the data sets of images, whose runs say which class is normal."""
    return frozenset(row.key.dataset for row in rows if split_variant(row.key.variant)[0] is not None)


def shown_cell(cell: Cell, images: Collection[str]) -> Cell:
    """Return a cell of a summary as a report shows it; ``images`` are the names of the data sets of images.

    Examples
    --------
    >>> shown_cell(Cell("cifar10", "one-vs-rest", "rotation", "blind", "normal=cat;width=16", 0.1), ["cifar10"])[:5]
    ('cifar10: cat', 'one-vs-rest', 'rotation', 'blind', 'width=16')
    >>> shown_cell(Cell("mvtec-bottle", "inspection", "padim", "blind", "normal=good", 0.0), ["mvtec-bottle"]).dataset
    'mvtec-bottle'
    >>> shown_cell(Cell("cifar10", "one-vs-rest", "rotation", "blind", "width=16", 0.1), ["cifar10"]).dataset
    'cifar10: mean over classes'
    >>> shown_cell(Cell("thyroid", "controlled", "knn", "blind", "", 0.1), []).dataset
    'thyroid'
    """
    if cell.dataset not in images:
        return cell
    roles, rest = split_variant(cell.variant)
    if cell.protocol in OF_PARTS:
        return cell._replace(variant=marked(rest))
    return cell._replace(
        dataset=mean_label(cell.dataset) if roles is None else subject(cell.dataset, roles), variant=marked(rest)
    )


def shown_row(row: Mapping[str, Any], images: Collection[str]) -> dict[str, Any]:
    """Return a row of a summary, a plain dict with the fields of a cell, as a report shows it."""
    return {**row, **shown_cell(Cell(*(row[field] for field in Cell._fields)), images)._asdict()}


def marked(variant: str) -> str:
    """Return the name of a variant, and before it that its weights come from elsewhere, where they do.

    Such a network has seen other people's labelled images, as no other in the table has.

    Examples
    --------
    >>> marked("augment=true;weights=resnet18.safetensors"), marked("augment=true")
    ('PRE-TRAINED: augment=true;weights=resnet18.safetensors', 'augment=true')
    """
    return f"PRE-TRAINED: {variant}" if any(part.startswith("weights=") for part in variant.split(";")) else variant


def mean_label(dataset: str) -> str:
    """Return what the mean over the classes of a data set is called."""
    return f"{dataset}: mean over classes"


def class_gain_rows(rows: Iterable[RunRow], metrics: Iterable[str]) -> list[dict[str, Any]]:
    """Return refined minus blind, paired by class and seed, over all classes of each image data set.

    Parameters
    ----------
    rows : iterable of RunRow
        As they are stored; those on tables, and of inspection, take no part.
    metrics : iterable of str
        Which metrics.

    Returns
    -------
    list of dict
        As `dross.report.averages.gain_rows` returns them: the interval is over the pairs of all classes and seeds,
        ``n_seeds`` is the number of seeds.
    """
    of_dataset: dict[str, list[RunRow]] = defaultdict(list)
    for row in rows:
        of_classes = split_variant(row.key.variant)[0] is not None and row.key.protocol not in OF_PARTS
        if row.status == "done" and of_classes:
            of_dataset[row.key.dataset].append(row)
    gains = []
    for found in of_dataset.values():
        repeats, n_classes = _as_repeats(found)
        gains += [{**gain, "n_seeds": -(-gain["n_seeds"] // n_classes)} for gain in gain_rows(repeats, metrics)]
    return gains


def _as_repeats(rows: Sequence[RunRow]) -> tuple[list[RunRow], int]:
    """Return the runs as repeats of the mean over classes, numbered by class and seed, and the number of classes."""
    found = [(_renamed(row).key.variant, split_variant(row.key.variant)[0], row) for row in rows]
    numbers = {roles: number for number, roles in enumerate(dict.fromkeys(roles for _, roles, _ in found))}
    cells: dict[tuple[Any, ...], list[tuple[ClassRoles | None, RunRow]]] = defaultdict(list)
    for rest, roles, row in found:
        cells[row.key.detector, row.key.training, rest, row.key.contamination].append((roles, row))
    repeats = []
    for (_, _, rest, _), runs in cells.items():
        complete = complete_seeds(((roles, row.key.seed) for roles, row in runs), len(numbers))
        for roles, row in runs:
            if row.key.seed in complete:
                seed = row.key.seed * len(numbers) + numbers[roles]
                key = dataclasses.replace(row.key, dataset=mean_label(row.key.dataset), variant=rest, seed=seed)
                repeats.append(dataclasses.replace(row, key=key))
    return repeats, len(numbers)


def _renamed(row: RunRow) -> RunRow:
    roles, rest = split_variant(row.key.variant)
    if roles is None:
        return row
    name = row.key.dataset if row.key.protocol in OF_PARTS else subject(row.key.dataset, roles)
    return dataclasses.replace(row, key=dataclasses.replace(row.key, dataset=name, variant=marked(rest)))
