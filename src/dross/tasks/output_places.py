"""Where things are written: found out before any work is done, and never among what is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from dross.errors import DataError


def check_place(out: str | os.PathLike[str]) -> None:
    """Raise if nothing can be written at a path, before any work is done.

    Raises
    ------
    DataError
        If its folder is none, or may not be written to.
    """
    nearest = next(folder for folder in Path(out).absolute().parents if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise DataError(f"{out} cannot be written: {nearest} is no folder that you may write to; give another place")


def check_outside(out: str | os.PathLike[str], data: Any) -> None:
    """Raise if something would be written into the folder that is read.

    Raises
    ------
    DataError
        If ``data`` is a folder, and ``out`` lies in it or is it.
    """
    if not isinstance(data, (str, os.PathLike)) or not Path(data).is_dir():
        return
    if Path(out).resolve().is_relative_to(Path(data).resolve()):
        raise DataError(f"{out} lies in {data}, which is what is read: give a place outside of it")


def check_apart(one: str | os.PathLike[str] | None, other: str | os.PathLike[str]) -> None:
    """Raise if of two things to be written one would lie in the other; ``None`` is not written.

    Raises
    ------
    DataError
        If so.
    """
    if one is None:
        return
    paths = Path(one).resolve(), Path(other).resolve()
    if paths[0].is_relative_to(paths[1]) or paths[1].is_relative_to(paths[0]):
        raise DataError(f"{one} and {other} are both to be written, and one lies in the other: give places apart")


def check_new_folder(out: str | os.PathLike[str]) -> Path:
    """Return the path of a folder to be written after checking that nothing there would be overwritten.

    Raises
    ------
    DataError
        If there is something at the path other than an empty folder, or it cannot be written.
    """
    path = Path(out)
    if path.exists() and not path.is_dir():
        raise DataError(f"{out} is a file and is left alone: give the name of a new folder")
    if path.is_dir() and any(path.iterdir()):
        raise DataError(f"{out} is a folder with things in it, and is left alone: give the name of a new folder")
    check_place(path)
    return path
