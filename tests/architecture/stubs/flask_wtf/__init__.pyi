# What the portal uses of Flask-WTF, which ships no types of its own.
from flask_wtf.csrf import CSRFProtect as CSRFProtect
from flask_wtf.form import FlaskForm as FlaskForm
