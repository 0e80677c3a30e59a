"""The Flask extensions the doors share, made once and bound to an app by the factory."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from sales_portal.core.db import Base

db = SQLAlchemy(model_class=Base)
csrf = CSRFProtect()
login = LoginManager()
limiter = Limiter(get_remote_address)
