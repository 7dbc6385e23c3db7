"""Lay the published data sets out in a folder: ``python -m dross.data.fetch OUT [--from FOLDER] [NAME ...]``.

From a local folder of published files where one is given, else from their publishers. Each file is checked: by
checksum where one is known, else by being a labelled table. Files that are there and right are left alone, so a run
that was cut off goes on where it stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final
from urllib.parse import urlsplit

import numpy as np

from dross.data import adbench
from dross.data.arrays import read_npz
from dross.errors import DataError, DrossError, did_you_mean, raise_gathered
from dross.files import copy, download, sha256
from dross.files.downloads import UnreachableError
from dross.progress import Interrupted, bar, explain_interrupt


def text_sha256(path: Path) -> str:
    """Return the SHA-256 of a text file of which only the words count, not the blanks between them.

    The raw UCI files end their lines with blanks in some copies and not in others; their numbers are the same.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for line in file:
            if words := line.split():
                digest.update(b" ".join(words) + b"\n")
    return digest.hexdigest()


@final
@dataclass(frozen=True)
class Source:
    """One published file: its set's name, its place in the data folder, its address and its checksum."""

    name: str
    file: str
    url: str
    checksum: str | None
    digest: Callable[[Path], str] = sha256


_UCI: Final = "https://archive.ics.uci.edu/ml/machine-learning-databases/thyroid-disease"

#: Every published file. The ODDS addresses are those its pages link to.
SOURCES: Final[tuple[Source, ...]] = (
    Source(
        "thyroid",
        "odds/thyroid.mat",
        "https://www.dropbox.com/s/bih0e15a0fukftb/thyroid.mat?dl=1",
        "49155d7861b977e90808faf68343ff67a67f63090c2744d514dbb67ac68e7e33",
    ),
    Source(
        "arrhythmia",
        "odds/arrhythmia.mat",
        "https://www.dropbox.com/s/lmlwuspn1sey48r/arrhythmia.mat?dl=1",
        "e4d47e499591ae31e5d7f0cd983367092353eac240f48e14c9b36457edb3460d",
    ),
    Source(
        "thyroid-uci",
        "odds/ann-train.data",
        f"{_UCI}/ann-train.data",
        "38c10288f9257201c03eda91969adcce73778d545df382b0fa5ed77468f0f322",
        text_sha256,
    ),
    Source(
        "thyroid-uci",
        "odds/ann-test.data",
        f"{_UCI}/ann-test.data",
        "94dc9a6cb94ed8761a172086ce31d2dcf66577881248442e731de5072ba518db",
        text_sha256,
    ),
    *(
        Source(
            f"adbench/{table.name}",
            f"adbench/{table.file}",
            f"{adbench.RAW}/{table.file}",
            table.sha256,
        )
        for table in adbench.TABLES
    ),
)


def fetch(
    out: Path, from_folder: Path | None = None, names: Sequence[str] = (), sources: Sequence[Source] = SOURCES
) -> list[str]:
    """Lay the published files out in ``out`` and return lines on those that are not there now.

    Parameters
    ----------
    out : Path
        The data folder.
    from_folder : Path, optional
        A folder that holds published files, under their names, at any depth; nothing is downloaded then.
    names : sequence of str
        The sets to lay out; all by default.
    sources : sequence of Source
        The published files.

    Raises
    ------
    DataError
        If a name is not known, a file has another checksum, or not one file could be laid out.
    """
    wanted = _wanted(names, sources)
    if from_folder is None:
        absent, problems = _download_all(out, wanted)
    else:
        absent, problems = _copy_all(out, from_folder, wanted)
    raise_gathered(problems, DataError)
    if not any((out / source.file).is_file() for source in wanted):
        raise DataError("no data set could be laid out:\n" + "\n".join(f"  - {line}" for line in absent))
    return absent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, 2 for a mistake, 130 for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m dross.data.fetch", description="Lay the published data sets out.")
    parser.add_argument("out", type=Path, metavar="OUT", help="the data folder")
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as thyroid or adbench/cardio; default all")
    parser.add_argument("--from", dest="from_folder", type=Path, metavar="FOLDER", help="published files at hand")
    given = parser.parse_intermixed_args(arguments)
    try:
        with explain_interrupt("what is complete is kept; run the same command again to go on"):
            absent = fetch(given.out, given.from_folder, given.names)
    except (DrossError, Interrupted) as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, DrossError) else Interrupted.exit_code
    for line in absent:
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(f"{given.out}: the data sets are laid out{', but for those named above' if absent else ''}\n")
    return 0


def _wanted(names: Sequence[str], sources: Sequence[Source]) -> list[Source]:
    known = {source.name.lower(): source.name for source in sources}
    for key, name in tuple(known.items()):
        known.setdefault(key.removeprefix("adbench/"), name)
    unknown = [name for name in names if name.lower() not in known]
    problems = [f"no data set is called '{name}'{did_you_mean(name.lower(), known)}" for name in unknown]
    raise_gathered(problems, DataError)
    asked = {known[name.lower()] for name in names}
    return [source for source in sources if not names or source.name in asked]


def _copy_all(out: Path, folder: Path, sources: Sequence[Source]) -> tuple[list[str], list[str]]:
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder} to take the published files from")
    found = {path.name: path for path in sorted(folder.rglob("*")) if path.is_file()}
    absent, problems = [], []
    for source in sources:
        name = Path(source.file).name
        target = out / source.file
        if name not in found:
            absent.append(f"{name} is not in {folder}")
        elif (problem := _problem(source, found[name])) is not None:
            problems.append(problem)
        elif not (target.is_file() and source.digest(target) == source.digest(found[name])):
            copy(found[name], target)
    return absent, problems


def _download_all(out: Path, sources: Sequence[Source]) -> tuple[list[str], list[str]]:
    absent: list[str] = []
    problems: list[str] = []
    unreachable: dict[str, int] = {}
    for source in sources:
        host = urlsplit(source.url).netloc
        target = out / source.file
        if target.is_file() and _problem(source, target) is None:
            continue
        if host in unreachable:
            unreachable[host] += 1
            continue
        try:
            with bar(None, Path(source.file).name, bytes_=True) as shown:
                download(source.url, target, source.checksum, shown.set, digest=source.digest)
            if (problem := _problem(source, target)) is not None:
                target.unlink()
                problems.append(problem)
        except UnreachableError as error:
            unreachable[host] = 0
            absent.append(str(error))
        except DataError as error:
            problems.append(str(error))
    left_out = [f"{number} further files of {host} were left out" for host, number in unreachable.items() if number]
    return absent + left_out, problems


def _problem(source: Source, path: Path) -> str | None:
    """Return what is wrong with a published file, if anything."""
    if source.checksum is not None:
        found = source.digest(path)
        if found == source.checksum:
            return None
        return f"{path} has the checksum {found}, but {source.checksum} is expected: fetch it again from {source.url}"
    return _table_problem(source, path)


def _table_problem(source: Source, path: Path) -> str | None:
    """Return what is wrong with an ``.npz`` table whose checksum nobody holds: it must at least be a labelled table."""
    try:
        X, y = read_npz(path)
    except DataError as error:
        return f"{error} ({source.url})"
    if y is not None and y.size == len(X) and np.isin(y, (0, 1)).all():
        return None
    return f"{path} is no labelled table ('y' must hold a 0 or a 1 a row of 'X'): fetch it again from {source.url}"


if __name__ == "__main__":
    sys.exit(main())
