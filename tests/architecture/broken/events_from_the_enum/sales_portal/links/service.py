def create_link(session, link, kind, by):
    history.record(session, "link.invented", link, by=by)  # breaks: record() takes a member
    history.record(session, f"link.{kind}", link, by=by)  # breaks: record() takes a member
    history.record(session, EventName.LINK_CREATED, link, by=by)
    outbox.put(session, "link.created", ("links", 1))
    return "link.created"  # breaks: say EventName.LINK_CREATED


def handlers():
    return {"link.created": create_link}
