"""`flask staff-left`: somebody goes, and somebody else answers."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from tests import make
from tests.make import Shop


def test_it_says_who_answers_from_now_on(app: Flask, session: Session, kept_shop: Shop) -> None:
    make.staff(session, "Erik Holm", site=kept_shop.site, email="erik@demo.example")
    session.commit()
    said = app.test_cli_runner().invoke(args=["staff-left", "MARIA@demo.example", "--successor", "erik@demo.example"])
    assert said.output == "Maria Lind can sign in no more; Erik Holm answers their customers.\n"
    session.expire_all()
    maria = session.get_one(Staff, kept_shop.agent.id)
    assert maria.answering is not None
    assert (maria.is_active, maria.answering.name) == (False, "Erik Holm")


def test_without_a_successor_the_site_answers(app: Flask, session: Session, kept_shop: Shop) -> None:
    session.commit()
    said = app.test_cli_runner().invoke(args=["staff-left", "maria@demo.example"])
    assert said.output == "Maria Lind can sign in no more; Nordic Home answers their customers.\n"


@pytest.mark.parametrize("asked", [
    ["nobody@demo.example"], ["maria@demo.example", "--successor", "nobody@demo.example"],
    ["maria@demo.example", "--successor", "maria@demo.example"]])
def test_whoever_is_not_here_is_named_and_nobody_goes(
        app: Flask, session: Session, kept_shop: Shop, asked: list[str]) -> None:
    session.commit()
    said = app.test_cli_runner().invoke(args=["staff-left", *asked])
    assert said.exit_code == 1
    assert said.output in ("Error: Nobody here has the e-mail nobody@demo.example\n",
                           "Error: Choose somebody else who is still here\n")
    session.expire_all()
    assert session.get_one(Staff, kept_shop.agent.id).is_active
