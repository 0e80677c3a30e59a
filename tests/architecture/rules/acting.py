"""What code may do where: commit, ask the time, name events and headers, write HTML, use floats, hide work."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules.source import Finding, Module, below, dotted, modules

# The embedded provider is the other side of a wire: what it decided stays decided when our transaction rolls back.
PROVIDER = {"payments.test_gateway"}
SESSION = {"core.direct", "core.db"}
"""What says how a session and its engine commit, when they are told to."""
COMMITTERS = {"web.edge", "payments.starting", "orders.placing", "outbox.loop"} | PROVIDER | SESSION
COMMITTING_RUNGS = {"application"}
READERS = {"web.edge", "outbox.loop", "orders.watching"}
OWN_BEGIN = re.compile(r"\s*BEGIN(\s+(IMMEDIATE|EXCLUSIVE|DEFERRED|TRANSACTION|WORK))?\s*;?\s*$", re.IGNORECASE)
CLOCKS = {"now", "utcnow", "today", "utcfromtimestamp"}
CLOCK_FUNCTIONS = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime"}
CLOCK_OF_DATABASE = re.compile(r"\b(CURRENT_TIMESTAMP|CURRENT_DATE|NOW\s*\(\s*\)|LOCALTIMESTAMP)", re.IGNORECASE)
MONEY_RUNGS = {"pricing", "payments", "orders", "checkout", "links"}
ELEMENTS = (
    "a|abbr|article|aside|b|body|br|button|code|dd|details|dialog|div|dl|dt|em|fieldset|footer|form|h[1-6]|head|header|hr|"
    "html|i|iframe|img|input|label|legend|li|link|main|meta|nav|ol|option|p|pre|script|section|select|small|span|strong|"
    "style|summary|table|tbody|td|template|textarea|tfoot|th|thead|tr|u|ul|video"
)
HTML = re.compile(rf"</?({ELEMENTS})(\s[^<>]*)?/?>?$|</?({ELEMENTS})(\s[^<>]*)?/?>", re.IGNORECASE)


def commits_at_the_edge(root: Path) -> Iterator[Finding]:
    """One request is one transaction: only the edge, the payment path and the application's own processes commit."""
    for module in modules(root):
        if module.name in COMMITTERS or module.rung in COMMITTING_RUNGS:
            continue
        for name, call in module.calls:
            method = name.rsplit(".", 1)[-1]
            if "." in name and (method == "commit" or (method == "begin" and not call.args)):
                yield module.finding(call, f"{method}() is called only at the edge, in payments/starting.py, "
                                           "orders/placing.py, outbox/loop.py and the application")


def one_clock(root: Path) -> Iterator[Finding]:
    """Every instant comes from `core.clock`."""
    for module in modules(root):
        if module.name == "core.clock":
            continue
        for name, call in module.calls:
            if _asks_time(name):
                yield module.finding(call, f"{name}() asks another clock than core/clock.py")
        for name, node in module.imports:
            if name in CLOCK_FUNCTIONS:
                yield module.finding(node, f"{name} asks another clock than core/clock.py")
        for string in module.strings:
            if CLOCK_OF_DATABASE.search(str(string.value)):
                yield module.finding(string, "the database's clock is another clock than core/clock.py")


def transactions_begin_in_one_place(root: Path) -> Iterator[Finding]:
    """C49: a transaction that will write says so as it begins. SQLite refuses the write of one that only read before,
    at once and however long it may wait; so engines are made, and reading is declared, where that is looked after."""
    for module in modules(root):
        for name, call in module.calls:
            if name.rsplit(".", 1)[-1] == "create_engine" and module.name != "core.db":
                yield module.finding(call, "engines are made by engine_for() of core/db.py")
            if name == "reading.set" and module.name not in READERS and module.rung not in COMMITTING_RUNGS:
                yield module.finding(call, "what only reads is declared at the edge, in outbox/loop.py and "
                                           "orders/watching.py")
        for string in module.strings:
            if OWN_BEGIN.match(str(string.value)) and module.name != "core.db":
                yield module.finding(string, "transactions are begun by core/db.py")


def _asks_time(name: str) -> bool:
    holder, _, method = name.rpartition(".")
    holder = holder.rsplit(".", 1)[-1]
    if method in CLOCKS and holder in {"datetime", "date", "dt"}:
        return True
    return name in CLOCK_FUNCTIONS or (holder == "func" and method in {"now", "current_timestamp", "current_date"})


def imports_on_top(root: Path) -> Iterator[Finding]:
    """Imports stand at the top of a file, where they can be seen."""
    for module in modules(root):
        for outer in module.nodes:
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(outer):
                    if isinstance(node, ast.Import | ast.ImportFrom):
                        yield module.finding(node, f"the import inside {outer.name}() belongs to the top of the file")


def htmx_in_one_file(root: Path) -> Iterator[Finding]:
    """The headers htmx speaks stand in `web/htmx.py` alone."""
    for module in modules(root):
        if module.name == "web.htmx":
            continue
        for string in module.strings:
            if str(string.value).upper().startswith("HX-"):
                yield module.finding(string, f"{string.value!r} belongs into web/htmx.py")


def no_html(root: Path) -> Iterator[Finding]:
    """HTML is written in templates."""
    for module in modules(root):
        for string in module.strings:
            if HTML.search(str(string.value)):
                yield module.finding(string, "HTML belongs into a template")


def events_from_the_enum(root: Path) -> Iterator[Finding]:
    """A fact is named by a member of `EventName`, never by its text."""
    names = _event_names(root)
    for module in modules(root):
        if module.name == "history.events":
            continue
        topics = _topics(module)
        for string in module.strings:
            if string.value in names and id(string) not in topics:
                yield module.finding(string, f"say EventName.{names[str(string.value)]} instead of {string.value!r}")
        for name, call in module.calls:
            named = call.args[1] if len(call.args) > 1 else None
            if name.rsplit(".", 1)[-1] == "record" and isinstance(named, ast.Constant | ast.JoinedStr):
                yield module.finding(call, "record() takes a member of EventName, not a text")


def _topics(module: Module) -> set[int]:
    """The strings that say which job is wanted, not what happened."""
    put = [part for name, call in module.calls if name.endswith(("outbox.put", "outbox.put_all"))
           for part in ast.walk(call)]
    handled = [
        key
        for function in module.nodes
        if isinstance(function, ast.FunctionDef) and function.name == "handlers"
        for node in ast.walk(function)
        if isinstance(node, ast.Dict)
        for key in node.keys
    ]
    return {id(part) for part in [*put, *handled]}


def _event_names(root: Path) -> dict[str, str]:
    return {
        str(node.value.value): target.id
        for module in modules(root)
        if module.name == "history.events"
        for node in module.nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }


def no_float_in_money(root: Path) -> Iterator[Finding]:
    """M161: money is whole minor units; where it is divided, it is divided as Decimal."""
    for module in modules(root):
        if module.rung not in MONEY_RUNGS and module.name != "core.money":
            continue
        for node in module.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                yield module.finding(node, f"{node.value} is a float")
            elif isinstance(node, ast.Name) and node.id == "float":
                yield module.finding(node, "money is never a float")
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _divides_exactly(node):
                yield module.finding(node, "dividing whole numbers gives a float: use // or Decimal(…) / …")
    for module in modules(root):
        for name, node in module.imports:
            if name.startswith("sqlalchemy.") and name.rsplit(".", 1)[-1] in {"Float", "Numeric", "REAL", "Double"}:
                yield module.finding(node, f"{name.rsplit('.', 1)[-1]} is a float in SQLite: store whole numbers")


def _divides_exactly(node: ast.BinOp) -> bool:
    return any(isinstance(side, ast.Call) and dotted(side.func) in {"Decimal", "Fraction", "Path"}
               for side in (node.left, node.right))


def nothing_hidden(root: Path) -> Iterator[Finding]:
    """No work in ORM events, no class-based views, no threads but the application's own."""
    for module in modules(root):
        for name, call in module.calls:
            last = name.rsplit(".", 1)[-1]
            if (last == "listens_for" or name.endswith("event.listen")) and module.name != "core.db":
                yield module.finding(call, "work is not hidden in events of the ORM; only core/db.py listens")
            if last in {"Thread", "ThreadPoolExecutor", "ProcessPoolExecutor"} and module.rung != "application":
                yield module.finding(call, "only the application starts threads: put a job into the outbox")
        for name, node in module.imports:
            if name in {"flask.views.View", "flask.views.MethodView"}:
                yield module.finding(node, "a view is a function")


def verbs_take_the_session_first(root: Path) -> Iterator[Finding]:
    """A verb takes `session` first and who acts as keyword `by`."""
    slices = below("web") - {"core"}
    for module in modules(root):
        if module.rung in slices and module.parts[-1] in {"service", "queries"}:
            for node in module.tree.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield from _signature(module, node)


def _signature(module: Module, node: ast.FunctionDef) -> Iterator[Finding]:
    positional = [argument.arg for argument in node.args.posonlyargs + node.args.args]
    if "session" in positional[1:] or "session" in [argument.arg for argument in node.args.kwonlyargs]:
        yield module.finding(node, f"{node.name}() takes session first")
    if "by" in positional and module.parts[-1] == "service":
        yield module.finding(node, f"{node.name}() takes by= as a keyword only")
