"""From a model and images to scores and alarms, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from dross.data.images import Images
from dross.data.images.array_reading import images_of_array
from dross.data.images.encoder import ImageEncoder
from dross.data.images.reading import ImageSet, read_images
from dross.persistence import Model
from dross.tasks.verdicts import refinement_record, verdicts_on

#: Decoded pixels scored at a time, in bytes, and the most images that go into one part.
CHUNK_BYTES = 64 << 20
CHUNK_IMAGES = 2048


def read_like_training(model: Model, data: Any, skip_bad: bool) -> ImageSet:
    """Return images in the size and with the channels of those that a model was fitted on; files are not held.

    Raises
    ------
    DataError, SchemaError
        If they cannot be read, or are not like the training images.
    """
    if isinstance(model.encoder, ImageEncoder):
        return model.encoder.read(data, skip_bad=skip_bad, held_bytes=0)
    return read_images(data, skip_bad=skip_bad, held_bytes=0)


def scored_images(
    model: Model, images: ImageSet, *, write_maps: Callable[[Iterable[str], Images], None] | None = None
) -> Iterator[pd.DataFrame]:
    """Yield what is said of images, a part of them at a time, in their order; their score maps go to ``write_maps``."""
    known = model.provenance
    is_training = len(images.images) == known.n_rows and images.checksum == known.checksum
    record = refinement_record(model) if is_training else {}
    ids = np.array(images.ids)
    start = 0
    for pixels in images.images.batches(image_chunk(images)):
        rows = slice(start, start + len(pixels))
        # As Images, which stay as large as they are; as an array they would be taken for what is still to be resized.
        part = images_of_array(pixels, images.source, size=(pixels.shape[1], pixels.shape[2]))
        yield verdicts_on(model, part, ids[rows], {name: values[rows] for name, values in record.items()})
        if write_maps is not None:
            write_maps(ids[rows], part)
        start = rows.stop


def image_chunk(images: ImageSet) -> int:
    """Return how many images are scored at a time, so that memory does not grow with their number."""
    bytes_an_image = int(np.prod(images.images.shape[1:]))
    return int(np.clip(CHUNK_BYTES // bytes_an_image, 1, CHUNK_IMAGES))
