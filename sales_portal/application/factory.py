"""Builds the app: configuration, extensions, the edge, the doors and the commands."""

# Two threads whose first requests load this codec at once leave it unknown for good: load it before there are threads.
import encodings.idna  # noqa: F401
from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from sales_portal.application import commands, config, logs, navigation, tables, worker
from sales_portal.application.migrating import DIRECTORY
from sales_portal.core import tokens
from sales_portal.core.db import engine_options, prepare_engine
from sales_portal.desk import routes as desk
from sales_portal.links.addresses import Addresses
from sales_portal.payments.gateway import Gateways
from sales_portal.payments.test_gateway import TestGateway
from sales_portal.storefront import routes as storefront
from sales_portal.web import assets, edge, formatting, health, refusals, security, typed
from sales_portal.web.extensions import csrf, db, limiter, login

YEAR = 31_536_000


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """A ready app; `overrides` win over what the environment says. Touches no database."""
    app = Flask("sales_portal", root_path=str(config.ROOT), template_folder="templates", static_folder="static",
                instance_path=str(config.ROOT / "instance"))
    app.config.update(config.read())
    app.config.update(overrides or {})
    logs.configure()
    tokens.use_key(app.config["LINK_KEY"])
    _install_database(app)
    app.extensions["addresses"] = Addresses(app.config["PUBLIC_BASE_URL"])
    app.extensions["gateways"] = _gateways(app)
    csrf.init_app(app)
    login.init_app(app)
    limiter.init_app(app)
    for part in (typed, security, edge, refusals, formatting, assets, navigation, commands, health):
        part.install(app)
    app.register_blueprint(desk.door())
    app.register_blueprint(storefront.door())
    if app.config["PROXY_HOPS"]:
        hops = app.config["PROXY_HOPS"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=str(config.ROOT / "static"),  # type: ignore[method-assign]
                              prefix="static/", max_age=YEAR if not app.debug else 0)
    if app.config["EMBEDDED_WORKER"]:
        worker.start_thread(app)
    return app


def _gateways(app: Flask) -> Gateways:
    with app.app_context():
        known: Gateways = {"test": TestGateway(db.engine, app.config["PUBLIC_BASE_URL"])}
    unknown = set(app.config["GATEWAYS"]) - set(known)
    if unknown:
        raise config.BadConfiguration(f"GATEWAYS names {', '.join(sorted(unknown))}; known are {', '.join(known)}.")
    return {name: known[name] for name in app.config["GATEWAYS"]}


def _install_database(app: Flask) -> None:
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    Migrate(app, db, directory=str(DIRECTORY))
    with app.app_context():
        prepare_engine(db.engine)
    if db.metadata is not tables.metadata:
        raise RuntimeError("the extension and the models must share one metadata")
