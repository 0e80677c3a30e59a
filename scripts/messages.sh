#!/bin/sh
# Brings the catalogues of translations up to date with the texts of the program and says what they lack.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh dev
exec .venv/bin/python -m scripts.messages
