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
from dross.evaluation.image_protocols import one_vs_rest
from dross.evaluation.labelled_protocols import labelled, labelled_problems, labelled_unseen, split_labelled
from dross.evaluation.split import Split
from dross.evaluation.variants import ClassRoles
from tests.evaluation.image_stand_ins import pictures

CAT, DOG, SHIP = 0, 1, 2


def many_classes(sizes: tuple[int, ...] = (90, 90, 45, 30, 15)) -> ImageDataset:
    """Return images of classes of these sizes, every third of each in the test split."""
    names = ("cat", "dog", "ship", "frog", "deer")[: len(sizes)]
    classes = np.repeat(np.arange(len(sizes)), sizes)
    X = np.random.default_rng(0).integers(0, 256, (len(classes), 2, 2, 1), dtype=np.uint8)
    test = np.concatenate([np.arange(size) % 3 == 0 for size in sizes])
    return ImageDataset("many", X, classes, names, test, "sum", "made up", "none")


def anomalies(split: Split) -> list[int]:
    """Return the rows of the labelled anomalies, in their order."""
    assert split.labels_given is not None
    return split.train_index[split.labels_given == 1].tolist()


def test_normals_and_test_set_are_those_of_one_class_against_the_rest() -> None:
    data = pictures("pictures")
    for seed in range(3):
        clean = one_vs_rest(data, "cat", 0.0, seed, max_train=40, max_test=30)
        for split in (
            labelled(data, "cat", 0.5, seed, max_train=40, max_test=30),
            labelled_unseen(data, "cat", 0.2, 1, seed, max_train=40, max_test=30),
        ):
            assert split.labels_given is not None
            np.testing.assert_array_equal(split.train_index[split.labels_given == 0], clean.train_index)
            np.testing.assert_array_equal(split.test_index, clean.test_index)
            np.testing.assert_array_equal(split.X_test, clean.X_test)
            np.testing.assert_array_equal(split.labels_test, clean.labels_test)


def test_every_anomaly_of_the_training_set_is_labelled_and_none_contaminates() -> None:
    data = pictures("pictures")
    split = labelled(data, "dog", 0.25, 0)
    assert split.labels_given is not None
    np.testing.assert_array_equal(split.labels_given, data.classes[split.train_index] != DOG)
    np.testing.assert_array_equal(split.labels_given, split.labels_train)
    np.testing.assert_array_equal(split.X_train, data.X[split.train_index])
    assert (split.n_train, split.n_labelled, split.n_contaminants, split.true_ratio) == (80, 20, 0, 0.0)
    assert (split.contamination, split.n_pool, split.seen_classes) == (0.0, 120, ("cat", "ship"))
    assert split.test_unseen is None
    assert one_vs_rest(data, "dog", 0.1, 0).labels_given is None


@pytest.mark.parametrize("seen_classes", [None, 2])
def test_the_anomalies_of_a_lower_share_are_among_those_of_a_higher_one(seen_classes: int | None) -> None:
    data = many_classes()
    splits = [split_labelled(data, ClassRoles("cat"), share, seen_classes, 3) for share in (0.05, 0.1, 0.2, 0.3)]
    assert [split.n_labelled for split in splits] == [3, 7, 15, 26]
    for lower, higher in pairwise(splits):
        assert anomalies(higher)[: lower.n_labelled] == anomalies(lower)
        assert higher.seen_classes == lower.seen_classes


@given(
    share=st.floats(0.05, 0.6),
    max_train=st.integers(20, 60),
    seed=st.integers(0, 1000),
    normal=st.sampled_from(["cat", "frog"]),
)
@settings(max_examples=60, deadline=None)
def test_labelled_anomalies_are_stratified_by_class_and_their_share_is_what_was_asked(
    share: float, max_train: int, seed: int, normal: str
) -> None:
    data = many_classes((90, 90, 45, 90, 15))
    split = labelled(data, normal, share, seed, max_train=max_train)
    m = split.n_labelled
    assert split.n_train == max_train + m
    assert m == round(share * max_train / (1 - share))
    assert m / split.n_train == pytest.approx(share, abs=0.5 / split.n_train + 1e-9)
    rows = anomalies(split)
    assert len(set(rows)) == m
    assert not data.test[split.train_index].any()
    number = data.class_names.index(normal)
    pool = np.bincount(data.classes[~data.test & (data.classes != number)], minlength=5)
    drawn = np.bincount(data.classes[rows], minlength=5)
    assert drawn[number] == 0
    assert np.abs(drawn - m * pool / pool.sum()).max() <= 1 + 1e-9


@given(seed=st.integers(0, 1000), seen_classes=st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_unseen_classes_are_in_the_test_set_and_not_in_training(seed: int, seen_classes: int) -> None:
    data = many_classes((90, 90, 90, 90, 90))
    split = labelled_unseen(data, "cat", 0.3, seen_classes, seed)
    seen = {data.class_names.index(name) for name in split.seen_classes}
    assert len(seen) == seen_classes
    assert set(data.classes[anomalies(split)]) == seen
    assert CAT not in seen
    of_test = data.classes[split.test_index]
    np.testing.assert_array_equal(split.test_unseen, [each not in {CAT, *seen} for each in of_test])
    assert split.n_pool == 60 * seen_classes
    # What is drawn of a class does not depend on how many others are seen.
    more = labelled_unseen(data, "cat", 0.3, 4 - 1, seed)
    assert set(split.seen_classes) <= set(more.seen_classes)
    alike = [row for row in anomalies(split) if row in anomalies(more)]
    assert alike == [row for row in anomalies(more) if row in anomalies(split)]


def test_seeds_draw_other_classes_and_the_same_seed_the_same() -> None:
    data = many_classes()
    first, again = (labelled_unseen(data, "cat", 0.1, 1, 7) for _ in range(2))
    np.testing.assert_array_equal(first.train_index, again.train_index)
    assert {labelled_unseen(data, "cat", 0.1, 1, seed).seen_classes for seed in range(40)} == {
        ("dog",),
        ("ship",),
        ("frog",),
        ("deer",),
    }
    assert anomalies(labelled(data, "cat", 0.1, 0)) != anomalies(labelled(data, "cat", 0.1, 1))


@pytest.mark.parametrize(
    ("share", "seen_classes", "sizes", "message"),
    [
        (
            0.8,
            None,
            {},
            "data set 'many', class 'cat' cannot give labelled = 0.8: beside 60 normal images it takes 240 labelled "
            "anomalies, and there are 120; the largest is 0.6666",
        ),
        (
            0.5,
            2,
            {},
            "data set 'many', class 'cat' cannot give labelled = 0.5: beside 60 normal images it takes 60 labelled "
            "anomalies, and there are 30 in the 2 smallest of its 4 anomalous classes; the largest is 0.3333",
        ),
        (
            0.001,
            None,
            {},
            "data set 'many', class 'cat': labelled = 0.001 is less than one labelled anomaly beside 60 normal images; "
            "the smallest is 0.0164",
        ),
        (1.0, None, {}, "data set 'many', class 'cat': labelled is 1.0; it must be a share in (0, 1)"),
        (
            0.1,
            4,
            {},
            "data set 'many', class 'cat': seen_classes is 4, but it has 4 anomalous classes, one of which at least "
            "must stay unseen: give 1 to 3",
        ),
        (
            0.1,
            None,
            {"max_train": 61},
            "data set 'many', class 'cat': max_train is 61, but the class has 60 training images; give at most that "
            "many",
        ),
        (
            0.1,
            None,
            {"max_test": 2},
            "data set 'many', class 'cat': max_test is 2, which leaves a class without a test image; give at least 18",
        ),
    ],
)
def test_what_the_data_cannot_give_is_refused_with_what_they_can(
    share: float, seen_classes: int | None, sizes: dict[str, int], message: str
) -> None:
    data = many_classes()
    assert labelled_problems(data, [ClassRoles("cat")], share, seen_classes, **sizes) == [message]
    if "max_test" not in sizes:
        with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
            split_labelled(data, ClassRoles("cat"), share, seen_classes, 0, **sizes)


def test_the_shares_that_are_named_can_be_had() -> None:
    data = many_classes()
    for share, seen_classes in ((0.6666, None), (0.3333, 2), (0.0164, None), (0.1, 3)):
        assert labelled_problems(data, [ClassRoles("cat")], share, seen_classes) == []
        assert split_labelled(data, ClassRoles("cat"), share, seen_classes, 0).n_labelled >= 1


def test_a_data_set_without_anomalies_to_train_on_or_without_a_class_to_leave_unseen_is_refused() -> None:
    data = pictures("pictures")
    no_anomalies = dataclasses.replace(data, test=data.test | (data.classes != CAT))
    assert labelled_problems(no_anomalies, [ClassRoles("cat")], 0.5, None) == [
        "data set 'pictures', class 'cat' has no anomalies to train on: give a data set whose training split has some"
    ]
    two = data.classes != SHIP
    pair = dataclasses.replace(data, X=data.X[two], classes=data.classes[two], test=data.test[two])
    assert labelled_problems(pair, [ClassRoles("cat")], 0.5, 1) == [
        "data set 'pictures', class 'cat' has 1 anomalous class, so that none can be unseen: use the labelled protocol"
    ]
    assert labelled_problems(pair, [ClassRoles("cat")], 0.5, None) == []
