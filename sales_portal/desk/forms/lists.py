"""The filters of the simpler lists: words, and one status."""

from typing import Any

from wtforms import Form, StringField


class ListFilters(Form):
    """What a list is narrowed to, as it stands in the address."""

    q = StringField()
    status = StringField()

    def chosen(self, allowed: tuple[str, ...]) -> str | None:
        """The status asked for where it is one of `allowed`; anything else asks for none."""
        return self.status.data if self.status.data in allowed else None

    def kept(self) -> dict[str, Any]:
        """The filters that are set, for addresses of the same view."""
        return {field.name: field.data for field in (self.q, self.status) if field.data}
