from __future__ import annotations

import dataclasses
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dross.data.named_images import ImageDataset
from dross.errors import ParameterError
from dross.evaluation.image_protocols import image_problems, one_vs_rest, pair, split_images
from dross.evaluation.split import Split
from dross.evaluation.variants import ClassRoles, default_variant, split_variant, variant_name
from tests.evaluation.image_stand_ins import pictures

RATIOS = [0.0, 0.05, 0.1]
CAT = 0


def uneven(n_dogs: int) -> ImageDataset:
    """Return 90 cats, fewer dogs and 90 ships."""
    data = pictures("pictures")
    keep = (data.classes != 1) | (np.cumsum(data.classes == 1) <= n_dogs)
    return dataclasses.replace(data, X=data.X[keep], classes=data.classes[keep], test=data.test[keep])


def contaminants(split: Split) -> set[int]:
    return set(split.train_index[split.labels_train == 1].tolist())


@pytest.mark.parametrize("anomaly", [None, "dog"])
def test_only_the_contamination_changes_with_the_ratio(anomaly: str | None) -> None:
    data = pictures("pictures")
    splits = [split_images(data, ClassRoles("cat", anomaly), ratio, 3) for ratio in RATIOS]
    for split in splits:
        assert split.n_train == 60
        np.testing.assert_array_equal(split.test_index, splits[0].test_index)
        np.testing.assert_array_equal(split.X_train, data.X[split.train_index])
        np.testing.assert_array_equal(split.X_test, data.X[split.test_index])
        assert split.X_train.dtype == np.uint8
    assert [split.n_contaminants for split in splits] == [0, 3, 6]
    for lower, higher in pairwise(splits):
        assert contaminants(lower) < contaminants(higher)
        changed = lower.train_index != higher.train_index
        assert changed.sum() == higher.n_contaminants - lower.n_contaminants


def test_the_official_test_split_tests_at_every_seed_and_no_test_image_trains() -> None:
    data = pictures("pictures")
    for seed in range(3):
        split = one_vs_rest(data, "cat", 0.1, seed)
        np.testing.assert_array_equal(split.test_index, np.flatnonzero(data.test))
        assert not data.test[split.train_index].any()
        assert (split.labels_test == (data.classes[data.test] != CAT)).all()
        assert split.n_pool == 120


def test_a_pair_leaves_all_other_classes_out() -> None:
    data = pictures("pictures")
    split = pair(data, "dog", "ship", 0.1, 0)
    assert set(data.classes[split.train_index]) == set(data.classes[split.test_index]) == {1, 2}
    assert (split.labels_test.sum(), len(split.test_index), split.n_pool) == (30, 60, 60)
    assert set(data.classes[split.train_index[split.labels_train == 1]]) == {2}


def test_seeds_and_classes_draw_independently_and_the_same_ones_the_same() -> None:
    data = pictures("pictures")
    first = one_vs_rest(data, "cat", 0.1, 0, max_train=40)
    np.testing.assert_array_equal(first.train_index, one_vs_rest(data, "cat", 0.1, 0, max_train=40).train_index)
    assert set(first.train_index) != set(one_vs_rest(data, "cat", 0.1, 1, max_train=40).train_index)
    of_dogs = one_vs_rest(data, "dog", 0.1, 0, max_train=40)
    assert not np.array_equal(first.labels_train, of_dogs.labels_train)


@given(
    max_train=st.integers(20, 60),
    max_test=st.integers(3, 90),
    highest=st.sampled_from([0.05, 0.2, 0.5]),
    seed=st.integers(0, 1000),
    roles=st.sampled_from([ClassRoles("cat"), ClassRoles("ship"), ClassRoles("dog", "cat")]),
)
@settings(max_examples=40, deadline=None)
def test_the_protocols_hold_their_promises_at_any_size(
    max_train: int, max_test: int, highest: float, seed: int, roles: ClassRoles
) -> None:
    data = pictures("pictures")
    dirty, clean = (
        split_images(data, roles, ratio, seed, max_train=max_train, max_test=max_test) for ratio in (highest, 0.0)
    )
    normal = data.class_names.index(roles.normal)
    assert len(set(dirty.train_index)) == dirty.n_train == clean.n_train == max_train
    assert dirty.n_contaminants == round(highest * max_train)
    assert clean.n_contaminants == 0
    np.testing.assert_array_equal(dirty.test_index, clean.test_index)
    np.testing.assert_array_equal(dirty.labels_train, data.classes[dirty.train_index] != normal)
    np.testing.assert_array_equal(dirty.labels_test, data.classes[dirty.test_index] != normal)
    drawn = np.bincount(data.classes[dirty.test_index])
    drawn = drawn[drawn > 0]
    # Classes of one size are drawn in numbers that differ by one at most.
    assert drawn.sum() == min(max_test, 30 * (3 if roles.anomaly is None else 2))
    assert drawn.max() - drawn.min() <= 1
    assert data.test[dirty.test_index].all()


def test_a_smaller_test_set_is_another_one_for_each_seed_and_keeps_the_shares_of_the_classes() -> None:
    data = uneven(n_dogs=30)
    first, second = (one_vs_rest(data, "cat", 0.1, seed, max_test=35) for seed in (0, 1))
    assert not np.array_equal(first.test_index, second.test_index)
    # 30 cats, 10 dogs and 30 ships test.
    assert np.bincount(data.classes[first.test_index]).tolist() == [15, 5, 15]


@pytest.mark.parametrize(
    ("roles", "ratio", "sizes", "message"),
    [
        (
            ClassRoles("cat"),
            0.1,
            {"max_train": 61},
            "data set 'pictures', class 'cat': max_train is 61, but the class has 60 training images; give at most "
            "that many",
        ),
        (
            ClassRoles("cat"),
            0.1,
            {"max_train": 19},
            "data set 'pictures', class 'cat': 19 training images are too few; there must be at least 20",
        ),
        (
            ClassRoles("cat"),
            0.6,
            {},
            "data set 'pictures', class 'cat': contamination is 0.6; it must be in [0, 0.5]",
        ),
        (
            ClassRoles("cat"),
            0.001,
            {},
            "data set 'pictures', class 'cat': a contamination of 0.001 is less than one of 60 training images; the "
            "smallest above zero is 0.0167",
        ),
        (
            ClassRoles("cat", "dog"),
            0.5,
            {},
            "data set 'pictures', class 'cat' cannot give the contamination 0.5: it takes 30 anomalies, and there are "
            "20 to contaminate with; the largest is 0.3333",
        ),
        (
            ClassRoles("cat"),
            0.1,
            {"max_test": 2},
            "data set 'pictures', class 'cat': max_test is 2, which leaves a class without a test image; give at least "
            "7",
        ),
    ],
)
def test_what_the_data_cannot_give_is_refused_with_what_they_can(
    roles: ClassRoles, ratio: float, sizes: dict[str, int], message: str
) -> None:
    data = uneven(n_dogs=30)
    assert image_problems(data, [roles], [ratio], **sizes) == [message]
    if "max_test" not in sizes:
        with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
            split_images(data, roles, ratio, 0, **sizes)


def test_the_largest_ratio_and_the_smallest_test_set_that_are_named_can_be_had() -> None:
    data = uneven(n_dogs=30)
    assert image_problems(data, [ClassRoles("cat", "dog")], [0.3333]) == []
    assert image_problems(data, [ClassRoles("cat")], [0.1], max_test=7) == []


def test_variants_name_the_classes_among_their_parameters_and_give_them_back() -> None:
    roles = ClassRoles("T-shirt/top", "ankle boot")
    name = variant_name({"width": 16, "early": True}, roles)
    assert name == "anomaly=ankle boot;early=true;normal=T-shirt/top;width=16"
    assert split_variant(name) == (roles, "early=true;width=16")
    assert default_variant(name) == "anomaly=ankle boot;normal=T-shirt/top"
    assert split_variant("normal=cat") == (ClassRoles("cat"), "")
    assert split_variant("") == (None, "")
