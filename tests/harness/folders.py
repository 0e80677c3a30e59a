"""Folders a test run makes for itself, and those a killed run left behind."""

import os
import shutil
import tempfile
from pathlib import Path


def own_folder(prefix: str, inside: str | None = None) -> Path:
    """A new folder of this process; removes those of the same kind whose process is gone."""
    parent = Path(inside or tempfile.gettempdir())
    for folder in parent.glob(f"{prefix}*"):
        if not _is_owned(folder.name.removeprefix(prefix).split("-")[0]):
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=parent))


def _is_owned(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (ValueError, PermissionError):
        return True
    return True
