"""What templates share is made once, not for every page that shows it, and compiled once where Python keeps its own."""

import sys
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import CodeType
from typing import Any, TypeVar, cast

import jinja2
from flask import Flask, g
from flask.sansio.app import App as SansioApp
from flask.templating import Environment as FlaskEnvironment
from jinja2 import Environment, FileSystemBytecodeCache, Template
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug.local import LocalProxy

from sales_portal.web import macros

KEPT = 1024
Shown = TypeVar("Shown")


def install(app: Flask) -> None:
    """Let the templates of `app` import one another once, keep them compiled, and give them the function `once`."""
    app.jinja_env.template_class = Shared
    app.jinja_env.context_class = macros.Calling
    app.jinja_env.code_generator_class = macros.Compiling
    app.jinja_env.globals["once"] = once
    app.jinja_env.bytecode_cache = Kept(Path(sys.pycache_prefix) / "templates") if sys.pycache_prefix else None


class Templates(FlaskEnvironment):
    """The templates of the portal; one that was found before is not looked for again, unless it may have changed."""

    def __init__(self, app: SansioApp, **options: Any) -> None:
        super().__init__(app, **options)
        self._found: dict[str, Template] = {}

    def get_template(self, name: str | Template, parent: str | None = None,
                     globals: MutableMapping[str, Any] | None = None) -> Template:  # noqa: A002
        """The template `name`, as the base class finds it."""
        if self.auto_reload or globals or not isinstance(name, str):
            return super().get_template(name, parent, globals)
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = super().get_template(name, parent)
        return found


class Kept(FileSystemBytecodeCache):
    """Compiled templates in `directory`, for the next process; found again while template, Python, Jinja and what
    compiles for us stay."""

    def __init__(self, directory: Path) -> None:
        compiler = sha256(Path(macros.__file__).read_bytes()).hexdigest()[:8]
        super().__init__(str(directory), f"{jinja2.__version__}-{compiler}-%s")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, where it can be kept: a page needs no disk to be shown."""
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)


class Shared(Template):
    """A template that others import as it is, and whose compiled code escapes and calls macros by the shorter way."""

    @classmethod
    def from_code(cls, environment: Environment, code: CodeType, globals: MutableMapping[str, Any],  # noqa: A002
                  uptodate: Callable[[], bool] | None = None) -> Template:
        """The template `code` was compiled from."""
        made = super().from_code(environment, code, globals, uptodate)
        made.root_render_func.__globals__.update(escape=macros.written, markup_join=macros.joined, Macro=macros.Drawn)
        return made

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        # All templates know the same globals: comparing those at every import costs much, and finds nothing.
        return super()._get_default_module()


def when_shown(make: Callable[[], Shown]) -> Shown:
    """What `make` answers, made when a template of a request first looks at it: most fragments show none of it."""
    name = f"{make.__module__}.{make.__qualname__}"

    def look() -> Shown:
        if name not in g:
            setattr(g, name, make())
        return cast(Shown, getattr(g, name))

    return cast(Shown, LocalProxy(look))


def once(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """`macro`, drawn once for the same arguments; only for those that show nothing but their arguments."""
    # Typed, since text and markup that read alike are written differently.
    return lru_cache(KEPT, typed=True)(macro)
