def create():
    db.session.commit()  # breaks: commit() is called only at the edge
