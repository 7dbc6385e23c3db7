"""The classifiers: they know of anomalies what their labels say."""

from __future__ import annotations

from typing import Final

from dross.catalog.entry import LABELLED, Entry
from dross.catalog.images import REJECTED
from dross.supervised import ConvolutionalClassifier

SUPERVISED_ENTRIES: Final = (
    Entry(
        "supervised-cnn",
        "a plain classifier of normal images and labelled anomalies: the bar for what learns from labels",
        LABELLED,
        "LeCun et al., 1998; as a bar Ruff et al., ICLR 2020",
        ConvolutionalClassifier,
        None,
        "images",
        REJECTED,
    ),
)
