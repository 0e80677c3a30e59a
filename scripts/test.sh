#!/bin/sh
# Runs every test on SQLite and on a PostgreSQL of its own, browser journeys included. Arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh dev
CHROMIUM=$(scripts/browser.sh)
export CHROMIUM
# Some machines keep Python from storing what it compiled; the tests start dozens of processes that would compile it anew.
export PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$PWD/.venv/pycache"
# Two workers, whatever the machine has: the figures of the house are for two cores.
exec .venv/bin/python -m pytest --numprocesses="${WORKERS:-2}" --dist=worksteal --durations=20 --durations-min=0 "$@"
