def engine_for(url):
    return create_engine(url)


def begin(cursor):
    cursor.execute("BEGIN IMMEDIATE")
