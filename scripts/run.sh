#!/bin/sh
# Starts the portal: environment, database, demo shop, web and worker. PORT, HOST and DATABASE_URL change where.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh run
# Some machines keep Python from storing what it compiled; compiling is half of a start.
export PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$PWD/.venv/pycache"
exec .venv/bin/python -m sales_portal.application
