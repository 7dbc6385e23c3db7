"""Many runs at once, in processes that use as many threads as they are told and never outlive the sweep.

Several workers with as many threads each as there are cores would take the machine from one another.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection

from dross.errors import TrainingError
from dross.evaluation.results import now
from dross.evaluation.run import RunSpec
from dross.evaluation.workers import Outcome, Worker

#: Called with the runs that are in flight whenever they change.
OnRunning = Callable[[tuple[RunSpec, ...]], None]

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def outcomes(
    specs: Iterable[RunSpec], worker: Callable[[], Worker], *, n_workers: int, n_threads: int, on_running: OnRunning
) -> Iterator[Outcome]:
    """Yield the outcome of each run as it ends.

    Parameters
    ----------
    specs : iterable of RunSpec
        The runs; neighbours should share a split.
    worker : callable
        Makes the worker of a process; it must be picklable for more than one process.
    n_workers : int
        Processes. One runs everything in this process.
    n_threads : int
        Threads of each.
    on_running : callable
        Called with the runs in flight whenever they change.

    Raises
    ------
    TrainingError
        If worker processes cannot be started at all.
    """
    with limited_threads(n_threads):
        if n_workers == 1:
            here = worker()
            for spec in specs:
                on_running((spec,))
                yield here.run(spec)
            return
        waiting, suspects = deque(specs), deque[RunSpec]()
        while waiting or suspects:
            with _executor(worker, n_workers) as executor:
                # After a worker has died, nobody knows which of the runs in flight killed it: each is tried alone, and
                # the one that does it again is the one.
                while suspects:
                    lost = yield from _drain(executor, deque([suspects.popleft()]), 1, on_running)
                    if lost:
                        yield from map(_died, lost)
                        break
                else:
                    suspects.extend((yield from _drain(executor, waiting, 2 * n_workers, on_running)))


@contextmanager
def limited_threads(n_threads: int) -> Iterator[None]:
    """Limit BLAS, OpenMP and torch to so many threads, here and in the processes started in the block."""
    from threadpoolctl import threadpool_limits

    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(n_threads)))
    torch = sys.modules.get("torch")
    torch_threads = torch.get_num_threads() if torch is not None else 0
    if torch is not None:
        torch.set_num_threads(n_threads)
    try:
        with threadpool_limits(limits=n_threads):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if torch is not None:
            torch.set_num_threads(torch_threads)


def _drain(
    executor: ProcessPoolExecutor, waiting: deque[RunSpec], most_in_flight: int, on_running: OnRunning
) -> Generator[Outcome, None, list[RunSpec]]:
    """Yield outcomes until nothing is waiting, or a worker has died: return the runs that were in flight then."""
    running: dict[Future[Outcome], RunSpec] = {}
    while waiting or running:
        while waiting and len(running) < most_in_flight:
            try:
                with _interrupts_held():
                    running[executor.submit(_run, waiting[0])] = waiting[0]
            except BrokenProcessPool:
                break
            waiting.popleft()
        if not running:
            return []
        on_running(tuple(running.values()))
        lost = []
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            spec = running.pop(future)
            if isinstance(future.exception(), BrokenProcessPool):
                lost.append(spec)
            else:
                yield future.result()
        if lost:
            for future, spec in running.items():
                if future.exception() is None:
                    yield future.result()
                else:
                    lost.append(spec)
            return lost
    return []


def _died(spec: RunSpec) -> Outcome:
    return Outcome(
        spec, None, "the worker process died during this run, twice: out of memory, or a crash in a library", 0.0, now()
    )


@contextmanager
def _executor(worker: Callable[[], Worker], n_workers: int) -> Iterator[ProcessPoolExecutor]:
    """Yield worker processes that end with the block, and with this process however it ends."""
    context = multiprocessing.get_context("spawn")
    lifeline, held = context.Pipe(duplex=False)
    executor = ProcessPoolExecutor(n_workers, mp_context=context, initializer=_start, initargs=(worker, lifeline))
    try:
        try:
            # All of them, before the first run: a process that is started while another dies is never ended, and the
            # executor then waits for it for ever.
            with _interrupts_held():
                ready = [executor.submit(_ready) for _ in range(n_workers)]
            for each in ready:
                each.result()
        except BrokenProcessPool as error:
            raise TrainingError(
                "the worker processes cannot start: in a script, guard the call with `if __name__ == '__main__':`, or "
                "run with one worker"
            ) from error
        yield executor
        executor.shutdown(wait=True)
    finally:
        held.close()  # a worker that is still at it ends here, in the middle of its run
        executor.shutdown(wait=True, cancel_futures=True)
        lifeline.close()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold back Ctrl-C while a process is started, and in that process until it can ignore it.

    It goes to every process of the terminal: the sweep alone shall answer it, not a worker in the middle of an import.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_worker: Worker | None = None


def _start(worker: Callable[[], Worker], lifeline: Connection) -> None:
    """Make the worker of this process."""
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, args=(lifeline,), daemon=True).start()
    _worker = worker()


def _end_with_parent(lifeline: Connection) -> None:
    """Wait until nobody holds the other end of the pipe, which is so even after ``kill -9``, and end this process."""
    try:
        lifeline.recv()
    except (EOFError, OSError):
        os._exit(1)


def _ready() -> None:
    """Do nothing: that it was done shows that the processes start."""


def _run(spec: RunSpec) -> Outcome:
    if _worker is None:
        raise TrainingError("the worker process was not started by the sweep")
    return _worker.run(spec)
