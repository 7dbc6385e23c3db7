"""The results file of a sweep: SQLite, one row a run, written as it ends.

SQLite in WAL mode keeps what was committed when the process is killed, and lets others read while the sweep writes.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self, final

from dross.errors import ResultsError
from dross.evaluation.environment import describe_environment
from dross.evaluation.plan import Plan
from dross.evaluation.run import RunKey, RunResult

#: Raised by one when the tables below change.
SCHEMA_VERSION = 1

#: Keys of the configuration that change how results are shown, not what they are.
COSMETIC = frozenset({"title", "published"})

_SCHEMA = """
CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE runs (
    dataset TEXT NOT NULL, protocol TEXT NOT NULL, detector TEXT NOT NULL, training TEXT NOT NULL,
    variant TEXT NOT NULL, contamination REAL NOT NULL, seed INTEGER NOT NULL,
    status TEXT NOT NULL, metrics TEXT NOT NULL, details TEXT NOT NULL, seconds REAL NOT NULL,
    started TEXT NOT NULL, error TEXT,
    PRIMARY KEY (dataset, protocol, detector, training, variant, contamination, seed)
);
"""


@final
@dataclass(frozen=True)
class RunRow:
    """One run as stored: ``status`` is ``"done"``, or ``"failed"`` with the ``error`` that ended it."""

    key: RunKey
    status: Literal["done", "failed"]
    metrics: dict[str, float | None]
    details: dict[str, Any]
    seconds: float
    started: str
    error: str | None


@final
class Results:
    """An open results file; close it, or use it as a context manager.

    Made by `create_results` or `open_results`, not by hand.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def metadata(self) -> dict[str, Any]:
        """What the sweep was: ``configuration``, ``data`` (facts of each data set), ``environments`` (one a start)."""
        with _explained(self.path):
            rows = self._connection.execute("SELECT key, value FROM metadata").fetchall()
        return {key: json.loads(value) for key, value in rows}

    def set_metadata(self, **values: Any) -> None:
        """Write metadata, replacing what a key held."""
        rows = [(key, json.dumps(value)) for key, value in values.items()]
        with _explained(self.path), self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO metadata VALUES (?, ?)", rows)

    def done(self) -> set[RunKey]:
        """Return the keys of the runs that ended well; failed ones are tried again when a sweep goes on."""
        with _explained(self.path):
            rows = self._connection.execute(
                "SELECT dataset, protocol, detector, training, variant, contamination, seed FROM runs "
                "WHERE status = 'done'"
            )
            return {RunKey(*row) for row in rows}

    def add_done(self, key: RunKey, result: RunResult, started: str) -> None:
        """Store the result of a run."""
        self._add(RunRow(key, "done", result.metrics, result.details, result.seconds, started, None))

    def add_failed(self, key: RunKey, error: str, seconds: float, started: str) -> None:
        """Store why a run failed."""
        self._add(RunRow(key, "failed", {}, {}, seconds, started, error))

    def rows(self) -> Iterator[RunRow]:
        """Yield every run in the order of its key."""
        with _explained(self.path):
            for row in self._connection.execute(
                "SELECT * FROM runs ORDER BY dataset, protocol, detector, training, variant, contamination, seed"
            ):
                status, metrics, details, seconds, started, error = row[7:]
                yield RunRow(
                    RunKey(*row[:7]), status, json.loads(metrics), json.loads(details), seconds, started, error
                )

    def _add(self, row: RunRow) -> None:
        values = (
            *astuple(row.key),
            row.status,
            # NaN is no JSON: what is undefined must have been made null before it comes here.
            json.dumps(row.metrics, allow_nan=False),
            json.dumps(row.details, allow_nan=False),
            row.seconds,
            row.started,
            row.error,
        )
        with _explained(self.path), self._connection:
            self._connection.execute(f"INSERT OR REPLACE INTO runs VALUES ({', '.join('?' * len(values))})", values)


def create_results(path: str | os.PathLike[str], plan: Plan, *, resume: bool = False) -> Results:
    """Return the results file of a plan: a new one, or, to ``resume``, the one that an earlier start left.

    Parameters
    ----------
    path : path
        The SQLite file.
    plan : Plan
        The sweep.
    resume : bool, default False
        Whether to go on where an earlier start of the same sweep stopped.

    Raises
    ------
    ResultsError
        If the file holds runs and ``resume`` is false, is of another sweep (it says which keys differ), was made from
        other data, or cannot be used.
    """
    file = Path(path)
    exists = file.exists()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResultsError(f"{file} cannot be written ({error.strerror}): give another place") from None
    results = open_results(file) if exists and file.stat().st_size > 0 else _new(file)
    try:
        stored = results.metadata
        if "configuration" not in stored:  # new, or killed before the first word was written
            results.set_metadata(schema_version=SCHEMA_VERSION, environments=[], data=_facts(plan))
        else:
            _check_same_sweep(file, stored, plan)
            n_done = len(results.done())
            if n_done and not resume:
                raise ResultsError(
                    f"{file} already holds {n_done} of the {len(plan.runs)} runs of this sweep: go on with --resume "
                    f"(resume=True), or remove the file to start afresh"
                )
        results.set_metadata(
            configuration=plan.sweep.configuration(),
            n_runs=len(plan.runs),
            environments=[*results.metadata["environments"], describe_environment()],
        )
    except BaseException:
        results.close()
        raise
    return results


def open_results(path: str | os.PathLike[str]) -> Results:
    """Return an existing results file, for reading.

    Raises
    ------
    ResultsError
        If there is none, it is damaged, or it was written by a newer version.
    """
    file = Path(path)
    if not file.is_file():
        raise ResultsError(f"there is no results file {file}: run the sweep first, or check the path")
    connection = _connect(file)
    try:
        with _explained(file):
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"metadata", "runs"} <= tables:
            raise ResultsError(f"{file} is an SQLite file, but not the results of a sweep: give another path")
        results = Results(file, connection)
        version = results.metadata.get("schema_version", SCHEMA_VERSION)
        if version != SCHEMA_VERSION:
            raise ResultsError(
                f"{file} has the format {version}, this version of Dross knows {SCHEMA_VERSION}: use the version that "
                f"wrote it, or run the sweep again into another file"
            )
    except BaseException:
        connection.close()
        raise
    return results


def now() -> str:
    """Return the time in UTC as results files hold it.

    Examples
    --------
    >>> now().endswith("+00:00")
    True
    """
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _new(file: Path) -> Results:
    connection = _connect(file)
    with _explained(file):
        connection.execute("PRAGMA journal_mode = WAL")  # it stays with the file
        connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
    return Results(file, connection)


def _connect(file: Path) -> sqlite3.Connection:
    with _explained(file):
        connection = sqlite3.connect(file, timeout=30.0)
        # Under WAL this keeps every commit when the process is killed, and waits for the disk only now and then.
        connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _facts(plan: Plan) -> dict[str, Any]:
    return {name: asdict(facts) for name, facts in plan.facts.items()}


def _check_same_sweep(file: Path, stored: dict[str, Any], plan: Plan) -> None:
    asked = json.loads(json.dumps(plan.sweep.configuration()))
    found = stored["configuration"]
    differing = [key for key in asked if key not in COSMETIC and asked[key] != found.get(key)]
    if differing:
        lines = "".join(f"\n  - {key}: the file has {found.get(key)!r}, asked is {asked[key]!r}" for key in differing)
        raise ResultsError(
            f"{file} holds the results of another sweep; what differs: {', '.join(differing)}{lines}\n"
            f"Give another results file, remove this one to start afresh, or restore the run file"
        )
    changed = [name for name, facts in plan.facts.items() if facts.checksum != stored["data"][name]["checksum"]]
    if changed:
        raise ResultsError(
            f"{file} was made from other data: the checksum of {', '.join(changed)} has changed since. Restore the "
            f"data, give another results file, or remove this one to start afresh"
        )


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise ResultsError(
                f"{file}: the disk is full. What was written is kept: free some space and go on with --resume"
            ) from error
        raise ResultsError(
            f"{file} cannot be read or written ({error}): check its permissions, and that no other sweep writes it"
        ) from error
    except sqlite3.DatabaseError as error:
        raise ResultsError(
            f"{file} is damaged or not a results file ({error}): give another path, or remove it and run the "
            f"sweep again"
        ) from error
