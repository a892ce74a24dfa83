# Two commands matter: `make demo` (Python 3.11 or newer, nothing else) and `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APPS := config studios selection accounts workflow
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test check format bench messages states lock clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "Python lacks venv (Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A stamp is younger than the list it was installed from. Everything needed at run time is in the second list too.
$(VENV)/runtime.stamp: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/development.stamp: requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/runtime.stamp

# PORT=8080, RESET=1 (start over), STAGE=notice (where the demo round stands)
demo: $(VENV)/runtime.stamp  ## the whole site with invented data, in one process
	@mkdir -p var
	@DEMO=1 exec $(BIN)/python manage.py demo \
	  $(if $(PORT),--port $(PORT)) $(if $(STAGE),--stage $(STAGE)) $(if $(filter 1,$(RESET)),--reset)

# T="tests/selection -k draw" narrows it down.
test: $(VENV)/development.stamp  ## SQLite, then PostgreSQL with Redis, then the browser journeys
	$(BIN)/python tools/run_tests.py $(T)

check: $(VENV)/development.stamp  ## format, lint, types, import contracts, migrations, check --deploy
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python tools/check_deploy.py
	$(BIN)/python tools/messages.py check

format: $(VENV)/development.stamp  ## put the code in its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/development.stamp  ## the measured figures, one a line; var/bench.json
	$(BIN)/python -m bench

messages: $(VENV)/development.stamp  ## bring the English catalogue up to date with the source, and compile it
	$(BIN)/python tools/messages.py extract
	$(BIN)/python tools/messages.py compile

states: $(VENV)/development.stamp  ## write docs/states.md anew from the declared machines
	$(BIN)/python manage.py state_tables > docs/states.md

lock: $(VENV)/development.stamp  ## resolve pyproject.toml anew into the two hashed lists (UPGRADE=1: newest versions)
	$(BIN)/python tools/lock.py $(if $(filter 1,$(UPGRADE)),--upgrade)

clean:  ## caches and test leftovers; the virtual environment and the demo's data stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis staticfiles var/tests
	find $(APPS) tests tools bench deploy -name __pycache__ -type d -prune -exec rm -rf {} +
