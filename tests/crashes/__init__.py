"""Processes killed, databases restarted and disks filled on the way of a payment: which case is proved where.

Of the reliability design (§3 e.3, §6), each on both databases unless it is about one of them.

| Case | What happens | Proved in |
|---|---|---|
| K0-K9, C39-C42, C44 | killed at each step, web and worker | `test_kill_points.py` |
| C39 | no intent at the provider | `orders/test_sweeping.py` |
| C40 | an event comes before the reference | `orders/test_inbox.py` |
| C44 | killed after the mail was taken | `messaging/test_crash.py` |
| C45 | PostgreSQL restarted under load | `test_a_server_restarted.py` |
| C46 | connection cut at COMMIT | `test_a_connection_cut.py` |
| C47 | deadlock, serialization, lock timeout | `test_giving_way.py` |
| C49 | read, then write, with plain BEGIN | `architecture/rules/acting.py`, `test_sqlite_files.py` |
| C50, C51 | power cut, full disk | `test_sqlite_files.py` |
| C52 | the log cannot be written | `test_log_that_fails.py` |
| C54 | the mail server refuses, delays, is mute | `messaging/test_sending.py` |
| C54, C55 | it is away for an hour, or slow | `test_mail_server_away.py` |
| C56, C57, C59 | the provider is down, slow, fails after success | `orders/test_sweeping.py` |
| C57 | no transaction is open at any call to the outside | `test_nothing_open_outside.py` |
| C60 | a capture is refused for good | `orders/test_cancelling.py`, `storefront/test_undone.py` |
| C61 | the last moment to capture is near | `orders/test_sweeping.py` |
| C62 | the clock jumps | `test_clock_jumps.py` |
| C64 | a worker comes back after a day | `test_a_day_of_jobs.py` |
| C65 | a poisoned job | `outbox/test_failing.py` |
| C69 | a cache is wiped | there is none: limits are counted by each process for itself |
| C70 | rotten cookies, another secret | `test_cookies_that_rot.py` |
| M159 | a sum the provider cannot take | `pricing/test_payable.py`: rounded once, before it is shown |
| M165 | refunds in parts | `orders/test_refunding.py` |
| M166 | currencies that differ | `selections/test_checks.py`; at the provider `orders/test_inbox.py` |
| M167 | another total is sent | `storefront/test_delivery.py`; at the provider `orders/test_placing.py` |
| M171 | the daily comparison | `orders/test_reconciling.py` |
| M172 | a dispute | `orders/test_disputing.py` |
"""
