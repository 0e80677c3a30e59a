"""C-04 to C-07 and L-27, L-28 at the desk: where a link leads, and whether customers sign in there."""


from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from sales_portal.sites.models import Site
from tests import make
from tests.desk import linking
from tests.harness.app import Answer, Client
from tests.make import Shop

PATTERN = "https://nameofthestore/selection/%basket%/%hash%"
CRM_ID = "0011t00000AbCdEAAV"


def send(client: Client, shop: Shop, part: str, **typed: str) -> Answer:
    shown = client.get(f"/settings/sites/{shop.site.slug}/{part}")
    answer = client.submit(shown, f"#{part}-form", **typed)
    assert isinstance(answer, Answer)
    return answer


def fresh(session: Session, shop: Shop) -> Site:
    session.rollback()
    return session.get_one(Site, shop.site.id)


def test_c05_the_page_uses_the_words_of_the_document(dana: Client, session: Session, shop: Shop) -> None:
    answer = send(dana, shop, "storefront", pages="external", content=f" {PATTERN} ")
    assert answer.status_code == 303
    assert fresh(session, shop).link_url_pattern == PATTERN
    shown = dana.get(f"/settings/sites/{shop.site.slug}/storefront")
    assert isinstance(shown, Answer)
    assert [cell.get_text(strip=True) for cell in shown.page.select("#statics thead th")] == ["Type", "Name", "Content"]
    assert [cell.get_text(strip=True) for cell in shown.page.select("#statics tbody tr > *")][:2] == [
        "Main", "payment_link"]
    assert shown.one("[name=content]")["value"] == PATTERN
    example = shown.one("#example a")
    assert str(example["href"]).startswith("https://nameofthestore/selection/" + "0" * 31)
    assert (example["target"], "noopener" in example["rel"]) == ("_blank", True)


def test_c06_a_test_shows_the_address_and_keeps_nothing(dana: Client, session: Session, shop: Shop) -> None:
    answer = send(dana, shop, "storefront", pages="external", act="test",
                  content="https://yourstore.example/payment-link/%basket%/%hash%")
    assert answer.status_code == 200
    assert "A link would have this address: https://yourstore.example/payment-link/0000" in answer.words("#example")
    assert fresh(session, shop).link_url_pattern is None
    for act in ("test", "save"):
        answer = send(dana, shop, "storefront", pages="external", act=act, content="https://yourstore.example/%basket%")
        assert answer.status_code == 422
        assert "Add %hash%" in answer.words("#field-content-error")
        assert answer.one("[name=content]")["value"] == "https://yourstore.example/%basket%"
    assert fresh(session, shop).link_url_pattern is None


def test_a_site_that_goes_elsewhere_starts_its_links_with_first_closes(
        dana: Client, session: Session, shop: Shop) -> None:
    """Reliability §1.9: such a storefront claims a link on arrival."""
    send(dana, shop, "storefront", pages="external", content=PATTERN)
    assert fresh(session, shop).link_policy == "first_closes"
    shop.site.link_policy = "single"
    send(dana, shop, "storefront", pages="external", content=PATTERN + "?a=1")
    assert fresh(session, shop).link_policy == "single"


def test_c07_while_the_static_is_empty_the_link_dialog_says_why_and_where(
        dana: Client, maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    shown = linking.dialog(maria, draft)
    send(dana, shop, "storefront", pages="external", content="")
    assert fresh(session, shop).link_url_pattern == ""
    refused = linking.create(maria, shown)
    assert refused.status_code == 422
    for answer in (refused, linking.dialog(maria, draft)):
        assert "1 thing to fix before you can create the link" in answer.text
        assert "lacks %basket% or %hash%" in answer.words("#link-checks")
        assert answer.words("#link-checks").endswith("Ask Dana Holm.")
    own = make.selection(session, shop, {shop.chair: 1})
    fix = linking.dialog(dana, own).one("#link-checks a")
    assert fix["href"] == f"/settings/sites/{shop.site.slug}/storefront"
    review = maria.get(f"/selections/{draft.number}/checkout")
    assert "lacks %basket% or %hash%" in review.get_data(as_text=True)
    assert session.query(linking.CheckoutLink).count() == 0


def test_c04_an_agent_copies_the_storefronts_address_and_older_ones_stay_good(
        dana: Client, maria: Client, client: Client, session: Session, shop: Shop, draft: Selection) -> None:
    send(dana, shop, "storefront", pages="external", content=PATTERN)
    made = linking.create(maria, linking.dialog(maria, draft))
    outside = str(made.one("#link-url")["value"])
    _, public_id, token = outside.rsplit("/", 2)
    assert outside == PATTERN.replace("%basket%", public_id).replace("%hash%", token)
    link = linking.only_link(session)
    assert link.policy == "first_closes"
    send(dana, shop, "storefront", pages="own")
    assert client.get(f"/selection/{public_id}/{token}").status_code == 200
    shown = maria.get(f"/links/{link.number}")
    assert isinstance(shown, Answer)
    assert str(shown.one("#link-url")["value"]).endswith(f"/selection/{public_id}/{token}")


def test_l27_signing_in_needs_a_second_press_where_it_breaks_links(
        dana: Client, maria: Client, session: Session, shop: Shop) -> None:
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}), crm_account_id=CRM_ID).link
    asked = send(dana, shop, "sign-in", sign_in="required")
    assert asked.status_code == 409
    assert "This link is on behalf of an account and would stop working" in asked.words("#broken-links")
    assert f"{made.number} Anna Svensson – Oak chair" in asked.words("#broken-links li")
    assert not fresh(session, shop).requires_sign_in
    later = make.link(session, make.selection(session, shop, {shop.bag: 1}), crm_account_id=CRM_ID).link
    again = dana.submit(asked, "#sign-in-form")
    assert isinstance(again, Answer)
    assert (again.status_code, again.words("#broken-links ul").count(later.number)) == (409, 1)
    assert dana.submit(again, "#sign-in-form").status_code == 303
    assert fresh(session, shop).requires_sign_in
    shown = dana.get(f"/settings/sites/{shop.site.slug}/sign-in")
    assert isinstance(shown, Answer)
    assert "can't be paid now" in shown.words("#broken-links")
    page = maria.get(f"/links/{made.number}")
    assert isinstance(page, Answer)
    assert page.words("#breaks-at-sign-in").startswith("Nobody can pay this link")
    assert send(dana, shop, "sign-in", sign_in="anonymous").status_code == 303
    assert not fresh(session, shop).requires_sign_in


def test_l28_the_dialog_refuses_an_account_where_customers_sign_in(
        maria: Client, session: Session, shop: Shop, annas: Selection) -> None:
    shop.site.requires_sign_in = True
    shown = linking.dialog(maria, annas)
    assert linking.values(shown, "crm_account_id") == [""]
    refused = linking.create(maria, shown, crm_account_id=CRM_ID)
    assert refused.status_code == 422
    assert refused.words("#field-crm_account_id-error").startswith("Customers of this site sign in")
    assert linking.create(maria, shown).status_code == 200


def test_l42_an_id_the_site_would_refuse_is_not_filled_in(maria: Client, session: Session, shop: Shop) -> None:
    anna = make.customer(session, account=make.account(session, crm_id="CRM-9"))
    selection = make.selection(session, shop, {shop.chair: 1}, customer=anna)
    assert linking.values(linking.dialog(maria, selection), "crm_account_id") == [""]
    shop.site.crm = "other"
    assert linking.values(linking.dialog(maria, selection), "crm_account_id") == ["CRM-9"]


def test_the_customers_card_shows_what_the_whole_account_did(maria: Client, session: Session, shop: Shop) -> None:
    """L-07, L-25: several people of one organisation, one account."""
    account = make.account(session, "Nordmann Group", crm_id=CRM_ID)
    anna = make.customer(session, "Anna Berg", account=account)
    jonas = make.customer(session, "Jonas Ek", account=account)
    made = make.link(session, make.selection(session, shop, {shop.bag: 1}, customer=jonas), crm_account_id=CRM_ID)
    order = make.order(session, made, name="Jonas Ek")
    erik = make.staff(session, "Erik Holm", site=shop.site)
    hidden = make.link(session, make.selection(session, shop, {shop.bag: 1}, customer=jonas, agent=erik),
                       crm_account_id=CRM_ID)
    shown = maria.get(f"/customers/{anna.number}")
    assert isinstance(shown, Answer)
    told = shown.words("#account-sales")
    assert "Everything of the account Nordmann Group" in told
    assert f"{order.number} Jonas Ek" in told
    assert f"{made.link.number} Jonas Ek" in told
    assert hidden.link.number not in told
    assert "account-sales" not in maria.get(f"/customers/{shop.customer.number}").text
