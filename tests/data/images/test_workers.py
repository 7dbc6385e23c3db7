from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dross.data.images import file_pixels, read_images, workers
from dross.errors import DataError
from tests.data.images.made_images import smooth, write_image

#: A script as users write them, without ``if __name__ == "__main__"``.
SCRIPT = """
from dross.data.images import file_pixels, read_images, workers
file_pixels._WORTH_WORKERS = 0
file_pixels.n_workers = workers.n_workers = lambda: 2
images = read_images({folder!r}, held_bytes=0).images
for number, batch in enumerate(images.batches(16)):
    print(number, len(batch), flush=True)
    {wait}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("many")
    for number, image in enumerate(smooth(50, 16, 16)):
        write_image(made / f"{number}.png", image)
    return made


@pytest.fixture
def two_workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(file_pixels, "_WORTH_WORKERS", 0)
    monkeypatch.setattr(file_pixels, "n_workers", lambda: 2)
    monkeypatch.setattr(workers, "n_workers", lambda: 2)
    yield
    pool = workers._pools.pop(os.getpid(), None)
    if pool is not None:
        pool.shutdown()


def pid_and(value: int) -> tuple[int, int]:
    return os.getpid(), value


def die_in_a_worker(parent: int, value: int) -> int:
    if os.getpid() != parent and value == 3:
        os._exit(1)
    return value


@pytest.mark.usefixtures("two_workers")
def test_results_come_in_order_from_other_processes_and_not_too_far_ahead() -> None:
    asked = []

    def tasks() -> Iterator[tuple[int]]:
        for value in range(20):
            asked.append(value)
            yield (value,)

    results = workers.in_order(pid_and, tasks(), ahead=4)
    assert next(results)[1] == 0
    assert asked == [0, 1, 2, 3]
    rest = list(results)
    assert [value for _, value in rest] == list(range(1, 20))
    assert os.getpid() not in {pid for pid, _ in rest}


@pytest.mark.usefixtures("two_workers")
def test_images_are_the_same_from_workers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streamed, held = read_images(folder, held_bytes=0), read_images(folder)
    np.testing.assert_array_equal(held.images.read(), smooth(50, 16, 16))
    for images in (streamed.images, held.images):
        np.testing.assert_array_equal(np.concatenate(list(images.batches(17))), smooth(50, 16, 16))
        np.testing.assert_array_equal(images.read(np.arange(49, -1, -2)), smooth(50, 16, 16)[::-2])
    monkeypatch.setattr(file_pixels, "_MANY_HEADERS", 0)
    assert read_images(folder).checksum == held.checksum


@pytest.mark.usefixtures("two_workers")
def test_a_bad_file_is_named_by_workers_too(tmp_path: Path) -> None:
    paths = [write_image(tmp_path / f"{i}.png", smooth(1, 8, 8)[0]) for i in range(20)]
    images = read_images(paths, held_bytes=0).images
    paths[13].unlink()
    with pytest.raises(DataError) as caught:
        images.read()
    assert str(caught.value) == (
        f"{paths[13]} cannot be read (No such file or directory); or leave it out by skip_bad=True (--skip-bad)"
    )


@pytest.mark.usefixtures("two_workers")
def test_a_killed_worker_costs_no_result() -> None:
    tasks = ((os.getpid(), value) for value in range(8))
    assert list(workers.in_order(die_in_a_worker, tasks, ahead=4)) == list(range(8))
    assert [value for _, value in workers.in_order(pid_and, ((v,) for v in range(3)), ahead=2)] == [0, 1, 2]


def test_one_core_needs_no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "n_workers", lambda: 1)
    assert {pid for pid, _ in workers.in_order(pid_and, ((v,) for v in range(3)), ahead=2)} == {os.getpid()}


def test_few_files_start_no_workers(folder: Path) -> None:
    assert read_images(folder, held_bytes=0).images.read().shape == (50, 16, 16, 3)
    assert os.getpid() not in workers._pools


def start(folder: Path, wait: str) -> subprocess.Popen[str]:
    code = SCRIPT.format(folder=str(folder), wait=wait)
    script = folder.parent / "script.py"
    script.write_text(code)
    return subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def alive_in_group(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def ended_soon(group: int, seconds: float = 120.0) -> bool:
    deadline = time.monotonic() + seconds
    while alive_in_group(group):
        if time.monotonic() > deadline:
            os.killpg(group, signal.SIGKILL)
            return False
        time.sleep(0.05)
    return True


def test_a_plain_script_ends_and_leaves_nobody_behind(folder: Path) -> None:
    process = start(folder, "pass")
    out, error = process.communicate(timeout=300)
    assert (process.returncode, error) == (0, "")
    assert out == "0 16\n1 16\n2 16\n3 2\n"
    assert ended_soon(process.pid)


def test_ctrl_c_ends_the_workers_too(folder: Path) -> None:
    process = start(folder, "import time; time.sleep(600)")
    assert process.stdout is not None
    assert process.stdout.readline() == "0 16\n"
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    _, error = process.communicate(timeout=300)
    assert process.returncode != 0
    assert error.rstrip().endswith("KeyboardInterrupt")
    assert error.count("Traceback") == 1
    assert ended_soon(process.pid)
