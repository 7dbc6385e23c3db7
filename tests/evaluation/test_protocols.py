from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dross.data.dataset import Dataset, make_dataset
from dross.errors import ParameterError
from dross.evaluation.protocols import (
    adbench,
    controlled,
    controlled_training_size,
    natural_contamination,
    paper,
    ratio_problems,
    split_for,
)
from dross.evaluation.split import Split

RATIOS = [0.0, 0.005, 0.01, 0.025]


def table(n_normals: int, n_anomalies: int, name: str = "made") -> Dataset:
    """Return a table whose only feature is the number of the row, sorted by label as many published files are."""
    n = n_normals + n_anomalies
    return make_dataset(name, np.arange(n, dtype=float)[:, None], np.repeat([0, 1], [n_normals, n_anomalies]))


def thyroid_sized() -> Dataset:
    return table(3679, 93, "thyroid")


def contaminants(split: Split) -> set[int]:
    return set(split.train_index[split.labels_train == 1].tolist())


def normals(split: Split) -> set[int]:
    return set(split.train_index[split.labels_train == 0].tolist())


@pytest.mark.parametrize(("highest", "size"), [(0.025, 1839), (0.1, 460), (0.0, 1839), (0.05, 920)])
def test_controlled_trains_on_as_many_as_the_highest_ratio_allows(highest: float, size: int) -> None:
    assert controlled_training_size(thyroid_sized(), highest) == size
    assert controlled(thyroid_sized(), 0.0, 0, highest=highest).n_train == size


def test_controlled_keeps_the_test_set_and_the_training_size_at_every_ratio() -> None:
    data = thyroid_sized()
    splits = [controlled(data, ratio, 4, highest=0.025) for ratio in RATIOS]
    for split in splits:
        np.testing.assert_array_equal(split.test_index, splits[0].test_index)
        np.testing.assert_array_equal(split.X_test, splits[0].X_test)
        assert split.n_train == 1839
        assert len(split.test_index) == 1840 + 47
        assert split.labels_test.sum() == 47
        assert split.n_pool == 46
    assert [split.n_contaminants for split in splits] == [0, 9, 18, 46]


def test_controlled_swaps_the_contaminants_of_a_lower_ratio_in_at_a_higher_one_too() -> None:
    splits = [controlled(thyroid_sized(), ratio, 4, highest=0.025) for ratio in RATIOS]
    for lower, higher in pairwise(splits):
        assert contaminants(lower) < contaminants(higher)
        assert normals(lower) > normals(higher)
        # Rows that are not swapped keep their place, so what a detector draws by position stays the same too.
        changed = lower.train_index != higher.train_index
        assert changed.sum() == higher.n_contaminants - lower.n_contaminants


@given(
    n_normals=st.integers(60, 400),
    n_anomalies=st.integers(10, 120),
    highest=st.sampled_from([0.02, 0.05, 0.1, 0.2]),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_controlled_holds_its_promises_on_any_table(
    n_normals: int, n_anomalies: int, highest: float, seed: int
) -> None:
    data = table(n_normals, n_anomalies)
    try:
        split = controlled(data, highest, seed, highest=highest)
    except ParameterError:
        return
    clean = controlled(data, 0.0, seed, highest=highest)
    assert not set(split.train_index) & set(split.test_index)
    assert len(set(split.train_index)) == split.n_train == clean.n_train
    assert split.n_contaminants == round(highest * split.n_train) <= split.n_pool == n_anomalies // 2
    assert clean.n_contaminants == 0
    np.testing.assert_array_equal(split.test_index, clean.test_index)
    np.testing.assert_array_equal(data.labels[split.train_index], split.labels_train)
    np.testing.assert_array_equal(data.X[split.test_index], split.X_test)
    # One sample more would need a contaminant or a normal more than there is.
    assert split.n_train == n_normals // 2 or (split.n_train + 1) * highest > split.n_pool


def test_max_train_bounds_the_training_size_and_leaves_the_test_set_alone() -> None:
    bounded = controlled(thyroid_sized(), 0.025, 0, highest=0.025, max_train=400)
    free = controlled(thyroid_sized(), 0.025, 0, highest=0.025)
    assert (bounded.n_train, bounded.n_contaminants) == (400, 10)
    np.testing.assert_array_equal(bounded.test_index, free.test_index)


def test_another_seed_or_data_set_gives_another_split_and_the_same_ones_the_same() -> None:
    first = controlled(thyroid_sized(), 0.01, 0, highest=0.01)
    again = controlled(thyroid_sized(), 0.01, 0, highest=0.01)
    np.testing.assert_array_equal(first.train_index, again.train_index)
    assert set(first.train_index) != set(controlled(thyroid_sized(), 0.01, 1, highest=0.01).train_index)
    renamed = controlled(table(3679, 93, "other"), 0.01, 0, highest=0.01)
    assert set(first.train_index) != set(renamed.train_index)


def test_paper_trains_on_half_the_normals_plus_the_ratio_and_tests_on_everything_else() -> None:
    data = thyroid_sized()
    for ratio, count in [(0.0, 0), (0.005, 9), (0.025, 46)]:
        split = paper(data, ratio, 0)
        assert (split.n_train, split.n_contaminants) == (1839 + count, count)
        assert split.labels_test.sum() == 93 - count
        assert sorted([*split.train_index, *split.test_index]) == list(range(3772))
    assert contaminants(paper(data, 0.005, 0)) < contaminants(paper(data, 0.025, 0))


def test_adbench_is_stratified_scaled_on_training_rows_and_takes_the_data_as_they_are() -> None:
    data = table(900, 100)
    split = adbench(data, 0)
    assert (split.n_train, len(split.test_index)) == (700, 300)
    assert (split.n_contaminants, split.labels_test.sum()) == (70, 30)
    assert split.contamination == natural_contamination(data) == 0.1
    assert (split.X_train.min(), split.X_train.max()) == (0.0, 1.0)
    raw_train, raw_test = data.X[split.train_index], data.X[split.test_index]
    scaled = (raw_test - raw_train.min()) / (raw_train.max() - raw_train.min())
    np.testing.assert_allclose(split.X_test, scaled)
    assert not np.array_equal(split.train_index, np.sort(split.train_index))
    # The data set itself is not touched.
    assert data.X.max() == 999


def test_adbench_leaves_a_constant_column_finite() -> None:
    data = make_dataset("flat", np.ones((100, 2)), np.repeat([0, 1], [80, 20]))
    split = adbench(data, 0)
    assert (split.X_train == 0).all()
    assert (split.X_test == 0).all()


@pytest.mark.parametrize(
    ("protocol", "sizes", "ratios", "message"),
    [
        (
            "controlled",
            (400, 9),
            [0.0, 0.3],
            "dataset 'made' cannot give the contamination 0.3: its 4 anomalies to contaminate with allow at most 0.2 "
            "of a training set of 20",
        ),
        (
            "controlled",
            (400, 60),
            [0.001],
            "dataset 'made': a contamination of 0.001 is less than one of 200 training samples; the smallest above "
            "zero is 0.005",
        ),
        (
            "controlled",
            (30, 60),
            [0.0],
            "dataset 'made': 15 training samples are too few; the controlled protocol needs at least 20 (half of the "
            "normals, and max_train, must allow that)",
        ),
        ("controlled", (400, 60), [0.7], "dataset 'made': contamination is 0.7; it must be in [0, 0.5]"),
        (
            "paper",
            (400, 21),
            [0.2],
            "dataset 'made' cannot give the contamination 0.2: it takes 40 of its 21 anomalies and one must be left to "
            "test; the largest is 0.1",
        ),
        (
            "paper",
            (30, 21),
            [0.2],
            "dataset 'made': 15 normal training samples are too few; the paper protocol needs at least 20 (half of the "
            "normals)",
        ),
        (
            "adbench",
            (30, 1),
            [0.0],
            "dataset 'made' has 30 normal samples and 1 anomalies; a stratified split needs two of each",
        ),
    ],
)
def test_a_ratio_that_the_data_cannot_give_is_refused_with_the_largest_they_can(
    protocol: str, sizes: tuple[int, int], ratios: list[float], message: str
) -> None:
    data = table(*sizes)
    assert message in ratio_problems(protocol, data, ratios)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        split_for(protocol, data, ratios[-1], 0, highest=max(ratios))  # type: ignore[arg-type]


def test_the_largest_ratio_that_is_named_can_be_given() -> None:
    data = table(400, 21)
    assert ratio_problems("paper", data, [0.1]) == []
    assert ratio_problems("controlled", table(400, 9), [0.2]) == []


def test_a_ratio_above_the_highest_is_refused() -> None:
    message = "contamination is 0.1, above the highest ratio of the sweep (0.05): give highest=0.1"
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        controlled(thyroid_sized(), 0.1, 0, highest=0.05)
