"""The link in a few words, for a chat or a text message that the agent sends themselves."""

from sales_portal.core.translation import _

LONGEST = 306
"""Two parts of a text message."""
_LONGEST_NAME = 40


def short_text(url: str, *, first_name: str, agent_name: str, until: str) -> str:
    """A short text with `url`, of at most 306 characters unless the address alone is longer.

    `until` is the day it ends in words, empty where there is none; so is `first_name` where nobody is named.
    """
    hello = (_("Hi {name}, here is your selection: {url}", name=first_name[:_LONGEST_NAME], url=url) if first_name
             else _("Hi, here is your selection: {url}", url=url))
    dated = _("{message} (valid until {day})", message=hello, day=until) if until else hello
    texts = (_("{message}. /{name}", message=dated, name=agent_name[:_LONGEST_NAME]), dated,
             _("Your selection: {url}", url=url))
    return next((text for text in texts if len(text) <= LONGEST), url)
