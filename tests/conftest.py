"""What all tests share: fixed seeds, and tables with anomalies planted in them."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from dross.data.named import dataset_names
from dross.data.named_images import image_dataset_names
from tests.planted import Planted, plant


@cache
def published() -> set[str]:
    """Return the names of the published sets at hand."""
    tables = {item.name.lower() for item in dataset_names() if item.available}
    return tables | {item.name.lower() for item in image_dataset_names() if item.available}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that is marked as needing published sets (``@pytest.mark.data("thyroid")``) where they are not."""
    wanted = [name for mark in item.iter_markers("data") for name in mark.args]
    if wanted and not os.environ.get("DROSS_DATA"):
        pytest.skip("DROSS_DATA names no folder of published files")
    if missing := [name for name in wanted if name.lower() not in published()]:
        pytest.skip(f"not among the published files at hand: {', '.join(missing)}")


@pytest.fixture(autouse=True)
def _seed() -> None:
    """Seed the global generators before each test; nothing in Dross reads them, and libraries that do then repeat."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  (it is the old global generator that must be fixed)


@pytest.fixture
def planted() -> Planted:
    """A contaminated training set and a labelled test set, centred, in four features."""
    return plant()


@pytest.fixture(autouse=True, scope="session")
def heeds_ctrl_c() -> Iterator[None]:
    """Heed Ctrl-C, here and in the processes that tests start, also where the suite was started in the background.

    A shell without job control starts background jobs with the interrupt ignored, and that is inherited.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
