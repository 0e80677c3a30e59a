"""Loads the harness; what a test asks for lies in `tests/harness`, one file per thing."""

import pytest

pytest.register_assert_rewrite("tests.harness", "tests.make")

pytest_plugins = [
    "tests.harness.app",
    "tests.harness.browser",
    "tests.harness.databases",
    "tests.harness.kept",
    "tests.harness.mail",
    "tests.harness.paying",
    "tests.harness.receiver",
    "tests.harness.server",
    "tests.harness.statements",
    "tests.harness.time",
    "tests.harness.worker",
]


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Keep pytest-flask from pushing its request context around every test: it makes all clients share one `g`,
    so that an anonymous client is served the pages of the one that logged in."""
