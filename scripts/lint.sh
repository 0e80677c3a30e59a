#!/bin/sh
# The house's own checks: style, types, templates, imports, and the rules under tests/architecture.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh dev
exec .venv/bin/python -m pytest --quiet tests/architecture "$@"
