# Two commands do all the set-up on a fresh machine with Python 3.11 or later: make demo, make test.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test matrix check browser benchmark pictures translations clean

# Show one express purchase, then keep the sandbox and the shop running for your browser.
demo: .venv/installed
	$(BIN)/mock-dintero demo

# Run every test, the ones in a real Chromium included. Those are runs of their own: Playwright's loop goes on in the
# thread that has started it, and what runs a loop itself cannot share that thread.
test: .venv/installed-dev browser
	$(BIN)/python -m pytest -n auto -m "not browser"
	$(BIN)/python -m pytest -n auto -m browser --ignore tests/faults
	$(BIN)/python -m pytest -n auto -m browser tests/faults

# The checkout page: each step, each method to each of its ends, each language, at both widths. Pictures in test-results.
matrix: .venv/installed-dev browser
	MATRIX=all $(BIN)/python -m pytest -n auto -m browser --junit-xml test-results/matrix.xml \
		tests/end_to_end/test_matrix.py tests/end_to_end/test_page_care.py

# Format, lint, types, layers.
check: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Find a Chromium, or install one.
browser: .venv/installed-dev
	$(BIN)/python tests/chromium.py

# Measure against a bare Starlette app in the same run.
benchmark: .venv/installed-dev
	$(BIN)/python -m benchmarks

# Take the pictures of docs/pages.md, every page in every state, and those of docs/verify.md.
pictures: .venv/installed-dev browser
	$(BIN)/python tools/pictures.py
	$(BIN)/python tools/report_pictures.py

# Bring the catalogues of fake_checkout_ui/locales up to date, and print what has no translation yet.
translations: .venv/installed-dev
	$(BIN)/python tools/translations.py

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/installed-dev: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ .venv/installed

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results
