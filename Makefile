# make run    sets up what it needs, screens 300 virtual people for NELMAS, shows where they are lost, and rehearses the
#             whole trial with 106 more
# make test   sets up what it needs and passes the tests
# Needs Python 3.11 or newer and make. Another Python than python3: make run PYTHON=python3.12

PYTHON ?= python3
PYTEST_ARGS ?= -n auto
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
DEMO := build/demo

# A .venv counts only when its set-up came to its end, in this folder, and its Python still starts.
ifneq ($(shell cat .venv/run.stamp 2>/dev/null && $(BIN)/python -c '' 2>/dev/null && echo starts),$(CURDIR) starts)
$(shell rm -f .venv/run.stamp)
endif

.PHONY: help run test lint types contract repo docs bench lock clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help:
	@sed -n '/^# make/s/^# //p' Makefile
	@echo 'also: make lint, types, contract, repo (checks), docs (the site), bench, lock (renew the locks), clean'

run: .venv/run.stamp
	@mkdir -p $(DEMO)
	$(BIN)/equipoise people nelmas --count 300 --seed 7 --on 2026-06-01 --output $(DEMO)/people
	$(BIN)/equipoise screen nelmas $(DEMO)/people --on 2026-06-01 --format table
	$(BIN)/equipoise screen nelmas $(DEMO)/people --on 2026-06-01 --format html --output $(DEMO)/report.html
	$(BIN)/equipoise funnel nelmas $(DEMO)/people --on 2026-06-01 --figure $(DEMO)/funnel.svg --output $(DEMO)/funnel.txt
	$(BIN)/equipoise worklist nelmas $(DEMO)/people --on 2026-06-01 --format csv --output $(DEMO)/worklist.csv
	$(BIN)/equipoise accrual nelmas --figure $(DEMO)/accrual.svg --output $(DEMO)/accrual.txt
	@rm -rf $(DEMO)/rehearsal
	@echo 'Rehearsing the whole trial, about half a minute ...'
	$(BIN)/equipoise rehearse nelmas --people 106 --seed 7 --output $(DEMO)/rehearsal
	$(BIN)/equipoise ledger verify $(DEMO)/rehearsal/ledger.sqlite
	@echo 'In $(DEMO): report.html, and where people are lost, whom to look at, and when the last would be in:'
	@echo 'funnel.svg, worklist.csv, accrual.svg; and the rehearsal of the trial: rehearsal/index.html'

test: .venv/test.stamp
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: .venv/test.stamp
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .

types: .venv/test.stamp
	@$(BIN)/python -m pyright

contract: .venv/test.stamp
	@$(BIN)/lint-imports

repo:
	@$(PYTHON) scripts/check_repo.py

docs: .venv/test.stamp
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet --site-dir build/site
	@echo 'The site: build/site/index.html'

bench: .venv/test.stamp
	@for each in benchmarks/bench_*.py; do \
	    [ ! -e "$$each" ] || { echo "== $$each"; $(BIN)/python "$$each"; } || exit 1; \
	done

# The project itself installs without a build sandbox: its build backend is in the lock.
.venv/run.stamp: requirements-run.lock pyproject.toml
	@$(PYTHON) scripts/check_python.py
	@echo 'Setting up .venv (once, under a minute) ...'
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements-run.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@echo '$(CURDIR)' > $@

# run.stamp is put aside meanwhile: after an interruption the next make begins afresh.
.venv/test.stamp: .venv/run.stamp requirements.lock
	@echo 'Adding the tools for tests and docs (once, a minute or two) ...'
	@mv .venv/run.stamp .venv/run.stamp.aside
	@$(PIP) install --require-hashes -r requirements.lock
	@mv .venv/run.stamp.aside .venv/run.stamp
	@touch $@

# Renews both locks to the newest releases that pyproject.toml admits. They hold no address of any index.
UV_COMPILE := build/uv/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	--python-version 3.11 pyproject.toml --group build
lock:
	@$(PYTHON) -m venv build/uv
	@build/uv/bin/python -m pip --disable-pip-version-check -qq install uv
	@$(UV_COMPILE) --extra test --extra docs --extra postgres -o requirements.lock
	@$(UV_COMPILE) -c requirements.lock -o requirements-run.lock
	@$(UV_COMPILE) -c requirements.lock --extra spark -o requirements-spark.lock

clean:
	rm -rf .venv build .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests docs scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
