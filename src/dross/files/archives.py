"""Archives from outside, unpacked with distrust."""

from __future__ import annotations

import os
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Final, final

from dross.errors import DataError
from dross.files.atomic import atomic_path

_BLOCK: Final = 1 << 20
_LINK_MODE: Final = 0o120000
_KIND_MASK: Final = 0o170000


def extract(
    archive: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    max_bytes: int = 20 * 1024**3,
    max_files: int = 1_000_000,
) -> None:
    """Unpack a zip or tar archive into ``folder``, whole or not at all.

    Parameters
    ----------
    archive : path
        A ``.zip``, ``.tar``, ``.tar.gz``, ``.tar.bz2`` or ``.tar.xz`` file.
    folder : path
        Where its files shall be; a folder that is there is replaced.
    max_bytes : int, default 20 GiB
        The most that may come out of it, counted as it comes, whatever the archive says of itself.
    max_files : int, default 1_000_000
        The most files that may come out of it.

    Raises
    ------
    DataError
        If it is damaged or too large, or holds a link, a device, an absolute path or one with ``..``.
    """
    path = Path(archive)
    if not path.is_file():
        raise DataError(f"there is no archive {path}")
    if zipfile.is_zipfile(path):
        reader: _Zip | _Tar = _Zip(path)
    elif tarfile.is_tarfile(path):
        reader = _Tar(path)
    else:
        raise DataError(f"{path} is no zip or tar archive, or is damaged: fetch it again")
    with atomic_path(folder) as temporary:
        temporary.mkdir()
        try:
            _unpack(path, reader, temporary, max_bytes, max_files)
        except (zipfile.BadZipFile, tarfile.TarError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"{path} is damaged ({error}): fetch it again") from error


def _unpack(path: Path, reader: _Zip | _Tar, folder: Path, max_bytes: int, max_files: int) -> None:
    left = max_bytes
    with closing(reader):
        for number, (name, file) in enumerate(reader.members(), start=1):
            with file:
                if number > max_files:
                    raise DataError(f"{path} holds more than {max_files:,} files: it is not unpacked")
                target = folder / _safe_name(path, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as out:
                    while block := file.read(_BLOCK):
                        left -= len(block)
                        if left < 0:
                            raise DataError(f"{path} holds more than {max_bytes:,} bytes: it is not unpacked")
                        out.write(block)


def _safe_name(path: Path, name: str) -> PurePosixPath:
    inside = PurePosixPath(name)
    windows = PureWindowsPath(name)
    if inside.is_absolute() or windows.drive or windows.root or ".." in inside.parts or ".." in windows.parts:
        raise DataError(f"{path} holds '{name}', which would be written outside its folder: it is not unpacked")
    return inside


@final
class _Zip:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive = zipfile.ZipFile(path)

    def members(self) -> Iterator[tuple[str, IO[bytes]]]:
        for info in self._archive.infolist():
            if (info.external_attr >> 16) & _KIND_MASK == _LINK_MODE:
                raise DataError(f"{self._path} holds the link '{info.filename}': it is not unpacked")
            if not info.is_dir():
                yield info.filename, self._archive.open(info)

    def close(self) -> None:
        self._archive.close()


@final
class _Tar:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive = tarfile.open(path)  # noqa: SIM115  (closed by close)

    def members(self) -> Iterator[tuple[str, IO[bytes]]]:
        for info in self._archive:
            if info.isdir():
                continue
            file = self._archive.extractfile(info) if info.isreg() else None
            if file is None:
                raise DataError(f"{self._path} holds '{info.name}', a link or a device: it is not unpacked")
            yield info.name, file

    def close(self) -> None:
        self._archive.close()
