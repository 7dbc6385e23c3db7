"""Small pictures as text, so that a record of images is plain JSON and a page holds them without files beside it."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray

#: The longer side of a thumbnail, in pixels, where nothing else is asked for.
MOST_PIXELS = 64

#: A PNG that takes more bytes than this is stored as JPEG instead: a photograph of 64 pixels is three times smaller.
_MOST_LOSSLESS_BYTES = 4096


def thumbnail(image: NDArray[np.uint8], most_pixels: int = MOST_PIXELS) -> str:
    """Return an image as a ``data:`` URI: PNG, or JPEG of high quality where PNG would be large.

    Parameters
    ----------
    image : array of shape (height, width), (height, width, 1) or (height, width, 3), uint8
        The image.
    most_pixels : int, default 64
        It is made smaller until its longer side has at most so many pixels, and never larger.

    Examples
    --------
    >>> thumbnail(np.zeros((2, 2, 3), dtype=np.uint8))[:30]
    'data:image/png;base64,iVBORw0K'
    """
    from PIL import Image  # only galleries need it

    pixels = image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    picture.thumbnail((most_pixels, most_pixels), Image.Resampling.LANCZOS)
    stored, kind = io.BytesIO(), "png"
    picture.save(stored, "PNG", optimize=True)
    if stored.tell() > _MOST_LOSSLESS_BYTES:
        stored, kind = io.BytesIO(), "jpeg"
        picture.save(stored, "JPEG", quality=90, subsampling=0)
    return f"data:image/{kind};base64,{base64.b64encode(stored.getvalue()).decode('ascii')}"
