"""A folder with a table and a model in it, and what runs commands there that must fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from dross.cli.main import main
from tests.cli.failing import Fails
from tests.tasks.dirty_tables import dirty_table


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    dirty_table().to_csv("parts.csv", index=False)
    assert main(["fit", "parts.csv", "--label", "defect", "--id", "part", "--detector", "gaussian", "--out", "m"]) == 0
    return tmp_path


@pytest.fixture
def fails(here: Path, capsys: pytest.CaptureFixture[str]) -> Fails:
    """Return what runs a command that must fail, checks that nothing was written, and returns the message."""

    def run(*argv: str) -> str:
        capsys.readouterr()
        before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
        assert main(argv) == 2
        assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("dross: ")
        assert said.err.endswith("\n")
        assert "Traceback" not in said.err
        return said.err.removeprefix("dross: ").removesuffix("\n")

    return run
