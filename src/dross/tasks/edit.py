"""Edits of single numbers of a code, drawn: what each of them stands for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dross.errors import DataError, ModelError, ParameterError
from dross.persistence import Model, load
from dross.reconstruction.latent_edits import LatentEdit, default_edits
from dross.tasks.scoring_images import read_like_training

#: Images whose codes say which numbers vary most.
_LOOKED_AT = 256


def edit(
    model: Model | str | os.PathLike[str],
    data: Any,
    out: str | os.PathLike[str],
    *,
    image: int = 0,
    other: int = 1,
    edits: Sequence[LatentEdit] = (),
) -> Path:
    """Draw an image, its reconstruction, and what becomes of it when single numbers of its code are changed.

    Parameters
    ----------
    model : Model or path
        With a detector that has a code: an autoencoder, or a GAN with one.
    data : folder, file or array of images
        Like those it was fitted on.
    out : path
        The figure, ``.svg`` or ``.png``.
    image, other : int, default 0 and 1
        Numbers, from 0, of the image to edit and of the one that its code is swapped and interpolated with.
    edits : sequence of LatentEdit, default ()
        By default the three numbers that vary most are doubled, shifted either way and swapped, and the whole code is
        moved to the other image's in steps.

    Raises
    ------
    ModelError
        If the detector has no code.
    ParameterError
        If there is no such image, or no such number in the code.
    DataError
        If the figure cannot be written.
    """
    from dross.report.plot_latent_edits import draw_latent_edits
    from dross.tasks.drawing_files import write_drawing

    model = model if isinstance(model, Model) else load(model)
    detector = coded(model.detector)
    images = read_like_training(model, data, False).images
    for number in (image, other):
        if not 0 <= number < len(images):
            raise ParameterError(f"there is no image {number}: there are {len(images)}, numbered from 0")
    pair = np.asarray(images.read(np.array([image, other])))
    code, other_code = detector.encode(pair)
    edits = edits or default_edits(detector.encode(images.read(np.arange(min(len(images), _LOOKED_AT)))))
    changed = np.stack([each.apply(code, other_code) for each in edits])
    pictures = [("image", pair[0]), ("reconstruction", detector.reconstruct(pair[:1])[0])]
    pictures += [(str(each), picture) for each, picture in zip(edits, detector.decode(changed), strict=True)]
    return write_drawing(draw_latent_edits(type(detector).__name__, pictures), out)


def coded(detector: Any) -> Any:
    """Return the part of a detector that encodes and decodes.

    Raises
    ------
    ModelError
        If there is none.
    """
    inner = getattr(detector, "detector_", detector)
    if not all(hasattr(inner, verb) for verb in ("encode", "decode", "reconstruct")):
        raise ModelError(
            f"{type(inner).__name__} has no code to edit: fit an autoencoder, such as `--detector autoencoder`"
        )
    if len(getattr(inner, "sample_shape_", ())) != 3:
        raise DataError("the model was fitted on rows, and edits are drawn of images: fit it on images")
    return inner
