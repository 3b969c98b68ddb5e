# The doors of the project; `make help` lists them. Needs python3 (3.11 or newer) with pip, and make; no root, no Graphviz.

PYTHON ?= python3
# Inside an activated environment python3 may be one without pip: the Python that it was made from has it.
BASE := $(shell $(PYTHON) -c 'import sys; print(sys._base_executable)')
VENV ?= .venv
BIN := $(VENV)/bin
OUT := out
# Debian's python3 lacks ensurepip, so the environment is made without pip and filled by the pip outside.
INSTALL := $(BASE) -m pip --python $(BIN)/python --disable-pip-version-check install --quiet
GLASSGRAD := $(BIN)/glassgrad

.DEFAULT_GOAL := help
.PHONY: help demo test laws check format coverage accuracy fuzz mutants browser notebooks book lite extras lessons bench picture clean

help: ## list the doors
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

$(BIN)/python:
	$(BASE) -m venv --without-pip $(VENV)

# One stamp for each set of extras: installed once, again only when the project's metadata changes.
$(VENV)/run.stamp: pyproject.toml | $(BIN)/python
	$(INSTALL) -e '.[dot]'
	@touch $@

$(VENV)/test.stamp: pyproject.toml | $(BIN)/python
	$(INSTALL) -e '.[dot,test]'
	@touch $@ $(VENV)/run.stamp

$(VENV)/check.stamp: pyproject.toml | $(BIN)/python
	$(INSTALL) -e '.[dot,test,lint]'
	@touch $@ $(VENV)/test.stamp $(VENV)/run.stamp

$(VENV)/browser.stamp: pyproject.toml | $(BIN)/python
	$(INSTALL) -e '.[dot,test,browser,notebooks]'
	@touch $@ $(VENV)/test.stamp $(VENV)/run.stamp

PRODUCT := 'z = x*y' x=2 y=3 --grad 5
LOSS := 'ŷ = x*w; s = ŷ - y; loss = s**2' x=1 w=1 y=2 --wrt w
SHARED := 'b = a + a; c = b*a' a=3

demo: $(VENV)/run.stamp ## do the main job: the lecture's graphs as pictures, tables and players; open out/index.html
	@mkdir -p $(OUT)
	@$(GLASSGRAD) draw $(PRODUCT) --show forward -o $(OUT)/product-forward.svg --force
	@$(GLASSGRAD) draw $(PRODUCT) --show all -o $(OUT)/product-backward.svg --force
	@$(GLASSGRAD) grad $(PRODUCT) -o $(OUT)/product.txt --force
	@$(GLASSGRAD) draw $(LOSS) --show forward --reserve both -o $(OUT)/loss-forward.svg --force
	@$(GLASSGRAD) draw $(LOSS) --show both -o $(OUT)/loss-backward.svg --force
	@$(GLASSGRAD) grad $(LOSS) -o $(OUT)/loss.txt --force
	@$(GLASSGRAD) explain $(LOSS) -o $(OUT)/loss-explained.txt --force
	@$(GLASSGRAD) steps $(PRODUCT) -o $(OUT)/product-steps.html --force
	@$(GLASSGRAD) steps $(LOSS) -o $(OUT)/loss-steps.html --force
	@$(GLASSGRAD) steps $(LOSS) -o $(OUT)/loss-frames/ --force
	@$(GLASSGRAD) steps $(SHARED) --by edge -o $(OUT)/shared-steps.html --force
	@$(GLASSGRAD) index $(OUT) --force

TESTS ?=
test: $(VENV)/test.stamp ## run the tests and the documentation's examples: all, or make test TESTS=tests/unit/test_op.py
	$(BIN)/python -m pytest -n auto $(TESTS)

laws: $(VENV)/test.stamp ## try the laws on many new random examples
	HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -n auto tests/laws

FUZZ ?= --seconds 60
fuzz: $(VENV)/test.stamp ## random input to everything that takes input: 60 s, or make fuzz FUZZ="--count 1000000"
	$(BIN)/python tests/fuzz/run.py $(FUZZ)

check: $(VENV)/check.stamp ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/check.stamp ## mend what the linter can mend, and the formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: $(VENV)/test.stamp ## run the tests, laws on a few examples, and demand that they reach every line and branch
	$(BIN)/python -m coverage erase
	HYPOTHESIS_PROFILE=lines $(BIN)/python -m pytest -n auto --cov --cov-report=term

POINTS ?= 20000
accuracy: $(VENV)/test.stamp ## compare every operation's values and slopes with 60 digits, at many points
	PYTHONPATH=tests $(BIN)/python tests/accuracy/sweep.py --points $(POINTS)

MUTANTS ?= all
mutants: $(VENV)/test.stamp ## break the core on purpose and see whether the tests notice: all (hours), or make mutants MUTANTS=200
	$(BIN)/python tests/mutants/run.py $(MUTANTS)

browser: $(VENV)/browser.stamp ## try players, pages, JupyterLab and, where there is one, the site of make lite in a browser; needs chromium
	$(BIN)/python -m pytest tests/browser -rs

$(VENV)/notebooks.stamp: pyproject.toml | $(BIN)/python
	$(INSTALL) -e '.[dot,test,notebooks]'
	@touch $@ $(VENV)/test.stamp $(VENV)/run.stamp

notebooks: $(VENV)/notebooks.stamp ## open the notebooks in JupyterLab
	$(BIN)/python -m jupyterlab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks # in a container one is root

book: $(VENV)/notebooks.stamp ## run the notebooks and write them as pages: open out/book/index.html
	$(BIN)/python notebooks/make_book.py $(OUT)/book

$(VENV)/lite.stamp: pyproject.toml | $(BIN)/python
	$(INSTALL) -e '.[dot,lite]'
	@touch $@ $(VENV)/run.stamp

lite: $(VENV)/lite.stamp ## write the notebooks as a site that runs them in the browser, nothing to install: out/lite; needs npm
	$(BIN)/python notebooks/make_lite.py $(OUT)/lite $(VENV)/lite
	@echo "serve it with: python3 -m http.server -d $(OUT)/lite 8000, and open http://localhost:8000"

EXTRAS ?= plot,train,data,testing,fast
extras: | $(BIN)/python ## install what is extra into .venv: all of it, or make extras EXTRAS=fast,plot
	$(INSTALL) -e '.[dot,$(EXTRAS)]'

lessons: $(VENV)/notebooks.stamp ## run the notebooks and check that they arrive at the lecture's figures
	$(BIN)/python -m pytest tests/notebooks -rs -n auto

picture: $(VENV)/run.stamp ## draw the README's picture again
	@$(GLASSGRAD) draw $(PRODUCT) --show all -o notebooks/pictures/product.svg --force

$(VENV)/bench.stamp: pyproject.toml | $(BIN)/python
	$(INSTALL) -e '.[dot,fast,plot]'
	@touch $@ $(VENV)/run.stamp

bench: $(VENV)/bench.stamp ## measure against C and other engines, which get an environment of their own; plots to out/bench.svg
	$(BIN)/python tests/benchmarks/run.py --build-peers --plot $(OUT)/bench.svg

clean: ## remove what was made: environments, out/, caches
	rm -rf $(VENV) .venv-bench $(OUT) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis notebooks/.hypothesis .coverage*
