"""The memory: its weights and their entropy against NumPy and SciPy, and that nothing but the memory is decoded."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import entropy

from dross.errors import ParameterError
from dross.networks import MemoryAutoencoder
from dross.reconstruction import MemoryAugmentedAutoencoder
from dross.reconstruction.memory_loss import MemoryLoss, attention_entropy
from dross.training import seeded
from tests.planted_pictures import plant_defects


def network(shrinkage: float = 1.0, n_slots: int = 10) -> MemoryAutoencoder:
    with seeded(0):
        return MemoryAutoencoder((8, 8, 1), widths=(4,), n_code=3, n_slots=n_slots, shrinkage=shrinkage)


def codes(n: int = 20) -> torch.Tensor:
    return torch.randn(n, 3, generator=torch.Generator().manual_seed(0))


def weights_by_hand(z: NDArray[np.float64], memory: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """Return what equations 3 to 7 of the paper come to."""
    cosines = z @ memory.T / np.linalg.norm(z, axis=1, keepdims=True) / np.linalg.norm(memory, axis=1)
    weights = softmax(cosines, axis=1)
    shrunk = np.maximum(weights - threshold, 0) * weights / (np.abs(weights - threshold) + 1e-12)
    total: NDArray[np.float64] = shrunk.sum(axis=1, keepdims=True)
    return shrunk / np.where(total > 0, total, 1.0)


@pytest.mark.parametrize("shrinkage", [0.0, 1.0, 1.5])
def test_the_weights_are_the_papers(shrinkage: float) -> None:
    memory = network(shrinkage)
    ours = memory.attention(codes()).detach().numpy()
    remembered = memory.memory.detach().double().numpy()
    np.testing.assert_allclose(ours, weights_by_hand(codes().double().numpy(), remembered, shrinkage / 10), atol=1e-5)


def test_more_shrinkage_leaves_fewer_slots_of_the_same_sum() -> None:
    shares = []
    for shrinkage in (0.0, 1.0, 1.5):
        weights = network(shrinkage).attention(codes()).detach()
        assert (weights >= 0).all()
        np.testing.assert_allclose(weights.sum(1), 1.0, rtol=1e-5)
        shares.append(float((weights > 0).float().mean()))
    assert shares[0] == 1.0
    assert shares[0] > shares[1] > shares[2] > 0


def test_above_every_weight_nothing_is_read_and_nothing_breaks() -> None:
    memory = network(shrinkage=9.0)
    codes_with_slopes = codes().requires_grad_()
    images = memory.decode(codes_with_slopes)
    assert not memory.attention(codes()).any()
    images.sum().backward()  # type: ignore[no-untyped-call]
    assert codes_with_slopes.grad is not None
    assert torch.isfinite(codes_with_slopes.grad).all()


def test_what_is_decoded_is_a_mixture_of_remembered_codes() -> None:
    memory = network()
    far = 1e3 * codes()
    torch.testing.assert_close(memory.decode(far), memory.decode(codes()))  # the direction alone is looked up
    slot = torch.eye(10)[:3]
    torch.testing.assert_close(memory.recall(slot), memory.decoder(memory.memory[:3]))


def test_the_entropy_is_scipys() -> None:
    weights = network().attention(codes()).detach()
    np.testing.assert_allclose(attention_entropy(weights), entropy(weights.numpy(), axis=1), atol=1e-5)


def test_the_loss_is_the_mean_error_and_the_weighted_mean_entropy() -> None:
    memory = network()
    batch = torch.randint(0, 256, (5, 1, 8, 8), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    loss = MemoryLoss(memory, 0.3)(batch, torch.Generator()).detach()
    x = batch.double().numpy() / 127.5 - 1.0
    z = memory.encode(torch.from_numpy(x).float())
    rebuilt = memory.decode(z).detach().double().numpy()
    surprise = entropy(memory.attention(z).detach().double().numpy(), axis=1).mean()
    assert float(loss) == pytest.approx(((x - rebuilt) ** 2).mean() + 0.3 * surprise, rel=1e-5)


def test_weight_on_the_entropy_makes_fewer_slots_matter() -> None:
    X = plant_defects(n_train=48).X_train
    final = []
    for weight in (0.0, 0.5):
        detector = MemoryAugmentedAutoencoder(
            widths=(4, 8), n_code=4, n_slots=20, entropy_weight=weight, max_epochs=15, batch_size=8, device="cpu",
            random_state=0,
        ).fit(X)  # fmt: skip
        final.append(detector.history_[-1]["entropy"])
    assert final[1] < 0.8 * final[0]


def test_all_mistakes_are_told_at_once() -> None:
    detector = MemoryAugmentedAutoencoder(widths=(), n_code=0, n_slots=0, shrinkage=-1, entropy_weight=-1)
    with pytest.raises(ParameterError) as caught:
        detector.fit(plant_defects(n_train=4).X_train)
    assert str(caught.value) == (
        "5 mistakes:\n"
        "  - widths is (); it must be a tuple of 1 or more whole numbers above 0\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - n_slots is 0; it must be a whole number of at least 1\n"
        "  - shrinkage is -1; it must be a number of at least 0\n"
        "  - entropy_weight is -1; it must be a number of at least 0"
    )
