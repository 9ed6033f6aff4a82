# Everything people type. `make` alone tells.
SHELL := /bin/bash
# The build folder may lie outside the checkout, so that repeats are quick (X8_TARGET_DIR).
export CARGO_TARGET_DIR ?= $(or $(X8_TARGET_DIR),$(CURDIR)/target)
HAVE_NODE := $(shell command -v npm 2>/dev/null)

.PHONY: help run demo test test-rust test-web rehearse check schema bench web tools fmt

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: web ## Build and start everything in one process; prints one address
	cargo run --release -p x8 -- serve

demo: web ## The same with two demo companies that move by themselves
	cargo run --release -p x8 -- demo

web: ## Build the web application into web/dist (skipped, and said so, without Node)
ifdef HAVE_NODE
	scripts/web-build
else
	@echo "Node.js is not installed: the web application is not built; the API and the playground work without it."
endif

test: tools test-rust test-web rehearse ## All tests: Rust on SQLite and PostgreSQL, web, browser, rehearsals
	@scripts/closing-line

test-rust: ## Rust tests on SQLite and PostgreSQL
	scripts/need-postgres
	cargo nextest run --workspace --no-fail-fast

test-web: web ## Types, units and the browser against the real binary
	cargo build -p x8
	cargo build -p testkit --example platforms
	scripts/web-test

rehearse: ## Play all rehearsals on SQLite and on PostgreSQL
	cargo build -p x8
	scripts/rehearse-both

check: tools ## Formatting, lints, documentation, arrows, the image, licences, schema drift
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
	scripts/arrows
	scripts/image
	cargo deny --log-level error check bans licenses sources
	scripts/schema-drift

schema: ## Print the GraphQL schema into schema.graphql
	cargo run -q -p x8 -- schema > schema.graphql.new && mv schema.graphql.new schema.graphql

bench: ## Figures, each beside a limit measured in the same run
	scripts/bench

fmt: ## Format everything
	cargo fmt --all

tools: ## Bring what tests and checks need
	scripts/need-tools
