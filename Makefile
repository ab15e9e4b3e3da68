# Everything runs in a virtual environment of its own, ./.venv; nothing else has to be there but Python 3.11 or newer.
# Stamp files in it remember what is set up, so that a second run starts at once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help briefing conformance test lint wheel bench picture clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

briefing: $(VENV)/.ready ## set up, and build the default briefing from the figures that ship with the package
	$(BIN)/reporter build --offline

conformance: briefing ## three more judges on the finished PDF than the build's own gate
	PYTHON=$(PYTHON) scripts/system-libraries test
	scripts/conformance $(BIN)/python $(VENV)/pdf "$$(ls -t output/*/*/briefing.pdf | head -n 1)"

test: $(VENV)/.ready-dev lint ## set up, and check everything: style, types, tests
	$(BIN)/python -m pytest

lint: $(VENV)/.ready-dev ## style and types only
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

wheel: $(VENV)/.ready-dev ## dist/: the source distribution and the wheel, with templates and fonts
	$(BIN)/python -m hatchling build -d dist

bench: $(VENV)/.ready-dev ## where a cold build spends its time and memory; how fast mails leave
	PYTHON=$(PYTHON) scripts/system-libraries bench
	$(BIN)/python -m benchmarks

picture: $(VENV)/.ready ## docs/page.png, the picture of page one in the README
	scripts/picture $(BIN)/python

clean: ## remove the environment, caches and distributions; what was built stays in output/
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find reporter tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python: scripts/system-libraries
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12" >&2; exit 1; }
	PYTHON=$(PYTHON) scripts/system-libraries
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'  # the first to know dependency groups
	@touch $@

# Compiling ahead halves the first run; the fonts are cut here so that no first briefing waits for them.
$(VENV)/.ready: $(VENV)/.python pyproject.toml reporter/fonts.py
	$(PIP) install --editable . --group fonts
	$(BIN)/python -m compileall -q reporter
	$(BIN)/python -m reporter.fonts
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	PYTHON=$(PYTHON) scripts/system-libraries test
	$(PIP) install --group dev
	@touch $@
