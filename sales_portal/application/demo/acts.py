"""What an act of the demo's table does, by its verb."""

from collections.abc import Callable

from sales_portal.application.demo import buying, selling
from sales_portal.application.demo.stories import Act
from sales_portal.application.demo.telling import Telling

VERBS: dict[str, Callable[[Telling, Act], None]] = {**selling.VERBS, **buying.VERBS}

ASKING = frozenset({"send", "bounce", "pay", "decline", "leave", "replace", "ask", "approve", "reject"})
"""Acts that leave the worker something to do."""
