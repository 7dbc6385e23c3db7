from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dross.errors import ParameterError, RunFileError
from dross.evaluation.plan import DetectorPlan, Plan, Sweep
from dross.evaluation.planning import make_plan
from dross.evaluation.runfile import read_run_file, results_path
from dross.evaluation.variants import variant_name
from tests.evaluation.stand_ins import build, load

GOOD = """
name = "toy-run"
title = "Toys"
datasets = ["toy", "toy-2"]
protocol = "controlled"
contamination = [0, 0.05, 0.1]
seeds = 3
max_train = 100
published = "thyroid"

[[detectors]]
name = "distance"
training = ["blind", "refined", "oracle"]
parameters = { power = 2.0, rejection = 0.2 }
[[detectors.variants]]
rejection = "2x-true-ratio"
[[detectors.variants]]
power = 3.0

[[detectors]]
name = "far"
training = ["blind"]
"""


def read(folder: Path, text: str) -> Plan:
    path = folder / "run.toml"
    path.write_text(text, encoding="utf-8")
    return read_run_file(path, build=build, load=load)


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(RunFileError) as error:
        read(folder, text)
    first, *rest = str(error.value).splitlines()
    return [line.removeprefix("  - ") for line in rest] if rest else [first]


def test_a_good_run_file_becomes_a_sweep(tmp_path: Path) -> None:
    plan = read(tmp_path, GOOD)
    assert plan.sweep == Sweep(
        name="toy-run",
        title="Toys",
        datasets=("toy", "toy-2"),
        protocol="controlled",
        contamination=(0.0, 0.05, 0.1),
        seeds=(0, 1, 2),
        max_train=100,
        published="thyroid",
        detectors=(
            DetectorPlan(
                "distance",
                ("blind", "refined", "oracle"),
                {"power": 2.0, "rejection": 0.2},
                ({"rejection": "2x-true-ratio"}, {"power": 3.0}),
            ),
            DetectorPlan("far", ("blind",)),
        ),
    )
    assert plan.facts["toy"].n_train == 100
    assert plan.facts["toy"].n_pool == 30
    assert results_path(tmp_path / "run.toml", plan.sweep) == tmp_path / "toy-run.sqlite"


def test_runs_cover_every_combination_that_makes_sense(tmp_path: Path) -> None:
    plan = read(tmp_path, GOOD)
    keys = [spec.key for spec in plan.runs]
    assert len(set(keys)) == len(keys)
    one = [spec for spec in plan.runs if (spec.key.dataset, spec.key.seed, spec.key.contamination) == ("toy", 1, 0.05)]
    # A blind detector has no rejection: that variant exists refined alone, and the default leaves the parameter out.
    assert {(s.key.detector, s.key.training, s.key.variant): dict(s.parameters) for s in one} == {
        ("distance", "blind", ""): {"power": 2.0},
        ("distance", "blind", "power=3.0"): {"power": 3.0},
        ("distance", "refined", ""): {"power": 2.0, "rejection": 0.2},
        ("distance", "refined", "power=3.0"): {"power": 3.0, "rejection": 0.2},
        ("distance", "refined", "rejection=2x-true-ratio"): {"power": 2.0, "rejection": "2x-true-ratio"},
        ("distance", "oracle", ""): {"power": 2.0},
        ("distance", "oracle", "power=3.0"): {"power": 3.0},
        ("far", "blind", ""): {},
    }
    assert len(keys) == 2 * 3 * 3 * 8


def test_adbench_runs_at_the_natural_contamination(tmp_path: Path) -> None:
    plan = read(
        tmp_path,
        'name = "a"\ndatasets = ["toy"]\nprotocol = "adbench"\nseeds = [1, 2, 3]\n[[detectors]]\nname = "distance"\n',
    )
    assert {spec.key.contamination for spec in plan.runs} == {round(60 / 460, 6)}
    assert plan.sweep.seeds == (1, 2, 3)
    assert {spec.key.training for spec in plan.runs} == {"blind", "refined", "oracle"}


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = """
    nam = "x"
    name = "a/b"
    datasets = ["toys", "toy", "toy"]
    protocol = "controled"
    contamination = [0, 2.5, "many"]
    seeds = 0
    max_train = 0
    [[detectors]]
    name = "distanc"
    [[detectors]]
    name = "distance"
    training = ["blind", "clean"]
    parameter = {}
    parameters = { pwer = 1 }
    [[detectors.variants]]
    rejecton = 0.1
    [[detectors.variants]]
    """
    assert mistakes(tmp_path, text) == [
        "run.toml: unknown key 'nam'; did you mean 'name'?",
        "run.toml: protocol is 'controled'; it must be one of controlled, paper, adbench, one-vs-rest, pair, labelled, "
        "labelled-unseen, fixed-split, cross-validation, few-labels, inspection, "
        "mixed-inspection; did you mean 'controlled'?",
        "run.toml: contamination is 2.5; ratios are fractions in [0, 0.5], such as 0.025 for 2.5 %",
        "run.toml: contamination is 'many'; ratios are fractions in [0, 0.5], such as 0.025 for 2.5 %",
        "run.toml: name is 'a/b'; it names a file: use letters, digits, '.', '_' and '-'",
        "run.toml: datasets: 'toy' is given twice",
        "run.toml: seeds is 0; it must be how many (10 means 0 to 9) or a list of whole numbers",
        "run.toml: detectors[1]: unknown key 'parameter'; did you mean 'parameters'?",
        "run.toml: detectors[1]: training is ['blind', 'clean']; it must be a list of blind, refined, oracle",
        "run.toml: detectors[1]: a variant is empty, which is the default: leave it out",
        "run.toml: max_train is 0; it must be a whole number of at least 1",
        "run.toml: datasets: no data set is called 'toys'; did you mean 'toy'?",
        "run.toml: detectors[0] 'distanc': no detector is called 'distanc'; did you mean 'distance'?",
        "run.toml: detectors[1] 'distance': unknown parameter 'pwer'; did you mean 'power'?",
        "run.toml: detectors[1] 'distance': unknown parameter 'rejecton'; did you mean 'rejection'?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "toy-run"', "", "name is missing; it must be text"),
        ('datasets = ["toy", "toy-2"]', 'datasets = "toy"', "datasets is 'toy'; it must be a list of names, such as"),
        ("contamination = [0, 0.05, 0.1]", "", "contamination is missing; ratios are fractions in [0, 0.5], such as"),
        ("contamination = [0, 0.05, 0.1]", "contamination = []", "contamination is an empty list; give at least one"),
        ("contamination = [0, 0.05, 0.1]", "contamination = [true]", "contamination is True; ratios are fractions"),
        ("seeds = 3", "seeds = [1, 1]", "seeds: 1 is given twice"),
        (
            "seeds = 3",
            "seeds = [-1]",
            "seeds is [-1]; it must be how many (10 means 0 to 9) or a list of whole numbers",
        ),
        ('name = "far"', 'name = "distance"', "detectors: 'distance' is given twice: give them as variants of one"),
        (
            '"controlled"',
            '"paper"',
            "max_train does not go with the paper protocol, which fixes the training size itself",
        ),
        (
            '"controlled"',
            '"adbench"',
            "contamination does not go with the adbench protocol, which takes the data as they",
        ),
        ('training = ["blind"]', "parameters = 3", "detectors[1].parameters is 3; it must be a table of parameters"),
        ('training = ["blind"]', "variants = 3", "detectors[1]: variants is 3; it must be a list of tables"),
        ("power = 3.0", "power = { a = 1 }", "detectors[0].variants[1]: power is {'a': 1}; it must be text, a number,"),
        (
            "power = 3.0",
            'rejection = "2x-true-ratio"',
            "detectors[0]: variants: 'rejection=2x-true-ratio' is given twice",
        ),
        (
            'training = ["blind"]',
            "parameters = { rejecton = 1 }",
            "unknown parameter 'rejecton'; did you mean 'rejection'",
        ),
        (
            "[0, 0.05, 0.1]",
            "[0.0001]",
            "contamination: dataset 'toy': a contamination of 0.0001 is less than one of 100",
        ),
    ],
)
def test_each_mistake_has_its_message(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    assert any(message in found for found in mistakes(tmp_path, GOOD.replace(old, new)))


def test_a_ratio_that_a_data_set_cannot_give_is_told_before_the_first_run(tmp_path: Path) -> None:
    text = GOOD.replace('"toy-2"', '"few"').replace("0.1]", "0.4]")
    assert mistakes(tmp_path, text) == [
        "run.toml: contamination: dataset 'few' cannot give the contamination 0.4: its 5 anomalies to contaminate with "
        "allow at most 0.25 of a training set of 20"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name = ", "run.toml is not valid TOML: Invalid value (at end of document)"),
        (b"name = '\xff'", "is not UTF-8 text (byte 8): save it as UTF-8"),
        (b"", "detectors are missing; give at least one [[detectors]] table with a name"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "run.toml"
    path.write_bytes(content)
    with pytest.raises(RunFileError) as error:
        read_run_file(path, build=build, load=load)
    assert message in str(error.value)


def test_a_missing_file_and_a_folder_are_explained(tmp_path: Path) -> None:
    with pytest.raises(RunFileError) as error:
        read_run_file(tmp_path / "no.toml", build=build, load=load)
    assert str(error.value) == f"there is no run file {tmp_path / 'no.toml'}: check the path"
    with pytest.raises(RunFileError) as error:
        read_run_file(tmp_path, build=build, load=load)
    assert str(error.value) == f"{tmp_path} cannot be read (Is a directory): give the path of a TOML file"


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + GOOD).sweep.name == "toy-run"


def test_a_sweep_made_in_python_is_checked_like_a_file() -> None:
    sweep = Sweep("s", ("toy", "tay"), "paper", (0.0,), (0,), (DetectorPlan("fer"),))
    with pytest.raises(ParameterError) as error:
        make_plan(sweep, build=build, load=load)
    assert str(error.value) == (
        "2 mistakes:\n  - datasets: no data set is called 'tay'; did you mean 'toy'?\n"
        "  - detectors[0] 'fer': no detector is called 'fer'; did you mean 'far'?"
    )


def test_a_sweep_made_in_python_is_checked_in_itself() -> None:
    detectors = (DetectorPlan("far", ("clean",)), DetectorPlan("far", ("blind",)))  # type: ignore[arg-type]
    sweep = Sweep("s", (), "papr", (), (0, 0), detectors, max_train=0)  # type: ignore[arg-type]
    with pytest.raises(ParameterError) as error:
        make_plan(sweep, build=build, load=load)
    assert str(error.value).splitlines() == [
        "6 mistakes:",
        "  - protocol is 'papr'; it must be one of controlled, paper, adbench, one-vs-rest, pair, labelled, "
        "labelled-unseen, fixed-split, cross-validation, few-labels, inspection, "
        "mixed-inspection; did you mean 'paper'?",
        "  - max_train is 0; it must be at least 1, and goes with controlled, inspection, mixed-inspection, "
        "one-vs-rest, pair, labelled, labelled-unseen and few-labels alone",
        "  - training is 'clean'; it must be one of blind, refined, oracle",
        "  - datasets are []; there must be at least one, and none twice",
        "  - seeds are [0, 0]; there must be at least one, and none twice",
        "  - detectors are ['far', 'far']; there must be at least one, and none twice",
    ]


@pytest.mark.parametrize(("protocol", "ratios"), [("controlled", ()), ("adbench", (0.1,))])
def test_ratios_go_with_their_protocol(protocol: Any, ratios: tuple[float, ...]) -> None:
    with pytest.raises(ParameterError) as error:
        make_plan(Sweep("s", ("toy",), protocol, ratios, (0,), (DetectorPlan("far"),)), build=build, load=load)
    assert str(error.value) == "contamination must have at least one ratio, and none under adbench, which has its own"


def test_variant_names_sort_their_parameters() -> None:
    assert variant_name({"b": True, "a": 0.1}) == "a=0.1;b=true"
    assert variant_name({}) == ""
