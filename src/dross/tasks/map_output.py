"""Score maps as files: a picture of each image with what is anomalous in colour, and all maps as one array."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dross.data.images import Images
from dross.errors import DataError, ParameterError
from dross.files import atomic_path
from dross.inspection.overlay import overlay
from dross.persistence import Model
from dross.tasks.output_places import check_new_folder, check_outside

#: The array of all maps, and the folder of pictures, in the folder that is written.
MAPS: Final = "maps.npy"
OVERLAYS: Final = "overlays"
#: Where colour begins and where it is strongest, in parts of the score that an image raises an alarm at.
_BEGINS, _STRONGEST = 0.75, 1.25


def check_maps(model: Model, out: str | os.PathLike[str], data: object) -> None:
    """Raise unless a model makes score maps, and they can be written.

    Raises
    ------
    ParameterError
        If its detector makes none.
    DataError
        If the folder has things in it, lies in the folder that is read, or cannot be written.
    """
    if not hasattr(model.detector, "score_maps"):
        name = model.provenance.detector or type(model.detector).__name__
        raise ParameterError(
            f"the model is of the detector '{name}', which makes no score maps: fit one that does, such as padim, or "
            "leave maps out"
        )
    check_outside(out, data)
    check_new_folder(out)


@contextmanager
def map_writer(
    model: Model, out: str | os.PathLike[str], shape: tuple[int, int, int]
) -> Iterator[Callable[[Iterable[str], Images], None]]:
    """Open a folder for the score maps of images, and hand out what writes those of a part of them.

    The folder is there only when all has gone well. In it are ``maps.npy``, with the maps in the order of the images,
    and ``overlays/`` with a picture of each, named as the image with ``.png`` behind.

    Parameters
    ----------
    model : Model
        Of a detector that makes maps.
    out : path
        The folder; it must not exist, or be empty.
    shape : tuple of int
        How many images there are, and their height and width.

    Examples
    --------
    >>> import tempfile
    >>> from dross.data.images import as_images
    >>> from dross.inspection import PatchDistributions
    >>> images = as_images(np.random.default_rng(0).integers(0, 255, (9, 16, 16), dtype=np.uint8))
    >>> folder = Path(tempfile.mkdtemp()) / "maps"
    >>> with map_writer(Model(PatchDistributions().fit(images)), folder, images.shape[:3]) as write:
    ...     write(images.names, images)
    >>> sorted(path.name for path in folder.iterdir()), np.load(folder / "maps.npy").shape
    (['maps.npy', 'overlays'], (9, 16, 16))
    """
    with atomic_path(Path(out)) as temporary:
        temporary.mkdir()
        array = np.lib.format.open_memmap(temporary / MAPS, "w+", np.float32, shape)
        written = 0

        def write(ids: Iterable[str], images: Images) -> None:
            nonlocal written
            maps = model.detector.score_maps(images)
            array[written : written + len(maps)] = maps
            written += len(maps)
            for name, image, found in zip(ids, images, maps, strict=True):
                _save(alarm_overlay(image, found, model.detector.offset_), temporary / OVERLAYS / f"{name}.png")

        yield write
        array.flush()


def alarm_overlay(image: NDArray[np.uint8], score_map: NDArray[Any], offset: float) -> NDArray[np.uint8]:
    """Return an image in dark grey under its score map in colour.

    Colour begins where the map reaches three quarters of the score that an image raises an alarm at, and is strongest
    from five quarters on: so pictures of one model compare.

    Parameters
    ----------
    image : array of shape (h, w, c), uint8
        The image.
    score_map : array of shape (h, w)
        Its map, higher = more anomalous.
    offset : float
        The alarm threshold on ``score_samples``, which is minus a mean of the map.

    Examples
    --------
    >>> grey = np.full((1, 2, 1), 100, dtype=np.uint8)
    >>> alarm_overlay(grey, np.array([[0.75, 2.0]]), -1.0).tolist()
    [[[60, 60, 60], [213, 203, 65]]]
    """
    alarm = -offset if offset < 0 else float(score_map.max()) or 1.0
    return overlay(image, score_map, _BEGINS * alarm, _STRONGEST * alarm)


def _save(picture: NDArray[np.uint8], path: Path) -> None:
    from PIL import Image

    # Names come from files below one folder; one that leads out of it is not followed.
    if ".." in path.parts:
        raise DataError(f"the name of an image leads out of its folder ({path.name}): rename it")
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
