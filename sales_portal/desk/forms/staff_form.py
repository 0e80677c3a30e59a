"""What every form of the staff pages is."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms.meta import DefaultMeta


class StaffForm(FlaskForm):
    """A form whose fields hold text alone: no JSON and no file stands in for what a person types."""

    class Meta(DefaultMeta):
        """How it reads a request. Where it came from was checked before there was a form, as for every POST."""

        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The fields that were sent; those of a GET are none."""
            is_other = formdata is not None and request.method == "POST" and (request.is_json or bool(request.files))
            return super().wrap_formdata(form, request.form if is_other else formdata)
