"""What the loss of a course's sample code does to a variational autoencoder: ``python studies/vae-collapse/study.py``.

That code adds a squared error that is averaged over pixels and batch to a KL divergence that is summed over code and
batch, and lets mean and log-variance come out of a ReLU. Three networks of the same layers learn the same images of one
class of Fashion-MNIST: with that loss and ReLU heads, with that loss and linear heads, and with the evidence lower
bound. Writes ``summary.csv`` (numbers of the code in use, KL divergence, by how much reconstructions of different
images differ, AUROC) and ``vae-collapse.svg`` beside it. Reads Fashion-MNIST from the folder that DROSS_DATA names; a
few minutes on two processor cores.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, final

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor, nn

from dross.data.named_images import load_image_dataset
from dross.evaluation.image_protocols import one_vs_rest
from dross.metrics import auroc
from dross.networks import VAE
from dross.reconstruction.evidence_lower_bound import EvidenceLowerBound, active_units, gaussian_kl
from dross.reconstruction.samples import as_given, byte_tensor, network_samples
from dross.report.plot_style import finish, house_style
from dross.training import TrainingLoop, seeded

FOLDER = Path(__file__).resolve().parent
NORMAL, TRAIN, TEST = "T-shirt/top", 1500, 4000
WIDTHS, CODE, EPOCHS, BATCH, SEED, SHOWN = (16, 32, 64), 32, 20, 64, 0, 8


@final
class SampleLoss(nn.Module):
    """The loss of the sample code: an error averaged over everything, a divergence summed over everything."""

    def __init__(self, network: VAE, *, relu_heads: bool) -> None:
        super().__init__()
        self.network, self.relu_heads = network, relu_heads

    def posterior(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance, behind a ReLU where the sample code has one."""
        mean, log_variance = self.network.posterior(samples)
        return (mean.relu(), log_variance.relu()) if self.relu_heads else (mean, log_variance)

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of a batch."""
        samples = network_samples(batch)
        mean, log_variance = self.posterior(samples)
        noise = torch.randn(mean.shape, generator=generator)
        reconstructed = self.network.decode(mean + (0.5 * log_variance).exp() * noise)
        return (samples - reconstructed).square().mean() + gaussian_kl(mean, log_variance).sum()


def measured(objective: Any, train: Tensor, test: Tensor, labels: NDArray[np.int64]) -> tuple[dict[str, Any], Tensor]:
    """Train an objective; return what there is to say of its network, and its reconstructions of test images."""
    loop = TrainingLoop(objective, learning_rate=1e-3, batch_size=BATCH, seed=SEED, device="cpu")
    loop.train_to(train, EPOCHS)
    network = objective.network.eval()
    posterior = getattr(objective, "posterior", network.posterior)
    with torch.no_grad():
        mean, log_variance = posterior(network_samples(train))
        samples = network_samples(test)
        rebuilt = torch.cat([network.decode(posterior(part)[0]) for part in torch.split(samples, 256)])
    errors = (samples - rebuilt).square().mean((1, 2, 3)).double().numpy()
    found = {
        "numbers_in_use": int(active_units(mean).sum()),
        "kl_nats": float(gaussian_kl(mean, log_variance).sum(1).mean()),
        "spread_of_reconstructions": float(rebuilt.std(0).mean()),
        "auroc": auroc(labels, errors),
    }
    return found, rebuilt


def main() -> None:
    """Train the three, and write the table and the figure."""
    dataset = load_image_dataset("fashion-mnist")
    split = one_vs_rest(dataset, NORMAL, 0.0, SEED, max_train=TRAIN, max_test=TEST)
    train, test = byte_tensor(split.X_train), byte_tensor(split.X_test)
    shown = np.flatnonzero(split.labels_test == 0)[:SHOWN]
    rows, pictures = [], {"image": split.X_test[shown]}
    steps = -(-TRAIN // BATCH)
    for name, make in (
        ("averaged error, summed KL, ReLU heads", lambda network: SampleLoss(network, relu_heads=True)),
        ("averaged error, summed KL, linear heads", lambda network: SampleLoss(network, relu_heads=False)),
        ("both summed over a sample", lambda network: EvidenceLowerBound(network, warmup_steps=5 * steps)),
    ):
        with seeded(SEED):
            network = VAE((28, 28, 1), WIDTHS, n_code=CODE, normalise=True)
        found, rebuilt = measured(make(network), train, test, split.labels_test)
        rows.append({"loss": name, **{key: f"{value:.6g}" for key, value in found.items()}})
        pictures[name] = as_given(rebuilt[shown])
    with (FOLDER / "summary.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    draw(pictures, rows)


def draw(pictures: dict[str, NDArray[np.uint8]], rows: list[dict[str, Any]]) -> None:
    """Draw the images and their reconstructions, one row a loss."""
    words = {row["loss"]: f"{row['loss']}\n{row['numbers_in_use']} of {CODE} numbers in use" for row in rows}
    with house_style("vae-collapse"):
        figure = Figure(figsize=(8.6, 1.0 * len(pictures)))
        sides = {"left": 0.3, "right": 0.99, "top": 0.99, "bottom": 0.01}
        grid = figure.subplots(len(pictures), SHOWN, gridspec_kw=sides)
        for axes, (name, images) in zip(grid, pictures.items(), strict=True):
            for ax, image in zip(axes, images, strict=True):
                ax.imshow(image[..., 0], cmap="gray", vmin=0, vmax=255, interpolation="nearest")
                ax.axis("off")
            box = axes[0].get_position()
            figure.text(0.005, (box.y0 + box.y1) / 2, words.get(name, name), va="center", fontsize=8.5)
        drawing = finish(figure, "vae-collapse", "method", "Collapse of a variational autoencoder", "")
    (FOLDER / "vae-collapse.svg").write_text(drawing.svg, encoding="utf-8")


if __name__ == "__main__":
    main()
