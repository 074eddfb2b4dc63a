# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
SERVE ?= 1
NAME ?= all

.PHONY: demo test check bench serve docs messages format lock clean

$(VENV)/.runtime: requirements/runtime.lock pyproject.toml tools/environment.py
	$(PYTHON) tools/environment.py runtime

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.lock
	$(PYTHON) tools/environment.py dev

demo: $(VENV)/.runtime ## Migrate, load the law, make a sample province, walk one record's whole life, then serve it.
	$(PY) -m chengxin.cli.main demo $(if $(filter 0,$(SERVE)),--no-serve,--port $(PORT))

serve: $(VENV)/.runtime ## Serve the demonstration that `make demo` left behind.
	$(PY) -m chengxin.cli.main serve --demo --port $(PORT)

test: $(VENV)/.dev ## The whole suite, on SQLite and on PostgreSQL, with a real Chromium.
	$(PY) tools/suite.py

check: $(VENV)/.dev ## The gates: format, lint, types, contracts, budgets, migrations, documents, translations, charter.
	$(PY) tools/gates.py

bench: $(VENV)/.dev ## One hot path (`make bench NAME=validate`) or all of them.
	$(PY) -m bench $(NAME)

docs: $(VENV)/.dev ## Write the generated reference documents anew.
	$(PY) tools/documents.py

messages: $(VENV)/.dev ## Collect translatable sentences and compile the English ones.
	$(PY) tools/translations.py

format: $(VENV)/.dev ## Format and mend what the linter can mend.
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

lock: ## Lock the dependencies anew, with hashes (needs uv).
	uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --group build pyproject.toml -o requirements/runtime.lock
	uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --group build --group dev --group bench -c requirements/runtime.lock pyproject.toml -o requirements/dev.lock

clean: ## Remove the environment and everything the demonstration made.
	rm -rf $(VENV) var build dist
