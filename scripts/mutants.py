"""Reads what `mutmut run` left in mutants/: the score and what survived; exits 1 below the limit."""

import subprocess
import sys
from collections import Counter

LEAST = 90.0
NOTICED = {"killed", "timeout", "segfault"}


def main() -> int:
    """Print it."""
    told = subprocess.run([sys.executable, "-m", "mutmut", "results", "--all", "true"], check=True,
                          capture_output=True, text=True).stdout
    found = [line.strip().rsplit(": ", 1) for line in told.splitlines() if ": " in line]
    counted = Counter(state for _, state in found if state != "not checked")
    whole, noticed = sum(counted.values()), sum(counted[state] for state in NOTICED)
    print(*(f"{state}: {name}" for name, state in found if state not in NOTICED), sep="\n")
    score = 100 * noticed / whole if whole else 0.0
    print(f"{noticed} of {whole} changes noticed: {score:.1f} % (limit {LEAST:.0f} %)")
    return 0 if score >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
