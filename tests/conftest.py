"""Loads the harness; what a test asks for lies in `tests/harness`, one file per thing."""

import pytest

pytest_plugins = [
    "tests.harness.databases",
]


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Keep pytest-flask from pushing its request context around every test: it makes all clients share one `g`,
    so that an anonymous client is served the pages of the one that logged in."""
