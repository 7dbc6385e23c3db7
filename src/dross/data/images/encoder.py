"""The encoder between images as users bring them and the one shape that a fitted detector takes."""

from __future__ import annotations

from typing import Any, Self, final

from dross.data.images.conversion import check_array
from dross.data.images.images import Images
from dross.data.images.reading import ImageSet, array_of, is_array_like, read_images
from dross.data.images.sizing import HELD_BYTES
from dross.errors import DataError, ParameterError, SchemaError


@final
class ImageEncoder:
    """Bring new images to the size and channels of the training images.

    Use it between :func:`dross.data.images.reading.read_images` and a detector, as
    :class:`dross.data.encoder.TableEncoder` is used for tables. New images of another size are resized, with
    antialiasing and without cropping. For a model of RGB images, grey files become RGB, as among the training images;
    arrays and files of another number of channels are errors otherwise.

    Attributes
    ----------
    size_ : tuple of int
        Height and width of the training images.
    channels_ : int
        1 for grey, 3 for RGB.

    Raises
    ------
    SchemaError
        In ``transform`` and ``read``, if new images have another number of channels.

    Examples
    --------
    >>> import numpy as np
    >>> encoder = ImageEncoder().fit(read_images(np.zeros((4, 28, 28))))
    >>> encoder.transform(np.zeros((2, 100, 100))).shape
    (2, 28, 28, 1)
    """

    size_: tuple[int, int]
    channels_: int

    def fit(self, data: ImageSet) -> Self:
        """Remember the size and the channels of the training images."""
        _, *size, self.channels_ = data.images.shape
        self.size_ = (size[0], size[1])
        return self

    def transform(self, data: Any, *, source: str = "the new images") -> Images:
        """Return new images in the shape of the training images.

        Parameters
        ----------
        data : path, list of paths, array, Images or ImageSet
            As for :func:`dross.data.images.reading.read_images`.
        source : str
            What messages call arrays.
        """
        return self.read(data, source=source).images

    def read(
        self, data: Any, *, skip_bad: bool = False, held_bytes: int = HELD_BYTES, source: str = "the new images"
    ) -> ImageSet:
        """Return new images in the shape of the training images, with ids, labels and the files that were skipped.

        Parameters
        ----------
        data : path, list of paths, array, Images or ImageSet
            As for :func:`dross.data.images.reading.read_images`.
        skip_bad : bool, default False
            Whether bad files are left out and listed; otherwise they are an error that names them.
        held_bytes : int, default 1 GiB
            As for :func:`dross.data.images.reading.read_images`; 0 streams files in any case.
        source : str
            What messages call arrays.
        """
        if not hasattr(self, "size_"):
            raise ParameterError("this ImageEncoder is not fitted: call fit with the training images first")
        if is_array_like(data):
            array = array_of(data)
            check_array(array, source)
            self._check_channels(array.shape[3] if array.ndim == 4 else 1, source)
            data = array
        elif isinstance(data, (Images, ImageSet)):
            images = data.images if isinstance(data, ImageSet) else data
            self._check_channels(images.shape[3], data.source if isinstance(data, ImageSet) else source)
        return read_images(
            data,
            size=self.size_,
            channels=self.channels_,
            skip_bad=skip_bad,
            held_bytes=held_bytes,
            refuse_colour=True,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the fitted encoder as plain JSON, for :meth:`from_dict`."""
        return {"size": list(self.size_), "channels": self.channels_}

    @classmethod
    def from_dict(cls, description: dict[str, Any]) -> ImageEncoder:
        """Return the fitted encoder that :meth:`to_dict` described.

        Raises
        ------
        DataError
            If the description is damaged.

        Examples
        --------
        >>> ImageEncoder.from_dict({"size": [32, 32], "channels": 3}).channels_
        3
        """
        encoder = cls()
        try:
            height, width = (int(side) for side in description["size"])
            encoder.size_, encoder.channels_ = (height, width), int(description["channels"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"the description of the images is damaged ({error!r}): fit the model again") from error
        if min(encoder.size_) < 1 or encoder.channels_ not in (1, 3):
            raise DataError(f"the description of the images is damaged ({description!r}): fit the model again")
        return encoder

    def _check_channels(self, channels: int, source: str) -> None:
        if channels != self.channels_ and channels in (1, 3):
            has = {1: "grey images (1 channel)", 3: "RGB images (3 channels)"}
            how = "numpy.repeat(images, 3, axis=-1)" if channels == 1 else "images.mean(axis=-1).astype('uint8')"
            raise SchemaError(
                f"{source} are {has[channels]}, but the model was fitted on {has[self.channels_]}: give such ({how}), "
                f"or fit a model on {has[channels]}"
            )
