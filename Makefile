# make [help]: what there is to make.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help .venv run test lint docs fuzz bench clean

help:
	@echo "make run      start the three implementations, and a page about them on port 8000; Ctrl-C ends them"
	@echo "              make run ARGS='--port 9000 --base-port 9000' passes options on; ARGS=--help lists them"
	@echo "make test     check everything: style, types, tests, coverage"
	@echo "make lint     check style and types alone"
	@echo "make docs     make docs/contract.md, conformance.md, mutants.md and the pictures again, in ten minutes"
	@echo "make fuzz     send a million broken streams to raw_router's core, on all cores, and tell the seed"
	@echo "              make fuzz ARGS='--seed 7 --count 100000' does other ones, or the same again"
	@echo "make bench    measure raw_router beside other servers, for half an hour, into docs/bench.json and docs/bench.svg"
	@echo "              make bench ARGS='--workload same --rounds 3' measures less, and writes nothing"
	@echo "make .venv    make the virtual environment with all in it, or bring it up to date; the others do it as needed,"
	@echo "              make run without what only tests need"
	@echo "              make .venv PYTHON=python3.12 chooses the Python, 3.11 or later"
	@echo "make clean    remove all that was made, .venv too"

.venv: .venv/can-test

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# Marks are made last, so that an installation that was broken off is done again; --clear removes both.
.venv/can-run: pyproject.toml contract/pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or later is needed, and $(PYTHON) is none: make .venv PYTHON=python3.12 names another." >&2; \
		exit 1; }
	@echo "Installing into .venv, which takes a minute or two ..."
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) -e '.[servers]' -e ./contract
	@touch $@

.venv/can-test: .venv/can-run
	@echo "Installing what tests need into .venv, which takes a minute or two ..."
	@$(PIP) -e '.[test]' -e './contract[cluster]'
	@touch $@

run: .venv/can-run
	@$(BIN)/sidebyside page $(ARGS)

# Coverage is that of the units' own tests. The others judge the same code thousands of times; measured, they would
# take twice as long.
MEASURED := tests/shared_views tests/raw_router tests/contract
# Tests mostly wait for servers, or for what servers must not say: some at a time keep two cores busy, and who is done
# takes over from who is not.
PYTEST := -m pytest --dist worksteal -n

# nginx, wrk, bubblewrap and Chromium are for some of the tests, which are skipped where they cannot be had.
test: lint
	@tools/debian nginx=nginx-light wrk=wrk bwrap=bubblewrap chromium=chromium
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run $(PYTEST) 4 $(MEASURED)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --fail-under=100
	@$(BIN)/python $(PYTEST) 6 $(addprefix --ignore=,$(MEASURED))

lint: .venv
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

docs: .venv
	@tools/debian nginx=nginx-light chromium=chromium
	@$(BIN)/contract rules --markdown >docs/contract.md
	@$(BIN)/sidebyside matrix --page docs/conformance.md
	@$(BIN)/python -m tests.mutants
	@$(BIN)/python -m tests.naive.picture
	@$(BIN)/python -m tests.page.pictures

fuzz: .venv
	@$(BIN)/python -m tests.fuzz $(ARGS)

# bjoern has to be compiled, which may fail without libev; the other peers are measured even so.
bench: .venv
	@tools/debian wrk=wrk nginx=nginx-light
	@[ -f /usr/include/ev.h ] || tools/debian libev=libev-dev
	@$(PIP) -e '.[bjoern]' || true
	@$(BIN)/sidebyside bench $(or $(ARGS),--suite all --seconds 1 --json docs/bench.json --svg docs/bench.svg)

clean:
	rm -rf .venv build dist *.egg-info .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
