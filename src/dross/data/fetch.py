"""Lay the published data sets out in a folder: ``python -m dross.data.fetch OUT [--from FOLDER] [NAME ...]``.

From a local folder of published files where one is given, else from their publishers. Each file is checked: by
checksum where one is known, else by being a labelled table. Files that are there and right are left alone, so a run
that was cut off goes on where it stopped.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from dross.data.arrays import read_npz
from dross.data.image_sets import SETS
from dross.data.published_files import SOURCES, Source
from dross.errors import DataError, DrossError, did_you_mean, raise_gathered
from dross.files import atomic_path, copy, download, extract
from dross.files.downloads import UnreachableError
from dross.progress import Interrupted, bar, explain_interrupt


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
    wanted = _wanted(out, names, sources)
    if from_folder is None:
        absent, problems = _download_all(out, wanted)
    else:
        absent, problems = _copy_all(out, from_folder, wanted)
    raise_gathered(problems, DataError)
    if not any(_is_laid_out(source, out) for source in wanted):
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
    if not given.names:
        absent += [
            item.how_to_get(given.out)
            for item in SETS
            if item.how_to_get is not None and not all((given.out / file).exists() for file in item.files)
        ]
    for line in absent:
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(f"{given.out}: the data sets are laid out{', but for those named above' if absent else ''}\n")
    return 0


def _wanted(out: Path, names: Sequence[str], sources: Sequence[Source]) -> list[Source]:
    known = {source.name.lower(): source.name for source in sources}
    for key, name in tuple(known.items()):
        known.setdefault(key.removeprefix("adbench/"), name)
    by_hand = {item.name: item.how_to_get for item in SETS if item.how_to_get is not None}
    problems = [
        by_hand[name.lower()](out)
        if name.lower() in by_hand
        else f"no data set is called '{name}'{did_you_mean(name.lower(), known)}"
        for name in names
        if name.lower() not in known
    ]
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
        members = {member: _below(folder, member, found.get(Path(member).name)) for member in source.members}
        if members and all(members.values()):
            for member, path in members.items():
                if path is not None and not (out / member).is_file():
                    copy(path, out / member)
        elif name not in found:
            absent.append(f"{name} is not in {folder}")
        elif (problem := _problem(source, found[name])) is not None:
            problems.append(problem)
        elif members:
            _unpack(source, found[name], out)
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
        if _is_laid_out(source, out) and (source.members or _problem(source, target) is None):
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
            elif source.members:
                _unpack(source, target, out)
                target.unlink()
        except UnreachableError as error:
            unreachable[host] = 0
            absent.append(str(error))
        except DataError as error:
            problems.append(str(error))
    left_out = [f"{number} further files of {host} were left out" for host, number in unreachable.items() if number]
    return absent + left_out, problems


def _is_laid_out(source: Source, out: Path) -> bool:
    """Return whether a published file, or everything that comes out of it, is in the data folder."""
    return all((out / name).is_file() for name in source.members or (source.file,))


def _below(folder: Path, member: str, path: Path | None) -> Path | None:
    """Return where a file of an unpacked archive lies, if it is in a folder of the archive's name."""
    return path if path is not None and path.parent.name == Path(member).parent.name else None


def _unpack(source: Source, archive: Path, out: Path) -> None:
    """Put the one folder that an archive holds in the data folder, whole or not at all."""
    name = Path(source.members[0]).parts[0]
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=out) as temporary:
        unpacked = Path(temporary) / "archive"
        extract(archive, unpacked)
        if missing := [member for member in source.members if not (unpacked / member).is_file()]:
            raise DataError(f"{archive} holds no {missing[0]}: fetch it again from {source.url}")
        with atomic_path(out / name) as folder:
            (unpacked / name).rename(folder)


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
