"""One customer's walk: each step submits the form that was shown, and follows where it leads."""

from collections.abc import Callable
from urllib.parse import urlsplit

from tests.harness.app import Answer, Client
from tests.make import Linked

Opening = Callable[[], Client]
Enter = Callable[[Linked], "Customer"]
ADDRESS = {"street": "Storgatan 1", "postcode": "111 22", "city": "Stockholm"}
DETAILS = {"email": "anna@example.com", "name": "Anna Svensson", **ADDRESS}


class Customer:
    """A browser at one link. `page` is what it shows."""

    def __init__(self, client: Client, linked: Linked) -> None:
        self.client = client
        self.linked = linked
        self.page: Answer | None = None

    def look(self, path: str = "", **settings: str) -> Answer:
        """Open a page of the link."""
        return self._show(self.client.get(self.linked.path + path, **settings))

    def go_on(self, **typed: str) -> Answer:
        """*Continue* on the first page."""
        return self.submit(self.look(), "#offer-form", **typed)

    def give_details(self, **typed: str) -> Answer:
        """Fill in the details and go on; starts at the first page where the form is not open."""
        shown = self.page if self.page is not None and self.page.page.select("#details-form") else self.go_on()
        return self.submit(shown, "#details-form", **(DETAILS | typed))

    def pay(self, **typed: str) -> Answer:
        """Press *Pay*; ends at the provider's page."""
        if self.page is None or not self.page.page.select("#details-form, #pay-form"):
            self.go_on()
        assert self.page is not None
        shown = self.page if self.page.page.select("#pay-form") else self.give_details()
        return self.submit(shown, "#pay-form", **typed)

    def decide(self, decision: str, **typed: str) -> Answer:
        """Press one of the provider's buttons; ends where it leads."""
        shown = self.page if self.page is not None and self.page.page.select(".bank-form") else self.pay()
        return self.submit(shown, ".bank-form", decision=decision, **typed)

    def confirm(self) -> Answer:
        """Press the button of the page the provider leads back to."""
        assert self.page is not None
        return self.submit(self.page, "form[action$=confirmation]")

    def buy(self) -> Answer:
        """The whole way to the receipt."""
        self.decide("approve")
        return self.confirm()

    def submit(self, shown: Answer, form: str, **typed: str) -> Answer:
        """Submit a form that was shown and follow the redirects."""
        return self._show(self.client.submit(shown, form, **typed))

    def post(self, path: str, token_of: str = "form", **typed: str) -> Answer:
        """Post to an address of the link with the token its first page carries."""
        token = self.look().page.select_one(f"{token_of} [name=form_token]")
        assert token is not None
        return self.client.post(self.linked.path + path, data={"form_token": token["value"], **typed})

    @property
    def where(self) -> str:
        """The page the browser shows, below the link's own address."""
        assert self.page is not None
        return self.page.request.path.removeprefix(self.linked.path)

    def _show(self, answer: Answer) -> Answer:
        for _ in range(5):
            if answer.status_code not in (302, 303):
                break
            parts = urlsplit(answer.location)
            answer = self.client.get(parts.path + (f"?{parts.query}" if parts.query else ""))
        self.page = answer
        return answer
