#!/bin/sh
# Takes the pictures of the README from a running demo shop.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh dev
CHROMIUM=$(scripts/browser.sh)
export CHROMIUM PYTHONPATH=.
exec .venv/bin/python scripts/screenshots.py "$@"
