"""Nordlight's academy: training with dates and seats, all of them still to come."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.orm import Session

from sales_portal.application.demo import reading
from sales_portal.application.demo.catalogue import Ids
from sales_portal.application.demo.reading import Item
from sales_portal.catalog import service as catalog
from sales_portal.catalog.drafts import ProductDraft, ProductFacts, VariantDraft
from sales_portal.catalog.models import TrainingEvent
from sales_portal.core import clock
from sales_portal.inventory import service as inventory
from sales_portal.inventory.models import Warehouse

ZONE = ZoneInfo("Europe/Stockholm")
PLACES = {"Stockholm": "Nordlight, Bondegatan 5, Stockholm", "Gothenburg": "Nordlight, Magasinsgatan 9, Gothenburg",
          "Malmö": "Form/Design Center, Lilla torg, Malmö"}
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Date:
    """One date of a training, as its table has it."""

    sku: str
    starts_at: datetime
    hours: int
    place: str
    seats: int
    left: int

    @property
    def title(self) -> str:
        """`12 March 2027, Stockholm`."""
        return f"{format_date(self.starts_at, 'd MMMM y', locale='en')}, {self.place}"


def load_academy(session: Session, seats: Warehouse) -> Ids:
    """The trainings with their dates; variant ids by SKU. Free seats are the stock of a date."""
    dates = {item: _dates(item) for item in reading.items("academy")}
    ids = catalog.save_products(session, [_draft(item, some) for item, some in dates.items()]).variant_ids
    every = [date for some in dates.values() for date in some]
    session.add_all(
        TrainingEvent(variant_id=ids[date.sku], starts_at=date.starts_at,
                      ends_at=date.starts_at + timedelta(hours=date.hours), place=PLACES[date.place], seats=date.seats)
        for date in every)
    inventory.set_many(session, seats.id, {ids[date.sku]: date.left for date in every})
    return ids


def _dates(item: Item) -> list[Date]:
    found = []
    for number, text in enumerate(item.variants.split("; ")):
        days, place, hours, seats, left = text.split(" ")
        found.append(Date(item.sku(number), _morning(int(days)), int(hours), place, int(seats), int(left)))
    return found


def _morning(days: int) -> datetime:
    """Nine o'clock in Stockholm that many days from now, or a day later where that is a Sunday."""
    day = (clock.now().astimezone(ZONE) + timedelta(days=days)).date()
    day += timedelta(days=1) if day.weekday() == SUNDAY else timedelta()
    return datetime.combine(day, time(9), ZONE)


def _draft(item: Item, dates: list[Date]) -> ProductDraft:
    facts = ProductFacts(title=item.title, description=item.text, vendor=item.vendor,
                         image=f"products/{item.picture}.svg")
    variants = tuple(VariantDraft(sku=date.sku, title=date.title, options={"Date": date.title}, position=position)
                     for position, date in enumerate(dates, 1))
    return ProductDraft(slug=item.slug, facts=facts, variants=variants, kind=item.kind, tax_class=item.tax_class)
