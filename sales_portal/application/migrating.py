"""Bringing a database to the newest schema, with or without an app."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect

DIRECTORY = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Run every migration the database of `engine` has not seen yet."""
    command.upgrade(config_for(engine), "head")


def config_for(engine: Engine) -> Config:
    """Alembic's configuration for this project on `engine`."""
    config = Config()
    config.set_main_option("script_location", str(DIRECTORY))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return config


def is_migrated(engine: Engine) -> bool:
    """Whether the database has ever been migrated."""
    return inspect(engine).has_table("alembic_version")
