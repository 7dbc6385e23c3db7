"""The command line as such: what it imports, what it says, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dross.cli import fit
from dross.cli.main import COMMANDS, main, make_parser
from dross.cli.options import settings
from dross.errors import ParameterError
from dross.progress import Interrupted

#: What takes so long to import that ``dross --help`` must not.
HEAVY = ("torch", "numpy", "pandas", "sklearn", "scipy", "pyarrow", "matplotlib", "lightning_fabric", "rich", "skops")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom dross.cli.main import main\nassert main(['--help']) == 0\n"
        f"print('imported:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "imported: []"
    assert all(f"    {command.NAME} " in done.stdout for command in COMMANDS)


def test_importing_dross_imports_nothing_heavy() -> None:
    code = f"import sys, dross, dross.tasks\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_public_name_is_there() -> None:
    import dross
    import dross.tasks

    for module in (dross, dross.tasks):
        for name in module.__all__:
            assert getattr(module, name) is not None
        with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
            _ = module.nothing


@pytest.mark.parametrize("command", [command.NAME for command in COMMANDS])
def test_every_command_has_help_with_an_example_that_parses(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    lines = capsys.readouterr().out.split("example:\n")[1].splitlines()
    examples = [line.split() for line in lines if line.strip()]
    assert examples
    for words in examples:
        assert words[:2] == ["dross", command]
        make_parser()[0].parse_args(words[1:])


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    import dross

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"dross {dross.__version__}\n"


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("usage: dross")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["fti", "a.csv"], "there is no command 'fti' (`dross --help` lists them); did you mean 'fit'?"),
        (["zzz"], "there is no command 'zzz' (`dross --help` lists them)"),
        (["--verson"], "there is no option '--verson' (`dross --help` lists them); did you mean '--version'?"),
        (
            ["fit", "a.csv", "--otu", "m", "--sed=3"],
            "2 mistakes:\n"
            "  - there is no option '--otu' (`dross fit --help` lists them); did you mean '--out'?\n"
            "  - there is no option '--sed' (`dross fit --help` lists them); did you mean '--seed'?",
        ),
        (["fit", "a.csv"], "the following arguments are required: --out; `dross fit --help` shows how it is done"),
        (
            ["score", "m"],
            "the following arguments are required: DATA, --out; `dross score --help` shows how it is done",
        ),
        (
            ["fit", "a.csv", "--out", "m", "--seed", "x"],
            "argument --seed: invalid seed value: 'x'; `dross fit --help` shows how it is done",
        ),
        (
            ["fit", "a.csv", "--out", "m", "--seed", "-1"],
            "argument --seed: it is -1; it must be a whole number from 0 to 4294967295; `dross fit --help` shows how "
            "it is done",
        ),
        (
            ["sweep", "run.toml", "--workers", "0"],
            "argument --workers: it is 0; it must be a whole number of at least 1; `dross sweep --help` shows how it "
            "is done",
        ),
        (
            ["fit", "a.csv", "b.csv", "--out", "m"],
            "unrecognized arguments: b.csv; `dross --help` shows how it is done",
        ),
        (
            ["fit", "a.csv", "--out", "m", "--set", "k", "--set", "n=1", "--set", "n=2", "--set", "=3"],
            "3 mistakes:\n"
            "  - --set k: it must be KEY=VALUE, such as --set contamination=0.02\n"
            "  - --set n=2: 'n' is given twice\n"
            "  - --set =3: it must be KEY=VALUE, such as --set contamination=0.02",
        ),
    ],
)
def test_what_is_mistyped_is_told_with_the_near_name(
    argv: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    assert capsys.readouterr().err == f"dross: {message}\n"


def test_settings_are_json_or_text() -> None:
    assert settings(["a=1", "b=0.5", "c=true", "d=True", "e=null", "f=[1, 2]", "g=auto", "h=a=b", "i="]) == {
        **{"a": 1, "b": 0.5, "c": True, "d": True, "e": None, "f": [1, 2], "g": "auto", "h": "a=b", "i": ""}
    }
    with pytest.raises(ParameterError):
        settings(["not an identifier=1"])


def raising(error: BaseException) -> Any:
    def run(arguments: Any) -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (
            OSError(28, "No space left on device", "m"),
            2,
            "m: No space left on device: check the path, its permissions and the space on the disk",
        ),
        (
            PermissionError(13, "Permission denied", "/secret"),
            2,
            "/secret: Permission denied: check the path, its permissions and the space on the disk",
        ),
        (OSError("odd"), 2, "odd: check the path, its permissions and the space on the disk"),
        (
            MemoryError("8 GiB"),
            2,
            "there is not enough memory (8 GiB): give fewer samples, or a detector that keeps less of them",
        ),
        (KeyboardInterrupt(), 130, "interrupted"),
        (Interrupted("interrupted: 3 runs are kept"), 130, "interrupted: 3 runs are kept"),
    ],
)
def test_every_error_is_one_message_and_a_code(
    error: BaseException, code: int, message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "run", raising(error))
    assert main(["fit", "a.csv", "--out", "m"]) == code
    assert capsys.readouterr().err == f"dross: {message}\n"


def test_a_defect_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "run", raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["fit", "a.csv", "--out", "m"])


def test_a_reader_that_has_gone_is_no_error(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "dross.cli.main", "datasets"], stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    assert done.returncode == 141
    assert done.stderr == ""
