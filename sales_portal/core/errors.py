"""Refusals: why a verb may say no, each with a message for a person and an HTTP status."""

from collections.abc import Mapping

from sales_portal.core import translation
from sales_portal.core.translation import N_


class Refusal(Exception):
    """An expected no: carries a sentence for a person, the status a door answers with, and the field it is about.

    `message` is a class attribute with `{placeholders}` filled from the keyword arguments; those stay on
    `details`, so that a door can show them in its own words. One marked with `N_` is said in the language that is
    spoken when it is raised.
    """

    status = 409
    message = N_("This can't be done right now.")
    field: str | None = None

    def __init__(self, **details: object) -> None:
        self.details: Mapping[str, object] = details
        self.text = translation._(self.message).format(**details)
        super().__init__(self.text)

    @property
    def code(self) -> str:
        """The stable name of the reason, for machines."""
        return type(self).__name__


class NotFound(Refusal):
    """The thing does not exist, or is not this person's to know of."""

    status = 404
    message = "We can't find {thing}. It may have been deleted or the number is mistyped."


class Forbidden(Refusal):
    """The person is known but lacks a permission."""

    status = 403
    message = "You don't have access to {page}. It needs the permission {permission}."


class Invalid(Refusal):
    """Typed input breaks a rule; names the field and the fix."""

    status = 422
    message = "{text}"

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text=text)
        self.field = field


class OutOfDate(Refusal):
    """Somebody else changed the thing since it was read."""

    status = 409
    message = "Somebody changed this while you were typing. Nothing you typed is lost: look at it and save again."
