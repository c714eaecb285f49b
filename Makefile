# Everything a newcomer or CI runs. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install run test check format bench prove clean

PORT ?= 8000
ISSUE ?= ask
# One more than there are processors: now and then each waits for a process or a page.
WORKERS ?= $(shell echo $$(( $$(nproc 2>/dev/null || echo 2) + 1 )))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
TORCH := $(shell sed -n 's/^  "\(torch==[0-9.]*\)",$$/\1/p' pyproject.toml)
# The CPU builds of PyTorch live on an index of their own; unreachable, it is a warning after 15 s.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
export HF_HUB_OFFLINE = 1
export ALLOW_CUDA
export PIP_DISABLE_PIP_VERSION_CHECK = 1

help: ## Show these commands
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.ready ## Create .venv with the product in it (.venv/bin/troly)

run: $(VENV)/.ready ## Install if needed, then serve the chat at http://127.0.0.1:8000 (PORT=)
	@exec $(BIN)/troly serve --port $(PORT)

# Whole files go to the workers in the order of the folders: large ones first, small ones last.
# Bytecode is kept, whatever the machine says: many tests start processes that import all of it.
test: $(VENV)/.ready-test ## Run every test (WORKERS=, REQUIRE_BROWSER=1: fail without Chromium)
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 REQUIRE_BROWSER=$(REQUIRE_BROWSER) $(BIN)/python -m pytest -q \
		-n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(VENV)/.ready-test ## Format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.ready-test ## Put the code in its standard form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready-test ## Measure speed and quality (never part of the tests)
	$(BIN)/python -m benchmarks.bench

prove: $(VENV)/.ready-test ## Show what an issue must show, at full size: make prove ISSUE=understand
	$(BIN)/python -m benchmarks.prove $(ISSUE)

clean: ## Remove the environment and caches; data/ stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Cần Python từ 3.11 trở lên: sudo apt install python3 python3-venv"; exit 1; fi
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Thiếu gói venv của Python: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# torch goes in first and alone: left to another package it would be the CUDA build, with
# gigabytes beside it. The dry run asks which build pip would take before anything is fetched.
PIP_TORCH = $(BIN)/python -m pip install --extra-index-url $(TORCH_INDEX) --retries 0 --timeout 15
$(VENV)/.torch: | $(VENV)/bin/python
	@if [ "$${ALLOW_CUDA:-}" != 1 ] && [ "$$(uname -sm)" = "Linux x86_64" ]; then \
		echo "Tìm bản PyTorch chỉ dùng CPU ($(TORCH)) ..."; \
		$(PIP_TORCH) -q --dry-run --ignore-installed --no-deps --report $(VENV)/torch.json $(TORCH) 2>$(VENV)/torch.log || { \
			cat $(VENV)/torch.log; exit 1; }; \
		grep -q '"version": "[0-9.]*+cpu"' $(VENV)/torch.json || { \
			echo "Không lấy được bản PyTorch chỉ dùng CPU cho Python này (nguồn: $(TORCH_INDEX))."; \
			echo "Cách khắc phục: kiểm tra mạng rồi chạy lại, hoặc chấp nhận bản CUDA nặng nhiều GB: make install ALLOW_CUDA=1"; \
			exit 1; }; fi
	$(PIP_TORCH) -q $(TORCH)
	touch $@

$(VENV)/.ready: pyproject.toml $(VENV)/.torch
	$(BIN)/python -m pip install -q -e .
	touch $@

$(VENV)/.ready-test: $(VENV)/.ready
	$(BIN)/python -m pip install -q -e ".[test]"
	touch $@
