# Wangge: two commands for most people, `make demo` and `make test`; `make help` names the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PAGE := $(shell find web/src -type f 2>/dev/null) $(wildcard web/*.html) web/vite.config.ts web/dev.mjs web/preload.mjs web/tsconfig.json web/svelte.config.js styles/palettes.mjs

.PHONY: help
help: ## What can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: demo
demo: tools page ## Build everything, make the demo county if there is none, serve http://127.0.0.1:8080
	cargo build --release
	./target/release/wangge demo

.PHONY: test
test: tools debian ## All set-up, then every test; ends with the counts
	tests/all

.PHONY: torture
torture: tools debian page ## The large counts: every Rust test, the slow ones too, optimised; servers by themselves, with figures
	WANGGE_TORTURE=1 cargo test --release -- --include-ignored --skip servers::
	WANGGE_TORTURE=1 cargo test --release --test it servers:: -- --include-ignored --nocapture --test-threads=1

.PHONY: bench
bench: tools ## The criterion benches
	cargo bench

.PHONY: bless
bless: tools styles ## Rewrite the snapshots and the styles, then look at `git diff`
	WANGGE_BLESS=1 cargo test

.PHONY: judge
judge: tools page ## GEOS judges the demo county's tiles, also after 500 random edits, schemathesis every answer by /openapi.json; SEED=n others (needs python3 with venv)
	tests/judge/run $(if $(SEED),--seed $(SEED))
	tests/judge/redraw.sh 500 $(if $(SEED),$(SEED),1)
	tests/judge/openapi.sh

.PHONY: fmt
fmt: ## Format the Rust code
	cargo fmt

.PHONY: page
page: web/dist/index.html ## Build the page into web/dist, from where the binary embeds it

web/dist/index.html: web/node_modules/.package-lock.json $(PAGE)
	cd web && npm run build
	@# cargo follows the files that were embedded, but does not see new ones appear
	@touch src/http/page.rs

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-fund --no-audit
	@touch $@

.PHONY: styles
styles: ## Write styles/day.json and styles/night.json from styles/build.mjs
	node styles/build.mjs

# What must be there before anything else; says what is missing and where it comes from.
.PHONY: tools
tools:
	@missing=0; need() { echo "missing: $$1" >&2; missing=1; }; \
	command -v cargo >/dev/null || need "cargo (Rust, stable, 1.95 or later): https://rustup.rs"; \
	if command -v node >/dev/null; then \
	  node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>22||a===22&&b>=12||a===20&&b>=19?0:1)' \
	    || need "node 20.19 or later, or 22.12 or later (found $$(node -v)): https://nodejs.org"; \
	else need "node 20.19 or later: https://nodejs.org"; fi; \
	command -v npm >/dev/null || need "npm (it comes with node)"; \
	command -v cc >/dev/null || need "a C compiler, for the bundled SQLite: apt-get install build-essential"; \
	exit $$missing

.PHONY: debian
debian:
	@tests/debian
