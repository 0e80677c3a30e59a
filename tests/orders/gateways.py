"""Providers that behave badly."""

from sales_portal.payments.gateway import GatewayDown, Intent, IntentRequest
from sales_portal.payments.test_gateway import TestGateway


class Silent(TestGateway):
    """A provider nobody can reach."""

    __test__ = False

    def create(self, request: IntentRequest) -> Intent:
        raise GatewayDown

    def find(self, payment_id: str) -> Intent | None:
        raise GatewayDown

    def fetch(self, reference: str) -> Intent:
        raise GatewayDown
