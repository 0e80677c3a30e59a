class EventName(StrEnum):
    LINK_CREATED = "link.created"
