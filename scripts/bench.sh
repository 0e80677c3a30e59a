#!/bin/sh
# Measures the journey create → open → complete on both databases beside a minimal program. Arguments go to bench.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh dev
exec .venv/bin/python -m bench "$@"
