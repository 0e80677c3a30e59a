"""The link in a few words, for a chat or a text message that the agent sends themselves."""

LONGEST = 306
"""Two parts of a text message."""
_LONGEST_NAME = 40


def short_text(url: str, *, first_name: str, agent_name: str, until: str) -> str:
    """A short text with `url`, of at most 306 characters unless the address alone is longer.

    `until` is the day it ends in words, empty where there is none; so is `first_name` where nobody is named.
    """
    hello = f"Hi {first_name[:_LONGEST_NAME]}, here" if first_name else "Hi, here"
    valid = f" (valid until {until})" if until else ""
    texts = (f"{hello} is your selection: {url}{valid}. /{agent_name[:_LONGEST_NAME]}",
             f"{hello} is your selection: {url}{valid}", f"Your selection: {url}")
    return next((text for text in texts if len(text) <= LONGEST), url)
