#!/bin/sh
# Brings Python into the house's form: sorted imports, what ruff can mend, one layout.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh dev
.venv/bin/ruff check --quiet --fix .
exec .venv/bin/ruff format .
