"""Where mail programs fetch the pictures of a mail: under the portal's own address, which a process is told once."""

_base_url = ""


def serve_from(base_url: str) -> None:
    """Let pictures be fetched under `base_url`, which comes from configuration and never from a request."""
    global _base_url
    _base_url = base_url


def logo_url(digest: str | None) -> str | None:
    """The address of a site's logo as a PNG; None where it has none."""
    return f"{_base_url}/brand/logo/{digest}.png" if digest else None


def photo_url(digest: str | None) -> str | None:
    """The address of a person's photo; None where they have none."""
    return f"{_base_url}/brand/photo/{digest}" if digest else None
