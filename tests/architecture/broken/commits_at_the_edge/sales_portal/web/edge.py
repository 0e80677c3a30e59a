def end():
    db.session.commit()
