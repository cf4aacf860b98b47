# Two commands for a fresh machine: `make demo` and `make test`. Each makes .venv by itself.
# Windows, or no make: the same as plain pip lines in README.md.

PYTHON ?= python3
# Pass options on to pytest: make test PYTEST="-k folds"
PYTEST ?=
TUTORIAL := tutorials/01-quickstart.ipynb
TUTORIALS := $(TUTORIAL) tutorials/02-from-data-to-decision.ipynb tutorials/03-how-the-search-thinks.ipynb \
  tutorials/04-preparing-data.ipynb tutorials/05-live-streams.ipynb

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

.DEFAULT_GOAL := help
.PHONY: help demo lab test lint page bench bench-full bench-speed soak peers page-peers pictures tutorials clean

help:
	@echo "make demo       run the first tutorial on real data and print what it found"
	@echo "make lab        open the first tutorial in JupyterLab"
	@echo "make test       all checks and all tests"
	@echo "make lint       ruff, mypy and the import contracts only"
	@echo "make page       type check, lint and tests of the page side (needs Node 20)"
	@echo "make bench      race on three small tables, 10 s each; on a quiet machine, some minutes"
	@echo "make bench-full the whole race, growth and speed: hours. PEERS=DIR races the peers of make peers,"
	@echo "                DATA=DIR other tables, STORED=FILE reads what peers did before, OUT=FILE goes on where it was"
	@echo "make soak       a stream of 10 million rows while workers, kernel and brokers are killed; an hour or less. ROWS=N"
	@echo "make tutorials  run the tutorials and store what they print"
	@echo "make pictures   take the README's pictures of panels from the gallery"
	@echo "make clean      remove .venv and what tools left behind"

# Stamps: made again when the dependencies change, or the JupyterLab extension, which an editable install copies.
.venv/.made-test: pyproject.toml lepton_jupyter/labextension/package.json
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
	@$(BIN)/python -m pytest -q -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST)

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

# One result for each system, table, budget and seed; nothing else should run meanwhile.
RACE := PYTHONPATH=tests $(BIN)/python -m benchmarks.race $(if $(PEERS),--peers $(PEERS)) $(if $(DATA),--data $(DATA)) \
  $(if $(STORED),--stored $(STORED)) $(if $(OUT),--out $(OUT))

bench: .venv/.made-test
	@$(RACE) $(if $(DATA),,--few) --budgets 10 --seeds 0

bench-full: .venv/.made-test
	@$(RACE)
	@$(BIN)/python tests/benchmarks/growth.py
	@$(MAKE) --no-print-directory bench-speed

# An environment for each peer, apart from this project's: make peers PEERS=DIR
peers: .venv/.made-test
	@$(if $(PEERS),,echo "Say where: make peers PEERS=DIR"; exit 1;) PYTHONPATH=tests $(BIN)/python -m benchmarks.race.environments $(PEERS)

# The same for the page: other ways to show a table or a stream. make page-peers PEERS=DIR
page-peers: .venv/.made-test
	@$(if $(PEERS),,echo "Say where: make page-peers PEERS=DIR"; exit 1;) $(BIN)/python -m venv $(PEERS) && \
	  $(PEERS)/bin/python -m pip install -q jupyterlab ipywidgets anywidget pandas itables plotly

bench-speed: .venv/.made-test
	@for each in $(filter-out tests/benchmarks/growth.py tests/benchmarks/learn_portfolio.py,$(wildcard tests/benchmarks/*.py)); do \
	  echo "── $$each"; OMP_NUM_THREADS=1 $(BIN)/python "$$each" || exit 1; \
	done

soak: .venv/.made-test
	@PYTHONPATH=tests $(BIN)/python -m soak.stream_soak $(if $(ROWS),--rows $(ROWS))

tutorials: .venv/.made-test
	@for each in $(TUTORIALS); do $(BIN)/python tutorials/run_tutorial.py --store "$$each" || exit 1; done

# The README's pictures of panels, from the gallery; needs Node 20 and Chromium.
pictures: .venv/.made-test
	@cd labextension && npm run --silent gallery
	@$(BIN)/python labextension/gallery/pictures.py

clean:
	rm -rf .venv .*_cache .import_linter_cache .hypothesis dist build
