# Two cores and twenty minutes are enough for « make test ». Longer drills have targets of their own.
GO      ?= go
RELEASE ?= $(shell git describe --tags --always 2>/dev/null || echo inconnue)
FLAGS   := -trimpath -tags osusergo,netgo,sqlite_omit_load_extension -ldflags '-s -w -extldflags=-static -X main.release=$(RELEASE)'

# The school roll that the demonstration ships is also the real example of the tests.
export MARELLE_DONNEES ?= $(CURDIR)/db/demo

.PHONY: build test check unit browser race tools bench drill-kill drill-places fuzz screenshots help-pictures clean

build: ## one static file: ./marelle
	$(GO) build $(FLAGS) -o marelle .

test: tools check unit browser ## everything: format, vet, static analysis, tests with -race, journeys in Chromium

check:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

unit: ## every rule, operation and page, with the race detector; the longest package begins
	$(GO) test -race -timeout 15m ./handlers $$($(GO) list ./... | grep -v '^marelle$$\|^marelle/handlers$$')

browser: ## the journeys and every screen in Chromium; « make race » runs them with the race detector, which takes half as long again
	$(GO) test -timeout 18m .
	$(GO) test -run '^TestFormsOf' ./handlers

race:
	$(GO) test -race -timeout 60m .

tools: ## chromium and axe-core, installed when they are missing
	@sh .ci/tools

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

drill-kill: ## kill -9 the real program 2,000 times while parents validate
	MARELLE_KILLS=2000 $(GO) test -run TestKilledWhileParentsValidate -v -timeout 60m .

drill-places: ## 1,000 simultaneous validations of the last ten places, fifty times
	MARELLE_RUSHES=50 $(GO) test -run TestLastTenPlaces -v -timeout 60m .

fuzz:
	$(GO) test -run '^$$' -fuzz FuzzReadRoll -fuzztime 5m ./portal
	$(GO) test -run '^$$' -fuzz FuzzReadFamilies -fuzztime 5m ./portal

screenshots: ## every screen into .cache/images; those of the README into docs/images
	mkdir -p .cache/images
	MARELLE_PICTURES=$(CURDIR)/.cache/images $(GO) test -count 1 -run TestPictures .
	cp .cache/images/calendrier-1280-light.png .cache/images/calendrier-390-dark.png .cache/images/recapitulatif-390-light.png docs/images/

help-pictures: ## the pictures of the help pages, from the demonstration
	MARELLE_AIDE=$(CURDIR)/static/aide $(GO) test -count 1 -run TestHelpPictures .

clean:
	rm -rf marelle .cache
