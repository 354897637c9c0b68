# Everything a person or CI runs here. Each step leaves a stamp, so a second run does only what
# has changed.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

ASSET_SOURCES := $(shell find platform/web/assets platform/web/templates builder_ui packs \
	-type f -not -name '*.py' 2>/dev/null)
CATALOGUES := $(wildcard platform/kernel/locale/*/*.po)
COMPILED := platform/kernel/locale/en/LC_MESSAGES/fieldstone.mo
MANIFEST := platform/web/static/manifest.json

.PHONY: help run ready test check lint types bench fuzz format lock clean browser

help:
	@echo "make run     start Fieldstone with the demo organisation (FIELDSTONE_PORT, default 8000)"
	@echo "make test    everything CI runs, browser tests included"
	@echo "make check   lint, types, layers: a minute, no browser"
	@echo "make format  lay the code out"
	@echo "make bench   measure; prints ratios taken in one run"
	@echo "make fuzz    compare random formulas in Python and in PostgreSQL; prints its seed"
	@echo "make lock    pin the newest allowed versions in requirements*.txt"
	@echo "make clean   remove what was built; data in .data stays"

run: ready
	@exec $(BIN)/fieldstone demo standard_crm --serve

ready: $(BIN)/.runtime $(MANIFEST) $(COMPILED)

test: check browser
	$(BIN)/pytest -n auto --dist loadfile

check: lint types
	$(BIN)/pytest -q tests/architecture

lint: $(BIN)/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(BIN)/.tools ready
	$(BIN)/mypy
	npm run --silent check

format: $(BIN)/.tools
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(BIN)/.tools ready
	$(BIN)/python tests/bench

FORMULA_FUZZ_CASES ?= 20000
FORMULA_FUZZ_SEED ?= $(shell date +%s)

fuzz: $(BIN)/.tools ready
	@echo "FORMULA_FUZZ_SEED=$(FORMULA_FUZZ_SEED) FORMULA_FUZZ_CASES=$(FORMULA_FUZZ_CASES)"
	FORMULA_FUZZ_SEED=$(FORMULA_FUZZ_SEED) FORMULA_FUZZ_CASES=$(FORMULA_FUZZ_CASES) \
		$(BIN)/pytest -q tests/integration/test_formula_fuzz.py

clean:
	rm -rf .venv node_modules platform/web/static build dist .cache .pytest_cache .mypy_cache \
		.ruff_cache .hypothesis test-results src/*.egg-info platform/kernel/locale/*/LC_MESSAGES
	find platform builder_ui tests -name __pycache__ -prune -exec rm -rf {} +

# --- Python ------------------------------------------------------------------------------------

$(BIN)/.made:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python 3.11 or newer is needed. On Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is older. Set PYTHON to a newer one."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv module is needed. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv
	@touch $@

$(BIN)/.runtime: requirements.txt pyproject.toml | $(BIN)/.made
	@echo "Installing Python packages"
	@$(PIP) -r requirements.txt
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

$(BIN)/.tools: requirements-dev.txt $(BIN)/.runtime
	@echo "Installing what tests and checks need"
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(COMPILED): $(CATALOGUES) $(BIN)/.runtime
	@echo "Compiling translations"
	@$(BIN)/python -m fieldstone.kernel.catalogues

# Asks the registry for the newest versions that pyproject.toml allows.
lock:
	rm -rf .cache/lock
	$(PYTHON) -m venv .cache/lock
	.cache/lock/bin/pip install --quiet setuptools .
	@echo "# What Fieldstone runs with, pinned by \`make lock\`." > requirements.txt
	.cache/lock/bin/pip freeze --all --exclude pip --exclude fieldstone >> requirements.txt
	.cache/lock/bin/pip install --quiet '.[dev]'
	@echo "# What checks and tests need besides, pinned by \`make lock\`." > requirements-dev.txt
	.cache/lock/bin/pip freeze --all --exclude pip --exclude fieldstone \
		| grep -v -x -F -f requirements.txt >> requirements-dev.txt

# --- browser assets ----------------------------------------------------------------------------

node_modules/.made: package-lock.json
	@command -v node >/dev/null && command -v npm >/dev/null || { \
		echo "Node 20 or newer with npm is needed. On Debian: apt-get install nodejs npm"; exit 1; }
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' || { \
		echo "Node 20 or newer is needed; this is $$(node --version)."; exit 1; }
	@echo "Installing browser packages"
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(MANIFEST): node_modules/.made package.json tsconfig.json $(ASSET_SOURCES) $(CATALOGUES)
	@echo "Building browser assets"
	@npm run --silent build
	@touch $@

# --- a browser for the tests -------------------------------------------------------------------

browser:
	@if command -v chromium || command -v chromium-browser || command -v google-chrome; then :; \
	elif [ "$$(id -u)" = 0 ]; then $(call install_browser,); \
	elif sudo -n true 2>/dev/null; then $(call install_browser,sudo); \
	else echo "The browser tests need Chromium. On Debian: apt-get install chromium fonts-noto-cjk"; \
		exit 1; fi

define install_browser
echo "Installing Chromium" && $(1) apt-get update -qq && \
	$(1) apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
endef
