"""The auxiliary decoder: two stages, of which the second leaves the encoder as it is and learns from its codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from dross.errors import ParameterError
from dross.networks import TwoDecoderAutoencoder
from dross.reconstruction import AuxiliaryDecoder
from dross.reconstruction.auxiliary_decoder_loss import AuxiliaryDecoderLoss
from dross.training import TrainingLoop, seeded
from tests.planted_pictures import plant_defects

SMALL: dict[str, Any] = {"width": 2, "widths": (4, 8), "n_code": 3, "batch_size": 8, "device": "cpu", "random_state": 0}


def network() -> TwoDecoderAutoencoder:
    with seeded(0):
        return TwoDecoderAutoencoder((16, 16, 1), width=2, widths=(4, 8), n_code=3)


def batch(n: int = 6) -> torch.Tensor:
    return torch.randint(0, 256, (n, 1, 16, 16), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


def test_the_loss_is_the_error_of_the_image_and_that_of_its_code_in_units_of_the_codes_spread() -> None:
    made = network()
    objective = AuxiliaryDecoderLoss(made, code_weight=0.3).eval()
    made.eval()
    loss = objective(batch(), torch.Generator()).detach()
    x = batch().float() / 127.5 - 1.0
    with torch.no_grad():
        codes = made.encode(x)
        rebuilt = made.decode(codes)
        again = made.encode(rebuilt)
    z, z_again = codes.double().numpy(), again.double().numpy()
    gap = ((z_again - z) ** 2).mean() / z.var(axis=0).mean()
    error = float((x - rebuilt).double().square().mean())
    assert float(loss) == pytest.approx(error + 0.3 * gap, rel=1e-5)
    assert float(objective.parts["code"]) == pytest.approx(gap, rel=1e-5)


def test_the_second_stage_leaves_the_autoencoder_as_it_is() -> None:
    made = network()
    before = {name: value.clone() for name, value in made.state_dict().items()}
    TrainingLoop(
        AuxiliaryDecoderLoss(made, code_weight=0.3), learning_rate=0.01, batch_size=4, seed=0, device="cpu"
    ).train_to(batch(16), 2)
    changed = {name.split(".")[0] for name, value in made.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"auxiliary"}
    assert all(weights.grad is None for weights in made.autoencoder.parameters())


def test_the_first_stage_trains_the_autoencoder_alone_and_each_gets_half_of_the_epochs() -> None:
    detector = AuxiliaryDecoder(**SMALL, max_epochs=6).fit(plant_defects(n_train=24).X_train)
    assert [record["epoch"] for record in detector.history_] == [1, 2, 3, 4, 5, 6]
    assert ["code" in record for record in detector.history_] == [False] * 3 + [True] * 3


def test_the_reconstruction_is_the_second_decoders() -> None:
    X = plant_defects(n_train=24).X_train
    detector = AuxiliaryDecoder(**SMALL, score_by="squared", max_epochs=2).fit(X)
    made = detector.network_
    x = torch.from_numpy(X.transpose(0, 3, 1, 2).copy()).float() / 127.5 - 1.0
    with torch.no_grad():
        theirs = made.auxiliary(made.autoencoder.encode(x))
    np.testing.assert_allclose(-detector.score_samples(X), (x - theirs).square().mean((1, 2, 3)), rtol=1e-4)


def test_all_mistakes_are_told_at_once() -> None:
    wrong = {"width": 0, "blocks": 1, "widths": (), "n_code": 0, "code_weight": -1}
    with pytest.raises(ParameterError) as caught:
        AuxiliaryDecoder(**wrong).fit(plant_defects(n_train=4).X_train)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "5 mistakes:\n"
        "  - width is 0; it must be a whole number of at least 1\n"
        "  - blocks is 1; it must be four whole numbers of at least 1\n"
        "  - widths is (); it must be a tuple of 1 or more whole numbers above 0\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - code_weight is -1; it must be a number of at least 0"
    )
