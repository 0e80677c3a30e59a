def place():
    session.commit()
