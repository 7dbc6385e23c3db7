"""From a dirty table or dirty images to a model."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from dross.data.tables import read_table
from dross.persistence import Model, save
from dross.persistence.folder import check_target
from dross.tasks import defaults
from dross.tasks.answered_labels import Answers
from dross.tasks.choosing import Choice, check_reading, choose, kind_of
from dross.tasks.false_alarms import check_false_alarms, parameters_for
from dross.tasks.fitting_images import fit_images, read_to_fit
from dross.tasks.fitting_tables import fit_table
from dross.tasks.output_places import check_outside, check_place


def fit(
    data: str | os.PathLike[str] | pd.DataFrame | NDArray[Any] | Sequence[Any],
    *,
    detector: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    label: str | None = None,
    id: str | None = None,
    size: int | None = None,
    skip_bad: bool = False,
    use_labels: bool = False,
    labels: Answers | Sequence[Answers] | None = None,
    false_alarms: float | None = None,
    out: str | os.PathLike[str] | None = None,
    seed: int | None = defaults.SEED,
) -> Model:
    """Learn from a table or images, anomalies and all, a model that scores new data.

    Parameters
    ----------
    data : path, DataFrame, array or list of paths
        A table of shape (n_samples, n_features), see :func:`dross.data.tables.read_table`: it may have missing cells,
        words and dates. Or images, see :func:`dross.data.images.read_images`: a folder, an array of shape (n, h, w) or
        (n, h, w, c) or the ``.npy`` file of one, IDX, CIFAR's binary files, or a list of paths.
    detector : str, optional
        A name of the catalogue; :func:`dross.tasks.detectors` lists them with what each takes and assumes. By default
        ``srr-gaussian`` for a table and ``srr-rotation`` for images.
    parameters : mapping, optional
        Parameters of the detector beside its defaults. A network for images is by default a narrow one, trained for
        few epochs, and where there is a GPU what :data:`dross.tasks.defaults.GPU_PRESET` says.
    label, id : str, optional
        Columns of a table that are no features: what is known of the rows, which is not used unless
        ``use_labels`` says so, and what names them.
    size : int, optional
        The width and height, in pixels, that images are brought to; by default images of one size up to 64 pixels stay
        as they are, and others become 64 x 64. For a network, images of one size that are not square become so.
    skip_bad : bool, default False
        Whether to leave out files that are no readable images, and note them in the model's provenance, where they
        would be an error.
    use_labels : bool, default False
        Whether a detector that can learn from labels does: those of a table's ``label`` column, or of folders named
        normal and abnormal. One that needs labels does so anyway; by default no other sees any.
    labels : path, DataFrame, or sequence of them, optional
        What is known of single rows or images: a table with the columns ``id`` and ``label`` (normal or anomaly), such
        as :func:`dross.tasks.suspects` gives, filled in; or several of them. The detector learns from it, and from the
        data's own labels beside it where ``use_labels`` is given too.
    false_alarms : float in (0, 1), optional
        The target false-alarm rate: the alarm threshold goes where this share of the samples lies that refinement kept,
        or of all where nothing is refined. New normal samples raise more where refinement has dropped some that were
        normal, and fewer where anomalies are left among those that count. Classifiers hold out labelled samples for it.
    out : path, optional
        The folder to save the model to.
    seed : int or None, default 0
        Of everything random; ``None`` draws another each time.

    Raises
    ------
    DataError
        If the data cannot be used.
    ParameterError
        If the detector or a parameter is not known, out of its range, or for another kind of data; or labels are no
        such table.
    TrainingError
        If a network cannot be trained, as where the GPU's memory does not do.
    ModelError
        If ``out`` is there and no model, or the detector cannot be saved.

    Examples
    --------
    >>> import numpy as np
    >>> parts = np.random.default_rng(0).normal(size=(200, 3))
    >>> model = fit(parts, detector="gaussian")
    >>> model.alarms([[0.0, 0.0, 0.0], [9.0, 9.0, 9.0]]).tolist()
    [0, 1]
    """
    if out is not None:
        check_model_place(out, data)
    choice = choose_by_rate(data, detector, parameters, seed, false_alarms)
    check_reading(data, label=label, id=id, size=size, skip_bad=skip_bad)
    if kind_of(data) == "images":
        images = read_to_fit(data, choice, size=size, skip_bad=skip_bad)
        model, _ = fit_images(images, choice, use_labels=use_labels, answers=labels, false_alarms=false_alarms)
    else:
        table = read_table(data, label=label, id=id)
        model, _ = fit_table(
            table, choice, label=label, id=id, use_labels=use_labels, answers=labels, false_alarms=false_alarms
        )
    if out is not None:
        save(out, model)
    return model


def choose_by_rate(
    data: Any,
    detector: str | None,
    parameters: Mapping[str, Any] | None,
    seed: int | None,
    false_alarms: float | None,
) -> Choice:
    """Return the detector for data as :func:`~dross.tasks.choosing.choose` does, told the target false-alarm rate.

    Raises
    ------
    ParameterError
        As there, or if the rate is none, or something else says where the threshold goes.
    """
    asked = dict(parameters or {})
    check_false_alarms(false_alarms, asked)
    choice = choose(data, detector, asked, seed)
    told = parameters_for(false_alarms, choice.build(), asked)
    return choice if told == asked else choose(data, detector, told, seed)


def check_model_place(out: str | os.PathLike[str], data: Any) -> None:
    """Raise, before any work is done, if a model cannot be saved to a folder.

    Raises
    ------
    ModelError
        If something other than a model is there.
    DataError
        If it cannot be written, or lies in the folder that is read.
    """
    check_target(out)
    check_place(out)
    check_outside(out, data)
