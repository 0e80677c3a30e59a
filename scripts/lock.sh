#!/bin/sh
# Resolves pyproject.toml anew into uv.lock and exports the two hashed files pip falls back on.
# The lock names PyPI only, whatever index this machine is set up with. Arguments go to `uv lock`, e.g. --upgrade.
set -eu
cd "$(dirname "$0")/.."

uv=uv
uv --version >/dev/null 2>&1 || uv=.tools/bin/uv
"$uv" lock --no-config --default-index https://pypi.org/simple "$@"
"$uv" export --quiet --frozen --no-dev --no-emit-project --no-header --no-annotate --output-file requirements.lock >/dev/null
"$uv" export --quiet --frozen --dev --no-emit-project --no-header --no-annotate --output-file requirements-dev.lock >/dev/null
