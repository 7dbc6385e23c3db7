"""``network`` and ``edit``: what is printed and drawn, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dross.catalog import CATALOG
from dross.cli.main import main
from dross.errors import DataError, ModelError, ParameterError
from dross.reconstruction.latent_edits import LatentEdit, default_edits
from dross.tasks.edit import edit
from dross.tasks.network import network
from tests.planted_pictures import plant_defects

IMAGES = plant_defects(n_train=40, channels=1)
TRAINED = [name for name, entry in CATALOG.items() if entry.takes == "images" and "autoencoder" in name]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    np.save("images.npy", IMAGES.X_train)
    return tmp_path


@pytest.mark.parametrize("name", ["rotation", "affine", "srr-autoencoder", "table-conv-autoencoder", *TRAINED])
def test_every_detector_with_a_network_shows_it(name: str) -> None:
    (found,) = network(name, size=32, grey=True, columns=9)
    if name.startswith("descriptor-"):
        assert len(found.shape) == 1  # what it learns from are descriptors of images
    else:
        assert found.shape == ((32, 32, 1) if CATALOG[name.removeprefix("srr-")].takes == "images" else (9,))
    assert str(found).splitlines()[0].split() == ["layer", "kind", "output", "weights"]
    assert sum(layer.parameters for layer in found.layers) > 0


def test_the_command_prints_and_draws(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["network", "autoencoder", "--size", "16", "--grey", "--out", "net.svg"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == "FullyConnectedAutoencoder"
    assert printed.out.splitlines()[-1].split() == ["sum", "205,856"]
    assert printed.err == "Drawn in net.svg\n"
    assert "205,856 weights" in (here / "net.svg").read_text()


def test_what_has_no_network_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["network", "knn"]) == 2
    assert capsys.readouterr().err == "dross: 'knn' has no network: it learns without one\n"
    assert main(["network", "autoencodr"]) == 2
    assert "there is no detector 'autoencodr'; did you mean 'autoencoder'?" in capsys.readouterr().err


def test_edits_of_a_saved_model(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fit = ["fit", "images.npy", "--detector", "autoencoder", "--set", "max_epochs=1", "--set", "n_code=4", "--out", "m"]
    assert main(fit) == 0
    capsys.readouterr()
    assert main(["edit", "m", "images.npy", "--multiply", "0=2", "--swap", "1", "--out", "edits.svg"]) == 0
    assert capsys.readouterr().err == "Drawn in edits.svg\n"
    drawn = (here / "edits.svg").read_text()
    assert all(words in drawn for words in ("reconstruction", "z[0] *= 2", "z[1] of the other"))
    assert main(["edit", "m", "images.npy", "--interpolate", "--out", "edits.png"]) == 0
    assert (here / "edits.png").read_bytes().startswith(b"\x89PNG")
    capsys.readouterr()
    for words, told in (
        (["--multiply", "4=2"], "z[4] is not in the code: it has 4 numbers, from z[0] on"),
        (["--image", "40"], "there is no image 40: there are 40, numbered from 0"),
        (["--swap", "-1"], "'-1' is not the place of a number in the code, from 0"),
        (["--add", "0:2"], "'0:2' is not I=A, the place of a number in the code (from 0) and an amount, such as 0=2"),
    ):
        assert main(["edit", "m", "images.npy", *words, "--out", "other.svg"]) == 2
        assert told in capsys.readouterr().err
    assert main(["edit", "m", "images.npy", "--out", "edits.gif"]) == 2
    assert "edits.gif: a drawing is written as .svg or .png, not as '.gif'" in capsys.readouterr().err
    assert not (here / "other.svg").exists()


def test_what_has_no_code_is_refused(here: Path) -> None:
    assert main(["fit", "images.npy", "--detector", "pixel-knn", "--out", "m"]) == 0
    with pytest.raises(ModelError, match=r"TwoStage has no code to edit: fit an autoencoder, such as"):
        edit("m", "images.npy", "edits.svg")


def test_edits_by_hand() -> None:
    code, other = np.array([1.0, -2.0, 3.0]), np.array([5.0, 6.0, 7.0])
    made = {
        "z[0] *= -1": LatentEdit("multiply", 0, -1.0),
        "z[2] += 0.5": LatentEdit("add", 2, 0.5),
        "z[1] of the other": LatentEdit("swap", 1),
        "50 % of the other": LatentEdit("interpolate", None, 0.5),
    }
    found = {str(each): each.apply(code, other).tolist() for each in made.values()}
    assert found == {
        "z[0] *= -1": [-1.0, -2.0, 3.0],
        "z[2] += 0.5": [1.0, -2.0, 3.5],
        "z[1] of the other": [1.0, 6.0, 3.0],
        "50 % of the other": [3.0, 2.0, 5.0],
    }
    assert list(found) == list(made)
    np.testing.assert_array_equal(code, [1.0, -2.0, 3.0])
    with pytest.raises(ParameterError, match=r"z\[3\] is not in the code: it has 3 numbers"):
        LatentEdit("swap", 3).apply(code, other)


def test_by_default_what_varies_most_is_edited() -> None:
    codes = np.random.default_rng(0).normal(size=(50, 6)) * [0.1, 5.0, 0.2, 3.0, 0.3, 4.0]
    assert list(dict.fromkeys(each.index for each in default_edits(codes))) == [1, 5, 3, None]


def test_rows_have_nothing_to_draw(here: Path) -> None:
    table = here / "rows.csv"
    table.write_text("a,b\n" + "".join(f"{i},{i * i}\n" for i in range(30)))
    assert main(["fit", str(table), "--detector", "table-autoencoder", "--set", "max_epochs=1", "--out", "rows"]) == 0
    with pytest.raises(DataError, match="the model was fitted on rows, and edits are drawn of images"):
        edit("rows", str(table), "edits.svg")
