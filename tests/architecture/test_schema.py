"""What the models say and what the migrations make are one schema, on both engines."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Engine, Integer, MetaData, Table, inspect

from sales_portal.application import migrating, tables
from sales_portal.core import db
from tests.architecture.rules import placing
from tests.architecture.rules.source import PROJECT, modules
from tests.harness.databases import Database


def _differences(database: Database, metadata: MetaData) -> list[Any]:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    assert _differences(database, tables.metadata) == []


def test_a_column_without_a_migration_is_noticed(database: Database) -> None:
    changed = MetaData(naming_convention=tables.metadata.naming_convention)
    for table in tables.metadata.tables.values():
        table.to_metadata(changed)
    Table("links_of_tomorrow", changed, Column("id", Integer, primary_key=True))

    added = [difference[1].name for difference in _differences(database, changed) if difference[0] == "add_table"]
    assert added == ["links_of_tomorrow"]


def test_constraints_and_indexes_are_the_same_word_for_word(database: Database, empty_database_url: str) -> None:
    made = db.engine_for(empty_database_url)
    tables.metadata.create_all(made)

    migrated, created = _described(database.engine), _described(made)
    made.dispose()

    assert sorted(migrated - created) == [], "only the migrations make these"
    assert sorted(created - migrated) == [], "only the models know these"


def _described(engine: Engine) -> set[str]:
    found = inspect(engine)
    names = set(found.get_table_names(schema=None)) - {"alembic_version"}
    ways = (found.get_columns, found.get_check_constraints, found.get_unique_constraints, found.get_foreign_keys)
    return {
        f"{name}: {' '.join(_spelled(part).split())}"
        for name in names
        for read in (*ways, found.get_indexes)
        for part in read(name)
    }


def _spelled(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_spelled(value[key])}" for key in sorted(value))
    return str(value)


def test_the_migrations_form_one_line(database: Database) -> None:
    scripts = ScriptDirectory.from_config(migrating.config_for(database.engine))

    assert len(scripts.get_heads()) == 1


def test_no_foreign_key_escapes_the_rule_that_they_go_down() -> None:
    read = sum(1 for module in modules(PROJECT) for _ in placing.foreign_keys(module))
    made = sum(len(table.foreign_key_constraints) for table in tables.metadata.tables.values())

    assert read == made
