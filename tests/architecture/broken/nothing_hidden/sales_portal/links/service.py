from threading import Thread

from flask.views import MethodView  # breaks: a view is a function


@event.listens_for(Link, "after_insert")  # breaks: not hidden in events of the ORM
def send(mapper, connection, link):
    Thread(target=print).start()  # breaks: only the application starts threads
