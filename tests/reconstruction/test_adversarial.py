"""The losses of both players against NumPy; and what one of them is told leaves the other alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from dross.reconstruction.adversarial import discriminator_loss, frozen, judged_generated, judged_real, judgements
from dross.reconstruction.discriminator_collapse import discriminator_findings

RNG = np.random.default_rng(0)
REAL, GENERATED = RNG.normal(1.0, 2.0, size=(7, 1, 3, 3)), RNG.normal(-1.0, 2.0, size=(7, 1, 3, 3))


def test_the_losses_are_cross_entropies() -> None:
    real, generated = torch.from_numpy(REAL), torch.from_numpy(GENERATED)
    p_real, p_generated = 1 / (1 + np.exp(-REAL)), 1 / (1 + np.exp(-GENERATED))
    assert float(judged_real(generated)) == pytest.approx(-np.log(p_generated).mean(), rel=1e-5)
    assert float(judged_generated(generated)) == pytest.approx(-np.log(1 - p_generated).mean(), rel=1e-5)
    expected = 0.5 * (-np.log(p_real).mean() - np.log(1 - p_generated).mean())
    assert float(discriminator_loss(real, generated)) == pytest.approx(expected, rel=1e-5)
    told = judgements("critic", real, generated)
    assert list(told) == ["critic on real", "critic on generated"]
    assert [float(value) for value in told.values()] == pytest.approx([p_real.mean(), p_generated.mean()], rel=1e-5)


def test_losses_of_a_sure_discriminator_are_finite_and_still_teach() -> None:
    logits = torch.full((4,), -200.0, requires_grad=True)
    loss = judged_real(logits)
    loss.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == pytest.approx(200.0)
    assert logits.grad is not None
    assert (logits.grad < 0).all()


def test_frozen_weights_give_the_same_output_and_get_no_gradient() -> None:
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(8, 1))
    images = torch.rand(3, 1, 4, 4, requires_grad=True)
    output = frozen(module, images)
    torch.testing.assert_close(output, module(images))
    output.sum().backward()  # type: ignore[no-untyped-call]
    assert all(weights.grad is None for weights in module.parameters())
    assert images.grad is not None
    assert images.grad.abs().sum() > 0


def history(real: float, generated: float, n: int = 9) -> list[dict[str, float]]:
    return [{"epoch": e + 1.0, "judge on real": real, "judge on generated": generated} for e in range(n)]


def test_a_discriminator_that_won_is_told() -> None:
    assert discriminator_findings(history(0.995, 0.004), "judge") == [
        "the judge has won: in the last 3 epochs it took 99.5% of the real images for real and 0.4% of the generated "
        "ones, so it no longer teaches the generator what to mend; lower its learning (fewer or narrower layers) or "
        "the weight of the adversarial loss"
    ]
    assert discriminator_findings(history(0.995, 0.004), "judge", against=False) == []


def test_a_discriminator_that_gave_up_is_told_even_where_it_is_to_win() -> None:
    for against in (True, False):
        assert discriminator_findings(history(0.5, 0.495), "judge", against=against) == [
            "the judge has given up: in the last 3 epochs it took 50.0% of the real images for real and 49.5% of the "
            "generated ones, so it tells nothing apart; give it more or wider layers, or lower the learning rate"
        ]


def test_nothing_is_told_of_a_game_that_goes_on_or_has_hardly_begun() -> None:
    assert discriminator_findings(history(0.8, 0.2), "judge") == []
    assert discriminator_findings(history(0.995, 0.004, n=5), "judge") == []
    assert discriminator_findings(history(0.995, 0.004)[:-1] + history(0.7, 0.3, n=1), "judge") == []
    assert discriminator_findings([{"epoch": 1.0, "loss": 2.0}] * 9, "judge") == []
    # What it was in the first epochs is past.
    assert discriminator_findings(history(0.5, 0.5, n=6) + history(0.8, 0.2, n=3), "judge") == []


def test_the_second_stage_of_a_training_has_no_say() -> None:
    later: list[dict[str, float]] = [{"epoch": 10.0 + e, "residual": 0.1} for e in range(9)]
    assert discriminator_findings(history(0.995, 0.004) + later, "judge") != []
