"""The errors against other implementations and by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from skimage.metrics import structural_similarity

from dross.reconstruction.anomaly_groups import anomaly_groups
from dross.reconstruction.errors import absolute_error, patch_error, squared_error, ssim_error
from dross.reconstruction.losses import bounded_anomaly_loss

RNG = np.random.default_rng(0)
A, B = (RNG.uniform(-1, 1, size=(5, 3, 28, 20)).astype(np.float32) for _ in range(2))


def test_squared_and_absolute_errors_are_means_over_all_numbers_of_a_sample() -> None:
    ours = squared_error(torch.from_numpy(A), torch.from_numpy(B)).numpy()
    np.testing.assert_allclose(ours, ((A - B) ** 2).mean(axis=(1, 2, 3)), rtol=1e-5)
    ours = absolute_error(torch.from_numpy(A), torch.from_numpy(B)).numpy()
    np.testing.assert_allclose(ours, np.abs(A - B).mean(axis=(1, 2, 3)), rtol=1e-5)


def test_ssim_is_scikit_images() -> None:
    smooth = 0.5 * A + 0.5 * B
    ours = ssim_error(torch.from_numpy(A).double(), torch.from_numpy(smooth).double()).numpy()
    for image, other, error in zip(A, smooth, ours, strict=True):
        # The mean over the places where the window lies wholly inside.
        _, whole = structural_similarity(  # type: ignore[no-untyped-call]
            image.astype(float),
            other.astype(float),
            channel_axis=0,
            data_range=2.0,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            full=True,
        )
        assert error == pytest.approx(1 - whole[:, 5:-5, 5:-5].mean(), abs=1e-6)


def test_the_worst_patches_by_hand() -> None:
    gap = np.abs(A - B).mean(axis=1)
    for image, ours in zip(gap, patch_error(torch.from_numpy(A), torch.from_numpy(B)).numpy(), strict=True):
        means = [image[y : y + 7, x : x + 5].mean() for y in range(0, 22, 3) for x in range(0, 16, 2)]
        assert ours == pytest.approx(np.sort(means)[-3:].mean(), rel=1e-5)


def test_a_small_defect_stands_out_more_among_patches() -> None:
    damaged = A.copy()
    damaged[:, :, :5, :5] = 1.0
    clean, defect = torch.from_numpy(A), torch.from_numpy(damaged)
    noisy = clean + 0.02
    by_patch = patch_error(clean, defect) / patch_error(clean, noisy)
    by_pixel = absolute_error(clean, defect) / absolute_error(clean, noisy)
    assert (by_patch > 3 * by_pixel).all()


def test_the_anomaly_loss_is_the_papers() -> None:
    errors = torch.linspace(0.01, 5, 50, dtype=torch.float64, requires_grad=True)
    loss = bounded_anomaly_loss(errors)
    np.testing.assert_allclose(loss.detach().numpy(), -np.log(1 - np.exp(-errors.detach().numpy())), rtol=1e-3)
    torch.testing.assert_close(bounded_anomaly_loss(errors, 4.0), bounded_anomaly_loss(4 * errors), rtol=1e-3, atol=0)
    loss.sum().backward()  # type: ignore[no-untyped-call]
    slopes = errors.grad
    assert slopes is not None
    # A gradient there is, always towards a larger error, and it fades as the error grows.
    assert (slopes < 0).all()
    assert (slopes.diff() > 0).all()
    assert slopes[-1].abs() < 0.01
    assert torch.isfinite(bounded_anomaly_loss(torch.zeros(1)))


def test_groups_tell_kinds_apart_and_are_never_more_than_samples() -> None:
    kinds = np.repeat([0, 80, 250], [40, 30, 5])
    images = np.clip(kinds[:, None, None, None] + RNG.integers(0, 5, size=(75, 8, 8, 1)), 0, 255).astype(np.uint8)
    groups = anomaly_groups(images, 3, seed=0)
    assert len({(kind, group) for kind, group in zip(kinds, groups, strict=True)}) == 3
    assert len(np.unique(anomaly_groups(images[:2], 10, seed=0))) <= 2
