"""Images that are a file each, decoded when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.decoding import BadImageError, ImageHeader, decode, read_header
from dross.data.images.pixels import AbstractPixels, Rows
from dross.data.images.workers import in_order, n_workers
from dross.errors import DataError

#: What worker processes are worth starting for, in pixels; a file costs as much as so many pixels besides.
_WORTH_WORKERS: Final = 200_000_000
_FILE_COST: Final = 30_000
_LEAST_FOR_WORKERS: Final = 16
#: Headers are read by worker processes from so many files on.
_MANY_HEADERS: Final = 4_000
_MOST_IN_TASK: Final = 64

BadFile = tuple[int, str]


@final
class FilePixels(AbstractPixels):
    """Images in a file each, decoded by worker processes where there is enough to do.

    Parameters
    ----------
    paths : sequence of Path
        The files.
    source_pixels : int
        How many pixels they have together, as stored: what decoding costs.
    shape : tuple of int
        Height, width and channels of what is handed out.

    Raises
    ------
    DataError
        When images are read, if files turn out to be bad.
    """

    def __init__(self, paths: Sequence[Path], source_pixels: int, shape: tuple[int, int, int]) -> None:
        self._paths = tuple(paths)
        self._source_pixels = source_pixels
        self.shape = (len(self._paths), *shape)

    def blocks(self, wanted: Iterable[Rows]) -> Iterator[NDArray[np.uint8]]:
        """Yield the images of each array of numbers, the next ones decoded meanwhile."""
        for block, bad in self.checked_blocks(wanted):
            if bad:
                raise DataError(bad_files_message([f"{self._paths[row]} {why}" for row, why in bad]))
            yield block

    def checked_blocks(self, wanted: Iterable[Rows]) -> Iterator[tuple[NDArray[np.uint8], list[BadFile]]]:
        """Yield each block with its bad files, whose pixels are 0: their numbers here, and what is wrong."""
        asked = list(wanted)
        workers = self._workers(sum(map(len, asked)))
        parts = [(rows, _cut(rows, workers)) for rows in asked]
        tasks = [([self._paths[row] for row in part], *self.shape[1:], part) for _, found in parts for part in found]
        if workers == 1:
            decoded: Iterator[tuple[NDArray[np.uint8], list[BadFile]]] = (decode_files(*task) for task in tasks)
        else:
            most = max((len(found) for _, found in parts), default=1)
            decoded = in_order(decode_files, tasks, ahead=most + 2 * workers)
        for rows, found in parts:
            block = np.empty((len(rows), *self.shape[1:]), dtype=np.uint8)
            bad: list[BadFile] = []
            start = 0
            for part in found:
                block[start : start + len(part)], bad_here = next(decoded)
                bad += bad_here
                start += len(part)
            yield block, bad

    def packed(self, rows: Rows) -> tuple[AbstractPixels, Rows]:
        """Return the paths of these images alone."""
        share = self._source_pixels * len(rows) // max(1, len(self._paths))
        pixels = FilePixels([self._paths[row] for row in rows], share, self.shape[1:])
        return pixels, np.arange(len(rows), dtype=np.intp)

    def _workers(self, n_asked: int) -> int:
        work = self._source_pixels + _FILE_COST * len(self._paths)
        return n_workers() if work >= _WORTH_WORKERS and n_asked >= _LEAST_FOR_WORKERS else 1


def read_headers(paths: Sequence[Path], *, decode: bool) -> Iterator[ImageHeader | str]:
    """Yield the header of each file, or what is wrong with it; by worker processes where that is worth it.

    Parameters
    ----------
    paths : sequence of Path
        The files.
    decode : bool
        Whether to decode each, to be sure that it is whole.
    """
    tasks = [(paths[i : i + _MOST_IN_TASK], decode) for i in range(0, len(paths), _MOST_IN_TASK)]
    many = len(paths) >= (_MANY_HEADERS // 8 if decode else _MANY_HEADERS)
    parts = in_order(headers_of, tasks, ahead=4 * n_workers()) if many else (headers_of(*task) for task in tasks)
    for part in parts:
        yield from part


def headers_of(paths: Sequence[Path], decode: bool) -> list[ImageHeader | str]:
    """Return the header of each file, or what is wrong with it."""
    found: list[ImageHeader | str] = []
    for path in paths:
        try:
            found.append(read_header(path, decode=decode))
        except BadImageError as error:
            found.append(str(error))
    return found


def decode_files(
    paths: Sequence[Path], height: int, width: int, channels: int, rows: Rows
) -> tuple[NDArray[np.uint8], list[BadFile]]:
    """Return the pixels of some files, and for each bad one its number and what is wrong; its pixels are 0."""
    block = np.zeros((len(paths), height, width, channels), dtype=np.uint8)
    bad: list[BadFile] = []
    for place, path in enumerate(paths):
        try:
            block[place] = decode(path, height, width, channels)
        except BadImageError as error:
            bad.append((int(rows[place]), str(error)))
    return block, bad


def bad_files_message(problems: Sequence[str]) -> str:
    """Return one message on all bad files, with the remedy.

    Examples
    --------
    >>> print(bad_files_message(["a.png is empty (0 bytes): copy it again"]))
    a.png is empty (0 bytes): copy it again; or leave it out by skip_bad=True (--skip-bad)
    """
    if len(problems) == 1:
        return f"{problems[0]}; or leave it out by skip_bad=True (--skip-bad)"
    shown = [f"  - {problem}" for problem in problems[:20]]
    more = [f"  - and {len(problems) - 20:,} more"] if len(problems) > 20 else []
    head = f"{len(problems):,} files cannot be used; mend them, or leave them out by skip_bad=True (--skip-bad):"
    return "\n".join([head, *shown, *more])


def _cut(rows: Rows, workers: int) -> list[Rows]:
    """Return a block in parts that keep all workers busy."""
    length = min(_MOST_IN_TASK, max(1, -(-len(rows) // workers)))
    return [rows[start : start + length] for start in range(0, len(rows), length)]
