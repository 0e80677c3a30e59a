#!/bin/sh
# Races and kills for hours and prints a table; goes on where it stopped. Arguments go to the run, e.g. --rounds 20.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh dev
exec .venv/bin/python -m tests.races.torture "$@"
