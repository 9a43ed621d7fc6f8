.DEFAULT_GOAL := help
SHELL := /bin/sh
.NOTPARALLEL:
export GOFLAGS := $(GOFLAGS) -buildvcs=false

LINT_VERSION := v2.15.0
LINT := .bin/golangci-lint-$(LINT_VERSION)

# Where things run side by side, so tested under the race detector.
RACY := ./app/live/... ./app/chat/... ./app/web/... ./app/work/... ./db/...
RACY_NAMES := ^rejoin/(app/(live|chat|web|work)|db)(/|$$)
BROWSER_NAMES := ^rejoin/app/e2e(/|$$)

.PHONY: help
help: ## Explain every target (this text)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Start Rejoin with its demo brand and own PostgreSQL on http://127.0.0.1:8080
	go run ./app demo

.PHONY: dev
dev: ## Like run, built anew and restarted whenever a source changes
	@exec sh .ci/dev

.PHONY: test
test: current format vet lint test-go test-browser ## Everything that must hold: generated code, format, vet, lint, imports, PostgreSQL, browser

.PHONY: test-go
test-go: ## The tests that need no browser, with the race detector where things run side by side
	@sh .ci/need compiler postgresql
	go test -race $$(go list $(RACY))
	go test $$(go list ./... | grep -vE '$(RACY_NAMES)' | grep -vE '$(BROWSER_NAMES)')

.PHONY: test-browser
test-browser: ## The browser tests, in real Chromium; what failed is kept in app/e2e/failures
	@sh .ci/need chromium postgresql
	go test -count=1 -p 1 -timeout 20m ./app/e2e/...

.PHONY: bench
bench: ## Measure beside yardsticks of the same run: a table, and JSON (ARGS=--quick for a shorter one)
	go run ./app bench $(ARGS)

.PHONY: chaos
chaos: ## Prove under fire that every due message is emailed exactly once (ARGS="--seed 7" repeats a plan)
	@sh .ci/need postgresql
	go run ./app chaos $(ARGS)

# Public mail that the parser is measured against; it is no part of the project.
CORPORA ?= ../shared/corpora

.PHONY: score
score: ## Measure the mail parser over public mail (CORPORA=folder, ARGS=-v names each case); below its gates it fails
	@go run ./app mail score $(ARGS) $(CORPORA)

.PHONY: generate
generate: ## Generate the Go code of every template
	go tool templ generate

.PHONY: current
current: ## Fail when the generated code is not what its templates say
	@sums() { find . -name '*_templ.go' | LC_ALL=C sort | xargs cksum; }; \
	before=$$(sums); go tool templ generate -log-level error; after=$$(sums); \
	[ "$$before" = "$$after" ] || { echo "generated code was not current: commit what 'make generate' makes" >&2; exit 1; }

.PHONY: fmt
fmt: ## Format the Go code and the templates
	gofmt -w app db mail views locales static
	go tool templ fmt -log-level error .

.PHONY: format
format: ## Fail when Go code is not formatted
	@wrong=$$(gofmt -l app db mail views locales static); \
	[ -z "$$wrong" ] || { echo "not formatted (make fmt): $$wrong" >&2; exit 1; }

.PHONY: vet
vet: ## Let the compiler's own checks look at everything
	go vet ./...

.PHONY: lint
lint: $(LINT) ## Lint by .golangci.yml, with a pinned golangci-lint in .bin
	$(LINT) run

$(LINT):
	@mkdir -p .bin
	GOBIN="$(CURDIR)/.bin" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv .bin/golangci-lint $@

.PHONY: build
build: ## Build the one binary into .bin/rejoin
	go build -trimpath -o .bin/rejoin ./app

.PHONY: clean
clean: ## Remove what was built, kept of failures, and the demo's data
	rm -rf .bin .data app/e2e/failures
