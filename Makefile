# Every target starts from nothing: a fresh .venv, installed from the project's own files.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: example test test-slow lint format bench clean

example:
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet .
	$(BIN)/micrograd-like example

test:
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet ".[test]"
	$(BIN)/pytest

test-slow:
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet ".[test]"
	$(BIN)/pytest -m slow

lint:
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet ".[lint]"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench:
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet . -r benchmarks/requirements.txt
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
