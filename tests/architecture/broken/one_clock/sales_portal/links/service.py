import datetime as dt
import time
from datetime import UTC, date, datetime
from time import time as seconds  # breaks: another clock


def create_link(session):
    at = datetime.now(UTC)  # breaks: datetime.now() asks another clock
    dt.datetime.utcnow()  # breaks: asks another clock
    date.today()  # breaks: date.today()
    time.time()  # breaks: time.time()
    time.monotonic()
    session.execute(select(func.now()))  # breaks: func.now()
    session.execute(text("SELECT CURRENT_TIMESTAMP"))  # breaks: the database's clock
    return clock.now(), at
