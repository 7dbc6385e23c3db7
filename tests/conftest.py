"""What all tests share: fixed seeds, and tables with anomalies planted in them."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator

import numpy as np
import pytest

from tests.planted import Planted, plant


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
