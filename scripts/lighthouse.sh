#!/bin/sh
# Weighs every public page of a running demo shop with Lighthouse, as a slow phone sees it.
# Needs node and npm: Lighthouse is fetched into .tools once. `scripts/lighthouse.sh landing receipt` weighs some.
set -eu
cd "$(dirname "$0")/.."
LIGHTHOUSE=12.8.2
scripts/sync.sh dev
CHROMIUM=$(scripts/browser.sh)
[ -n "$CHROMIUM" ] || exit 1
if [ "$(.tools/lighthouse/node_modules/.bin/lighthouse --version 2>/dev/null)" != "$LIGHTHOUSE" ]; then
  npm install --silent --no-audit --no-fund --prefix .tools/lighthouse "lighthouse@$LIGHTHOUSE"
fi
export CHROMIUM PYTHONPATH=.
exec .venv/bin/python scripts/lighthouse.py "$@"
