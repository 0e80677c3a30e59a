"""Finding sites, their logos and their texts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.sites.models import Site, SiteFont, SiteLogo, SiteText


def get_default_site(session: Session) -> Site | None:
    """The site staff of a single-site portal work for: the oldest one."""
    return session.scalars(select(Site).order_by(Site.id).limit(1)).first()


def get_site(session: Session, slug: str) -> Site | None:
    """The site with this name in addresses, or None."""
    return session.scalars(select(Site).where(Site.slug == slug)).one_or_none()


def list_sites(session: Session) -> Sequence[Site]:
    """All sites by name."""
    return session.scalars(select(Site).order_by(Site.name, Site.id)).all()


def find_logo(session: Session, digest: str) -> SiteLogo | None:
    """A logo by the digest in its address; None for one that was replaced."""
    return session.scalars(select(SiteLogo).where(SiteLogo.digest == digest).limit(1)).first()


def find_font(session: Session, digest: str) -> SiteFont | None:
    """A font by the digest in its address; None for one that was replaced."""
    return session.scalars(select(SiteFont).where(SiteFont.digest == digest).limit(1)).first()


def get_text(session: Session, site: Site, kind: str, language: str) -> SiteText | None:
    """A legal text in `language`, else in the first of the site's languages it is written in; None where there is none.
    """
    there = {row.language: row for row in session.scalars(
        select(SiteText).where(SiteText.site_id == site.id, SiteText.kind == kind).order_by(SiteText.language))}
    return next((there[wanted] for wanted in (language, *site.spoken, *there) if wanted in there), None)


def list_texts(session: Session, site: Site) -> dict[str, dict[str, str]]:
    """The legal texts by language and kind: in each language the site speaks, and in those it spoke when they were
    written, which customers read as long as there is no other."""
    found: dict[str, dict[str, str]] = {language: {} for language in site.spoken}
    for row in session.scalars(select(SiteText).where(SiteText.site_id == site.id).order_by(SiteText.language)):
        found.setdefault(row.language, {})[row.kind] = row.text
    return found
