"""Writing files whole or not at all.

A full disk, Ctrl-C or a crash leaves the old file or none, never half of the new one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dross.errors import DataError

_BLOCK = 1 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` that takes its place on success and is removed on failure.

    Write a file there, or make a folder there: a folder replaces a folder of the same name whole. The temporary name
    keeps the suffix, because many writers choose their format by it.

    Parameters
    ----------
    path : path
        Where the result shall be. Its folder is made when it is missing.

    Raises
    ------
    DataError
        If the folder cannot be written, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with atomic_path(folder / "note.txt") as temporary:
    ...     _ = temporary.write_text("all of it")
    >>> [p.name for p in folder.iterdir()], (folder / "note.txt").read_text()
    (['note.txt'], 'all of it')
    """
    target = Path(path)
    temporary = target.with_name(f".{target.stem}.{secrets.token_hex(6)}{target.suffix}")
    with explain_write_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            _take_place(temporary, target)
        except BaseException:
            remove(temporary)
            raise


@contextmanager
def explain_write_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn the errors of a full disk or a folder that cannot be written into a message with the remedy.

    Raises
    ------
    DataError
        In place of the ``OSError``; any other ``OSError`` passes.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DataError(
                f"{path} could not be written: the disk is full ({error.strerror}). Nothing was left behind; "
                "free some space, or give another place, and run the same command again"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST):
            raise DataError(
                f"{path} cannot be written ({error.strerror}): check the path and its permissions, "
                "or give another place"
            ) from error
        raise


def write_text(path: str | os.PathLike[str], text: str) -> None:
    r"""Write a UTF-8 text file whole or not at all.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a" / "note.txt"
    >>> write_text(target, "grün\n")
    >>> target.read_text(encoding="utf-8")
    'grün\n'
    """
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def sha256(path: str | os.PathLike[str], progress: Callable[[int], None] | None = None) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits.

    Parameters
    ----------
    path : path
        The file; it is read in blocks of 1 MiB.
    progress : callable, optional
        Called with the number of bytes of each block.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "empty"
    >>> target.touch()
    >>> sha256(target)[:8]
    'e3b0c442'
    """
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            if progress is not None:
                progress(len(block))
    return digest.hexdigest()


def copy(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Copy a file whole or not at all."""
    with atomic_path(target) as temporary:
        shutil.copyfile(source, temporary)


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it; do nothing when there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _take_place(temporary: Path, target: Path) -> None:
    """Rename ``temporary`` to ``target`` after its bytes are on the disk."""
    for file in [temporary, *temporary.rglob("*")] if temporary.is_dir() else [temporary]:
        if file.is_file():
            _flush(file)
    if temporary.is_dir() and target.is_dir() and not target.is_symlink():
        # A folder that is not empty cannot be renamed over: step the old one aside, and put it back if that fails.
        aside = target.with_name(f".{target.name}.{secrets.token_hex(6)}.old")
        target.rename(aside)
        try:
            temporary.rename(target)
        except BaseException:
            aside.rename(target)
            raise
        shutil.rmtree(aside)
    else:
        temporary.replace(target)
    _flush(target.parent)


def _flush(path: Path) -> None:
    """Ask the disk to hold the file's (or the folder's) bytes now."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:  # a folder cannot be opened everywhere; the rename itself has happened
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno in _FULL:
            raise
    finally:
        os.close(descriptor)
