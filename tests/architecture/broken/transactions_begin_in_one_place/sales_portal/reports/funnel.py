def funnel(url):
    engine = create_engine(url)  # breaks: engine_for()
    reading.set(True)  # breaks: what only reads is declared at the edge
    with engine.connect() as connection:
        connection.execute(text("BEGIN"))  # breaks: transactions are begun by core/db.py
        connection.execute(text("begin transaction;"))  # breaks: transactions are begun by core/db.py
        return "BEGIN:VCALENDAR"
