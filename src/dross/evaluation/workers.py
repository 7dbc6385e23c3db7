"""What executes runs one after the other, in this process or in one of several: data loaded once, errors kept."""

from __future__ import annotations

import functools
import time
import traceback
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, final

from dross.data.dataset import Dataset
from dross.errors import DrossError, ParameterError
from dross.evaluation.image_protocols import split_images
from dross.evaluation.inspection_protocol import inspection
from dross.evaluation.labelled_protocols import split_labelled
from dross.evaluation.mixed_inspection import loader_for
from dross.evaluation.plan import Loader, Sweep
from dross.evaluation.protocols import INSPECTION_PROTOCOLS, SUPERVISED_PROTOCOLS, split_for
from dross.evaluation.results import now
from dross.evaluation.run import Builder, RunResult, RunSpec, execute
from dross.evaluation.supervised_protocols import split_supervised
from dross.evaluation.variants import ClassRoles

if TYPE_CHECKING:
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
    sweep : Sweep
        What is asked for: it says how data sets are split.
    """

    def __init__(self, build: Builder, load: Loader, sweep: Sweep) -> None:
        self._build = build
        self._sweep = sweep
        self._dataset = functools.lru_cache(maxsize=2)(loader_for(sweep, load))
        self._split = functools.lru_cache(maxsize=1)(self._make_split)

    def run(self, spec: RunSpec) -> Outcome:
        """Return the outcome of a run; whatever goes wrong in it is part of the outcome."""
        started, clock = now(), time.perf_counter()
        result, message = None, None
        # Warnings of thousands of runs would bury the progress table: they are kept with the run instead.
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                split = self._split(spec.key.dataset, spec.roles, spec.key.contamination, spec.key.seed)
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

    def _make_split(self, name: str, roles: ClassRoles | None, contamination: float, seed: int) -> Split:
        dataset, sweep = self._dataset(name), self._sweep
        if sweep.protocol in SUPERVISED_PROTOCOLS:
            return split_supervised(sweep.protocol, dataset, roles, seed, sweep.folds)
        if isinstance(dataset, Dataset):
            highest = max(sweep.contamination, default=0.0)
            return split_for(sweep.protocol, dataset, contamination, seed, highest=highest, max_train=sweep.max_train)
        if roles is None:
            raise ParameterError(f"data set '{name}' holds images: a run on it must say which class is normal")
        sizes = {"max_train": sweep.max_train, "max_test": sweep.max_test}
        if sweep.protocol in INSPECTION_PROTOCOLS:
            highest = max(sweep.contamination, default=0.0)
            return inspection(dataset, contamination, seed, highest=highest, max_train=sweep.max_train)
        if sweep.labelled is not None:
            return split_labelled(dataset, roles, sweep.labelled, sweep.seen_classes, seed, **sizes)
        return split_images(dataset, roles, contamination, seed, **sizes)


def _origin(error: Exception) -> str:
    """Return the file and line where an error was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}, line {frame.lineno}"
