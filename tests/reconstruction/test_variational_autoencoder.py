"""The variational autoencoder: its bound against NumPy, and that it does not collapse where a common mistake does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dross.cli.main import main
from dross.errors import CollapseWarning, ParameterError
from dross.networks import VAE
from dross.reconstruction import VariationalAutoencoder
from dross.reconstruction.evidence_lower_bound import (
    LEAST_VARIANCE,
    EvidenceLowerBound,
    active_units,
    gaussian_kl,
    negative_log_likelihood,
)
from dross.reconstruction.samples import network_samples
from dross.training import TrainingLoop, seeded
from tests.planted_pictures import Pictures, picture_auroc, plant_defects
from tests.tasks.dirty_images import dirty_images, write_folder

SMALL: dict[str, Any] = {
    "widths": (4, 8),
    "n_code": 4,
    "batch_size": 8,
    "learning_rate": 0.005,
    "max_epochs": 30.0,
    "device": "cpu",
    "random_state": 0,
}


@cache
def pictures() -> Pictures:
    return plant_defects()


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def network() -> VAE:
    with seeded(0):
        return VAE((8, 8, 1), widths=(4,), n_code=3)


class ByHand:
    """The bound in NumPy, from what the network puts out and the noise that its objective drew."""

    def __init__(self, network: VAE, batch: Tensor) -> None:
        samples = network_samples(batch)
        mean, log_variance = network.posterior(samples)
        noise = torch.randn(mean.shape, generator=generator())
        reconstructed = network.decode(mean + (0.5 * log_variance).exp() * noise)
        arrays = (values.detach().double().numpy() for values in (samples, reconstructed, mean, log_variance))
        x, rebuilt, mu, log_var = arrays
        self.variance = ((x - rebuilt) ** 2).mean()
        densities = -((x - rebuilt) ** 2) / (2 * self.variance) - 0.5 * np.log(2 * np.pi * self.variance)
        #: In nats: summed over the pixels of an image, or the numbers of its code; then the mean of the images.
        self.reconstruction = -densities.sum(axis=(1, 2, 3)).mean()
        self.divergences = (0.5 * (np.exp(log_var) + mu**2 - 1 - log_var)).mean(axis=0)


def batch() -> Tensor:
    return torch.randint(0, 256, (5, 1, 8, 8), generator=generator(), dtype=torch.uint8)


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
def test_the_loss_is_the_negative_bound_with_both_terms_in_nats_an_image(beta: float) -> None:
    objective = EvidenceLowerBound(network(), beta=beta)
    expected = ByHand(objective.network, batch())
    loss = objective(batch(), generator()).detach()
    assert float(loss) == pytest.approx(expected.reconstruction + beta * expected.divergences.sum(), rel=1e-5)
    assert float(objective.parts["reconstruction"]) == pytest.approx(expected.reconstruction, rel=1e-5)
    assert float(objective.parts["kl"]) == pytest.approx(expected.divergences.sum(), rel=1e-5)


def test_the_weight_of_the_divergence_rises_step_by_step() -> None:
    objective = EvidenceLowerBound(network(), beta=2.0, warmup_steps=4)
    weights = []
    for _ in range(6):
        loss = objective(batch(), generator()).detach()
        weights.append(float((loss - objective.parts["reconstruction"]) / objective.parts["kl"]))
    np.testing.assert_allclose(weights, [0.5, 1.0, 1.5, 2.0, 2.0, 2.0], rtol=1e-3)


def test_free_bits_are_free_for_each_number_of_the_code_alone() -> None:
    expected = ByHand(network(), batch())
    bits = float(np.median(expected.divergences)) / math.log(2)
    objective = EvidenceLowerBound(network(), free_bits=bits)
    counted = np.maximum(expected.divergences, bits * math.log(2)).sum()
    assert counted > expected.divergences.sum()
    assert float(objective(batch(), generator()).detach()) == pytest.approx(expected.reconstruction + counted, rel=1e-5)


def test_the_decoders_variance_is_the_one_that_makes_the_errors_likeliest_and_is_kept() -> None:
    objective = EvidenceLowerBound(network())
    expected = ByHand(objective.network, batch())
    objective(batch(), generator())
    assert float(objective.network.variance) == pytest.approx(expected.variance, rel=1e-5)
    x, rebuilt = torch.randn(2, 4, 6, generator=generator()).unbind()
    best = (x - rebuilt).square().mean()
    losses = [negative_log_likelihood(x, rebuilt, best * factor).mean() for factor in (0.9, 1.0, 1.1)]
    assert losses[1] < min(losses[0], losses[2])


def test_a_perfect_reconstruction_has_a_finite_loss() -> None:
    blank = torch.zeros(3, 4)
    loss = negative_log_likelihood(blank, blank, torch.tensor(LEAST_VARIANCE))
    assert torch.isfinite(loss).all()


def test_the_divergence_is_that_of_many_draws() -> None:
    mean, log_variance = torch.tensor([[0.7, -1.5, 0.0]]).double(), torch.tensor([[-1.0, 0.5, 0.0]]).double()
    posterior = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    prior = torch.distributions.Normal(torch.zeros(3).double(), torch.ones(3).double())
    with seeded(0):
        codes = posterior.sample((400_000,))  # type: ignore[no-untyped-call]
    drawn: Any = (posterior.log_prob(codes) - prior.log_prob(codes)).mean(0)  # type: ignore[no-untyped-call]
    np.testing.assert_allclose(gaussian_kl(mean, log_variance), drawn, atol=0.01)


def test_the_heads_are_linear() -> None:
    mean, log_variance = network().posterior(torch.randn(200, 1, 8, 8, generator=generator()))
    for values in (mean, log_variance):
        assert values.min() < 0 < values.max()


class BrokenBound(nn.Module):
    """The mistake: the error averaged over all pixels, beside the divergence summed over batch and code."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        samples = network_samples(batch)
        mean, log_variance = self.network.posterior(samples)
        codes = mean + (0.5 * log_variance).exp() * torch.randn(mean.shape, generator=generator)
        return (samples - self.network.decode(codes)).square().mean() + gaussian_kl(mean, log_variance).sum()


def mean_codes(objective: Any) -> Iterator[Tensor]:
    images = torch.from_numpy(pictures().X_train.transpose(0, 3, 1, 2).copy())
    loop = TrainingLoop(objective, learning_rate=0.005, batch_size=8, seed=0, device="cpu")
    loop.train_to(images, 30)
    with torch.no_grad():
        yield objective.network.eval().encode(network_samples(images))


@pytest.mark.parametrize(("objective", "collapses"), [(EvidenceLowerBound, False), (BrokenBound, True)])
def test_sum_against_mean_collapses_and_sum_beside_sum_does_not(objective: Any, collapses: bool) -> None:
    with seeded(0):
        made = objective(VAE((16, 16, 3), widths=(4, 8), n_code=4, normalise=True))
    (codes,) = mean_codes(made)
    assert bool(active_units(codes).any()) is not collapses


def test_a_collapse_is_found_warned_of_and_told() -> None:
    planted = pictures()
    with pytest.warns(CollapseWarning) as warned:
        detector = VariationalAutoencoder(**{**SMALL, "beta": 1e4}).fit(planted.X_train)
    told = (
        "the posterior has collapsed: none of the 4 numbers of the code varies with the sample, so that all are "
        "reconstructed alike; lower beta (10000), or raise warmup_epochs (5), free_bits (0) or max_epochs (30)"
    )
    assert detector.findings_ == [told]
    assert [str(warning.message) for warning in warned] == [f"VariationalAutoencoder: {told}"]
    rebuilt = detector.reconstruct(planted.X_test)
    assert np.ptp(rebuilt.astype(int), axis=0).max() <= 4


def test_what_has_not_collapsed_has_no_findings_and_neither_has_what_was_hardly_trained() -> None:
    for epochs in (0.0, 1.0, 30.0):
        assert VariationalAutoencoder(**{**SMALL, "max_epochs": epochs}).fit(pictures().X_train).findings_ == []


class Told:
    """A posterior whose first number has means of some spread and some variance, and whose others are the prior."""

    def __init__(self, spread: float, variance: float) -> None:
        self.spread, self.variance = spread, variance

    def posterior(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = torch.zeros(2, len(samples), 24)
        mean[:, 0], log_variance[:, 0] = self.spread * samples, math.log(self.variance)
        return mean, log_variance


@pytest.mark.parametrize(
    ("spread", "variance", "told"),
    [
        (1.0, 0.05, []),
        (0.15, 1.0, ["1 of the 24 numbers of the code tell 0.022 bits of the sample"]),
        (0.0, 0.05, ["none of the 24 numbers of the code varies with the sample"]),
    ],
)
def test_one_number_in_use_of_many_is_enough_if_it_says_something(
    spread: float, variance: float, told: list[str]
) -> None:
    detector = VariationalAutoencoder(max_epochs=30)
    detector.history_ = [{"epoch": 30.0}]
    samples = torch.linspace(-2, 2, 100)
    found = detector._look(Told(spread, variance), iter(samples.split(30)))  # type: ignore[no-untyped-call]
    assert [finding.split(", so that")[0].removeprefix("the posterior has collapsed: ") for finding in found] == told


@pytest.mark.filterwarnings("default::dross.errors.CollapseWarning")
def test_the_command_line_tells_of_a_collapse(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    write_folder(tmp_path / "photos", dirty_images(24, side=16))
    settings = [f"--set={name}" for name in ("beta=1e4", "max_epochs=40", "batch_size=8", "learning_rate=0.01")]
    arguments = ["fit", str(tmp_path / "photos"), "--detector", "vae", *settings, "--out", str(tmp_path / "model")]
    assert main(arguments) == 0
    assert "dross: warning: VariationalAutoencoder: the posterior has collapsed: " in capsys.readouterr().err


def test_the_reconstruction_probability_is_the_mean_over_draws_of_the_log_likelihood() -> None:
    planted = pictures()
    detector = VariationalAutoencoder(**SMALL, score_by="reconstruction-probability").fit(planted.X_train)
    assert picture_auroc(detector, planted) > 0.9
    x = 2.0 * planted.X_test[:3].transpose(0, 3, 1, 2) / 255.0 - 1.0
    with torch.no_grad():
        mean, log_variance = detector.network_.posterior(torch.from_numpy(x).float())
        noise = torch.randn(20_000, 1, 4, generator=generator())
        codes = mean + (0.5 * log_variance).exp() * noise
        rebuilt = detector.network_.decode(codes.flatten(0, 1)).reshape(20_000, *x.shape).double().numpy()
    variance = float(detector.network_.variance)
    likelihoods = (-((x - rebuilt) ** 2) / (2 * variance) - 0.5 * np.log(2 * np.pi * variance)).sum(axis=(2, 3, 4))
    # Sixteen draws against many: within four standard errors of theirs.
    error = 4 * likelihoods.std(axis=0) / 4
    assert (np.abs(detector.score_samples(planted.X_test[:3]) - likelihoods.mean(axis=0)) < error).all()


def test_only_it_knows_that_score_and_all_mistakes_are_told_at_once() -> None:
    wrong = {"widths": (), "hidden": 3, "n_code": 0, "beta": -1, "warmup_epochs": -1, "free_bits": None}
    with pytest.raises(ParameterError) as caught:
        VariationalAutoencoder(score_by="reconstruction", **wrong).fit(pictures().X_train)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "7 mistakes:\n"
        "  - score_by is 'reconstruction'; it must be 'squared', 'absolute', 'ssim', 'patches', 'mahalanobis', "
        "'re-encoding', 'squared+mahalanobis' or 'reconstruction-probability'; did you mean "
        "'reconstruction-probability'?\n"
        "  - widths is (); it must be a tuple of 1 or more whole numbers above 0\n"
        "  - hidden is 3; it must be a tuple of whole numbers above 0\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - beta is -1; it must be a number of at least 0\n"
        "  - warmup_epochs is -1; it must be a number of at least 0\n"
        "  - free_bits is None; it must be a number of at least 0"
    )
