"""Random numbers of a run, from the data set's name and the seed alone.

Blind, refined and oracle runs of one seed must share the split and the detector's ``random_state``, otherwise their
difference would hold the luck of the draw. So nothing else goes into the seeds. On images the name is that of the data
set with its normal class (`dross.evaluation.variants.subject`).
"""

from __future__ import annotations

import zlib
from typing import Literal

import numpy as np

Purpose = Literal["split", "detector", "labels", "pool"]
_PURPOSES: dict[Purpose, int] = {"split": 0, "detector": 1, "labels": 2, "pool": 3}


def seed_sequence(dataset: str, seed: int, purpose: Purpose) -> np.random.SeedSequence:
    """Return the source of random numbers for one purpose of one (data set, seed).

    Examples
    --------
    >>> a, b = seed_sequence("thyroid", 0, "split"), seed_sequence("thyroid", 0, "detector")
    >>> bool(a.generate_state(1)[0] == b.generate_state(1)[0])
    False
    """
    return np.random.SeedSequence([seed, zlib.crc32(dataset.encode()), _PURPOSES[purpose]])


def split_generator(dataset: str, seed: int) -> np.random.Generator:
    """Return the generator that splits a data set."""
    return np.random.default_rng(seed_sequence(dataset, seed, "split"))


def detector_seed(dataset: str, seed: int) -> int:
    """Return the ``random_state`` of every detector in this (data set, seed), a non-negative 31-bit integer.

    Examples
    --------
    >>> detector_seed("thyroid", 0) == detector_seed("thyroid", 0) != detector_seed("thyroid", 1)
    True
    """
    return int(seed_sequence(dataset, seed, "detector").generate_state(1)[0] >> 1)
