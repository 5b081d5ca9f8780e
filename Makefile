# Everything that a newcomer needs: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
RUN_ARGS := $(if $(filter no NO false 0,$(DEMO)),--no-demo)

DB ?= sqlite
# Runs with the suite on SQLite alone: plain Python, which no database sees, and what
# makes SQLite databases of its own.
ONCE := --ignore=certs/tests/pki -m "not once"
SECONDS ?= 300

.PHONY: help run setup quick test test-all fuzz check format screenshots clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

run: .venv/run.stamp  ## serve http://127.0.0.1:8000; DEMO=no starts empty
	@exec $(BIN)/python manage.py run $(RUN_ARGS)

setup: .venv/dev.stamp  ## install what development needs

quick: .venv/dev.stamp  ## the suite on SQLite without what is marked as slow
	@$(BIN)/python -m pytest -n auto -m 'not slow' $(ARGS)

test: .venv/dev.stamp  ## the whole suite; ARGS="-k name" for a part, DB=postgres or mongo
	@$(if $(filter sqlite,$(DB)),,scripts/services up $(DB) && DATABASE_URL=$$(scripts/services url $(DB))) \
	    $(BIN)/python -m pytest -n auto $(if $(filter sqlite,$(DB)),,$(ONCE)) $(ARGS)

test-all:  ## the whole suite on SQLite, PostgreSQL and MongoDB
	@for db in postgres mongo sqlite; do $(MAKE) --no-print-directory test DB=$$db || exit; done

fuzz: .venv/dev.stamp  ## damaged files for the readers of certificates; SECONDS=300
	@$(BIN)/python -m scripts.fuzz $(SECONDS)

check: .venv/dev.stamp  ## what CI checks before it tests
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check

format: .venv/dev.stamp  ## rewrite code and templates in the house style
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .
	@git ls-files '*.html' | xargs $(BIN)/djade --target-version 5.2
	@git ls-files '*.html' | xargs $(BIN)/djhtml --tabwidth 2

screenshots: .venv/dev.stamp  ## docs/screenshots, from the demo fleet
	@$(BIN)/python scripts/screenshots.py

clean:  ## remove the environment and everything that was made
	@scripts/services down
	rm -rf .venv var/services var/static .pytest_cache .mypy_cache .ruff_cache

.venv/bin/python:
	@echo 'Making the environment .venv…'
	@$(PYTHON) scripts/environment.py

.venv/run.stamp: requirements.txt | .venv/bin/python
	@echo 'Installing what the site needs…'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements-postgres.txt requirements-mongo.txt requirements-redis.txt .venv/run.stamp
	@echo 'Installing what development needs…'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
