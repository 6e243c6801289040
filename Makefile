# make demo    a result from a bundled clip, from nothing
# make serve   the service with sample people and videos: pages, API, worker
# make test    every test
# make screens pictures of every page, both sizes, both themes, into results/screens
# make test-services  the service's tests against a PostgreSQL and a Redis of their own
# make load    the service under load: workers killed, many uploads, many requests
# make lint    ruff, mypy, who imports whom; TypeScript and biome for the page scripts
# make docs    the documentation site, into build/site
# make package build wheel and sdist, and use both as a stranger would
# make bench   speed against MediaPipe alone
# make validate accuracy against truth, into validation/RESULTS.md
# make illustrations  the drawings of the pages, after changing scripts/illustrations
# make clean   remove results and caches (keeps .venv and the models)
#
# PYTHON=... chooses the interpreter that .venv is made with (3.11 or later).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CLIP := sample_videos/neutral_good.mp4
# Two at a time, in the tree's order: files with the most tests first would leave the longest, the pages', for the end.
TWO := -q -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help demo serve test screens test-services load lint docs package bench validate models illustrations clean

help:
	@sed -n 's/^# \?//p;/^$$/q' Makefile

demo: .venv/.installed models
	@$(BIN)/hinge-check analyze $(CLIP) --out results --overwrite
	@echo
	@echo "Open results/neutral_good.hinge/: annotated.mp4 to watch, chart.png and report.json to read."
	@echo "Your own: $(BIN)/hinge-check analyze lift.mp4"

serve: .venv/.installed-service models api/web/node_modules/.installed
	@HINGE_DATA=data-demo $(BIN)/hinge-check serve --demo

# Those that measure time run alone, afterwards.
test: .venv/.installed-dev models api/web/node_modules/.installed-dev .venv/.browser
	@$(BIN)/python -m pytest $(TWO) --ignore=tests/load
	@$(BIN)/python -m pytest -q tests/load

screens: .venv/.installed-dev models api/web/node_modules/.installed-dev .venv/.browser
	@rm -rf results/screens
	@SCREENS=1 $(BIN)/python -m pytest $(TWO) tests/pages
	@echo "Look at results/screens/"

test-services: .venv/.installed-dev models api/web/node_modules/.installed-dev
	@scripts/services.sh $(BIN)/python -m pytest $(TWO) tests/api $(PYTEST)

load: .venv/.installed-dev models api/web/node_modules/.installed-dev
	@LOAD=full $(BIN)/python -m pytest tests/load -s

lint: .venv/.installed-dev api/web/node_modules/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@npm run --silent --prefix api/web lint

# Warnings are errors. The theme's own warning about MkDocs 2 is not for readers of a build: pyproject.toml keeps below it.
package: .venv/.installed-dev models api/web/node_modules/.installed-dev
	@scripts/check_package.sh

docs: .venv/.installed-docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Open build/site/index.html"

bench: .venv/.installed-dev models
	@$(BIN)/python -m benchmarks.analyze

# Clips are rendered apart (validation/README.md); without them the sample videos alone are measured.
validate: .venv/.installed-validation models
	@$(BIN)/hinge-check models fetch heavy >/dev/null
	@$(BIN)/python -m validation.run --sweep

models: .venv/.installed
	@$(BIN)/hinge-check models fetch full >/dev/null

illustrations: .venv/.installed-service
	@$(BIN)/python -m scripts.draw_illustrations

clean:
	rm -rf results dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# An environment without pip is one whose making was interrupted: make it again.
.venv/.made:
	@if [ -z "$(PYTHON)" ]; then \
	  echo "hinge-check needs Python 3.11 or later, and none was found."; \
	  echo "Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; fi >&2
	@if ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	  echo "Making .venv with $$($(PYTHON) --version)" >&2; \
	  $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	    || { echo "This Python cannot make environments; on Debian or Ubuntu run: sudo apt-get install -y python3-venv" >&2; exit 1; }; \
	  $(PYTHON) -m venv --clear .venv; fi
	@touch $@

.venv/.installed: .venv/.made pyproject.toml constraints.txt
	@echo "Installing hinge-check into .venv (some 300 MB the first time)" >&2
	@$(PIP) install --quiet -c constraints.txt -e .
	@$(BIN)/python scripts/check_libraries.py
	@touch $@

.venv/.installed-dev: .venv/.installed
	@$(PIP) install --quiet -c constraints.txt -e '.[dev,service]'
	@touch $@

.venv/.installed-docs: .venv/.installed
	@$(PIP) install --quiet -c constraints.txt -e '.[docs]'
	@touch $@

.venv/.installed-service: .venv/.installed
	@$(PIP) install --quiet -c constraints.txt -e '.[service]'
	@touch $@

.venv/.browser: .venv/.installed-dev scripts/browser.sh
	@scripts/browser.sh
	@touch $@

# What the pages load from npm, exactly as the lockfile says. No scripts of packages are run.
NPM_CI := npm ci --prefix api/web --ignore-scripts --no-audit --no-fund --loglevel=error
NPM := command -v npm >/dev/null || \
  { echo "The pages need npm (Node.js 20 or later); on Debian or Ubuntu: sudo apt-get install -y npm" >&2; exit 1; }

api/web/node_modules/.installed: api/web/package-lock.json
	@$(NPM)
	@$(NPM_CI) --omit=dev >/dev/null
	@touch $@

api/web/node_modules/.installed-dev: api/web/package-lock.json
	@$(NPM)
	@$(NPM_CI) >/dev/null
	@touch api/web/node_modules/.installed $@

.venv/.installed-validation: .venv/.installed
	@$(PIP) install --quiet -c constraints.txt -e '.[validation]'
	@touch $@
