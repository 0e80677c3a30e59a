"""A customer's presses in a real browser, each counted, so that a journey's length is a number."""

from playwright.sync_api import Page, expect

DETAILS = {"Full name": "Anna Svensson", "Delivery address": "Storgatan 1", "Postcode": "111 22",
           "Town or city": "Stockholm"}


class Customer:
    """One person at one link; `acts` counts presses and typed fields."""

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        self.path = path
        self.acts = 0
        self.typed = 0

    def open(self) -> None:
        """Open the link, as from a mail: this is not counted."""
        self.page.goto(self.path)

    def press(self, label: str) -> None:
        """Press a button or a link by the words on it."""
        self.acts += 1
        self.page.get_by_role("button", name=label).or_(self.page.get_by_role("link", name=label)).first.click()

    def type(self, label: str, text: str) -> None:
        """Type into a field found by its label."""
        self.acts += 1
        self.typed += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def sees(self, headline: str) -> None:
        """The page's one headline is `headline`."""
        expect(self.page.locator("h1")).to_have_text(headline)
        assert self.page.locator("h1").count() == 1
        assert self.page.locator("main").count() == 1

    def reads(self, text: str) -> None:
        """`text` stands somewhere on the page, in sight."""
        expect(self.page.get_by_text(text).first).to_be_visible()
