# Two commands do everything: `make compare` and `make test`. Both make their own environment first.
PYTHON ?= python3
BIN    := .venv/bin

.PHONY: compare test lint clean

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

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache
