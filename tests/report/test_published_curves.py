from __future__ import annotations

import re

import pytest

from dross.errors import ParameterError
from dross.report.published_curves import published_curves, published_datasets


def test_thyroid_has_the_paper_s_numbers() -> None:
    blind, refined = published_curves("thyroid")
    assert (blind.metric, blind.refined, refined.refined) == ("f1_oracle", False, True)
    assert blind.contamination == (0.0, 0.005, 0.01, 0.015, 0.02, 0.025)
    assert blind.values == (0.751, 0.62, 0.574, 0.506, 0.471, 0.394)
    assert refined.values == (0.75, 0.659, 0.652, 0.64, 0.635, 0.624)


@pytest.mark.parametrize("name", published_datasets())
def test_every_curve_is_made_of_fractions_in_ascending_order(name: str) -> None:
    for curve in published_curves(name):
        assert len(curve.contamination) == len(curve.values) == 6
        assert list(curve.contamination) == sorted(set(curve.contamination))
        assert all(0 <= ratio <= 0.1 for ratio in curve.contamination)
        assert all(0.2 < value <= 1 for value in curve.values)


def test_the_minority_s_average_precision_is_not_passed_off_as_the_anomalies() -> None:
    assert {curve.metric for curve in published_curves("cifar10")} == {"auroc", "ap_minority"}


def test_a_name_without_curves_is_refused_with_the_nearest() -> None:
    message = (
        "no curve is published on 'thyriod'; did you mean 'thyroid'?; known are arrhythmia, cifar10, dogs-vs-cats, "
        "fashion-mnist, kddcup99, kddcup99-rev, mvtec, thyroid"
    )
    with pytest.raises(ParameterError, match=f"^{re.escape(message)}$"):
        published_curves("thyriod")
