"""`flask import-products`: good rows into the portal, bad rows into a file, nothing twice."""

import shutil
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Variant
from sales_portal.history.models import Event
from sales_portal.inventory.models import Stock, Warehouse
from sales_portal.pricing.models import ExchangeRate, Price, Pricelist

FILES = Path(__file__).parents[1] / "imports" / "files"


@pytest.fixture
def shop(session: Session) -> Session:
    """Two pricelists and two warehouses, committed."""
    session.add_all([
        Pricelist(slug="retail-sek", name="Retail SEK", currency="SEK", is_tax_included=True),
        Pricelist(slug="retail-jpy", name="Retail JPY", currency="JPY", is_tax_included=True),
        Warehouse(slug="stockholm", name="Stockholm", country="SE"),
        Warehouse(slug="gothenburg", name="Gothenburg", country="SE")])
    session.commit()
    return session


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the tables, as somebody keeps their exports."""
    shutil.copytree(FILES, tmp_path / "exports")
    return tmp_path / "exports"


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["import-products", *map(str, arguments)])


def test_good_rows_go_in_and_bad_rows_into_a_file_beside_the_table(app: Flask, shop: Session, folder: Path) -> None:
    done = run(app, folder / "bad-rows.csv", "--pricelist", "retail-sek", "--warehouse", "stockholm")
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "22 rows read.", "Changed: 2 new products, 2 new variants, 2 prices, 2 counts in stock.",
        f"20 rows could not be imported; they are in {folder / 'bad-rows-problems.csv'} with the reason."]
    assert "Variant SKU is missing" in (folder / "bad-rows-problems.csv").read_text("utf-8-sig")
    assert shop.scalar(select(func.count()).select_from(Variant)) == 2


def test_running_it_again_changes_nothing(app: Flask, shop: Session, folder: Path) -> None:
    arguments = (folder / "havsvik.csv", "--pricelist", "retail-sek", "--warehouse", "stockholm")
    run(app, *arguments)
    before = shop.scalar(select(func.count()).select_from(Event))
    shop.rollback()
    done = run(app, *arguments)
    assert done.output.splitlines() == ["13 rows read.", "Changed: nothing, the portal says all of it already."]
    assert shop.scalar(select(func.count()).select_from(Event)) == before == 1


def test_prices_and_stock_go_where_they_are_told(app: Flask, shop: Session, folder: Path) -> None:
    done = run(app, folder / "havsvik.csv", "--pricelist", "retail-sek", "--warehouse", "gothenburg")
    assert done.exit_code == 0
    assert shop.scalars(select(Warehouse.slug).join(Stock, Stock.warehouse_id == Warehouse.id).distinct()).all() == [
        "gothenburg"]
    assert shop.scalars(select(Pricelist.slug).join(Price, Price.pricelist_id == Pricelist.id).distinct()).all() == [
        "retail-sek"]


def test_a_pricelist_in_yen_takes_whole_yen_alone(app: Flask, shop: Session, folder: Path) -> None:
    done = run(app, folder / "havsvik.csv", "--pricelist", "retail-jpy", "--warehouse", "stockholm",
               "--errors", folder / "yen.csv")
    assert done.exit_code == 0
    problems = (folder / "yen.csv").read_text("utf-8-sig")
    assert problems.count("Variant Price “349.50”: Enter an amount without decimals") == 2
    assert sorted(shop.scalars(select(Price.amount)))[:2] == [95, 189]


@pytest.mark.parametrize(("option", "slug", "says"), [
    ("--pricelist", "retail-nok", "There is no pricelist “retail-nok”. There is: retail-jpy, retail-sek."),
    ("--warehouse", "oslo", "There is no warehouse “oslo”. There is: gothenburg, stockholm."),
])
def test_an_unknown_target_is_named_with_those_there_are(app: Flask, shop: Session, folder: Path, option: str,
                                                         slug: str, says: str) -> None:
    other = ("--warehouse", "stockholm") if option == "--pricelist" else ("--pricelist", "retail-sek")
    done = run(app, folder / "havsvik.csv", option, slug, *other)
    assert (done.exit_code, done.output) == (1, f"Error: {says}\n")


def test_a_broken_file_changes_nothing(app: Flask, shop: Session, folder: Path) -> None:
    done = run(app, folder / "open-quote.csv", "--pricelist", "retail-sek", "--warehouse", "stockholm")
    assert done.exit_code == 1
    assert "The quotation marks of the row in line 10 don't match" in done.output
    assert shop.scalars(select(Variant.id)).all() == []


def test_the_table_is_never_overwritten_with_its_own_mistakes(app: Flask, shop: Session, folder: Path) -> None:
    table = folder / "bad-rows.csv"
    before = table.read_bytes()
    done = run(app, table, "--pricelist", "retail-sek", "--warehouse", "stockholm", "--errors", table)
    assert done.exit_code == 1
    assert "need a file of their own" in done.output
    assert table.read_bytes() == before


def test_a_missing_file_is_said_to_be_missing(app: Flask, shop: Session, tmp_path: Path) -> None:
    done = run(app, tmp_path / "nowhere.csv")
    assert done.exit_code == 2
    assert "does not exist" in done.output


def test_exchange_rates_come_from_a_table_of_a_day(app: Flask, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "eurofxref.csv"
    file.write_text("Date, USD, JPY,\n27 November 2026, 1.0835, 163.10,\n", encoding="utf-8")
    said = app.test_cli_runner().invoke(args=["import-rates", str(file)])
    assert (said.exit_code, said.output) == (0, "2 rates of 2026-11-27 are in.\n")
    assert session.scalars(select(ExchangeRate.per_euro_millionths).order_by(ExchangeRate.currency)).all() == [
        163_100_000, 1_083_500]
    file.write_text("nothing", encoding="utf-8")
    refused = app.test_cli_runner().invoke(args=["import-rates", str(file)])
    assert refused.exit_code == 1
    assert "The first column must be called Date" in refused.output
