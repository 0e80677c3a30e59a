# Each target is a script of the same name; `./portal NAME` does the same where make is missing.
# Settings are passed on: make run PORT=5077, make run DATABASE_URL=postgresql://…, make test ARGS="tests/links -k revoke"

.PHONY: run test bench mutants changes torture lint format messages screenshots lighthouse

run:
	@exec scripts/run.sh

test:
	@exec scripts/test.sh $(ARGS)

bench:
	@exec scripts/bench.sh $(ARGS)

mutants:
	@exec scripts/mutants.sh $(ARGS)

changes:
	@exec scripts/changes.sh

torture:
	@exec scripts/torture.sh $(ARGS)

lint:
	@exec scripts/lint.sh

format:
	@exec scripts/format.sh

messages:
	@exec scripts/messages.sh

screenshots:
	@exec scripts/screenshots.sh

lighthouse:
	@exec scripts/lighthouse.sh $(ARGS)
