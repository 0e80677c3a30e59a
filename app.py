"""The portal as `flask --app app run` and every WSGI server find it."""

from sales_portal.application.factory import create_app

app = create_app()
