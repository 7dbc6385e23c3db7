from __future__ import annotations

from typing import Any, Self, final

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from dross.errors import ParameterError, SchemaError, TooFewSamplesError
from dross.inspection import CategoryDiscovery, MixedDetector
from dross.inspection.cluster_count import ClusterCount, chosen_count, cluster_counts
from dross.one_class import NearestNeighbors, TwoStage
from dross.representations import AbstractRepresentation, Pixels, RotationPrediction
from tests.inspection.made_products import mixed, products


@pytest.mark.parametrize("sizes", [(40, 40), (60, 30, 12)])
def test_mixed_products_are_told_apart_and_counted(sizes: tuple[int, ...]) -> None:
    images, kinds, _ = mixed(sizes)
    found = CategoryDiscovery(most=6, random_state=0).fit(images)
    assert found.n_categories_ == len(sizes), found.reason_
    assert adjusted_rand_score(kinds, found.labels_) == 1.0
    assert np.bincount(found.labels_).tolist() == sorted(sizes, reverse=True)  # the largest is 0
    new, new_kinds, _ = mixed((20,) * len(sizes), defective=0.5, seed=1)
    assert adjusted_rand_score(new_kinds, found.predict(new)) == 1.0


def test_one_product_is_one_category_and_the_reason_says_so() -> None:
    found = CategoryDiscovery(most=5, random_state=0).fit(products(1, 60)[0])
    assert found.n_categories_ == 1
    assert found.reason_.startswith("1 category: random halves of the images agree on no other number (most on ")
    assert set(found.labels_.tolist()) == {0}


@final
class Corner(AbstractRepresentation):
    """A stand-in for what is learned: it goes by one pixel alone, and by chance where it is told to."""

    def __init__(self, random_state: int | None = None) -> None:
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        self.seed_ = self.random_state
        return self

    def transform(self, X: Any) -> Any:
        bright = X.read()[:, 0, 0, 0] > 100
        return np.stack([10.0 * bright, 10.0 * ~bright], axis=1)


def test_an_embedding_tells_apart_what_colours_and_gradients_do_not() -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(60, 80, size=(60, 24, 24), dtype=np.uint8)
    kinds = np.arange(60) % 2
    images[kinds == 1, 0, 0] = 200
    alone = CategoryDiscovery(n_categories=2, random_state=0).fit(images)
    assert adjusted_rand_score(kinds, alone.labels_) < 0.5
    found = CategoryDiscovery(n_categories=2, embedding=Corner(), random_state=0).fit(images)
    assert adjusted_rand_score(kinds, found.labels_) == 1.0
    assert found.predict(images[:4]).tolist() == found.labels_[:4].tolist()
    assert found.is_known(found.distances(images)).all()
    again = CategoryDiscovery(n_categories=2, embedding=Corner(), random_state=0).fit(images)
    assert found.embedding_.seed_ == again.embedding_.seed_ is not None
    assert not hasattr(found.embedding, "seed_")  # a clone was fitted
    assert found.centres_[:, -2:].sum(axis=1) == pytest.approx(1.0)  # it counts as one part, however long it is
    whole = MixedDetector(TwoStage(Pixels(), NearestNeighbors()), n_categories=2, embedding=Corner(), random_state=0)
    assert adjusted_rand_score(kinds, whole.fit(images).categories_.labels_) == 1.0


def test_what_a_network_learns_of_the_images_can_be_the_embedding() -> None:
    images, kinds, _ = mixed((20, 20))
    learned = RotationPrediction(width=2, head_depth=1, head_width=8, max_epochs=1, device="cpu")
    found = CategoryDiscovery(n_categories=2, embedding=learned, random_state=0).fit(images)
    assert adjusted_rand_score(kinds, found.labels_) == 1.0
    with pytest.raises(ParameterError) as caught:
        CategoryDiscovery(embedding="rotation").fit(images)  # type: ignore[arg-type]
    assert str(caught.value) == "embedding is 'rotation'; it must be an unfitted estimator with fit and transform"


def test_images_of_another_product_are_known_to_be_unlike_all() -> None:
    found = CategoryDiscovery(n_categories=2, random_state=0).fit(mixed((30, 30))[0])
    same, other = mixed((20, 20), defective=0.5, seed=1)[0], products(2, 20)[0]
    assert found.is_known(found.distances(same)).all()
    assert not found.is_known(found.distances(other)).any()


def test_counting_is_what_its_formula_says_and_the_same_again() -> None:
    samples = np.random.default_rng(0).normal(size=(60, 2)) + np.repeat([[0.0], [20.0], [60.0]], 20, axis=0)
    counts = cluster_counts(samples, 4, np.random.RandomState(0))
    assert counts == cluster_counts(samples, 4, np.random.RandomState(0))
    assert [count.n_clusters for count in counts] == [2, 3, 4]
    assert [count.stability for count in counts[:2]] == [1.0, 1.0]
    assert counts[2].stability < 0.95
    # Silhouettes by their definition, of the three planted clusters.
    planted = np.repeat([0, 1, 2], 20)
    distances = np.linalg.norm(samples[:, None] - samples[None], axis=2)
    values = []
    for row in range(60):
        means = [distances[row, planted == k].sum() / ((planted == k).sum() - (k == planted[row])) for k in range(3)]
        own = means.pop(planted[row])
        values.append((min(means) - own) / max(own, min(means)))
    assert counts[1].silhouette == pytest.approx(np.mean(values), rel=1e-9)
    assert chosen_count(counts)[0] == 3


def test_samples_without_clusters_are_not_stable() -> None:
    counts = cluster_counts(np.random.default_rng(0).normal(size=(80, 3)), 5, np.random.RandomState(0))
    assert max(count.stability for count in counts) < 0.95
    assert chosen_count(counts)[0] == 1


def test_why_so_many_is_said_in_a_sentence() -> None:
    one, two = ClusterCount(2, 0.96, 0.5), ClusterCount(3, 0.5, 0.9)
    assert chosen_count([one, two]) == (
        2,
        "2 categories: random halves of the images agree on 2 (silhouette 0.50)",
    )
    assert chosen_count([one, two, ClusterCount(4, 0.99, 0.6), ClusterCount(5, 1.0, 0.4)]) == (
        4,
        "4 categories: random halves of the images agree on 2, 4 and 5, and 4 lie farthest apart (silhouette 0.60)",
    )
    assert chosen_count([two]) == (
        1,
        "1 category: random halves of the images agree on no other number (most on 3: 0.50, where 0.95 is asked for)",
    )
    assert chosen_count([]) == (1, "1 category: the images are too few, or too much alike, to look for more")


def test_images_that_are_all_alike_or_too_few_are_one_category() -> None:
    for images in (np.full((30, 16, 16), 7, dtype=np.uint8), products(0, 3)[0]):
        found = CategoryDiscovery(random_state=0).fit(images)
        assert (found.n_categories_, found.counts_) == (1, [])
        assert found.predict(images).tolist() == [0] * len(images)


def test_a_number_that_is_given_is_taken() -> None:
    found = CategoryDiscovery(n_categories=2, random_state=0).fit(mixed((20, 20, 20))[0])
    assert (found.n_categories_, found.counts_, found.reason_) == (2, [], "as many categories as were asked for")


def test_large_images_are_looked_at_in_small() -> None:
    images = np.repeat(np.repeat(mixed((20, 20))[0], 3, axis=1), 3, axis=2)
    found = CategoryDiscovery(n_categories=2, random_state=0).fit(images)
    assert found.image_shape_ == (96, 96, 1)
    assert found.descriptors_.image_shape_ == (64, 64, 1)
    assert found.predict(images).tolist() == found.labels_.tolist()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"most": 0}, "most is 0; it must be a whole number of at least 1"),
        ({"n_categories": 0}, "n_categories is 0; it must be 'auto' or a whole number of at least 1"),
        (
            {"n_categories": "two", "most": 1.5},
            "2 mistakes:\n  - most is 1.5; it must be a whole number of at least 1\n"
            "  - n_categories is 'two'; it must be 'auto' or a whole number of at least 1",
        ),
    ],
)
def test_wrong_parameters_are_named(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        CategoryDiscovery(**parameters).fit(products(0, 10)[0])
    assert str(raised.value) == message


def test_too_few_images_and_images_of_another_size_are_told() -> None:
    with pytest.raises(TooFewSamplesError) as raised:
        CategoryDiscovery(n_categories=9).fit(products(0, 5)[0])
    assert str(raised.value) == (
        "n_categories is 9, but there are only 5 images: give more images, or fewer categories"
    )
    found = CategoryDiscovery(n_categories=1).fit(products(0, 5)[0])
    with pytest.raises(SchemaError) as other:
        found.predict(products(0, 5, side=40)[0])
    assert str(other.value) == (
        "the images are 40x40 grey, but those it was fitted on 32x32 grey: give images of that size and colour"
    )
