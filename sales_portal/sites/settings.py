"""What may stand in a site's settings. Pure: typed values in, checked ones out, `Invalid` naming the field."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from sales_portal.core.errors import Invalid
from sales_portal.sites import methods
from sales_portal.sites.models import CRMS, MAY_NEED_A_YES, POLICIES, TAX_ON_SHIPPING

NAMES = {"name": ("the name customers know you by", 120), "legal_name": ("the legal name of the company", 160),
         "postal_address": ("the postal address", 500)}
LONGEST_PHONE, LONGEST_EMAIL, LONGEST_URL = 40, 254, 300
MOST_DAYS, MOST_DAYS_BEFORE, MOST_HOURS, MOST_LINKS, LONGEST_LABEL = 3650, 30, 720, 6, 60
LONGEST_BANK_DETAILS, MOST_INVOICE_DAYS = 600, 365
MOST_PAIRS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500


def business(values: Mapping[str, Any]) -> dict[str, Any]:
    """Who sells, as it is kept."""
    found: dict[str, Any] = {}
    for field, (what, longest) in NAMES.items():
        found[field] = _text(field, values.get(field, ""), longest)
        if not found[field]:
            raise Invalid(field, f"Enter {what}")
    found["country"] = _country(values.get("country") or "")
    found["email"] = _email(values.get("email") or "")
    found["phone"] = _text("phone", values.get("phone", ""), LONGEST_PHONE) or None
    found["answers_within_hours"] = _whole("answers_within_hours", values.get("answers_within_hours"), MOST_HOURS)
    found["footer_links"] = _footer_links(values.get("footer_links", ())) or None
    return found


def link_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a new link starts with and what is said about links by itself, as it is kept."""
    longest, days_before = values.get("max_link_days"), values.get("reminds_days_before")
    found: dict[str, Any] = {
        "link_policy": _one_of("link_policy", values, POLICIES, "Choose how often a link can be paid"),
        "link_days": _whole("link_days", values.get("link_days"), MOST_DAYS),
        "link_metadata": _metadata(values.get("link_metadata", ())),
        "max_link_days": None if longest in (None, "") else _whole("max_link_days", longest, MOST_DAYS),
        "reminds_days_before": None if days_before in (None, "") else _whole(
            "reminds_days_before", days_before, MOST_DAYS_BEFORE),
        "tax_on_shipping": _one_of("tax_on_shipping", values, TAX_ON_SHIPPING, "Choose how shipping is taxed"),
        "crm": _one_of("crm", values, CRMS, "Choose whose account ids agents enter"),
        "asks_for": [name for name in MAY_NEED_A_YES if name in values.get("asks_for", ())]}
    if found["max_link_days"] is not None and found["max_link_days"] < found["link_days"]:
        raise Invalid("max_link_days", f"Enter at least {found['link_days']}: new links start with as many days")
    for name in ("allows_endless_links", "links_may_wait", "waives_included_tax", "sends_recovery_mail",
                 "is_in_maintenance"):
        found[name] = bool(values.get(name))
    return found


def payment(places: Mapping[str, str], known: Collection[str], invoice_days: str,
            bank_details: str) -> dict[str, Any]:
    """The ways to pay in their order and what invoices say, as it is kept."""
    chosen = methods.in_their_places(places, known, "methods")
    where_to = lines(bank_details)
    if len(where_to) > LONGEST_BANK_DETAILS:
        raise Invalid("bank_details", f"Use at most {LONGEST_BANK_DETAILS} characters")
    if methods.INVOICE.slug in chosen and not where_to:
        raise Invalid("bank_details", "Enter where invoices are paid to, or do not offer invoices")
    return {"payment_methods": methods.joined(chosen), "bank_details": where_to,
            "invoice_days": _whole("invoice_days", invoice_days, MOST_INVOICE_DAYS)}


def address(field: str, text: str) -> str:
    """An address of the web, or nothing."""
    typed = text.strip()
    if not typed:
        return ""
    try:
        parts = urlsplit(typed)
        is_right = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_right = False
    if not is_right or not typed.isprintable() or " " in typed:
        raise Invalid(field, "Enter an address that starts with https://")
    if len(typed) > LONGEST_URL:
        raise Invalid(field, f"Use at most {LONGEST_URL} characters")
    return typed


def _footer_links(rows: Sequence[tuple[str, str]]) -> list[list[str]]:
    kept = [(label.strip(), url.strip()) for label, url in rows if label.strip() or url.strip()]
    if len(kept) > MOST_LINKS:
        raise Invalid("footer_links", f"Use at most {MOST_LINKS} links")
    for label, url in kept:
        if not label:
            raise Invalid("footer_links", f"Enter what to call {url[:60]}")
        if not url:
            raise Invalid("footer_links", f"Enter the address of {label[:60]}")
    return [[_text("footer_links", label, LONGEST_LABEL), address("footer_links", url)] for label, url in kept]


def _metadata(rows: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for typed_key, typed_value in rows:
        key = _text("link_metadata", typed_key, LONGEST_KEY)
        value = _text("link_metadata", typed_value, LONGEST_VALUE)
        if not key or not value:
            raise Invalid("link_metadata", f"Enter a {'value for ' + key if key else 'key for ' + value[:40]}")
        if key in found:
            raise Invalid("link_metadata", f"{key} stands here twice")
        found[key] = value
    if len(found) > MOST_PAIRS:
        raise Invalid("link_metadata", f"Metadata can have up to {MOST_PAIRS} entries")
    return found


def lines(text: str) -> str:
    """`text` with its lines, without what no database can store."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode().replace("\r\n", "\n").strip()


def _text(field: str, text: str, longest: int) -> str:
    plain = lines(text or "")
    if len(plain) > longest:
        raise Invalid(field, f"Use at most {longest} characters")
    return plain if field == "postal_address" else " ".join(plain.split())


def _country(text: str) -> str:
    code = text.strip().upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise Invalid("country", "Choose the country")
    return code


def _email(text: str) -> str:
    try:
        return str(validate_email(text.strip()[:LONGEST_EMAIL + 1], check_deliverability=False).normalized)
    except EmailNotValidError:
        raise Invalid("email", "Enter an e-mail address like name@example.com") from None


def _whole(field: str, text: object, most: int) -> int:
    typed = str(text or "").strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 9 and 1 <= int(typed) <= most):
        raise Invalid(field, f"Enter a whole number from 1 to {most}")
    return int(typed)


def _one_of(field: str, values: Mapping[str, Any], allowed: Sequence[str], problem: str) -> str:
    chosen = str(values.get(field) or "")
    if chosen not in allowed:
        raise Invalid(field, problem)
    return chosen
