# make demo and make test need nothing but Debian 12, make, and root or sudo for packages.

BIN := .venv/bin
PEERS := baresip kamailio openssl sip-tester tshark

.PHONY: help setup peers demo serve test test-models test-vllm check bench interop sanitize format

help:
	@echo 'make demo    two calls, English and Arabic, from greeting to transfer; ASK="..." asks your own'
	@echo 'make serve   keep a server running, to dial from your own softphone'
	@echo 'make test    install everything and run every test'
	@echo 'make check   lint, types and unit tests, in under a minute'
	@echo 'make bench   measure speed from outside, 65 minutes; tables go to bench-output/;'
	@echo '             BENCH="talk churn" chooses parts, BENCH=--help lists them'
	@echo 'make interop try the node with every peer; writes the table of docs/interop.md'
	@echo 'make test-models  XTTS v2 and FlagEmbedding in an environment of their own, tiny random models'
	@echo 'make test-vllm  a real vLLM in an environment of its own (3.4 GB), with a random model'
	@echo 'make sanitize  native classes and torture under address and thread sanitizers'

setup:
	@deploy/setup.sh

peers:
	@deploy/setup.sh apt $(PEERS)

demo: setup peers
	@$(BIN)/python -m tools.demo

serve: setup
	@$(BIN)/sipagent serve

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/pytest -q tests/unit

test: setup peers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/pytest -n 3 --dist loadfile -m "not alone" # mostly they wait for real calls
	@$(BIN)/pytest -m alone

bench: setup peers
	@$(BIN)/python -m tests.bench $(BENCH)

interop: setup peers
	@$(BIN)/pytest -q -p tests.interop --interop docs/interop.md

test-models:
	@deploy/xtts/setup.sh
	@.venv-models/bin/python -m pytest -q tests/models

test-vllm: setup
	@deploy/vllm/setup.sh
	@TEST_VLLM=$${VLLM_VENV:-.venv-vllm} $(BIN)/pytest -q --timeout 500 tests/vllm

sanitize: setup peers
	@$(BIN)/python -m tests.sanitize

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
