"""Playing the demo's past: every act at its own instant, oldest first, as if the portal had run all along."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy.orm import Session

from sales_portal.application.demo import acts, plans, selling, stories
from sales_portal.application.demo.academy import ZONE
from sales_portal.application.demo.staging import Stage, stage
from sales_portal.application.demo.stories import Story
from sales_portal.application.demo.telling import Telling
from sales_portal.core import clock

OPENS = time(9)
OPEN_MINUTES = 7 * 60


@dataclass(frozen=True, order=True, slots=True)
class Moment:
    """Something that is done at an instant; what falls together is done in the order it was written down."""

    at: datetime
    order: int
    do: Callable[[], None] = field(compare=False)
    leaves_work: bool = field(default=False, compare=False)


def play(session: Session, base_url: str) -> None:
    """Tell every story up to now; in between the worker does its jobs, and links and visits run out."""
    now = clock.now()
    with stage(session, base_url) as on:
        for moment in sorted(_moments(on, now)):
            with clock.standing(moment.at):
                moment.do()
                if moment.leaves_work:
                    on.work()


def _moments(on: Stage, now: datetime) -> Iterator[Moment]:
    yield Moment(now - plans.SECOND_VERSION, 0, partial(plans.renew_terms, on.session))
    for number, story in enumerate(stories.tell(), 1):
        telling, at = Telling(on, story, number), _begin(now, story, number)
        yield Moment(at, number, partial(selling.begin, telling))
        for act in story.acts:
            at += act.after
            yield Moment(at, number, partial(acts.VERBS[act.verb], telling, act), act.verb in acts.ASKING)
        if (until := _until(story, number, now)) is not None:
            yield Moment(until, 0, on.run_out)
    yield Moment(now, 0, on.run_out, leaves_work=True)


def _begin(now: datetime, story: Story, number: int) -> datetime:
    """When a story begins: today's so long ago as it says, older ones in the shop's opening hours of that day."""
    at = now - story.began
    if story.began < timedelta(days=1):
        return at
    opens = datetime.combine(at.astimezone(ZONE).date(), OPENS, ZONE)
    return opens + timedelta(minutes=37 * number % OPEN_MINUTES)


def _until(story: Story, number: int, now: datetime) -> datetime | None:
    """When the link of a story ran out; None where it has none, or that lies ahead."""
    if not story.acts or story.acts[0].verb != "link" or "endless" in story.terms:
        return None
    until = _begin(now, story, number) + story.acts[0].after + timedelta(days=story.life)
    return until if until < now else None
