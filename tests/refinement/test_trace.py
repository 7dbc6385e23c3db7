"""Since when a sample has been out."""

from __future__ import annotations

import numpy as np
import pytest

from dross.refinement import RefinementRound
from dross.refinement.trace import round_dropped


@pytest.mark.parametrize(
    ("kept", "since"),
    [("1", 0), ("0", 1), ("111", 0), ("000", 1), ("100", 2), ("110", 3), ("010", 3), ("001", 0), ("0110", 4)],
)
def test_round_dropped_is_the_first_of_the_unbroken_run_to_the_end(kept: str, since: int) -> None:
    votes = np.zeros(1, dtype=np.int64)
    trace = [
        RefinementRound(i + 1, 0.0, np.array([letter == "1"]), votes, np.zeros(5), 0.1) for i, letter in enumerate(kept)
    ]
    assert round_dropped(trace).tolist() == [since]
