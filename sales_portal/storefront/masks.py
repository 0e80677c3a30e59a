"""Telling people their own data without telling anybody else."""


def email(address: str) -> str:
    """`a•••@example.com`: enough to recognise one's own address, too little to learn another's."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}•••{at}{domain}" if at else ""
