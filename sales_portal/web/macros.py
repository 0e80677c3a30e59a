"""Macros and values of templates by the shorter way: Jinja takes a macro's arguments one by one and asks every call and
every value what it may be."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame, optimizeconst
from jinja2.runtime import Context, Macro, Undefined, markup_join
from jinja2.utils import missing
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]


class Drawn(Macro):
    """A macro that takes its arguments as any does, but not one by one."""

    def __init__(self, environment: Environment, func: Callable[..., str], *about: Any) -> None:
        super().__init__(environment, func, *about)
        self.body = func
        self.takes_caller = self.caller and not self.explicit_caller
        # What is not given, by how many arguments are given in their order.
        self.unset = [dict.fromkeys(self.arguments[count:], missing) for count in range(len(self.arguments) + 1)]
        self.most = -1 if self.catch_kwargs or self.catch_varargs else len(self.arguments)

    def draw(self, context: Context, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """What the macro shows for these arguments; refuses what does not fit as the base class does."""
        count = len(args)
        if count > self.most or not context.eval_ctx.autoescape or (self.takes_caller and "caller" not in kwargs):
            return self(context.eval_ctx, *args, **kwargs)
        values = self.unset[count] | kwargs
        if len(values) != self.most - count + self.takes_caller:
            return self(context.eval_ctx, *args, **kwargs)
        return str.__new__(Markup, self.body(*args, *values.values()))


class Compiling(CodeGenerator):
    """A compiler whose templates look at an attribute themselves, and ask Jinja only where there is none."""

    @optimizeconst
    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """Write what reads `node`."""
        self.write("(found if (found := getattr((of := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing else environment.getattr(of, {node.attr!r}))")


class Calling(Context):
    """A context that calls macros and plain functions without asking first what they may want to be passed."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call `__obj` as the base class does."""
        is_macro = __obj.__class__ is Drawn
        if not is_macro and (__obj.__class__ not in _CALLED_PLAINLY or hasattr(__obj, "jinja_pass_arg")):
            return super().call(__obj, *args, **kwargs)
        if "_loop_vars" in kwargs or "_block_vars" in kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return __obj.draw(__self, args, kwargs) if is_macro else __obj(*args, **kwargs)


_CALLED_PLAINLY = frozenset({FunctionType, MethodType, BuiltinMethodType, type(lru_cache(escape))})
_TEXT = frozenset({str, int, Undefined})


def written(value: Any) -> Any:
    """`value` as `escape` writes it, without making markup of text that is joined at once."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is Markup:
        return value
    if kind is int:
        return str(value)
    return "" if kind is Undefined else escape(value)


def joined(values: Iterable[Any]) -> str:
    """What `~` makes of `values`, as Jinja joins them."""
    parts = tuple(values)
    return "".join(map(str, parts)) if _TEXT.issuperset(map(type, parts)) else markup_join(parts)
