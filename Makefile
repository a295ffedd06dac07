# The two that matter: `make run` and `make test`. Everything lives in .venv and var; nothing else is touched.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
DATA ?= var
PORT ?= 8000
SECONDS ?= 600
VENV := .venv/bin
MANAGE = DATA="$(DATA)" $(VENV)/python manage.py
CHROMIUM := chromium fonts-noto-core fonts-noto-color-emoji fonts-liberation

.PHONY: help run test lint check slow storm bench bench-full evaluate reset lock shots browser rabbitmq

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: .venv/.done ## the console with the demo world at http://localhost:8000/  [PORT=8000] [DATA=var]
	@DEMO=1 DATA="$(DATA)" PORT="$(PORT)" exec $(VENV)/python manage.py up

test: .venv/.dev browser ## the tests, each session with servers of its own
	@$(VENV)/pytest -q -n 2 --dist worksteal -m "not slow and not bench"

lint: .venv/.dev ## style, types, import contracts, migrations
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check -q .
	@$(VENV)/mypy tscore signals cases manage.py
	@$(VENV)/lint-imports
	@$(VENV)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

check: lint test ## lint and test: exactly what CI runs

slow: .venv/.dev browser rabbitmq ## the tests at full sizes
	@$(VENV)/pytest -q -m slow

storm: .venv/.dev ## kills, pauses and lies while traffic runs, then judges what is left  [SEED=7] [SECONDS=600] [BUG=no_fence]
	@$(VENV)/python -m tests.storm --seconds "$(SECONDS)" $(if $(SEED),--seed "$(SEED)") $(if $(BUG),--bug "$(BUG)")

bench: .venv/.done ## timings against bars measured in the same run, into DATA/bench.json
	@$(MANAGE) bench

bench-full: .venv/.done ## the same with 10 million events and 5 million cases; takes hours
	@$(MANAGE) bench --full

evaluate: .venv/.done ## replays public data sets and measures the first rules, into DATA/evaluate.json
	@$(MANAGE) evaluate

reset: .venv/.done ## forgets everything under DATA
	@DATA="$(DATA)" $(VENV)/python -m tscore.embedded.reset

shots: .venv/.dev browser ## takes the screenshots of the docs anew
	@$(VENV)/python -m tests.shots

lock: ## resolves the dependencies of pyproject.toml anew (needs uv)
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --universal --generate-hashes -o requirements.lock pyproject.toml
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --universal --generate-hashes -o requirements-dev.lock \
		--group dev -c requirements.lock pyproject.toml

# Some distributions split venv and pip off Python: each of the three ways below works without the others.
.venv/.done: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@echo "Installing the packages of requirements.lock into .venv (once)."
	@rm -rf .venv
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv .venv; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then $(PYTHON) -m venv --without-pip .venv; \
	else echo "This Python has neither ensurepip nor pip: apt install python3-venv (Debian, Ubuntu)."; exit 1; fi
	@$(call install,requirements.lock)
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.done
	@echo "Installing the packages of requirements-dev.lock into .venv (once)."
	@$(call install,requirements-dev.lock)
	@touch $@

install = if [ -x .venv/bin/pip ]; then .venv/bin/python -m pip install $(PIP_OPTIONS) -r $(1); \
	else $(PYTHON) -m pip --python .venv/bin/python install $(PIP_OPTIONS) -r $(1); fi
PIP_OPTIONS := -q --disable-pip-version-check --no-input --require-hashes

browser:
	@command -v chromium >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(CHROMIUM) >/dev/null; \
	else echo "The browser tests need Debian's chromium: ask root for apt-get install $(CHROMIUM)."; exit 1; fi

# No service starts with the installation: RUNLEVEL=1 says so to Debian. The tests run one of their own.
rabbitmq:
	@test -x /usr/lib/rabbitmq/bin/rabbitmq-server && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rabbitmq-server >/dev/null; \
	else echo "The tests of the queue need Debian's RabbitMQ: ask root for apt-get install rabbitmq-server."; exit 1; fi
