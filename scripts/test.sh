#!/bin/sh
# Runs every test on SQLite and on a PostgreSQL of its own, browser journeys included. Arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh dev
CHROMIUM=$(scripts/browser.sh)
export CHROMIUM
# Two workers, whatever the machine has: the figures of the house are for two cores.
exec .venv/bin/python -m pytest --numprocesses="${WORKERS:-2}" --dist=worksteal --durations=20 --durations-min=0 "$@"
