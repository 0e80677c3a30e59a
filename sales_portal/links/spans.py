"""How long links work: whole days of the site, up to the last minute of one."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sales_portal.sites.models import Site

LAST_MINUTE = time(23, 59)


def end_of(at: datetime, days: int, site: Site) -> datetime:
    """The last minute of the day `days` ahead at the site, but never beyond what the site allows."""
    local = at.astimezone(ZoneInfo(site.time_zone))
    end = datetime.combine(local.date() + timedelta(days=days), LAST_MINUTE, local.tzinfo).astimezone(UTC)
    return end if site.max_link_days is None else min(end, at + timedelta(days=site.max_link_days))


def end_again(begun_at: datetime, expires_at: datetime | None, site: Site, at: datetime) -> datetime | None:
    """The end of a link that takes the place of one: as many days from `at` as that one had.

    What had no end has none, where the site still allows that; else it gets the days of the site's new links.
    """
    if expires_at is None:
        return None if site.allows_endless_links else end_of(at, site.link_days, site)
    return end_of(at, max(1, (expires_at - begun_at).days), site)
