"""Builds the app: configuration, extensions, the edge, the doors and the commands."""

# Two threads whose first requests load this codec at once leave it unknown for good: load it before there are threads.
import encodings.idna  # noqa: F401
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from sales_portal.application import commands, config, logs, navigation, providers, tables, worker
from sales_portal.application.migrating import DIRECTORY
from sales_portal.core import tokens
from sales_portal.core.db import engine_options, prepare_engine
from sales_portal.desk import routes as desk
from sales_portal.links.addresses import Addresses
from sales_portal.messaging import picture_urls
from sales_portal.messaging.receivers import Receivers
from sales_portal.storefront import routes as storefront
from sales_portal.web import assets, edge, formatting, health, refusals, security, templating, typed
from sales_portal.web.extensions import csrf, db, limiter, login

YEAR = 31_536_000


class Portal(Flask):
    """Flask for views that are plain functions, every one of them."""

    jinja_environment = templating.Templates

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` as it is: Flask would ask of every hook of every request whether it is a coroutine."""
        return func


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """A ready app; `overrides` win over what the environment says. Touches no database."""
    app = Portal("sales_portal", root_path=str(config.ROOT), template_folder="templates", static_folder="static",
                instance_path=str(config.ROOT / "instance"))
    app.config.update(config.read())
    app.config.update(overrides or {})
    logs.configure()
    tokens.use_key(app.config["LINK_KEY"])
    _install_database(app)
    picture_urls.serve_from(app.config["PUBLIC_BASE_URL"])
    app.extensions["addresses"] = Addresses(app.config["PUBLIC_BASE_URL"])
    app.extensions["gateways"] = providers.gateways(app)
    app.extensions["receivers"] = Receivers(app.config["WEBHOOK_RECEIVERS"])
    csrf.init_app(app)
    login.init_app(app, add_context_processor=False)
    # Nobody is remembered longer than a session, so no answer has a cookie of that to renew.
    app.after_request_funcs[None].remove(login._update_remember_cookie)
    # Only views that say so are limited, and those check their limits themselves: no hook is needed around others.
    app.extensions["limiter"] = {limiter}
    limiter.init_app(app)
    for part in (typed, security, edge, refusals, templating, formatting, assets, commands, health):
        part.install(app)
    staff_pages = desk.door()
    navigation.install(staff_pages)
    app.register_blueprint(staff_pages)
    app.register_blueprint(storefront.door())
    if app.config["PROXY_HOPS"]:
        hops = app.config["PROXY_HOPS"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=str(config.ROOT / "static"),  # type: ignore[method-assign]
                              prefix="static/", max_age=YEAR if not app.debug else 0)
    if app.config["EMBEDDED_WORKER"]:
        worker.start_thread(app)
    return app


def _install_database(app: Flask) -> None:
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    Migrate(app, db, directory=str(DIRECTORY))
    with app.app_context():
        prepare_engine(db.engine)
    if db.metadata is not tables.metadata:
        raise RuntimeError("the extension and the models must share one metadata")
