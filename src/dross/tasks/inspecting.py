"""From a folder of mixed parts and another one to score to a file of scores that can be handed in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dross.data.images.encoder import ImageEncoder
from dross.data.images.reading import ImageSet, read_images
from dross.errors import DataError
from dross.evaluation.environment import describe_environment
from dross.files import write_text
from dross.inspection import MixedDetector
from dross.inspection.calibration import CategoryScale
from dross.persistence import Model, Provenance, save
from dross.progress import bar
from dross.representations.weights_file import no_weights
from dross.tasks import defaults
from dross.tasks.auditing import audit_record
from dross.tasks.choosing import Choice, choose, named
from dross.tasks.inspection_checks import check_asked, check_places
from dross.tasks.map_output import check_maps, map_writer
from dross.tasks.numbering import numbering_problems
from dross.tasks.scoring_images import scored_images
from dross.tasks.submission_presets import numbered_order, submission_preset
from dross.tasks.submitting import as_submission, check_row_count
from dross.tasks.table_output import write_table


@final
@dataclass(frozen=True)
class Inspected:
    """What inspecting a folder of mixed images came to.

    Attributes
    ----------
    out, audit : Path
        The files that were written: scores, and the page on which the categories can be seen.
    n_train, n_alarms, n_unknown : int
        Training images; test images beyond the threshold, and those that are like no category.
    sizes : tuple of int
        Training images of each category, the largest first.
    reason : str
        Why so many categories.
    threshold : float
        The anomaly score beyond which an image raises an alarm.
    verdicts : DataFrame
        Of each test image: ``id``, ``anomaly_score``, ``alarm`` (1 beyond the threshold, else 0), ``category`` and
        ``known`` (0 where it is like no category; it is scored by the nearest).
    findings : tuple of str
        Categories of too few images, and gaps or duplicates in the numbering of test images.
    skipped : tuple of (str, str)
        The files that were left out, and why.
    """

    out: Path
    audit: Path
    n_train: int
    n_alarms: int
    n_unknown: int
    sizes: tuple[int, ...]
    reason: str
    threshold: float
    verdicts: pd.DataFrame
    findings: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


def inspect(
    train: Any,
    test: Any,
    out: str | os.PathLike[str],
    *,
    detector: str = defaults.INSPECTION_DETECTOR,
    parameters: Mapping[str, Any] | None = None,
    n_categories: int | Literal["auto"] = "auto",
    calibration: CategoryScale = "tail",
    n_folds: int = defaults.INSPECTION_FOLDS,
    size: int = defaults.INSPECTION_SIZE,
    preset: str | None = None,
    columns: Sequence[str] | None = None,
    rows: int | None = None,
    binary: bool = False,
    audit: str | os.PathLike[str] | None = None,
    maps: str | os.PathLike[str] | None = None,
    model: str | os.PathLike[str] | None = None,
    download: bool = False,
    skip_bad: bool = False,
    seed: int | None = defaults.SEED,
) -> Inspected:
    """Sort mixed training images into categories, fit a detector on each, and score other images on one scale.

    Parameters
    ----------
    train, test : path, array or list of paths
        Images of any sizes and colours, all normal or nearly so, and those to score, in the natural order of their
        names; see :func:`dross.data.images.read_images`.
    out : path
        The file for the scores, ``.csv`` or ``.parquet``.
    detector : str, default "padim"
        The name, in the catalogue, of what is fitted on each category.
    parameters : mapping, optional
        Parameters of the detector beside its defaults.
    n_categories : int or "auto", default "auto"
        How many categories there are; ``"auto"``: see :class:`dross.inspection.CategoryDiscovery`.
    calibration : {"tail", "rank", "z", "none"}, default "tail"
        The scale that scores are brought to; see :class:`dross.inspection.MixedDetector`.
    n_folds : int, default 10
        Parts that training images are held out in, one after the other, for the calibration: as many fits a category.
    size : int, default 128
        The width and height, in pixels, that images are brought to.
    preset : {"id-prediction", "ID-score"}, optional
        Write the numbers that the images are named by, which must be 0, 1, 2, ..., and their scores, under these names.
    columns : sequence of two str, optional
        Write ids and anomaly scores alone, under these names, whatever the images are named.
    rows : int, optional
        How many rows there must be; with any other number nothing is written.
    binary : bool, default False
        Whether to hand in alarms, 0 or 1, in place of scores, which are worth more wherever images are ranked.
    audit : path, optional
        The page to look at; by default beside ``out``, with ``-categories.html`` in its name.
    maps : path, optional
        A new folder for the score maps of the test images, in the natural order of their names: ``maps.npy`` and
        ``overlays/``, as :func:`dross.tasks.score_file` writes them.
    model : path, optional
        The folder to save what was fitted to, for :func:`dross.tasks.score`; a model that is there is replaced.
    download : bool, default False
        Whether weights that come from elsewhere may be loaded, as by ``pretrained``; otherwise that is an error.
    skip_bad : bool, default False
        Whether files that are no readable images are left out, and listed; otherwise they are an error.
    seed : int or None, default 0
        Of everything random.

    Raises
    ------
    DataError, SchemaError
        If the images cannot be read, are too few, or the test images are not numbered as the preset wants.
    ParameterError
        If the detector, a parameter or the preset is not known, the detector takes tables, or maps are asked of one
        that makes none.
    ModelError
        If the detector loads weights, and that is not allowed, or something other than a model is at ``model``.

    Examples
    --------
    >>> import tempfile
    >>> images = np.random.default_rng(0).integers(0, 40, size=(60, 16, 16), dtype=np.uint8)
    >>> images[:30, :, 8:] += 180
    >>> images[30:, 8:] += 60
    >>> out = Path(tempfile.mkdtemp()) / "scores.csv"
    >>> inspect(images[1:-1], images[[0, -1]], out, detector="pixel-knn", size=16, preset="ID-score").sizes
    (29, 29)
    >>> print(out.read_text().splitlines()[0])
    ID,score
    """
    page = Path(audit) if audit is not None else Path(out).with_name(f"{Path(out).stem}-categories.html")
    check_asked(train, test, preset, columns, rows, binary)
    check_places((train, test), out, page, maps, model)
    choice = choose(train, detector, parameters, seed)
    fitted = MixedDetector(
        choice.build(), n_categories=n_categories, calibration=calibration, n_folds=n_folds, random_state=seed
    )
    if maps is not None:
        check_maps(Model(fitted, provenance=Provenance(detector)), maps, test)
    train_images = read_images(train, size=size, skip_bad=skip_bad)
    test_images = ImageEncoder().fit(train_images).read(test, skip_bad=skip_bad, held_bytes=0)
    check_row_count(named(test), len(test_images), rows, "images")
    order = numbered_order(test_images.ids, named(test), submission_preset(preset)) if preset is not None else None
    with nullcontext() if download else no_weights():
        _fit(fitted, train_images)
    inspected = _model(fitted, train_images, choice)
    if model is not None:
        save(model, inspected)
    verdicts = _verdicts(inspected, test_images, maps)
    _write_scores(verdicts, order, out, columns if preset is None else submission_preset(preset).columns, binary)
    _write_audit(page, audit_record(fitted, train_images, test_images, verdicts))
    told = () if order is not None else numbering_problems(test_images.ids, named(test))
    return Inspected(
        out=Path(out),
        audit=page,
        n_train=len(train_images),
        n_alarms=int(verdicts["alarm"].sum()),
        n_unknown=int((verdicts["known"] == 0).sum()),
        sizes=tuple(np.bincount(fitted.categories_.labels_).tolist()),
        reason=fitted.categories_.reason_,
        threshold=-fitted.offset_,
        verdicts=verdicts,
        findings=(*fitted.findings_, *told),
        skipped=(*train_images.skipped, *test_images.skipped),
    )


def _fit(detector: MixedDetector, images: ImageSet) -> None:
    try:
        detector.fit(images.images)
    except DataError as error:
        raise DataError(f"{images.source}: {error}") from error


def _model(fitted: MixedDetector, images: ImageSet, choice: Choice) -> Model:
    provenance = Provenance(
        detector=f"{type(fitted).__name__} of {choice.name}",
        parameters=dict(choice.parameters),
        seed=choice.seed,
        source=images.source,
        checksum=images.checksum,
        n_rows=len(images),
        skipped=images.skipped,
        environment=describe_environment(),
    )
    return Model(fitted, ImageEncoder().fit(images), provenance)


def _verdicts(model: Model, images: ImageSet, maps: str | os.PathLike[str] | None) -> pd.DataFrame:
    """Return what is said of each image; its score map is written on the way where it is asked for."""
    n, height, width, _ = images.images.shape
    parts = []
    with (
        nullcontext() if maps is None else map_writer(model, maps, (n, height, width)) as write_maps,
        bar(n, "Scoring") as progress,
    ):
        for part in scored_images(model, images, write_maps=write_maps):
            parts.append(part)
            progress.advance(len(part))
    return pd.concat(parts, ignore_index=True)


def _write_scores(
    verdicts: pd.DataFrame,
    order: NDArray[np.intp] | None,
    out: str | os.PathLike[str],
    columns: Sequence[str] | None,
    binary: bool,
) -> None:
    """Write a row an image: in their order, or numbered; of alarms in place of scores where these are asked for."""
    if order is not None:
        verdicts = verdicts.iloc[order].assign(id=np.arange(len(order)))
    if binary:
        verdicts = verdicts.assign(anomaly_score=verdicts["alarm"])
    write_table(as_submission(verdicts, columns), out)


def _write_audit(page: Path, record: Mapping[str, Any]) -> None:
    from dross.report.audit_page import render_audit  # draws nothing, but loads what draws

    write_text(page, render_audit(record))
