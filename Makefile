# The whole interface for people. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready $(VENV)/triton/.ready
TRITON := services/liveclass/triton
TESTS ?= tests/unit tests/integration tests/e2e

define FIND_LIBPYTHON
import ctypes, os, sysconfig
name = "libpython%s.so.1.0" % sysconfig.get_config_var("LDVERSION")
beside = os.path.join(sysconfig.get_config_var("LIBDIR"), name)
ctypes.CDLL(beside if os.path.exists(beside) else name)
endef
export FIND_LIBPYTHON

.DEFAULT_GOAL := help
.PHONY: help setup demo up test images test-deploy test-apiserver fuzz bench soak docs lint pagetypes format proto kernels dashboards pins clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## a .venv with everything, pinned, and in .venv/triton the local Triton's packages

$(VENV)/.ready: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] < (3, 13))' || \
	  { echo "liveclass needs Python 3.10, 3.11 or 3.12; this is `$(PYTHON) --version 2>&1`. Try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -c "$$FIND_LIBPYTHON" 2>/dev/null || \
	  { echo "Triton needs Python's shared library. On Debian and Ubuntu: sudo apt-get install libpython$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned packages into $(VENV) (about 2.6 GB, a minute or two) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Triton's own package needs numpy 1, which holds OpenCV at old versions: an environment of its own.
$(VENV)/triton/.ready: $(TRITON)/requirements.txt $(VENV)/.ready
	@echo "Installing Triton and TensorFlow into $(VENV)/triton (about 1.8 GB, a minute) …"
	@test -x $(VENV)/triton/bin/python || $(PYTHON) -m venv $(VENV)/triton
	@$(VENV)/triton/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

demo: $(READY) ## the whole path on a real photograph: faces, scores, timeline
	@$(BIN)/liveclass demo

up: $(READY) ## Triton, both services and the HTTP edge in the foreground, until Ctrl-C
	@$(BIN)/liveclass up

test: $(READY) ## every test; TESTS=tests/unit for some of them
	@$(BIN)/pytest $(TESTS)

images: ## the images for one machine, by buildah and without a registry; BASE=… to stand on another base
	@deploy/docker/build_images.sh

test-deploy: $(READY) build/compose/.ready ## those images as pods and by compose, with podman: from nothing to a classified frame
	@$(BIN)/pytest tests/deploy

build/compose/.ready: tests/deploy/requirements.txt
	@$(PYTHON) -m venv build/compose
	@build/compose/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

fuzz: $(READY) ## mutated pictures, requests and tokens against what takes them; SECONDS=60 of each
	@status=0; for each in images rpcs tokens; do \
	  $(BIN)/python tests/fuzz/$$each.py --seconds $(or $(SECONDS),60) --count 1000000 || status=1; \
	done; exit $$status

test-apiserver: $(READY) ## the manifests against a real kube-apiserver, built from its Go module (minutes, the first time)
	@PATH="$$PATH:$$(tests/apiserver/build.sh)" $(BIN)/pytest tests/integration/test_deploy_apiserver.py

UNTRACED := test_training_* test_publish_*
coverage: $(VENV)/.ready ## the unit tests but the training's, and that their branch coverage has not fallen
	@$(BIN)/pytest tests/unit $(UNTRACED:%=--ignore-glob='*/%') --cov --cov-report=term:skip-covered

bench: $(READY) build/peers/.ready ## every figure of docs/benchmarks.md, measured in one run
	@$(BIN)/python tests/bench/run.py

soak: $(READY) ## everything at once on a real stack, with kills and hung parts; SECONDS=600
	@SECONDS=$(or $(SECONDS),600) $(BIN)/python tests/soak/run.py

build/peers/.ready: tests/bench/peers.txt
	@$(BIN)/python -m venv build/peers
	@build/peers/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
	  > $$(build/peers/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/ours.pth
	@touch $@

docs: build/docs/.ready ## the documentation as a site in build/site, every link checked
	@NO_MKDOCS_2_WARNING=1 build/docs/bin/mkdocs build --strict
	@echo "built: build/site; to read it: $(PYTHON) -m http.server --bind 127.0.0.1 --directory build/site 8090"

build/docs/.ready: docs/requirements.txt
	@$(PYTHON) -m venv build/docs
	@build/docs/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

lint: $(READY) ## style, types, and what is generated must not have drifted
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory pagetypes; else echo "no npm here: the page's types were not checked"; fi
	@$(BIN)/python proto/generate.py --check
	@$(BIN)/python proto/openapi.py --check
	@$(BIN)/python services/liveclass/vision/kernels/generate.py --check
	@$(BIN)/python deploy/grafana/dashboards.py --check
	@$(BIN)/python deploy/prometheus/prometheus_rule.py --check

pagetypes: build/node/.ready ## the page's JavaScript against the OpenAPI document (needs Node.js)
	@build/node/node_modules/.bin/openapi-typescript services/liveclass/web/openapi.json -o build/node/api.d.ts >build/node/api.log 2>&1 || { cat build/node/api.log; exit 1; }
	@build/node/node_modules/.bin/tsc -p services/liveclass/web

build/node/.ready: Makefile
	@mkdir -p build/node
	@npm install --silent --no-audit --no-fund --no-package-lock --prefix build/node typescript@5.9.3 openapi-typescript@7.13.0 uplot@1.6.32 axe-core@4.14.1
	@touch $@

format: $(READY) ## put the style right
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

proto: $(READY) ## stubs and the OpenAPI document from the contracts
	@$(BIN)/python proto/generate.py
	@$(BIN)/python proto/openapi.py

kernels: $(READY) ## the face search for the compiler in the services, from its Python
	@$(BIN)/python services/liveclass/vision/kernels/generate.py

dashboards: $(READY) ## Grafana's dashboards and the operator's rules, from their Python
	@$(BIN)/python deploy/grafana/dashboards.py
	@$(BIN)/python deploy/prometheus/prometheus_rule.py

pins: $(READY) ## new pins for every requirements*.txt (needs uv); requirements.txt is what the services image holds
	uv pip compile pyproject.toml --all-extras $(PIN) -o requirements-dev.txt
	uv pip compile pyproject.toml --extra services --extra postgres --extra tracing $(PIN) -c requirements-dev.txt -o requirements.txt
	uv pip compile $(TRITON)/requirements.in $(PIN) -o $(TRITON)/requirements.txt
	uv pip compile docs/requirements.in $(PIN) -o docs/requirements.txt
	uv pip compile deploy/docker/sbom-requirements.in $(PIN) -o deploy/docker/sbom-requirements.txt
	uv pip compile tests/deploy/requirements.in $(PIN) -o tests/deploy/requirements.txt
PIN := --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --quiet --upgrade

clean: ## remove what was built, the .venv included
	rm -rf $(VENV) build
