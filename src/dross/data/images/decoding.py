"""One image file: what its header says, whether it is whole, and its pixels. Runs in worker processes as well.

Only the five kinds below are opened, each by the reader of its own, told by the first bytes: nothing else that Pillow
can open (PostScript among it) is ever touched.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageFile import ImageFile

#: The kinds of image files, with the suffixes that name them.
SUFFIXES: Final = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png",),
    "WebP": (".webp",),
    "BMP": (".bmp",),
    "TIFF": (".tif", ".tiff"),
}
KIND_OF_SUFFIX: Final = {suffix: kind for kind, suffixes in SUFFIXES.items() for suffix in suffixes}
#: The most pixels that an image may have: a quarter of a gigabyte of RGB. A small file can claim any number.
MAX_PIXELS: Final = 89_478_485
#: So many bytes of the beginning of a file, with its size, stand for it in the checksum of a folder.
CHECKSUM_BYTES: Final = 1 << 16

_TAIL: Final = 1 << 12
_ORIENTATION: Final = 0x0112
_TURNED: Final = frozenset({5, 6, 7, 8})


class BadImageError(Exception):
    """An image file that cannot be used; the message goes on after the name of the file. Never leaves this package."""


@final
@dataclass(frozen=True)
class ImageHeader:
    """What is known of an image file without its pixels: size as it is shown, whether it is grey, a checksum."""

    height: int
    width: int
    grey: bool
    checksum: bytes


def read_header(path: Path, *, decode: bool = False) -> ImageHeader:
    """Return what an image file says of itself.

    Parameters
    ----------
    path : Path
        The file.
    decode : bool, default False
        Whether to decode it as well, to be sure that it is whole. A file whose end looks wrong is decoded in any case.

    Raises
    ------
    BadImageError
        If it is no image, not whole, animated, too large, or of another kind than its name says.
    """
    with _explained(path), path.open("rb") as file:
        start = file.read(CHECKSUM_BYTES)
        size = file.seek(0, 2)
        checksum = hashlib.sha256(str(size).encode() + b"\n" + start).digest()
        kind = _kind(path, start, size)
        file.seek(max(0, size - _TAIL))
        whole = _looks_whole(kind, start, file.read(), size)
        with _opened(file, kind) as image:
            if kind == "TIFF":
                image.load()  # newer versions of Pillow turn these by themselves, and then say so
            height, width = image.height, image.width
            if image.getexif().get(_ORIENTATION) in _TURNED:
                height, width = width, height
            grey = _is_grey(image)
            if decode or not whole:  # an image that is loaded already is not decoded again
                image.draft(None, (1, 1))
                image.load()
    return ImageHeader(height, width, grey, checksum)


def decode(path: Path, height: int, width: int, channels: int) -> NDArray[np.uint8]:
    """Return the pixels of an image file: turned as it is shown, on white, resized with antialiasing, not cropped.

    A JPEG file that is much larger than what is wanted is decoded at a half, a quarter or an eighth of its size, to no
    less than twice what is wanted: several times as fast.

    Parameters
    ----------
    path : Path
        The file.
    height, width, channels : int
        What is wanted; 1 channel is grey, 3 are red, green and blue.

    Returns
    -------
    array of shape (height, width, channels), uint8

    Raises
    ------
    BadImageError
        As :func:`read_header`.
    """
    from PIL import Image, ImageOps

    with _explained(path), path.open("rb") as file:
        start = file.read(16)
        with _opened(file, _kind(path, start, len(start))) as image:
            least = 2 * max(height, width)  # either way round: the picture may lie on its side
            image.draft(None, (least, least))
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            flat = _flat(image, channels)
    if flat.size != (width, height):
        flat = flat.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(flat).reshape(height, width, channels)


class _explained:
    """Turn whatever reading a damaged file raises into :class:`BadImageError`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, BadImageError) or not isinstance(error, Exception):
            return
        if isinstance(error, PermissionError):
            raise BadImageError(f"cannot be read ({error.strerror}): check its permissions") from error
        if isinstance(error, OSError) and error.errno is not None:
            raise BadImageError(f"cannot be read ({error.strerror})") from error
        # Pillow raises many kinds of errors for a damaged file, few of them its own.
        raise BadImageError(f"is damaged or cut off ({error}): copy it again") from error


def _kind(path: Path, start: bytes, size: int) -> str:
    """Return the kind of an image file by its first bytes, which its name must not contradict."""
    if size == 0:
        raise BadImageError("is empty (0 bytes): copy it again")
    named = KIND_OF_SUFFIX.get(path.suffix.lower())
    found = kind_of(start)
    if named is None:
        raise BadImageError(f"is no image file by its name: those end in {', '.join(sorted(KIND_OF_SUFFIX))}")
    if found is None:
        raise BadImageError(f"is no {named} file, whatever its name says: its first bytes are {start[:8]!r}")
    if found != named:
        raise BadImageError(f"is a {found} file by its content: rename it to {path.stem}{SUFFIXES[found][0]}")
    return found


def kind_of(start: bytes) -> str | None:
    r"""Return the kind of an image file by its first 16 bytes, or ``None``.

    Examples
    --------
    >>> kind_of(b"\xff\xd8\xff\xe0" + bytes(12)), kind_of(b"<html>")
    ('JPEG', None)
    """
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "WebP"
    beginnings = {
        b"\xff\xd8\xff": "JPEG",
        b"\x89PNG\r\n\x1a\n": "PNG",
        b"BM": "BMP",
        b"II*\0": "TIFF",
        b"MM\0*": "TIFF",
        b"II+\0": "TIFF",
        b"MM\0+": "TIFF",
    }
    return next((kind for beginning, kind in beginnings.items() if start.startswith(beginning)), None)


def _looks_whole(kind: str, start: bytes, tail: bytes, size: int) -> bool:
    """Return whether the end of a file is where its kind has it; if not, it may still be whole."""
    if kind == "JPEG":
        return tail.rstrip(b"\0").endswith(b"\xff\xd9")
    if kind == "PNG":
        return b"IEND" in tail
    if kind == "WebP":
        return int.from_bytes(start[4:8], "little") + 8 <= size
    if kind == "BMP":
        return int.from_bytes(start[2:6], "little") == size
    return False  # a TIFF file may have its parts anywhere


def _opened(file: IO[bytes], kind: str) -> ImageFile:
    """Open an image by the reader of its kind and look at its size and number of frames."""
    from PIL import BmpImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

    readers: dict[str, type[ImageFile]] = {
        # Not jpeg_factory: of the several pictures in one file that some cameras write, the first is the photograph.
        "JPEG": JpegImagePlugin.JpegImageFile,
        "PNG": PngImagePlugin.PngImageFile,
        "WebP": WebPImagePlugin.WebPImageFile,
        "BMP": BmpImagePlugin.BmpImageFile,
        "TIFF": TiffImagePlugin.TiffImageFile,
    }
    file.seek(0)
    # Called itself, a reader lets any number of pixels pass; Image.open would warn of some.
    image = readers[kind](file)
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise BadImageError(
            f"has {image.width:,} x {image.height:,} = {pixels:,} pixels, and {MAX_PIXELS:,} is the most that is "
            "decoded: make it smaller, or cut it into parts"
        )
    frames = int(getattr(image, "n_frames", 1))
    if frames > 1:
        raise BadImageError(
            f"has {frames} frames or pages, and it is not known which one counts: save that one as a file of its own"
        )
    if image.mode in ("F", "LAB") or (image.mode == "I" and kind != "PNG"):
        raise BadImageError(
            f"has pixels of the kind '{image.mode}', which have no known white: save it with 8 or 16 bits a channel"
        )
    return image


def _is_grey(image: Image.Image) -> bool:
    if image.mode == "P":
        palette = np.array(image.getpalette("RGB") or [0, 0, 0]).reshape(-1, 3)
        return bool((palette == palette[:, :1]).all())
    return image.mode in ("1", "L", "LA", "I") or image.mode.startswith("I;16")


def _flat(image: Image.Image, channels: int) -> Image.Image:
    """Return an image of any mode as grey or RGB of 8 bits, on white where it lets light through."""
    from PIL import Image

    if image.mode == "I" or image.mode.startswith("I;16"):
        wide = np.asarray(image).astype(np.uint32)
        image = Image.fromarray(((wide + 128) // 257).astype(np.uint8))
    if image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper.convert("RGB")
    wanted = "RGB" if channels == 3 else "L"
    return image if image.mode == wanted else image.convert(wanted)
