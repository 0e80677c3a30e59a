def create_link(selection, session, *, by):  # breaks: create_link() takes session first
    return by


def revoke_link(session, link, by):  # breaks: revoke_link() takes by= as a keyword only
    return by


def send_link(session, link, *, by):
    return by
