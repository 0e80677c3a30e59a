"""Why the catalogue may not change."""

from sales_portal.core.errors import Refusal


class SkuTaken(Refusal):
    """Another product has this SKU."""

    message = "The SKU {sku} belongs to another product."


class ProductUnknown(Refusal):
    """Variants were given for a product that does not exist and is not described."""

    status = 422
    message = "There is no product {slug} yet, and nothing says what it is."
