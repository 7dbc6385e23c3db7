"""A dirty table as users bring it: words, dates, gaps, a constant column, and rows that stand out."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: The rows that are anomalous, by number.
BAD = (3, 17, 31, 48, 59)


def dirty_table(n_rows: int = 120, *, bad: tuple[int, ...] = BAD, seed: int = 0) -> pd.DataFrame:
    """Return parts with an id, a date, sizes with gaps, a colour, a constant unit and the label ``defect``."""
    rng = np.random.default_rng(seed)
    size = rng.normal(10, 1, n_rows).round(3)
    weight = rng.normal(50, 5, n_rows).round(2)
    size[list(bad)] += 30
    gaps = rng.random(n_rows) < 0.05
    gaps[list(bad)] = False
    defect = ["yes" if row in bad else "no" for row in range(n_rows)]
    return pd.DataFrame(
        {
            "part": [f"P-{row:04d}" for row in range(n_rows)],
            "made": pd.date_range("2024-01-01", periods=n_rows, freq="7h").strftime("%Y-%m-%d %H:%M"),
            "size": np.where(gaps, np.nan, size),
            "weight": weight,
            "colour": rng.choice(["red", "green", "blue"], n_rows),
            "unit": "mm",
            "defect": defect,
        }
    )
