"""A field is made once for all forms of its kind, and each form has its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, StringField
from wtforms.fields.core import Flags, Label
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired, Length

from sales_portal.desk.forms.staff_form import StaffForm

OWN = frozenset({"meta", "_form", "_translations"})


class Name(StaffForm):
    """One of each."""

    name = StringField("Name", validators=[InputRequired("Enter a name"), Length(max=5, message="Too long")])
    is_known = BooleanField()


def all_forms(kind: type[StaffForm] = StaffForm) -> Iterator[type[StaffForm]]:
    for further in kind.__subclasses__():
        yield further
        yield from all_forms(further)


def said(field: Field) -> dict[str, Any]:
    """What a field is, without whose it is."""
    def plain(value: object) -> object:
        if isinstance(value, Label):
            return value.field_id, value.text
        return vars(value) if isinstance(value, Flags) else value
    return {name: plain(value) for name, value in vars(field).items() if name not in OWN}


def test_every_form_has_the_fields_it_would_have_alone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.test_request_context():
        forms = [form for form in all_forms() if form.__module__.startswith("sales_portal.")]
        assert len(forms) > 20
        again = {form: [said(field) for field in form(formdata=None)] for _ in range(2) for form in forms}
        monkeypatch.setattr(StaffForm.Meta, "bind_field", DefaultMeta.bind_field)
        for form in forms:
            assert again[form] == [said(field) for field in form(formdata=None)], form


def test_a_form_says_nothing_of_what_was_typed_in_another(app: Flask) -> None:
    with app.test_request_context():
        for typed, errors in ({"name": "Ada", "is_known": "y"}, []), ({"name": "Adelaide"}, ["Too long"]), (
                {}, ["Enter a name"]), ({"name": "Bo"}, []):
            form = Name(MultiDict(typed))
            assert form.validate() is not bool(errors)
            assert (form.name.data, form.is_known.data) == (typed.get("name"), "is_known" in typed)
            assert [*form.name.errors] == errors
            assert all(field.meta is form.meta and field._form is form for field in form)


def test_a_form_with_a_prefix_has_the_names_it_asks_for(app: Flask) -> None:
    with app.test_request_context():
        for prefix, name in ("", "name"), ("to", "to-name"), ("", "name"), ("from", "from-name"):
            form = Name(MultiDict({name: "Ada"}), prefix=prefix)
            assert (form.name.name, form.name.id, form.name.label.field_id, form.name.data) == (name, name, name, "Ada")
