# Two commands are enough: `make run` and `make test`.  Both install what they need and say what they do.
# Every folder they make (.tools, .venv, node_modules, var) can be deleted; the next run makes it again — except var,
# which holds what people entered.

PYTHON ?= python3
# TLS=1 serves the local network over TLS, with a certificate of this machine's own (tools/tls.py).
TLS ?=
HOST ?= $(if $(TLS),0.0.0.0,127.0.0.1)
PORT ?= 8000
# ALL=1: also the tests that go through every address, role, language or place of failure, as CI does before anything lands.
ALL ?=
# What is installed: with what tests and checks need, or (the container's image, one server) requirements.lock alone.
LOCK ?= requirements-dev.lock

UV := .tools/uv/bin/uv
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PYTEST := $(BIN)/pytest
QUICK := $(if $(ALL),, and not exhaustive)
CODE := lms curricula tests tools manage.py
LANGUAGES := en ru ky
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard lms/locale/*/LC_MESSAGES/*.po))

# DATABASE_URL, CELERY_BROKER_URL, CACHE_URL, DATA_DIR and the rest reach every command through the environment.
export HOST PORT PYTHON TLS
# Python keeps its compiled files: starting takes a third of the time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help run serve test lint format types contracts migrations unit journeys services messages lock bench shots \
        screenshots static env system-run system-test browser catalogues clean

help: ## this list
	@echo "Yntymak.  The two commands:"
	@sed -n 's/^\(run\|test\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'
	@echo "and, for those who build it:"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | grep -v '^\(run\|test\|help\)|' \
	    | awk -F'|' '{ printf "  make %-11s %s\n", $$1, $$2 }'

# ── The two commands ─────────────────────────────────────────────────────────────────────────────────────────────────

run: export DJANGO_SETTINGS_MODULE ?= lms.settings.dev
run: export PUBLIC_BASE_URL ?= $(if $(TLS),https,http)://$(if $(filter 0.0.0.0,$(HOST)),$(or $(firstword $(shell hostname -I)),127.0.0.1),$(HOST)):$(PORT)
run: system-run env node_modules/.installed catalogues ## install, load a demonstration, serve (HOST=127.0.0.1 PORT=8000 TLS=1)
	@exec $(BIN)/python tools/alone.py run sh -ec ' \
	  $(BIN)/python tools/serve.py check; \
	  $(if $(TLS),$(BIN)/python tools/tls.py;) \
	  echo "── Database"; \
	  $(MANAGE) migrate --verbosity 0; \
	  echo "── Regions of Kyrgyzstan"; \
	  $(MANAGE) load_regions; \
	  echo "── Starter content: four modules in three languages"; \
	  $(MANAGE) load_starter; \
	  echo "── Demonstration cohorts"; \
	  $(MANAGE) load_demo; \
	  exec $(BIN)/python tools/serve.py'

test: system-test lint types contracts unit journeys ## install, then run the checks and tests (ALL=1: the exhaustive ones too)
	@echo "── All of it passed.$(if $(ALL),, The exhaustive tests were left out: make test ALL=1 runs them too.)"

unit journeys migrations messages types: export DJANGO_SETTINGS_MODULE := lms.settings.test

# ── A real installation on one server (README: "One server") ─────────────────────────────────────────────────────────

serve: export DJANGO_SETTINGS_MODULE := lms.settings.production
serve: system-run static ## serve a real installation on this machine, as the environment describes it
	@exec $(BIN)/python tools/alone.py serve sh -ec ' \
	  $(BIN)/python tools/serve.py serve check; \
	  $(MANAGE) check --deploy --fail-level WARNING --verbosity 0; \
	  $(MANAGE) migrate --noinput --verbosity 0; \
	  exec $(BIN)/python tools/serve.py serve'

static: export DJANGO_SETTINGS_MODULE := lms.settings.base
static: env node_modules/.installed catalogues ## collect the static files in STATIC_ROOT, as production serves them
	@echo "── Static files"
	@$(MANAGE) collectstatic --noinput --verbosity 0

# ── Checks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

lint: env ## style and common mistakes (ruff)
	@echo "── Lint"
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)

format: env ## put the code in shape (ruff)
	@$(BIN)/ruff check --fix $(CODE)
	@$(BIN)/ruff format $(CODE)

types: env ## types (mypy)
	@echo "── Types"
	@$(BIN)/mypy

contracts: env ## who may import whom (import-linter)
	@echo "── Import contracts"
	@$(BIN)/lint-imports --no-logo

migrations: env ## migrations are complete, and run forwards and back
	@echo "── Migrations"
	@$(BIN)/python tools/check_migrations.py

unit: env node_modules/.installed catalogues ## unit tests, translations, architecture and migrations among them
	@echo "── Unit tests"
	@$(PYTEST) -q -n 2 -m 'not journey$(QUICK)'

journeys: env node_modules/.installed catalogues browser ## walks through the site in headless Chromium
	@echo "── Browser journeys"
	@$(PYTEST) -q -n 3 --maxschedchunk 1 tests/journeys -m 'journey$(QUICK)'

# The exhaustive journeys are the pages in the other languages: they say the same whatever the database.
services: env node_modules/.installed catalogues browser ## unit tests and journeys again, on PostgreSQL and Redis
	@$(BIN)/python tools/services.py sh -ec '$(MAKE) --no-print-directory unit; $(MAKE) --no-print-directory journeys ALL='

# ── For those who build it ───────────────────────────────────────────────────────────────────────────────────────────

messages: env ## collect the strings of the interface into lms/locale/*/LC_MESSAGES/django.po
	@$(BIN)/python tools/collect_messages.py

lock: $(UV) ## write the lock files anew (UPGRADE=1 for the newest releases)
	@tools/lock.sh $(UV)
	@npm install --package-lock-only --ignore-scripts

bench: system-test env node_modules/.installed catalogues browser ## what each kind of page costs, at 200 people and more (SETUP=services ROWS=verdict)
	@$(if $(filter services,$(SETUP)),WEB_WORKERS=$${WEB_WORKERS:-2} $(BIN)/python tools/services.py) $(BIN)/python -m tests.bench

shots: env browser ## pictures of every page of a running site, in var/shots (SHOTS="trainer -l ru -w 320")
	@$(BIN)/python tools/shots.py $(SHOTS)

screenshots: system-run env node_modules/.installed catalogues browser ## the pictures of the README, from a demonstration of its own
	@$(BIN)/python tools/screenshots.py

clean: ## delete what was installed; what people entered stays
	rm -rf .venv .tools node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# ── What the commands stand on ───────────────────────────────────────────────────────────────────────────────────────

system-run:
	@tools/system.sh run

system-test:
	@tools/system.sh test

browser: system-test env
	@tools/browser.sh

env: .venv/.installed

catalogues: $(CATALOGUES)

.tools/uv/.installed: tools/uv.lock
	@echo "── uv, the installer, in .tools"
	@$(PYTHON) -m venv .tools/uv
	@.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/uv.lock
	@touch $@

$(UV): .tools/uv/.installed ;

.venv/pyvenv.cfg: .python-version | $(UV)
	@echo "── Python $(shell cat .python-version) in .venv (fetched if this machine has none)"
	@$(UV) venv --quiet --allow-existing .venv || { echo "Please install Python $$(cat .python-version)," \
	    "or name a mirror to fetch it from in UV_PYTHON_INSTALL_MIRROR, and start again." >&2; exit 1; }
	@touch $@

.venv/.installed: $(LOCK) .venv/pyvenv.cfg | $(UV)
	@echo "── Python packages: $$(grep -c == $(LOCK)) from $(LOCK)"
	@$(UV) pip sync --quiet --python .venv --require-hashes $(LOCK)
	@touch $@

node_modules/.installed: package.json package-lock.json
	@echo "── Scripts and fonts from package-lock.json"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

%.mo: %.po
	@echo "── Translations: $<"
	@msgfmt --check-format -o $@ $<
