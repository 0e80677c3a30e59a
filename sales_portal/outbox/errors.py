"""What a handler raises when its job failed for a reason a person can read; any other exception is a defect."""

from datetime import datetime


class KnownFailure(Exception):
    """The job failed this time and is tried again; the text says why in words."""


class PermanentFailure(KnownFailure):
    """Trying again cannot help: the job is given up at once."""


class NotYet(KnownFailure):
    """The job cannot be done before `until`: it waits till then, and this does not count as a try."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"Not before {until:%Y-%m-%d %H:%M:%S}")
        self.until = until


class OtherSideDown(KnownFailure):
    """The server the job talks to does not answer: other jobs of the topic rest a while too."""
