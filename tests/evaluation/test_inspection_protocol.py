"""The inspection protocol: defects of the test set contaminate, and are then not tested."""

from __future__ import annotations

import numpy as np
import pytest

from dross.data.named_images import ImageDataset
from dross.errors import ParameterError
from dross.evaluation.inspection_protocol import inspection, normal_class
from dross.evaluation.plan import Sweep
from dross.evaluation.plan_checks import check_datasets
from dross.scoring import ANOMALY, NORMAL


def caps(n_train: int = 40, n_good: int = 20, n_defects: int = 30, train_class: int = 0) -> ImageDataset:
    """Return images whose pixels are their row numbers, of two kinds of defects."""
    n = n_train + n_good + n_defects
    classes = np.concatenate([np.full(n_train, train_class), np.zeros(n_good), 1 + np.arange(n_defects) % 2])
    pictures = np.broadcast_to(np.arange(n, dtype=np.uint8)[:, None, None, None], (n, 4, 4, 1)).copy()
    return ImageDataset(
        "caps",
        pictures,
        classes.astype(np.int64),
        ("good", "cracked", "bent"),
        np.arange(n) >= n_train,
        "x",
        "here",
        "none",
    )


def test_without_contamination_it_is_the_official_split() -> None:
    data = caps()
    split = inspection(data, 0.0, seed=0, highest=0.0)
    assert sorted(split.train_index) == list(range(40))
    assert list(split.test_index) == list(range(40, 90))
    assert (split.labels_train == NORMAL).all()
    assert split.labels_test.sum() == 30


def test_contaminants_are_defects_that_are_not_tested_at_any_ratio() -> None:
    data = caps()
    splits = [inspection(data, ratio, seed=3, highest=0.1) for ratio in (0.0, 0.05, 0.1)]
    assert [split.n_contaminants for split in splits] == [0, 2, 4]
    assert {split.n_train for split in splits} == {40}
    for split in splits:
        np.testing.assert_array_equal(split.test_index, splits[0].test_index)
        assert not set(split.train_index) & set(split.test_index)
        assert len(split.test_index) == 46
        np.testing.assert_array_equal(split.labels_train == ANOMALY, split.train_index >= 60)
    few, many = (set(split.train_index[split.labels_train == ANOMALY]) for split in splits[1:])
    assert few < many
    assert set(inspection(data, 0.1, seed=4, highest=0.1).test_index) != set(splits[2].test_index)


def test_what_the_data_cannot_give_is_said() -> None:
    with pytest.raises(ParameterError) as caught:
        inspection(caps(n_defects=5), 0.1, seed=0, highest=0.1)
    assert str(caught.value) == (
        "data set 'caps', class 'good' cannot give the contamination 0.1: it takes 4 anomalies, and there are 3 to "
        "contaminate with; the largest is 0.075"
    )
    mixed = caps()
    mixed.classes[:2] = 1
    with pytest.raises(ParameterError) as caught:
        normal_class(mixed)
    assert str(caught.value) == (
        "data set 'caps': its training split holds 2 classes ('good', 'cracked'); the inspection protocol takes sets "
        "that train on normal images alone: use one-vs-rest"
    )


def test_a_sweep_asks_for_no_class_and_is_told_all_that_is_wrong() -> None:
    sweep = Sweep(
        name="caps", datasets=("caps",), protocol="inspection", contamination=(0.0, 0.1), seeds=(0,), detectors=()
    )
    facts, problems = check_datasets(sweep, lambda name: caps())
    assert problems == []
    found = facts["caps"]
    assert (found.n_train, found.n_pool) == (40, 4)
    assert [str(each) for each in found.roles] == ["good"]  # type: ignore[union-attr]
    _, problems = check_datasets(sweep, lambda name: caps(n_defects=5))
    assert problems == [
        "contamination: data set 'caps', class 'good' cannot give the contamination 0.1: it takes 4 anomalies, and "
        "there are 3 to contaminate with; the largest is 0.075"
    ]
