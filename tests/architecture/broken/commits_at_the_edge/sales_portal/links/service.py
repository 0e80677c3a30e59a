def create_link(session, selection):
    session.add(selection)
    session.commit()  # breaks: commit() is called only at the edge
    with session.begin():  # breaks: begin() is called only at the edge
        pass
    with session.begin_nested():
        pass
