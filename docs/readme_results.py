"""Write what studies came to into the README and studies/README.md: ``python docs/readme_results.py``.

The README has what refinement does, and a line a study of the others; studies/README.md has every table.
"""

from __future__ import annotations

import csv
import re
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
README: Final = ROOT / "README.md"
ALL: Final = ROOT / "studies" / "README.md"
START, END = "<!-- results: written by docs/readme_results.py -->", "<!-- end of results -->"

#: Which study, which of its data sets, which metric, and what to call it.
TABLES: Final = (
    ("thyroid-paper", "thyroid", "f1_oracle", "F1 at the true number of anomalies"),
    ("thyroid-high", "thyroid", "auroc", "AUROC"),
    ("no-harm", "mean over tables", "auroc", "AUROC, mean over tables"),
    ("fashion-mnist", "fashion-mnist", "auroc", "AUROC, mean over four classes"),
    ("fashion-contaminated", "fashion-mnist", "auroc", "AUROC, mean over three classes"),
    ("cifar10-cpu", "cifar10", "auroc", "AUROC, mean over three classes"),
    ("cifar10-pair", "cifar10", "auroc", "AUROC, mean over cat against dog and airplane against ship"),
    ("quickstart", "breast-cancer", "auroc", "AUROC on breast-cancer"),
    ("quickstart", "digits", "auroc", "AUROC on digits"),
)

#: How many of these the README shows.
SHOWN: Final = 4

#: What learns next to nothing, and is to be beaten.
BASELINES: Final = ("constant-image", "mean-image", "pixel-pca", "pixel-knn")

#: Studies of clean or labelled training data, whose detectors are ranked: the same, and what the table leaves out.
RANKINGS: Final = (
    ("fashion-reconstruction", "fashion-mnist", "auroc", "AUROC, mean over ten classes", "max_epochs=0"),
    ("faces", "faces", "auroc", "AUROC", "max_epochs=0"),
    ("fashion-unseen", "fashion-mnist", "auroc", "AUROC, mean over ten classes", ""),
    ("fashion-labelled", "fashion-mnist", "auroc", "AUROC, mean over ten classes", ""),
    ("fashion-t-shirts", "fashion-mnist", "auroc", "AUROC on T-shirts", ""),
    ("fashion-losses", "fashion-mnist", "auroc", "AUROC on T-shirts, one loss left out at a time", ""),
    ("animals-folds", "animals", "auroc", "AUROC", ""),
    ("inspection", "mvtec-bottle", "auroc", "AUROC of images of bottles", ""),
    ("inspection", "mvtec-toothbrush", "auroc", "AUROC of images of toothbrushes", ""),
    ("inspection", "kolektorsdd", "auroc", "AUROC of images of commutators", ""),
    ("inspection-self-made", "mvtec-bottle", "auroc", "AUROC of images of bottles", "max_epochs=0"),
    ("inspection-mixed", "mixed", "auroc", "AUROC of the three in one folder", "calibration"),
)

#: Studies of a few labels: the same.
FEW_LABELS: Final = (
    ("few-labels", "mean over tables", "auroc", "AUROC, mean over tables"),
    ("few-labels-fashion", "fashion-mnist", "auroc", "AUROC, mean over two classes"),
)

Cell = tuple[str, str, float]  # detector, training, contamination


def has_summary(study: str) -> bool:
    """Return whether a study has been run."""
    return (ROOT / "studies" / study / "summary.csv").is_file()


def in_readme() -> str:
    """Return what the README shows, between its marks."""
    parts = [table(*choice) for choice in TABLES[:SHOWN] if has_summary(choice[0])]
    return "\n\n".join([START, *parts, best_of_each(), END])


def all_tables() -> str:
    """Return the page of all tables."""
    parts = [table(*choice) for choice in TABLES if has_summary(choice[0])]
    parts += [ranking(*choice) for choice in RANKINGS if has_summary(choice[0])]
    parts += [few_labels(*choice) for choice in FEW_LABELS if has_summary(choice[0])]
    head = (
        "# What the studies came to\n\nEach table says which command makes it again; `python docs/readme_results.py` "
        "writes this page from the\nsummaries beside the run files. "
        "[docs/LOG.md](../docs/LOG.md) says what was tried on the way, and what did not work."
    )
    return "\n\n".join([head, *parts]) + "\n"


def best_of_each() -> str:
    """Return one table: a row a ranking, with its best detector and the best of those that learn next to nothing."""
    lines = [
        "**The other studies, a line each**, in percent with 95 % intervals; every detector is in "
        "[studies/README.md](studies/README.md).",
        "",
        "| study | measured | best | | strongest reference line | |",
        "|---|---|---|---:|---|---:|",
    ]
    for study, dataset, metric, words, left_out in RANKINGS:
        rows = ranked(study, dataset, metric, left_out) if has_summary(study) else []
        if references := [row for row in rows if row["detector"] in BASELINES]:
            cells = [f"{row['detector']} {said(row['variant'])}".strip() for row in (rows[0], references[0])]
            found = f"{cells[0]} | {figures(rows[0])} | {cells[1]} | {figures(references[0])}"
            lines.append(f"| {study} | {words} | {found} |")
    return "\n".join(lines)


def said(variant: str) -> str:
    """Return a variant in brackets, or nothing."""
    return f"({variant.replace(';', ', ')})" if variant else ""


def figures(row: dict[str, str]) -> str:
    """Return a mean and its interval in percent."""
    mean, low, high = (f"{100 * float(row[name]):.1f}" if row[name] else "" for name in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})" if low else mean


def table(study: str, dataset: str, metric: str, words: str) -> str:
    """Return one table: a row a detector and training, a column a contamination, in percent."""
    folder = ROOT / "studies" / study
    title = tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))["title"]
    means, n_seeds = read(folder / "summary.csv", dataset, metric)
    ratios = sorted({ratio for _, _, ratio in means})
    lines = [
        f"**{title}.** {words}, in percent, mean of {n_seeds} seeds; anomalies in the training set from left to right. "
        f"`dross sweep studies/{study}/run.toml`",
        "",
        "| detector | training | " + " | ".join(f"{100 * ratio:g} %" for ratio in ratios) + " |",
        "|---|---|" + "---:|" * len(ratios),
    ]
    for detector, training in dict.fromkeys((detector, training) for detector, training, _ in means):
        cells = [means.get((detector, training, ratio), "") for ratio in ratios]
        shown = f"**{training}**" if training == "refined" else training
        lines.append(f"| {detector} | {shown} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def ranking(study: str, dataset: str, metric: str, words: str, left_out: str) -> str:
    """Return one table: a row a detector and variant, the best first, its mean and interval in percent."""
    title = tomllib.loads((ROOT / "studies" / study / "run.toml").read_text(encoding="utf-8"))["title"]
    lines = [
        f"**{title}.** {words}, in percent, with its 95 % interval. `dross sweep studies/{study}/run.toml`",
        "",
        "| detector | variant | mean (interval) |",
        "|---|---|---:|",
    ]
    lines += [
        f"| {row['detector']} | {row['variant']} | {figures(row)} |" for row in ranked(study, dataset, metric, left_out)
    ]
    return "\n".join(lines)


def ranked(study: str, dataset: str, metric: str, left_out: str) -> list[dict[str, str]]:
    """Return the rows of a study's summary that a ranking has, the best first."""
    with (ROOT / "studies" / study / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["dataset"], row["metric"]) == (dataset, metric) and row["mean"]
            if not left_out or left_out not in row["variant"]
        ]
    # The mean over classes names none; a study of a single class has no such row.
    over_classes = [row for row in rows if "normal=" not in row["variant"]]
    rows = over_classes or [row | {"variant": re.sub("normal=[^;]*;?", "", row["variant"]).strip(";")} for row in rows]
    return sorted(rows, key=lambda row: -float(row["mean"]))


def few_labels(study: str, dataset: str, metric: str, words: str) -> str:
    """Return one table: a row a detector and what its labels are, a column a number of labels, in percent."""
    folder = ROOT / "studies" / study
    sweep = tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["dataset"], row["metric"]) == (dataset, metric) and "normal=" not in row["variant"] and row["mean"]
        ]
    found: dict[tuple[str, str], dict[int, str]] = {}
    for row in rows:
        said = dict(part.split("=") for part in row["variant"].split(";") if part)
        number = int(said.pop("n_labels", 0))
        kind = "random" if "random_labels" in said else "a fifth flipped" if "label_noise" in said else "right"
        found.setdefault((row["detector"], kind), {})[number] = f"{100 * float(row['mean']):.1f}"
    lines = [
        f"**{sweep['title']}.** {words}, in percent, {100 * sweep['contamination'][0]:g} % anomalies; the "
        f"number of labels from left to right. `dross sweep studies/{study}/run.toml`",
        "",
        "| detector | labels | " + " | ".join(f"{number}" for number in sweep["n_labels"]) + " |",
        "|---|---|" + "---:|" * len(sweep["n_labels"]),
    ]
    for (detector, kind), means in sorted(found.items(), key=lambda item: (item[0][0], item[0][1] != "right")):
        lines.append(f"| {detector} | {kind} | " + " | ".join(means.get(n, "") for n in sweep["n_labels"]) + " |")
    return "\n".join(lines)


def read(path: Path, dataset: str, metric: str) -> tuple[dict[Cell, str], str]:
    """Return the means of the default variants by cell, blind first, and the number of seeds."""
    order = ("blind", "refined", "oracle")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["dataset"], row["metric"], row["variant"]) == (dataset, metric, "") and row["mean"]
        ]
    detectors = list(dict.fromkeys(row["detector"] for row in rows))
    rows.sort(key=lambda row: (detectors.index(row["detector"]), order.index(row["training"])))
    means = {
        (row["detector"], row["training"], float(row["contamination"])): f"{100 * float(row['mean']):.1f}"
        for row in rows
    }
    return means, rows[0]["n_seeds"] if rows else "no"


def written(text: str) -> str:
    """Return the README with the tables as they are to be."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return before + in_readme() + after


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
    ALL.write_text(all_tables(), encoding="utf-8")
    sys.stdout.write(f"{README} and {ALL}: {len(TABLES) + len(RANKINGS) + len(FEW_LABELS)} tables looked for\n")
