"""The Flask extensions the doors share, made once and bound to an app by the factory."""

from typing import Any

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine

from sales_portal.core.db import Base
from sales_portal.core.direct import Direct


class OneDatabase(Direct, Session):
    """A session on the portal's one database, which it need not look for with every statement."""

    def get_bind(self, *_: Any, bind: Engine | Connection | None = None, **__: Any) -> Engine | Connection:
        """The engine of the app, or its own connection there."""
        return bind or self._own or self.bind or self._db.engine


db = SQLAlchemy(model_class=Base, session_options={"class_": OneDatabase})
csrf = CSRFProtect()
login = LoginManager()
limiter = Limiter(get_remote_address)
