# `make help` lists every target. Nothing here needs more than Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
JOBS ?= 2
PIN := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help setup demo up test lint types imports tests prism bench mutants lock clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Portolan needs Python 3.11 or later; $(PYTHON) is older. Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Could not create $(VENV): on Debian and Ubuntu install python3-venv first." >&2; exit 1; }
	@touch $@

$(VENV)/runtime: $(VENV)/python requirements/build.txt requirements/runtime.txt pyproject.toml
	@echo "Installing Portolan into $(VENV) (about a minute, once) ..."
	@$(PIP) --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/dev: $(VENV)/runtime requirements/dev.txt
	@echo "Installing the development tools ..."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/dev ## Create .venv with Portolan and the development tools

demo: $(VENV)/runtime ## Take the orders of examples/migration.yaml through their whole lives in skipped time
	@$(BIN)/portolan demo

up: $(VENV)/runtime ## Temporal server, worker and simulated carrier in one process
	@$(BIN)/portolan up

test: lint types imports tests ## Lint, types, import rules, tests: what has to pass before a change lands

lint: setup ## Formatting and lint
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .

types: setup ## Static types, strictly
	@$(BIN)/mypy

imports: setup ## Who may import whom
	@$(BIN)/lint-imports --no-logo

tests: setup prism ## The test suite, in parallel
	@$(BIN)/pytest -n $(JOBS) --dist loadgroup

prism: $(VENV)/python ## The mock that reads carriers' own API documents, for the contract tests; npm fetches it
	@test -x $(VENV)/prism/node_modules/.bin/prism || ! command -v npm >/dev/null || npm install --prefix $(VENV)/prism --no-audit --no-fund --loglevel=error @stoplight/prism-cli@5

bench: setup ## Actions, events, bytes and rate of the happy path against a bare workflow
	@$(BIN)/python -m tests.bench

mutants: setup ## Mutation testing of the rules: hours; MUTANTS=pattern for some
	@set -f; $(BIN)/mutmut run --max-children $(JOBS) $(MUTANTS); $(BIN)/mutmut results | grep -v 'not checked' || true

lock: ## Pin the dependencies again, with hashes and no download address
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@$(PIN) pyproject.toml -o requirements/runtime.txt
	@$(PIN) pyproject.toml --group dev -o requirements/dev.txt
	@$(PIN) --group build -o requirements/build.txt

clean: ## Remove the environment, caches and the embedded server's state
	@rm -rf $(VENV) .portolan .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache mutants
