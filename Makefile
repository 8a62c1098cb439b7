# `make` says what there is. Everything runs in .venv, set up on first use from the locked requirements
# (with uv when it is there, with pip otherwise) and again only when they change.

PYTHON ?= python3
PORT ?= 8765
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
LOCK := --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"

ifdef UV
HAVE_VENV = test -x $(BIN)/python
NEW_VENV = $(UV) venv --quiet --no-config --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)
INSTALL = $(UV) pip install --quiet --python $(BIN)/python
else
HAVE_VENV = $(BIN)/python -m pip --version >/dev/null 2>&1
NEW_VENV = $(PYTHON) -m venv --clear $(VENV)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.DEFAULT_GOAL := help
.PHONY: help practice test scenarios coverage check soak gallery bench format lock clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

practice: $(VENV)/run.stamp ## Run the bot in a practice workspace in the browser (PORT=8765, DEMO=1 plays a week, ARGS=...)
	@$(BIN)/vigil practice --port $(PORT) $(if $(DEMO),--demo-week) $(ARGS)

test: $(VENV)/dev.stamp ## Run the tests (ARGS="-k refer" picks some)
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

scenarios: $(VENV)/dev.stamp ## Play every scenario in the whole app, a line each
	@$(BIN)/python -m tests.scenarios.listing run $(ARGS)

coverage: $(VENV)/dev.stamp ## Measure that the tests take every branch of the rules (bot/domain)
	@$(BIN)/python -m coverage run --source=bot/domain -m pytest -q tests/domain tests/services tests/test_*.py
	@$(BIN)/python -m coverage report --skip-covered --show-missing --fail-under=100

soak: $(VENV)/dev.stamp ## Live 20,000 histories, kill 10,000 times a database, cut the power 1,000 times (SEEDS, KILLS, CUTS)
	@$(BIN)/python -m tests.simulation.soak $(or $(SEEDS),20000)
	@$(BIN)/python -m tests.crashes.soak $(or $(KILLS),10000)
	@$(BIN)/python -m tests.power.cuts $(or $(CUTS),1000)

check: $(VENV)/dev.stamp ## Lint, formatting, types, import contracts
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

gallery: $(VENV)/dev.stamp ## Draw every card, form and digest as pictures into build/gallery (ARGS=card picks some; needs a Chromium)
	@$(BIN)/python -m tests.gallery.gallery build/gallery $(ARGS)

bench: $(VENV)/dev.stamp ## Measure acks, lateness, start, page and ticks (ARGS="ack tick" picks some)
	@$(BIN)/python -m bench.run $(ARGS)

format: $(VENV)/dev.stamp ## Format the code and mend what ruff can mend by itself
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

lock: ## Make the locked requirements anew from pyproject.toml (needs uv; ARGS=--upgrade takes newer releases)
	@uv="$$(command -v uv || echo $(BIN)/uv)"; \
	test -x "$$uv" || { echo "make lock needs uv: install it with '$(PYTHON) -m pip install uv'." >&2; exit 2; }; \
	set -e; \
	"$$uv" pip compile $(LOCK) $(ARGS) pyproject.toml --group build -o requirements.txt; \
	"$$uv" pip compile $(LOCK) $(ARGS) pyproject.toml --group build --group dev -c requirements.txt -o requirements-dev.txt; \
	"$$uv" pip compile $(LOCK) $(ARGS) --group sqlcipher -o requirements-sqlcipher.txt

clean: ## Remove .venv and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.stamp: pyproject.toml requirements.txt requirements-sqlcipher.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Vigil needs Python 3.11 or newer, and '$(PYTHON)' is not: name one, for example 'make PYTHON=python3.12 $(MAKECMDGOALS)'." >&2; \
	  exit 2; }
	@echo "Setting up $(VENV) (once) ..."
	@$(HAVE_VENV) || $(NEW_VENV)
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@$(INSTALL) --require-hashes --only-binary :all: -r requirements-sqlcipher.txt >/dev/null 2>&1 || \
	  echo "No sqlcipher3 for this machine: going on with Python's own SQLite."
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	@echo "Setting up the tools for tests and checks (once) ..."
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@
