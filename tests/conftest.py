"""What all tests share: fixed seeds, and tables with anomalies planted in them."""

from __future__ import annotations

import random

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
