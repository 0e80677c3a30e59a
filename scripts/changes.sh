#!/bin/sh
# Asks of every small change to what places orders and takes, gives up and gives back their money whether a test on
# SQLite notices it; prints the score and what none noticed, and exits 1 below 90 %. It takes about half an hour.
set -eu
cd "$(dirname "$0")/.."
scripts/sync.sh dev
mkdir -p .tools
rm -rf .tools/changes
parts=${WORKERS:-2}
part=0
while [ "$part" -lt "$parts" ]; do
  PART=$part PARTS=$parts PYTHONPATH=. .venv/bin/python -m pytest -q -p scripts.noticing -p no:cacheprovider \
    -k "not postgresql and not browser" tests/orders tests/payments tests/automation/test_money_without_an_order.py \
    tests/automation/test_undo_asking.py tests/automation/test_order_mails.py tests/automation/test_payment_failed.py \
    tests/desk/test_order_undo.py tests/storefront/test_undone.py >".tools/changes-$part.log" 2>&1 &
  part=$((part + 1))
done
wait
PYTHONPATH=. exec .venv/bin/python scripts/changes.py
