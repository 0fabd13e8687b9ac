# What one types here. Plain `make` lists it. Needs: make, python3 (3.11 or later) with venv.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
TOGETHER ?= -n 2
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
SEMGREP := $(CURDIR)/.venv/rules/bin/semgrep scan --metrics=off --disable-version-check
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: help setup setup-dev run demo demo-code test quick check static rules fix lock bench bench-screening bench-leaving bench-equal-answers bench-responding packs screenshots texts clean

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Bauta needs Python 3.11 or later: install the package python3."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Bauta needs Python 3.11 or later; this is $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Bauta needs Python's venv: install the package python3-venv."; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/bin/bauta: .venv/bin/python
	@printf '%s\n' '#!$(CURDIR)/.venv/bin/python' 'import sys' 'sys.path.insert(0, "$(CURDIR)")' 'from app.cli.main import main' 'sys.exit(main())' > $@
	@chmod +x $@

.venv/run.stamp: requirements.txt .venv/bin/python
	@echo "Installing what Bauta runs on …"
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/bin/python
	@echo "Installing what the checks need …"
	@$(INSTALL) -r requirements-dev.txt
	@touch .venv/run.stamp $@

.venv/rules.stamp: requirements-rules.txt .venv/bin/python
	@echo "Installing scanners …"
	@$(PYTHON) -m venv .venv/rules
	@.venv/rules/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-rules.txt
	@touch $@

setup: .venv/run.stamp .venv/bin/bauta  ## make .venv ready; starts nothing

setup-dev: .venv/dev.stamp .venv/bin/bauta  ## the same with what tests and checks need

run: setup  ## serve on http://127.0.0.1:8000 with SQLite in var/
	@$(BIN)/bauta run

demo: setup  ## fill an empty forum with an example community
	@$(BIN)/bauta demo

demo-code: setup  ## print the code with which owl and badger sign in to the example
	@$(BIN)/bauta demo --code

test: setup-dev  ## the whole suite, on SQLite and once more on PostgreSQL
	@echo "On SQLite …"
	@BAUTA_TEST_DB=sqlite $(BIN)/python -m pytest $(TOGETHER)
	@echo "On PostgreSQL, whatever stands on a database …"
	@BAUTA_TEST_DB=postgresql $(BIN)/python -m pytest $(TOGETHER) -m "database and not browser"

quick: setup-dev  ## the suite without browsers and slow tests
	@$(BIN)/python -m pytest -m "not browser and not slow" -q

check: static rules test  ## everything that must hold before a commit

static: setup-dev  ## the part of it that only reads the source
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint --quiet --lint templates

rules: .venv/rules.stamp  ## what must never stand in the source, and whether the rules find what is planted
	@cd tests/rules && $(SEMGREP) --test --quiet .
	@$(SEMGREP) --config tests/rules/house.yml --error --quiet app config.py wsgi.py
	@.venv/rules/bin/bandit --quiet --recursive --configfile pyproject.toml app config.py wsgi.py

fix: setup-dev  ## let the tools mend what they can
	@$(BIN)/ruff check --fix --quiet .; $(BIN)/ruff format --quiet .
	@$(BIN)/djlint --quiet --reformat templates || true

lock:  ## write the hashed lock files anew (needs uv)
	@command -v uv >/dev/null 2>&1 || { echo "Locking needs uv: install it and run this again."; exit 1; }
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-dev.in -o requirements-dev.txt
	@$(LOCK) requirements-rules.in -o requirements-rules.txt

bench: setup-dev  ## measure the house against a bare Flask page
	@$(BIN)/python -m benchmarks

bench-screening: setup-dev  ## measure the filter on its labelled posts
	@$(BIN)/python -m benchmarks.screening

bench-equal-answers: setup-dev  ## whether refusals can be told apart by bytes or time
	@$(BIN)/python -m benchmarks.equal_answers

bench-responding: setup-dev  ## measure how soon an exposure is hidden and answered
	@$(BIN)/python -m benchmarks.responding

bench-leaving: setup-dev  ## measure how an account with 5,000 posts goes, to the last byte
	@$(BIN)/python -m benchmarks.leaving

packs: setup-dev  ## write the language modules from languages/*.toml
	@$(BIN)/python -m app.screening.languages.build

screenshots: setup-dev  ## draw the pictures of the README from the example community
	@$(BIN)/python -m docs.screenshots

texts: setup-dev  ## gather the texts to translate, and compile translations
	@PYTHONPATH=. $(BIN)/pybabel -q extract -k Keep -F translations/babel.cfg --omit-header --no-location --sort-output -o translations/bauta.pot .

clean:  ## throw away .venv; var/ stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
