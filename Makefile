# Two commands for a fresh machine: `make demo` and `make test`. Each makes .venv by itself.
# Windows, or no make: the same as plain pip lines in README.md.

PYTHON ?= python3
# Pass options on to pytest: make test PYTEST="-k folds"
PYTEST ?=
TUTORIAL := tutorials/01-quickstart.ipynb
TUTORIALS := $(TUTORIAL) tutorials/02-from-data-to-decision.ipynb

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

.DEFAULT_GOAL := help
.PHONY: help demo lab test lint page bench tutorials clean

help:
	@echo "make demo       run the first tutorial on real data and print what it found"
	@echo "make lab        open the first tutorial in JupyterLab"
	@echo "make test       all checks and all tests"
	@echo "make lint       ruff, mypy and the import contracts only"
	@echo "make page       type check, lint and tests of the page side (needs Node 20)"
	@echo "make bench      measure speed; on a quiet machine, several minutes"
	@echo "make tutorials  run the tutorials and store what they print"
	@echo "make clean      remove .venv and what tools left behind"

# Stamps: made again when the dependencies change.
.venv/.made-test: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$$($(PYTHON) --version) is too old: Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 …"; exit 1; }
	@echo "Making .venv (a minute or two the first time)"
	@test -d .venv || $(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "This Python cannot make a virtual environment: install its venv package, such as python3-venv."; exit 1; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable . --group test
	@touch $@

.venv/.made-lint: .venv/.made-test
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --group lint
	@touch $@

demo: .venv/.made-test
	@$(BIN)/python tutorials/run_tutorial.py $(TUTORIAL)
	@echo
	@echo "To see it live: make lab"

lab: .venv/.made-test
	$(BIN)/python -m jupyterlab $(TUTORIAL)

test: lint page
	@echo "── tests"
	@$(BIN)/python -m pytest -q $(PYTEST)

lint: .venv/.made-lint
	@echo "── ruff, mypy, import contracts"
	@$(BIN)/python -m ruff check --quiet .
	@$(BIN)/python -m ruff format --quiet --check . || \
	  { echo "Not formatted: run $(BIN)/python -m ruff format ."; exit 1; }
	@said=$$($(BIN)/python -m mypy 2>&1) || { echo "$$said"; exit 1; }
	@said=$$($(BIN)/lint-imports 2>&1) || { echo "$$said"; exit 1; }

page:
	@echo "── page side"
	@sh .ci/page-checks

bench: .venv/.made-test
	@for each in tests/benchmarks/*.py; do \
	  echo "── $$each"; OMP_NUM_THREADS=1 $(BIN)/python "$$each" || exit 1; \
	done

tutorials: .venv/.made-test
	@for each in $(TUTORIALS); do $(BIN)/python tutorials/run_tutorial.py --store "$$each" || exit 1; done

clean:
	rm -rf .venv .*_cache .import_linter_cache .hypothesis dist build
