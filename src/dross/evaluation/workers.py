"""What executes runs one after the other, in this process or in one of several: data loaded once, errors kept."""

from __future__ import annotations

import functools
import time
import traceback
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, final

from dross.errors import DrossError
from dross.evaluation.plan import Loader
from dross.evaluation.protocols import ProtocolName, split_for
from dross.evaluation.results import now
from dross.evaluation.run import Builder, RunResult, RunSpec, execute

if TYPE_CHECKING:
    from dross.data.dataset import Dataset
    from dross.evaluation.split import Split

#: How many different warnings of a run are kept.
_MOST_WARNINGS = 5


@final
@dataclass(frozen=True)
class Outcome:
    """How a run ended: with a ``result``, or with the ``error`` that ended it."""

    spec: RunSpec
    result: RunResult | None
    error: str | None
    seconds: float
    started: str


@final
class Worker:
    """Executes runs and keeps the data set and the split of the last one, which the next run mostly shares.

    Parameters
    ----------
    build, load : callables
        Make detectors and data sets of their names.
    highest : float
        The highest ratio of the sweep.
    max_train : int or None
        Upper bound of the training size.
    """

    def __init__(self, build: Builder, load: Loader, highest: float, max_train: int | None) -> None:
        self._build = build
        self._highest = highest
        self._max_train = max_train
        self._dataset = functools.lru_cache(maxsize=2)(load)
        self._split = functools.lru_cache(maxsize=1)(self._make_split)

    def run(self, spec: RunSpec) -> Outcome:
        """Return the outcome of a run; whatever goes wrong in it is part of the outcome."""
        started, clock = now(), time.perf_counter()
        result, message = None, None
        # Warnings of thousands of runs would bury the progress table: they are kept with the run instead.
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                split = self._split(spec.key.dataset, spec.key.protocol, spec.key.contamination, spec.key.seed)
                result = execute(self._dataset(spec.key.dataset), split, spec, self._build)
            except DrossError as error:
                message = str(error)
            except Exception as error:
                # A detector may fail in any way, and one failure must not cost the other thousand runs.
                message = f"{type(error).__name__}: {error} ({_origin(error)})"
        if result is not None and caught:
            told = list(dict.fromkeys(f"{item.category.__name__}: {item.message}" for item in caught))
            result = replace(result, details={**result.details, "warnings": told[:_MOST_WARNINGS]})
        return Outcome(spec, result, message, time.perf_counter() - clock, started)

    def _make_split(self, dataset: str, protocol: ProtocolName, contamination: float, seed: int) -> Split:
        data: Dataset = self._dataset(dataset)
        return split_for(protocol, data, contamination, seed, highest=self._highest, max_train=self._max_train)


def _origin(error: Exception) -> str:
    """Return the file and line where an error was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}, line {frame.lineno}"
