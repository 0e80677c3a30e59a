"""What every rung may use and nothing of ours: clock, database base, money, errors, tokens, lifecycle, paging."""
