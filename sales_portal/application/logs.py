"""How the portal logs: one JSON object a line on standard error, tracebacks without the values of variables."""

import sys
from contextlib import suppress

import structlog


class Unfailing(structlog.WriteLogger):
    """Writes a line, or does without it where the disk is full: nobody's checkout ends for the sake of a log."""

    def msg(self, message: str) -> None:
        """Write `message` as a line."""
        with suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


def configure() -> None:
    """Set the process's logging up, once.

    Left to itself structlog prints the local variables of every frame, secrets included.
    """
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        # Looked up for each line: whoever redirects standard error later is followed.
        logger_factory=lambda *_: Unfailing(sys.stderr))
