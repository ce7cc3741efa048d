# What a checkout can do. Needs make, Python 3.11 or later and the package index; no compiler.
# Another Python than python3: make test PYTHON=/path/to/python3.13

PYTHON = python3
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet
# Only wheels, by hash, and nothing but what is pinned (--no-deps: pip 23 looks at newer versions for
# a requirement with an extra). feedgen and dkimpy are pure Python that come as source archives.
INSTALL = $(PIP) install --require-hashes --no-deps --only-binary :all:
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --strip-extras --no-header $(UPGRADE)

.PHONY: publish test test-long bench check clean requirements

publish: .venv/installed ## The main job: articles/ becomes output/
	.venv/bin/python -m publisher publish

# Where it is set, every start of the command compiles all of it, and the tests start it often.
test test-long: export PYTHONDONTWRITEBYTECODE =

test: .venv/installed-test ## All tests but the long ones; four at a time, for some wait for programs
	.venv/bin/python -m pytest -m "not long" --numprocesses 4 --dist loadfile --no-loadscope-reorder

test-long: .venv/installed-test ## What takes minutes, and properties held with more examples
	.venv/bin/python -m pytest -m "long or hypothesis" --hypothesis-profile thorough

bench: .venv/installed-test ## Measures, as ratios of two programs in one run
	.venv/bin/python -m tests.benchmarks --write docs/performance.md

check: .venv/installed-check ## Style, types and the direction of imports
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

clean: ## Removes the environment and what tools left; never output/, the record or the state
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	rm -rf build dist publisher.egg-info
	find publisher tests -name __pycache__ -type d -prune -exec rm -rf {} +

requirements: .venv/installed ## Pins anew; `make requirements UPGRADE=--upgrade` takes newer versions
	$(PIP) install uv
	$(COMPILE) pyproject.toml --output-file requirements/base.txt
	$(COMPILE) requirements/build.in --output-file requirements/build.txt
	$(COMPILE) requirements/test.in --output-file requirements/test.txt
	$(COMPILE) requirements/services.in --output-file requirements/services.txt
	$(COMPILE) requirements/check.in --output-file requirements/check.txt
	$(COMPILE) requirements/peers.in --output-file requirements/peers.txt

.venv/installed: requirements/build.txt requirements/base.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: publisher needs Python 3.11 or later, and $(PYTHON) is none"; \
	  echo "mend:  make PYTHON=/path/to/python3.12"; exit 1; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo "error: this Python has no venv module with pip"; \
	  echo "mend:  on Debian and Ubuntu: apt-get install python3-venv"; exit 1; } >&2
	@rm -rf .venv
	$(PYTHON) -m venv .venv
	$(INSTALL) --requirement requirements/build.txt
	$(INSTALL) --no-binary feedgen --use-pep517 --no-build-isolation --requirement requirements/base.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-test: .venv/installed requirements/test.txt requirements/services.txt
	$(INSTALL) --no-binary dkimpy --use-pep517 --no-build-isolation --requirement requirements/test.txt
	@rm -rf .venv/services
	$(INSTALL) --target .venv/services --requirement requirements/services.txt
	@touch $@

.venv/installed-check: .venv/installed requirements/check.txt
	$(INSTALL) --requirement requirements/check.txt
	@touch $@
