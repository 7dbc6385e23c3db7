"""What a sweep shows while it runs: a live table on a terminal, and plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, final

from dross.evaluation.plan import Plan
from dross.evaluation.protocols import LABELLED_PROTOCOLS
from dross.evaluation.run import RunKey, RunSpec
from dross.evaluation.variants import split_variant, subject
from dross.evaluation.workers import Outcome
from dross.progress import shows_bars

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

#: Seconds between two lines where there is no terminal.
SECONDS_BETWEEN_LINES = 20.0


class Display(Protocol):
    """What a sweep tells about itself."""

    def running(self, specs: tuple[RunSpec, ...]) -> None:
        """Take note of the runs that are in flight."""
        ...

    def ended(self, outcome: Outcome) -> None:
        """Take note of a run that has ended."""
        ...


@final
class Tally:
    """Counts of a sweep so far, and the best mean AUROC of each data set, or class of images, at its highest ratio.

    Parameters
    ----------
    plan : Plan
        The sweep.
    kept : set of RunKey
        Runs of an earlier start, which are not repeated.
    """

    def __init__(self, plan: Plan, kept: set[RunKey]) -> None:
        self.name = plan.sweep.name
        self._with_labels = plan.sweep.protocol in LABELLED_PROTOCOLS
        self.total, self.done, self.failed = len(plan.runs), len(kept), 0
        self.of_subject: dict[str, list[int]] = {_about(spec.key)[0]: [0, 0] for spec in plan.runs}
        self._highest = dict.fromkeys(self.of_subject, 0.0)
        for spec in plan.runs:
            name = _about(spec.key)[0]
            self.of_subject[name][1] += 1
            self.of_subject[name][0] += spec.key in kept
            self._highest[name] = max(self._highest[name], spec.key.contamination)
        self._aurocs: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self._kept, self._started = len(kept), time.monotonic()

    def count(self, outcome: Outcome) -> None:
        """Count a run that has ended."""
        key = outcome.spec.key
        self.done += 1
        self.failed += outcome.result is None
        self.of_subject[_about(key)[0]][0] += 1
        if outcome.result is not None:
            self.add_metrics(key, outcome.result.metrics)

    def add_metrics(self, key: RunKey, metrics: Mapping[str, float | None]) -> None:
        """Let the metrics of a run take part in what is best so far."""
        value = metrics.get("auroc")
        about, variant = _about(key)
        if value is not None and key.contamination == self._highest[about]:
            self._aurocs[about][" ".join(filter(None, (key.detector, key.training, variant)))].append(value)

    def best(self, about: str) -> str:
        """Return the best detector of a data set or class so far, in words; empty before its first result."""
        means = {name: sum(values) / len(values) for name, values in self._aurocs[about].items()}
        if not means:
            return ""
        name = max(means, key=lambda each: means[each])
        at = "" if self._with_labels else f" at {100 * self._highest[about]:g} %"
        return f"{name}: AUROC {100 * means[name]:.1f}{at}"

    def line(self) -> str:
        """Return where the sweep stands, in one line."""
        elapsed = time.monotonic() - self._started
        fresh = self.done - self._kept
        left = (
            f", about {_span(elapsed / fresh * (self.total - self.done))} left"
            if fresh and self.done < self.total
            else ""
        )
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self.name}: {self.done} of {self.total} runs{failed}, {_span(elapsed)}{left}"


@contextmanager
def display_for(tally: Tally, n_workers: int) -> Iterator[Display]:
    """Show a sweep on stderr while the block runs: a live table on a terminal, else a line now and then."""
    if not shows_bars():
        yield _Lines(tally)
        print(tally.line(), file=sys.stderr, flush=True)  # noqa: T201
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), refresh_per_second=4) as live:
        yield _Table(tally, n_workers, live)


@final
class _Lines:
    """Plain lines: one at the start, one for each failure, and one now and then."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._last = time.monotonic()
        print(tally.line(), file=sys.stderr, flush=True)  # noqa: T201

    def running(self, specs: tuple[RunSpec, ...]) -> None:
        """Say nothing: a log is no place for what is about to happen."""

    def ended(self, outcome: Outcome) -> None:
        """Say that a run failed, and now and then how far the sweep is."""
        if outcome.error is not None:
            print(f"failed: {outcome.spec.key}: {outcome.error}", file=sys.stderr, flush=True)  # noqa: T201
        if time.monotonic() - self._last >= SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            print(self._tally.line(), file=sys.stderr, flush=True)  # noqa: T201


@final
class _Table:
    """The live table: data sets with runs done and the best so far, what runs now, and what failed last."""

    def __init__(self, tally: Tally, n_workers: int, live: Live) -> None:
        self._tally, self._n_workers, self._live = tally, n_workers, live
        self._running: tuple[RunSpec, ...] = ()
        self._failure = ""

    def running(self, specs: tuple[RunSpec, ...]) -> None:
        """Show the runs in flight."""
        self._running = specs[: self._n_workers]
        self._live.update(self._table())

    def ended(self, outcome: Outcome) -> None:
        """Show what has become of a run."""
        if outcome.error is not None:
            self._failure = f"last failure: {outcome.spec.key}: {outcome.error.splitlines()[0]}"
        self._live.update(self._table())

    def _table(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        running = "\n".join(f"runs: {spec.key}" for spec in self._running)
        caption = "\n".join(filter(None, (running, self._failure)))
        table = Table(title=self._tally.line(), caption=Text(caption), title_justify="left", caption_justify="left")
        table.add_column("data set")
        table.add_column("done", justify="right")
        table.add_column("left", justify="right")
        table.add_column("best so far")
        for about, (done, total) in self._tally.of_subject.items():
            table.add_row(Text(about), str(done), str(total - done), Text(self._tally.best(about)))
        return table


def _about(key: RunKey) -> tuple[str, str]:
    """Return what a run is about, and its variant without what that says."""
    roles, variant = split_variant(key.variant)
    return subject(key.dataset, roles), variant


def _span(seconds: float) -> str:
    """Return a span of time in words.

    Examples
    --------
    >>> _span(59.6), _span(90), _span(7260)
    ('60 s', '1 min 30 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
