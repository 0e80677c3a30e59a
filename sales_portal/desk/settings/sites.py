"""Settings → Sites: each public checkout, its business data, texts and what its links start with."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from babel import Locale
from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from wtforms import Form

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.core.translation import LANGUAGES, direction
from sales_portal.desk.forms.sites import BLANK_ROWS, BusinessForm, LinkDefaultsForm, TextsForm
from sales_portal.sites import queries as sites
from sales_portal.sites import service
from sales_portal.sites.models import TEXTS, Site
from sales_portal.sites.settings import MOST_PAIRS
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("sites", __name__, url_prefix="/settings/sites")

SECTIONS = (("sites.business", "Who sells"), ("site_look.look", "Look"), ("sites.texts", "Legal texts"),
            ("sites.links", "Links"), ("site_payment.payment", "Payment"), ("site_refunds.refunds", "Refunds"),
            ("site_storefront.storefront", "Storefront"), ("site_sign_in.sign_in", "Sign-in"))
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ"})
_COUNTRIES = sorted(((code, name) for code, name in Locale("en").territories.items()
                     if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES), key=lambda pair: pair[1])


@blueprint.get("")
@staff.permit(Permission.SETTINGS)
def index() -> Response:
    """The sites there are."""
    return make_response(render_template("desk/settings/sites/index.html", sites=sites.list_sites(db.session())))


@blueprint.get("/<slug>")
@staff.permit(Permission.SETTINGS)
def business(slug: str) -> Response:
    """Who sells."""
    site = find_site(slug)
    return page("business", site, BusinessForm.of(site), countries=_COUNTRIES)


@blueprint.post("/<slug>")
@staff.permit(Permission.SETTINGS_EDIT)
def save_business(slug: str) -> Response:
    """Keep who sells."""
    typed = BusinessForm()
    return save("business", slug, typed, lambda site: service.change_business(
        db.session(), site, typed.values(), by=staff.current_staff().actor), countries=_COUNTRIES)


@blueprint.get("/<slug>/texts")
@staff.permit(Permission.SETTINGS)
def texts(slug: str) -> Response:
    """The legal texts in one of the site's languages."""
    site = find_site(slug)
    wanted, there = request.args.get("language", ""), sites.list_texts(db.session(), site)
    language = wanted if wanted in there else site.spoken[0]
    form = TextsForm(formdata=None, data=there[language] | {"language": language, "returns_url": site.returns_url})
    return page("texts", site, form, **_written(site, language, there))


@blueprint.post("/<slug>/texts")
@staff.permit(Permission.SETTINGS_EDIT)
def save_texts(slug: str) -> Response:
    """Publish the legal texts in one of the site's languages."""
    typed, site = TextsForm(), find_site(slug)
    written = {kind: typed[kind].data or "" for kind in TEXTS}
    language = typed.language.data or site.spoken[0]
    return save("texts", slug, typed, lambda site: service.change_texts(
        db.session(), site, written, typed.returns_url.data or "", language=language,
        by=staff.current_staff().actor), at={"language": language},
        **_written(site, language, sites.list_texts(db.session(), site)))


@blueprint.get("/<slug>/links")
@staff.permit(Permission.SETTINGS)
def links(slug: str) -> Response:
    """What a new link starts with."""
    site = find_site(slug)
    form = LinkDefaultsForm.of(site)
    return page("links", site, form, **_pairs(form))


@blueprint.post("/<slug>/links")
@staff.permit(Permission.SETTINGS_EDIT)
def save_links(slug: str) -> Response:
    """Keep what a new link starts with."""
    typed = LinkDefaultsForm()
    return save("links", slug, typed, lambda site: service.change_link_defaults(
        db.session(), site, typed.values(), by=staff.current_staff().actor), **_pairs(typed))


def find_site(slug: str) -> Site:
    """The site a URL names; refuses with `NotFound`."""
    site = sites.get_site(db.session(), slug)
    if site is None:
        raise NotFound(thing="this site")
    return site


def page(section: str, site: Site, form: Form, problem: Invalid | None = None, status: int = 200,
         **shown: Any) -> Response:
    """One part of a site's settings, with what is wrong with what was typed. Who may only look is told whom to ask."""
    person = staff.current_staff()
    may_edit = person.may(Permission.SETTINGS_EDIT)
    tabs = [{"label": label, "url": url_for(f"desk.{endpoint}", slug=site.slug),
             "current": endpoint.endswith(f".{section}")} for endpoint, label in SECTIONS]
    wrong = {problem.field or "": problem.text} if problem is not None else {}
    return make_response(render_template(
        f"desk/settings/sites/{section}.html", site=site, form=form, wrong=wrong, tabs=tabs, may_edit=may_edit,
        whom="" if may_edit else staff.admins(), **shown), status)


def save(section: str, slug: str, form: Form, act: Callable[[Site], None], *, said: str = "Saved.",
         endpoint: str = "", at: Mapping[str, Any] = MappingProxyType({}), **shown: Any) -> Response:
    """Do what was asked of a site and show its settings as they are now; refused, with everything typed.

    `at` is what the address of the page says beside the site.
    """
    site = find_site(slug)
    try:
        # What came before a refusal is not kept, so that the page must not show it either.
        with db.session().begin_nested():
            act(site)
    except Invalid as refusal:
        db.session().expire(site)
        return page(section, site, form, refusal, 422, **shown)
    flash(said, "success")
    return htmx.go(url_for(endpoint or f".{section}", slug=site.slug, **at))


def _written(site: Site, language: str, there: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """What the page of texts needs: the languages with how much is written in each, and what customers read instead."""
    languages = [{"label": LANGUAGES[code], "url": url_for(".texts", slug=site.slug, language=code),
                  "count": len(texts), "current": code == language} for code, texts in there.items()]
    others = {code: texts for code, texts in there.items() if code != language}
    elsewhere = {kind: next((LANGUAGES[code] for code, texts in others.items() if kind in texts), "") for kind in TEXTS}
    return {"languages": languages, "elsewhere": elsewhere, "spoken": LANGUAGES.get(language, language),
            "text_language": language, "text_direction": direction(language)}


def _pairs(form: LinkDefaultsForm) -> dict[str, Any]:
    rows = [row for row in form.link_metadata.rows if any(row)]
    return {"pairs": (rows + [("", "")] * BLANK_ROWS)[:max(MOST_PAIRS, len(rows))], "most_pairs": MOST_PAIRS}
