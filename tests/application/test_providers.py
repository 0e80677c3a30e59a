"""Payment providers are what the configuration names, and say what they lack."""

import sys
from pathlib import Path

import pytest
from flask import Flask

from sales_portal.application import config, providers
from sales_portal.application.config import BadConfiguration

KEYS = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_PUBLISHABLE_KEY": "pk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}


def named(**settings: object) -> Flask:
    app = Flask("sales_portal")
    app.config.update({"GATEWAYS": ("stripe",), **KEYS, **settings})
    return app


def test_stripe_is_made_of_its_three_keys() -> None:
    assert providers.gateways(named())["stripe"].name == "stripe"
    assert set(providers.gateways(named(GATEWAYS=()))) == {"invoice"}, "which needs no provider"


@pytest.mark.parametrize(("settings", "said"), [
    ({"GATEWAYS": ("paypal",)}, "GATEWAYS names paypal; known are test, stripe"),
    ({"STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": ""}, "set STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET"),
    ({"STRIPE_SECRET_KEY": "pk_test_1"}, "STRIPE_SECRET_KEY begins with sk_"),
    ({"STRIPE_SECRET_KEY": "sk_live_1"}, "both be live or both be test")])
def test_what_is_missing_or_mixed_up_is_named(settings: dict[str, object], said: str) -> None:
    with pytest.raises(BadConfiguration, match=said):
        providers.gateways(named(**settings))


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sales_portal.payments.stripe", raising=False)
    monkeypatch.setitem(sys.modules, "stripe", None)
    with pytest.raises(BadConfiguration, match="pip install"):
        providers.gateways(named())


@pytest.mark.parametrize("named_so", ["127.0.0.1", "intranet:", ":9000", "a:9000 b"])
def test_a_receiver_of_our_own_is_named_with_its_port(named_so: str, tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="WEBHOOK_RECEIVERS names each host with its port"):
        config.read({"WEBHOOK_RECEIVERS": named_so}, tmp_path)
    told = config.read({"WEBHOOK_RECEIVERS": "127.0.0.1:9000 intranet:80"}, tmp_path)
    assert told["WEBHOOK_RECEIVERS"] == ("127.0.0.1:9000", "intranet:80")
