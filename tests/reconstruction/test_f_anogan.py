"""f-AnoGAN: critic and generator in turns, the encoder after them, the score of both residuals, and drawn images."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

from dross.errors import ParameterError
from dross.networks import EncoderGeneratorCritic
from dross.reconstruction import FAnoGAN
from dross.reconstruction.f_anogan_losses import EncoderLoss, WassersteinGame, gradient_penalty
from dross.reconstruction.samples import byte_tensor, network_samples
from tests.planted_pictures import plant_defects
from tests.reconstruction.players import gradients

BATCH = torch.from_numpy(np.random.default_rng(0).integers(0, 256, size=(6, 1, 16, 16), dtype=np.uint8))
FEW = plant_defects(n_train=16, n_test=6)


def network() -> EncoderGeneratorCritic:
    torch.manual_seed(0)
    return EncoderGeneratorCritic((16, 16, 1), (4, 8), 6, normalise=False)


def small(**changed: Any) -> FAnoGAN:
    made = FAnoGAN(widths=(2, 4), n_code=3, n_critic=1, max_epochs=2, batch_size=8, device="cpu", random_state=0)
    return made.set_params(**changed)


def test_the_penalty_against_gradients_by_differences() -> None:
    torch.manual_seed(0)
    critic = nn.Sequential(nn.Flatten(), nn.Linear(4, 5), nn.Softplus(), nn.Linear(5, 1)).double()
    real, generated = torch.rand(3, 1, 2, 2).double(), torch.rand(3, 1, 2, 2).double()
    ours = float(gradient_penalty(critic, real, generated, torch.Generator().manual_seed(7)).detach())
    share = torch.rand((3, 1, 1, 1), generator=torch.Generator().manual_seed(7))
    between = share * real + (1 - share) * generated
    lengths = []
    with torch.no_grad():
        for image in between:
            steps = torch.eye(4).double().reshape(4, 1, 2, 2) * 1e-6
            slopes = (critic(image + steps) - critic(image - steps)) / 2e-6
            lengths.append(float(slopes.norm()))
    assert ours == pytest.approx(np.square(np.array(lengths) - 1).mean(), rel=1e-4)


def test_each_player_has_its_own_loss_and_no_other() -> None:
    game = WassersteinGame(network(), n_critic=5, penalty_weight=10.0)
    samples, codes = network_samples(BATCH), torch.randn(6, 6)
    critic = game.critic_loss(samples, codes, torch.Generator().manual_seed(0))
    parts = {name: float(value) for name, value in game.parts.items()}
    generator = game.generator_loss(codes)
    with torch.no_grad():
        generated = game.network.decode(codes)
        judged = [float(game.network.critic(images).mean()) for images in (generated, samples)]
    assert parts["critic"] == pytest.approx(judged[0] - judged[1], rel=1e-4)
    assert float(critic.detach()) == pytest.approx(parts["critic"] + 10 * parts["penalty"], rel=1e-4)
    assert float(generator.detach()) == pytest.approx(-judged[0], rel=1e-4)
    assert gradients(critic, game.network.generator) == gradients(generator, game.network.critic) == []
    assert len(gradients(generator, game.network.generator)) == len(list(game.network.generator.parameters()))
    # The last bias moves all judgements alike, and the penalty leaves it alone.
    assert len(gradients(critic, game.network.critic)) == len(list(game.network.critic.parameters()))
    for loss in (critic, generator):
        assert gradients(loss, game.network.encoder) == []


def test_they_take_turns() -> None:
    game = WassersteinGame(network(), n_critic=2, penalty_weight=10.0)
    turns = []
    for _ in range(7):
        game(BATCH, torch.Generator())
        turns.append("generator" in game.parts)
    assert turns == [False, False, True, False, False, True, False]
    assert int(game.state_dict()["steps"]) == 7


def test_the_encoder_alone_learns_from_both_residuals() -> None:
    for kappa in (0.0, 0.5):
        trio = network()
        loss = EncoderLoss(trio, kappa)
        total = loss(BATCH, torch.Generator())
        with torch.no_grad():
            x = network_samples(BATCH)
            g = trio(x)
            expected = np.square(x.numpy() - g.numpy()).mean()
            expected += kappa * np.square(trio.features(x).numpy() - trio.features(g).numpy()).mean()
        assert float(total.detach()) == pytest.approx(expected, rel=1e-4)
        assert gradients(total, trio.generator) == gradients(total, trio.critic) == []
        assert len(gradients(total, trio.encoder)) == len(list(trio.encoder.parameters()))


def test_training_the_encoder_changes_nothing_of_the_generator() -> None:
    trio = EncoderGeneratorCritic((16, 16, 1), (4, 8), 6, normalise=True)
    before = copy.deepcopy({**trio.generator.state_dict(), **trio.critic.state_dict()})
    loss = EncoderLoss(trio, 1.0).train()
    loss(BATCH, torch.Generator()).backward()
    for name, value in {**trio.generator.state_dict(), **trio.critic.state_dict()}.items():
        assert torch.equal(value, before[name]), name
    assert trio.encoder.training


def test_one_stage_after_the_other_is_recorded() -> None:
    detector = small(max_epochs=10, encoder_share=0.4).fit(FEW.X_train)
    assert [record["epoch"] for record in detector.history_] == list(range(1, 11))
    assert [("critic" in record, "residual" in record) for record in detector.history_] == [(True, False)] * 6 + [
        (False, True)
    ] * 4


def test_the_score_is_both_residuals() -> None:
    detector = small(kappa=0.7).fit(FEW.X_train)
    with torch.no_grad():
        x = network_samples(byte_tensor(FEW.X_test))
        g = detector.network_(x)
        features = detector.network_.features(x).numpy() - detector.network_.features(g).numpy()
    expected = np.square(x.numpy() - g.numpy()).mean(axis=(1, 2, 3)) + 0.7 * np.square(features).mean(axis=1)
    np.testing.assert_allclose(detector.score_samples(FEW.X_test), -expected, rtol=1e-4)
    plain = np.square(x.numpy() - g.numpy()).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(detector.set_params(kappa=0).score_samples(FEW.X_test), -plain, rtol=1e-4)


def test_images_are_drawn() -> None:
    detector = small().fit(FEW.X_train)
    images = detector.sample(4, random_state=1)
    assert images.shape == (4, 16, 16, 3)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(detector.sample(4, random_state=1), images)
    assert not np.array_equal(detector.sample(4, random_state=2), images)
    with pytest.raises(ParameterError) as caught:
        detector.sample(0)
    assert str(caught.value) == "n_images is 0; it must be a whole number of at least 1"


def test_reconstructions_and_images_of_fixed_codes_are_watched() -> None:
    detector = small().fit(FEW.X_train, watch=FEW.X_test[:2])
    assert detector.snapshots_ is not None
    assert detector.snapshots_.shape == (3, 4, 16, 16, 3)
    np.testing.assert_array_equal(detector.snapshots_[-1][:2], detector.reconstruct(FEW.X_test[:2]))
    np.testing.assert_array_equal(detector.snapshots_[-1][2:], detector.sample(2, random_state=0))
    # The last epoch is the encoder's: the generator stays as it was.
    np.testing.assert_array_equal(detector.snapshots_[1][2:], detector.snapshots_[2][2:])


def test_a_generator_that_makes_one_image_is_told() -> None:
    detector = small(max_epochs=0).fit(FEW.X_train)
    with torch.no_grad():
        for weights in detector.network_.generator.parameters():
            weights.zero_()
    detector.set_params(max_epochs=9)
    samples = network_samples(byte_tensor(FEW.X_train))
    with torch.no_grad():
        assert detector._look(detector.network_, iter([samples])) == [
            "the generator has collapsed: its images vary by 0.0% of what normal ones do, whatever their code; raise "
            "n_critic (1) or max_epochs (9), or lower the learning rate"
        ]


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong = {"n_code": 0, "n_critic": 0, "penalty_weight": -1, "kappa": -1, "encoder_share": 1.5}
    with pytest.raises(ParameterError) as caught:
        clone(small()).set_params(**wrong).fit(FEW.X_train)
    assert str(caught.value) == (
        "5 mistakes:\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - n_critic is 0; it must be a whole number of at least 1\n"
        "  - penalty_weight is -1; it must be a number of at least 0\n"
        "  - kappa is -1; it must be a number of at least 0\n"
        "  - encoder_share is 1.5; it must be a share in (0, 1]"
    )
