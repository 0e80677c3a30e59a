"""What `flask` can be told besides running: import a catalogue or exchange rates, load the demo shop, let somebody go,
work."""

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, pass_script_info, with_appcontext

from sales_portal.accounts import queries as staff
from sales_portal.accounts import service as accounts
from sales_portal.accounts.models import Staff
from sales_portal.application import worker
from sales_portal.application.demo import shop
from sales_portal.core.db import reading
from sales_portal.core.errors import Invalid, Refusal
from sales_portal.history.service import SYSTEM
from sales_portal.imports import products, rates
from sales_portal.imports.products import Report
from sales_portal.imports.rejects import RejectFile
from sales_portal.imports.shopify import open_table
from sales_portal.imports.targets import find_target
from sales_portal.orders import invariants
from sales_portal.web.extensions import db


def install(app: Flask) -> None:
    """Add the portal's commands to `flask`."""
    app.cli.add_command(import_products)
    app.cli.add_command(import_rates)
    app.cli.add_command(load_demo)
    app.cli.add_command(staff_left)
    app.cli.add_command(run_worker)
    app.cli.add_command(check_invariants)


@click.command("import-products")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pricelist", metavar="SLUG", help="Takes the prices; else the one the first market starts with.")
@click.option("--warehouse", metavar="SLUG", help="Takes the stock; else the first one of the first market.")
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Takes the rows that cannot be imported; else FILE-problems.csv beside the file.")
@with_appcontext
def import_products(file: Path, pricelist: str | None, warehouse: str | None, errors: Path | None) -> None:
    """Take in FILE, a table of products as Shopify exports them.

    Good rows go into the catalogue, bad rows into a file of their own with the reason. Running it again changes
    nothing twice.
    """
    rejected = errors or file.with_name(f"{file.stem}-problems.csv")
    if rejected.resolve() == file.resolve():
        raise click.ClickException("The rows that cannot be imported need a file of their own.")
    try:
        table = open_table(file)
        with RejectFile(rejected, table.header, table.delimiter) as bad:
            report = products.import_products(db.session(), table, find_target(db.session(), pricelist, warehouse),
                                              bad.write, by=SYSTEM)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        raise click.ClickException(refusal.text) from None
    _say(report, rejected)


@click.command("import-rates")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_rates(file: Path) -> None:
    """Take the newest exchange rates from FILE, a table of the European Central Bank (eurofxref.csv or -hist.csv).

    They compare the totals of two currencies before a switch of market; nothing is priced with them.
    """
    try:
        as_of, count = rates.import_rates(db.session(), file)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        raise click.ClickException(refusal.text) from None
    click.echo(f"{count} rates of {as_of} are in.")


@click.command("load-demo")
@with_appcontext
def load_demo() -> None:
    """Fill an empty database with the demo shop. Its log-ins share one published password: never for a real portal."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("The demo shop is not for production: everybody knows its password.")
    try:
        shop.load_demo(db.session(), current_app.config["PUBLIC_BASE_URL"])
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        raise click.ClickException(refusal.text) from None
    click.echo("The demo shop is loaded.")


@click.command("staff-left")
@click.argument("email")
@click.option("--successor", metavar="EMAIL", help="who answers their customers from now on")
@with_appcontext
def staff_left(email: str, successor: str | None) -> None:
    """Sign out the person with EMAIL for good. Their links stay as they are, and lead to the successor."""
    session = db.session()
    try:
        person, next_one = _person(email), _person(successor) if successor else None
        accounts.leave(session, person, next_one, by=SYSTEM)
        session.commit()
    except Refusal as refusal:
        session.rollback()
        raise click.ClickException(refusal.text) from None
    click.echo(f"{person.name} can sign in no more; " + (
        f"{next_one.name} answers their customers." if next_one else f"{person.site.name} answers their customers."))


def _person(email: str) -> Staff:
    found = staff.get_staff_by_email(db.session(), email)
    if found is None:
        raise Invalid("email", f"Nobody here has the e-mail {email}")
    return found


@click.command("worker")
@pass_script_info
def run_worker(info: ScriptInfo) -> None:
    """Do what waits in the outbox until Ctrl-C or SIGTERM. As many may run side by side as you like."""
    worker.run(info.load_app())


@click.command("check-invariants")
@with_appcontext
def check_invariants() -> None:
    """Look whether links, payments, orders and stock agree; a line for each rule that is broken, and exit status 1."""
    token = reading.set(True)
    try:
        broken = invariants.find_violations(db.session())
    finally:
        db.session.rollback()
        reading.reset(token)
    for violation in broken:
        click.echo(str(violation))
    if broken:
        raise SystemExit(1)
    click.echo(f"All {len(invariants.INVARIANTS)} invariants hold.")


def _say(report: Report, rejected: Path) -> None:
    click.echo(f"{report.rows} rows read.")
    changes = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in report.changes.items())
    click.echo(f"Changed: {changes or 'nothing, the portal says all of it already'}.")
    if report.bad_rows:
        click.echo(f"{report.bad_rows} rows could not be imported; they are in {rejected} with the reason.")
