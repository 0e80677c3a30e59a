"""An agent's acts in a real browser, each counted as the brief counts them.

One act is one click, one key command, or one uninterrupted burst of typing with the Enter or Tab that ends it.
"""

from playwright.sync_api import Page, expect

from tests.harness.browser import log_in


class Agent:
    """One agent at one browser; `acts` counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.acts = 0

    def type(self, text: str, ending: str = "") -> None:
        """Type where the cursor stands, and end with Enter or Tab."""
        self.acts += 1
        self.page.keyboard.type(text)
        if ending:
            self.page.keyboard.press(ending)

    def press(self, keys: str) -> None:
        """One key command."""
        self.acts += 1
        self.page.keyboard.press(keys)

    def click(self, selector: str) -> None:
        """One click or tap."""
        self.acts += 1
        self.page.locator(selector).click()

    def opens_the_portal(self) -> None:
        """Open the log-in page; not counted."""
        self.page.goto("/login")

    def comes_in(self, email: str = "maria@demo.example") -> "Agent":
        """Be logged in, with the page still to be opened; not counted."""
        log_in(self.page, email)
        return self

    def builds(self, number: str) -> "Agent":
        """Be in the builder of that selection, with the cursor in its search; not counted."""
        self.page.goto(f"/selections/{number}")
        self.has_cursor_in("#field-q")
        self.page.evaluate("""() => document.addEventListener("htmx:finally:request", () => {
            if (document.activeElement === document.body) window.lostFocus = (window.lostFocus ?? 0) + 1; })""")
        return self

    def kept_focus(self) -> bool:
        """Whether the focus was somewhere after every swap since the builder was opened."""
        return not self.page.evaluate("window.lostFocus ?? 0")

    def quantity_of(self, title: str) -> str:
        """The selector of the quantity of the line called `title`."""
        field = self.page.locator("#lines tr", has_text=title).locator(".stepper-input")
        return f"#{field.get_attribute('id')}"

    def has_cursor_in(self, selector: str) -> None:
        """The focus is in that element."""
        expect(self.page.locator(selector)).to_be_focused()

    def sees_lines(self, *titles: str) -> None:
        """The builder shows these lines, in order."""
        expect(self.page.locator("#lines .product-title")).to_have_text(list(titles))

    def clipboard(self) -> str:
        """What is on the clipboard."""
        return str(self.page.evaluate("navigator.clipboard.readText()"))
