# Every target with one line of help: `make`.

PYTHON ?= python3
SIZE ?= full
SERVE ?= 1
SEED ?= 7
PORT ?= 8000
# One more than cores, since tests also wait for servers, browsers and clocks.
WORKERS ?= 3
PY := .venv/bin/python
export PYTHONPATH := $(CURDIR):$(CURDIR)/platform
# Where the environment keeps no compiled modules, each process of a demo would compile the same 700 anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: security advisories help install demo serve otp stop clean test lint format migrations lock screenshots bench bench-season bench-hours bench-watch bench-watch-large

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

install: .venv/installed ## Create .venv and install exactly the locked versions

.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile -r requirements.lock
	@touch $@

demo: install ## Set everything up and run a year for three sample prefectures (SIZE=small, SERVE=0, SEED=n)
	@$(PY) -m ops.demo --size $(SIZE) --seed $(SEED) --serve $(SERVE) --port $(PORT)

serve: install ## Serve what an earlier demo made
	@$(PY) -m ops.demo --size $(SIZE) --seed $(SEED) --serve 1 --port $(PORT) --pages-only

otp: install ## Print the current one-time codes of the sample accounts (development only)
	@$(PY) manage.py otp

stop: ## End the embedded servers and all processes of the demo
	@test -x $(PY) && $(PY) -m ops.demo.processes stop || true

clean: stop ## Delete everything the demo made (the next one begins anew)
	@test -x $(PY) && $(PY) -m ops.embedded forget >/dev/null || true
	@rm -rf var/demo var/files var/log var/run var/secrets var/static

test: install ## Run the whole suite, browser included, against servers of its own
	@$(PY) -m tests.support.browser_setup
	@$(PY) -m pytest -q -n $(WORKERS) $(ARGS)

lint: install ## Style, types, room borders, migrations, deployment checks
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports --no-cache >/dev/null || .venv/bin/lint-imports --no-cache
	@.venv/bin/mypy manage.py platform tenants domain integrations audit ops tests
	@$(PY) -m tests.support.management_checks

format: install ## Put the code into the common format
	@.venv/bin/ruff check --fix -q . || true
	@.venv/bin/ruff format -q .

migrations: install ## Write migrations for changed models
	@DJANGO_SETTINGS_MODULE=config.settings.testing $(PY) -W ignore manage.py makemigrations

lock: install ## Renew requirements.lock from pyproject.toml (needs uv)
	@uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --group dev -o requirements.lock pyproject.toml

screenshots: install ## Renew the pictures of the README from the browser tests
	@SCREENSHOTS=docs/images $(PY) -m pytest -q -m browser tests/e2e

bench: install ## Measure speed against openfisca-core and on this machine; writes docs/benchmarks.md
	@$(PY) -m ops.bench $(ARGS)

bench-season: install ## Measure whole seasons of the link: 10,000 people over each, 47 prefectures at once (half an hour at most)
	@$(PY) -m ops.bench --season $(ARGS)

bench-hours: install ## Measure the hour model on histories of many shapes (ARGS="--events FILE": on real ones); prints a table
	@$(PY) -m ops.bench.watch.histories $(ARGS)

bench-watch: install ## Measure the watch on a made-up office with made-up attacks; writes its part of docs/detection.md
	@$(PY) -m ops.bench.watch $(ARGS)

bench-watch-large: install ## Ask who saw somebody among 100,000,000 events made for it (42 GB of disk, given back at the end)
	@$(PY) -m ops.bench.watch --large

security: install ## Scan the code and two running prefectures; nothing of medium severity or more may be left
	@ADVISORIES="$(ADVISORIES)" $(PY) -m ops.security $(ARGS)

advisories: install ## Check the locked versions against advisories carried in (ADVISORIES=folder or zip of OSV records)
	@ADVISORIES="$(ADVISORIES)" $(PY) -m ops.security advisories $(ARGS)
