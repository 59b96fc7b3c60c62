# What runs something starts from nothing: a fresh .venv, installed from the project's files.
# `make example VENV=/tmp/env` puts it elsewhere, as for a checkout that cannot be written.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# A process for every processor; who is done takes over what others still have before them.
PARALLEL = -n logical --dist worksteal
# What is compiled of the tests is kept for the next run, whatever is set outside.
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/pytest
# setuptools would install what an earlier build left behind.
FRESH = rm -rf build/lib* build/temp* build/bdist* *.egg-info && $(PYTHON) -m venv --clear $(VENV)

.PHONY: example test test-slow test-scale test-sanitize fuzz lint lint-js docs fonts pictures notebooks format \
	bench marking-report site site-test clean

example:
	$(FRESH)
	$(BIN)/pip install --quiet ".[draw,lessons]"
	$(BIN)/micrograd-like example

test:
	$(FRESH)
	$(BIN)/pip install --quiet ".[test]"
	$(PYTEST) $(PARALLEL)

# With every law at many examples, drawn anew.
test-slow:
	$(FRESH)
	$(BIN)/pip install --quiet ".[test]"
	$(PYTEST) $(PARALLEL) -m "slow or hypothesis" --hypothesis-profile=many

# JAX is shown two devices, so that there is something to shard over.
test-scale:
	$(FRESH)
	$(BIN)/pip install --quiet ".[test,scale,mcp]"
	XLA_FLAGS=--xla_force_host_platform_device_count=2 $(BIN)/pytest -m scale

# The kernel with every access to memory and every undefined operation watched; gcc or clang.
test-sanitize:
	$(FRESH)
	SANITIZE=1 $(BIN)/pip install --quiet ".[test]"
	$(BIN)/python tests/sanitized.py

fuzz:
	$(FRESH)
	$(BIN)/pip install --quiet .
	$(BIN)/python tests/fuzz_worksheet.py --seconds 300

lint:
	$(FRESH)
	$(BIN)/pip install --quiet ".[lint]"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy && $(BIN)/mypy tests/typed_operations.py

lint-js:
	npx --yes @biomejs/biome@2 lint --error-on-warnings --skip=suspicious/noRedundantUseStrict \
		visualize/web/*.js visualize/web/playground/*js

# The pages' faces, from npm's packages by the lockfile beside them.
FONTS = visualize/web/fonts
fonts:
	cd $(FONTS) && npm ci --silent
	$(PYTHON) -m venv --clear build/fonts && build/fonts/bin/pip install --quiet fonttools==4.68.0 brotli==1.2.1
	build/fonts/bin/python $(FONTS)/build.py

# The playground into build/site, from npm's packages at the versions of the lockfile.
PLAYGROUND = visualize/web/playground
MODULES = build/npm/node_modules
site:
	$(FRESH)
	$(BIN)/pip install --quiet -e .
	mkdir -p build/npm && cp $(PLAYGROUND)/package.json $(PLAYGROUND)/package-lock.json build/npm
	cd build/npm && npm ci --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m visualize.site $(MODULES) build/site

# The built playground's engine under Node, and its page in a browser, beside the command.
site-test: site
	$(BIN)/pip install --quiet -e ".[test]"
	$(PYTEST) -m site

# The documentation as a site, every link checked: serve build/docs/site with any server of files.
docs:
	$(FRESH)
	$(BIN)/pip install --quiet ".[docs]"
	$(BIN)/python docs/site/build.py
	NO_MKDOCS_2_WARNING=1 PYTHONPATH=. $(BIN)/mkdocs build --quiet -f docs/site/mkdocs.yml
	@echo "build/docs/site: python3 -m http.server -d build/docs/site shows it"

# The README's pictures, from the program itself.
pictures:
	$(FRESH)
	$(BIN)/pip install --quiet ".[pictures]"
	$(BIN)/python -m visualize.gallery

# What the notebooks' cells display, from the program itself.
notebooks:
	$(FRESH)
	$(BIN)/pip install --quiet ".[test]"
	$(BIN)/python tests/notebook_outputs.py

format:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench:
	$(FRESH)
	$(BIN)/pip install --quiet -e . -r benchmarks/requirements.txt
	mkdir -p build
	$(BIN)/python -m benchmarks --json build/benchmarks.json --plot build/cost.svg

marking-report:
	$(FRESH)
	$(BIN)/pip install --quiet .
	$(BIN)/python -m benchmarks.marking --failures 1

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
