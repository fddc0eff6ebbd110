# `make help` lists the targets. Each target first installs what it needs.
PYTHON ?= python3
BIN := .venv/bin
# One thread per process: two test processes use two cores better than one with two threads.
export OMP_NUM_THREADS ?= 1

# Test processes: one for each core, but at most 8, since each holds about 1 GiB.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 8 ? cores : 8)))

KERNELS := src/reviewlab/nn/kernels

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-real test-cluster test-browser test-install test-gpu test-kernel figures chaos notebooks docs lint format benchmark notes notes-smoke lessons calibrate clean
LESSONS := $(basename $(notdir $(wildcard conf/sweep/lessons/*.yaml)))

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/installed  ## create .venv with the pinned packages

# Runs again only when the requirements change. The newest torch of the package index includes CUDA;
# the pin in constraints.txt keeps the install small where a CPU build is available.
.venv/installed: pyproject.toml constraints.txt $(wildcard $(KERNELS)/*.[ch])
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "reviewlab needs Python 3.11 to 3.13 (Hydra 1.3.8 does not work with 3.14); choose one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@echo "Setting up .venv (about a minute the first time)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: setup  ## train on the demo reviews, then compare a few settings
	@$(BIN)/python scripts/train.py experiment=demo
	@printf '\nDo step size, layers and label smoothing matter?\n$(BIN)/python scripts/train.py -m sweep=demo\n'
	@$(BIN)/python scripts/train.py -m sweep=demo

test: .venv/docs  ## run the tests that need neither a server nor data files
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not real_data and not cluster and not browser and not install and not gpu"

test-real: setup  ## run the tests on the real IMDB and Netflix reviews
	@$(BIN)/python -m pytest -m real_data tests/real tests/notes tests/data tests/conf tests/docs

# A separate target, so that nothing is installed while other tests run.
.venv/ray: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[ray]'
	@touch $@

test-cluster: .venv/ray  ## run the tests on SLURM (root on Debian) and Ray, which they start
	@$(BIN)/python -m pytest -m cluster tests/cluster

test-browser: setup  ## test the HTML pages in a browser (Chromium, from Debian)
	@$(BIN)/python -m pytest -m browser tests/browser

test-install: setup  ## build the package and test it outside the checkout
	@$(BIN)/python -m pytest -m install tests/install

test-gpu: setup  ## fine-tune an encoder on a GPU in half precision (two minutes)
	@$(BIN)/python -m pytest -m gpu tests/gpu

# The driver of the sanitizers includes the source of the kernel; it needs no Python.
test-kernel: setup  ## compare the compiled kernel with torch on random shapes, then under sanitizers
	@REVIEWLAB_SHAPES=2000 $(BIN)/python -m pytest -n $(WORKERS) -k every_gradient tests/nn/test_kernels.py
	@mkdir -p build
	@$(CC) -O1 -g -std=gnu11 -ffp-contract=fast -Wall -Wextra -Werror -I$(KERNELS) \
	  -fsanitize=address,undefined -fno-sanitize-recover=all tests/nn/sanitized.c -lm -o build/sanitized
	@build/sanitized 2000

chaos: setup  ## disturb runs and sweeps, add counts to docs/reliability.md (two hours)
	@$(BIN)/python -m tests.chaos --record

figures: setup  ## renew the screenshots in docs/figures (Chromium)
	@REVIEWLAB_FIGURES=docs/figures $(BIN)/python -m pytest -m browser tests/browser

notebooks: setup  ## run the notebooks in docs/notebooks and keep their outputs
	@REVIEWLAB_NOTEBOOKS=1 $(BIN)/python -m pytest -n 0 tests/docs/test_notebooks.py

.venv/docs: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[docs]'
	@touch $@

# A warning fails the build, and so does a reference to a name of ours that does not exist.
docs: .venv/docs  ## build the site into docs/_build/html
	@$(BIN)/python -m sphinx --fail-on-warning --keep-going --nitpicky --quiet --jobs auto \
	  --doctree-dir docs/_build/doctrees docs docs/_build/html
	@echo "docs/_build/html/index.html"

lint: setup  ## check style, docstrings, types, and who imports whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python scripts/check_docstrings.py src scripts
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: setup  ## format the code with ruff
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

benchmark: setup  ## measure speed and memory against plain loops
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[benchmark]'
	@$(BIN)/python scripts/benchmark.py

notes: setup  ## run the study notes, write docs/results.md (three hours)
	@$(BIN)/python scripts/train.py -m sweep=notes sweep.name=notes
	@$(BIN)/python scripts/train.py -m sweep=notes_seeds sweep.name=notes_seeds
	@$(BIN)/python scripts/train.py -m sweep=notes_grouped sweep.name=notes_grouped
	@$(BIN)/python scripts/notes.py results

notes-smoke: setup  ## run the study notes for a few steps on synthetic reviews
	@$(BIN)/python -m pytest -m "not real_data" tests/notes/test_smoke.py

calibrate: setup  ## check the leaderboard's promises on 10,000 trainings (hours; goes on where it stopped)
	@$(BIN)/python scripts/train.py -m sweep=calibration sweep.name=calibration
	@$(BIN)/python scripts/calibrate.py outputs/sweeps/calibration --tables 10000 \
	  --page docs/explanation/calibration.md

# The sweeps run one at a time; each continues where it was interrupted.
lessons: setup  ## test the beliefs of the study notes, write docs/lessons.md
	@for name in $(LESSONS); do \
	  $(BIN)/python scripts/train.py -m sweep=lessons/$$name sweep.name=lessons-$$name || exit $$?; \
	done
	@$(BIN)/python scripts/notes.py lessons

clean:  ## remove .venv, caches and the site, keep outputs
	@rm -rf docs/_build .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
