"""What templates share is made once, not for every page that shows it, and compiled once where Python keeps its own."""

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import jinja2
from flask import Flask, g
from jinja2 import FileSystemBytecodeCache, Template
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup
from werkzeug.local import LocalProxy

KEPT = 1024
Shown = TypeVar("Shown")


def install(app: Flask) -> None:
    """Let the templates of `app` import one another once, keep them compiled, and give them the function `once`."""
    app.jinja_env.template_class = Shared
    app.jinja_env.context_class = Calling
    app.jinja_env.globals["once"] = once
    app.jinja_env.bytecode_cache = Kept(Path(sys.pycache_prefix) / "templates") if sys.pycache_prefix else None


class Kept(FileSystemBytecodeCache):
    """Compiled templates in `directory`, for the next process; found again while template, Python and Jinja stay."""

    def __init__(self, directory: Path) -> None:
        super().__init__(str(directory), f"{jinja2.__version__}-%s")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, where it can be kept: a page needs no disk to be shown."""
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)


class Shared(Template):
    """A template that others import as it is.

    All of them know the same globals, so comparing those at every import, which costs more than a macro, finds nothing.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class Calling(Context):
    """A context that calls a macro without asking first what it may want to be passed."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call `__obj` as the base class does."""
        if type(__obj) is not Macro:
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return __obj(__self.eval_ctx, *args, **kwargs)


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
