"""Decoding in worker processes: in order, a little ahead, and tidily ended.

The processes start afresh (they inherit nothing, so neither locks nor CUDA can break them, and a script needs no
``if __name__ == "__main__"``), ignore Ctrl-C, which is this process' to handle, and end by themselves when there has
been nothing to do for a while.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final, TypeVar

T = TypeVar("T")

#: Beyond so many, the disk or whoever uses the images is the limit, and each costs 60 MB of memory.
MOST_WORKERS: Final = 8
_IDLE_SECONDS: Final = 30

_lock = threading.Lock()
_pools: dict[int, Executor] = {}  # by the process that made it: after a fork, the child makes its own


def n_workers() -> int:
    """Return how many worker processes decode: one a core, up to 8; one means that this process does it alone.

    Examples
    --------
    >>> 1 <= n_workers() <= 8
    True
    """
    if multiprocessing.parent_process() is not None:  # a worker itself: its cores are spoken for
        return 1
    import joblib

    return int(min(MOST_WORKERS, joblib.cpu_count()))


def in_order(function: Callable[..., T], tasks: Iterable[tuple[Any, ...]], ahead: int) -> Iterator[T]:
    """Yield ``function(*task)`` of each task, in order, worked out by worker processes.

    Parameters
    ----------
    function : callable
        A function of a module.
    tasks : iterable of tuple
        Its arguments.
    ahead : int
        How many results there may be, or be worked on, before they are asked for.

    Examples
    --------
    >>> list(in_order(max, [(1, 2), (5, 4)], ahead=2))
    [2, 5]
    """
    if n_workers() == 1:
        yield from (function(*task) for task in tasks)
        return
    pool = _pool()
    coming: deque[tuple[Future[T], tuple[Any, ...]]] = deque()
    try:
        for task in tasks:
            coming.append((_submitted(pool, function, task), task))
            if len(coming) >= ahead:
                yield _result(function, *coming.popleft())
        while coming:
            yield _result(function, *coming.popleft())
    finally:
        for future, _ in coming:
            future.cancel()


def _submitted(pool: Executor, function: Callable[..., T], task: tuple[Any, ...]) -> Future[T]:
    try:
        return pool.submit(function, *task)
    except (BrokenProcessPool, RuntimeError) as error:  # a worker was killed, or the interpreter is ending
        failed: Future[T] = Future()
        failed.set_exception(BrokenProcessPool(str(error)))
        return failed


def _result(function: Callable[..., T], future: Future[T], task: tuple[Any, ...]) -> T:
    try:
        return future.result()
    except BrokenProcessPool:  # somebody killed a worker, perhaps for its memory: this process does its work
        with _lock:
            _pools.pop(os.getpid(), None)
        return function(*task)


def _pool() -> Executor:
    with _lock:
        if os.getpid() not in _pools:
            from joblib.externals.loky import ProcessPoolExecutor

            pool = ProcessPoolExecutor(n_workers(), timeout=_IDLE_SECONDS, initializer=_start_worker)
            _pools[os.getpid()] = pool
        return _pools[os.getpid()]


def _start_worker() -> None:
    import warnings

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")  # on the small print of image files, of which errors say what matters
