"""Staff see links."""

from sales_portal.storefront import landing  # breaks: may not import sales_portal.storefront.landing
