"""Images from files of their own: headers first, then one shape for all, then the pixels where they fit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.array_pixels import ArrayPixels
from dross.data.images.decoding import ImageHeader
from dross.data.images.file_pixels import FilePixels, bad_files_message, read_headers
from dross.data.images.images import Images
from dross.data.images.sizing import DEFAULT_SIZE, HELD_BYTES, Size, check_size_and_channels, fits_memory, target_size
from dross.errors import DataError, SchemaError
from dross.progress import Bar, bar

_BLOCK: Final = 512


@final
@dataclass(frozen=True)
class FileImages:
    """Images from files: which of the files they are, which were skipped and why, and a checksum of all used."""

    images: Images
    kept: NDArray[np.intp]
    skipped: tuple[tuple[str, str], ...]
    checksum: str


def images_of_files(
    paths: Sequence[Path],
    names: Sequence[str],
    *,
    size: Size | None = None,
    channels: int | None = None,
    skip_bad: bool = False,
    held_bytes: int = HELD_BYTES,
    refuse_colour: bool = False,
) -> FileImages:
    """Return the images of files.

    Parameters
    ----------
    paths : sequence of Path
        The files.
    names : sequence of str
        What each is called.
    size, channels, skip_bad, held_bytes : as for :func:`dross.data.images.reading.read_images`
    refuse_colour : bool, default False
        Whether an image in colour is an error where ``channels`` is 1; otherwise it is made grey.

    Raises
    ------
    DataError
        If files are bad; all of them are named.
    """
    check_size_and_channels(size, channels)
    side = max(size) if isinstance(size, tuple) else size or DEFAULT_SIZE
    held = fits_memory((len(paths), side, side, 3), held_bytes)
    with bar(len(paths), "Reading images") as shown:
        # What is held is decoded at once, and shows then whether it is whole.
        headers = _headers(paths, decode=skip_bad and not held, shown=None if held else shown)
        wrong = {row: header for row, header in enumerate(headers) if isinstance(header, str)}
        _raise_unless_skipped(wrong, paths, skip_bad)
        good = [(row, header) for row, header in enumerate(headers) if isinstance(header, ImageHeader)]
        if refuse_colour and channels == 1:
            _refuse_colour([names[row] for row, header in good if not header.grey])
        rows = np.array([row for row, _ in good], dtype=np.intp)
        shape = _shape([header for _, header in good], size, channels)
        pixels = FilePixels([paths[row] for row in rows], sum(h.height * h.width for _, h in good), shape)
        if held and good:
            array, wrong_pixels = _decoded(pixels, shown)
            wrong |= {int(rows[place]): why for place, why in wrong_pixels}
            _raise_unless_skipped(wrong, paths, skip_bad)
            whole = np.array([row not in wrong for row in rows])
            rows = rows[whole]
            array = array if whole.all() else array[whole]
    if len(rows) == 0:
        raise DataError(f"all {len(paths):,} files are bad; the first: {paths[0]} {wrong[0]}")
    used = [names[row] for row in rows]
    images = Images(ArrayPixels(array, shape) if held else pixels, used)
    skipped = tuple((names[row], why) for row, why in sorted(wrong.items()))
    return FileImages(images, rows, skipped, _checksum(used, [headers[row] for row in rows]))


def _headers(paths: Sequence[Path], *, decode: bool, shown: Bar | None) -> list[ImageHeader | str]:
    found = []
    for header in read_headers(paths, decode=decode):
        found.append(header)
        if shown is not None:
            shown.advance()
    return found


def _decoded(pixels: FilePixels, shown: Bar) -> tuple[NDArray[np.uint8], list[tuple[int, str]]]:
    """Return all pixels, and the bad files among them."""
    array = np.empty(pixels.shape, dtype=np.uint8)
    bad: list[tuple[int, str]] = []
    blocks = [np.arange(start, min(start + _BLOCK, len(array))) for start in range(0, len(array), _BLOCK)]
    for rows, (block, bad_here) in zip(blocks, pixels.checked_blocks(blocks), strict=True):
        array[rows] = block
        bad += bad_here
        shown.advance(len(rows))
    return array, bad


def _shape(headers: Sequence[ImageHeader], size: Size | None, channels: int | None) -> tuple[int, int, int]:
    height, width = target_size(((header.height, header.width) for header in headers), size)
    return height, width, channels or (1 if all(header.grey for header in headers) else 3)


def _raise_unless_skipped(wrong: dict[int, str], paths: Sequence[Path], skip_bad: bool) -> None:
    if wrong and not skip_bad:
        raise DataError(bad_files_message([f"{paths[row]} {why}" for row, why in sorted(wrong.items())]))


def _refuse_colour(coloured: Sequence[str]) -> None:
    if coloured:
        more = f" and {len(coloured) - 3:,} more" if len(coloured) > 3 else ""
        verb = "is" if len(coloured) == 1 else "are"
        raise SchemaError(
            f"{', '.join(coloured[:3])}{more} {verb} in colour (3 channels), but the model was fitted on grey images "
            "(1 channel): save them as grey, or fit a model on images in colour"
        )


def _checksum(names: Sequence[str], headers: Sequence[ImageHeader | str]) -> str:
    digest = hashlib.sha256()
    for name, header in zip(names, headers, strict=True):
        if isinstance(header, ImageHeader):
            digest.update(name.encode(errors="surrogateescape") + b"\0" + header.checksum)
    return digest.hexdigest()
