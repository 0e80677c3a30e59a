"""The URLs of links and receipts: where a secret address is put together, and nowhere else."""

from dataclasses import dataclass

from sales_portal.core import tokens
from sales_portal.links.models import CheckoutLink, LinkAddress
from sales_portal.sites import pattern
from sales_portal.sites.models import Site

TOKEN_PURPOSE = "link-address"
RECEIPT_PURPOSE = "receipt"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Builds absolute URLs under `base_url`, which comes from configuration and never from a request."""

    base_url: str

    def link_url(self, address: LinkAddress, site: Site | None = None) -> str:
        """The URL of a link's address; in a site's external pattern where it has one."""
        if site is not None and site.link_url_pattern:
            token = tokens.unseal(address.token_sealed, TOKEN_PURPOSE)
            return pattern.expand(site.link_url_pattern, address.public_id, token)
        return self._own_url(address)

    def stop_url(self, address: LinkAddress) -> str:
        """Where whoever was given an address says no to more mails about it; always a page of ours."""
        return f"{self._own_url(address)}/no-thanks"

    def receipt_url(self, receipt_token_sealed: str) -> str:
        """The URL a receipt mail carries."""
        return f"{self.base_url}/receipts/{tokens.unseal(receipt_token_sealed, RECEIPT_PURPOSE)}"

    def desk_url(self, link: CheckoutLink) -> str:
        """The URL of a link's page at the desk, for mails to the people of the house."""
        return f"{self.base_url}/links/{link.number}"

    def _own_url(self, address: LinkAddress) -> str:
        token = tokens.unseal(address.token_sealed, TOKEN_PURPOSE)
        return f"{self.base_url}/selection/{address.public_id}/{token}"

    def page_url(self, noun: str, number: str) -> str:
        """The URL of another page at the desk: `selections`, `S-1042`."""
        return f"{self.base_url}/{noun}/{number}"
