# make            lists the targets
# make T VAR=...  variables: ARGS (of conformance), RUNS, FOR, RATE, SEED, MODE, FUZZTIME, COUNT, BENCH, PKG, VULNDB

GO       ?= go
LINT      = $(GO) tool -modfile=internal/tools/lint/go.mod
PKG      ?= ./...
RUNS     ?= 50
FOR      ?= 10m
RATE     ?= 200
SEED     ?= 1
MODE     ?= strict
FUZZTIME ?= 30s
COUNT    ?= 6
BENCH    ?= .
ARGS     ?=
VERSION  ?=
# Packages tested at once. Many tests wait more than they compute, so at least 4.
ATONCE   ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 4 ? 4 : n)))
VULNDB   ?= https://vuln.go.dev

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c

.PHONY: help build test conformance examples mutants explore soak attack soak-conformance lint bench bench-peers fuzz e2e-kubernetes generate track-record dist clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | expand -t 18

build: ## build the commands into bin/
	@mkdir -p bin
	$(GO) build -o bin/ ./cmd/...

# Modules of their own, so that the module's requirements stay few.
MODULES = deploy/kubernetes internal/outsider

test: ## run all tests under the race detector
	$(GO) test -race -p $(ATONCE) $(PKG)
	@for dir in $(MODULES); do echo "$(GO) -C $$dir test ./..."; $(GO) -C "$$dir" test ./...; done

conformance: build ## run the suite on the built-in server; the report goes to report/
	bin/conformance -report report $(ARGS)

examples: build ## run the examples of the documentation as written (ports 1935, 1985, 8085, 8090)
	$(GO) test -count=1 ./docs -run '^TestExamples$$' -parallel 2 -examples

mutants: build ## plant defects in servers, which the suite must catch, and legal oddities, which it must not accuse
	bin/conformance mutants $(ARGS)

# MODE=strict: an event that a link loses is lost. MODE=retry: closing events are sent again.
explore: build ## explore the built-in server for FOR (10m), and look for each planted defect: after how many programs
	bin/conformance explore -for $(FOR) -seed $(SEED) $(ARGS)
	bin/conformance explore -mutants all -seed $(SEED)

soak: ## churn for FOR (10m) at RATE (200) clients a second while all links fail, and settle the books
	$(GO) test -count=1 -timeout 0 -v -run '^TestBooks$$/^$(MODE)$$' ./internal/test/soak -soak.for $(FOR) -soak.rate $(RATE) -soak.seed $(SEED)

attack: build ## put the server under ten attacks for 5 minutes and print what honest clients felt, against bounds
	$(GO) run ./internal/tools/attack -bin bin $(ARGS)

# The race detector, one thread, and a CPU hog beside it: what depends on timing shows.
# The hog ends with its shell, however that ends.
soak-conformance: ## run the suite RUNS times (50) under race detector and load
	@mkdir -p bin
	$(GO) build -race -o bin/conformance-race ./cmd/conformance
	@(while kill -0 $$$$ 2>/dev/null; do for i in {1..10000}; do :; done; done) & \
	hog=$$!; trap 'kill $$hog' EXIT; \
	for run in $$(seq $(RUNS)); do \
		echo "run $$run of $(RUNS)"; \
		GOMAXPROCS=1 bin/conformance-race -quiet -report report/soak $(ARGS) > bin/soak.txt 2>&1 || { \
			code=$$?; cat bin/soak.txt; echo "run $$run of $(RUNS): exit code $$code; see report/soak"; exit 1; }; \
	done; \
	echo "$(RUNS) runs passed"

# A database that cannot be reached is skipped with a message, and nothing else
# is: a finding is exit code 3, whatever its text says.
lint: ## gofmt, go vet, staticcheck, revive, govulncheck (VULNDB=file:///... where there is a copy of its database)
	@files=$$(gofmt -l .); [ -z "$$files" ] || { echo "gofmt would change:"; echo "$$files"; exit 1; }
	$(GO) vet ./...
	$(LINT) staticcheck ./...
	$(LINT) revive -config .ci/revive.toml -set_exit_status ./...
	@echo "$(LINT) govulncheck -db $(VULNDB) ./..."; code=0; \
	out=$$($(LINT) govulncheck -db '$(VULNDB)' ./... 2>&1) || code=$$?; \
	if [ $$code -eq 1 ] && grep -q '^govulncheck: fetching vulnerabilities: ' <<< "$$out"; then \
		echo "govulncheck skipped: its database $(VULNDB) cannot be reached"; \
	else echo "$$out"; exit $$code; fi

bench: ## run benchmarks COUNT times (6) into bin/bench.txt, for benchstat
	@mkdir -p bin
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) $(PKG) | tee bin/bench.txt

# Peers are programs that are on the machine already; those not named are left out.
bench-peers: build ## measure server and loadgen beside SRS=, NGINX=, SB_LOAD=, SB_PUBLISH= (paths)
	$(GO) build -o bin/ ./internal/tools/peerbench
	bin/peerbench -bin bin -srs '$(SRS)' -nginx '$(NGINX)' -sb-load '$(SB_LOAD)' -sb-publish '$(SB_PUBLISH)' $(ARGS)

# Go's own time for minimizing an input, a minute, is longer than most runs.
fuzz: ## run every fuzz target for FUZZTIME (30s)
	@mkdir -p bin
	@$(GO) test -list '^Fuzz' $(PKG) | awk '/^Fuzz/ {f[n++] = $$1} /^ok/ {while (n) print $$2, f[--n]}' > bin/fuzz.txt
	@while read -r pkg target; do \
		$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$pkg" < /dev/null; \
	done < bin/fuzz.txt

e2e-kubernetes: build ## play the README's test and disturbed ones on the cluster of KUBECONFIG
	deploy/kubernetes/e2e.sh

generate: ## write the tables of docs/requirements.md and docs/servers.md anew
	$(GO) generate ./features ./docs

track-record: ## write docs/track-record.md anew from docs/track-record.yaml
	$(GO) test -count=1 ./docs -run '^TestTrackRecord$$' -update

dist: ## build static binaries for Linux, macOS and Windows into dist/, with checksums (VERSION=)
	GO='$(GO)' VERSION='$(VERSION)' .ci/dist

clean: ## remove what the targets wrote
	rm -rf bin dist report
