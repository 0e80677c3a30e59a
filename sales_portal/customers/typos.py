"""Slips in the domains many people's mail lives at: a hint, never a refusal."""

COMMON = (
    "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "live.com", "yahoo.com", "icloud.com",
    "me.com", "aol.com", "mail.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "t-online.de",
    "hotmail.se", "live.se", "telia.com", "yahoo.co.jp", "docomo.ne.jp")


def meant(email: str) -> str:
    """The address probably meant by `email`; empty where nothing looks like a slip."""
    name, at, domain = email.rpartition("@")
    if not at or domain.lower() in COMMON:
        return ""
    near = [known for known in COMMON if is_one_slip_away(domain.lower(), known)]
    return f"{name}@{near[0]}" if len(near) == 1 else ""


def is_one_slip_away(typed: str, known: str) -> bool:
    """Whether one letter too many, too few, wrong, or two swapped, lie between the two."""
    start = 0
    while start < min(len(typed), len(known)) and typed[start] == known[start]:
        start += 1
    end = 0
    while end < min(len(typed), len(known)) - start and typed[-1 - end] == known[-1 - end]:
        end += 1
    rest, wanted = typed[start:len(typed) - end], known[start:len(known) - end]
    return max(len(rest), len(wanted)) == 1 or (len(rest) == 2 and rest == wanted[::-1])
