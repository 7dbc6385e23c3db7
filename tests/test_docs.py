"""The README says what is true: its Python runs, its commands run, its table is the one in the study."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dross.catalog import CATALOG
from dross.cli.main import main
from tests.tasks.dirty_images import dirty_images, write_folder

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def snippets(language: str) -> list[str]:
    """Return the blocks of one language in the README."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the table that the README speaks of, and new rows to score."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for name, n_rows in (("parts.csv", 300), ("new.csv", 40)):
        length = rng.normal(20.0, 0.5, n_rows)
        frame = pd.DataFrame(
            {
                "part": [f"P{i:04d}" for i in range(n_rows)],
                "length": length,
                "weight": 3.0 * length + rng.normal(0.0, 0.2, n_rows),
                "supplier": rng.choice(["north", "south"], n_rows),
            }
        )
        frame.loc[: n_rows // 20, "weight"] += 8.0
        frame.to_csv(tmp_path / name, index=False)
    return tmp_path


def test_python_snippets_run(parts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = snippets("python")
    assert found
    for text in found:
        exec(compile(text, "README.md", "exec"), {})
    assert capsys.readouterr().out


def test_commands_run(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)  # its preset trains for hours
    write_folder(parts / "photos", dirty_images())
    write_folder(parts / "new-photos", dirty_images()[:9])
    write_folder(parts / "parts-train", dirty_images())
    write_folder(parts / "parts-test", dirty_images()[:9])
    np.save("trainingset.npy", dirty_images())
    np.save("testingset.npy", np.resize(dirty_images(), (19_636, 8, 8)))
    commands = [line for text in snippets("sh") for line in text.splitlines() if line.startswith("dross ")]
    assert {shlex.split(line)[1] for line in commands} >= {"clean", "fit", "score"}
    for line in commands:
        words = shlex.split(line, comments=True)[1:]
        assert main(words) == 0, line
        if words[0] == "suspects":
            answer(Path(words[words.index("--out") + 1]))


def answer(asked: Path) -> None:
    """Fill in the label of every row asked about, as the reader is told to."""
    frame = pd.read_csv(asked, dtype=str)
    assert frame["label"].isna().all()
    frame["label"] = ["anomaly"] * 5 + ["normal"] * (len(frame) - 5)
    frame.to_csv(asked, index=False)


def test_as_many_detectors_as_it_says() -> None:
    found = re.search(r"^\| detectors \| (\d+),", README, re.MULTILINE)
    assert found is not None
    assert int(found[1]) == len(CATALOG)


def test_links_and_pictures_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)|(?:src|srcset)=\"([^\"]+)\"", README)
    local = [path for pair in targets for path in pair if path and not path.startswith("http")]
    assert local
    assert [path for path in local if not (ROOT / path).exists()] == []


def test_the_results_are_those_of_the_studies() -> None:
    spec = importlib.util.spec_from_file_location("readme_results", ROOT / "docs" / "readme_results.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.written(README) == README, "run python docs/readme_results.py"
    assert module.all_tables() == (ROOT / "studies" / "README.md").read_text(), "run python docs/readme_results.py"
