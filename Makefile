# The words of this project. Each one does its own set-up on a fresh clone, given Python 3.11 or later.
#
#   make run       install, then the main job: a sweep over two tables, and its report
#   make test      the whole test suite, with the examples in docstrings and README
#   make help      the other words
#
# Say it differently with make WORD NAME=VALUE:
#   VENV      where the virtual environment is (default: .venv)
#   PYTHON    what makes it (default: the first Python 3.11 or later on the PATH)
#   WORKERS   how many processes work at once (default: one a core)
#   DATA      where published data sets are (default: $DROSS_DATA, else data)
#   NAME      for `make study`: the name of its folder
#   FROM      for `make data`: a folder of published files, instead of downloading them

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV ?= .venv
BIN := $(VENV)/bin
DATA ?= $(or $(DROSS_DATA),data)
WORKERS ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
CANDIDATES := python3.12 python3.13 python3.11 python3.14 python3 python
SUITABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in $(CANDIDATES); do \
	if "$$name" -c '$(SUITABLE)' >/dev/null 2>&1; then echo "$$name"; break; fi; done)

INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
OUT := out/quickstart
# Of a report's figures, those that show what a study claims; histograms and curves of single tables stay in the report.
FIGURES = $$(ls | grep -E '^(auroc|f1-oracle|gains|refinement|loss|ap-.*mean-over-classes)[^/]*\.svg$$')

.PHONY: help run test lint format type check data thyroid study readme fuzz bench install install-dev clean

help:  ## what the words mean
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 14

run: $(INSTALLED)  ## the main job: sweep two tables, write the report, print its path
	@rm -rf $(OUT)
	$(BIN)/dross sweep studies/quickstart/run.toml --results $(OUT)/quickstart.sqlite --workers $(WORKERS)
	$(BIN)/dross report $(OUT)/quickstart.sqlite --out $(OUT)/report
	@echo "$(CURDIR)/$(OUT)/report/report.html"

test: $(INSTALLED_DEV)  ## the whole test suite, with the examples in docstrings and README
	OMP_NUM_THREADS=1 $(BIN)/pytest -q -n $(WORKERS) -m "not fuzz" --doctest-modules src tests

fuzz: $(INSTALLED_DEV)  ## the long property-based tests
	OMP_NUM_THREADS=1 $(BIN)/pytest -q -n $(WORKERS) -m fuzz tests

lint: $(INSTALLED_DEV)  ## ruff, and whether the code is formatted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(INSTALLED_DEV)  ## format the code, and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

type: $(INSTALLED_DEV)  ## mypy, strict
	$(BIN)/mypy

check: lint type test  ## everything that has to pass before a commit

data: $(INSTALLED)  ## lay the published data sets out, downloaded or FROM=folder
	$(BIN)/python -m dross.data.fetch $(DATA) $(if $(FROM),--from $(FROM))

thyroid: $(INSTALLED)  ## the Thyroid studies and their reports (resumed where they stopped)
	DROSS_DATA=$(DATA) $(BIN)/python -m dross.data.fetch $(DATA) thyroid $(if $(FROM),--from $(FROM))
	@set -e; for run in studies/thyroid*/run.toml; do \
		echo "$(BIN)/dross sweep $$run"; \
		DROSS_DATA=$(DATA) $(BIN)/dross sweep "$$run" --resume --workers $(WORKERS); \
	done
	@set -e; for results in studies/thyroid*/*.sqlite; do \
		$(BIN)/dross report "$$results"; \
	done

study: $(INSTALLED)  ## one study (NAME=no-harm), resumed, with its summary, its report and the figures to commit
	DROSS_DATA=$(DATA) $(BIN)/dross sweep studies/$(NAME)/run.toml --resume --workers $(WORKERS)
	$(BIN)/dross report studies/$(NAME)/$(NAME).sqlite --out studies/$(NAME)/report
	rm -f studies/$(NAME)/*.svg
	cd studies/$(NAME)/report/figures && cp $(FIGURES) ../..

readme: $(INSTALLED)  ## the tables of results in the README, from the summaries of the studies
	$(BIN)/python docs/readme_results.py

bench: $(INSTALLED)  ## the benchmarks, into benchmarks/results.csv (some minutes of a quiet machine)
	DROSS_DATA=$(DATA) $(BIN)/python -m benchmarks

install: $(INSTALLED)  ## only the virtual environment with Dross in it

install-dev: $(INSTALLED_DEV)  ## the same, with what tests, lint and types need

clean:  ## remove what the words above have made, the virtual environment included
	rm -rf out $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

# pip is asked again when pyproject.toml changes, and not before: a second `make run` starts at once.
$(INSTALLED): pyproject.toml | $(BIN)/python
	@echo "Installing Dross and what it needs into $(VENV): a few minutes the first time, most of them for PyTorch"
	$(BIN)/python -m pip install --disable-pip-version-check --editable .
	@touch $@

$(INSTALLED_DEV): pyproject.toml | $(BIN)/python
	@echo "Installing Dross and what its tests need into $(VENV): a few minutes the first time, most of them for PyTorch"
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(INSTALLED)

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Dross needs Python 3.11 or later with venv and pip, and none is on the PATH (looked for $(CANDIDATES))." >&2; \
		echo "Install one (https://www.python.org/downloads/), or say where it is: make PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi
	@if ! "$(PYTHON)" -c '$(SUITABLE)' >/dev/null 2>&1; then \
		echo "$(PYTHON) is not Python 3.11 or later with venv and pip: say another with make PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi
	"$(PYTHON)" -m venv $(VENV)
