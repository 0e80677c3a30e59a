#!/bin/sh
# Asks of every small change to the code that computes money whether a test notices it; prints the score and what
# survived, and exits 1 below 90 %. `make mutants` runs all; results stay in mutants/ until the code changes.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh dev
.venv/bin/mutmut run --max-children "${WORKERS:-2}" "$@" >mutants.log 2>&1 || { tail -40 mutants.log >&2; exit 1; }
exec .venv/bin/python scripts/mutants.py
