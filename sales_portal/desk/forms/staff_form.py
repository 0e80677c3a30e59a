"""What every form of the staff pages is."""

from collections.abc import MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

_MADE: "WeakKeyDictionary[UnboundField[Any], Field]" = WeakKeyDictionary()
"""By what a form says of a field: that field as it is before it belongs to a form."""
_MADE_PLAINLY = frozenset({Field.__init__, BooleanField.__init__})


class StaffForm(FlaskForm):
    """A form whose fields hold text alone: no JSON and no file stands in for what a person types."""

    class Meta(DefaultMeta):
        """How it reads a request. Where it came from was checked before there was a form, as for every POST."""

        csrf = False

        def bind_field(self, form: BaseForm, unbound_field: "UnboundField[Any]",
                       options: MutableMapping[str, Any]) -> Any:
            """A field of `form`, made once and copied for every further form: some have forty, and a request has one.

            A field that sets more up for itself than any field does is made each time.
            """
            made = _MADE.get(unbound_field)
            if made is None or made.short_name != options["name"] or made.name != options["prefix"] + options["name"]:
                made = super().bind_field(form, unbound_field, options)
                if type(made).__init__ in _MADE_PLAINLY:
                    _MADE[unbound_field] = _copy(made, form=None, meta=None, translations=None)
                return made
            return _copy(made, form=form, meta=self, translations=options["translations"])

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The fields that were sent; those of a GET are none."""
            is_other = formdata is not None and request.method == "POST" and (request.is_json or bool(request.files))
            return super().wrap_formdata(form, request.form if is_other else formdata)


def _copy(field: Field, form: BaseForm | None, meta: DefaultMeta | None, translations: object) -> Field:
    made: Field = object.__new__(type(field))
    own = vars(made)
    own.update(vars(field), _form=form, meta=meta)
    if translations is not None:
        own["_translations"] = translations
    else:
        own.pop("_translations", None)
    return made
