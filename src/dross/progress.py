"""Progress bars on stderr, and Ctrl-C that ends a job tidily.

On a terminal, long jobs show a bar with what is left. Elsewhere (a log file, CI) nothing moves: only a job that lasts
longer than ten seconds says in one line that it is still at it, and in another that it is done.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar, final

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")

#: Seconds after which a job that shows no bar says one line about itself.
LONG_JOB_SECONDS: Final = 10.0

#: Held by the job that shows itself.
_one_at_a_time = threading.Lock()


@final
class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with a sentence on what was kept and how to go on; the command line prints it and exits with 130."""

    exit_code: Final = 130


@final
class Bar:
    """One running job: call :meth:`advance` as units of it get done.

    Made by :func:`bar`; not by hand.
    """

    def __init__(self, description: str, total: float | None, show: Callable[[Bar], None] | None) -> None:
        self.description = description
        self.total = total
        self.done: float = 0
        self.note = ""
        self._show = show
        self._started = time.monotonic()
        self._told = False

    def advance(self, units: float = 1, note: str = "") -> None:
        """Count ``units`` more as done, and show ``note`` (such as the best so far) beside the bar."""
        self.done += units
        self.note = note
        if self._show is not None:
            self._show(self)
        elif not self._told and time.monotonic() - self._started >= LONG_JOB_SECONDS:
            self._told = True
            of = f" of {self.total:,.0f}" if self.total is not None else ""
            _say(f"{self.description}: {self.done:,.0f}{of} done after {time.monotonic() - self._started:.0f} s")

    def set(self, done: float, total: float | None = None) -> None:
        """Say how much is done in all and, where it turns out only now, how much there is."""
        self.total = total if total is not None else self.total
        self.advance(done - self.done)

    def close(self) -> None:
        """Say the end of a job that has said its start."""
        if self._told:
            _say(f"{self.description}: ended, {self.done:,.0f} done in {time.monotonic() - self._started:.0f} s")


@contextmanager
def bar(total: float | None, description: str, *, bytes_: bool = False, after: float = 0.0) -> Iterator[Bar]:
    """Show a progress bar on stderr while the block runs.

    A bar inside the block of another one, or in a process that another one has started, keeps quiet: one job shows
    itself at a time.

    Parameters
    ----------
    total : float or None
        How many units the job has; ``None`` when nobody knows.
    description : str
        What is done, such as ``"Scoring"``.
    bytes_ : bool, default False
        Whether the units are bytes, shown as MB and MB/s.
    after : float, default 0
        Seconds that the job must have lasted before its bar is shown, for jobs that are often short.

    Examples
    --------
    >>> with bar(3, "Counting") as counter:
    ...     for _ in range(3):
    ...         counter.advance()
    >>> counter.done
    3
    """
    if multiprocessing.parent_process() is not None or not _one_at_a_time.acquire(blocking=False):
        yield Bar(description, total, lambda counter: None)
        return
    try:
        with _shown_bar(total, description, bytes_, after) if shows_bars() else _told_bar(total, description) as made:
            yield made
    finally:
        _one_at_a_time.release()


@contextmanager
def _told_bar(total: float | None, description: str) -> Iterator[Bar]:
    quiet = Bar(description, total, None)
    try:
        yield quiet
    finally:
        quiet.close()


@contextmanager
def _shown_bar(total: float | None, description: str, bytes_: bool, after: float) -> Iterator[Bar]:
    display = _display(bytes_)
    task = display.add_task(description, total=total, note="")
    started = time.monotonic()

    def show(counter: Bar) -> None:
        display.update(task, completed=counter.done, total=counter.total, note=counter.note)
        if not display.live.is_started and time.monotonic() - started >= after:
            display.start()

    try:
        if after <= 0:
            display.start()
        yield Bar(description, total, show)
    finally:
        if display.live.is_started:
            display.stop()


def track(iterable: Iterable[T], total: float | None, description: str) -> Iterator[T]:
    """Yield the items one by one and show how many are done.

    Parameters
    ----------
    iterable : iterable
        The items.
    total : float or None
        How many there are; ``None`` asks ``len(iterable)`` where it has one.
    description : str
        What is done with them.

    Examples
    --------
    >>> list(track("ab", None, "Reading"))
    ['a', 'b']
    """
    if total is None and isinstance(iterable, Sized):
        total = len(iterable)
    with bar(total, description) as counter:
        for item in iterable:
            yield item
            counter.advance()


def shows_bars() -> bool:
    """Return whether stderr is a terminal somebody looks at (and not CI)."""
    return sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"


@final
class StopRequest:
    """Whether the user has pressed Ctrl-C once: a job asks between two of its units."""

    def __init__(self) -> None:
        self.requested = False


@contextmanager
def finish_unit_on_interrupt(unit: str = "step") -> Iterator[StopRequest]:
    """Let the job in the block finish its current unit at the first Ctrl-C; a second one ends it at once.

    The job looks at ``requested`` between two units and leaves by itself. Outside the main thread, where Python
    delivers no signals, this does nothing.

    Parameters
    ----------
    unit : str, default "step"
        What is being finished, such as ``"run"``: it is named in the message.

    Examples
    --------
    >>> with finish_unit_on_interrupt("run") as stop:
    ...     for run in range(3):
    ...         if stop.requested:
    ...             break
    >>> stop.requested
    False
    """
    stop = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def on_interrupt(signum: int, frame: object) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.requested = True
        _say(f"Ctrl-C: finishing the current {unit} (press Ctrl-C again to stop at once)")

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def explain_interrupt(message: str) -> Iterator[None]:
    """Turn Ctrl-C in the block into :class:`Interrupted`, which says what was kept and how to go on.

    Parameters
    ----------
    message : str
        Such as ``"scores.csv was not written; run the same command again"``.

    Examples
    --------
    >>> try:
    ...     with explain_interrupt("nothing was written"):
    ...         raise KeyboardInterrupt
    ... except Interrupted as stopped:
    ...     print(stopped, stopped.exit_code)
    interrupted: nothing was written 130
    """
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt as pressed:
        raise Interrupted(f"interrupted: {message}") from pressed


def _display(bytes_: bool) -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    counts = [DownloadColumn(), TransferSpeedColumn()] if bytes_ else [MofNCompleteColumn()]
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *counts,
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
        transient=True,
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  (stderr is what this module is for)
