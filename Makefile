# Run `make` to list the targets.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

# Python keeps what it compiles, even where its user has turned that off: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help .venv run test test-all lint docs fuzz bench clean

help:
	@echo "make run      Start the three implementations, and a page about them on port 8000. Ctrl-C stops all of them."
	@echo "              If a port is in use, choose others: make run ARGS='--port 9000 --base-port 9000'"
	@echo "              Show other frameworks, too: make run ARGS='--with bottle,fastapi'"
	@echo "              List the options: make run ARGS=--help"
	@echo "make test     Check everything: style, types, tests, coverage."
	@echo "make test-all Check everything, with more combinations of servers and rules, and on each Python from 3.11 to 3.13."
	@echo "make lint     Check style and types only."
	@echo "make docs     Write docs/contract.md, conformance.md, frameworks.md, mutants.md and the pictures. This takes 15 minutes."
	@echo "make fuzz     Send a million malformed streams to the core of raw_router, and print the seed."
	@echo "              Send other streams: make fuzz ARGS='--seed 7 --count 100000'"
	@echo "make bench    Measure raw_router and other servers, and write docs/bench.json and docs/bench.svg."
	@echo "              This takes half an hour. Measure less, and write nothing: make bench ARGS='--workload same --rounds 3'"
	@echo "make .venv    Make the virtual environment, or update it. The other targets do this when it is needed."
	@echo "              Choose the Python, 3.11 or later: make .venv PYTHON=python3.12"
	@echo "make clean    Remove everything that make made, .venv included."

.venv: .venv/can-test

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

VERSION := 'import sys; print("%d.%d" % sys.version_info[:2])'

# The marks can-run, can-guest and can-test are made last, so that make repeats an installation that was interrupted.
# --clear removes all of them. Debian packs venv and pip apart from Python: `python3 -m venv` fails there until
# python3-venv is installed.
.venv/can-run: pyproject.toml contract/pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "$(PYTHON) is missing, or older than Python 3.11. Choose another one: make .venv PYTHON=python3.12" >&2; \
		exit 1; }
	@echo "Installing into .venv. This takes a minute or two."
	@said=$$({ $(PYTHON) -m venv --clear .venv && $(BIN)/python -m pip --version; } 2>&1) || { \
		rm -rf .venv; \
		echo "$$said" >&2; \
		echo "$(PYTHON) cannot make a virtual environment with pip. On Debian or Ubuntu, install what is missing:" >&2; \
		echo "  sudo apt-get install python$$($(PYTHON) -c $(VERSION))-venv" >&2; \
		exit 1; }
	@$(PIP) -e '.[servers]' -e ./contract
	@touch $@

# The frameworks of guests/.
.venv/can-guest: .venv/can-run
	@echo "Installing the other frameworks into .venv. This takes a minute."
	@$(PIP) -e '.[guests]'
	@touch $@

.venv/can-test: .venv/can-guest
	@echo "Installing the packages for tests into .venv. This takes a minute or two."
	@$(PIP) -e '.[test]' -e './contract[cluster]'
	@touch $@

# The applications of tests/strangers, two languages of servers in tests/naive, and another browser.
.venv/can-test-all: .venv/can-test
	@tools/debian go=golang-go ruby=ruby firefox-esr=firefox-esr
	@echo "Installing the applications for tests/strangers into .venv. This takes a minute."
	@$(PIP) -e '.[strangers]'
	@touch $@

# The other frameworks are installed once they are asked for: make run ARGS='--with bottle'.
run: .venv/can-run $(if $(filter --with --with=%,$(ARGS)),.venv/can-guest)
	@$(BIN)/sidebyside page $(ARGS)

# Coverage is measured in the unit tests only. The other tests run the same code thousands of times, and measuring would
# make them take twice as long. The tests of sidebyside start many processes: only `make test-all` measures them.
MEASURED := tests/shared_views tests/raw_router tests/contract tests/test_flask_app.py tests/test_django_project.py
COVERED := --include='shared_views/*,raw_router/*,flask_app/*,django_project/*,contract/*' --fail-under=100
# Without the tests that have the mark "full".
CHOSEN := -m "not full"
# Most tests wait for servers, so several at a time keep two cores busy; a worker that is done takes tests from others.
PYTEST := -m pytest --dist worksteal -n

# Some tests need nginx, wrk, bubblewrap or Chromium. They are skipped where the program is missing.
test: lint
	@tools/debian nginx=nginx-light wrk=wrk bwrap=bubblewrap chromium=chromium
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run $(PYTEST) 6 $(CHOSEN) $(MEASURED)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report $(COVERED)
	@$(BIN)/python $(PYTEST) 8 $(CHOSEN) $(addprefix --ignore=,$(MEASURED))

# make passes these values on to `test`.
test-all: MEASURED += tests/sidebyside tests/page
test-all: CHOSEN :=
test-all: .venv/can-test-all test
	@$(BIN)/coverage report --include='sidebyside/*' --fail-under=97
	@tools/other-pythons --newest

lint: .venv
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

docs: .venv
	@tools/debian nginx=nginx-light chromium=chromium
	@$(BIN)/contract rules --markdown >docs/contract.md
	@$(BIN)/sidebyside matrix --page docs/conformance.md
	@$(BIN)/sidebyside matrix --guests --page docs/frameworks.md
	@$(BIN)/python -m sidebyside.lessons.measure
	@$(BIN)/python -m sidebyside.lessons.readme
	@$(BIN)/python -m tests.mutants
	@$(BIN)/python -m tests.naive.picture
	@$(BIN)/python -m tests.page.pictures

fuzz: .venv
	@$(BIN)/python -m tests.fuzz $(ARGS)

# bjoern is compiled, which fails without libev. The other servers are measured nevertheless.
bench: .venv
	@tools/debian wrk=wrk nginx=nginx-light
	@[ -f /usr/include/ev.h ] || tools/debian libev=libev-dev
	@$(PIP) -e '.[bjoern]' || true
	@$(BIN)/sidebyside bench $(or $(ARGS),--suite all --seconds 1 --json docs/bench.json --svg docs/bench.svg)

clean:
	rm -rf .venv build dist *.egg-info contract/*.egg-info .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
