"""The alarm threshold by a target false-alarm rate where nothing is labelled: on what counts as normal, and said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dross.cli.main import main
from dross.errors import ParameterError
from dross.one_class import GaussianDensity
from dross.persistence import load
from dross.tasks import fit
from dross.tasks.false_alarms import set_false_alarms
from tests.planted import plant

DIRTY = plant(contamination=0.1)
ROWS = pd.DataFrame(DIRTY.X_train).add_prefix("x")


def alarms_among(model: Any, kept: Any) -> float:
    return float((model.alarms(ROWS)[kept] == 1).mean())


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.2])
def test_of_a_refined_detector_it_is_the_rate_among_the_kept(rate: float) -> None:
    model: Any = fit(ROWS, detector="srr-gaussian", false_alarms=rate)
    kept = model.detector.inlier_mask_
    assert not kept.all()
    assert rate - 1 / kept.sum() < alarms_among(model, kept) <= rate
    assert alarms_among(model, ~kept) > 0.9  # what was dropped is beyond it


@pytest.mark.parametrize("name", ["gaussian", "knn", "isolation-forest"])
def test_without_refinement_all_training_samples_count(name: str) -> None:
    model = fit(ROWS, detector=name, false_alarms=0.05)
    assert 0.05 - 1 / len(ROWS) < alarms_among(model, slice(None)) <= 0.05


def test_the_true_rate_is_met_where_refinement_drops_anomalies_alone() -> None:
    model = fit(ROWS, detector="srr-gaussian", parameters={"rejection": 0.1}, false_alarms=0.05)
    clean = pd.DataFrame(DIRTY.X_test[DIRTY.labels_test == 0]).add_prefix("x")
    assert 0.01 <= model.alarms(clean).mean() <= 0.12


def test_known_anomalies_do_not_count_as_normal() -> None:
    labels = np.where(DIRTY.labels_train == 1, 1, -1)
    detector = GaussianDensity().fit(DIRTY.X_train)
    told = set_false_alarms(detector, DIRTY.X_train, 0.05, labels)
    assert told.n_normal == (labels == -1).sum()
    assert told.n_false == int(0.05 * told.n_normal)
    assert told.n_all == len(labels)
    scores = detector.score_samples(DIRTY.X_train)
    assert told.n_alarms == (scores < detector.offset_).sum()


@given(rate=st.floats(0.001, 0.999), n=st.integers(4, 60), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_never_more_than_the_rate_and_one_more_would_be(rate: float, n: int, seed: int) -> None:
    X = np.random.default_rng(seed).normal(size=(n, 2))
    told = set_false_alarms(GaussianDensity().fit(X), X, rate)
    assert told.n_false / n <= rate + 1e-9
    assert (told.n_false + 1) / n > rate - 1e-9


def test_a_classifier_holds_out_samples_for_it_as_it_does_by_itself() -> None:
    labelled = ROWS.assign(bad=DIRTY.labels_train)
    by_rate, by_parameters = (
        fit(labelled, detector="svm", label="bad", **how)
        for how in (
            {"false_alarms": 0.1},
            {"parameters": {"threshold": "false-alarms", "false_alarm_rate": 0.1}},
        )
    )
    assert by_rate.detector.offset_ == by_parameters.detector.offset_
    assert by_rate.provenance.false_alarms is None


def test_the_command_says_what_it_was_set_on_and_the_model_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ROWS.to_csv(tmp_path / "parts.csv", index=False)
    out = tmp_path / "model"
    command = ["fit", str(tmp_path / "parts.csv"), "--out", str(out), "--false-alarms", "0.05"]
    assert main([*command, "--detector", "srr-gaussian"]) == 0
    model: Any = load(out)
    alarms = model.provenance.false_alarms
    kept = int(model.detector.inlier_mask_.sum())
    assert alarms == {
        "rate": 0.05,
        "n_normal": kept,
        "n_false": int(0.05 * kept),
        "n_all": len(ROWS),
        "n_alarms": int(model.alarms(ROWS).sum()),
    }
    assert (
        f"Alarm threshold by a false-alarm rate of 0.05: {alarms['n_false']} of the {kept} samples that refinement "
        f"kept raise an alarm, and {alarms['n_alarms']} of all {len(ROWS)}\n"
    ) in capsys.readouterr().err
    assert main([*command, "--detector", "gaussian"]) == 0
    assert "of the 300 samples that count as normal raise an alarm" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rate", "parameters", "message"),
    [
        (0.0, {}, "false_alarms is 0.0; it must be a share in (0, 1), such as 0.01"),
        (5, {}, "false_alarms is 5; it must be a share in (0, 1), such as 0.01"),
        ("few", {}, "false_alarms is 'few'; it must be a share in (0, 1), such as 0.01"),
        (float("nan"), {}, "false_alarms is nan; it must be a share in (0, 1), such as 0.01"),
        (
            0.01,
            {"contamination": 0.1},
            "false_alarms is 0.01 and contamination is 0.1: both say where the alarm threshold goes, so give one of "
            "them",
        ),
        (
            0.01,
            {"threshold": 0.5},
            "false_alarms is 0.01 and threshold is 0.5: both say where the alarm threshold goes, so give one of them",
        ),
    ],
)
def test_a_rate_that_cannot_be_is_told_before_any_work(rate: Any, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as told:
        fit("nowhere.csv", parameters=parameters, false_alarms=rate)
    assert str(told.value) == message


def test_on_the_command_line_wrong_rates_end_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ROWS.to_csv(tmp_path / "parts.csv", index=False)
    command = ["fit", str(tmp_path / "parts.csv"), "--out", str(tmp_path / "model")]
    assert main([*command, "--false-alarms", "2"]) == 2
    assert "false_alarms is 2.0; it must be a share in (0, 1), such as 0.01" in capsys.readouterr().err
    assert main([*command, "--false-alarms", "0.1", "--set", "contamination=0.1"]) == 2
    assert "both say where the alarm threshold goes, so give one of them" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()
