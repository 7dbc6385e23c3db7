"""From dirty images to a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dross.data.images.encoder import ImageEncoder
from dross.data.images.images import Images
from dross.data.images.reading import ImageSet, read_images
from dross.evaluation.environment import describe_environment
from dross.persistence import Model, Provenance
from dross.tasks.answered_labels import Answers, answered
from dross.tasks.choosing import Choice
from dross.tasks.false_alarms import threshold_by_rate
from dross.tasks.known_labels import told_labels
from dross.tasks.learned_labels import gathered_labels, naming, record_of_labels


def read_to_fit(data: Any, choice: Choice, *, size: int | None, skip_bad: bool) -> ImageSet:
    """Return images as a detector can be fitted on them: those that a network shall learn from become square.

    Raises
    ------
    DataError
        If they cannot be read.
    """
    images = read_images(data, size=size, skip_bad=skip_bad)
    height, width = images.images.shape[1:3]
    if height != width and choice.trains_a_network:
        return read_images(images, size=max(height, width))
    return images


def fit_images(
    images: ImageSet,
    choice: Choice,
    *,
    use_labels: bool = False,
    answers: Answers | Sequence[Answers] | None = None,
    false_alarms: float | None = None,
) -> tuple[Model, Images]:
    """Return the model of images that have been found, and the images that its detector was fitted on.

    Raises
    ------
    DataError
        If the images cannot be used.
    """
    encoder = ImageEncoder().fit(images)
    X = images.images
    estimator: Any = choice.build()
    labels = gathered_labels(images.labels, answers, images.ids, images.source, use_labels=use_labels)
    told = told_labels(choice.name, estimator, labels, images.source, asked=use_labels or answers is not None)
    record = record_of_labels(told.get("labels"), answers, use_labels=use_labels)
    with naming(choice.name, estimator, record, images.source):
        estimator.fit(X, **told)
    alarms = threshold_by_rate(estimator, X, false_alarms, told.get("labels"))
    provenance = Provenance(
        detector=choice.name,
        parameters=dict(choice.parameters),
        seed=choice.seed,
        source=images.source,
        checksum=images.checksum,
        n_rows=len(X),
        skipped=images.skipped,
        answered={} if answers is None or labels is None else answered(labels, images.ids),
        labels=record,
        false_alarms=None if alarms is None else asdict(alarms),
        environment=describe_environment(),
    )
    return Model(estimator, encoder, provenance), X
