# Two commands do everything: `make compare` and `make test`. Both make their own environment first.
PYTHON ?= python3
BIN    := .venv/bin

.PHONY: compare test lint benchmark clean

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/installed-test: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

compare: .venv/installed
	$(BIN)/comity compare baseline

test: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

# Some 40 minutes; `make benchmark OPTIONS=--quick` is a smoke run.
benchmark: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[benchmark]'
	$(BIN)/python -m benchmarks $(OPTIONS)

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache
