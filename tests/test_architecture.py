"""The rules of the house that a program can check: who imports whom, sizes, names, papers, and what loads when."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import pytest

import dross

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "dross"
FILES = sorted(SOURCE.rglob("*.py"))

#: A part imports only from those left of it; those that are still to come are not named here.
ORDER = [
    "errors",
    "scoring",
    "parameters",
    "detector",
    "seeding",
    "metrics",
    "files",
    "progress",
    "data",
    "networks",
    "training",
    "augmentations",
    "representations",
    "one_class",
    "reconstruction",
    "supervised",
    "refinement",
    "ensemble",
    "inspection",
    "catalog",
    "evaluation",
    "report",
    "persistence",
    "tasks",
    "cli",
]
#: What is heavy, and must not be loaded to parse a command line.
HEAVY = (
    "torch",
    "sklearn",
    "pandas",
    "numpy",
    "scipy",
    "matplotlib",
    "lightning_fabric",
    "pyarrow",
    "jinja2",
    "skops",
    "PIL",
)
#: Reading any of these runs what the file says.
UNSAFE = {
    ("pickle",),
    ("cPickle",),
    ("dill",),
    ("joblib", "load"),
    ("torch", "load"),
    ("eval",),
    ("exec",),
    ("marshal",),
}
PUBLIC_PACKAGES = ("", "one_class", "representations", "refinement", "tasks", "persistence")


def part_of(path: Path) -> str:
    """Return the part of Dross that a file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the dotted name of everything that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "imports are absolute"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def wrong_way_imports(path: Path, text: str) -> list[str]:
    part = part_of(path)
    if part == "__init__":  # the public names, gathered from everywhere when they are asked for
        return []
    return [
        f"{path.relative_to(ROOT)}:{line}: {part} imports {name}"
        for line, name in imports_of(ast.parse(text))
        if name.startswith("dross.") and ORDER.index(name.split(".")[1]) > ORDER.index(part)
    ]


def long_functions(text: str, limit: int = 50) -> list[str]:
    """Return the functions whose body, without its docstring, has at least ``limit`` lines."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if body and (body[-1].end_lineno or 0) - body[0].lineno + 1 >= limit:
                found.append(node.name)
    return found


def unsafe_readers(text: str) -> list[str]:
    """Return what in a source text could run code that it reads."""
    tree = ast.parse(text)
    names = {tuple(name.split(".")) for _, name in imports_of(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            # Torch's own loader reads tensors alone, and runs nothing, where it is told so.
            told = any(word.arg == "weights_only" and ast.unparse(word.value) == "True" for word in node.keywords)
            names.add(() if told else tuple(ast.unparse(node.func).split(".")))
    return sorted(".".join(name) for name in names if any(name[: len(unsafe)] == unsafe for unsafe in UNSAFE))


def test_every_part_has_its_place_in_the_order() -> None:
    assert {part_of(path) for path in FILES} - {"__init__"} == set(ORDER)


def test_parts_import_only_from_those_before_them() -> None:
    assert [line for path in FILES for line in wrong_way_imports(path, path.read_text())] == []


@pytest.mark.parametrize(
    "text", ["from dross.cli import main", "import dross.cli.main", "def f():\n    from dross.tasks import fit"]
)
def test_an_import_the_wrong_way_would_be_found(text: str) -> None:
    assert len(wrong_way_imports(SOURCE / "data" / "made_up.py", text)) == 1


def test_files_and_functions_are_short() -> None:
    long_files = [str(path) for path in FILES if len(path.read_text().splitlines()) >= 300]
    functions = [f"{path}: {name}" for path in FILES for name in long_functions(path.read_text())]
    assert long_files == []
    assert functions == []


def test_a_long_function_would_be_found() -> None:
    body = '    """Say."""\n' + "    x = 1\n" * 50
    assert long_functions(f"def short():\n    pass\n\n\ndef long():\n{body}") == ["long"]


def test_no_file_is_a_place_for_everything() -> None:
    grab_bags = {"utils", "util", "helpers", "common", "misc"}
    assert [path for path in FILES if path.stem in grab_bags or path.parent.name in grab_bags] == []


def test_nothing_read_from_disk_can_run_code() -> None:
    assert {str(path): found for path in FILES if (found := unsafe_readers(path.read_text()))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from joblib import load",
        "import torch\ntorch.load('x')",
        "eval('1')",
        "from pickle import load",
    ],
)
def test_a_reader_that_runs_code_would_be_found(text: str) -> None:
    assert unsafe_readers(text) != []


def test_arrays_are_loaded_without_objects() -> None:
    # allow_pickle is false by default; nobody turns it on.
    assert [str(path) for path in FILES if re.search(r"allow_pickle\s*=\s*True", path.read_text())] == []


def test_the_command_line_starts_without_heavy_imports() -> None:
    code = "import dross.cli.main, sys; dross.cli.main.make_parser(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert sorted({name.split(".")[0] for name in loaded} & set(HEAVY)) == []


def public_names() -> list[tuple[str, Any]]:
    found = {}
    for package in PUBLIC_PACKAGES:
        module = importlib.import_module(f"dross.{package}".rstrip("."))
        found.update({f"{module.__name__}.{name}": getattr(module, name) for name in module.__all__})
    return [(name, value) for name, value in found.items() if callable(value)]


@pytest.mark.parametrize(("name", "value"), public_names(), ids=lambda value: value if isinstance(value, str) else "")
def test_public_names_are_explained_with_an_example(name: str, value: Any) -> None:
    text = inspect.getdoc(value) or ""
    assert text.partition("\n")[0].endswith("."), f"{name}: the first line of the docstring is a sentence"
    # Errors, records and what is only a contract are met through the examples of others.
    only_described = inspect.isabstract(value) or is_dataclass(value)
    if not only_described and not (isinstance(value, type) and issubclass(value, Exception)):
        assert "\nExamples\n--------\n" in text, f"{name} has no example"


def test_every_module_says_what_it_is_for() -> None:
    assert [str(path) for path in FILES if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_the_map_of_the_code_names_every_part_and_no_other() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    assert len(text.splitlines()) <= 100
    rows = re.findall(r"^\| `(\w+)/?` \|", text, re.MULTILINE)
    assert rows == ORDER


def test_the_recipe_for_a_detector_names_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert len(text.splitlines()) <= 60
    steps = dict(re.findall(r"^(\d)\. `([\w/.]+\.py)`", text, re.MULTILINE))
    assert list(steps) == ["1", "2", "3", "4"]
    assert (ROOT / steps.pop("1")).parent.is_dir()  # the new module itself
    mentioned = {*steps.values(), *re.findall(r"`((?:src|tests)/[\w/.]+\.py)`", text)} - {"src/dross/one_class/NAME.py"}
    assert [path for path in mentioned if not (ROOT / path).is_file()] == []


def test_make_words_in_the_papers_exist() -> None:
    words = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    papers = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md")]
    said = {word for path in papers for word in re.findall(r"`make ([a-z-]+)", path.read_text())}
    assert said - words == set()
    assert {"run", "test"} <= said


def test_no_part_is_named_that_python_does_not_find() -> None:
    found = {module.name for module in pkgutil.iter_modules(dross.__path__)}
    assert found == set(ORDER)
