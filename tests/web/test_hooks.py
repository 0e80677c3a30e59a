"""What runs around every request is what the portal asked for: extensions add nothing of their own."""

from flask import Flask


def test_rate_limits_and_remembered_log_ins_hook_into_no_request(app: Flask) -> None:
    hooks = [hook for kind in (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
             for functions in kind.values() for hook in functions]
    assert not [hook for hook in hooks if hook.__module__.startswith(("flask_limiter", "flask_login"))]
