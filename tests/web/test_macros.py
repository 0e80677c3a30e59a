"""Macros and values are written by the shorter way, and come out as Jinja's own way writes them."""

import pytest
from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from sales_portal.web import macros, templating

VALUES = ["plain", "<b>&\"'</b>", "", 7, True, 1.5, None, Markup("<b>bold</b>"), ["<i>"]]
MACROS = """
{%- macro plain(a, b="&", c=none) %}[{{ a }}|{{ b }}|{{ c }}]{% endmacro -%}
{%- macro framed(a) %}({{ a }}{{ caller() }}){% endmacro -%}
{%- macro asked(a, caller=none) %}{{ a }}{{ caller() if caller }}{% endmacro -%}
{%- macro rest(a) %}{{ a }}{{ varargs|join("+") }}{{ kwargs.items()|list }}{% endmacro -%}
{%- macro around(a) %}{{ a }}{{ kwargs.items()|list }}{{ varargs|join("+") }}{{ caller() }}{% endmacro -%}
{%- macro outer(a) %}{{ plain(a) }}{% call framed(a) %}{{ plain(c=a, a="<") }}{% endcall %}{% endmacro -%}
"""
CALLS = [
    "plain('<')", "plain('<', 1, c='>')", "plain(c=3, a=1)", "plain()", "plain(value)", "outer(value)", "rest(1, 2, 3)",
    "rest(1, x=value)", "asked('<')", "missing_one", "'<' ~ value ~ '>'", "1 ~ '<' ~ 2",
    "'<' ~ plain('>') ~ value", "('yes' if false)", "plain('a')|upper",
]
BLOCKS = ["{% call around(1, 2, x=value) %}{{ value }}{% endcall %}",
          "{% call framed('<') %}{{ value }}{% endcall %}", "{% call asked('<') %}&{% endcall %}",
          "{% set held %}<i>{{ value }}</i>{% endset %}{{ held }}",
          "{% set box = {'label': value, 'in': {'items': 1}} %}{{ box.label }}{{ box.in.items is callable }}",
          "{% set box = {} %}{{ box.keys()|list }}{{ box.a }}{{ box.a is defined }}{{ value.__class__.__name__ }}",
          "{% for each in [namespace(at=value), {'at': '<'}] if each.at %}{{ each.at }}{{ loop.index }}{% endfor %}"]
WRONG = ["missing_one.x", "value.nothing.deeper", "plain(1, 2, 3, 4)", "plain(1, a=2)", "plain(1, d=2)", "framed(1)"]


@pytest.fixture
def environment() -> Environment:
    """The templates of an app."""
    app = Flask("templates")
    templating.install(app)
    app.jinja_env.autoescape = True
    return app.jinja_env


@pytest.mark.parametrize("body", [f"{{{{ {call} }}}}" for call in CALLS] + BLOCKS)
def test_a_template_shows_what_jinja_alone_shows(environment: Environment, body: str) -> None:
    plain = Environment(autoescape=True)
    for value in VALUES:
        shown = environment.from_string(MACROS + body).render(value=value)
        assert shown == plain.from_string(MACROS + body).render(value=value)


def test_compiled_templates_really_take_the_shorter_way(environment: Environment) -> None:
    made = environment.from_string(MACROS)
    assert type(made.module.plain) is macros.Drawn  # type: ignore[attr-defined]
    assert made.root_render_func.__globals__["escape"] is macros.written
    assert made.root_render_func.__globals__["markup_join"] is macros.joined
    assert "markup_join(" in str(environment.compile("{{ a ~ b }}", raw=True))
    assert "environment.getattr(l_0_value" not in environment.compile("{{ value.name }}", raw=True)


@pytest.mark.parametrize("call", WRONG)
def test_a_wrong_call_is_refused_as_jinja_refuses_it(environment: Environment, call: str) -> None:
    said = []
    for known in (environment, Environment(autoescape=True)):
        with pytest.raises(Exception, match=r".+") as refused:
            known.from_string(MACROS + "{{ " + call + " }}").render()
        said.append((type(refused.value), str(refused.value)))
    assert said[0] == said[1]
