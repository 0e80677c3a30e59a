"""Answers with HX-Redirect, which a docstring may say."""


def create(response):
    response.headers["HX-Redirect"] = "/"  # breaks: 'HX-Redirect' belongs into web/htmx.py
    return request.headers.get("hx-request")  # breaks: 'hx-request'
