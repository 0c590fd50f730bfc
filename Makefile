# Needs make and Python 3.11 or newer: make test, or make test PYTHON=python3.13.
# README.md shows the same commands for people without make.

PYTHON ?= python3
BIN = .venv/bin
MODULES = tests/site/node_modules/.package-lock.json
OTHERS = docs README.md tests/*.py tests/press tests/browser tests/site
BUILT = .venv/built-by-$(subst /,-,$(PYTHON))
export PIP_DISABLE_PIP_VERSION_CHECK = 1

export NO_MKDOCS_2_WARNING = 1

.PHONY: serve test check mutants test-docs site offline outputs new bench bench-browser lock clean

serve: .venv/installed  ## the site at 127.0.0.1:8000; a changed page is built anew
	$(BIN)/mkdocs serve --no-strict

test: .venv/installed $(if $(CI),$(MODULES))  ## style, types, unit tests, doctests, fences, coverage, wheel, site
	$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy
	$(BIN)/pytest -n 2 --cov --junit-xml=.cache/library.xml tests/litgrad src/litgrad
	$(BIN)/pytest -n 2 -m "not slow" --junit-xml=.cache/tests.xml $(OTHERS)

check: .venv/installed $(MODULES)  ## what is slow: every program in a browser, budgets, the site offline
	$(BIN)/python -m browser.fetch
	$(BIN)/pytest tests/press tests/browser tests/site -m slow -k "not lighthouse" -n 2 --junit-xml=.cache/checks.xml
	$(BIN)/pytest tests/site -m slow -k lighthouse --junit-xml=.cache/budgets.xml

mutants: .venv/installed  ## does every check notice when its solution is changed in a small way?
	$(BIN)/pytest -n 2 tests/press/test_mutants.py

test-docs: .venv/installed  ## only the pages: programs, outputs, figures, exercises, formulas, links, census
	$(BIN)/pytest -q tests/press/test_pages.py tests/site/test_census.py -k "not notebook and not bytes"

site: .venv/installed  ## the site, strictly built into site/
	$(BIN)/mkdocs build --strict

offline: .venv/installed  ## the site as a folder that needs no server, and a zip of it, in build/
	$(BIN)/mkdocs build --strict --config-file mkdocs-offline.yml

outputs: .venv/installed  ## write below each program what it prints; the diff is the review
	$(BIN)/python -m press outputs

new: .venv/installed  ## begin a chapter that holds at once: make new chapter=annealing
	@$(BIN)/python -m press new "$(chapter)"

bench: .venv-bench/built  ## litgrad beside what a reader would use instead
	PYTHONPATH=$(CURDIR)/src .venv-bench/bin/python benchmarks/run.py

bench-browser: site  ## from a click on Run to what the program prints or draws
	$(BIN)/python benchmarks/browser.py

lock: .venv/installed  ## write requirements.txt anew; UPGRADE=--upgrade takes the newest of all
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-strip-extras \
	  --custom-compile-command "make lock" --extra plots --group dev $(UPGRADE) pyproject.toml -o requirements.txt

clean:  ## remove all that the other targets made
	rm -rf site tests/site/node_modules .venv .venv-bench .cache .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(BUILT): requirements.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.txt
	touch $@

.venv/installed: $(BUILT) pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(MODULES): tests/site/package-lock.json
	npm ci --silent --ignore-scripts --prefix tests/site
	touch $@

.venv-bench/built: benchmarks/requirements.txt
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --requirement benchmarks/requirements.txt
	touch $@
