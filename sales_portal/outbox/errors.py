"""What a handler raises when its job failed for a reason a person can read; any other exception is a defect."""


class KnownFailure(Exception):
    """The job failed this time and is tried again; the text says why in words."""


class PermanentFailure(KnownFailure):
    """Trying again cannot help: the job is given up at once."""


class OtherSideDown(KnownFailure):
    """The server the job talks to does not answer: other jobs of the topic rest a while too."""
