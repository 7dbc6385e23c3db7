"""From dirty images to a model."""

from __future__ import annotations

from dross.data.images.encoder import ImageEncoder
from dross.data.images.images import Images
from dross.data.images.reading import ImageSet
from dross.errors import DataError
from dross.evaluation.environment import describe_environment
from dross.persistence import Model, Provenance
from dross.tasks.choosing import Choice


def fit_images(images: ImageSet, choice: Choice) -> tuple[Model, Images]:
    """Return the model of images that have been found, and the images that its detector was fitted on.

    Raises
    ------
    DataError
        If the images cannot be used.
    """
    encoder = ImageEncoder().fit(images)
    X = images.images
    estimator = choice.build()
    try:
        estimator.fit(X)
    except DataError as error:
        raise DataError(f"{images.source}: {error}") from error
    provenance = Provenance(
        detector=choice.name,
        parameters=dict(choice.parameters),
        seed=choice.seed,
        source=images.source,
        checksum=images.checksum,
        n_rows=len(X),
        skipped=images.skipped,
        environment=describe_environment(),
    )
    return Model(estimator, encoder, provenance), X
