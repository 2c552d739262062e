# Everything starts here: `make demo` shows the system, `make test` proves it. Both set up .venv first.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
PEERS := tests/drivers/shelf/peers
PEERS_STAMP := $(PEERS)/node_modules/.set-up

.PHONY: help setup debian debian-tests debian-pictures demo screenshots translations test check-fast lock clean

help:
	@echo "make setup        virtual environment in $(VENV), from the lock file"
	@echo "make demo         the twin store, the engine and (on a display) the console"
	@echo "make screenshots  every page of the console in every look, while the simulated store is busy"
	@echo "make translations what the console says into its catalogues, and those compiled; NEW=fr begins another"
	@echo "make test         every check and test, as CI runs them"
	@echo "make check-fast   format, lint, types and layers only"
	@echo "make lock         resolve requirements.lock again"
	@echo "make clean        remove $(VENV) and caches"

setup: debian $(STAMP)

debian:
	@packaging/debian_packages.sh $(PYTHON)

$(STAMP): requirements.lock pyproject.toml | debian
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Tillfree needs Python 3.11 or later; $(PYTHON) is older. Try: make setup PYTHON=python3.11" >&2; exit 2; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Without a display Qt draws off the screen, so that the demo can still save its picture of the console.
demo: setup
	@[ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || export QT_QPA_PLATFORM=offscreen; $(BIN)/tillfree demo

screenshots: setup debian-pictures
	$(BIN)/tillfree demo --every-look --scenario resources/scenarios/adversarial/two-at-once.toml

# The catalogues lie in the tree as they are written and as they are read, so that a clone and a wheel need no step more.
translations: setup
	$(BIN)/python packaging/translations.py resources/translations $(NEW)

test: check-fast $(PEERS_STAMP)
	$(BIN)/pytest -q

debian-tests:
	@packaging/debian_packages.sh $(PYTHON) tests

debian-pictures:
	@packaging/debian_packages.sh $(PYTHON) pictures

# Modbus servers written by others, from the npm registry: tests only.
$(PEERS_STAMP): $(PEERS)/package.json $(PEERS)/package-lock.json | debian-tests
	cd $(PEERS) && npm ci
	@touch $@

check-fast: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# uv only writes the lock; nobody needs it to install. The file names no index: pip uses the one it is set to.
lock:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	    --no-header --no-annotate --extra engine --extra cpu --extra console --extra twin --extra models \
	    --extra dev --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) $(PEERS)/node_modules build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find engine console drivers resources tests -name __pycache__ -type d -prune -exec rm -rf {} +
