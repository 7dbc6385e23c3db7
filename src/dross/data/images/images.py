"""What every image detector takes: n images of one shape, wherever their pixels are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, final, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from dross.data.images.converted_pixels import ConvertedPixels
from dross.data.images.pixels import AbstractPixels, Rows
from dross.data.images.sizing import Size
from dross.errors import DataError, ParameterError, raise_gathered
from dross.parameters import count_problems

_ITERATED_AT_ONCE: Final = 64


@final
class Images:
    """A sequence of n images of one shape: in memory, mapped from a file, or decoded when they are asked for.

    Use :func:`as_images` or :func:`dross.data.images.reading.read_images` to make one; they bring images of any size
    and kind to one shape. A part of it, by a slice, a mask or an array of numbers, is a view: nothing is read or
    decoded. Not for tables: those are :class:`dross.data.tables.Table`.

    Parameters
    ----------
    pixels : AbstractPixels
        Where the pixels come from.
    names : sequence of str, optional
        One name an image; by default its number.

    Attributes
    ----------
    shape : tuple of int
        (n, height, width, channels).
    dtype : dtype
        Always uint8.

    Examples
    --------
    >>> images = as_images(np.zeros((4, 8, 8), dtype=np.uint8))
    >>> images.shape, images[1:3].names, images[0].shape, images.read([3, 0]).shape
    ((4, 8, 8, 1), ('1', '2'), (8, 8, 1), (2, 8, 8, 1))
    >>> [batch.shape[0] for batch in images.batches(3)]
    [3, 1]
    """

    ndim = 4
    dtype = np.dtype(np.uint8)

    def __init__(self, pixels: AbstractPixels, names: Sequence[str] | None = None) -> None:
        if names is not None and len(names) != pixels.shape[0]:
            raise DataError(f"{len(names)} names for {pixels.shape[0]} images: give one name each")
        self._pixels = pixels
        self._names = None if names is None else tuple(names)
        self._rows: Rows = np.arange(pixels.shape[0], dtype=np.intp)  # where the pixels are
        self._numbers = self._rows  # where the names are, or what they are

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(n, height, width, channels)."""
        return (len(self._rows), *self._pixels.shape[1:])

    @property
    def names(self) -> tuple[str, ...]:
        """One name an image: its path below its folder, or its number."""
        if self._names is None:
            return tuple(str(number) for number in self._numbers)
        return tuple(self._names[number] for number in self._numbers)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        n, height, width, channels = self.shape
        return f"<Images: {n:,} of {height} x {width}, {'grey' if channels == 1 else 'RGB'}>"

    @overload
    def __getitem__(self, key: int) -> NDArray[np.uint8]: ...

    @overload
    def __getitem__(self, key: slice | ArrayLike | tuple[Any, ...]) -> Images: ...

    def __getitem__(self, key: Any) -> NDArray[np.uint8] | Images:
        if isinstance(key, tuple) and len(key) == 2 and key[1] is Ellipsis:  # as scikit-learn asks for rows
            key = key[0]
        if isinstance(key, (int, np.integer)) and not isinstance(key, bool):
            return self.read(self._chosen([int(key)]))[0]
        chosen = key if isinstance(key, slice) else self._chosen(key)
        return _view(self._pixels, self._rows[chosen], self._names, self._numbers[chosen])

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        for batch in self.batches(_ITERATED_AT_ONCE):
            yield from batch

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("images cannot become an array without being read: leave copy out")
        return self.read().astype(dtype or np.uint8, copy=False)

    def read(self, indices: ArrayLike | None = None) -> NDArray[np.uint8]:
        """Return images as one array, decoded by worker processes where they are many files.

        Parameters
        ----------
        indices : array of int or mask, optional
            Which ones; all by default.

        Returns
        -------
        array of shape (m, height, width, channels), uint8
            May be a view of what is held in memory: copy it before writing to it.

        Raises
        ------
        DataError
            If a file is damaged, or no longer there; it is named.
        """
        rows = self._rows if indices is None else self._rows[self._chosen(indices)]
        if len(rows) == 0:
            return np.empty((0, *self.shape[1:]), dtype=np.uint8)
        return next(self._pixels.blocks([rows]))

    def batches(self, size: int) -> Iterator[NDArray[np.uint8]]:
        """Yield all images in order, ``size`` at a time, the next ones decoded meanwhile.

        Memory does not grow with the number of images.

        Parameters
        ----------
        size : int
            Images of a batch; the last may have fewer.
        """
        raise_gathered(count_problems("size", size), ParameterError)
        return self._pixels.blocks([self._rows[start : start + size] for start in range(0, len(self), size)])

    def converted(self, shape: tuple[int, int, int]) -> Images:
        """Return these images with another height, width and number of channels, made so as they are read."""
        return _view(ConvertedPixels(self._pixels, shape), self._rows, self._names, self._numbers)

    def __reduce__(self) -> tuple[Any, ...]:
        # To another process goes what this view needs and no more: of files their paths, of a mapped file its path.
        pixels, rows = self._pixels.packed(self._rows)
        if self._names is None:
            return _view, (pixels, rows, None, self._numbers)
        return _view, (pixels, rows, self.names, np.arange(len(rows), dtype=np.intp))

    def _chosen(self, key: ArrayLike) -> NDArray[Any]:
        chosen = np.asarray(key)
        if chosen.size == 0:
            return np.empty(0, dtype=np.intp)
        if chosen.ndim != 1 or chosen.dtype.kind not in "biu":
            raise IndexError(
                f"images are chosen by whole numbers or a mask in one dimension, not by {chosen.dtype} of shape "
                f"{chosen.shape}"
            )
        return chosen


def _view(pixels: AbstractPixels, rows: Rows, names: tuple[str, ...] | None, numbers: Rows) -> Images:
    view = Images.__new__(Images)
    view._pixels, view._rows, view._names, view._numbers = pixels, rows, names, numbers
    return view


def as_images(X: Any, *, size: Size | None = None) -> Images:
    """Return what image detectors take, from whatever images come as.

    Parameters
    ----------
    X : Images, array, list of paths, or path
        An array has the shape (n, height, width) or (n, height, width, channels), with 1 or 3 channels, of uint8 or of
        floats in [0, 1]. A path is a folder or a file, as :func:`dross.data.images.reading.read_images` takes it.
    size : int or (int, int), optional
        The side, or height and width, to resize to. By default :class:`Images` stay as they are, and so do other
        images of one size up to 64 pixels a side; larger ones become a square of 64, with a warning. Detectors take
        :class:`Images` of any size, so this is where more detail is asked for: ``fit(as_images(X, size=256))``.

    Raises
    ------
    DataError
        If these are no images.

    Warns
    -----
    SizeWarning
        If images are made smaller and ``size`` was not given.

    Examples
    --------
    >>> as_images(np.zeros((2, 100, 80, 3)), size=(100, 80)).shape, as_images(np.zeros((2, 9, 8)), size=16).shape
    ((2, 100, 80, 3), (2, 16, 16, 1))
    """
    from dross.data.images.array_reading import images_of_array  # both make Images, of which this is the file
    from dross.data.images.reading import array_of, brought_to, is_array_like, read_images

    if isinstance(X, Images):
        return brought_to(X, size, None)
    if is_array_like(X):
        return images_of_array(array_of(X), "the images", size=size)
    return read_images(X, size=size).images
